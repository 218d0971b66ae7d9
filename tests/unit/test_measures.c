/* STATISTICS S2's table and S3: what the measures that are no sums make of several units and sub-periods. */
#include "core/row.h"

#include "world.h"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "35,,,province,,,Hà Nam,Ha Nam\n"
                            "35.syt,,,department,health,35,Sở Y tế,Health\n"
                            "347,,,district,,35,Phủ Lý,Phu Ly\n"
                            "00001,,,commune,,347,Xã A,A\n"
                            "00002,,,commune,,347,Xã B,B\n"
                            "00003,,,commune,,347,Xã C,C\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,factor,decimals,input_decimals,minimum,reported_by,whole_"
    "by,cadence\n"
    "max,foundation,Lớn nhất,Maximum,max,,1,0,0,0,commune,,month\n"
    "min,foundation,Nhỏ nhất,Minimum,min,,1,0,0,0,commune,,month\n"
    "free,foundation,Nhỏ nhất,Minimum,min,,1,0,0,,commune,,month\n"
    "share,foundation,Tỷ lệ,Share,share,,100,1,0,0,commune,department:health,month\n"
    "flow,foundation,Dòng,Flow,ratio,flow_over_stock,100,1,0,0,commune,,month\n";

WORLD_SUITE(measures, "units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators)

/* "value [low, high] qualifier reported/expected", of what the district's communes reported. */
static void expect(
    const char *name, const char *unit, const char *period, const char *indicator, const char *text)
{
    struct row row;
    char printed[4 * ROW_NUMBER_CHARS];
    cr_assert_eq(row_make(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), STORE_NO_LEVEL, INT64_C(1746406800000), &row),
        CHISO_OK);
    snprintf(printed, sizeof printed, "%s %c%s, %s%c %s %u/%u", row.shown.value,
        row.shown.low_open ? '(' : '[', row.shown.low[0] ? row.shown.low : "-inf",
        row.shown.high[0] ? row.shown.high : "inf", row.shown.high_open ? ')' : ']',
        figure_qualifier_names[row.shown.qualifier], row.shown.reported, row.shown.expected);
    cr_expect_str_eq(printed, text, "%s: %s", name, printed);
}

/* Three communes' figures of March. */
static void report(const char *indicator, const char *a, const char *b, const char *c)
{
    static const char *const communes[] = {"00001", "00002", "00003"};
    static unsigned revision;
    const char *const figures[] = {a, b, c};
    revision++;
    for (int i = 0; i < 3; i++)
        world_set(&world, communes[i], "2025-03", indicator, figures[i], revision);
}

Test(measures, extremes_over_units)
{
    struct {
        const char *name, *indicator, *a, *b, *c, *text;
    } const cases[] = {
        {"the largest", "max", "5", "9", "7", "9 [9, 9] exact 3/3"},
        {"the smallest", "min", "5", "9", "7", "5 [5, 5] exact 3/3"},
        {"over 7 could pass 9", "max", "5", "9", ">7", "9 [9, inf) at_least 3/3"},
        {"almost 7 cannot pass 9", "max", "5", "9", "<7", "9 [9, 9] exact 3/3"},
        {"almost 9 is the largest", "max", "5", "<9", "7", "9 [7, 9) below 3/3"},
        {"almost 9 beside 9", "max", "9", "<9", "7", "9 [9, 9] below 3/3"},
        {"about 9 could pass 9", "max", "9", "~9", "7", "9 [9, 9.9] about 3/3"},
        {"almost 9 could be below 5", "min", "5", "<9", "7", "5 [0, 5] below 3/3"},
        {"over 9 cannot be below 5", "min", "5", ">9", "7", "5 [5, 5] exact 3/3"},
        {"almost 9 without minimum", "free", "5", "<9", "7", "5 (-inf, 5] below 3/3"},
        {"almost 5 alone is open", "min", "<5", "6", "7", "5 [0, 5) below 3/3"},
        {"negative", "free", "-5", "-7", "0", "-7 [-7, -7] exact 3/3"},
        {"not all are in: a bound on one side", "max", "5", "9", "-", "9 [9, inf) exact 2/3"},
        {"and on the other", "free", "5", "9", "-", "5 (-inf, 5] exact 2/3"},
        {"and not below the minimum", "min", "5", "9", "-", "5 [0, 5] exact 2/3"},
        {"not applicable counts for nobody", "max", "5", "na", "na", "5 [5, 5] exact 1/1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        report(cases[i].indicator, cases[i].a, cases[i].b, cases[i].c);
        expect(cases[i].name, "347", "2025-03", cases[i].indicator, cases[i].text);
    }
}

Test(measures, extremes_over_time)
{
    world_set(&world, "00001", "2025-01", "max", "3", 1);
    world_set(&world, "00001", "2025-02", "max", "8", 1);
    world_set(&world, "00001", "2025-03", "max", "5", 1);
    expect("the quarter's own", "00001", "2025-Q1", "max", "8 [8, 8] exact 1/1");
    world_set(&world, "00001", "2025-Q1", "max", "7", 1);
    expect("a report of the quarter counts for it", "00001", "2025-Q1", "max", "7 [7, 7] exact 1/1");
    world_set(&world, "00002", "2025-02", "max", "9", 1);
    expect("over units, one of them in part", "347", "2025-Q1", "max", "9 [9, inf) exact 1/3");
    world_set(&world, "00002", "2025-02", "max", "-", 2);
    expect("a withdrawn extreme leaves no trace", "347", "2025-Q1", "max", "7 [7, inf) exact 1/3");
}

Test(measures, shares_count_units)
{
    report("share", "1", "0", "1");
    expect("two of three", "347", "2025-03", "share", "66.7 [200/3, 200/3] exact 3/3");
    report("share", "1", "0", "-");
    expect("a missing one may be either", "347", "2025-03", "share", "33.3 [100/3, 200/3] exact 2/3");
    report("share", "1", "na", "1");
    expect("not applicable is not counted", "347", "2025-03", "share", "100.0 [100, 100] exact 2/2");
    world_set(&world, "35.syt", "2025-03", "share", "18/20", 1);
    expect("18 of 20 stand for 20 units", "35", "2025-03", "share", "90.0 [90, 90] exact 20/20");
    struct total total;
    char text[TOTAL_CHARS];
    rollup_read(world.catalogue, world.store, unit_of(&world, "35"), period_of("2025-03"),
        indicator_of(&world, "share"), STORE_NO_LEVEL, &total);
    total.revision = total.seq = 0;
    total_print(&total, text);
    cr_expect_str_eq(text, "R 0 0 0 V 20 0 20 0 2025-03 =18*1 - | V 2 0 2 1 2025-03 =2*2 -");
}

Test(measures, a_flow_over_the_last_stock)
{
    world_set(&world, "00001", "2025-01", "flow", "10/100", 1);
    world_set(&world, "00001", "2025-02", "flow", "20/200", 1);
    world_set(&world, "00001", "2025-03", "flow", "30/400", 1);
    expect("60 over 400", "00001", "2025-Q1", "flow", "15.0 [15, 15] exact 1/1");
    world_set(&world, "00002", "2025-01", "flow", "40/100", 1);
    expect("the stock that is known, in part", "00002", "2025-Q1", "flow", "40.0 (-inf, inf) exact 0/1");
    expect("over units, operands are summed", "347", "2025-Q1", "flow", "20.0 (-inf, inf) exact 1/3");
    expect(
        "a longer window takes the last stock too", "00001", "2025-H1", "flow", "15.0 (-inf, inf) exact 0/1");
}
