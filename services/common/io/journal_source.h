/* The provinces' journals as readers see them: what is in Redis, and before that what `chisoctl archive` has moved to
 * files (io/archive.h). chiso:{PP}:archived says up to where, as "<seq> <commit_id>" of the last entry that is not in
 * Redis any more, and so tells an archived entry from a lost one. */
#ifndef IO_JOURNAL_SOURCE_H
#define IO_JOURNAL_SOURCE_H

#include "io/archive.h"

struct journal_source {
    struct redis *redis;
    struct archive *archive; /* NULL: none is at hand */
};

/* Up to which entry PROVINCE's journal is in the archive; 0: all of it is in Redis. CHISO_EINVAL with a sentence where
 * the archive at hand is not this province's, or lacks entries. */
int journal_source_archived(
    const struct journal_source *source, const char *province, uint64_t *out, struct chiso_message *why);
/* Entries FROM … LAST of PROVINCE, at most COUNT, as XRANGE answers; fewer do not mean the end. The caller frees *OUT
 * with redis_free. CHISO_ENOTFOUND with a sentence: they are in an archive that is not at hand. */
int journal_source_range(const struct journal_source *source, const char *province, uint64_t from,
    uint64_t last, unsigned count, struct redisReply **out, struct chiso_message *why);

#endif
