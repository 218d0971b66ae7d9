/* chiso-aggregator: collect a batch, decide it, commit it, tell the senders and viewers, acknowledge.
 *
 * The order is the promise: a broker's message is acknowledged, and a receipt leaves, only after the commit
 * is on disk. Whatever dies before that, the broker or the publisher's outbox sends again and the revision
 * rule makes the repeat harmless. */
#ifndef AGGREGATOR_AGGREGATOR_H
#define AGGREGATOR_AGGREGATOR_H

#include "collect.h"
#include "core/rate.h"
#include "io/catalogue_folder.h"
#include "score_ranks.h"
#include "tell.h"

/* What scores.c knows of the cache of scores and ranks, provinces apart. */
struct scores {
    struct score_plan *plan; /* of the catalogue in use; NULL: none yet */
    struct score_ranks ranks; /* to be made again */
    struct score_ranks made; /* those that Redis has */
    bool must_sweep; /* keys of an earlier catalogue may be left */
    long long rest_ms, retry_ms, look_ms; /* monotonic: not before */
    size_t first; /* turns so far */
};

struct aggregator {
    const struct options *options;
    struct redis *redis;
    struct mqtt *mqtt; /* reports come in on it; everything that is told goes out on the teller's */
    struct catalogue *catalogue;
    char catalogue_hash[CATALOGUE_HASH_CHARS];
    struct province *provinces; /* those this instance serves */
    size_t province_count;
    struct collect collect;
    struct share *shares; /* the batch by province; room for all */
    size_t share_count;
    struct chiso_arena arena;
    size_t cache_bytes; /* the most that the provinces' figures take (cache.h) */
    unsigned long long uses; /* of provinces, so far */
    struct commit commit;
    struct rate *rate; /* what one publisher may send (flood.h); NULL: no limit */
    struct teller teller;
    struct scores scores;
    int exit_code;
    int64_t time_slot; /* of the last turn: catalogue_time_slot */
    bool is_replaced; /* another catalogue may be in force: adopt_watch looks at once */
    bool is_stuck; /* it is, and cannot be followed (yet): no reports */
    char stuck_hash[CATALOGUE_HASH_CHARS]; /* which one */
    unsigned follow_tries;
    /* Monotonic: when adopt_watch asks again, when it tries STUCK_HASH again, and ready_catch_up a province. */
    long long watch_ms, follow_ms, catch_up_ms;
    long long others_ms, settings_ms; /* monotonic: when others_notice and settings_watch_redis look again */
    size_t snapshots_at; /* the province whose snapshots are next */
    long long snapshots_ms; /* monotonic: when there was time for some last */
    bool may_be_gone; /* the broker may retain snapshots that nobody refreshes any more (gone.h) */
    struct strings gone_pillars; /* those that went with the last changes of the catalogue */
    bool refused_memory; /* a message could not be copied: do not acknowledge this batch */
};

/* Runs until SIGTERM. Returns the exit code. */
int aggregator_run(const struct options *options);

#endif
