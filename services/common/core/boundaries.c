#include "core/boundaries.h"

#include "core/effective.h"
#include "core/interval.h"
#include "core/rollup.h"

const char *const becoming_names[BECOMINGS] = {
    "itself", "sum", "extreme", "not_comparable_part", "not_comparable_measure"};

/* One indicator's figures of one unit, between its foundation and its end. */
struct work {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct indicator *definition; /* in force on the last day of the window asked for */
    const struct unit_row *row; /* the unit's, on that day */
    const struct unit_identity *identity;
    enum chiso_calendar calendar;
};

static struct work work_on(const struct catalogue *catalogue, const struct store *store,
    const struct unit_row *row, const struct indicator *definition)
{
    return (struct work){.catalogue = catalogue,
        .store = store,
        .definition = definition,
        .row = row,
        .identity = catalogue_identity(catalogue, row->identity),
        .calendar = definition->calendar};
}

static bool adds_up(const struct indicator *definition)
{
    return definition->across_time == ACROSS_SUM || definition->across_time == ACROSS_MEAN ||
           definition->across_time == ACROSS_EXTREME || definition->across_time == ACROSS_FLOW_OVER_STOCK;
}

static bool is_former(const struct work *w, struct chiso_period period)
{
    return chiso_period_last(period, w->calendar) < w->identity->from;
}

/* The worse of the two stays. */
static void tell(enum total_told *told, enum total_told why)
{
    if (why > *told)
        *told = why;
}

/* The last row of the unit that SUCCESSION ended. */
static const struct unit_row *former_row(const struct work *w, const struct succession *succession)
{
    const struct unit_identity *old = catalogue_identity(w->catalogue, succession->old_identity);
    return catalogue_unit_at(w->catalogue, old->code, old->to);
}

bool boundaries_split(
    const struct catalogue *catalogue, const struct unit_row *row, chiso_day first, chiso_day last)
{
    const struct unit_identity *identity = catalogue_identity(catalogue, row->identity);
    for (size_t i = 0; i < identity->split_count; i++) {
        if (first < identity->splits[i] && identity->splits[i] <= last)
            return true;
    }
    return false;
}

bool boundaries_straddles(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period period, const struct indicator *definition)
{
    chiso_day from = catalogue_identity(catalogue, row->identity)->from;
    size_t count;
    catalogue_successions_into(catalogue, row->identity, &count);
    return count > 0 && adds_up(definition) && period.kind != CHISO_PERIOD_INTERVAL &&
           chiso_period_first(period, definition->calendar) < from &&
           from <= chiso_period_last(period, definition->calendar);
}

/* ---- the effective value of a unit in a window that contains its beginning ---- */

/* What is known of a value beside it. */
struct knowledge {
    enum total_told told;
    bool heard; /* figures of the unit, or of those that became it, lie inside */
};

/* What is put together from sub-periods, or from former units. */
struct gathering {
    struct side sum;
    size_t owed, in, missing, not_applicable;
};

static int value_in(
    const struct work *w, struct chiso_period period, struct side *out, struct knowledge *known);

static bool is_complete(const struct side *side)
{
    return side->state == SIDE_NOT_APPLICABLE || (side_is_summable(side) && !interval_is_incomplete(side));
}

/* The former units' values for a window before the unit began; their counts are theirs. */
static int former_value(
    const struct work *w, struct chiso_period period, struct side *out, struct knowledge *known)
{
    size_t count;
    struct side sum = {0};
    const struct succession *into = catalogue_successions_into(w->catalogue, w->row->identity, &count);
    for (size_t i = 0; i < count; i++) {
        struct side side = {0};
        struct work old = work_on(w->catalogue, w->store, former_row(w, &into[i]), w->definition);
        if (!into[i].whole)
            tell(&known->told, TOTAL_NOT_COMPARABLE);
        int error = value_in(&old, period, &side, known);
        if (!error)
            error = side_join(&sum, &side, effective_joining(w->definition), w->definition->calendar);
        if (error)
            return error;
    }
    side_settle(&sum);
    *out = sum;
    return CHISO_OK;
}

/* The row of W's unit on PERIOD's last day; NULL: it ended inside. */
static const struct unit_row *row_in(const struct work *w, struct chiso_period period)
{
    const struct unit_row *row =
        catalogue_unit_at(w->catalogue, w->row->code, chiso_period_last(period, w->calendar));
    return row && row->identity == w->row->identity ? row : NULL;
}

