#include "check.h"

#include "core/admit.h"

/* Room for the sentences about one report of CHISO_OBSERVATIONS_MAX observations. */
#define ARENA_BYTES ((size_t)1024 * 1024)

static void print_refusal(
    FILE *out, const char *file, size_t line, enum chiso_reason reason, const char *text)
{
    const char *name = chiso_reason_name(reason);
    fprintf(out, "%s:%zu: %s: %s\n", file, line, name == NULL ? "REFUSED" : name, text);
}

static int check_draft(const struct catalogue *catalogue, const struct report_draft *draft, const char *file,
    const char *publisher, chiso_instant_ms now, struct chiso_arena *arena, FILE *out, size_t *refused)
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
    if (admitted.reason != 0) {
        print_refusal(out, file, draft->lines[0], admitted.reason, admitted.text);
        ++*refused;
    }
    for (size_t i = 0; i < admitted.count; i++) {
        const struct admitted_observation *observation = &admitted.observations[i];
        if (observation->reason == 0)
            continue;
        print_refusal(out, file, draft->lines[i], observation->reason, observation->text);
        ++*refused;
    }
    return CHISO_OK;
}

int check_drafts(const struct catalogue *catalogue, const struct report_csv *csv, const char *file,
    const char *publisher, chiso_instant_ms now, FILE *out, size_t *refused)
{
    struct chiso_arena arena;
    int error = chiso_arena_init(&arena, ARENA_BYTES);
    if (error != CHISO_OK)
        return error;
    *refused = 0;
    for (size_t i = 0; i < csv->count && error == CHISO_OK; i++)
        error = check_draft(catalogue, &csv->drafts[i], file, publisher, now, &arena, out, refused);
    chiso_arena_release(&arena);
    return error;
}
