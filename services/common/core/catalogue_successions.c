/* successions.csv: which unit became which, and the identities that follow from it (STATISTICS S5): rows of
 * one code that adjoin are one unit, unless a succession of the code to itself stands between them. */
#include "core/catalogue_load.h"

#include <stdlib.h>
#include <string.h>

enum { DATE, OLD_CODE, NEW_CODE, EXTENT };

static const char *const extent_names[] = {"whole", "part"};

struct step {
    chiso_day date;
    uint32_t old_code, new_code;
    bool whole;
    uint32_t record;
    uint32_t old_row, new_row; /* the last of the old unit, the first of the new one */
};

struct steps {
    struct step *list; /* by date, old, new */
    size_t count;
};

static struct cursor cursor_of(struct loader *loader, const struct step *step)
{
    return cursor_at(loader, TABLE_SUCCESSIONS, step->record);
}

/* ---- reading ---- */

static bool take_step(struct cursor *cursor, struct step *step)
{
    step->date = CHISO_DAY_FIRST;
    int extent = -1;
    if (need(cursor, DATE) && take_day(cursor, DATE, &step->date) && chiso_date_from_day(step->date).day != 1)
        fault(cursor, DATE, "date %s is not the first of a month", cell_at(cursor, DATE)->text);
    take_unit(cursor, OLD_CODE, &step->old_code);
    take_unit(cursor, NEW_CODE, &step->new_code);
    if (need(cursor, EXTENT))
        take_choice(cursor, EXTENT, extent_names, 2, &extent);
    step->whole = extent == 0;
    return !cursor->flawed;
}

static int compare_steps(const void *a, const void *b)
{
    const struct step *left = a, *right = b;
    if (left->date != right->date)
        return left->date < right->date ? -1 : 1;
    if (left->old_code != right->old_code)
        return left->old_code < right->old_code ? -1 : 1;
    if (left->new_code != right->new_code)
        return left->new_code < right->new_code ? -1 : 1;
    return (left->record > right->record) - (left->record < right->record);
}

static bool is_same_step(const struct step *a, const struct step *b)
{
    return a->date == b->date && a->old_code == b->old_code && a->new_code == b->new_code;
}

static void take_steps(struct loader *loader, struct steps *steps)
{
    const struct table *table = &loader->tables[TABLE_SUCCESSIONS];
    steps->list = take_scratch(loader, table->count + 1, sizeof *steps->list);
    if (steps->list == NULL)
        return;
    for (size_t i = 0; i < table->count; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_SUCCESSIONS, i);
        steps->list[steps->count] = (struct step){.record = (uint32_t)i};
        steps->count += take_step(&cursor, &steps->list[steps->count]);
    }
    if (steps->count > 0)
        qsort(steps->list, steps->count, sizeof *steps->list, compare_steps);
    size_t unique = 0;
    for (size_t i = 0; i < steps->count; i++) {
        const struct step *before = unique > 0 ? &steps->list[unique - 1] : NULL;
        if (before == NULL || !is_same_step(before, &steps->list[i])) {
            steps->list[unique++] = steps->list[i];
            continue;
        }
        struct cursor cursor = cursor_of(loader, &steps->list[i]);
        fault(
            &cursor, OLD_CODE, "this succession is already in line %zu", table->records[before->record].line);
    }
    steps->count = unique;
}

