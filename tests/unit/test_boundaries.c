/* STATISTICS S5, row by row: figures before and across the successions of units, and on any day's boundaries.
 */
#include "core/boundaries.h"
#include "core/row.h"
#include "core/trail.h"

#include "world.h"

/* 35, 36 and old 37 become new 37. Old 37's unit is a province that goes on as another one under its code.
 * Communes: A and B become A; B2 passes in parts into A2 and B2; C and D become C after a stop at M. */
static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "01,,,province,,VN,Hà Nội,Ha Noi\n"
                            "35,,2025-06-30,province,,VN,Hà Nam,Ha Nam\n"
                            "36,,2025-06-30,province,,VN,Nam Định,Nam Dinh\n"
                            "37,,2025-06-30,province,,VN,Ninh Bình,Ninh Binh\n"
                            "37,2025-07-01,,province,,VN,Ninh Bình,Ninh Binh\n"
                            "347,,2025-06-30,district,,35,Phủ Lý,Phu Ly\n"
                            "00001,,2025-06-30,commune,,347,Xã A,A\n"
                            "00002,,2025-06-30,commune,,36,Xã B,B\n"
                            "00003,2025-07-01,,commune,,37,Xã AB,AB\n"
                            "00004,,2025-06-30,commune,,37,Xã C,C\n"
                            "00005,2025-07-01,,commune,,37,Xã C1,C1\n"
                            "00006,2025-07-01,,commune,,37,Xã C2,C2\n"
                            "00007,,2023-12-31,commune,,01,Xã D,D\n"
                            "00008,2024-01-01,2025-06-30,commune,,01,Xã E,E\n"
                            "00009,2025-07-01,,commune,,01,Xã F,F\n"
                            "02,,,province,,VN,Hà Giang,Ha Giang\n"
                            "08,,,province,,VN,Tuyên Quang,Tuyen Quang\n"
                            "00010,,2024-03-31,commune,,02,Xã G,G\n"
                            "00010,2024-04-01,,commune,,08,Xã G,G\n";
static const char successions[] = "date,old_code,new_code,extent\n"
                                  "2025-07-01,35,37,whole\n"
                                  "2025-07-01,36,37,whole\n"
                                  "2025-07-01,37,37,whole\n"
                                  "2025-07-01,00001,00003,whole\n"
                                  "2025-07-01,00002,00003,whole\n"
                                  "2025-07-01,00004,00005,part\n"
                                  "2025-07-01,00004,00006,part\n"
                                  "2024-01-01,00007,00008,whole\n"
                                  "2025-07-01,00008,00009,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,factor,decimals,input_decimals,minimum,reported_by,whole_"
    "by,cadence\n"
    "sum,foundation,Đếm,Count,count,sum,1,0,0,0,province,,half\n"
    "last,foundation,Mức,Stock,count,last,1,0,0,0,province,,half\n"
    "ratio,foundation,Tỷ lệ,Ratio,ratio,sum,100,1,1,0,province,,half\n"
    "mean,foundation,Trung bình,Mean,mean,mean,1,1,1,0,province,,half\n"
    "max,foundation,Lớn nhất,Maximum,max,extreme,1,0,0,0,province,,half\n"
    "share,foundation,Có,Share,share,last,100,1,0,0,province,,half\n"
    "rate,foundation,Chỉ lệ,Rate,rate,last,1,1,1,0,province,,half\n"
    "distinct,foundation,Thủ tục,Procedures,distinct,last,1,0,0,0,province,,half\n"
    "rank,foundation,Hạng,Rank,rank,last,1,0,0,0,province,,half\n"
    "index,foundation,Chỉ số,Index,index,last,1,1,4,0,province,,half\n"
    "communes,foundation,Xã,Communes,count,sum,1,0,0,0,commune,province,half\n"
    "monthly,foundation,Tháng,Monthly,count,sum,1,0,0,0,commune,,month\n"
    "districts,foundation,Huyện,Districts,count,sum,1,0,0,0,district commune,,half\n";

static const char targets[] = "indicator,unit,shape,value,due,curve,window,baseline_date,baseline\n"
                              "sum,37,at_least,900,2025-12-31,hold,year_to_date,2025-07-01,0\n";

WORLD_SUITE(boundaries, "units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
    "indicators.csv", indicators, "targets.csv", targets)

