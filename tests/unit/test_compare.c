/* STATISTICS S4: one figure against one target on one day. Every row of the tables of shapes and curves, and
 * every example of the text. */
#include "core/goal.h"
#include "core/position.h"
#include "figures.h"

/* A row leaves out the direction where it does not matter. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A target as its row of targets.csv would say it; empty cells are NULL. */
struct target_text {
    const char *shape, *value, *value_high, *baseline, *baseline_date, *due, *curve, *amber, *red;
};

static chiso_day day_of(const char *text)
{
    chiso_day day;
    cr_assert_eq(chiso_day_parse(text, strlen(text), &day), CHISO_OK, "%s", text);
    return day;
}

static struct chiso_decimal decimal_of(const char *text)
{
    struct chiso_decimal number;
    cr_assert_eq(chiso_decimal_parse(text, strlen(text), '.', &number), CHISO_OK, "%s", text);
    return number;
}

static struct tolerance tolerance_of(const char *text)
{
    char number[32];
    struct tolerance tolerance = {0};
    if (text) {
        snprintf(number, sizeof number, "%s", text);
        tolerance.percent = number[strlen(number) - 1] == '%';
        if (tolerance.percent)
            number[strlen(number) - 1] = '\0';
        tolerance.value = decimal_of(number);
    }
    return tolerance;
}

static struct target target_of(const struct target_text *text)
{
    static const char *const shapes[] = {
        "at_least", "above", "at_most", "below", "between", "maintain", "done_by", "increase_each_year"};
    static const char *const curves[] = {"linear", "hold", "due", "steps", "cumulative"};
    struct target target = {.due = CHISO_DAY_LAST, .baseline_date = CHISO_DAY_FIRST, .curve = CURVE_DUE};
    for (size_t i = 0; i < COUNT(shapes); i++) {
        if (strcmp(text->shape, shapes[i]) == 0)
            target.shape = (enum target_shape)i;
    }
    for (size_t i = 0; text->curve && i < COUNT(curves); i++) {
        if (strcmp(text->curve, curves[i]) == 0)
            target.curve = (enum target_curve)i;
    }
    if ((target.has_value = text->value != NULL))
        target.value = decimal_of(text->value);
    if ((target.has_value_high = text->value_high != NULL))
        target.value_high = decimal_of(text->value_high);
    if ((target.has_baseline = text->baseline != NULL))
        target.baseline = decimal_of(text->baseline);
    if (text->baseline_date)
        target.baseline_date = day_of(text->baseline_date);
    if (text->due)
        target.due = day_of(text->due);
    else if (!text->curve)
        target.curve = CURVE_HOLD;
    target.amber = tolerance_of(text->amber);
    target.red = tolerance_of(text->red);
    return target;
}

struct comparison {
    const char *name;
    struct target_text target;
    const char *figure, *on; /* the last day of the figure's window */
    const char *position, *expected, *shortfall; /* NULL: none */
    enum direction direction;
};

static void expect_rational(
    const char *name, const char *what, bool has, const mpq_t value, const char *expected)
{
    char text[128] = "none";
    if (has)
        rational_print_exact(value, text, sizeof text);
    cr_expect_str_eq(text, expected ? expected : "none", "%s: %s %s", name, what, text);
}

static void expect_all(const struct comparison *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct comparison *c = &cases[i];
        struct indicator indicator = {.measure = MEASURE_AMOUNT,
            .factor = {1, 0},
            .has_minimum = true,
            .about_tolerance = {10, 0},
            .direction = c->direction};
        struct target target = target_of(&c->target);
        struct side side = figures_side(c->figure, 0);
        struct interval interval;
        struct judgement detail;
        interval_init(&interval);
        judgement_init(&detail);
        interval_of_side(&indicator, &side, FIGURES_SCALE, &interval);
        enum position position =
            position_compare(NULL, &indicator, &target, &interval, NULL, day_of(c->on), &detail);
        cr_expect_str_eq(position_names[position], c->position, "%s: %s", c->name, position_names[position]);
        expect_rational(c->name, "expected", detail.has_expected, detail.expected, c->expected);
        expect_rational(c->name, "shortfall", detail.has_shortfall, detail.shortfall, c->shortfall);
        interval_release(&interval);
        judgement_release(&detail);
    }
}

