/* Which figures scores are made of: whoever keeps scores current asks this what a changed figure touches. */
#ifndef CORE_SCORE_PLAN_H
#define CORE_SCORE_PLAN_H

#include "core/catalogue_index.h"

struct score_plan;
/* CATALOGUE outlives it. CHISO_ENOMEM. */
int score_plan_new(const struct catalogue *catalogue, struct score_plan **out);
void score_plan_free(struct score_plan *plan); /* accepts NULL */

/* Are there neither indices nor targets, so that there are no scores at all? */
bool score_plan_is_empty(const struct score_plan *plan);
/* Is INDICATOR a component of an index, at any depth, or the reported value of one? */
bool score_plan_has(const struct score_plan *plan, uint32_t indicator);
/* Has INDICATOR a target, so that its pillar's default score depends on it? */
bool score_plan_is_judged(const struct score_plan *plan, uint32_t indicator);

/* An index stands in every pillar that a component of it belongs to, at any depth; informational components
 * and what is published do not count. (This project's choice: nobody who looks into a pillar misses one.) */
bool score_plan_in_pillar(const struct score_plan *plan, uint32_t which, uint32_t pillar);
/* Does a figure of INDICATOR touch an index of the pillar? */
bool score_plan_touches(const struct score_plan *plan, uint32_t indicator, uint32_t pillar);
/* The window in which all components of an index can have a figure: the longest of their cadences. NONE:
 * nothing is owed. */
enum chiso_period_kind score_plan_window(const struct score_plan *plan, uint32_t which);

/* The windows whose scores a figure for PERIOD touches, PERIOD itself first: the windows that contain it, for
 * an interval itself alone. Nothing is kept of 9M, which is put together when it is read (S7). At most 5. */
#define SCORE_WINDOWS_MAX 5
size_t score_windows(
    struct chiso_period period, enum chiso_calendar calendar, struct chiso_period out[SCORE_WINDOWS_MAX]);

#endif
