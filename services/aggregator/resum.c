#include "resum.h"

#include "core/rollup.h"
#include "io/clock.h"
#include "io/log.h"
#include <inttypes.h>
#include <stdio.h>
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

static void sum_key(
    char key[KEY_CHARS], const struct catalogue *catalogue, const char *province, const struct cell *cell)
{
    key_cell(key, province, "sum", catalogue_unit_code(catalogue, cell->unit), cell->period);
}

static bool same_key(const struct cell *a, const struct cell *b)
{
    return a->unit == b->unit && chiso_period_equal(a->period, b->period);
}

/* Old hashes go as a whole, so that a total which the new catalogue no longer has does not stay behind. */
static void write_deletions(struct commit *commit, const struct catalogue *catalogue, struct cells *cells)
{
    char key[KEY_CHARS];
    for (size_t i = 0; i < cells->count; i++) {
        if (i > 0 && same_key(&cells->list[i - 1], &cells->list[i]))
            continue;
        sum_key(key, catalogue, commit->province, &cells->list[i]);
        strings_add_text(&commit->deletions, key);
    }
}

static void write_totals(struct commit *commit, const struct catalogue *catalogue, struct cells *cells)
{
    char key[KEY_CHARS], text[TOTAL_CHARS], field[CHISO_ID_BYTES_MAX + 32];
    for (size_t i = 0; i < cells->count; i++) {
        const struct cell *cell = &cells->list[i];
        if (i == 0 || !same_key(&cells->list[i - 1], cell)) {
            sum_key(key, catalogue, commit->province, cell);
            commit_hash(commit, key);
            commit_period(commit, cell->period);
        }
        const char *id = catalogue_indicator(catalogue, cell->indicator)->id;
        (void)snprintf(field, sizeof field, "%s%s%s", id, cell->level == STORE_NO_LEVEL ? "" : "@",
            cell->level == STORE_NO_LEVEL ? "" : unit_kind_names[cell->level]);
        size_t length = total_print(cell->total, text);
        commit_hash_add(commit, field, text, length);
    }
}

static int collect_totals(struct store *store, struct cells *cells)
{
    int error = store_each_total(store, keep_total, cells);
    if (!error && cells->count)
        qsort(cells->list, cells->count, sizeof *cells->list, compare);
    return error;
}

static void begin(struct commit *commit, const struct province *province, const char *hash)
{
    char time[24];
    commit_clear(commit);
    commit->province = province->code;
    commit->expected_seq = province->head.seq;
    commit->time = clock_now();
    commit_new_id(commit);
    (void)snprintf(
        commit->expected_catalogue, sizeof commit->expected_catalogue, "%s", province->head.catalogue);
    (void)snprintf(commit->catalogue, sizeof commit->catalogue, "%s", hash);
    (void)snprintf(time, sizeof time, "%" PRId64, commit->time);
    const char *const pairs[] = {
        "kind", "catalogue", "commit_id", commit->id, "time", time, "catalogue", hash};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        strings_add_text(&commit->journal, pairs[i]);
}

int resum_province(struct redis *redis, struct province *province, const struct catalogue *catalogue,
    const char *catalogue_hash, struct commit *commit)
{
    struct cells old = {0}, fresh = {0};
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
        error = collect_totals(province->store, &old);
    if (!error)
        error = collect_totals(leaves, &fresh);
    if (!error) {
        begin(commit, province, catalogue_hash);
        write_deletions(commit, catalogue, &old);
        write_totals(commit, catalogue, &fresh);
        error = commit_send(redis, commit);
    }
    if (!error)
        error = commit_answer(redis, &why);
    if (error)
        log_warning("resum_failed", "province=%s reason=\"%s\"", province->code,
            *why.text ? why.text : chiso_strerror(error));
    else
        log_info("resummed", "province=%s totals=%zu catalogue=%.12s", province->code, fresh.count,
            catalogue_hash);
    free(old.list);
    free(fresh.list);
    store_free(leaves);
    /* Loaded again on the next use, with the new totals and the new head. */
    province_drop(province);
    return error;
}
