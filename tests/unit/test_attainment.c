/* STATISTICS S4, attainment: one figure, and a pillar's default score. */
#include "core/attainment.h"
#include "world.h"

/* A case leaves out what its target does not have. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct chiso_decimal decimal_of(const char *text)
{
    struct chiso_decimal number = {0};
    if (text)
        cr_assert_eq(chiso_decimal_parse(text, strlen(text), '.', &number), CHISO_OK, "%s", text);
    return number;
}

Test(attainment, of_one_figure)
{
    static const struct {
        const char *name;
        enum target_shape shape;
        const char *value, *high, *baseline, *figure, *before, *attained;
        enum direction direction;
    } cases[] = {
        {"upwards: x/T", TARGET_AT_LEAST, "80", NULL, NULL, "60", NULL, "0.75"},
        {"not beyond 1", TARGET_AT_LEAST, "80", NULL, NULL, "100", NULL, "1"},
        {"downwards: T/x", TARGET_AT_MOST, "30", NULL, NULL, "40", NULL, "0.75"},
        {"downwards, kept", TARGET_AT_MOST, "30", NULL, NULL, "20", NULL, "1"},
        {"from a baseline", TARGET_AT_LEAST, "45", NULL, "15", "20", NULL, "1/6"},
        {"below the baseline", TARGET_AT_LEAST, "45", NULL, "15", "10", NULL, "0"},
        {"downwards from a baseline", TARGET_AT_MOST, "10", NULL, "30", "25", NULL, "0.25"},
        {"T is 0, reached", TARGET_AT_MOST, "0", NULL, NULL, "0", NULL, "1"},
        {"T is 0, not reached", TARGET_AT_MOST, "0", NULL, NULL, "3", NULL, "0"},
        {"x is 0, not reached", TARGET_AT_LEAST, "5", NULL, NULL, "0", NULL, "0"},
        {"x is 0, reached", TARGET_AT_MOST, "5", NULL, NULL, "0", NULL, "1"},
        {"T is the baseline, kept", TARGET_MAINTAIN, NULL, NULL, "5", "5", NULL, "1"},
        {"T is the baseline, lost", TARGET_MAINTAIN, NULL, NULL, "5", "4", NULL, "0"},
        {"inside a band", TARGET_BETWEEN, "8", "10", NULL, "9", NULL, "1"},
        {"below a band", TARGET_BETWEEN, "8", "10", NULL, "4", NULL, "0.5"},
        {"above a band", TARGET_BETWEEN, "8", "10", NULL, "20", NULL, "0.5"},
        {"above it, direction up", TARGET_BETWEEN, "8", "10", NULL, "20", NULL, "1", DIRECTION_UP},
        {"more than a year before", TARGET_INCREASE_EACH_YEAR, NULL, NULL, NULL, "11", "10", "1"},
        {"less than a year before", TARGET_INCREASE_EACH_YEAR, NULL, NULL, NULL, "9", "10", "0.9"},
        {"nothing a year before", TARGET_INCREASE_EACH_YEAR, NULL, NULL, NULL, "9", NULL, "none"},
        {"not done", TARGET_DONE_BY, NULL, NULL, NULL, "0", NULL, "0"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct target target = {.shape = cases[i].shape,
            .has_value = cases[i].value != NULL,
            .value = decimal_of(cases[i].value),
            .has_value_high = cases[i].high != NULL,
            .value_high = decimal_of(cases[i].high),
            .has_baseline = cases[i].baseline != NULL,
            .baseline = decimal_of(cases[i].baseline),
            .due = CHISO_DAY_LAST,
            .curve = CURVE_HOLD};
        char text[64] = "none";
        mpq_t x, before, out;
        mpq_inits(x, before, out, NULL);
        rational_set_decimal(x, decimal_of(cases[i].figure));
        rational_set_decimal(before, decimal_of(cases[i].before));
        if (attainment_of(&target, cases[i].direction, x, cases[i].before ? before : NULL, out))
            rational_print_exact(out, text, sizeof text);
        cr_expect_str_eq(text, cases[i].attained, "%s: %s", cases[i].name, text);
        mpq_clears(x, before, out, NULL);
    }
}

/* ---- a pillar ---- */

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "01,,,province,,VN,Hà Nội,Ha Noi\n"
                            "001,,,district,,01,Ba Đình,Ba Dinh\n"
                            "00001,,,commune,,001,Phúc Xá,Phuc Xa\n"
                            "00004,,,commune,,001,Trúc Bạch,Truc Bach\n";
