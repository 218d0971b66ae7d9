/* Which totals a reported figure touches, and what becomes of them. */
#include "core/boundaries.h"
#include "core/effective.h"
#include "core/rollup.h"
#include <stdlib.h>
#include <string.h>

#define WINDOWS_MAX 5 /* a period and its containers */
#define CHAIN_MAX (CATALOGUE_DEPTH_MAX + 2) /* a unit and those above it */

/* A period and its days: they are asked for at every step of a path. */
struct window {
    struct chiso_period period;
    chiso_day first, last;
    uint32_t bit; /* its place among the windows of its year; 0: it is none */
};

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
    const struct unit_row *own; /* the unit's, on the last day of PERIOD */
    uint32_t unit;
    struct chiso_period period;
    enum chiso_calendar calendar;
    bool outlives; /* the unit stays a part after its end: effective_outlives */
    int window_count;
    struct window windows[WINDOWS_MAX];
    int kinds[WINDOWS_MAX]; /* the unit's kind in each window */
    size_t count;
    struct step steps[WINDOWS_MAX * CHAIN_MAX];
};

/* What one unit reported of an indicator in a year, and in which windows. A batch often brings many months of it,
 * and what they give to the quarters, halves and the year is then computed once, and together. */
struct rollup_series {
    uint32_t unit, identity, indicator;
    int32_t year;
    uint32_t windows; /* bits by store_window: those that hold a changed leaf */
    uint32_t touch; /* the newest: place + 1 in the list; 0: none */
};

struct rollup_touch {
    uint32_t cell, place;
    uint32_t next; /* of the same series: place + 1; 0: the last */
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

/* ---- sets of cells and of series: hashes of their lists ---- */

struct rollup_slot {
    uint32_t place; /* + 1; 0: free */
    uint32_t hash;
};

static uint32_t mixed(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)(h ^ h >> 32);
}

static uint32_t hash_of_cell(const struct rollup_cell *cell)
{
    return mixed((uint64_t)cell->unit << 32 | cell->indicator,
        (uint64_t)(uint32_t)cell->period.a << 32 ^ (uint64_t)(uint32_t)cell->period.b << 8 ^
            (uint64_t)cell->period.kind << 4 ^ (uint64_t)(cell->level + 1));
}

static uint32_t hash_of_series(const struct rollup_series *series)
{
    return mixed(
        (uint64_t)series->identity << 32 | series->indicator, (uint64_t)(uint32_t)series->year << 20);
}

/* Room for one more than COUNT; at most half of the slots are taken. */
static int reserve_slot(struct rollup_set *set, size_t count)
{
    if (set->count >= 2 * (count + 1))
        return CHISO_OK;
    struct rollup_set grown = {.count = set->count ? set->count * 2 : 256};
    if (!(grown.slots = calloc(grown.count, sizeof *grown.slots)))
        return CHISO_ENOMEM;
    for (size_t i = 0; i < set->count; i++) {
        size_t at = set->slots[i].hash & (grown.count - 1);
        while (set->slots[i].place && grown.slots[at].place)
            at = (at + 1) & (grown.count - 1);
        if (set->slots[i].place)
            grown.slots[at] = set->slots[i];
    }
    free(set->slots);
    *set = grown;
    return CHISO_OK;
}

/* The next slot after *AT (before the first: HASH) that may hold something of HASH, or is free. */
static struct rollup_slot *next_slot(const struct rollup_set *set, uint32_t hash, size_t *at)
{
    for (;; (*at)++) {
        struct rollup_slot *slot = &set->slots[*at & (set->count - 1)];
        if (slot->place == 0 || slot->hash == hash)
            return slot;
    }
}

static void clear_set(struct rollup_set *set)
{
    if (set->count)
        memset(set->slots, 0, set->count * sizeof *set->slots);
}

static bool same_cell(const struct rollup_cell *a, const struct rollup_cell *b)
{
    return a->unit == b->unit && a->indicator == b->indicator && a->level == b->level &&
           chiso_period_equal(a->period, b->period);
}

