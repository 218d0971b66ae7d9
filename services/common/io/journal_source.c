#include "io/journal_source.h"

#include "io/figures.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of FIELD among those of the one entry in REPLY; NULL: none. */
static const char *field_of(const redisReply *reply, const char *field)
{
    if (reply->elements != 1)
        return NULL;
    const redisReply *fields = reply->element[0]->element[1];
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (strcmp(fields->element[i]->str, field) == 0)
            return fields->element[i + 1]->str;
    }
    return NULL;
}

/* Is entry SEQ of the archive the commit that Redis remembers? A folder of another centre has other commits under the
 * same numbers. */
static int check(const struct journal_source *source, const char *province, uint64_t seq,
    const char *commit_id, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = archive_range(source->archive, province, seq, seq, 1, &reply, why);
    if (error)
        return error;
    const char *found = field_of(reply, "commit_id");
    if (!found || strcmp(found, commit_id) != 0) {
        chiso_message_set(why,
            "the archive %s is not that of this province %s, which has gone up to entry %" PRIu64,
            archive_folder(source->archive), province, seq);
        error = CHISO_EINVAL;
    }
    redis_free(reply);
    return error;
}

int journal_source_archived(
    const struct journal_source *source, const char *province, uint64_t *out, struct chiso_message *why)
{
    char key[KEY_CHARS], commit_id[64] = "";
    struct redisReply *reply;
    key_province(key, province, "archived");
    int error = redis_callf(source->redis, &reply, why, "GET %s", key);
    if (error)
        return figures_name_key(error, key, why);
    *out = 0;
    if (reply->type == REDIS_REPLY_STRING && sscanf(reply->str, "%" SCNu64 " %63s", out, commit_id) != 2)
        *out = 0;
    redis_free(reply);
    return *out && source->archive ? check(source, province, *out, commit_id, why) : CHISO_OK;
}

int journal_source_range(const struct journal_source *source, const char *province, uint64_t from,
    uint64_t last, unsigned count, struct redisReply **out, struct chiso_message *why)
{
    char key[KEY_CHARS];
    uint64_t archived;
    int error = journal_source_archived(source, province, &archived, why);
    if (error)
        return error;
    if (from <= archived && source->archive)
        return archive_range(
            source->archive, province, from, last < archived ? last : archived, count, out, why);
    if (from <= archived) {
        chiso_message_set(why,
            "the journal of %s up to entry %" PRIu64 " is in the archive: give its folder with --archive",
            province, archived);
        return CHISO_ENOTFOUND;
    }
    key_province(key, province, "journal");
    error = redis_callf(
        source->redis, out, why, "XRANGE %s %" PRIu64 "-0 %" PRIu64 "-0 COUNT %u", key, from, last, count);
    return figures_name_key(error, key, why);
}
