/* What the random worlds of tests/oracle found, each in the smallest form. */
#include "core/attainment.h"
#include "core/row.h"
#include "core/timeliness.h"
#include "world.h"

/* The district 101 passes from 10 to 11 with its commune 10101, whose group 10101.g keeps its row. Of 10201 and
 * 10202, which is there since March, become 10203 and 10204. */
static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "10,,,province,,VN,Tỉnh A,A\n"
                            "11,,2025-06-30,province,,VN,Tỉnh B,B\n"
                            "11,2025-07-01,,province,,VN,Tỉnh B,B\n"
                            "101,,2025-03-31,district,,10,Huyện C,C\n"
                            "101,2025-04-01,,district,,11,Huyện C,C\n"
                            "10101,,,commune,,101,Xã D,D\n"
                            "10101.g,,,organisation,,10101,Tổ E,E\n"
                            "10201,,2025-06-30,commune,,10,Xã F,F\n"
                            "10202,2025-03-01,2025-06-30,commune,,10,Xã G,G\n"
                            "10203,2025-07-01,,commune,,10,Xã H,H\n"
                            "10204,2025-07-01,,commune,,10,Xã I,I\n";
static const char successions[] = "date,old_code,new_code,extent\n2025-07-01,11,11,whole\n"
                                  "2025-07-01,10201,10203,whole\n2025-07-01,10202,10203,part\n"
                                  "2025-07-01,10202,10204,part\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,name_en,measure,across_time,factor,minimum,direction,reported_by,whole_by,"
    "cadence,calendar\n"
    "groups,,foundation,Tổ,Groups,count,sum,1,0,up,organisation,,month,\n"
    "share,,foundation,Có,Share,share,last,100,0,up,commune,,month,\n"
    "flow,,foundation,Dòng,Flow,ratio,flow_over_stock,100,0,up,,province,month,\n"
    "max,,foundation,Cao nhất,Maximum,max,extreme,1,0,up,,province,quarter,\n"
    "old,,foundation,Cũ,Old,count,sum,1,0,down,,province,month,\n"
    "old,2025-03-01,foundation,Mới,New,count,sum,1,0,up,,province,month,\n"
    "yearly,,foundation,Năm,Yearly,count,sum,1,0,up,,province,month,\n"
    "means,,foundation,Trung bình,Mean,mean,mean,1,0,up,district,,month,\n"
    "halves,,foundation,Nửa năm,Halves,count,sum,1,0,up,department,,half,\n"
    "kept,,foundation,Giữ,Kept,count,sum,0.001,0,up,,province,month,\n"
    "pooled,,foundation,Trung bình,Mean,mean,mean,1,0,up,commune,,month,\n"
    "anew,,foundation,Cũ,Old,count,sum,1,0,up,,province,half,\n"
    "anew,2025-07-01,foundation,Mới,New,count,sum,1,0,up,,province,half,\n"
    "admin,,foundation,Hành chính,Administrative,count,sum,1,0,up,commune,,day,administrative\n";
static const char targets[] = "indicator,unit,shape,value,due,curve,window\n"
                              "flow,10,at_least,100,2025-12-31,hold,year_to_date\n"
                              "max,10,at_least,9,2025-12-31,hold,year_to_date\n"
                              "kept,10,increase_each_year,,,,year_to_date\n"
                              "old,11,at_least,10,2025-06-30,hold,\n"
                              "old,11,at_least,10,2025-12-31,hold,\n";

static const char obligations[] = "indicator,unit,kind,role,cadence,valid_from,valid_to\n"
                                  "yearly,,province,,year,,\n"
                                  "halves,11,,,half,,2025-06-30\n"
                                  "halves,11,,,none,2025-07-01,\n"
                                  "admin,10204,,,none,,\n";

WORLD_SUITE(found, "units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
    "indicators.csv", indicators, "obligations.csv", obligations, "targets.csv", targets)

static struct row row_of(const char *unit, const char *period, const char *indicator)
{
    struct row row;
    cr_assert_eq(row_make(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), STORE_NO_LEVEL, INT64_C(1767225600000), &row),
        CHISO_OK);
    return row;
}

/* The last report that is owed is not in: what came before it bounds nothing. */
Test(found, a_share_of_which_only_an_older_report_is_in_may_be_either)
{
    world_set(&world, "10101", "2025-01", "share", "0", 1);
    struct row row = row_of("10101", "2025-Q1", "share");
    cr_expect_eq(row.shown.state, ROW_PARTIAL);
    cr_expect_str_eq(row.shown.low, "0");
    cr_expect_str_eq(row.shown.high, "100", "%s", row.shown.high);
}

