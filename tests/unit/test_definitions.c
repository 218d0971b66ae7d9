/* Versions of a definition (STATISTICS S2, S4, S7): each window is read by the one that is valid on its last
 * day, nothing is derived across two, and a comparison across the break says so. */
#include "core/outlook.h"
#include "core/row.h"
#include "core/trail.h"
#include "world.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LATER "2027-06-01T08:00:00+07:00"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "01,,,province,,VN,Hà Nội,Ha Noi\n"
                            "00001,,,commune,,01,Phúc Xá,Phuc Xa\n"
                            "00004,,,commune,,01,Trúc Bạch,Truc Bach\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n"
                              "gov,Chính quyền số,Government,2\n";
/* New from 1 March 2025; administrative March ends on the 14th. */
static const char indicators[] =
    "id,valid_from,pillar,name_vi,measure,across_time,reported_by,whole_by,cadence,calendar,factor,decimals,"
    "input_decimals,minimum,direction,due_working_days,unit_label_vi,unit_label_en\n"
    "sum,,foundation,Đếm,count,sum,commune,,month,,1,0,0,0,up,5,hộ,households\n"
    "sum,2025-03-01,gov,Đếm theo cách mới,count,sum,commune,,month,,1,1,1,0,up,10,hộ,households\n"
    "stock,,foundation,Mức,count,last,commune,,month,,1,0,0,0,up,,,\n"
    "stock,2025-03-01,foundation,Mức mới,count,last,commune,,month,,1,0,0,0,up,,,\n"
    "running,,foundation,Lũy kế,count,cumulative,commune,,month,,1,0,0,0,up,,,\n"
    "running,2025-03-01,foundation,Lũy kế mới,count,cumulative,commune,,month,,1,0,0,0,up,,,\n"
    "rate,,foundation,Tỷ lệ,ratio,sum,commune,,month,,100,0,0,0,up,,%,%\n"
    "rate,2025-03-15,foundation,Tỷ lệ mới,ratio,sum,commune,,month,,1000,2,0,0,up,,,\n"
    "admin,,foundation,Kỳ hành chính,count,sum,commune,,month,administrative,1,0,0,0,up,,,\n"
    "admin,2025-03-15,foundation,Kỳ hành chính,count,sum,commune,,month,administrative,1,0,0,0,up,,,\n"
    "low,,foundation,Có thể âm,amount,sum,commune,,month,,1,0,0,,up,,,\n"
    "low,2025-03-01,foundation,Không âm,amount,sum,commune,,month,,1,0,0,0,up,,,\n";

#define TARGETS                                                                                              \
    "indicator,unit,unit_kind,scope,shape,value,value_high,baseline,baseline_date,due,curve,window,amber,"   \
    "red,nature,source\n"

static struct world open_with(const char *targets, const char *milestones)
{
    const char *files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators,
        "targets.csv", targets, milestones ? "milestones.csv" : NULL, milestones, NULL};
    return world_open(files);
}

static struct row row_of(
    const struct world *world, const char *unit, const char *indicator, const char *period)
{
    struct row row;
    int error = row_make(world->catalogue, world->store, unit_of(world, unit), period_of(period),
        indicator_of(world, indicator), STORE_NO_LEVEL, at(LATER), &row);
    cr_assert_eq(error, CHISO_OK, "%s %s %s", unit, indicator, period);
    return row;
}

static const char *day_text(chiso_day day)
{
    static char text[CHISO_DATE_CHARS];
    chiso_day_print(day, text);
    return day == CHISO_DAY_FIRST ? "" : text;
}

/* ---- figures ---- */

struct figure_case {
    const char *name, *indicator, *period, *value, *state, *redefined;
};

static void expect_figures(
    const struct world *world, const char *unit, const struct figure_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct figure_case *c = &cases[i];
        struct row row = row_of(world, unit, c->indicator, c->period);
        cr_expect_str_eq(row.shown.value, c->value, "%s: %s", c->name, row.shown.value);
        cr_expect_str_eq(
            row_state_names[row.shown.state], c->state, "%s: %s", c->name, row_state_names[row.shown.state]);
        cr_expect_str_eq(day_text(row.redefined), c->redefined, "%s: %s", c->name, day_text(row.redefined));
    }
}

