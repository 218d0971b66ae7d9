#include "verify.h"

#include "core/list.h"
#include "core/rollup.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct year {
    const struct catalogue *catalogue;
    const struct store *stored;
    struct store *computed; /* leaves copied, totals recomputed */
    struct store *kept; /* both of every year; NULL */
    struct verification *v;
    int year;
};

void verification_release(struct verification *v)
{
    free(v->seqs);
    v->seqs = NULL;
    v->seq_count = v->seq_capacity = 0;
    strings_release(&v->score_keys);
}

/* A store also holds days that only another year's windows need: they are compared with that year. */
static bool is_of_year(const struct year *y, struct chiso_period period, uint32_t indicator)
{
    return chiso_period_year_in(period, catalogue_indicator(y->catalogue, indicator)->calendar) == y->year;
}

static void print_difference(const struct year *y, const char *kind, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, const char *stored, const char *computed)
{
    char key[KEY_CHARS], field[KEY_FIELD_CHARS];
    key_cell(key, y->v->code, kind, catalogue_unit_code(y->catalogue, unit), period);
    key_total_field(field, catalogue_indicator(y->catalogue, indicator)->id, level);
    verify_difference(y->v, key, field, stored, computed);
}

/* ---- leaves ---- */

static int note_seq(struct verification *v, uint64_t seq)
{
    if (v->seq_count > 0 && v->seqs[v->seq_count - 1] == seq)
        return CHISO_OK;
    if (LIST_GROW(v->seqs, v->seq_count, v->seq_capacity))
        return CHISO_ENOMEM;
    v->seqs[v->seq_count++] = seq;
    return CHISO_OK;
}

static int copy_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct year *y = context;
    int error = store_set_leaf(y->computed, unit, period, indicator, leaf);
    if (error || !is_of_year(y, period, indicator))
        return error;
    y->v->leaves++;
    if (leaf->seq > y->v->head || leaf->seq == 0) {
        char text[LEAF_CHARS], limit[64];
        leaf_print(leaf, text);
        (void)snprintf(limit, sizeof limit, "(a journal entry from 1 to %" PRIu64 ")", y->v->head);
        print_difference(y, "leaf", unit, period, indicator, STORE_NO_LEVEL, text, limit);
        return CHISO_OK;
    }
    return note_seq(y->v, leaf->seq);
}

/* ---- totals ---- */

static int compare_stored(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator,
    int level, const struct total *total)
{
    struct year *y = context;
    char stored[TOTAL_CHARS], computed[TOTAL_CHARS] = "(no total)";
    if (!is_of_year(y, period, indicator))
        return CHISO_OK;
    const struct total *again = store_total(y->computed, unit, period, indicator, level);
    y->v->totals++;
    total_print(total, stored);
    if (again)
        total_print(again, computed);
    if (strcmp(stored, computed) != 0)
        print_difference(y, "sum", unit, period, indicator, level, stored, computed);
    return CHISO_OK;
}

/* Those that should be there and are not; the others were compared above. */
static int find_unstored(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator,
    int level, const struct total *total)
{
    struct year *y = context;
    char computed[TOTAL_CHARS];
    if (!is_of_year(y, period, indicator) || store_total(y->stored, unit, period, indicator, level))
        return CHISO_OK;
    y->v->totals++;
    total_print(total, computed);
    print_difference(y, "sum", unit, period, indicator, level, "(no total)", computed);
    return CHISO_OK;
}

/* ---- for the scores ---- */

static int keep_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    return store_set_leaf(((struct year *)context)->kept, unit, period, indicator, leaf);
}

static int keep_total(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
    const struct total *total)
{
    struct year *y = context;
    return is_of_year(y, period, indicator) ? store_set_total(y->kept, unit, period, indicator, level, total)
                                            : CHISO_OK;
}

static int keep(struct year *y)
{
    int error = store_each_leaf(y->computed, keep_leaf, y);
    return error ? error : store_each_total(y->computed, keep_total, y);
}

int verify_year(struct redis *redis, const struct catalogue *catalogue, uint32_t province, int year,
    struct store *kept, struct verification *v, struct chiso_message *why)
{
    struct head head;
    struct store *stored = store_new(), *computed = store_new();
    struct year y = {catalogue, stored, computed, kept, v, year};
    int error = stored && computed ? CHISO_OK : CHISO_ENOMEM;
    if (!error)
        error = figures_load_year(redis, catalogue, province, year, stored, &head, why);
    if (!error) {
        v->head = head.seq;
        error = store_each_leaf(stored, copy_leaf, &y);
    }
    if (!error)
        error = rollup_all(catalogue, computed);
    if (!error)
        error = store_each_total(stored, compare_stored, &y);
    if (!error)
        error = store_each_total(computed, find_unstored, &y);
    if (!error && kept)
        error = keep(&y);
    store_free(stored);
    store_free(computed);
    return error;
}
