/* Who reports, who owes, who may publish, which targets there are, and when it is due. */
#include "catalogue_files.h"

static chiso_day day(const char *text)
{
    chiso_day out = 0;
    cr_assert_eq(chiso_day_parse(text, strlen(text), &out), CHISO_OK, "%s", text);
    return out;
}

static const struct unit_row *at(const struct catalogue *catalogue, const char *code, const char *date)
{
    const struct unit_row *row =
        catalogue_unit_at(catalogue, catalogue_unit_find(catalogue, code), day(date));
    cr_assert_not_null(row, "%s %s", code, date);
    return row;
}

static const struct indicator *indicator(const struct catalogue *catalogue, const char *id)
{
    return catalogue_indicator(catalogue, catalogue_indicator_find(catalogue, id));
}

Test(catalogue_rules, a_unit_is_a_part_the_whole_or_nothing)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "indicators.csv",
        "id,pillar,name_vi,measure,reported_by,whole_by\n"
        "a,digital_society,A,count,commune,province department:justice\n"
        "b,digital_society,B,count,department:home_affairs district,\n");
    test_file_set(&files, "obligations.csv",
        "indicator,unit,kind,role,cadence,valid_from,valid_to\n"
        "b,35.ioc,,,none,2025-01-01,2025-03-31\n");
    struct catalogue *catalogue = test_load(&files);
    const struct {
        const char *id, *unit, *date;
        enum reporting_part part;
        size_t order;
    } cases[] = {
        {"a", "13285", "2025-01-01", REPORTS_PART, 9},
        {"a", "35", "2025-01-01", REPORTS_WHOLE, 0},
        {"a", "35.stp", "2025-01-01", REPORTS_WHOLE, 1},
        {"a", "35.snv", "2025-01-01", REPORTS_NOTHING, 9},
        {"a", "347", "2025-01-01", REPORTS_NOTHING, 9},
        {"b", "35.snv", "2025-01-01", REPORTS_PART, 9},
        {"b", "35.stp", "2025-01-01", REPORTS_NOTHING, 9},
        {"b", "35.ioc", "2024-12-31", REPORTS_NOTHING, 9},
        {"b", "35.ioc", "2025-01-01", REPORTS_PART, 9},
        {"b", "35.ioc", "2025-04-01", REPORTS_NOTHING, 9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t order = 9;
        const struct unit_row *row = at(catalogue, cases[i].unit, cases[i].date);
        enum reporting_part part = catalogue_reporting(
            catalogue, indicator(catalogue, cases[i].id), row, day(cases[i].date), &order);
        cr_expect(part == cases[i].part && order == cases[i].order, "%s %s %s: %d, %zu", cases[i].id,
            cases[i].unit, cases[i].date, part, order);
    }
    cr_expect_eq(indicator(catalogue, "b")->level_kinds,
        1u << UNIT_DEPARTMENT | 1u << UNIT_DISTRICT | 1u << UNIT_ORGANISATION);
    catalogue_free(catalogue);
}

Test(catalogue_rules, the_most_specific_obligation_holds)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "indicators.csv",
        "id,pillar,name_vi,measure,reported_by,whole_by,cadence,due_working_days\n"
        "a,digital_society,A,count,department commune district,province,year,10\n");
    test_file_set(&files, "obligations.csv",
        "indicator,unit,kind,role,cadence,due_working_days,valid_from,valid_to\n"
        "a,35.stp,,,day,,2025-03-01,2025-03-31\n"
        "a,35,department,,month,5,2025-01-01,\n"
        "a,35,department,home_affairs,none,,2025-01-01,\n"
        "a,,department,justice,quarter,1,2024-01-01,\n"
        "a,,department,,half,2,,\n"
        "a,VN,commune,,month,,2025-01-01,\n"
        "a,35,commune,,quarter,,2025-02-01,\n"
        "a,347,commune,,day,,2025-03-01,\n");
    struct catalogue *catalogue = test_load(&files);
    const struct {
        const char *unit, *date;
        enum chiso_period_kind cadence;
        int due;
        const char *from;
    } cases[] = {
        {"35.stp", "2023-12-31", CHISO_PERIOD_HALF, 2, NULL},
        {"35.stp", "2024-12-31", CHISO_PERIOD_QUARTER, 1, "2024-01-01"},
        {"35.stp", "2025-01-01", CHISO_PERIOD_MONTH, 5, "2025-01-01"},
        {"35.stp", "2025-03-31", CHISO_PERIOD_DAY, 10, "2025-03-01"},
        {"35.stp", "2025-04-01", CHISO_PERIOD_MONTH, 5, "2025-01-01"},
        {"35.snv", "2024-12-31", CHISO_PERIOD_HALF, 2, NULL},
        {"35.snv", "2025-01-01", CHISO_PERIOD_NONE, 10, "2025-01-01"},
        {"13285", "2024-12-31", CHISO_PERIOD_YEAR, 10, NULL},
        {"13285", "2025-01-31", CHISO_PERIOD_MONTH, 10, "2025-01-01"},
        {"13285", "2025-02-28", CHISO_PERIOD_QUARTER, 10, "2025-02-01"},
        {"13285", "2025-03-31", CHISO_PERIOD_DAY, 10, "2025-03-01"},
        {"13285", "2025-07-31", CHISO_PERIOD_MONTH, 10, "2025-01-01"},
        {"347", "2025-03-31", CHISO_PERIOD_YEAR, 10, NULL},
        {"35", "2025-03-31", CHISO_PERIOD_YEAR, 10, NULL},
        {"35.ioc", "2025-03-31", CHISO_PERIOD_NONE, -1, NULL},
        {"VN", "2025-03-31", CHISO_PERIOD_NONE, -1, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct unit_row *row = at(catalogue, cases[i].unit, cases[i].date);
        struct obligation owed =
            catalogue_obligation(catalogue, indicator(catalogue, "a"), row, day(cases[i].date));
        chiso_day from = cases[i].from ? day(cases[i].from) : CHISO_DAY_FIRST;
        cr_expect(
            owed.cadence == cases[i].cadence && owed.due_working_days == cases[i].due && owed.from == from,
            "%s %s: %d, %d, %d", cases[i].unit, cases[i].date, owed.cadence, owed.due_working_days,
            owed.from);
    }
    catalogue_free(catalogue);
}

