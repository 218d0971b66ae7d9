#include "receipts.h"

#include "core/counting.h"
#include "plan.h"
#include <string.h>

/* A report and the sentences about it. */
#define ARENA_BYTES ((size_t)2 * CHISO_PAYLOAD_BYTES_MAX)

int receipts_init(struct receipts *receipts, struct outbox *outbox, const char *language, FILE *out)
{
    *receipts = (struct receipts){.outbox = outbox, .language = language, .out = out};
    return chiso_arena_init(&receipts->arena, ARENA_BYTES);
}

void receipts_release(struct receipts *receipts)
{
    chiso_arena_release(&receipts->arena);
}

/* A figure of which this outbox has sent something newer meanwhile must not replace it: clears its AGAIN. */
static int drop_replaced(struct receipts *receipts, const struct chiso_report *report, bool again[],
    size_t *replaced, struct chiso_message *why)
{
    *replaced = 0;
    for (size_t i = 0; i < report->observation_count; i++) {
        uint32_t last = 0;
        char content[OUTBOX_CONTENT_CHARS];
        struct outbox_figure figure = {report->unit, report->period, report->observations[i].indicator};
        if (!again[i])
            continue;
        int error = outbox_last_sent(receipts->outbox, figure, &last, content, why);
        if (error != CHISO_OK)
            return error;
        if (last != report->revision) {
            again[i] = false;
            ++*replaced;
        }
    }
    return CHISO_OK;
}

/* Queues the observations of REPORT that AGAIN names, at REVISION. *COUNT is how many. */
static int queue_again(struct receipts *receipts, const struct outbox_entry *entry,
    const struct chiso_report *report, const bool again[], uint32_t revision, size_t *count,
    struct chiso_message *why)
{
    struct chiso_observation observations[CHISO_OBSERVATIONS_MAX];
    size_t lines[CHISO_OBSERVATIONS_MAX];
    int error = CHISO_OK;
    *count = 0;
    for (size_t i = 0; i < report->observation_count && error == CHISO_OK; i++) {
        if (!again[i])
            continue;
        lines[*count] = i < entry->line_count ? entry->lines[i] : 0;
        observations[(*count)++] = report->observations[i];
        error = plan_remember(
            receipts->outbox, report->unit, report->period, &report->observations[i], revision, why);
    }
    if (error != CHISO_OK || *count == 0)
        return error;
    struct chiso_report next = *report;
    next.revision = revision;
    next.observation_count = *count;
    next.observations = observations;
    const struct outbox_label label = {
        .province = entry->province,
        .publisher = entry->publisher,
        .origin = entry->origin,
        .lines = entry->lines == NULL ? NULL : lines,
        .counted = true,
        .try = entry->try + 1,
    };
    return outbox_add(receipts->outbox, &next, &label, why);
}

/* Was everything that VERDICT refuses refused for its revision? Then its end is the next try's. */
static bool is_all_about_revision(const struct chiso_verdict *verdict)
{
    for (size_t i = 0; i < verdict->rejection_count; i++)
        if (verdict->rejections[i].reason != CHISO_REASON_CONFLICT &&
            verdict->rejections[i].reason != CHISO_REASON_SUPERSEDED)
            return false;
    return true;
}

static int try_again(struct receipts *receipts, const struct outbox_entry *entry,
    const struct chiso_report *report, const struct chiso_verdict *verdict, bool *goes_on,
    struct chiso_message *why)
{
    bool again[CHISO_OBSERVATIONS_MAX];
    size_t replaced, count;
    uint32_t revision = counting_again(report, verdict, entry->try, again);
    *goes_on = false;
    if (revision == 0)
        return CHISO_OK;
    int error = drop_replaced(receipts, report, again, &replaced, why);
    if (error == CHISO_OK)
        error = queue_again(receipts, entry, report, again, revision, &count, why);
    if (error != CHISO_OK)
        return error;
    if (count > 0)
        verdict_print_again(receipts->out, receipts->language, count, revision);
    if (replaced > 0)
        verdict_print_replaced(receipts->out, receipts->language, replaced);
    *goes_on = count > 0 && replaced == 0 && is_all_about_revision(verdict);
    return CHISO_OK;
}

int receipts_settle(struct receipts *receipts, const struct outbox_entry *entry,
    const struct chiso_verdict *verdict, struct chiso_message *why)
{
    struct chiso_report report;
    bool goes_on = false;
    chiso_arena_reset(&receipts->arena);
    int error = chiso_report_decode(&receipts->arena, entry->payload, entry->payload_length, &report, why);
    if (error != CHISO_OK)
        return error;
    verdict_print(receipts->out, receipts->language, entry, &report, verdict);
    if (entry->counted)
        error = try_again(receipts, entry, &report, verdict, &goes_on, why);
    if (error == CHISO_OK && verdict->revision > 0 && verdict->revision <= CHISO_REVISION_MAX)
        error =
            outbox_set_seen(receipts->outbox, report.unit, report.period, (uint32_t)verdict->revision, why);
    if (error == CHISO_OK)
        error = outbox_remove(receipts->outbox, entry->id, why);
    if (error == CHISO_OK && !goes_on && verdict->outcome < CHISO_OUTCOMES)
        receipts->tally.outcomes[verdict->outcome]++;
    return error;
}
