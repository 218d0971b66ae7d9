/* What every service says over MQTT in the same way: its retained status with a last will, and messages for
 * viewers, each as protobuf and as JSON (topics: proto/README.md). What a service has to tell beside that is
 * in its own tell.h. */
#ifndef IO_TELLER_H
#define IO_TELLER_H

#include "io/mqtt.h"
#include "io/options.h"
#include <stdint.h>

#define TELLER_INSTANCE_BYTES 65

/* A publisher's numbers in its ServiceStatus; other services leave them 0. */
struct teller_counts {
    uint64_t published, outstanding, refused;
};
/* A status that changes is told again no sooner than this. */
#define TELLER_COUNTS_EVERY_MS 1000

struct teller {
    struct mqtt *mqtt; /* the caller's; set it once it is open */
    const char *service; /* "aggregator" */
    char instance[TELLER_INSTANCE_BYTES], client_id[TELLER_INSTANCE_BYTES + 32], status_topic[160];
    uint8_t *will; /* ServiceStatus "lost" */
    size_t will_length;
    bool announced; /* on this connection; clear it at every new one */
    struct teller_counts counts; /* what "running" and "stopped" say */
    uint64_t logged; /* log_counted() then */
    long long counts_ms; /* when they were last told */
};

/* SERVICE lives as long as the teller; INSTANCE NULL: "1". CHISO_ENOMEM. */
int teller_init(struct teller *teller, const char *service, const char *instance);
void teller_release(struct teller *teller); /* accepts a zeroed one */

/* Where to connect, as whom, and the last will; the rest of the options is the caller's to set. Points into
 * TELLER and OPTIONS. */
struct mqtt_options teller_mqtt_options(const struct teller *teller, const struct options *options);

/* The retained status: "running" once per connection, and again with the log's counts (io/log.h) when one of
 * them has changed, at most once in TELLER_COUNTS_EVERY_MS; so call it every so often. "stopped" at the end.
 * Nothing while the broker is away. True when a new connection was told just now. */
bool teller_running(struct teller *teller);
/* The same with COUNTS, which count as a change too. NOW_MS: clock_monotonic_ms. */
bool teller_running_counts(struct teller *teller, struct teller_counts counts, long long now_ms);
void teller_stopped(struct teller *teller);

/* BYTES (protobuf) under chiso/v1/TAIL and JSON under chiso/v1/json/TAIL. Takes both over (malloc'ed),
 * also on failure; NULL means that there was no memory for it. CHISO_ENOMEM; CHISO_EIO when not
 * connected. */
int teller_publish(
    struct teller *teller, const char *tail, uint8_t *bytes, size_t length, char *json, bool retain);

#endif
