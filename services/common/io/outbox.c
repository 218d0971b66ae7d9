#include "io/outbox.h"

#include "core/utf8.h"
#include "io/outbox_sql.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

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
    /* On a full disk the log cannot grow; once it is carried over into the file it begins anew in its place. */
    (void)sqlite3_wal_checkpoint_v2(outbox->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    (void)outbox_recount(outbox, NULL);
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
    outbox_bind_text(statement, 1, topic);
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
    outbox_bind_text(statement, 2, report->report_id);
    outbox_bind_text(statement, 3, label->province);
    outbox_bind_text(statement, 4, label->publisher);
    sqlite3_bind_text(statement, 5, label->origin,
        (int)utf8_cut(label->origin, strlen(label->origin), OUTBOX_ORIGIN_BYTES - 1), SQLITE_STATIC);
    if (lines != NULL)
        outbox_bind_text(statement, 6, lines);
    sqlite3_bind_int(statement, 7, label->counted);
    sqlite3_bind_int64(statement, 8, label->try);
    sqlite3_bind_blob64(statement, 9, payload, length, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 10, label->file);
    error = outbox_step(outbox, statement, why);
    if (error == CHISO_OK) {
        outbox->numbers.published++;
        outbox->numbers.waiting++;
        outbox->numbers.bytes += length;
    }
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

void outbox_set_bounds(struct outbox *outbox, uint64_t reports_max, uint64_t bytes_max)
{
    outbox->reports_max = reports_max;
    outbox->bytes_max = bytes_max;
}

/* Under the bounds, and with enough of the disk left? A report that goes out again with another revision has
 * been let in before, and takes the place of its first try. */
static int check_room(
    const struct outbox *outbox, const struct outbox_label *label, struct chiso_message *why)
{
    struct statvfs disk;
    if (label->try > 1)
        return CHISO_OK;
    if (outbox->numbers.waiting >= outbox->reports_max || outbox->numbers.bytes >= outbox->bytes_max) {
        chiso_message_set(why,
            "outbox %.100s is full: %" PRIu64 " reports of %" PRIu64 " bytes have no receipt yet, at most "
            "%" PRIu64 " of %" PRIu64 " may wait",
            outbox->file, outbox->numbers.waiting, outbox->numbers.bytes, outbox->reports_max,
            outbox->bytes_max);
        return CHISO_EIO;
    }
    if (statvfs(outbox->file, &disk) == 0 && disk.f_bavail * disk.f_frsize < OUTBOX_DISK_RESERVE_BYTES) {
        chiso_message_set(why,
            "the disk of outbox %.100s has %llu KiB left; new reports are taken again when there are %llu, "
            "because the receipts of those on their way need room",
            outbox->file, (unsigned long long)(disk.f_bavail * disk.f_frsize / 1024),
            (unsigned long long)(OUTBOX_DISK_RESERVE_BYTES / 1024));
        return CHISO_EIO;
    }
    return CHISO_OK;
}

int outbox_add(struct outbox *outbox, const struct chiso_report *report, const struct outbox_label *label,
    struct chiso_message *why)
{
    int error = check_room(outbox, label, why);
    if (error == CHISO_OK)
        error = outbox_run(outbox, OUTBOX_SAVE, why);
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

static int read_entry(sqlite3_stmt *statement, struct outbox_entry *entry)
{
    entry->id = sqlite3_column_int64(statement, 0);
    outbox_copy_text(statement, 1, entry->report_id, sizeof entry->report_id);
    outbox_copy_text(statement, 2, entry->province, sizeof entry->province);
    outbox_copy_text(statement, 3, entry->publisher, sizeof entry->publisher);
    outbox_copy_text(statement, 4, entry->origin, sizeof entry->origin);
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
    entry->file = sqlite3_column_int64(statement, 9);
    outbox_copy_text(statement, 10, entry->refusal, sizeof entry->refusal);
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
    int got = outbox_step(outbox, statement, why);
    if (got <= 0)
        return got; /* 0: the operator has dropped it */
    uint64_t bytes = (uint64_t)sqlite3_column_int64(statement, 0);
    uint64_t refused = (uint64_t)sqlite3_column_int64(statement, 1);
    int error = outbox_step(outbox, statement, why);
    if (error == CHISO_OK) {
        outbox->numbers.waiting--;
        outbox->numbers.bytes -= bytes;
        outbox->numbers.refused -= refused;
    }
    return error;
}

int outbox_set_refusal(
    struct outbox *outbox, const struct outbox_entry *entry, const char *refusal, struct chiso_message *why)
{
    char text[OUTBOX_REFUSAL_BYTES];
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_SET_REFUSAL, why);
    if (statement == NULL)
        return CHISO_EIO;
    snprintf(text, sizeof text, "%s", refusal);
    sqlite3_bind_int64(statement, 1, entry->id);
    outbox_bind_text(statement, 2, text);
    int error = outbox_step(outbox, statement, why);
    if (error == CHISO_OK && entry->refusal[0] == '\0')
        outbox->numbers.refused++;
    return error;
}

/* ---- numbers ---- */

struct outbox_numbers outbox_numbers(const struct outbox *outbox)
{
    return outbox->numbers;
}

int outbox_recount(struct outbox *outbox, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_NUMBERS, why);
    if (statement == NULL)
        return CHISO_EIO;
    int got = outbox_step(outbox, statement, why);
    if (got < 0)
        return got;
    assert(got == 1);
    outbox->numbers = (struct outbox_numbers){
        .published = (uint64_t)sqlite3_column_int64(statement, 0),
        .waiting = (uint64_t)sqlite3_column_int64(statement, 1),
        .bytes = (uint64_t)sqlite3_column_int64(statement, 2),
        .refused = (uint64_t)sqlite3_column_int64(statement, 3),
    };
    return outbox_step(outbox, statement, why);
}

/* SQLite counts what other connections commit. */
int outbox_changed_beside(struct outbox *outbox, bool *changed, struct chiso_message *why)
{
    int64_t version;
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_DATA_VERSION, why);
    int error = statement == NULL ? CHISO_EIO : take_number(outbox, statement, &version, why);
    if (error != CHISO_OK)
        return error;
    *changed = version != outbox->data_version && outbox->data_version != 0;
    outbox->data_version = version;
    return *changed ? outbox_recount(outbox, why) : CHISO_OK;
}

bool outbox_holds(struct outbox *outbox, int64_t id)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_HOLDS, NULL);
    if (statement == NULL)
        return true; /* as far as anybody knows */
    sqlite3_bind_int64(statement, 1, id);
    int got = outbox_step(outbox, statement, NULL);
    sqlite3_reset(statement);
    return got != 0;
}
