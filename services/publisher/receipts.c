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
        .file = entry->file,
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

/* AGAIN: which observations go out again. */
static int try_again(struct receipts *receipts, const struct outbox_entry *entry,
    const struct chiso_report *report, const struct chiso_verdict *verdict, bool again[], bool *goes_on,
    struct chiso_message *why)
{
    size_t replaced, count;
    uint32_t revision = counting_again(report, verdict, entry->try, again);
    *goes_on = false;
    if (revision == 0) {
        memset(again, 0, report->observation_count * sizeof again[0]);
        return CHISO_OK;
    }
    int error = drop_replaced(receipts, report, again, &replaced, why);
    if (error == CHISO_OK)
        error = queue_again(receipts, entry, report, again, revision, &count, why);
    if (error != CHISO_OK)
        return error;
    if (count > 0 && receipts->out != NULL)
        verdict_print_again(receipts->out, receipts->language, count, revision);
    if (replaced > 0 && receipts->out != NULL)
        verdict_print_replaced(receipts->out, receipts->language, replaced);
    *goes_on = count > 0 && replaced == 0 && is_all_about_revision(verdict);
    return CHISO_OK;
}

/* What VERDICT says about one figure. */
static struct outbox_row row_of(
    const struct chiso_report *report, size_t at, size_t line, const struct chiso_verdict *verdict)
{
    const char *indicator = report->observations[at].indicator;
    struct outbox_row row = {
        .line = line,
        .unit = report->unit,
        .period = report->period,
        .indicator = indicator,
        .revision = report->revision,
        .outcome = verdict->outcome == CHISO_PARTIAL ? CHISO_ACCEPTED : verdict->outcome,
        .text = "",
    };
    for (size_t i = 0; i < verdict->rejection_count; i++) {
        const struct chiso_rejection *rejection = &verdict->rejections[i];
        if (rejection->indicator[0] != '\0' && strcmp(rejection->indicator, indicator) != 0)
            continue;
        row.outcome = rejection->reason == CHISO_REASON_SUPERSEDED ? CHISO_SUPERSEDED : CHISO_REJECTED;
        row.reason = rejection->reason;
        row.text = rejection->text;
    }
    return row;
}

/* Of the figures that do not go out AGAIN. */
static int remember_rows(struct receipts *receipts, const struct outbox_entry *entry,
    const struct chiso_report *report, const struct chiso_verdict *verdict, const bool again[],
    struct chiso_message *why)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < report->observation_count && i < entry->line_count && error == CHISO_OK; i++) {
        if (again[i])
            continue;
        struct outbox_row row = row_of(report, i, entry->lines[i], verdict);
        error = outbox_row_set(receipts->outbox, entry->file, &row, why);
    }
    return error;
}

int receipts_settle(struct receipts *receipts, const struct outbox_entry *entry,
    const struct chiso_verdict *verdict, struct chiso_message *why)
{
    struct chiso_report report;
    bool goes_on = false, again[CHISO_OBSERVATIONS_MAX] = {false};
    chiso_arena_reset(&receipts->arena);
    int error = chiso_report_decode(&receipts->arena, entry->payload, entry->payload_length, &report, why);
    if (error != CHISO_OK)
        return error;
    if (receipts->out != NULL)
        verdict_print(receipts->out, receipts->language, entry, &report, verdict);
    if (entry->counted)
        error = try_again(receipts, entry, &report, verdict, again, &goes_on, why);
    if (error == CHISO_OK && entry->file != 0)
        error = remember_rows(receipts, entry, &report, verdict, again, why);
    if (error == CHISO_OK && verdict->revision > 0 && verdict->revision <= CHISO_REVISION_MAX)
        error =
            outbox_set_seen(receipts->outbox, report.unit, report.period, (uint32_t)verdict->revision, why);
    if (error == CHISO_OK)
        error = outbox_remove(receipts->outbox, entry->id, why);
    if (error == CHISO_OK && !goes_on && verdict->outcome < CHISO_OUTCOMES)
        receipts->tally.outcomes[verdict->outcome]++;
    return error;
}