Test(found, a_unit_moves_with_the_one_above_it_and_leaves_its_figures_behind)
{
    uint32_t commune = unit_of(&world, "10101");
    cr_expect_not(rollup_is_stored(world.catalogue, commune, period_of("2025-H1"), CHISO_STATISTICAL));
    cr_expect(rollup_is_stored(world.catalogue, commune, period_of("2025-Q1"), CHISO_STATISTICAL));
    store_narrow(world.store, unit_of(&world, "11"));
    world_set(&world, "10101.g", "2025-04", "groups", "4", 1);
    cr_expect_eq(row_of("10101.g", "2025-H1", "groups").incomparable, INCOMPARABLE_ELSEWHERE);
    cr_expect_eq(row_of("101", "2025-H1", "groups").incomparable, INCOMPARABLE_ELSEWHERE);
    cr_expect_eq(row_of("101", "2025-Q2", "groups").incomparable, COMPARABLE);
}

/* Under a finished percentage the sub-periods still are the parts, some of which another province keeps. */
Test(found, the_parts_under_a_finished_percentage_of_a_unit_that_moved_are_not_known)
{
    store_narrow(world.store, unit_of(&world, "11"));
    world_set(&world, "101", "2025-06", "means", "8/2", 1);
    world_set(&world, "101", "2025-H1", "means", "40%", 1);
    cr_expect_eq(row_of("101", "2025-H1", "means").shown.state, ROW_BARE);
    cr_expect_not(row_of("101", "2025-H1", "means").has_parts);
}

Test(found, the_year_to_date_of_a_flow_is_over_the_last_stock)
{
    world_set(&world, "10", "2025-01", "flow", "30/80", 1);
    world_set(&world, "10", "2025-02", "flow", "20/50", 1);
    cr_expect_str_eq(row_of("10", "2025-02", "flow").year_to_date, "100");
}

Test(found, nine_months_are_their_own_year_to_date)
{
    world_set(&world, "10", "2025-9M", "max", "10", 1);
    struct row row = row_of("10", "2025-9M", "max");
    cr_expect_str_eq(row.year_to_date, "");
    cr_expect_str_eq(row.shortfall, "-1", "%s", row.shortfall);
}

Test(found, a_finished_percentage_is_no_year_to_date)
{
    world_set(&world, "10", "2025-01", "flow", "30/80", 1);
    world_set(&world, "10", "2025-02", "flow", "40%", 1);
    cr_expect_str_eq(row_of("10", "2025-02", "flow").year_to_date, "");
}

static void expect_score(const char *name, const char *unit, const char *period, unsigned targets_count,
    unsigned decided, const char *score)
{
    struct attainment attainment;
    char text[64] = "none";
    attainment_init(&attainment);
    cr_assert_eq(attainment_of_pillar(world.catalogue, world.store, unit_of(&world, unit), 0,
                     period_of(period), INT64_C(1752000000000), &attainment),
        CHISO_OK);
    if (attainment.decided > 0)
        rational_print_exact(attainment.score, text, sizeof text);
    cr_expect_eq(attainment.targets, targets_count, "%s: %u targets", name, attainment.targets);
    cr_expect_eq(attainment.decided, decided, "%s: %u decided", name, attainment.decided);
    cr_expect_str_eq(text, score, "%s: %s", name, text);
    attainment_release(&attainment);
}

Test(found, a_pillars_score_has_only_the_units_own_windows)
{
    world_set(&world, "11", "2025-06", "old", "5", 1);
    expect_score("11 as it was until June", "11", "2025-06", 1, 1, "0.5");
    expect_score("11 of July has no window yet", "11", "2025-H2", 0, 0, "none");
    expect_score("nor are June's figures its", "11", "2025", 0, 0, "none");
}

/* The half before 11 began is as missing as it would be of a unit that did not change. */
Test(found, a_year_of_which_nobody_owes_the_halves_needs_both)
{
    world_set(&world, "11", "2025-H2", "yearly", "9", 1);
    cr_expect_eq(row_of("11", "2025", "yearly").shown.state, ROW_PARTIAL);
    world_set(&world, "11", "2025-H1", "yearly", "8", 1);
    struct row row = row_of("11", "2025", "yearly");
    cr_expect_eq(row.shown.state, ROW_REPORTED);
    cr_expect_str_eq(row.shown.value, "17");
}

/* Every owed sub-period is in, as of a unit that did not change. */
Test(found, a_year_of_which_only_the_former_unit_owed_a_half_is_in_with_that)
{
    world_set(&world, "11", "2025-H1", "halves", "8", 1);
    struct row row = row_of("11", "2025", "halves");
    cr_expect_str_eq(row.shown.value, "8");
    cr_expect_eq(row.shown.state, ROW_REPORTED);
}

/* The definition of July has no figure of the first half, and without it the year is not all in. */
Test(found, a_merged_units_year_with_a_new_definition_inside_is_partial)
{
    world_set(&world, "11", "2025-H2", "anew", "9", 1);
    cr_expect_eq(row_of("11", "2025", "anew").shown.state, ROW_PARTIAL);
    world_set(&world, "11", "2025-H2", "anew", "na", 2);
    cr_expect_eq(row_of("11", "2025", "anew").shown.state, ROW_NOT_REPORTED);
}

