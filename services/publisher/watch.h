/* A folder into which people and programs put files of figures: which of them are complete?
 *
 * The folder is read every WATCH_SCAN_MS, because inotify says nothing about a folder that another machine
 * writes over SMB or NFS. A file counts as complete when its size, its times and its inode have stayed as they
 * are for the settling time, and nobody on this machine has it open for writing (an scp or an SMB server that
 * pauses). Names that begin with '.' or '~', and those that do not end with .csv, are not looked at: so
 * programs that write under another name and rename are never in doubt. Files of spreadsheet programs are
 * reported, to be refused with a sentence. Neither links nor folders are followed.
 *
 *   DIR/          what is to be read
 *   DIR/done/     what has been read, and the results
 *   DIR/refused/  what could not be, and why */
#ifndef PUBLISHER_WATCH_H
#define PUBLISHER_WATCH_H

#include "core/report_csv.h"
#include "io/outbox.h"
#include <stdio.h>

/* ---- limits of the service ---- */
#define WATCH_SCAN_MS 1000
#define WATCH_SETTLE_S 5 /* unless told otherwise; longer than a copy usually pauses */
#define WATCH_SETTLE_MAX_S 3600
#define WATCH_FILES_MAX 1000 /* looked at at a time; others come as these go */
#define WATCH_NAME_BYTES_MAX 200 /* leaves room for what is put behind it in done/ and refused/ */
#define WATCH_ROWS_MAX 500000 /* fits the outbox at any rate (OUTBOX_REPORTS_MAX) */
/* How soon a folder, or a file that could not be taken, is tried again. */
#define WATCH_RETRY_FIRST_MS 1000
#define WATCH_RETRY_MAX_MS 60000

#define WATCH_DONE "done"
#define WATCH_REFUSED "refused"

struct watch;

/* A complete file. */
struct watch_file {
    char name[WATCH_NAME_BYTES_MAX + 1];
    char identity[OUTBOX_NAME_BYTES]; /* equal for the same file with the same content */
    bool is_csv; /* false: a spreadsheet program's */
    FILE *stream; /* open for reading; the caller closes it */
};

/* DIR is copied; done/ and refused/ are made. CHISO_EIO: it cannot be read or written. */
int watch_open(const char *dir, long long settle_ms, struct watch **out, struct chiso_message *why);
void watch_close(struct watch *watch); /* accepts NULL */

/* The next complete file, by name. CHISO_ENOTFOUND: none now. CHISO_EIO: the folder cannot be read; said at
 * each try, with a back-off between them. NOW_MS: clock_monotonic_ms. */
int watch_next(struct watch *watch, long long now_ms, struct watch_file *out, struct chiso_message *why);
/* The file could not be taken, and is offered again later. */
void watch_defer(struct watch *watch, const char *name, long long now_ms);

/* How often the folder could not be read. */
unsigned watch_failures(const struct watch *watch);

/* The identity of an open file as in struct watch_file; "" when it cannot be told. */
void watch_identity(int handle, char out[OUTBOX_NAME_BYTES]);

#endif
