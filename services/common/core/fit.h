/* Does a catalogue fit figures that are stored? Asked before it comes into force: what does not fit is refused
 * while the old one still holds, so that no figure gets out of sight. */
#ifndef CORE_FIT_H
#define CORE_FIT_H

#include "core/catalogue.h"
#include "core/store.h"

/* The province where a figure of (unit, period, an indicator of CALENDAR) belongs: the unit's on the period's last
 * day. A unit that is in no province by then keeps its figures where they are STORED (CATALOGUE_NONE: nowhere
 * yet), as long as it ever was there: they are read, and count nowhere. CATALOGUE_NONE: it has no place. */
uint32_t fit_province(const struct catalogue *catalogue, uint32_t unit, struct chiso_period period,
    enum chiso_calendar calendar, uint32_t stored);

/* Every figure of STORE must still have the form and the decimals of its definition. CHISO_EINVAL with a
 * sentence. */
int fit_check_figures(
    const struct catalogue *catalogue, const struct store *store, struct chiso_message *why);

/* Has NOW another measure, across_time or calendar of an indicator of FORMER, which may not change under it (S2), or
 * another factor, under which a bare figure, given in the printed unit (S1), would be another one? A factor
 * that changes under operands changes only the unit that they are printed in. */
bool fit_redefines(const struct catalogue *former, const struct catalogue *now);
/* A sentence for each indicator whose figures in STORE, which was read with FORMER, NOW would read as something
 * else. Withdrawn figures say nothing, and may be followed by others. CHISO_ENOMEM. */
int fit_each_redefined(const struct catalogue *former, const struct store *store, const struct catalogue *now,
    void (*say)(void *context, const struct chiso_message *sentence), void *context);

#endif
