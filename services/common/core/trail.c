#include "core/trail.h"

#include "core/effective.h"
#include "core/rollup.h"
#include <stdlib.h>

struct work {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct indicator *definition;
    struct chiso_period period;
    chiso_day last;
    uint32_t indicator;
    int level;
    struct trail *out;
    /* While one unit's leaves are gathered: */
    const struct unit_row *row;
    bool whole;
    size_t hint; /* where the last mark was set: marks come in nearly the order of the leaves */
};

static int add_leaf(struct trail *trail, const struct trail_leaf *leaf)
{
    if (trail->count == trail->capacity) {
        size_t grown = trail->capacity ? trail->capacity * 2 : 64;
        struct trail_leaf *moved = realloc(trail->list, grown * sizeof *moved);
        if (!moved)
            return CHISO_ENOMEM;
        trail->list = moved;
        trail->capacity = grown;
    }
    trail->list[trail->count++] = *leaf;
    return CHISO_OK;
}

/* ---- all leaves ---- */

static int visit_leaf(void *context, struct chiso_period period, const struct leaf *leaf)
{
    struct work *w = context;
    enum chiso_calendar calendar = w->definition->calendar;
    struct trail_leaf entry = {w->row->code, period, leaf, w->whole, false};
    bool inside = w->period.kind == CHISO_PERIOD_INTERVAL
                      ? chiso_period_equal(w->period, period) /* they stand alone (S7) */
                      : chiso_period_contains(w->period, period, calendar);
    if (!inside)
        return 0;
    const struct unit_row *then =
        catalogue_unit_at(w->catalogue, w->row->code, chiso_period_last(period, calendar));
    if (!then || then->identity != w->row->identity)
        return 0;
    return add_leaf(w->out, &entry);
}

static int compare_periods(const void *a, const void *b)
{
    return chiso_period_compare(
        ((const struct trail_leaf *)a)->period, ((const struct trail_leaf *)b)->period);
}

static int gather(struct work *w, const struct unit_row *row)
{
    size_t first = w->out->count, count;
    w->row = row;
    w->whole = catalogue_reporting(w->catalogue, w->definition, row, w->last, NULL) == REPORTS_WHOLE;
    if (w->level == STORE_NO_LEVEL || (int)row->kind == w->level) {
        int error = store_each_leaf_of(w->store, row->code, w->indicator, visit_leaf, w);
        if (error)
            return error;
        if (w->out->count > first)
            qsort(w->out->list + first, w->out->count - first, sizeof *w->out->list, compare_periods);
    }
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count; i++) {
        int error = unit_row_valid(children[i], w->last) ? gather(w, children[i]) : CHISO_OK;
        if (error)
            return error;
    }
    return CHISO_OK;
}

/* ---- those in the number ---- */

static void mark(struct work *w, uint32_t unit, struct chiso_period period)
{
    for (size_t i = 0; i < w->out->count; i++) {
        size_t at = (w->hint + i) % w->out->count;
        struct trail_leaf *leaf = &w->out->list[at];
        if (leaf->unit != unit || !chiso_period_equal(leaf->period, period))
            continue;
        leaf->used = true;
        w->hint = at;
        return;
    }
}

/* As effective.c: the unit's own report, else what its sub-periods give. SHOWN: a bare figure counts. */
static int mark_unit(struct work *w, const struct unit_row *row, struct chiso_period period, bool shown)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    enum chiso_calendar calendar = w->definition->calendar;
    const struct leaf *leaf = store_leaf(w->store, row->code, period, w->indicator);
    enum figure_state state = leaf ? leaf->figure.state : FIGURE_NONE;
    if (state != FIGURE_NONE && (state != FIGURE_BARE || shown)) {
        mark(w, row->code, period);
        return CHISO_OK;
    }
    bool latest =
        w->definition->across_time == ACROSS_LAST || w->definition->across_time == ACROSS_CUMULATIVE;
    if (!latest && w->definition->across_time != ACROSS_SUM && w->definition->across_time != ACROSS_MEAN)
        return CHISO_OK;
    for (size_t i = chiso_period_parts(period, calendar, parts); i-- > 0;) {
        struct side side, part;
        chiso_day last = chiso_period_last(parts[i], calendar);
        const struct unit_row *then = catalogue_unit_at(w->catalogue, row->code, last);
        if (!then || then->identity != row->identity ||
            catalogue_indicator_at(w->catalogue, w->indicator, last) != w->definition)
            continue;
        int error = effective_side(w->catalogue, w->store, then, parts[i], w->definition, &side, &part);
        if (!error && side.state != SIDE_NONE)
            error = mark_unit(w, row, parts[i], latest && shown);
        if (error || (latest && side.state != SIDE_NONE))
            return error;
    }
    return CHISO_OK;
}

