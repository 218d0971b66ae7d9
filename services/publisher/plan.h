/* From drafts to reports in the outbox: which topic, and which revision. */
#ifndef PUBLISHER_PLAN_H
#define PUBLISHER_PLAN_H

#include "core/catalogue.h"
#include "core/report_csv.h"
#include "io/outbox.h"

struct plan {
    const struct catalogue *catalogue; /* says which province a unit is in on the period's last day; may be
                                          NULL */
    const char *province; /* where the catalogue does not say; may be NULL */
    const char *publisher; /* NULL: every unit under its own code */
    const char *origin; /* the file */
    struct outbox_file *file; /* the same for the results of its rows; NULL: nobody asks for them */
    chiso_instant_ms now; /* Report.issued_at_ms */
};

/* Puts all reports of CSV into the outbox, or none, durably. Figures without revision get one as
 * core/counting.h says, so one draft can become several reports. CHISO_EREFUSED, CHISO_ERANGE: the figures
 * cannot be sent (a unit's province is not known; there is no higher revision). Otherwise what outbox.h says;
 * with CHISO_EIO they may be offered again later. */
int plan_queue(
    const struct plan *plan, struct outbox *outbox, const struct report_csv *csv, struct chiso_message *why);

/* Remembers that the OBSERVATION was sent at REVISION. */
int plan_remember(struct outbox *outbox, const char *unit, const char *period,
    const struct chiso_observation *observation, uint32_t revision, struct chiso_message *why);

#endif
