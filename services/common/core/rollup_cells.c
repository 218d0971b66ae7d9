/* Which totals a reported figure touches, and what becomes of them. */
#include "core/effective.h"
#include "core/rollup.h"
#include <stdlib.h>
#include <string.h>

#define WINDOWS_MAX 5 /* a period and its containers */

/* A total above the unit that is gathered. */
struct step {
    uint32_t unit;
    int depth, window;
    uint32_t place; /* of the unit's row among the children of UNIT; NO_PLACE: it is not right below */
};
#define NO_PLACE UINT32_MAX

/* A unit reports many indicators for one period, and all of them rise along the same path. */
struct rollup_path {
    bool known;
    const struct catalogue *catalogue;
    uint32_t unit;
    struct chiso_period period, windows[WINDOWS_MAX];
    enum chiso_calendar calendar;
    bool outlives; /* the unit stays a part after its end: effective_outlives */
    int window_count;
    chiso_day last[WINDOWS_MAX]; /* of each window */
    int kinds[WINDOWS_MAX]; /* the unit's kind in each window */
    size_t count;
    struct step steps[WINDOWS_MAX * (CATALOGUE_DEPTH_MAX + 2)];
};

struct rollup_touch {
    uint32_t cell, place;
};

static int grow(void **list, size_t *capacity, size_t size, size_t first)
{
    size_t grown = *capacity ? *capacity * 2 : first;
    void *moved = realloc(*list, grown * size);
    if (!moved)
        return CHISO_ENOMEM;
    *list = moved;
    *capacity = grown;
    return CHISO_OK;
}

/* ---- a set of cells ---- */

static bool same_cell(const struct rollup_cell *a, const struct rollup_cell *b)
{
    return a->unit == b->unit && a->indicator == b->indicator && a->level == b->level &&
           chiso_period_equal(a->period, b->period);
}

static size_t hash_of(const struct rollup_cell *cell)
{
    uint64_t h = (uint64_t)cell->unit << 32 | cell->indicator;
    h = (h ^ (uint64_t)(uint32_t)cell->period.a << 32 ^ (uint64_t)(uint32_t)cell->period.b << 8 ^
            (uint64_t)cell->period.kind << 4 ^ (uint64_t)(cell->level + 1)) *
        UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return (size_t)(h ^ h >> 32);
}

/* The slot that holds CELL, or the free one where it belongs. */
static uint32_t *slot_of(const struct rollup_cells *cells, const struct rollup_cell *cell)
{
    size_t mask = cells->slot_count - 1;
    for (size_t at = hash_of(cell) & mask;; at = (at + 1) & mask) {
        uint32_t *slot = &cells->slots[at];
        if (*slot == 0 || same_cell(&cells->list[*slot - 1], cell))
            return slot;
    }
}

/* At most half of the slots are taken. */
static int reserve_slots(struct rollup_cells *cells)
{
    if (cells->slot_count >= 2 * (cells->count + 1))
        return CHISO_OK;
    size_t count = cells->slot_count ? cells->slot_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return CHISO_ENOMEM;
    free(cells->slots);
    cells->slots = slots;
    cells->slot_count = count;
    for (size_t i = 0; i < cells->count; i++)
        *slot_of(cells, &cells->list[i]) = (uint32_t)i + 1;
    return CHISO_OK;
}

/* Adds CELL unless it is there; PLACE of what is below it is touched. */
static int add_cell(struct rollup_cells *cells, struct rollup_cell cell, uint32_t place)
{
    void *list = cells->list, *touched = cells->touched;
    if (reserve_slots(cells) ||
        (cells->count == cells->capacity && grow(&list, &cells->capacity, sizeof cell, 64)))
        return CHISO_ENOMEM;
    cells->list = list;
    uint32_t *slot = slot_of(cells, &cell);
    if (*slot == 0) {
        cells->list[cells->count++] = cell;
        *slot = (uint32_t)cells->count;
    }
    if (place == NO_PLACE)
        return CHISO_OK;
    if (cells->touched_count == cells->touched_capacity &&
        grow(&touched, &cells->touched_capacity, sizeof *cells->touched, 64))
        return CHISO_ENOMEM;
    cells->touched = touched;
    cells->touched[cells->touched_count++] = (struct rollup_touch){*slot - 1, place};
    return CHISO_OK;
}

/* ---- the path above a unit ---- */

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
            return effective_ended_inside(catalogue, &rows[i], window, definition) ? &rows[i] : NULL;
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

