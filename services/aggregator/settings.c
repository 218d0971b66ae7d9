#include "settings.h"

#include "collect.h"
#include "core/province_list.h"
#include "core/topic.h"
#include "io/catalogue_folder.h"
#include "io/clock.h"
#include "io/log.h"
#include "tell.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Unacknowledged messages the broker may have under way to us: a whole batch, and what comes while it is worked on. */
#define RECEIVE_MAXIMUM (2 * BATCH_MESSAGES_MAX)
#define KEEPALIVE_S 30
/* The broker keeps our subscription, and what is published meanwhile, for a week of outage. */
#define SESSION_EXPIRY_S (7u * 24 * 3600)

/* How often Redis' settings are looked at. */
#define WATCH_MS 1000

/* What a receipt relies on: it says that the figures are on disk, and stay. CHISO_EINVAL: Redis does otherwise. */
static int look_at_settings(struct redis *redis, struct chiso_message *why)
{
    static const char *const wanted[][2] = {
        {"appendonly", "yes"}, {"appendfsync", "always"}, {"maxmemory-policy", "noeviction"}};
    struct redisReply *reply;
    int error = CHISO_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && !error; i++) {
        error = redis_callf(redis, &reply, why, "CONFIG GET %s", wanted[i][0]);
        if (error)
            break;
        const char *value = reply->elements == 2 ? reply->element[1]->str : "";
        if (strcmp(value, wanted[i][1]) != 0) {
            chiso_message_set(why, "setting=%s is=%s must_be=%s", wanted[i][0], value, wanted[i][1]);
            error = CHISO_EINVAL;
        }
        redis_free(reply);
    }
    if (error || (error = redis_callf(redis, &reply, why, "ROLE")))
        return error;
    const char *role = reply->elements > 0 && reply->element[0]->str ? reply->element[0]->str : "";
    if (strcmp(role, "master") != 0) {
        chiso_message_set(why, "setting=role is=%s must_be=master", role);
        error = CHISO_EINVAL;
    }
    redis_free(reply);
    return error;
}

/* Of every later connection: Redis may have been started again with other settings, or become a replica. Then
 * it counts as away, and reports wait at the broker. */
static int check_connection(void *context, struct redis *redis, struct chiso_message *why)
{
    (void)context;
    int error = look_at_settings(redis, why);
    if (error == CHISO_EINVAL)
        LOG_LIMITED(error, "redis_setting_unsafe", "%s reports=waiting", why->text);
    return error;
}

int settings_check_redis(struct redis *redis)
{
    struct chiso_message why = {""};
    int error;
    while ((error = look_at_settings(redis, &why)) == CHISO_EREFUSED &&
           strncmp(why.text, "LOADING", 7) == 0 && !options_stop) {
        LOG_LIMITED(info, "redis_loading", "reason=%s", log_quoted(why.text));
        options_pause_ms(100);
    }
    redis_on_connect(redis, check_connection, NULL);
    if (error == CHISO_EINVAL)
        log_error("redis_setting_unsafe", "%s", why.text);
    else if (error == CHISO_EREFUSED)
        log_error("redis_setting_unread", "reason=%s", log_quoted(why.text));
    else if (error)
        log_error("redis_unreachable", "reason=%s", log_quoted(why.text));
    return !error                                             ? EXIT_OK
           : error == CHISO_EINVAL || error == CHISO_EREFUSED ? EXIT_CONFIGURATION
                                                              : EXIT_RUNTIME;
}

void settings_watch_redis(struct redis *redis, long long *due_ms)
{
    struct chiso_message why = {""};
    long long now_ms = clock_monotonic_ms();
    if (!redis_is_connected(redis) || now_ms < *due_ms)
        return;
    *due_ms = now_ms + WATCH_MS;
    if (check_connection(NULL, redis, &why))
        redis_disconnect(redis); /* the next connection is refused until it is mended */
}

bool settings_catalogue_is(struct redis *redis, const char *hash)
{
    struct chiso_message why = {""};
    char current[CATALOGUE_HASH_CHARS];
    int error = catalogue_in_force(redis, current, &why);
    if (error)
        return error != CHISO_ENOTFOUND && error != CHISO_EINVAL;
    return strcmp(current, hash) == 0;
}

static int subscribe(struct mqtt *mqtt, const char *list)
{
    char one[CHISO_UNIT_BYTES_MAX + 1], filter[128];
    if (!list || !*list)
        return mqtt_subscribe(mqtt, TOPIC_REPORT "+/+");
    for (const char *at = list; province_list_next(&at, one);) {
        (void)snprintf(filter, sizeof filter, TOPIC_REPORT "%s/+", one);
        int error = mqtt_subscribe(mqtt, filter);
        if (error)
            return error;
    }
    return CHISO_OK;
}

/* A connection for each direction: acknowledgements of what we told do not queue behind reports, and can be read while
 * reports that are not committed yet must not be acknowledged. */
static int open_both(const struct options *options, void *context,
    void (*on_message)(void *context, const char *topic, const void *bytes, size_t length, bool retained),
    void (*on_connected)(void *context), struct teller *teller, struct mqtt **reports,
    struct chiso_message *why)
{
    char name[sizeof teller->client_id + 8];
    struct mqtt_options out = teller_mqtt_options(teller, options), in = out;
    (void)snprintf(name, sizeof name, "%s-out", teller->client_id);
    out.client_id = name;
    out.clean_start = true;
    out.on_connected = on_connected;
    in.will_topic = NULL; /* the other one has it */
    in.session_expiry_s = SESSION_EXPIRY_S;
    in.receive_maximum = RECEIVE_MAXIMUM;
    in.on_message = on_message;
    in.keepalive_s = out.keepalive_s = KEEPALIVE_S;
    in.context = out.context = context;
    int error = mqtt_open(&out, &teller->mqtt, why);
    return error ? error : mqtt_open(&in, reports, why);
}

int settings_open_mqtt(const struct options *options, void *context,
    void (*on_message)(void *context, const char *topic, const void *bytes, size_t length, bool retained),
    void (*on_connected)(void *context), struct teller *teller, struct mqtt **reports)
{
    struct chiso_message why = {""};
    int error = teller_init(teller, "aggregator", options->instance);
    if (!error && (error = open_both(options, context, on_message, on_connected, teller, reports, &why))) {
        log_error("bad_mqtt", "reason=\"%s\"", why.text);
        return EXIT_CONFIGURATION;
    }
    if (!error)
        error = subscribe(*reports, options->provinces);
    return error ? EXIT_RUNTIME : EXIT_OK;
}
