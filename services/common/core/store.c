/* Rows by (unit, period), as the Redis hashes are; in a row, leaves and totals sorted by indicator. The windows
 * of a year, which are looked up whenever a year is put together, stand in a table of the unit's. Days and
 * intervals are found through a hash, and are linked, because revisions are summed over whatever lies in a
 * window. */
#include "core/store.h"

#include "core/list.h"
#include <stdlib.h>
#include <string.h>

/* uthash stops the program without memory unless told otherwise. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(added) ((void)((added)->failed = true))
#include <uthash.h>

struct row_key {
    uint32_t unit;
    uint32_t kind;
    int32_t a, b;
};

struct total_cell {
    uint64_t field; /* indicator and level, see field_of */
    struct total *total; /* NULL: none yet, only parts */
    struct total_part *parts; /* NULL: no memo */
    size_t part_count;
};

struct store_row {
    struct row_key key;
    struct chiso_period period;
    struct store_row *next_of_unit; /* of days and intervals */
    uint32_t *indicators; /* of the leaves, apart from them: they are searched */
    struct leaf *leaves;
    struct total_cell *totals;
    uint32_t leaf_count, leaf_capacity, total_count, total_capacity;
    bool failed;
    UT_hash_handle hh;
};

/* The rows of a unit's windows of one year. */
struct unit_year {
    int32_t year;
    struct unit_year *older; /* in no order but that of arrival */
    struct store_row *rows[STORE_WINDOWS];
};

/* The rows of one unit, and the kinds of period among them. */
struct unit_rows {
    struct store_row *others; /* days and intervals */
    struct unit_year *years;
    unsigned kinds; /* with leaves */
};

struct store_closing {
    uint32_t province;
    struct closing closing;
};

struct store {
    struct store_row *rows;
    struct unit_rows *of_unit;
    uint32_t of_unit_count;
    struct chiso_period *periods; /* those with a leaf, newest first */
    size_t period_count, period_capacity;
    struct store_closing *closings; /* few: a province closes some dozen periods a year */
    size_t closing_count, closing_capacity;
    size_t bytes; /* of rows and years, all that is in them included */
    size_t parts_bytes; /* of these: the memos */
    uint32_t *provinces; /* holds those only; none: whatever it is asked for */
    size_t province_count;
};

struct store *store_new(void)
{
    return calloc(1, sizeof(struct store));
}

static void free_years(struct unit_year *year)
{
    while (year) {
        struct unit_year *older = year->older;
        free(year);
        year = older;
    }
}

void store_clear(struct store *store)
{
    struct store_row *row, *next;
    HASH_ITER(hh, store->rows, row, next)
    {
        HASH_DEL(store->rows, row);
        for (uint32_t i = 0; i < row->total_count; i++) {
            free(row->totals[i].total);
            free(row->totals[i].parts);
        }
        free(row->totals);
        free(row->indicators);
        free(row->leaves);
        free(row);
    }
    for (uint32_t unit = 0; unit < store->of_unit_count; unit++)
        free_years(store->of_unit[unit].years);
    if (store->of_unit)
        memset(store->of_unit, 0, store->of_unit_count * sizeof *store->of_unit);
    store->period_count = store->closing_count = store->province_count = 0;
    store->bytes = store->parts_bytes = 0;
}

size_t store_bytes(const struct store *store)
{
    return store->bytes;
}

void store_free(struct store *store)
{
    if (!store)
        return;
    store_clear(store);
    free(store->of_unit);
    free(store->periods);
    free(store->closings);
    free(store->provinces);
    free(store);
}

bool store_covers(const struct store *store, uint32_t province)
{
    for (size_t i = 0; i < store->province_count; i++) {
        if (store->provinces[i] == province)
            return true;
    }
    return store->province_count == 0;
}

int store_narrow(struct store *store, uint32_t province)
{
    if (store->province_count > 0 && store_covers(store, province))
        return CHISO_OK;
    uint32_t *provinces = realloc(store->provinces, (store->province_count + 1) * sizeof *provinces);
    if (!provinces)
        return CHISO_ENOMEM;
    provinces[store->province_count++] = province;
    store->provinces = provinces;
    return CHISO_OK;
}

