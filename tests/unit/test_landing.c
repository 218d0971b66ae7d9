/* STATISTICS S4: pace and projected landing. */
#include "core/outlook.h"
#include "world.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LATER "2027-06-01T08:00:00+07:00"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "01,,,province,,VN,Hà Nội,Ha Noi\n"
                            "00001,,,commune,,01,Phúc Xá,Phuc Xa\n"
                            "00004,,,commune,,01,Trúc Bạch,Truc Bach\n"
                            "35,,2025-06-30,province,,VN,Hà Nam,Ha Nam\n"
                            "37,,2025-06-30,province,,VN,Ninh Bình,Ninh Binh\n"
                            "37,2025-07-01,,province,,VN,Ninh Bình,Ninh Binh\n";
static const char successions[] = "date,old_code,new_code,extent\n"
                                  "2025-07-01,35,37,whole\n"
                                  "2025-07-01,37,37,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,measure,across_time,reported_by,whole_by,cadence,factor,decimals,input_"
    "decimals,minimum,direction,unit_label_vi,unit_label_en\n"
    "patents,,foundation,Đơn sáng chế,count,sum,,province,month,1,0,0,0,up,đơn,applications\n"
    "cost,,foundation,Chi phí,rate,none,,province,month,1,0,1,0,down,%,%\n"
    "built,,foundation,Đã xây,count,cumulative,,province,month,1,0,0,0,up,,\n"
    "defined,,foundation,Định nghĩa,count,sum,,province,month,1,0,0,0,up,,\n"
    "defined,2025-01-01,foundation,Định nghĩa mới,count,sum,,province,month,1,0,0,0,up,,\n"
    "slowest,,foundation,Chậm nhất,max,extreme,commune,,month,1,0,0,0,down,,\n"
    "fastest,,foundation,Ít nhất,min,extreme,commune,,month,1,0,0,0,up,,\n"
    "connected,,foundation,Đã kết nối,share,last,commune,province,month,100,0,0,0,up,%,%\n";
static const char holidays[] = "date,kind,name_vi\n"
                               "2025-01-01,off,Tết Dương lịch\n"
                               "2025-01-27,off,Tết\n2025-01-28,off,Tết\n2025-01-29,off,Tết\n"
                               "2025-01-30,off,Tết\n2025-01-31,off,Tết\n"
                               "2025-02-08,work,làm bù\n";

#define TARGETS                                                                                              \
    "indicator,unit,unit_kind,scope,shape,value,value_high,baseline,baseline_date,due,curve,window,amber,"   \
    "red,nature,source\n"

static struct world open_with(const char *targets)
{
    const char *files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
        "indicators.csv", indicators, "holidays.csv", holidays, "targets.csv", targets, NULL};
    return world_open(files);
}

static struct row row_of(const struct world *world, const char *unit, const char *indicator,
    const char *period, int level, const char *now)
{
    struct row row;
    int error = row_make(world->catalogue, world->store, unit_of(world, unit), period_of(period),
        indicator_of(world, indicator), level, at(now), &row);
    cr_assert_eq(error, CHISO_OK, "%s %s %s", unit, indicator, period);
    return row;
}

static const char *exact(bool has, const mpq_t value, char out[ROW_NUMBER_CHARS])
{
    snprintf(out, ROW_NUMBER_CHARS, "none");
    if (has)
        rational_print_exact(value, out, ROW_NUMBER_CHARS);
    return out;
}

/* FIGURES on the days 0, 10, 20 … */
static void expect_landing(const char *name, const long figures[], size_t count, chiso_day due,
    const char *value, const char *low, const char *high)
{
    struct landing_point points[LANDING_WINDOWS_MAX + 1];
    struct landing landing;
    char text[ROW_NUMBER_CHARS];
    mpq_inits(landing.value, landing.low, landing.high, NULL);
    for (size_t i = 0; i < count; i++) {
        points[i].day = (chiso_day)(10 * i);
        mpq_init(points[i].figure);
        mpq_set_si(points[i].figure, figures[i], 1);
    }
    bool has = landing_project(points, count, due, &landing);
    exact(has, landing.value, text);
    cr_expect_str_eq(text, value, "%s: %s", name, text);
    exact(has, landing.low, text);
    cr_expect_str_eq(text, low, "%s: low %s", name, text);
    exact(has, landing.high, text);
    cr_expect_str_eq(text, high, "%s: high %s", name, text);
    for (size_t i = 0; i < count; i++)
        mpq_clear(points[i].figure);
    mpq_clears(landing.value, landing.low, landing.high, NULL);
}

