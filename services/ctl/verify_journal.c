/* The journal's side of verify. Its ids are the commit numbers without a gap, so three small questions tell
 * that all entries are there, and none has to be read. */
#include "verify.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct extent {
    uint64_t first, last, length;
};

/* The number before the dash of an entry's id; 0 for an empty answer. */
static uint64_t seq_of(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0)
        return 0;
    const redisReply *entry = reply->element[0];
    if (entry->type != REDIS_REPLY_ARRAY || entry->elements == 0 || !entry->element[0]->str)
        return 0;
    return strtoull(entry->element[0]->str, NULL, 10);
}

static int take_extent(struct redis *redis, struct extent *out, struct chiso_message *why)
{
    for (int i = 0; i < 3; i++) {
        struct redisReply *reply;
        int error = redis_take(redis, &reply, why);
        if (error)
            return error;
        if (i == 0)
            out->length = (uint64_t)reply->integer;
        else
            *(i == 1 ? &out->first : &out->last) = seq_of(reply);
        redis_free(reply);
    }
    return CHISO_OK;
}

static int read_extent(struct redis *redis, const char *key, struct extent *out, struct chiso_message *why)
{
    int error = redis_appendf(redis, "XLEN %s", key);
    if (!error)
        error = redis_appendf(redis, "XRANGE %s - + COUNT 1", key);
    if (!error)
        error = redis_appendf(redis, "XREVRANGE %s + - COUNT 1", key);
    if (!error)
        error = take_extent(redis, out, why);
    if (error)
        redis_disconnect(redis);
    return error;
}

static int is_there(
    struct redis *redis, const char *key, uint64_t seq, bool *there, struct chiso_message *why)
{
    char id[32];
    struct redisReply *reply;
    (void)snprintf(id, sizeof id, "%" PRIu64 "-0", seq);
    int error = redis_callf(redis, &reply, why, "XRANGE %s %s %s COUNT 1", key, id, id);
    if (error)
        return error;
    *there = seq_of(reply) == seq;
    redis_free(reply);
    return CHISO_OK;
}

static int compare_seqs(const void *a, const void *b)
{
    return (*(const uint64_t *)a > *(const uint64_t *)b) - (*(const uint64_t *)a < *(const uint64_t *)b);
}

int verify_journal(const struct journal_source *journals, struct verification *v, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct extent extent = {0};
    uint64_t archived = 0;
    key_province(key, v->code, "journal");
    int error = v->seq_count > 0 ? journal_source_archived(journals, v->code, &archived, why) : CHISO_OK;
    if (!error && v->seq_count > 0)
        error = read_extent(journals->redis, key, &extent, why);
    bool gapless = extent.length > 0 && extent.last - extent.first + 1 == extent.length;
    if (v->seq_count > 0)
        qsort(v->seqs, v->seq_count, sizeof *v->seqs, compare_seqs);
    for (size_t i = 0; i < v->seq_count && !error; i++) {
        uint64_t seq = v->seqs[i];
        bool there = seq <= archived || (gapless && extent.first <= seq && seq <= extent.last);
        if (there || (i > 0 && v->seqs[i - 1] == seq))
            continue;
        if (!gapless)
            error = is_there(journals->redis, key, seq, &there, why);
        if (error || there)
            continue;
        char id[32];
        (void)snprintf(id, sizeof id, "%" PRIu64 "-0", seq);
        verify_difference(v, key, id, "(no entry)", "(a figure names it)");
    }
    v->seq_count = 0;
    return error;
}
