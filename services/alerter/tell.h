/* What viewers hear of alerts, as protobuf and as JSON (topics: proto/README.md): one event per transition, and a retained
 * snapshot of what is open. The journal is for what must not miss anything; these are for looking. */
#ifndef ALERTER_TELL_H
#define ALERTER_TELL_H

#include "core/alert.h"
#include "io/teller.h"
#include "keep.h"

void tell_event(struct teller *teller, const char *province, uint64_t seq, const struct alert *alert);
/* The open ones of KEPT, as many as a message holds. CHISO_EIO: not connected. */
int tell_snapshot(struct teller *teller, const char *province, uint64_t seq, const struct kept *kept);
#endif
