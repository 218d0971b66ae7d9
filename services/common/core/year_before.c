#include "core/year_before.h"

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

int year_before_read(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct year_before *out)
{
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    struct total total;
    out->state = YEAR_BEFORE_NONE;
    out->period = chiso_period_year_before(period);
    if (out->period.kind == CHISO_PERIOD_NONE)
        return CHISO_OK;
    chiso_day then = chiso_period_last(out->period, calendar), now = chiso_period_last(period, calendar);
    const struct unit_row *old = catalogue_unit_at(catalogue, unit, then),
                          *new = catalogue_unit_at(catalogue, unit, now);
    out->definition = catalogue_indicator_at(catalogue, indicator, then);
    if (!old || !new || !out->definition ||
        !rollup_may_have_figure(catalogue, store, unit, out->period, indicator, level))
        return CHISO_OK;
    int error = rollup_read(catalogue, store, unit, out->period, indicator, level, &total);
    if (error)
        return error;
    interval_of_side(out->definition, &total.shown, total.scale, &out->figure);
    if (!out->figure.has_value)
        return CHISO_OK;
    if (old->identity != new->identity)
        out->state = YEAR_BEFORE_OTHER_UNIT;
    else if (out->definition != catalogue_indicator_at(catalogue, indicator, now))
        out->state = YEAR_BEFORE_OTHER_DEFINITION;
    else
        out->state = YEAR_BEFORE_COMPARABLE;
    return CHISO_OK;
}
