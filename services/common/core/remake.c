#include "core/remake.h"

#include "core/fit.h"
#include "core/rollup.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(added) ((void)((added)->failed = true))
#include <uthash.h>

/* One field with its latest value; of a period without one. */
struct pair {
    char *field, *value;
    bool failed;
    UT_hash_handle hh;
};

struct remake {
    char province[CHISO_UNIT_BYTES_MAX + 1];
    struct pair *head, *ledger, *periods;
    struct rollup_cells cells;
    const struct catalogue *catalogue; /* of the cells */
    struct chiso_period last_period; /* looked up last: mostly the same */
};

struct remake *remake_new(const char *province)
{
    struct remake *remake = calloc(1, sizeof *remake);
    if (remake)
        (void)snprintf(remake->province, sizeof remake->province, "%s", province);
    return remake;
}

static void pair_free(struct pair *pair)
{
    free(pair->field);
    free(pair->value);
    free(pair);
}

static void pairs_free(struct pair *pairs)
{
    struct pair *pair, *next;
    HASH_ITER(hh, pairs, pair, next)
    {
        HASH_DEL(pairs, pair);
        pair_free(pair);
    }
}

void remake_free(struct remake *remake)
{
    if (!remake)
        return;
    pairs_free(remake->head);
    pairs_free(remake->ledger);
    pairs_free(remake->periods);
    rollup_cells_release(&remake->cells);
    free(remake);
}

static int set(struct pair **pairs, const char *field, size_t length, const char *value, size_t value_length)
{
    struct pair *pair;
    char *copy = strndup(value, value_length);
    if (!copy)
        return CHISO_ENOMEM;
    HASH_FIND(hh, *pairs, field, length, pair);
    if (pair) {
        free(pair->value);
        pair->value = copy;
        return CHISO_OK;
    }
    pair = calloc(1, sizeof *pair);
    if (!pair || !(pair->field = strndup(field, length))) {
        free(pair);
        free(copy);
        return CHISO_ENOMEM;
    }
    pair->value = copy;
    HASH_ADD_KEYPTR(hh, *pairs, pair->field, length, pair);
    if (!pair->failed)
        return CHISO_OK;
    pair_free(pair);
    return CHISO_ENOMEM;
}

static int set_text(struct pair **pairs, const char *field, const char *value)
{
    return set(pairs, field, strlen(field), value, strlen(value));
}

/* ---- periods ---- */

static int add_period(struct remake *remake, struct chiso_period period)
{
    char text[CHISO_PERIOD_CHARS];
    if (chiso_period_equal(remake->last_period, period))
        return CHISO_OK;
    remake->last_period = period;
    chiso_period_print(period, text);
    return set_text(&remake->periods, text, "");
}

static int add_leaf_period(void *context, const char *unit, struct chiso_period period, const char *indicator,
    const struct leaf *leaf)
{
    (void)unit;
    (void)indicator;
    (void)leaf;
    return add_period(context, period);
}

/* Those of the totals gathered. */
static int add_cell_periods(struct remake *remake)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < remake->cells.count && !error; i++)
        error = add_period(remake, remake->cells.list[i].period);
    return error;
}

struct summing {
    struct remake *remake;
    const struct catalogue *catalogue;
    uint32_t province;
    bool only_at_home; /* a rebuild leaves out what it has not taken away yet */
};

static int gather(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    const struct summing *s = context;
    enum chiso_calendar calendar = catalogue_indicator(s->catalogue, indicator)->calendar;
    (void)leaf;
    if (s->only_at_home && fit_province(s->catalogue, unit, period, calendar, s->province) != s->province)
        return CHISO_OK;
    return rollup_gather(&s->remake->cells, s->catalogue, unit, period, indicator);
}

/* All totals were summed again. */
static int note_sum(struct remake *remake, const struct replay_entry *entry,
    const struct catalogue *catalogue, const struct replay *replay)
{
    struct summing s = {remake, catalogue, catalogue_unit_find(catalogue, remake->province),
        strcmp(entry->kind, "rebuild") == 0};
    int error = replay_each_leaf(replay, add_leaf_period, remake);
    if (!error && s.province != CATALOGUE_NONE)
        error = store_each_leaf(replay_store(replay), gather, &s);
    return error;
}

/* ---- one entry ---- */

