#include "io/outbox.h"

#include "core/utf8.h"
#include "io/outbox_sql.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

int outbox_begin(struct outbox *outbox, struct chiso_message *why)
{
    return outbox_run(outbox, OUTBOX_BEGIN, why);
}

int outbox_commit(struct outbox *outbox, struct chiso_message *why)
{
    return outbox_run(outbox, OUTBOX_COMMIT, why);
}

void outbox_rollback(struct outbox *outbox)
{
    (void)outbox_run(outbox, OUTBOX_ROLLBACK, NULL);
}

const char *outbox_stream_id(const struct outbox *outbox)
{
    return outbox->stream_id;
}

/* ---- adding ---- */

/* The one number that a RETURNING statement gives. */
static int take_number(
    struct outbox *outbox, sqlite3_stmt *statement, int64_t *number, struct chiso_message *why)
{
    int got = outbox_step(outbox, statement, why);
    if (got < 0)
        return got;
    assert(got == 1);
    *number = sqlite3_column_int64(statement, 0);
    return outbox_step(outbox, statement, why);
}

static int take_id(struct outbox *outbox, int64_t *id, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_NEXT_ID, why);
    return statement == NULL ? CHISO_EIO : take_number(outbox, statement, id, why);
}

static int take_sequence(
    struct outbox *outbox, const struct outbox_label *label, int64_t *sequence, struct chiso_message *why)
{
    char topic[OUTBOX_TOPIC_BYTES];
    snprintf(topic, sizeof topic, "%s/%s", label->province, label->publisher);
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_NEXT_SEQUENCE, why);
    if (statement == NULL)
        return CHISO_EIO;
    bind_text(statement, 1, topic);
    return take_number(outbox, statement, sequence, why);
}

/* "2 3 4", malloc'ed. */
static char *print_lines(const size_t lines[], size_t count)
{
    enum { LINE_CHARS = 21 };
    char *text = malloc(count * LINE_CHARS + 1);
    size_t at = 0;
    for (size_t i = 0; text != NULL && i < count; i++)
        at += (size_t)snprintf(text + at, LINE_CHARS + 1, i == 0 ? "%zu" : " %zu", lines[i]);
    return text;
}

static int insert(struct outbox *outbox, const struct chiso_report *report, int64_t id,
    const struct outbox_label *label, struct chiso_message *why)
{
    uint8_t *payload = NULL;
    size_t length = 0;
    char *lines = NULL;
    int error = chiso_report_encode(report, &payload, &length);
    if (error != CHISO_OK) {
        chiso_message_set(why, "the report of unit %s for %s cannot be encoded: %s", report->unit,
            report->period, chiso_strerror(error));
        goto done;
    }
    if (label->lines != NULL && (lines = print_lines(label->lines, report->observation_count)) == NULL) {
        error = CHISO_ENOMEM;
        goto done;
    }
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_ADD, why);
    if (statement == NULL) {
        error = CHISO_EIO;
        goto done;
    }
    sqlite3_bind_int64(statement, 1, id);
    bind_text(statement, 2, report->report_id);
    bind_text(statement, 3, label->province);
    bind_text(statement, 4, label->publisher);
    sqlite3_bind_text(statement, 5, label->origin,
        (int)utf8_cut(label->origin, strlen(label->origin), OUTBOX_ORIGIN_BYTES - 1), SQLITE_STATIC);
    if (lines != NULL)
        bind_text(statement, 6, lines);
    sqlite3_bind_int(statement, 7, label->counted);
    sqlite3_bind_int64(statement, 8, label->try);
    sqlite3_bind_blob64(statement, 9, payload, length, SQLITE_STATIC);
    error = outbox_step(outbox, statement, why);
done:
    free(lines);
    free(payload);
    return error;
}

static int add(struct outbox *outbox, const struct chiso_report *report, const struct outbox_label *label,
    struct chiso_message *why)
{
    int64_t id, sequence;
    char report_id[CHISO_ID_BYTES_MAX + 1];
    struct chiso_report numbered = *report;
    int error = take_id(outbox, &id, why);
    if (error == CHISO_OK)
        error = take_sequence(outbox, label, &sequence, why);
    if (error != CHISO_OK)
        return error;
    snprintf(report_id, sizeof report_id, "%.32s-%lld", outbox->stream_id, (long long)id);
    numbered.report_id = report_id;
    numbered.stream_id = outbox->stream_id;
    numbered.sequence = (uint64_t)sequence;
    return insert(outbox, &numbered, id, label, why);
}

