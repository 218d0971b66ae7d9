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

struct judgement {
    enum position position;
    const struct target *target; /* NULL: none applies */
    bool has_expected;
    mpq_t expected; /* E(t) in the printed unit */
    bool has_shortfall;
    mpq_t shortfall; /* of the nominal value; positive: falls short */
    chiso_instant_ms deadline; /* of the window's report; 0 when it has none */
};
void judgement_init(struct judgement *judgement);
void judgement_release(struct judgement *judgement);

/* The target that counts for (unit, indicator[@level]) at day T (S4: most specific, earliest due on or after
 * t, after the last due the last; forecasts never). NULL: none. */
const struct target *position_target(
    const struct catalogue *catalogue, uint32_t unit, uint32_t indicator, int level, chiso_day t);

/* Is PERIOD a window that is judged at NOW: an ended window of the indicator's cadence? */
bool position_is_judged(const struct indicator *indicator, struct chiso_period period, chiso_instant_ms now);

/* FIGURE against one TARGET on day T, only the comparison: met, on_track, at_risk, behind, missed, not_due,
 * cannot_tell. No clock. */
enum position position_compare(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct target *target, const struct interval *figure, chiso_day t, struct judgement *detail);

/* The whole order of decision for the figure TOTAL of (unit, period, indicator, level) at NOW, reading other
 * windows from STORE. */
int position_judge(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, const struct total *total,
    chiso_instant_ms now, struct judgement *out);

#endif