/* ---- shapes, on the due date ---- */

#define ON_DUE(SHAPE, VALUE)                                                                                 \
    {                                                                                                        \
        .shape = SHAPE, .value = VALUE, .due = "2025-12-31"                                                  \
    }

Test(compare, shapes_on_the_due_date)
{
    static const struct comparison cases[] = {
        {"at_least, above it", ON_DUE("at_least", "40"), "41", "2025-12-31", "met", "40", "-1"},
        {"at_least, exactly", ON_DUE("at_least", "40"), "40", "2025-12-31", "met", "40", "0"},
        {"at_least, short", ON_DUE("at_least", "40"), "39.9", "2025-12-31", "missed", "40", "0.1"},
        {"almost 70,000 (BELOW) against at_least 70,000: not met", ON_DUE("at_least", "70000"), "<70000",
            "2025-12-31", "missed", "70000", "0"},
        {"almost 70,000 against at_least 60,000", ON_DUE("at_least", "60000"), "<70000", "2025-12-31",
            "cannot_tell", "60000", "-10000"},
        {"at most 70,000 against at_least 70,000: may be it", ON_DUE("at_least", "70000"), "^70000",
            "2025-12-31", "cannot_tell", "70000", "0"},
        {"over 40 against at_least 40", ON_DUE("at_least", "40"), ">40", "2025-12-31", "met", "40", "0"},
        {"an estimate compares as its value", ON_DUE("at_least", "40"), "e40", "2025-12-31", "met", "40",
            "0"},
        {"about 40 against at_least 40", ON_DUE("at_least", "40"), "~40", "2025-12-31", "cannot_tell", "40",
            "0"},
        {"about 50 against at_least 45", ON_DUE("at_least", "45"), "~50", "2025-12-31", "met", "45", "-5"},

        {"above, above it", ON_DUE("above", "40"), "40.1", "2025-12-31", "met", "40", "-0.1"},
        {"above, exactly", ON_DUE("above", "40"), "40", "2025-12-31", "missed", "40", "0"},
        {"over 40 (AT_LEAST) against above 40: cannot tell", ON_DUE("above", "40"), ">40", "2025-12-31",
            "cannot_tell", "40", "0"},
        {"over 41 against above 40", ON_DUE("above", "40"), ">41", "2025-12-31", "met", "40", "-1"},
        {"almost 40 against above 40", ON_DUE("above", "40"), "<40", "2025-12-31", "missed", "40", "0"},
        {"almost 41 against above 40", ON_DUE("above", "40"), "<41", "2025-12-31", "cannot_tell", "40", "-1"},

        {"at_most, below it", ON_DUE("at_most", "30"), "29", "2025-12-31", "met", "30", "-1"},
        {"at_most, exactly", ON_DUE("at_most", "30"), "30", "2025-12-31", "met", "30", "0"},
        {"at_most, over", ON_DUE("at_most", "30"), "30.1", "2025-12-31", "missed", "30", "0.1"},
        {"almost 30 against at_most 30", ON_DUE("at_most", "30"), "<30", "2025-12-31", "met", "30", "0"},
        {"over 30 against at_most 30", ON_DUE("at_most", "30"), ">30", "2025-12-31", "cannot_tell", "30",
            "0"},
        {"over 31 against at_most 30", ON_DUE("at_most", "30"), ">31", "2025-12-31", "missed", "30", "1"},

        {"below, below it", ON_DUE("below", "30"), "29.9", "2025-12-31", "met", "30", "-0.1"},
        {"below, exactly", ON_DUE("below", "30"), "30", "2025-12-31", "missed", "30", "0"},
        {"almost 30 (BELOW) against below 30: hi = v, open", ON_DUE("below", "30"), "<30", "2025-12-31",
            "met", "30", "0"},
        {"at most 30 against below 30", ON_DUE("below", "30"), "^30", "2025-12-31", "cannot_tell", "30", "0"},
        {"over 30 against below 30", ON_DUE("below", "30"), ">30", "2025-12-31", "missed", "30", "0"},

        {"done_by, done", {.shape = "done_by", .due = "2025-12-31"}, "1", "2025-12-31", "met", "1", "0"},
        {"done_by, not done", {.shape = "done_by", .due = "2025-12-31"}, "0", "2025-12-31", "missed", "1",
            "1"},
        {"from the due date on: met or missed", ON_DUE("at_least", "40"), "39", "2026-01-31", "missed", "40",
            "1"},
    };
    expect_all(cases, COUNT(cases));
}

