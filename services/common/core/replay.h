/* The figures of provinces made again from their journals, entry by entry: the same leaves, bit for bit, as the
 * commits wrote. Each entry is taken under its own catalogue and at its own time, so what was refused then is
 * refused again. What cannot be replayed exactly is an error, never a figure that is nearly right.
 *
 * Several provinces can be replayed into one store, their entries in the order of time; each journal begins at
 * entry 1 and has no gap. Leaves whose unit or indicator the catalogue at hand does not know are kept aside and
 * come back with a catalogue that knows them, as those in Redis do. */
#ifndef CORE_REPLAY_H
#define CORE_REPLAY_H

#include "core/apply.h"

struct replay_report {
    const char *publisher;
    const void *bytes;
    size_t length;
};

/* A journal entry as it was read (proto/README.md); everything is the caller's. */
struct replay_entry {
    const char *province; /* code */
    uint64_t seq;
    chiso_instant_ms time; /* of the commit: never before the entry's before it */
    chiso_instant_ms clock; /* when its reports came: the same, unless the clock had gone back */
    const char *kind;
    const char *catalogue; /* hash */
    const struct replay_report *reports;
    size_t report_count;
    const char *commit_id, *ledger; /* for whoever rebuilds head and ledger; NULL: none */
    const char *closed, *by, *note; /* of a closing; NULL elsewhere */
    const char *arrived, *left; /* of a rebuild (core/moved.h); NULL: nothing */
};

/* A leaf that the last entry changed, and which of its reports did. */
struct replay_change {
    struct applied_leaf leaf;
    uint32_t report;
};

struct replay;
struct replay *replay_new(void); /* NULL: no memory */
void replay_free(struct replay *replay); /* accepts NULL */

/* Takes ENTRY under CATALOGUE, which must live until the next one is given. CHISO_EINVAL with a sentence: an
 * entry is missing before it, its kind is unknown, or a report that it holds is refused. CHISO_ENOMEM. After
 * an error REPLAY must be freed. */
int replay_take(struct replay *replay, const struct replay_entry *entry, const struct catalogue *catalogue,
    struct chiso_message *why);
/* What the last entry changed; lives until the next one. */
const struct replay_change *replay_changes(const struct replay *replay, size_t *count);

/* Reads what is there under CATALOGUE from now on. */
int replay_adopt(struct replay *replay, const struct catalogue *catalogue);
/* Leaves and closings, no totals, under the catalogue given last; lives until the next one is given. NULL: none
 * was given. */
const struct store *replay_store(const struct replay *replay);
/* Every leaf by code, those that are kept aside included, in no particular order. */
int replay_each_leaf(const struct replay *replay,
    int (*visit)(void *context, const char *unit, struct chiso_period period, const char *indicator,
        const struct leaf *leaf),
    void *context);
/* The closings of PROVINCE in the order of their entries. */
int replay_each_closing(const struct replay *replay, const char *province,
    int (*visit)(void *context, const struct closing *closing), void *context);
/* The last entry taken of PROVINCE; 0: none. */
uint64_t replay_seq(const struct replay *replay, const char *province);

#endif
