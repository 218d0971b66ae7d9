/* Rows by (unit, period), as the Redis hashes are; in a row, leaves and totals sorted by indicator. Rows of
 * one unit are linked, because revisions are summed over whatever periods a unit has. */
#include "core/store.h"

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

struct leaf_cell {
    uint32_t indicator;
    struct leaf leaf;
};

struct total_cell {
    uint64_t field; /* indicator and level, see field_of */
    struct total *total;
};

struct store_row {
    struct row_key key;
    struct chiso_period period;
    struct store_row *next_of_unit;
    struct leaf_cell *leaves;
    struct total_cell *totals;
    uint32_t leaf_count, leaf_capacity, total_count, total_capacity;
    bool failed;
    UT_hash_handle hh;
};

/* The rows of one unit, and the kinds of period among them. */
struct unit_rows {
    struct store_row *first;
    unsigned kinds;
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
    bool is_narrow; /* holds PROVINCE only */
    uint32_t province;
};

struct store *store_new(void)
{
    return calloc(1, sizeof(struct store));
}

void store_clear(struct store *store)
{
    struct store_row *row, *next;
    HASH_ITER(hh, store->rows, row, next)
    {
        HASH_DEL(store->rows, row);
        for (uint32_t i = 0; i < row->total_count; i++)
            free(row->totals[i].total);
        free(row->totals);
        free(row->leaves);
        free(row);
    }
    if (store->of_unit)
        memset(store->of_unit, 0, store->of_unit_count * sizeof *store->of_unit);
    store->period_count = store->closing_count = 0;
}

void store_free(struct store *store)
{
    if (!store)
        return;
    store_clear(store);
    free(store->of_unit);
    free(store->periods);
    free(store->closings);
    free(store);
}

void store_narrow(struct store *store, uint32_t province)
{
    store->is_narrow = true;
    store->province = province;
}

bool store_covers(const struct store *store, uint32_t province)
{
    return !store->is_narrow || store->province == province;
}

static struct row_key key_of(uint32_t unit, struct chiso_period period)
{
    return (struct row_key){unit, (uint32_t)period.kind, period.a, period.b};
}

static struct store_row *find_row(const struct store *store, uint32_t unit, struct chiso_period period)
{
    struct row_key key = key_of(unit, period);
    struct store_row *row;
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

static struct store_row *make_row(struct store *store, uint32_t unit, struct chiso_period period)
{
    struct store_row *row = find_row(store, unit, period);
    if (row)
        return row;
    if (reserve_unit(store, unit) || !(row = calloc(1, sizeof *row)))
        return NULL;
    row->key = key_of(unit, period);
    row->period = period;
    HASH_ADD(hh, store->rows, key, sizeof row->key, row);
    if (row->failed) {
        free(row);
        return NULL;
    }
    row->next_of_unit = store->of_unit[unit].first;
    store->of_unit[unit].first = row;
    return row;
}

/* The place of INDICATOR among the sorted leaves, or where it would stand. */
static uint32_t leaf_place(const struct store_row *row, uint32_t indicator)
{
    uint32_t low = 0, high = row->leaf_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (row->leaves[middle].indicator < indicator)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct leaf *row_leaf(const struct store_row *row, uint32_t indicator)
{
    uint32_t place = leaf_place(row, indicator);
    bool found = place < row->leaf_count && row->leaves[place].indicator == indicator;
    return found ? &row->leaves[place].leaf : NULL;
}

const struct leaf *store_leaf(
    const struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator)
{
    const struct store_row *row = find_row(store, unit, period);
    return row ? row_leaf(row, indicator) : NULL;
}

/* Makes room for one more element of SIZE at PLACE. */
static int open_gap(void **array, uint32_t *count, uint32_t *capacity, size_t size, uint32_t place)
{
    if (*count == *capacity) {
        uint32_t grown = *capacity ? *capacity * 2 : 4;
        void *moved = realloc(*array, grown * size);
        if (!moved)
            return CHISO_ENOMEM;
        *array = moved;
        *capacity = grown;
    }
    char *at = (char *)*array + place * size;
    memmove(at + size, at, (*count - place) * size);
    (*count)++;
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
    if (store->period_count == store->period_capacity) {
        size_t grown = store->period_capacity ? store->period_capacity * 2 : 32;
        struct chiso_period *moved = realloc(store->periods, grown * sizeof *moved);
        if (!moved)
            return CHISO_ENOMEM;
        store->periods = moved;
        store->period_capacity = grown;
    }
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
    if (place == row->leaf_count || row->leaves[place].indicator != indicator) {
        void *array = row->leaves;
        int error = open_gap(&array, &row->leaf_count, &row->leaf_capacity, sizeof *row->leaves, place);
        row->leaves = array;
        if (error)
            return error;
        row->leaves[place].indicator = indicator;
    }
    row->leaves[place].leaf = *leaf;
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

const struct total *store_total(
    const struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator, int level)
{
    const struct store_row *row = find_row(store, unit, period);
    if (!row)
        return NULL;
    uint64_t field = field_of(indicator, level);
    uint32_t place = total_place(row, field);
    return place < row->total_count && row->totals[place].field == field ? row->totals[place].total : NULL;
}

int store_set_total(struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator,
    int level, const struct total *total)
{
    struct store_row *row = make_row(store, unit, period);
    if (!row)
        return CHISO_ENOMEM;
    uint64_t field = field_of(indicator, level);
    uint32_t place = total_place(row, field);
    if (place == row->total_count || row->totals[place].field != field) {
        struct total *fresh = malloc(sizeof *fresh);
        void *array = row->totals;
        if (!fresh || open_gap(&array, &row->total_count, &row->total_capacity, sizeof *row->totals, place)) {
            free(fresh);
            return CHISO_ENOMEM;
        }
        row->totals = array;
        row->totals[place] = (struct total_cell){field, fresh};
    }
    *row->totals[place].total = *total;
    return CHISO_OK;
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
    if (!slot && store->closing_count == store->closing_capacity) {
        size_t grown = store->closing_capacity ? store->closing_capacity * 2 : 8;
        struct store_closing *moved = realloc(store->closings, grown * sizeof *moved);
        if (!moved)
            return CHISO_ENOMEM;
        store->closings = moved;
        store->closing_capacity = grown;
    }
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

int store_each_leaf_of(const struct store *store, uint32_t unit, uint32_t indicator,
    int (*visit)(void *context, struct chiso_period period, const struct leaf *leaf), void *context)
{
    if (unit >= store->of_unit_count)
        return 0;
    for (const struct store_row *row = store->of_unit[unit].first; row; row = row->next_of_unit) {
        const struct leaf *leaf = row_leaf(row, indicator);
        int stop = leaf ? visit(context, row->period, leaf) : 0;
        if (stop)
            return stop;
    }
    return 0;
}

int store_each_leaf(const struct store *store,
    int (*visit)(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator,
        const struct leaf *leaf),
    void *context)
{
    for (const struct store_row *row = store->rows; row; row = row->hh.next) {
        for (uint32_t i = 0; i < row->leaf_count; i++) {
            int stop =
                visit(context, row->key.unit, row->period, row->leaves[i].indicator, &row->leaves[i].leaf);
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
            int stop = visit(context, row->key.unit, row->period, (uint32_t)(field >> 8),
                (int)(field & 0xff) - 1, row->totals[i].total);
            if (stop)
                return stop;
        }
    }
    return 0;
}
