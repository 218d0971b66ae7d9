#include "io/resum.h"

#include "core/list.h"
#include "core/rollup.h"
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
    if (LIST_GROW(cells->list, cells->count, cells->capacity))
        return CHISO_ENOMEM;
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
    resp_add_text(&commit->deletions, key);
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

bool resum_is_done(const struct head *head, const char *hash)
{
    return head->seq == 0 || (head->totals == ROLLUP_VERSION && strcmp(head->catalogue, hash) == 0);
}

int resum_add(struct commit *commit, struct redis *redis, const struct catalogue *catalogue,
    const struct store *figures, size_t *count, struct chiso_message *why)
{
    struct cells fresh = {0};
    struct store *leaves = store_new();
    int error = leaves ? store_each_leaf(figures, copy_leaf, leaves) : CHISO_ENOMEM;
    if (!error)
        error = rollup_all(catalogue, leaves);
    if (!error)
        error = collect_totals(leaves, &fresh);
    if (!error)
        error = write_deletions(commit, redis, why);
    if (!error) {
        write_totals(commit, catalogue, &fresh);
        commit_totals_version(commit);
        *count = fresh.count;
    } else if (!*why->text) {
        chiso_message_set(why, "%s", chiso_strerror(error));
    }
    free(fresh.list);
    store_free(leaves);
    return error;
}
