/* A total of one (unit, period, indicator[@kind]) (STATISTICS S2) and its stable text in Redis. Sums are
 * exact integers scaled by the definition's input_decimals, kept per qualifier class so that bounds survive
 * addition. */
#ifndef CORE_TOTAL_H
#define CORE_TOTAL_H

#include <chiso/error.h>
#include <chiso/period.h>
#include <chiso/report.h>
#include <stdbool.h>
#include <stdint.h>

typedef __int128 wide;

/* Σ and count of one operand, by qualifier class. */
struct sums {
    wide sum[CHISO_QUALIFIERS];
    uint32_t count[CHISO_QUALIFIERS];
};

/* SIDE_PAIR of a rank (measure rank): the numerator is the rank, the denominator how many were ranked; no
 * quotient. */
enum side_state { SIDE_NONE, SIDE_VALUE, SIDE_PAIR, SIDE_BARE, SIDE_NOT_APPLICABLE };

/* One way to read a total: what a whole reported, or what the parts add up to; also the effective value of
 * one unit. */
struct side {
    enum side_state state;
    struct sums numerator,
        denominator; /* denominator only for SIDE_PAIR; a value or bare figure is in numerator */
    uint32_t reported, partial, expected, not_applicable; /* units */
    struct chiso_period oldest; /* oldest window that contributes; NONE without a figure */
};

enum basis { BASIS_NONE, BASIS_REPORTED, BASIS_DERIVED };

/* Can the total be told at all? Where it cannot, SHOWN has no figure, only the units expected. A stored total
 * always can (S2: windows with a succession inside are computed when read), so the text does not say it. */
enum total_told {
    TOTAL_TOLD,
    TOTAL_NOT_COMPARABLE, /* boundaries: a former unit passed on in part, or does not add up (S5) */
    TOTAL_ELSEWHERE, /* it needs figures that a province keeps which the store does not hold */
    TOTAL_TWO_DEFINITIONS, /* a year to date with a new version of the definition inside (S7) */
};

struct total {
    enum basis basis;
    enum total_told told;
    bool by_time; /* the sum of its sub-periods' totals (core/boundaries.h); never stored either */
    uint8_t scale; /* decimals of all sums */
    struct side shown; /* what is read */
    bool has_other;
    struct side other; /* the side not chosen: the parts beside a whole, a partial whole beside the parts */
    enum total_told below; /* of the parts below a bare figure; without them there is no OTHER */
    uint64_t revision; /* Σ revisions of all leaves of the indicator in the subtree inside the period */
    uint64_t seq; /* the newest journal entry among those leaves */
};

/* Has SIDE a figure that can be added to others? A bare one cannot. */
bool side_is_summable(const struct side *side);
/* Has it one that can be shown and judged, bare or not? */
bool side_has_figure(const struct side *side);

/* What the total gives to the total above it: the shown side, or the other one where a bare figure is shown.
 */
const struct side *total_contribution(const struct total *total);
/* Can that be told? */
enum total_told total_contribution_told(const struct total *total);

/* How figures of several units, or of several sub-periods, become one. Of minima and maxima a class keeps the
 * extreme figure instead of the sum, and the count: its bounds move with the figure, so the extreme decides.
 */
enum joining { JOIN_SUM, JOIN_MIN, JOIN_MAX };
/* INTO and PART together, counts added. CALENDAR says which of two windows is the older: July ends before 15 July
 * in the administrative one. CHISO_ERANGE: overflow, and INTO is then half changed. */
int side_join(struct side *into, const struct side *part, enum joining joining, enum chiso_calendar calendar);
/* The steps of it, for a part that is kept as something else: COUNT figures whose sum (or extreme) is VALUE, of one
 * class; counts of units, state and age. */
int sums_add(struct sums *into, int qualifier, wide value, uint32_t count, enum joining joining);
int side_add_units(
    struct side *into, uint32_t reported, uint32_t partial, uint32_t expected, uint32_t not_applicable);
void side_add_state(
    struct side *into, enum side_state state, struct chiso_period oldest, enum chiso_calendar calendar);
/* "All not applicable" is not applicable; not applicable beside something missing is not reported. */
void side_settle(struct side *side);
/* The nominal figure over all classes that occur; 0 when none does. */
wide sums_value(const struct sums *sums, enum joining joining);

/* Text of a total: "<basis> <revision> <seq> <scale> <side>[ | <side>]",
 * basis R (reported), D (derived) or - (none); side "<state> <reported> <partial> <expected> <not_applicable>
 * <oldest or -> <numerator> <denominator>"; state V P B N or -; operand "-" or classes "<q><sum>*<count>"
 * joined by commas, q one of = > < ~ e ^, sums (of minima and maxima the extreme, of shares the ones) as
 * integers × 10^-scale. */
#define TOTAL_CHARS 2048
size_t total_print(const struct total *total, char out[TOTAL_CHARS]);
int total_parse(const char *text, size_t length, struct total *out);

#endif