Test(definitions, a_window_is_read_by_the_version_of_its_last_day)
{
    struct world world = open_with(TARGETS, NULL);
    static const struct figure_case cases[] = {
        {"per cent, no decimals", "rate", "2025-02", "33", "reported", ""},
        {"per mille, two decimals, though the new version began on the 15th", "rate", "2025-03", "333.33",
            "reported", ""},
        {"administrative March ends on the 14th", "admin", "2025-03", "5", "reported", ""},
        {"no decimals", "sum", "2025-02", "20", "reported", ""},
        {"one decimal", "sum", "2025-03", "30.5", "reported", ""},
    };
    world_set(&world, "00001", "2025-02", "rate", "1/3", 1);
    world_set(&world, "00001", "2025-03", "rate", "1/3", 1);
    world_set(&world, "00001", "2025-03", "admin", "5", 1);
    world_set(&world, "00001", "2025-02", "sum", "20", 1);
    world_set(&world, "00001", "2025-03", "sum", "30.5", 1);
    expect_figures(&world, "00001", cases, COUNT(cases));
    struct row february = row_of(&world, "00001", "sum", "2025-02"),
               march = row_of(&world, "00001", "sum", "2025-03");
    cr_expect_eq(february.deadline, at("2025-03-07T17:00:00+07:00"), "five working days");
    cr_expect_eq(march.deadline, at("2025-04-14T17:00:00+07:00"), "ten");
    cr_expect(february.definition->pillar == 0 && march.definition->pillar == 1);
    world_close(&world);
}

Test(definitions, nothing_is_derived_across_two_versions)
{
    struct world world = open_with(TARGETS, NULL);
    static const struct figure_case commune[] = {
        {"January and February are not added to March", "sum", "2025-Q1", "30.5", "partial", "2025-03-01"},
        {"nor to the half year", "sum", "2025-H1", "120.5", "partial", "2025-03-01"},
        {"the second quarter is of one version", "sum", "2025-Q2", "90.0", "reported", ""},
        {"the latest of the stock is of the version", "stock", "2025-Q1", "7", "reported", ""},
        {"the running figure too", "running", "2025-Q1", "9", "reported", ""},
        {"a latest one of the former version is none", "stock", "2025-H1", "7", "partial", "2025-03-01"},
        {"administrative March is still of the former version", "admin", "2025-Q1", "6", "reported", ""},
    };
    static const struct figure_case province[] = {
        {"what is stored obeys", "sum", "2025-Q1", "30.5", "partial", "2025-03-01"},
        {"a quarter before", "sum", "2024-Q4", "3", "partial", ""},
    };
    world_set(&world, "00001", "2024-12", "sum", "3", 1);
    world_set(&world, "00001", "2025-01", "sum", "10", 1);
    world_set(&world, "00001", "2025-02", "sum", "20", 1);
    world_set(&world, "00001", "2025-03", "sum", "30.5", 1);
    for (int month = 4; month <= 6; month++) {
        char period[16];
        snprintf(period, sizeof period, "2025-%02d", month);
        world_set(&world, "00001", period, "sum", "30", 1);
    }
    for (int month = 1; month <= 3; month++) {
        char period[16];
        snprintf(period, sizeof period, "2025-%02d", month);
        world_set(&world, "00001", period, "stock", month < 3 ? "5" : "7", 1);
        world_set(&world, "00001", period, "running", month < 3 ? "8" : "9", 1);
        world_set(&world, "00001", period, "admin", "2", 1);
    }
    expect_figures(&world, "00001", commune, COUNT(commune));
    expect_figures(&world, "01", province, COUNT(province));
    world_close(&world);
}

