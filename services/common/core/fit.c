#include "core/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct work {
    const struct catalogue *catalogue;
    struct chiso_message *why;
};

static bool has_unit(const struct catalogue *catalogue, uint32_t province, uint32_t unit)
{
    size_t count;
    const uint32_t *units = catalogue_province_units(catalogue, province, &count);
    for (size_t i = 0; i < count; i++) {
        if (units[i] == unit)
            return true;
    }
    return false;
}

uint32_t fit_province(const struct catalogue *catalogue, uint32_t unit, struct chiso_period period,
    enum chiso_calendar calendar, uint32_t stored)
{
    uint32_t province = catalogue_province_at(catalogue, unit, chiso_period_last(period, calendar));
    if (province != CATALOGUE_NONE)
        return province;
    return stored != CATALOGUE_NONE && has_unit(catalogue, stored, unit) ? stored : CATALOGUE_NONE;
}

/* S1, "Forms". */
static bool has_form(const struct indicator *definition, const struct figure *figure)
{
    bool takes_pair = definition->measure == MEASURE_RATIO || definition->measure == MEASURE_MEAN;
    switch (figure->state) {
    case FIGURE_VALUE:
        return !takes_pair;
    case FIGURE_PAIR:
        return takes_pair || definition->measure == MEASURE_RANK || definition->measure == MEASURE_SHARE;
    case FIGURE_BARE:
        return takes_pair;
    default:
        return true;
    }
}

static bool has_sign(const struct indicator *definition, const struct figure *figure)
{
    return !definition->has_minimum || (figure->value.value >= 0 && figure->denominator.value >= 0);
}

/* Decimals that the definition takes, and no more than 2^52 of its smallest unit. */
static bool has_size(const struct indicator *definition, struct chiso_decimal number)
{
    struct chiso_decimal scaled;
    return chiso_decimal_rescale(number, definition->input_decimals, &scaled) == CHISO_OK &&
           scaled.value <= CHISO_FIGURE_MAX && scaled.value >= -CHISO_FIGURE_MAX;
}

static int check_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    const struct work *w = context;
    const struct figure *figure = &leaf->figure;
    char text[LEAF_CHARS], period_text[CHISO_PERIOD_CHARS];
    const struct indicator *any = catalogue_indicator(w->catalogue, indicator);
    const struct indicator *definition =
        catalogue_indicator_at(w->catalogue, indicator, chiso_period_last(period, any->calendar));
    if (!definition)
        return CHISO_OK; /* defined only later: shown nowhere, and summed nowhere */
    bool fits_decimals = figure->value.scale <= definition->input_decimals &&
                         figure->denominator.scale <= definition->input_decimals;
    bool fits_size =
        fits_decimals && has_size(definition, figure->value) && has_size(definition, figure->denominator);
    if (fits_size && has_form(definition, figure) && has_sign(definition, figure))
        return CHISO_OK;
    figure_print(figure, text);
    chiso_period_print(period, period_text);
    if (!fits_decimals)
        chiso_message_set(w->why, "%s of unit %s for %s is %s, and this catalogue takes at most %u decimals",
            definition->id, catalogue_unit_code(w->catalogue, unit), period_text, text,
            definition->input_decimals);
    else if (!fits_size)
        chiso_message_set(w->why,
            "%s of unit %s for %s is %s, which is above 2^52 in this catalogue's smallest unit, of %u "
            "decimals",
            definition->id, catalogue_unit_code(w->catalogue, unit), period_text, text,
            definition->input_decimals);
    else if (has_form(definition, figure))
        chiso_message_set(w->why, "%s of unit %s for %s is %s, and this catalogue has the minimum 0",
            definition->id, catalogue_unit_code(w->catalogue, unit), period_text, text);
    else
        chiso_message_set(w->why,
            "%s of unit %s for %s is %s, which is no figure of its measure in this catalogue", definition->id,
            catalogue_unit_code(w->catalogue, unit), period_text, text);
    return CHISO_EINVAL;
}

int fit_check_figures(const struct catalogue *catalogue, const struct store *store, struct chiso_message *why)
{
    struct work w = {catalogue, why};
    return store_each_leaf(store, check_leaf, &w);
}

/* ---- what may not change ---- */

enum changed { NOTHING, MEASURE, ACROSS_TIME, CALENDAR, FACTOR };

/* FACTOR: where the others are the same. */
static enum changed compare(const struct indicator *before, const struct indicator *after)
{
    if (before->measure != after->measure)
        return MEASURE;
    if (before->across_time != after->across_time)
        return ACROSS_TIME;
    if (before->calendar != after->calendar)
        return CALENDAR;
    return chiso_decimal_compare(before->factor, after->factor) ? FACTOR : NOTHING;
}

/* NOW's index of FORMER's INDICATOR. */
static uint32_t same_indicator(
    const struct catalogue *former, uint32_t indicator, const struct catalogue *now)
{
    return catalogue_indicator_find(now, catalogue_indicator(former, indicator)->id);
}

