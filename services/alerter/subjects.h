/* The matters to look at again, each once. */
#ifndef ALERTER_SUBJECTS_H
#define ALERTER_SUBJECTS_H

#include "core/alert.h"

struct subjects {
    struct alert_subject *list;
    size_t count, capacity;
};

/* CHISO_ENOMEM. */
int subjects_add(struct subjects *subjects, struct alert_subject subject);
/* Adds all of MORE. */
int subjects_join(struct subjects *subjects, const struct subjects *more);
/* Everything a report of (unit, period) for INDICATOR touches: the targets of the unit and of those above it,
 * and of the units that they have become by TODAY, their levels, whether the report was overdue, and the consistency rules of the indicator in every window that
 * the figure enters. */
int subjects_add_report(struct subjects *subjects, const struct catalogue *catalogue, uint32_t unit,
    struct chiso_period period, uint32_t indicator, chiso_day today);
/* Everything the catalogue makes a matter of in PROVINCE on the day TODAY, and the rules of every figure in
 * STORE. */
int subjects_add_all(struct subjects *subjects, const struct catalogue *catalogue, const struct store *store,
    uint32_t province, chiso_day today);
/* Sorts and drops repeats. */
void subjects_settle(struct subjects *subjects);
void subjects_release(struct subjects *subjects);

#endif