Test(definitions, an_own_report_for_the_whole_window_stands)
{
    struct world world = open_with(TARGETS, NULL);
    static const struct figure_case before[] = {
        {"two of two have sent the quarter", "sum", "2025-Q1", "110.5", "reported", ""}};
    static const struct figure_case after[] = {
        {"one is withdrawn: its March alone is left", "sum", "2025-Q1", "80.0", "partial", "2025-03-01"}};
    world_set(&world, "00001", "2025-01", "sum", "10", 1);
    world_set(&world, "00001", "2025-03", "sum", "30", 1);
    world_set(&world, "00001", "2025-Q1", "sum", "60.5", 1);
    world_set(&world, "00004", "2025-Q1", "sum", "50", 1);
    expect_figures(&world, "01", before, COUNT(before));
    world_set(&world, "00001", "2025-Q1", "sum", "-", 2);
    expect_figures(&world, "01", after, COUNT(after));
    world_close(&world);
}

Test(definitions, the_minimum_is_that_of_the_version)
{
    struct world world = open_with(TARGETS, NULL);
    world_set(&world, "00001", "2025-02", "low", "5", 1);
    world_set(&world, "00001", "2025-03", "low", "5", 1);
    cr_expect_str_eq(row_of(&world, "01", "low", "2025-02").shown.low, "", "the other one may be negative");
    cr_expect_str_eq(row_of(&world, "01", "low", "2025-03").shown.low, "5", "no more");
    world_close(&world);
}

Test(definitions, what_a_number_is_made_of_says_which_figures_are_of_another)
{
    struct world world = open_with(TARGETS, NULL);
    struct trail trail;
    char text[256] = "", period[CHISO_PERIOD_CHARS];
    world_set(&world, "00001", "2025-01", "sum", "10", 1);
    world_set(&world, "00001", "2025-02", "sum", "20", 1);
    world_set(&world, "00001", "2025-03", "sum", "30", 1);
    cr_assert_eq(trail_collect(world.catalogue, world.store, unit_of(&world, "01"), period_of("2025-Q1"),
                     indicator_of(&world, "sum"), STORE_NO_LEVEL, &trail),
        CHISO_OK);
    for (size_t i = 0; i < trail.count; i++) {
        chiso_period_print(trail.list[i].period, period);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s%s ", period,
            trail.list[i].used ? " used" : "", trail.list[i].other_definition ? " other" : "");
    }
    cr_expect_str_eq(text, "2025-01 other 2025-02 other 2025-03 used ", "%s", text);
    trail_release(&trail);
    world_close(&world);
}

/* ---- comparisons ---- */

Test(definitions, the_year_before_is_of_another)
{
    struct world world = open_with(TARGETS, NULL);
    static const struct {
        const char *name, *period, *state, *value, *change, *redefined;
    } cases[] = {
        {"a month", "2025-03", "other_definition", "12", "", "2025-03-01"},
        {"before it", "2025-02", "comparable", "11", "9", ""},
        {"after a year", "2026-03", "comparable", "30.0", "1.5", ""},
        {"a quarter that lacks two months of the former one", "2026-Q1", "other_definition", "30.0", "",
            "2025-03-01"},
        {"quarters after it", "2026-Q2", "comparable", "90.0", "3", ""},
    };
    world_set(&world, "00001", "2024-02", "sum", "11", 1);
    world_set(&world, "00001", "2024-03", "sum", "12", 1);
    world_set(&world, "00001", "2025-02", "sum", "20", 1);
    world_set(&world, "00001", "2025-03", "sum", "30", 1);
    world_set(&world, "00001", "2026-03", "sum", "31.5", 1);
    for (int month = 4; month <= 6; month++) {
        char period[16];
        snprintf(period, sizeof period, "2025-%02d", month);
        world_set(&world, "00001", period, "sum", "30", 1);
        snprintf(period, sizeof period, "2026-%02d", month);
        world_set(&world, "00001", period, "sum", "31", 1);
    }
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct row row = row_of(&world, "00001", "sum", cases[i].period);
        const struct row_year_before *before = &row.year_before;
        cr_expect_str_eq(year_before_names[before->state], cases[i].state, "%s: %s", cases[i].name,
            year_before_names[before->state]);
        cr_expect_str_eq(before->value, cases[i].value, "%s: %s", cases[i].name, before->value);
        cr_expect_str_eq(before->change, cases[i].change, "%s: %s", cases[i].name, before->change);
        cr_expect_str_eq(day_text(before->redefined), cases[i].redefined, "%s: %s", cases[i].name,
            day_text(before->redefined));
    }
    world_set(&world, "00001", "2025-Q1", "sum", "60", 1);
    struct row row = row_of(&world, "00001", "sum", "2026-Q1");
    cr_expect_eq(row.year_before.state, YEAR_BEFORE_COMPARABLE, "its own report for the quarter is whole");
    world_close(&world);
}

