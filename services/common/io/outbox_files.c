#include "io/outbox_sql.h"

#include <assert.h>
#include <stdio.h>

/* ---- files ---- */

static int get_file(
    struct outbox *outbox, sqlite3_stmt *statement, struct outbox_file *out, struct chiso_message *why)
{
    int got = outbox_step(outbox, statement, why);
    if (got <= 0)
        return got == 0 ? CHISO_ENOTFOUND : got;
    *out = (struct outbox_file){
        .id = sqlite3_column_int64(statement, 0),
        .separator = (char)sqlite3_column_int(statement, 4),
        .moved = sqlite3_column_int(statement, 5) != 0,
        .figures = (size_t)sqlite3_column_int64(statement, 6),
    };
    outbox_copy_text(statement, 1, out->name, sizeof out->name);
    outbox_copy_text(statement, 2, out->identity, sizeof out->identity);
    outbox_copy_text(statement, 3, out->place, sizeof out->place);
    sqlite3_reset(statement);
    return CHISO_OK;
}

int outbox_file_add(struct outbox *outbox, struct outbox_file *file, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_FILE_ADD, why);
    if (statement == NULL)
        return CHISO_EIO;
    outbox_bind_text(statement, 1, file->name);
    outbox_bind_text(statement, 2, file->identity);
    outbox_bind_text(statement, 3, file->place);
    sqlite3_bind_int(statement, 4, file->separator);
    sqlite3_bind_int(statement, 5, file->moved);
    sqlite3_bind_int64(statement, 6, (int64_t)file->figures);
    int got = outbox_step(outbox, statement, why);
    if (got < 0)
        return got;
    assert(got == 1);
    file->id = sqlite3_column_int64(statement, 0);
    return outbox_step(outbox, statement, why);
}

int outbox_file_set_place(
    struct outbox *outbox, int64_t id, const char *place, bool moved, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_FILE_SET_PLACE, why);
    if (statement == NULL)
        return CHISO_EIO;
    sqlite3_bind_int64(statement, 1, id);
    outbox_bind_text(statement, 2, place);
    sqlite3_bind_int(statement, 3, moved);
    return outbox_step(outbox, statement, why);
}

int outbox_file_find(struct outbox *outbox, const char *name, const char *identity, struct outbox_file *out,
    struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_FILE_FIND, why);
    if (statement == NULL)
        return CHISO_EIO;
    outbox_bind_text(statement, 1, name);
    outbox_bind_text(statement, 2, identity);
    return get_file(outbox, statement, out, why);
}

static int get_after(struct outbox *outbox, enum outbox_statement which, int64_t after,
    struct outbox_file *out, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, which, why);
    if (statement == NULL)
        return CHISO_EIO;
    sqlite3_bind_int64(statement, 1, after);
    return get_file(outbox, statement, out, why);
}

int outbox_file_unmoved(
    struct outbox *outbox, int64_t after, struct outbox_file *out, struct chiso_message *why)
{
    return get_after(outbox, OUTBOX_FILE_UNMOVED, after, out, why);
}

int outbox_file_settled(
    struct outbox *outbox, int64_t after, struct outbox_file *out, struct chiso_message *why)
{
    return get_after(outbox, OUTBOX_FILE_SETTLED, after, out, why);
}

static int remove_by_id(
    struct outbox *outbox, enum outbox_statement which, int64_t id, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, which, why);
    if (statement == NULL)
        return CHISO_EIO;
    sqlite3_bind_int64(statement, 1, id);
    return outbox_step(outbox, statement, why);
}

int outbox_file_remove(struct outbox *outbox, int64_t id, struct chiso_message *why)
{
    int error = remove_by_id(outbox, OUTBOX_ROWS_REMOVE, id, why);
    return error != CHISO_OK ? error : remove_by_id(outbox, OUTBOX_FILE_REMOVE, id, why);
}

/* ---- rows ---- */

int outbox_row_set(
    struct outbox *outbox, int64_t file, const struct outbox_row *row, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_ROW_SET, why);
    if (statement == NULL)
        return CHISO_EIO;
    sqlite3_bind_int64(statement, 1, file);
    sqlite3_bind_int64(statement, 2, (int64_t)row->line);
    outbox_bind_text(statement, 3, row->unit);
    outbox_bind_text(statement, 4, row->period);
    outbox_bind_text(statement, 5, row->indicator);
    sqlite3_bind_int64(statement, 6, (int64_t)row->revision);
    sqlite3_bind_int(statement, 7, (int)row->outcome);
    sqlite3_bind_int(statement, 8, (int)row->reason);
    outbox_bind_text(statement, 9, row->text);
    return outbox_step(outbox, statement, why);
}

static const char *text_of(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text == NULL ? "" : (const char *)text;
}

int outbox_rows(struct outbox *outbox, int64_t file,
    void (*visit)(void *context, const struct outbox_row *row), void *context, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_ROWS, why);
    if (statement == NULL)
        return CHISO_EIO;
    sqlite3_bind_int64(statement, 1, file);
    int got;
    while ((got = outbox_step(outbox, statement, why)) == 1) {
        const struct outbox_row row = {
            .line = (size_t)sqlite3_column_int64(statement, 0),
            .unit = text_of(statement, 1),
            .period = text_of(statement, 2),
            .indicator = text_of(statement, 3),
            .revision = (uint64_t)sqlite3_column_int64(statement, 4),
            .outcome = (enum chiso_outcome)sqlite3_column_int(statement, 5),
            .reason = (enum chiso_reason)sqlite3_column_int(statement, 6),
            .text = text_of(statement, 7),
        };
        visit(context, &row);
    }
    return got;
}
