/* Whose figures are needed for a province's history; the catalogue alone says it. */
#include "core/boundaries.h"

#include <stdlib.h>

static void mark_province(const struct catalogue *catalogue, uint32_t unit, chiso_day day, bool *wanted)
{
    uint32_t province = catalogue_province_at(catalogue, unit, day);
    if (province != CATALOGUE_NONE)
        wanted[province] = true;
}

/* Marks the provinces that the unit was in up to DAY, and those of the units that became it. */
static void mark_identity(const struct catalogue *catalogue, uint32_t identity, chiso_day day, bool *wanted)
{
    const struct unit_identity *unit = catalogue_identity(catalogue, identity);
    size_t count;
    for (size_t i = 0; i < unit->split_count && unit->splits[i] <= day; i++) {
        if (unit->splits[i] > unit->from)
            mark_province(catalogue, unit->code, unit->splits[i] - 1, wanted);
    }
    mark_province(catalogue, unit->code, unit->to < day ? unit->to : day, wanted);
    const struct succession *into = catalogue_successions_into(catalogue, identity, &count);
    for (size_t i = 0; i < count; i++)
        mark_identity(catalogue, into[i].old_identity, day, wanted);
}

int boundaries_provinces_until(const struct catalogue *catalogue, uint32_t province, chiso_day day,
    int (*visit)(void *context, uint32_t province), void *context)
{
    size_t unit_count, count;
    const uint32_t *units = catalogue_province_units(catalogue, province, &unit_count);
    const uint32_t *provinces = catalogue_provinces(catalogue, &count);
    bool *wanted = calloc((size_t)catalogue_unit_count(catalogue) + 1, sizeof *wanted);
    int stop = 0;
    if (!wanted)
        return CHISO_ENOMEM;
    wanted[province] = true;
    for (size_t i = 0; i < unit_count; i++) {
        size_t row_count;
        const struct unit_row *rows = catalogue_unit_rows(catalogue, units[i], &row_count);
        for (size_t r = 0; r < row_count && rows[r].from <= day; r++) {
            if (r == 0 || rows[r].identity != rows[r - 1].identity)
                mark_identity(catalogue, rows[r].identity, day, wanted);
        }
    }
    for (size_t i = 0; i < count && !stop; i++)
        stop = wanted[provinces[i]] ? visit(context, provinces[i]) : 0;
    free(wanted);
    return stop;
}

int boundaries_provinces(const struct catalogue *catalogue, uint32_t province,
    int (*visit)(void *context, uint32_t province), void *context)
{
    return boundaries_provinces_until(catalogue, province, CHISO_DAY_LAST, visit, context);
}
