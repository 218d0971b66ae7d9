/* STATISTICS S4: the shapes and curves that look at other windows, at milestones and at working days; and the
 * targets of minima, maxima and shares. Through the catalogue, so that the defaults count as well. */
#include "core/position.h"
#include "core/row.h"
#include "world.h"

/* A case leaves out the level where it is the total itself. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

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
    "connected,,foundation,Đã kết nối,share,last,commune,province,month,100,0,0,0,up,%,%\n"
    "turnover,,foundation,Luân chuyển,ratio,flow_over_stock,commune,,month,100,1,0,0,up,%,%\n";
static const char holidays[] = "date,kind,name_vi\n"
                               "2025-01-01,off,Tết Dương lịch\n"
                               "2025-01-27,off,Tết\n2025-01-28,off,Tết\n2025-01-29,off,Tết\n"
                               "2025-01-30,off,Tết\n2025-01-31,off,Tết\n"
                               "2025-02-08,work,làm bù\n";

#define TARGETS                                                                                              \
    "indicator,unit,unit_kind,scope,shape,value,value_high,baseline,baseline_date,due,curve,window,amber,"   \
    "red,nature,source\n"

static struct world open_with(const char *targets, const char *milestones)
{
    const char *files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
        "indicators.csv", indicators, "holidays.csv", holidays, "targets.csv", targets,
        milestones ? "milestones.csv" : NULL, milestones, NULL};
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

struct judged {
    const char *name, *unit, *indicator, *period, *position, *expected, *shortfall;
    int level; /* 0: the total itself, otherwise 1 + kind */
};

static void expect_judged(const struct world *world, const struct judged *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct judged *c = &cases[i];
        int level = c->level ? c->level - 1 : STORE_NO_LEVEL;
        struct row row = row_of(world, c->unit, c->indicator, c->period, level, LATER);
        cr_expect_str_eq(
            position_names[row.position], c->position, "%s: %s", c->name, position_names[row.position]);
        cr_expect_str_eq(
            row.expected_for_date, c->expected, "%s: expected %s", c->name, row.expected_for_date);
        cr_expect_str_eq(row.shortfall, c->shortfall, "%s: shortfall %s", c->name, row.shortfall);
    }
}

/* ---- increase_each_year ---- */

Test(targets, increase_each_year_compares_the_same_windows)
{
    struct world world = open_with(TARGETS "patents,01,,unit,increase_each_year,,,,,,,,,,,\n"
                                           "cost,01,,unit,increase_each_year,,,,,,,,1,2,,\n"
                                           "defined,01,,unit,increase_each_year,,,,,,,,,,,\n"
                                           "patents,37,,unit,increase_each_year,,,,,,,,,,,\n",
        NULL);
    static const struct judged cases[] = {
        {"more than in March of the year before", "01", "patents", "2025-03", "on_track", "10", "-1"},
        {"as many: not more", "01", "patents", "2025-04", "at_risk", "11", "0"},
        {"fewer", "01", "patents", "2025-05", "behind", "12", "1"},
        {"no figure a year before", "01", "patents", "2025-06", "cannot_tell", "", ""},
        {"not applicable a year before", "01", "patents", "2025-07", "cannot_tell", "", ""},
        {"no figure now", "01", "patents", "2025-08", "not_due", "", ""},
        {"down: less", "01", "cost", "2025-03", "on_track", "30", "-0.5"},
        {"down: more, within amber", "01", "cost", "2025-04", "on_track", "30", "1"},
        {"down: more, within red", "01", "cost", "2025-05", "at_risk", "30", "1.5"},
        {"down: more", "01", "cost", "2025-06", "behind", "30", "2.1"},
        {"the definition was another one", "01", "defined", "2025-03", "not_comparable", "", ""},
        {"and there was no figure", "01", "defined", "2025-04", "cannot_tell", "", ""},
        {"the same definition", "01", "defined", "2026-03", "on_track", "6", "-1"},
        {"the unit of the code was another one", "37", "patents", "2025-08", "cannot_tell", "", ""},
    };
    world_set(&world, "01", "2024-03", "patents", "10", 1);
    world_set(&world, "01", "2025-03", "patents", "11", 1);
    world_set(&world, "01", "2024-04", "patents", "11", 1);
    world_set(&world, "01", "2025-04", "patents", "11", 1);
    world_set(&world, "01", "2024-05", "patents", "12", 1);
    world_set(&world, "01", "2025-05", "patents", "11", 1);
    world_set(&world, "01", "2025-06", "patents", "11", 1);
    world_set(&world, "01", "2024-07", "patents", "na", 1);
    world_set(&world, "01", "2025-07", "patents", "11", 1);
    for (int month = 3; month <= 6; month++) {
        char period[16];
        snprintf(period, sizeof period, "2024-%02d", month);
        world_set(&world, "01", period, "cost", "30", 1);
    }
    world_set(&world, "01", "2025-03", "cost", "29.5", 1);
    world_set(&world, "01", "2025-04", "cost", "31", 1);
    world_set(&world, "01", "2025-05", "cost", "31.5", 1);
    world_set(&world, "01", "2025-06", "cost", "32.1", 1);
    world_set(&world, "01", "2024-03", "defined", "5", 1);
    world_set(&world, "01", "2025-03", "defined", "6", 1);
    world_set(&world, "01", "2026-03", "defined", "7", 1);
    world_set(&world, "01", "2025-04", "defined", "7", 1);
    world_set(&world, "37", "2024-08", "patents", "1", 1);
    world_set(&world, "37", "2025-08", "patents", "9", 1);
    expect_judged(&world, cases, COUNT(cases));
    world_close(&world);
}

