#include "io/mqtt.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/mqtt_inside.h"
#include <errno.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MS 10000 /* from TCP connect to CONNACK */
#define WRITE_MS 10000 /* the broker takes nothing for so long: the connection is dead */
#define CLOSE_MS 1000
/* Waits between attempts: 100 ms doubling to 10 s, each shortened by up to half at random, so that a broker
 * that comes back is not met by everybody at once. */
#define BACKOFF_MS 100
#define BACKOFF_DOUBLINGS 7
#define BACKOFF_MAX_MS 10000
/* A connection that held so long was a good one; the next failure starts with the shortest wait. */
#define STABLE_MS 10000

static void enter(struct mqtt *mqtt, enum mqtt_state state)
{
    mqtt->state = state;
    mqtt->since_ms = clock_monotonic_ms();
}

static int backoff_ms(unsigned failures)
{
    unsigned doublings = failures < BACKOFF_DOUBLINGS ? failures : BACKOFF_DOUBLINGS;
    unsigned wait = (unsigned)BACKOFF_MS << doublings, random = 0;

    if (wait > BACKOFF_MAX_MS)
        wait = BACKOFF_MAX_MS;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        random = (unsigned)clock_monotonic_ms();
    return (int)(wait - random % (wait / 2 + 1));
}

/* The connection is gone, or is to be treated so: nothing more is written on it, and the next attempt begins
 * with mosquitto_reconnect, which empties libmosquitto's queue, PUBACKs included. */
static void go_down(struct mqtt *mqtt)
{
    long long now = clock_monotonic_ms();

    if (mqtt->state == MQTT_UP && now - mqtt->since_ms >= STABLE_MS)
        mqtt->failures = 0;
    mqtt->next_attempt_ms = now + backoff_ms(mqtt->failures);
    mqtt->failures++;
    mqtt->unsent_acks = 0;
    mqtt->more = mqtt->subscribed = false;
    mqtt_socket_begin(&mqtt->socket, -1);
    enter(mqtt, MQTT_DOWN);
}

static int lost(struct mqtt *mqtt, int error)
{
    const char *why = mqtt->refusal[0] != '\0'  ? mqtt->refusal
                      : error == MOSQ_ERR_ERRNO ? strerror(errno)
                                                : mosquitto_strerror(error);

    LOG_LIMITED(warning, mqtt->state == MQTT_UP ? "mqtt_lost" : "mqtt_not_connected", "broker=%s:%d why=%s",
        mqtt->broker.host, mqtt->broker.port, log_quoted(why));
    go_down(mqtt);
    return CHISO_EIO;
}

/* libmosquitto's callbacks; they run inside mosquitto_loop_read. */

static void queue_subscriptions(struct mqtt *mqtt, size_t from)
{
    if (mqtt->filter_count > from)
        mosquitto_subscribe_multiple(
            mqtt->client, NULL, (int)(mqtt->filter_count - from), mqtt->filters + from, 1, 0, NULL);
}

static void on_connect(
    struct mosquitto *client, void *context, int reason, int flags, const mosquitto_property *properties)
{
    struct mqtt *mqtt = context;
    uint16_t keepalive_s = (uint16_t)mqtt->options.keepalive_s;

    (void)client;
    mqtt->progress = true;
    if (reason != MQTT_RC_SUCCESS) {
        snprintf(
            mqtt->refusal, sizeof mqtt->refusal, "the broker refuses: %s", mosquitto_reason_string(reason));
        return;
    }
    mosquitto_property_read_int16(properties, MQTT_PROP_SERVER_KEEP_ALIVE, &keepalive_s, false);
    /* libmosquitto asks for no more from now on, and is not told again. */
    mqtt->options.keepalive_s = keepalive_s;
    mqtt->patience_ms = keepalive_s * 500;
    enter(mqtt, MQTT_UP);
    mqtt_socket_begin(&mqtt->socket, mosquitto_socket(mqtt->client));
    log_info("mqtt_connected", "broker=%s:%d session=%s", mqtt->broker.host, mqtt->broker.port,
        flags & 1 ? "kept" : "new");
    queue_subscriptions(mqtt, 0);
    if (mqtt->options.on_connected != NULL)
        mqtt->options.on_connected(mqtt->options.context);
}

static void on_disconnect(
    struct mosquitto *client, void *context, int reason, const mosquitto_property *properties)
{
    struct mqtt *mqtt = context;