struct position_case {
    const char *name, *indicator, *period, *position, *why, *redefined;
};

static void expect_positions(const struct world *world, const struct position_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct position_case *c = &cases[i];
        struct row row = row_of(world, "00001", c->indicator, c->period);
        const char *why = incomparable_names[row.incomparable];
        cr_expect_str_eq(
            position_names[row.position], c->position, "%s: %s", c->name, position_names[row.position]);
        cr_expect_str_eq(why ? why : "", c->why, "%s: %s", c->name, why ? why : "");
        cr_expect_str_eq(day_text(row.redefined), c->redefined, "%s: %s", c->name, day_text(row.redefined));
    }
}

Test(definitions, a_target_of_another_is_not_comparable)
{
    struct world world =
        open_with(TARGETS "sum,00001,,unit,at_least,30,,,,2025-12-31,hold,,,,,\n"
                          "stock,00001,,unit,at_least,30,,10,2024-12-31,2026-12-31,linear,,,,,\n"
                          "rate,00001,,unit,at_least,30,,,,2025-02-28,hold,,,,,\n",
            NULL);
    static const struct position_case cases[] = {
        {"the due date is after the break", "sum", "2025-02", "not_comparable", "definition", "2025-03-01"},
        {"from the break on", "sum", "2025-03", "on_track", "", ""},
        {"the baseline is before it", "stock", "2025-03", "not_comparable", "definition", "2025-03-01"},
        {"the due date is before it", "rate", "2025-03", "not_comparable", "definition", "2025-03-15"},
    };
    world_set(&world, "00001", "2025-02", "sum", "30", 1);
    world_set(&world, "00001", "2025-03", "sum", "30", 1);
    world_set(&world, "00001", "2025-03", "stock", "30", 1);
    world_set(&world, "00001", "2025-03", "rate", "1/2", 1);
    expect_positions(&world, cases, COUNT(cases));
    char text[512];
    struct row row = row_of(&world, "00001", "sum", "2025-02");
    row_reason_text(world.catalogue, &row, "vi", text, sizeof text);
    cr_expect_str_eq(
        text, "Định nghĩa chỉ số đã thay đổi từ ngày 01/03/2025 nên không so sánh được.", "%s", text);
    row_reason_text(world.catalogue, &row, "en", text, sizeof text);
    cr_expect_str_eq(text, "The definition changed on 01/03/2025: not comparable.", "%s", text);
    world_close(&world);
}

Test(definitions, the_year_to_date_does_not_reach_over_the_break)
{
    struct world world =
        open_with(TARGETS "sum,00001,,unit,at_least,30,,,,2026-12-31,hold,year_to_date,,,,\n", NULL);
    static const struct position_case cases[] = {
        {"January and February were counted otherwise", "sum", "2025-04", "not_comparable", "definition",
            "2025-03-01"},
        {"a year of one version", "sum", "2026-02", "on_track", "", ""},
    };
    world_set(&world, "00001", "2025-01", "sum", "30", 1);
    world_set(&world, "00001", "2025-04", "sum", "30", 1);
    world_set(&world, "00001", "2026-01", "sum", "20", 1);
    world_set(&world, "00001", "2026-02", "sum", "10", 1);
    expect_positions(&world, cases, COUNT(cases));
    cr_expect_str_eq(row_of(&world, "00001", "sum", "2025-04").year_to_date, "");
    cr_expect_str_eq(row_of(&world, "00001", "sum", "2026-02").year_to_date, "30.0");
    world_set(&world, "00001", "2025-Q1", "sum", "40", 1);
    struct row row = row_of(&world, "00001", "sum", "2025-04");
    cr_expect_eq(row.position, POSITION_ON_TRACK, "the quarter as a whole was reported by the new one");
    cr_expect_str_eq(row.year_to_date, "70.0", "%s", row.year_to_date);
    world_close(&world);
}

