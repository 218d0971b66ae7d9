/* obligations.csv: who owes what, overriding the indicator's own line (STATISTICS S2 Details, S7). Rows are
 * sorted so that a unit's own row and the rows under each of its ancestors are found by binary search; an
 * indicator without rows, the usual case, costs one comparison. */
#include "core/catalogue_load.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { INDICATOR, UNIT, KIND, ROLE, CADENCE, DUE_WORKING_DAYS, VALID_FROM, VALID_TO };

#define DUE_DAYS_MAX 366

static int compare_numbers(long long a, long long b)
{
    return (a > b) - (a < b);
}

/* Orders by what a row selects. */
static int compare_selection(const struct obligation_row *a, const struct obligation_row *b)
{
    int order = compare_numbers(a->indicator, b->indicator);
    if (order == 0)
        order = compare_numbers(a->selector, b->selector);
    if (order == 0)
        order = compare_numbers(a->unit, b->unit);
    if (order == 0 && a->selector != SELECT_UNIT)
        order = compare_numbers(a->kind, b->kind);
    if (order == 0 && a->selector != SELECT_UNIT)
        order = -strcmp(a->role, b->role); /* with a role before without one */
    return order;
}

static int compare_obligations(const void *a, const void *b)
{
    const struct obligation_row *left = a, *right = b;
    int order = compare_selection(left, right);
    if (order == 0)
        order = compare_numbers(left->from, right->from);
    return order != 0 ? order : compare_numbers((long long)left->line, (long long)right->line);
}

/* ---- reading ---- */

static void take_selector(struct cursor *cursor, struct obligation_row *row)
{
    bool unit = !cell_is_empty(cursor, UNIT), kind = !cell_is_empty(cursor, KIND);
    bool role = !cell_is_empty(cursor, ROLE);
    row->unit = CATALOGUE_NONE;
    row->role = "";
    if (unit)
        take_unit(cursor, UNIT, &row->unit);
    int number = 0;
    if (kind && take_choice(cursor, KIND, unit_kind_names, UNIT_KINDS, &number))
        row->kind = (enum unit_kind)number;
    if (role) {
        const struct cell *cell = cell_at(cursor, ROLE);
        const char *found = find_role(cursor->loader, cell->text, cell->length);
        if (found != NULL)
            row->role = found;
        else if (!cursor->loader->tables[TABLE_UNITS].broken)
            fault(cursor, ROLE, "no unit in units.csv has the role '%s'", cell->text);
    }
    if (!unit && !kind)
        fault(cursor, UNIT, "the row names neither a unit nor a kind");
    else if (role && !kind)
        fault(cursor, KIND, "kind is empty beside the role '%s'", cell_at(cursor, ROLE)->text);
    if (kind)
        row->selector = unit ? SELECT_KIND_UNDER : role ? SELECT_KIND_ROLE : SELECT_KIND;
    else
        row->selector = SELECT_UNIT;
}

static void check_selected(struct cursor *cursor, const struct obligation_row *row)
{
    const struct catalogue *catalogue = cursor->loader->catalogue;
    if (row->unit == CATALOGUE_NONE || cursor->flawed || cursor->loader->unit_flawed[row->unit])
        return;
    size_t count;
    const struct unit_row *rows = catalogue_unit_rows(catalogue, row->unit, &count);
    if (row->selector == SELECT_UNIT && (rows[0].from > row->to || rows[count - 1].to < row->from))
        caution(cursor, UNIT, "unit %s does not exist in the days of this row",
            catalogue_unit_code(catalogue, row->unit));
    if (row->selector == SELECT_KIND_UNDER &&
        (cursor->loader->subtree_kinds[row->unit] & (1u << row->kind)) == 0)
        caution(cursor, KIND, "there is no %s under %s", unit_kind_names[row->kind],
            catalogue_unit_code(catalogue, row->unit));
}

static bool take_row(struct cursor *cursor, struct obligation_row *row)
{
    row->line = cursor->record->line;
    take_indicator(cursor, INDICATOR, &row->indicator);
    take_selector(cursor, row);
    row->has_cadence = !cell_is_empty(cursor, CADENCE);
    if (row->has_cadence) {
        const struct cell *cell = cell_at(cursor, CADENCE);
        take_cadence_window(cursor, CADENCE, cell->text, cell->length, &row->cadence);
    }
    row->has_due = !cell_is_empty(cursor, DUE_WORKING_DAYS);
    take_integer(cursor, DUE_WORKING_DAYS, 0, DUE_DAYS_MAX, &row->due_working_days);
    take_validity(cursor, VALID_FROM, VALID_TO, &row->from, &row->to);
    check_selected(cursor, row);
    return !cursor->flawed;
}