static int own_value(
    const struct work *w, struct chiso_period period, struct side *out, struct knowledge *known)
{
    const struct unit_row *row = row_in(w, period);
    enum total_told own = TOTAL_TOLD;
    int error =
        effective_side(w->catalogue, w->store, row ? row : w->row, period, w->definition, NULL, out, &own);
    tell(&known->told, own);
    known->heard |= side_is_summable(out);
    return error;
}

static int add_value(const struct work *w, const struct side *value, bool owed, struct gathering *g)
{
    int error = CHISO_OK;
    if (value->state == SIDE_NOT_APPLICABLE)
        g->not_applicable++;
    else if (side_is_summable(value)) {
        error = effective_join_next(w->definition, &g->sum, value);
    } else {
        g->missing += owed;
    }
    g->owed += owed;
    g->in += owed && is_complete(value);
    return error;
}

/* Did the unit of W, or before its time one that became it, live on PART's last day, and owe PART if OWING? */
static bool lived(const struct work *w, struct chiso_period part, bool owing)
{
    size_t count;
    const struct unit_row *then =
        catalogue_unit_at(w->catalogue, w->row->code, chiso_period_last(part, w->calendar));
    if (then && then->identity == w->row->identity)
        return !owing || effective_is_owed(w->catalogue, then, part, w->definition);
    const struct succession *into = catalogue_successions_into(w->catalogue, w->row->identity, &count);
    for (size_t i = 0; i < count && is_former(w, part); i++) {
        struct work old = work_on(w->catalogue, w->store, former_row(w, &into[i]), w->definition);
        if (lived(&old, part, owing))
            return true;
    }
    return false;
}

static bool owes_as_one(const struct work *w, struct chiso_period period)
{
    chiso_day last = chiso_period_last(period, w->calendar);
    const struct unit_row *row =
        catalogue_unit_at(w->catalogue, w->row->code, last < w->identity->to ? last : w->identity->to);
    return row && catalogue_obligation(w->catalogue, w->definition, row, last).cadence == period.kind;
}

/* Which of the PARTS of PERIOD must be in: those that are owed, or, where PERIOD is owed as one window or no
 * part of it is, all. As effective.c has it, with what the former units owed. */
static void find_relevant(const struct work *w, struct chiso_period period, const struct chiso_period parts[],
    size_t count, bool relevant[])
{
    bool as_one = owes_as_one(w, period), any = false;
    for (size_t i = 0; i < count; i++)
        any |= relevant[i] = !as_one && lived(w, parts[i], true);
    for (size_t i = 0; i < count && !any; i++)
        relevant[i] = lived(w, parts[i], false);
}

/* One unit's counts for a value put together: reported, partial, expected, or not applicable. */
static void count_unit(const struct work *w, struct chiso_period period, const struct gathering *g,
    struct knowledge known, struct side *side)
{
    bool owed = effective_is_owed(w->catalogue, w->row, period, w->definition);
    side->reported = side->partial = side->expected = side->not_applicable = 0;
    if (known.told != TOTAL_TOLD) {
        *side = (struct side){.expected = owed || known.heard};
    } else if (side_is_summable(side)) {
        bool complete = g->owed > 0 && g->in == g->owed;
        side->expected = 1;
        side->reported = complete;
        side->partial = !complete;
    } else if (g->not_applicable > 0 && g->missing == 0) {
        side->state = SIDE_NOT_APPLICABLE;
        side->not_applicable = 1;
    } else {
        side->expected = owed;
    }
}

static int value_across(
    const struct work *w, struct chiso_period period, struct side *out, struct knowledge *known)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    bool relevant[CHISO_PERIOD_PARTS_MAX];
    struct gathering g = {0};
    struct knowledge own = {0};
    size_t count = chiso_period_parts(period, w->calendar, parts);
    find_relevant(w, period, parts, count, relevant);
    for (size_t i = 0; i < count; i++) {
        struct side value = {0};
        if (catalogue_indicator_at(w->catalogue, w->definition->id_index,
                chiso_period_last(parts[i], w->calendar)) != w->definition) {
            /* Nothing is derived across two versions of a definition: as good as missing. */
            g.owed += relevant[i];
            g.missing += relevant[i];
            continue;
        }
        int error = value_in(w, parts[i], &value, &own);
        if (!error)
            error = add_value(w, &value, relevant[i], &g);
        if (error)
            return error;
    }
    *out = g.sum;
    count_unit(w, period, &g, own, out);
    tell(&known->told, own.told);
    known->heard |= own.heard;
    return CHISO_OK;
}

static bool has_own_report(const struct work *w, struct chiso_period period)
{
    const struct leaf *leaf = store_leaf(w->store, w->row->code, period, w->definition->id_index);
    return leaf && leaf->figure.state != FIGURE_NONE && leaf->figure.state != FIGURE_BARE;
}

