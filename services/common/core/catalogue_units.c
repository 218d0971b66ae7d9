/* units.csv: codes, their rows in time, and the tree they make (STATISTICS S5). */
#include "core/catalogue_load.h"

#include <chiso/report.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE, VALID_FROM, VALID_TO, KIND, ROLE, PARENT, NAME_VI, NAME_EN };

#define NAME_BYTES_MAX 300
#define ROLE_CHARS_MAX 32

/* Kinds that a unit's parent may have, as bits. A province may stand without a nation in a small catalogue;
 * districts ended on 2025-06-30, so a commune stands under a district or a province. */
#define BIT(kind) (1u << (kind))
static const unsigned parent_kinds[UNIT_KINDS] = {
    [UNIT_NATION] = 0,
    [UNIT_PROVINCE] = BIT(UNIT_NATION),
    [UNIT_DISTRICT] = BIT(UNIT_PROVINCE),
    [UNIT_COMMUNE] = BIT(UNIT_PROVINCE) | BIT(UNIT_DISTRICT),
    [UNIT_DEPARTMENT] = BIT(UNIT_NATION) | BIT(UNIT_PROVINCE) | BIT(UNIT_DISTRICT) | BIT(UNIT_COMMUNE),
    [UNIT_ORGANISATION] = BIT(UNIT_NATION) | BIT(UNIT_PROVINCE) | BIT(UNIT_DISTRICT) | BIT(UNIT_COMMUNE) |
                          BIT(UNIT_DEPARTMENT) | BIT(UNIT_ORGANISATION),
};

/* A row with where it stands, until the rows are in order. */
struct placed_row {
    struct unit_row row;
    uint32_t record;
};

const char *find_role(const struct loader *loader, const char *text, size_t length)
{
    const struct catalogue *catalogue = loader->catalogue;
    for (size_t i = 0; i < catalogue->role_count; i++) {
        if (strlen(catalogue->roles[i]) == length && memcmp(catalogue->roles[i], text, length) == 0)
            return catalogue->roles[i];
    }
    return NULL;
}

static const char *keep_role(struct loader *loader, const char *text, size_t length)
{
    struct catalogue *catalogue = loader->catalogue;
    const char *known = find_role(loader, text, length);
    if (known != NULL)
        return known;
    if (catalogue->role_count == CATALOGUE_ROLES_MAX)
        return NULL;
    const char *copy = keep(loader, text, length);
    if (copy != NULL)
        catalogue->roles[catalogue->role_count++] = copy;
    return copy;
}

/* ---- codes ---- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool take_code(struct cursor *cursor)
{
    if (!need(cursor, CODE))
        return false;
    const struct cell *cell = cell_at(cursor, CODE);
    if (is_code(cell->text, cell->length, CHISO_UNIT_BYTES_MAX))
        return true;
    fault(cursor, CODE, "code '%s' is not 1 to 32 letters, digits, '.', '_' or '-'", cell->text);
    return false;
}

/* Every good code is known from here on, even if its row is not: what refers to it is not to blame. */
static void number_codes(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_UNITS];
    const char **codes = take_kept(loader, table->count, sizeof *codes);
    if (codes == NULL)
        return;
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_UNITS, i);
        if (take_code(&cursor))
            codes[count++] = cell_at(&cursor, CODE)->text;
    }
    qsort(codes, count, sizeof *codes, compare_texts);
    uint32_t unique = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(codes[i], codes[unique - 1]) != 0)
            codes[unique++] = codes[i];
    }
    loader->unit_flawed = take_scratch(loader, unique, sizeof *loader->unit_flawed);
    if (names_init(&catalogue->unit_names, &catalogue->memory, unique)) {
        loader->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < unique; i++) {
        codes[i] = keep(loader, codes[i], strlen(codes[i]));
        if (codes[i] == NULL)
            return;
        names_set(&catalogue->unit_names, codes[i], i);
    }
    catalogue->unit_codes = codes;
    catalogue->unit_count = unique;
}

/* ---- rows ---- */

static void take_role(struct cursor *cursor, const char **out)
{
    const struct cell *cell = cell_at(cursor, ROLE);
    *out = "";
    if (cell->length == 0)
        return;
    for (size_t i = 0; i < cell->length; i++) {
        if ((cell->text[i] < 'a' || cell->text[i] > 'z') && cell->text[i] != '_') {
            fault(cursor, ROLE, "role '%s' is not 1 to 32 of the characters a to z and '_'", cell->text);
            return;
        }
    }
    const char *role =
        cell->length <= ROLE_CHARS_MAX ? keep_role(cursor->loader, cell->text, cell->length) : NULL;
    if (role != NULL)
        *out = role;
    else if (cell->length > ROLE_CHARS_MAX)
        fault(cursor, ROLE, "role '%s' is not 1 to 32 of the characters a to z and '_'", cell->text);
    else if (!cursor->loader->out_of_memory)
        fault(
            cursor, ROLE, "role '%s' is one too many; %d roles are allowed", cell->text, CATALOGUE_ROLES_MAX);
}