/* Does the code pass into itself on DATE, that is, is it used again for a new unit? */
static bool passes_into_itself(const struct steps *steps, uint32_t code, chiso_day date)
{
    struct step wanted = {.date = date, .old_code = code, .new_code = code};
    size_t low = 0, high = steps->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_steps(&steps->list[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < steps->count && is_same_step(&steps->list[low], &wanted);
}

/* ---- rules ---- */

static uint32_t row_ending(const struct catalogue *catalogue, uint32_t unit, chiso_day last)
{
    for (uint32_t i = catalogue->row_start[unit]; i < catalogue->row_start[unit + 1]; i++) {
        if (catalogue->rows[i].to == last)
            return i;
    }
    return CATALOGUE_NONE;
}

static uint32_t row_beginning(const struct catalogue *catalogue, uint32_t unit, chiso_day first)
{
    for (uint32_t i = catalogue->row_start[unit]; i < catalogue->row_start[unit + 1]; i++) {
        if (catalogue->rows[i].from == first)
            return i;
    }
    return CATALOGUE_NONE;
}

static void check_old(struct cursor *cursor, struct step *step)
{
    const struct catalogue *catalogue = cursor->loader->catalogue;
    step->old_row = row_ending(catalogue, step->old_code, step->date - 1);
    if (step->old_row != CATALOGUE_NONE || cursor->loader->unit_flawed[step->old_code])
        return;
    char day[CHISO_DATE_CHARS];
    chiso_day_print(step->date - 1, day);
    fault(cursor, OLD_CODE, "unit %s has no row in units.csv with valid_to %s, the day before",
        cell_at(cursor, OLD_CODE)->text, day);
}

static void check_new(struct cursor *cursor, struct step *step)
{
    const struct catalogue *catalogue = cursor->loader->catalogue;
    step->new_row = row_beginning(catalogue, step->new_code, step->date);
    if (step->new_row != CATALOGUE_NONE || cursor->loader->unit_flawed[step->new_code])
        return;
    fault(cursor, NEW_CODE, "unit %s has no row in units.csv with valid_from %s",
        cell_at(cursor, NEW_CODE)->text, cell_at(cursor, DATE)->text);
}

/* A code that goes on after its unit ended, or was there before its unit began, belongs to two units. */
static void check_reuse(
    struct cursor *cursor, const struct steps *steps, const struct step *step, int column, uint32_t code)
{
    const struct catalogue *catalogue = cursor->loader->catalogue;
    bool goes_on = row_ending(catalogue, code, step->date - 1) != CATALOGUE_NONE &&
                   row_beginning(catalogue, code, step->date) != CATALOGUE_NONE;
    if (!goes_on || passes_into_itself(steps, code, step->date))
        return;
    const char *text = cell_at(cursor, column)->text;
    fault(cursor, column,
        "code %s is used again from %s; it needs a row '%s,%s,%s,whole' (or part) of its own", text,
        cell_at(cursor, DATE)->text, cell_at(cursor, DATE)->text, text, text);
}

static void check_part_of_province(struct cursor *cursor, const struct step *step)
{
    const struct unit_row *rows = cursor->loader->catalogue->rows;
    if (step->whole || step->old_row == CATALOGUE_NONE || step->new_row == CATALOGUE_NONE)
        return;
    if (rows[step->old_row].kind == UNIT_PROVINCE || rows[step->new_row].kind == UNIT_PROVINCE)
        fault(cursor, EXTENT, "a province passes into another wholly, not in part");
}

/* A unit that passes wholly into one passes into no other: rows of one old unit stand side by side. */
static void check_extent(struct cursor *cursor, const struct steps *steps, size_t index)
{
    const struct step *step = &steps->list[index];
    if (!step->whole)
        return;
    for (int side = -1; side <= 1; side += 2) {
        size_t other = index + (size_t)side;
        if (other >= steps->count || steps->list[other].old_code != step->old_code ||
            steps->list[other].date != step->date)
            continue;
        fault(cursor, EXTENT, "unit %s passes wholly into %s, and also into another unit in line %zu",
            cell_at(cursor, OLD_CODE)->text, cell_at(cursor, NEW_CODE)->text,
            cursor->table->records[steps->list[other].record].line);
        return;
    }
}

static void check_steps(struct loader *loader, struct steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        struct step *step = &steps->list[i];
        struct cursor cursor = cursor_of(loader, step);
        check_old(&cursor, step);
        check_new(&cursor, step);
        check_reuse(&cursor, steps, step, OLD_CODE, step->old_code);
        if (step->new_code != step->old_code)
            check_reuse(&cursor, steps, step, NEW_CODE, step->new_code);
        check_part_of_province(&cursor, step);
        check_extent(&cursor, steps, i);
    }
}

/* A figure is kept under its code and period: a code that pauses could not tell whose a period is. */
static void check_pause(struct loader *loader, uint32_t index)
{
    const struct unit_row *row = &loader->catalogue->rows[index];
    if (index == loader->catalogue->row_start[row->code] || row[-1].to + 1 == row->from)
        return;
    if (loader->unit_flawed[row->code])
        return;
    struct cursor cursor = cursor_at(loader, TABLE_UNITS, loader->row_record[index]);
    char end[CHISO_DATE_CHARS];
    chiso_day_print(row[-1].to, end);
    fault(&cursor, 1, "code %s is used again after a pause (it ended on %s); give the new unit another code",
        catalogue_unit_code(loader->catalogue, row->code), end);
}

/* ---- identities ---- */

static bool goes_on_as_before(
    const struct catalogue *catalogue, const struct steps *steps, const struct unit_row *row)
{
    return row != &catalogue->rows[catalogue->row_start[row->code]] && row[-1].to + 1 == row->from &&
           !passes_into_itself(steps, row->code, row->from);
}

static void number_identities(struct loader *loader, const struct steps *steps)
{
    struct catalogue *catalogue = loader->catalogue;
    catalogue->identities = take_kept(loader, catalogue->row_count, sizeof *catalogue->identities);
    if (catalogue->identities == NULL)
        return;
    for (uint32_t i = 0; i < catalogue->row_count; i++) {
        struct unit_row *row = &catalogue->rows[i];
        if (!goes_on_as_before(catalogue, steps, row))
            catalogue->identities[catalogue->identity_count++] =
                (struct unit_identity){.code = row->code, .from = row->from, .became = CATALOGUE_NONE};
        row->identity = catalogue->identity_count - 1;
        catalogue->identities[row->identity].to = row->to;
    }
}

static int compare_by_old(const void *a, const void *b)
{
    const struct succession *left = a, *right = b;
    if (left->old_identity != right->old_identity)
        return left->old_identity < right->old_identity ? -1 : 1;
    return (left->new_identity > right->new_identity) - (left->new_identity < right->new_identity);
}

static int compare_by_new(const void *a, const void *b)
{
    const struct succession *left = a, *right = b;
    if (left->new_identity != right->new_identity)
        return left->new_identity < right->new_identity ? -1 : 1;
    return (left->old_identity > right->old_identity) - (left->old_identity < right->old_identity);
}

/* START[i] … START[i + 1]: the successions whose identity (the one that OFFSET points at) is i. */
static uint32_t *index_successions(
    struct loader *loader, const struct succession *list, size_t count, bool by_old)
{
    uint32_t identities = loader->catalogue->identity_count;
    uint32_t *start = take_kept(loader, identities + 1, sizeof *start);
    if (start == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        start[(by_old ? list[i].old_identity : list[i].new_identity) + 1]++;
    for (uint32_t i = 0; i < identities; i++)
        start[i + 1] += start[i];
    return start;
}

static void store_successions(struct loader *loader, const struct steps *steps)
{
    struct catalogue *catalogue = loader->catalogue;
    struct succession *from = take_kept(loader, steps->count, sizeof *from);
    struct succession *into = take_kept(loader, steps->count, sizeof *into);
    if (from == NULL || into == NULL)
        return;
    size_t count = 0;
    for (size_t i = 0; i < steps->count; i++) {
        const struct step *step = &steps->list[i];
        if (step->old_row == CATALOGUE_NONE || step->new_row == CATALOGUE_NONE)
            continue;
        uint32_t old = catalogue->rows[step->old_row].identity;
        from[count++] =
            (struct succession){step->date, old, catalogue->rows[step->new_row].identity, step->whole};
        catalogue->identities[old].succeeded = true;
        if (step->whole)
            catalogue->identities[old].became = from[count - 1].new_identity;
    }
    if (count > 0) {
        memcpy(into, from, count * sizeof *from);
        qsort(from, count, sizeof *from, compare_by_old);
        qsort(into, count, sizeof *into, compare_by_new);
    }
    catalogue->successions_from = from;
    catalogue->successions_into = into;
    catalogue->from_start = index_successions(loader, from, count, true);
    catalogue->into_start = index_successions(loader, into, count, false);
}

/* ---- splits ---- */

/* Days as unsigned numbers in the same order. */
#define DAY_ORIGIN 0x80000000u

struct marks {
    struct keyed *list; /* key: identity, place: day + DAY_ORIGIN */
    size_t count, capacity;
};

static void mark_upwards(
    struct loader *loader, struct marks *marks, uint32_t row_index, chiso_day day, chiso_day split)
{
    const struct unit_row *row = &loader->catalogue->rows[row_index];
    for (int depth = 0; row != NULL && depth <= CATALOGUE_DEPTH_MAX; depth++) {
        if (memory_grow(
                &loader->scratch, &marks->list, marks->count, &marks->capacity, sizeof *marks->list)) {
            loader->out_of_memory = true;
            return;
        }
        marks->list[marks->count++] = (struct keyed){row->identity, (uint32_t)split + DAY_ORIGIN};
        row = catalogue_parent_at(loader->catalogue, row, day);
    }
}

/* The last day on which ROW and whoever is above it on DAY still are as on DAY. */
static chiso_day steady_until(const struct catalogue *catalogue, const struct unit_row *row, chiso_day day)
{
    chiso_day last = row->to;
    for (int depth = 0; depth <= CATALOGUE_DEPTH_MAX && (row = catalogue_parent_at(catalogue, row, day));
         depth++)
        last = row->to < last ? row->to : last;
    return last;
}

/* The same for whoever is above a new unit later in a year that contains SPLIT: a parent may change without a
 * succession, and the figures of the former units come with the unit. */
static void mark_upwards_from(struct loader *loader, struct marks *marks, uint32_t row_index, chiso_day split)
{
    const struct catalogue *catalogue = loader->catalogue;
    const struct unit_row *row = &catalogue->rows[row_index], *end = catalogue->rows + catalogue->row_count;
    uint32_t identity = row->identity;
    chiso_day day = split, beyond = split + 366;
    while (day < beyond && row < end && row->identity == identity && !loader->out_of_memory) {
        mark_upwards(loader, marks, (uint32_t)(row - catalogue->rows), day, split);
        chiso_day last = steady_until(catalogue, row, day);
        if (last >= beyond)
            return;
        day = last + 1;
        row += row->to < day;
    }
}

static void store_splits(struct loader *loader, const struct marks *marks)
{
    struct unit_identity *identities = loader->catalogue->identities;
    chiso_day *days = take_kept(loader, marks->count, sizeof *days);
    if (days == NULL)
        return;
    size_t count = 0;
    for (size_t i = 0; i < marks->count; i++) {
        const struct keyed *mark = &marks->list[i];
        if (i > 0 && compare_keyed(mark, mark - 1) == 0)
            continue;
        struct unit_identity *identity = &identities[mark->key];
        if (identity->split_count++ == 0)
            identity->splits = &days[count];
        days[count++] = (chiso_day)(mark->place - DAY_ORIGIN);
    }
}

/* The province that the unit of ROW is in on DAY, as a code; CATALOGUE_NONE: in none. */
static uint32_t province_of_row(const struct catalogue *catalogue, const struct unit_row *row, chiso_day day)
{
    for (int depth = 0; row != NULL && depth <= CATALOGUE_DEPTH_MAX; depth++) {
        if (row->kind == UNIT_PROVINCE)
            return row->code;
        row = catalogue_parent_at(catalogue, row, day);
    }
    return CATALOGUE_NONE;
}

/* Does the unit of row INDEX move to another province on the day that the row begins? */
static bool begins_elsewhere(const struct catalogue *catalogue, uint32_t index)
{
    const struct unit_row *row = &catalogue->rows[index];
    return index > 0 && row[-1].identity == row->identity && row[-1].parent != row->parent &&
           province_of_row(catalogue, row - 1, row->from - 1) != province_of_row(catalogue, row, row->from);
}

/* Units that are in another province on DAY than before, by themselves or with one above them, and without a
 * succession, leave their figures from before behind. */
static void mark_moves(struct loader *loader, struct marks *marks, chiso_day day)
{
    const struct catalogue *catalogue = loader->catalogue;
    for (uint32_t i = 0; i < catalogue->row_count && !loader->out_of_memory; i++) {
        const struct unit_row *row = &catalogue->rows[i];
        uint32_t now = row->to >= day ? i : i + 1;
        if (!unit_row_valid(row, day - 1) || now == catalogue->row_count ||
            catalogue->rows[now].identity != row->identity ||
            province_of_row(catalogue, row, day - 1) ==
                province_of_row(catalogue, &catalogue->rows[now], day))
            continue;
        mark_upwards(loader, marks, i, day - 1, day);
        mark_upwards(loader, marks, now, day, day);
    }
}

static int compare_days(const void *a, const void *b)
{
    const chiso_day *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Does the unit that STEP founds lie in another province than the one that passed into it? Those below it, which
 * may go on under its code, then move with it. */
static bool leads_elsewhere(const struct catalogue *catalogue, const struct step *step)
{
    return step->old_row != CATALOGUE_NONE && step->new_row != CATALOGUE_NONE &&
           province_of_row(catalogue, &catalogue->rows[step->old_row], step->date - 1) !=
               province_of_row(catalogue, &catalogue->rows[step->new_row], step->date);
}

static void mark_all_moves(struct loader *loader, struct marks *marks, const struct steps *steps)
{
    const struct catalogue *catalogue = loader->catalogue;
    chiso_day *days = memory_take(&loader->scratch, catalogue->row_count + steps->count, sizeof *days);
    size_t count = 0;
    if (days == NULL) {
        loader->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < catalogue->row_count; i++) {
        if (begins_elsewhere(catalogue, i))
            days[count++] = catalogue->rows[i].from;
    }
    for (size_t i = 0; i < steps->count; i++) {
        if (leads_elsewhere(catalogue, &steps->list[i]))
            days[count++] = steps->list[i].date;
    }
    if (count > 0)
        qsort(days, count, sizeof *days, compare_days);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || days[i] != days[i - 1])
            mark_moves(loader, marks, days[i]);
    }
}

/* The totals of a window that strictly contains such a day are not stored (S2). */
static void mark_splits(struct loader *loader, const struct steps *steps)
{
    struct marks marks = {0};
    mark_all_moves(loader, &marks, steps);
    for (size_t i = 0; i < steps->count && !loader->out_of_memory; i++) {
        const struct step *step = &steps->list[i];
        if (step->old_row == CATALOGUE_NONE || step->new_row == CATALOGUE_NONE)
            continue;
        mark_upwards(loader, &marks, step->old_row, step->date - 1, step->date);
        mark_upwards_from(loader, &marks, step->new_row, step->date);
    }
    if (marks.count > 0)
        qsort(marks.list, marks.count, sizeof *marks.list, compare_keyed);
    if (!loader->out_of_memory)
        store_splits(loader, &marks);
}

void load_successions(struct loader *loader)
{
    struct steps steps = {0};
    take_steps(loader, &steps);
    if (loader->out_of_memory)
        return;
    check_steps(loader, &steps);
    for (uint32_t i = 0; i < loader->catalogue->row_count; i++)
        check_pause(loader, i);
    number_identities(loader, &steps);
    if (!loader->out_of_memory)
        store_successions(loader, &steps);
    if (!loader->out_of_memory)
        mark_splits(loader, &steps);
}