/* The value for PERIOD of the unit of W, whichever side of its beginning that lies on. */
static int value_in(
    const struct work *w, struct chiso_period period, struct side *out, struct knowledge *known)
{
    if (is_former(w, period))
        return former_value(w, period, out, known);
    if (!boundaries_straddles(w->catalogue, w->row, period, w->definition) || has_own_report(w, period))
        return own_value(w, period, out, known);
    const struct unit_row *row = row_in(w, period);
    if (row && effective_is_elsewhere(w->catalogue, w->store, row, period, w->definition))
        tell(&known->told, TOTAL_ELSEWHERE);
    return value_across(w, period, out, known);
}

int boundaries_side(const struct catalogue *catalogue, const struct store *store, const struct unit_row *row,
    struct chiso_period period, const struct indicator *definition, struct side *shown, struct side *part,
    enum total_told *told)
{
    struct work w = work_on(catalogue, store, row, definition);
    struct side own_shown, value = {0};
    struct knowledge known = {0};
    int error = effective_side(catalogue, store, row, period, definition, &own_shown, NULL, NULL);
    if (!error)
        error = value_in(&w, period, &value, &known);
    tell(told, known.told);
    if (error)
        return error;
    if (shown)
        *shown = own_shown.state == SIDE_BARE ? own_shown : value;
    if (part)
        *part = value;
    return CHISO_OK;
}

/* ---- totals of former units ---- */

/* Is the unit of IDENTITY the sum of units of DAY: did all that became it since pass on as wholes, those that
 * were not yet there on DAY too? */
static bool is_sum_on(const struct catalogue *catalogue, uint32_t identity, chiso_day day)
{
    size_t count;
    const struct succession *into = catalogue_successions_into(catalogue, identity, &count);
    if (catalogue_identity(catalogue, identity)->from <= day)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (!into[i].whole || !is_sum_on(catalogue, into[i].old_identity, day))
            return false;
    }
    return true;
}

static int former_total(const struct work *w, struct chiso_period period, int level, struct total *out);

/* The total of the unit of W for a window that ends while it lives, or before. */
static int total_in(const struct work *w, struct chiso_period period, int level, struct total *out)
{
    if (is_former(w, period))
        return former_total(w, period, level, out);
    return rollup_read(w->catalogue, w->store, w->row->code, period, w->definition->id_index, level, out);
}

/* Without a figure, but with those that are expected. */
static void blank(struct total *total, enum total_told told)
{
    uint32_t expected = total->shown.expected;
    *total = (struct total){.told = told,
        .scale = total->scale,
        .revision = total->revision,
        .seq = total->seq,
        .shown = {.expected = expected}};
}

static int add_former(const struct work *w, const struct succession *succession, struct chiso_period period,
    int level, struct total *sum, enum total_told *told)
{
    struct work old = work_on(w->catalogue, w->store, former_row(w, succession), w->definition);
    struct total total;
    int error = total_in(&old, period, level, &total);
    if (error)
        return error;
    const struct side *side = total_contribution(&total);
    tell(told, total_contribution_told(&total));
    if (total.shown.state == SIDE_BARE && !side_is_summable(side))
        tell(told, TOTAL_NOT_COMPARABLE);
    sum->revision += total.revision;
    return side_join(&sum->shown, side, effective_joining(w->definition), w->definition->calendar);
}

static int former_total(const struct work *w, struct chiso_period period, int level, struct total *out)
{
    struct total sum = {.scale = w->definition->input_decimals, .basis = BASIS_DERIVED};
    enum total_told told = TOTAL_TOLD;
    size_t count, found = 0;
    if (!rollup_is_joined(w->definition) ||
        !is_sum_on(w->catalogue, w->row->identity, chiso_period_last(period, w->calendar)))
        told = TOTAL_NOT_COMPARABLE;
    const struct succession *into = catalogue_successions_into(w->catalogue, w->row->identity, &count);
    for (size_t i = 0; i < count; i++) {
        int error = add_former(w, &into[i], period, level, &sum, &told);
        if (error == CHISO_ENOTFOUND) /* it began later, and out of nothing */
            continue;
        if (error)
            return error;
        found++;
    }
    if (found == 0)
        return CHISO_ENOTFOUND;
    side_settle(&sum.shown);
    if (told != TOTAL_TOLD)
        blank(&sum, told);
    else if (sum.shown.state == SIDE_NONE && sum.shown.expected == 0)
        sum.basis = BASIS_NONE;
    *out = sum;
    return CHISO_OK;
}

