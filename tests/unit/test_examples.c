/* STATISTICS S2's examples in their own numbers (109 and 207 communes, 1,714 procedures), and what its rules
 * say of sub-periods: not applicable, nine months, two calendars, two versions of a definition, corrections. */
#include "core/row.h"

#include "world.h"

static const char pillars[] = "id,name_vi\nfoundation,Nền tảng\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,measure,across_time,minimum,reported_by,whole_by,cadence,calendar\n"
    "sum,,foundation,Đếm,count,sum,0,commune,province,month,\n"
    "signed,,foundation,Có dấu,amount,sum,,commune,province,month,\n"
    "own,,foundation,Thủ tục,distinct,last,0,commune province,,quarter,\n"
    "work,,foundation,Hồ sơ,count,sum,0,commune,province,month,administrative\n"
    "renewed,,foundation,Cũ,count,sum,0,commune,,month,\n"
    "renewed,2025-03-01,foundation,Mới,count,sum,0,commune,,month,\n";

static struct world world;

/* Province 35 has 109 communes, 36 has 207. */
static void open_world(void)
{
    static char units[16384];
    size_t at = (size_t)snprintf(units, sizeof units,
        "code,kind,parent,name_vi\nVN,nation,,Việt Nam\n35,province,VN,Hà Nam\n36,province,VN,Nam Định\n");
    for (int i = 1; i <= 109; i++)
        at += (size_t)snprintf(units + at, sizeof units - at, "a%03d,commune,35,Xã\n", i);
    for (int i = 1; i <= 207; i++)
        at += (size_t)snprintf(units + at, sizeof units - at, "b%03d,commune,36,Xã\n", i);
    const char *const files[] = {
        "units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators, NULL};
    world = world_open(files);
}

static void close_world(void)
{
    world_close(&world);
}

TestSuite(examples, .init = open_world, .fini = close_world);

/* The text of a total without revision and journal number. */
static void expect(
    const char *name, const char *unit, const char *period, const char *indicator, const char *text)
{
    char printed[TOTAL_CHARS];
    struct total total;
    cr_assert_eq(rollup_read(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), STORE_NO_LEVEL, &total),
        CHISO_OK, "%s", name);
    total.revision = total.seq = 0;
    total_print(&total, printed);
    cr_expect_str_eq(printed, text, "%s: %s is \"%s\", not \"%s\"", name, indicator, printed, text);
}

/* The first COUNT communes of a province report. */
static void report(char province, int count, const char *period, const char *indicator, const char *figure)
{
    for (int i = 1; i <= count; i++) {
        char unit[16];
        snprintf(unit, sizeof unit, "%c%03d", province, i);
        world_set(&world, unit, period, indicator, figure, 1);
    }
}

/* ---- who has reported ---- */

Test(examples, a_year_with_only_january_in_is_0_of_109_with_109_partial)
{
    struct row row;
    report('a', 109, "2024-01", "sum", "5");
    expect("the year", "35", "2024", "sum", "D 0 0 0 V 0 109 109 0 2024-01 =545*109 -");
    cr_assert_eq(row_make(world.catalogue, world.store, unit_of(&world, "35"), period_of("2024"),
                     indicator_of(&world, "sum"), STORE_NO_LEVEL, INT64_C(1746406800000), &row),
        CHISO_OK);
    cr_expect_not(row.judged);
    cr_expect_eq(row.shown.state, ROW_PARTIAL);
}

Test(examples, the_province_silent_and_all_207_communes_in)
{
    report('b', 207, "2025-01", "sum", "1");
    expect("derived, 207/207", "36", "2025-01", "sum", "D 0 0 0 V 207 0 207 0 2025-01 =207*207 -");
}

Test(examples, the_province_in_and_3_of_207_communes)
{
    report('b', 3, "2025-01", "sum", "10");
    world_set(&world, "36", "2025-01", "sum", "2000", 1);
    expect("reported 1/1, parts 3/207", "36", "2025-01", "sum",
        "R 0 0 0 V 1 0 1 0 2025-01 =2000*1 - | V 3 0 207 0 2025-01 =30*3 -");
}