    (void)client;
    (void)properties;
    mqtt->progress = true;
    /* Below 128 it is libmosquitto's own error, which mosquitto_loop_read returns as well. */
    if (reason >= 128 && mqtt->refusal[0] == '\0')
        snprintf(
            mqtt->refusal, sizeof mqtt->refusal, "the broker closed: %s", mosquitto_reason_string(reason));
}

static void on_message(struct mosquitto *client, void *context, const struct mosquitto_message *message,
    const mosquitto_property *properties)
{
    struct mqtt *mqtt = context;

    (void)client;
    (void)properties;
    mqtt->progress = true;
    if (message->qos > 0)
        mqtt->unsent_acks++;
    if (mqtt->options.on_message != NULL)
        mqtt->options.on_message(mqtt->options.context, message->topic,
            message->payload != NULL ? message->payload : "", (size_t)message->payloadlen, message->retain);
    /* mosquitto_loop_read goes on to the next packet while we have publishes unacknowledged, or TLS has more,
     * unless errno says that the socket ran dry. So it reads one message a call and read_packets can stop. */
    errno = EAGAIN;
}

static void on_publish(
    struct mosquitto *client, void *context, int message_id, int reason, const mosquitto_property *properties)
{
    struct mqtt *mqtt = context;

    (void)client;
    (void)properties;
    mqtt->progress = true;
    mqtt->unacknowledged -= mqtt->unacknowledged > 0;
    if (reason >= 128) {
        LOG_LIMITED(warning, "mqtt_publish_refused", "why=%s", log_quoted(mosquitto_reason_string(reason)));
        if (mqtt->options.on_refused != NULL)
            mqtt->options.on_refused(mqtt->options.context, message_id, mosquitto_reason_string(reason));
    }
    if (mqtt->options.on_published != NULL)
        mqtt->options.on_published(mqtt->options.context, message_id);
}

static void on_subscribe(struct mosquitto *client, void *context, int message_id, int count,
    const int *granted, const mosquitto_property *properties)
{
    struct mqtt *mqtt = context;

    (void)client;
    (void)message_id;
    (void)properties;
    mqtt->progress = true;
    mqtt->subscribed = true;
    for (int i = 0; i < count; i++)
        if (granted[i] >= 128)
            LOG_LIMITED(error, "mqtt_subscription_refused", "why=%s",
                log_quoted(mosquitto_reason_string(granted[i])));
}

void mqtt_set_callbacks(struct mqtt *mqtt)
{
    mosquitto_connect_v5_callback_set(mqtt->client, on_connect);
    mosquitto_disconnect_v5_callback_set(mqtt->client, on_disconnect);
    mosquitto_message_v5_callback_set(mqtt->client, on_message);
    mosquitto_publish_v5_callback_set(mqtt->client, on_publish);
    mosquitto_subscribe_v5_callback_set(mqtt->client, on_subscribe);
}

/* Connecting, reading, writing. */

/* 1: ready; 0: not in TIMEOUT_MS, or a signal came (the caller looks at its flags). */
static int wait_for(int handle, short events, int timeout_ms)
{
    struct pollfd ready = {.fd = handle, .events = events};

    return poll(&ready, handle >= 0 ? 1 : 0, timeout_ms > 0 ? timeout_ms : 0) > 0;
}

static int remaining_ms(long long deadline_ms)
{
    long long left = deadline_ms - clock_monotonic_ms();

    return left > 0 ? (int)left : 0;
}

/* Without blocking: where packets vanish the kernel would try for two minutes. */
static int begin_connect(struct mqtt *mqtt)
{
    mqtt->reached = false;
    if (mqtt->was_connected) /* host and properties are kept, even by an attempt that failed */
        return mosquitto_reconnect_async(mqtt->client);
    mqtt->was_connected = true;
    /* Connecting without blocking takes no properties. The call that does has kept them by the time that it
     * refuses this keepalive. */
    (void)mosquitto_connect_bind_v5(
        mqtt->client, mqtt->broker.host, mqtt->broker.port, 1, NULL, mqtt->connect_properties);
    return mosquitto_connect_async(
        mqtt->client, mqtt->broker.host, mqtt->broker.port, (int)mqtt->options.keepalive_s);
}

