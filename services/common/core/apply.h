/* What a report does to the figures of a province: the decision on each of its observations, and nothing
 * else. It depends only on what is passed here: the same bytes in the same order, at the same times and under
 * the same catalogues, always give the same figures. */
#ifndef CORE_APPLY_H
#define CORE_APPLY_H

#include "core/admit.h"
#include "core/store.h"

/* A leaf that has a new state. */
struct applied_leaf {
    uint32_t unit, indicator;
    struct chiso_period period;
    struct leaf before, after; /* before.revision 0: never reported until now */
};

struct apply {
    const struct catalogue *catalogue;
    const char *province; /* code in the topic */
    struct store *store; /* the province's figures; changed */
    chiso_instant_ms now; /* of the commit */
    uint64_t seq; /* of the commit: the journal entry */
    uint32_t index; /* the report's place in the entry, from 0 */
    struct chiso_arena *arena; /* for the verdict and its texts */
    /* Called for each accepted observation, in their order; an error ends it. May be NULL. */
    int (*changed)(void *context, const struct applied_leaf *leaf);
    void *context;
};

struct applied {
    struct chiso_verdict verdict; /* in the arena */
    bool readable; /* false: undecodable bytes; REPORT and ADMITTED are then empty */
    struct chiso_report report;
    struct admitted admitted; /* reason set: refused as a whole */
};

/* May the report be taken at all? Decodes and admits it; the verdict is CHISO_REJECTED where it may not, and
 * otherwise still open. CHISO_ENOMEM. */
int apply_read(
    const struct apply *apply, const char *publisher, const void *bytes, size_t length, struct applied *out);
/* The same, then every observation against the store. CHISO_ENOMEM and errors of CHANGED: the store is half
 * changed and must be dropped. */
int apply_report(
    const struct apply *apply, const char *publisher, const void *bytes, size_t length, struct applied *out);

/* Refuses with one more reason (a verdict of apply_read has room for one beside its observations'). */
void apply_reject(
    struct chiso_verdict *verdict, const char *indicator, enum chiso_reason reason, const char *text);

#endif
