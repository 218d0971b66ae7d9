#include "tell.h"

#include "core/view.h"
#include "io/clock.h"
#include "io/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The protobuf under TAIL, the JSON under json/ with the same tail. Takes BYTES and JSON. */
static int publish_both(
    struct teller *teller, const char *tail, uint8_t *bytes, size_t length, json_t *json, bool retain)
{
    char topic[192];
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    int error = bytes && text ? CHISO_OK : CHISO_ENOMEM;
    (void)snprintf(topic, sizeof topic, "chiso/v1/%s", tail);
    if (!error)
        error = mqtt_publish(teller->mqtt, topic, bytes, length, retain, NULL);
    (void)snprintf(topic, sizeof topic, "chiso/v1/json/%s", tail);
    if (!error)
        error = mqtt_publish(teller->mqtt, topic, text, strlen(text), retain, NULL);
    free(bytes);
    free(text);
    json_decref(json);
    return error;
}

static struct view_alert view_of(const struct alert *alert)
{
    return (struct view_alert){.id = alert->id,
        .unit = alert->unit,
        .indicator = alert->indicator,
        .level = alert->level,
        .period = alert->period,
        .kind = alert_kind_names[alert->kind],
        .position = position_names[alert->position],
        .severity = severity_names[alert->severity],
        .state = alert_state_names[alert->state],
        .opened_at_ms = alert->opened_at_ms,
        .changed_at_ms = alert->changed_at_ms,
        .seq = alert->seq,
        .text_vi = alert->text_vi,
        .text_en = alert->text_en,
        .reason = alert_reason_names[alert->reason]};
}

void tell_event(struct teller *teller, const char *province, uint64_t seq, const struct alert *alert)
{
    char tail[160];
    struct view_alert_event event = {.province = province, .seq = seq, .alert = view_of(alert)};
    uint8_t *bytes = NULL;
    size_t length = 0;
    (void)snprintf(tail, sizeof tail, "alert/%s/%s", province, alert->unit);
    if (!mqtt_is_connected(teller->mqtt) || view_alert_event_encode(&event, &bytes, &length) ||
        publish_both(teller, tail, bytes, length, view_alert_event_json(&event), false))
        LOG_LIMITED(warning, "event_not_sent", "province=%s id=%s", province, log_quoted(alert->id));
}

int tell_snapshot(struct teller *teller, const char *province, uint64_t seq, const struct kept *kept)
{
    char tail[160];
    struct view_alert *alerts = calloc(kept->count + 1, sizeof *alerts);
    struct view_alert_snapshot snapshot = {.province = province, .seq = seq, .alerts = alerts};
    uint8_t *bytes = NULL;
    size_t length = 0;
    for (size_t i = 0; alerts && i < kept->count; i++) {
        if (kept->list[i].state == ALERT_OPEN)
            alerts[snapshot.alert_count++] = view_of(&kept->list[i]);
    }
    (void)snprintf(tail, sizeof tail, "alerts/%s", province);
    int error = alerts ? view_alert_snapshot_encode(&snapshot, &bytes, &length) : CHISO_ENOMEM;
    if (!error)
        error = publish_both(teller, tail, bytes, length, view_alert_snapshot_json(&snapshot), true);
    free(alerts);
    return error;
}

/* ---- the service's own state ---- */

static int encode_status(const struct teller *teller, const char *state, uint8_t **bytes, size_t *length)
{
    struct view_service_status status = {.service = "alerter",
        .instance = teller->instance,
        .state = state,
        .at_ms = clock_now(),
        .version = CHISO_VERSION};
    return view_service_status_encode(&status, bytes, length);
}

static void tell_state(struct teller *teller, const char *state)
{
    uint8_t *bytes;
    size_t length;
    if (encode_status(teller, state, &bytes, &length))
        return;
    teller->announced =
        mqtt_publish(teller->mqtt, teller->status_topic, bytes, length, true, NULL) == CHISO_OK;
    free(bytes);
}

int teller_init(struct teller *teller, const char *instance)
{
    *teller = (struct teller){0};
    (void)snprintf(teller->instance, sizeof teller->instance, "%.64s", instance);
    (void)snprintf(
        teller->status_topic, sizeof teller->status_topic, "chiso/v1/status/alerter/%s", teller->instance);
    return encode_status(teller, "lost", &teller->will, &teller->will_length);
}

void teller_release(struct teller *teller)
{
    free(teller->will);
    teller->will = NULL;
}

void tell_running(struct teller *teller)
{
    if (!teller->announced && mqtt_is_connected(teller->mqtt))
        tell_state(teller, "running");
}

void tell_stopped(struct teller *teller)
{
    if (mqtt_is_connected(teller->mqtt))
        tell_state(teller, "stopped");
}
