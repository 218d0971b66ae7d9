/* A unit founded out of others passes to another parent a month later, without a succession. */
#include "core/row.h"
#include "world.h"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,,province,,VN,Tỉnh A,A\n"
                            "D1,,,district,,35,Huyện B,B\n"
                            "D2,,,district,,35,Huyện C,C\n"
                            "X,,2025-01-31,commune,,D1,Xã X,X\n"
                            "Y,,2025-01-31,commune,,D1,Xã Y,Y\n"
                            "N,2025-02-01,2025-02-28,commune,,D1,Xã N,N\n"
                            "N,2025-03-01,,commune,,D2,Xã N,N\n"
                            "Z,,,commune,,D2,Xã Z,Z\n";
static const char successions[] =
    "date,old_code,new_code,extent\n2025-02-01,X,N,whole\n2025-02-01,Y,N,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,factor,minimum,reported_by,cadence\n"
    "sum,foundation,Tổng,Sum,count,sum,1,0,commune,month\n";

WORLD_SUITE(found_parent, "units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
    "indicators.csv", indicators)

static void expect_value(const char *unit, const char *period, const char *value)
{
    struct row row;
    cr_assert_eq(row_make(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, "sum"), STORE_NO_LEVEL, INT64_C(1767225600000), &row),
        CHISO_OK);
    cr_expect_str_eq(row.shown.value, value, "%s %s: %s", unit, period, row.shown.value);
}

/* Windows that contain the succession have no stored total there either: a correction of a former unit would not
 * reach it. */
Test(found_parent, a_correction_of_a_former_unit_is_in_the_totals_of_a_later_parent)
{
    world_set(&world, "X", "2025-01", "sum", "10", 1);
    world_set(&world, "Y", "2025-01", "sum", "20", 1);
    world_set(&world, "N", "2025-02", "sum", "5", 1);
    world_set(&world, "N", "2025-03", "sum", "7", 1);
    world_set(&world, "Z", "2025-01", "sum", "1", 1);
    cr_expect_not(
        rollup_is_stored(world.catalogue, unit_of(&world, "D2"), period_of("2025-Q1"), CHISO_STATISTICAL));
    cr_expect(
        rollup_is_stored(world.catalogue, unit_of(&world, "D2"), period_of("2025-Q2"), CHISO_STATISTICAL));
    expect_value("D2", "2025-Q1", "43");
    world_set(&world, "X", "2025-01", "sum", "1000", 2);
    expect_value("D2", "2025-Q1", "1033");
    world_set(&world, "Z", "2025-01", "sum", "2", 2);
    expect_value("D2", "2025-Q1", "1034");
    expect_value("35", "2025-Q1", "1034");
}
