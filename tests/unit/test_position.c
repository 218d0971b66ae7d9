/* STATISTICS S4: which target counts, what is judged, and the order of decision. */
#include "core/position.h"
#include "world.h"

/* A case leaves out the level where it is the total itself. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "01,,,province,,VN,Hà Nội,Ha Noi\n"
                            "001,,,district,,01,Ba Đình,Ba Dinh\n"
                            "00001,,,commune,,001,Phúc Xá,Phuc Xa\n"
                            "00004,,,commune,,001,Trúc Bạch,Truc Bach\n"
                            "01.sct,,,department,trade,01,Sở Công Thương,\n"
                            "35,,2025-06-30,province,,VN,Hà Nam,Ha Nam\n"
                            "37,,2025-06-30,province,,VN,Ninh Bình,Ninh Binh\n"
                            "37,2025-07-01,,province,,VN,Ninh Bình,Ninh Binh\n";
static const char successions[] = "date,old_code,new_code,extent\n"
                                  "2025-07-01,35,37,whole\n"
                                  "2025-07-01,37,37,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,measure,across_time,reported_by,whole_by,cadence,factor,decimals,input_"
    "decimals,minimum,direction,due_working_days,zero_denominator\n"
    "rate,,foundation,Tỷ lệ,ratio,sum,commune,province,month,100,1,0,0,up,5,\n"
    "count,,foundation,Số lượng,count,sum,commune,,month,1,0,0,0,up,5,\n"
    "stock,,foundation,Tồn,count,last,commune,,month,1,0,0,0,up,,\n"
    "share,,foundation,Tỷ trọng,rate,none,,province,year,1,2,2,0,up,,\n"
    "cost,,foundation,Chi phí,rate,none,,province,month,1,1,1,0,down,3,\n"
    "share.new,,foundation,Tỷ trọng,rate,none,,province,year,1,2,2,0,up,,\n"
    "share.new,2025-01-01,foundation,Tỷ trọng mới,rate,none,,province,year,1,2,2,0,up,,\n";

static const char obligations[] = "indicator,unit,kind,role,cadence,due_working_days,valid_from,valid_to\n"
                                  "rate,37,,,quarter,10,2025-01-01,\n"
                                  "stock,00004,,,none,,,\n";

static struct world open_with(const char *targets)
{
    const char *files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
        "indicators.csv", indicators, "obligations.csv", obligations, "targets.csv", targets, NULL};
    return world_open(files);
}

#define TARGETS                                                                                              \
    "indicator,unit,unit_kind,scope,shape,value,value_high,baseline,baseline_date,due,curve,window,amber,"   \
    "red,"                                                                                                   \
    "nature,source\n"

/* ---- which target ---- */

