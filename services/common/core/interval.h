/* Where the truth of a figure lies (STATISTICS S3): exact rational ends, each open or closed, finite or not.
 */
#ifndef CORE_INTERVAL_H
#define CORE_INTERVAL_H

#include "core/catalogue.h"
#include "core/total.h"
#include <gmp.h>
#include <stdbool.h>

struct bound {
    mpq_t value; /* meaningless when infinite */
    bool infinite; /* low: −∞, high: +∞ */
    bool open;
};

struct interval {
    bool has_value; /* false: not reported, not applicable, or a zero denominator without value */
    mpq_t value; /* the nominal figure in the printed unit (factor applied), unrounded */
    struct bound low, high; /* printed unit; wider where reports are missing (S2's last column) */
    enum chiso_qualifier qualifier; /* how it prints */
};

void interval_init(struct interval *interval);
void interval_release(struct interval *interval);

/* SIDE of an indicator → interval. Zero denominators follow the definition's zero_denominator; a bare figure
 * is already in the printed unit. INTERVAL is initialised by the caller. */
void interval_of_side(
    const struct indicator *indicator, const struct side *side, uint8_t scale, struct interval *interval);

/* VALUE rounded half away from zero to DECIMALS, exact otherwise; writes at most CAPACITY bytes with NUL. */
void rational_print_rounded(const mpq_t value, unsigned decimals, char *out, size_t capacity);
/* A finite decimal where it has one, otherwise "n/d" in lowest terms. */
void rational_print_exact(const mpq_t value, char *out, size_t capacity);
void rational_set_decimal(mpq_t out, struct chiso_decimal decimal);
void rational_set_wide(mpq_t out, wide value, unsigned scale);

#endif