Test(definitions, increase_each_year_needs_the_same)
{
    struct world world = open_with(TARGETS "sum,00001,,unit,increase_each_year,,,,,,,,,,,\n"
                                           "low,00001,,unit,increase_each_year,,,,,,,year_to_date,,,,\n",
        NULL);
    static const struct position_case cases[] = {
        {"across the break", "sum", "2025-03", "not_comparable", "definition", "2025-03-01"},
        {"before it", "sum", "2025-02", "on_track", "", ""},
        {"after it", "sum", "2026-03", "on_track", "", ""},
        {"no figure a year before", "sum", "2025-04", "cannot_tell", "", ""},
        {"the year to date of the year before has the break inside", "low", "2026-04", "not_comparable",
            "definition", "2025-03-01"},
    };
    world_set(&world, "00001", "2024-02", "sum", "10", 1);
    world_set(&world, "00001", "2024-03", "sum", "10", 1);
    world_set(&world, "00001", "2025-02", "sum", "11", 1);
    world_set(&world, "00001", "2025-03", "sum", "11", 1);
    world_set(&world, "00001", "2025-04", "sum", "11", 1);
    world_set(&world, "00001", "2026-03", "sum", "12", 1);
    world_set(&world, "00001", "2025-01", "low", "5", 1);
    world_set(&world, "00001", "2025-04", "low", "5", 1);
    world_set(&world, "00001", "2026-04", "low", "6", 1);
    expect_positions(&world, cases, COUNT(cases));
    world_close(&world);
}

Test(definitions, a_milestone_of_another_is_not_comparable)
{
    struct world world = open_with(TARGETS "stock,00001,,unit,at_least,100,,,,2026-12-31,steps,,,,,\n",
        "indicator,unit,unit_kind,date,value\nstock,00001,,2024-12-31,10\nstock,00001,,2025-06-30,20\n");
    static const struct position_case cases[] = {
        {"the one that counts is of the former version", "stock", "2025-05", "not_comparable", "definition",
            "2025-03-01"},
        {"the next one is not", "stock", "2025-06", "on_track", "", ""},
        {"nor is the target itself", "stock", "2026-12", "met", "", ""},
    };
    world_set(&world, "00001", "2025-05", "stock", "30", 1);
    world_set(&world, "00001", "2025-06", "stock", "30", 1);
    world_set(&world, "00001", "2026-12", "stock", "130", 1);
    expect_positions(&world, cases, COUNT(cases));
    world_close(&world);
}

Test(definitions, pace_and_landing_begin_at_the_break)
{
    struct world world = open_with(TARGETS "stock,00001,,unit,at_least,100,,,,2026-12-31,hold,,,,,\n", NULL);
    struct outlook outlook;
    char period[16], figure[16];
    for (int month = 1; month <= 8; month++) {
        snprintf(period, sizeof period, "2025-%02d", month);
        snprintf(figure, sizeof figure, "%d", 10 * month);
        world_set(&world, "00001", period, "stock", figure, 1);
    }
    static const struct {
        const char *period, *redefined;
        size_t windows;
        bool has_landing;
    } cases[] = {{"2025-06", "2025-03-01", 4, false}, {"2025-08", "2025-03-01", 6, true}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct row row = row_of(&world, "00001", "stock", cases[i].period);
        outlook_init(&outlook);
        cr_assert_eq(outlook_read(world.catalogue, world.store, &row, at(LATER), &outlook), CHISO_OK);
        cr_expect_eq(outlook.windows, cases[i].windows, "%s: %zu", cases[i].period, outlook.windows);
        cr_expect_eq(outlook.has_landing, cases[i].has_landing);
        cr_expect_str_eq(day_text(outlook.redefined), cases[i].redefined);
        outlook_release(&outlook);
    }
    world_close(&world);
}
