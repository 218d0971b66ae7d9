#include "core/row.h"

#include "core/boundaries.h"
#include "core/effective.h"
#include "core/goal.h"
#include "core/trail.h"
#include <stdio.h>
#include <string.h>

const char *const row_state_names[5] = {"not_reported", "reported", "partial", "bare", "not_applicable"};

/* Beyond this a figure and a bound that still print alike differ by less than anybody can mean. */
#define DECIMALS_MAX 40

bool row_has_figure(const struct row *row)
{
    enum row_state state = row->shown.state;
    return state == ROW_REPORTED || state == ROW_PARTIAL || state == ROW_BARE;
}

/* ---- printing a value that tells the truth ---- */

/* Would ROUNDED say that the bound is reached while VALUE is not there? */
static bool prints_a_miss_as_reached(
    const struct goal *goal, const mpq_t value, const mpq_t rounded, const mpq_t bound)
{
    return !goal_reaches(goal, value, bound) && goal_reaches(goal, rounded, bound);
}

/* How a row's figures are printed: not rounded onto what GOALS (none: count 0) ask for. */
struct printing {
    const struct catalogue *catalogue;
    const struct target *target;
    struct goals goals;
    chiso_day t;
    unsigned decimals;
};

static bool is_truthful(const struct printing *p, const mpq_t value, const mpq_t rounded)
{
    const struct goals *goals = &p->goals;
    mpq_t expected;
    bool truthful = true;
    mpq_init(expected);
    for (size_t i = 0; i < goals->count && truthful; i++) {
        const struct goal *goal = &goals->list[i];
        truthful = !prints_a_miss_as_reached(goal, value, rounded, NULL) &&
                   !(goal_expected(p->catalogue, p->target, goal, p->t, expected) &&
                       prints_a_miss_as_reached(goal, value, rounded, expected));
    }
    mpq_clear(expected);
    return truthful;
}

static void print_truthfully(const struct printing *p, const mpq_t value, char out[ROW_NUMBER_CHARS])
{
    unsigned decimals = p->decimals;
    rational_print_rounded(value, decimals, out, ROW_NUMBER_CHARS);
    if (p->goals.count == 0)
        return;
    mpq_t rounded;
    mpq_init(rounded);
    while (decimals < DECIMALS_MAX && rational_set_text(rounded, out) == CHISO_OK &&
           !is_truthful(p, value, rounded))
        rational_print_rounded(value, ++decimals, out, ROW_NUMBER_CHARS);
    mpq_clear(rounded);
}

/* ---- one side ---- */

static enum row_state state_of(const struct side *side)
{
    switch (side->state) {
    case SIDE_NONE:
        break;
    case SIDE_VALUE:
    case SIDE_PAIR:
        return interval_is_incomplete(side) ? ROW_PARTIAL : ROW_REPORTED;
    case SIDE_BARE:
        return ROW_BARE;
    case SIDE_NOT_APPLICABLE:
        return ROW_NOT_APPLICABLE;
    }
    return ROW_NOT_REPORTED;
}

static void print_sums(const struct sums *sums, uint8_t scale, char out[ROW_NUMBER_CHARS])
{
    mpq_t sum;
    mpq_init(sum);
    rational_set_wide(sum, sums_value(sums, JOIN_SUM), scale);
    rational_print_exact(sum, out, ROW_NUMBER_CHARS);
    mpq_clear(sum);
}

static void print_bound(const struct bound *bound, char out[ROW_NUMBER_CHARS])
{
    out[0] = '\0';
    if (!bound->infinite)
        rational_print_exact(bound->value, out, ROW_NUMBER_CHARS);
}

