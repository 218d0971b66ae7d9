#include "io/scores.h"

#include "scores_lua.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void key_scores(char out[KEY_CHARS], const char *province, struct chiso_period period)
{
    char name[CHISO_PERIOD_CHARS];
    chiso_period_print(period, name);
    (void)snprintf(out, KEY_CHARS, "chiso:{%s}:score:%s", province, name);
}

void key_scores_done(char out[KEY_CHARS], const char *province)
{
    key_province(out, province, "score");
}

void key_rank(char out[KEY_CHARS], const char *index, struct chiso_period period)
{
    char name[CHISO_PERIOD_CHARS];
    chiso_period_print(period, name);
    (void)snprintf(out, KEY_CHARS, "chiso:rank:%s:%s", index, name);
}

int scores_install(struct redis *redis, struct chiso_message *why)
{
    const char *argv[] = {"FUNCTION", "LOAD", "REPLACE", scores_lua};
    struct redisReply *reply;
    int error = redis_call(redis, 4, argv, NULL, &reply, why);
    if (!error)
        redis_free(reply);
    return error;
}

int scores_version(
    struct redis *redis, const char *province, struct scores_version *out, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_scores_done(key, province);
    int error = redis_callf(redis, &reply, why, "HMGET %s seq as_of catalogue", key);
    if (error)
        return figures_name_key(error, key, why);
    struct scores_version version = {0};
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 3 &&
        reply->element[0]->type == REDIS_REPLY_STRING) {
        const redisReply *day = reply->element[1], *catalogue = reply->element[2];
        version.seq = strtoull(reply->element[0]->str, NULL, 10);
        if (day->type == REDIS_REPLY_STRING)
            (void)chiso_day_parse(day->str, day->len, &version.as_of);
        if (catalogue->type == REDIS_REPLY_STRING)
            (void)snprintf(version.catalogue, sizeof version.catalogue, "%s", catalogue->str);
    }
    redis_free(reply);
    *out = version;
    return CHISO_OK;
}

/* ---- calls ---- */

static void add_number(struct strings *words, uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, number);
    strings_add_text(words, text);
}

static void add_version(struct strings *words, const struct scores_version *version)
{
    char day[CHISO_DATE_CHARS];
    add_number(words, version->seq);
    chiso_day_print(version->as_of, day);
    strings_add_text(words, day);
}

static int send_words(struct redis *redis, struct strings *words)
{
    int error = words->failed
                    ? CHISO_ENOMEM
                    : redis_append(redis, (int)words->count, (const char *const *)words->text, words->length);
    strings_release(words);
    return error;
}

static struct strings begin_call(const char *function, const char *key)
{
    struct strings words = {0};
    strings_add_text(&words, "FCALL");
    strings_add_text(&words, function);
    strings_add_text(&words, "1");
    strings_add_text(&words, key);
    return words;
}

int scores_send(struct redis *redis, const char *province, struct chiso_period period,
    const struct scores_version *version, enum scores_scope scope, const struct strings *pairs)
{
    static const char *const scopes[] = {"all", "indices", "pillars"};
    char key[KEY_CHARS];
    key_scores(key, province, period);
    struct strings words = begin_call("chiso_scores_" LUA_VERSION, key);
    add_version(&words, version);
    strings_add_text(&words, scopes[scope]);
    for (size_t i = 0; i < pairs->count; i++)
        strings_add(&words, pairs->text[i], pairs->length[i]);
    words.failed |= pairs->failed;
    return send_words(redis, &words);
}

int scores_send_done(struct redis *redis, const char *province, const struct scores_version *version)
{
    char key[KEY_CHARS];
    key_scores_done(key, province);
    struct strings words = begin_call("chiso_scores_done_" LUA_VERSION, key);
    add_version(&words, version);
    strings_add_text(&words, version->catalogue);
    return send_words(redis, &words);
}

