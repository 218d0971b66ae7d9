/* Everything in the outbox goes out and waits for its receipt.
 *
 * A report is published on chiso/v1/report/<province>/<publisher> with QoS 1, and stays in the outbox until
 * chiso/v1/receipt/<province>/<publisher> says what became of it: the broker's PUBACK says nothing about the
 * centre. At most PUBLISHER_WINDOW reports are on their way at a time, because the broker's queues are
 * bounded. They are sent again at every new connection, and one by one after a time-out that doubles; sending
 * twice is harmless, the second is a duplicate.
 *
 * Without a publisher's name each unit's reports go out under the unit's own code, all over one connection,
 * as if every unit had a system of its own. That works on loopback, where the broker asks for no login. With
 * a login the broker's access list lets a client publish under the login's name only, so the login then is
 * the publisher, and publishers.csv says for which units it may report. */
#ifndef PUBLISHER_PUBLISHER_H
#define PUBLISHER_PUBLISHER_H

#include "io/mqtt.h"
#include "io/outbox.h"
#include "receipts.h"

#define PUBLISHER_WINDOW 500
#define PUBLISHER_RESEND_FIRST_MS 5000
#define PUBLISHER_RESEND_MAX_MS 60000

struct publisher;

/* OPTIONS: url, login and client_id; the rest is set here. CHISO_EINVAL: what mqtt_open refuses. */
int publisher_open(const struct mqtt_options *options, struct outbox *outbox, struct receipts *receipts,
    struct publisher **out, struct chiso_message *why);
/* Until the outbox is empty (CHISO_OK), *STOP is set or WAIT_MS have passed (CHISO_ETIMEOUT; 0: no limit), or
 * the outbox fails. */
int publisher_run(
    struct publisher *publisher, const volatile int *stop, long long wait_ms, struct chiso_message *why);
void publisher_close(struct publisher *publisher); /* accepts NULL */

#endif