static void fill_numbers(const struct row *row, const struct side *side, uint8_t scale,
    const struct printing *p, const struct interval *figure, struct row_numbers *out)
{
    *out = (struct row_numbers){.state = state_of(side),
        .low_open = figure->low.open,
        .high_open = figure->high.open,
        .qualifier = figure->qualifier,
        .reported = side->reported,
        .partial = side->partial,
        .expected = side->expected,
        .not_applicable = side->not_applicable};
    if (side->state == SIDE_PAIR) {
        print_sums(&side->numerator, scale, out->numerator);
        print_sums(&side->denominator, scale, out->denominator);
    } else if (row->definition->measure == MEASURE_SHARE && side->state == SIDE_VALUE) {
        print_sums(&side->numerator, scale, out->numerator);
        snprintf(out->denominator, sizeof out->denominator, "%u", (unsigned)side->expected);
    }
    if (!figure->has_value)
        return;
    print_truthfully(p, figure->value, out->value);
    print_bound(&figure->low, out->low);
    print_bound(&figure->high, out->high);
}

/* ---- the target ---- */

static void print_decimal(struct chiso_decimal number, char *out)
{
    chiso_decimal_print(chiso_decimal_reduce(number), out);
}

static void print_target(
    const struct target *target, const struct judgement *judgement, char out[ROW_NUMBER_CHARS])
{
    char low[CHISO_DECIMAL_CHARS], high[CHISO_DECIMAL_CHARS];
    switch (target->shape) {
    case TARGET_BETWEEN:
        print_decimal(target->value, low);
        print_decimal(target->value_high, high);
        snprintf(out, ROW_NUMBER_CHARS, "%s–%s", low, high);
        return;
    case TARGET_MAINTAIN:
        print_decimal(target->has_value ? target->value : target->baseline, out);
        return;
    case TARGET_DONE_BY:
        (void)snprintf(out, ROW_NUMBER_CHARS, "1");
        return;
    case TARGET_INCREASE_EACH_YEAR:
        if (judgement->has_before)
            rational_print_exact(judgement->before, out, ROW_NUMBER_CHARS);
        return;
    case TARGET_AT_LEAST:
    case TARGET_ABOVE:
    case TARGET_AT_MOST:
    case TARGET_BELOW:
        break;
    }
    print_decimal(target->value, out);
}

static void fill_judgement(const struct printing *p, const struct judgement *judgement, struct row *row)
{
    row->position = judgement->position;
    row->target = judgement->target;
    row->deadline = judgement->deadline;
    row->incomparable = judgement->incomparable;
    if (row->incomparable == INCOMPARABLE_DEFINITION)
        row->redefined = judgement->redefined;
    if (!row->target)
        return;
    print_target(row->target, judgement, row->target_text);
    if (row->incomparable != COMPARABLE)
        return;
    if (judgement->has_expected)
        rational_print_exact(judgement->expected, row->expected_for_date, ROW_NUMBER_CHARS);
    if (judgement->has_shortfall)
        rational_print_exact(judgement->shortfall, row->shortfall, ROW_NUMBER_CHARS);
    if (judgement->year_to_date && judgement->judged.has_value)
        print_truthfully(p, judgement->judged.value, row->year_to_date);
}

/* ---- the row ---- */

static void fill_sides(const struct total *total, const struct printing *p, struct row *row)
{
    struct interval shown, parts;
    interval_init(&shown);
    interval_init(&parts);
    interval_of_side(row->definition, &total->shown, total->scale, &shown);
    fill_numbers(row, &total->shown, total->scale, p, &shown, &row->shown);
    row->has_parts = total->has_other;
    if (row->has_parts) {
        interval_of_side(row->definition, &total->other, total->scale, &parts);
        fill_numbers(row, &total->other, total->scale, p, &parts, &row->parts);
        if (shown.has_value && parts.has_value && !interval_is_incomplete(&total->other)) {
            mpq_sub(shown.value, shown.value, parts.value);
            rational_print_exact(shown.value, row->difference, ROW_NUMBER_CHARS);
        }
    }
    interval_release(&shown);
    interval_release(&parts);
}

