#include "others.h"

#include "io/clock.h"
#include "io/log.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NOTICE_MS 1000

/* Counts of repeats that wait for their commit would be lost; they do not wait long. */
static bool is_watched(const struct province *province)
{
    return (province->loaded || province->is_away) && !province->coalesced_ms;
}

static int ask(struct aggregator *a)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < a->province_count && !error; i++) {
        char key[KEY_CHARS];
        if (!is_watched(&a->provinces[i]))
            continue;
        key_province(key, a->provinces[i].code, "head");
        error = redis_appendf(a->redis, "HMGET %s seq commit_id", key);
    }
    return error;
}

static void compare(struct province *province, const struct redisReply *reply)
{
    bool whole = reply->type == REDIS_REPLY_ARRAY && reply->elements == 2;
    const char *number = whole && reply->element[0]->str ? reply->element[0]->str : "";
    const char *id = whole && reply->element[1]->str ? reply->element[1]->str : "";
    uint64_t seq = strtoull(number, NULL, 10);
    if (seq == province->head.seq && strcmp(id, province->head.commit_id) == 0)
        return;
    if (seq > province->head.seq)
        log_info("committed_by_others", "province=%s seq=%" PRIu64, province->code, seq);
    province_drop(province);
    province->is_behind = true;
}

void others_notice(struct aggregator *a)
{
    long long now = clock_monotonic_ms();
    if (now < a->others_ms)
        return;
    a->others_ms = now + NOTICE_MS;
    int error = redis_is_connected(a->redis) ? ask(a) : CHISO_EIO;
    for (size_t i = 0; i < a->province_count && !error; i++) {
        struct redisReply *reply;
        struct chiso_message why = {""};
        if (!is_watched(&a->provinces[i]))
            continue;
        error = redis_take(a->redis, &reply, &why);
        if (error)
            break;
        compare(&a->provinces[i], reply);
        redis_free(reply);
    }
    /* Whoever needs Redis next connects again, and says what is wrong. */
    if (error)
        redis_disconnect(a->redis);
}