#define BAND                                                                                                 \
    {                                                                                                        \
        .shape = "between", .value = "8", .value_high = "10", .due = "2025-12-31"                            \
    }

Test(compare, between)
{
    static const struct comparison cases[] = {
        {"inside", BAND, "9", "2025-12-31", "met", "8", "-1"},
        {"its lower end", BAND, "8", "2025-12-31", "met", "8", "0"},
        {"its upper end", BAND, "10", "2025-12-31", "met", "10", "0"},
        {"under", BAND, "7.9", "2025-12-31", "missed", "8", "0.1"},
        {"over", BAND, "10.5", "2025-12-31", "missed", "10", "0.5"},
        {"past b, direction up", BAND, "12", "2025-12-31", "met", "8", "-4", DIRECTION_UP},
        {"under a, direction up", BAND, "7", "2025-12-31", "missed", "8", "1", DIRECTION_UP},
        {"below a, direction down", BAND, "5", "2025-12-31", "met", "10", "-5", DIRECTION_DOWN},
        {"past b, direction down", BAND, "11", "2025-12-31", "missed", "10", "1", DIRECTION_DOWN},
        {"almost 8: wholly outside", BAND, "<8", "2025-12-31", "missed", "8", "0"},
        {"almost 9: may be inside", BAND, "<9", "2025-12-31", "cannot_tell", "8", "-1"},
        {"almost 12: both ends outside, the middle inside", BAND, "<12", "2025-12-31", "cannot_tell", "10",
            "2"},
        {"over 8", BAND, ">8", "2025-12-31", "cannot_tell", "8", "0"},
        {"over 8, direction up", BAND, ">8", "2025-12-31", "met", "8", "0", DIRECTION_UP},
        {"over 11: wholly outside", BAND, ">11", "2025-12-31", "missed", "10", "1"},
        {"about 9, 8.1 to 9.9", BAND, "~9", "2025-12-31", "met", "8", "-1"},
        {"before the due date, not met", BAND, "7", "2025-06-30", "not_due", NULL, NULL},
        {"before the due date, inside", BAND, "9", "2025-06-30", "met", NULL, NULL},
    };
    expect_all(cases, COUNT(cases));
}

#define BAND_FROM(B, CURVE)                                                                                  \
    {                                                                                                        \
        "between", "20", "30", B, "2025-01-01", "2026-01-01", CURVE, "1", "2"                                \
    }