Test(catalogue_rules, a_publisher_reports_for_its_units)
{
    struct test_files files = test_good_files();
    test_file_set(
        &files, "publishers.csv", "publisher,units\n35.gateway,35 35/*\n37.gateway,37/*\nphu-ly,13285 347\n");
    struct catalogue *catalogue = test_load(&files);
    const struct {
        const char *publisher, *unit, *date;
        bool may;
    } cases[] = {
        {"35.stp", "35.stp", "2025-01-01", true},
        {"35.stp", "35.snv", "2025-01-01", false},
        {"35.gateway", "35", "2025-01-01", true},
        {"35.gateway", "35.stp", "2025-01-01", true},
        {"35.gateway", "13285", "2025-06-30", true},
        {"35.gateway", "13285", "2025-07-01", false},
        {"35.gateway", "36", "2025-01-01", false},
        {"37.gateway", "13285", "2025-06-30", false},
        {"37.gateway", "13285", "2025-07-01", true},
        {"37.gateway", "37", "2025-07-01", false},
        {"phu-ly", "13285", "2025-07-01", true},
        {"phu-ly", "35", "2025-01-01", false},
        {"nobody", "35", "2025-01-01", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool may = catalogue_publisher_may(
            catalogue, cases[i].publisher, catalogue_unit_find(catalogue, cases[i].unit), day(cases[i].date));
        cr_expect_eq(may, cases[i].may, "%s for %s on %s", cases[i].publisher, cases[i].unit, cases[i].date);
    }
    catalogue_free(catalogue);
}

Test(catalogue_rules, targets_have_their_defaults_and_stand_in_file_order)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "targets.csv",
        "indicator,unit,shape,value,value_high,baseline,baseline_date,due,curve,amber,red,window,source\n"
        "society.accounts,35,at_least,70000,,,,,,,,,\n"
        "dossier.online_rate,37,between,8,10.5,7,2025-07-01,2030-12-31,linear,2,5%,year_to_date,QĐ 1\n"
        "society.accounts,35,at_least,80000,,,,2025-06-30,,,,,\n"
        "society.accounts,35.stp,done_by,,,,,2025-06-30,,,,,\n");
    test_file_set(&files, "obligations.csv", "indicator,unit\nsociety.accounts,35.stp\n");
    struct catalogue *catalogue = test_load(&files);
    size_t count;
    const struct target *const *targets =
        catalogue_targets(catalogue, catalogue_indicator_find(catalogue, "society.accounts"), &count);
    cr_assert_eq(count, 3);
    cr_expect(targets[0]->line == 2 && targets[1]->line == 4 && targets[2]->line == 5);
    cr_expect(targets[0]->curve == CURVE_HOLD && targets[0]->due == CHISO_DAY_LAST);
    cr_expect(targets[0]->scope == TARGET_UNIT && !targets[0]->year_to_date && !targets[0]->forecast);
    cr_expect(targets[0]->amber.value.value == 0 && !targets[0]->has_baseline);
    cr_expect(targets[1]->curve == CURVE_DUE && targets[1]->due == day("2025-06-30"));
    cr_expect(targets[2]->has_value && targets[2]->value.value == 1);
    targets =
        catalogue_targets(catalogue, catalogue_indicator_find(catalogue, "dossier.online_rate"), &count);
    cr_assert_eq(count, 1);
    cr_expect(targets[0]->has_value_high && targets[0]->value_high.value == 105);
    cr_expect(targets[0]->has_baseline && targets[0]->baseline_date == day("2025-07-01"));
    cr_expect(targets[0]->curve == CURVE_LINEAR && targets[0]->year_to_date);
    cr_expect(!targets[0]->amber.percent && targets[0]->red.percent && targets[0]->red.value.value == 5);
    cr_expect_str_eq(targets[0]->source, "QĐ 1");
    catalogue_free(catalogue);
}

