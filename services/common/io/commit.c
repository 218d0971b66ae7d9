#include "io/commit.h"

#include "commit_lua.h"
#include "core/rollup.h"
#include "io/log.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- lists of byte strings ---- */

static bool grow(struct strings *list)
{
    size_t capacity = list->capacity ? list->capacity * 2 : 64;
    char **text = realloc(list->text, capacity * sizeof *text);
    if (text)
        list->text = text;
    size_t *length = realloc(list->length, capacity * sizeof *length);
    if (length)
        list->length = length;
    if (!text || !length)
        return false;
    list->capacity = capacity;
    return true;
}

void strings_add(struct strings *list, const void *bytes, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy || (list->count == list->capacity && !grow(list))) {
        free(copy);
        list->failed = true;
        return;
    }
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    list->text[list->count] = copy;
    list->length[list->count++] = length;
}

void strings_add_text(struct strings *list, const char *text)
{
    strings_add(list, text, strlen(text));
}

void strings_clear(struct strings *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->text[i]);
    list->count = 0;
    list->failed = false;
}

void strings_release(struct strings *list)
{
    strings_clear(list);
    free(list->text);
    free(list->length);
    *list = (struct strings){0};
}

/* ---- the commit ---- */

static struct strings *const *lists_of(struct commit *commit, struct strings *out[8])
{
    out[0] = &commit->head, out[1] = &commit->periods, out[2] = &commit->ledger, out[3] = &commit->journal;
    out[4] = &commit->quarantine, out[5] = &commit->deletions, out[6] = &commit->hash_keys;
    out[7] = &commit->hash_pairs;
    return out;
}

static void clear(struct commit *commit)
{
    struct strings *lists[8];
    lists_of(commit, lists);
    for (int i = 0; i < 8; i++)
        strings_clear(lists[i]);
}

void commit_release(struct commit *commit)
{
    struct strings *lists[8];
    lists_of(commit, lists);
    for (int i = 0; i < 8; i++)
        strings_release(lists[i]);
    free(commit->hash_counts);
    *commit = (struct commit){0};
}

