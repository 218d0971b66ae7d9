#include "io/outbox_sql.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Marks a SQLite file as an outbox ("chso"). */
#define APPLICATION_ID 0x6368736F
#define BUSY_MS 2000
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

/* FULL: a commit is on disk when it returns. The log of one large file does not stay that large for ever. */
static const char settings[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                               "PRAGMA journal_size_limit = 16777216;";

/* One transaction: the file has the old version or the new one. */
static int make_schema(struct outbox *outbox, long version, struct chiso_message *why)
{
    char marks[128];
    snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION_ID,
        OUTBOX_VERSION);
    int error = execute(outbox, "BEGIN IMMEDIATE;", why);
    for (; version < OUTBOX_VERSION && error == CHISO_OK; version++)
        error = execute(outbox, outbox_schema[version], why);
    if (error == CHISO_OK)
        error = execute(outbox, marks, why);
    if (error == CHISO_OK)
        error = execute(outbox, "COMMIT;", why);
    return error;
}

/* Is it an outbox, of this version? A file without any table is made one, an older one is brought up to now,
 * if MAKE. */
static int check_kind(struct outbox *outbox, bool make, struct chiso_message *why)
{
    char tables[32], application[32], version[32];
    int error = query(outbox, "SELECT count(*) FROM sqlite_master", tables, sizeof tables, why);
    if (error == CHISO_OK)
        error = query(outbox, "PRAGMA application_id", application, sizeof application, why);
    if (error == CHISO_OK)
        error = query(outbox, "PRAGMA user_version", version, sizeof version, why);
    if (error != CHISO_OK)
        return error;
    if (make && strcmp(tables, "0") == 0 && strcmp(application, "0") == 0)
        return make_schema(outbox, 0, why);
    if (strtol(application, NULL, 10) != APPLICATION_ID) {
        chiso_message_set(why, "%s is a database of another program and not an outbox", outbox->file);
        return CHISO_EREFUSED;
    }
    long found = strtol(version, NULL, 10);
    if (make && found >= 1 && found < OUTBOX_VERSION)
        return make_schema(outbox, found, why);
    if (found != OUTBOX_VERSION) {
        chiso_message_set(why, "outbox %s has version %s, this program reads version %d", outbox->file,
            version, OUTBOX_VERSION);
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
    if (error == CHISO_OK)
        error = outbox_recount(outbox, why);
    return error;
}

static int prepare_file(struct outbox *outbox, bool make, bool alone, struct chiso_message *why)
{
    bool changed;
    /* Nothing may be written back into a file that turns out to be damaged. */
    sqlite3_db_config(outbox->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_busy_timeout(outbox->db, BUSY_MS);
    int error = alone ? execute(outbox, "PRAGMA locking_mode = EXCLUSIVE;", why) : CHISO_OK;
    if (error == CHISO_OK)
        error = execute(outbox, settings, why);
    if (error == CHISO_OK && make) /* can it be written? */
        error = execute(outbox, "BEGIN IMMEDIATE; COMMIT;", why);
    if (error == CHISO_OK)
        error = check_kind(outbox, make, why);
    if (error == CHISO_OK)
        error = check_whole(outbox, why);
    if (error == CHISO_OK)
        error = outbox_changed_beside(outbox, &changed, why);
    if (error == CHISO_OK)
        sqlite3_db_config(outbox->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return error;
}

static int open_once(const char *file, bool make, bool alone, struct outbox **out, struct chiso_message *why)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (outbox == NULL) {
        chiso_message_set(why, "no memory for the outbox");
        return CHISO_ENOMEM;
    }
    outbox->lock = -1;
    outbox_set_bounds(outbox, OUTBOX_REPORTS_MAX, OUTBOX_BYTES_MAX);
    snprintf(outbox->file, sizeof outbox->file, "%s", file);
    int flags = SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0);
    struct chiso_message reason = {""};
    int error = CHISO_EIO;
    if (sqlite3_open_v2(file, &outbox->db, flags, NULL) != SQLITE_OK)
        chiso_message_set(why, "outbox %s cannot be opened: %s", file,
            outbox->db == NULL ? "no memory" : sqlite3_errmsg(outbox->db));
    else if ((error = prepare_file(outbox, make, alone, &reason)) == CHISO_ECONFLICT)
        chiso_message_set(why, "outbox %s is in use by another program", file);
    else if (error == CHISO_EREFUSED || error == CHISO_EINVAL)
        chiso_message_set(why, "%s", reason.text);
    else if (error != CHISO_OK)
        chiso_message_set(why, "outbox %s cannot be used: %s", file, reason.text);
    if (error == CHISO_OK)
        *out = outbox;
    else
        outbox_close(outbox);
    return error;
}

/* SQLite keeps an index of the log in a file that all who look into the outbox share. Where the disk has no
 * room for that, what waits can go out all the same: then nobody else looks into it. CHISO_EINVAL when FILE is damaged
 * (WHY says how), and as outbox_open. Takes no lock. */
static int open_file(const char *file, bool make, struct outbox **out, struct chiso_message *why)
{
    int error = open_once(file, make, false, out, why);
    if (error != CHISO_EIO || !make)
        return error;
    chiso_message_set(why, "%s", ""); /* of the first try: nothing is wrong if this one succeeds */
    return open_once(file, make, true, out, why);
}

/* ---- a damaged one ---- */

/* Moves FILE and its WAL to the first free FILE.damaged-N. */
static int move_aside(const char *file, char aside[OUTBOX_PATH_BYTES], struct chiso_message *why)
{
    char wal[OUTBOX_PATH_BYTES + 8], aside_wal[OUTBOX_PATH_BYTES + 8];
    int number = 1;
    do {
        int length = snprintf(aside, OUTBOX_PATH_BYTES, "%s.damaged-%d", file, number);
        if (length < 0 || (size_t)length >= OUTBOX_PATH_BYTES || number == ASIDE_MAX) {
            chiso_message_set(why, "outbox %s is damaged and cannot be moved aside", file);
            return CHISO_EIO;
        }
        number++;
    } while (access(aside, F_OK) == 0);
    if (rename(file, aside) != 0) {
        chiso_message_set(
            why, "outbox %s is damaged and cannot be moved to %s: %s", file, aside, strerror(errno));
        return CHISO_EIO;
    }
    /* What SQLite keeps beside it: the log goes with it, its index is made anew. There need not be any. */
    snprintf(wal, sizeof wal, "%s-wal", file);
    snprintf(aside_wal, sizeof aside_wal, "%s-wal", aside);
    (void)rename(wal, aside_wal);
    snprintf(wal, sizeof wal, "%s-shm", file);
    (void)unlink(wal);
    return CHISO_OK;
}

/* Of one who died while it saved. */
static void remove_saving(const char *saving)
{
    char beside[OUTBOX_PATH_BYTES + 8];
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(beside, sizeof beside, "%s%s", saving, endings[i]);
        (void)unlink(beside);
    }
}

