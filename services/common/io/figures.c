#include "io/figures.h"

#include "io/log.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void key_province(char out[KEY_CHARS], const char *province, const char *tail)
{
    (void)snprintf(out, KEY_CHARS, "chiso:{%s}:%s", province, tail);
}

void key_cell(
    char out[KEY_CHARS], const char *province, const char *kind, const char *unit, struct chiso_period period)
{
    char name[CHISO_PERIOD_CHARS];
    chiso_period_print(period, name);
    (void)snprintf(out, KEY_CHARS, "chiso:{%s}:%s:%s:%s", province, kind, unit, name);
}

void key_total_field(char out[KEY_FIELD_CHARS], const char *indicator, int level)
{
    bool has_level = level != STORE_NO_LEVEL;
    (void)snprintf(out, KEY_FIELD_CHARS, "%s%s%s", indicator, has_level ? "@" : "",
        has_level ? unit_kind_names[level] : "");
}

int figures_name_key(int error, const char *key, struct chiso_message *why)
{
    if (error == CHISO_EREFUSED && why) {
        struct chiso_message text = *why;
        chiso_message_set(why, "%s: %s", key, text.text);
        if (strncmp(text.text, "WRONGTYPE", 9) == 0)
            return CHISO_EINVAL;
    }
    return error;
}

/* One step of SCAN. *CURSOR moves on, to 0 at the end. */
static int scan_step(struct redis *redis, const char *pattern, unsigned long long *cursor,
    int (*visit)(void *context, const char *key), void *context, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = redis_callf(redis, &reply, why, "SCAN %llu MATCH %s COUNT 1000", *cursor, pattern);
    if (error)
        return error;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) {
        chiso_message_set(why, "SCAN answered in an unknown form");
        error = CHISO_EIO;
    } else {
        const redisReply *keys = reply->element[1];
        *cursor = strtoull(reply->element[0]->str, NULL, 10);
        for (size_t i = 0; i < keys->elements && !error; i++)
            error = visit(context, keys->element[i]->str);
    }
    redis_free(reply);
    return error;
}

int figures_each_key(struct redis *redis, const char *pattern, int (*visit)(void *context, const char *key),
    void *context, struct chiso_message *why)
{
    unsigned long long cursor = 0;
    int error;
    do {
        error = scan_step(redis, pattern, &cursor, visit, context, why);
    } while (!error && cursor != 0);
    return error;
}

/* ---- head ---- */

static void copy_text(char *out, size_t capacity, const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_STRING)
        (void)snprintf(out, capacity, "%s", reply->str);
}

static int parse_head(const redisReply *reply, struct head *out, struct chiso_message *why)
{
    struct head head = {0};
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 5) {
        chiso_message_set(why, "the head is no hash with seq, commit_id, catalogue, totals and time");
        return CHISO_EINVAL;
    }
    if (reply->element[0]->type == REDIS_REPLY_STRING) {
        char *end;
        head.seq = strtoull(reply->element[0]->str, &end, 10);
        if (*end || end == reply->element[0]->str) {
            chiso_message_set(why, "the head's seq \"%s\" is not a number", reply->element[0]->str);
            return CHISO_EINVAL;
        }
    }
    copy_text(head.commit_id, sizeof head.commit_id, reply->element[1]);
    copy_text(head.catalogue, sizeof head.catalogue, reply->element[2]);
    if (reply->element[3]->type == REDIS_REPLY_STRING)
        head.totals = (unsigned)strtoul(reply->element[3]->str, NULL, 10);
    if (reply->element[4]->type == REDIS_REPLY_STRING)
        head.time = strtoll(reply->element[4]->str, NULL, 10);
    *out = head;
    return CHISO_OK;
}

int figures_head(struct redis *redis, const char *province, struct head *out, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_province(key, province, "head");
    int error = redis_callf(redis, &reply, why, "HMGET %s seq commit_id catalogue totals time", key);
    if (error)
        return figures_name_key(error, key, why);
    error = parse_head(reply, out, why);
    redis_free(reply);
    return error;
}

