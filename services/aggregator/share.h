/* One province's share of a batch: decided, committed, told. */
#ifndef AGGREGATOR_SHARE_H
#define AGGREGATOR_SHARE_H

#include "aggregator.h"

struct share {
    struct province *province;
    const struct message *messages[BATCH_MESSAGES_MAX];
    size_t count;
    bool was_parked; /* it comes from where damaged provinces' reports wait (park.h), and may stay there */
    /* While it is on its way. */
    chiso_instant_ms now;
    struct decision decision;
    struct commit commit;
    bool begun, sent; /* decided; and its commit sent */
    int error; /* of what was begun */
};
/* Frees what it has become, and keeps nothing. */
void share_release(struct share *share);

/* Decides and commits until it is done and the receipts are on their way, or put aside (park.h), or until
 * PATIENCE (monotonic ms) is over: then an error, and nothing of it may be acknowledged. */
int share_process(struct aggregator *a, struct share *share, long long patience);
/* The same of several provinces. The commits of those that are in memory are sent together, before any answer is
 * awaited, and share their way to the disk; the others, and those that do not succeed, follow one by one. */
int shares_process(struct aggregator *a, struct share shares[], size_t count, long long patience);

/* Commits the deliveries of repeats once they have waited long enough, or AT_ONCE. Losing this race to a crash
 * loses counts of repeats only. */
void share_flush_repeats(struct aggregator *a, struct province *province, bool at_once);

#endif
