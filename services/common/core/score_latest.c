#include "core/score_latest.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct score_plan *plan;
    uint32_t unit, pillar;
    chiso_day today;
    struct chiso_period window; /* the one at hand */
    enum chiso_calendar calendar;
    struct score_shown *found; /* two for each index: the latest ended, the running; version NULL: none */
};

static int keep(void *context, const struct index_version *version, const struct score *score)
{
    struct search *s = context;
    bool running = chiso_period_last(s->window, s->calendar) >= s->today;
    struct score_shown *shown = &s->found[2 * (size_t)version->which + running];
    bool has_score = score->value[0] || score->state == SCORE_ELSEWHERE;
    if (has_score && !shown->version && score_plan_in_pillar(s->plan, version->which, s->pillar) &&
        score_plan_window(s->plan, version->which) == s->window.kind)
        *shown = (struct score_shown){version, s->window, running, *score};
    return CHISO_OK;
}

static int look_at(struct search *s, struct chiso_period window, enum chiso_calendar calendar)
{
    struct score_reader *reader;
    int error = score_reader_new(s->catalogue, s->store, window, calendar, &reader);
    if (error)
        return error;
    s->window = window;
    s->calendar = calendar;
    error = score_reader_unit(reader, s->unit, keep, s);
    score_reader_free(reader);
    return error;
}

/* Is there an index of the pillar with such windows, of which none that has ended is found yet? */
static bool is_asked(const struct search *s, enum chiso_period_kind kind, enum chiso_calendar calendar)
{
    for (uint32_t i = 0; i < catalogue_index_count(s->catalogue); i++) {
        if (!s->found[2 * (size_t)i].version && score_plan_in_pillar(s->plan, i, s->pillar) &&
            score_plan_window(s->plan, i) == kind && catalogue_index_calendar(s->catalogue, i) == calendar)
            return true;
    }
    return false;
}

/* The windows of KIND in which something was reported, newest first, that have begun. */
static int look_back(struct search *s, enum chiso_period_kind kind, enum chiso_calendar calendar)
{
    size_t count, seen = 0;
    const struct chiso_period *periods = store_periods(s->store, &count);
    struct chiso_period looked[SCORE_LATEST_WINDOWS];
    int error = CHISO_OK;
    for (size_t i = 0; i < count && seen < SCORE_LATEST_WINDOWS && !error && is_asked(s, kind, calendar);
         i++) {
        struct chiso_period window = chiso_period_at(kind, chiso_period_last(periods[i], calendar), calendar);
        bool fits = window.kind != CHISO_PERIOD_NONE && periods[i].kind != CHISO_PERIOD_INTERVAL &&
                    chiso_period_contains(window, periods[i], calendar) &&
                    chiso_period_first(window, calendar) <= s->today;
        for (size_t k = 0; k < seen && fits; k++)
            fits = !chiso_period_equal(looked[k], window);
        if (fits) {
            looked[seen++] = window;
            error = look_at(s, window, calendar);
        }
    }
    return error;
}

int score_latest(const struct catalogue *catalogue, const struct store *store, const struct score_plan *plan,
    uint32_t unit, uint32_t pillar, chiso_instant_ms now, struct score_shown **out, size_t *count)
{
    size_t room = 2 * (size_t)catalogue_index_count(catalogue), kept = 0;
    struct search s = {.catalogue = catalogue,
        .store = store,
        .plan = plan,
        .unit = unit,
        .pillar = pillar,
        .today = chiso_day_at(now),
        .found = calloc(room + 1, sizeof *s.found)};
    int error = s.found ? CHISO_OK : CHISO_ENOMEM;
    for (enum chiso_period_kind kind = CHISO_PERIOD_DAY; kind < CHISO_PERIOD_INTERVAL && !error; kind++) {
        for (int calendar = 0; calendar < 2 && !error; calendar++)
            error = look_back(&s, kind, (enum chiso_calendar)calendar);
    }
    if (error) {
        free(s.found);
        return error;
    }
    for (size_t i = 0; i < room; i++) {
        if (s.found[i].version)
            s.found[kept++] = s.found[i];
    }
    *out = s.found;
    *count = kept;
    return CHISO_OK;
}
