/* History across the successions of units (STATISTICS S5): the figures of a unit before it began, which are
 * those of the units that wholly became it, and windows that strictly contain its beginning, which have no
 * stored total. The other half of rollup.h.
 *
 * All of it needs the figures of the former units, which another province may keep, and of units from before
 * they moved: whoever reads it loads the provinces of boundaries_provinces into one store. A store knows which
 * provinces it holds (store_narrow), and gives TOTAL_ELSEWHERE instead of a number that leaves others out:
 * effective.c says it of the windows of one unit that ended while it was there, rollup.c passes it on to what
 * is made of them, position.c to what is decided by them. A figure that was reported as a whole needs nothing
 * from before.
 *
 * What S5 leaves open, as decided here:
 * - Figures are combined per unit first and then over units, as everywhere (S2). A not comparable unit then
 *   counts as not reported. Where that leaves the total of a unit founded inside the window incomplete, but
 *   the totals of its sub-periods are all complete, it is their sum (450 + 500): a merged province's year is
 *   exact though some of its communes' are not comparable. It then stands for the units that are expected on
 *   the window's last day. A unit that goes on through the window has no such sum: units may have moved in
 *   or out of it, and its sub-periods then cover different territories.
 * - A unit that passed on in part only, even to a single other one, makes that one not comparable, also for
 *   windows in which the part was no unit yet: the rest would not be all of it.
 * - In the total above, a not comparable unit is expected where it owes the window, and also where figures of
 *   it, or of units that became it in whole or in part, lie inside: what is known to be missing is not all in.
 * - A unit that a succession founded out of one other unit is no more that unit than one out of several: its
 *   rates are not comparable either. */
#ifndef CORE_BOUNDARIES_H
#define CORE_BOUNDARIES_H

#include "core/catalogue.h"
#include "core/store.h"

/* The total of (UNIT as it is on DAY, PERIOD, INDICATOR[@LEVEL]). Where that unit is valid on the period's
 * last day, that is what rollup_read gives; where it began later, the sum of the former units' totals; where
 * it has ended, or a former unit passed into it in part, or figures of this measure do not add up,
 * TOTAL_NOT_COMPARABLE, the units expected all the same. A sum has no journal number (SEQ 0): the former
 * units may have several journals. CHISO_ENOTFOUND: no such unit on DAY, nobody became it, or no definition.
 * CHISO_ERANGE: overflow. */
int boundaries_total(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    chiso_day day, struct chiso_period period, uint32_t indicator, int level, struct total *out);

/* Does PERIOD strictly contain the beginning of ROW's unit out of former ones, and do the figures of its
 * sub-periods add up? Its effective value is then boundaries_side's, else effective_side's. */
bool boundaries_straddles(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period period, const struct indicator *definition);
/* As effective_side for such a unit and window: its own report for PERIOD, else its sub-periods and, before
 * it began, those of the units that became it. *TOLD (set, never cleared): whether that can be told. */
int boundaries_side(const struct catalogue *catalogue, const struct store *store, const struct unit_row *row,
    struct chiso_period period, const struct indicator *definition, struct side *shown, struct side *part,
    enum total_told *told);
/* A total that is not complete in a window in which ROW's unit was founded out of former ones: the sum of the
 * totals of its sub-periods, where these are. TOTAL is left alone otherwise. */
int boundaries_complete(const struct catalogue *catalogue, const struct store *store,
    const struct unit_row *row, struct chiso_period period, const struct indicator *definition, int level,
    struct total *total);

/* Does PERIOD strictly contain a succession of the unit, or of one below it? */
bool boundaries_split(
    const struct catalogue *catalogue, const struct unit_row *row, chiso_day first, chiso_day last);

/* What an indicator's figures before DAY become for the unit of ROW, valid on DAY, and why. */
enum becoming {
    BECOMES_ITSELF, /* no succession founded it */
    BECOMES_SUM, /* of the former units, counts, amounts, numerators and denominators, ones of a share */
    BECOMES_EXTREME, /* the smallest or largest of the former units' */
    BECOMES_NOT_COMPARABLE_PART, /* a former unit passed into it in part, or one before that */
    BECOMES_NOT_COMPARABLE_MEASURE, /* figures of the measure do not add up */
};
#define BECOMINGS 5
extern const char *const becoming_names[BECOMINGS]; /* "itself", "sum" … */
enum becoming boundaries_becoming(
    const struct catalogue *catalogue, const struct unit_row *row, const struct indicator *definition);

/* What a window that contains the foundation of ROW's unit becomes, where the unit does not report it as a
 * whole. */
enum crossing {
    CROSSES_COMBINED, /* both sides of it are put together */
    CROSSES_AS_OF_END, /* the latest figure after it */
    CROSSES_NOTHING, /* only the own report counts */
    CROSSES_NOT_COMPARABLE, /* a former unit passed into it in part */
};
#define CROSSINGS 4
extern const char *const crossing_names[CROSSINGS]; /* "combined" … */
enum crossing boundaries_crossing(
    const struct catalogue *catalogue, const struct unit_row *row, const struct indicator *definition);

/* Calls VISIT for PROVINCE and for every province that kept figures of units which became, over however many
 * successions, a unit that was ever in PROVINCE, or that moved there: each once. Stops when VISIT returns
 * non-zero and returns that. CHISO_ENOMEM. */
int boundaries_provinces(const struct catalogue *catalogue, uint32_t province,
    int (*visit)(void *context, uint32_t province), void *context);
/* The same with units, and the units that became them, as they were up to DAY: what a merger after it will
 * need is left out. */
int boundaries_provinces_until(const struct catalogue *catalogue, uint32_t province, chiso_day day,
    int (*visit)(void *context, uint32_t province), void *context);

#endif
