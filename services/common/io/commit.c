#include "io/commit.h"

#include "commit_lua.h"
#include "core/list.h"
#include "core/rollup.h"
#include "io/log.h"
#include <assert.h>
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

static void each_list(struct commit *commit, void (*what)(struct resp *))
{
    struct resp *const lists[] = {&commit->head, &commit->ledger, &commit->journal, &commit->quarantine,
        &commit->deletions, &commit->hash_keys, &commit->hash_pairs};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        what(lists[i]);
}

void commit_release(struct commit *commit)
{
    each_list(commit, resp_release);
    free(commit->periods);
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

/* Whoever asks for the figures of a time relies on a journal whose times never go back; on when a report came,
 * deadlines rely. So where the two differ both are kept. */
static void add_clock(struct commit *commit, chiso_instant_ms now)
{
    char text[24];
    LOG_LIMITED(warning, "clock_went_back", "province=%s behind_the_last_commit_ms=%" PRId64,
        commit->province, commit->time - now);
    (void)snprintf(text, sizeof text, "%" PRId64, now);
    resp_add_text(&commit->journal, "clock");
    resp_add_text(&commit->journal, text);
}

void commit_begin(struct commit *commit, const char *province, const struct head *head, const char *kind,
    const char *catalogue, chiso_instant_ms now)
{
    char time[24];
    each_list(commit, resp_clear);
    commit->period_count = commit->quarantine_count = 0;
    commit->failed = false;
    commit->province = province;
    commit->expected_seq = head->seq;
    commit->time = now > head->time ? now : head->time;
    make_id(commit->id);
    (void)snprintf(commit->expected_id, sizeof commit->expected_id, "%s", head->commit_id);
    (void)snprintf(commit->catalogue, sizeof commit->catalogue, "%s", catalogue);
    (void)snprintf(time, sizeof time, "%" PRId64, commit->time);
    const char *const pairs[] = {"kind", kind, "commit_id", commit->id, "time", time, "catalogue", catalogue};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        resp_add_text(&commit->journal, pairs[i]);
    if (now < commit->time)
        add_clock(commit, now);
    if (head->seq == 0)
        commit_totals_version(commit);
}

void commit_done(const struct commit *commit, struct head *head)
{
    head->seq = commit->expected_seq + 1;
    head->time = commit->time;
    head->totals = ROLLUP_VERSION;
    (void)snprintf(head->commit_id, sizeof head->commit_id, "%s", commit->id);
    (void)snprintf(head->catalogue, sizeof head->catalogue, "%s", commit->catalogue);
}

void commit_totals_version(struct commit *commit)
{
    char version[16];
    (void)snprintf(version, sizeof version, "%d", ROLLUP_VERSION);
    resp_add_text(&commit->head, "totals");
    resp_add_text(&commit->head, version);
}

static void add_period(struct commit *commit, struct chiso_period period)
{
    /* From the newest, which is mostly the same; there are few in a batch. */
    for (size_t i = commit->period_count; i-- > 0;) {
        if (chiso_period_equal(commit->periods[i], period))
            return;
    }
    if (LIST_GROW(commit->periods, commit->period_count, commit->period_capacity)) {
        commit->failed = true;
        return;
    }
    commit->periods[commit->period_count++] = period;
}

static void begin_hash(struct commit *commit, const char *key)
{
    resp_add_text(&commit->hash_keys, key);
    commit->hash_counter = resp_add_counter(&commit->hash_pairs);
}

static void add_to_hash(struct commit *commit, const char *field, const char *value, size_t length)
{
    resp_add_text(&commit->hash_pairs, field);
    resp_add(&commit->hash_pairs, value, length);
    resp_raise(&commit->hash_pairs, commit->hash_counter, 2);
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
        resp_add_text(&commit->journal, pairs[i]);
    key_province(key, commit->province, "closed");
    begin_hash(commit, key);
    if (value)
        add_to_hash(commit, field, value, strlen(value));
    commit->failed |= !value;
    free(value);
}

/* ---- the call ---- */

/* One FCALL: words made for it, and between them the commit's lists, which are sent from where they are. */
struct call {
    struct resp made;
    struct list {
        const struct resp *words;
        size_t at; /* behind so many bytes of MADE */
    } lists[7];
    size_t count;
};

static void insert(struct call *call, const struct resp *list)
{
    assert(call->count < sizeof call->lists / sizeof *call->lists);
    call->lists[call->count++] = (struct list){list, call->made.length};
}

static void insert_group(struct call *call, const struct resp *list)
{
    resp_add_number(&call->made, list->count);
    insert(call, list);
}

static void make_keys(struct call *call, const struct commit *commit)
{
    static const char *const tails[] = {"head", "periods", "journal", "ledger", "quarantine"};
    resp_add_number(&call->made, 5 + commit->deletions.count + commit->hash_keys.count);
    for (size_t i = 0; i < 5; i++) {
        char key[KEY_CHARS];
        key_province(key, commit->province, tails[i]);
        resp_add_text(&call->made, key);
    }
    insert(call, &commit->deletions);
    insert(call, &commit->hash_keys);
}

static void make_periods(struct call *call, const struct commit *commit)
{
    resp_add_number(&call->made, commit->period_count);
    for (size_t i = 0; i < commit->period_count; i++) {
        char text[CHISO_PERIOD_CHARS];
        resp_add(&call->made, text, chiso_period_print(commit->periods[i], text));
    }
}

static void make_arguments(struct call *call, const struct commit *commit)
{
    resp_add_number(&call->made, commit->expected_seq);
    resp_add_text(&call->made, commit->expected_id);
    resp_add_text(&call->made, commit->catalogue);
    resp_add_text(&call->made, commit->id);
    resp_add_number(&call->made, (uint64_t)commit->time);
    insert_group(call, &commit->head);
    make_periods(call, commit);
    insert_group(call, &commit->ledger);
    insert_group(call, &commit->journal);
    resp_add_number(&call->made, commit->quarantine_count);
    insert(call, &commit->quarantine);
    resp_add_number(&call->made, commit->deletions.count);
    insert(call, &commit->hash_pairs);
}

static int send_call(struct redis *redis, const struct call *call)
{
    size_t words = call->made.count, at = 0;
    bool failed = call->made.failed;
    for (size_t i = 0; i < call->count; i++) {
        words += call->lists[i].words->count;
        failed |= call->lists[i].words->failed;
    }
    int error = failed ? CHISO_ENOMEM : redis_append_begin(redis, words);
    for (size_t i = 0; i < call->count && !error; at = call->lists[i++].at) {
        const struct list *list = &call->lists[i];
        error = redis_append_part(redis, call->made.bytes + at, list->at - at);
        if (!error)
            error = redis_append_part(redis, list->words->bytes, list->words->length);
    }
    return error ? error : redis_append_end(redis, call->made.bytes + at, call->made.length - at);
}

int commit_send(struct redis *redis, const struct commit *commit)
{
    struct call call = {0};
    resp_add_text(&call.made, "FCALL");
    resp_add_text(&call.made, "chiso_commit_" LUA_VERSION);
    make_keys(&call, commit);
    make_arguments(&call, commit);
    int error = commit->failed ? CHISO_ENOMEM : send_call(redis, &call);
    resp_release(&call.made);
    return error;
}

/* commit.lua's words for keys that somebody else has written to. */
static bool is_damage(const char *refusal)
{
    return strncmp(refusal, "TYPE ", 5) == 0 || strncmp(refusal, "JOURNAL ", 8) == 0;
}

int commit_answer(struct redis *redis, struct chiso_message *why)
{
    struct redisReply *reply;
    struct chiso_message own = {""};
    if (!why)
        why = &own;
    int error = redis_take(redis, &reply, why);
    if (error == CHISO_EREFUSED && is_damage(why->text))
        return CHISO_EINVAL;
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