Test(targets, increase_each_year_on_and_after_the_due_date)
{
    struct world world = open_with(TARGETS "patents,01,,unit,increase_each_year,,,,,2025-12-31,,,,,,\n"
                                           "cost,01,,unit,increase_each_year,,,,,2025-12-31,due,,,,,\n",
        NULL);
    static const struct judged cases[] = {
        {"before: hold by default", "01", "patents", "2025-11", "on_track", "4", "-1"},
        {"the last window: missed", "01", "patents", "2025-12", "missed", "6", "1"},
        {"missed stays missed", "01", "patents", "2026-11", "missed", "5", "1"},
        {"a later window is more than its own year before", "01", "patents", "2026-12", "reached_late", "5",
            "-2"},
        {"the curve due waits, with or without a year before", "01", "cost", "2025-11", "not_due", "", ""},
        {"and then cannot tell", "01", "cost", "2025-12", "cannot_tell", "", ""},
    };
    world_set(&world, "01", "2024-11", "patents", "4", 1);
    world_set(&world, "01", "2025-11", "patents", "5", 1);
    world_set(&world, "01", "2024-12", "patents", "6", 1);
    world_set(&world, "01", "2025-12", "patents", "5", 1);
    world_set(&world, "01", "2026-11", "patents", "4", 1);
    world_set(&world, "01", "2026-12", "patents", "7", 1);
    world_set(&world, "01", "2025-11", "cost", "30", 1);
    world_set(&world, "01", "2025-12", "cost", "30", 1);
    expect_judged(&world, cases, COUNT(cases));
    world_close(&world);
}

Test(targets, increase_each_year_of_the_year_to_date)
{
    struct world world =
        open_with(TARGETS "patents,01,,unit,increase_each_year,,,,,,,year_to_date,,,,\n", NULL);
    static const struct judged cases[] = {
        {"5 against 10", "01", "patents", "2025-01", "behind", "10", "5"},
        {"5 + 9 against 10 + 3", "01", "patents", "2025-02", "on_track", "13", "-1"},
    };
    world_set(&world, "01", "2024-01", "patents", "10", 1);
    world_set(&world, "01", "2024-02", "patents", "3", 1);
    world_set(&world, "01", "2024-03", "patents", "99", 1);
    world_set(&world, "01", "2025-01", "patents", "5", 1);
    world_set(&world, "01", "2025-02", "patents", "9", 1);
    expect_judged(&world, cases, COUNT(cases));
    world_close(&world);
}

static void expect_reason(const struct world *world, const char *period, const char *vi, const char *en)
{
    char text[512];
    struct row row = row_of(world, "01", "patents", period, STORE_NO_LEVEL, LATER);
    row_reason_text(world->catalogue, &row, "vi", text, sizeof text);
    cr_expect_str_eq(text, vi, "%s", text);
    row_reason_text(world->catalogue, &row, "en", text, sizeof text);
    cr_expect_str_eq(text, en, "%s", text);
}

