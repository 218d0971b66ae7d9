#include "core/score_plan.h"

#include <stdlib.h>
#include <string.h>

struct score_plan {
    const struct catalogue *catalogue;
    uint32_t pillars, indicators;
    bool *has; /* by indicator */
    bool *in_pillar; /* by index and pillar */
    bool *touches; /* by indicator and pillar */
    enum chiso_period_kind *windows; /* by index */
};

/* A walk down from one index, once to each below it. */
struct walk {
    struct score_plan *plan;
    uint32_t top;
    bool *seen;
    bool marks; /* the second walk: the pillars of TOP are known */
};

static void meet(struct walk *walk, const struct index_component *component)
{
    struct score_plan *plan = walk->plan;
    const struct indicator *indicator = catalogue_indicator(plan->catalogue, component->indicator);
    if (walk->marks) {
        plan->has[component->indicator] = true;
        for (uint32_t p = 0; p < plan->pillars; p++)
            plan->touches[(size_t)component->indicator * plan->pillars + p] |=
                plan->in_pillar[(size_t)walk->top * plan->pillars + p];
    } else if (component->scoring != SCORING_NONE) {
        plan->in_pillar[(size_t)walk->top * plan->pillars + indicator->pillar] = true;
        if (indicator->cadence.window > plan->windows[walk->top])
            plan->windows[walk->top] = indicator->cadence.window;
    }
}

static void walk_down(struct walk *walk, uint32_t which)
{
    size_t count;
    const struct index_component *list = catalogue_index_components(walk->plan->catalogue, which, &count);
    walk->seen[which] = true;
    for (size_t i = 0; i < count; i++) {
        if (list[i].nested == CATALOGUE_NONE)
            meet(walk, &list[i]);
        else if (!walk->seen[list[i].nested] && (walk->marks || list[i].scoring != SCORING_NONE))
            walk_down(walk, list[i].nested);
    }
}

/* What is published of WHICH, in whatever version, touches where the index stands. */
static void mark_published(struct score_plan *plan, uint32_t which)
{
    size_t count;
    const struct index_version *versions = catalogue_index_versions(plan->catalogue, which, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t published = versions[i].published_as;
        if (published == CATALOGUE_NONE)
            continue;
        plan->has[published] = true;
        for (uint32_t p = 0; p < plan->pillars; p++)
            plan->touches[(size_t)published * plan->pillars + p] |=
                plan->in_pillar[(size_t)which * plan->pillars + p];
    }
}

static void plan_index(struct score_plan *plan, uint32_t which, bool *seen)
{
    uint32_t count = catalogue_index_count(plan->catalogue);
    struct walk walk = {.plan = plan, .top = which, .seen = seen};
    memset(seen, 0, count * sizeof *seen);
    walk_down(&walk, which);
    memset(seen, 0, count * sizeof *seen);
    walk.marks = true;
    walk_down(&walk, which);
    mark_published(plan, which);
}

int score_plan_new(const struct catalogue *catalogue, struct score_plan **out)
{
    uint32_t indices = catalogue_index_count(catalogue);
    struct score_plan *plan = calloc(1, sizeof *plan);
    bool *seen = calloc(indices + 1, sizeof *seen);
    if (plan) {
        plan->catalogue = catalogue;
        plan->pillars = catalogue_pillar_count(catalogue);
        plan->indicators = catalogue_indicator_count(catalogue);
        plan->has = calloc(plan->indicators + 1, sizeof *plan->has);
        plan->in_pillar = calloc((size_t)indices * plan->pillars + 1, sizeof *plan->in_pillar);
        plan->touches = calloc((size_t)plan->indicators * plan->pillars + 1, sizeof *plan->touches);
        plan->windows = calloc(indices + 1, sizeof *plan->windows);
    }
    if (!plan || !seen || !plan->has || !plan->in_pillar || !plan->touches || !plan->windows) {
        score_plan_free(plan);
        free(seen);
        return CHISO_ENOMEM;
    }
    for (uint32_t i = 0; i < indices; i++)
        plan_index(plan, i, seen);
    free(seen);
    *out = plan;
    return CHISO_OK;
}

void score_plan_free(struct score_plan *plan)
{
    if (plan) {
        free(plan->has);
        free(plan->in_pillar);
        free(plan->touches);
        free(plan->windows);
    }
    free(plan);
}

bool score_plan_is_empty(const struct score_plan *plan)
{
    for (uint32_t i = 0; i < plan->indicators; i++) {
        if (plan->has[i] || score_plan_is_judged(plan, i))
            return false;
    }
    return true;
}

bool score_plan_has(const struct score_plan *plan, uint32_t indicator)
{
    return plan->has[indicator];
}

bool score_plan_is_judged(const struct score_plan *plan, uint32_t indicator)
{
    size_t count;
    catalogue_targets(plan->catalogue, indicator, &count);
    return count > 0;
}

bool score_plan_in_pillar(const struct score_plan *plan, uint32_t which, uint32_t pillar)
{
    return plan->in_pillar[(size_t)which * plan->pillars + pillar];
}

bool score_plan_touches(const struct score_plan *plan, uint32_t indicator, uint32_t pillar)
{
    return plan->touches[(size_t)indicator * plan->pillars + pillar];
}

enum chiso_period_kind score_plan_window(const struct score_plan *plan, uint32_t which)
{
    return plan->windows[which];
}

size_t score_windows(
    struct chiso_period period, enum chiso_calendar calendar, struct chiso_period out[SCORE_WINDOWS_MAX])
{
    if (period.kind == CHISO_PERIOD_NINE_MONTHS || period.kind == CHISO_PERIOD_NONE)
        return 0;
    out[0] = period;
    return period.kind == CHISO_PERIOD_INTERVAL ? 1 : 1 + chiso_period_containers(period, calendar, out + 1);
}