static const char *text_of(struct total total, char printed[TOTAL_CHARS])
{
    total.revision = total.seq = 0;
    if (total.told != TOTAL_TOLD)
        snprintf(printed, TOTAL_CHARS, "%s 0/%u",
            total.told == TOTAL_ELSEWHERE ? "elsewhere" : "not_comparable", total.shown.expected);
    else
        total_print(&total, printed);
    return printed;
}

/* What a reader gets, on the boundaries of DAY (NULL: the period's own). */
static void expect(const char *name, const char *unit, const char *period, const char *day,
    const char *indicator, int level, const char *text)
{
    char printed[TOTAL_CHARS] = "not found";
    struct total total;
    uint32_t u = unit_of(&world, unit), i = indicator_of(&world, indicator);
    int error = day ? boundaries_total(
                          world.catalogue, world.store, u, day_of(day), period_of(period), i, level, &total)
                    : rollup_read(world.catalogue, world.store, u, period_of(period), i, level, &total);
    if (!error)
        text_of(total, printed);
    cr_expect_str_eq(printed, text, "%s: \"%s\", not \"%s\"", name, printed, text);
}

/* First half: 35 = 100, 36 = 200, old 37 = 150. Second half: new 37 = 500. */
static void report(const char *indicator, const char *a, const char *b, const char *c, const char *second)
{
    world_set(&world, "35", "2025-H1", indicator, a, 1);
    world_set(&world, "36", "2025-H1", indicator, b, 1);
    world_set(&world, "37", "2025-H1", indicator, c, 1);
    if (second)
        world_set(&world, "37", "2025-H2", indicator, second, 1);
}

Test(boundaries, row_35_for_2025_is_refused_with_the_sentence)
{
    struct chiso_message why = {""};
    catalogue_explain_invalid_unit(world.catalogue, "35", period_of("2025"), CHISO_STATISTICAL, &why);
    cr_expect_str_eq(why.text, "unit 35 ended on 30/06/2025; use 2025-H1");
    expect("and it has no total", "35", "2025", NULL, "sum", -1, "not found");
}

Test(boundaries, row_37_in_the_first_half_is_150)
{
    report("sum", "100", "200", "150", "500");
    expect("as reported", "37", "2025-H1", NULL, "sum", -1, "R 0 0 0 V 1 0 1 0 2025-H1 =150*1 -");
    expect("on its own boundaries", "37", "2025-H1", "2025-06-30", "sum", -1,
        "R 0 0 0 V 1 0 1 0 2025-H1 =150*1 -");
    expect("a late correction of 35 is read", "35", "2025-H1", NULL, "sum", -1,
        "R 0 0 0 V 1 0 1 0 2025-H1 =100*1 -");
}

Test(boundaries, row_37_in_the_first_half_on_the_new_boundaries_is_450)
{
    report("sum", "100", "200", "150", "500");
    expect("all in", "37", "2025-H1", "2025-07-01", "sum", -1, "D 0 0 0 V 3 0 3 0 2025-H1 =450*3 -");
    world_set(&world, "36", "2025-H1", "sum", "-", 2);
    expect("expected are the predecessors' expected", "37", "2025-H1", "2025-07-01", "sum", -1,
        "D 0 0 0 V 2 0 3 0 2025-H1 =250*2 -");
    expect("a year before the merger", "37", "2024", "2026-01-01", "sum", -1, "D 0 0 0 - 0 0 3 0 - - -");
}

Test(boundaries, row_37_for_2025_is_its_own_report)
{
    report("sum", "100", "200", "150", "500");
    world_set(&world, "37", "2025", "sum", "940", 1);
    expect("the year", "37", "2025", NULL, "sum", -1, "R 0 0 0 V 1 0 1 0 2025 =940*1 -");
}

Test(boundaries, row_37_for_2025_is_950_for_sum_ratio_and_mean)
{
    report("sum", "100", "200", "150", "500");
    expect("sum", "37", "2025", NULL, "sum", -1, "R 0 0 0 V 1 0 1 0 2025-H1 =950*4 -");
    expect(
        "on the new boundaries", "37", "2025", "2025-07-01", "sum", -1, "R 0 0 0 V 1 0 1 0 2025-H1 =950*4 -");
    report("ratio", "100/200", "200/400", "150/300", "500/1000");
    expect("ratio", "37", "2025", NULL, "ratio", -1, "R 0 0 1 P 1 0 1 0 2025-H1 =9500*4 =19000*4");
    report("mean", "100/2", "200/2", "150/3", "500/9");
    expect("mean", "37", "2025", NULL, "mean", -1, "R 0 0 1 P 1 0 1 0 2025-H1 =9500*4 =160*4");
    report("max", "100", "200", "150", "50");
    expect("the largest", "37", "2025", NULL, "max", -1, "R 0 0 0 V 1 0 1 0 2025-H1 =200*4 -");
    expect("the nation's year", "VN", "2025", NULL, "sum", -1, "D 0 0 0 V 1 0 4 0 2025-H1 =950*4 -");
}

