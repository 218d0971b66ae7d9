/* The alerter: from the provinces' journals, and from the clock, to alerts, mails and viewers.
 *
 * One loop: read what is new, judge what it touches, write what changed in one transaction, tell. Everything
 * it knows is in Redis (alerts, cursor, notification queue), so it may be killed at any time and started
 * twice. */
#ifndef ALERTER_ALERTER_H
#define ALERTER_ALERTER_H

#include "io/options.h"

/* Runs until SIGTERM, or with ONCE until the journals' ends are reached and the queue is sent. The exit code
 * of the program. */
int alerter_run(const struct options *options, bool once);

#endif
