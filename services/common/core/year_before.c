#include "core/year_before.h"

#include "core/boundaries.h"
#include "core/effective.h"
#include "core/rollup.h"

const char *const year_before_names[4] = {NULL, "comparable", "other_unit", "other_definition"};

void year_before_init(struct year_before *before)
{
    *before = (struct year_before){0};
    interval_init(&before->figure);
}

void year_before_release(struct year_before *before)
{
    interval_release(&before->figure);
}

/* CHISO_ENOTFOUND: there is no figure to look for. */
static int read_total(const struct catalogue *catalogue, const struct store *store, chiso_day day,
    uint32_t unit, struct chiso_period period, uint32_t indicator, int level, struct total *out)
{
    if (day != CHISO_DAY_FIRST)
        return boundaries_total(catalogue, store, unit, day, period, indicator, level, out);
    if (!rollup_may_have_figure(catalogue, store, unit, period, indicator, level))
        return CHISO_ENOTFOUND;
    return rollup_read(catalogue, store, unit, period, indicator, level, out);
}

/* Is the unit of THEN that of NOW? On the boundaries of a day both are. */
static bool is_same_unit(
    const struct catalogue *catalogue, chiso_day day, uint32_t unit, chiso_day then, chiso_day now)
{
    const struct unit_row *old = catalogue_unit_at(catalogue, unit, then),
                          *new = catalogue_unit_at(catalogue, unit, now);
    return day != CHISO_DAY_FIRST || (old && new && old->identity == new->identity);
}

int year_before_read(const struct catalogue *catalogue, const struct store *store, chiso_day day,
    uint32_t unit, struct chiso_period period, uint32_t indicator, int level, struct year_before *out)
{
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    struct total total;
    out->state = YEAR_BEFORE_NONE;
    out->period = chiso_period_year_before(period);
    if (out->period.kind == CHISO_PERIOD_NONE)
        return CHISO_OK;
    chiso_day then = chiso_period_last(out->period, calendar), now = chiso_period_last(period, calendar);
    out->definition = catalogue_indicator_at(catalogue, indicator, then);
    int error = out->definition
                    ? read_total(catalogue, store, day, unit, out->period, indicator, level, &total)
                    : CHISO_ENOTFOUND;
    if (error)
        return error == CHISO_ENOTFOUND ? CHISO_OK : error;
    interval_of_side(out->definition, &total.shown, total.scale, &out->figure);
    bool lacks = interval_is_incomplete(&total.shown) &&
                 effective_is_redefined(catalogue, out->definition, out->period);
    if (!out->figure.has_value)
        return CHISO_OK;
    if (!is_same_unit(catalogue, day, unit, then, now))
        out->state = YEAR_BEFORE_OTHER_UNIT;
    else if (lacks || out->definition != catalogue_indicator_at(catalogue, indicator, now))
        out->state = YEAR_BEFORE_OTHER_DEFINITION;
    else
        out->state = YEAR_BEFORE_COMPARABLE;
    return CHISO_OK;
}