Test(boundaries, row_37_for_2025_is_partial_until_all_are_in)
{
    report("sum", "100", "200", "150", NULL);
    expect("the second half is missing", "37", "2025", NULL, "sum", -1, "R 0 0 0 V 0 1 1 0 2025-H1 =450*3 -");
    world_set(&world, "37", "2025-H2", "sum", "500", 1);
    world_set(&world, "35", "2025-H1", "sum", "-", 2);
    expect(
        "one of the former is missing", "37", "2025", NULL, "sum", -1, "R 0 0 0 V 0 1 1 0 2025-H1 =850*3 -");
}

Test(boundaries, row_37_for_2025_is_as_of_31_12_for_last_and_share)
{
    report("last", "100", "200", "150", "500");
    expect("last", "37", "2025", NULL, "last", -1, "R 0 0 0 V 1 0 1 0 2025-H2 =500*1 -");
    report("share", "1", "0", "1", "1");
    expect("share", "37", "2025", NULL, "share", -1, "R 0 0 0 V 1 0 1 0 2025-H2 =1*1 -");
    expect("the former's shares", "37", "2025-H1", "2025-07-01", "share", -1,
        "D 0 0 0 V 3 0 3 0 2025-H1 =2*3 -");
}

Test(boundaries, row_with_a_part_between_is_not_comparable)
{
    world_set(&world, "00004", "2025-H1", "communes", "70", 1);
    world_set(&world, "00005", "2025-H2", "communes", "30", 1);
    world_set(&world, "00006", "2025-H2", "communes", "45", 1);
    expect("2025", "00005", "2025", NULL, "communes", -1, "not_comparable 0/1");
    expect("the first half on the new boundaries", "00005", "2025-H1", "2025-07-01", "communes", -1,
        "not_comparable 0/1");
    expect("the second half", "00005", "2025-H2", "2025-07-01", "communes", -1,
        "R 0 0 0 V 1 0 1 0 2025-H2 =30*1 -");
    world_set(&world, "00005", "2025", "communes", "66", 1);
    expect("its own report", "00005", "2025", NULL, "communes", -1, "R 0 0 0 V 1 0 1 0 2025 =66*1 -");
}

Test(boundaries, a_parent_is_exact_while_a_child_is_not_comparable)
{
    world_set(&world, "00001", "2025-H1", "communes", "10", 1);
    world_set(&world, "00002", "2025-H1", "communes", "20", 1);
    world_set(&world, "00004", "2025-H1", "communes", "70", 1);
    expect("the first half", "37", "2025-H1", "2025-07-01", "communes", -1,
        "D 0 0 0 V 3 0 3 0 2025-H1 =100*3 -");
    world_set(&world, "00003", "2025-H2", "communes", "33", 1);
    world_set(&world, "00005", "2025-H2", "communes", "30", 1);
    expect("not comparable counts as not reported", "37", "2025", NULL, "communes", -1,
        "D 0 0 0 V 1 0 3 0 2025-H1 =63*3 -");
    expect(
        "the comparable child", "00003", "2025", NULL, "communes", -1, "R 0 0 0 V 1 0 1 0 2025-H1 =63*3 -");
    world_set(&world, "00006", "2025-H2", "communes", "45", 1);
    expect("exact once both halves are complete", "37", "2025", NULL, "communes", -1,
        "D 0 0 0 V 3 0 3 0 2025-H1 =208*6 -");
}

Test(boundaries, a_province_and_communes_may_speak_in_turns)
{
    world_set(&world, "35", "2025-H1", "communes", "100", 1);
    world_set(&world, "00002", "2025-H1", "communes", "200", 1);
    world_set(&world, "37", "2025-H1", "communes", "150", 1);
    world_set(&world, "37", "2025-H2", "communes", "500", 1);
    expect("450 + 500", "37", "2025", NULL, "communes", -1, "D 0 0 0 V 3 0 3 0 2025-H1 =950*4 -");
}

