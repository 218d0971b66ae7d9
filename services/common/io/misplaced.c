#include "io/misplaced.h"

#include "core/fit.h"
#include "io/figures.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

struct search {
    struct redis *redis;
    const struct catalogue *catalogue;
    bool all;
    int (*visit)(void *context, const struct misplaced *figure);
    void *context;
    struct chiso_message *why;
};

/* chiso:{<province>}:leaf:<unit>:<period>, in parts. */
struct place {
    char province[CHISO_UNIT_BYTES_MAX + 1], unit[CHISO_UNIT_BYTES_MAX + 1];
    struct chiso_period period;
};

static bool read_place(const char *key, struct place *out)
{
    int at = 0;
    return sscanf(key, "chiso:{%32[^}]}:leaf:%32[^:]:%n", out->province, out->unit, &at) == 2 && at > 0 &&
           chiso_period_parse(key + at, strlen(key + at), &out->period) == CHISO_OK;
}

/* An indicator that the catalogue does not have counts nowhere, and goes with the statistical ones. */
static enum chiso_calendar calendar_of(const struct catalogue *catalogue, const char *id)
{
    uint32_t indicator = catalogue_indicator_find(catalogue, id);
    return indicator == CATALOGUE_NONE ? CHISO_STATISTICAL
                                       : catalogue_indicator(catalogue, indicator)->calendar;
}

static int visit_figures(
    const struct search *s, const char *key, const struct place *place, uint32_t unit, uint32_t stored)
{
    struct redisReply *reply;
    int error = redis_callf(s->redis, &reply, s->why, "HGETALL %s", key);
    if (error)
        return figures_name_key(error, key, s->why);
    for (size_t i = 0; i + 1 < reply->elements && !error; i += 2) {
        const redisReply *field = reply->element[i], *value = reply->element[i + 1];
        struct misplaced figure = {.province = place->province,
            .unit = place->unit,
            .indicator = field->str,
            .period = place->period,
            .text = value->str,
            .length = (size_t)value->len,
            .is_known = unit != CATALOGUE_NONE,
            .home = CATALOGUE_NONE};
        if (figure.is_known)
            figure.home = fit_province(
                s->catalogue, unit, place->period, calendar_of(s->catalogue, field->str), stored);
        if (s->all || figure.home != stored || figure.home == CATALOGUE_NONE)
            error = s->visit(s->context, &figure);
    }
    redis_free(reply);
    return error;
}

static int look_at(void *context, const char *key)
{
    const struct search *s = context;
    struct place place;
    if (!read_place(key, &place))
        return CHISO_OK; /* nobody's figure: nothing reads it */
    uint32_t stored = catalogue_unit_find(s->catalogue, place.province);
    uint32_t unit = catalogue_unit_find(s->catalogue, place.unit);
    if (stored != CATALOGUE_NONE && !catalogue_is_province(s->catalogue, stored))
        stored = CATALOGUE_NONE;
    bool fits = unit != CATALOGUE_NONE && stored != CATALOGUE_NONE;
    for (int calendar = CHISO_STATISTICAL; fits && calendar <= CHISO_ADMINISTRATIVE; calendar++)
        fits =
            fit_province(s->catalogue, unit, place.period, (enum chiso_calendar)calendar, stored) == stored;
    return fits ? CHISO_OK : visit_figures(s, key, &place, unit, stored);
}

int misplaced_each(struct redis *redis, const struct catalogue *catalogue, bool all,
    int (*visit)(void *context, const struct misplaced *figure), void *context, struct chiso_message *why)
{
    struct search search = {redis, catalogue, all, visit, context, why};
    return figures_each_key(redis, "chiso:{*}:leaf:*", look_at, &search, why);
}

void misplaced_say(
    const struct catalogue *catalogue, const struct misplaced *figure, struct chiso_message *out)
{
    char period[CHISO_PERIOD_CHARS];
    chiso_period_print(figure->period, period);
    if (!figure->is_known)
        chiso_message_set(out,
            "unit %s has figures for %s in province %s, and this catalogue has no unit %s: a unit that ends "
            "needs a valid_to, not a removal",
            figure->unit, period, figure->province, figure->unit);
    else if (figure->home == CATALOGUE_NONE)
        chiso_message_set(out,
            "unit %s has figures for %s in province %s, and this catalogue has it in no province on the last "
            "day",
            figure->unit, period, figure->province);
    else
        chiso_message_set(out,
            "unit %s has figures for %s in province %s, and this catalogue puts it into province %s: only "
            "chisoctl rebuild moves stored figures",
            figure->unit, period, figure->province, catalogue_unit_code(catalogue, figure->home));
}
