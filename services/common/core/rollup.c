/* Totals over units (STATISTICS S2, rules 2 to 5). The effective value of one unit is effective.c's.
 *
 * A total has up to two sides: what a whole reported and what the parts add up to. The parts of U are U's own
 * figure, if it is a part, and what the totals of its children contribute; so a total needs only the totals
 * one level below. */
#include "core/rollup.h"

#include "core/effective.h"
#include <assert.h>
#include <stdlib.h>

/* What every step needs; FIGURE_UNIT is the unit whose total is asked. */
struct work {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct indicator *definition;
    struct chiso_period period;
    chiso_day last; /* of the period, or of a unit that ended before */
    uint32_t indicator;
};

static int total_of_row(const struct work *w, const struct unit_row *row, int level, struct total *out);

bool rollup_is_joined(const struct indicator *definition)
{
    switch (definition->measure) {
    case MEASURE_RATIO:
    case MEASURE_COUNT:
    case MEASURE_AMOUNT:
    case MEASURE_MEAN:
    case MEASURE_MIN:
    case MEASURE_MAX:
    case MEASURE_SHARE:
        return true;
    default:
        return false;
    }
}

bool rollup_has_levels(const struct indicator *definition)
{
    return rollup_is_joined(definition) && (definition->level_kinds & (definition->level_kinds - 1)) != 0;
}

bool rollup_is_stored(const struct catalogue *catalogue, uint32_t unit, struct chiso_period period,
    enum chiso_calendar calendar)
{
    chiso_day first = chiso_period_first(period, calendar), last = chiso_period_last(period, calendar);
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, last);
    if (!row || period.kind == CHISO_PERIOD_NINE_MONTHS || !catalogue_has_children(catalogue, unit, last))
        return false;
    const struct unit_identity *identity = catalogue_identity(catalogue, row->identity);
    for (size_t i = 0; i < identity->split_count; i++) {
        if (first < identity->splits[i] && identity->splits[i] <= last)
            return false;
    }
    return true;
}

/* ---- revision and newest journal entry of the leaves behind a total ---- */

struct revisions {
    const struct work *work;
    uint32_t identity;
    uint32_t unit;
    struct total *total;
};

static int add_revision(void *context, struct chiso_period period, const struct leaf *leaf)
{
    struct revisions *r = context;
    const struct work *w = r->work;
    enum chiso_calendar calendar = w->definition->calendar;
    /* Intervals stand alone (S7): a leaf inside one does not touch its total. */
    bool inside = w->period.kind == CHISO_PERIOD_INTERVAL
                      ? chiso_period_equal(w->period, period)
                      : chiso_period_contains(w->period, period, calendar);
    if (!inside)
        return 0;
    const struct unit_row *row =
        catalogue_unit_at(w->catalogue, r->unit, chiso_period_last(period, calendar));
    if (!row || row->identity != r->identity)
        return 0;
    r->total->revision += leaf->revision;
    if (leaf->seq > r->total->seq)
        r->total->seq = leaf->seq;
    return 0;
}

static void add_own_revisions(const struct work *w, const struct unit_row *row, struct total *total)
{
    struct revisions r = {w, row->identity, row->code, total};
    store_each_leaf_of(w->store, row->code, w->indicator, add_revision, &r);
}

/* ---- sides ---- */

/* "All not applicable" is not applicable; not applicable beside something missing is not reported. */
static void settle_state(struct side *side)
{
    if (side->state == SIDE_NOT_APPLICABLE || side->state == SIDE_NONE)
        side->state = side->not_applicable > 0 && side->expected == 0 ? SIDE_NOT_APPLICABLE : SIDE_NONE;
}

static bool touches(const struct side *side)
{
    return side->reported || side->partial || side->expected || side->not_applicable;
}

/* Did the unit of ROW, its last one, end inside WINDOW without a successor? It stays a part of its last
 * parent (S2). */
static bool ended_inside(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period window, const struct indicator *definition)
{
    return row->to >= chiso_period_first(window, definition->calendar) &&
           row->to < chiso_period_last(window, definition->calendar) &&
           catalogue_identity(catalogue, row->identity)->to == row->to &&
           effective_outlives(catalogue, row, definition);
}

/* Is ROW, which names PARENT's code as its parent, a part of PARENT's total for the period? */
static bool is_child(const struct work *w, const struct unit_row *parent, const struct unit_row *row)
{
    if (unit_row_valid(row, chiso_period_last(w->period, w->definition->calendar)))
        return true;
    if (!ended_inside(w->catalogue, row, w->period, w->definition))
        return false;
    const struct unit_row *then = catalogue_unit_at(w->catalogue, parent->code, row->to);
    return then && then->identity == parent->identity;
}

