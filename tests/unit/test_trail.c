/* Which reports are in a number: the same choices as in test_rollup.c, seen from below. */
#include "core/trail.h"

#include "world.h"
#include <stdlib.h>

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,,province,,VN,Hà Nam,Ha Nam\n"
                            "35.stp,,,department,justice,35,Sở Tư pháp,Justice\n"
                            "347,,,district,,35,Phủ Lý,Phu Ly\n"
                            "00001,,,commune,,347,Xã A,A\n"
                            "00002,,,commune,,347,Xã B,B\n"
                            "00003,,2025-01-31,commune,,347,Xã C,C\n"
                            "00004,2025-02-01,,commune,,347,Xã D,D\n";
static const char successions[] = "date,old_code,new_code,extent\n2025-02-01,00003,00004,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,measure,across_time,factor,decimals,input_decimals,minimum,reported_by,whole_by,"
    "cadence\n"
    "sum,foundation,Đếm,count,sum,1,0,0,0,commune,province,month\n"
    "last,foundation,Mức,count,last,1,0,0,0,commune,,month\n"
    "ratio,foundation,Tỷ lệ,ratio,sum,100,1,1,0,commune,province department:justice,month\n"
    "levels,foundation,Ba cấp,ratio,sum,100,1,0,0,department district commune,,quarter\n"
    "own,foundation,Thủ tục,distinct,last,1,0,0,0,province,,quarter\n";

WORLD_SUITE(trail, "units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
    "indicators.csv", indicators)

/* "unit period" of each leaf, "-" in front of those that are not used, "*" where the unit is a whole. */
static void expect(const char *unit, const char *period, const char *indicator, int level, const char *text)
{
    struct trail trail;
    char found[1024] = "";
    cr_assert_eq(trail_collect(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), level, &trail),
        CHISO_OK);
    for (size_t i = 0; i < trail.count; i++) {
        const struct trail_leaf *leaf = &trail.list[i];
        char name[CHISO_PERIOD_CHARS];
        size_t at = strlen(found);
        chiso_period_print(leaf->period, name);
        snprintf(found + at, sizeof found - at, "%s%s%s%s %s", at ? ", " : "", leaf->used ? "" : "-",
            leaf->whole ? "*" : "", catalogue_unit_code(world.catalogue, leaf->unit), name);
    }
    cr_expect_str_eq(
        found, text, "%s %s %s is\n  \"%s\", not\n  \"%s\"", unit, period, indicator, found, text);
    trail_release(&trail);
}

Test(trail, a_units_own_quarter_replaces_its_months)
{
    world_set(&world, "00001", "2025-01", "sum", "1", 1);
    world_set(&world, "00001", "2025-02", "sum", "2", 1);
    world_set(&world, "00002", "2025-01", "sum", "3", 1);
    world_set(&world, "00002", "2025-Q1", "sum", "9", 1);
    expect("35", "2025-Q1", "sum", STORE_NO_LEVEL,
        "00001 2025-01, 00001 2025-02, -00002 2025-01, 00002 2025-Q1");
    expect("35", "2025-01", "sum", STORE_NO_LEVEL, "00001 2025-01, 00002 2025-01");
}

Test(trail, withdrawn_figures_are_listed_and_not_used)
{
    world_set(&world, "00001", "2025-01", "sum", "-", 2);
    world_set(&world, "00002", "2025-01", "sum", "3", 1);
    expect("347", "2025-01", "sum", STORE_NO_LEVEL, "-00001 2025-01, 00002 2025-01");
}

Test(trail, a_complete_whole_replaces_the_parts)
{
    world_set(&world, "35", "2025-Q1", "sum", "100", 1);
    world_set(&world, "00001", "2025-Q1", "sum", "9", 1);
    expect("35", "2025-Q1", "sum", STORE_NO_LEVEL, "*35 2025-Q1, -00001 2025-Q1");
    /* The district's total is still its commune's. */
    expect("347", "2025-Q1", "sum", STORE_NO_LEVEL, "00001 2025-Q1");
}