Test(catalogue_rules, contacts)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "contacts.csv",
        "unit,post,name_vi,language,channel,address,min_severity,escalate_after_hours\n"
        "35,Chánh Văn phòng,Nguyễn Văn A,en,mail,a@example.org,critical,24\n"
        "35.stp,Giám đốc,,,,b@example.org,,\n");
    struct catalogue *catalogue = test_load(&files);
    size_t count;
    const struct contact *contacts = catalogue_contacts(catalogue, &count);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(contacts[0].post, "Chánh Văn phòng");
    cr_expect_str_eq(contacts[0].language, "en");
    cr_expect(contacts[0].min_severity == SEVERITY_CRITICAL && contacts[0].escalate_after_hours == 24);
    cr_expect_str_eq(contacts[1].language, "vi");
    cr_expect_str_eq(contacts[1].channel, "mail");
    cr_expect(contacts[1].min_severity == SEVERITY_INFO && contacts[1].escalate_after_hours == 0);
    catalogue_free(catalogue);
}

static struct catalogue *with_holidays(void)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "holidays.csv",
        "date,kind,name_vi\n"
        "2024-04-29,off,Hoán đổi\n2024-04-30,off,Ngày Thống nhất\n2024-05-01,off,Quốc tế Lao động\n"
        "2024-05-04,work,Làm bù\n"
        "2025-01-27,off,Tết\n2025-01-28,off,Tết\n2025-01-29,off,Tết\n2025-01-30,off,Tết\n2025-01-31,off,Tết\n"
        "2025-02-01,off,Tết (thứ bảy)\n");
    return test_load(&files);
}

Test(catalogue_rules, working_days_know_tet_and_swapped_saturdays)
{
    struct catalogue *catalogue = with_holidays();
    const struct {
        const char *date;
        bool working;
    } days[] = {
        {"2024-04-26", true}, /* Friday */
        {"2024-04-27", false}, /* Saturday */
        {"2024-04-29", false}, /* Monday, swapped */
        {"2024-05-02", true},
        {"2024-05-04", true}, /* Saturday, worked */
        {"2024-05-05", false},
        {"2025-01-31", false},
        {"2025-02-03", true},
    };
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        cr_expect_eq(
            catalogue_is_working_day(catalogue, day(days[i].date)), days[i].working, "%s", days[i].date);
    const struct {
        const char *from;
        int n;
        const char *to;
    } sums[] = {
        {"2024-04-26", 0, "2024-04-26"},
        {"2024-04-26", 1, "2024-05-02"},
        {"2024-04-26", 3, "2024-05-04"},
        {"2024-04-26", 4, "2024-05-06"},
        {"2024-04-30", 1, "2024-05-02"},
        {"2025-01-24", 1, "2025-02-03"},
        {"2025-01-31", 5, "2025-02-07"},
        {"2025-03-31", 5, "2025-04-07"},
    };
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        chiso_day to = catalogue_add_working_days(catalogue, day(sums[i].from), sums[i].n);
        cr_expect_eq(to, day(sums[i].to), "%s + %d", sums[i].from, sums[i].n);
        cr_expect_eq(catalogue_working_days(catalogue, day(sums[i].from), to), sums[i].n, "%s", sums[i].from);
    }
    catalogue_free(catalogue);
}

Test(catalogue_rules, working_days_by_formula_are_those_that_are_counted)
{
    struct catalogue *catalogue = with_holidays();
    chiso_day from = day("2024-03-30");
    int counted = 0;
    for (chiso_day to = from; to < from + 400; to++) {
        cr_assert_eq(catalogue_working_days(catalogue, from, to), counted);
        counted += catalogue_is_working_day(catalogue, to + 1);
    }
    cr_expect_eq(catalogue_working_days(catalogue, from, from - 7), 0);
    cr_expect_eq(catalogue_working_days(catalogue, day("1969-12-28"), day("1970-01-04")), 5);
    catalogue_free(catalogue);
}

Test(catalogue_rules, a_deadline_is_at_17_in_vietnam)
{
    struct catalogue *catalogue = with_holidays();
    const struct {
        const char *last;
        int n;
        const char *deadline;
    } cases[] = {
        {"2025-03-31", 5, "2025-04-07T17:00:00.000+07:00"},
        {"2025-01-31", 1, "2025-02-03T17:00:00.000+07:00"},
        {"2025-03-31", 0, "2025-03-31T17:00:00.000+07:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[CHISO_TIME_CHARS];
        chiso_instant_print(catalogue_deadline(catalogue, day(cases[i].last), cases[i].n), text);
        cr_expect_str_eq(text, cases[i].deadline);
    }
    catalogue_free(catalogue);
}
