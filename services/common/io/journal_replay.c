#include "io/journal_replay.h"

#include "io/figures.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries read in one go: each may hold a batch of a megabyte. */
#define PAGE_ENTRIES 32

/* One journal that is being read. */
struct stream {
    char province[CHISO_UNIT_BYTES_MAX + 1];
    uint64_t next, last; /* the entry to read next, and the last one wanted */
    redisReply *page;
    size_t at; /* in the page */
    bool ended;
    bool is_parsed; /* ENTRY is the one at AT */
    struct replay_entry entry;
    struct replay_report *reports;
    size_t report_capacity;
};

struct stored_catalogue {
    char hash[CATALOGUE_HASH_CHARS];
    struct catalogue *catalogue;
};

struct journal_replay {
    struct journal_source source;
    struct replay *state;
    struct stream *streams;
    size_t stream_count;
    struct stored_catalogue *catalogues;
    size_t catalogue_count;
    const redisReply *raw; /* the entry being visited */
};

struct journal_replay *journal_replay_new(const struct journal_source *source)
{
    struct journal_replay *replay = calloc(1, sizeof *replay);
    if (!replay)
        return NULL;
    replay->source = *source;
    replay->state = replay_new();
    if (replay->state)
        return replay;
    free(replay);
    return NULL;
}

static void release_streams(struct journal_replay *replay)
{
    for (size_t i = 0; i < replay->stream_count; i++) {
        redis_free(replay->streams[i].page);
        free(replay->streams[i].reports);
    }
    replay->stream_count = 0;
}

int journal_replay_restart(struct journal_replay *replay)
{
    struct replay *fresh = replay_new();
    if (!fresh)
        return CHISO_ENOMEM;
    release_streams(replay);
    replay_free(replay->state);
    replay->state = fresh;
    return CHISO_OK;
}

void journal_replay_free(struct journal_replay *replay)
{
    if (!replay)
        return;
    release_streams(replay);
    free(replay->streams);
    replay_free(replay->state);
    for (size_t i = 0; i < replay->catalogue_count; i++)
        catalogue_free(replay->catalogues[i].catalogue);
    free(replay->catalogues);
    free(replay);
}

int journal_replay_add(struct journal_replay *replay, const char *province, uint64_t last)
{
    struct stream *moved = realloc(replay->streams, (replay->stream_count + 1) * sizeof *moved);
    if (!moved)
        return CHISO_ENOMEM;
    replay->streams = moved;
    struct stream *stream = &moved[replay->stream_count++];
    *stream = (struct stream){.next = 1, .last = last};
    (void)snprintf(stream->province, sizeof stream->province, "%s", province);
    return CHISO_OK;
}

const struct redisReply *journal_replay_raw(const struct journal_replay *replay)
{
    return replay->raw;
}

struct replay *journal_replay_state(struct journal_replay *replay)
{
    return replay->state;
}

int journal_replay_catalogue(
    struct journal_replay *replay, const char *hash, const struct catalogue **out, struct chiso_message *why)
{
    for (size_t i = 0; i < replay->catalogue_count; i++) {
        if (strcmp(replay->catalogues[i].hash, hash) == 0) {
            *out = replay->catalogues[i].catalogue;
            return CHISO_OK;
        }
    }
    struct stored_catalogue *moved =
        realloc(replay->catalogues, (replay->catalogue_count + 1) * sizeof *moved);
    if (!moved)
        return CHISO_ENOMEM;
    replay->catalogues = moved;
    struct stored_catalogue *slot = &moved[replay->catalogue_count];
    int error = catalogue_open_stored(replay->source.redis, hash, &slot->catalogue, why);
    if (error)
        return error;
    (void)snprintf(slot->hash, sizeof slot->hash, "%s", hash);
    replay->catalogue_count++;
    *out = slot->catalogue;
    return CHISO_OK;
}

/* ---- one entry ---- */

static const char *text_of(const redisReply *fields, const char *name)
{
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (strcmp(fields->element[i]->str, name) == 0)
            return fields->element[i + 1]->str;
    }
    return NULL;
}

static bool are_texts(const redisReply *fields)
{
    if (fields->type != REDIS_REPLY_ARRAY || fields->elements % 2 != 0)
        return false;
    for (size_t i = 0; i < fields->elements; i++) {
        if (fields->element[i]->type != REDIS_REPLY_STRING)
            return false;
    }
    return true;
}

