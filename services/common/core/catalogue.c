/* Lookups of units, pillars and indicators. */
#include "core/catalogue_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const unit_kind_names[UNIT_KINDS] = {
    "nation", "province", "district", "commune", "department", "organisation"};
const char *const measure_names[11] = {
    "ratio", "rate", "distinct", "count", "amount", "mean", "min", "max", "share", "index", "rank"};
const char *const across_time_names[7] = {
    "none", "sum", "last", "cumulative", "mean", "extreme", "flow_over_stock"};

/* ---- units ---- */

uint32_t catalogue_unit_count(const struct catalogue *catalogue)
{
    return catalogue->unit_count;
}

uint32_t catalogue_unit_find(const struct catalogue *catalogue, const char *code)
{
    return names_find(&catalogue->unit_names, code);
}

const char *catalogue_unit_code(const struct catalogue *catalogue, uint32_t unit)
{
    assert(unit < catalogue->unit_count);
    return catalogue->unit_codes[unit];
}

const struct unit_row *catalogue_unit_at(const struct catalogue *catalogue, uint32_t unit, chiso_day day)
{
    assert(unit < catalogue->unit_count);
    for (uint32_t i = catalogue->row_start[unit + 1]; i > catalogue->row_start[unit]; i--) {
        const struct unit_row *row = &catalogue->rows[i - 1];
        if (row->from <= day)
            return day <= row->to ? row : NULL;
    }
    return NULL;
}

const struct unit_row *catalogue_unit_rows(const struct catalogue *catalogue, uint32_t unit, size_t *count)
{
    assert(unit < catalogue->unit_count);
    *count = catalogue->row_start[unit + 1] - catalogue->row_start[unit];
    return &catalogue->rows[catalogue->row_start[unit]];
}

uint32_t catalogue_identity_count(const struct catalogue *catalogue)
{
    return catalogue->identity_count;
}

const struct unit_identity *catalogue_identity(const struct catalogue *catalogue, uint32_t identity)
{
    assert(identity < catalogue->identity_count);
    return &catalogue->identities[identity];
}

const struct succession *catalogue_successions_from(
    const struct catalogue *catalogue, uint32_t identity, size_t *count)
{
    assert(identity < catalogue->identity_count);
    *count = catalogue->from_start[identity + 1] - catalogue->from_start[identity];
    return &catalogue->successions_from[catalogue->from_start[identity]];
}

const struct succession *catalogue_successions_into(
    const struct catalogue *catalogue, uint32_t identity, size_t *count)
{
    assert(identity < catalogue->identity_count);
    *count = catalogue->into_start[identity + 1] - catalogue->into_start[identity];
    return &catalogue->successions_into[catalogue->into_start[identity]];
}

const struct unit_row *catalogue_parent_at(
    const struct catalogue *catalogue, const struct unit_row *row, chiso_day day)
{
    return row->parent != CATALOGUE_NONE ? catalogue_unit_at(catalogue, row->parent, day) : NULL;
}

const struct unit_row *const *catalogue_child_rows(
    const struct catalogue *catalogue, uint32_t unit, size_t *count)
{
    assert(unit < catalogue->unit_count);
    *count = catalogue->child_start[unit + 1] - catalogue->child_start[unit];
    return &catalogue->child_rows[catalogue->child_start[unit]];
}

bool catalogue_has_children(const struct catalogue *catalogue, uint32_t unit, chiso_day day)
{
    size_t count;
    const struct unit_row *const *rows = catalogue_child_rows(catalogue, unit, &count);
    for (size_t i = 0; i < count; i++) {
        if (unit_row_valid(rows[i], day))
            return true;
    }
    return false;
}

uint32_t catalogue_province_at(const struct catalogue *catalogue, uint32_t unit, chiso_day day)
{
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, day);
    for (int depth = 0; row != NULL && depth <= CATALOGUE_DEPTH_MAX; depth++) {
        if (row->kind == UNIT_PROVINCE)
            return row->code;
        row = catalogue_parent_at(catalogue, row, day);
    }
    return CATALOGUE_NONE;
}

const uint32_t *catalogue_provinces(const struct catalogue *catalogue, size_t *count)
{
    *count = catalogue->province_count;
    return catalogue->provinces;
}

