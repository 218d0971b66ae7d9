/* Which totals a reported figure touches, and what becomes of them. */
#include "core/effective.h"
#include "core/rollup.h"
#include <stdlib.h>

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
