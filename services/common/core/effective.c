#include "core/effective.h"

#include "core/boundaries.h"
#include <stdlib.h>

/* A figure of one unit while it is combined: its state and sums in SIDE, and whether everything owed for it
 * is in. */
struct value {
    struct side side;
    bool complete;
    uint32_t units; /* it stands for so many: 1, or the n of a share's k of n */
};

struct work {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct indicator *definition;
    const struct unit_row *row;
    uint32_t unit, identity;
    chiso_day until; /* the last day of a unit that ended without a successor and still counts; else
                        CHISO_DAY_LAST */
    enum total_told *told; /* NULL: all of it is in STORE */
    bool steady; /* in all of the period that is asked for, see find_steady */
    enum chiso_period_kind cadence; /* that the unit owes then */
    struct effective_year *year; /* what is known of the year's windows; NULL: nothing is kept */
};

struct effective_year {
    struct work w;
    const struct leaf *leaves[STORE_WINDOWS]; /* by store_window */
    struct value values[STORE_WINDOWS];
    uint32_t reported, known; /* which LEAVES, which VALUES: bits by store_window */
};

/* Do the unit's row, the definition and what is owed stay what they are while PERIOD lasts? Mostly so; what is
 * asked of each of its sub-periods, and of theirs, then has one answer. */
static void find_steady(struct work *w, const struct unit_row *row, struct chiso_period period)
{
    chiso_day first = chiso_period_first(period, w->definition->calendar);
    chiso_day last = chiso_period_last(period, w->definition->calendar);
    w->steady = row->from <= first && last <= row->to && w->definition->valid_from <= first &&
                catalogue_obligation_lasts(w->catalogue, w->definition, row, first, last);
    if (w->steady)
        w->cadence = catalogue_obligation(w->catalogue, w->definition, row, last).cadence;
}

static struct work work_on(const struct catalogue *catalogue, const struct store *store,
    const struct unit_row *row, struct chiso_period period, const struct indicator *definition)
{
    struct work w = {.catalogue = catalogue,
        .store = store,
        .definition = definition,
        .row = row,
        .unit = row->code,
        .identity = row->identity,
        .until = CHISO_DAY_LAST};
    if (effective_outlives(catalogue, row, definition))
        w.until = catalogue_identity(catalogue, row->identity)->to;
    find_steady(&w, row, period);
    return w;
}

enum joining effective_joining(const struct indicator *definition)
{
    if (definition->measure == MEASURE_MIN)
        return JOIN_MIN;
    return definition->measure == MEASURE_MAX ? JOIN_MAX : JOIN_SUM;
}

bool effective_outlives(
    const struct catalogue *catalogue, const struct unit_row *row, const struct indicator *definition)
{
    bool adds_up = definition->across_time == ACROSS_SUM || definition->across_time == ACROSS_MEAN ||
                   definition->across_time == ACROSS_EXTREME ||
                   definition->across_time == ACROSS_FLOW_OVER_STOCK;
    return adds_up && !catalogue_identity(catalogue, row->identity)->succeeded;
}

bool effective_ended_inside(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period window, const struct indicator *definition)
{
    return row->to >= chiso_period_first(window, definition->calendar) &&
           row->to < chiso_period_last(window, definition->calendar) &&
           catalogue_identity(catalogue, row->identity)->to == row->to &&
           effective_outlives(catalogue, row, definition);
}

/* The day on which PERIOD is looked at: its last, or the unit's own last where that comes first. */
static chiso_day day_in(const struct work *w, struct chiso_period period)
{
    chiso_day last = chiso_period_last(period, w->definition->calendar);
    return last < w->until ? last : w->until;
}

/* Is the period, up to that day, the unit's own? */
static bool lives_in(const struct work *w, struct chiso_period period)
{
    if (w->steady)
        return true;
    chiso_day day = day_in(w, period);
    if (day < chiso_period_first(period, w->definition->calendar))
        return false;
    const struct unit_row *row = catalogue_unit_at(w->catalogue, w->unit, day);
    return row && row->identity == w->identity;
}

