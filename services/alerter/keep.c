#include "keep.h"

#include "io/figures.h"
#include "io/log.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Resolved alerts are kept for looking back: this many a province, the newest. */
#define RESOLVED_MAX 500

/* ---- reading ---- */

static int compare_ids(const void *a, const void *b)
{
    return strcmp(((const struct alert *)a)->id, ((const struct alert *)b)->id);
}

static int take_alerts(const char *province, const struct redisReply *reply, struct kept *out)
{
    out->list = calloc(reply->elements / 2 + 1, sizeof *out->list);
    if (!out->list)
        return CHISO_ENOMEM;
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const struct redisReply *id = reply->element[i], *value = reply->element[i + 1];
        struct alert *alert = &out->list[out->count];
        if (alert_from_json(value->str, value->len, alert) == CHISO_OK && strcmp(alert->id, id->str) == 0)
            out->count++;
        else
            log_warning("alert_unreadable", "province=%s id=%s", province, log_quoted(id->str));
    }
    qsort(out->list, out->count, sizeof *out->list, compare_ids);
    return CHISO_OK;
}

static int read_cursor(struct redis *redis, const char *key, struct kept *out, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = redis_callf(redis, &reply, why, "GET %s", key);
    if (error)
        return error;
    if (reply->type == REDIS_REPLY_STRING) {
        out->cursor = strtoull(reply->str, NULL, 10);
        out->has_cursor = true;
    }
    redis_free(reply);
    return CHISO_OK;
}

int keep_cursor(struct redis *redis, const char *province, uint64_t *out, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct kept kept = {0};
    key_province(key, province, "cursor:alerter");
    int error = read_cursor(redis, key, &kept, why);
    if (!error)
        *out = kept.cursor;
    return error;
}

int keep_begin(struct redis *redis, const char *province, struct kept *out, struct chiso_message *why)
{
    char cursor[KEY_CHARS], alerts[KEY_CHARS];
    struct redisReply *reply;
    struct kept kept = {0};
    key_province(cursor, province, "cursor:alerter");
    key_province(alerts, province, "alerts");
    int error = redis_callf(redis, &reply, why, "WATCH %s", cursor);
    if (error)
        return error;
    redis_free(reply);
    error = read_cursor(redis, cursor, &kept, why);
    if (!error && !(error = redis_callf(redis, &reply, why, "HGETALL %s", alerts))) {
        error = take_alerts(province, reply, &kept);
        redis_free(reply);
    }
    if (error) {
        kept_release(&kept);
        keep_forget(redis);
    } else {
        *out = kept;
    }
    return error;
}

void keep_forget(struct redis *redis)
{
    struct redisReply *reply = NULL;
    if (redis_is_connected(redis))
        (void)redis_callf(redis, &reply, NULL, "UNWATCH");
    redis_free(reply);
}

const struct alert *keep_find(const struct kept *kept, const char *id)
{
    struct alert wanted = {0};
    (void)snprintf(wanted.id, sizeof wanted.id, "%s", id);
    return kept->count ? bsearch(&wanted, kept->list, kept->count, sizeof *kept->list, compare_ids) : NULL;
}

void kept_release(struct kept *kept)
{
    free(kept->list);
    *kept = (struct kept){0};
}

/* ---- writing ---- */

/* The commands of one transaction, counted so that every reply is taken. */
struct batch {
    struct redis *redis;
    size_t sent;
    int error;
};

static void add_words(struct batch *batch, int count, const char *const words[])
{
    if (batch->error)
        return;
    batch->error = redis_append(batch->redis, count, words, NULL);
    batch->sent += batch->error == CHISO_OK;
}

static void add_alert(struct batch *batch, const char *key, const struct alert *alert)
{
    json_t *object = alert_json(alert);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    if (text)
        add_words(batch, 4, (const char *const[]){"HSET", key, alert->id, text});
    else
        batch->error = CHISO_ENOMEM;
    free(text);
}

static void add_item(struct batch *batch, const char *key, const struct message_item *item)
{
    const struct contact *contact = item->contact;
    const char *const words[] = {"XADD", key, "*", "kind", "item", "address", contact->address, "name",
        contact->name_vi, "language", contact->language, "severity", severity_names[item->notice.severity],
        "id", item->id, "change", item->change, "headline", item->notice.headline, "body", item->notice.body};
    add_words(batch, sizeof words / sizeof *words, words);
}

static int compare_age(const void *a, const void *b)
{
    chiso_instant_ms x = (*(const struct alert *const *)a)->changed_at_ms;
    chiso_instant_ms y = (*(const struct alert *const *)b)->changed_at_ms;
    return (x < y) - (x > y);
}

static bool is_among(const struct transition changes[], size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(changes[i].alert.id, id) == 0)
            return true;
    }
    return false;
}

/* The oldest resolved alerts beyond the limit go; those that change in this transaction are no longer old. */
static void drop_oldest(struct batch *batch, const char *key, const struct kept *kept,
    const struct transition changes[], size_t count)
{
    const struct alert **resolved = calloc(kept->count + 1, sizeof(struct alert *));
    size_t found = 0;
    for (size_t i = 0; resolved && i < kept->count; i++) {
        if (kept->list[i].state == ALERT_RESOLVED)
            resolved[found++] = &kept->list[i];
    }
    if (found > RESOLVED_MAX) {
        qsort(resolved, found, sizeof *resolved, compare_age);
        for (size_t i = RESOLVED_MAX; i < found; i++) {
            if (!is_among(changes, count, resolved[i]->id))
                add_words(batch, 3, (const char *const[]){"HDEL", key, resolved[i]->id});
        }
    }
    free(resolved);
}

/* Takes every reply; the last one is EXEC's: an array, or nil when the cursor was touched. */
static int take_answers(struct batch *batch, struct chiso_message *why)
{
    int error = batch->error;
    for (size_t i = 0; i < batch->sent; i++) {
        struct redisReply *reply = NULL;
        int failed = redis_take(batch->redis, &reply, error ? NULL : why);
        if (!error)
            error = failed;
        if (!error && i + 1 == batch->sent && reply->type != REDIS_REPLY_ARRAY)
            error = CHISO_ECONFLICT;
        redis_free(reply);
    }
    /* A transaction that was sent in part must not stay open on this connection. */
    if (batch->error)
        redis_disconnect(batch->redis);
    return error;
}

int keep_commit(struct redis *redis, const char *province, const struct kept *kept,
    const struct transition changes[], size_t count, const struct message_item items[], size_t item_count,
    uint64_t cursor, struct chiso_message *why)
{
    char alerts[KEY_CHARS], notify[KEY_CHARS], cursor_key[KEY_CHARS], seq[32];
    struct batch batch = {.redis = redis};
    /* A new connection knows nothing of our WATCH. */
    if (!redis_is_connected(redis))
        return CHISO_ECONFLICT;
    key_province(alerts, province, "alerts");
    key_province(notify, province, "notify");
    key_province(cursor_key, province, "cursor:alerter");
    (void)snprintf(seq, sizeof seq, "%" PRIu64 "-0", cursor);
    add_words(&batch, 1, (const char *const[]){"MULTI"});
    for (size_t i = 0; i < count; i++)
        add_alert(&batch, alerts, &changes[i].alert);
    drop_oldest(&batch, alerts, kept, changes, count);
    for (size_t i = 0; i < item_count; i++)
        add_item(&batch, notify, &items[i]);
    add_words(&batch, 3, (const char *const[]){"SET", cursor_key, seq});
    add_words(&batch, 1, (const char *const[]){"EXEC"});
    return take_answers(&batch, why);
}