/* The child's total from the store, or computed where none is kept. */
static int child_total(const struct work *w, const struct unit_row *child, int level, struct total *out)
{
    struct work ended = *w;
    if (unit_row_valid(child, chiso_period_last(w->period, w->definition->calendar)))
        return rollup_read(w->catalogue, w->store, child->code, w->period, w->indicator, level, out);
    ended.last = child->to;
    return total_of_row(&ended, child, level, out);
}

/* A department that speaks for the whole of its parent is no part of it. */
static bool is_whole_department(const struct work *w, const struct unit_row *child)
{
    return child->kind == UNIT_DEPARTMENT &&
           catalogue_reporting(w->catalogue, w->definition, child, w->last, NULL) == REPORTS_WHOLE;
}

/* Adds what the children contribute to PARTS, and the revisions of all of them to TOTAL. */
static int add_children(
    const struct work *w, const struct unit_row *row, int level, struct side *parts, struct total *total)
{
    size_t count;
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count; i++) {
        struct total child;
        if (!is_child(w, row, children[i]))
            continue;
        int error = child_total(w, children[i], level, &child);
        if (error)
            return error;
        total->revision += child.revision;
        if (child.seq > total->seq)
            total->seq = child.seq;
        if (level == STORE_NO_LEVEL &&
            (is_whole_department(w, children[i]) || !rollup_is_joined(w->definition)))
            continue;
        if ((error = side_join(parts, total_contribution(&child), effective_joining(w->definition))))
            return error;
    }
    return CHISO_OK;
}

/* ---- who speaks for the whole ---- */

struct whole {
    bool any, complete;
    struct side side; /* of the first complete speaker, else of the first with a partial figure, else of the
                         first that owes */
};

static bool is_complete(const struct side *side)
{
    return side->state == SIDE_NOT_APPLICABLE || (side_is_summable(side) && side->partial == 0);
}

/* Holds SIDE of the unit in ROW against the best speaker so far: complete before partial before silent, then
 * the order of whole_by. */
static void consider_whole(const struct work *w, const struct unit_row *row, const struct side *side,
    size_t *best_order, struct whole *whole)
{
    size_t order;
    if (catalogue_reporting(w->catalogue, w->definition, row, w->last, &order) != REPORTS_WHOLE)
        return;
    int rank = is_complete(side) ? 2 : side_is_summable(side) ? 1 : 0;
    int held = !whole->any ? -1 : whole->complete ? 2 : side_is_summable(&whole->side) ? 1 : 0;
    if (rank > held || (rank == held && order < *best_order)) {
        *whole = (struct whole){.any = true, .complete = rank == 2, .side = *side};
        *best_order = order;
    }
}

static int find_whole(
    const struct work *w, const struct unit_row *row, const struct side *own, struct whole *whole)
{
    size_t count, best_order = 0;
    if (w->definition->whole_by_count == 0)
        return CHISO_OK;
    consider_whole(w, row, own, &best_order, whole);
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count; i++) {
        struct side side;
        if (!unit_row_valid(children[i], w->last) || children[i]->kind != UNIT_DEPARTMENT)
            continue;
        int error =
            effective_side(w->catalogue, w->store, children[i], w->period, w->definition, NULL, &side);
        if (error)
            return error;
        consider_whole(w, children[i], &side, &best_order, whole);
    }
    return CHISO_OK;
}

/* ---- the total itself ---- */

/* U's own bare figure is shown at U, unless a complete figure speaks for the whole; what is added up above
 * are the parts. */
static void show_bare(const struct side *own, const struct whole *whole, struct total *total)
{
    if (own->state != SIDE_BARE || whole->complete)
        return;
    total->other = total->shown;
    total->has_other = true;
    total->shown = *own;
    total->basis = BASIS_REPORTED;
}

static void choose_side(const struct whole *whole, const struct side *parts, bool below, struct total *total)
{
    bool parts_speak = side_is_summable(parts) || parts->state == SIDE_NOT_APPLICABLE;
    if (whole->any && (whole->complete || (side_is_summable(&whole->side) && !parts_speak))) {
        total->shown = whole->side;
        total->basis = BASIS_REPORTED;
        if (touches(parts))
            total->other = *parts;
        total->has_other = touches(parts);
        return;
    }
    total->shown = *parts;
    if (side_is_summable(parts) || parts->state == SIDE_NOT_APPLICABLE)
        total->basis = below ? BASIS_DERIVED : BASIS_REPORTED;
    else
        total->basis = below ? BASIS_DERIVED : BASIS_NONE;
    if (whole->any && side_is_summable(&whole->side)) {
        total->other = whole->side;
        total->has_other = true;
    } else if (whole->any && parts->expected == 0 && !parts_speak) {
        /* Where no part owes anything, the unit that may speak for the whole is expected. */
        total->shown = whole->side;
    }
}