/* DAY: on the boundaries of that day; CHISO_DAY_FIRST: as reported. */
static int fill_year_before(const struct catalogue *catalogue, const struct store *store, chiso_day day,
    const struct total *total, struct row *row)
{
    struct row_year_before *out = &row->year_before;
    struct year_before before;
    struct interval shown, change;
    year_before_init(&before);
    interval_init(&shown);
    interval_init(&change);
    *out = (struct row_year_before){0};
    int error =
        year_before_read(catalogue, store, day, row->unit, row->period, row->indicator, row->level, &before);
    if (!error && before.state != YEAR_BEFORE_NONE) {
        out->state = before.state;
        out->period = before.period;
        out->redefined =
            before.state == YEAR_BEFORE_OTHER_DEFINITION ? row->definition->valid_from : CHISO_DAY_FIRST;
        out->qualifier = before.figure.qualifier;
        rational_print_rounded(
            before.figure.value, before.definition->decimals, out->value, ROW_NUMBER_CHARS);
        interval_of_side(row->definition, &total->shown, total->scale, &shown);
    }
    if (!error && out->state == YEAR_BEFORE_COMPARABLE && shown.has_value) {
        interval_minus(&shown, &before.figure, &change);
        rational_print_exact(change.value, out->change, ROW_NUMBER_CHARS);
        print_bound(&change.low, out->change_low);
        print_bound(&change.high, out->change_high);
    }
    year_before_release(&before);
    interval_release(&shown);
    interval_release(&change);
    return error;
}

/* The unit's own deadline counts, not that of silent units below it. */
static bool is_late(const struct catalogue *catalogue, const struct store *store, const struct row *row)
{
    chiso_instant_ms deadline;
    const struct leaf *leaf = store_leaf(store, row->unit, row->period, row->indicator);
    const struct unit_row *unit =
        catalogue_unit_at(catalogue, row->unit, chiso_period_last(row->period, row->definition->calendar));
    return row->level == STORE_NO_LEVEL && leaf && leaf->figure.state != FIGURE_NONE && unit &&
           position_deadline(catalogue, row->definition, unit, row->period, &deadline) &&
           leaf->first_ms > deadline;
}

/* In a window with a succession inside there are figures of former units, numbered by the journals of their own
 * provinces, which close that window too. */
static int look_at_former_units(const struct catalogue *catalogue, const struct store *store, struct row *row)
{
    enum chiso_calendar calendar = row->definition->calendar;
    struct trail trail = {0};
    if (row->closing.restated ||
        !boundaries_split(catalogue, row->unit_row, chiso_period_first(row->period, calendar),
            chiso_period_last(row->period, calendar)))
        return CHISO_OK;
    int error = trail_collect(catalogue, store, row->unit, row->period, row->indicator, row->level, &trail);
    for (size_t i = 0; i < trail.count && !row->closing.restated; i++) {
        const struct trail_leaf *leaf = &trail.list[i];
        uint32_t province =
            catalogue_province_at(catalogue, leaf->unit, chiso_period_last(leaf->period, calendar));
        const struct closing *closing = store_closing(store, province, calendar, row->period);
        row->closing.restated = closing && leaf->leaf->seq > closing->seq;
    }
    trail_release(&trail);
    return error == CHISO_ENOTFOUND ? CHISO_OK : error;
}

static int fill_closing(const struct catalogue *catalogue, const struct store *store, struct row *row)
{
    chiso_day last = chiso_period_last(row->period, row->definition->calendar);
    uint32_t province = catalogue_province_at(catalogue, row->unit, last);
    const struct closing *closing =
        province == CATALOGUE_NONE ? NULL
                                   : store_closing(store, province, row->definition->calendar, row->period);
    if (!closing)
        return CHISO_OK;
    row->closing =
        (struct row_closing){.at = closing->time, .seq = closing->seq, .restated = row->seq > closing->seq};
    (void)snprintf(row->closing.by, sizeof row->closing.by, "%s", closing->by);
    return look_at_former_units(catalogue, store, row);
}

/* All but the judgement; BASE has unit, indicator, level and period. */
static void fill(const struct catalogue *catalogue, const struct row *base, const struct unit_row *unit_row,
    const struct indicator *definition, const struct total *total, chiso_instant_ms now, struct row *out)
{
    *out = *base;
    out->redefined = CHISO_DAY_FIRST;
    out->unit_row = unit_row;
    out->definition = definition;
    out->basis = total->basis;
    out->oldest = total->shown.oldest;
    out->revision = total->revision;
    out->seq = total->seq;
    out->running = chiso_period_last(base->period, definition->calendar) >= chiso_day_at(now);
    out->position = total->told == TOTAL_TOLD ? POSITION_NO_TARGET : POSITION_NOT_COMPARABLE;
    out->incomparable = position_untold(total->told);
    bool lacks = !side_has_figure(&total->shown) || interval_is_incomplete(&total->shown);
    if (lacks && effective_is_redefined(catalogue, definition, base->period))
        out->redefined = definition->valid_from;
}

