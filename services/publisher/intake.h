/* A complete file of the watched folder goes into the outbox, and then to done/ or refused/:
 *
 *   1. read and check, as --check does
 *   2. one transaction: its reports, and a note of the file (struct outbox_file) with its place in done/
 *   3. move it there
 *   4. note that it lies there
 *
 * Whoever dies between these steps goes on at the right one: before 2 nothing has happened, after it the note
 * says that this very file is in the outbox. What a lost note costs is a second reading, whose reports have
 * the same revisions and are duplicates. A file that has grown while it was read is moved back and read again.
 *
 * A file with faults changes nothing: refused/NAME.txt says what is wrong with it, then it is moved beside.
 * Nothing in done/ and refused/ is overwritten: a second q1.csv becomes q1-2.csv. */
#ifndef PUBLISHER_INTAKE_H
#define PUBLISHER_INTAKE_H

#include "core/catalogue.h"
#include "io/outbox.h"
#include "watch.h"

struct intake {
    struct outbox *outbox;
    const char *dir;
    const struct catalogue *catalogue; /* may be NULL */
    const char *province, *publisher; /* as in struct plan */
    unsigned taken, refused, deferred; /* files; the last one counts tries */
};

/* After a start: files that were moved but not noted. Fails as the outbox does. */
int intake_recover(struct intake *intake, struct chiso_message *why);

/* CHISO_OK: it is gone from the folder. CHISO_EIO, CHISO_ENOMEM, CHISO_ECONFLICT: not now (WHY says why), try
 * again later. CHISO_EINVAL: the outbox is damaged. Closes FILE->stream. */
int intake_take(struct intake *intake, struct watch_file *file, struct chiso_message *why);

#endif