Test(trail, a_partial_whole_leaves_it_to_the_parts_unless_they_are_silent)
{
    world_set(&world, "35", "2025-01", "sum", "100", 1);
    expect("35", "2025-Q1", "sum", STORE_NO_LEVEL, "*35 2025-01");
    world_set(&world, "00001", "2025-Q1", "sum", "9", 1);
    expect("35", "2025-Q1", "sum", STORE_NO_LEVEL, "-*35 2025-01, 00001 2025-Q1");
}

Test(trail, wholes_speak_in_the_order_of_the_list)
{
    world_set(&world, "35.stp", "2025-01", "ratio", "1/2", 1);
    expect("35", "2025-01", "ratio", STORE_NO_LEVEL, "*35.stp 2025-01");
    world_set(&world, "35", "2025-01", "ratio", "2/4", 1);
    expect("35", "2025-01", "ratio", STORE_NO_LEVEL, "*35 2025-01, -*35.stp 2025-01");
}

Test(trail, a_bare_figure_is_used_where_it_is_shown_and_nowhere_above)
{
    world_set(&world, "347", "2025-Q1", "levels", "84%", 1);
    world_set(&world, "00001", "2025-Q1", "levels", "1/2", 1);
    expect("347", "2025-Q1", "levels", STORE_NO_LEVEL, "347 2025-Q1, -00001 2025-Q1");
    expect("35", "2025-Q1", "levels", STORE_NO_LEVEL, "-347 2025-Q1, 00001 2025-Q1");
}

Test(trail, levels_take_the_units_of_their_kind)
{
    world_set(&world, "35.stp", "2025-Q1", "levels", "1/1", 1);
    world_set(&world, "347", "2025-Q1", "levels", "1/1", 1);
    world_set(&world, "00001", "2025-Q1", "levels", "1/2", 1);
    expect("35", "2025-Q1", "levels", STORE_NO_LEVEL, "347 2025-Q1, 00001 2025-Q1, 35.stp 2025-Q1");
    expect("35", "2025-Q1", "levels", UNIT_COMMUNE, "00001 2025-Q1");
    expect("35", "2025-Q1", "levels", UNIT_DEPARTMENT, "35.stp 2025-Q1");
}

Test(trail, last_takes_the_latest_sub_period)
{
    world_set(&world, "00001", "2025-01", "last", "1", 1);
    world_set(&world, "00001", "2025-02", "last", "2", 1);
    world_set(&world, "00002", "2025-01", "last", "3", 1);
    expect("35", "2025-H1", "last", STORE_NO_LEVEL, "-00001 2025-01, 00001 2025-02, 00002 2025-01");
}

Test(trail, what_does_not_add_up_stands_for_itself)
{
    world_set(&world, "35", "2025-Q1", "own", "1714", 1);
    expect("35", "2025-H1", "own", STORE_NO_LEVEL, "35 2025-Q1");
}

Test(trail, a_unit_that_became_this_one_counts_where_figures_add_up)
{
    world_set(&world, "00003", "2025-01", "sum", "1", 1);
    world_set(&world, "00004", "2025-02", "sum", "2", 1);
    world_set(&world, "00003", "2025-01", "last", "1", 1);
    world_set(&world, "00004", "2025-02", "last", "2", 1);
    expect("00004", "2025-Q1", "sum", STORE_NO_LEVEL, "00004 2025-02, 00003 2025-01");
    expect("00004", "2025-Q1", "last", STORE_NO_LEVEL, "00004 2025-02");
}

Test(trail, intervals_stand_alone)
{
    world_set(&world, "00001", "2025-01-01/2025-03-31", "sum", "7", 1);
    world_set(&world, "00001", "2025-01", "sum", "1", 1);
    expect("00001", "2025-01-01/2025-03-31", "sum", STORE_NO_LEVEL, "00001 2025-01-01/2025-03-31");
    expect("00001", "2025-Q1", "sum", STORE_NO_LEVEL, "00001 2025-01, -00001 2025-01-01/2025-03-31");
}

Test(trail, unknown_on_that_day)
{
    struct trail trail;
    cr_assert_eq(trail_collect(world.catalogue, world.store, unit_of(&world, "00003"), period_of("2025-02"),
                     indicator_of(&world, "sum"), STORE_NO_LEVEL, &trail),
        CHISO_ENOTFOUND);
    trail_release(&trail);
}