/* Does TCP stand? CHISO_EIO without a change of state: not yet. */
static int reach(struct mqtt *mqtt, long long deadline_ms)
{
    int failure = 0, handle = mosquitto_socket(mqtt->client);
    socklen_t size = sizeof failure;

    if (mqtt->reached)
        return CHISO_OK;
    if (!wait_for(handle, POLLOUT, remaining_ms(deadline_ms)))
        return CHISO_EIO;
    if (getsockopt(handle, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure != 0) {
        /* Somebody answers at the host, though not at its first address ("localhost" has two). libmosquitto
         * tries the others only when it may block. */
        int error = mosquitto_reconnect(mqtt->client);
        if (error != MOSQ_ERR_SUCCESS)
            return lost(mqtt, error);
    }
    mqtt->reached = true;
    return CHISO_OK;
}

static int start_connecting(struct mqtt *mqtt, long long deadline_ms)
{
    int error, wait = remaining_ms(mqtt->next_attempt_ms), left = remaining_ms(deadline_ms);

    if (wait > 0) {
        wait_for(-1, 0, wait < left ? wait : left);
        if (remaining_ms(mqtt->next_attempt_ms) > 0)
            return CHISO_EIO;
    }
    mqtt->refusal[0] = '\0';
    enter(mqtt, MQTT_CONNECTING);
    error = begin_connect(mqtt);
    return error == MOSQ_ERR_SUCCESS ? CHISO_OK : lost(mqtt, error);
}

static int no_answer(struct mqtt *mqtt)
{
    snprintf(mqtt->refusal, sizeof mqtt->refusal, "no answer in %d s", CONNECT_MS / 1000);
    return lost(mqtt, MOSQ_ERR_CONN_LOST);
}

/* Until CONNACK: only CONNECT is in libmosquitto's queue, so writing is harmless. */
static int go_on_connecting(struct mqtt *mqtt, long long deadline_ms)
{
    while (mqtt->state == MQTT_CONNECTING) {
        long long give_up_ms = mqtt->since_ms + CONNECT_MS,
                  until_ms = give_up_ms < deadline_ms ? give_up_ms : deadline_ms;
        if (reach(mqtt, until_ms) != CHISO_OK) {
            if (mqtt->state == MQTT_CONNECTING && remaining_ms(give_up_ms) == 0)
                return no_answer(mqtt);
            break;
        }
        bool write = mosquitto_want_write(mqtt->client);
        int error = MOSQ_ERR_SUCCESS;
        if (write)
            error = mosquitto_loop_write(mqtt->client, 1);
        if (error != MOSQ_ERR_SUCCESS)
            return lost(mqtt, error);
        write = mosquitto_want_write(mqtt->client);
        bool ready = wait_for(
            mosquitto_socket(mqtt->client), (short)(POLLIN | (write ? POLLOUT : 0)), remaining_ms(until_ms));
        /* Also what drives the TLS handshake. */
        if (ready && (error = mosquitto_loop_read(mqtt->client, 1)) != MOSQ_ERR_SUCCESS)
            return lost(mqtt, error);
        if (mosquitto_socket(mqtt->client) < 0)
            return lost(mqtt, MOSQ_ERR_CONN_LOST);
        if (mqtt->state == MQTT_CONNECTING && remaining_ms(give_up_ms) == 0)
            return no_answer(mqtt);
        if (!ready)
            break;
    }
    return mqtt->state == MQTT_UP ? CHISO_OK : CHISO_EIO;
}

/* One turn of libmosquitto's loop, through our buffers. */
static int loop(struct mqtt *mqtt, int (*turn)(struct mosquitto *client, int packets))
{
    struct mqtt_socket *before = mqtt_socket_enter(&mqtt->socket);
    int error = turn(mqtt->client, 1);

    mqtt_socket_leave(before);
    return error;
}

static bool has_to_write(const struct mqtt *mqtt)
{
    return mqtt->socket.out_end > 0 || mosquitto_want_write(mqtt->client);
}

/* Whatever is queued. */
static int write_out(struct mqtt *mqtt, int patience_ms)
{
    long long deadline_ms = clock_monotonic_ms() + patience_ms;

    while (has_to_write(mqtt)) {
        int error = mosquitto_want_write(mqtt->client) ? loop(mqtt, mosquitto_loop_write) : MOSQ_ERR_SUCCESS;
        if (error == MOSQ_ERR_SUCCESS && mqtt_socket_drain(&mqtt->socket))
            error = MOSQ_ERR_ERRNO;
        if (error != MOSQ_ERR_SUCCESS)
            return lost(mqtt, error);
        if (!has_to_write(mqtt))
            break;
        if (remaining_ms(deadline_ms) == 0)
            return lost(mqtt, MOSQ_ERR_KEEPALIVE);
        wait_for(mosquitto_socket(mqtt->client), POLLOUT, remaining_ms(deadline_ms));
    }
    mqtt->unsent_acks = 0;
    return CHISO_OK;
}

/* Reads packet by packet. mosquitto_loop_read does not say whether it found any, so the callbacks do; not all packets
 * have one, but what they leave in the buffer nobody would be woken for. */
static int read_packets(struct mqtt *mqtt, bool (*wanted)(void *context))
{
    mqtt->more = true;
    while (wanted == NULL || wanted(mqtt->options.context)) {
        mqtt->progress = false;
        int error = loop(mqtt, mosquitto_loop_read);
        if (error != MOSQ_ERR_SUCCESS)
            return lost(mqtt, error);
        if (mosquitto_socket(mqtt->client) < 0) /* a DISCONNECT came */
            return lost(mqtt, MOSQ_ERR_CONN_LOST);
        if (!mqtt->progress && !mqtt_socket_has_input(&mqtt->socket)) {
            mqtt->more = false;
            break;
        }
    }
    return CHISO_OK;
}

int mqtt_read(struct mqtt *mqtt, int timeout_ms, bool (*wanted)(void *context))
{
    long long deadline_ms = clock_monotonic_ms() + timeout_ms;
    bool was_up = mqtt->state == MQTT_UP;
    int error = CHISO_OK;

    if (mqtt->state == MQTT_DOWN)
        error = start_connecting(mqtt, deadline_ms);
    if (error == CHISO_OK && mqtt->state == MQTT_CONNECTING)
        error = go_on_connecting(mqtt, deadline_ms);
    if (error != CHISO_OK)
        return error;
    /* Subscriptions leave at once, unless messages of a kept session came right behind CONNACK: their PUBACKs
     * stand in the same queue, so the caller's flush takes both. */
    if (!was_up && mqtt->unsent_acks == 0 && (error = write_out(mqtt, WRITE_MS)) != CHISO_OK)
        return error;
    if (mqtt->more || wait_for(mosquitto_socket(mqtt->client), POLLIN, remaining_ms(deadline_ms)))
        error = read_packets(mqtt, wanted);
    if (error != CHISO_OK)
        return error;
    /* Queues a ping when one is due. */
    int trouble = mosquitto_loop_misc(mqtt->client);
    return trouble == MOSQ_ERR_SUCCESS ? CHISO_OK : lost(mqtt, trouble);
}

int mqtt_flush(struct mqtt *mqtt)
{
    return mqtt->state == MQTT_UP ? write_out(mqtt, WRITE_MS) : CHISO_EIO;
}

int mqtt_drop(struct mqtt *mqtt)
{
    if (mqtt->state == MQTT_DOWN)
        return CHISO_OK;
    /* The next mqtt_read calls mosquitto_reconnect, which empties the queue before it connects. Until then
     * nothing is written. The broker is told now, so that it stops sending. */
    int handle = mosquitto_socket(mqtt->client);
    if (handle >= 0)
        shutdown(handle, SHUT_RDWR);
    log_info("mqtt_dropped", "broker=%s:%d unacknowledged=%zu", mqtt->broker.host, mqtt->broker.port,
        mqtt->unsent_acks);
    go_down(mqtt);
    return CHISO_OK;
}

static int publish(struct mqtt *mqtt, const char *topic, const void *bytes, size_t length, int qos,
    bool retain, int *message_id)
{
    if (mqtt->state != MQTT_UP)
        return CHISO_EIO;
    if (length > INT32_MAX)
        return CHISO_ERANGE;
    struct mqtt_socket *before = mqtt_socket_enter(&mqtt->socket);
    int error = mosquitto_publish_v5(mqtt->client, message_id, topic, (int)length, bytes, qos, retain, NULL);
    mqtt_socket_leave(before);
    switch (error) {
    case MOSQ_ERR_SUCCESS:
    case MOSQ_ERR_NO_CONN: /* noticed late; libmosquitto keeps it and sends it after reconnecting */
        mqtt->unacknowledged++;
        return CHISO_OK;
    case MOSQ_ERR_NOMEM:
        return CHISO_ENOMEM;
    case MOSQ_ERR_OVERSIZE_PACKET:
    case MOSQ_ERR_PAYLOAD_SIZE:
        return CHISO_ERANGE;
    default:
        return CHISO_EINVAL;
    }
}

int mqtt_drain(struct mqtt *mqtt, size_t left, int timeout_ms)
{
    long long deadline_ms = clock_monotonic_ms() + timeout_ms;
    int error = CHISO_OK;

    while (error == CHISO_OK && mqtt->unacknowledged > left) {
        if ((error = mqtt_flush(mqtt)) == CHISO_OK)
            error = mqtt_read(mqtt, remaining_ms(deadline_ms), NULL);
        if (error == CHISO_OK && mqtt->unacknowledged > left && remaining_ms(deadline_ms) == 0)
            error = CHISO_ETIMEOUT;
    }
    return error;
}

int mqtt_publish(
    struct mqtt *mqtt, const char *topic, const void *bytes, size_t length, bool retain, int *message_id)
{
    return publish(mqtt, topic, bytes, length, 1, retain, message_id);
}

int mqtt_publish_last(struct mqtt *mqtt, const char *topic, const void *bytes, size_t length, bool retain)
{
    return publish(mqtt, topic, bytes, length, 0, retain, NULL);
}

size_t mqtt_unacknowledged(const struct mqtt *mqtt)
{
    return mqtt->unacknowledged;
}

int mqtt_subscribe(struct mqtt *mqtt, const char *filter)
{
    char **filters = realloc(mqtt->filters, (mqtt->filter_count + 1) * sizeof *filters);

    if (filters == NULL)
        return CHISO_ENOMEM;
    mqtt->filters = filters;
    if (mosquitto_sub_topic_check(filter) != MOSQ_ERR_SUCCESS)
        return CHISO_EINVAL;
    if ((filters[mqtt->filter_count] = strdup(filter)) == NULL)
        return CHISO_ENOMEM;
    mqtt->filter_count++;
    if (mqtt->state == MQTT_UP) {
        mqtt->subscribed = false;
        queue_subscriptions(mqtt, mqtt->filter_count - 1);
    }
    return CHISO_OK;
}

/* DISCONNECT behind what is queued. Closing a socket with unread input would reset the connection, and
 * PUBACKs on the way would be lost; so the input is read to its end first. */
static void say_goodbye(struct mqtt *mqtt)
{
    char ignored[4096];
    long long deadline_ms = clock_monotonic_ms() + CLOSE_MS;
    int handle = dup(mosquitto_socket(mqtt->client));

    snprintf(mqtt->refusal, sizeof mqtt->refusal, "closed");
    if (write_out(mqtt, CLOSE_MS) == CHISO_OK) {
        /* libmosquitto closes the socket as soon as DISCONNECT is written. */
        mqtt_socket_begin(&mqtt->socket, -1);
        if (mosquitto_disconnect_v5(mqtt->client, MQTT_RC_NORMAL_DISCONNECTION, NULL) == MOSQ_ERR_SUCCESS)
            write_out(mqtt, CLOSE_MS);
    }
    if (handle < 0)
        return;
    shutdown(handle, SHUT_WR);
    while (wait_for(handle, POLLIN, remaining_ms(deadline_ms)) && read(handle, ignored, sizeof ignored) > 0)
        continue;
    close(handle);
}

void mqtt_close(struct mqtt *mqtt)
{
    if (mqtt == NULL)
        return;
    /* Behind PUBACKs that were never flushed nothing is sent, DISCONNECT included. */
    if (mqtt->state == MQTT_UP && mqtt->unsent_acks == 0)
        say_goodbye(mqtt);
    if (mqtt->client != NULL)
        mosquitto_destroy(mqtt->client);
    mosquitto_property_free_all(&mqtt->connect_properties);
    for (size_t i = 0; i < mqtt->filter_count; i++)
        free(mqtt->filters[i]);
    free(mqtt->filters);
    free(mqtt);
    mosquitto_lib_cleanup();
}

bool mqtt_is_connected(const struct mqtt *mqtt)
{
    return mqtt->state == MQTT_UP;
}

bool mqtt_is_subscribed(const struct mqtt *mqtt)
{
    return mqtt->state == MQTT_UP && mqtt->subscribed;
}

int mqtt_patience_ms(const struct mqtt *mqtt)
{
    return mqtt->patience_ms;
}
