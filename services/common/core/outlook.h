/* A figure on the way to its target: the pace that the rest of the way needs, and where the windows so far
 * are heading (STATISTICS S4; the arithmetic is core/landing.h).
 *
 * What S4 leaves open, as decided here: the windows are those of the cadence, of the same unit and
 * definition, among the last twelve up to the figure's that have a value; where the year to date is judged,
 * or the figure itself runs from the beginning of the year, only those of the figure's year. A window brings
 * its own figure where the year to date adds up, otherwise its difference from the window just before.
 * increase_each_year aims at figures that are not there yet and has no outlook. */
#ifndef CORE_OUTLOOK_H
#define CORE_OUTLOOK_H

#include "core/landing.h"
#include "core/row.h"

struct outlook {
    chiso_day due;
    size_t windows; /* with a figure, at most LANDING_WINDOWS_MAX */
    chiso_day redefined; /* older windows are of another definition than the one that began on this day;
                            CHISO_DAY_FIRST: none is left out for it */
    bool has_landing; /* false: fewer than LANDING_WINDOWS_MIN windows */
    struct landing landing;
    size_t remaining; /* windows of the cadence that still end on or before the due date */
    bool has_pace; /* REMAINING > 0 */
    mpq_t needed; /* what each of them must bring on average */
    bool has_recent; /* LANDING_RECENT windows are known */
    mpq_t recent; /* the median of what the last LANDING_RECENT brought */
};
void outlook_init(struct outlook *outlook);
void outlook_release(struct outlook *outlook);

/* *OUT, initialised by the caller, for ROW. CHISO_ENOTFOUND: it has none: no judged figure, or no target that
 * is due later. CHISO_ERANGE: a total overflows. */
int outlook_read(const struct catalogue *catalogue, const struct store *store, const struct row *row,
    chiso_instant_ms now, struct outlook *out);

/* Exact numbers as decimal strings; a new reference, NULL without memory. */
json_t *outlook_json(const struct outlook *outlook);

#endif
