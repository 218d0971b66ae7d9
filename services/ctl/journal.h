/* Entries of the provinces' journals, each read once: want as many as are needed, fetch them together, then
 * find them. */
#ifndef CTL_JOURNAL_H
#define CTL_JOURNAL_H

#include "session.h"
#include <chiso/date.h>
#include <stdint.h>

struct journal_note {
    char *indicator, *note;
};

/* What explains a figure; strings are "" where the report could not be read. */
struct journal_report {
    char *publisher, *report_id, *source;
    chiso_instant_ms issued_at; /* 0: unknown */
    struct journal_note *notes; /* of observations that have one */
    size_t note_count;
};

struct journal_entry {
    uint64_t seq;
    chiso_instant_ms time; /* of the commit */
    size_t report_count;
    struct journal_report *reports;
};

struct journal;
/* SESSION lives as long. NULL: no memory. */
struct journal *journal_new(const struct session *session);
void journal_free(struct journal *journal); /* accepts NULL */

/* Notes that entry SEQ of PROVINCE (its code, which must live as long) is wanted; 0 is no entry.
 * CHISO_ENOMEM.
 */
int journal_want(struct journal *journal, const char *province, uint64_t seq);
/* Reads what is wanted and not read yet. Entries in an archive that is not at hand are not found, which is told on
 * standard error. */
int journal_fetch(struct journal *journal, struct chiso_message *why);
/* NULL: it was not fetched, or the journal has no such entry. Lives as long as the journal. */
const struct journal_entry *journal_find(const struct journal *journal, const char *province, uint64_t seq);
/* Report INDEX of the entry; NULL as above. */
const struct journal_report *journal_report(
    const struct journal *journal, const char *province, uint64_t seq, uint32_t index);

#endif
