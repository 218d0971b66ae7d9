/* A publisher that sends more than it may (report_rate; no limit without it). What is above is not taken and not kept:
 * it is answered with DEFERRED and when to send it again, without a commit, and the publisher's outbox has it still.
 * Holding it back instead would hold back everybody's: one session brings all reports in order. */
#ifndef AGGREGATOR_FLOOD_H
#define AGGREGATOR_FLOOD_H

#include "share.h"

/* CHISO_ENOMEM. */
int flood_init(struct aggregator *a);
void flood_release(struct aggregator *a);
/* Takes what is above the limit out of SHARE, and answers it. */
void flood_defer(struct aggregator *a, struct share *share);

#endif
