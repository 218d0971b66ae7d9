/* What others commit on our provinces: chisoctl closes a period, a second aggregator takes reports. A report of
 * ours runs into it by itself; viewers of a province to which nobody reports would see an old snapshot. */
#ifndef AGGREGATOR_OTHERS_H
#define AGGREGATOR_OTHERS_H

#include "aggregator.h"

/* At most once a second: drops the provinces whose head is not the one we know. They are read again, and their
 * snapshots published, by ready_catch_up. */
void others_notice(struct aggregator *a);

#endif
