/* One commit of one province: a single call of a Redis Function that is all or nothing (commit.lua). */
#ifndef IO_COMMIT_H
#define IO_COMMIT_H

#include "io/figures.h"
#include "io/redis.h"
#include "io/resp.h"
#include <chiso/period.h>
#include <stdint.h>

/* A growing list of byte strings; copies what it is given. */
struct strings {
    char **text;
    size_t *length;
    size_t count, capacity;
    bool failed; /* without memory */
};
void strings_add(struct strings *list, const void *bytes, size_t length);
void strings_add_text(struct strings *list, const char *text);
void strings_clear(struct strings *list);
void strings_release(struct strings *list);

/* Everything a commit writes, zeroed at first, already in the form in which it is sent. Hash writes come grouped
 * by key. */
struct commit {
    const char *province;
    uint64_t expected_seq;
    char expected_id[COMMIT_ID_CHARS]; /* of the last commit: the number alone comes again after a loss */
    char id[COMMIT_ID_CHARS], catalogue[65];
    chiso_instant_ms time; /* never before HEAD's */
    struct resp head, ledger, journal; /* pairs */
    struct resp quarantine; /* each entry's pairs behind the number of their words */
    size_t quarantine_count; /* entries */
    struct resp deletions; /* keys */
    struct resp hash_keys; /* one per hash */
    struct resp
        hash_pairs; /* pairs of all hashes, in the order of hash_keys, each hash behind their number */
    size_t hash_counter; /* of the hash begun last */
    struct chiso_period *periods; /* that the hashes are of, each once */
    size_t period_count, period_capacity;
    bool failed; /* without memory; checked once by commit_send */
};

/* Empties COMMIT, keeping its memory, for what follows HEAD of PROVINCE (a code that lives as long), with a
 * fresh id and the journal's first fields. A clock that went back does not move COMMIT's time back. KIND: "reports", "catalogue", "close". */
void commit_begin(struct commit *commit, const char *province, const struct head *head, const char *kind,
    const char *catalogue, chiso_instant_ms now);
void commit_release(struct commit *commit);
/* The writes to a hash of (unit, period): its period exists from now on, readers find keys by that. What is
 * added belongs to the hash begun last. */
void commit_cell(
    struct commit *commit, const char *kind /* leaf, sum */, const char *unit, struct chiso_period period);
void commit_leaf(struct commit *commit, const char *indicator, const struct leaf *leaf);
void commit_total(struct commit *commit, const char *indicator, int level, const struct total *total);
/* A period that this commit closes: CLOSING's seq is the commit's. It goes into the journal entry too. */
void commit_closing(struct commit *commit, const struct closing *closing);

/* The head says from now on that all totals are this build's (ROLLUP_VERSION). A province's first commit says
 * so by itself. */
void commit_totals_version(struct commit *commit);

/* HEAD as it is after a commit that followed it and whose totals are this build's. */
void commit_done(const struct commit *commit, struct head *head);

/* Loads (or replaces) the function into the server. */
int commit_install(struct redis *redis, struct chiso_message *why);

/* Sends without waiting for the answer; several provinces' commits share one fsync. */
int commit_send(struct redis *redis, const struct commit *commit);
/* The answer of the oldest one sent. CHISO_OK: committed and, with appendfsync always, on disk.
 * CHISO_ECONFLICT: the head is not what was expected, nothing written. CHISO_EREFUSED: the server refused,
 * nothing written. CHISO_EINVAL: the same, because what is stored of the
 * province is damaged. CHISO_EIO, CHISO_ETIMEOUT: unknown, see commit_find. */
int commit_answer(struct redis *redis, struct chiso_message *why);
/* After an unknown outcome: CHISO_OK when the journal has this commit, CHISO_ENOTFOUND when its place is
 * free, CHISO_ECONFLICT when another commit took it, else CHISO_EIO. */
int commit_find(struct redis *redis, const struct commit *commit, struct chiso_message *why);

/* All of it: sends, waits, loads a function that is missing, and finds out what became of a commit whose answer
 * never came, until PATIENCE (monotonic ms) is over. CHISO_OK, CHISO_ECONFLICT, or CHISO_EREFUSED and CHISO_EINVAL (logged) as
 * commit_answer; CHISO_ETIMEOUT: still unknown. */
int commit_write(struct redis *redis, const struct commit *commit, long long patience);
/* The rest of it, after commit_answer gave ERROR and WHY; all other answers have been taken. */
int commit_finish(struct redis *redis, const struct commit *commit, int error, struct chiso_message *why,
    long long patience);

#endif