Test(landing, the_line_through_the_medians)
{
    static const long straight[] = {10, 20, 30, 40, 50, 60}, four[] = {1, 2, 3, 4};
    static const long outlier[] = {10, 20, 300, 40, 50}, flat[] = {7, 7, 7, 7, 7}, thirteen[13] = {0};
    static const long falling[] = {50, 40, 30, 20, 10};
    expect_landing("a straight line", straight, 6, 100, "110", "110", "110");
    expect_landing("four windows: no projection", four, 4, 100, "none", "none", "none");
    expect_landing("thirteen are too many", thirteen, 13, 200, "none", "none", "none");
    expect_landing("nothing moves", flat, 5, 100, "7", "7", "7");
    expect_landing("downwards", falling, 5, 50, "0", "0", "0");
    /* Slopes by tenths of a day: -26 -12.5 1 1 1 1 1 1 14.5 28. Medians: day 20, figure 40. */
    expect_landing("one outlier does not move it", outlier, 5, 60, "80", "80", "80");
}

Test(landing, quartiles_of_the_slopes)
{
    /* Ten slopes: -1/10 1/20 1/15 1/10 3/20 7/40 1/5 1/5 1/5 1/2; median 13/80, quartiles 1/15 and 1/5;
     * medians: day 20, figure 2. */
    static const long figures[] = {0, 1, 3, 2, 7};
    expect_landing("ten slopes", figures, 5, 50, "6.875", "4", "8");
}

struct ahead {
    const char *name, *indicator, *period;
    size_t windows, remaining;
    const char *landing, *needed, *recent; /* NULL: there is no outlook */
};

static void expect_ahead(const struct world *world, const struct ahead *c)
{
    struct outlook outlook;
    char text[ROW_NUMBER_CHARS];
    struct row row = row_of(world, "01", c->indicator, c->period, STORE_NO_LEVEL, LATER);
    outlook_init(&outlook);
    int error = outlook_read(world->catalogue, world->store, &row, at(LATER), &outlook);
    cr_expect_eq(error, c->landing ? CHISO_OK : CHISO_ENOTFOUND, "%s: %d", c->name, error);
    if (c->landing) {
        cr_expect_eq(outlook.windows, c->windows, "%s: %zu windows", c->name, outlook.windows);
        cr_expect_eq(outlook.remaining, c->remaining, "%s: %zu remaining", c->name, outlook.remaining);
        exact(outlook.has_landing, outlook.landing.value, text);
        cr_expect_str_eq(text, c->landing, "%s: lands at %s", c->name, text);
        exact(outlook.has_pace, outlook.needed, text);
        cr_expect_str_eq(text, c->needed, "%s: needs %s", c->name, text);
        exact(outlook.has_recent, outlook.recent, text);
        cr_expect_str_eq(text, c->recent, "%s: brought %s", c->name, text);
    }
    outlook_release(&outlook);
}

Test(landing, pace_and_windows_of_a_target)
{
    struct world world = open_with(TARGETS "patents,01,,unit,at_least,100,,,,2025-12-31,,year_to_date,,,,\n"
                                           "cost,01,,unit,at_most,20,,,,2025-12-31,,,,,,\n"
                                           "defined,01,,unit,increase_each_year,,,,,2025-12-31,,,,,,\n"
                                           "built,01,,unit,at_least,10,,,,,hold,,,,,\n");
    static const struct ahead cases[] = {
        {"four windows: no projection; the rest must bring (100 - 40) / 8", "patents", "2025-04", 4, 8,
            "none", "7.5", "10"},
        {"the windows of this year only, and the last four of them", "patents", "2025-05", 5, 7, "44255/366",
            "50/7", "10"},
        {"a level: the change of a window", "cost", "2025-05", 6, 7, "889/60", "-2/7", "-1"},
        {"on the due date there is no way left", "cost", "2025-12", 0, 0, NULL, NULL, NULL},
        {"no figure", "cost", "2025-06", 0, 0, NULL, NULL, NULL},
        {"the years to come are not known", "defined", "2025-05", 0, 0, NULL, NULL, NULL},
        {"no due date", "built", "2025-05", 0, 0, NULL, NULL, NULL},
    };
    for (int month = 1; month <= 5; month++) {
        char period[16], figure[16];
        snprintf(period, sizeof period, "2025-%02d", month);
        snprintf(figure, sizeof figure, "%d", 27 - month);
        world_set(&world, "01", period, "patents", "10", 1);
        world_set(&world, "01", period, "cost", figure, 1);
        world_set(&world, "01", period, "built", "1", 1);
        world_set(&world, "01", period, "defined", "1", 1);
    }
    world_set(&world, "01", "2024-12", "patents", "99", 1);
    world_set(&world, "01", "2024-12", "cost", "27", 1);
    world_set(&world, "01", "2025-12", "cost", "27", 1);
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_ahead(&world, &cases[i]);
    world_close(&world);
}
