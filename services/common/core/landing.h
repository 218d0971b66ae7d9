/* Where a row of figures is heading (STATISTICS S4, pace and projected landing), in exact rationals. This
 * project's choice and no published rule; a projection is shown and never judged. */
#ifndef CORE_LANDING_H
#define CORE_LANDING_H

#include <chiso/date.h>
#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#define LANDING_WINDOWS_MIN 5
#define LANDING_WINDOWS_MAX 12
#define LANDING_RECENT 4 /* windows whose median the pace is compared with */

struct landing_point {
    chiso_day day; /* the window's last */
    mpq_t figure;
};

struct landing {
    mpq_t value, low, high;
};

/* The median of COUNT > 0 values, which are sorted on the way; of an even number the mean of the middle two.
 */
void landing_median(mpq_t values[], size_t count, mpq_t out);

/* Theil–Sen: the line through the medians of days and figures with the median of the pairwise slopes, at DUE;
 * low and high with the lower and the upper quartile of the slopes (the medians of the lower and of the upper
 * half, without the middle one of an odd number). The days differ. False: fewer than LANDING_WINDOWS_MIN
 * points, or more than LANDING_WINDOWS_MAX. OUT's numbers are initialised by the caller. */
bool landing_project(const struct landing_point points[], size_t count, chiso_day due, struct landing *out);

#endif