Test(boundaries, measures_that_do_not_add_up_are_not_comparable)
{
    static const char *const ids[] = {"rate", "distinct", "index"};
    for (size_t i = 0; i < 3; i++) {
        report(ids[i], "10", "20", "30", "40");
        expect(ids[i], "37", "2025-H1", "2025-07-01", ids[i], -1, "not_comparable 0/3");
    }
    report("rank", "6/63", "7/63", "8/63", "3/34");
    expect("rank", "37", "2025-H1", "2025-07-01", "rank", -1, "not_comparable 0/3");
    report("ratio", "50%", "200/400", "150/300", NULL);
    expect("bare", "37", "2025-H1", "2025-07-01", "ratio", -1, "not_comparable 0/3");
}

Test(boundaries, the_day_before_a_merger_and_a_period_after_it)
{
    report("sum", "100", "200", "150", "500");
    expect("35 has ended", "35", "2025-H2", "2025-06-30", "sum", -1, "not_comparable 0/0");
    expect("old 37 has ended", "37", "2025-H2", "2025-06-30", "sum", -1, "not_comparable 0/0");
    expect("the year of the merger", "35", "2025", "2025-06-30", "sum", -1, "not_comparable 0/0");
    expect("no such unit that day", "35", "2025-H1", "2025-07-01", "sum", -1, "not found");
}

Test(boundaries, chains_of_successions)
{
    world_set(&world, "00007", "2023-H2", "communes", "7", 1);
    world_set(&world, "00008", "2024-H1", "communes", "8", 1);
    world_set(&world, "00008", "2025-H1", "communes", "9", 1);
    world_set(&world, "00009", "2025-H2", "communes", "1", 1);
    expect("old", "00009", "2023-H2", "2026-01-01", "communes", -1, "D 0 0 0 V 1 0 1 0 2023-H2 =7*1 -");
    expect("mid", "00009", "2024-H1", "2026-01-01", "communes", -1, "D 0 0 0 V 1 0 1 0 2024-H1 =8*1 -");
    expect("of the middle one", "00008", "2023-H2", "2024-02-01", "communes", -1,
        "D 0 0 0 V 1 0 1 0 2023-H2 =7*1 -");
    expect("across", "00009", "2025", NULL, "communes", -1, "R 0 0 0 V 1 0 1 0 2025-H1 =10*2 -");
    expect("a parent without a succession is as reported", "01", "2023-H2", "2026-01-01", "communes", -1,
        "D 0 0 0 V 1 0 1 0 2023-H2 =7*1 -");
    expect("and has its year", "01", "2025", NULL, "communes", -1, "D 0 0 0 V 1 0 1 0 2025-H1 =10*2 -");
}

Test(boundaries, units_that_ended_without_successor_stay_with_what_their_parent_became)
{
    world_set(&world, "347", "2025-H1", "districts", "5", 1);
    world_set(&world, "00003", "2025-H2", "districts", "6", 1);
    expect("2025", "37", "2025", NULL, "districts", -1, "D 0 0 0 V 1 1 4 0 2025-H1 =11*2 -");
    expect("of the districts", "37", "2025", NULL, "districts", UNIT_DISTRICT,
        "D 0 0 0 V 1 0 1 0 2025-H1 =5*1 -");
    expect("the second half has none", "37", "2025-H2", NULL, "districts", UNIT_DISTRICT,
        "- 0 0 0 - 0 0 0 0 - - -");
}

Test(boundaries, a_unit_that_moves_to_another_province_takes_its_year_along)
{
    store_narrow(world.store, unit_of(&world, "08"));
    world_set(&world, "00010", "2024-07", "monthly", "6", 1);
    expect("08 alone does not know January", "08", "2024", NULL, "monthly", -1, "elsewhere 0/1");
    expect("nor does the commune", "00010", "2024", NULL, "monthly", -1, "elsewhere 0/1");
    expect("nor is the quarter before its", "00010", "2024-Q1", NULL, "monthly", -1, "elsewhere 0/0");
    world_set(&world, "00010", "2024-H2", "communes", "6", 1);
    expect("what is reported by halves was never the old province's", "08", "2024", NULL, "communes", -1,
        "D 0 0 0 V 0 1 1 0 2024-H2 =6*1 -");
    world_set(&world, "00010", "2024-H1", "communes", "5", 1);
    cr_expect_null(store_total(world.store, unit_of(&world, "08"), period_of("2024"),
        indicator_of(&world, "communes"), STORE_NO_LEVEL));
    expect("the half in which it came is its new province's", "08", "2024-H1", NULL, "communes", -1,
        "D 0 0 0 V 1 0 1 0 2024-H1 =5*1 -");
}

