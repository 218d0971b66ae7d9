#include "core/counting.h"

#include "core/figure.h"
#include <assert.h>
#include <string.h>

static_assert(COUNTING_CONTENT_CHARS >= LEAF_CHARS, "figure_print writes up to LEAF_CHARS");

static enum figure_state state_of(const struct chiso_observation *observation)
{
    if (observation->withdrawn)
        return FIGURE_NONE;
    if (observation->not_applicable)
        return FIGURE_NOT_APPLICABLE;
    if (observation->bare)
        return FIGURE_BARE;
    /* On the wire 0 of 0 and a plain 0 look alike, so here too. */
    return observation->denominator != 0 ? FIGURE_PAIR : FIGURE_VALUE;
}

void counting_content(const struct chiso_observation *observation, char out[COUNTING_CONTENT_CHARS])
{
    assert(observation->scale <= CHISO_DECIMAL_SCALE_MAX);
    uint8_t scale = (uint8_t)observation->scale;
    struct figure figure = {
        .state = state_of(observation),
        .value = {observation->value, scale},
        .denominator = {observation->denominator, scale},
        .qualifier = observation->qualifier,
        .denominator_qualifier = observation->denominator_qualifier,
    };
    figure_print(&figure, out);
}

uint32_t counting_revision(uint32_t last, const char *last_content, uint32_t seen, const char *content)
{
    if (last > 0 && strcmp(last_content, content) == 0)
        return last;
    uint32_t highest = last > seen ? last : seen;
    return highest >= CHISO_REVISION_MAX ? 0 : highest + 1;
}

static bool is_about_revision(enum chiso_reason reason)
{
    return reason == CHISO_REASON_CONFLICT || reason == CHISO_REASON_SUPERSEDED;
}

/* Did VERDICT refuse this indicator because of its revision? A rejection without indicator, and a superseded
 * report without rejections, mean all of them. */
static bool is_refused(const struct chiso_verdict *verdict, const char *indicator)
{
    for (size_t i = 0; i < verdict->rejection_count; i++) {
        const struct chiso_rejection *rejection = &verdict->rejections[i];
        if (is_about_revision(rejection->reason) &&
            (rejection->indicator[0] == '\0' || strcmp(rejection->indicator, indicator) == 0))
            return true;
    }
    return verdict->outcome == CHISO_SUPERSEDED && verdict->rejection_count == 0;
}

uint32_t counting_again(
    const struct chiso_report *report, const struct chiso_verdict *verdict, unsigned try, bool again[])
{
    bool any = false;
    for (size_t i = 0; i < report->observation_count; i++) {
        again[i] = try < COUNTING_TRIES_MAX && is_refused(verdict, report->observations[i].indicator);
        any = any || again[i];
    }
    uint64_t next = verdict->revision > report->revision ? verdict->revision : report->revision + 1;
    return any && next <= CHISO_REVISION_MAX ? (uint32_t)next : 0;
}