Test(compare, a_bound_that_the_baseline_meets_is_expected_at_once)
{
    /* Half the way is over on 2025-07-02: 182 of 365 days. */
    static const struct comparison cases[] = {
        {"from 15: the lower bound is the line", BAND_FROM("15", "linear"), "17", "2025-07-02", "on_track",
            "1277/73", "36/73"},
        {"from 15: at risk", BAND_FROM("15", "linear"), "16", "2025-07-02", "at_risk", "1277/73", "109/73"},
        {"from 15: past the upper bound at once", BAND_FROM("15", "linear"), "33", "2025-07-02", "behind",
            "30", "3"},
        {"from 15, due: past the upper bound counts before it is due", BAND_FROM("15", "due"), "31.5",
            "2025-07-02", "at_risk", "30", "1.5"},
        {"from 15, due: the lower bound does not", BAND_FROM("15", "due"), "3", "2025-07-02", "not_due", NULL,
            NULL},
        {"from 40: the upper bound is the line", BAND_FROM("40", "linear"), "36", "2025-07-02", "on_track",
            "2556/73", "72/73"},
        {"from 40: below the lower bound at once", BAND_FROM("40", "linear"), "17", "2025-07-02", "behind",
            "20", "3"},
        {"from inside: both at once", BAND_FROM("25", "linear"), "25", "2025-07-02", "met", "20", "-5"},
        {"from inside: out of it", BAND_FROM("25", "linear"), "31", "2025-07-02", "on_track", "30", "1"},
    };
    expect_all(cases, COUNT(cases));
}

/* ---- curves ---- */

#define GRDP(AMBER, RED)                                                                                     \
    {                                                                                                        \
        "at_least", "45", NULL, "15", "2025-04-30", "2030-12-31", "linear", AMBER, RED                       \
    }

Test(compare, the_example_from_15_to_45)
{
    static const struct comparison cases[] = {
        {"amber 2, red 5", GRDP("2", "5"), "20", "2026-12-31", "at_risk", "49365/2071", "7945/2071"},
        {"2 % and 5 % of 30 are 0.6 and 1.5", GRDP("2%", "5%"), "20", "2026-12-31", "behind", "49365/2071",
            "7945/2071"},
        {"the figure reaches T before D", GRDP("2", "5"), "45", "2026-12-31", "met", "49365/2071",
            "-43830/2071"},
        {"at E(t) or better", GRDP(NULL, NULL), "24", "2026-12-31", "on_track", "49365/2071", "-339/2071"},
        {"empty is 0: the least bit short is behind", GRDP(NULL, NULL), "23.83", "2026-12-31", "behind",
            "49365/2071", "1307/207100"},
        {"before the baseline date: the baseline", GRDP("2", "5"), "15", "2024-12-31", "on_track", "15", "0"},
        {"on the due date: met or missed, no tolerance", GRDP("2", "5"), "44", "2030-12-31", "missed", "45",
            "1"},
        {"after it: clamped", GRDP("2", "5"), "44", "2031-12-31", "missed", "45", "1"},
    };
    char text[32];
    mpq_t expected;
    expect_all(cases, COUNT(cases));
    mpq_init(expected);
    rational_set_text(expected, "49365/2071");
    rational_print_rounded(expected, 3, text, sizeof text);
    cr_expect_str_eq(text, "23.836", "E(2026-12-31), as S4 prints it: %s", text);
    mpq_clear(expected);
}

