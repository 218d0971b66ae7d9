/* Lookups on a small good catalogue, on the days around 2025-07-01 above all. */
#include "catalogue_files.h"

static chiso_day day(const char *text)
{
    chiso_day out = 0;
    cr_assert_eq(chiso_day_parse(text, strlen(text), &out), CHISO_OK, "%s", text);
    return out;
}

static const struct unit_row *at(const struct catalogue *catalogue, const char *code, const char *date)
{
    uint32_t unit = catalogue_unit_find(catalogue, code);
    cr_assert_neq(unit, CATALOGUE_NONE, "%s", code);
    return catalogue_unit_at(catalogue, unit, day(date));
}

Test(catalogue, a_code_means_the_unit_of_its_day)
{
    struct catalogue *catalogue = test_good_catalogue();
    cr_assert_not_null(at(catalogue, "35", "2025-06-30"));
    cr_assert_null(at(catalogue, "35", "2025-07-01"));
    const struct unit_row *before = at(catalogue, "37", "2025-06-30");
    const struct unit_row *after = at(catalogue, "37", "2025-07-01");
    cr_assert_neq(before->identity, after->identity);
    cr_assert_eq(at(catalogue, "347", "2024-12-31")->identity, at(catalogue, "347", "2025-01-01")->identity);
    cr_assert_str_eq(at(catalogue, "347", "2025-01-01")->name_vi, "Thành phố Phủ Lý mới");
    cr_assert_eq(catalogue_identity(catalogue, after->identity)->from, day("2025-07-01"));
    cr_assert_eq(catalogue_identity(catalogue, before->identity)->became, after->identity);
    cr_assert_str_eq(at(catalogue, "36", "2025-01-01")->name_en, "Tỉnh Nam Định");
    cr_assert_eq(catalogue_unit_find(catalogue, "99"), CATALOGUE_NONE);
    catalogue_free(catalogue);
}

Test(catalogue, successions_are_found_from_both_ends)
{
    struct catalogue *catalogue = test_good_catalogue();
    size_t count;
    uint32_t new = at(catalogue, "37", "2025-07-01")->identity;
    const struct succession *into = catalogue_successions_into(catalogue, new, &count);
    cr_assert_eq(count, 3);
    cr_assert(into[0].whole && into[0].date == day("2025-07-01"));
    cr_assert_eq(into[0].old_identity, at(catalogue, "35", "2025-06-30")->identity);
    const struct succession *from =
        catalogue_successions_from(catalogue, at(catalogue, "36", "2025-01-01")->identity, &count);
    cr_assert_eq(count, 1);
    cr_assert_eq(from[0].new_identity, new);
    catalogue_successions_from(catalogue, new, &count);
    cr_assert_eq(count, 0);
    catalogue_free(catalogue);
}

