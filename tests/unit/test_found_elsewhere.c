/* What the random worlds of tests/oracle found in the figures of a province alone: each number that needs
 * another province's says so, in the smallest form. */
#include "core/boundaries.h"
#include "core/row.h"
#include "world.h"

/* 101, 103 and 104 pass from 10 to 11 as they are, 103 by way of 12; 102 by a succession, while those below it keep
 * their rows. 20 and 21 become the new 21, but 20's commune passes to 12, and 21's is divided. */
static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "10,,,province,,VN,Tỉnh A,A\n"
                            "11,,,province,,VN,Tỉnh B,B\n"
                            "12,,,province,,VN,Tỉnh C,C\n"
                            "101,,2025-06-30,district,,10,Huyện D,D\n"
                            "101,2025-07-01,,district,,11,Huyện D,D\n"
                            "10101,,,commune,,101,Xã E,E\n"
                            "102,,2025-04-30,district,,10,Huyện F,F\n"
                            "102,2025-05-01,,district,,11,Huyện F,F\n"
                            "10201,,,commune,,102,Xã G,G\n"
                            "10201.g,,,organisation,,10201,Tổ H,H\n"
                            "103,,2025-02-28,district,,10,Huyện I,I\n"
                            "103,2025-03-01,2025-06-30,district,,12,Huyện I,I\n"
                            "103,2025-07-01,,district,,11,Huyện I,I\n"
                            "10301,,2025-08-31,commune,,103,Xã K,K\n"
                            "104,,2025-06-30,district,,10,Huyện L,L\n"
                            "104,2025-07-01,,district,,11,Huyện L,L\n"
                            "104.s,,,department,stat,104,Thống kê M,M\n"
                            "10401,2025-07-01,,commune,,104,Xã N,N\n"
                            "12001,,2025-01-31,commune,,12,Xã O,O\n"
                            "12002,2025-02-01,2025-06-30,commune,,12,Xã O,O\n"
                            "11002,2025-07-01,,commune,,11,Xã O,O\n"
                            "20,,2025-06-30,province,,VN,Tỉnh P,P\n"
                            "20001,,2025-06-30,commune,,20,Xã Q,Q\n"
                            "12005,2025-07-01,,commune,,12,Xã Q,Q\n"
                            "21,,2025-06-30,province,,VN,Tỉnh R,R\n"
                            "21,2025-07-01,,province,,VN,Tỉnh R,R\n"
                            "21001,,2025-06-30,commune,,21,Xã S,S\n"
                            "21002,2025-07-01,,commune,,21,Xã T,T\n"
                            "21003,2025-07-01,,commune,,21,Xã U,U\n";
static const char successions[] = "date,old_code,new_code,extent\n"
                                  "2025-02-01,12001,12002,whole\n"
                                  "2025-05-01,102,102,whole\n"
                                  "2025-07-01,12002,11002,whole\n"
                                  "2025-07-01,20001,12005,whole\n"
                                  "2025-07-01,20,21,whole\n"
                                  "2025-07-01,21,21,whole\n"
                                  "2025-07-01,21001,21002,part\n"
                                  "2025-07-01,21001,21003,part\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,name_en,measure,across_time,factor,minimum,direction,reported_by,whole_by,"
    "cadence\n"
    "communes,,foundation,Xã,Communes,count,sum,1,0,up,commune,,month\n"
    "halves,,foundation,Nửa năm,Halves,count,sum,1,0,up,commune,,half\n"
    "groups,,foundation,Tổ,Groups,count,sum,1,0,up,organisation,,month\n"
    "obliged,,foundation,Giao,Obliged,count,sum,1,0,up,organisation,,month\n"
    "counted,,foundation,Đếm,Counted,count,sum,1,0,up,commune,department:stat,month\n"
    "ordered,,foundation,Thứ tự,Ordered,count,sum,1,0,up,commune,district department:stat,month\n"
    "means,,foundation,Trung bình,Means,mean,mean,1,0,up,commune,,month\n"
    "growth,,foundation,Tăng,Growth,count,sum,1,0,up,commune,,month\n"
    "renewed,,foundation,Cũ,Old,count,sum,1,0,up,commune,,month\n"
    "renewed,2025-01-01,foundation,Mới,New,count,sum,1,0,up,commune,,month\n";
