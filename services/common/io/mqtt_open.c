#include "io/mqtt_inside.h"
#include "io/options.h"
#include <errno.h>
#include <mqtt_protocol.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEPALIVE_S 30
#define KEEPALIVE_MIN_S 5 /* libmosquitto's least */
#define RECEIVE_MAXIMUM 1000
/* The last will waits this long for us to come back, so that a dropped batch is not announced as a death. */
#define WILL_DELAY_S 5

static int bad(struct chiso_message *why, const char *sentence, const char *value)
{
    chiso_message_set(why, sentence, value);
    return CHISO_EINVAL;
}

static int check_options(
    const struct mqtt_options *options, struct url *broker, bool *tls, struct chiso_message *why)
{
    *tls = strncmp(options->url, "mqtts:", 6) == 0;
    if (url_parse(options->url, *tls ? "mqtts" : "mqtt", *tls ? 8883 : 1883, broker) != CHISO_OK)
        return bad(why, "'%s' is neither mqtt://host:port nor mqtts://host:port", options->url);
    bool login = options->username != NULL && options->password_file != NULL;
    if (!url_is_loopback(broker) && !(*tls && login && options->ca_file != NULL))
        return bad(why,
            "the broker '%s' is beyond this machine: mqtts://, mqtt_username, mqtt_password_file and "
            "mqtt_ca_file are "
            "required",
            options->url);
    if (*tls && options->ca_file == NULL)
        return bad(why, "'%s' needs mqtt_ca_file", options->url);
    if (options->username != NULL && options->password_file == NULL)
        return bad(why, "mqtt_username '%s' needs mqtt_password_file", options->username);
    if (!options->clean_start && (options->client_id == NULL || options->client_id[0] == '\0'))
        return bad(why, "a kept session needs a client id%s", "");
    return CHISO_OK;
}

static int translate(int error, struct chiso_message *why)
{
    if (error == MOSQ_ERR_SUCCESS)
        return CHISO_OK;
    chiso_message_set(why, "MQTT: %s", error == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(error));
    return error == MOSQ_ERR_NOMEM ? CHISO_ENOMEM : CHISO_EINVAL;
}

static int set_login(struct mqtt *mqtt, const struct mqtt_options *options, struct chiso_message *why)
{
    char *password = NULL;

    if (options->username == NULL)
        return CHISO_OK;
    int error = options_read_secret(options->password_file, &password, why);
    if (error != CHISO_OK)
        return error;
    error = translate(mosquitto_username_pw_set(mqtt->client, options->username, password), why);
    explicit_bzero(password, strlen(password));
    free(password);
    return error;
}

static int set_tls(struct mqtt *mqtt, const struct mqtt_options *options, struct chiso_message *why)
{
    if (access(options->ca_file, R_OK) != 0) {
        chiso_message_set(why, "cannot read mqtt_ca_file %s: %s", options->ca_file, strerror(errno));
        return CHISO_EINVAL;
    }
    return translate(mosquitto_tls_set(mqtt->client, options->ca_file, NULL, NULL, NULL, NULL), why);
}

static int set_will(struct mqtt *mqtt, const struct mqtt_options *options, struct chiso_message *why)
{
    mosquitto_property *properties = NULL;
    int error;

    if (options->will_topic == NULL)
        return CHISO_OK;
    error = mosquitto_property_add_int32(&properties, MQTT_PROP_WILL_DELAY_INTERVAL, WILL_DELAY_S);
    if (error == MOSQ_ERR_SUCCESS) /* takes the properties */
        error = mosquitto_will_set_v5(
            mqtt->client, options->will_topic, (int)options->will_length, options->will, 1, true, properties);
    return translate(error, why);
}

static int set_session(struct mqtt *mqtt, struct chiso_message *why)
{
    const struct mqtt_options *options = &mqtt->options;
    struct mosquitto *client = mqtt->client;
    int error = mosquitto_property_add_int32(
        &mqtt->connect_properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, options->session_expiry_s);

    if (error == MOSQ_ERR_SUCCESS)
        error = mosquitto_property_add_int16(
            &mqtt->connect_properties, MQTT_PROP_RECEIVE_MAXIMUM, (uint16_t)options->receive_maximum);
    if (error == MOSQ_ERR_SUCCESS)
        error = mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    if (error == MOSQ_ERR_SUCCESS)
        error = mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, (int)options->receive_maximum);
    /* As many as the broker allows; its CONNACK says how many. */
    if (error == MOSQ_ERR_SUCCESS)
        error = mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, 0);
    if (error == MOSQ_ERR_SUCCESS)
        error = mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    /* Without its own thread, "threaded" means: queue every packet, write in mosquitto_loop_write only. */
    if (error == MOSQ_ERR_SUCCESS)
        error = mosquitto_threaded_set(client, true);
    return translate(error, why);
}

static void keep_options(struct mqtt *mqtt, const struct mqtt_options *options)
{
    struct mqtt_options *kept = &mqtt->options;

    *kept = *options;
    if (kept->keepalive_s == 0)
        kept->keepalive_s = KEEPALIVE_S;
    if (kept->keepalive_s < KEEPALIVE_MIN_S)
        kept->keepalive_s = KEEPALIVE_MIN_S;
    if (kept->keepalive_s > UINT16_MAX)
        kept->keepalive_s = UINT16_MAX;
    if (kept->receive_maximum == 0)
        kept->receive_maximum = RECEIVE_MAXIMUM;
    if (kept->receive_maximum > UINT16_MAX)
        kept->receive_maximum = UINT16_MAX;
    mqtt->patience_ms = (int)kept->keepalive_s * 500;
    /* The caller's strings may go away. */
    kept->url = kept->username = kept->password_file = kept->ca_file = NULL;
    kept->client_id = kept->will_topic = NULL;
    kept->will = NULL;
}

int mqtt_open(const struct mqtt_options *options, struct mqtt **out, struct chiso_message *why)
{
    struct url broker;
    bool tls;
    int error = check_options(options, &broker, &tls, why);

    if (error != CHISO_OK)
        return error;
    struct mqtt *mqtt = calloc(1, sizeof *mqtt);
    if (mqtt == NULL)
        return CHISO_ENOMEM;
    mosquitto_lib_init();
    mqtt_socket_begin(&mqtt->socket, -1);
    mqtt->broker = broker;
    keep_options(mqtt, options);
    mqtt->client = mosquitto_new(options->client_id, options->clean_start, mqtt);
    if (mqtt->client == NULL)
        error = translate(MOSQ_ERR_ERRNO, why);
    if (error == CHISO_OK)
        error = set_session(mqtt, why);
    if (error == CHISO_OK)
        error = set_login(mqtt, options, why);
    if (error == CHISO_OK && tls)
        error = set_tls(mqtt, options, why);
    if (error == CHISO_OK)
        error = set_will(mqtt, options, why);
    if (error != CHISO_OK) {
        mqtt_close(mqtt);
        return error;
    }
    mqtt_set_callbacks(mqtt);
    *out = mqtt;
    return CHISO_OK;
}