static enum chiso_period_kind cadence_in(const struct work *w, struct chiso_period period)
{
    if (w->steady)
        return w->cadence;
    chiso_day day = day_in(w, period);
    const struct unit_row *row = catalogue_unit_at(w->catalogue, w->unit, day);
    if (!row || row->identity != w->identity)
        return CHISO_PERIOD_NONE;
    return catalogue_obligation(w->catalogue, w->definition, row, day).cadence;
}

/* Do windows of CADENCE tile PERIOD? Nine months are three quarters but no whole halves; intervals are no
 * windows. */
static bool is_tiled(struct chiso_period period, enum chiso_period_kind cadence)
{
    if (cadence == CHISO_PERIOD_NONE || period.kind == CHISO_PERIOD_INTERVAL)
        return false;
    if (cadence == period.kind)
        return true;
    if (period.kind == CHISO_PERIOD_NINE_MONTHS)
        return cadence < CHISO_PERIOD_HALF;
    return cadence < period.kind && cadence != CHISO_PERIOD_NINE_MONTHS;
}

/* A unit that ended inside PERIOD owes it if it owed one of the windows inside it that it lived through. */
static bool is_owed(const struct work *w, struct chiso_period period)
{
    enum chiso_calendar calendar = w->definition->calendar;
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    if (!lives_in(w, period) || !is_tiled(period, cadence_in(w, period)))
        return false;
    if (w->steady || day_in(w, period) == chiso_period_last(period, calendar))
        return true;
    size_t count = chiso_period_parts(period, calendar, parts);
    for (size_t i = 0; i < count; i++) {
        if (is_owed(w, parts[i]))
            return true;
    }
    return false;
}

bool effective_is_owed(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period period, const struct indicator *definition)
{
    struct work w = work_on(catalogue, NULL, row, period, definition);
    return is_owed(&w, period);
}

bool effective_is_redefined(
    const struct catalogue *catalogue, const struct indicator *definition, struct chiso_period period)
{
    enum chiso_calendar calendar = definition->calendar;
    if (period.kind == CHISO_PERIOD_INTERVAL || definition->valid_from == CHISO_DAY_FIRST)
        return false;
    chiso_day day = chiso_period_first(period, calendar);
    struct chiso_period first = chiso_period_at(definition->cadence.window, day, calendar);
    if (first.kind != CHISO_PERIOD_NONE)
        day = chiso_period_last(first, calendar);
    return day < definition->valid_from && catalogue_indicator_at(catalogue, definition->id_index, day);
}

/* ---- figures of other provinces ---- */

bool effective_is_elsewhere(const struct catalogue *catalogue, const struct store *store,
    const struct unit_row *row, struct chiso_period period, const struct indicator *definition)
{
    chiso_day last = chiso_period_last(period, definition->calendar);
    return !store_covers(store, catalogue_province_at(catalogue, row->code, last)) &&
           catalogue_reporting(catalogue, definition, row, last, NULL) != REPORTS_NOTHING &&
           period.kind >= catalogue_shortest(catalogue, definition, row, last);
}

/* The own report for PERIOD; a unit that has ended before its last day has none. */
static bool is_elsewhere(const struct work *w, struct chiso_period period)
{
    const struct unit_row *row =
        catalogue_unit_at(w->catalogue, w->unit, chiso_period_last(period, w->definition->calendar));
    return row && row->identity == w->identity &&
           effective_is_elsewhere(w->catalogue, w->store, row, period, w->definition);
}

/* Was the unit, while PERIOD lasted, ever in a province that the store does not hold? */
static bool is_scattered(const struct work *w, struct chiso_period period)
{
    chiso_day first = chiso_period_first(period, w->definition->calendar), day = day_in(w, period);
    return boundaries_split(w->catalogue, w->row, first, day) ||
           !store_covers(w->store, catalogue_province_at(w->catalogue, w->unit, day));
}

/* ---- the unit's own report ---- */

static int add_number(struct sums *sums, struct chiso_decimal number, enum chiso_qualifier qualifier,
    uint8_t scale, enum joining joining)
{
    struct chiso_decimal scaled;
    /* A stored figure was admitted with at most input_decimals. A definition that was edited to fewer must
     * not cut digits in silence. */
    int error = chiso_decimal_rescale(number, scale, &scaled);
    return error ? error : sums_add(sums, (int)qualifier, scaled.value, 1, joining);
}