bool catalogue_is_province(const struct catalogue *catalogue, uint32_t unit)
{
    for (size_t i = 0; i < catalogue->province_count; i++) {
        if (catalogue->provinces[i] == unit)
            return true;
    }
    return false;
}

const uint32_t *catalogue_province_units(const struct catalogue *catalogue, uint32_t province, size_t *count)
{
    size_t low = 0, high = catalogue->province_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (catalogue->provinces[middle] < province)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    if (low == catalogue->province_count || catalogue->provinces[low] != province)
        return catalogue->province_units;
    *count = catalogue->province_start[low + 1] - catalogue->province_start[low];
    return &catalogue->province_units[catalogue->province_start[low]];
}

/* The fewest windows inside PERIOD, months at the shortest, that end by LAST: "2025-H1", "2025-H1, 2025-Q3".
 */
static size_t list_windows(struct chiso_period period, enum chiso_calendar calendar, chiso_day last,
    char *out, size_t at, size_t room)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    if (period.kind <= CHISO_PERIOD_MONTH || period.kind == CHISO_PERIOD_INTERVAL)
        return at;
    size_t count = chiso_period_parts(period, calendar, parts);
    for (size_t i = 0; i < count && at < room; i++) {
        if (chiso_period_last(parts[i], calendar) > last) {
            at = list_windows(parts[i], calendar, last, out, at, room);
            break;
        }
        char text[CHISO_PERIOD_CHARS];
        chiso_period_print(parts[i], text);
        int length = snprintf(out + at, room - at, "%s%s", at > 0 ? ", " : "", text);
        at += (size_t)length;
    }
    return at;
}

void catalogue_explain_invalid_unit(const struct catalogue *catalogue, const char *code,
    struct chiso_period period, enum chiso_calendar calendar, struct chiso_message *why)
{
    uint32_t unit = catalogue_unit_find(catalogue, code);
    size_t count = 0;
    const struct unit_row *rows =
        unit == CATALOGUE_NONE ? NULL : catalogue_unit_rows(catalogue, unit, &count);
    chiso_day day = chiso_period_last(period, calendar);
    if (count == 0) {
        chiso_message_set(why, "unit %s is not in the catalogue", code);
        return;
    }
    char date[CHISO_DATE_CHARS], windows[128] = "";
    if (day < rows[0].from) {
        chiso_day_print_vi(rows[0].from, date);
        chiso_message_set(why, "unit %s exists only from %s", code, date);
        return;
    }
    chiso_day_print_vi(rows[count - 1].to, date);
    list_windows(period, calendar, rows[count - 1].to, windows, 0, sizeof windows);
    chiso_message_set(
        why, "unit %s ended on %s%s%s", code, date, windows[0] != '\0' ? "; use " : "", windows);
}

/* ---- pillars and indicators ---- */

uint32_t catalogue_pillar_count(const struct catalogue *catalogue)
{
    return catalogue->pillar_count;
}

const struct pillar *catalogue_pillar(const struct catalogue *catalogue, uint32_t pillar)
{
    assert(pillar < catalogue->pillar_count);
    return &catalogue->pillars[pillar];
}

uint32_t catalogue_pillar_find(const struct catalogue *catalogue, const char *id)
{
    return names_find(&catalogue->pillar_names, id);
}

uint32_t catalogue_indicator_count(const struct catalogue *catalogue)
{
    return catalogue->indicator_count;
}

uint32_t catalogue_indicator_find(const struct catalogue *catalogue, const char *id)
{
    return names_find(&catalogue->indicator_names, id);
}

const struct indicator *catalogue_indicator_at(
    const struct catalogue *catalogue, uint32_t indicator, chiso_day day)
{
    assert(indicator < catalogue->indicator_count);
    const struct indicator_versions *versions = &catalogue->indicators[indicator];
    for (uint32_t i = versions->count; i > 0; i--) {
        const struct indicator *version = &catalogue->definitions[versions->first + i - 1];
        if (version->valid_from <= day)
            return version;
    }
    return NULL;
}

const struct indicator *catalogue_indicator(const struct catalogue *catalogue, uint32_t indicator)
{
    assert(indicator < catalogue->indicator_count);
    const struct indicator_versions *versions = &catalogue->indicators[indicator];
    return &catalogue->definitions[versions->first + versions->count - 1];
}
