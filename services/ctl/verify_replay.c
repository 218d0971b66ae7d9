/* The deepest question of verify: are the stored figures those that the journal makes? Every entry is taken again
 * from the first one on, under its own catalogue and at its own time (core/replay.h). */
#include "verify.h"

#include "io/journal_replay.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A province that takes reports faster than it can be read is looked at again so often. */
#define TRIES 100

struct comparison {
    const struct catalogue *catalogue;
    const struct store *other;
    struct verification *v;
    bool other_is_replayed; /* else it is what is stored, and only what is missing there counts */
};

static void print_difference(
    const struct comparison *c, const char *key, const char *field, const char *first, const char *second)
{
    verify_difference(
        c->v, key, field, c->other_is_replayed ? first : second, c->other_is_replayed ? second : first);
}

static int compare_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    const struct comparison *c = context;
    const struct leaf *other = store_leaf(c->other, unit, period, indicator);
    char key[KEY_CHARS], mine[LEAF_CHARS], theirs[LEAF_CHARS] = "(nothing)";
    leaf_print(leaf, mine);
    if (other)
        leaf_print(other, theirs);
    if (strcmp(mine, theirs) == 0 || (other && !c->other_is_replayed))
        return CHISO_OK;
    key_cell(key, c->v->code, "leaf", catalogue_unit_code(c->catalogue, unit), period);
    print_difference(c, key, catalogue_indicator(c->catalogue, indicator)->id, mine, theirs);
    return CHISO_OK;
}

/* The closing of the same period in a store of one province; NULL without memory or where there is none. */
static int same_closing(void *context, uint32_t province, const struct closing *closing)
{
    struct closing *wanted = context;
    (void)province;
    if (closing->calendar != wanted->calendar || !chiso_period_equal(closing->period, wanted->period))
        return 0;
    *wanted = *closing;
    return 1;
}

static int compare_closing(void *context, uint32_t province, const struct closing *closing)
{
    const struct comparison *c = context;
    struct closing other = {.calendar = closing->calendar, .period = closing->period};
    char key[KEY_CHARS], field[CLOSING_FIELD_CHARS];
    (void)province;
    int found = store_each_closing(c->other, same_closing, &other);
    char *mine = closing_print_value(closing), *theirs = closing_print_value(&other);
    int error = mine && theirs ? CHISO_OK : CHISO_ENOMEM;
    if (!error && (!found || (c->other_is_replayed && strcmp(mine, theirs) != 0))) {
        key_province(key, c->v->code, "closed");
        closing_print_field(closing->calendar, closing->period, field);
        print_difference(c, key, field, mine, found ? theirs : "(nothing)");
    }
    free(mine);
    free(theirs);
    return error;
}

static int compare(const struct catalogue *catalogue, const struct store *stored,
    const struct store *replayed, struct verification *v)
{
    struct comparison forth = {catalogue, replayed, v, true}, back = {catalogue, stored, v, false};
    int error = store_each_leaf(stored, compare_leaf, &forth);
    if (!error)
        error = store_each_leaf(replayed, compare_leaf, &back);
    if (!error)
        error = store_each_closing(stored, compare_closing, &forth);
    return error ? error : store_each_closing(replayed, compare_closing, &back);
}

/* Everything as of one commit, *SEQ. */
static int load_stored(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    const char *code, struct store *store, uint64_t *seq, struct chiso_message *why)
{
    for (int i = 0; i < TRIES; i++) {
        struct head before, after;
        int error = figures_load(redis, catalogue, province, store, &before, why);
        if (!error)
            error = figures_head(redis, code, &after, why);
        if (error)
            return error;
        *seq = before.seq;
        if (before.seq == after.seq)
            return CHISO_OK;
    }
    chiso_message_set(why, "province %s changes faster than it can be read", code);
    return CHISO_ECONFLICT;
}

int verify_replay(const struct journal_source *journals, const struct catalogue *catalogue, uint32_t province,
    struct verification *v, struct chiso_message *why)
{
    uint64_t seq = 0;
    struct store *stored = store_new();
    struct journal_replay *journal = journal_replay_new(journals);
    struct replay *replay = journal ? journal_replay_state(journal) : NULL;
    int error = stored && journal ? CHISO_OK : CHISO_ENOMEM;
    if (!error)
        error = load_stored(journals->redis, catalogue, province, v->code, stored, &seq, why);
    if (!error)
        error = journal_replay_add(journal, v->code, seq);
    if (!error)
        error = journal_replay_run(journal, INT64_MAX, NULL, NULL, why);
    if (!error && replay_seq(replay, v->code) != seq) {
        chiso_message_set(why, "the journal of %s ends before the head's entry", v->code);
        error = CHISO_EINVAL;
    }
    if (!error)
        error = replay_adopt(replay, catalogue);
    if (!error)
        error = compare(catalogue, stored, replay_store(replay), v);
    journal_replay_free(journal);
    store_free(stored);
    return error;
}
