/* Which scores of a unit to show first. */
#ifndef CORE_SCORE_LATEST_H
#define CORE_SCORE_LATEST_H

#include "core/score.h"
#include "core/score_plan.h"

struct score_shown {
    const struct index_version *version;
    struct chiso_period period;
    bool running; /* the window has not ended at NOW */
    struct score score; /* without a rank */
};

/* How far is looked back for a window that has a score. */
#define SCORE_LATEST_WINDOWS 12

/* Of every index of PILLAR in which UNIT takes part: the latest ended window of its length (score_plan_window)
 * that has a value, or would have one with figures of former provinces (SCORE_ELSEWHERE), among the last
 * SCORE_LATEST_WINDOWS in which anything was reported, and the running one if it has one; in the order of
 * indices.csv, *OUT malloc'ed. CHISO_ERANGE, CHISO_ENOMEM. */
int score_latest(const struct catalogue *catalogue, const struct store *store, const struct score_plan *plan,
    uint32_t unit, uint32_t pillar, chiso_instant_ms now, struct score_shown **out, size_t *count);

#endif
