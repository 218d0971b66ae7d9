/* Reports that are owed and have not come. */
#ifndef CTL_GAPS_H
#define CTL_GAPS_H

#include "session.h"

struct gap {
    const struct unit_row *row;
    const struct indicator *definition;
    struct chiso_period period; /* the owed window itself */
    chiso_instant_ms deadline; /* 0: none */
    bool partial; /* some of its days or months are in */
    bool overdue;
    size_t place; /* as found */
};

struct gaps {
    struct gap *list;
    size_t count, capacity, overdue;
};

/* Adds what UNIT and the units under it owe of INDICATOR for PERIOD, or for the windows of their shorter
 * cadence inside it, and have not sent. CHISO_ENOMEM, CHISO_ERANGE. */
int gaps_add(const struct session *session, uint32_t unit, struct chiso_period period, uint32_t indicator,
    struct gaps *gaps);
/* By deadline, those without one last. */
void gaps_sort(struct gaps *gaps);
void gaps_release(struct gaps *gaps);

#endif