/* The units that WHICH ranks for PERIOD in PROVINCE, *OUT malloc'ed. */
static int units_of(const struct catalogue *catalogue, uint32_t which, struct chiso_period period,
    uint32_t province, uint32_t **out, size_t *count)
{
    chiso_day day = chiso_period_last(period, catalogue_index_calendar(catalogue, which));
    const struct index_version *version = catalogue_index_at(catalogue, which, day);
    size_t all, kept = 0;
    const uint32_t *units = catalogue_province_units(catalogue, province, &all);
    uint32_t *list = malloc((all + 1) * sizeof *list);
    if (!list)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < all && version; i++) {
        const struct unit_row *row = catalogue_unit_at(catalogue, units[i], day);
        if (row && row->kind == version->unit_kind &&
            catalogue_province_at(catalogue, units[i], day) == province)
            list[kept++] = units[i];
    }
    *out = list;
    *count = kept;
    return CHISO_OK;
}

/* One province's hash and the units that are ranked out of it. */
static int add_ranked(const struct catalogue *catalogue, uint32_t which, struct chiso_period period,
    uint32_t province, struct strings *keys, struct strings *groups)
{
    char key[KEY_CHARS];
    uint32_t *units;
    size_t count;
    int error = units_of(catalogue, which, period, province, &units, &count);
    if (error)
        return error;
    if (count > 0) {
        key_scores(key, catalogue_unit_code(catalogue, province), period);
        strings_add_text(keys, key);
        add_number(groups, count);
    }
    for (size_t i = 0; i < count; i++)
        strings_add_text(groups, catalogue_unit_code(catalogue, units[i]));
    free(units);
    return CHISO_OK;
}

int scores_send_rank(
    struct redis *redis, const struct catalogue *catalogue, uint32_t which, struct chiso_period period)
{
    char key[KEY_CHARS];
    size_t count;
    const uint32_t *provinces = catalogue_provinces(catalogue, &count);
    struct strings words = {0}, keys = {0}, groups = {0};
    int error = CHISO_OK;
    key_rank(key, catalogue_index_id(catalogue, which), period);
    strings_add_text(&keys, key);
    for (size_t i = 0; i < count && !error; i++)
        error = add_ranked(catalogue, which, period, provinces[i], &keys, &groups);
    strings_add_text(&words, "FCALL");
    strings_add_text(&words, "chiso_rank_" LUA_VERSION);
    add_number(&words, keys.count);
    for (size_t i = 0; i < keys.count; i++)
        strings_add_text(&words, keys.text[i]);
    strings_add_text(&words, catalogue_index_id(catalogue, which));
    for (size_t i = 0; i < groups.count; i++)
        strings_add_text(&words, groups.text[i]);
    words.failed |= error || keys.failed || groups.failed;
    strings_release(&keys);
    strings_release(&groups);
    return send_words(redis, &words);
}

/* The oldest call's {"ok", …}. */
static int take_reply(struct redis *redis, struct redisReply **out, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = redis_take(redis, &reply, why);
    if (error)
        return error;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0 ||
        reply->element[0]->type != REDIS_REPLY_STRING) {
        chiso_message_set(why, "a function of the score cache answered in an unknown form");
        error = CHISO_EREFUSED;
    } else if (strcmp(reply->element[0]->str, "ok") != 0) {
        chiso_message_set(why, "the scores there are of a newer commit");
        error = CHISO_ECONFLICT;
    }
    if (error)
        redis_free(reply);
    else
        *out = reply;
    return error;
}

int scores_answer(struct redis *redis, struct strings *changed, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = take_reply(redis, &reply, why);
    if (error)
        return error;
    for (size_t i = 1; changed && i < reply->elements; i++)
        strings_add_text(changed, reply->element[i]->str);
    redis_free(reply);
    return CHISO_OK;
}

int scores_answer_rank(struct redis *redis, size_t *ranked, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = take_reply(redis, &reply, why);
    if (error)
        return error;
    *ranked = reply->elements > 1 && reply->element[1]->integer > 0 ? (size_t)reply->element[1]->integer : 0;
    redis_free(reply);
    return CHISO_OK;
}