/* The place of CELL in the list, where it is added unless it is there. */
static int add_cell(struct rollup_cells *cells, const struct rollup_cell *cell, uint32_t *place)
{
    uint32_t hash = hash_of_cell(cell);
    size_t at = hash;
    if (reserve_slot(&cells->set, cells->count) ||
        (cells->count == cells->capacity &&
            grow((void **)&cells->list, &cells->capacity, sizeof *cells->list, 64)))
        return CHISO_ENOMEM;
    struct rollup_slot *slot = next_slot(&cells->set, hash, &at);
    while (slot->place && !same_cell(&cells->list[slot->place - 1], cell)) {
        at++;
        slot = next_slot(&cells->set, hash, &at);
    }
    if (!slot->place) {
        cells->list[cells->count++] = *cell;
        *slot = (struct rollup_slot){(uint32_t)cells->count, hash};
    }
    *place = slot->place - 1;
    return CHISO_OK;
}

static bool same_series(const struct rollup_series *a, const struct rollup_series *b)
{
    return a->identity == b->identity && a->indicator == b->indicator && a->year == b->year;
}

static int add_series(struct rollup_cells *cells, const struct rollup_series *wanted, uint32_t *place)
{
    uint32_t hash = hash_of_series(wanted);
    size_t at = hash;
    if (reserve_slot(&cells->series_set, cells->series_count) ||
        (cells->series_count == cells->series_capacity &&
            grow((void **)&cells->series, &cells->series_capacity, sizeof *cells->series, 64)))
        return CHISO_ENOMEM;
    struct rollup_slot *slot = next_slot(&cells->series_set, hash, &at);
    while (slot->place && !same_series(&cells->series[slot->place - 1], wanted)) {
        at++;
        slot = next_slot(&cells->series_set, hash, &at);
    }
    if (!slot->place) {
        cells->series[cells->series_count++] = *wanted;
        *slot = (struct rollup_slot){(uint32_t)cells->series_count, hash};
    }
    *place = slot->place - 1;
    return CHISO_OK;
}

/* PLACE among the units below CELL is touched, by the series of a place. */
static int add_touch(struct rollup_cells *cells, uint32_t series, uint32_t cell, uint32_t place)
{
    if (cells->touched_count == cells->touched_capacity &&
        grow((void **)&cells->touched, &cells->touched_capacity, sizeof *cells->touched, 64))
        return CHISO_ENOMEM;
    cells->touched[cells->touched_count++] = (struct rollup_touch){cell, place, cells->series[series].touch};
    cells->series[series].touch = (uint32_t)cells->touched_count;
    return CHISO_OK;
}

/* ---- the path above a unit ---- */

/* Who stands for the unit of ROW in WINDOW: its row on the last day, or, where it stays a part after its end,
 * its last one. NULL: nobody. */
static const struct unit_row *row_in(const struct catalogue *catalogue, const struct unit_row *row,
    const struct window *window, const struct indicator *definition)
{
    size_t count;
    const struct unit_row *now = catalogue_unit_at(catalogue, row->code, window->last);
    if (now && now->identity == row->identity)
        return now;
    const struct unit_row *rows = catalogue_unit_rows(catalogue, row->code, &count);
    for (size_t i = count; i-- > 0;) {
        if (rows[i].identity == row->identity)
            return effective_ended_inside(catalogue, &rows[i], window->period, definition) ? &rows[i] : NULL;
    }
    return NULL;
}

/* The unit above ROW in WINDOW; NULL at the top, or where the parent is another unit by then. */
static const struct unit_row *row_above(const struct catalogue *catalogue, const struct unit_row *row,
    const struct window *window, const struct indicator *definition)
{
    if (row->to >= window->last)
        return catalogue_parent_at(catalogue, row, window->last);
    const struct unit_row *above = catalogue_parent_at(catalogue, row, row->to);
    return above ? row_in(catalogue, above, window, definition) : NULL;
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
    struct rollup_path *path, const struct unit_row *own, int at, const struct indicator *definition)
{
    const struct catalogue *catalogue = path->catalogue;
    const struct window *window = &path->windows[at];
    const struct unit_row *chain[CHAIN_MAX];
    int count = 0, province = -1;
    for (const struct unit_row *row = own; row && count < CHAIN_MAX;
         row = row_above(catalogue, row, window, definition)) {
        if (row->kind == UNIT_PROVINCE && province < 0)
            province = count;
        chain[count++] = row;
    }
    for (int i = 0; i < count && chain[i]->kind != UNIT_NATION; i++) {
        if (unit_row_valid(chain[i], window->last) &&
            rollup_is_kept(catalogue, chain[i], window->period, window->first, window->last))
            path->steps[path->count++] = (struct step){.unit = chain[i]->code,
                .depth = (province < 0 ? count : province) - i,
                .window = at,
                .place = i == 1 ? place_under(catalogue, chain[i]->code, own) : NO_PLACE};
    }
}

