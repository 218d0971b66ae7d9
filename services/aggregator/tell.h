/* What the aggregator tells the world after a commit: receipts to the senders; changes and snapshots to
 * viewers. */
#ifndef AGGREGATOR_TELL_H
#define AGGREGATOR_TELL_H

#include "decide.h"
#include "io/teller.h"
#include "province.h"

/* One receipt of commit SEQ per publisher (several when it is long), in the order of the messages. A receipt that cannot be
 * queued is lost with its connection: the report is not acknowledged then and comes again. */
void tell_receipts(struct teller *teller, const char *province, uint64_t seq,
    const struct message *const messages[], const struct chiso_verdict verdicts[], size_t count,
    chiso_instant_ms committed_at);
/* The receipt for a message that belongs to no known province. */
void tell_stray(struct teller *teller, const struct message *message, const struct chiso_verdict *verdict,
    chiso_instant_ms now);

/* PillarChange per pillar that commit SEQ changed. */
void tell_changes(struct teller *teller, const struct catalogue *catalogue, struct province *province,
    uint64_t seq, const struct changed_leaf *changed, size_t count);
/* Retained PillarSnapshots that are due: at most one per pillar and second. False: some are left, because it is
 * UNTIL_MS (monotonic). */
bool tell_snapshots(struct teller *teller, const struct catalogue *catalogue, const struct score_plan *plan,
    struct province *province, long long until_ms);

/* teller_running as soon as the broker delivers reports to us on the connection REPORTS, with the log line event=ready. */
void tell_running(struct teller *teller, const struct mqtt *reports);

#endif
