/* MQTT 5 through libmosquitto with our own loop, so that an acknowledgement leaves only when we say so.
 *
 * libmosquitto sends PUBACK before it calls back when it runs its own loop. In threaded mode without its
 * thread, PUBACKs are only queued by mqtt_read and leave at mqtt_flush: a caller that commits in between
 * never loses a message, whatever dies. While a batch is
 * uncommitted nothing may be flushed, pings included; if that lasts longer than half the keepalive, mqtt_drop
 * lets the broker deliver again. */
#ifndef IO_MQTT_H
#define IO_MQTT_H

#include <chiso/error.h>
#include <stdbool.h>
#include <stddef.h>

struct mqtt;

struct mqtt_options {
    const char *url; /* mqtt://host:port or mqtts://host:port */
    const char *username, *password_file, *ca_file; /* NULL on loopback; all required beyond it */
    const char *client_id;
    bool clean_start;
    unsigned session_expiry_s;
    unsigned keepalive_s; /* 0: 30 */
    unsigned receive_maximum; /* 0: 1000; as option and as CONNECT property */
    const char *will_topic; /* NULL: none; retained, QoS 1, published 5 s after the connection broke */
    const void *will;
    size_t will_length;
    /* Called from mqtt_read. Pointers live during the call only. */
    void (*on_message)(void *context, const char *topic, const void *bytes, size_t length, bool retained);
    /* Called from mqtt_read when the broker has acknowledged a QoS 1 publish; may be NULL. */
    void (*on_published)(void *context, int message_id);
    /* Called beside it when that acknowledgement is a refusal (not on the access list, a quota …); may be
     * NULL. WHY is the broker's reason in words. */
    void (*on_refused)(void *context, int message_id, const char *why);
    /* Called after every successful CONNACK, subscriptions already queued; may be NULL. */
    void (*on_connected)(void *context);
    void *context;
};

/* Checks and copies the options; does not connect. CHISO_EINVAL: bad URL, or beyond loopback without TLS and
 * login. */
int mqtt_open(const struct mqtt_options *options, struct mqtt **out, struct chiso_message *why);
/* Sends what is queued (at most a second), disconnects cleanly and frees. When messages have been read since
 * the last mqtt_flush nothing is sent: the connection just ends and the broker delivers them again. Accepts
 * NULL. */
void mqtt_close(struct mqtt *mqtt);

/* Remembered and sent again at every connection. Before the first mqtt_read is soon enough. */
int mqtt_subscribe(struct mqtt *mqtt, const char *filter);

/* Queues a QoS 1 publish; *MESSAGE_ID may be NULL. CHISO_EIO when not connected. Leaves at the next
 * mqtt_flush. */
int mqtt_publish(
    struct mqtt *mqtt, const char *topic, const void *bytes, size_t length, bool retain, int *message_id);

/* For what is said right before mqtt_close: QoS 0, which does not wait until others are acknowledged. */
int mqtt_publish_last(struct mqtt *mqtt, const char *topic, const void *bytes, size_t length, bool retain);

/* Connects (again) when needed, with back-off and jitter; waits up to TIMEOUT_MS for input and reads what the
 * socket holds, message by message until WANTED(context) returns false (NULL: no limit). That is what limits
 * a batch: mosquitto 2.0.11 sends beyond the receive maximum once PUBACKs come in numbers. Writes nothing but
 * CONNECT and subscriptions (those behind unflushed PUBACKs wait for mqtt_flush). Returns early when a signal
 * comes. CHISO_EIO: not connected (logged, rate-limited; call again). An attempt to connect is given up after
 * 10 s; only looking up the broker's name blocks, as long as the resolver does. */
int mqtt_read(struct mqtt *mqtt, int timeout_ms, bool (*wanted)(void *context));
/* Writes everything queued, PUBACKs and pings included. */
int mqtt_flush(struct mqtt *mqtt);
/* Forgets queued PUBACKs and reconnects, so that the broker delivers unacknowledged messages again. */
int mqtt_drop(struct mqtt *mqtt);
/* Publishes that the broker has not acknowledged yet: libmosquitto sends a bounded number and waits, so a
 * mqtt_close before this is 0 loses what stands behind them. */
size_t mqtt_unacknowledged(const struct mqtt *mqtt);
/* Writes, and reads, until no more than LEFT are: for a connection on which nothing is read that must be committed
 * first. For each acknowledgement libmosquitto walks through all that are not, so thousands are better kept few.
 * CHISO_ETIMEOUT; CHISO_EIO: not connected. */
int mqtt_drain(struct mqtt *mqtt, size_t left, int timeout_ms);
bool mqtt_is_connected(const struct mqtt *mqtt);
/* True once the broker has acknowledged our subscriptions on this connection: what is published now arrives.
 */
bool mqtt_is_subscribed(const struct mqtt *mqtt);
/* Half the keepalive: how long a commit may take before mqtt_drop. */
int mqtt_patience_ms(const struct mqtt *mqtt);

#endif
