#include "io/outbox_sql.h"

#include <assert.h>
#include <stdio.h>

const char *const outbox_schema[OUTBOX_VERSION] = {
    "CREATE TABLE stream (id TEXT NOT NULL, last_report INTEGER NOT NULL);"
    "INSERT INTO stream VALUES (lower(hex(randomblob(8))), 0);"
    "CREATE TABLE topic (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE report (id INTEGER PRIMARY KEY, report_id TEXT NOT NULL UNIQUE, province TEXT NOT NULL,"
    " publisher TEXT NOT NULL, origin TEXT NOT NULL, lines TEXT, counted INTEGER NOT NULL,"
    " try INTEGER NOT NULL, payload BLOB NOT NULL);"
    "CREATE TABLE sent (unit TEXT, period TEXT, indicator TEXT, revision INTEGER NOT NULL,"
    " content TEXT NOT NULL, PRIMARY KEY (unit, period, indicator)) WITHOUT ROWID;"
    "CREATE TABLE seen (unit TEXT, period TEXT, revision INTEGER NOT NULL, PRIMARY KEY (unit, period))"
    " WITHOUT ROWID;",

    "ALTER TABLE report ADD COLUMN file INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE report ADD COLUMN refusal TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX report_file ON report (file) WHERE file > 0;"
    "CREATE TABLE file (id INTEGER PRIMARY KEY, name TEXT NOT NULL, identity TEXT NOT NULL,"
    " place TEXT NOT NULL, separator INTEGER NOT NULL, moved INTEGER NOT NULL);"
    "CREATE TABLE row (file INTEGER, line INTEGER, unit TEXT NOT NULL, period TEXT NOT NULL,"
    " indicator TEXT NOT NULL, revision INTEGER NOT NULL, outcome INTEGER NOT NULL, reason INTEGER NOT NULL,"
    " text TEXT NOT NULL, PRIMARY KEY (file, line)) WITHOUT ROWID;",

    "ALTER TABLE file ADD COLUMN figures INTEGER NOT NULL DEFAULT 0;",
};

#define FILE_COLUMNS "SELECT id, name, identity, place, separator, moved, figures FROM file "

static const char *const texts[OUTBOX_STATEMENTS] = {
    [OUTBOX_BEGIN] = "BEGIN IMMEDIATE",
    [OUTBOX_COMMIT] = "COMMIT",
    [OUTBOX_ROLLBACK] = "ROLLBACK",
    [OUTBOX_SAVE] = "SAVEPOINT one",
    [OUTBOX_RELEASE] = "RELEASE one",
    [OUTBOX_BACK] = "ROLLBACK TO one",
    [OUTBOX_NEXT_ID] = "UPDATE stream SET last_report = last_report + 1 RETURNING last_report",
    [OUTBOX_NEXT_SEQUENCE] = "INSERT INTO topic VALUES (?1, 1)"
                             " ON CONFLICT (name) DO UPDATE SET sequence = sequence + 1 RETURNING sequence",
    [OUTBOX_ADD] = "INSERT INTO report VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '')",
    [OUTBOX_NEXT] = "SELECT id, report_id, province, publisher, origin, lines, counted, try, payload, file,"
                    " refusal FROM report WHERE id > ?1 ORDER BY id LIMIT 1",
    [OUTBOX_REMOVE] = "DELETE FROM report WHERE id = ?1 RETURNING length(payload), refusal <> ''",
    [OUTBOX_SET_REFUSAL] = "UPDATE report SET refusal = ?2 WHERE id = ?1",
    [OUTBOX_HOLDS] = "SELECT 1 FROM report WHERE id = ?1",
    [OUTBOX_NUMBERS] = "SELECT (SELECT last_report FROM stream), count(*), ifnull(sum(length(payload)), 0),"
                       " count(*) FILTER (WHERE refusal <> '') FROM report",
    [OUTBOX_DATA_VERSION] = "PRAGMA data_version",
    [OUTBOX_FILE_ADD] = "INSERT INTO file (name, identity, place, separator, moved, figures)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
    [OUTBOX_FILE_SET_PLACE] = "UPDATE file SET place = ?2, moved = ?3 WHERE id = ?1",
    [OUTBOX_FILE_FIND] = FILE_COLUMNS "WHERE name = ?1 AND identity = ?2 ORDER BY id DESC LIMIT 1",
    [OUTBOX_FILE_UNMOVED] = FILE_COLUMNS "WHERE id > ?1 AND NOT moved ORDER BY id LIMIT 1",
    [OUTBOX_FILE_SETTLED] =
        FILE_COLUMNS "WHERE id > ?1 AND moved AND NOT EXISTS"
                     " (SELECT 1 FROM report WHERE report.file > 0 AND report.file = file.id)"
                     " ORDER BY id LIMIT 1",
    [OUTBOX_FILE_REMOVE] = "DELETE FROM file WHERE id = ?1",
    [OUTBOX_ROWS_REMOVE] = "DELETE FROM row WHERE file = ?1",
    [OUTBOX_ROW_SET] = "INSERT OR REPLACE INTO row VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [OUTBOX_ROWS] = "SELECT line, unit, period, indicator, revision, outcome, reason, text"
                    " FROM row WHERE file = ?1 ORDER BY line",
    [OUTBOX_LAST_SENT] = "SELECT revision, content FROM sent"
                         " WHERE unit = ?1 AND period = ?2 AND indicator = ?3",
    [OUTBOX_SET_SENT] = "INSERT OR REPLACE INTO sent VALUES (?1, ?2, ?3, ?4, ?5)",
    [OUTBOX_SEEN] = "SELECT revision FROM seen WHERE unit = ?1 AND period = ?2",
    [OUTBOX_SET_SEEN] =
        "INSERT INTO seen VALUES (?1, ?2, ?3)"
        " ON CONFLICT (unit, period) DO UPDATE SET revision = max(revision, excluded.revision)",
};

int outbox_failure(struct outbox *outbox, struct chiso_message *why)
{
    int code = sqlite3_errcode(outbox->db);
    chiso_message_set(why, "outbox: %s", sqlite3_errmsg(outbox->db));
    switch (code) {
    case SQLITE_NOMEM:
        return CHISO_ENOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return CHISO_EINVAL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return CHISO_ECONFLICT;
    default:
        return CHISO_EIO;
    }
}

sqlite3_stmt *outbox_prepare(struct outbox *outbox, enum outbox_statement which, struct chiso_message *why)
{
    sqlite3_stmt **statement = &outbox->statements[which];
    if (*statement == NULL && sqlite3_prepare_v3(outbox->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                                  statement, NULL) != SQLITE_OK) {
        (void)outbox_failure(outbox, why);
        return NULL;
    }
    return *statement;
}

int outbox_step(struct outbox *outbox, sqlite3_stmt *statement, struct chiso_message *why)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return 1;
    int error = code == SQLITE_DONE ? CHISO_OK : outbox_failure(outbox, why);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return error;
}

int outbox_run(struct outbox *outbox, enum outbox_statement which, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, which, why);
    if (statement == NULL)
        return CHISO_EIO;
    int got = outbox_step(outbox, statement, why);
    assert(got <= 0);
    return got;
}

void outbox_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

void outbox_copy_text(sqlite3_stmt *statement, int column, char *out, size_t capacity)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    snprintf(out, capacity, "%s", text == NULL ? "" : (const char *)text);
}
