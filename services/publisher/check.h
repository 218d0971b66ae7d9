/* What the centre would refuse, found at the clerk's desk: the catalogue's rules, by the aggregator's own
 * code (core/admit.h). Revisions are not judged: what is in force is known at the centre only. */
#ifndef PUBLISHER_CHECK_H
#define PUBLISHER_CHECK_H

#include "core/catalogue.h"
#include "core/report_csv.h"

/* Hears every refusal. */
struct check_reader {
    void (*refused)(void *context, size_t line, enum chiso_reason reason, const char *text);
    void *context;
};

/* PUBLISHER: NULL when each unit publishes under its own code. CHISO_ENOMEM. */
int check_drafts(const struct catalogue *catalogue, const struct report_csv *csv, const char *publisher,
    chiso_instant_ms now, const struct check_reader *reader);

#endif