/* Does STATE have operands of its own, that sums are made of? */
static bool is_summable(enum figure_state state)
{
    return state == FIGURE_VALUE || state == FIGURE_PAIR;
}

/* The numbers of a figure for PERIOD, the next one in order of time as for effective_join_next. */
static int add_figure(
    const struct work *w, struct chiso_period period, const struct figure *figure, struct side *into)
{
    static const enum side_state states[] = {
        [FIGURE_NONE] = SIDE_NONE,
        [FIGURE_VALUE] = SIDE_VALUE,
        [FIGURE_PAIR] = SIDE_PAIR,
        [FIGURE_BARE] = SIDE_BARE,
        [FIGURE_NOT_APPLICABLE] = SIDE_NOT_APPLICABLE,
    };
    /* k of n stands in place of n units of which k have it (S2). */
    bool is_share = w->definition->measure == MEASURE_SHARE && figure->state == FIGURE_PAIR;
    uint8_t scale = w->definition->input_decimals;
    side_add_state(into, is_share ? SIDE_VALUE : states[figure->state], period, w->definition->calendar);
    int error = add_number(
        &into->numerator, figure->value, figure->qualifier, scale, effective_joining(w->definition));
    if (w->definition->across_time == ACROSS_FLOW_OVER_STOCK)
        into->denominator = (struct sums){0};
    if (!error && figure->state == FIGURE_PAIR && !is_share)
        error = add_number(
            &into->denominator, figure->denominator, figure->denominator_qualifier, scale, JOIN_SUM);
    return error;
}

/* OUT is all zero. */
static int own_value(
    const struct work *w, struct chiso_period period, const struct leaf *leaf, struct value *out)
{
    const struct figure *figure = &leaf->figure;
    out->complete = true;
    out->units = 1;
    if (figure->state == FIGURE_NOT_APPLICABLE) {
        out->side.state = SIDE_NOT_APPLICABLE;
        return CHISO_OK;
    }
    /* Admission sees to 1 ≤ n ≤ UINT32_MAX. */
    if (figure->state == FIGURE_PAIR && w->definition->measure == MEASURE_SHARE)
        out->units = (uint32_t)figure->denominator.value;
    return add_figure(w, period, figure, &out->side);
}

/* ---- combination across time ---- */

/* What PERIOD has: SHOWN may be bare, PART is what combinations use. Both are all zero before; SHOWN may be
 * NULL. */
static int evaluate(
    const struct work *w, struct chiso_period period, struct value *shown, struct value *part);

/* PART of PERIOD, a window of the year. */
static int evaluate_in_year(struct effective_year *year, struct chiso_period period, struct value **part)
{
    int at = store_window(period), error = CHISO_OK;
    uint32_t bit = UINT32_C(1) << at;
    *part = &year->values[at];
    if (!(year->known & bit)) {
        year->values[at] = (struct value){0};
        error = evaluate(&year->w, period, NULL, &year->values[at]);
        year->known |= bit;
    }
    return error;
}

/* PART of a part of something longer, which may be asked for again: in ROOM, or where it is kept. */
static int evaluate_part(
    const struct work *w, struct chiso_period period, struct value *room, struct value **part)
{
    if (w->year)
        return evaluate_in_year(w->year, period, part);
    *room = (struct value){0};
    *part = room;
    return evaluate(w, period, NULL, room);
}

/* The sub-periods that count for completeness: those the unit owes something for, or all of them where it
 * owes PERIOD as one window, or nothing in it. A sub-period in which the unit did not yet, or no longer,
 * exist never counts. */
static size_t relevant_parts(const struct work *w, struct chiso_period period,
    const struct chiso_period parts[], size_t count, bool relevant[])
{
    bool one_window = cadence_in(w, period) == period.kind;
    size_t owed = 0, lived = 0;
    for (size_t i = 0; i < count; i++)
        owed += relevant[i] = !one_window && is_owed(w, parts[i]);
    for (size_t i = 0; owed == 0 && i < count; i++)
        lived += relevant[i] = lives_in(w, parts[i]);
    return owed + lived;
}