int row_make(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, chiso_instant_ms now, struct row *out)
{
    chiso_day t = chiso_period_last(period, catalogue_indicator(catalogue, indicator)->calendar);
    const struct indicator *definition = catalogue_indicator_at(catalogue, indicator, t);
    const struct row base = {.unit = unit, .indicator = indicator, .level = level, .period = period};
    struct total total;
    if (!definition)
        return CHISO_ENOTFOUND;
    int error = rollup_read(catalogue, store, unit, period, indicator, level, &total);
    if (error)
        return error;
    struct judgement judgement;
    judgement_init(&judgement);
    error = position_judge(catalogue, store, unit, period, indicator, level, &total, now, &judgement);
    if (!error) {
        fill(catalogue, &base, catalogue_unit_at(catalogue, unit, t), definition, &total, now, out);
        out->judged = position_is_judged(definition, period, now);
        struct printing printing = {
            .catalogue = catalogue, .target = judgement.target, .t = t, .decimals = definition->decimals};
        if (judgement.target)
            goals_init(&printing.goals, judgement.target, definition->direction,
                judgement.has_before ? judgement.before : NULL);
        fill_judgement(&printing, &judgement, out);
        fill_sides(&total, &printing, out);
        goals_release(&printing.goals);
        out->late = is_late(catalogue, store, out);
        error = fill_closing(catalogue, store, out);
        if (!error)
            error = fill_year_before(catalogue, store, CHISO_DAY_FIRST, &total, out);
        if (!error && level == STORE_NO_LEVEL && row_has_figure(out))
            error = rule_violations(catalogue, store, unit, period, indicator, now, out->violations,
                ROW_VIOLATIONS_MAX, &out->violation_count, &out->rules_elsewhere);
    }
    judgement_release(&judgement);
    return error;
}

int row_make_on(const struct catalogue *catalogue, const struct store *store, chiso_day day, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, chiso_instant_ms now, struct row *out)
{
    chiso_day t = chiso_period_last(period, catalogue_indicator(catalogue, indicator)->calendar);
    const struct indicator *definition = catalogue_indicator_at(catalogue, indicator, t);
    const struct unit_row *asked = catalogue_unit_at(catalogue, unit, day);
    const struct unit_row *then = catalogue_unit_at(catalogue, unit, t);
    const struct row base = {.unit = unit, .indicator = indicator, .level = level, .period = period};
    struct total total;
    if (!asked || !definition)
        return CHISO_ENOTFOUND;
    int error = boundaries_total(catalogue, store, unit, day, period, indicator, level, &total);
    if (error)
        return error;
    if (then && then->identity == asked->identity) {
        if ((error = row_make(catalogue, store, unit, period, indicator, level, now, out)))
            return error;
        out->unit_row = asked;
    } else {
        fill(catalogue, &base, asked, definition, &total, now, out);
        const struct printing printing = {.catalogue = catalogue, .t = t, .decimals = definition->decimals};
        fill_sides(&total, &printing, out);
    }
    return fill_year_before(catalogue, store, day, &total, out);
}

/* ---- which window ---- */

struct search {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct indicator *definition; /* for cadence and calendar, the same or nearly so in all versions */
    uint32_t unit, indicator, identity;
    int level;
    chiso_day today;
};

static bool search_begin(struct search *search, chiso_instant_ms now)
{
    size_t count;
    const struct unit_row *rows = catalogue_unit_rows(search->catalogue, search->unit, &count);
    search->today = chiso_day_at(now);
    const struct unit_row *row = catalogue_unit_at(search->catalogue, search->unit, search->today);
    if (!row && count > 0)
        row = &rows[count - 1];
    search->definition = catalogue_indicator_at(search->catalogue, search->indicator, search->today);
    if (!search->definition)
        search->definition = catalogue_indicator(search->catalogue, search->indicator);
    search->identity = row ? row->identity : CATALOGUE_NONE;
    return row != NULL;
}