Test(position, the_target_that_counts)
{
    struct world world = open_with(TARGETS "rate,001,,unit,at_least,1,,,,2025-12-31,,,,,,\n"
                                           "rate,01,district,each,at_least,2,,,,2025-03-31,,,,,,\n"
                                           "rate,001,commune,each,at_least,3,,,,2025-12-31,,,,,,\n"
                                           "rate,01,commune,each,at_least,4,,,,2025-03-31,,,,,,\n"
                                           "rate,01,commune,level,at_least,5,,,,2025-12-31,,,,,,\n"
                                           "rate,01,,unit,at_least,6,,,,2025-03-31,,,,,,\n"
                                           "rate,01,,unit,at_least,7,,,,2025-12-31,,,,,,\n"
                                           "rate,01,,unit,at_least,8,,,,2024-12-31,,,,,,\n"
                                           "rate,01,,unit,at_least,9,,,,2025-06-30,,,,,forecast,\n"
                                           "count,01,,unit,at_least,10,,,,2024-12-31,,,,,,\n"
                                           "count,01,,unit,at_least,11,,,,,hold,,,,,\n"
                                           "cost,37,,unit,at_most,12,,30,2024-12-31,2025-06-30,,,,,,\n"
                                           "cost,37,,unit,at_most,13,,,,2026-12-31,,,,,,\n");
    static const struct {
        const char *name, *unit, *indicator;
        int level;
        const char *t;
        int value; /* 0: none */
    } cases[] = {
        {"unit before each", "001", "rate", STORE_NO_LEVEL, "2025-01-31", 1},
        {"the nearest ancestor's each", "00001", "rate", STORE_NO_LEVEL, "2025-01-31", 3},
        {"each is not for the unit itself, nor for another kind", "01.sct", "rate", STORE_NO_LEVEL,
            "2025-01-31", 0},
        {"level stands on indicator@kind of its unit", "01", "rate", UNIT_COMMUNE, "2025-01-31", 5},
        {"not on another level", "01", "rate", UNIT_DISTRICT, "2025-01-31", 0},
        {"not on another unit's level", "001", "rate", UNIT_COMMUNE, "2025-01-31", 0},
        {"the earliest due on or after t", "01", "rate", STORE_NO_LEVEL, "2025-03-31", 6},
        {"a day later the next, forecasts are no candidates", "01", "rate", STORE_NO_LEVEL, "2025-04-30", 7},
        {"after the last due that last one", "01", "rate", STORE_NO_LEVEL, "2026-12-31", 7},
        {"before them all the first", "01", "rate", STORE_NO_LEVEL, "2023-12-31", 8},
        {"one without due comes after the dated ones", "01", "count", STORE_NO_LEVEL, "2024-12-31", 10},
        {"and takes over from them", "01", "count", STORE_NO_LEVEL, "2025-01-31", 11},
        {"the old unit's by its baseline date", "37", "cost", STORE_NO_LEVEL, "2025-03-31", 12},
        {"never inherited under the same code", "37", "cost", STORE_NO_LEVEL, "2025-08-31", 13},
        {"a unit that does not exist has none", "35", "cost", STORE_NO_LEVEL, "2025-08-31", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct target *target = position_target(world.catalogue, unit_of(&world, cases[i].unit),
            indicator_of(&world, cases[i].indicator), cases[i].level, day_of(cases[i].t));
        cr_expect_eq(target ? target->value.value : 0, cases[i].value, "%s: %d", cases[i].name,
            target ? (int)target->value.value : 0);
    }
    world_close(&world);
}

Test(position, comparable)
{
    struct world world = open_with(TARGETS "share,35,,unit,at_least,1,,,,2025-12-31,,,,,,\n"
                                           "share,37,,unit,at_least,2,,,,2025-06-30,,,,,,\n"
                                           "share,VN,province,each,at_least,3,,,,2025-12-31,,,,,,\n"
                                           "share.new,01,,unit,at_least,4,,,,2025-12-31,,,,,,\n"
                                           "share.new,37,,unit,at_least,5,,1,2024-12-31,2025-06-30,,,,,,\n"
                                           "cost,35,,unit,at_most,6,,,,,hold,,,,,\n");
    static const struct {
        const char *name, *unit, *indicator, *t;
        enum incomparable comparable;
    } cases[] = {
        {"the unit ends before the due date", "35", "share", "2024-12-31", INCOMPARABLE_UNIT_ENDED},
        {"it lives to the due date, its last day", "37", "share", "2024-12-31", COMPARABLE},
        {"each: the province lives on", "01", "share", "2024-12-31", COMPARABLE},
        {"without due date nothing ends it", "35", "cost", "2024-12-31", COMPARABLE},
        {"the definition on t is not the one on the due date", "01", "share.new", "2024-12-31",
            INCOMPARABLE_DEFINITION},
        {"the same definition", "01", "share.new", "2025-12-31", COMPARABLE},
        {"nor the one on the baseline's date", "37", "share.new", "2025-06-30", INCOMPARABLE_DEFINITION},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t unit = unit_of(&world, cases[i].unit);
        chiso_day t = day_of(cases[i].t);
        const struct target *target = position_target(
            world.catalogue, unit, indicator_of(&world, cases[i].indicator), STORE_NO_LEVEL, t);
        cr_assert_not_null(target, "%s", cases[i].name);
        chiso_day redefined;
        cr_expect_eq(position_comparable(world.catalogue, target, unit, t, &redefined), cases[i].comparable,
            "%s", cases[i].name);
    }
    world_close(&world);
}

Test(position, judged_windows)
{
    struct world world = open_with(TARGETS);
    static const struct {
        const char *name, *indicator, *period, *now;
        bool judged;
    } cases[] = {
        {"an ended window of the cadence", "rate", "2025-03", "2025-05-05T08:00:00+07:00", true},
        {"ends at midnight in Vietnam", "rate", "2025-03", "2025-03-31T17:00:00Z", true},
        {"not a second before", "rate", "2025-03", "2025-03-31T16:59:59Z", false},
        {"a running one", "rate", "2025-05", "2025-05-05T08:00:00+07:00", false},
        {"a longer derived one", "rate", "2024", "2025-05-05T08:00:00+07:00", false},
        {"a shorter one", "rate", "2025-03-14", "2025-05-05T08:00:00+07:00", false},
        {"an interval", "rate", "2025-03-01/2025-03-31", "2025-05-05T08:00:00+07:00", false},
        {"nine months", "share", "2024-9M", "2025-05-05T08:00:00+07:00", false},
        {"the year of a yearly one", "share", "2024", "2025-05-05T08:00:00+07:00", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct indicator *indicator =
            catalogue_indicator(world.catalogue, indicator_of(&world, cases[i].indicator));
        bool judged = position_is_judged(indicator, period_of(cases[i].period), at(cases[i].now));
        cr_expect_eq(judged, cases[i].judged, "%s", cases[i].name);
    }
    world_close(&world);
}

/* ---- who owes what, and when ---- */

Test(position, obligations)
{
    struct world world = open_with(TARGETS);
    static const struct {
        const char *name, *unit, *indicator, *period, *deadline; /* NULL: owes nothing, or without deadline */
    } cases[] = {
        {"five working days after Friday 31 January", "00001", "rate", "2025-01",
            "2025-02-07T17:00:00.000+07:00"},
        {"five working days after Monday 31 March", "00001", "count", "2025-03",
            "2025-04-07T17:00:00.000+07:00"},
        {"a longer window is whole windows of the cadence", "00001", "rate", "2025-Q1",
            "2025-04-07T17:00:00.000+07:00"},
        {"a shorter one is none", "00001", "rate", "2025-03-14", NULL},
        {"an interval is none", "00001", "rate", "2025-01-01/2025-03-31", NULL},
        {"no deadline", "00001", "stock", "2025-03", NULL},
        {"a unit that is not named", "001", "rate", "2025-03", NULL},
        {"the whole owes nothing where parts do", "01", "rate", "2025-03", NULL},
        {"the whole owes where no part does", "01", "cost", "2025-03", "2025-04-03T17:00:00.000+07:00"},
        {"named: its own cadence and deadline", "37", "rate", "2025-Q1", "2025-04-14T17:00:00.000+07:00"},
        {"a quarterly reporter owes nothing for March", "37", "rate", "2025-03", NULL},
        {"before the row the indicator's own line holds", "37", "rate", "2024-12",
            "2025-01-07T17:00:00.000+07:00"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[CHISO_TIME_CHARS] = "none";
        chiso_instant_ms deadline;
        struct chiso_period period = period_of(cases[i].period);
        const struct indicator *indicator =
            catalogue_indicator(world.catalogue, indicator_of(&world, cases[i].indicator));
        const struct unit_row *row = catalogue_unit_at(
            world.catalogue, unit_of(&world, cases[i].unit), chiso_period_last(period, indicator->calendar));
        if (position_deadline(world.catalogue, indicator, row, period, &deadline))
            chiso_instant_print(deadline, text);
        cr_expect_str_eq(text, cases[i].deadline ? cases[i].deadline : "none", "%s: %s", cases[i].name, text);
    }
    world_close(&world);
}

/* ---- the order of decision ---- */

struct decision {
    const char *name, *unit, *indicator, *period, *now, *position;
    int level; /* 0: the total itself, otherwise 1 + kind */
};

static void expect_positions(const struct world *world, const struct decision *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct decision *c = &cases[i];
        struct total total;
        struct judgement judgement;
        int level = c->level ? c->level - 1 : STORE_NO_LEVEL;
        uint32_t unit = unit_of(world, c->unit), indicator = indicator_of(world, c->indicator);
        struct chiso_period period = period_of(c->period);
        int error = rollup_read(world->catalogue, world->store, unit, period, indicator, level, &total);
        cr_assert_eq(error, CHISO_OK, "%s", c->name);
        judgement_init(&judgement);
        error = position_judge(
            world->catalogue, world->store, unit, period, indicator, level, &total, at(c->now), &judgement);
        cr_assert_eq(error, CHISO_OK, "%s", c->name);
        cr_expect_str_eq(position_names[judgement.position], c->position, "%s: %s", c->name,
            position_names[judgement.position]);
        judgement_release(&judgement);
    }
}

#define MAY "2025-05-05T08:00:00+07:00"

Test(position, order_of_decision)
{
    struct world world = open_with(TARGETS "rate,00001,,unit,at_least,70,,,,2025-12-31,,,,,,\n"
                                           "rate,00004,,unit,at_least,70,,,,,hold,,,,,\n"
                                           "rate,01,,unit,at_least,70,,,,,hold,,,,,\n"
                                           "count,01,,unit,at_least,100,,,,,hold,,,,,\n"
                                           "count,001,,unit,at_most,100,,,,,hold,,,,,\n"
                                           "cost,35,,unit,at_most,30,,,,2025-12-31,,,,,,\n"
                                           "cost,37,,unit,at_most,30,,,,2025-06-30,hold,,,,,\n"
                                           "share,01,,unit,at_least,5,,,,,hold,,,,,\n");
    static const struct decision cases[] = {
        {"no target", "001", "rate", "2025-03", MAY, "no_target"},
        {"not applicable", "00004", "rate", "2025-02", MAY, "no_target"},
        {"a zero denominator without value", "00004", "rate", "2025-01", MAY, "no_target"},
        {"the unit ends before the due date, even without a figure", "35", "cost", "2025-03", MAY,
            "not_comparable"},
        {"the due date has passed without a report", "00004", "rate", "2025-03", MAY, "overdue"},
        {"not a second too early", "00004", "rate", "2025-03", "2025-04-07T17:00:00+07:00", "not_due"},
        {"one second after 17:00", "00004", "rate", "2025-03", "2025-04-07T17:00:01+07:00", "overdue"},
        {"a total is overdue when nobody has reported", "01", "rate", "2025-03", MAY, "overdue"},
        {"a total of the level alike", "01", "rate", "2025-03", MAY, "no_target", 1 + UNIT_COMMUNE},
        {"no figure, no deadline", "01", "share", "2024", MAY, "not_due"},
        {"the first met", "00001", "rate", "2025-02", MAY, "met"},
        {"before a due date not reached", "00001", "rate", "2025-01", MAY, "not_due"},
        {"behind its hold", "00004", "rate", "2024-12", MAY, "behind"},
        {"a running window", "00004", "rate", "2025-05", MAY, "not_due"},
        {"a window longer than the cadence", "00004", "rate", "2024-Q4", MAY, "not_due"},
        {"one of two reports in: a ratio is undecided", "01", "rate", "2024-12", MAY, "cannot_tell"},
        {"a count can still grow to its target", "01", "count", "2025-03", MAY, "cannot_tell"},
        {"one report alone reaches it", "01", "count", "2025-02", MAY, "on_track"},
        {"but not back below its limit", "001", "count", "2025-02", MAY, "behind"},
        {"both in", "01", "count", "2025-01", MAY, "on_track"},
        {"only January in: the year is not judged", "01", "count", "2025", "2026-02-01T00:00:00Z", "not_due"},
        {"over 25 against at_most 30", "37", "cost", "2025-03", MAY, "cannot_tell"},
        {"almost 25", "37", "cost", "2025-02", MAY, "on_track"},
    };
    world_set(&world, "00004", "2025-02", "rate", "na", 1);
    world_set(&world, "00004", "2025-01", "rate", "0/0", 1);
    world_set(&world, "00004", "2024-12", "rate", "699/1000", 1);
    world_set(&world, "00001", "2025-01", "rate", "6/10", 1);
    world_set(&world, "00001", "2025-02", "rate", "7/10", 1);
    world_set(&world, "00001", "2025-01", "count", "60", 1);
    world_set(&world, "00004", "2025-01", "count", "40", 1);
    world_set(&world, "00001", "2025-02", "count", "101", 1);
    world_set(&world, "00001", "2025-03", "count", "50", 1);
    world_set(&world, "37", "2025-03", "cost", ">25", 1);
    world_set(&world, "37", "2025-02", "cost", "<25", 1);
    expect_positions(&world, cases, COUNT(cases));
    world_close(&world);
}

Test(position, on_and_after_the_due_date)
{
    struct world world = open_with(TARGETS "cost,01,,unit,at_most,30,,,,2025-03-31,,,5,10,,\n"
                                           "cost,35,,unit,at_most,30,,,,2025-02-15,,,,,,\n"
                                           "cost,37,,unit,at_most,30,,,,2025-01-31,,,5,10,,\n"
                                           "rate,01,,unit,at_least,90,,,,2024-12-31,,,,,,\n"
                                           "share,01,,unit,at_least,5,,,,2025-06-30,,,,,,\n");
    static const struct decision cases[] = {
        {"before: not due", "01", "cost", "2025-02", MAY, "not_due"},
        {"the window that ends on the due date: missed, no tolerance", "01", "cost", "2025-03", MAY,
            "missed"},
        {"missed stays missed", "01", "cost", "2025-04", "2025-12-01T08:00:00+07:00", "missed"},
        {"a later window meets it", "01", "cost", "2025-05", "2025-12-01T08:00:00+07:00", "reached_late"},
        {"and it stays reached", "01", "cost", "2025-06", "2025-12-01T08:00:00+07:00", "reached_late"},
        {"the last window before a due date inside a month", "35", "cost", "2025-03", MAY, "met"},
        {"that window itself still counts as before", "35", "cost", "2025-01", MAY, "met"},
        {"the deciding report is not in: against T", "37", "cost", "2025-02", MAY, "on_track"},
        {"the same, worse", "37", "cost", "2025-03", MAY, "at_risk"},
        {"the same, reached", "37", "cost", "2025-04", MAY, "reached_late"},
        {"the year before the due date decides", "01", "share", "2025", "2026-05-05T08:00:00+07:00",
            "reached_late"},
    };
    world_set(&world, "01", "2025-02", "cost", "40", 1);
    world_set(&world, "01", "2025-03", "cost", "31", 1);
    world_set(&world, "01", "2025-04", "cost", "33", 1);
    world_set(&world, "01", "2025-05", "cost", "30", 1);
    world_set(&world, "01", "2025-06", "cost", "35", 1);
    world_set(&world, "35", "2025-01", "cost", "29", 1);
    world_set(&world, "35", "2025-03", "cost", "50", 1);
    world_set(&world, "37", "2025-02", "cost", "34", 1);
    world_set(&world, "37", "2025-03", "cost", "38", 1);
    world_set(&world, "37", "2025-04", "cost", "28", 1);
    world_set(&world, "01", "2024", "share", "4.5", 1);
    world_set(&world, "01", "2025", "share", "6", 1);
    expect_positions(&world, cases, COUNT(cases));
    world_close(&world);
}

Test(position, a_correction_of_the_deciding_window_decides_again)
{
    struct world world = open_with(TARGETS "cost,01,,unit,at_most,30,,,,2025-03-31,,,,,,\n");
    static const struct decision missed[] = {
        {"31", "01", "cost", "2025-03", MAY, "missed"}, {"later", "01", "cost", "2025-04", MAY, "missed"}};
    static const struct decision met[] = {{"corrected to 30", "01", "cost", "2025-03", MAY, "met"},
        {"later", "01", "cost", "2025-04", MAY, "met"}};
    static const struct decision gone[] = {{"withdrawn", "01", "cost", "2025-03", MAY, "overdue"},
        {"later, against T", "01", "cost", "2025-04", MAY, "behind"}};
    world_set(&world, "01", "2025-03", "cost", "31", 1);
    world_set(&world, "01", "2025-04", "cost", "32", 1);
    expect_positions(&world, missed, COUNT(missed));
    world_set(&world, "01", "2025-03", "cost", "30", 2);
    expect_positions(&world, met, COUNT(met));
    world_set(&world, "01", "2025-03", "cost", "-", 3);
    expect_positions(&world, gone, COUNT(gone));
    world_close(&world);
}

Test(position, three_levels_have_three_positions)
{
    struct world world = open_with(TARGETS "rate,01,commune,level,at_least,80,,,,,hold,,2,5,,\n"
                                           "rate,01,,unit,at_least,80,,,,,hold,,2,5,,\n");
    static const struct decision cases[] = {
        {"communes: 70 against 80", "01", "rate", "2025-03", MAY, "behind", 1 + UNIT_COMMUNE},
        {"all together, by the province's own word: 98", "01", "rate", "2025-03", MAY, "on_track"},
    };
    world_set(&world, "00001", "2025-03", "rate", "300/500", 1);
    world_set(&world, "00004", "2025-03", "rate", "400/500", 1);
    world_set(&world, "01", "2025-03", "rate", "980/1000", 1);
    expect_positions(&world, cases, COUNT(cases));
    world_close(&world);
}

Test(position, the_year_to_date)
{
    struct world world =
        open_with(TARGETS "count,00001,,unit,at_least,100,,,,2025-12-31,,year_to_date,,,,\n"
                          "stock,00001,,unit,at_least,100,,,,2025-12-31,,year_to_date,,,,\n");
    static const struct decision cases[] = {
        {"30 + 30: not due", "00001", "count", "2025-02", "2025-12-01T08:00:00+07:00", "not_due"},
        {"30 + 30 + 40: met", "00001", "count", "2025-03", "2025-12-01T08:00:00+07:00", "met"},
        {"the quarter of its own beats its months: 75 + 20", "00001", "count", "2025-04",
            "2025-12-01T08:00:00+07:00", "not_due"},
        {"75 + 20 + 5: met", "00001", "count", "2025-05", "2025-12-01T08:00:00+07:00", "met"},
        {"a stock is the year to date as it is", "00001", "stock", "2025-02", "2025-12-01T08:00:00+07:00",
            "not_due"},
    };
    world_set(&world, "00001", "2025-01", "count", "30", 1);
    world_set(&world, "00001", "2025-02", "count", "30", 1);
    world_set(&world, "00001", "2025-03", "count", "40", 1);
    world_set(&world, "00001", "2025-01", "stock", "60", 1);
    world_set(&world, "00001", "2025-02", "stock", "60", 1);
    expect_positions(&world, cases, 2);
    world_set(&world, "00001", "2025-Q1", "count", "75", 1);
    world_set(&world, "00001", "2025-04", "count", "20", 1);
    world_set(&world, "00001", "2025-05", "count", "5", 1);
    expect_positions(&world, cases + 2, 3);
    world_close(&world);
}
