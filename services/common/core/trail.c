#include "core/trail.h"

#include "core/boundaries.h"
#include "core/effective.h"
#include "core/list.h"
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
    bool *seen; /* by identity: its leaves are gathered */
    /* While one unit's leaves are gathered: */
    const struct unit_row *row;
    bool whole;
    size_t hint; /* where the last mark was set: marks come in nearly the order of the leaves */
};

static int add_leaf(struct trail *trail, const struct trail_leaf *leaf)
{
    if (LIST_GROW(trail->list, trail->count, trail->capacity))
        return CHISO_ENOMEM;
    trail->list[trail->count++] = *leaf;
    return CHISO_OK;
}

/* The day on which ROW's unit is looked at: the period's last, or its own. */
static chiso_day last_of(const struct work *w, const struct unit_row *row)
{
    return row->to < w->last ? row->to : w->last;
}

/* Do figures of sub-periods add up, so that those of former units count (STATISTICS S5)? */
static bool derives(const struct work *w)
{
    enum across_time across = w->definition->across_time;
    return across == ACROSS_SUM || across == ACROSS_MEAN || across == ACROSS_EXTREME ||
           across == ACROSS_FLOW_OVER_STOCK;
}

/* Did CHILD end inside the period without a successor, while its parent was the unit PARENT? */
static bool ended_under(const struct work *w, const struct unit_row *child, uint32_t parent)
{
    if (!effective_ended_inside(w->catalogue, child, w->period, w->definition))
        return false;
    const struct unit_row *then = catalogue_parent_at(w->catalogue, child, child->to);
    return then && then->identity == parent;
}

/* ---- all leaves ---- */

static int visit_leaf(void *context, struct chiso_period period, const struct leaf *leaf)
{
    struct work *w = context;
    enum chiso_calendar calendar = w->definition->calendar;
    bool other = catalogue_indicator_at(w->catalogue, w->indicator, chiso_period_last(period, calendar)) !=
                 w->definition;
    struct trail_leaf entry = {w->row->code, period, leaf, w->whole, false, other};
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

/* The leaves of ROW's unit, once. */
static int gather_unit(struct work *w, const struct unit_row *row)
{
    size_t first = w->out->count;
    if (w->seen[row->identity] || (w->level != STORE_NO_LEVEL && (int)row->kind != w->level))
        return CHISO_OK;
    w->seen[row->identity] = true;
    w->row = row;
    w->whole = catalogue_reporting(w->catalogue, w->definition, row, last_of(w, row), NULL) == REPORTS_WHOLE;
    int error = store_each_leaf_of(w->store, row->code, w->indicator, visit_leaf, w);
    if (!error && w->out->count > first)
        qsort(w->out->list + first, w->out->count - first, sizeof *w->out->list, compare_periods);
    return error;
}

/* ROW's unit and those below it on DAY, and those that ended inside the period without a successor. */
static int gather(struct work *w, const struct unit_row *row, chiso_day day)
{
    size_t count;
    int error = gather_unit(w, row);
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count && !error; i++) {
        if (unit_row_valid(children[i], day))
            error = gather(w, children[i], day);
        else if (ended_under(w, children[i], row->identity))
            error = gather(w, children[i], children[i]->to);
    }
    return error;
}

static chiso_day first_day(const struct work *w)
{
    return chiso_period_first(w->period, w->definition->calendar);
}

/* The units that wholly became ROW's inside the period; NULL after the last one. *AT begins at 0. */
static const struct unit_row *next_former(const struct work *w, const struct unit_row *row, size_t *at)
{
    size_t count;
    const struct succession *into = catalogue_successions_into(w->catalogue, row->identity, &count);
    while (*at < count) {
        const struct succession *succession = &into[(*at)++];
        const struct unit_identity *old = catalogue_identity(w->catalogue, succession->old_identity);
        if (succession->whole)
            return catalogue_unit_at(w->catalogue, old->code, old->to);
    }
    return NULL;
}

