#include "tell.h"

#include "core/view.h"
#include "io/log.h"
#include <stdio.h>
#include <stdlib.h>

/* An alert takes 1.5 KB at most, and the broker no more than 2 MiB a message. */
#define SNAPSHOT_ALERTS_MAX 1000

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
        .reason = alert_reason_names[alert->reason],
        .rule = alert->rule};
}

void tell_event(struct teller *teller, const char *province, uint64_t seq, const struct alert *alert)
{
    char tail[160];
    struct view_alert_event event = {.province = province, .seq = seq, .alert = view_of(alert)};
    uint8_t *bytes = NULL;
    size_t length = 0;
    (void)snprintf(tail, sizeof tail, "alert/%s/%s", province, alert->unit);
    if (!mqtt_is_connected(teller->mqtt) || view_alert_event_encode(&event, &bytes, &length) ||
        teller_publish(teller, tail, bytes, length, view_alert_event_json(&event), false))
        LOG_LIMITED(warning, "event_not_sent", "province=%s id=%s", province, log_quoted(alert->id));
}

/* The open ones, the worst first; *OUT is malloc'ed. */
static int list_open(const struct kept *kept, struct alert **out, size_t *count)
{
    struct alert *open = calloc(kept->count + 1, sizeof *open);
    if (!open)
        return CHISO_ENOMEM;
    *count = 0;
    for (size_t i = 0; i < kept->count; i++) {
        if (kept->list[i].state == ALERT_OPEN)
            open[(*count)++] = kept->list[i];
    }
    qsort(open, *count, sizeof *open, alert_compare);
    *out = open;
    return CHISO_OK;
}

int tell_snapshot(struct teller *teller, const char *province, uint64_t seq, const struct kept *kept)
{
    char tail[160];
    struct alert *open;
    size_t count, length = 0;
    uint8_t *bytes = NULL;
    int error = list_open(kept, &open, &count);
    if (error)
        return error;
    struct view_alert *alerts = calloc(count + 1, sizeof *alerts);
    struct view_alert_snapshot snapshot = {
        .province = province, .seq = seq, .alerts = alerts, .open = (uint32_t)count};
    for (size_t i = 0; alerts && i < count && i < SNAPSHOT_ALERTS_MAX; i++)
        alerts[snapshot.alert_count++] = view_of(&open[i]);
    (void)snprintf(tail, sizeof tail, "alerts/%s", province);
    error = alerts ? view_alert_snapshot_encode(&snapshot, &bytes, &length) : CHISO_ENOMEM;
    if (!error)
        error = teller_publish(teller, tail, bytes, length, view_alert_snapshot_json(&snapshot), true);
    free(alerts);
    free(open);
    return error;
}
