/* The rankings against the scores that are kept, which verify_scores.c has compared with the figures.
 *
 * A ranking is made after its scores are written, so one that differs is looked at again for a while. */
#include "verify.h"

#include "core/list.h"
#include "core/score_text.h"
#include "io/clock.h"
#include "io/options.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 10000
#define LOOK_AGAIN_MS 100
/* From here on a sorted set's numbers are not exact: there is no ranking then. */
#define EXACT ((int64_t)1 << 53)

/* One unit in one ranking, as the scores say or as the ranking does. */
struct place {
    char *key, *unit; /* malloc'ed; in one piece */
    int64_t number;
    bool untold; /* the score is not known, or not exact: the key has no ranking */
};

struct places {
    struct place *list;
    size_t count, capacity;
};

static void places_release(struct places *places)
{
    for (size_t i = 0; i < places->count; i++)
        free(places->list[i].key);
    free(places->list);
}

static int add_place(
    struct places *places, const char *key, const char *unit, size_t unit_length, int64_t number, bool untold)
{
    size_t length = strlen(key);
    char *text = malloc(length + unit_length + 2);
    if (!text || LIST_GROW(places->list, places->count, places->capacity)) {
        free(text);
        return CHISO_ENOMEM;
    }
    memcpy(text, key, length + 1);
    memcpy(text + length + 1, unit, unit_length);
    text[length + 1 + unit_length] = '\0';
    places->list[places->count++] = (struct place){text, text + length + 1, number, untold};
    return CHISO_OK;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    int order = strcmp(left->key, right->key);
    return order ? order : strcmp(left->unit, right->unit);
}

/* ---- what the scores say ---- */

/* The value without its point; false: it does not fit. */
static bool whole_number(const char *value, int64_t *out)
{
    char digits[SCORE_CHARS];
    size_t length = 0;
    for (; *value; value++) {
        if (*value != '.')
            digits[length++] = *value;
    }
    digits[length] = '\0';
    *out = strtoll(digits, NULL, 10);
    return length <= 17 && *out<EXACT && * out> - EXACT;
}

static int take_score(struct places *places, const char *period, const char *field, const char *text)
{
    char key[KEY_CHARS];
    struct score score;
    int64_t number = 0;
    const char *bar = strchr(field, '|');
    if (!bar || strncmp(bar, "|pillar:", 8) == 0 || score_parse(text, strlen(text), &score))
        return CHISO_OK; /* of other fields verify_scores says what is wrong */
    bool untold = score.value[0] ? !whole_number(score.value, &number) : score.state == SCORE_ELSEWHERE;
    if (!score.value[0] && !untold)
        return CHISO_OK;
    (void)snprintf(key, sizeof key, "chiso:rank:%s:%s", bar + 1, period);
    return add_place(places, key, field, (size_t)(bar - field), number, untold);
}

struct reading {
    struct redis *redis;
    struct places *places;
    struct chiso_message *why;
};

static int read_scores(void *context, const char *key)
{
    const struct reading *r = context;
    struct redisReply *reply;
    const char *period = strstr(key, "}:score:") + strlen("}:score:");
    int error = figures_name_key(redis_callf(r->redis, &reply, r->why, "HGETALL %s", key), key, r->why);
    if (error)
        return error;
    for (size_t i = 0; i + 1 < reply->elements && !error; i += 2)
        error = take_score(r->places, period, reply->element[i]->str, reply->element[i + 1]->str);
    redis_free(reply);
    return error;
}

static int read_rank(void *context, const char *key)
{
    const struct reading *r = context;
    struct redisReply *reply;
    int error = figures_name_key(
        redis_callf(r->redis, &reply, r->why, "ZRANGE %s 0 -1 WITHSCORES", key), key, r->why);
    if (error)
        return error;
    for (size_t i = 0; i + 1 < reply->elements && !error; i += 2)
        error = add_place(r->places, key, reply->element[i]->str, reply->element[i]->len,
            strtoll(reply->element[i + 1]->str, NULL, 10), false);
    redis_free(reply);
    return error;
}

/* SCAN may give a key twice, and a ranking with one that is not known is none. */
static void settle(struct places *places)
{
    size_t kept = 0;
    if (places->count > 0)
        qsort(places->list, places->count, sizeof *places->list, compare_places);
    for (size_t first = 0, next; first < places->count; first = next) {
        bool untold = false;
        for (next = first;
             next < places->count && strcmp(places->list[next].key, places->list[first].key) == 0; next++)
            untold |= places->list[next].untold;
        for (size_t i = first; i < next; i++) {
            struct place place = places->list[i];
            bool again = kept > 0 && compare_places(&places->list[kept - 1], &place) == 0;
            if (untold || again)
                free(place.key);
            else
                places->list[kept++] = place;
        }
    }
    places->count = kept;
}

/* ---- the comparison ---- */

static void number_text(const struct place *place, char out[32])
{
    if (place)
        (void)snprintf(out, 32, "%" PRId64, place->number);
    else
        (void)snprintf(out, 32, "(not ranked)");
}

/* ANY is one of the two; either may be NULL. */
static void print_difference(const struct verification *v, FILE *out, const struct place *any,
    const struct place *stored, const struct place *computed)
{
    char left[32], right[32];
    number_text(stored, left);
    number_text(computed, right);
    verify_print(v, out, any->key, any->unit, left, right);
}

static size_t compare(
    const struct verification *v, const struct places *stored, const struct places *computed, FILE *out)
{
    size_t differences = 0;
    for (size_t i = 0, k = 0; i < stored->count || k < computed->count;) {
        const struct place *left = i < stored->count ? &stored->list[i] : NULL;
        const struct place *right = k < computed->count ? &computed->list[k] : NULL;
        int order = !left ? 1 : !right ? -1 : compare_places(left, right);
        if (order != 0 || left->number != right->number) {
            print_difference(
                v, out, order <= 0 ? left : right, order <= 0 ? left : NULL, order >= 0 ? right : NULL);
            differences++;
        }
        i += order <= 0;
        k += order >= 0;
    }
    return differences;
}

static int look(const struct verification *v, struct redis *redis, FILE *out, size_t *differences,
    struct chiso_message *why)
{
    struct places stored = {0}, computed = {0};
    struct reading of_ranks = {redis, &stored, why}, of_scores = {redis, &computed, why};
    int error = figures_each_key(redis, "chiso:rank:*", read_rank, &of_ranks, why);
    if (!error)
        error = figures_each_key(redis, "chiso:{*}:score:*", read_scores, &of_scores, why);
    settle(&stored);
    settle(&computed);
    if (!error)
        *differences = compare(v, &stored, &computed, out);
    places_release(&stored);
    places_release(&computed);
    return error;
}

int verify_ranks(struct redis *redis, struct verification *v, struct chiso_message *why)
{
    long long until = clock_monotonic_ms() + PATIENCE_MS;
    for (;;) {
        char *text = NULL;
        size_t length = 0, differences = 0;
        FILE *out = open_memstream(&text, &length);
        int error = out ? look(v, redis, out, &differences, why) : CHISO_ENOMEM;
        if (out)
            (void)fclose(out);
        bool over = error || differences == 0 || options_stop || clock_monotonic_ms() >= until;
        if (over && !error) {
            v->differences += differences;
            (void)fputs(text, stdout);
        }
        free(text);
        if (over)
            return error;
        options_pause_ms(LOOK_AGAIN_MS);
    }
}
