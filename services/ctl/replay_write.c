/* One province, from its journal into a Redis that has nothing. */
#include "replay.h"

#include "core/remake.h"
#include "core/rollup.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_ANSWERS 512

int replay_settle(struct replay_target *target, struct chiso_message *why)
{
    int error = CHISO_OK;
    for (; target->unanswered > 0 && !error; target->unanswered--) {
        struct redisReply *reply;
        error = redis_take(target->redis, &reply, why);
        if (!error)
            redis_free(reply);
    }
    if (error) {
        redis_disconnect(target->redis);
        target->unanswered = 0;
    }
    return error;
}

int replay_put(struct replay_target *target, size_t count, const char *const words[], const size_t lengths[],
    struct chiso_message *why)
{
    int error = redis_append(target->redis, (int)count, words, lengths);
    if (error)
        return error;
    return ++target->unanswered < TARGET_ANSWERS ? CHISO_OK : replay_settle(target, why);
}

struct writing {
    struct journal_replay *source;
    struct replay_target *target;
    struct replayed *province;
    struct remake *remake;
    const struct catalogue *catalogue; /* of the last entry */
    struct store *figures;
    char key[KEY_CHARS]; /* of what is being written */
    struct chiso_message *why;
};

/* ---- the journal itself ---- */

/* The entry as it is, under its own number. */
static int copy_entry(struct writing *w)
{
    const redisReply *entry = journal_replay_raw(w->source), *fields = entry->element[1];
    const char **words = calloc(fields->elements + 3, sizeof *words);
    size_t *lengths = calloc(fields->elements + 3, sizeof *lengths);
    int error = words && lengths ? CHISO_OK : CHISO_ENOMEM;
    if (!error) {
        words[0] = "XADD", words[1] = w->key, words[2] = entry->element[0]->str;
        for (size_t i = 0; i < 3; i++)
            lengths[i] = strlen(words[i]);
        for (size_t i = 0; i < fields->elements; i++) {
            words[3 + i] = fields->element[i]->str;
            lengths[3 + i] = fields->element[i]->len;
        }
        error = replay_put(w->target, fields->elements + 3, words, lengths, w->why);
    }
    free(words);
    free(lengths);
    return error;
}

static int take_entry(void *context, const struct replay_entry *entry, const struct replay *state)
{
    struct writing *w = context;
    int error = journal_replay_catalogue(w->source, entry->catalogue, &w->catalogue, w->why);
    if (!error)
        error = copy_entry(w);
    return error ? error : remake_note(w->remake, entry, w->catalogue, state, w->why);
}

static int read_journal(struct writing *w)
{
    int error = journal_replay_restart(w->source);
    key_province(w->key, w->province->code, "journal");
    if (!error)
        error = journal_replay_add(w->source, w->province->code, w->province->last);
    if (!error)
        error = journal_replay_run(w->source, INT64_MAX, take_entry, w, w->why);
    if (!error && replay_seq(journal_replay_state(w->source), w->province->code) != w->province->last) {
        chiso_message_set(w->why, "%s ends before its entry %" PRIu64, w->key, w->province->last);
        error = CHISO_EINVAL;
    }
    return error;
}

/* ---- what it makes ---- */

static int put_field(void *context, const char *field, const char *value)
{
    const struct writing *w = context;
    return replay_put(w->target, 4, (const char *const[]){"HSET", w->key, field, value}, NULL, w->why);
}

static int put_period(void *context, const char *period)
{
    const struct writing *w = context;
    return replay_put(w->target, 3, (const char *const[]){"SADD", w->key, period}, NULL, w->why);
}

static int put_leaf(void *context, const char *unit, struct chiso_period period, const char *indicator,
    const struct leaf *leaf)
{
    struct writing *w = context;
    char text[LEAF_CHARS];
    key_cell(w->key, w->province->code, "leaf", unit, period);
    leaf_print(leaf, text);
    w->province->leaves++;
    return put_field(w, indicator, text);
}

static int put_total(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
    const struct total *total)
{
    struct writing *w = context;
    char field[KEY_FIELD_CHARS], text[TOTAL_CHARS];
    key_cell(w->key, w->province->code, "sum", catalogue_unit_code(w->catalogue, unit), period);
    key_total_field(field, catalogue_indicator(w->catalogue, indicator)->id, level);
    total_print(total, text);
    w->province->totals++;
    return put_field(w, field, text);
}

static int put_closing(void *context, const struct closing *closing)
{
    char field[CLOSING_FIELD_CHARS];
    char *value = closing_print_value(closing);
    if (!value)
        return CHISO_ENOMEM;
    closing_print_field(closing->calendar, closing->period, field);
    int error = put_field(context, field, value);
    free(value);
    return error;
}

static int copy_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    return store_set_leaf(context, unit, period, indicator, leaf);
}

static int copy_closing(void *context, uint32_t province, const struct closing *closing)
{
    return store_set_closing(context, province, closing);
}

static int sum(struct writing *w)
{
    const struct store *leaves = replay_store(journal_replay_state(w->source));
    int error = w->figures ? store_each_leaf(leaves, copy_leaf, w->figures) : CHISO_ENOMEM;
    if (!error)
        error = store_each_closing(leaves, copy_closing, w->figures);
    /* A province that its last catalogue does not know has no totals. */
    if (!error && catalogue_unit_find(w->catalogue, w->province->code) != CATALOGUE_NONE)
        error = rollup_all(w->catalogue, w->figures);
    return error;
}

/* The head comes last: without it there is no province. */
static int write_province(struct writing *w)
{
    const struct replay *state = journal_replay_state(w->source);
    int error = replay_each_leaf(state, put_leaf, w);
    if (!error)
        error = store_each_total(w->figures, put_total, w);
    key_province(w->key, w->province->code, "closed");
    if (!error)
        error = replay_each_closing(state, w->province->code, put_closing, w);
    key_province(w->key, w->province->code, "ledger");
    if (!error)
        error = remake_each_ledger(w->remake, put_field, w);
    key_province(w->key, w->province->code, "periods");
    if (!error)
        error = remake_each_period(w->remake, put_period, w);
    if (!error)
        error = replay_settle(w->target, w->why);
    key_province(w->key, w->province->code, "head");
    if (!error)
        error = remake_each_head(w->remake, put_field, w);
    return error ? error : replay_settle(w->target, w->why);
}

int replay_province(struct journal_replay *source, struct replay_target *target, struct replayed *province,
    struct store **figures, struct chiso_message *why)
{
    struct writing w = {.source = source,
        .target = target,
        .province = province,
        .remake = remake_new(province->code),
        .figures = store_new(),
        .why = why};
    int error = w.remake && w.figures ? read_journal(&w) : CHISO_ENOMEM;
    if (!error)
        error = sum(&w);
    if (!error)
        error = write_province(&w);
    remake_free(w.remake);
    if (error)
        store_free(w.figures);
    else
        *figures = w.figures;
    return error;
}
