/* The effective value of one unit (STATISTICS S2, rules 1 and 4): its own report, else combined from its
 * sub-periods. */
#ifndef CORE_EFFECTIVE_H
#define CORE_EFFECTIVE_H

#include "core/catalogue.h"
#include "core/store.h"

/* How figures of the indicator become one, over units and over sub-periods. */
enum joining effective_joining(const struct indicator *definition);

/* SUM and the figure PART of the next sub-period together, in order of time: the last one's denominator is the
 * stock at the end of a flow_over_stock. CHISO_ERANGE as side_join. */
int effective_join_next(const struct indicator *definition, struct side *sum, const struct side *part);

/* ROW is the unit's row on the period's last day, DEFINITION the one in force then. SHOWN may be bare; PART
 * is what totals may use. Either may be NULL. The counts of a side say whether this one unit is reported,
 * partial, expected or not applicable. *TOLD (set, never cleared; NULL: STORE is known to have it all):
 * TOTAL_ELSEWHERE where PART needs figures of a province that STORE does not hold, and leaves them out. */
int effective_side(const struct catalogue *catalogue, const struct store *store, const struct unit_row *row,
    struct chiso_period period, const struct indicator *definition, struct side *shown, struct side *part,
    enum total_told *told);

/* May the own report of ROW's unit for PERIOD be in a province that STORE does not hold? ROW is its row on the
 * period's last day. */
bool effective_is_elsewhere(const struct catalogue *catalogue, const struct store *store,
    const struct unit_row *row, struct chiso_period period, const struct indicator *definition);

/* One unit's values of an indicator in all windows of a year, each computed once: for whoever needs several. */
struct effective_year;
struct effective_year *effective_year_new(void); /* NULL: no memory; free() */
/* False where something changes inside YEAR, or the unit has figures for days or intervals: then ask for each window
 * by itself. Valid until a leaf changes. */
bool effective_year_begin(struct effective_year *year, const struct catalogue *catalogue,
    const struct store *store, const struct unit_row *row, int32_t number,
    const struct indicator *definition);
/* PART as effective_side gives it, valid until the next one begins, and the sum of revisions and newest seq of the
 * unit's leaves inside PERIOD, a window of the year. */
int effective_year_part(struct effective_year *year, struct chiso_period period, const struct side **part,
    uint64_t *revision, uint64_t *seq);

/* Does a unit stay a part of windows that go on after its end (S2: it ended without a successor, and the
 * sub-periods up to its end add up)? Its ROW in the functions here is then its last one. */
bool effective_outlives(
    const struct catalogue *catalogue, const struct unit_row *row, const struct indicator *definition);

/* Did the unit of ROW, its last one, end inside WINDOW without a successor, so that it stays a part of its
 * last parent, or of what that wholly became (S2)? */
bool effective_ended_inside(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period window, const struct indicator *definition);

/* Does PERIOD, defined by DEFINITION on its last day, begin with windows of a former definition? They give it
 * nothing (S7): it has only what was reported since, or for the whole of it. */
bool effective_is_redefined(
    const struct catalogue *catalogue, const struct indicator *definition, struct chiso_period period);

/* Does the unit owe its figure for PERIOD: is that one or several whole windows of its cadence? */
bool effective_is_owed(const struct catalogue *catalogue, const struct unit_row *row,
    struct chiso_period period, const struct indicator *definition);

#endif
