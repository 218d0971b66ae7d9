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
    OUTBOX_COUNT,
    OUTBOX_PUBLISHERS,
    OUTBOX_LAST_SENT,
    OUTBOX_SET_SENT,
    OUTBOX_SEEN,
    OUTBOX_SET_SEEN,
    OUTBOX_STATEMENTS
};

struct outbox {
    sqlite3 *db;
    char stream_id[CHISO_ID_BYTES_MAX + 1];
    sqlite3_stmt *statements[OUTBOX_STATEMENTS];
};

extern const char outbox_schema[];

/* The sentence and the code for what SQLite last complained about. */
int outbox_failure(struct outbox *outbox, struct chiso_message *why);
/* Ready for binding; NULL after a failure. */
sqlite3_stmt *outbox_prepare(struct outbox *outbox, enum outbox_statement which, struct chiso_message *why);
/* 1: a row to be read; 0: done; negative: a failure. After 0 or less the statement is ready for another use;
 * after 1 the caller steps on or resets it. */
int outbox_step(struct outbox *outbox, sqlite3_stmt *statement, struct chiso_message *why);
/* A statement without parameters and result. */
int outbox_run(struct outbox *outbox, enum outbox_statement which, struct chiso_message *why);

#endif
