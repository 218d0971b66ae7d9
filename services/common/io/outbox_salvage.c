/* What can still be read of a damaged outbox. SQLite reads a table along its tree and stops at the first page
 * that makes no sense, so reports are read from both ends: those between two damaged places are lost. */
#include "io/outbox_sql.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 2000

/* A row of the damaged file is as it was, and not merely readable? Only reports are looked at: a wrong
 * memory of what was sent shows in the receipts (core/counting.h). */
static bool is_report(sqlite3_stmt *row, struct chiso_arena *arena)
{
    struct chiso_report report;
    const char *province = (const char *)sqlite3_column_text(row, 2);
    const char *publisher = (const char *)sqlite3_column_text(row, 3);
    const char *id = (const char *)sqlite3_column_text(row, 1);
    const void *payload = sqlite3_column_blob(row, 8);
    chiso_arena_reset(arena);
    return province != NULL && strlen(province) == 2 && isdigit((unsigned char)province[0]) &&
           isdigit((unsigned char)province[1]) && publisher != NULL &&
           chiso_code_is_valid(publisher, CHISO_UNIT_BYTES_MAX) && id != NULL && payload != NULL &&
           chiso_report_decode(arena, payload, (size_t)sqlite3_column_bytes(row, 8), &report, NULL) ==
               CHISO_OK &&
           strcmp(report.report_id, id) == 0;
}

/* INSERT for as many columns of TABLE as ROWS has: an older outbox has fewer, the rest takes its defaults. */
static sqlite3_stmt *prepare_insert(struct outbox *into, sqlite3_stmt *rows, const char *table)
{
    sqlite3_stmt *insert = NULL;
    sqlite3_str *text = sqlite3_str_new(into->db);
    sqlite3_str_appendf(text, "INSERT OR IGNORE INTO \"%w\" (", table);
    for (int i = 0; i < sqlite3_column_count(rows); i++)
        sqlite3_str_appendf(text, i == 0 ? "\"%w\"" : ", \"%w\"", sqlite3_column_name(rows, i));
    sqlite3_str_appendall(text, ") VALUES (");
    for (int i = 0; i < sqlite3_column_count(rows); i++)
        sqlite3_str_appendall(text, i == 0 ? "?" : ", ?");
    sqlite3_str_appendall(text, ")");
    char *sql = sqlite3_str_finish(text);
    if (sql != NULL)
        (void)sqlite3_prepare_v2(into->db, sql, -1, &insert, NULL);
    sqlite3_free(sql);
    return insert;
}

/* One row. CHISO_OK also when it is there already, or of no use. */
static int copy_row(struct outbox *into, sqlite3_stmt *row, sqlite3_stmt *insert, struct chiso_message *why)
{
    int error = CHISO_OK;
    for (int i = 0; i < sqlite3_column_count(row); i++)
        sqlite3_bind_value(insert, i + 1, sqlite3_column_value(row, i));
    int code = sqlite3_step(insert);
    if (code != SQLITE_DONE && code != SQLITE_CONSTRAINT)
        error = outbox_failure(into, why);
    sqlite3_reset(insert);
    return error;
}

/* All rows of TABLE that can be read in ORDER; *WHOLE when the end was reached. An error is one of the new
 * file only. */
static int copy_table(sqlite3 *from, struct outbox *into, const char *table, const char *order,
    struct chiso_arena *arena, bool *whole, struct chiso_message *why)
{
    sqlite3_stmt *rows = NULL, *insert = NULL;
    int error = CHISO_OK, code = SQLITE_ERROR;
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" %s", table, order);
    *whole = false;
    if (sql != NULL && sqlite3_prepare_v2(from, sql, -1, &rows, NULL) == SQLITE_OK)
        insert = prepare_insert(into, rows, table);
    while (insert != NULL && error == CHISO_OK && (code = sqlite3_step(rows)) == SQLITE_ROW)
        if (arena == NULL || is_report(rows, arena))
            error = copy_row(into, rows, insert, why);
    *whole = insert != NULL && code == SQLITE_DONE;
    sqlite3_finalize(insert);
    sqlite3_finalize(rows);
    sqlite3_free(sql);
    return error;
}

static int execute(struct outbox *into, const char *sql, struct chiso_message *why)
{
    return sqlite3_exec(into->db, sql, NULL, NULL, NULL) == SQLITE_OK ? CHISO_OK : outbox_failure(into, why);
}

/* The stream goes on only where all its numbers are known: one that was given twice would look like a report
 * that came twice. Otherwise it is the new outbox's own, which is the first row. */
static int copy_stream(sqlite3 *from, struct outbox *into, struct chiso_message *why)
{
    bool topics, streams = false;
    int error = copy_table(from, into, "topic", "", NULL, &topics, why);
    if (error == CHISO_OK && topics)
        error = copy_table(from, into, "stream", "", NULL, &streams, why);
    if (error == CHISO_OK)
        error = execute(into,
            streams ? "DELETE FROM stream WHERE id GLOB '*[^0-9a-f]*' OR length(id) <> 16"
                    : "DELETE FROM stream WHERE rowid > 1",
            why);
    if (error == CHISO_OK)
        error = execute(into,
            "DELETE FROM topic WHERE (SELECT count(*) FROM stream) <> 2;"
            "DELETE FROM stream WHERE rowid <> (SELECT CASE count(*) WHEN 2 THEN 2 ELSE 1 END FROM stream);"
            "UPDATE stream SET last_report = max(last_report, ifnull((SELECT max(id) FROM report), 0))",
            why);
    return error;
}

static int copy_all(sqlite3 *from, struct outbox *into, struct chiso_arena *arena, struct chiso_message *why)
{
    static const char *const others[] = {"sent", "seen", "file", "row"};
    bool whole;
    int error = copy_table(from, into, "report", "ORDER BY id", arena, &whole, why);
    if (error == CHISO_OK && !whole)
        error = copy_table(from, into, "report", "ORDER BY id DESC", arena, &whole, why);
    for (size_t i = 0; i < sizeof others / sizeof others[0] && error == CHISO_OK; i++)
        error = copy_table(from, into, others[i], "", NULL, &whole, why);
    return error != CHISO_OK ? error : copy_stream(from, into, why);
}

int outbox_salvage(const char *file, struct outbox *into, size_t *saved, struct chiso_message *why)
{
    sqlite3 *from = NULL;
    struct chiso_arena arena;
    int error = chiso_arena_init(&arena, CHISO_REPORT_ARENA_BYTES_MAX);
    if (error != CHISO_OK)
        return error;
    error = outbox_begin(into, why);
    if (error == CHISO_OK && sqlite3_open_v2(file, &from, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK) {
        /* It stays as it is. */
        sqlite3_db_config(from, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        sqlite3_busy_timeout(from, BUSY_MS);
        error = copy_all(from, into, &arena, why);
    }
    sqlite3_close(from);
    if (error == CHISO_OK)
        error = outbox_commit(into, why);
    if (error == CHISO_OK)
        error = outbox_recount(into, why);
    if (error == CHISO_OK)
        *saved = (size_t)outbox_numbers(into).waiting;
    chiso_arena_release(&arena);
    return error;
}