Test(compare, tolerances)
{
#define HOLD(SHAPE, VALUE, B, AMBER, RED)                                                                    \
    {                                                                                                        \
        SHAPE, VALUE, NULL, B, NULL, "2026-12-31", "hold", AMBER, RED                                        \
    }
    static const struct comparison cases[] = {
        {"s = amber: on track", HOLD("at_least", "50", NULL, "2", "5"), "48", "2025-12-31", "on_track", "50",
            "2"},
        {"s > amber: at risk", HOLD("at_least", "50", NULL, "2", "5"), "47.9", "2025-12-31", "at_risk", "50",
            "2.1"},
        {"s = red: at risk", HOLD("at_least", "50", NULL, "2", "5"), "45", "2025-12-31", "at_risk", "50",
            "5"},
        {"s > red: behind", HOLD("at_least", "50", NULL, "2", "5"), "44.9", "2025-12-31", "behind", "50",
            "5.1"},
        {"per cent of |T| without a baseline", HOLD("at_least", "50", NULL, "2%", "5%"), "47.5", "2025-12-31",
            "at_risk", "50", "2.5"},
        {"per cent of |T - b|", HOLD("at_least", "50", "40", "2%", "5%"), "49.5", "2025-12-31", "at_risk",
            "50", "0.5"},
        {"downwards: x - E", HOLD("at_most", "30", NULL, "2", "5"), "33", "2025-12-31", "at_risk", "30", "3"},
        {"above, amber 0: exactly T is not enough", HOLD("above", "40", NULL, NULL, "1"), "40", "2025-12-31",
            "at_risk", "40", "0"},
        {"above, amber 1: within it", HOLD("above", "40", NULL, "1", "2"), "39", "2025-12-31", "on_track",
            "40", "1"},
        {"below, amber 0: exactly T is not enough", HOLD("below", "40", NULL, NULL, "1"), "40", "2025-12-31",
            "at_risk", "40", "0"},
        {"almost 50 against hold at_least 50: behind, not on track", HOLD("at_least", "50", NULL, NULL, NULL),
            "<50", "2025-12-31", "behind", "50", "0"},
        {"almost 50, amber 50: both ends in tolerance", HOLD("at_least", "50", NULL, "50", "50"), "<50",
            "2025-12-31", "on_track", "50", "0"},
        {"almost 40 against hold below 40", HOLD("below", "40", NULL, NULL, NULL), "<40", "2025-12-31",
            "on_track", "40", "0"},
        {"one end behind, one at risk: at risk", HOLD("at_least", "50", NULL, "1", "5"), "~48", "2025-12-31",
            "cannot_tell", "50", "2"},
        {"about 44.5, 40.05 to 48.95: at risk and behind", HOLD("at_least", "50", NULL, "1", "5"), "~44.5",
            "2025-12-31", "at_risk", "50", "5.5"},
        {"one end on track, one behind", HOLD("at_least", "50", NULL, "1", "5"), ">40", "2025-12-31",
            "cannot_tell", "50", "10"},
    };
    expect_all(cases, COUNT(cases));
}

Test(compare, curves)
{
    static const struct comparison cases[] = {
        {"hold: on track, not met, before D",
            {.shape = "at_least", .value = "50", .curve = "hold", .due = "2026-12-31"}, "60", "2025-12-31",
            "on_track", "50", "-10"},
        {"hold without a due date: always", {.shape = "at_least", .value = "50"}, "60", "2025-12-31",
            "on_track", "50", "-10"},
        {"hold without a due date: short", {.shape = "at_least", .value = "50"}, "40", "2025-12-31", "behind",
            "50", "10"},
        {"hold on D: met", {.shape = "at_least", .value = "50", .curve = "hold", .due = "2026-12-31"}, "60",
            "2026-12-31", "met", "50", "-10"},
        {"due before D: not due", {.shape = "at_least", .value = "50", .due = "2026-12-31"}, "40",
            "2025-12-31", "not_due", NULL, NULL},
        {"due before D, reached: met", {.shape = "at_least", .value = "50", .due = "2026-12-31"}, "50",
            "2025-12-31", "met", NULL, NULL},
        {"over 40 against above 40 before D: met or not due",
            {.shape = "above", .value = "40", .due = "2026-12-31"}, ">40", "2025-12-31", "cannot_tell", NULL,
            NULL},
        {"linear: both ends at least on track",
            {"at_least", "50", NULL, "0", "2025-01-01", "2026-01-01", "linear", NULL, NULL}, ">30",
            "2025-07-02", "on_track", "1820/73", "-370/73"},
        {"no figure", {.shape = "at_least", .value = "50", .due = "2025-12-31"}, "-", "2025-12-31", "not_due",
            "50", NULL},
    };
    expect_all(cases, COUNT(cases));
}