Test(examples, procedures_1714_are_not_1714_times_109)
{
    report('a', 109, "2025-Q1", "own", "1714");
    expect("of the communes nothing is summed", "35", "2025-Q1", "own", "- 0 0 0 - 0 0 1 0 - - -");
    world_set(&world, "35", "2025-Q1", "own", "1714", 1);
    expect("the province's own figure", "35", "2025-Q1", "own", "R 0 0 0 V 1 0 1 0 2025-Q1 =1714*1 -");
    expect("nor of provinces", "VN", "2025-Q1", "own", "- 0 0 0 - 0 0 0 0 - - -");
}

/* ---- sub-periods ---- */

Test(examples, not_applicable_beside_values_and_missing_sub_periods)
{
    world_set(&world, "a001", "2025-01", "sum", "na", 1);
    expect("beside missing: not reported", "a001", "2025-Q1", "sum", "- 0 0 0 - 0 0 1 0 - - -");
    world_set(&world, "a001", "2025-02", "sum", "na", 1);
    world_set(&world, "a001", "2025-03", "sum", "na", 1);
    expect("all: not applicable", "a001", "2025-Q1", "sum", "R 0 0 0 N 0 0 0 1 - - -");
    world_set(&world, "a001", "2025-03", "sum", "7", 2);
    expect("beside a value: left out", "a001", "2025-Q1", "sum", "R 0 0 0 V 1 0 1 0 2025-03 =7*1 -");
    world_set(&world, "a001", "2025-02", "sum", "-", 2);
    expect(
        "beside a value and missing: partial", "a001", "2025-Q1", "sum", "R 0 0 0 V 0 1 1 0 2025-03 =7*1 -");
    world_set(&world, "a001", "2025-Q1", "sum", "na", 1);
    expect("its own, not applicable included", "a001", "2025-Q1", "sum", "R 0 0 0 N 0 0 0 1 - - -");
}

Test(examples, a_not_applicable_whole_speaks_for_the_whole)
{
    report('a', 109, "2025-01", "sum", "1");
    world_set(&world, "35", "2025-01", "sum", "na", 1);
    expect("the whole", "35", "2025-01", "sum", "R 0 0 0 N 0 0 0 1 - - - | V 109 0 109 0 2025-01 =109*109 -");
}

Test(examples, nine_months_are_h1_and_q3_and_enter_nothing)
{
    static const char *const months[] = {
        "2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06", "2024-07", "2024-08", "2024-09"};
    for (size_t i = 0; i < 9; i++)
        world_set(&world, "a001", months[i], "sum", "10", 1);
    expect("H1 + Q3", "a001", "2024-9M", "sum", "R 0 0 0 V 1 0 1 0 2024-01 =90*9 -");
    world_set(&world, "a001", "2024-9M", "sum", "95", 1);
    expect("its own", "a001", "2024-9M", "sum", "R 0 0 0 V 1 0 1 0 2024-9M =95*1 -");
    expect("the year has the months", "a001", "2024", "sum", "R 0 0 0 V 0 1 1 0 2024-01 =90*9 -");
}

Test(examples, an_interval_stands_alone)
{
    static const char free_indicators[] = "id,pillar,name_vi,measure,minimum,reported_by,cadence\n"
                                          "x,foundation,X,count,0,commune,month+interval\n";
    static const char units[] = "code,kind,parent,name_vi\n35,province,,Hà Nam\n00001,commune,35,Xã\n";
    const char *const files[] = {
        "units.csv", units, "pillars.csv", pillars, "indicators.csv", free_indicators, NULL};
    struct world other = world;
    world = world_open(files);
    world_set(&world, "00001", "2024-01-01/2024-03-31", "x", "5", 1);
    world_set(&world, "00001", "../2022-09-30", "x", "70", 1);
    expect("it is no part of the quarter", "00001", "2024-Q1", "x", "- 0 0 0 - 0 0 1 0 - - -");
    expect("itself", "00001", "2024-01-01/2024-03-31", "x", "R 0 0 0 V 1 0 1 0 2024-01-01/2024-03-31 =5*1 -");
    expect("since the beginning", "00001", "../2022-09-30", "x", "R 0 0 0 V 1 0 1 0 ../2022-09-30 =70*1 -");
    world_close(&world);
    world = other;
}