/* Also what ROW's unit was, or had below it, before the successions inside the period. */
static int gather_all(struct work *w, const struct unit_row *row)
{
    const struct unit_identity *identity = catalogue_identity(w->catalogue, row->identity);
    chiso_day last = last_of(w, row);
    const struct unit_row *former;
    int error = gather(w, row, last);
    for (size_t i = 0; i < identity->split_count && !error; i++) {
        chiso_day eve = identity->splits[i] - 1;
        if (first_day(w) <= eve && eve < last && identity->from <= eve && derives(w))
            error = gather(w, catalogue_unit_at(w->catalogue, row->code, eve), eve);
    }
    if (first_day(w) >= identity->from || !derives(w))
        return error;
    for (size_t at = 0; !error && (former = next_former(w, row, &at));)
        error = gather_all(w, former);
    return error;
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

static int mark_unit(struct work *w, const struct unit_row *row, struct chiso_period period, bool shown);

/* Before ROW's unit began: the units that wholly became it. */
static int mark_former(struct work *w, const struct unit_row *row, struct chiso_period period)
{
    const struct unit_row *former;
    int error = CHISO_OK;
    chiso_day last = chiso_period_last(period, w->definition->calendar);
    for (size_t at = 0; !error && (former = next_former(w, row, &at));) {
        bool earlier = last < catalogue_identity(w->catalogue, former->identity)->from;
        error = earlier ? mark_former(w, former, period) : mark_unit(w, former, period, false);
    }
    return error;
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
    if (!latest && !derives(w))
        return CHISO_OK;
    for (size_t i = chiso_period_parts(period, calendar, parts); i-- > 0;) {
        struct side side, part;
        chiso_day last = chiso_period_last(parts[i], calendar);
        const struct unit_row *then = catalogue_unit_at(w->catalogue, row->code, last);
        if (catalogue_indicator_at(w->catalogue, w->indicator, last) != w->definition)
            continue;
        if (last < catalogue_identity(w->catalogue, row->identity)->from) {
            int failed = derives(w) ? mark_former(w, row, parts[i]) : CHISO_OK;
            if (failed)
                return failed;
            continue;
        }
        if (!then && effective_ended_inside(w->catalogue, row, parts[i], w->definition))
            then = row;
        if (!then || then->identity != row->identity)
            continue;
        if (boundaries_straddles(w->catalogue, then, parts[i], w->definition)) {
            int failed = mark_unit(w, then, parts[i], false);
            if (failed)
                return failed;
            continue;
        }
        int error = effective_side(w->catalogue, w->store, then, parts[i], w->definition, &side, &part, NULL);
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
    enum total_told told = TOTAL_TOLD;
    int error =
        boundaries_straddles(w->catalogue, row, w->period, w->definition)
            ? boundaries_side(w->catalogue, w->store, row, w->period, w->definition, NULL, &s.side, &told)
            : effective_side(w->catalogue, w->store, row, w->period, w->definition, NULL, &s.side, NULL);
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
static int mark_by_time(struct work *w, const struct unit_row *row);

/* What the total of ROW's unit is made of; TOP: the one that is asked for, where a bare figure is shown. */
static int mark_total(struct work *w, const struct unit_row *row, bool top)
{
    struct total total;
    struct speaker speaker = {0};
    int error =
        rollup_read(w->catalogue, w->store, row->code, w->period, w->indicator, STORE_NO_LEVEL, &total);
    if (error)
        return error;
    if (total.told != TOTAL_TOLD)
        return CHISO_OK;
    if (total.by_time)
        return mark_by_time(w, row);
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

/* A unit that ended inside the period without a successor, and such ones below it. */
static int mark_ended(struct work *w, const struct unit_row *row)
{
    size_t count;
    bool part = catalogue_reporting(w->catalogue, w->definition, row, row->to, NULL) == REPORTS_PART;
    bool wanted = w->level == STORE_NO_LEVEL ? part : (int)row->kind == w->level;
    int error = wanted ? mark_unit(w, row, w->period, false) : CHISO_OK;
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count && !error; i++)
        error = ended_under(w, children[i], row->identity) ? mark_ended(w, children[i]) : CHISO_OK;
    return error;
}

/* Those that stay a part of what their last parent wholly became inside the period. */
static int mark_orphans(struct work *w, const struct unit_row *row)
{
    const struct unit_row *former;
    int error = CHISO_OK;
    if (first_day(w) >= catalogue_identity(w->catalogue, row->identity)->from)
        return CHISO_OK;
    for (size_t at = 0; !error && (former = next_former(w, row, &at));) {
        size_t count;
        const struct unit_row *const *children = catalogue_child_rows(w->catalogue, former->code, &count);
        for (size_t i = 0; i < count && !error; i++)
            error = ended_under(w, children[i], former->identity) ? mark_ended(w, children[i]) : CHISO_OK;
        if (!error)
            error = mark_orphans(w, former);
    }
    return error;
}

static int mark_below(struct work *w, const struct unit_row *row)
{
    size_t count;
    int error = CHISO_OK;
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count && !error; i++) {
        bool speaks =
            children[i]->kind == UNIT_DEPARTMENT &&
            catalogue_reporting(w->catalogue, w->definition, children[i], w->last, NULL) == REPORTS_WHOLE;
        if (unit_row_valid(children[i], w->last))
            error = speaks ? CHISO_OK : mark_total(w, children[i], false);
        else if (ended_under(w, children[i], row->identity))
            error = mark_ended(w, children[i]);
    }
    return error ? error : mark_orphans(w, row);
}

/* indicator@kind sums the effective values of all units of the kind, whoever else speaks for the whole. */
static int mark_level(struct work *w, const struct unit_row *row)
{
    size_t count;
    struct total total;
    int error = rollup_read(w->catalogue, w->store, row->code, w->period, w->indicator, w->level, &total);
    if (error || total.told != TOTAL_TOLD)
        return error;
    if (total.by_time)
        return mark_by_time(w, row);
    if ((int)row->kind == w->level)
        error = mark_unit(w, row, w->period, false);
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count && !error; i++) {
        if (unit_row_valid(children[i], w->last))
            error = mark_level(w, children[i]);
        else if (ended_under(w, children[i], row->identity))
            error = mark_ended(w, children[i]);
    }
    return error ? error : mark_orphans(w, row);
}

/* What the total of ROW's unit, as it was then or what became it, is made of in PERIOD. */
static int mark_in(struct work *w, const struct unit_row *row, struct chiso_period period, bool top)
{
    struct work part = *w;
    const struct unit_row *former;
    int error = CHISO_OK;
    part.period = period;
    part.last = chiso_period_last(period, w->definition->calendar);
    if (part.last >= catalogue_identity(w->catalogue, row->identity)->from) {
        const struct unit_row *then = catalogue_unit_at(w->catalogue, row->code, part.last);
        if (!then)
            return CHISO_OK;
        return w->level == STORE_NO_LEVEL ? mark_total(&part, then, top) : mark_level(&part, then);
    }
    for (size_t at = 0; !error && (former = next_former(w, row, &at));)
        error = mark_in(&part, former, period, false);
    return error;
}

static int mark_by_time(struct work *w, const struct unit_row *row)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    size_t count = chiso_period_parts(w->period, w->definition->calendar, parts);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++)
        error = mark_in(w, row, parts[i], false);
    return error;
}

