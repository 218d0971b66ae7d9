/* Keys that no reader would find: of a unit that the catalogue does not have in the province, of a period
 * that is not in the province's set, or of a province without a head. What stands there is lost although it
 * is stored. */
#include "verify.h"

#include "core/list.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCAN_COUNT 1000

/* One province's periods that are in its set, as far as asked. */
struct known {
    uint32_t province;
    bool is_head_looked_at;
    struct chiso_period *list;
    size_t count, capacity;
};

struct keys {
    struct redis *redis;
    const struct catalogue *catalogue;
    struct verification *v;
    struct known *provinces;
    size_t province_count;
};

static struct known *known_of(struct keys *k, uint32_t province)
{
    for (size_t i = 0; i < k->province_count; i++) {
        if (k->provinces[i].province == province)
            return &k->provinces[i];
    }
    return NULL;
}

static int remember(struct known *known, struct chiso_period period)
{
    if (LIST_GROW(known->list, known->count, known->capacity))
        return CHISO_ENOMEM;
    known->list[known->count++] = period;
    return CHISO_OK;
}

/* A commit writes the set and the key together, so whoever has seen the key finds the period. */
static int is_in_set(
    struct keys *k, struct known *known, struct chiso_period period, bool *in, struct chiso_message *why)
{
    char key[KEY_CHARS], name[CHISO_PERIOD_CHARS];
    struct redisReply *reply;
    *in = true;
    for (size_t i = known->count; i-- > 0;) {
        if (chiso_period_equal(known->list[i], period))
            return CHISO_OK;
    }
    key_province(key, catalogue_unit_code(k->catalogue, known->province), "periods");
    chiso_period_print(period, name);
    int error = redis_callf(k->redis, &reply, why, "SISMEMBER %s %s", key, name);
    if (error)
        return error;
    *in = reply->type == REDIS_REPLY_INTEGER && reply->integer == 1;
    redis_free(reply);
    return *in ? remember(known, period) : CHISO_OK;
}

static bool has_unit(const struct keys *k, uint32_t province, const char *code)
{
    size_t count;
    uint32_t unit = catalogue_unit_find(k->catalogue, code);
    const uint32_t *units = catalogue_province_units(k->catalogue, province, &count);
    size_t low = 0, high = count; /* ascending */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (units[middle] < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return unit != CATALOGUE_NONE && low < count && units[low] == unit;
}

/* Told once a province. */
static int check_head(struct keys *k, struct known *known, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    if (known->is_head_looked_at)
        return CHISO_OK;
    known->is_head_looked_at = true;
    key_province(key, catalogue_unit_code(k->catalogue, known->province), "head");
    int error = redis_callf(k->redis, &reply, why, "HEXISTS %s seq", key);
    if (error)
        return figures_name_key(error, key, why);
    if (reply->integer == 0)
        verify_difference(k->v, key, NULL, "(no seq)", "(there are figures)");
    redis_free(reply);
    return CHISO_OK;
}

/* chiso:{PROVINCE}:KIND:UNIT:PERIOD, cut at its colons. */
struct cell_key {
    char province[8], kind[8], unit[CHISO_UNIT_BYTES_MAX + 1];
    struct chiso_period period;
};

static bool parse_key(const char *key, struct cell_key *out)
{
    int at = 0;
    *out = (struct cell_key){0};
    return sscanf(key, "chiso:{%7[^}]}:%7[^:]:%32[^:]:%n", out->province, out->kind, out->unit, &at) == 3 &&
           at > 0 && chiso_period_parse(key + at, strlen(key + at), &out->period) == CHISO_OK;
}

static int check_key(struct keys *k, const char *key, struct chiso_message *why)
{
    struct cell_key cell;
    struct known *known = NULL;
    const char *wrong = NULL;
    bool in = false;
    int error = CHISO_OK;
    if (!parse_key(key, &cell))
        wrong = "(not the key of a unit and a period)";
    else if (!(known = known_of(k, catalogue_unit_find(k->catalogue, cell.province))))
        wrong = "(no such province)";
    else if (!has_unit(k, known->province, cell.unit))
        wrong = "(no such unit in the province)";
    else if (!(error = is_in_set(k, known, cell.period, &in, why)) && !in)
        wrong = "(the period is not in the province's set)";
    if (wrong)
        verify_difference(k->v, key, NULL, "(a hash)", wrong);
    return error || !known ? error : check_head(k, known, why);
}

/* Other keys of a province have no third colon, or another kind. */
static bool is_cell(const char *key)
{
    const char *brace = strchr(key, '}');
    return brace && (strncmp(brace, "}:leaf:", 7) == 0 || strncmp(brace, "}:sum:", 6) == 0);
}

static int check_page(struct keys *k, const redisReply *page, struct chiso_message *why)
{
    for (size_t i = 0; i < page->elements; i++) {
        const redisReply *key = page->element[i];
        int error =
            key->type == REDIS_REPLY_STRING && is_cell(key->str) ? check_key(k, key->str, why) : CHISO_OK;
        if (error)
            return error;
    }
    return CHISO_OK;
}

static int check_all(struct keys *k, const char *pattern, struct chiso_message *why)
{
    char cursor[32] = "0";
    int error;
    do {
        struct redisReply *reply;
        error = redis_callf(k->redis, &reply, why, "SCAN %s MATCH %s COUNT %d", cursor, pattern, SCAN_COUNT);
        if (error)
            return error;
        if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
            reply->element[0]->type == REDIS_REPLY_STRING && reply->element[1]->type == REDIS_REPLY_ARRAY) {
            (void)snprintf(cursor, sizeof cursor, "%s", reply->element[0]->str);
            error = check_page(k, reply->element[1], why);
        } else {
            error = CHISO_EIO;
        }
        redis_free(reply);
    } while (!error && strcmp(cursor, "0") != 0);
    return error;
}

int verify_keys(struct redis *redis, const struct catalogue *catalogue, const char *province,
    struct verification *v, struct chiso_message *why)
{
    char pattern[KEY_CHARS];
    struct keys k = {.redis = redis, .catalogue = catalogue, .v = v};
    const uint32_t *provinces = catalogue_provinces(catalogue, &k.province_count);
    k.provinces = calloc(k.province_count + 1, sizeof *k.provinces);
    if (!k.provinces)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < k.province_count; i++)
        k.provinces[i].province = provinces[i];
    key_province(pattern, province ? province : "*", "*:*:*");
    int error = check_all(&k, pattern, why);
    for (size_t i = 0; i < k.province_count; i++)
        free(k.provinces[i].list);
    free(k.provinces);
    return error;
}