Test(boundaries, one_province_alone_says_that_it_cannot_tell)
{
    report("sum", "100", "200", "150", "500");
    report("last", "100", "200", "150", "500");
    world_set(&world, "00001", "2025-H1", "communes", "10", 1);
    store_narrow(world.store, unit_of(&world, "37"));
    expect("the year", "37", "2025", NULL, "sum", -1, "elsewhere 0/1");
    expect("its communes", "37", "2025", NULL, "communes", -1, "elsewhere 0/3");
    expect("a commune", "00003", "2025", NULL, "communes", -1, "elsewhere 0/1");
    expect("on the new boundaries", "37", "2025-H1", "2025-07-01", "sum", -1, "elsewhere 0/1");
    expect("what needs nobody else", "37", "2025", NULL, "last", -1, "R 0 0 0 V 1 0 1 0 2025-H2 =500*1 -");
    expect("nor the second half", "37", "2025-H2", NULL, "sum", -1, "R 0 0 0 V 1 0 1 0 2025-H2 =500*1 -");
    world_set(&world, "37", "2025", "sum", "940", 1);
    expect("nor its own report", "37", "2025", NULL, "sum", -1, "R 0 0 0 V 1 0 1 0 2025 =940*1 -");
}

/* "unit period" of each leaf, "-" in front of those that are not used. */
static void expect_trail(
    const char *unit, const char *period, const char *day, const char *indicator, const char *text)
{
    struct trail trail;
    char found[512] = "";
    uint32_t u = unit_of(&world, unit), i = indicator_of(&world, indicator);
    int error = trail_collect_on(
        world.catalogue, world.store, day_of(day), u, period_of(period), i, STORE_NO_LEVEL, &trail);
    cr_assert_eq(error, CHISO_OK, "%s %s", unit, period);
    for (size_t n = 0; n < trail.count; n++) {
        char name[CHISO_PERIOD_CHARS];
        size_t at = strlen(found);
        chiso_period_print(trail.list[n].period, name);
        snprintf(found + at, sizeof found - at, "%s%s%s %s", at ? ", " : "", trail.list[n].used ? "" : "-",
            catalogue_unit_code(world.catalogue, trail.list[n].unit), name);
    }
    cr_expect_str_eq(found, text, "%s %s: \"%s\", not \"%s\"", unit, period, found, text);
    trail_release(&trail);
}

Test(boundaries, a_merged_number_is_explained)
{
    report("sum", "100", "200", "150", "500");
    expect_trail("37", "2025", "2025-12-31", "sum", "37 2025-H2, 35 2025-H1, 36 2025-H1, 37 2025-H1");
    expect_trail("37", "2025-H1", "2025-12-31", "sum", "35 2025-H1, 36 2025-H1, 37 2025-H1");
    expect_trail("37", "2025-H1", "2025-06-30", "sum", "37 2025-H1");
    world_set(&world, "37", "2025", "sum", "940", 1);
    expect_trail(
        "37", "2025", "2025-12-31", "sum", "37 2025, -37 2025-H2, -35 2025-H1, -36 2025-H1, -37 2025-H1");
    report("rate", "10", "20", "30", "40");
    expect_trail("37", "2025-H1", "2025-12-31", "rate", "-35 2025-H1, -36 2025-H1, -37 2025-H1");
    expect_trail("37", "2025", "2025-12-31", "rate", "37 2025-H2");
}

Test(boundaries, what_is_not_comparable_is_shown_as_not_used)
{
    world_set(&world, "00001", "2025-H1", "communes", "10", 1);
    world_set(&world, "00002", "2025-H1", "communes", "20", 1);
    world_set(&world, "00004", "2025-H1", "communes", "70", 1);
    world_set(&world, "00003", "2025-H2", "communes", "33", 1);
    world_set(&world, "00005", "2025-H2", "communes", "30", 1);
    expect_trail("37", "2025", "2025-12-31", "communes",
        "00003 2025-H2, -00005 2025-H2, 00001 2025-H1, 00002 2025-H1, -00004 2025-H1");
    world_set(&world, "00006", "2025-H2", "communes", "45", 1);
    expect_trail("37", "2025", "2025-12-31", "communes",
        "00003 2025-H2, 00005 2025-H2, 00006 2025-H2, 00001 2025-H1, 00002 2025-H1, 00004 2025-H1");
    expect_trail("00005", "2025", "2025-12-31", "communes", "-00005 2025-H2");
}

