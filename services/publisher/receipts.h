/* What a receipt does to a report that waited for it: it leaves the outbox, its verdict is printed and
 * counted, what it says about the rows of a watched file is remembered, and figures whose counted revision
 * was too low go out again (core/counting.h). */
#ifndef PUBLISHER_RECEIPTS_H
#define PUBLISHER_RECEIPTS_H

#include "io/outbox.h"
#include "verdict.h"

struct receipts {
    struct outbox *outbox;
    const char *language;
    FILE *out; /* NULL: nothing is printed */
    struct tally tally;
    struct chiso_arena arena; /* for the report that is looked at */
};

int receipts_init(struct receipts *receipts, struct outbox *outbox, const char *language, FILE *out);
void receipts_release(struct receipts *receipts);

/* VERDICT on ENTRY. To be called between outbox_begin and outbox_commit. */
int receipts_settle(struct receipts *receipts, const struct outbox_entry *entry,
    const struct chiso_verdict *verdict, struct chiso_message *why);

#endif