static int note_pillar(struct remake *remake, const struct catalogue *catalogue, uint32_t indicator,
    const struct replay_entry *entry)
{
    char field[CHISO_ID_BYTES_MAX + 16], seq[24];
    uint32_t pillar = catalogue_indicator(catalogue, indicator)->pillar;
    (void)snprintf(field, sizeof field, "pillar:%s", catalogue_pillar(catalogue, pillar)->id);
    (void)snprintf(seq, sizeof seq, "%" PRIu64, entry->seq);
    return set_text(&remake->head, field, seq);
}

static int note_changes(struct remake *remake, const struct replay_entry *entry,
    const struct catalogue *catalogue, const struct replay *replay)
{
    size_t count;
    const struct replay_change *changes = replay_changes(replay, &count);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++) {
        const struct applied_leaf *leaf = &changes[i].leaf;
        error = add_period(remake, leaf->period);
        if (!error)
            error = note_pillar(remake, catalogue, leaf->indicator, entry);
        if (!error)
            error = rollup_gather(&remake->cells, catalogue, leaf->unit, leaf->period, leaf->indicator);
    }
    return error;
}

static int note_head(struct remake *remake, const struct replay_entry *entry)
{
    char seq[24], time[24], totals[16];
    (void)snprintf(seq, sizeof seq, "%" PRIu64, entry->seq);
    (void)snprintf(time, sizeof time, "%" PRId64, entry->time);
    (void)snprintf(totals, sizeof totals, "%d", ROLLUP_VERSION);
    const char *const pairs[][2] = {{"seq", seq}, {"commit_id", entry->commit_id ? entry->commit_id : ""},
        {"catalogue", entry->catalogue}, {"time", time}, {"totals", totals}};
    int error = CHISO_OK;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs && !error; i++)
        error = set_text(&remake->head, pairs[i][0], pairs[i][1]);
    return error;
}

/* "field=value" lines, each with a line end. */
static int note_ledger(struct remake *remake, const struct replay_entry *entry, struct chiso_message *why)
{
    const char *at = entry->ledger ? entry->ledger : "";
    while (*at) {
        const char *end = strchr(at, '\n'), *equals = strchr(at, '=');
        if (!end || !equals || equals > end || equals == at) {
            chiso_message_set(why, "journal of %s, entry %" PRIu64 ": a ledger line without a value",
                entry->province, entry->seq);
            return CHISO_EINVAL;
        }
        int error = set(&remake->ledger, at, (size_t)(equals - at), equals + 1, (size_t)(end - equals - 1));
        if (error)
            return error;
        at = end + 1;
    }
    return CHISO_OK;
}

int remake_note(struct remake *remake, const struct replay_entry *entry, const struct catalogue *catalogue,
    const struct replay *replay, struct chiso_message *why)
{
    bool is_sum = strcmp(entry->kind, "catalogue") == 0 || strcmp(entry->kind, "rebuild") == 0;
    if (catalogue != remake->catalogue)
        rollup_cells_release(&remake->cells); /* it remembers units by their numbers */
    remake->catalogue = catalogue;
    remake->cells.count = 0;
    int error = note_head(remake, entry);
    if (!error)
        error = note_ledger(remake, entry, why);
    if (!error)
        error = is_sum ? note_sum(remake, entry, catalogue, replay)
                       : note_changes(remake, entry, catalogue, replay);
    return error ? error : add_cell_periods(remake);
}

/* ---- what came of it ---- */

static int each(const struct pair *pairs, int (*visit)(void *context, const char *field, const char *value),
    void *context)
{
    int error = CHISO_OK;
    for (const struct pair *pair = pairs; pair && !error; pair = pair->hh.next)
        error = visit(context, pair->field, pair->value);
    return error;
}

int remake_each_head(const struct remake *remake,
    int (*visit)(void *context, const char *field, const char *value), void *context)
{
    return each(remake->head, visit, context);
}

int remake_each_ledger(const struct remake *remake,
    int (*visit)(void *context, const char *field, const char *value), void *context)
{
    return each(remake->ledger, visit, context);
}

int remake_each_period(
    const struct remake *remake, int (*visit)(void *context, const char *period), void *context)
{
    int error = CHISO_OK;
    for (const struct pair *pair = remake->periods; pair && !error; pair = pair->hh.next)
        error = visit(context, pair->field);
    return error;
}
