#include "core/fit.h"

#include <stdio.h>
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
    if (fits_size && has_form(definition, figure))
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
