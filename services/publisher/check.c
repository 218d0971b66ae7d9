#include "check.h"

#include "core/admit.h"

/* Room for the sentences about one report of CHISO_OBSERVATIONS_MAX observations. */
#define ARENA_BYTES ((size_t)1024 * 1024)

static int check_draft(const struct catalogue *catalogue, const struct report_draft *draft,
    const char *publisher, chiso_instant_ms now, struct chiso_arena *arena, const struct check_reader *reader)
{
    const struct chiso_report report = {
        .report_id = "check",
        .unit = draft->unit,
        .period = draft->period,
        .source = draft->source,
        .stream_id = "check",
        .revision = draft->revision > 0 ? draft->revision : 1,
        .observation_count = draft->count,
        .observations = draft->observations,
    };
    struct admitted admitted;
    chiso_arena_reset(arena);
    int error = admit_report(
        catalogue, NULL, publisher != NULL ? publisher : draft->unit, &report, now, arena, &admitted);
    if (error != CHISO_OK)
        return error;
    if (admitted.reason != 0)
        reader->refused(reader->context, draft->lines[0], admitted.reason, admitted.text);
    for (size_t i = 0; i < admitted.count; i++) {
        const struct admitted_observation *observation = &admitted.observations[i];
        if (observation->reason != 0)
            reader->refused(reader->context, draft->lines[i], observation->reason, observation->text);
    }
    return CHISO_OK;
}

int check_drafts(const struct catalogue *catalogue, const struct report_csv *csv, const char *publisher,
    chiso_instant_ms now, const struct check_reader *reader)
{
    struct chiso_arena arena;
    int error = chiso_arena_init(&arena, ARENA_BYTES);
    if (error != CHISO_OK)
        return error;
    for (size_t i = 0; i < csv->count && error == CHISO_OK; i++)
        error = check_draft(catalogue, &csv->drafts[i], publisher, now, &arena, reader);
    chiso_arena_release(&arena);
    return error;
}
