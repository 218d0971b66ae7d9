/* The cache of scores against the figures.
 *
 * The cache follows the figures some moments later, so a field may differ and be right: for a figure that came
 * after it. What the cache is at least of (chiso:{PP}:score) is read before it, and the figures after: a
 * difference counts when no figure that the field depends on is newer than that. Otherwise it is looked at
 * again until the cache has followed; one that does not within PATIENCE_MS is behind, which is told as well. */
#include "verify.h"

#include "core/list.h"
#include "core/rollup.h"
#include "core/score_fields.h"
#include "io/clock.h"
#include "io/options.h"
#include "io/scores.h"
#include "session.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 10000
#define LOOK_AGAIN_MS 100

struct field {
    char *name, *text; /* in the list of strings */
};

/* One hash, as stored or as computed, by field name. */
struct fields {
    struct strings words;
    struct field *list;
    size_t count;
};

static void fields_release(struct fields *fields)
{
    strings_release(&fields->words);
    free(fields->list);
}

static int compare_fields(const void *a, const void *b)
{
    return strcmp(((const struct field *)a)->name, ((const struct field *)b)->name);
}

static int fields_sort(struct fields *fields)
{
    fields->count = fields->words.count / 2;
    fields->list = calloc(fields->count + 1, sizeof *fields->list);
    if (!fields->list || fields->words.failed)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < fields->count; i++)
        fields->list[i] = (struct field){fields->words.text[2 * i], fields->words.text[2 * i + 1]};
    qsort(fields->list, fields->count, sizeof *fields->list, compare_fields);
    return CHISO_OK;
}

/* ---- one look ---- */

struct window {
    struct chiso_period period;
    unsigned parts; /* of what the figures have something */
    uint64_t newest; /* the newest figure that an index of the window depends on */
    chiso_day as_of;
    struct fields stored;
};

struct look {
    struct score_source source;
    struct verification *v;
    struct scores_version version; /* read first */
    struct window *windows;
    size_t count, capacity;
    struct head head; /* of the figures, read last */
    uint64_t newest_judged; /* the newest figure that a pillar's score depends on */
    FILE *out; /* what differs */
    size_t differences, behind, scores;
};

static void forget_windows(struct look *look)
{
    for (size_t i = 0; i < look->count; i++)
        fields_release(&look->windows[i].stored);
    free(look->windows);
    look->windows = NULL;
    look->count = look->capacity = 0;
}

static int find_window(struct look *look, struct chiso_period period, struct window **out)
{
    for (size_t i = look->count; i-- > 0;) {
        if (chiso_period_equal(look->windows[i].period, period)) {
            *out = &look->windows[i];
            return CHISO_OK;
        }
    }
    if (LIST_GROW(look->windows, look->count, look->capacity))
        return CHISO_ENOMEM;
    *out = &look->windows[look->count++];
    **out = (struct window){.period = period};
    return CHISO_OK;
}

/* Windows of keys that there were when verify began: also such as nobody should have written. */
static int note_keys(struct look *look)
{
    char prefix[KEY_CHARS];
    int error = CHISO_OK;
    key_province(prefix, look->v->code, "score:");
    for (size_t i = 0; i < look->v->score_keys.count && !error; i++) {
        const char *key = look->v->score_keys.text[i];
        struct chiso_period period;
        struct window *window;
        if (strncmp(key, prefix, strlen(prefix)) != 0)
            continue;
        const char *name = key + strlen(prefix);
        if (chiso_period_parse(name, strlen(name), &period) == CHISO_OK) {
            error = find_window(look, period, &window);
            continue;
        }
        verify_print(look->v, look->out, key, NULL, "(there is a key)", "(not a period)");
        look->differences++;
    }
    return error;
}

/* Windows of the periods that there are now. */
static int note_periods(struct look *look, struct redis *redis, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_province(key, look->v->code, "periods");
    int error = figures_name_key(redis_callf(redis, &reply, why, "SMEMBERS %s", key), key, why);
    if (error)
        return error;
    for (size_t i = 0; i < reply->elements && !error; i++) {
        struct chiso_period period, windows[SCORE_WINDOWS_MAX];
        struct window *window;
        if (chiso_period_parse(reply->element[i]->str, (size_t)reply->element[i]->len, &period))
            continue;
        for (int calendar = 0; calendar < 2; calendar++) {
            size_t count = score_windows(period, (enum chiso_calendar)calendar, windows);
            for (size_t k = 0; k < count && !error; k++)
                error = find_window(look, windows[k], &window);
        }
    }
    redis_free(reply);
    return error;
}