/* "report" fields, each after its "publisher". */
static int take_reports(struct stream *stream, const redisReply *fields)
{
    size_t most = fields->elements / 2;
    if (most > stream->report_capacity) {
        struct replay_report *moved = realloc(stream->reports, most * sizeof *moved);
        if (!moved)
            return CHISO_ENOMEM;
        stream->reports = moved;
        stream->report_capacity = most;
    }
    stream->entry.reports = stream->reports;
    for (size_t i = 2; i + 1 < fields->elements; i += 2) {
        const redisReply *bytes = fields->element[i + 1];
        if (strcmp(fields->element[i]->str, "report") != 0 ||
            strcmp(fields->element[i - 2]->str, "publisher") != 0)
            continue;
        stream->reports[stream->entry.report_count++] =
            (struct replay_report){fields->element[i - 1]->str, bytes->str, (size_t)bytes->len};
    }
    return CHISO_OK;
}

/* The entry at AT; its texts live in the page. */
static int parse_entry(struct stream *stream, struct chiso_message *why)
{
    const redisReply *reply = stream->page->element[stream->at];
    bool whole = reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                 reply->element[0]->type == REDIS_REPLY_STRING && are_texts(reply->element[1]);
    const redisReply *fields = whole ? reply->element[1] : NULL;
    const char *time = whole ? text_of(fields, "time") : NULL;
    stream->entry = (struct replay_entry){.province = stream->province};
    if (whole) {
        stream->entry.seq = strtoull(reply->element[0]->str, NULL, 10);
        stream->entry.kind = text_of(fields, "kind");
        stream->entry.catalogue = text_of(fields, "catalogue");
        stream->entry.commit_id = text_of(fields, "commit_id");
        stream->entry.ledger = text_of(fields, "ledger");
        stream->entry.closed = text_of(fields, "closed");
        stream->entry.by = text_of(fields, "by");
        stream->entry.note = text_of(fields, "note");
        stream->entry.arrived = text_of(fields, "arrived");
        stream->entry.left = text_of(fields, "left");
    }
    if (!whole || !time || !stream->entry.kind || !stream->entry.catalogue) {
        chiso_message_set(why, "journal of %s: entry %.40s has no kind, time or catalogue", stream->province,
            whole ? reply->element[0]->str : "?");
        return CHISO_EINVAL;
    }
    const char *clock = text_of(fields, "clock");
    stream->entry.time = strtoll(time, NULL, 10);
    stream->entry.clock = strtoll(clock ? clock : time, NULL, 10);
    stream->is_parsed = true;
    return take_reports(stream, fields);
}

/* ---- one journal ---- */

static int read_page(const struct journal_source *source, struct stream *stream, struct chiso_message *why)
{
    struct redisReply *reply;
    redis_free(stream->page);
    stream->page = NULL;
    stream->at = 0;
    int error =
        journal_source_range(source, stream->province, stream->next, stream->last, PAGE_ENTRIES, &reply, why);
    if (error)
        return error;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0) {
        stream->ended = true;
        redis_free(reply);
        return CHISO_OK;
    }
    stream->page = reply;
    return CHISO_OK;
}

/* The stream's next entry in ENTRY, or its end. */
static int look_ahead(const struct journal_source *source, struct stream *stream, chiso_instant_ms until,
    struct chiso_message *why)
{
    int error = CHISO_OK;
    if (stream->ended || stream->is_parsed)
        return CHISO_OK;
    if (stream->next > stream->last) {
        stream->ended = true;
        return CHISO_OK;
    }
    if (!stream->page || stream->at == stream->page->elements)
        error = read_page(source, stream, why);
    if (error || stream->ended)
        return error;
    error = parse_entry(stream, why);
    if (!error && stream->entry.time > until)
        stream->ended = true;
    return error;
}

static void move_on(struct stream *stream)
{
    stream->next = stream->entry.seq + 1;
    stream->is_parsed = false;
    stream->at++;
}

/* ---- all of them ---- */