static struct row_key key_of(uint32_t unit, struct chiso_period period)
{
    return (struct row_key){unit, (uint32_t)period.kind, period.a, period.b};
}

static struct unit_year *find_year(const struct store *store, uint32_t unit, int32_t year)
{
    struct unit_year *at = unit < store->of_unit_count ? store->of_unit[unit].years : NULL;
    while (at && at->year != year)
        at = at->older;
    return at;
}

static struct store_row *find_row(const struct store *store, uint32_t unit, struct chiso_period period)
{
    struct row_key key = key_of(unit, period);
    struct store_row *row;
    int place = store_window(period);
    if (place >= 0) {
        const struct unit_year *year = find_year(store, unit, period.a);
        return year ? year->rows[place] : NULL;
    }
    HASH_FIND(hh, store->rows, &key, sizeof key, row);
    return row;
}

static int reserve_unit(struct store *store, uint32_t unit)
{
    if (unit < store->of_unit_count)
        return CHISO_OK;
    uint32_t count = unit + 1 > 2 * store->of_unit_count ? unit + 1 : 2 * store->of_unit_count;
    struct unit_rows *grown = realloc(store->of_unit, count * sizeof *grown);
    if (!grown)
        return CHISO_ENOMEM;
    memset(grown + store->of_unit_count, 0, (count - store->of_unit_count) * sizeof *grown);
    store->of_unit = grown;
    store->of_unit_count = count;
    return CHISO_OK;
}

/* Where a window's row is to stand; NULL without memory. UNIT is reserved. */
static struct store_row **reserve_window(struct store *store, uint32_t unit, struct chiso_period period)
{
    struct unit_year *year = find_year(store, unit, period.a);
    if (!year) {
        if (!(year = calloc(1, sizeof *year)))
            return NULL;
        store->bytes += sizeof *year;
        year->year = period.a;
        year->older = store->of_unit[unit].years;
        store->of_unit[unit].years = year;
    }
    return &year->rows[store_window(period)];
}

static struct store_row *make_row(struct store *store, uint32_t unit, struct chiso_period period)
{
    struct store_row *row = find_row(store, unit, period), **window = NULL;
    if (row)
        return row;
    if (reserve_unit(store, unit) ||
        (store_window(period) >= 0 && !(window = reserve_window(store, unit, period))) ||
        !(row = calloc(1, sizeof *row)))
        return NULL;
    row->key = key_of(unit, period);
    row->period = period;
    HASH_ADD(hh, store->rows, key, sizeof row->key, row);
    if (row->failed) {
        free(row);
        return NULL;
    }
    store->bytes += sizeof *row;
    if (window) {
        *window = row;
    } else {
        row->next_of_unit = store->of_unit[unit].others;
        store->of_unit[unit].others = row;
    }
    return row;
}

/* The place of INDICATOR among the sorted leaves, or where it would stand. */
static uint32_t leaf_place(const struct store_row *row, uint32_t indicator)
{
    uint32_t low = 0, high = row->leaf_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (row->indicators[middle] < indicator)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct store_row *row, uint32_t place, uint32_t indicator)
{
    return place < row->leaf_count && row->indicators[place] == indicator;
}

static const struct leaf *row_leaf(const struct store_row *row, uint32_t indicator)
{
    uint32_t place = leaf_place(row, indicator);
    return is_at(row, place, indicator) ? &row->leaves[place] : NULL;
}

const struct leaf *store_leaf(
    const struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator)
{
    const struct store_row *row = find_row(store, unit, period);
    return row ? row_leaf(row, indicator) : NULL;
}

/* Room for CAPACITY elements of SIZE. */
static int enlarge(void **array, uint32_t capacity, size_t size)
{
    void *moved = realloc(*array, capacity * size);
    if (moved)
        *array = moved;
    return moved ? CHISO_OK : CHISO_ENOMEM;
}

