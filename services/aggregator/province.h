/* The aggregator's cache of one province: leaves, totals, ledger and head as of HEAD.seq. Redis is the state;
 * whenever the two may differ the cache is dropped and read again. */
#ifndef AGGREGATOR_PROVINCE_H
#define AGGREGATOR_PROVINCE_H

#include "core/ledger.h"
#include "core/store.h"
#include "io/figures.h"
#include "score_round.h"

struct province {
    uint32_t unit;
    const char *code; /* the catalogue's */
    bool loaded;
    bool is_away; /* not loaded because of the cache's limit (cache.h): HEAD and SCORES still hold */
    size_t bytes; /* the memory it took when it was put away */
    unsigned long long used; /* the turn in which it was used last */
    struct store *store;
    struct ledger *ledger;
    struct head head;
    struct head known; /* the newest that this process has seen, whatever became of it; seq 0: none */
    uint64_t *pillar_seq; /* by pillar: seq of its last change */
    bool *pillar_dirty; /* by pillar: snapshot not yet published */
    bool is_damaged; /* something else has written to its keys (park.h) */
    long long rest_ms; /* monotonic: damaged, it is not read again before */
    long long parked_ms; /* monotonic: when reports that were put aside are looked for */
    bool is_behind; /* perhaps not summed with the catalogue yet (ready.h) */
    long long *snapshot_ms; /* by pillar: monotonic time of its last snapshot */
    long long coalesced_ms; /* since when ledger changes wait for a commit; 0: none wait */
    uint64_t committed; /* commits by this process */
    struct score_round scores;
};

int province_init(struct province *province, const struct catalogue *catalogue, uint32_t unit);
void province_release(struct province *province);
/* Forgets everything: the next use reads it again. */
void province_drop(struct province *province);
/* Frees the memory that the figures take, and keeps what is known of scores and snapshots: for when nothing waits to
 * be committed. */
void province_put_away(struct province *province);
/* Reads the province from Redis unless it is loaded. Where KNOWN is no part of what Redis has now, it has lost
 * commits: said once (event=history_lost), and what it has holds. It is still away where nobody has committed since it
 * was put away: the caller has nothing to tell viewers then, and takes the mark off. */
int province_load(struct province *province, struct redis *redis, const struct catalogue *catalogue,
    struct chiso_message *why);

#endif