Test(catalogue, a_succession_splits_the_units_and_everything_above_them)
{
    struct catalogue *catalogue = test_good_catalogue();
    const struct {
        const char *code, *date;
        size_t splits;
    } cases[] = {
        {"35", "2025-06-30", 1},
        {"37", "2025-06-30", 1},
        {"37", "2025-07-01", 1},
        {"VN", "2025-07-01", 1},
        {"347", "2025-06-30", 1},
        {"13285", "2025-06-30", 1},
        {"35.stp", "2025-06-30", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct unit_row *row = at(catalogue, cases[i].code, cases[i].date);
        const struct unit_identity *identity = catalogue_identity(catalogue, row->identity);
        cr_assert_eq(identity->split_count, cases[i].splits, "%s: %zu", cases[i].code, identity->split_count);
        for (size_t j = 0; j < identity->split_count; j++)
            cr_assert_eq(identity->splits[j], day("2025-07-01"));
    }
    catalogue_free(catalogue);
}

Test(catalogue, every_unit_has_a_province_on_a_day)
{
    struct catalogue *catalogue = test_good_catalogue();
    const struct {
        const char *unit, *date, *province;
    } cases[] = {
        {"13285", "2025-06-30", "35"},
        {"13285", "2025-07-01", "37"},
        {"35.stp", "2025-06-30", "35"},
        {"35.stp", "2025-07-01", NULL},
        {"37", "2025-07-01", "37"},
        {"VN", "2025-07-01", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t unit = catalogue_unit_find(catalogue, cases[i].unit);
        uint32_t province = catalogue_province_at(catalogue, unit, day(cases[i].date));
        uint32_t wanted =
            cases[i].province ? catalogue_unit_find(catalogue, cases[i].province) : CATALOGUE_NONE;
        cr_assert_eq(province, wanted, "%s on %s", cases[i].unit, cases[i].date);
    }
    catalogue_free(catalogue);
}

static void assert_units(
    const struct catalogue *catalogue, const uint32_t *units, size_t count, const char *expected)
{
    char text[256] = "";
    for (size_t i = 0; i < count; i++) {
        strcat(text, i > 0 ? " " : "");
        strcat(text, catalogue_unit_code(catalogue, units[i]));
    }
    cr_assert_str_eq(text, expected);
}

Test(catalogue, provinces_list_all_their_units_of_all_days)
{
    struct catalogue *catalogue = test_good_catalogue();
    size_t count;
    const uint32_t *units = catalogue_provinces(catalogue, &count);
    assert_units(catalogue, units, count, "35 36 37");
    units = catalogue_province_units(catalogue, catalogue_unit_find(catalogue, "35"), &count);
    assert_units(catalogue, units, count, "13285 347 35 35.ioc 35.snv 35.stp");
    units = catalogue_province_units(catalogue, catalogue_unit_find(catalogue, "37"), &count);
    assert_units(catalogue, units, count, "13285 37");
    catalogue_province_units(catalogue, catalogue_unit_find(catalogue, "347"), &count);
    cr_assert_eq(count, 0);
    catalogue_free(catalogue);
}

Test(catalogue, children_are_listed_and_filtered_by_day)
{
    struct catalogue *catalogue = test_good_catalogue();
    uint32_t ha_nam = catalogue_unit_find(catalogue, "35"), ninh_binh = catalogue_unit_find(catalogue, "37");
    size_t count;
    const struct unit_row *const *rows = catalogue_child_rows(catalogue, ha_nam, &count);
    cr_assert_eq(count, 5);
    cr_assert_str_eq(catalogue_unit_code(catalogue, rows[0]->code), "347");
    cr_assert(catalogue_has_children(catalogue, ha_nam, day("2025-06-30")));
    cr_assert_not(catalogue_has_children(catalogue, ha_nam, day("2025-07-01")));
    cr_assert_not(catalogue_has_children(catalogue, ninh_binh, day("2025-06-30")));
    cr_assert(catalogue_has_children(catalogue, ninh_binh, day("2025-07-01")));
    catalogue_free(catalogue);
}

Test(catalogue, a_unit_that_is_not_there_is_explained)
{
    struct catalogue *catalogue = test_good_catalogue();
    const struct {
        const char *unit, *period;
        enum chiso_calendar calendar;
        const char *text;
    } cases[] = {
        {"35", "2025", CHISO_STATISTICAL, "unit 35 ended on 30/06/2025; use 2025-H1"},
        {"35", "2025", CHISO_ADMINISTRATIVE, "unit 35 ended on 30/06/2025; use 2025-H1"},
        {"35", "2025-9M", CHISO_STATISTICAL, "unit 35 ended on 30/06/2025; use 2025-H1"},
        {"35", "2025-07", CHISO_STATISTICAL, "unit 35 ended on 30/06/2025"},
        {"35", "2026", CHISO_STATISTICAL, "unit 35 ended on 30/06/2025"},
        {"99", "2026", CHISO_STATISTICAL, "unit 99 is not in the catalogue"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chiso_period period;
        struct chiso_message why = {""};
        cr_assert_eq(chiso_period_parse(cases[i].period, strlen(cases[i].period), &period), CHISO_OK);
        catalogue_explain_invalid_unit(catalogue, cases[i].unit, period, cases[i].calendar, &why);
        cr_assert_str_eq(why.text, cases[i].text);
    }
    catalogue_free(catalogue);
}

Test(catalogue, pillars_stand_in_their_order)
{
    struct catalogue *catalogue = test_good_catalogue();
    cr_assert_eq(catalogue_pillar_count(catalogue), 2);
    cr_assert_str_eq(catalogue_pillar(catalogue, 0)->id, "digital_government");
    cr_assert_eq(catalogue_pillar_find(catalogue, "digital_society"), 1);
    cr_assert_eq(catalogue_pillar_find(catalogue, "foundation"), CATALOGUE_NONE);
    catalogue_free(catalogue);
}

Test(catalogue, what_a_column_leaves_empty_has_a_default)
{
    struct catalogue *catalogue = test_good_catalogue();
    const struct indicator *rate =
        catalogue_indicator(catalogue, catalogue_indicator_find(catalogue, "dossier.online_rate"));
    cr_assert_eq(rate->across_time, ACROSS_SUM);
    cr_assert_eq(rate->input_decimals, 1);
    cr_assert_eq(rate->cadence.window, CHISO_PERIOD_MONTH);
    cr_assert_not(rate->cadence.intervals);
    cr_assert_eq(rate->due_working_days, 5);
    cr_assert_eq(rate->level_kinds,
        1u << UNIT_PROVINCE | 1u << UNIT_DISTRICT | 1u << UNIT_COMMUNE | 1u << UNIT_DEPARTMENT);
    const struct indicator *accounts =
        catalogue_indicator(catalogue, catalogue_indicator_find(catalogue, "society.accounts"));
    cr_assert_eq(chiso_decimal_compare(accounts->factor, (struct chiso_decimal){1, 0}), 0);
    cr_assert_eq(chiso_decimal_compare(accounts->about_tolerance, (struct chiso_decimal){10, 0}), 0);
    cr_assert(accounts->cadence.intervals && accounts->cadence.window == CHISO_PERIOD_QUARTER);
    cr_assert_eq(accounts->due_working_days, -1);
    cr_assert_eq(accounts->calendar, CHISO_STATISTICAL);
    cr_assert_not(accounts->has_minimum);
    cr_assert_str_eq(accounts->name_en, "Tài khoản định danh");
    catalogue_free(catalogue);
}

Test(catalogue, a_definition_holds_from_its_day)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "indicators.csv",
        "id,valid_from,pillar,name_vi,measure,reported_by\n"
        "society.accounts,2025-01-01,digital_society,Mới,count,commune\n"
        "society.accounts,2024-01-01,digital_society,Cũ,count,commune\n");
    struct catalogue *catalogue = test_load(&files);
    uint32_t accounts = catalogue_indicator_find(catalogue, "society.accounts");
    cr_assert_null(catalogue_indicator_at(catalogue, accounts, day("2023-12-31")));
    cr_assert_str_eq(catalogue_indicator_at(catalogue, accounts, day("2024-12-31"))->name_vi, "Cũ");
    cr_assert_eq(catalogue_indicator_at(catalogue, accounts, day("2024-12-31"))->valid_to, day("2024-12-31"));
    cr_assert_str_eq(catalogue_indicator_at(catalogue, accounts, day("2025-01-01"))->name_vi, "Mới");
    cr_assert_str_eq(catalogue_indicator(catalogue, accounts)->name_vi, "Mới");
    catalogue_free(catalogue);
}

Test(catalogue, time_alone_turns_at_midnight_and_after_17_in_vietnam)
{
    static const char *const turns[] = {
        "2025-05-05T00:00:00+07:00", "2025-05-05T17:00:00.001+07:00", "2025-05-06T00:00:00+07:00"};
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        chiso_instant_ms at;
        cr_assert_eq(chiso_instant_parse(turns[i], &at), CHISO_OK);
        cr_expect_eq(catalogue_time_slot(at - 1) + 1, catalogue_time_slot(at), "%s", turns[i]);
        cr_expect_eq(catalogue_time_slot(at), catalogue_time_slot(at + 3600 * 1000), "%s", turns[i]);
    }
}
