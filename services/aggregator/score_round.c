#include "score_round.h"

#include "core/score_text.h"
#include <stdlib.h>
#include <string.h>

/* ---- windows ---- */

static void close_window(struct score_round *round)
{
    for (int calendar = 0; calendar < 2; calendar++) {
        score_reader_free(round->readers[calendar]);
        round->readers[calendar] = NULL;
    }
    strings_clear(&round->pairs);
    round->window = (struct chiso_period){0};
}

void score_round_forget(struct score_round *round)
{
    close_window(round);
    round->count = 0;
    round->known = round->running = false;
    round->done = (struct scores_version){0};
}

void score_round_release(struct score_round *round)
{
    close_window(round);
    strings_release(&round->pairs);
    free(round->windows);
    *round = (struct score_round){0};
}

/* The place of PERIOD, or where it belongs. */
static size_t place_of(const struct score_round *round, struct chiso_period period)
{
    size_t low = 0, high = round->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (chiso_period_compare(round->windows[middle].period, period) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct score_window *find_window(struct score_round *round, struct chiso_period period)
{
    size_t at = place_of(round, period);
    return at < round->count && chiso_period_equal(round->windows[at].period, period) ? &round->windows[at]
                                                                                      : NULL;
}

static int add_parts(struct score_round *round, struct chiso_period period, unsigned parts)
{
    size_t at = place_of(round, period);
    if (at == round->count || !chiso_period_equal(round->windows[at].period, period)) {
        if (round->count == round->capacity) {
            size_t grown = round->capacity ? round->capacity * 2 : 64;
            struct score_window *moved = realloc(round->windows, grown * sizeof *moved);
            if (!moved)
                return CHISO_ENOMEM;
            round->windows = moved;
            round->capacity = grown;
        }
        memmove(&round->windows[at + 1], &round->windows[at], (round->count - at) * sizeof *round->windows);
        round->windows[at] = (struct score_window){.period = period};
        round->count++;
    }
    round->windows[at].parts |= parts;
    round->windows[at].stale |= parts;
    return CHISO_OK;
}

/* A pillar's score asks for targets judged inside the window: of a day or an interval nobody asks. */
static bool has_pillars(struct chiso_period window)
{
    return window.kind != CHISO_PERIOD_DAY && window.kind != CHISO_PERIOD_INTERVAL;
}

static int add_windows(
    struct score_round *round, struct chiso_period period, enum chiso_calendar calendar, unsigned parts)
{
    struct chiso_period windows[SCORE_WINDOWS_MAX];
    size_t count = score_windows(period, calendar, windows);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++) {
        unsigned of = has_pillars(windows[i]) ? parts : parts & OF_INDICES;
        if (of)
            error = add_parts(round, windows[i], of);
    }
    return error;
}

static unsigned parts_of(const struct score_plan *plan, uint32_t indicator)
{
    return (score_plan_has(plan, indicator) ? OF_INDICES : 0) |
           (score_plan_is_judged(plan, indicator) ? OF_PILLARS : 0);
}

int score_round_touch(struct score_round *round, const struct catalogue *catalogue,
    const struct score_plan *plan, uint32_t indicator, struct chiso_period period)
{
    unsigned parts = parts_of(plan, indicator);
    if (!round->known || parts == 0)
        return CHISO_OK;
    /* A target may compare a window with others, before it and after it. */
    if (parts & OF_PILLARS)
        score_round_touch_pillars(round);
    return add_windows(round, period, catalogue_indicator(catalogue, indicator)->calendar, parts);
}

void score_round_touch_pillars(struct score_round *round)
{
    for (size_t i = 0; i < round->count; i++)
        round->windows[i].stale |= round->windows[i].parts & OF_PILLARS;
}

/* What the figures of each period are parts of, by calendar. */
struct finding {
    const struct score_figures *figures;
    const struct chiso_period *periods; /* newest first */
    unsigned *parts[2];
    size_t count, last;
};

static int find_parts(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct finding *f = context;
    (void)unit;
    (void)leaf;
    if (!chiso_period_equal(f->periods[f->last], period)) {
        size_t low = 0, high = f->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (chiso_period_compare(f->periods[middle], period) > 0)
                low = middle + 1;
            else
                high = middle;
        }
        f->last = low;
    }
    f->parts[catalogue_indicator(f->figures->catalogue, indicator)->calendar][f->last] |=
        parts_of(f->figures->plan, indicator);
    return CHISO_OK;
}

static int find_windows(struct score_round *round, const struct score_figures *figures)
{
    struct finding f = {.figures = figures};
    f.periods = store_periods(figures->store, &f.count);
    f.parts[0] = calloc(f.count + 1, sizeof **f.parts);
    f.parts[1] = calloc(f.count + 1, sizeof **f.parts);
    int error = f.parts[0] && f.parts[1] ? store_each_leaf(figures->store, find_parts, &f) : CHISO_ENOMEM;
    round->count = 0;
    for (size_t i = 0; i < f.count && !error; i++) {
        for (int calendar = 0; calendar < 2 && !error; calendar++)
            error = add_windows(round, f.periods[i], (enum chiso_calendar)calendar, f.parts[calendar][i]);
    }
    free(f.parts[0]);
    free(f.parts[1]);
    round->known = error == CHISO_OK;
    return error;
}