static uint32_t larger(uint32_t capacity)
{
    return capacity ? capacity * 2 : 4;
}

/* A free element of SIZE at PLACE among COUNT; there is room for one more. */
static void open_gap(void *array, uint32_t count, size_t size, uint32_t place)
{
    char *at = (char *)array + place * size;
    memmove(at + size, at, (count - place) * size);
}

/* A new leaf at PLACE of ROW, without content. */
static int insert_leaf(struct store *store, struct store_row *row, uint32_t place, uint32_t indicator)
{
    void *indicators = row->indicators, *leaves = row->leaves;
    if (row->leaf_count == row->leaf_capacity) {
        uint32_t capacity = larger(row->leaf_capacity);
        int error = enlarge(&indicators, capacity, sizeof *row->indicators);
        if (!error)
            error = enlarge(&leaves, capacity, sizeof *row->leaves);
        row->indicators = indicators;
        row->leaves = leaves;
        if (error)
            return error;
        store->bytes += (capacity - row->leaf_capacity) * (sizeof *row->indicators + sizeof *row->leaves);
        row->leaf_capacity = capacity;
    }
    open_gap(indicators, row->leaf_count, sizeof *row->indicators, place);
    open_gap(leaves, row->leaf_count, sizeof *row->leaves, place);
    row->indicators[place] = indicator;
    row->leaf_count++;
    return CHISO_OK;
}

static int insert_total(struct store *store, struct store_row *row, uint32_t place, uint64_t field)
{
    void *totals = row->totals;
    if (row->total_count == row->total_capacity) {
        uint32_t capacity = larger(row->total_capacity);
        int error = enlarge(&totals, capacity, sizeof *row->totals);
        if (error)
            return error;
        row->totals = totals;
        store->bytes += (capacity - row->total_capacity) * sizeof *row->totals;
        row->total_capacity = capacity;
    }
    open_gap(totals, row->total_count, sizeof *row->totals, place);
    row->totals[place] = (struct total_cell){.field = field};
    row->total_count++;
    return CHISO_OK;
}

static int add_period(struct store *store, struct chiso_period period)
{
    size_t low = 0, high = store->period_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (chiso_period_compare(store->periods[middle], period) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < store->period_count && chiso_period_equal(store->periods[low], period))
        return CHISO_OK;
    if (LIST_GROW(store->periods, store->period_count, store->period_capacity))
        return CHISO_ENOMEM;
    memmove(
        store->periods + low + 1, store->periods + low, (store->period_count - low) * sizeof *store->periods);
    store->periods[low] = period;
    store->period_count++;
    return CHISO_OK;
}

int store_set_leaf(struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator,
    const struct leaf *leaf)
{
    struct store_row *row = make_row(store, unit, period);
    if (!row || (row->leaf_count == 0 && add_period(store, period)))
        return CHISO_ENOMEM;
    uint32_t place = leaf_place(row, indicator);
    if (!is_at(row, place, indicator) && insert_leaf(store, row, place, indicator))
        return CHISO_ENOMEM;
    row->leaves[place] = *leaf;
    store->of_unit[unit].kinds |= 1u << period.kind;
    return CHISO_OK;
}

/* Level -1 … UNIT_KINDS-1 next to the indicator, so that one search finds the field. */
static uint64_t field_of(uint32_t indicator, int level)
{
    return (uint64_t)indicator << 8 | (uint64_t)(level + 1);
}