static const char obligations[] = "indicator,unit,kind,role,cadence,valid_from,valid_to\n"
                                  "obliged,10101,,,month,2025-02-01,2025-08-31\n";
static const char targets[] = "indicator,unit,shape\n"
                              "growth,10101,increase_each_year\n"
                              "renewed,10101,increase_each_year\n";

static const char rules[] = "id,left,operator,right,severity\n"
                            "equal,communes,=,growth,warning\n";

static struct world world;

static void open_world(void)
{
    static const char *const files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv",
        pillars, "indicators.csv", indicators, "obligations.csv", obligations, "targets.csv", targets,
        "rules.csv", rules, NULL};
    world = world_open(files);
    store_narrow(world.store, unit_of(&world, "11"));
}

static void close_world(void)
{
    world_close(&world);
}

TestSuite(found_elsewhere, .init = open_world, .fini = close_world);

static struct row row_of(const char *unit, const char *period, const char *indicator, int level)
{
    struct row row;
    cr_assert_eq(row_make(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), level, INT64_C(1767225600000), &row),
        CHISO_OK);
    return row;
}

/* Nothing is shown of it, and it is said why. */
static void expect_elsewhere(const char *unit, const char *period, const char *indicator, int level)
{
    struct row row = row_of(unit, period, indicator, level);
    cr_expect_eq(row.position, POSITION_NOT_COMPARABLE, "%s %s %s", unit, period, indicator);
    cr_expect_eq(row.incomparable, INCOMPARABLE_ELSEWHERE, "%s %s %s", unit, period, indicator);
}

static void expect_value(const char *unit, const char *period, const char *indicator, const char *value)
{
    struct row row = row_of(unit, period, indicator, STORE_NO_LEVEL);
    cr_expect_eq(row.incomparable, COMPARABLE, "%s %s %s", unit, period, indicator);
    cr_expect_str_eq(row.shown.value, value, "%s %s %s: %s", unit, period, indicator, row.shown.value);
}

/* It owed nothing on the first day of the year, and owes nothing on the last. */
Test(found_elsewhere, a_unit_reported_for_some_months_before_it_moved)
{
    world_set(&world, "10101", "2025-07", "obliged", "4", 1);
    expect_elsewhere("10101", "2025", "obliged", UNIT_COMMUNE);
    expect_elsewhere("101", "2025", "obliged", UNIT_COMMUNE);
    expect_value("10101", "2025-07", "obliged", "4");
}

Test(found_elsewhere, who_speaks_for_the_whole_may_have_spoken_there)
{
    world_set(&world, "10401", "2025-07", "counted", "4", 1);
    expect_elsewhere("104", "2025", "counted", STORE_NO_LEVEL);
    expect_elsewhere("11", "2025", "counted", STORE_NO_LEVEL);
    world_set(&world, "104.s", "2025", "counted", "9", 1);
    expect_value("104", "2025", "counted", "9");
    world_set(&world, "104", "2025", "ordered", "8", 1);
    expect_value("104", "2025", "ordered", "8");
}

Test(found_elsewhere, a_unit_that_ended_after_it_moved)
{
    world_set(&world, "10301", "2025-07", "communes", "4", 1);
    expect_elsewhere("103", "2025", "communes", STORE_NO_LEVEL);
    expect_value("103", "2025-Q3", "communes", "4");
}

/* The unit shows its finished percentage; what it gives to the total above is not known here. */
Test(found_elsewhere, the_parts_under_a_finished_percentage_are_missed_above)
{
    world_set(&world, "10101", "2025", "means", "40%", 1);
    cr_expect_eq(row_of("10101", "2025", "means", STORE_NO_LEVEL).shown.state, ROW_BARE);
    expect_elsewhere("101", "2025", "means", STORE_NO_LEVEL);
}

