/* Journals in Redis read again from their first entry into core/replay.h: what a province's figures were at some
 * time, or at some commit. Reads only. */
#ifndef IO_JOURNAL_REPLAY_H
#define IO_JOURNAL_REPLAY_H

#include "core/replay.h"
#include "io/catalogue_folder.h"
#include "io/journal_source.h"

struct journal_replay;
/* What SOURCE names stays the caller's. NULL: no memory. */
struct journal_replay *journal_replay_new(const struct journal_source *source);
void journal_replay_free(struct journal_replay *replay); /* accepts NULL */
/* Begins again with no province and no figure; catalogues stay loaded. CHISO_ENOMEM. */
int journal_replay_restart(struct journal_replay *replay);
/* PROVINCE's journal (its code) is read too, up to entry LAST at most. CHISO_ENOMEM. */
int journal_replay_add(struct journal_replay *replay, const char *province, uint64_t last);
#define JOURNAL_NEWEST UINT64_MAX

/* Takes the entries of all journals added, the oldest first, each journal up to the first entry that is later
 * than UNTIL. VISIT (may be NULL) is called after each; an error of its ends everything. CHISO_EINVAL with a
 * sentence where a journal cannot be replayed: it does not begin at its first entry, or names a catalogue that is
 * not stored. */
int journal_replay_run(struct journal_replay *replay, chiso_instant_ms until,
    int (*visit)(void *context, const struct replay_entry *entry, const struct replay *state), void *context,
    struct chiso_message *why);
/* The entry that is being visited, as XRANGE gives it: its id and its fields. */
const struct redisReply *journal_replay_raw(const struct journal_replay *replay);
/* What was made; lives as long as REPLAY. */
struct replay *journal_replay_state(struct journal_replay *replay);
/* The catalogue stored under HASH, loaded once; lives as long as REPLAY. */
int journal_replay_catalogue(
    struct journal_replay *replay, const char *hash, const struct catalogue **out, struct chiso_message *why);

/* What every entry says. */
struct journal_stamp {
    uint64_t seq; /* 0: there is no such entry */
    chiso_instant_ms time;
    char catalogue[CATALOGUE_HASH_CHARS];
};
/* The entry SEQ of PROVINCE. */
int journal_stamp_read(const struct journal_source *source, const char *province, uint64_t seq,
    struct journal_stamp *out, struct chiso_message *why);
/* The last entry of PROVINCE that is not later than UNTIL: Presumes that the times of a journal ascend.
 * CHISO_ENOTFOUND with a sentence: it is in an archive that is not at hand. */
int journal_last_before(const struct journal_source *source, const char *province, chiso_instant_ms until,
    struct journal_stamp *out, struct chiso_message *why);

#endif