Test(targets, increase_each_year_in_words)
{
    struct world world =
        open_with(TARGETS "patents,01,,unit,increase_each_year,,,,,2025-12-31,,,,,,\n", NULL);
    world_set(&world, "01", "2024-10", "patents", "12", 1);
    world_set(&world, "01", "2025-10", "patents", "11", 1);
    world_set(&world, "01", "2025-11", "patents", "11", 1);
    world_set(&world, "01", "2024-12", "patents", "12", 1);
    world_set(&world, "01", "2025-12", "patents", "11", 1);
    expect_reason(&world, "2025-10", "Đạt 11 đơn, thấp hơn mức phải đạt 12 đơn vào 31/10/2025 (thiếu 1).",
        "At 11 applications, below the 12 applications expected on 31/10/2025 (short by 1).");
    expect_reason(&world, "2025-11",
        "Số liệu 11 đơn chưa đủ để kết luận so với chỉ tiêu tăng so với cùng kỳ năm trước (hạn 31/12/2025).",
        "The figure, 11 applications, does not tell whether the target of more than a year before (due "
        "31/12/2025) is reached.");
    expect_reason(&world, "2025-12",
        "Đạt 11 đơn, không hoàn thành chỉ tiêu trên cùng kỳ năm trước (12 đơn) (hạn 31/12/2025).",
        "At 11 applications, the target of above 12 applications, a year before (due 31/12/2025) was "
        "missed.");
    world_close(&world);
}

/* ---- steps ---- */

Test(targets, steps_of_a_unit_and_of_each_commune)
{
    struct world world = open_with(TARGETS "built,01,,unit,at_least,100,,,,2025-12-31,steps,,5,10,,\n"
                                           "slowest,01,commune,each,at_most,3,,,,2025-12-31,steps,,,,,\n",
        "indicator,unit,unit_kind,date,value\n"
        "built,01,,2025-09-30,70\n"
        "built,01,,2025-03-31,20\n"
        "slowest,01,commune,2025-01-31,10\n");
    static const struct judged cases[] = {
        {"before the first milestone", "01", "built", "2025-02", "not_due", "", ""},
        {"the first", "01", "built", "2025-03", "on_track", "20", "5"},
        {"the first still", "01", "built", "2025-08", "on_track", "20", "0"},
        {"the second", "01", "built", "2025-09", "at_risk", "70", "10"},
        {"at the due date T itself", "01", "built", "2025-12", "missed", "100", "1"},
        {"each commune on the way down", "00001", "slowest", "2025-02", "behind", "10", "1"},
    };
    world_set(&world, "01", "2025-02", "built", "1", 1);
    world_set(&world, "01", "2025-03", "built", "15", 1);
    world_set(&world, "01", "2025-08", "built", "20", 1);
    world_set(&world, "01", "2025-09", "built", "60", 1);
    world_set(&world, "01", "2025-12", "built", "99", 1);
    world_set(&world, "00001", "2025-02", "slowest", "11", 1);
    expect_judged(&world, cases, COUNT(cases));
    world_close(&world);
}

/* ---- cumulative ---- */

/* January 2025 has 23 weekdays, six of them off: 17 working days after 1 January; February 20 and a Saturday
 * that is worked; March 21. The half year has 17 + 21 + 21 + 22 + 22 + 21 = 124 (no other holiday is entered
 * here). */
Test(targets, the_cumulative_curve_counts_working_days)
{
    struct world world =
        open_with(TARGETS "patents,01,,unit,at_least,124,,,,2025-06-30,cumulative,,2,10,,\n"
                          "built,01,,unit,at_least,145,,21,2025-01-31,2025-06-30,cumulative,,2,5%,,\n"
                          "patents,37,,unit,at_least,124,,,,2025-06-30,cumulative,,,,,\n",
            NULL);
    static const struct judged cases[] = {
        {"17 of 124 working days", "01", "patents", "2025-01", "on_track", "17", "0"},
        {"38 of 124, the year to date is 17 + 19", "01", "patents", "2025-02", "on_track", "38", "2"},
        {"59 of 124, 17 + 19 + 20", "01", "patents", "2025-03", "at_risk", "59", "3"},
        {"the whole way", "01", "patents", "2025-06", "missed", "124", "1"},
        {"from a baseline: before its date", "01", "built", "2025-01", "on_track", "21", "1"},
        {"21 + 124 · 21/107", "01", "built", "2025-02", "at_risk", "4851/107", "464/107"},
        {"nothing yet", "37", "patents", "2025-01", "behind", "17", "17"},
    };
    world_set(&world, "01", "2025-01", "patents", "17", 1);
    world_set(&world, "01", "2025-02", "patents", "19", 1);
    world_set(&world, "01", "2025-03", "patents", "20", 1);
    world_set(&world, "01", "2025-04", "patents", "0", 1);
    world_set(&world, "01", "2025-05", "patents", "67", 1);
    world_set(&world, "01", "2025-06", "patents", "0", 1);
    world_set(&world, "01", "2025-01", "built", "20", 1);
    world_set(&world, "01", "2025-02", "built", "41", 1);
    world_set(&world, "37", "2025-01", "patents", "0", 1);
    expect_judged(&world, cases, COUNT(cases));
    struct row row = row_of(&world, "01", "patents", "2025-03", STORE_NO_LEVEL, LATER);
    cr_expect_str_eq(
        row.year_to_date, "56", "without a baseline the year to date is judged: %s", row.year_to_date);
    row = row_of(&world, "01", "built", "2025-02", STORE_NO_LEVEL, LATER);
    cr_expect_str_eq(row.year_to_date, "", "with one the window");
    world_close(&world);
}