static void take_kind(struct cursor *cursor, enum unit_kind *out)
{
    int kind = 0;
    if (need(cursor, KIND) && take_choice(cursor, KIND, unit_kind_names, UNIT_KINDS, &kind))
        *out = (enum unit_kind)kind;
}

static void take_parent(struct cursor *cursor, struct unit_row *row)
{
    row->parent = CATALOGUE_NONE;
    bool empty = cell_is_empty(cursor, PARENT);
    if (cursor->flawed)
        return;
    if (row->kind == UNIT_NATION && !empty)
        fault(cursor, PARENT, "a nation has no parent; '%s' is given", cell_at(cursor, PARENT)->text);
    else if (row->kind > UNIT_PROVINCE && empty)
        fault(cursor, PARENT, "parent is empty; a %s stands under another unit", unit_kind_names[row->kind]);
    else if (!empty)
        take_unit(cursor, PARENT, &row->parent);
    if (row->parent == row->code && !cursor->flawed)
        fault(cursor, PARENT, "unit %s is its own parent", cell_at(cursor, CODE)->text);
}

static bool take_row(struct cursor *cursor, struct unit_row *row)
{
    row->code = names_find(&cursor->loader->catalogue->unit_names, cell_at(cursor, CODE)->text);
    take_validity(cursor, VALID_FROM, VALID_TO, &row->from, &row->to);
    take_kind(cursor, &row->kind);
    take_parent(cursor, row);
    take_role(cursor, &row->role);
    row->name_vi = take_required_text(cursor, NAME_VI, NAME_BYTES_MAX);
    row->name_en = take_text(cursor, NAME_EN, NAME_BYTES_MAX);
    if (cell_is_empty(cursor, NAME_EN))
        row->name_en = row->name_vi;
    if (row->code == CATALOGUE_NONE)
        return false;
    if (cursor->flawed)
        cursor->loader->unit_flawed[row->code] = true;
    return !cursor->flawed;
}

static int compare_rows(const void *a, const void *b)
{
    const struct placed_row *left = a, *right = b;
    if (left->row.code != right->row.code)
        return left->row.code < right->row.code ? -1 : 1;
    if (left->row.from != right->row.from)
        return left->row.from < right->row.from ? -1 : 1;
    return (left->record > right->record) - (left->record < right->record);
}

static size_t take_rows(struct loader *loader, struct placed_row *placed)
{
    const struct table *table = &loader->tables[TABLE_UNITS];
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_UNITS, i);
        placed[count] = (struct placed_row){.record = (uint32_t)i};
        count += take_row(&cursor, &placed[count].row);
    }
    qsort(placed, count, sizeof *placed, compare_rows);
    return count;
}

/* Rows of one code follow each other without overlap; a later row that overlaps is dropped. */
static bool overlaps(struct loader *loader, const struct placed_row *earlier, const struct placed_row *row)
{
    if (earlier == NULL || earlier->row.code != row->row.code || row->row.from > earlier->row.to)
        return false;
    struct cursor cursor = cursor_at(loader, TABLE_UNITS, row->record);
    size_t line = loader->tables[TABLE_UNITS].records[earlier->record].line;
    const char *code = cell_at(&cursor, CODE)->text;
    if (row->row.from == earlier->row.from && row->row.to == earlier->row.to)
        fault(&cursor, CODE, "unit %s is already in line %zu", code, line);
    else
        fault(&cursor, VALID_FROM, "unit %s is valid on the same days as in line %zu", code, line);
    loader->unit_flawed[row->row.code] = true;
    return true;
}

static void store_rows(struct loader *loader, const struct placed_row *placed, size_t count)
{
    struct catalogue *catalogue = loader->catalogue;
    catalogue->rows = take_kept(loader, count, sizeof *catalogue->rows);
    catalogue->row_start = take_kept(loader, catalogue->unit_count + 1, sizeof *catalogue->row_start);
    loader->row_record = take_scratch(loader, count, sizeof *loader->row_record);
    if (loader->out_of_memory)
        return;
    const struct placed_row *earlier = NULL;
    for (size_t i = 0; i < count; i++) {
        if (overlaps(loader, earlier, &placed[i]))
            continue;
        earlier = &placed[i];
        loader->row_record[catalogue->row_count] = placed[i].record;
        catalogue->rows[catalogue->row_count++] = placed[i].row;
        catalogue->row_start[placed[i].row.code + 1]++;
    }
    for (uint32_t i = 0; i < catalogue->unit_count; i++)
        catalogue->row_start[i + 1] += catalogue->row_start[i];
}