/* The unit whose figure speaks for the whole of ROW's unit, as rollup.c chooses it. */
struct speaker {
    const struct unit_row *row; /* NULL: none */
    struct side side;
    int rank; /* 2 complete, 1 partial, 0 silent */
    size_t order;
};

static int consider(struct work *w, const struct unit_row *row, struct speaker *best)
{
    struct speaker s = {.row = row};
    if (catalogue_reporting(w->catalogue, w->definition, row, w->last, &s.order) != REPORTS_WHOLE)
        return CHISO_OK;
    int error = effective_side(w->catalogue, w->store, row, w->period, w->definition, NULL, &s.side);
    if (error)
        return error;
    bool complete = s.side.state == SIDE_NOT_APPLICABLE || (side_is_summable(&s.side) && s.side.partial == 0);
    s.rank = complete ? 2 : side_is_summable(&s.side);
    if (!best->row || s.rank > best->rank || (s.rank == best->rank && s.order < best->order))
        *best = s;
    return CHISO_OK;
}

static int find_speaker(struct work *w, const struct unit_row *row, struct speaker *best)
{
    size_t count;
    int error = consider(w, row, best);
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count && !error; i++) {
        if (unit_row_valid(children[i], w->last) && children[i]->kind == UNIT_DEPARTMENT)
            error = consider(w, children[i], best);
    }
    return error;
}

static bool same_sums(const struct sums *a, const struct sums *b)
{
    for (int q = 0; q < CHISO_QUALIFIERS; q++) {
        if (a->sum[q] != b->sum[q] || a->count[q] != b->count[q])
            return false;
    }
    return true;
}

static bool same_figure(const struct side *a, const struct side *b)
{
    return a->state == b->state && a->partial == b->partial && a->expected == b->expected &&
           same_sums(&a->numerator, &b->numerator) && same_sums(&a->denominator, &b->denominator);
}

static int mark_below(struct work *w, const struct unit_row *row);

/* What the total of ROW's unit is made of; TOP: the one that is asked for, where a bare figure is shown. */
static int mark_total(struct work *w, const struct unit_row *row, bool top)
{
    struct total total;
    struct speaker speaker = {0};
    int error =
        rollup_read(w->catalogue, w->store, row->code, w->period, w->indicator, STORE_NO_LEVEL, &total);
    if (error)
        return error;
    if (top && total.shown.state == SIDE_BARE)
        return mark_unit(w, row, w->period, true);
    if ((error = find_speaker(w, row, &speaker)))
        return error;
    bool whole =
        speaker.row &&
        (speaker.rank == 2 || (speaker.rank == 1 && same_figure(&speaker.side, total_contribution(&total))));
    if (whole)
        return mark_unit(w, speaker.row, w->period, false);
    if (catalogue_reporting(w->catalogue, w->definition, row, w->last, NULL) == REPORTS_PART &&
        (error = mark_unit(w, row, w->period, false)))
        return error;
    return rollup_is_joined(w->definition) ? mark_below(w, row) : CHISO_OK;
}

static int mark_below(struct work *w, const struct unit_row *row)
{
    size_t count;
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count; i++) {
        bool speaks =
            children[i]->kind == UNIT_DEPARTMENT &&
            catalogue_reporting(w->catalogue, w->definition, children[i], w->last, NULL) == REPORTS_WHOLE;
        int error =
            unit_row_valid(children[i], w->last) && !speaks ? mark_total(w, children[i], false) : CHISO_OK;
        if (error)
            return error;
    }
    return CHISO_OK;
}

/* indicator@kind sums the effective values of all units of the kind, whoever else speaks for the whole. */
static int mark_level(struct work *w, const struct unit_row *row)
{
    size_t count;
    int error = (int)row->kind == w->level ? mark_unit(w, row, w->period, false) : CHISO_OK;
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count && !error; i++)
        error = unit_row_valid(children[i], w->last) ? mark_level(w, children[i]) : CHISO_OK;
    return error;
}

int trail_collect(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct trail *out)
{
    struct work w = {.catalogue = catalogue,
        .store = store,
        .period = period,
        .indicator = indicator,
        .level = level,
        .out = out};
    *out = (struct trail){0};
    w.last = chiso_period_last(period, catalogue_indicator(catalogue, indicator)->calendar);
    w.definition = catalogue_indicator_at(catalogue, indicator, w.last);
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, w.last);
    if (!row || !w.definition)
        return CHISO_ENOTFOUND;
    int error = gather(&w, row);
    if (error || out->count == 0)
        return error;
    return level == STORE_NO_LEVEL ? mark_total(&w, row, true) : mark_level(&w, row);
}

void trail_release(struct trail *trail)
{
    free(trail->list);
    *trail = (struct trail){0};
}