/* ---- minima, maxima, shares ---- */

Test(targets, of_minima_maxima_and_shares)
{
    struct world world = open_with(TARGETS "slowest,01,,unit,at_most,10,,,,,hold,,,,,\n"
                                           "fastest,01,,unit,at_least,5,,,,,hold,,,,,\n"
                                           "connected,01,,unit,at_least,60,,,,,hold,,,,,\n"
                                           "slowest,00001,,unit,at_most,10,,,,,hold,year_to_date,,,,\n",
        NULL);
    static const struct judged cases[] = {
        {"both in: the slower one decides", "01", "slowest", "2025-01", "behind", "10", "2"},
        {"both in: kept", "01", "slowest", "2025-02", "on_track", "10", "-1"},
        {"one in: the other may be slower", "01", "slowest", "2025-03", "cannot_tell", "10", "-2"},
        {"one in: already too slow", "01", "slowest", "2025-04", "behind", "10", "1"},
        {"the least of both", "01", "fastest", "2025-01", "on_track", "5", "0"},
        {"one in: the other may be less", "01", "fastest", "2025-02", "cannot_tell", "5", "-1"},
        {"one in: already too little", "01", "fastest", "2025-03", "behind", "5", "1"},
        {"1 of 2 connected", "01", "connected", "2025-01", "behind", "60", "10"},
        {"2 of 2", "01", "connected", "2025-02", "on_track", "60", "-40"},
        {"1 in, 1 missing: 50 to 100 %", "01", "connected", "2025-03", "cannot_tell", "60", "10"},
        {"0 in, 1 missing: at most 50 %", "01", "connected", "2025-04", "behind", "60", "60"},
        {"the whole by its own word: 7 of 10", "01", "connected", "2025-05", "on_track", "60", "-10"},
        {"the extreme of the year to date", "00001", "slowest", "2025-02", "behind", "10", "2"},
    };
    world_set(&world, "00001", "2025-01", "slowest", "12", 1);
    world_set(&world, "00004", "2025-01", "slowest", "3", 1);
    world_set(&world, "00001", "2025-02", "slowest", "9", 1);
    world_set(&world, "00004", "2025-02", "slowest", "3", 1);
    world_set(&world, "00001", "2025-03", "slowest", "8", 1);
    world_set(&world, "00001", "2025-04", "slowest", "11", 1);
    world_set(&world, "00001", "2025-01", "fastest", "5", 1);
    world_set(&world, "00004", "2025-01", "fastest", "7", 1);
    world_set(&world, "00001", "2025-02", "fastest", "6", 1);
    world_set(&world, "00001", "2025-03", "fastest", "4", 1);
    world_set(&world, "00001", "2025-01", "connected", "1", 1);
    world_set(&world, "00004", "2025-01", "connected", "0", 1);
    world_set(&world, "00001", "2025-02", "connected", "1", 1);
    world_set(&world, "00004", "2025-02", "connected", "1", 1);
    world_set(&world, "00001", "2025-03", "connected", "1", 1);
    world_set(&world, "00001", "2025-04", "connected", "0", 1);
    world_set(&world, "01", "2025-05", "connected", "7/10", 1);
    expect_judged(&world, cases, COUNT(cases));
    world_close(&world);
}

/* ---- flow over stock ---- */