/* ---- the tree ---- */

/* Rows by parent: counted, then put in place. */
static void group_children(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    uint32_t *start = take_kept(loader, catalogue->unit_count + 2, sizeof *start);
    catalogue->child_rows = take_kept(loader, catalogue->row_count, sizeof(const struct unit_row *));
    if (loader->out_of_memory)
        return;
    for (uint32_t i = 0; i < catalogue->row_count; i++) {
        if (catalogue->rows[i].parent != CATALOGUE_NONE)
            start[catalogue->rows[i].parent + 2]++;
    }
    for (uint32_t i = 0; i < catalogue->unit_count; i++)
        start[i + 2] += start[i + 1];
    for (uint32_t i = 0; i < catalogue->row_count; i++) {
        const struct unit_row *row = &catalogue->rows[i];
        if (row->parent != CATALOGUE_NONE)
            catalogue->child_rows[start[row->parent + 1]++] = row;
    }
    catalogue->child_start = start;
}

static struct cursor cursor_of_row(struct loader *loader, uint32_t row)
{
    return cursor_at(loader, TABLE_UNITS, loader->row_record[row]);
}

static void report_gap(struct loader *loader, uint32_t row, chiso_day day)
{
    struct cursor cursor = cursor_of_row(loader, row);
    char text[CHISO_DATE_CHARS];
    const char *parent = cell_at(&cursor, PARENT)->text;
    if (day == CHISO_DAY_FIRST) {
        fault(&cursor, PARENT, "parent %s is not valid from the beginning, as this unit is", parent);
        return;
    }
    chiso_day_print(day, text);
    fault(&cursor, PARENT, "parent %s is not valid on %s, where this unit is", parent, text);
}

/* All days of a row are days of its parent, and of a kind that may have it. */
static void check_parent(struct loader *loader, uint32_t index)
{
    const struct catalogue *catalogue = loader->catalogue;
    const struct unit_row *row = &catalogue->rows[index];
    if (row->parent == CATALOGUE_NONE)
        return;
    chiso_day next = row->from; /* the first day not yet covered */
    bool covered = false;
    for (uint32_t i = catalogue->row_start[row->parent]; i < catalogue->row_start[row->parent + 1]; i++) {
        const struct unit_row *parent = &catalogue->rows[i];
        if (parent->to < row->from || parent->from > row->to)
            continue;
        if ((parent_kinds[row->kind] & BIT(parent->kind)) == 0) {
            struct cursor cursor = cursor_of_row(loader, index);
            fault(&cursor, PARENT, "a %s cannot stand under %s, which is a %s", unit_kind_names[row->kind],
                cell_at(&cursor, PARENT)->text, unit_kind_names[parent->kind]);
            return;
        }
        if (parent->from > next)
            break;
        covered = parent->to >= row->to;
        if (covered)
            break;
        next = parent->to + 1;
    }
    if (!covered && !loader->unit_flawed[row->parent])
        report_gap(loader, index, next);
}

/* Only organisations stand under their own kind, so only they can go round in circles; a circle exists on the
 * day on which its last row begins. */
static void check_depth(struct loader *loader, uint32_t index)
{
    const struct unit_row *row = &loader->catalogue->rows[index];
    if (row->kind != UNIT_ORGANISATION)
        return;
    const struct unit_row *at = row;
    for (int depth = 1; (at = catalogue_parent_at(loader->catalogue, at, row->from)) != NULL; depth++) {
        if (at != row && depth <= CATALOGUE_DEPTH_MAX)
            continue;
        struct cursor cursor = cursor_of_row(loader, index);
        if (at == row)
            fault(&cursor, PARENT, "unit %s is under itself", cell_at(&cursor, CODE)->text);
        else
            fault(&cursor, PARENT, "unit %s has more than %d levels of units above it, or a circle",
                cell_at(&cursor, CODE)->text, CATALOGUE_DEPTH_MAX);
        return;
    }
}