/* The version before VERSION, NULL for the first. */
static const struct indicator *earlier(
    const struct catalogue *catalogue, uint32_t indicator, const struct indicator *version)
{
    return version->valid_from == CHISO_DAY_FIRST
               ? NULL
               : catalogue_indicator_at(catalogue, indicator, version->valid_from - 1);
}

bool fit_redefines(const struct catalogue *former, const struct catalogue *now)
{
    for (uint32_t i = 0; i < catalogue_indicator_count(former); i++) {
        uint32_t other = same_indicator(former, i, now);
        const struct indicator *before = catalogue_indicator(former, i);
        for (; other != CATALOGUE_NONE && before; before = earlier(former, i, before)) {
            const struct indicator *after = catalogue_indicator(now, other);
            for (; after; after = earlier(now, other, after))
                if (compare(before, after))
                    return true;
        }
    }
    return false;
}

struct redefined {
    enum changed changed;
    const struct indicator *before, *after;
    size_t count;
    uint32_t unit; /* the first figure's */
    struct chiso_period period;
};

struct comparison {
    const struct catalogue *former, *now;
    struct redefined *found; /* by FORMER's indicators */
};

static int compare_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    const struct comparison *c = context;
    struct redefined *r = &c->found[indicator];
    uint32_t other = same_indicator(c->former, indicator, c->now);
    if (other == CATALOGUE_NONE || leaf->figure.state == FIGURE_NONE)
        return CHISO_OK;
    const struct indicator *any = catalogue_indicator(c->former, indicator);
    chiso_day day = chiso_period_last(period, any->calendar);
    const struct indicator *before = catalogue_indicator_at(c->former, indicator, day);
    const struct indicator *after = catalogue_indicator_at(c->now, other, day);
    before = before ? before : any;
    after = after ? after : catalogue_indicator(c->now, other);
    enum changed changed = compare(before, after);
    if (!changed || (changed == FACTOR && leaf->figure.state != FIGURE_BARE))
        return CHISO_OK;
    bool is_first =
        r->count++ == 0 || unit < r->unit || (unit == r->unit && chiso_period_compare(period, r->period) < 0);
    if (is_first)
        *r = (struct redefined){changed, before, after, r->count, unit, period};
    return CHISO_OK;
}

/* The values of a column of both definitions, and what another value needs. */
static const char *name_change(const struct redefined *r, char before[CHISO_DECIMAL_CHARS],
    char after[CHISO_DECIMAL_CHARS], const char **needs)
{
    const char *was = "", *is = "", *column = "";
    *needs = "a new id";
    switch (r->changed) {
    case MEASURE:
        column = "measure", was = measure_names[r->before->measure], is = measure_names[r->after->measure];
        break;
    case ACROSS_TIME:
        column = "across_time", was = across_time_names[r->before->across_time];
        is = across_time_names[r->after->across_time];
        break;
    case CALENDAR:
        column = "calendar", was = calendar_names[r->before->calendar];
        is = calendar_names[r->after->calendar];
        break;
    default:
        *needs = "a version of its own";
        chiso_decimal_print(r->before->factor, before);
        chiso_decimal_print(r->after->factor, after);
        return "factor";
    }
    (void)snprintf(before, CHISO_DECIMAL_CHARS, "%s", was);
    (void)snprintf(after, CHISO_DECIMAL_CHARS, "%s", is);
    return column;
}

static void print_redefined(
    const struct catalogue *former, const struct redefined *r, struct chiso_message *out)
{
    char period[CHISO_PERIOD_CHARS], before[CHISO_DECIMAL_CHARS], after[CHISO_DECIMAL_CHARS];
    const char *needs, *column = name_change(r, before, after, &needs);
    chiso_period_print(r->period, period);
    chiso_message_set(out,
        "indicators.csv:%zu: %s '%s' of '%s' differs from '%s' (line %zu of the catalogue before), and %zu "
        "stored figures, such as unit %s for %s, would be read by it; another %s needs %s",
        r->after->line, column, after, r->after->id, before, r->before->line, r->count,
        catalogue_unit_code(former, r->unit), period, column, needs);
}

int fit_each_redefined(const struct catalogue *former, const struct store *store, const struct catalogue *now,
    void (*say)(void *context, const struct chiso_message *sentence), void *context)
{
    uint32_t count = catalogue_indicator_count(former);
    struct comparison c = {former, now, calloc(count + 1, sizeof *c.found)};
    struct chiso_message sentence;
    if (!c.found)
        return CHISO_ENOMEM;
    (void)store_each_leaf(store, compare_leaf, &c);
    for (uint32_t i = 0; i < count; i++) {
        if (c.found[i].count == 0)
            continue;
        print_redefined(former, &c.found[i], &sentence);
        say(context, &sentence);
    }
    free(c.found);
    return CHISO_OK;
}