/* July ends on the 14th, a day before the 15th begins. */
Test(found, the_oldest_window_is_told_by_its_own_calendar)
{
    world_set(&world, "10101", "2025-07", "admin", "3", 1);
    world_set(&world, "10101", "2025-07-15", "admin", "4", 1);
    char text[CHISO_PERIOD_CHARS];
    chiso_period_print(row_of("10101", "2025-H2", "admin").oldest, text);
    cr_expect_str_eq(text, "2025-07", "%s", text);
}

/* "In a total, a not comparable unit counts as not reported" (S5): it is not left out of those expected. */
Test(found, under_a_finished_percentage_of_a_year_with_a_part_succession_the_unit_is_missed)
{
    world_set(&world, "10203", "2025", "pooled", "40%", 1);
    struct row row = row_of("10203", "2025", "pooled");
    cr_expect_eq(row.shown.state, ROW_BARE);
    cr_expect(row.has_parts && row.parts.state == ROW_NOT_REPORTED && row.parts.expected == 1);
    cr_expect_eq(row_of("10", "2025", "pooled").shown.expected, 2, "10203 and 10204");
}

/* What lies inside a window that cannot be told counts in every longer one: here the month, quarter and half year. */
Test(found, a_unit_that_reported_inside_windows_that_cannot_be_told_is_missed)
{
    world_set(&world, "10204", "2025-07-05", "admin", "3", 1);
    struct row row = row_of("10204", "2025", "admin");
    cr_expect_eq(row.incomparable, INCOMPARABLE_BOUNDARIES);
    cr_expect_eq(row.shown.expected, 1);
}

/* What February's sum lacks is not told by the unit that was not there yet. */
Test(found, a_part_of_a_unit_that_began_later_makes_former_windows_incomparable)
{
    struct row row;
    chiso_day day;
    world_set(&world, "10201", "2025-02", "pooled", "8/2", 1);
    cr_assert_eq(chiso_day_parse("2025-07-01", 10, &day), CHISO_OK);
    cr_assert_eq(
        row_make_on(world.catalogue, world.store, day, unit_of(&world, "10203"), period_of("2025-02"),
            indicator_of(&world, "pooled"), STORE_NO_LEVEL, INT64_C(1767225600000), &row),
        CHISO_OK);
    cr_expect_eq(row.incomparable, INCOMPARABLE_BOUNDARIES);
    cr_expect_eq(row.shown.state, ROW_NOT_REPORTED);
}

/* A half year to which the indicator does not apply has no position, but the month of it has a figure. */
Test(found, a_figure_without_position_is_not_printed_as_more_than_the_year_before)
{
    world_set(&world, "10", "2024-06", "kept", "600", 1);
    world_set(&world, "10", "2024-H1", "kept", "600", 1);
    world_set(&world, "10", "2025-06", "kept", "590", 1);
    world_set(&world, "10", "2025-H1", "kept", "na", 1);
    struct row row = row_of("10", "2025-06", "kept");
    cr_expect_eq(row.position, POSITION_NO_TARGET);
    cr_expect_str_eq(row.target_text, "0.6", "%s", row.target_text);
    cr_expect_str_eq(row.shown.value, "0.6", "%s", row.shown.value);
}

static int keep_state(void *context, const struct timeliness_report *report)
{
    *(enum timeliness *)context = report->state;
    return 0;
}

static enum timeliness state_of_year(const char *unit, const char *indicator)
{
    enum timeliness state = TIMELINESS_NOT_DUE;
    struct timeliness_sums sums;
    const chiso_instant_ms now = INT64_C(1767225600000); /* 1 January 2026 */
    const struct timeliness_question question = {.unit = unit_of(&world, unit),
        .day = chiso_day_at(now),
        .period = period_of("2025"),
        .indicator = indicator_of(&world, indicator),
        .pillar = CATALOGUE_NONE,
        .now = now,
        .visit = keep_state,
        .context = &state};
    cr_assert_eq(timeliness_collect(world.catalogue, world.store, &question, &sums), CHISO_OK);
    timeliness_release(&sums);
    return state;
}

/* What is partial as a figure is not in as a report either. */
Test(found, a_merged_units_year_is_in_with_the_half_of_the_former_one)
{
    world_set(&world, "11", "2025-H2", "yearly", "9", 1);
    cr_expect_eq(state_of_year("11", "yearly"), TIMELINESS_MISSING);
    world_set(&world, "11", "2025-H1", "yearly", "8", 1);
    cr_expect_eq(state_of_year("11", "yearly"), TIMELINESS_REPORTED);
}
