#include "plan.h"

#include "core/counting.h"
#include <assert.h>
#include <string.h>

/* Both calendars end a window on the same side of a succession, which is always on the first of a month: the
 * statistical one will do. */
static const char *province_of(const struct plan *plan, const struct report_draft *draft)
{
    struct chiso_period period;
    if (plan->catalogue == NULL ||
        chiso_period_parse(draft->period, strlen(draft->period), &period) != CHISO_OK)
        return plan->province;
    uint32_t unit = catalogue_unit_find(plan->catalogue, draft->unit);
    if (unit == CATALOGUE_NONE)
        return plan->province;
    uint32_t province =
        catalogue_province_at(plan->catalogue, unit, chiso_period_last(period, CHISO_STATISTICAL));
    return province == CATALOGUE_NONE ? plan->province : catalogue_unit_code(plan->catalogue, province);
}

/* The revision of each observation: the draft's, or counted. */
static int assign(
    struct outbox *outbox, const struct report_draft *draft, uint32_t revisions[], struct chiso_message *why)
{
    uint32_t seen = 0, last;
    int error = outbox_seen(outbox, draft->unit, draft->period, &seen, why);
    for (size_t i = 0; i < draft->count && error == CHISO_OK; i++) {
        char content[COUNTING_CONTENT_CHARS], last_content[OUTBOX_CONTENT_CHARS];
        struct outbox_figure figure = {draft->unit, draft->period, draft->observations[i].indicator};
        error = outbox_last_sent(outbox, figure, &last, last_content, why);
        if (error != CHISO_OK)
            break;
        counting_content(&draft->observations[i], content);
        revisions[i] = counting_revision(last, last_content, seen, content);
        if (revisions[i] == 0) {
            chiso_message_set(why, "indicator %s of unit %s for %s has the highest possible revision already",
                figure.indicator, draft->unit, draft->period);
            error = CHISO_ERANGE;
        } else {
            error = outbox_set_sent(outbox, figure, revisions[i], content, why);
        }
    }
    return error;
}

int plan_remember(struct outbox *outbox, const char *unit, const char *period,
    const struct chiso_observation *observation, uint32_t revision, struct chiso_message *why)
{
    char content[COUNTING_CONTENT_CHARS];
    struct outbox_figure figure = {unit, period, observation->indicator};
    counting_content(observation, content);
    return outbox_set_sent(outbox, figure, revision, content, why);
}

static int add(const struct plan *plan, struct outbox *outbox, const struct report_draft *draft,
    const char *province, uint32_t revision, bool counted, struct chiso_message *why)
{
    const struct chiso_report report = {
        .report_id = "",
        .unit = draft->unit,
        .period = draft->period,
        .source = draft->source,
        .stream_id = "",
        .revision = revision,
        .issued_at_ms = plan->now,
        .observation_count = draft->count,
        .observations = draft->observations,
    };
    const struct outbox_label label = {
        .province = province,
        .publisher = plan->publisher != NULL ? plan->publisher : draft->unit,
        .origin = plan->origin,
        .lines = draft->lines,
        .counted = counted,
        .try = 1,
        .file = plan->file != NULL ? plan->file->id : 0,
    };
    return outbox_add(outbox, &report, &label, why);
}

/* One report for each revision that was assigned. */
static int add_counted(const struct plan *plan, struct outbox *outbox, const struct report_draft *draft,
    const char *province, struct chiso_message *why)
{
    uint32_t revisions[CHISO_OBSERVATIONS_MAX];
    struct chiso_observation observations[CHISO_OBSERVATIONS_MAX];
    size_t lines[CHISO_OBSERVATIONS_MAX];
    assert(draft->count <= CHISO_OBSERVATIONS_MAX);
    int error = assign(outbox, draft, revisions, why);
    for (size_t i = 0; i < draft->count && error == CHISO_OK; i++) {
        uint32_t revision = revisions[i];
        if (revision == 0)
            continue; /* went out with an earlier one */
        struct report_draft part = *draft;
        part.count = 0;
        part.observations = observations;
        part.lines = lines;
        for (size_t j = i; j < draft->count; j++) {
            if (revisions[j] != revision)
                continue;
            observations[part.count] = draft->observations[j];
            lines[part.count++] = draft->lines[j];
            revisions[j] = 0;
        }
        error = add(plan, outbox, &part, province, revision, true, why);
    }
    return error;
}

static int queue_draft(const struct plan *plan, struct outbox *outbox, const struct report_draft *draft,
    struct chiso_message *why)
{
    const char *province = province_of(plan, draft);
    if (province == NULL) {
        chiso_message_set(why, "unit %s belongs to no province in %s", draft->unit, draft->period);
        return CHISO_EREFUSED;
    }
    if (draft->revision == 0)
        return add_counted(plan, outbox, draft, province, why);
    return add(plan, outbox, draft, province, draft->revision, false, why);
}

int plan_queue(
    const struct plan *plan, struct outbox *outbox, const struct report_csv *csv, struct chiso_message *why)
{
    int error = outbox_begin(outbox, why);
    if (error != CHISO_OK)
        return error;
    if (plan->file != NULL)
        error = outbox_file_add(outbox, plan->file, why);
    for (size_t i = 0; i < csv->count && error == CHISO_OK; i++)
        error = queue_draft(plan, outbox, &csv->drafts[i], why);
    if (error == CHISO_OK)
        error = outbox_commit(outbox, why);
    if (error != CHISO_OK)
        outbox_rollback(outbox);
    return error;
}