/* The stream whose next entry is the oldest; NULL: all have ended. */
static int choose(
    struct journal_replay *replay, chiso_instant_ms until, struct stream **out, struct chiso_message *why)
{
    *out = NULL;
    for (size_t i = 0; i < replay->stream_count; i++) {
        struct stream *stream = &replay->streams[i];
        int error = look_ahead(&replay->source, stream, until, why);
        if (error)
            return error;
        if (!stream->ended && (!*out || stream->entry.time < (*out)->entry.time))
            *out = stream;
    }
    return CHISO_OK;
}

static int take(struct journal_replay *replay, const struct replay_entry *entry, struct chiso_message *why)
{
    const struct catalogue *catalogue = NULL;
    struct chiso_message reason = {""};
    int error = journal_replay_catalogue(replay, entry->catalogue, &catalogue, &reason);
    if (error == CHISO_ENOTFOUND || error == CHISO_EINVAL) {
        chiso_message_set(
            why, "journal of %s, entry %" PRIu64 ": %s", entry->province, entry->seq, reason.text);
        return CHISO_EINVAL;
    }
    if (error) {
        *why = reason;
        return error;
    }
    return replay_take(replay->state, entry, catalogue, why);
}

int journal_replay_run(struct journal_replay *replay, chiso_instant_ms until,
    int (*visit)(void *context, const struct replay_entry *entry, const struct replay *state), void *context,
    struct chiso_message *why)
{
    for (;;) {
        struct stream *stream;
        int error = choose(replay, until, &stream, why);
        if (error || !stream)
            return error;
        replay->raw = stream->page->element[stream->at];
        error = take(replay, &stream->entry, why);
        if (!error && visit)
            error = visit(context, &stream->entry, replay->state);
        if (error)
            return error;
        move_on(stream);
    }
}

/* ---- where a time lies ---- */

/* The answer to a question for one entry at most. */
static int take_stamp(
    struct redisReply *reply, const char *province, struct journal_stamp *out, struct chiso_message *why)
{
    struct stream s = {.page = reply};
    int error = CHISO_OK;
    *out = (struct journal_stamp){0};
    (void)snprintf(s.province, sizeof s.province, "%s", province);
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements > 0) {
        error = parse_entry(&s, why);
        *out = (struct journal_stamp){.seq = s.entry.seq, .time = s.entry.time};
        if (!error)
            (void)snprintf(out->catalogue, sizeof out->catalogue, "%s", s.entry.catalogue);
    }
    redis_free(reply);
    free(s.reports);
    return error;
}

/* The first entry from FROM on. */
static int read_from(const struct journal_source *source, const char *province, uint64_t from,
    struct journal_stamp *out, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = journal_source_range(source, province, from, INT64_MAX, 1, &reply, why);
    return error ? error : take_stamp(reply, province, out, why);
}

/* It is never archived. */
static int read_newest(
    struct redis *redis, const char *province, struct journal_stamp *out, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_province(key, province, "journal");
    int error = redis_callf(redis, &reply, why, "XREVRANGE %s + - COUNT 1", key);
    return error ? figures_name_key(error, key, why) : take_stamp(reply, province, out, why);
}

int journal_stamp_read(const struct journal_source *source, const char *province, uint64_t seq,
    struct journal_stamp *out, struct chiso_message *why)
{
    int error = read_from(source, province, seq, out, why);
    if (!error && out->seq != seq)
        *out = (struct journal_stamp){0};
    return error;
}

int journal_last_before(const struct journal_source *source, const char *province, chiso_instant_ms until,
    struct journal_stamp *out, struct chiso_message *why)
{
    struct journal_stamp found = {0}, probe;
    uint64_t low = 0, first;
    int error = read_newest(source->redis, province, &probe, why);
    if (error || (probe.seq && probe.time <= until)) {
        *out = probe;
        return error;
    }
    /* Without the archive it may still lie behind what is there. */
    if (!source->archive)
        error = journal_source_archived(source, province, &low, why);
    first = low;
    /* LOW is in time, or not looked at; HIGH is later or past the end. */
    for (uint64_t high = probe.seq; !error && low + 1 < high;) {
        uint64_t middle = low + (high - low) / 2;
        error = read_from(source, province, middle, &probe, why);
        if (!error && probe.time <= until) {
            found = probe;
            low = probe.seq;
        } else {
            high = middle;
        }
    }
    if (!error && found.seq == 0 && first > 0) /* says why */
        return read_from(source, province, first, out, why);
    *out = found;
    return error;
}