static uint32_t total_place(const struct store_row *row, uint64_t field)
{
    uint32_t low = 0, high = row->total_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (row->totals[middle].field < field)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct total_cell *find_cell(
    const struct store *store, uint32_t unit, struct chiso_period period, uint64_t field)
{
    const struct store_row *row = find_row(store, unit, period);
    uint32_t place = row ? total_place(row, field) : 0;
    bool found = row && place < row->total_count && row->totals[place].field == field;
    return found ? &row->totals[place] : NULL;
}

static struct total_cell *make_cell(
    struct store *store, uint32_t unit, struct chiso_period period, uint64_t field)
{
    struct store_row *row = make_row(store, unit, period);
    if (!row)
        return NULL;
    uint32_t place = total_place(row, field);
    bool found = place < row->total_count && row->totals[place].field == field;
    if (!found && insert_total(store, row, place, field))
        return NULL;
    return &row->totals[place];
}

const struct total *store_total(
    const struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator, int level)
{
    const struct total_cell *cell = find_cell(store, unit, period, field_of(indicator, level));
    return cell ? cell->total : NULL;
}

int store_set_total(struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator,
    int level, const struct total *total)
{
    struct total_cell *cell = make_cell(store, unit, period, field_of(indicator, level));
    if (!cell)
        return CHISO_ENOMEM;
    if (!cell->total) {
        if (!(cell->total = malloc(sizeof *cell->total)))
            return CHISO_ENOMEM;
        store->bytes += sizeof *cell->total;
    }
    *cell->total = *total;
    return CHISO_OK;
}

static void forget_parts(struct store *store)
{
    for (struct store_row *row = store->rows; row; row = row->hh.next) {
        for (uint32_t i = 0; i < row->total_count; i++) {
            free(row->totals[i].parts);
            row->totals[i].parts = NULL;
        }
    }
    store->bytes -= store->parts_bytes;
    store->parts_bytes = 0;
}

struct total_part *store_parts(struct store *store, uint32_t unit, struct chiso_period period,
    uint32_t indicator, int level, size_t count)
{
    struct total_cell *cell = make_cell(store, unit, period, field_of(indicator, level));
    if (!cell || cell->parts || count == 0 || count > STORE_PARTS_BYTES_MAX / sizeof *cell->parts)
        return cell ? cell->parts : NULL;
    if (store->parts_bytes + count * sizeof *cell->parts > STORE_PARTS_BYTES_MAX)
        forget_parts(store);
    cell->parts = calloc(count, sizeof *cell->parts);
    cell->part_count = cell->parts ? count : 0;
    store->parts_bytes += cell->part_count * sizeof *cell->parts;
    store->bytes += cell->part_count * sizeof *cell->parts;
    return cell->parts;
}

static struct store_closing *find_closing(
    const struct store *store, uint32_t province, const struct closing *closing)
{
    for (size_t i = 0; i < store->closing_count; i++) {
        struct store_closing *c = &store->closings[i];
        if (c->province == province && c->closing.calendar == closing->calendar &&
            chiso_period_equal(c->closing.period, closing->period))
            return c;
    }
    return NULL;
}

int store_set_closing(struct store *store, uint32_t province, const struct closing *closing)
{
    struct store_closing *slot = find_closing(store, province, closing);
    if (!slot && LIST_GROW(store->closings, store->closing_count, store->closing_capacity))
        return CHISO_ENOMEM;
    if (!slot)
        slot = &store->closings[store->closing_count++];
    *slot = (struct store_closing){province, *closing};
    return CHISO_OK;
}

const struct closing *store_closing(
    const struct store *store, uint32_t province, enum chiso_calendar calendar, struct chiso_period window)
{
    const struct closing *first = NULL;
    for (size_t i = 0; i < store->closing_count; i++) {
        const struct store_closing *c = &store->closings[i];
        if (c->province == province && closing_covers(&c->closing, calendar, window) &&
            (!first || c->closing.seq < first->seq))
            first = &c->closing;
    }
    return first;
}

int store_each_closing(const struct store *store,
    int (*visit)(void *context, uint32_t province, const struct closing *closing), void *context)
{
    for (size_t i = 0; i < store->closing_count; i++) {
        int stop = visit(context, store->closings[i].province, &store->closings[i].closing);
        if (stop)
            return stop;
    }
    return 0;
}

const struct chiso_period *store_periods(const struct store *store, size_t *count)
{
    *count = store->period_count;
    return store->periods;
}

unsigned store_kinds(const struct store *store, uint32_t unit)
{
    return unit < store->of_unit_count ? store->of_unit[unit].kinds : 0;
}

uint32_t store_leaves_of_year(const struct store *store, uint32_t unit, int32_t year, uint32_t indicator,
    const struct leaf *out[STORE_WINDOWS])
{
    const struct unit_year *rows = find_year(store, unit, year);
    uint32_t there = 0, place = 0;
    for (int i = 0; i < STORE_WINDOWS; i++) {
        const struct store_row *row = rows ? rows->rows[i] : NULL;
        /* A unit reports about the same in all months: it is mostly where it was in the last row. */
        if (row && !is_at(row, place, indicator))
            place = leaf_place(row, indicator);
        out[i] = row && is_at(row, place, indicator) ? &row->leaves[place] : NULL;
        __builtin_prefetch(out[i]);
        there |= (uint32_t)(out[i] != NULL) << i;
    }
    return there;
}

static int visit_leaf(const struct store_row *row, uint32_t indicator,
    int (*visit)(void *context, struct chiso_period period, const struct leaf *leaf), void *context)
{
    const struct leaf *leaf = row ? row_leaf(row, indicator) : NULL;
    return leaf ? visit(context, row->period, leaf) : 0;
}

int store_each_leaf_of(const struct store *store, uint32_t unit, uint32_t indicator,
    int (*visit)(void *context, struct chiso_period period, const struct leaf *leaf), void *context)
{
    static const struct unit_rows nothing;
    const struct unit_rows *rows = unit < store->of_unit_count ? &store->of_unit[unit] : &nothing;
    int stop = 0;
    for (const struct unit_year *year = rows->years; year; year = year->older) {
        for (int i = 0; i < STORE_WINDOWS && !stop; i++)
            stop = visit_leaf(year->rows[i], indicator, visit, context);
    }
    for (const struct store_row *row = rows->others; row && !stop; row = row->next_of_unit)
        stop = visit_leaf(row, indicator, visit, context);
    return stop;
}

int store_each_leaf_inside(const struct store *store, uint32_t unit, uint32_t indicator,
    struct chiso_period period, enum chiso_calendar calendar,
    int (*visit)(void *context, struct chiso_period period, const struct leaf *leaf), void *context)
{
    if (store_kinds(store, unit) == 0)
        return 0;
    uint32_t windows = store_windows_in(period);
    const struct unit_year *year = windows ? find_year(store, unit, period.a) : NULL;
    int stop = 0;
    for (; year && windows && !stop; windows &= windows - 1)
        stop = visit_leaf(year->rows[__builtin_ctz(windows)], indicator, visit, context);
    for (const struct store_row *row = store->of_unit[unit].others; row && !stop; row = row->next_of_unit) {
        bool inside = period.kind == CHISO_PERIOD_INTERVAL
                          ? chiso_period_equal(period, row->period)
                          : chiso_period_contains(period, row->period, calendar);
        if (inside)
            stop = visit_leaf(row, indicator, visit, context);
    }
    return stop;
}

int store_each_leaf(const struct store *store,
    int (*visit)(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator,
        const struct leaf *leaf),
    void *context)
{
    for (const struct store_row *row = store->rows; row; row = row->hh.next) {
        for (uint32_t i = 0; i < row->leaf_count; i++) {
            int stop = visit(context, row->key.unit, row->period, row->indicators[i], &row->leaves[i]);
            if (stop)
                return stop;
        }
    }
    return 0;
}

int store_each_total(const struct store *store,
    int (*visit)(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
        const struct total *total),
    void *context)
{
    for (const struct store_row *row = store->rows; row; row = row->hh.next) {
        for (uint32_t i = 0; i < row->total_count; i++) {
            uint64_t field = row->totals[i].field;
            if (!row->totals[i].total)
                continue;
            int stop = visit(context, row->key.unit, row->period, (uint32_t)(field >> 8),
                (int)(field & 0xff) - 1, row->totals[i].total);
            if (stop)
                return stop;
        }
    }
    return 0;
}