/* ---- the round ---- */

int score_round_begin(struct score_round *round, const struct score_figures *figures,
    const struct scores_version *version, chiso_instant_ms now)
{
    int error = round->known ? CHISO_OK : find_windows(round, figures);
    if (error)
        return error;
    for (size_t i = 0; i < round->count; i++) {
        round->windows[i].todo = round->windows[i].stale;
        round->windows[i].stale = 0;
    }
    round->version = *version;
    round->now = now;
    round->running = true;
    return CHISO_OK;
}

/* The newest first: that is what people look at. */
static struct score_window *next_window(struct score_round *round)
{
    for (size_t i = round->count; i-- > 0;) {
        if (round->windows[i].todo)
            return &round->windows[i];
    }
    return NULL;
}

static int open_window(
    struct score_round *round, const struct score_figures *figures, const struct score_window *window)
{
    int error = CHISO_OK;
    round->parts = window->todo;
    round->unit_at = 0;
    round->pillar_at = 0;
    for (int calendar = 0; calendar < 2 && (round->parts & OF_INDICES) && !error; calendar++)
        error = score_reader_new(figures->catalogue, figures->store, window->period,
            (enum chiso_calendar)calendar, &round->readers[calendar]);
    round->window = window->period;
    return error;
}

struct score_of_unit {
    struct score_round *round;
    const struct score_figures *figures;
};

static int add_score(void *context, const struct index_version *version, const struct score *score)
{
    struct score_of_unit *of = context;
    char field[SCORE_FIELD_CHARS], text[SCORE_TEXT_CHARS];
    scores_field(field, catalogue_unit_code(of->figures->catalogue, score->unit), version->id);
    score_print(score, text);
    strings_add_text(&of->round->pairs, field);
    strings_add_text(&of->round->pairs, text);
    return CHISO_OK;
}

/* A unit that was another province's on the window's last day is that province's to score. */
static int compute_unit(struct score_round *round, const struct score_figures *figures, uint32_t unit)
{
    struct score_of_unit of = {round, figures};
    int error = CHISO_OK;
    for (int calendar = 0; calendar < 2 && !error; calendar++) {
        chiso_day day = chiso_period_last(round->window, (enum chiso_calendar)calendar);
        if (catalogue_province_at(figures->catalogue, unit, day) == figures->province)
            error = score_reader_unit(round->readers[calendar], unit, add_score, &of);
    }
    return error;
}

static int compute_pillar(struct score_round *round, const struct score_figures *figures, uint32_t pillar)
{
    char field[SCORE_FIELD_CHARS], text[PILLAR_SCORE_TEXT_CHARS];
    struct attainment attainment;
    struct pillar_score score;
    attainment_init(&attainment);
    int error = attainment_of_pillar(figures->catalogue, figures->store, figures->province, pillar,
        round->window, round->now, &attainment);
    if (!error && attainment.targets > 0) {
        pillar_score_of(&attainment, &score);
        pillar_score_print(&score, text);
        scores_pillar_field(field, catalogue_unit_code(figures->catalogue, figures->province),
            catalogue_pillar(figures->catalogue, pillar)->id);
        strings_add_text(&round->pairs, field);
        strings_add_text(&round->pairs, text);
    }
    attainment_release(&attainment);
    return error;
}

/* One unit, or one pillar, more. False: the window is complete. */
static bool compute_more(struct score_round *round, const struct score_figures *figures, int *error)
{
    size_t units;
    const uint32_t *list = catalogue_province_units(figures->catalogue, figures->province, &units);
    if ((round->parts & OF_INDICES) && round->unit_at < units)
        *error = compute_unit(round, figures, list[round->unit_at++]);
    else if ((round->parts & OF_PILLARS) && round->pillar_at < catalogue_pillar_count(figures->catalogue))
        *error = compute_pillar(round, figures, round->pillar_at++);
    else
        return false;
    return true;
}

int score_round_step(
    struct score_round *round, const struct score_figures *figures, enum score_progress *progress)
{
    int error = CHISO_OK;
    *progress = SCORES_GO_ON;
    if (round->window.kind == CHISO_PERIOD_NONE) {
        const struct score_window *next = next_window(round);
        if (!next)
            *progress = SCORES_OVER;
        else
            error = open_window(round, figures, next);
    } else if (!compute_more(round, figures, &error)) {
        *progress = SCORES_WINDOW;
    }
    return error;
}

enum scores_scope score_round_scope(const struct score_round *round)
{
    return round->parts == OF_INDICES   ? SCORES_INDICES
           : round->parts == OF_PILLARS ? SCORES_PILLARS
                                        : SCORES_ALL;
}

void score_round_sent(struct score_round *round)
{
    struct score_window *window = find_window(round, round->window);
    if (window) {
        window->todo = 0;
        window->stored = round->pairs.count > 0 || (window->stored && round->parts != window->parts);
    }
    close_window(round);
}
