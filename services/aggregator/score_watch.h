/* What becomes of a cache that others touch: keys left over by an earlier catalogue are taken away, and what
 * somebody deleted is written again. */
#ifndef AGGREGATOR_SCORE_WATCH_H
#define AGGREGATOR_SCORE_WATCH_H

#include "aggregator.h"

/* Once all provinces' scores are written: every other score key of theirs goes, and every ranking is made
 * again. One pass over all keys. */
int score_watch_sweep(struct aggregator *a, struct chiso_message *why);

/* Now and then: is every hash there that was written, and every ranking? A province of which a hash is missing is
 * computed anew, and rankings are made again. */
void score_watch_look(struct aggregator *a, long long now);

#endif
