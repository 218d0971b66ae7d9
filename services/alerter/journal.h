/* What is new in a province's journal (proto/README.md): the reports of each commit, decoded into the matters
 * they touch. */
#ifndef ALERTER_JOURNAL_H
#define ALERTER_JOURNAL_H

#include "io/redis.h"
#include "subjects.h"

struct news {
    uint64_t last; /* seq of the newest entry read; AFTER when there is none */
    size_t entries;
    bool more; /* there may be further entries */
    bool everything; /* a change of catalogue, a closed period, a gap: look at everything */
    struct subjects subjects;
};

/* Reads entries after AFTER, a bounded number. ARENA is reset for each report. */
int journal_read(struct redis *redis, const struct catalogue *catalogue, const char *province, uint64_t after,
    chiso_day today, struct chiso_arena *arena, struct news *out, struct chiso_message *why);
void journal_release(struct news *news);

#endif
