#include "scores.h"

#include "io/clock.h"
#include "io/log.h"
#include "score_watch.h"
#include <inttypes.h>
#include <string.h>

/* A slice computes this long and then waits for Redis once. */
#define SLICE_MS 2
/* Under load a slice is followed by a rest of so many times its length. */
#define REST 9
/* A province's rounds are at least this far apart. */
#define ROUND_MS 1000
/* After something failed. */
#define RETRY_MS 1000
/* How long the end of the program may wait for the last of it. */
#define FINISH_MS 3000

/* ---- what is to be done ---- */

static bool is_served(const struct province *province)
{
    return province->loaded && province->head.seq > 0 && !province->is_behind;
}

const struct score_plan *scores_plan(struct aggregator *a)
{
    struct scores *s = &a->scores;
    if (s->plan)
        return s->plan;
    if (score_plan_new(a->catalogue, &s->plan)) {
        LOG_LIMITED(warning, "scores_not_kept", "reason=\"%s\"", chiso_strerror(CHISO_ENOMEM));
        return NULL;
    }
    s->must_sweep = true;
    return s->plan;
}

void scores_touch(
    struct aggregator *a, struct province *province, const struct changed_leaf *changed, size_t count)
{
    if (!scores_plan(a))
        return;
    for (size_t i = 0; i < count; i++) {
        if (score_round_touch(
                &province->scores, a->catalogue, a->scores.plan, changed[i].indicator, changed[i].period))
            score_round_forget(&province->scores);
        for (uint32_t p = 0; p < catalogue_pillar_count(a->catalogue); p++)
            province->pillar_dirty[p] |= score_plan_touches(a->scores.plan, changed[i].indicator, p);
    }
}

bool scores_are_behind(const struct province *province)
{
    const struct score_round *round = &province->scores;
    return !round->known || round->done.seq != province->head.seq ||
           round->done.as_of != chiso_day_at(clock_now());
}

/* Has PROVINCE a round that runs, or that may begin NOW? */
static bool is_due(const struct province *province, long long now)
{
    const struct score_round *round = &province->scores;
    if (!is_served(province))
        return false;
    return round->running ||
           (scores_are_behind(province) && (!round->began_ms || now >= round->began_ms + ROUND_MS));
}

/* Rankings wait until no province has anything left from the start: before, they would be of some provinces
 * only. */
static bool is_rank_due(const struct aggregator *a)
{
    bool due = a->scores.ranks.count > 0 || a->scores.must_sweep;
    for (size_t i = 0; i < a->province_count && due; i++)
        due = !a->provinces[i].is_behind &&
              (!is_served(&a->provinces[i]) || a->provinces[i].scores.done.seq > 0);
    return due;
}

bool scores_are_waiting(const struct aggregator *a)
{
    long long now = clock_monotonic_ms();
    bool waiting = is_rank_due(a);
    for (size_t i = 0; i < a->province_count && !waiting; i++)
        waiting = is_due(&a->provinces[i], now);
    return waiting && now >= a->scores.retry_ms;
}

/* ---- a slice ---- */

/* Calls that were sent in this slice, in order. */
struct sent {
    struct province *province;
    struct chiso_period window; /* kind NONE: the end of a round */
};
#define SENT_MAX 64
struct slice {
    struct aggregator *a;
    long long until_ms;
    struct sent sent[SENT_MAX];
    size_t count;
};

static bool is_over(const struct slice *slice)
{
    return slice->count == SENT_MAX || clock_monotonic_ms() >= slice->until_ms;
}

static struct score_source source_of(const struct aggregator *a, const struct province *province)
{
    return (struct score_source){a->catalogue, a->scores.plan, province->store, province->unit};
}

static int begin_round(struct aggregator *a, struct province *province)
{
    struct score_round *round = &province->scores;
    struct score_source source = source_of(a, province);
    chiso_instant_ms now = clock_now();
    struct scores_version version = {.seq = province->head.seq, .as_of = chiso_day_at(now)};
    memcpy(version.catalogue, a->catalogue_hash, sizeof version.catalogue);
    if (round->known && round->done.as_of != version.as_of)
        score_round_touch_pillars(round);
    round->began_ms = clock_monotonic_ms();
    return score_round_begin(round, &source, &version, now);
}

/* One step of PROVINCE's round. */
static int step(struct slice *slice, struct province *province)
{
    struct aggregator *a = slice->a;
    struct score_round *round = &province->scores;
    struct score_source source = source_of(a, province);
    enum score_progress progress;
    int error = score_round_step(round, &source, &progress);
    if (error || progress == SCORES_GO_ON)
        return error;
    struct sent *sent = &slice->sent[slice->count];
    *sent = (struct sent){province, round->window};
    if (progress == SCORES_WINDOW) {
        error = scores_send(a->redis, province->code, round->window, &round->version,
            score_round_scope(round), &round->pairs);
        score_round_sent(round);
    } else {
        error = scores_send_done(a->redis, province->code, &round->version);
        round->running = false;
    }
    slice->count += error == CHISO_OK;
    return error;
}

static int work_on(struct slice *slice, struct province *province)
{
    struct score_round *round = &province->scores;
    int error = CHISO_OK;
    if (!round->running && is_due(province, clock_monotonic_ms()))
        error = begin_round(slice->a, province);
    while (!error && round->running && !is_over(slice))
        error = step(slice, province);
    return error;
}

