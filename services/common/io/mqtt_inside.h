/* The inside of struct mqtt, shared by mqtt.c (the loop) and mqtt_open.c (options). */
#ifndef IO_MQTT_INSIDE_H
#define IO_MQTT_INSIDE_H

#include "io/mqtt.h"
#include "io/mqtt_socket.h"
#include "io/url.h"
#include <mosquitto.h>
#include <stdint.h>

enum mqtt_state { MQTT_DOWN, MQTT_CONNECTING, MQTT_UP };

struct mqtt {
    struct mqtt_options options; /* callbacks and numbers; its strings are not kept */
    struct mosquitto *client;
    mosquitto_property *connect_properties;
    struct url broker;
    bool was_connected; /* mosquitto_reconnect may be used */
    char **filters;
    size_t filter_count;

    enum mqtt_state state;
    bool reached; /* TCP stands; before, libmosquitto's socket is neither read nor written */
    bool subscribed; /* the broker has acknowledged subscriptions on this connection */
    int patience_ms;
    long long since_ms; /* when this state began */
    long long next_attempt_ms;
    unsigned failures;

    size_t unsent_acks; /* PUBACKs that libmosquitto has queued since the last complete flush */
    size_t unacknowledged; /* publishes that the broker has not acknowledged */
    bool progress; /* a packet arrived during this mosquitto_loop_read */
    bool more; /* reading stopped before the socket, or TLS, ran dry */
    char refusal[64]; /* what the broker said at CONNACK or DISCONNECT */
    struct mqtt_socket socket;
};

/* Registers the callbacks of mqtt.c with libmosquitto. */
void mqtt_set_callbacks(struct mqtt *mqtt);

#endif
