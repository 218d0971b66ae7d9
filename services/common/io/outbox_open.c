#include "io/outbox_sql.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Marks a SQLite file as an outbox ("chso"). */
#define APPLICATION_ID 0x6368736F
/* Raise with every change of the schema. */
#define SCHEMA_VERSION 1
#define BUSY_MS 2000
#define PATH_BYTES 4096
#define ASIDE_MAX 1000

static int execute(struct outbox *outbox, const char *sql, struct chiso_message *why)
{
    return sqlite3_exec(outbox->db, sql, NULL, NULL, NULL) == SQLITE_OK ? CHISO_OK
                                                                        : outbox_failure(outbox, why);
}

/* The first column of the first row, as text; "" when there is none. */
static int query(
    struct outbox *outbox, const char *sql, char *out, size_t capacity, struct chiso_message *why)
{
    sqlite3_stmt *statement = NULL;
    out[0] = '\0';
    int error = CHISO_OK;
    if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        error = outbox_failure(outbox, why);
    } else if (sqlite3_step(statement) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(statement, 0);
        snprintf(out, capacity, "%s", text == NULL ? "" : (const char *)text);
    }
    if (sqlite3_finalize(statement) != SQLITE_OK && error == CHISO_OK)
        error = outbox_failure(outbox, why);
    return error;
}

/* FULL: a commit is on disk when it returns. EXCLUSIVE: a second process fails at once, and the WAL needs no
 * shared memory file. */
static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT;";

static int create(struct outbox *outbox, struct chiso_message *why)
{
    char marks[128];
    snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION_ID,
        SCHEMA_VERSION);
    int error = execute(outbox, "BEGIN IMMEDIATE;", why);
    if (error == CHISO_OK)
        error = execute(outbox, outbox_schema, why);
    if (error == CHISO_OK)
        error = execute(outbox, marks, why);
    if (error == CHISO_OK)
        error = execute(outbox, "COMMIT;", why);
    return error;
}

/* Is it an outbox, of this version? A file without any table is made one. */
static int check_kind(struct outbox *outbox, const char *file, struct chiso_message *why)
{
    char tables[32], application[32], version[32];
    int error = query(outbox, "SELECT count(*) FROM sqlite_master", tables, sizeof tables, why);
    if (error == CHISO_OK)
        error = query(outbox, "PRAGMA application_id", application, sizeof application, why);
    if (error == CHISO_OK)
        error = query(outbox, "PRAGMA user_version", version, sizeof version, why);
    if (error != CHISO_OK)
        return error;
    if (strcmp(tables, "0") == 0 && strcmp(application, "0") == 0)
        return create(outbox, why);
    if (strtol(application, NULL, 10) != APPLICATION_ID) {
        chiso_message_set(why, "%s is a database of another program and not an outbox", file);
        return CHISO_EREFUSED;
    }
    if (strtol(version, NULL, 10) != SCHEMA_VERSION) {
        chiso_message_set(
            why, "outbox %s has version %s, this program reads version %d", file, version, SCHEMA_VERSION);
        return CHISO_EREFUSED;
    }
    return CHISO_OK;
}

static int check_whole(struct outbox *outbox, struct chiso_message *why)
{
    char verdict[256];
    int error = query(outbox, "PRAGMA quick_check(1)", verdict, sizeof verdict, why);
    if (error == CHISO_OK && strcmp(verdict, "ok") != 0) {
        chiso_message_set(why, "%s", verdict);
        error = CHISO_EINVAL;
    }
    if (error == CHISO_OK)
        error = query(outbox, "SELECT id FROM stream", outbox->stream_id, sizeof outbox->stream_id, why);
    if (error == CHISO_OK && outbox->stream_id[0] == '\0') {
        chiso_message_set(why, "its stream id is missing");
        error = CHISO_EINVAL;
    }
    return error;
}

static int prepare_file(struct outbox *outbox, const char *file, struct chiso_message *why)
{
    /* Nothing may be written back into a file that turns out to be damaged. */
    sqlite3_db_config(outbox->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_busy_timeout(outbox->db, BUSY_MS);
    int error = execute(outbox, settings, why);
    if (error == CHISO_OK)
        error = check_kind(outbox, file, why);
    if (error == CHISO_OK)
        error = check_whole(outbox, why);
    if (error == CHISO_OK)
        sqlite3_db_config(outbox->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return error;
}

/* Moves FILE and its WAL to the first free FILE.damaged-N, so that the next run can begin anew and nothing is
 * lost. */
static int move_aside(const char *file, const struct chiso_message *reason, struct chiso_message *why)
{
    char aside[PATH_BYTES], wal[PATH_BYTES + 8], aside_wal[PATH_BYTES + 8];
    int number = 1;
    do {
        int length = snprintf(aside, sizeof aside, "%s.damaged-%d", file, number);
        if (length < 0 || (size_t)length >= sizeof aside || number == ASIDE_MAX) {
            chiso_message_set(why, "outbox %s is damaged and cannot be moved aside", file);
            return CHISO_EINVAL;
        }
        number++;
    } while (access(aside, F_OK) == 0);
    snprintf(wal, sizeof wal, "%s-wal", file);
    snprintf(aside_wal, sizeof aside_wal, "%s-wal", aside);
    if (rename(file, aside) != 0) {
        chiso_message_set(
            why, "outbox %s is damaged and cannot be moved to %s: %s", file, aside, strerror(errno));
        return CHISO_EINVAL;
    }
    (void)rename(wal, aside_wal); /* there need not be one */
    chiso_message_set(why,
        "outbox %s is damaged (%.60s) and was moved to %s: reports in it that have no receipt must be sent "
        "again from their source",
        file, reason->text, aside);
    return CHISO_EINVAL;
}

int outbox_open(const char *file, struct outbox **out, struct chiso_message *why)
{
    struct chiso_message reason = {""};
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (outbox == NULL) {
        chiso_message_set(why, "no memory for the outbox");
        return CHISO_ENOMEM;
    }
    int error = CHISO_OK;
    if (sqlite3_open_v2(file, &outbox->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
        chiso_message_set(why, "outbox %s cannot be opened: %s", file,
            outbox->db == NULL ? "no memory" : sqlite3_errmsg(outbox->db));
        outbox_close(outbox);
        return CHISO_EIO;
    }
    error = prepare_file(outbox, file, &reason);
    if (error == CHISO_OK) {
        *out = outbox;
        return CHISO_OK;
    }
    outbox_close(outbox);
    if (error == CHISO_EINVAL)
        return move_aside(file, &reason, why);
    if (error == CHISO_ECONFLICT)
        chiso_message_set(why, "outbox %s is in use by another chiso-publisher", file);
    else if (error == CHISO_EREFUSED)
        chiso_message_set(why, "%s", reason.text);
    else
        chiso_message_set(why, "outbox %s cannot be used: %s", file, reason.text);
    return error;
}

void outbox_close(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    for (size_t i = 0; i < OUTBOX_STATEMENTS; i++)
        sqlite3_finalize(outbox->statements[i]);
    sqlite3_close(outbox->db);
    free(outbox);
}
