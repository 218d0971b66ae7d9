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
                  side not chosen, of another definition, or in an interval that enters nothing */
    bool other_definition; /* on its period's last day another version held than on the total's (S7) */
};

struct trail {
    struct trail_leaf *list;
    size_t count, capacity;
};

/* All leaves of INDICATOR at or under UNIT inside PERIOD, units in the order of the catalogue's tree, periods
 * ascending; where PERIOD contains a succession (core/boundaries.h), those of the former units follow.
 * CHISO_ENOTFOUND as rollup_read; CHISO_ENOMEM. *OUT is released with trail_release, also after an error. */
int trail_collect(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct trail *out);
/* The same for boundaries_total on DAY: of the former units, where UNIT's own began after PERIOD. Nothing is
 * used where the total cannot be told. */
int trail_collect_on(const struct catalogue *catalogue, const struct store *store, chiso_day day,
    uint32_t unit, struct chiso_period period, uint32_t indicator, int level, struct trail *out);
void trail_release(struct trail *trail);

#endif
