/* Where the truth of a figure lies (STATISTICS S3): exact rational ends, each open or closed, finite or not.
 *
 * An end is open if any contributing end is; "infinite" stands for −∞ at the low and +∞ at the high end. Two
 * choices of this project: the truth of ABOUT does not reach below a minimum of 0, and the bare figure of a
 * ratio or a mean has the minimum 0 of its operands. */
#ifndef CORE_INTERVAL_H
#define CORE_INTERVAL_H

#include "core/catalogue.h"
#include "core/rational.h"
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

/* SIDE of an indicator → interval; SCALE is its total's. Zero denominators follow the definition's
 * zero_denominator; a bare figure is already in the printed unit; a rank's denominator (how many were ranked)
 * divides nothing. INTERVAL is initialised by the caller. */
void interval_of_side(
    const struct indicator *indicator, const struct side *side, uint8_t scale, struct interval *interval);

/* INTO + PART (S3: the ends are added); INTO without a value before is PART. The qualifier is not told. Both
 * are initialised by the caller. */
void interval_add(struct interval *into, const struct interval *part);

/* A − B (S3: lo₁ − hi₂ … hi₁ − lo₂). Both have a value. OUT is initialised by the caller. */
void interval_minus(const struct interval *a, const struct interval *b, struct interval *out);

/* Is a report missing in SIDE, so that its truth may lie outside what was reported? */
bool interval_is_incomplete(const struct side *side);

#endif
