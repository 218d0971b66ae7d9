/* chiso-aggregator: collect a batch, decide it, commit it, tell the senders and viewers, acknowledge.
 *
 * The order is the promise: a broker's message is acknowledged, and a receipt leaves, only after the commit
 * is on disk. Whatever dies before that, the broker or the publisher's outbox sends again and the revision
 * rule makes the repeat harmless. */
#ifndef AGGREGATOR_AGGREGATOR_H
#define AGGREGATOR_AGGREGATOR_H

#include "io/options.h"

/* Runs until SIGTERM. Returns the exit code. */
int aggregator_run(const struct options *options);

#endif
