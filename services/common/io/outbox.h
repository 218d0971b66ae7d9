/* Reports on their way, on disk until a receipt comes back, and what the publisher remembers to
 * count revisions (core/counting.h). A SQLite file in WAL mode with synchronous=FULL: what outbox_commit has
 * acknowledged survives a power cut. One publisher at a time (FILE.lock); the operator's commands may look
 * into it beside.
 *
 * Every function that fails leaves a sentence in WHY (may be NULL). CHISO_EIO (a full disk is one),
 * CHISO_ENOMEM, CHISO_ECONFLICT: it may work later, and what was there before is there still. CHISO_EINVAL:
 * the file turns out to be damaged; the next outbox_open sees to it. */
#ifndef IO_OUTBOX_H
#define IO_OUTBOX_H

#include "core/counting.h"
#include <chiso/report.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbox;

/* Opens FILE, or makes it. CHISO_ECONFLICT: another publisher has it; WHY says which. CHISO_EREFUSED: it is
 * something else, or from a newer version. A damaged one is moved aside and a new one takes its place, with
 * the reports that could still be read: that is CHISO_OK with a sentence in WHY, which is "" otherwise. */
int outbox_open(const char *file, struct outbox **out, struct chiso_message *why);
/* FILE as it is, for looking and for outbox_remove, also while a publisher has it. CHISO_ENOTFOUND. */
int outbox_open_beside(const char *file, struct outbox **out, struct chiso_message *why);
void outbox_close(struct outbox *outbox); /* accepts NULL */

/* The same for the life of the file: Report.stream_id, and a part of every report_id. */
const char *outbox_stream_id(const struct outbox *outbox);

/* Everything between begin and commit is on disk whole or not at all. Without begin, each call commits
 * itself.
 */
int outbox_begin(struct outbox *outbox, struct chiso_message *why);
int outbox_commit(struct outbox *outbox, struct chiso_message *why);
void outbox_rollback(struct outbox *outbox);

/* ---- reports ---- */

#define OUTBOX_TOPIC_BYTES 128
#define OUTBOX_ORIGIN_BYTES 256
#define OUTBOX_REFUSAL_BYTES 64

/* What may wait at a time: a country's year by month is 40,000 reports and 150 MB, so whoever reaches this
 * has had no centre for a long time, or sends nonsense. */
#define OUTBOX_REPORTS_MAX 1000000
#define OUTBOX_BYTES_MAX ((uint64_t)1 << 30)
/* New reports leave this much of the disk free, so that the receipts of older ones can be written down: a WAL
 * of SQLite's 1,000 pages, its way into the file, and the same again. */
#define OUTBOX_DISK_RESERVE_BYTES ((uint64_t)16 << 20)
/* Other bounds than these, for those who know their machine. */
void outbox_set_bounds(struct outbox *outbox, uint64_t reports_max, uint64_t bytes_max);

/* What goes beside a report; strings live as long as the caller's. */
struct outbox_label {
    const char *province, *publisher; /* make the topic */
    const char *origin; /* the file it was read from, cut to what fits; "" for none */
    const size_t *lines; /* in it, of each observation; NULL: unknown */
    bool counted; /* the revision is ours and not the source's */
    unsigned try; /* from 1 */
    int64_t file; /* struct outbox_file; 0: none */
};

/* Stores REPORT with stream_id, the topic's next sequence and a new report_id in place of its own. CHISO_EIO
 * also when a bound is reached: the outbox is full until receipts come. */
int outbox_add(struct outbox *outbox, const struct chiso_report *report, const struct outbox_label *label,
    struct chiso_message *why);

struct outbox_entry {
    int64_t id; /* grows from report to report */
    char report_id[CHISO_ID_BYTES_MAX + 1];
    char province[8], publisher[CHISO_UNIT_BYTES_MAX + 1];
    char origin[OUTBOX_ORIGIN_BYTES];
    bool counted;
    unsigned try;
    int64_t file;
    char refusal[OUTBOX_REFUSAL_BYTES]; /* why the broker did not let it be published; "" */
    void *payload; /* the encoded report */
    size_t payload_length;
    size_t *lines; /* NULL: unknown */
    size_t line_count;
};
/* The oldest report with an id above AFTER. CHISO_ENOTFOUND: none. Release *OUT. */
int outbox_next(struct outbox *outbox, int64_t after, struct outbox_entry *out, struct chiso_message *why);
void outbox_entry_release(struct outbox_entry *entry);

