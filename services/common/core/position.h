/* Where a figure stands against its target (STATISTICS S4), through one piece of code for every viewer. */
#ifndef CORE_POSITION_H
#define CORE_POSITION_H

#include "core/catalogue.h"
#include "core/interval.h"
#include "core/rollup.h"

enum position {
    POSITION_NO_TARGET,
    POSITION_NOT_COMPARABLE,
    POSITION_OVERDUE,
    POSITION_MET,
    POSITION_MISSED,
    POSITION_REACHED_LATE,
    POSITION_ON_TRACK,
    POSITION_AT_RISK,
    POSITION_BEHIND,
    POSITION_NOT_DUE,
    POSITION_CANNOT_TELL,
};
#define POSITIONS 11
extern const char *const position_names[POSITIONS]; /* "no_target" … */
extern const char *const position_names_vi[POSITIONS]; /* "không có chỉ tiêu" … */

enum incomparable {
    COMPARABLE,
    INCOMPARABLE_UNIT_ENDED,
    INCOMPARABLE_DEFINITION,
    INCOMPARABLE_BOUNDARIES, /* of the figure itself, by total.told: TOTAL_NOT_COMPARABLE */
    INCOMPARABLE_ELSEWHERE, /* TOTAL_ELSEWHERE, of the figure or of another window that decides */
};
#define INCOMPARABLES 5
extern const char *const incomparable_names[INCOMPARABLES]; /* NULL, "unit_ended", "definition" … */

struct judgement {
    enum position position;
    enum position on_figure; /* the same with the rule overdue left out, as attainment wants it */
    const struct target *target; /* NULL: none applies */
    bool has_expected;
    mpq_t expected; /* E(t) in the printed unit; of a band, the bound nearer to the figure */
    bool has_shortfall;
    mpq_t shortfall; /* of the nominal value; positive: falls short */
    bool has_before; /* increase_each_year: the nominal figure of the same window a year before, its T */
    mpq_t before;
    bool year_to_date; /* not the window alone was judged but the year up to its end: */
    enum total_told told; /* can the figure that was judged be told? Else not_comparable */
    enum incomparable incomparable; /* why, where the position is not_comparable */
    chiso_day redefined; /* INCOMPARABLE_DEFINITION: the day on which the later definition began */
    struct interval judged; /* the figure that was judged */
    chiso_instant_ms deadline; /* of the window's report; 0 when it has none */
};
void judgement_init(struct judgement *judgement);
void judgement_release(struct judgement *judgement);

/* The target that counts for (unit, indicator[@level]) at day T: unit before each, the nearest ancestor's
 * each first; among equally specific ones the earliest due on or after T, after the last due that last one;
 * forecasts never. A target belongs to one unit between its foundation and its end (the one that has the code
 * on the baseline date, else on the due date, else last) and is nobody else's, whoever takes the code over.
 * NULL: none. */
const struct target *position_target(
    const struct catalogue *catalogue, uint32_t unit, uint32_t indicator, int level, chiso_day t);

/* Can a figure of (unit, day T) be compared with TARGET? Not when the target's unit, or the unit of an each,
 * does not live to the due date (whatever the clock says: the catalogue knows), nor when the definition on T
 * is another one than on the due date, the baseline's date or that of the milestone which counts: then
 * *REDEFINED is the day on which the later one of the two began. */
enum incomparable position_comparable(const struct catalogue *catalogue, const struct target *target,
    uint32_t unit, chiso_day t, chiso_day *redefined);

/* Why a total that is not TOTAL_TOLD cannot be compared. */
enum incomparable position_untold(enum total_told told);

/* Is PERIOD a window that is judged at NOW: an ended window of the indicator's cadence? Ended means that its
 * last day is over in Vietnam. */
bool position_is_judged(const struct indicator *indicator, struct chiso_period period, chiso_instant_ms now);

/* Does ROW's unit owe a report for PERIOD (one or several whole windows of its cadence)? A unit that may
 * speak for the whole owes only where no part under the same unit does (S2, Details). */
bool position_owes(const struct catalogue *catalogue, const struct indicator *definition,
    const struct unit_row *row, struct chiso_period period);
/* When the report of (ROW's unit, PERIOD) is due. False: the unit owes nothing for PERIOD, or owes it without
 * deadline. */
bool position_deadline(const struct catalogue *catalogue, const struct indicator *definition,
    const struct unit_row *row, struct chiso_period period, chiso_instant_ms *deadline);

/* FIGURE against one TARGET on day T, only the comparison: met, on_track, at_risk, behind, missed, not_due,
 * cannot_tell; not_due without a figure. From the due date on a figure has met or missed its target. BEFORE
 * is the same window a year before, for increase_each_year only: where it is NULL or has no value, it cannot
 * be told. CATALOGUE counts the working days of the curve cumulative and may be NULL for the others. Fills
 * the expected and shortfall members of DETAIL, which may be NULL. */
enum position position_compare(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct target *target, const struct interval *figure, const struct interval *before, chiso_day t,
    struct judgement *detail);

/* The whole order of decision for the figure TOTAL of (unit, period, indicator, level) at NOW; other windows
 * are read from STORE. OUT is initialised by the caller. CHISO_ENOTFOUND: no such unit on the period's last
 * day, or no definition.
 *
 * A total that cannot be told (S5) is not_comparable, with or without a target.
 *
 * What S4 leaves open, as decided here:
 * - A window that is not judged (running, or not of the cadence) is not_due and carries its target, so that a
 *   printed figure tells the truth about it. A window that the unit itself owes is overdue even so.
 * - overdue, for a total: no unit under it has reported and the last of those that owe is past its deadline.
 *   A total with some figures is judged, on an interval as wide as the missing reports make it.
 * - On or after D the last window W of the period's length that ends on or before D decides. Met by W stays
 *   met. Missed by W becomes reached_late with the first later window, up to PERIOD, that reaches T, and
 * stays so. Without W's report PERIOD's own figure is compared with T: reached_late, or on_track, at_risk,
 * behind.
 * - year_to_date: the figures of the year's windows up to the period's end are summed where across_time sums,
 *   and of extremes the extreme is taken; last and cumulative figures stand for the year to date as they are.
 * - A year to date is not comparable where one of its windows, the longest that fit, is owed or reported by
 *   another version of the definition, or is put together, in part, from windows of one: nothing is derived
 *   across two (S7). A window that was reported as a whole is of the version in force on its last day.
 * - increase_each_year: the window, or the year to date, is compared with the same of the year before, if
 * that is a figure of the same unit. A figure of another definition is not comparable. */
int position_judge(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, const struct total *total,
    chiso_instant_ms now, struct judgement *out);

#endif
