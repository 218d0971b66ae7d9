/* milestones.csv: what the curve steps expects from a day on (STATISTICS S4). A milestone belongs to the
 * targets of its indicator and unit; with a unit_kind to those of the scopes each and level of that kind. */
#include "core/catalogue_load.h"

#include <stdlib.h>

enum { INDICATOR, UNIT, UNIT_KIND, DATE, VALUE };

#define NO_KIND (-1)

static bool take_milestone(struct cursor *cursor, struct milestone_row *row)
{
    int kind = NO_KIND;
    take_indicator(cursor, INDICATOR, &row->indicator);
    take_unit(cursor, UNIT, &row->unit);
    take_choice(cursor, UNIT_KIND, unit_kind_names, UNIT_KINDS, &kind);
    if (need(cursor, DATE))
        take_day(cursor, DATE, &row->milestone.day);
    if (need(cursor, VALUE))
        take_decimal(cursor, VALUE, &row->milestone.value);
    row->kind = kind;
    row->line = cursor->record->line;
    return !cursor->flawed;
}

static int compare_keys(const struct milestone_row *a, const struct milestone_row *b)
{
    if (a->indicator != b->indicator)
        return a->indicator < b->indicator ? -1 : 1;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

static int compare_days(const struct milestone_row *a, const struct milestone_row *b)
{
    int order = compare_keys(a, b);
    chiso_day left = a->milestone.day, right = b->milestone.day;
    return order != 0 ? order : (left > right) - (left < right);
}

static int compare_rows(const void *a, const void *b)
{
    const struct milestone_row *left = a, *right = b;
    int order = compare_days(left, right);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

void load_milestones(struct loader *loader)
{
    const struct table *table = &loader->tables[TABLE_MILESTONES];
    struct milestone_row *rows = take_scratch(loader, table->count, sizeof *rows);
    struct milestone *kept = take_kept(loader, table->count, sizeof *kept);
    size_t count = 0;
    if (rows == NULL || kept == NULL)
        return;
    for (size_t i = 0; i < table->count; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_MILESTONES, i);
        rows[count] = (struct milestone_row){0};
        if (take_milestone(&cursor, &rows[count]))
            count++;
    }
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < count; i++) {
        kept[i] = rows[i].milestone;
        if (i > 0 && compare_days(&rows[i - 1], &rows[i]) == 0)
            finding_add(loader, table->spec->file, rows[i].line, 1, false,
                "line %zu is already a milestone of the same indicator, unit and date", rows[i - 1].line);
    }
    loader->milestone_rows = rows;
    loader->milestones = kept;
    loader->milestone_count = count;
}

void milestones_of(struct loader *loader, struct target *target)
{
    struct milestone_row key = {.indicator = target->indicator,
        .unit = target->unit,
        .kind = target->scope == TARGET_UNIT ? NO_KIND : (int)target->unit_kind};
    size_t first = 0, high = loader->milestone_count, count = 0;
    while (first < high) {
        size_t middle = first + (high - first) / 2;
        if (compare_keys(&loader->milestone_rows[middle], &key) < 0)
            first = middle + 1;
        else
            high = middle;
    }
    while (first + count < loader->milestone_count) {
        struct milestone_row *row = &loader->milestone_rows[first + count];
        if (compare_keys(row, &key) != 0 || row->milestone.day >= target->due)
            break;
        row->used = true;
        count++;
    }
    target->milestones = loader->milestones + first;
    target->milestone_count = count;
}

void check_milestones(struct loader *loader)
{
    for (size_t i = 0; i < loader->milestone_count; i++) {
        const struct milestone_row *row = &loader->milestone_rows[i];
        if (!row->used)
            finding_add(loader, table_specs[TABLE_MILESTONES]->file, row->line, 1, true,
                "no target with the curve steps is due after this milestone of its indicator and unit");
    }
}