/* Also for a period that ended before ROW's unit began. */
static int gather_former(struct work *w, const struct unit_row *row)
{
    const struct unit_row *former;
    int error = CHISO_OK;
    if (w->last >= catalogue_identity(w->catalogue, row->identity)->from)
        return gather_all(w, row);
    for (size_t at = 0; !error && (former = next_former(w, row, &at));)
        error = gather_former(w, former);
    return error;
}

int trail_collect_on(const struct catalogue *catalogue, const struct store *store, chiso_day day,
    uint32_t unit, struct chiso_period period, uint32_t indicator, int level, struct trail *out)
{
    struct work w = {.catalogue = catalogue,
        .store = store,
        .period = period,
        .indicator = indicator,
        .level = level,
        .out = out};
    struct total total;
    *out = (struct trail){0};
    w.last = chiso_period_last(period, catalogue_indicator(catalogue, indicator)->calendar);
    w.definition = catalogue_indicator_at(catalogue, indicator, w.last);
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, day);
    if (!row || !w.definition)
        return CHISO_ENOTFOUND;
    int error = boundaries_total(catalogue, store, unit, day, period, indicator, level, &total);
    if (error)
        return error;
    w.seen = calloc((size_t)catalogue_identity_count(catalogue) + 1, sizeof *w.seen);
    if (!w.seen)
        return CHISO_ENOMEM;
    if (w.last <= catalogue_identity(catalogue, row->identity)->to) /* else another unit has the code */
        error = gather_former(&w, row);
    if (!error && out->count > 0 && total.told == TOTAL_TOLD)
        error = mark_in(&w, row, period, true);
    free(w.seen);
    return error;
}

int trail_collect(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct trail *out)
{
    chiso_day last = chiso_period_last(period, catalogue_indicator(catalogue, indicator)->calendar);
    return trail_collect_on(catalogue, store, last, unit, period, indicator, level, out);
}

void trail_release(struct trail *trail)
{
    free(trail->list);
    *trail = (struct trail){0};
}