int outbox_add(struct outbox *outbox, const struct chiso_report *report, const struct outbox_label *label,
    struct chiso_message *why)
{
    int error = outbox_run(outbox, OUTBOX_SAVE, why);
    if (error != CHISO_OK)
        return error;
    error = add(outbox, report, label, why);
    if (error != CHISO_OK)
        (void)outbox_run(outbox, OUTBOX_BACK, NULL);
    int released = outbox_run(outbox, OUTBOX_RELEASE, error == CHISO_OK ? why : NULL);
    return error != CHISO_OK ? error : released;
}

/* ---- reading and removing ---- */

static int parse_lines(const char *text, struct outbox_entry *entry)
{
    size_t count = 1;
    for (const char *at = text; *at != '\0'; at++)
        count += *at == ' ';
    entry->lines = calloc(count, sizeof *entry->lines);
    if (entry->lines == NULL)
        return CHISO_ENOMEM;
    char *end;
    for (size_t i = 0; i < count; i++, text = end)
        entry->lines[i] = strtoull(text, &end, 10);
    entry->line_count = count;
    return CHISO_OK;
}

static void copy_text(sqlite3_stmt *statement, int column, char *out, size_t capacity)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    snprintf(out, capacity, "%s", text == NULL ? "" : (const char *)text);
}

static int read_entry(sqlite3_stmt *statement, struct outbox_entry *entry)
{
    entry->id = sqlite3_column_int64(statement, 0);
    copy_text(statement, 1, entry->report_id, sizeof entry->report_id);
    copy_text(statement, 2, entry->province, sizeof entry->province);
    copy_text(statement, 3, entry->publisher, sizeof entry->publisher);
    copy_text(statement, 4, entry->origin, sizeof entry->origin);
    const unsigned char *lines = sqlite3_column_text(statement, 5);
    entry->counted = sqlite3_column_int(statement, 6) != 0;
    entry->try = (unsigned)sqlite3_column_int(statement, 7);
    const void *payload = sqlite3_column_blob(statement, 8);
    entry->payload_length = (size_t)sqlite3_column_bytes(statement, 8);
    entry->payload = malloc(entry->payload_length + 1);
    if (entry->payload == NULL)
        return CHISO_ENOMEM;
    if (entry->payload_length > 0)
        memcpy(entry->payload, payload, entry->payload_length);
    return lines == NULL ? CHISO_OK : parse_lines((const char *)lines, entry);
}

int outbox_next(struct outbox *outbox, int64_t after, struct outbox_entry *out, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_NEXT, why);
    if (statement == NULL)
        return CHISO_EIO;
    sqlite3_bind_int64(statement, 1, after);
    int got = outbox_step(outbox, statement, why);
    if (got <= 0)
        return got == 0 ? CHISO_ENOTFOUND : got;
    struct outbox_entry entry = {0};
    int error = read_entry(statement, &entry);
    sqlite3_reset(statement);
    if (error != CHISO_OK) {
        chiso_message_set(why, "outbox: no memory for a report");
        outbox_entry_release(&entry);
        return error;
    }
    *out = entry;
    return CHISO_OK;
}

void outbox_entry_release(struct outbox_entry *entry)
{
    free(entry->payload);
    free(entry->lines);
    *entry = (struct outbox_entry){0};
}

int outbox_remove(struct outbox *outbox, int64_t id, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_REMOVE, why);
    if (statement == NULL)
        return CHISO_EIO;
    sqlite3_bind_int64(statement, 1, id);
    return outbox_step(outbox, statement, why);
}

int outbox_count(struct outbox *outbox, size_t *count, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_COUNT, why);
    int64_t number;
    int error = statement == NULL ? CHISO_EIO : take_number(outbox, statement, &number, why);
    if (error == CHISO_OK)
        *count = (size_t)number;
    return error;
}

int outbox_publishers(struct outbox *outbox, int (*visit)(void *context, const char *publisher),
    void *context, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_PUBLISHERS, why);
    if (statement == NULL)
        return CHISO_EIO;
    int got;
    while ((got = outbox_step(outbox, statement, why)) == 1) {
        const unsigned char *publisher = sqlite3_column_text(statement, 0);
        int stopped = visit(context, publisher == NULL ? "" : (const char *)publisher);
        if (stopped != 0) {
            sqlite3_reset(statement);
            return stopped;
        }
    }
    return got;
}