static int take_hash(struct window *window, const redisReply *reply)
{
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const char *field = reply->element[i]->str, *text = reply->element[i + 1]->str;
        if (strcmp(field, "as_of") == 0)
            (void)chiso_day_parse(text, strlen(text), &window->as_of);
        if (strcmp(field, "as_of") == 0 || strcmp(field, "seq") == 0)
            continue;
        strings_add_text(&window->stored.words, field);
        strings_add_text(&window->stored.words, text);
    }
    return fields_sort(&window->stored);
}

static int read_hashes(struct look *look, struct redis *redis, struct chiso_message *why)
{
    char key[KEY_CHARS];
    int error = CHISO_OK;
    for (size_t i = 0; i < look->count && !error; i++) {
        key_scores(key, look->v->code, look->windows[i].period);
        error = redis_appendf(redis, "HGETALL %s", key);
    }
    for (size_t i = 0; i < look->count && !error; i++) {
        struct redisReply *reply;
        key_scores(key, look->v->code, look->windows[i].period);
        error = figures_name_key(redis_take(redis, &reply, why), key, why);
        if (!error) {
            error = take_hash(&look->windows[i], reply);
            redis_free(reply);
        }
    }
    if (error)
        redis_disconnect(redis); /* replies may be left */
    return error;
}

static int read_cache(struct look *look, struct redis *redis, struct chiso_message *why)
{
    int error = scores_version(redis, look->v->code, &look->version, why);
    if (!error)
        error = note_keys(look);
    if (!error)
        error = note_periods(look, redis, why);
    return error ? error : read_hashes(look, redis, why);
}

/* ---- what it should be ---- */

struct leaf_at {
    struct look *look;
    uint64_t seq;
};

static int note_window(void *context, struct chiso_period period, unsigned parts)
{
    const struct leaf_at *at = context;
    struct window *window;
    int error = find_window(at->look, period, &window);
    if (error)
        return error;
    window->parts |= parts;
    if ((parts & OF_INDICES) && window->newest < at->seq)
        window->newest = at->seq;
    return CHISO_OK;
}

static int note_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct leaf_at *at = context;
    const struct score_source *source = &at->look->source;
    unsigned parts = score_parts_of(source->plan, indicator);
    (void)unit;
    at->seq = leaf->seq;
    if ((parts & OF_PILLARS) && at->look->newest_judged < leaf->seq)
        at->look->newest_judged = leaf->seq;
    return parts ? score_touched(source->catalogue, source->plan, indicator, period, note_window, at)
                 : CHISO_OK;
}

static int copy_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    return store_set_leaf(context, unit, period, indicator, leaf);
}

/* The province's leaves, and totals computed from nothing else. */
static int read_figures(
    const struct look *look, struct redis *redis, struct store *figures, struct chiso_message *why)
{
    const struct score_source *source = &look->source;
    struct store *stored = store_new();
    int error =
        stored ? figures_load(redis, source->catalogue, source->province, stored, NULL, why) : CHISO_ENOMEM;
    store_clear(figures);
    if (!error)
        error = store_narrow(figures, source->province);
    if (!error)
        error = store_each_leaf(stored, copy_leaf, figures);
    if (!error)
        error = rollup_all(source->catalogue, figures);
    store_free(stored);
    return error;
}

static int add_field(void *context, const char *field, const char *text)
{
    struct strings *words = context;
    strings_add_text(words, field);
    strings_add_text(words, text);
    return CHISO_OK;
}

static int compute_window(const struct look *look, const struct window *window, struct fields *out)
{
    struct score_fields *fields = NULL;
    bool more = true;
    chiso_day day = window->as_of ? window->as_of : look->version.as_of;
    int error =
        score_fields_new(&look->source, window->period, window->parts, chiso_instant_on(day, 12), &fields);
    while (!error && more)
        error = score_fields_step(fields, add_field, &out->words, &more);
    score_fields_free(fields);
    return error ? error : fields_sort(out);
}

/* ---- the comparison ---- */

static bool is_of_pillar(const char *field)
{
    return strstr(field, "|pillar:") != NULL;
}