Test(boundaries, a_unit_that_ended_is_in_the_explanation)
{
    world_set(&world, "347", "2025-H1", "districts", "5", 1);
    world_set(&world, "00003", "2025-H2", "districts", "6", 1);
    expect_trail("37", "2025", "2025-12-31", "districts", "00003 2025-H2, 347 2025-H1");
    world_set(&world, "00007", "2023-H2", "communes", "7", 1);
    expect_trail("00009", "2023-H2", "2025-12-31", "communes", "00007 2023-H2");
}

static struct row row_of(const char *unit, const char *period, const char *indicator)
{
    struct row row;
    cr_assert_eq(row_make(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), STORE_NO_LEVEL, INT64_C(1769994000000), &row),
        CHISO_OK);
    return row;
}

Test(boundaries, the_year_to_date_of_a_merged_province_has_the_former_ones)
{
    report("sum", "100", "200", "150", "500");
    struct row row = row_of("37", "2025-H2", "sum");
    cr_expect_str_eq(row.year_to_date, "950", "%s", row.year_to_date);
    cr_expect_eq(row.position, POSITION_MET, "%s", position_names[row.position]);
    store_narrow(world.store, unit_of(&world, "37"));
    row = row_of("37", "2025-H2", "sum");
    cr_expect_str_eq(row.shown.value, "500");
    cr_expect_str_eq(row.year_to_date, "");
    cr_expect_eq(row.position, POSITION_NOT_COMPARABLE, "%s", position_names[row.position]);
    cr_expect_eq(row.incomparable, INCOMPARABLE_ELSEWHERE);
}

Test(boundaries, a_figure_that_cannot_be_told_is_not_comparable_without_a_target)
{
    char text[200];
    world_set(&world, "00005", "2025-H2", "communes", "30", 1);
    struct row row = row_of("00005", "2025", "communes");
    cr_expect_eq(row.position, POSITION_NOT_COMPARABLE);
    cr_expect_null(row.target);
    row_reason_text(world.catalogue, &row, "vi", text, sizeof text);
    cr_expect_str_eq(text, "Địa giới đơn vị đã thay đổi nên không so sánh được.");
}

static int append_code(void *context, uint32_t province)
{
    strcat(context, catalogue_unit_code(world.catalogue, province));
    strcat(context, " ");
    return 0;
}

Test(boundaries, provinces_whose_figures_are_needed)
{
    char codes[64] = "";
    cr_assert_eq(boundaries_provinces(world.catalogue, unit_of(&world, "37"), append_code, codes), 0);
    cr_expect_str_eq(codes, "35 36 37 ");
    codes[0] = '\0';
    cr_assert_eq(boundaries_provinces(world.catalogue, unit_of(&world, "01"), append_code, codes), 0);
    cr_expect_str_eq(codes, "01 ");
}

Test(boundaries, provinces_whose_figures_are_needed_up_to_a_day)
{
    static const struct {
        const char *day, *codes;
    } cases[] = {{"2025-06-30", "37 "}, {"2025-07-01", "35 36 37 "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char codes[64] = "";
        cr_assert_eq(boundaries_provinces_until(
                         world.catalogue, unit_of(&world, "37"), day_of(cases[i].day), append_code, codes),
            0);
        cr_expect_str_eq(codes, cases[i].codes, "%s: %s", cases[i].day, codes);
    }
}

Test(boundaries, what_each_indicator_becomes)
{
    static const struct {
        const char *unit, *indicator;
        enum becoming becoming;
    } rows[] = {
        {"37", "sum", BECOMES_SUM},
        {"37", "share", BECOMES_SUM},
        {"37", "max", BECOMES_EXTREME},
        {"37", "rate", BECOMES_NOT_COMPARABLE_MEASURE},
        {"37", "rank", BECOMES_NOT_COMPARABLE_MEASURE},
        {"00003", "communes", BECOMES_SUM},
        {"00005", "communes", BECOMES_NOT_COMPARABLE_PART},
        {"01", "sum", BECOMES_ITSELF},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct unit_row *row =
            catalogue_unit_at(world.catalogue, unit_of(&world, rows[i].unit), day_of("2025-07-01"));
        const struct indicator *definition =
            catalogue_indicator(world.catalogue, indicator_of(&world, rows[i].indicator));
        cr_expect_eq(boundaries_becoming(world.catalogue, row, definition), rows[i].becoming, "%s %s",
            rows[i].unit, rows[i].indicator);
    }
}
