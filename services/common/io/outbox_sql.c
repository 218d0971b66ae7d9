#include "io/outbox_sql.h"

#include <assert.h>

const char outbox_schema[] = "CREATE TABLE stream (id TEXT NOT NULL, last_report INTEGER NOT NULL);"
                             "INSERT INTO stream VALUES (lower(hex(randomblob(8))), 0);"
                             "CREATE TABLE topic (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL)"
                             " WITHOUT ROWID;"
                             "CREATE TABLE report (id INTEGER PRIMARY KEY, report_id TEXT NOT NULL UNIQUE,"
                             " province TEXT NOT NULL, publisher TEXT NOT NULL, origin TEXT NOT NULL,"
                             " lines TEXT, counted INTEGER NOT NULL, try INTEGER NOT NULL,"
                             " payload BLOB NOT NULL);"
                             "CREATE TABLE sent (unit TEXT, period TEXT, indicator TEXT,"
                             " revision INTEGER NOT NULL, content TEXT NOT NULL,"
                             " PRIMARY KEY (unit, period, indicator)) WITHOUT ROWID;"
                             "CREATE TABLE seen (unit TEXT, period TEXT, revision INTEGER NOT NULL,"
                             " PRIMARY KEY (unit, period)) WITHOUT ROWID;";

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
    [OUTBOX_ADD] = "INSERT INTO report VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [OUTBOX_NEXT] = "SELECT id, report_id, province, publisher, origin, lines, counted, try, payload"
                    " FROM report WHERE id > ?1 ORDER BY id LIMIT 1",
    [OUTBOX_REMOVE] = "DELETE FROM report WHERE id = ?1",
    [OUTBOX_COUNT] = "SELECT count(*) FROM report",
    [OUTBOX_PUBLISHERS] = "SELECT DISTINCT publisher FROM report ORDER BY publisher",
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
