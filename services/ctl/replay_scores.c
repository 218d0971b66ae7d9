/* The cache of scores and rankings for what has been replayed, as the aggregator would write it now. */
#include "replay.h"

#include "core/list.h"
#include "core/score_fields.h"
#include "io/scores.h"
#include <stdlib.h>
#include <string.h>

struct window {
    struct chiso_period period;
    unsigned parts;
};

struct score_writing {
    struct score_source source;
    struct redis *redis;
    chiso_instant_ms now;
    struct scores_version version;
    struct window *windows;
    size_t count, capacity;
    struct strings pairs;
};

static int add_window(void *context, struct chiso_period period, unsigned parts)
{
    struct score_writing *s = context;
    for (size_t i = s->count; i-- > 0;) {
        if (chiso_period_equal(s->windows[i].period, period)) {
            s->windows[i].parts |= parts;
            return CHISO_OK;
        }
    }
    if (LIST_GROW(s->windows, s->count, s->capacity))
        return CHISO_ENOMEM;
    s->windows[s->count++] = (struct window){period, parts};
    return CHISO_OK;
}

static int add_field(void *context, const char *field, const char *text)
{
    struct score_writing *s = context;
    strings_add_text(&s->pairs, field);
    strings_add_text(&s->pairs, text);
    return CHISO_OK;
}

static int compute(struct score_writing *s, const struct window *window)
{
    struct score_fields *fields = NULL;
    bool more = true;
    strings_clear(&s->pairs);
    int error = score_fields_new(&s->source, window->period, window->parts, s->now, &fields);
    while (!error && more)
        error = score_fields_step(fields, add_field, s, &more);
    score_fields_free(fields);
    return error;
}

static int add_place(struct score_places *places, uint32_t which, struct chiso_period period)
{
    for (size_t i = places->count; i-- > 0;) {
        if (places->list[i].which == which && chiso_period_equal(places->list[i].period, period))
            return CHISO_OK;
    }
    if (LIST_GROW(places->list, places->count, places->capacity))
        return CHISO_ENOMEM;
    places->list[places->count++] = (struct score_place){which, period};
    return CHISO_OK;
}

static int write_window(struct score_writing *s, const struct window *window, struct score_places *places,
    struct chiso_message *why)
{
    struct strings changed = {0};
    const struct catalogue *c = s->source.catalogue;
    const char *code = catalogue_unit_code(c, s->source.province);
    int error = compute(s, window);
    if (error || s->pairs.count == 0)
        return error;
    error = scores_send(s->redis, code, window->period, &s->version, SCORES_ALL, &s->pairs);
    if (!error)
        error = scores_answer(s->redis, &changed, why);
    for (size_t i = 0; i < changed.count && !error; i++) {
        uint32_t which = catalogue_index_find(c, changed.text[i]);
        if (which != CATALOGUE_NONE)
            error = add_place(places, which, window->period);
    }
    strings_release(&changed);
    return error;
}

int replay_scores(const struct session *session, struct redis *redis, uint32_t province,
    struct store *figures, uint64_t seq, struct score_places *places, struct chiso_message *why)
{
    struct score_plan *plan = NULL;
    int error = score_plan_new(session->catalogue, &plan);
    struct score_writing s = {.source = {session->catalogue, plan, figures, province},
        .redis = redis,
        .now = session->now,
        .version = {.seq = seq, .as_of = chiso_day_at(session->now)}};
    memcpy(s.version.catalogue, session->hash, sizeof s.version.catalogue);
    store_narrow(figures, province);
    if (!error)
        error = score_each_window(&s.source, add_window, &s);
    for (size_t i = 0; i < s.count && !error; i++)
        error = write_window(&s, &s.windows[i], places, why);
    if (!error)
        error = scores_send_done(redis, catalogue_unit_code(session->catalogue, province), &s.version);
    if (!error)
        error = scores_answer(redis, NULL, why);
    strings_release(&s.pairs);
    free(s.windows);
    score_plan_free(plan);
    return error;
}

int replay_ranks(const struct session *session, struct redis *redis, const struct score_places *places,
    struct chiso_message *why)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < places->count && !error; i++) {
        error = scores_send_rank(redis, session->catalogue, places->list[i].which, places->list[i].period);
        if (!error)
            error = scores_answer(redis, NULL, why);
    }
    return error;
}
