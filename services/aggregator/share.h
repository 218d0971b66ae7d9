/* One province's share of a batch, or a piece of it: decided, committed, told. */
#ifndef AGGREGATOR_SHARE_H
#define AGGREGATOR_SHARE_H

#include "aggregator.h"

/* A share is cut into pieces behind so many reports (one journal entry holds them, and Lua's stack is finite), or so many
 * bytes (so that decoding fits the arena): while Redis commits one the next is decided. Smaller pieces would overlap
 * better, and compute and store the totals of their reports' units more often. */
#define SHARE_MESSAGES_MAX 1000
#define SHARE_BYTES_MAX ((size_t)1024 * 1024)
/* Of a batch of one province; with more provinces there are at most so many more. */
#define SHARE_PIECES_MAX (BATCH_MESSAGES_MAX / SHARE_MESSAGES_MAX + BATCH_BYTES_MAX / SHARE_BYTES_MAX + 1)

struct share {
    struct province *province;
    const struct message *messages[SHARE_MESSAGES_MAX];
    size_t count;
    bool was_parked; /* it comes from where damaged provinces' reports wait (park.h), and may stay there */
    /* While it is on its way. */
    chiso_instant_ms now;
    struct decision decision;
    struct commit commit;
    bool begun, sent, done; /* decided; its commit sent; and told */
    int error; /* of what was begun */
};
/* Frees what it has become, and keeps nothing. */
void share_release(struct share *share);

/* Decides and commits until it is done and the receipts are on their way, or put aside (park.h), or until
 * PATIENCE (monotonic ms) is over: then an error, and nothing of it may be acknowledged. */
int share_process(struct aggregator *a, struct share *share, long long patience);
/* The same of several, those of one province in the order of their reports. The commits of provinces that are in
 * memory are sent as soon as they are decided, before any answer is awaited, and share their way to the disk where
 * Redis is slower than we; the others, and those that do not succeed, follow one by one. */
int shares_process(struct aggregator *a, struct share shares[], size_t count, long long patience);

/* Commits the deliveries of repeats once they have waited long enough, or AT_ONCE. Losing this race to a crash
 * loses counts of repeats only. */
void share_flush_repeats(struct aggregator *a, struct province *province, bool at_once);

#endif