static const char pillars[] =
    "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\ndigital_society,Xã hội số,Society,2\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,measure,across_time,reported_by,whole_by,cadence,factor,decimals,input_"
    "decimals,minimum,direction,due_working_days\n"
    "rate,,foundation,Tỷ lệ,ratio,sum,commune district,province,month,100,1,0,0,up,5\n"
    "cost,,foundation,Chi phí,rate,none,,province,month,1,1,1,0,down,3\n"
    "yearly,,foundation,Cả năm,count,sum,,province,year,1,0,0,0,up,\n"
    "halves,,foundation,Nửa năm,count,sum,,province,month,1,0,0,0,up,5\n"
    "other,,digital_society,Khác,rate,none,,province,month,1,1,1,0,up,\n";

#define TARGETS "indicator,unit,unit_kind,scope,shape,value,baseline,due,curve,red,nature\n"

static void expect_score(const struct world *world, const char *name, const char *period, const char *now,
    uint32_t targets, uint32_t decided, const char *score)
{
    struct attainment attainment;
    chiso_instant_ms at;
    char text[64] = "none";
    cr_assert_eq(chiso_instant_parse(now, &at), CHISO_OK, "%s", now);
    attainment_init(&attainment);
    int error = attainment_of_pillar(world->catalogue, world->store, unit_of(world, "01"),
        catalogue_pillar_find(world->catalogue, "foundation"), period_of(period), at, &attainment);
    cr_assert_eq(error, CHISO_OK);
    if (attainment.decided > 0)
        rational_print_exact(attainment.score, text, sizeof text);
    cr_expect_eq(attainment.targets, targets, "%s: %u targets", name, attainment.targets);
    cr_expect_eq(attainment.decided, decided, "%s: %u decided", name, attainment.decided);
    cr_expect_str_eq(text, score, "%s: %s", name, text);
    attainment_release(&attainment);
}

Test(attainment, a_pillar_is_the_plain_mean_of_its_decided_targets)
{
    const char *files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators,
        "targets.csv",
        TARGETS "rate,01,,unit,at_least,80,,,hold,,\n"
                "rate,01,commune,level,at_least,50,,,hold,,\n"
                "cost,01,,unit,at_most,30,,,hold,,\n"
                "cost,01,,unit,at_most,1,,2025-12-31,hold,,forecast\n"
                "yearly,01,,unit,at_least,10,,,hold,,\n"
                "halves,01,,unit,at_least,100,,2025-12-31,,,\n"
                "other,01,,unit,at_least,10,,,hold,,\n",
        NULL};
    struct world world = world_open(files);
    const char *may = "2025-05-05T08:00:00+07:00";
    expect_score(&world, "nothing is in: no score, not 0", "2025", may, 4, 0, "none");
    world_set(&world, "01", "2025-04", "rate", "60/100", 1);
    world_set(&world, "00001", "2025-04", "rate", "20/50", 1);
    world_set(&world, "01", "2025-04", "cost", "40", 1);
    world_set(&world, "01", "2025-04", "halves", "50", 1);
    world_set(&world, "01", "2025-04", "other", "1", 1);
    expect_score(&world, "60 of 80 and 30 of 40 %; the commune's level is not complete, halves not due",
        "2025", may, 4, 2, "0.75");
    world_set(&world, "00004", "2025-04", "rate", "20/50", 1);
    expect_score(&world, "with its level, 40 of 50 %", "2025", may, 4, 3, "23/30");
    world_set(&world, "01", "2025-03", "cost", "60", 1);
    expect_score(&world, "March alone", "2025-03", may, 4, 1, "0.5");
    expect_score(&world, "the quarter by its last month", "2025-Q1", may, 4, 1, "0.5");
    expect_score(
        &world, "May runs: no window of it is judged", "2025-05", "2025-05-31T08:00:00+07:00", 0, 0, "none");
    world_set(&world, "01", "2024", "yearly", "5", 1);
    expect_score(&world, "the year has ended", "2024", may, 5, 1, "0.5");
    world_close(&world);
}
