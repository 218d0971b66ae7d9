/* A province's part of the score cache: which windows have scores, which of them no longer hold, and the round
 * that computes these, a unit at a time, so that it can stop whenever reports wait.
 *
 * A round has the commit that it began with. Commits during a round mark windows for the next one, so what the
 * cache holds after a round is of that commit or a later one, and what no later commit touched is exact. */
#ifndef AGGREGATOR_SCORE_ROUND_H
#define AGGREGATOR_SCORE_ROUND_H

#include "core/score_fields.h"
#include "io/scores.h"

struct score_window {
    struct chiso_period period;
    unsigned parts; /* of what there is something to compute */
    unsigned stale; /* of these: a figure has changed */
    unsigned todo; /* of these: this round's, not computed yet */
    bool stored; /* Redis has the hash */
};

struct score_round {
    bool known; /* WINDOWS are all there are; false: everything is to be found and computed */
    struct score_window *windows; /* by chiso_period_compare */
    size_t count, capacity;
    struct scores_version done; /* what Redis has been told that the cache is of; seq 0: not yet */
    long long began_ms; /* monotonic, the last round */
    bool running;
    struct scores_version version; /* of the running round */
    chiso_instant_ms now;
    struct chiso_period window; /* the one at hand; kind NONE: none */
    unsigned parts;
    struct score_fields *fields;
    struct strings pairs; /* fields and texts of the window so far */
};

void score_round_release(struct score_round *round);
/* Whatever is known of the cache is forgotten, the figures are about to be read again. */
void score_round_forget(struct score_round *round);
/* Ends a round that runs; what it has not computed is the next one's. */
void score_round_pause(struct score_round *round);

/* A figure of INDICATOR for PERIOD has changed. CHISO_ENOMEM. */
int score_round_touch(struct score_round *round, const struct catalogue *catalogue,
    const struct score_plan *plan, uint32_t indicator, struct chiso_period period);
/* The day has turned: what is judged has. */
void score_round_touch_pillars(struct score_round *round);

/* Finds all windows if they are not known, and begins a round with what is stale, as of VERSION. */
int score_round_begin(struct score_round *round, const struct score_source *source,
    const struct scores_version *version, chiso_instant_ms now);
/* Computes a little more. SCORES_WINDOW: the one at hand is complete; send its PAIRS, then score_round_sent.
 * CHISO_ERANGE, CHISO_ENOMEM. */
enum score_progress { SCORES_GO_ON, SCORES_WINDOW, SCORES_OVER };
int score_round_step(
    struct score_round *round, const struct score_source *source, enum score_progress *progress);
enum scores_scope score_round_scope(const struct score_round *round);
void score_round_sent(struct score_round *round);

#endif