static void find_windows(struct rollup_path *path)
{
    struct chiso_period periods[WINDOWS_MAX] = {path->period};
    path->window_count = 1 + (int)chiso_period_containers(path->period, path->calendar, periods + 1);
    for (int i = 0; i < path->window_count; i++) {
        int place = store_window(periods[i]);
        path->windows[i] = (struct window){periods[i], chiso_period_first(periods[i], path->calendar),
            chiso_period_last(periods[i], path->calendar), place < 0 ? 0 : UINT32_C(1) << place};
    }
}

static void find_steps(struct rollup_path *path, const struct indicator *any)
{
    path->count = 0;
    for (int i = 0; i < path->window_count; i++) {
        const struct unit_row *row = row_in(path->catalogue, path->own, &path->windows[i], any);
        path->kinds[i] = row ? (int)row->kind : STORE_NO_LEVEL;
        if (row)
            add_steps(path, row, i, any);
    }
}

/* Calendar and across_time, on which the path depends, are the same in all versions of a definition. Units often
 * report for the same period one after the other. */
static int path_to(struct rollup_cells *cells, const struct catalogue *catalogue, uint32_t unit,
    struct chiso_period period, const struct indicator *any)
{
    if (!cells->path && !(cells->path = calloc(1, sizeof *cells->path)))
        return CHISO_ENOMEM;
    struct rollup_path *path = cells->path;
    bool same_period = path->known && path->catalogue == catalogue &&
                       chiso_period_equal(path->period, period) && path->calendar == any->calendar;
    if (same_period && path->unit == unit && path->outlives == effective_outlives(catalogue, path->own, any))
        return CHISO_OK;
    path->known = false;
    path->catalogue = catalogue;
    path->unit = unit;
    path->period = period;
    path->calendar = any->calendar;
    if (!same_period)
        find_windows(path);
    if (!(path->own = catalogue_unit_at(catalogue, unit, path->windows[0].last)))
        return CHISO_ENOTFOUND;
    path->outlives = effective_outlives(catalogue, path->own, any);
    find_steps(path, any);
    path->known = true;
    return CHISO_OK;
}

/* The totals of one step of the path, for an indicator that DEFINITION defines in the step's window. */
static int gather_step(
    struct rollup_cells *cells, const struct step *step, uint32_t series, const struct indicator *definition)
{
    const struct rollup_path *path = cells->path;
    const int levels[] = {STORE_NO_LEVEL, path->kinds[step->window]};
    for (int i = 0; i < 1 + rollup_has_levels(definition); i++) {
        struct rollup_cell cell = {
            step->unit, definition->id_index, path->windows[step->window].period, levels[i], step->depth};
        uint32_t at;
        int error = add_cell(cells, &cell, &at);
        if (!error && step->place != NO_PLACE)
            error = add_touch(cells, series, at, step->place);
        if (error)
            return error;
    }
    return CHISO_OK;
}

/* The catalogue may be another one, also where it stands in the same place. */
static void begin_batch(struct rollup_cells *cells)
{
    clear_set(&cells->set);
    clear_set(&cells->series_set);
    cells->touched_count = cells->series_count = 0;
    if (cells->path)
        cells->path->known = false;
}