/* Every index whose scores changed is ranked again. */
static int note_ranks(struct aggregator *a, const struct strings *changed, struct chiso_period window)
{
    int error = changed->failed ? CHISO_ENOMEM : CHISO_OK;
    for (size_t i = 0; i < changed->count && !error; i++) {
        uint32_t which = catalogue_index_find(a->catalogue, changed->text[i]);
        if (which != CATALOGUE_NONE)
            error = score_ranks_add(&a->scores.ranks, which, window);
    }
    return error;
}

/* The functions are gone: somebody has emptied Redis. */
static bool has_no_functions(int error, const struct chiso_message *why)
{
    return error == CHISO_EREFUSED && strstr(why->text, "Function not found") != NULL;
}

static int take_answer(struct aggregator *a, const struct sent *sent, struct chiso_message *why)
{
    struct strings changed = {0};
    int error = scores_answer(a->redis, &changed, why);
    if (error == CHISO_ECONFLICT)
        error = CHISO_OK; /* another aggregator of this province knows more, and writes it */
    if (!error && sent->window.kind == CHISO_PERIOD_NONE)
        sent->province->scores.done = sent->province->scores.version;
    else if (!error)
        error = note_ranks(a, &changed, sent->window);
    strings_release(&changed);
    return error;
}

/* All answers are taken, also behind an error. */
static int take_answers(struct slice *slice, struct chiso_message *why)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < slice->count; i++) {
        struct chiso_message text = {""};
        int failed = take_answer(slice->a, &slice->sent[i], &text);
        if (!failed)
            continue;
        score_round_forget(&slice->sent[i].province->scores);
        if (!error) {
            error = failed;
            *why = text;
        }
    }
    return error;
}

/* ---- ranks ---- */

static int send_rank(struct slice *slice)
{
    struct score_ranks *ranks = &slice->a->scores.ranks;
    const struct score_rank *rank = &ranks->list[ranks->count - 1];
    int error = scores_send_rank(slice->a->redis, slice->a->catalogue, rank->which, rank->period);
    ranks->count -= error == CHISO_OK;
    return error;
}

/* What Redis has now is known, so that score_watch sees it go. */
static int take_rank(struct aggregator *a, const struct score_rank *rank, struct chiso_message *why)
{
    size_t ranked = 0;
    int error = scores_answer_rank(a->redis, &ranked, why);
    if (error || ranked == 0)
        score_ranks_remove(&a->scores.made, rank->which, rank->period);
    return error || ranked == 0 ? error : score_ranks_add(&a->scores.made, rank->which, rank->period);
}

static int make_ranks(struct slice *slice, struct chiso_message *why)
{
    struct score_rank sent[SENT_MAX];
    const struct score_ranks *ranks = &slice->a->scores.ranks;
    int error = CHISO_OK;
    size_t count = 0;
    while (!error && ranks->count > 0 && count < SENT_MAX && clock_monotonic_ms() < slice->until_ms) {
        sent[count] = ranks->list[ranks->count - 1];
        error = send_rank(slice);
        count += error == CHISO_OK;
    }
    for (size_t i = 0; i < count; i++) {
        int failed = take_rank(slice->a, &sent[i], why);
        error = error ? error : failed;
    }
    return error;
}

/* ---- turns ---- */

static int work(struct slice *slice, struct chiso_message *why)
{
    struct aggregator *a = slice->a;
    int error = redis_connect(a->redis, why);
    /* In turn with the provinces, so that neither starves. */
    if (!error && a->scores.first % 2 && is_rank_due(a)) {
        a->scores.first++;
        return a->scores.must_sweep ? score_watch_sweep(a, why) : make_ranks(slice, why);
    }
    for (size_t i = 0; i < a->province_count && !error && !is_over(slice); i++) {
        /* Not always the same one first. */
        struct province *province = &a->provinces[(a->scores.first + i) % a->province_count];
        if (is_due(province, clock_monotonic_ms()) && (error = work_on(slice, province)))
            score_round_forget(&province->scores);
    }
    a->scores.first++;
    int answered = take_answers(slice, why);
    return error ? error : answered;
}

void scores_turn(struct aggregator *a, bool busy)
{
    struct scores *s = &a->scores;
    struct slice slice = {.a = a};
    struct chiso_message why = {""};
    long long now = clock_monotonic_ms();
    if (now < s->retry_ms || (busy && now < s->rest_ms) || !scores_plan(a))
        return;
    score_watch_look(a, now);
    if (!scores_are_waiting(a))
        return;
    slice.until_ms = now + SLICE_MS;
    int error = work(&slice, &why);
    if (has_no_functions(error, &why))
        error = scores_install(a->redis, &why);
    if (error) {
        LOG_LIMITED(warning, "scores_not_refreshed", "reason=%s",
            log_quoted(*why.text ? why.text : chiso_strerror(error)));
        s->retry_ms = clock_monotonic_ms() + RETRY_MS;
    }
    long long end = clock_monotonic_ms();
    s->rest_ms = end + REST * (end - now);
}

void scores_finish(struct aggregator *a)
{
    long long until = clock_monotonic_ms() + FINISH_MS;
    for (size_t i = 0; i < a->province_count; i++)
        a->provinces[i].scores.began_ms = 0;
    while (scores_are_waiting(a) && clock_monotonic_ms() < until)
        scores_turn(a, false);
}

void scores_release(struct aggregator *a)
{
    score_plan_free(a->scores.plan);
    score_ranks_release(&a->scores.ranks);
    score_ranks_release(&a->scores.made);
    a->scores = (struct scores){0};
}