/* Only for a report whose receipt has come, or that the operator drops. */
int outbox_remove(struct outbox *outbox, int64_t id, struct chiso_message *why);
/* Remembers why the broker did not let ENTRY be published. */
int outbox_set_refusal(
    struct outbox *outbox, const struct outbox_entry *entry, const char *refusal, struct chiso_message *why);

struct outbox_numbers {
    uint64_t published; /* reports that it has ever held */
    uint64_t waiting, bytes; /* those without a receipt */
    uint64_t refused; /* of them, those with a refusal */
};
struct outbox_numbers outbox_numbers(const struct outbox *outbox);

/* *CHANGED when the operator has changed something since the last call, that is dropped reports. */
int outbox_changed_beside(struct outbox *outbox, bool *changed, struct chiso_message *why);
bool outbox_holds(struct outbox *outbox, int64_t id);

/* ---- files that reports were read from, and what became of their rows ---- */

#define OUTBOX_NAME_BYTES 256
struct outbox_file {
    int64_t id;
    char name[OUTBOX_NAME_BYTES]; /* where it lay */
    char identity[OUTBOX_NAME_BYTES]; /* which file of that name it was */
    char place[OUTBOX_NAME_BYTES]; /* where it is to lie */
    char separator; /* of its columns */
    size_t figures; /* in it; 0: unknown */
    bool moved; /* and does */
};

/* Takes all but FILE->id, which it sets. */
int outbox_file_add(struct outbox *outbox, struct outbox_file *file, struct chiso_message *why);
int outbox_file_set_place(
    struct outbox *outbox, int64_t id, const char *place, bool moved, struct chiso_message *why);
/* CHISO_ENOTFOUND. */
int outbox_file_find(struct outbox *outbox, const char *name, const char *identity, struct outbox_file *out,
    struct chiso_message *why);
/* The first file with an id above AFTER that has not been moved. CHISO_ENOTFOUND. */
int outbox_file_unmoved(
    struct outbox *outbox, int64_t after, struct outbox_file *out, struct chiso_message *why);
/* The first file with an id above AFTER that has been moved and of which no report waits. CHISO_ENOTFOUND. */
int outbox_file_settled(
    struct outbox *outbox, int64_t after, struct outbox_file *out, struct chiso_message *why);
/* With its rows; between outbox_begin and outbox_commit. */
int outbox_file_remove(struct outbox *outbox, int64_t id, struct chiso_message *why);

struct outbox_row {
    size_t line;
    const char *unit, *period, *indicator;
    uint64_t revision;
    enum chiso_outcome outcome; /* 0: dropped by the operator */
    enum chiso_reason reason; /* 0: none */
    const char *text; /* the centre's sentence; "" */
};
/* A row that is there already is replaced. */
int outbox_row_set(
    struct outbox *outbox, int64_t file, const struct outbox_row *row, struct chiso_message *why);
/* By line; strings live during the call. */
int outbox_rows(struct outbox *outbox, int64_t file,
    void (*visit)(void *context, const struct outbox_row *row), void *context, struct chiso_message *why);

/* ---- what was sent, for counting ---- */

#define OUTBOX_CONTENT_CHARS COUNTING_CONTENT_CHARS
struct outbox_figure {
    const char *unit, *period, *indicator;
};
/* The revision and content last sent for a figure; revision 0 when there was none. */
int outbox_last_sent(struct outbox *outbox, struct outbox_figure figure, uint32_t *revision,
    char content[OUTBOX_CONTENT_CHARS], struct chiso_message *why);
int outbox_set_sent(struct outbox *outbox, struct outbox_figure figure, uint32_t revision,
    const char *content, struct chiso_message *why);
/* The highest revision that a receipt has named for the unit and period; 0 when there was none. */
int outbox_seen(struct outbox *outbox, const char *unit, const char *period, uint32_t *revision,
    struct chiso_message *why);
/* Remembers REVISION when it is higher. */
int outbox_set_seen(struct outbox *outbox, const char *unit, const char *period, uint32_t revision,
    struct chiso_message *why);

#endif