/* 20/12/2024 is in December of the one calendar and in January 2025 of the other (15/12 to 14/1). */
Test(examples, days_of_two_calendars_are_in_two_months)
{
    static const char daily[] = "id,pillar,name_vi,measure,minimum,reported_by,cadence,calendar\n"
                                "s,foundation,S,count,0,commune,day,\n"
                                "m,foundation,M,count,0,commune,day,administrative\n";
    static const char units[] = "code,kind,parent,name_vi\n35,province,,Hà Nam\n00001,commune,35,Xã\n";
    const char *const files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv", daily, NULL};
    struct world other = world;
    world = world_open(files);
    for (int i = 0; i < 2; i++) {
        world_set(&world, "00001", "2024-12-14", i ? "m" : "s", "1", 1);
        world_set(&world, "00001", "2024-12-15", i ? "m" : "s", "10", 1);
        world_set(&world, "00001", "2025-01-14", i ? "m" : "s", "100", 1);
        world_set(&world, "00001", "2025-01-15", i ? "m" : "s", "1000", 1);
    }
    expect("December", "35", "2024-12", "s", "D 0 0 0 V 0 1 1 0 2024-12-14 =11*2 -");
    expect("January", "35", "2025-01", "s", "D 0 0 0 V 0 1 1 0 2025-01-14 =1100*2 -");
    expect("15/11 to 14/12", "35", "2024-12", "m", "D 0 0 0 V 0 1 1 0 2024-12-14 =1*1 -");
    expect("15/12 to 14/1", "35", "2025-01", "m", "D 0 0 0 V 0 1 1 0 2024-12-15 =110*2 -");
    expect("15/12 to 14/12", "35", "2025", "m", "D 0 0 0 V 0 1 1 0 2024-12-15 =1110*3 -");
    world_close(&world);
    world = other;
}

Test(examples, administrative_months_make_the_administrative_year)
{
    char month[16];
    for (int i = 1; i <= 12; i++) {
        snprintf(month, sizeof month, "2024-%02d", i);
        world_set(&world, "a001", month, "work", "10", 1);
    }
    expect("the quarter to 14/3", "a001", "2024-Q1", "work", "R 0 0 0 V 1 0 1 0 2024-01 =30*3 -");
    expect("the year to 14/12", "a001", "2024", "work", "R 0 0 0 V 1 0 1 0 2024-01 =120*12 -");
    expect("nothing of the other calendar", "a001", "2024", "sum", "- 0 0 0 - 0 0 1 0 - - -");
}

Test(examples, nothing_is_derived_across_two_versions_of_a_definition)
{
    static const char *const months[] = {"2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"};
    for (size_t i = 0; i < 6; i++)
        world_set(&world, "a001", months[i], "renewed", "10", 1);
    expect("March alone has the definition of the quarter's end", "a001", "2025-Q1", "renewed",
        "R 0 0 0 V 0 1 1 0 2025-03 =10*1 -");
    expect("one version", "a001", "2025-Q2", "renewed", "R 0 0 0 V 1 0 1 0 2025-04 =30*3 -");
}

/* ---- corrections ---- */

Test(examples, a_correction_replaces_a_contribution_of_its_class)
{
    world_set(&world, "a001", "2025-01", "signed", ">10", 1);
    world_set(&world, "a002", "2025-01", "signed", "<20", 1);
    world_set(&world, "a003", "2025-01", "signed", "-5", 1);
    expect("three classes", "35", "2025-01", "signed", "D 0 0 0 V 3 0 109 0 2025-01 =-5*1,>10*1,<20*1 -");
    world_set(&world, "a001", "2025-01", "signed", "12", 2);
    expect("over 10 is 12", "35", "2025-01", "signed", "D 0 0 0 V 3 0 109 0 2025-01 =7*2,<20*1 -");
    world_set(&world, "a002", "2025-01", "signed", "~18", 2);
    expect("almost 20 is about 18", "35", "2025-01", "signed", "D 0 0 0 V 3 0 109 0 2025-01 =7*2,~18*1 -");
    world_set(&world, "a002", "2025-01", "signed", "-", 3);
    expect("withdrawn", "35", "2025-01", "signed", "D 0 0 0 V 2 0 109 0 2025-01 =7*2 -");
}
