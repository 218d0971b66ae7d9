/* What becomes of a batch of reports of one province: a verdict for each, and the commit that makes them
 * durable. */
#ifndef AGGREGATOR_DECIDE_H
#define AGGREGATOR_DECIDE_H

#include "core/catalogue.h"
#include "core/rollup.h"
#include "io/commit.h"
#include "province.h"
#include <chiso/report.h>

/* A report as it arrived. Bytes belong to whoever collects the batch. */
struct message {
    char province[CHISO_UNIT_BYTES_MAX + 1], publisher[CHISO_UNIT_BYTES_MAX + 1]; /* from the topic */
    const void *bytes;
    size_t length;
};

struct changed_leaf {
    uint32_t unit, indicator;
    struct chiso_period period;
};

struct decision {
    struct chiso_verdict *verdicts; /* one per message, in the arena */
    struct changed_leaf *changed; /* sorted, each once */
    size_t changed_count, changed_capacity;
    struct rollup_cells cells;
    /* Nothing but duplicates and superseded reports, with numbers that the ledger has: the commit may wait. */
    bool only_repeats;
    bool
        overflows; /* set by the caller: a total is known to overflow with the one message, so it is refused */
};
void decision_release(struct decision *decision);

/* Decides MESSAGES against PROVINCE, whose store and ledger are changed as if the commit had succeeded: if it
 * does not, drop the province and decide again. COMMIT has been begun on the province's head.
 * Reports are decided in the order given. CHISO_ERANGE: a total would leave 128 bits with one of them. */
int decide_batch(struct province *province, const struct catalogue *catalogue,
    const struct message *const messages[], size_t count, chiso_instant_ms now, struct chiso_arena *arena,
    struct commit *commit, struct decision *out);

/* The verdict on a message that belongs to no known province; the quarantine's text is the first rejection's.
 */
int decide_stray(const struct catalogue *catalogue, const struct message *message, chiso_instant_ms now,
    struct chiso_arena *arena, struct chiso_verdict *out);

/* Writes a message that no province's commit takes into chiso:quarantine at once. */
int quarantine_stray(struct redis *redis, const struct message *message, const struct chiso_verdict *verdict,
    chiso_instant_ms now);

#endif