Test(compare, maintain)
{
    static const struct comparison cases[] = {
        {"up: at least the value", {.shape = "maintain", .value = "0.7", .due = "2030-12-31"}, "0.71",
            "2025-12-31", "on_track", "0.7", "-0.01", DIRECTION_UP},
        {"no direction counts as up", {.shape = "maintain", .value = "0.7", .due = "2030-12-31"}, "0.69",
            "2025-12-31", "behind", "0.7", "0.01", DIRECTION_NONE},
        {"down: at most", {.shape = "maintain", .value = "30", .due = "2030-12-31"}, "31", "2025-12-31",
            "behind", "30", "1", DIRECTION_DOWN},
        {"else the baseline", {.shape = "maintain", .baseline = "0.7", .due = "2030-12-31"}, "0.7",
            "2025-12-31", "on_track", "0.7", "0", DIRECTION_UP},
        {"the baseline is T: per cent are of it",
            {.shape = "maintain", .baseline = "100", .amber = "2%", .red = "5%"}, "97", "2025-12-31",
            "at_risk", "100", "3", DIRECTION_UP},
        {"on D: met", {.shape = "maintain", .value = "0.7", .due = "2030-12-31"}, "0.7", "2030-12-31", "met",
            "0.7", "0", DIRECTION_UP},
    };
    expect_all(cases, COUNT(cases));
}

Test(compare, a_rounded_tie_is_no_tie)
{
    struct indicator rate = {.measure = MEASURE_RATIO, .factor = {100, 0}, .about_tolerance = {10, 0}};
    struct target target = target_of(&(struct target_text)ON_DUE("at_least", "92"));
    struct side side = figures_side("453520/495192", 0);
    struct interval interval;
    interval_init(&interval);
    interval_of_side(&rate, &side, FIGURES_SCALE, &interval);
    enum position position =
        position_compare(NULL, &rate, &target, &interval, NULL, day_of("2025-12-31"), NULL);
    cr_expect_eq(position, POSITION_MISSED, "91.5847 %% is not 92 %%");
    interval_release(&interval);
}

/* ---- increase_each_year: two figures, each with its doubt ---- */

static void expect_against_year_before(const char *name, enum direction direction, const char *figure,
    const char *before, const char *due, const char *expected)
{
    struct indicator indicator = {.measure = MEASURE_AMOUNT,
        .factor = {1, 0},
        .has_minimum = true,
        .about_tolerance = {10, 0},
        .direction = direction};
    struct target target = {.shape = TARGET_INCREASE_EACH_YEAR,
        .curve = CURVE_HOLD,
        .due = due ? day_of(due) : CHISO_DAY_LAST,
        .baseline_date = CHISO_DAY_FIRST,
        .amber = tolerance_of(NULL),
        .red = tolerance_of("10%")};
    struct interval now, then;
    interval_init(&now);
    interval_init(&then);
    struct side side = figures_side(figure, 0);
    interval_of_side(&indicator, &side, FIGURES_SCALE, &now);
    if (before) {
        side = figures_side(before, 0);
        interval_of_side(&indicator, &side, FIGURES_SCALE, &then);
    }
    enum position position =
        position_compare(NULL, &indicator, &target, &now, &then, day_of("2025-12-31"), NULL);
    cr_expect_str_eq(position_names[position], expected, "%s: %s", name, position_names[position]);
    interval_release(&now);
    interval_release(&then);
}

