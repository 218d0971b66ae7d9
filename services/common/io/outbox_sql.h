/* The inside of the outbox: its file's layout, and statements that are prepared once. Only for outbox*.c. */
#ifndef IO_OUTBOX_SQL_H
#define IO_OUTBOX_SQL_H

#include "io/outbox.h"
#include <sqlite3.h>

enum outbox_statement {
    OUTBOX_BEGIN,
    OUTBOX_COMMIT,
    OUTBOX_ROLLBACK,
    OUTBOX_SAVE,
    OUTBOX_RELEASE,
    OUTBOX_BACK,
    OUTBOX_NEXT_ID,
    OUTBOX_NEXT_SEQUENCE,
    OUTBOX_ADD,
    OUTBOX_NEXT,
    OUTBOX_REMOVE,
    OUTBOX_SET_REFUSAL,
    OUTBOX_HOLDS,
    OUTBOX_NUMBERS,
    OUTBOX_DATA_VERSION,
    OUTBOX_FILE_ADD,
    OUTBOX_FILE_SET_PLACE,
    OUTBOX_FILE_FIND,
    OUTBOX_FILE_UNMOVED,
    OUTBOX_FILE_SETTLED,
    OUTBOX_FILE_REMOVE,
    OUTBOX_ROWS_REMOVE,
    OUTBOX_ROW_SET,
    OUTBOX_ROWS,
    OUTBOX_LAST_SENT,
    OUTBOX_SET_SENT,
    OUTBOX_SEEN,
    OUTBOX_SET_SEEN,
    OUTBOX_STATEMENTS
};

#define OUTBOX_PATH_BYTES 4096

struct outbox {
    sqlite3 *db;
    char file[OUTBOX_PATH_BYTES];
    int lock; /* -1: looked into beside a publisher */
    char stream_id[CHISO_ID_BYTES_MAX + 1];
    struct outbox_numbers numbers; /* what a count would give */
    uint64_t reports_max, bytes_max;
    int64_t data_version;
    sqlite3_stmt *statements[OUTBOX_STATEMENTS];
};

/* Raise with every change of the schema. */
#define OUTBOX_VERSION 3
/* The n-th step, from 0, makes version n + 1 of what was there; a new file takes them all. */
extern const char *const outbox_schema[OUTBOX_VERSION];

/* The sentence and the code for what SQLite last complained about. */
int outbox_failure(struct outbox *outbox, struct chiso_message *why);
/* Ready for binding; NULL after a failure. */
sqlite3_stmt *outbox_prepare(struct outbox *outbox, enum outbox_statement which, struct chiso_message *why);
/* 1: a row to be read; 0: done; negative: a failure. After 0 or less the statement is ready for another use;
 * after 1 the caller steps on or resets it. */
int outbox_step(struct outbox *outbox, sqlite3_stmt *statement, struct chiso_message *why);
/* A statement without parameters and result. */
int outbox_run(struct outbox *outbox, enum outbox_statement which, struct chiso_message *why);
/* Binds TEXT (which must live until the step) and copies a column's text, cut to CAPACITY. */
void outbox_bind_text(sqlite3_stmt *statement, int at, const char *text);
void outbox_copy_text(sqlite3_stmt *statement, int column, char *out, size_t capacity);
/* Counts again what outbox->numbers says. */
int outbox_recount(struct outbox *outbox, struct chiso_message *why);

/* outbox_lock.c. *LOCK is a file descriptor that holds FILE.lock until it is closed. CHISO_ECONFLICT. */
int outbox_lock(const char *file, int *lock, struct chiso_message *why);

/* outbox_salvage.c: what is readable in the damaged FILE goes into INTO, a new outbox. *SAVED reports. */
int outbox_salvage(const char *file, struct outbox *into, size_t *saved, struct chiso_message *why);

#endif
