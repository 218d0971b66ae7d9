/* Everything in the outbox goes out and waits for its receipt.
 *
 * A report is published on chiso/v1/report/<province>/<publisher> with QoS 1, and stays in the outbox until
 * chiso/v1/receipt/<province>/<publisher> says what became of it: the broker's PUBACK says nothing about the
 * centre. At most PUBLISHER_WINDOW reports are on their way at a time, because the broker's queues are
 * bounded. They are sent again at every new connection (the broker may have lost its store), and one by one
 * after a time-out that doubles; sending twice is harmless, the second is a duplicate.
 *
 * A report that the broker does not let us publish (its access list, a quota) makes room for the others, is
 * remembered as refused in the outbox, and is tried again every PUBLISHER_REFUSED_MS and at every new
 * connection. When the outbox cannot be written (a full disk), receipts change nothing: their reports go out
 * again until they can be written down.
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
#define PUBLISHER_DEFERRED_MIN_MS 100 /* what the centre puts off is not sent again sooner */
/* The broker keeps what it has taken while the centre is away: sending more often would fill its queue. */
#define PUBLISHER_RESEND_MAX_MS 300000
#define PUBLISHER_REFUSED_MS 300000
/* The longest that one round waits for input, so that a stop is noticed. */
#define PUBLISHER_ROUND_MS 200

struct publisher;

/* OPTIONS: url, login, client_id and will; the rest is set here. CHISO_EINVAL: what mqtt_open refuses. */
int publisher_open(const struct mqtt_options *options, struct outbox *outbox, struct receipts *receipts,
    struct publisher **out, struct chiso_message *why);
/* One round: sends what is due, waits up to TIMEOUT_MS for receipts and settles them. Fails only when the
 * outbox is damaged or cannot be read. */
int publisher_round(struct publisher *publisher, int timeout_ms, struct chiso_message *why);
/* Rounds until the outbox is empty (CHISO_OK), *STOP is set or WAIT_MS have passed (CHISO_ETIMEOUT; 0: no
 * limit), or one fails. */
int publisher_run(
    struct publisher *publisher, const volatile int *stop, long long wait_ms, struct chiso_message *why);
void publisher_close(struct publisher *publisher); /* accepts NULL */

struct mqtt *publisher_mqtt(struct publisher *publisher);
/* How often it has connected. */
unsigned publisher_connections(const struct publisher *publisher);
/* How often the outbox could not be written. */
unsigned publisher_write_failures(const struct publisher *publisher);
/* Reports have been added to the outbox. */
void publisher_wake(struct publisher *publisher);

#endif
