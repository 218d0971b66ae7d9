#include "io/teller.h"

#include "core/topic.h"
#include "core/view.h"
#include "io/clock.h"
#include "io/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOPIC_BYTES 192

static int encode_status(const struct teller *teller, const char *state, uint8_t **bytes, size_t *length)
{
    struct view_counter counters[LOG_EVENTS_MAX];
    struct view_service_status status = {.service = teller->service,
        .instance = teller->instance,
        .state = state,
        .at_ms = clock_now(),
        .version = CHISO_VERSION,
        .published = teller->counts.published,
        .outstanding = teller->counts.outstanding,
        .refused = teller->counts.refused,
        .counters = counters};
    const struct log_count *counts;
    status.counter_count = log_counts(&counts);
    for (size_t i = 0; i < status.counter_count; i++)
        counters[i] = (struct view_counter){counts[i].event, counts[i].count, counts[i].last_ms};
    return view_service_status_encode(&status, bytes, length);
}

static bool tell_state(struct teller *teller, const char *state, bool is_last)
{
    uint8_t *bytes;
    size_t length;
    if (!mqtt_is_connected(teller->mqtt) || encode_status(teller, state, &bytes, &length))
        return false;
    int error = is_last ? mqtt_publish_last(teller->mqtt, teller->status_topic, bytes, length, true)
                        : mqtt_publish(teller->mqtt, teller->status_topic, bytes, length, true, NULL);
    free(bytes);
    return error == CHISO_OK;
}

int teller_init(struct teller *teller, const char *service, const char *instance)
{
    *teller = (struct teller){.service = service};
    (void)snprintf(teller->instance, sizeof teller->instance, "%s", instance ? instance : "1");
    (void)snprintf(teller->client_id, sizeof teller->client_id, "chiso-%.24s-%s", service, teller->instance);
    (void)snprintf(teller->status_topic, sizeof teller->status_topic, TOPIC_STATUS "%.24s/%s", service,
        teller->instance);
    return encode_status(teller, "lost", &teller->will, &teller->will_length);
}

void teller_release(struct teller *teller)
{
    free(teller->will);
    teller->will = NULL;
}

struct mqtt_options teller_mqtt_options(const struct teller *teller, const struct options *options)
{
    return (struct mqtt_options){.url = options->mqtt_url,
        .username = options->mqtt_username,
        .password_file = options->mqtt_password_file,
        .ca_file = options->mqtt_ca_file,
        .client_id = teller->client_id,
        .will_topic = teller->status_topic,
        .will = teller->will,
        .will_length = teller->will_length};
}

static bool is_same(struct teller_counts a, struct teller_counts b)
{
    return a.published == b.published && a.outstanding == b.outstanding && a.refused == b.refused;
}

bool teller_running_counts(struct teller *teller, struct teller_counts counts, long long now_ms)
{
    bool was_announced = teller->announced;
    uint64_t logged = log_counted();
    if (was_announced && ((is_same(teller->counts, counts) && logged == teller->logged) ||
                             now_ms - teller->counts_ms < TELLER_COUNTS_EVERY_MS))
        return false;
    teller->counts = counts;
    teller->counts_ms = now_ms;
    teller->logged = logged;
    teller->announced = tell_state(teller, "running", false);
    return teller->announced && !was_announced;
}

bool teller_running(struct teller *teller)
{
    return teller_running_counts(teller, (struct teller_counts){0}, clock_monotonic_ms());
}

void teller_stopped(struct teller *teller)
{
    (void)tell_state(teller, "stopped", true);
}

int teller_publish(
    struct teller *teller, const char *tail, uint8_t *bytes, size_t length, char *json, bool retain)
{
    char topic[TOPIC_BYTES];
    int error = bytes && json ? CHISO_OK : CHISO_ENOMEM;
    (void)snprintf(topic, sizeof topic, TOPIC_ROOT "%s", tail);
    if (!error)
        error = mqtt_publish(teller->mqtt, topic, bytes, length, retain, NULL);
    (void)snprintf(topic, sizeof topic, TOPIC_JSON "%s", tail);
    if (!error)
        error = mqtt_publish(teller->mqtt, topic, json, strlen(json), retain, NULL);
    free(bytes);
    free(json);
    return error;
}