/* The place of ROW among the rows that name UNIT as their parent; they stand in the order of all rows. */
static uint32_t place_under(const struct catalogue *catalogue, uint32_t unit, const struct unit_row *row)
{
    size_t count, low = 0;
    const struct unit_row *const *children = catalogue_child_rows(catalogue, unit, &count);
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (children[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && children[low] == row ? (uint32_t)low : NO_PLACE;
}

/* The stored totals of one window: the unit's own and those above it, up to the province. */
static void add_steps(
    struct rollup_path *path, const struct unit_row *own, int window, const struct indicator *definition)
{
    const struct catalogue *catalogue = path->catalogue;
    int depth = depth_of(catalogue, own, path->windows[window], definition), above = 0;
    const struct unit_row *row = own;
    for (; row && row->kind != UNIT_NATION; depth--, above++) {
        if (rollup_is_stored(catalogue, row->code, path->windows[window], path->calendar))
            path->steps[path->count++] = (struct step){.unit = row->code,
                .depth = depth,
                .window = window,
                .place = above == 1 ? place_under(catalogue, row->code, own) : NO_PLACE};
        row = row_above(catalogue, row, path->windows[window], definition);
    }
}

static void find_path(struct rollup_path *path, const struct unit_row *own, const struct indicator *any)
{
    path->windows[0] = path->period;
    path->window_count = 1 + (int)chiso_period_containers(path->period, path->calendar, path->windows + 1);
    path->count = 0;
    for (int i = 0; i < path->window_count; i++) {
        const struct unit_row *row = row_in(path->catalogue, own, path->windows[i], any);
        path->last[i] = chiso_period_last(path->windows[i], path->calendar);
        path->kinds[i] = row ? (int)row->kind : STORE_NO_LEVEL;
        if (row)
            add_steps(path, row, i, any);
    }
    path->known = true;
}

/* Calendar and across_time, on which the path depends, are the same in all versions of a definition. */
static int path_to(struct rollup_cells *cells, const struct catalogue *catalogue, uint32_t unit,
    struct chiso_period period, const struct indicator *any)
{
    const struct unit_row *own = catalogue_unit_at(catalogue, unit, chiso_period_last(period, any->calendar));
    if (!own)
        return CHISO_ENOTFOUND;
    if (!cells->path && !(cells->path = calloc(1, sizeof *cells->path)))
        return CHISO_ENOMEM;
    struct rollup_path *path = cells->path;
    bool outlives = effective_outlives(catalogue, own, any);
    if (path->known && path->catalogue == catalogue && path->unit == unit &&
        chiso_period_equal(path->period, period) && path->calendar == any->calendar &&
        path->outlives == outlives)
        return CHISO_OK;
    path->known = false;
    path->catalogue = catalogue;
    path->unit = unit;
    path->period = period;
    path->calendar = any->calendar;
    path->outlives = outlives;
    find_path(path, own, any);
    return CHISO_OK;
}

int rollup_gather(struct rollup_cells *cells, const struct catalogue *catalogue, uint32_t unit,
    struct chiso_period period, uint32_t indicator)
{
    const struct indicator *definitions[WINDOWS_MAX];
    int error = path_to(cells, catalogue, unit, period, catalogue_indicator(catalogue, indicator));
    if (error)
        return error;
    if (cells->count == 0 && cells->slot_count) {
        memset(cells->slots, 0, cells->slot_count * sizeof *cells->slots);
        cells->touched_count = 0;
    }
    const struct rollup_path *path = cells->path;
    for (int i = 0; i < path->window_count; i++)
        definitions[i] = catalogue_indicator_at(catalogue, indicator, path->last[i]);
    for (size_t i = 0; i < path->count && !error; i++) {
        const struct step *step = &path->steps[i];
        const struct indicator *definition = definitions[step->window];
        struct rollup_cell cell = {
            step->unit, indicator, path->windows[step->window], STORE_NO_LEVEL, step->depth};
        if (!definition)
            continue;
        error = add_cell(cells, cell, step->place);
        cell.level = path->kinds[step->window];
        if (!error && rollup_has_levels(definition))
            error = add_cell(cells, cell, step->place);
    }
    return error;
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
    for (size_t i = 0; i < cells->touched_count; i++) {
        const struct rollup_cell *cell = &cells->list[cells->touched[i].cell];
        store_forget_part(
            store, cell->unit, cell->period, cell->indicator, cell->level, cells->touched[i].place);
    }
    cells->touched_count = 0;
    if (cells->count)
        qsort(cells->list, cells->count, sizeof *cells->list, compare_cells);
    for (size_t i = 0; i < cells->count; i++) {
        const struct rollup_cell cell = cells->list[i];
        struct total total;
        int error =
            rollup_total_kept(catalogue, store, cell.unit, cell.period, cell.indicator, cell.level, &total);
        if (!error)
            error = store_set_total(store, cell.unit, cell.period, cell.indicator, cell.level, &total);
        if (error)
            return error;
    }
    return CHISO_OK;
}

void rollup_cells_release(struct rollup_cells *cells)
{
    free(cells->list);
    free(cells->slots);
    free(cells->touched);
    free(cells->path);
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