static chiso_day last_day(const struct search *search, struct chiso_period period)
{
    return chiso_period_last(period, search->definition->calendar);
}

/* Something to show: a figure, the word that the indicator does not apply, or that what was reported cannot
 * be told. */
static bool has_something(const struct search *search, struct chiso_period period)
{
    struct total total;
    const struct unit_row *row = catalogue_unit_at(search->catalogue, search->unit, last_day(search, period));
    return row && row->identity == search->identity &&
           rollup_may_have_figure(
               search->catalogue, search->store, search->unit, period, search->indicator, search->level) &&
           rollup_read(search->catalogue, search->store, search->unit, period, search->indicator,
               search->level, &total) == CHISO_OK &&
           (total.shown.state != SIDE_NONE || (total.told != TOTAL_TOLD && total.revision > 0));
}

/* The cadence window that PERIOD lies in; NONE: in none. */
static struct chiso_period window_of(const struct search *search, struct chiso_period period)
{
    enum chiso_period_kind kind = search->definition->cadence.window;
    enum chiso_calendar calendar = search->definition->calendar;
    if (kind == CHISO_PERIOD_NONE || period.kind == kind)
        return kind == CHISO_PERIOD_NONE ? (struct chiso_period){0} : period;
    struct chiso_period window = chiso_period_at(kind, last_day(search, period), calendar);
    bool inside = window.kind != CHISO_PERIOD_NONE && chiso_period_contains(window, period, calendar);
    return inside ? window : (struct chiso_period){0};
}

/* The newest period that ends before LIMIT and has something: a cadence window, or any period as stored. */
static bool newest_before(
    const struct search *search, chiso_day limit, bool cadence, struct chiso_period *out)
{
    size_t count;
    const struct chiso_period *periods = store_periods(search->store, &count);
    struct chiso_period best = {0}, tried = {0};
    for (size_t i = 0; i < count; i++) {
        struct chiso_period period = cadence ? window_of(search, periods[i]) : periods[i];
        if (period.kind == CHISO_PERIOD_NONE || chiso_period_equal(period, tried) ||
            last_day(search, period) >= limit ||
            (best.kind != CHISO_PERIOD_NONE && last_day(search, period) <= last_day(search, best)))
            continue;
        tried = period;
        if (has_something(search, period))
            best = period;
    }
    if (best.kind != CHISO_PERIOD_NONE)
        *out = best;
    return best.kind != CHISO_PERIOD_NONE;
}

bool row_window_before(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    uint32_t indicator, int level, chiso_instant_ms now, struct chiso_period before, struct chiso_period *out)
{
    struct search search = {
        .catalogue = catalogue, .store = store, .unit = unit, .indicator = indicator, .level = level};
    if (!search_begin(&search, now))
        return false;
    chiso_day limit = search.today;
    if (before.kind != CHISO_PERIOD_NONE && last_day(&search, before) < limit)
        limit = last_day(&search, before);
    return newest_before(&search, limit, true, out);
}

bool row_latest(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    uint32_t indicator, int level, chiso_instant_ms now, struct chiso_period *out,
    struct chiso_period *running)
{
    struct search search = {
        .catalogue = catalogue, .store = store, .unit = unit, .indicator = indicator, .level = level};
    if (running)
        *running = (struct chiso_period){0};
    if (!search_begin(&search, now))
        return false;
    enum chiso_period_kind cadence = search.definition->cadence.window;
    if (running && cadence != CHISO_PERIOD_NONE) {
        struct chiso_period window = chiso_period_at(cadence, search.today, search.definition->calendar);
        if (window.kind != CHISO_PERIOD_NONE && has_something(&search, window))
            *running = window;
    }
    return newest_before(&search, search.today, true, out) ||
           newest_before(&search, search.today, false, out);
}
