#include "tell.h"

#include "core/topic.h"
#include "core/view.h"
#include "io/clock.h"
#include "io/log.h"
#include "snapshot.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many messages may be on their way to the broker. */
#define UNDER_WAY_MAX 400
#define DRAIN_MS 5000

static void publish_receipt(struct teller *teller, const struct chiso_receipt *receipt)
{
    char topic[TOPIC_CHARS];
    uint8_t *bytes;
    size_t length;
    topic_print(TOPIC_RECEIPT, receipt->province, receipt->publisher, topic);
    int error = chiso_receipt_encode(receipt, &bytes, &length);
    if (!error) {
        error = mqtt_publish(teller->mqtt, topic, bytes, length, false, NULL);
        free(bytes);
        if (mqtt_unacknowledged(teller->mqtt) >= UNDER_WAY_MAX)
            (void)mqtt_drain(teller->mqtt, UNDER_WAY_MAX / 2, DRAIN_MS);
    }
    if (error)
        LOG_LIMITED(warning, "receipt_not_sent", "topic=%s reason=\"%s\"", topic, chiso_strerror(error));
}

/* A receipt is closed before it could grow over the payload limit. */
static size_t verdict_bytes(const struct chiso_verdict *verdict)
{
    size_t bytes = CHISO_ID_BYTES_MAX + 32;
    for (size_t i = 0; i < verdict->rejection_count; i++)
        bytes += CHISO_ID_BYTES_MAX + CHISO_REJECTION_BYTES_MAX + 16;
    return bytes;
}

/* All verdicts for the publisher of messages[FIRST]; DONE marks those that are told. */
static void tell_publisher(struct teller *teller, struct chiso_receipt *receipt,
    const struct message *const messages[], const struct chiso_verdict verdicts[], size_t count, size_t first,
    bool done[])
{
    size_t bytes = 0;
    receipt->publisher = messages[first]->publisher;
    receipt->verdict_count = 0;
    for (size_t i = first; i < count; i++) {
        if (done[i] || strcmp(messages[i]->publisher, receipt->publisher) != 0)
            continue;
        size_t more = verdict_bytes(&verdicts[i]);
        if (receipt->verdict_count &&
            (receipt->verdict_count == CHISO_VERDICTS_MAX || bytes + more > CHISO_PAYLOAD_BYTES_MAX / 2)) {
            publish_receipt(teller, receipt);
            receipt->verdict_count = bytes = 0;
        }
        receipt->verdicts[receipt->verdict_count++] = verdicts[i];
        bytes += more;
        done[i] = true;
    }
    publish_receipt(teller, receipt);
}

void tell_receipts(struct teller *teller, const char *province, uint64_t seq,
    const struct message *const messages[], const struct chiso_verdict verdicts[], size_t count,
    chiso_instant_ms committed_at)
{
    struct chiso_receipt receipt = {.province = province, .committed_at_ms = committed_at, .seq = seq};
    bool *done = calloc(count + 1, sizeof *done);
    receipt.verdicts = malloc((count + 1) * sizeof *receipt.verdicts);
    for (size_t i = 0; done && receipt.verdicts && i < count; i++) {
        if (!done[i])
            tell_publisher(teller, &receipt, messages, verdicts, count, i, done);
    }
    free(receipt.verdicts);
    free(done);
}

void tell_stray(struct teller *teller, const struct message *message, const struct chiso_verdict *verdict,
    chiso_instant_ms now)
{
    struct chiso_verdict copy = *verdict;
    struct chiso_receipt receipt = {.province = message->province,
        .publisher = message->publisher,
        .committed_at_ms = now,
        .verdict_count = 1,
        .verdicts = &copy};
    publish_receipt(teller, &receipt);
}

/* ---- viewers ---- */

#define SNAPSHOT_MS 1000