static void check_overlaps(struct loader *loader, const uint32_t record[])
{
    const struct obligation_row *rows = loader->catalogue->obligations;
    for (size_t i = 1; i < loader->catalogue->obligation_count; i++) {
        if (compare_selection(&rows[i - 1], &rows[i]) != 0 || rows[i].from > rows[i - 1].to)
            continue;
        struct cursor cursor = cursor_at(loader, TABLE_OBLIGATIONS, record[rows[i].line]);
        fault(&cursor, INDICATOR, "line %zu already says this for the same indicator, units and days",
            rows[i - 1].line);
    }
}

static void slice_by_indicator(struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->obligation_count; i++) {
        struct indicator_versions *versions = &catalogue->indicators[catalogue->obligations[i].indicator];
        if (versions->obligation_count++ == 0)
            versions->obligation_first = (uint32_t)i;
    }
}

/* ---- who may report at all ---- */

static uint32_t kinds_of_row(const struct catalogue *catalogue, const struct obligation_row *row)
{
    if (row->selector != SELECT_UNIT)
        return 1u << row->kind;
    size_t count;
    uint32_t kinds = 0;
    const struct unit_row *rows = catalogue_unit_rows(catalogue, row->unit, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].from <= row->to && rows[i].to >= row->from)
            kinds |= 1u << rows[i].kind;
    }
    return kinds;
}

static void collect_level_kinds(struct loader *loader, uint32_t definition)
{
    struct catalogue *catalogue = loader->catalogue;
    struct indicator *indicator = &catalogue->definitions[definition];
    const struct indicator_versions *versions = &catalogue->indicators[indicator->id_index];
    for (size_t i = 0; i < indicator->reported_by_count; i++)
        indicator->level_kinds |= 1u << indicator->reported_by[i].kind;
    for (size_t i = 0; i < indicator->whole_by_count; i++)
        indicator->level_kinds |= 1u << indicator->whole_by[i].kind;
    for (uint32_t i = 0; i < versions->obligation_count; i++)
        indicator->level_kinds |=
            kinds_of_row(catalogue, &catalogue->obligations[versions->obligation_first + i]);
    if (indicator->level_kinds != 0 || loader->tables[TABLE_OBLIGATIONS].broken ||
        loader->tables[TABLE_UNITS].broken) /* its units are those of obligations too */
        return;
    struct cursor cursor = cursor_at(loader, TABLE_INDICATORS, loader->definition_record[definition]);
    fault(&cursor, 0, "nobody reports '%s': reported_by, whole_by and obligations.csv name no unit",
        indicator->id);
}

void load_obligations(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_OBLIGATIONS];
    catalogue->obligations = take_kept(loader, table->count, sizeof *catalogue->obligations);
    size_t lines = table->count > 0 ? table->records[table->count - 1].line + 1 : 0;
    uint32_t *record = take_scratch(loader, lines, sizeof *record);
    if (loader->out_of_memory)
        return;
    for (size_t i = 0; i < table->count; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_OBLIGATIONS, i);
        struct obligation_row row = {.due_working_days = -1};
        record[table->records[i].line] = (uint32_t)i;
        if (take_row(&cursor, &row))
            catalogue->obligations[catalogue->obligation_count++] = row;
    }
    if (catalogue->obligation_count > 0)
        qsort(catalogue->obligations, catalogue->obligation_count, sizeof *catalogue->obligations,
            compare_obligations);
    check_overlaps(loader, record);
    slice_by_indicator(catalogue);
    for (uint32_t i = 0; i < catalogue->definition_count; i++)
        collect_level_kinds(loader, i);
}

/* ---- lookups ---- */

struct slice {
    const struct obligation_row *rows;
    size_t count;
};

/* The rows of SLICE with this selector and, where it selects units, this unit. */
static struct slice find_rows(struct slice slice, enum selector selector, uint32_t unit)
{
    size_t low = 0, high = slice.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct obligation_row *row = slice.rows + middle;
        if (row->selector < selector || (row->selector == selector && row->unit < unit))
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < slice.count && slice.rows[end].selector == selector && slice.rows[end].unit == unit)
        end++;
    return (struct slice){slice.rows + low, end - low};
}

/* The first row that holds on DAY for a unit of this kind and role; rows with a role come first. */
static const struct obligation_row *first_match(
    struct slice slice, const struct unit_row *unit, chiso_day day)
{
    for (size_t i = 0; i < slice.count; i++) {
        const struct obligation_row *row = slice.rows + i;
        if (day < row->from || day > row->to)
            continue;
        if (row->selector == SELECT_UNIT)
            return row;
        if (row->kind == unit->kind && (row->role[0] == '\0' || row->role == unit->role))
            return row;
    }
    return NULL;
}