/* A new outbox under the name SAVING, with what can be read of FILE. */
static int save(const char *file, const char *saving, size_t *saved, struct chiso_message *why)
{
    struct outbox *fresh = NULL;
    remove_saving(saving);
    int error = open_file(saving, true, &fresh, why);
    if (error == CHISO_OK)
        error = outbox_salvage(file, fresh, saved, why);
    outbox_close(fresh);
    return error;
}

/* The new one is whole before the old one leaves its name, so that whoever dies in between finds either the
 * damaged one again, or the new one, which outbox_open gives its name. */
static int replace_damaged(
    const char *file, const char *saving, struct outbox **out, struct chiso_message *why)
{
    char aside[OUTBOX_PATH_BYTES];
    struct chiso_message reason = *why, none = {""};
    size_t saved = 0;
    int error = save(file, saving, &saved, why);
    if (error == CHISO_OK)
        error = move_aside(file, aside, why);
    if (error == CHISO_OK && rename(saving, file) != 0) {
        chiso_message_set(why, "outbox %s cannot be replaced: %s", file, strerror(errno));
        error = CHISO_EIO;
    }
    if (error == CHISO_OK)
        error = open_file(file, true, out, &none);
    if (error == CHISO_OK)
        chiso_message_set(why,
            "outbox %.120s was damaged (%.40s) and is kept as %s; a new one has begun with %zu of its "
            "reports, "
            "others without a receipt must be sent again from their source",
            file, reason.text, strrchr(aside, '/') == NULL ? aside : strrchr(aside, '/') + 1, saved);
    return error;
}

/* One died after the damaged outbox had left its name: what was saved of it, log included, takes its place. A log that
 * has stayed behind is not its. */
static void take_over(const char *file, const char *saving)
{
    char beside[OUTBOX_PATH_BYTES + 8];
    if (access(file, F_OK) == 0 || access(saving, F_OK) != 0)
        return;
    snprintf(beside, sizeof beside, "%s-wal", file);
    (void)unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", file);
    (void)unlink(beside);
    (void)rename(saving, file);
}

int outbox_open(const char *file, struct outbox **out, struct chiso_message *why)
{
    char saving[OUTBOX_PATH_BYTES];
    int lock = -1;
    int error = outbox_lock(file, &lock, why);
    if (error != CHISO_OK)
        return error;
    snprintf(saving, sizeof saving, "%.*s.saving", (int)(sizeof saving - sizeof ".saving"), file);
    take_over(file, saving);
    struct outbox *outbox = NULL;
    struct chiso_message said = {""};
    error = open_file(file, true, &outbox, &said);
    if (error == CHISO_EINVAL)
        error = replace_damaged(file, saving, &outbox, &said);
    else if (error == CHISO_OK)
        remove_saving(saving); /* it would take the place of an outbox that is removed one day */
    chiso_message_set(why, "%s", said.text);
    if (error != CHISO_OK) {
        close(lock);
        return error;
    }
    outbox->lock = lock;
    *out = outbox;
    return CHISO_OK;
}

int outbox_open_beside(const char *file, struct outbox **out, struct chiso_message *why)
{
    if (access(file, F_OK) != 0) {
        chiso_message_set(why, "outbox %s cannot be opened: %s", file, strerror(errno));
        return CHISO_ENOTFOUND;
    }
    int error = open_file(file, false, out, why);
    if (error == CHISO_EINVAL && why != NULL) {
        struct chiso_message reason = *why;
        chiso_message_set(why,
            "outbox %s is damaged (%.60s); the publisher begins a new one at its next start", file,
            reason.text);
    }
    return error;
}

void outbox_close(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    for (size_t i = 0; i < OUTBOX_STATEMENTS; i++)
        sqlite3_finalize(outbox->statements[i]);
    sqlite3_close(outbox->db);
    if (outbox->lock >= 0)
        close(outbox->lock);
    free(outbox);
}
