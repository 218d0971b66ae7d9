#include "resum.h"

#include "core/rollup.h"
#include "io/clock.h"
#include "io/log.h"
#include <stdlib.h>
#include <string.h>

struct cell {
    uint32_t unit, indicator;
    struct chiso_period period;
    int level;
    const struct total *total;
};

struct cells {
    struct cell *list;
    size_t count, capacity;
};

static int copy_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    return store_set_leaf(context, unit, period, indicator, leaf);
}

static int keep_total(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
    const struct total *total)
{
    struct cells *cells = context;
    if (cells->count == cells->capacity) {
        size_t grown = cells->capacity ? cells->capacity * 2 : 256;
        struct cell *moved = realloc(cells->list, grown * sizeof *moved);
        if (!moved)
            return CHISO_ENOMEM;
        cells->list = moved;
        cells->capacity = grown;
    }
    cells->list[cells->count++] = (struct cell){unit, indicator, period, level, total};
    return CHISO_OK;
}

/* By key: unit, then period. */
static int compare(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    return chiso_period_compare(x->period, y->period);
}

static bool same_key(const struct cell *a, const struct cell *b)
{
    return a->unit == b->unit && chiso_period_equal(a->period, b->period);
}

static int add_deletion(void *context, const char *key)
{
    struct commit *commit = context;
    strings_add_text(&commit->deletions, key);
    return CHISO_OK;
}

/* Old hashes go as a whole, those of units and indicators that the new catalogue no longer has included. */
static int write_deletions(struct commit *commit, struct redis *redis, struct chiso_message *why)
{
    char pattern[KEY_CHARS];
    key_province(pattern, commit->province, "sum:*");
    return figures_each_key(redis, pattern, add_deletion, commit, why);
}

static void write_totals(struct commit *commit, const struct catalogue *catalogue, struct cells *cells)
{
    for (size_t i = 0; i < cells->count; i++) {
        const struct cell *cell = &cells->list[i];
        if (i == 0 || !same_key(&cells->list[i - 1], cell))
            commit_cell(commit, "sum", catalogue_unit_code(catalogue, cell->unit), cell->period);
        commit_total(commit, catalogue_indicator(catalogue, cell->indicator)->id, cell->level, cell->total);
    }
}

static int collect_totals(struct store *store, struct cells *cells)
{
    int error = store_each_total(store, keep_total, cells);
    if (!error && cells->count)
        qsort(cells->list, cells->count, sizeof *cells->list, compare);
    return error;
}

int resum_province(struct redis *redis, struct province *province, const struct catalogue *catalogue,
    const char *catalogue_hash, struct commit *commit)
{
    struct cells fresh = {0};
    struct chiso_message why = {""};
    struct store *leaves = store_new();
    int error = leaves ? store_each_leaf(province->store, copy_leaf, leaves) : CHISO_ENOMEM;
    if (province->head.seq == 0) {
        /* Nothing to sum: the first commit brings the catalogue with it. */
        store_free(leaves);
        return error;
    }
    if (!error)
        error = rollup_all(catalogue, leaves);
    if (!error)
        error = collect_totals(leaves, &fresh);
    if (!error) {
        commit_begin(commit, province->code, &province->head, "catalogue", catalogue_hash, clock_now());
        error = write_deletions(commit, redis, &why);
    }
    if (!error) {
        write_totals(commit, catalogue, &fresh);
        error = commit_send(redis, commit);
    }
    if (!error)
        error = commit_answer(redis, &why);
    if (error)
        log_warning("resum_failed", "province=%s reason=%s", province->code,
            log_quoted(*why.text ? why.text : chiso_strerror(error)));
    else
        log_info("resummed", "province=%s totals=%zu catalogue=%.12s", province->code, fresh.count,
            catalogue_hash);
    free(fresh.list);
    store_free(leaves);
    /* Loaded again on the next use, with the new totals and the new head. */
    province_drop(province);
    return error;
}
