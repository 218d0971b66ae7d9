/* What viewers hear of alerts, as protobuf and as JSON (DESIGN 3): one event per transition, and a retained
 * snapshot of what is open. The journal is for what must not miss anything; these are for looking. */
#ifndef ALERTER_TELL_H
#define ALERTER_TELL_H

#include "core/alert.h"
#include "io/mqtt.h"
#include "keep.h"

struct teller {
    struct mqtt *mqtt;
    char instance[65], status_topic[160];
    uint8_t *will; /* ServiceStatus "lost" */
    size_t will_length;
    bool announced; /* on this connection */
};

int teller_init(struct teller *teller, const char *instance);
void teller_release(struct teller *teller);

void tell_event(struct teller *teller, const char *province, uint64_t seq, const struct alert *alert);
/* The open ones of KEPT. CHISO_EIO: not connected. */
int tell_snapshot(struct teller *teller, const char *province, uint64_t seq, const struct kept *kept);
/* The retained status: "running" once per connection, "stopped" at the end. */
void tell_running(struct teller *teller);
void tell_stopped(struct teller *teller);

#endif