static void tell_pillar_change(
    struct teller *teller, const struct province *province, struct view_pillar_change *change)
{
    char tail[160];
    uint8_t *bytes = NULL;
    size_t length = 0;
    (void)snprintf(tail, sizeof tail, "change/%s/%s", province->code, change->pillar);
    if (view_pillar_change_encode(change, &bytes, &length) ||
        teller_publish(teller, tail, bytes, length, view_pillar_change_json(change), false))
        LOG_LIMITED(warning, "change_not_sent", "province=%s pillar=%s", province->code, change->pillar);
}

void tell_changes(struct teller *teller, const struct catalogue *catalogue, struct province *province,
    uint64_t seq, const struct changed_leaf *changed, size_t count)
{
    struct view_changed_figure *figures = calloc(count + 1, sizeof *figures);
    char(*periods)[CHISO_PERIOD_CHARS] = calloc(count + 1, sizeof *periods);
    for (uint32_t p = 0; figures && periods && p < catalogue_pillar_count(catalogue); p++) {
        struct view_pillar_change change = {.province = province->code,
            .pillar = catalogue_pillar(catalogue, p)->id,
            .seq = seq,
            .previous = province->pillar_seq[p],
            .changed = figures};
        for (size_t i = 0; i < count; i++) {
            const struct indicator *definition = catalogue_indicator(catalogue, changed[i].indicator);
            if (definition->pillar != p)
                continue;
            chiso_period_print(changed[i].period, periods[i]);
            figures[change.changed_count++] = (struct view_changed_figure){
                catalogue_unit_code(catalogue, changed[i].unit), periods[i], definition->id,
                store_closing(province->store, province->unit, definition->calendar, changed[i].period) !=
                    NULL};
        }
        if (change.changed_count == 0)
            continue;
        tell_pillar_change(teller, province, &change);
        province->pillar_seq[p] = seq;
    }
    free(figures);
    free(periods);
}

static int tell_snapshot(struct teller *teller, const struct catalogue *catalogue,
    const struct score_plan *plan, const struct province *province, uint32_t pillar)
{
    char tail[160];
    struct snapshot *snapshot;
    struct view_pillar_snapshot view;
    uint8_t *bytes = NULL;
    size_t length = 0;
    int error = snapshot_make(province, catalogue, plan, pillar, clock_now(), &snapshot, &view);
    if (error)
        return error;
    (void)snprintf(tail, sizeof tail, "pillar/%s/%s", province->code, view.pillar);
    error = view_pillar_snapshot_encode(&view, &bytes, &length);
    if (!error)
        error = teller_publish(teller, tail, bytes, length, view_pillar_snapshot_json(&view), true);
    snapshot_free(snapshot);
    return error;
}

/* Of the snapshots that are due the one that has waited longest; as many as there are pillars: none is. */
static uint32_t longest_waiting(const struct province *province, uint32_t pillars, long long now)
{
    uint32_t found = pillars;
    for (uint32_t p = 0; p < pillars; p++) {
        if (province->pillar_dirty[p] && now >= province->snapshot_ms[p] + SNAPSHOT_MS &&
            (found == pillars || province->snapshot_ms[p] < province->snapshot_ms[found]))
            found = p;
    }
    return found;
}

bool tell_snapshots(struct teller *teller, const struct catalogue *catalogue, const struct score_plan *plan,
    struct province *province, long long until_ms)
{
    uint32_t pillars = catalogue_pillar_count(catalogue);
    if (!province->loaded || !mqtt_is_connected(teller->mqtt))
        return true;
    for (uint32_t tries = 0; tries < pillars; tries++) {
        long long now = clock_monotonic_ms();
        uint32_t p = longest_waiting(province, pillars, now);
        if (p == pillars)
            return true;
        if (now >= until_ms)
            return false;
        int error = tell_snapshot(teller, catalogue, plan, province, p);
        if (error)
            LOG_LIMITED(warning, "snapshot_not_sent", "province=%s reason=\"%s\"", province->code,
                chiso_strerror(error));
        province->pillar_dirty[p] = error != CHISO_OK;
        province->snapshot_ms[p] = now;
    }
    return true;
}

void tell_running(struct teller *teller, const struct mqtt *reports)
{
    if (mqtt_is_subscribed(reports) && teller_running(teller))
        log_info("ready", "instance=%s", teller->instance);
}