static int level_total(const struct work *w, const struct unit_row *row, int level, struct total *total)
{
    struct side below = {0};
    int error;
    if ((int)row->kind == level &&
        (error = effective_side(w->catalogue, w->store, row, w->period, w->definition, NULL, &total->shown)))
        return error;
    if ((int)row->kind == level)
        add_own_revisions(w, row, total);
    if ((error = add_children(w, row, level, &below, total)) ||
        (error = side_join(&total->shown, &below, effective_joining(w->definition))))
        return error;
    settle_state(&total->shown);
    if (touches(&below))
        total->basis = BASIS_DERIVED;
    else
        total->basis = total->shown.state == SIDE_NONE ? BASIS_NONE : BASIS_REPORTED;
    return CHISO_OK;
}

static int whole_total(const struct work *w, const struct unit_row *row, struct total *total)
{
    struct side own_shown, own, parts = {0}, below = {0};
    struct whole whole = {0};
    int error = effective_side(w->catalogue, w->store, row, w->period, w->definition, &own_shown, &own);
    if (error)
        return error;
    add_own_revisions(w, row, total);
    if (catalogue_reporting(w->catalogue, w->definition, row, w->last, NULL) == REPORTS_PART)
        parts = own;
    if ((error = add_children(w, row, STORE_NO_LEVEL, &below, total)) ||
        (error = side_join(&parts, &below, effective_joining(w->definition))) ||
        (error = find_whole(w, row, &own, &whole)))
        return error;
    settle_state(&parts);
    choose_side(&whole, &parts, touches(&below), total);
    show_bare(&own_shown, &whole, total);
    return CHISO_OK;
}

static int total_of_row(const struct work *w, const struct unit_row *row, int level, struct total *out)
{
    struct total total = {.scale = w->definition->input_decimals};
    int error = level == STORE_NO_LEVEL ? whole_total(w, row, &total) : level_total(w, row, level, &total);
    if (!error)
        *out = total;
    return error;
}

int rollup_total(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct total *out)
{
    const struct indicator *any = catalogue_indicator(catalogue, indicator);
    struct work w = {.catalogue = catalogue, .store = store, .period = period, .indicator = indicator};
    w.last = chiso_period_last(period, any->calendar);
    w.definition = catalogue_indicator_at(catalogue, indicator, w.last);
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, w.last);
    if (!row || !w.definition)
        return CHISO_ENOTFOUND;
    return total_of_row(&w, row, level, out);
}

int rollup_read(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct total *out)
{
    const struct total *stored = store_total(store, unit, period, indicator, level);
    if (!stored)
        return rollup_total(catalogue, store, unit, period, indicator, level, out);
    *out = *stored;
    return CHISO_OK;
}

bool rollup_may_have_figure(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level)
{
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    return store_total(store, unit, period, indicator, level) ||
           !rollup_is_stored(catalogue, unit, period, calendar);
}

/* ---- what a leaf touches ---- */

static int add_cell(struct rollup_cells *cells, struct rollup_cell cell)
{
    if (cells->count == cells->capacity) {
        size_t grown = cells->capacity ? cells->capacity * 2 : 64;
        struct rollup_cell *moved = realloc(cells->list, grown * sizeof *moved);
        if (!moved)
            return CHISO_ENOMEM;
        cells->list = moved;
        cells->capacity = grown;
    }
    cells->list[cells->count++] = cell;
    return CHISO_OK;
}

/* Who stands for the unit of ROW in WINDOW: its row on the last day, or, where it stays a part after its end,
 * its last one. NULL: nobody. */
static const struct unit_row *row_in(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period window, const struct indicator *definition)
{
    size_t count;
    const struct unit_row *now =
        catalogue_unit_at(catalogue, row->code, chiso_period_last(window, definition->calendar));
    if (now && now->identity == row->identity)
        return now;
    const struct unit_row *rows = catalogue_unit_rows(catalogue, row->code, &count);
    for (size_t i = count; i-- > 0;) {
        if (rows[i].identity == row->identity)
            return ended_inside(catalogue, &rows[i], window, definition) ? &rows[i] : NULL;
    }
    return NULL;
}

