/* A province ready for reports: in the cache, and summed with the catalogue the aggregator works with. */
#ifndef AGGREGATOR_READY_H
#define AGGREGATOR_READY_H

#include "aggregator.h"

/* The province as Redis has it, summed again where its totals are of another catalogue or another version of
 * the computation. CHISO_EINVAL: what is stored is damaged, a key of it named in the log. CHISO_EREFUSED: it cannot be, or (a->is_replaced) another catalogue is in force: two
 * aggregators that sum differently must not take turns, so this one looks at the catalogue first. */
int ready_province(struct aggregator *a, struct province *province);
/* Is it ready as far as is known here? Asks nobody. */
bool ready_is_loaded(struct aggregator *a, struct province *province);

/* The provinces that a change of catalogue left to be summed and that nobody reports to. */
void ready_catch_up(struct aggregator *a);

/* Every snapshot is to be published again. */
void ready_want_snapshots(struct aggregator *a, struct province *province);

#endif