/* ---- which periods exist ---- */

struct periods {
    struct chiso_period *list;
    size_t count;
};

/* The members of the set PERIODS, of all years. */
static int parse_periods(const redisReply *reply, struct periods *out, struct chiso_message *why)
{
    struct periods periods = {.list = calloc(reply->elements + 1, sizeof *periods.list)};
    if (!periods.list)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *member = reply->element[i];
        if (member->type != REDIS_REPLY_STRING ||
            chiso_period_parse(member->str, (size_t)member->len, &periods.list[periods.count])) {
            chiso_message_set(
                why, "\"%s\" in the set of periods is no period", member->str ? member->str : "");
            free(periods.list);
            return CHISO_EINVAL;
        }
        periods.count++;
    }
    *out = periods;
    return CHISO_OK;
}

static int read_periods(
    struct redis *redis, const char *province, struct periods *out, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_province(key, province, "periods");
    int error = redis_callf(redis, &reply, why, "SMEMBERS %s", key);
    if (error)
        return figures_name_key(error, key, why);
    error = parse_periods(reply, out, why);
    redis_free(reply);
    return error;
}

/* A day late in December belongs to two years: by the statistical and by the administrative calendar. */
static bool is_in_year(struct chiso_period period, int year)
{
    return chiso_period_year_in(period, CHISO_STATISTICAL) == year ||
           chiso_period_year_in(period, CHISO_ADMINISTRATIVE) == year;
}

static void keep_year(struct periods *periods, int year)
{
    size_t kept = 0;
    for (size_t i = 0; i < periods->count; i++) {
        if (is_in_year(periods->list[i], year))
            periods->list[kept++] = periods->list[i];
    }
    periods->count = kept;
}

