/* Keeps the cache of scores and ranks in Redis current (derived, outside the commit and the receipts).
 *
 * Work is done in slices between batches: of some milliseconds, and while reports keep coming only as long as
 * a tenth of the time. A province's scores are refreshed at most once a second. */
#ifndef AGGREGATOR_SCORES_H
#define AGGREGATOR_SCORES_H

#include "aggregator.h"

/* What scores are made of, for the catalogue in use; NULL without memory. */
const struct score_plan *scores_plan(struct aggregator *a);
/* After a commit. */
void scores_touch(
    struct aggregator *a, struct province *province, const struct changed_leaf *changed, size_t count);
/* A slice of what is to be done. BUSY: reports came in this turn. */
void scores_turn(struct aggregator *a, bool busy);
/* Is there something to be done at once? Then the broker is not waited for. */
bool scores_are_waiting(const struct aggregator *a);
/* Are PROVINCE's scores of another commit, or another day, than they should be? */
bool scores_are_behind(const struct province *province);
/* At the end: all of it, within FINISH_MS. */
void scores_finish(struct aggregator *a);
/* Before the catalogue goes, for another one or for good. */
void scores_release(struct aggregator *a);

#endif
