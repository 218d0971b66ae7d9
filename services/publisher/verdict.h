/* What a person reads about a report: a line for each verdict, a line for each refused figure, a summary. The
 * first word is the outcome's name on the wire, the sentence behind it Vietnamese or English. */
#ifndef PUBLISHER_VERDICT_H
#define PUBLISHER_VERDICT_H

#include "io/outbox.h"
#include <stdio.h>

/* How the reports of this run ended. One that goes out again with another revision counts once, at its end.
 */
struct tally {
    size_t outcomes[CHISO_OUTCOMES];
    size_t waiting; /* without receipt when the run ended */
};

/* LANGUAGE: "vi" or "en", everywhere. */
void verdict_print(FILE *out, const char *language, const struct outbox_entry *entry,
    const struct chiso_report *report, const struct chiso_verdict *verdict);
/* An outcome, and the kind of a refusal, in words. */
const char *verdict_sentence(enum chiso_outcome outcome, bool english);
const char *verdict_reason_vi(enum chiso_reason reason);
/* COUNT figures of the report just printed go out again. */
void verdict_print_again(FILE *out, const char *language, size_t count, uint32_t revision);
/* COUNT figures of the report just printed have been replaced in the outbox by newer ones. */
void verdict_print_replaced(FILE *out, const char *language, size_t count);
void tally_print(FILE *out, const char *language, const struct tally *tally);
/* All accepted or duplicate, none waiting. */
bool tally_is_good(const struct tally *tally);

#endif