/* Random: commits are told apart by it after an unknown outcome. */
static void make_id(char id[COMMIT_ID_CHARS])
{
    unsigned char random[(COMMIT_ID_CHARS - 1) / 2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort(); /* 16 bytes are never cut short on Linux */
    for (size_t i = 0; i < sizeof random; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", random[i]);
}

void commit_begin(struct commit *commit, const char *province, const struct head *head, const char *kind,
    const char *catalogue, chiso_instant_ms now)
{
    char time[24];
    clear(commit);
    commit->province = province;
    commit->expected_seq = head->seq;
    commit->time = now;
    make_id(commit->id);
    (void)snprintf(commit->expected_catalogue, sizeof commit->expected_catalogue, "%s", head->catalogue);
    (void)snprintf(commit->catalogue, sizeof commit->catalogue, "%s", catalogue);
    (void)snprintf(time, sizeof time, "%" PRId64, now);
    const char *const pairs[] = {"kind", kind, "commit_id", commit->id, "time", time, "catalogue", catalogue};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        strings_add_text(&commit->journal, pairs[i]);
    if (head->seq == 0)
        commit_totals_version(commit);
}

void commit_totals_version(struct commit *commit)
{
    char version[16];
    (void)snprintf(version, sizeof version, "%d", ROLLUP_VERSION);
    strings_add_text(&commit->head, "totals");
    strings_add_text(&commit->head, version);
}

static void add_period(struct commit *commit, struct chiso_period period)
{
    char text[CHISO_PERIOD_CHARS];
    chiso_period_print(period, text);
    /* From the newest, which is mostly the same; there are few in a batch. */
    for (size_t i = commit->periods.count; i-- > 0;) {
        if (strcmp(commit->periods.text[i], text) == 0)
            return;
    }
    strings_add_text(&commit->periods, text);
}

static void begin_hash(struct commit *commit, const char *key)
{
    if (commit->hash_keys.count == commit->hash_counts_capacity) {
        size_t capacity = commit->hash_counts_capacity ? commit->hash_counts_capacity * 2 : 64;
        size_t *counts = realloc(commit->hash_counts, capacity * sizeof *counts);
        if (!counts) {
            commit->hash_keys.failed = true;
            return;
        }
        commit->hash_counts = counts;
        commit->hash_counts_capacity = capacity;
    }
    commit->hash_counts[commit->hash_keys.count] = 0;
    strings_add_text(&commit->hash_keys, key);
}

static void add_to_hash(struct commit *commit, const char *field, const char *value, size_t length)
{
    if (commit->hash_keys.failed)
        return;
    strings_add_text(&commit->hash_pairs, field);
    strings_add(&commit->hash_pairs, value, length);
    commit->hash_counts[commit->hash_keys.count - 1]++;
}

void commit_cell(struct commit *commit, const char *kind, const char *unit, struct chiso_period period)
{
    char key[KEY_CHARS];
    key_cell(key, commit->province, kind, unit, period);
    begin_hash(commit, key);
    add_period(commit, period);
}

void commit_leaf(struct commit *commit, const char *indicator, const struct leaf *leaf)
{
    char text[LEAF_CHARS];
    size_t length = leaf_print(leaf, text);
    add_to_hash(commit, indicator, text, length);
}

void commit_total(struct commit *commit, const char *indicator, int level, const struct total *total)
{
    char field[KEY_FIELD_CHARS], text[TOTAL_CHARS];
    key_total_field(field, indicator, level);
    size_t length = total_print(total, text);
    add_to_hash(commit, field, text, length);
}

void commit_closing(struct commit *commit, const struct closing *closing)
{
    char key[KEY_CHARS], field[CLOSING_FIELD_CHARS];
    char *value = closing_print_value(closing);
    closing_print_field(closing->calendar, closing->period, field);
    const char *const pairs[] = {"closed", field, "by", closing->by, "note", closing->note};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        strings_add_text(&commit->journal, pairs[i]);
    key_province(key, commit->province, "closed");
    begin_hash(commit, key);
    if (value)
        add_to_hash(commit, field, value, strlen(value));
    commit->hash_keys.failed |= !value;
    free(value);
}

/* ---- the call ---- */

/* Borrowed arguments of one FCALL. */
struct call {
    const char **argv;
    size_t *lengths;
    size_t count;
    struct strings numbers; /* owns what is made for the call */
};

static void push(struct call *call, const char *text, size_t length)
{
    call->argv[call->count] = text;
    call->lengths[call->count++] = length;
}

static void push_number(struct call *call, uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, number);
    strings_add_text(&call->numbers, text);
    if (!call->numbers.failed)
        push(call, call->numbers.text[call->numbers.count - 1], strlen(text));
}

static void push_range(struct call *call, const struct strings *list, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        push(call, list->text[i], list->length[i]);
}

static void push_group(struct call *call, const struct strings *list)
{
    push_number(call, list->count);
    push_range(call, list, 0, list->count);
}

static void push_keys(struct call *call, const struct commit *commit)
{
    static const char *const tails[] = {"head", "periods", "journal", "ledger", "quarantine"};
    push_number(call, 5 + commit->deletions.count + commit->hash_keys.count);
    for (size_t i = 0; i < 5; i++) {
        char key[KEY_CHARS];
        key_province(key, commit->province, tails[i]);
        strings_add_text(&call->numbers, key);
        if (!call->numbers.failed)
            push(call, call->numbers.text[call->numbers.count - 1], strlen(key));
    }
    push_range(call, &commit->deletions, 0, commit->deletions.count);
    push_range(call, &commit->hash_keys, 0, commit->hash_keys.count);
}

static void push_arguments(struct call *call, const struct commit *commit)
{
    push_number(call, commit->expected_seq);
    push(call, commit->expected_catalogue, strlen(commit->expected_catalogue));
    push(call, commit->catalogue, strlen(commit->catalogue));
    push(call, commit->id, strlen(commit->id));
    push_number(call, (uint64_t)commit->time);
    push_group(call, &commit->head);
    push_group(call, &commit->periods);
    push_group(call, &commit->ledger);
    push_group(call, &commit->journal);
    size_t width = commit->quarantine_pairs * 2;
    size_t entries = width ? commit->quarantine.count / width : 0;
    push_number(call, entries);
    for (size_t i = 0; i < entries; i++) {
        push_number(call, width);
        push_range(call, &commit->quarantine, i * width, width);
    }
    push_number(call, commit->deletions.count);
    for (size_t i = 0, at = 0; i < commit->hash_keys.count; i++) {
        push_number(call, 2 * commit->hash_counts[i]);
        push_range(call, &commit->hash_pairs, at, 2 * commit->hash_counts[i]);
        at += 2 * commit->hash_counts[i];
    }
}

static bool is_whole(const struct commit *commit)
{
    return !(commit->head.failed || commit->periods.failed || commit->ledger.failed ||
             commit->journal.failed || commit->quarantine.failed || commit->deletions.failed ||
             commit->hash_keys.failed || commit->hash_pairs.failed);
}

int commit_send(struct redis *redis, const struct commit *commit)
{
    size_t most = 64 + commit->head.count + commit->periods.count + commit->ledger.count +
                  commit->journal.count + 2 * commit->quarantine.count + commit->deletions.count +
                  2 * commit->hash_keys.count + commit->hash_pairs.count;
    struct call call = {
        .argv = malloc(most * sizeof *call.argv), .lengths = malloc(most * sizeof *call.lengths)};
    int error = CHISO_ENOMEM;
    if (call.argv && call.lengths && is_whole(commit)) {
        push(&call, "FCALL", 5);
        push(&call, "chiso_commit_v1", 15);
        push_keys(&call, commit);
        push_arguments(&call, commit);
        if (!call.numbers.failed)
            error = redis_append(redis, (int)call.count, call.argv, call.lengths);
    }
    strings_release(&call.numbers);
    free(call.argv);
    free(call.lengths);
    return error;
}

int commit_answer(struct redis *redis, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = redis_take(redis, &reply, why);
    if (error)
        return error;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 2 ||
        reply->element[0]->type != REDIS_REPLY_STRING) {
        chiso_message_set(why, "the commit function answered in an unknown form");
        error = CHISO_EREFUSED;
    } else if (strcmp(reply->element[0]->str, "ok") != 0) {
        chiso_message_set(why, "the head is at seq %s", reply->element[1]->str);
        error = CHISO_ECONFLICT;
    }
    redis_free(reply);
    return error;
}