/* The unit above ROW in WINDOW; NULL at the top, or where the parent is another unit by then. */
static const struct unit_row *row_above(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period window, const struct indicator *definition)
{
    chiso_day last = chiso_period_last(window, definition->calendar);
    const struct unit_row *above = catalogue_parent_at(catalogue, row, row->to < last ? row->to : last);
    return above ? row_in(catalogue, above, window, definition) : NULL;
}

static int depth_of(const struct catalogue *catalogue, const struct unit_row *row, struct chiso_period window,
    const struct indicator *definition)
{
    int depth = 0;
    for (; row && row->kind != UNIT_PROVINCE; depth++)
        row = row_above(catalogue, row, window, definition);
    return depth;
}

/* The totals of one window: the unit and its ancestors up to the province. */
static int gather_window(struct rollup_cells *cells, const struct catalogue *catalogue,
    const struct unit_row *row, struct chiso_period window, const struct indicator *definition)
{
    int level = rollup_has_levels(definition) ? (int)row->kind : STORE_NO_LEVEL;
    int depth = depth_of(catalogue, row, window, definition), error = CHISO_OK;
    for (; row && row->kind != UNIT_NATION && !error; depth--) {
        if (rollup_is_stored(catalogue, row->code, window, definition->calendar)) {
            struct rollup_cell cell = {row->code, definition->id_index, window, STORE_NO_LEVEL, depth};
            error = add_cell(cells, cell);
            cell.level = level;
            if (!error && level != STORE_NO_LEVEL)
                error = add_cell(cells, cell);
        }
        row = row_above(catalogue, row, window, definition);
    }
    return error;
}

int rollup_gather(struct rollup_cells *cells, const struct catalogue *catalogue, uint32_t unit,
    struct chiso_period period, uint32_t indicator)
{
    struct chiso_period windows[5] = {period};
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    const struct unit_row *own = catalogue_unit_at(catalogue, unit, chiso_period_last(period, calendar));
    if (!own)
        return CHISO_ENOTFOUND;
    size_t count = 1 + chiso_period_containers(period, calendar, windows + 1);
    for (size_t i = 0; i < count; i++) {
        chiso_day last = chiso_period_last(windows[i], calendar);
        const struct indicator *definition = catalogue_indicator_at(catalogue, indicator, last);
        const struct unit_row *row = definition ? row_in(catalogue, own, windows[i], definition) : NULL;
        if (!row)
            continue;
        int error = gather_window(cells, catalogue, row, windows[i], definition);
        if (error)
            return error;
    }
    return CHISO_OK;
}

static int compare_cells(const void *a, const void *b)
{
    const struct rollup_cell *x = a, *y = b;
    if (x->depth != y->depth)
        return x->depth > y->depth ? -1 : 1;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    int period = chiso_period_compare(x->period, y->period);
    if (period)
        return period;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    return (x->level > y->level) - (x->level < y->level);
}

int rollup_settle(struct rollup_cells *cells, const struct catalogue *catalogue, struct store *store)
{
    size_t kept = 0;
    if (cells->count)
        qsort(cells->list, cells->count, sizeof *cells->list, compare_cells);
    for (size_t i = 0; i < cells->count; i++) {
        const struct rollup_cell cell = cells->list[i];
        struct total total;
        if (kept > 0 && compare_cells(&cells->list[kept - 1], &cell) == 0)
            continue;
        int error =
            rollup_total(catalogue, store, cell.unit, cell.period, cell.indicator, cell.level, &total);
        if (!error)
            error = store_set_total(store, cell.unit, cell.period, cell.indicator, cell.level, &total);
        if (error)
            return error;
        cells->list[kept++] = cell;
    }
    cells->count = kept;
    return CHISO_OK;
}

void rollup_cells_release(struct rollup_cells *cells)
{
    free(cells->list);
    *cells = (struct rollup_cells){0};
}

struct all {
    const struct catalogue *catalogue;
    struct rollup_cells cells;
};

static int gather_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct all *all = context;
    (void)leaf;
    int error = rollup_gather(&all->cells, all->catalogue, unit, period, indicator);
    return error == CHISO_ENOTFOUND ? CHISO_OK : error;
}

int rollup_all(const struct catalogue *catalogue, struct store *store)
{
    struct all all = {.catalogue = catalogue};
    int error = store_each_leaf(store, gather_leaf, &all);
    if (!error)
        error = rollup_settle(&all.cells, catalogue, store);
    rollup_cells_release(&all.cells);
    return error;
}