/* 10/100, 20/200, 30/400: the year to date is Σ flow over the last stock, not the window alone. */
Test(targets, the_year_to_date_of_a_flow_over_a_stock)
{
    struct world world = open_with(TARGETS "turnover,01,,unit,at_least,25,,,,,hold,year_to_date,,,,\n"
                                           "turnover,00001,,unit,at_least,15,,,,,hold,year_to_date,,,,\n",
        NULL);
    static const struct judged cases[] = {
        {"January", "00001", "turnover", "2025-01", "behind", "15", "5"},
        {"30 over 200", "00001", "turnover", "2025-02", "on_track", "15", "0"},
        {"60 over 400, a quarter's own total", "00001", "turnover", "2025-03", "on_track", "15", "0"},
        {"the quarter and April: 66 over 330", "00001", "turnover", "2025-04", "on_track", "15", "-5"},
        {"both communes: 106 over 430", "01", "turnover", "2025-04", "behind", "25", "15/43"},
    };
    world_set(&world, "00001", "2025-01", "turnover", "10/100", 1);
    world_set(&world, "00001", "2025-02", "turnover", "20/200", 1);
    world_set(&world, "00001", "2025-03", "turnover", "30/400", 1);
    world_set(&world, "00001", "2025-04", "turnover", "6/330", 1);
    for (int month = 1; month <= 4; month++) {
        char period[16];
        snprintf(period, sizeof period, "2025-%02d", month);
        world_set(&world, "00004", period, "turnover", "10/100", 1);
    }
    expect_judged(&world, cases, COUNT(cases));
    struct row row = row_of(&world, "00001", "turnover", "2025-04", STORE_NO_LEVEL, LATER);
    cr_expect_str_eq(row.year_to_date, "20.0", "%s", row.year_to_date);
    world_close(&world);
}

/* ---- the same window a year before ---- */

struct then {
    const char *name, *unit, *indicator, *period, *state, *window, *value, *change, *low, *high;
};

static void expect_year_before(const struct world *world, const struct then *c)
{
    char window[CHISO_PERIOD_CHARS] = "";
    struct row row = row_of(world, c->unit, c->indicator, c->period, STORE_NO_LEVEL, LATER);
    const struct row_year_before *before = &row.year_before;
    if (before->period.kind != CHISO_PERIOD_NONE)
        chiso_period_print(before->period, window);
    const char *state = year_before_names[before->state];
    cr_expect_str_eq(state ? state : "none", c->state, "%s: %s", c->name, state ? state : "none");
    cr_expect_str_eq(window, c->window, "%s: %s", c->name, window);
    cr_expect_str_eq(before->value, c->value, "%s: %s", c->name, before->value);
    cr_expect_str_eq(before->change, c->change, "%s: change %s", c->name, before->change);
    cr_expect_str_eq(before->change_low, c->low, "%s: change from %s", c->name, before->change_low);
    cr_expect_str_eq(before->change_high, c->high, "%s: change to %s", c->name, before->change_high);
}

Test(targets, the_same_window_a_year_before)
{
    struct world world = open_with(TARGETS, NULL);
    static const struct then cases[] = {
        {"a month", "01", "patents", "2025-03", "comparable", "2024-03", "10", "1", "1", "1"},
        {"derived windows too, each with months missing", "01", "patents", "2025-Q1", "comparable", "2024-Q1",
            "22", "-11", "", ""},
        {"no figure then", "01", "patents", "2024-03", "none", "", "", "", "", ""},
        {"no figure now: what was", "01", "patents", "2025-02", "comparable", "2024-02", "12", "", "", ""},
        {"29 February has none", "01", "patents", "2024-02-29", "none", "", "", "", "", ""},
        {"an interval has none", "01", "patents", "2025-01-01/2025-03-31", "none", "", "", "", "", ""},
        {"over 31 less almost 30", "01", "cost", "2025-04", "comparable", "2024-04", "30", "1", "1", ""},
        {"another definition", "01", "defined", "2025-03", "other_definition", "2024-03", "5", "", "", ""},
        {"another unit of the code", "37", "patents", "2025-08", "other_unit", "2024-08", "1", "", "", ""},
        {"a total of communes", "01", "slowest", "2025-01", "comparable", "2024-01", "4", "8", "8", "8"},
    };
    world_set(&world, "01", "2024-02", "patents", "12", 1);
    world_set(&world, "01", "2024-03", "patents", "10", 1);
    world_set(&world, "01", "2025-03", "patents", "11", 1);
    world_set(&world, "01", "2023-03-01/2023-03-31", "patents", "11", 1);
    world_set(&world, "01", "2024-04", "cost", "<30", 1);
    world_set(&world, "01", "2025-04", "cost", ">31", 1);
    world_set(&world, "01", "2024-03", "defined", "5", 1);
    world_set(&world, "01", "2025-03", "defined", "6", 1);
    world_set(&world, "37", "2024-08", "patents", "1", 1);
    world_set(&world, "37", "2025-08", "patents", "9", 1);
    world_set(&world, "00001", "2024-01", "slowest", "4", 1);
    world_set(&world, "00004", "2024-01", "slowest", "3", 1);
    world_set(&world, "00001", "2025-01", "slowest", "12", 1);
    world_set(&world, "00004", "2025-01", "slowest", "3", 1);
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_year_before(&world, &cases[i]);
    world_close(&world);
}