/* Nothing is derived across two versions of a definition, and another unit's time under the same code does
 * not count. */
static bool is_derivable(const struct work *w, struct chiso_period part)
{
    if (w->steady)
        return true;
    return lives_in(w, part) && catalogue_indicator_at(w->catalogue, w->definition->id_index,
                                    chiso_period_last(part, w->definition->calendar)) == w->definition;
}

int effective_join_next(const struct indicator *definition, struct side *sum, const struct side *part)
{
    int error = side_join(sum, part, effective_joining(definition), definition->calendar);
    if (!error && definition->across_time == ACROSS_FLOW_OVER_STOCK && side_is_summable(part))
        sum->denominator = part->denominator;
    return error;
}

/* What PART of the longer period that SUM is made for gives to it. */
static int add_part(
    const struct work *w, struct chiso_period part, struct value *sum, enum side_state *state, bool *complete)
{
    const struct leaf *own = w->year ? w->year->leaves[store_window(part)] : NULL;
    struct value room, *value;
    *state = SIDE_NONE;
    *complete = true;
    if (own && is_summable(own->figure.state)) {
        *state = SIDE_VALUE;
        return add_figure(w, part, &own->figure, &sum->side);
    }
    if (!is_derivable(w, part) || (w->year && !(w->year->reported & store_windows_in(part))))
        return CHISO_OK;
    int error = evaluate_part(w, part, &room, &value);
    if (error)
        return error;
    *state = value->side.state;
    *complete = value->complete;
    return side_is_summable(&value->side) ? effective_join_next(w->definition, &sum->side, &value->side)
                                          : CHISO_OK;
}

static int sum_parts(const struct work *w, struct chiso_period period, struct value *sum)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    bool relevant[CHISO_PERIOD_PARTS_MAX];
    size_t count = chiso_period_parts(period, w->definition->calendar, parts);
    size_t owed = relevant_parts(w, period, parts, count, relevant), in = 0, not_applicable = 0, missing = 0;
    sum->units = 1;
    for (size_t i = 0; i < count; i++) {
        enum side_state state;
        bool complete;
        int error = add_part(w, parts[i], sum, &state, &complete);
        if (error)
            return error;
        not_applicable += state == SIDE_NOT_APPLICABLE;
        missing += relevant[i] && state == SIDE_NONE;
        in += relevant[i] && state != SIDE_NONE && complete;
    }
    if (!side_is_summable(&sum->side) && not_applicable > 0 && missing == 0)
        sum->side.state = SIDE_NOT_APPLICABLE;
    sum->complete = owed > 0 && in == owed;
    return CHISO_OK;
}

/* last and cumulative: the latest stored sub-period inside PERIOD, in whatever state. */
static int latest_part(
    const struct work *w, struct chiso_period period, struct value *shown, struct value *usable)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    bool relevant[CHISO_PERIOD_PARTS_MAX];
    size_t count = chiso_period_parts(period, w->definition->calendar, parts);
    relevant_parts(w, period, parts, count, relevant);
    /* A cumulative figure runs to the end of its window, so an earlier one is never all of it. */
    if (count > 0 && w->definition->across_time == ACROSS_CUMULATIVE)
        relevant[count - 1] = true;
    bool is_last_owed = true;
    for (size_t i = count; i-- > 0;) {
        int error = is_derivable(w, parts[i]) ? evaluate(w, parts[i], shown, usable) : CHISO_OK;
        if (error)
            return error;
        if (shown->side.state != SIDE_NONE) {
            shown->complete = shown->complete && is_last_owed;
            usable->complete = usable->complete && is_last_owed;
            return CHISO_OK;
        }
        if (relevant[i])
            is_last_owed = false;
    }
    return CHISO_OK;
}

static int derive(const struct work *w, struct chiso_period period, struct value *shown, struct value *part)
{
    int error;
    switch (w->definition->across_time) {
    case ACROSS_SUM:
    case ACROSS_MEAN:
    case ACROSS_EXTREME:
    case ACROSS_FLOW_OVER_STOCK:
        error = sum_parts(w, period, part);
        if (!error && shown)
            *shown = *part;
        return error;
    case ACROSS_LAST:
    case ACROSS_CUMULATIVE:
        if (shown)
            return latest_part(w, period, shown, part);
        struct value ignored = {0};
        return latest_part(w, period, &ignored, part);
    case ACROSS_NONE:
        break;
    }
    return CHISO_OK;
}