int rollup_gather(struct rollup_cells *cells, const struct catalogue *catalogue, uint32_t unit,
    struct chiso_period period, uint32_t indicator)
{
    uint32_t place, known;
    if (cells->count == 0)
        begin_batch(cells);
    int error = path_to(cells, catalogue, unit, period, catalogue_indicator(catalogue, indicator));
    if (error)
        return error;
    const struct rollup_path *path = cells->path;
    const struct rollup_series wanted = {unit, path->own->identity, indicator,
        chiso_period_year_in(path->windows[path->window_count - 1].period, path->calendar), 0, 0};
    if ((error = add_series(cells, &wanted, &place)))
        return error;
    known = cells->series[place].windows;
    for (size_t i = 0; i < path->count && !error; i++) {
        const struct step *step = &path->steps[i];
        const struct window *window = &path->windows[step->window];
        const struct indicator *definition =
            known & window->bit ? NULL : catalogue_indicator_at(catalogue, indicator, window->last);
        if (definition)
            error = gather_step(cells, step, place, definition);
    }
    for (int i = 0; i < path->window_count && !error; i++)
        cells->series[place].windows |= path->windows[i].bit;
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

/* Is what the unit gives to the totals above just its effective value, all through the year? That is so for a part
 * with nothing below, in one piece. */
static bool is_simple(struct effective_year *year, const struct catalogue *catalogue,
    const struct store *store, const struct rollup_series *series)
{
    size_t below;
    enum chiso_calendar calendar = catalogue_indicator(catalogue, series->indicator)->calendar;
    struct chiso_period whole = {CHISO_PERIOD_YEAR, series->year, 0};
    chiso_day first = chiso_period_first(whole, calendar), last = chiso_period_last(whole, calendar);
    const struct indicator *definition = catalogue_indicator_at(catalogue, series->indicator, last);
    const struct unit_row *row = catalogue_unit_at(catalogue, series->unit, last);
    catalogue_child_rows(catalogue, series->unit, &below);
    return below == 0 && definition && row && row->identity == series->identity &&
           rollup_is_joined(definition) && !boundaries_split(catalogue, row, first, last) &&
           store_covers(store, catalogue_province_at(catalogue, series->unit, last)) &&
           catalogue_reporting(catalogue, definition, row, last, NULL) == REPORTS_PART &&
           effective_year_begin(year, catalogue, store, row, series->year, definition);
}

/* What the series gives to each total that it touches: made for all of them together where that is simple, otherwise
 * forgotten, and made with the total. */
static int settle_series(struct rollup_cells *cells, const struct catalogue *catalogue, struct store *store,
    const struct rollup_series *series)
{
    bool simple = is_simple(cells->year, catalogue, store, series);
    for (uint32_t at = series->touch; at; at = cells->touched[at - 1].next) {
        const struct rollup_touch *touch = &cells->touched[at - 1];
        const struct rollup_cell *cell = &cells->list[touch->cell];
        struct total_part part = {0}, *parts;
        const struct side *side;
        uint64_t revision, seq;
        size_t count;
        int error =
            simple ? effective_year_part(cells->year, cell->period, &side, &revision, &seq) : CHISO_OK;
        if (error)
            return error;
        if (simple)
            (void)total_part_make(revision, seq, side, &part);
        catalogue_child_rows(catalogue, cell->unit, &count);
        parts = store_parts(store, cell->unit, cell->period, cell->indicator, cell->level, count);
        if (parts)
            parts[touch->place] = part;
    }
    return CHISO_OK;
}

int rollup_settle(struct rollup_cells *cells, const struct catalogue *catalogue, struct store *store)
{
    int error = CHISO_OK;
    if (!cells->year && !(cells->year = effective_year_new()))
        return CHISO_ENOMEM;
    for (size_t i = 0; i < cells->series_count && !error; i++)
        error = settle_series(cells, catalogue, store, &cells->series[i]);
    cells->touched_count = cells->series_count = 0;
    if (cells->count)
        qsort(cells->list, cells->count, sizeof *cells->list, compare_cells);
    for (size_t i = 0; i < cells->count && !error; i++) {
        const struct rollup_cell cell = cells->list[i];
        struct total total;
        error =
            rollup_total_kept(catalogue, store, cell.unit, cell.period, cell.indicator, cell.level, &total);
        if (!error)
            error = store_set_total(store, cell.unit, cell.period, cell.indicator, cell.level, &total);
    }
    return error;
}

void rollup_cells_release(struct rollup_cells *cells)
{
    free(cells->list);
    free(cells->set.slots);
    free(cells->series);
    free(cells->series_set.slots);
    free(cells->touched);
    free(cells->path);
    free(cells->year);
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