Test(found_elsewhere, the_year_before_of_a_unit_that_moved)
{
    world_set(&world, "10101", "2025-09", "growth", "4", 1);
    world_set(&world, "10101", "2025-09", "renewed", "4", 1);
    expect_elsewhere("10101", "2025-09", "growth", STORE_NO_LEVEL);
    expect_elsewhere("10101", "2025-09", "renewed", STORE_NO_LEVEL);
    store_narrow(world.store, unit_of(&world, "10"));
    world_set(&world, "10101", "2024-09", "growth", "3", 1);
    world_set(&world, "10101", "2024-09", "renewed", "3", 1);
    cr_expect_eq(row_of("10101", "2025-09", "growth", STORE_NO_LEVEL).position, POSITION_ON_TRACK);
    cr_expect_eq(row_of("10101", "2025-09", "renewed", STORE_NO_LEVEL).incomparable, INCOMPARABLE_DEFINITION);
}

Test(found_elsewhere, a_unit_moves_with_the_one_that_succeeds_the_one_above_it)
{
    world_set(&world, "10201.g", "2025-06", "groups", "4", 1);
    cr_expect_not(
        rollup_is_stored(world.catalogue, unit_of(&world, "10201"), period_of("2025-H1"), CHISO_STATISTICAL));
    expect_elsewhere("10201", "2025-H1", "groups", STORE_NO_LEVEL);
    expect_elsewhere("10201.g", "2025-H1", "groups", STORE_NO_LEVEL);
}

/* 12002 began in February and may have reported its half all the same, to 12. */
Test(found_elsewhere, the_whole_report_of_a_former_unit_that_began_inside)
{
    world_set(&world, "11002", "2025-H2", "halves", "4", 1);
    expect_elsewhere("11002", "2025", "halves", STORE_NO_LEVEL);
}

/* None of those below the new 21 comes from 20, and its commune cannot be told; but the halves may be complete. */
Test(found_elsewhere, the_halves_of_a_merged_province)
{
    store_clear(world.store);
    store_narrow(world.store, unit_of(&world, "21"));
    world_set(&world, "21001", "2025-H1", "halves", "5", 1);
    world_set(&world, "21002", "2025-H2", "halves", "1", 1);
    world_set(&world, "21003", "2025-H2", "halves", "2", 1);
    expect_elsewhere("21", "2025", "halves", STORE_NO_LEVEL);
    store_narrow(world.store, unit_of(&world, "20"));
    world_set(&world, "20001", "2025-H1", "halves", "7", 1);
    expect_value("21", "2025", "halves", "15");
}

Test(found_elsewhere, what_was_reported_as_a_whole_needs_nothing_from_before)
{
    world_set(&world, "10101", "2025", "communes", "4", 1);
    expect_value("10101", "2025", "communes", "4");
    expect_elsewhere("10101", "2024", "communes", STORE_NO_LEVEL);
    expect_elsewhere("VN", "2025", "communes", STORE_NO_LEVEL);
}

/* The figure is known, and so are its position and number; the rule's other one is not, and so not what it breaks. */
Test(found_elsewhere, a_rule_of_a_figure_reported_as_a_whole)
{
    world_set(&world, "10101", "2025", "communes", "4", 1);
    world_set(&world, "10101", "2025-07", "growth", "1", 1);
    expect_value("10101", "2025", "communes", "4");
    struct row row = row_of("10101", "2025", "communes", STORE_NO_LEVEL);
    cr_expect_eq(row.violation_count, 0);
    cr_expect(row.rules_elsewhere);
    world_set(&world, "10101", "2025", "growth", "5", 1);
    row = row_of("10101", "2025", "communes", STORE_NO_LEVEL);
    cr_expect_eq(row.violation_count, 1);
    cr_expect(!row.rules_elsewhere);
}

static int append_code(void *context, uint32_t province)
{
    strcat(context, catalogue_unit_code(world.catalogue, province));
    strcat(context, " ");
    return 0;
}

Test(found_elsewhere, a_province_on_the_way_is_read_too)
{
    char codes[64] = "";
    cr_assert_eq(boundaries_provinces(world.catalogue, unit_of(&world, "11"), append_code, codes), 0);
    cr_expect_str_eq(codes, "10 11 12 ", "%s", codes);
}
