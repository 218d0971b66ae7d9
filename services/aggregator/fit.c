#include "fit.h"

#include "io/figures.h"
#include <stdio.h>
#include <string.h>

struct work {
    const struct catalogue *catalogue;
    struct chiso_message *why;
};

/* ---- units ---- */

/* chiso:{<province>}:leaf:<unit>:<period>, in parts. */
struct place {
    char province[CHISO_UNIT_BYTES_MAX + 1], unit[CHISO_UNIT_BYTES_MAX + 1];
    char period_text[CHISO_PERIOD_CHARS];
    struct chiso_period period;
};

static bool read_place(const char *key, struct place *out)
{
    int length = 0;
    return sscanf(key, "chiso:{%32[^}]}:leaf:%32[^:]:%23s%n", out->province, out->unit, out->period_text,
               &length) == 3 &&
           key[length] == '\0' &&
           chiso_period_parse(out->period_text, strlen(out->period_text), &out->period) == CHISO_OK;
}

static bool is_among(const uint32_t units[], size_t count, uint32_t unit)
{
    for (size_t i = 0; i < count; i++) {
        if (units[i] == unit)
            return true;
    }
    return false;
}

/* The province that UNIT is in on the period's last day, in either calendar; CATALOGUE_NONE: in none. WANTED
 * if it is one of the two. */
static uint32_t province_in(
    const struct catalogue *catalogue, uint32_t unit, struct chiso_period period, uint32_t wanted)
{
    uint32_t found = CATALOGUE_NONE;
    for (int calendar = CHISO_ADMINISTRATIVE; calendar >= CHISO_STATISTICAL; calendar--) {
        chiso_day last = chiso_period_last(period, (enum chiso_calendar)calendar);
        uint32_t province = catalogue_province_at(catalogue, unit, last);
        if (province == wanted)
            return wanted;
        if (province != CATALOGUE_NONE)
            found = province;
    }
    return found;
}

/* A unit that has ended meanwhile keeps its figures, as long as it ever was in the province: they are read,
 * and count nowhere. */
static int check_leaf_key(void *context, const char *key)
{
    const struct work *w = context;
    struct place place;
    size_t count;
    if (!read_place(key, &place))
        return CHISO_OK; /* nobody's figure: nothing reads it */
    uint32_t home = catalogue_unit_find(w->catalogue, place.province);
    uint32_t unit = catalogue_unit_find(w->catalogue, place.unit);
    if (unit == CATALOGUE_NONE || home == CATALOGUE_NONE) {
        chiso_message_set(w->why,
            "unit %s has figures for %s in province %s, and this catalogue has no unit %s: a unit that ends "
            "needs a valid_to, not a removal",
            place.unit, place.period_text, place.province,
            unit == CATALOGUE_NONE ? place.unit : place.province);
        return CHISO_EINVAL;
    }
    uint32_t province = province_in(w->catalogue, unit, place.period, home);
    const uint32_t *members = catalogue_province_units(w->catalogue, home, &count);
    if (province == home || (province == CATALOGUE_NONE && is_among(members, count, unit)))
        return CHISO_OK;
    chiso_message_set(w->why,
        "unit %s has figures for %s in province %s, and this catalogue puts it into %s%s: stored figures "
        "cannot "
        "move to another province",
        place.unit, place.period_text, place.province, province == CATALOGUE_NONE ? "" : "province ",
        province == CATALOGUE_NONE ? "none" : catalogue_unit_code(w->catalogue, province));
    return CHISO_EINVAL;
}

int fit_check_units(struct redis *redis, const struct catalogue *catalogue, struct chiso_message *why)
{
    struct work w = {catalogue, why};
    return figures_each_key(redis, "chiso:{*}:leaf:*", check_leaf_key, &w, why);
}

/* ---- figures ---- */

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