static void compare_field(struct look *look, const struct window *window, const char *field,
    const char *stored, const char *computed)
{
    char key[KEY_CHARS];
    look->scores++;
    if (stored && computed && strcmp(stored, computed) == 0)
        return;
    uint64_t newest = is_of_pillar(field) ? look->newest_judged : window->newest;
    bool behind = newest > look->version.seq || strcmp(look->version.catalogue, look->head.catalogue) != 0;
    key_scores(key, look->v->code, window->period);
    verify_print(
        look->v, look->out, key, field, stored ? stored : "(no score)", computed ? computed : "(no score)");
    if (behind)
        (void)fprintf(look->out,
            session_text(look->v->session,
                "  điểm tính theo lần ghi %" PRIu64 ", số liệu theo lần ghi %" PRIu64 "\n",
                "  the scores are of commit %" PRIu64 ", the figures of %" PRIu64 "\n"),
            look->version.seq, look->head.seq);
    look->behind += behind;
    look->differences++;
}

static int compare_window(struct look *look, const struct window *window)
{
    struct fields computed = {0};
    int error = compute_window(look, window, &computed);
    const struct fields *stored = &window->stored;
    for (size_t i = 0, k = 0; !error && (i < stored->count || k < computed.count);) {
        int order = i == stored->count    ? 1
                    : k == computed.count ? -1
                                          : strcmp(stored->list[i].name, computed.list[k].name);
        compare_field(look, window, order <= 0 ? stored->list[i].name : computed.list[k].name,
            order <= 0 ? stored->list[i].text : NULL, order >= 0 ? computed.list[k].text : NULL);
        i += order <= 0;
        k += order >= 0;
    }
    fields_release(&computed);
    return error;
}

/* The scores and FIGURES, which were read after them. */
static int compare_all(
    struct look *look, struct redis *redis, const struct store *figures, struct chiso_message *why)
{
    struct leaf_at at = {look, 0};
    int error = CHISO_OK;
    look->source.store = figures;
    if (!score_plan_is_empty(look->source.plan))
        error = figures_head(redis, look->v->code, &look->head, why);
    if (!error && !score_plan_is_empty(look->source.plan))
        error = store_each_leaf(figures, note_leaf, &at);
    for (size_t i = 0; i < look->count && !error; i++)
        error = compare_window(look, &look->windows[i]);
    return error;
}

/* ---- as often as is needed ---- */

struct score_check {
    struct redis *redis;
    struct score_plan *plan;
    struct store *figures;
    struct look look;
    char *text; /* what differs */
    size_t length;
};

static int begin_look(struct score_check *check, struct chiso_message *why)
{
    check->look.out = open_memstream(&check->text, &check->length);
    return check->look.out ? read_cache(&check->look, check->redis, why) : CHISO_ENOMEM;
}

static void end_look(struct score_check *check)
{
    struct look *look = &check->look;
    forget_windows(look);
    if (look->out)
        (void)fclose(look->out);
    free(check->text);
    *look = (struct look){.source = look->source, .v = look->v};
    check->text = NULL;
}

int verify_scores_read(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    struct verification *v, struct score_check **out, struct chiso_message *why)
{
    struct score_check *check = calloc(1, sizeof *check);
    int error = check ? score_plan_new(catalogue, &check->plan) : CHISO_ENOMEM;
    if (!error && !(check->figures = store_new()))
        error = CHISO_ENOMEM;
    if (!error) {
        check->redis = redis;
        check->look = (struct look){.source = {catalogue, check->plan, NULL, province}, .v = v};
        error = store_narrow(check->figures, province);
    }
    if (!error)
        error = begin_look(check, why);
    if (error)
        verify_scores_free(check);
    else
        *out = check;
    return error;
}

struct store *verify_scores_figures(struct score_check *check)
{
    return score_plan_is_empty(check->plan) ? NULL : check->figures;
}

int verify_scores(struct score_check *check, struct chiso_message *why)
{
    struct look *look = &check->look;
    long long until = clock_monotonic_ms() + PATIENCE_MS;
    int error = compare_all(look, check->redis, check->figures, why);
    /* Some may be behind only because the figures are newer: it is looked at as a whole. */
    while (!error && look->behind > 0 && clock_monotonic_ms() < until && !options_stop) {
        options_pause_ms(LOOK_AGAIN_MS);
        end_look(check);
        error = begin_look(check, why);
        if (!error && verify_scores_figures(check))
            error = read_figures(look, check->redis, check->figures, why);
        if (!error)
            error = compare_all(look, check->redis, check->figures, why);
    }
    if (error)
        return error;
    look->v->scores += look->scores;
    look->v->differences += look->differences;
    (void)fflush(look->out);
    (void)fputs(check->text, stdout);
    return CHISO_OK;
}

void verify_scores_free(struct score_check *check)
{
    if (!check)
        return;
    end_look(check);
    score_plan_free(check->plan);
    store_free(check->figures);
    free(check);
}