static int compare_ints(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

int figures_years(
    struct redis *redis, const char *province, int **out, size_t *count, struct chiso_message *why)
{
    struct periods periods;
    int error = read_periods(redis, province, &periods, why);
    if (error)
        return error;
    int *years = calloc(periods.count + 1, sizeof *years);
    size_t kept = 0;
    if (!years) {
        free(periods.list);
        return CHISO_ENOMEM;
    }
    for (size_t i = 0; i < periods.count; i++)
        years[i] = chiso_period_year(periods.list[i]);
    qsort(years, periods.count, sizeof *years, compare_ints);
    for (size_t i = 0; i < periods.count; i++) {
        if (kept == 0 || years[kept - 1] != years[i])
            years[kept++] = years[i];
    }
    free(periods.list);
    *out = years;
    *count = kept;
    return CHISO_OK;
}

/* ---- cells ---- */

struct cell {
    const struct catalogue *catalogue;
    struct store *store;
    uint32_t unit;
    struct chiso_period period;
    const char *key;
};

static int bad_value(
    const struct cell *cell, const redisReply *field, const redisReply *value, struct chiso_message *why)
{
    chiso_message_set(why, "%s %s holds \"%.80s\", which is no figure", cell->key, field->str, value->str);
    return CHISO_EINVAL;
}

static int take_leaf(
    const struct cell *cell, const redisReply *field, const redisReply *value, struct chiso_message *why)
{
    struct leaf leaf;
    uint32_t indicator = catalogue_indicator_find(cell->catalogue, field->str);
    if (indicator == CATALOGUE_NONE) {
        LOG_LIMITED(warning, "unknown_indicator", "key=%s field=%s", cell->key, field->str);
        return CHISO_OK;
    }
    if (leaf_parse(value->str, (size_t)value->len, &leaf))
        return bad_value(cell, field, value, why);
    return store_set_leaf(cell->store, cell->unit, cell->period, indicator, &leaf);
}

/* "indicator" or "indicator@kind". */
static int take_total(
    const struct cell *cell, const redisReply *field, const redisReply *value, struct chiso_message *why)
{
    struct total total;
    char name[CHISO_ID_BYTES_MAX + 1];
    const char *at = strchr(field->str, '@');
    int level = STORE_NO_LEVEL;
    size_t length = at ? (size_t)(at - field->str) : strlen(field->str);
    for (int k = 0; at && k < UNIT_KINDS; k++)
        level = strcmp(at + 1, unit_kind_names[k]) == 0 ? k : level;
    if (length >= sizeof name || (at && level == STORE_NO_LEVEL))
        return bad_value(cell, field, value, why);
    memcpy(name, field->str, length);
    name[length] = '\0';
    uint32_t indicator = catalogue_indicator_find(cell->catalogue, name);
    if (indicator == CATALOGUE_NONE) {
        LOG_LIMITED(warning, "unknown_indicator", "key=%s field=%s", cell->key, field->str);
        return CHISO_OK;
    }
    if (total_parse(value->str, (size_t)value->len, &total))
        return bad_value(cell, field, value, why);
    return store_set_total(cell->store, cell->unit, cell->period, indicator, level, &total);
}

static int take_hash(
    const struct cell *cell, bool is_leaf, const redisReply *reply, struct chiso_message *why)
{
    int error = CHISO_OK;
    if (reply->type != REDIS_REPLY_ARRAY) {
        chiso_message_set(why, "%s is no hash", cell->key);
        return CHISO_EINVAL;
    }
    for (size_t i = 0; i + 1 < reply->elements && !error; i += 2) {
        const redisReply *field = reply->element[i], *value = reply->element[i + 1];
        if (field->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING)
            return CHISO_EINVAL;
        error = is_leaf ? take_leaf(cell, field, value, why) : take_total(cell, field, value, why);
    }
    return error;
}

/* ---- one (province, year) in one transaction ---- */

struct year_load {
    struct redis *redis;
    const struct catalogue *catalogue;
    const char *province;
    const uint32_t *units;
    size_t unit_count;
    struct periods periods;
};

static int append_year(const struct year_load *load)
{
    char key[KEY_CHARS];
    int error = redis_appendf(load->redis, "MULTI");
    key_province(key, load->province, "head");
    if (!error)
        error = redis_appendf(load->redis, "HMGET %s seq commit_id catalogue totals time", key);
    key_province(key, load->province, "periods");
    if (!error)
        error = redis_appendf(load->redis, "SMEMBERS %s", key);
    for (size_t u = 0; u < load->unit_count && !error; u++) {
        const char *unit = catalogue_unit_code(load->catalogue, load->units[u]);
        for (size_t p = 0; p < load->periods.count && !error; p++) {
            key_cell(key, load->province, "leaf", unit, load->periods.list[p]);
            error = redis_appendf(load->redis, "HGETALL %s", key);
            key_cell(key, load->province, "sum", unit, load->periods.list[p]);
            if (!error)
                error = redis_appendf(load->redis, "HGETALL %s", key);
        }
    }
    return error ? error : redis_appendf(load->redis, "EXEC");
}

/* The reply of EXEC; the QUEUED replies before it are checked and dropped. */
static int take_exec(const struct year_load *load, struct redisReply **out, struct chiso_message *why)
{
    size_t queued = 3 + 2 * load->unit_count * load->periods.count;
    for (size_t i = 0; i < queued; i++) {
        struct redisReply *reply;
        int error = redis_take(load->redis, &reply, why);
        if (error) {
            redis_disconnect(load->redis);
            return error;
        }
        redis_free(reply);
    }
    int error = redis_take(load->redis, out, why);
    if (!error && ((*out)->type != REDIS_REPLY_ARRAY || (*out)->elements != queued - 1)) {
        chiso_message_set(why, "the transaction that reads province %s was aborted", load->province);
        redis_free(*out);
        error = CHISO_EIO;
    }
    return error;
}

static int take_year(
    const struct year_load *load, const redisReply *exec, struct store *store, struct chiso_message *why)
{
    size_t at = 2;
    for (size_t u = 0; u < load->unit_count; u++) {
        for (size_t p = 0; p < load->periods.count; p++) {
            char key[KEY_CHARS];
            struct cell cell = {load->catalogue, store, load->units[u], load->periods.list[p], key};
            for (int leaf = 1; leaf >= 0; leaf--) {
                key_cell(key, load->province, leaf ? "leaf" : "sum",
                    catalogue_unit_code(load->catalogue, cell.unit), cell.period);
                int error = take_hash(&cell, leaf, exec->element[at++], why);
                if (error)
                    return error;
            }
        }
    }
    return CHISO_OK;
}

/* CHISO_ECONFLICT: a period of the year appeared between the look at the set and the transaction. */
static int load_once(
    struct year_load *load, int year, struct store *store, struct head *head, struct chiso_message *why)
{
    struct redisReply *exec = NULL;
    struct periods now = {0};
    int error = append_year(load);
    if (error) {
        redis_disconnect(load->redis);
        return error;
    }
    if ((error = take_exec(load, &exec, why)))
        return error;
    if (!(error = parse_periods(exec->element[1], &now, why))) {
        keep_year(&now, year);
        if (now.count != load->periods.count)
            error = CHISO_ECONFLICT;
    }
    if (!error && head)
        error = parse_head(exec->element[0], head, why);
    if (!error)
        error = take_year(load, exec, store, why);
    free(now.list);
    redis_free(exec);
    return error;
}

int figures_load_year(struct redis *redis, const struct catalogue *catalogue, uint32_t province, int year,
    struct store *store, struct head *head, struct chiso_message *why)
{
    struct year_load load = {redis, catalogue, catalogue_unit_code(catalogue, province), NULL, 0, {0}};
    load.units = catalogue_province_units(catalogue, province, &load.unit_count);
    int error;
    do {
        error = read_periods(redis, load.province, &load.periods, why);
        if (error)
            return error;
        keep_year(&load.periods, year);
        error = load_once(&load, year, store, head, why);
        free(load.periods.list);
    } while (error == CHISO_ECONFLICT);
    return error;
}

int figures_load_closings(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    struct store *store, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_province(key, catalogue_unit_code(catalogue, province), "closed");
    int error = redis_callf(redis, &reply, why, "HGETALL %s", key);
    if (error)
        return figures_name_key(error, key, why);
    for (size_t i = 0; i + 1 < reply->elements && !error; i += 2) {
        const redisReply *field = reply->element[i], *value = reply->element[i + 1];
        struct closing closing;
        error = closing_parse(field->str, value->str, (size_t)value->len, &closing);
        if (error)
            chiso_message_set(why, "%s %s holds \"%.80s\", which is no closing", key, field->str, value->str);
        else
            error = store_set_closing(store, province, &closing);
    }
    redis_free(reply);
    return error;
}

int figures_add(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    struct store *store, struct head *head, struct chiso_message *why)
{
    const char *code = catalogue_unit_code(catalogue, province);
    struct head before;
    int *years;
    size_t count;
    int error = store_narrow(store, province);
    if (!error)
        error = figures_head(redis, code, &before, why);
    if (!error)
        error = figures_years(redis, code, &years, &count, why);
    if (error)
        return error;
    for (size_t i = 0; i < count && !error; i++)
        error = figures_load_year(redis, catalogue, province, years[i], store, NULL, why);
    free(years);
    if (!error)
        error = figures_load_closings(redis, catalogue, province, store, why);
    if (!error && head)
        *head = before;
    return error;
}

int figures_load(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    struct store *store, struct head *head, struct chiso_message *why)
{
    store_clear(store);
    return figures_add(redis, catalogue, province, store, head, why);
}