/* Which kinds are at or under a unit, on any day: what could ever report for it. */
static void collect_kinds(struct loader *loader)
{
    const struct catalogue *catalogue = loader->catalogue;
    loader->subtree_kinds = take_scratch(loader, catalogue->unit_count, sizeof *loader->subtree_kinds);
    if (loader->subtree_kinds == NULL)
        return;
    for (uint32_t i = 0; i < catalogue->row_count; i++)
        loader->subtree_kinds[catalogue->rows[i].code] |= BIT(catalogue->rows[i].kind);
    bool changed = true;
    for (int depth = 0; changed && depth <= CATALOGUE_DEPTH_MAX; depth++) {
        changed = false;
        for (uint32_t i = 0; i < catalogue->row_count; i++) {
            const struct unit_row *row = &catalogue->rows[i];
            if (row->parent == CATALOGUE_NONE)
                continue;
            uint32_t *above = &loader->subtree_kinds[row->parent];
            changed |= (*above | loader->subtree_kinds[row->code]) != *above;
            *above |= loader->subtree_kinds[row->code];
        }
    }
}

/* ---- provinces ---- */

struct pairs {
    struct keyed *list; /* key: province, place: unit */
    size_t count, capacity;
};

/* Every province that ROW's unit belongs to between FROM and TO, through whatever parents it has had. */
static void collect_provinces(struct loader *loader, struct pairs *pairs, const struct unit_row *row,
    uint32_t unit, chiso_day from, chiso_day to, int depth)
{
    const struct catalogue *catalogue = loader->catalogue;
    if (row->kind == UNIT_PROVINCE) {
        if (memory_grow(&loader->scratch, &pairs->list, pairs->count, &pairs->capacity, sizeof *pairs->list))
            loader->out_of_memory = true;
        else
            pairs->list[pairs->count++] = (struct keyed){row->code, unit};
        return;
    }
    if (row->parent == CATALOGUE_NONE || depth == CATALOGUE_DEPTH_MAX || loader->out_of_memory)
        return;
    for (uint32_t i = catalogue->row_start[row->parent]; i < catalogue->row_start[row->parent + 1]; i++) {
        const struct unit_row *parent = &catalogue->rows[i];
        chiso_day first = parent->from > from ? parent->from : from;
        chiso_day last = parent->to < to ? parent->to : to;
        if (first <= last)
            collect_provinces(loader, pairs, parent, unit, first, last, depth + 1);
    }
}

static void store_provinces(struct loader *loader, const struct pairs *pairs)
{
    struct catalogue *catalogue = loader->catalogue;
    catalogue->provinces = take_kept(loader, catalogue->unit_count, sizeof *catalogue->provinces);
    catalogue->province_start = take_kept(loader, catalogue->unit_count + 1, sizeof(uint32_t));
    catalogue->province_units = take_kept(loader, pairs->count, sizeof *catalogue->province_units);
    if (loader->out_of_memory)
        return;
    uint32_t units = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct keyed *pair = &pairs->list[i];
        if (i > 0 && compare_keyed(pair, pair - 1) == 0)
            continue;
        if (i == 0 || pair->key != pair[-1].key) {
            catalogue->province_start[catalogue->province_count] = units;
            catalogue->provinces[catalogue->province_count++] = (uint32_t)pair->key;
        }
        catalogue->province_units[units++] = pair->place;
    }
    catalogue->province_start[catalogue->province_count] = units;
}

static void group_provinces(struct loader *loader)
{
    const struct catalogue *catalogue = loader->catalogue;
    struct pairs pairs = {0};
    for (uint32_t i = 0; i < catalogue->row_count && !loader->out_of_memory; i++) {
        const struct unit_row *row = &catalogue->rows[i];
        collect_provinces(loader, &pairs, row, row->code, row->from, row->to, 0);
    }
    if (loader->out_of_memory)
        return;
    if (pairs.count > 0)
        qsort(pairs.list, pairs.count, sizeof *pairs.list, compare_keyed);
    store_provinces(loader, &pairs);
}

void load_units(struct loader *loader)
{
    struct table *table = &loader->tables[TABLE_UNITS];
    if (table->count > CATALOGUE_UNITS_MAX) {
        finding_add(loader, table->spec->file, table->records[CATALOGUE_UNITS_MAX].line, 1, false,
            "more than %d rows", CATALOGUE_UNITS_MAX);
        table->count = CATALOGUE_UNITS_MAX;
    }
    number_codes(loader);
    struct placed_row *placed = take_scratch(loader, table->count + 1, sizeof *placed);
    if (loader->out_of_memory)
        return;
    size_t count = take_rows(loader, placed);
    store_rows(loader, placed, count);
    if (!loader->out_of_memory)
        group_children(loader);
    for (uint32_t i = 0; i < loader->catalogue->row_count && !loader->out_of_memory; i++) {
        check_parent(loader, i);
        check_depth(loader, i);
    }
    if (!loader->out_of_memory)
        collect_kinds(loader);
    if (!loader->out_of_memory)
        group_provinces(loader);
}
