#include "settings.h"

#include "core/province_list.h"
#include "io/catalogue_folder.h"
#include "io/log.h"
#include "tell.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Unacknowledged messages the broker may have under way to us: a whole batch. */
#define RECEIVE_MAXIMUM 1000
#define KEEPALIVE_S 30
/* The broker keeps our subscription, and what is published meanwhile, for a week of outage. */
#define SESSION_EXPIRY_S (7u * 24 * 3600)

static int check_setting(struct redis *redis, const char *name, const char *wanted)
{
    struct chiso_message why;
    struct redisReply *reply;
    int error;
    while ((error = redis_callf(redis, &reply, &why, "CONFIG GET %s", name)) == CHISO_EREFUSED &&
           strncmp(why.text, "LOADING", 7) == 0 && !options_stop) {
        LOG_LIMITED(info, "redis_loading", "reason=\"%s\"", why.text);
        options_pause_ms(100);
    }
    if (error == CHISO_EREFUSED) {
        log_error("redis_setting_unread", "setting=%s reason=\"%s\"", name, why.text);
        return EXIT_CONFIGURATION;
    }
    if (error) {
        log_error("redis_unreachable", "reason=\"%s\"", why.text);
        return EXIT_RUNTIME;
    }
    const char *value = reply->elements == 2 ? reply->element[1]->str : "";
    int code = EXIT_OK;
    if (strcmp(value, wanted) != 0) {
        log_error("redis_setting_unsafe", "setting=%s is=%s must_be=%s", name, value, wanted);
        code = EXIT_CONFIGURATION;
    }
    redis_free(reply);
    return code;
}

int settings_check_redis(struct redis *redis)
{
    static const char *const wanted[][2] = {
        {"appendonly", "yes"}, {"appendfsync", "always"}, {"maxmemory-policy", "noeviction"}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        int code = check_setting(redis, wanted[i][0], wanted[i][1]);
        if (code)
            return code;
    }
    return EXIT_OK;
}

bool settings_catalogue_is(struct redis *redis, const char *hash)
{
    struct chiso_message why;
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
        return mqtt_subscribe(mqtt, "chiso/v1/report/+/+");
    for (const char *at = list; province_list_next(&at, one);) {
        (void)snprintf(filter, sizeof filter, "chiso/v1/report/%s/+", one);
        int error = mqtt_subscribe(mqtt, filter);
        if (error)
            return error;
    }
    return CHISO_OK;
}

int settings_open_mqtt(const struct options *options, void *context,
    void (*on_message)(void *context, const char *topic, const void *bytes, size_t length, bool retained),
    void (*on_connected)(void *context), struct teller *teller, struct mqtt **out)
{
    struct chiso_message why;
    int error = teller_init(teller, "aggregator", options->instance);
    struct mqtt_options mqtt_options = teller_mqtt_options(teller, options);
    mqtt_options.session_expiry_s = SESSION_EXPIRY_S;
    mqtt_options.keepalive_s = KEEPALIVE_S;
    mqtt_options.receive_maximum = RECEIVE_MAXIMUM;
    mqtt_options.on_message = on_message;
    mqtt_options.on_connected = on_connected;
    mqtt_options.context = context;
    if (!error && (error = mqtt_open(&mqtt_options, out, &why))) {
        log_error("bad_mqtt", "reason=\"%s\"", why.text);
        return EXIT_CONFIGURATION;
    }
    if (!error)
        error = subscribe(*out, options->provinces);
    teller->mqtt = *out;
    return error ? EXIT_RUNTIME : EXIT_OK;
}
