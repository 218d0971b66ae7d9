#include "score_round.h"

#include "core/list.h"
#include <stdlib.h>
#include <string.h>

/* ---- windows ---- */

static void close_window(struct score_round *round)
{
    score_fields_free(round->fields);
    round->fields = NULL;
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

void score_round_pause(struct score_round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        round->windows[i].stale |= round->windows[i].todo;
        round->windows[i].todo = 0;
    }
    close_window(round);
    round->running = false;
}

static int add_parts(struct score_round *round, struct chiso_period period, unsigned parts)
{
    size_t at = place_of(round, period);
    if (at == round->count || !chiso_period_equal(round->windows[at].period, period)) {
        if (LIST_GROW(round->windows, round->count, round->capacity))
            return CHISO_ENOMEM;
        memmove(&round->windows[at + 1], &round->windows[at], (round->count - at) * sizeof *round->windows);
        round->windows[at] = (struct score_window){.period = period};
        round->count++;
    }
    round->windows[at].parts |= parts;
    round->windows[at].stale |= parts;
    return CHISO_OK;
}

static int add_window(void *context, struct chiso_period window, unsigned parts)
{
    return add_parts(context, window, parts);
}

int score_round_touch(struct score_round *round, const struct catalogue *catalogue,
    const struct score_plan *plan, uint32_t indicator, struct chiso_period period)
{
    if (!round->known)
        return CHISO_OK;
    /* A target may compare a window with others, before it and after it. */
    if (score_parts_of(plan, indicator) & OF_PILLARS)
        score_round_touch_pillars(round);
    return score_touched(catalogue, plan, indicator, period, add_window, round);
}

void score_round_touch_pillars(struct score_round *round)
{
    for (size_t i = 0; i < round->count; i++)
        round->windows[i].stale |= round->windows[i].parts & OF_PILLARS;
}

static int find_windows(struct score_round *round, const struct score_source *source)
{
    round->count = 0;
    int error = score_each_window(source, add_window, round);
    round->known = error == CHISO_OK;
    return error;
}

/* ---- the round ---- */

int score_round_begin(struct score_round *round, const struct score_source *source,
    const struct scores_version *version, chiso_instant_ms now)
{
    int error = round->known ? CHISO_OK : find_windows(round, source);
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
    struct score_round *round, const struct score_source *source, const struct score_window *window)
{
    round->parts = window->todo;
    round->window = window->period;
    return score_fields_new(source, window->period, window->todo, round->now, &round->fields);
}

static int add_field(void *context, const char *field, const char *text)
{
    struct score_round *round = context;
    strings_add_text(&round->pairs, field);
    strings_add_text(&round->pairs, text);
    return CHISO_OK;
}

int score_round_step(
    struct score_round *round, const struct score_source *source, enum score_progress *progress)
{
    int error = CHISO_OK;
    bool more = true;
    *progress = SCORES_GO_ON;
    if (round->window.kind == CHISO_PERIOD_NONE) {
        const struct score_window *next = next_window(round);
        if (!next)
            *progress = SCORES_OVER;
        else
            error = open_window(round, source, next);
    } else {
        error = score_fields_step(round->fields, add_field, round, &more);
        if (!more)
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