static int evaluate(const struct work *w, struct chiso_period period, struct value *shown, struct value *part)
{
    const struct leaf *leaf = w->year ? w->year->leaves[store_window(period)]
                                      : store_leaf(w->store, w->unit, period, w->definition->id_index);
    bool is_in = leaf && leaf->figure.state != FIGURE_NONE,
         is_bare = is_in && leaf->figure.state == FIGURE_BARE;
    bool scattered = w->told && is_scattered(w, period);
    bool may_derive = scattered || store_kinds(w->store, w->unit) & ((1u << period.kind) - 1u);
    int error = CHISO_OK;
    if (scattered && is_elsewhere(w, period)) {
        *w->told = TOTAL_ELSEWHERE;
        return CHISO_OK;
    }
    if (is_in && !is_bare) {
        error = own_value(w, period, leaf, part);
        if (!error && shown)
            *shown = *part;
        return error;
    }
    if (may_derive)
        error = derive(w, period, is_bare ? NULL : shown, part);
    if (!error && is_bare && shown)
        error = own_value(w, period, leaf, shown);
    return error;
}

/* A unit that reports without obligation counts in both numbers; one that owes and is silent is expected. */
static const struct side *counted(struct value *value, bool owed)
{
    struct side *side = &value->side;
    side->reported = side->partial = side->expected = side->not_applicable = 0;
    if (side->state == SIDE_NOT_APPLICABLE) {
        side->not_applicable = 1;
    } else if (side->state == SIDE_NONE) {
        side->expected = owed;
    } else {
        side->reported = value->complete ? value->units : 0;
        side->partial = value->complete ? 0 : value->units;
        side->expected = value->units;
    }
    return side;
}

int effective_side(const struct catalogue *catalogue, const struct store *store, const struct unit_row *row,
    struct chiso_period period, const struct indicator *definition, struct side *shown, struct side *part,
    enum total_told *told)
{
    struct work w = work_on(catalogue, store, row, period, definition);
    struct value a = {0}, b = {0};
    w.told = store_covers(store, CATALOGUE_NONE) ? NULL : told;
    int error = evaluate(&w, period, shown ? &a : NULL, &b);
    if (error)
        return error;
    bool owed = is_owed(&w, period);
    if (shown)
        *shown = *counted(&a, owed);
    if (part)
        *part = *counted(&b, owed);
    return CHISO_OK;
}

/* ---- all windows of a year ---- */

struct effective_year *effective_year_new(void)
{
    return calloc(1, sizeof(struct effective_year));
}

bool effective_year_begin(struct effective_year *year, const struct catalogue *catalogue,
    const struct store *store, const struct unit_row *row, int32_t number, const struct indicator *definition)
{
    static const unsigned others = 1u << CHISO_PERIOD_DAY | 1u << CHISO_PERIOD_INTERVAL;
    struct chiso_period whole = {CHISO_PERIOD_YEAR, number, 0};
    year->w = work_on(catalogue, store, row, whole, definition);
    year->w.year = year;
    year->known = 0;
    if (!year->w.steady || (store_kinds(store, row->code) & others))
        return false;
    year->reported = store_leaves_of_year(store, row->code, number, definition->id_index, year->leaves);
    return true;
}

int effective_year_part(struct effective_year *year, struct chiso_period period, const struct side **part,
    uint64_t *revision, uint64_t *seq)
{
    struct value *value;
    int error = evaluate_in_year(year, period, &value);
    if (error)
        return error;
    *part = counted(value, is_owed(&year->w, period));
    *revision = *seq = 0;
    for (uint32_t in = year->reported & store_windows_in(period); in; in &= in - 1) {
        const struct leaf *leaf = year->leaves[__builtin_ctz(in)];
        *revision += leaf->revision;
        *seq = leaf->seq > *seq ? leaf->seq : *seq;
    }
    return CHISO_OK;
}
