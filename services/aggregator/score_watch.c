#include "score_watch.h"

#include "io/log.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

/* A look at an idle cache is this far apart. */
#define LOOK_MS 5000

/* ---- left over ---- */

static int keep_key(void *context, const char *key)
{
    struct strings *keys = context;
    strings_add_text(keys, key);
    return keys->failed ? CHISO_ENOMEM : CHISO_OK;
}

static const struct province *served(const struct aggregator *a, const char *code)
{
    for (size_t i = 0; i < a->province_count; i++) {
        if (strcmp(a->provinces[i].code, code) == 0)
            return &a->provinces[i];
    }
    return NULL;
}

/* chiso:{PP}:score:<period> of a province that there is not, or that is served here and has no such window. */
static bool is_left_over(const struct aggregator *a, const char *key)
{
    char code[CHISO_UNIT_BYTES_MAX + 1];
    struct chiso_period period;
    int at = 0;
    if (sscanf(key, "chiso:{%32[^}]}:score:%n", code, &at) != 1 || at == 0)
        return false;
    const struct province *province = served(a, code);
    if (!province)
        return !catalogue_is_province(a->catalogue, catalogue_unit_find(a->catalogue, code));
    if (chiso_period_parse(key + at, strlen(key + at), &period))
        return true;
    for (size_t i = 0; i < province->scores.count; i++) {
        if (chiso_period_equal(province->scores.windows[i].period, period))
            return false;
    }
    return true;
}

/* A ranking of an index and a period that there are is made again, any other goes. */
static bool is_rank_left_over(struct aggregator *a, const char *key, int *error)
{
    char id[CHISO_ID_BYTES_MAX + 1];
    struct chiso_period period;
    int at = 0;
    if (sscanf(key, "chiso:rank:%64[^:]:%n", id, &at) != 1 || at == 0 ||
        chiso_period_parse(key + at, strlen(key + at), &period))
        return true;
    uint32_t which = catalogue_index_find(a->catalogue, id);
    if (which != CATALOGUE_NONE)
        *error = score_ranks_add(&a->scores.ranks, which, period);
    return which == CATALOGUE_NONE;
}

static int unlink_key(struct redis *redis, const char *key, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = redis_callf(redis, &reply, why, "UNLINK %s", key);
    if (!error)
        redis_free(reply);
    return error;
}

/* Every index and window of the provinces that are served here. */
static int want_ranks(struct aggregator *a)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < a->province_count; i++) {
        const struct score_round *round = &a->provinces[i].scores;
        for (size_t w = 0; w < round->count && !error; w++) {
            uint32_t count = round->windows[w].parts & OF_INDICES ? catalogue_index_count(a->catalogue) : 0;
            for (uint32_t which = 0; which < count && !error; which++)
                error = score_ranks_add(&a->scores.ranks, which, round->windows[w].period);
        }
    }
    return error;
}

int score_watch_sweep(struct aggregator *a, struct chiso_message *why)
{
    struct strings scores = {0}, ranks = {0};
    size_t gone = 0;
    int error = figures_each_key(a->redis, "chiso:{*}:score:*", keep_key, &scores, why);
    if (!error)
        error = figures_each_key(a->redis, "chiso:rank:*", keep_key, &ranks, why);
    for (size_t i = 0; i < scores.count && !error; i++) {
        if (is_left_over(a, scores.text[i])) {
            error = unlink_key(a->redis, scores.text[i], why);
            gone++;
        }
    }
    for (size_t i = 0; i < ranks.count && !error; i++) {
        if (is_rank_left_over(a, ranks.text[i], &error) && !error) {
            error = unlink_key(a->redis, ranks.text[i], why);
            gone++;
        }
    }
    strings_release(&scores);
    strings_release(&ranks);
    if (!error)
        error = want_ranks(a);
    if (!error) {
        a->scores.must_sweep = false;
        log_info("scores_ready", "left_over=%zu", gone);
    }
    return error;
}

/* ---- deleted ---- */

/* How many of the keys of WORDS (EXISTS, keys) are there; releases them. */
static int count_keys(struct redis *redis, struct strings *words, size_t *found)
{
    struct redisReply *reply;
    struct chiso_message why = {""};
    int error = words->failed ? CHISO_ENOMEM
                              : redis_call(redis, (int)words->count, (const char *const *)words->text,
                                    words->length, &reply, &why);
    strings_release(words);
    if (error)
        return error;
    error = reply->type == REDIS_REPLY_INTEGER ? CHISO_OK : CHISO_EREFUSED;
    *found = (size_t)reply->integer;
    redis_free(reply);
    return error;
}

static bool is_settled(const struct province *province)
{
    const struct score_round *round = &province->scores;
    return province->loaded && round->known && !round->running && round->done.seq > 0;
}

/* The province's own hash, and the others. Whoever needs Redis next says what is wrong with it. */
static void look_at(struct aggregator *a, struct province *province)
{
    char key[KEY_CHARS];
    struct strings words = {0};
    size_t found;
    strings_add_text(&words, "EXISTS");
    key_scores_done(key, province->code);
    strings_add_text(&words, key);
    for (size_t i = 0; i < province->scores.count; i++) {
        if (province->scores.windows[i].stored) {
            key_scores(key, province->code, province->scores.windows[i].period);
            strings_add_text(&words, key);
        }
    }
    size_t expected = words.count - 1;
    if (count_keys(a->redis, &words, &found) || found == expected)
        return;
    log_info("scores_deleted", "province=%s hashes=%zu of=%zu", province->code, found, expected);
    score_round_forget(&province->scores);
}

static void look_at_ranks(struct aggregator *a)
{
    const struct score_ranks *made = &a->scores.made;
    char key[KEY_CHARS];
    struct strings words = {0};
    size_t found;
    if (made->count == 0 || a->scores.must_sweep)
        return;
    strings_add_text(&words, "EXISTS");
    for (size_t i = 0; i < made->count; i++) {
        key_rank(key, catalogue_index_id(a->catalogue, made->list[i].which), made->list[i].period);
        strings_add_text(&words, key);
    }
    if (count_keys(a->redis, &words, &found) || found == made->count)
        return;
    log_info("rankings_deleted", "rankings=%zu of=%zu", found, made->count);
    for (size_t i = 0; i < made->count; i++)
        if (score_ranks_add(&a->scores.ranks, made->list[i].which, made->list[i].period))
            return;
}

void score_watch_look(struct aggregator *a, long long now)
{
    if (now < a->scores.look_ms)
        return;
    a->scores.look_ms = now + LOOK_MS;
    for (size_t i = 0; i < a->province_count; i++) {
        if (is_settled(&a->provinces[i]))
            look_at(a, &a->provinces[i]);
    }
    look_at_ranks(a);
}