static const struct obligation_row *most_specific(const struct catalogue *catalogue,
    const struct indicator *indicator, const struct unit_row *unit, chiso_day day)
{
    const struct indicator_versions *versions = &catalogue->indicators[indicator->id_index];
    if (versions->obligation_count == 0)
        return NULL;
    struct slice all = {&catalogue->obligations[versions->obligation_first], versions->obligation_count};
    const struct obligation_row *found = first_match(find_rows(all, SELECT_UNIT, unit->code), unit, day);
    const struct unit_row *above = catalogue_parent_at(catalogue, unit, day);
    for (int depth = 0; found == NULL && above != NULL && depth <= CATALOGUE_DEPTH_MAX; depth++) {
        found = first_match(find_rows(all, SELECT_KIND_UNDER, above->code), unit, day);
        above = catalogue_parent_at(catalogue, above, day);
    }
    if (found == NULL)
        found = first_match(find_rows(all, SELECT_KIND_ROLE, CATALOGUE_NONE), unit, day);
    if (found == NULL)
        found = first_match(find_rows(all, SELECT_KIND, CATALOGUE_NONE), unit, day);
    return found;
}

static bool is_among(const struct reporter *list, size_t count, const struct unit_row *unit, size_t *place)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].kind != unit->kind || (list[i].role[0] != '\0' && list[i].role != unit->role))
            continue;
        if (place != NULL)
            *place = i;
        return true;
    }
    return false;
}

enum reporting_part catalogue_reporting(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct unit_row *row, chiso_day day, size_t *whole_order)
{
    if (is_among(indicator->whole_by, indicator->whole_by_count, row, whole_order))
        return REPORTS_WHOLE;
    if (is_among(indicator->reported_by, indicator->reported_by_count, row, NULL) ||
        most_specific(catalogue, indicator, row, day) != NULL)
        return REPORTS_PART;
    return REPORTS_NOTHING;
}

struct obligation catalogue_obligation(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct unit_row *row, chiso_day day)
{
    const struct obligation_row *own = most_specific(catalogue, indicator, row, day);
    if (own != NULL)
        return (struct obligation){
            .cadence = own->has_cadence ? own->cadence : indicator->cadence.window,
            .due_working_days = own->has_due ? own->due_working_days : indicator->due_working_days,
            .from = own->from,
            .to = own->to,
            .named = true,
        };
    bool owes = is_among(indicator->reported_by, indicator->reported_by_count, row, NULL) ||
                is_among(indicator->whole_by, indicator->whole_by_count, row, NULL);
    return (struct obligation){
        .cadence = owes ? indicator->cadence.window : CHISO_PERIOD_NONE,
        .due_working_days = owes ? indicator->due_working_days : -1,
        .from = indicator->valid_from,
        .to = indicator->valid_to,
    };
}

enum chiso_period_kind catalogue_shortest(const struct catalogue *catalogue,
    const struct indicator *indicator, const struct unit_row *row, chiso_day day)
{
    enum chiso_period_kind own = indicator->cadence.window;
    enum chiso_period_kind owed = catalogue_obligation(catalogue, indicator, row, day).cadence;
    return owed != CHISO_PERIOD_NONE && owed < own ? owed : own;
}

bool catalogue_obligation_lasts(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct unit_row *row, chiso_day first, chiso_day last)
{
    const struct indicator_versions *versions = &catalogue->indicators[indicator->id_index];
    for (uint32_t i = 0; i < versions->obligation_count; i++) {
        const struct obligation_row *named = &catalogue->obligations[versions->obligation_first + i];
        if ((first < named->from && named->from <= last) || (first <= named->to && named->to < last))
            return false;
    }
    /* A row may name a unit above. */
    for (const struct unit_row *at = row; versions->obligation_count > 0 && at != NULL;
         at = catalogue_parent_at(catalogue, at, last)) {
        if (at->from > first || at->to < last)
            return false;
    }
    return true;
}

unsigned catalogue_cadences(const struct catalogue *catalogue, uint32_t indicator)
{
    const struct indicator_versions *versions = &catalogue->indicators[indicator];
    unsigned kinds = 0;
    for (uint32_t i = 0; i < versions->count; i++)
        kinds |= 1u << catalogue->definitions[versions->first + i].cadence.window;
    for (uint32_t i = 0; i < versions->obligation_count; i++) {
        const struct obligation_row *row = &catalogue->obligations[versions->obligation_first + i];
        if (row->has_cadence)
            kinds |= 1u << row->cadence;
    }
    return kinds & ~(1u << CHISO_PERIOD_NONE);
}