/* The commit_id among the fields of a journal entry; NULL when it has none. */
static const char *entry_commit_id(const redisReply *entry)
{
    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2)
        return NULL;
    const redisReply *fields = entry->element[1];
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (strcmp(fields->element[i]->str, "commit_id") == 0)
            return fields->element[i + 1]->str;
    }
    return NULL;
}

int commit_find(struct redis *redis, const struct commit *commit, struct chiso_message *why)
{
    char key[KEY_CHARS], id[32];
    struct redisReply *reply;
    key_province(key, commit->province, "journal");
    (void)snprintf(id, sizeof id, "%" PRIu64 "-0", commit->expected_seq + 1);
    int error = redis_callf(redis, &reply, why, "XRANGE %s %s %s", key, id, id);
    if (error)
        return CHISO_EIO;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0) {
        error = CHISO_ENOTFOUND;
    } else {
        const char *found = entry_commit_id(reply->element[0]);
        error = found && strcmp(found, commit->id) == 0 ? CHISO_OK : CHISO_ECONFLICT;
    }
    redis_free(reply);
    return error;
}

int commit_install(struct redis *redis, struct chiso_message *why)
{
    const char *argv[] = {"FUNCTION", "LOAD", "REPLACE", commit_lua};
    struct redisReply *reply;
    int error = redis_call(redis, 4, argv, NULL, &reply, why);
    if (!error)
        redis_free(reply);
    return error;
}