int boundaries_total(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    chiso_day day, struct chiso_period period, uint32_t indicator, int level, struct total *out)
{
    chiso_day last = chiso_period_last(period, catalogue_indicator(catalogue, indicator)->calendar);
    const struct indicator *definition = catalogue_indicator_at(catalogue, indicator, last);
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, day);
    if (!row || !definition)
        return CHISO_ENOTFOUND;
    struct work w = work_on(catalogue, store, row, definition);
    if (last > w.identity->to) {
        *out = (struct total){.told = TOTAL_NOT_COMPARABLE, .scale = definition->input_decimals};
        return CHISO_OK;
    }
    return total_in(&w, period, level, out);
}

/* ---- a total as the sum of its sub-periods' totals ---- */

static bool is_told_and_complete(const struct total *total)
{
    return total->told == TOTAL_TOLD && total->shown.state != SIDE_BARE && is_complete(&total->shown);
}

/* *COMPLETE: all of them are; *TOLD: or perhaps would be, with what is elsewhere. */
static int sum_of_parts(const struct work *w, struct chiso_period period, int level, struct side *out,
    bool *complete, enum total_told *told)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    struct gathering g = {0};
    uint32_t expected = 0;
    size_t count = chiso_period_parts(period, w->calendar, parts);
    *complete = false;
    *told = TOTAL_TOLD;
    for (size_t i = 0; i < count; i++) {
        struct total total;
        if (catalogue_indicator_at(w->catalogue, w->definition->id_index,
                chiso_period_last(parts[i], w->calendar)) != w->definition) {
            *told = TOTAL_TOLD;
            return CHISO_OK;
        }
        int error = total_in(w, parts[i], level, &total);
        if (error == CHISO_ENOTFOUND)
            continue;
        if (!error && total.told == TOTAL_ELSEWHERE) {
            *told = TOTAL_ELSEWHERE;
            continue;
        }
        if (error || !is_told_and_complete(&total)) {
            *told = TOTAL_TOLD;
            return error;
        }
        if ((error = add_value(w, &total.shown, true, &g)))
            return error;
        expected = total.shown.expected;
    }
    *complete = side_is_summable(&g.sum) && *told == TOTAL_TOLD;
    g.sum.reported = g.sum.expected = expected;
    g.sum.partial = g.sum.not_applicable = 0;
    *out = g.sum;
    return CHISO_OK;
}

int boundaries_complete(const struct catalogue *catalogue, const struct store *store,
    const struct unit_row *row, struct chiso_period period, const struct indicator *definition, int level,
    struct total *total)
{
    struct work w = work_on(catalogue, store, row, definition);
    struct side sum = {0};
    enum total_told told;
    bool complete;
    if (is_told_and_complete(total) || total->shown.state == SIDE_BARE ||
        !boundaries_straddles(catalogue, row, period, definition))
        return CHISO_OK;
    int error = sum_of_parts(&w, period, level, &sum, &complete, &told);
    if (!error && told != TOTAL_TOLD)
        blank(total, told);
    if (error || !complete)
        return error;
    if (total->shown.expected > 0)
        sum.reported = sum.expected = total->shown.expected;
    total->told = TOTAL_TOLD;
    total->by_time = true;
    total->basis = BASIS_DERIVED;
    total->shown = sum;
    total->has_other = false;
    return CHISO_OK;
}

/* ---- what becomes of an indicator ---- */

enum becoming boundaries_becoming(
    const struct catalogue *catalogue, const struct unit_row *row, const struct indicator *definition)
{
    size_t count;
    catalogue_successions_into(catalogue, row->identity, &count);
    if (count == 0)
        return BECOMES_ITSELF;
    if (!rollup_is_joined(definition))
        return BECOMES_NOT_COMPARABLE_MEASURE;
    if (!is_sum_on(catalogue, row->identity, CHISO_DAY_FIRST))
        return BECOMES_NOT_COMPARABLE_PART;
    return effective_joining(definition) == JOIN_SUM ? BECOMES_SUM : BECOMES_EXTREME;
}

const char *const crossing_names[CROSSINGS] = {"combined", "as_of_end", "own_report", "not_comparable"};

enum crossing boundaries_crossing(
    const struct catalogue *catalogue, const struct unit_row *row, const struct indicator *definition)
{
    if (definition->across_time == ACROSS_NONE)
        return CROSSES_NOTHING;
    if (!adds_up(definition))
        return CROSSES_AS_OF_END;
    return is_sum_on(catalogue, row->identity, CHISO_DAY_FIRST) ? CROSSES_COMBINED : CROSSES_NOT_COMPARABLE;
}
