/* The same window a year before (STATISTICS S7, cùng kỳ), beside any figure.
 *
 * Only a figure of the same unit and the same definition is comparable: what another unit reported under the
 * code, or what was counted by another rule, is shown and marked, and no difference is taken. So is a figure
 * that lacks windows of a former definition. On the boundaries of a day both figures are of the unit of that
 * day. */
#ifndef CORE_YEAR_BEFORE_H
#define CORE_YEAR_BEFORE_H

#include "core/catalogue.h"
#include "core/interval.h"
#include "core/store.h"

enum year_before_state {
    YEAR_BEFORE_NONE, /* no such window, or no figure in it */
    YEAR_BEFORE_COMPARABLE,
    YEAR_BEFORE_OTHER_UNIT,
    YEAR_BEFORE_OTHER_DEFINITION,
};
extern const char *const year_before_names[4]; /* NULL, "comparable", "other_unit", "other_definition" */

struct year_before {
    enum year_before_state state;
    struct chiso_period period;
    const struct indicator *definition; /* of then */
    struct interval figure; /* unless NONE */
};
void year_before_init(struct year_before *before);
void year_before_release(struct year_before *before);

/* The year before of the total (unit, period, indicator[@level]), as reported (DAY is CHISO_DAY_FIRST), or on
 * the boundaries of DAY (core/boundaries.h). OUT is initialised by the caller. CHISO_ERANGE: a total
 * overflows. */
int year_before_read(const struct catalogue *catalogue, const struct store *store, chiso_day day,
    uint32_t unit, struct chiso_period period, uint32_t indicator, int level, struct year_before *out);

#endif
