#include "core/apply.h"

#include <inttypes.h>
#include <string.h>

/* How the observations of one report fared. */
struct tally {
    size_t accepted, duplicate, superseded, refused;
};

/* ---- verdicts ---- */

static int verdict_init(
    const struct apply *a, struct chiso_verdict *verdict, const char *report_id, size_t most)
{
    *verdict = (struct chiso_verdict){.report_id = report_id};
    verdict->rejections = chiso_arena_alloc(a->arena, (most + 1) * sizeof *verdict->rejections);
    return verdict->rejections ? CHISO_OK : CHISO_ENOMEM;
}

void apply_reject(
    struct chiso_verdict *verdict, const char *indicator, enum chiso_reason reason, const char *text)
{
    verdict->rejections[verdict->rejection_count++] = (struct chiso_rejection){indicator, reason, text};
}

/* All alike → that; some refused beside others → PARTIAL; otherwise any accepted → ACCEPTED;
 * otherwise SUPERSEDED. */
static enum chiso_outcome outcome_of(const struct tally *tally)
{
    size_t others = tally->accepted + tally->duplicate + tally->superseded;
    if (tally->refused)
        return others ? CHISO_PARTIAL : CHISO_REJECTED;
    if (tally->accepted)
        return CHISO_ACCEPTED;
    return tally->superseded ? CHISO_SUPERSEDED : CHISO_DUPLICATE;
}

static char *copy_text(const struct apply *a, const char *text)
{
    size_t length = strlen(text);
    return chiso_arena_strndup(
        a->arena, text, length < CHISO_REJECTION_BYTES_MAX ? length : CHISO_REJECTION_BYTES_MAX);
}

/* ---- one observation against what is stored ---- */

static int accept(const struct apply *a, const struct admitted *report, const struct admitted_observation *o,
    const struct leaf *now)
{
    struct applied_leaf changed = {report->unit, o->indicator, report->period, *now,
        {.figure = o->figure,
            .revision = report->revision,
            .seq = a->seq,
            .index = a->index,
            .first_ms = now->revision ? now->first_ms : a->now}};
    int error = store_set_leaf(a->store, report->unit, report->period, o->indicator, &changed.after);
    return error || !a->changed ? error : a->changed(a->context, &changed);
}

static const char *conflict_text(
    const struct apply *a, const char *indicator, const struct leaf *now, const struct figure *figure)
{
    char held[LEAF_CHARS], given[LEAF_CHARS];
    struct chiso_message text;
    figure_print(&now->figure, held);
    figure_print(figure, given);
    chiso_message_set(&text,
        "%s has %.40s at revision %" PRIu32 ", not %.40s: a correction needs a higher revision", indicator,
        held, now->revision, given);
    return copy_text(a, text.text);
}

static const char *superseded_text(
    const struct apply *a, const char *indicator, const struct leaf *now, uint32_t revision)
{
    struct chiso_message text;
    chiso_message_set(&text, "revision %" PRIu32 " of %s is in force, %" PRIu32 " came too late",
        now->revision, indicator, revision);
    return copy_text(a, text.text);
}

static int decide_observation(const struct apply *a, const struct admitted *report,
    const struct admitted_observation *o, const char *indicator, struct chiso_verdict *verdict,
    struct tally *tally)
{
    static const struct leaf nothing;
    if (o->reason) {
        apply_reject(verdict, indicator, o->reason, o->text);
        tally->refused++;
        return CHISO_OK;
    }
    const struct leaf *stored = store_leaf(a->store, report->unit, report->period, o->indicator);
    struct leaf now = stored ? *stored : nothing;
    int error = CHISO_OK;
    switch (leaf_decide(&now, report->revision, &o->figure)) {
    case LEAF_ACCEPT:
        tally->accepted++;
        error = accept(a, report, o, &now);
        now.revision = report->revision;
        break;
    case LEAF_DUPLICATE:
        tally->duplicate++;
        break;
    case LEAF_SUPERSEDED:
        tally->superseded++;
        apply_reject(verdict, indicator, CHISO_REASON_SUPERSEDED,
            superseded_text(a, indicator, &now, report->revision));
        break;
    case LEAF_CONFLICT:
        tally->refused++;
        apply_reject(
            verdict, indicator, CHISO_REASON_CONFLICT, conflict_text(a, indicator, &now, &o->figure));
        break;
    }
    if (now.revision > verdict->revision)
        verdict->revision = now.revision;
    return error;
}

/* ---- one report ---- */

/* A report that protobuf, or a limit, does not let through: the verdict has no report_id. */
static int refuse_bytes(const struct apply *a, const char *text, struct chiso_verdict *verdict)
{
    int error = verdict_init(a, verdict, "", 1);
    char *copy = error ? NULL : copy_text(a, text);
    if (!copy)
        return CHISO_ENOMEM;
    verdict->outcome = CHISO_REJECTED;
    apply_reject(verdict, "", CHISO_REASON_MALFORMED, copy);
    return CHISO_OK;
}

int apply_read(
    const struct apply *apply, const char *publisher, const void *bytes, size_t length, struct applied *out)
{
    struct chiso_message why;
    *out = (struct applied){0};
    int error = chiso_report_decode(apply->arena, bytes, length, &out->report, &why);
    if (error == CHISO_EINVAL || error == CHISO_ERANGE) {
        out->report = (struct chiso_report){0};
        return refuse_bytes(apply, why.text, &out->verdict);
    }
    if (!error)
        error = admit_report(apply->catalogue, apply->province, publisher, &out->report, apply->now,
            apply->arena, &out->admitted);
    if (!error)
        error = verdict_init(apply, &out->verdict, out->report.report_id, out->report.observation_count);
    if (error)
        return error;
    out->readable = true;
    if (out->admitted.reason) {
        apply_reject(&out->verdict, "", out->admitted.reason, out->admitted.text);
        out->verdict.outcome = CHISO_REJECTED;
    }
    return CHISO_OK;
}

int apply_report(
    const struct apply *apply, const char *publisher, const void *bytes, size_t length, struct applied *out)
{
    struct tally tally = {0};
    int error = apply_read(apply, publisher, bytes, length, out);
    if (error || out->verdict.outcome == CHISO_REJECTED)
        return error;
    for (size_t i = 0; i < out->admitted.count && !error; i++)
        error = decide_observation(apply, &out->admitted, &out->admitted.observations[i],
            out->report.observations[i].indicator, &out->verdict, &tally);
    out->verdict.outcome = outcome_of(&tally);
    return error;
}
