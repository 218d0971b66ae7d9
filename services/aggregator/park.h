/* Reports of a province that cannot be read or written while the others can: something else has written to its
 * keys. One session brings the reports of all provinces, and the broker goes no further than what is
 * acknowledged, so these are put aside in Redis (chiso:{PP}:parked), on disk like a commit, and acknowledged
 * without a receipt. Their publishers go on sending; a report that is there already is not kept twice. Once the
 * province is mended they are decided like any other, and answered. */
#ifndef AGGREGATOR_PARK_H
#define AGGREGATOR_PARK_H

#include "share.h"

/* More waiting for one province than this: its reports stay at the broker, and those of the others behind
 * them. */
#define PARKED_MAX 20000

/* The province is damaged: nothing is asked of it for a while, then ready_catch_up tries. */
void park_damaged(struct province *province);
/* Puts SHARE aside. An error: nothing of it may be acknowledged. */
int park_keep(struct aggregator *a, const struct share *share);
/* Takes back what was put aside for provinces that can be read again, also by an earlier process. Once a
 * turn. */
void park_take_back(struct aggregator *a);

#endif
