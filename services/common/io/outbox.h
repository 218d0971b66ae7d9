/* Reports on their way, on disk until a receipt comes back, and what the publisher remembers to
 * count revisions (core/counting.h). A SQLite file in WAL mode with synchronous=FULL: what outbox_commit has
 * acknowledged survives a power cut. One process at a time.
 *
 * Every function that fails leaves a sentence in WHY (may be NULL): CHISO_EIO, CHISO_ENOMEM, and CHISO_EINVAL
 * where the file turns out to be damaged. */
#ifndef IO_OUTBOX_H
#define IO_OUTBOX_H

#include "core/counting.h"
#include <chiso/report.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbox;

/* Opens FILE, or makes it. CHISO_ECONFLICT: another process has it open. CHISO_EREFUSED: it is something
 * else, or from a newer version. CHISO_EINVAL: it is damaged; it has been moved aside and WHY names the new
 * place. */
int outbox_open(const char *file, struct outbox **out, struct chiso_message *why);
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

/* What goes beside a report; strings live as long as the caller's. */
struct outbox_label {
    const char *province, *publisher; /* make the topic */
    const char *origin; /* the file it was read from, cut to what fits; "" for none */
    const size_t *lines; /* in it, of each observation; NULL: unknown */
    bool counted; /* the revision is ours and not the source's */
    unsigned try; /* from 1 */
};

/* Stores REPORT with stream_id, the topic's next sequence and a new report_id in place of its own. */
int outbox_add(struct outbox *outbox, const struct chiso_report *report, const struct outbox_label *label,
    struct chiso_message *why);

struct outbox_entry {
    int64_t id; /* grows from report to report */
    char report_id[CHISO_ID_BYTES_MAX + 1];
    char province[8], publisher[CHISO_UNIT_BYTES_MAX + 1];
    char origin[OUTBOX_ORIGIN_BYTES];
    bool counted;
    unsigned try;
    void *payload; /* the encoded report */
    size_t payload_length;
    size_t *lines; /* NULL: unknown */
    size_t line_count;
};
/* The oldest report with an id above AFTER. CHISO_ENOTFOUND: none. Release *OUT. */
int outbox_next(struct outbox *outbox, int64_t after, struct outbox_entry *out, struct chiso_message *why);
void outbox_entry_release(struct outbox_entry *entry);

/* Only for a report whose receipt has come. */
int outbox_remove(struct outbox *outbox, int64_t id, struct chiso_message *why);
int outbox_count(struct outbox *outbox, size_t *count, struct chiso_message *why);

/* Calls VISIT for every publisher that has a report waiting; stops when it returns non-zero and returns that.
 */
int outbox_publishers(struct outbox *outbox, int (*visit)(void *context, const char *publisher),
    void *context, struct chiso_message *why);

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