Test(compare, more_than_the_same_window_a_year_before)
{
    static const struct {
        const char *name;
        enum direction direction;
        const char *figure, *before, *due, *position;
    } cases[] = {
        {"more: on track before the due date", DIRECTION_UP, "101", "100", NULL, "on_track"},
        {"more: met on the due date", DIRECTION_UP, "101", "100", "2025-12-31", "met"},
        {"the same is not more", DIRECTION_UP, "100", "100", "2025-12-31", "missed"},
        {"less, on the due date", DIRECTION_UP, "99", "100", "2025-12-31", "missed"},
        {"less, within red of last year's figure", DIRECTION_UP, "90", "100", NULL, "at_risk"},
        {"less, beyond red", DIRECTION_UP, "89", "100", NULL, "behind"},
        {"direction none reads as up", DIRECTION_NONE, "101", "100", NULL, "on_track"},
        {"down: less", DIRECTION_DOWN, "99", "100", NULL, "on_track"},
        {"down: the same is not less", DIRECTION_DOWN, "100", "100", "2025-12-31", "missed"},
        {"down: more", DIRECTION_DOWN, "120", "100", NULL, "behind"},
        {"no figure a year before", DIRECTION_UP, "101", NULL, NULL, "cannot_tell"},
        {"nor on the due date", DIRECTION_UP, "101", NULL, "2025-12-31", "cannot_tell"},
        {"over 101 is more than 100", DIRECTION_UP, ">101", "100", "2025-12-31", "met"},
        {"over 100 may be 100", DIRECTION_UP, ">100", "100", "2025-12-31", "cannot_tell"},
        {"almost 100 is not more than 100", DIRECTION_UP, "<100", "100", "2025-12-31", "missed"},
        {"100 is more than almost 100", DIRECTION_UP, "100", "<100", "2025-12-31", "met"},
        {"the same before the due date", DIRECTION_UP, "100", "<100", NULL, "on_track"},
        {"99 may be more than almost 100", DIRECTION_UP, "99", "<100", "2025-12-31", "cannot_tell"},
        {"100 against over 90", DIRECTION_UP, "100", ">90", "2025-12-31", "cannot_tell"},
        {"90 is not more than over 90", DIRECTION_UP, "90", ">90", "2025-12-31", "missed"},
        {"about 100 against 80", DIRECTION_UP, "~100", "80", "2025-12-31", "met"},
        {"about 100 against about 95", DIRECTION_UP, "~100", "~95", "2025-12-31", "cannot_tell"},
        {"down: almost 100 is less than 100", DIRECTION_DOWN, "<100", "100", "2025-12-31", "met"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_against_year_before(cases[i].name, cases[i].direction, cases[i].figure, cases[i].before,
            cases[i].due, cases[i].position);
}

/* ---- steps: the latest milestone ---- */

Test(compare, steps_expect_the_latest_milestone)
{
    const struct milestone milestones[] = {
        {day_of("2025-03-31"), {20, 0}}, {day_of("2025-06-30"), {50, 0}}, {day_of("2025-09-30"), {45, 0}}};
    struct indicator indicator = {
        .measure = MEASURE_AMOUNT, .factor = {1, 0}, .has_minimum = true, .direction = DIRECTION_UP};
    struct target target = {.shape = TARGET_AT_LEAST,
        .value = {100, 0},
        .has_value = true,
        .curve = CURVE_STEPS,
        .due = day_of("2025-12-31"),
        .baseline_date = CHISO_DAY_FIRST,
        .milestones = milestones,
        .milestone_count = COUNT(milestones),
        .amber = tolerance_of("2"),
        .red = tolerance_of("5")};
    static const struct {
        const char *name, *figure, *on, *position, *expected;
    } cases[] = {
        {"before the first: not due", "0", "2025-03-30", "not_due", NULL},
        {"on its day", "20", "2025-03-31", "on_track", "20"},
        {"still the first", "18", "2025-06-29", "on_track", "20"},
        {"short of it", "17", "2025-06-29", "at_risk", "20"},
        {"the second", "20", "2025-06-30", "behind", "50"},
        {"the third, though it is lower", "45", "2025-11-30", "on_track", "45"},
        {"T reached early", "100", "2025-04-30", "met", "20"},
        {"on the due date T", "99", "2025-12-31", "missed", "100"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct interval interval;
        struct judgement detail;
        struct side side = figures_side(cases[i].figure, 0);
        interval_init(&interval);
        judgement_init(&detail);
        interval_of_side(&indicator, &side, FIGURES_SCALE, &interval);
        enum position position =
            position_compare(NULL, &indicator, &target, &interval, NULL, day_of(cases[i].on), &detail);
        cr_expect_str_eq(
            position_names[position], cases[i].position, "%s: %s", cases[i].name, position_names[position]);
        expect_rational(cases[i].name, "expected", detail.has_expected, detail.expected, cases[i].expected);
        interval_release(&interval);
        judgement_release(&detail);
    }
}
