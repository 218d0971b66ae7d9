/* What a number is made of: every figure reported at or under a unit that bears on a total, and which of them
 * are in the number that is shown. */
#ifndef CORE_TRAIL_H
#define CORE_TRAIL_H

#include "core/catalogue.h"
#include "core/store.h"

struct trail_leaf {
    uint32_t unit;
    struct chiso_period period; /* the one reported, inside the total's */
    const struct leaf *leaf; /* lives as long as the store is not changed */
    bool whole; /* the unit speaks for the whole; otherwise it is a part */
    bool used; /* in the number shown; otherwise withdrawn, replaced by a longer period's own report, on the
                  side not chosen, or in an interval that enters nothing */
};

struct trail {
    struct trail_leaf *list;
    size_t count, capacity;
};

/* All leaves of INDICATOR at or under UNIT inside PERIOD (those whose revisions the total counts), units in
 * the order of the catalogue's tree, periods ascending. CHISO_ENOTFOUND as rollup_total; CHISO_ENOMEM. *OUT
 * is released with trail_release, also after an error. */
int trail_collect(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct trail *out);
void trail_release(struct trail *trail);

#endif
