#include "park.h"

#include "io/clock.h"
#include "io/log.h"
#include <hiredis/hiredis.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Before a damaged province is read again, and before what waits for it is tried again. */
#define REST_MS 2000
/* Taken back at a time. */
#define PAGE 100

void park_damaged(struct province *province)
{
    province->is_damaged = province->is_behind = true;
    province->rest_ms = clock_monotonic_ms() + REST_MS;
}

static int count_parked(struct aggregator *a, const char *key, long long *out)
{
    struct redisReply *reply;
    struct chiso_message why = {""};
    int error = redis_callf(a->redis, &reply, &why, "HLEN %s", key);
    if (error) {
        LOG_LIMITED(warning, "parked_unread", "key=%s reason=%s", key, log_quoted(why.text));
        return error;
    }
    *out = reply->integer;
    redis_free(reply);
    return CHISO_OK;
}

/* A field is the publisher, NUL, the report's bytes. */
static int write_parked(struct aggregator *a, const char *key, const struct share *share)
{
    struct redisReply *reply;
    struct chiso_message why = {""};
    struct strings words = {0};
    strings_add_text(&words, "HSET");
    strings_add_text(&words, key);
    for (size_t i = 0; i < share->count; i++) {
        const struct message *message = share->messages[i];
        size_t name = strlen(message->publisher) + 1;
        char *field = malloc(name + message->length);
        if (!field) {
            words.failed = true;
            break;
        }
        memcpy(field, message->publisher, name);
        memcpy(field + name, message->bytes, message->length);
        strings_add(&words, field, name + message->length);
        strings_add_text(&words, "");
        free(field);
    }
    int error = words.failed ? CHISO_ENOMEM
                             : redis_call(a->redis, (int)words.count, (const char *const *)words.text,
                                   words.length, &reply, &why);
    strings_release(&words);
    if (error)
        LOG_LIMITED(error, "not_parked", "key=%s reason=%s", key, log_quoted(why.text));
    else
        redis_free(reply);
    return error;
}

int park_keep(struct aggregator *a, const struct share *share)
{
    char key[KEY_CHARS];
    long long parked;
    key_province(key, share->province->code, "parked");
    int error = count_parked(a, key, &parked);
    if (error)
        return error;
    if (parked >= PARKED_MAX) {
        LOG_LIMITED(error, "not_parked", "province=%s parked=%lld reason=%s", share->province->code, parked,
            log_quoted("too many wait already: mend the province"));
        return CHISO_EREFUSED;
    }
    if ((error = write_parked(a, key, share)))
        return error;
    share->province->parked_ms = 0;
    LOG_LIMITED(
        error, "parked", "province=%s reports=%zu receipts=waiting", share->province->code, share->count);
    return CHISO_OK;
}

/* ---- taking back ---- */

static int remove_parked(struct aggregator *a, const char *key, const struct redisReply *page)
{
    struct redisReply *reply;
    struct chiso_message why = {""};
    struct strings words = {0};
    strings_add_text(&words, "HDEL");
    strings_add_text(&words, key);
    for (size_t i = 0; i < page->elements; i++)
        strings_add(&words, page->element[i]->str, (size_t)page->element[i]->len);
    int error = words.failed ? CHISO_ENOMEM
                             : redis_call(a->redis, (int)words.count, (const char *const *)words.text,
                                   words.length, &reply, &why);
    strings_release(&words);
    if (!error)
        redis_free(reply);
    return error;
}

/* Decides what PAGE holds, as if it had just come. A crash before they are removed makes repeats. */
static int process_page(
    struct aggregator *a, struct province *province, const char *key, const struct redisReply *page)
{
    struct message *messages = calloc(page->elements + 1, sizeof *messages);
    struct share *share = calloc(1, sizeof *share);
    int error = messages && share ? CHISO_OK : CHISO_ENOMEM;
    for (size_t i = 0; !error && i < page->elements; i++) {
        const struct redisReply *field = page->element[i];
        size_t name = strnlen(field->str, (size_t)field->len);
        struct message *message = &messages[share->count];
        if (name >= sizeof message->publisher || name == (size_t)field->len)
            continue; /* not ours */
        memcpy(message->province, province->code, strlen(province->code) + 1);
        memcpy(message->publisher, field->str, name + 1);
        message->bytes = field->str + name + 1;
        message->length = (size_t)field->len - name - 1;
        share->messages[share->count++] = message;
    }
    if (!error) {
        share->province = province;
        share->was_parked = true;
        error = share->count ? share_process(a, share, clock_monotonic_ms() + mqtt_patience_ms(a->mqtt))
                             : CHISO_OK;
    }
    if (share)
        share_release(share);
    free(share);
    free(messages);
    return error ? error : remove_parked(a, key, page);
}

/* One page. *LEFT: there may be more. */
static int take_page(struct aggregator *a, struct province *province, bool *left)
{
    char key[KEY_CHARS];
    struct redisReply *page;
    struct chiso_message why = {""};
    key_province(key, province->code, "parked");
    int error = redis_callf(a->redis, &page, &why, "HRANDFIELD %s %d", key, PAGE);
    if (error)
        return error;
    *left = page->type == REDIS_REPLY_ARRAY && page->elements > 0;
    if (*left) {
        error = process_page(a, province, key, page);
        if (!error)
            log_info("parked_decided", "province=%s reports=%zu", province->code, page->elements);
    }
    redis_free(page);
    return error;
}

void park_take_back(struct aggregator *a)
{
    for (size_t i = 0; i < a->province_count && redis_is_connected(a->redis); i++) {
        struct province *province = &a->provinces[i];
        bool left = false;
        if (province->is_behind || clock_monotonic_ms() < province->parked_ms)
            continue;
        int error = take_page(a, province, &left);
        province->parked_ms = error ? clock_monotonic_ms() + REST_MS : left ? 0 : LLONG_MAX;
    }
}
