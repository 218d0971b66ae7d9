/* reported_by and whole_by: who reports a part, and who speaks for the whole (STATISTICS S2). */
#include "core/catalogue_load.h"

#include <stdlib.h>
#include <string.h>

#define REPORTERS_MAX 32

static bool take_kind(struct cursor *cursor, const struct word *word, size_t length, enum unit_kind *out)
{
    for (int i = 0; i < UNIT_KINDS; i++) {
        if (strlen(unit_kind_names[i]) == length && memcmp(unit_kind_names[i], word->text, length) == 0) {
            *out = (enum unit_kind)i;
            return true;
        }
    }
    fault_word(cursor, word, "'%.*s' does not begin with a kind of unit", (int)word->length, word->text);
    return false;
}

static bool take_reporter(struct cursor *cursor, const struct word *word, struct reporter *out)
{
    const char *colon = memchr(word->text, ':', word->length);
    size_t length = colon != NULL ? (size_t)(colon - word->text) : word->length;
    out->role = "";
    if (!take_kind(cursor, word, length, &out->kind))
        return false;
    if (colon == NULL)
        return true;
    out->role = find_role(cursor->loader, colon + 1, word->length - length - 1);
    if (out->role != NULL)
        return true;
    if (!cursor->loader->tables[TABLE_UNITS].broken)
        fault_word(
            cursor, word, "no unit in units.csv has the role of '%.*s'", (int)word->length, word->text);
    cursor->flawed = true;
    return false;
}

static bool is_listed(const struct reporter *list, size_t count, const struct reporter *wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].kind == wanted->kind && list[i].role == wanted->role)
            return true;
    }
    return false;
}

void take_reporters(struct cursor *cursor, int column, const struct reporter **out, size_t *count)
{
    struct reporter list[REPORTERS_MAX];
    struct word word;
    size_t filled = 0;
    for (size_t at = 0; next_word(cell_at(cursor, column), &at, &word);) {
        struct reporter reporter;
        if (!take_reporter(cursor, &word, &reporter))
            continue;
        if (is_listed(list, filled, &reporter))
            fault_word(cursor, &word, "'%.*s' is listed twice", (int)word.length, word.text);
        else if (filled == REPORTERS_MAX)
            fault_word(cursor, &word, "more than %d entries", REPORTERS_MAX);
        else
            list[filled++] = reporter;
    }
    struct reporter *kept = take_kept(cursor->loader, filled, sizeof *kept);
    if (kept == NULL)
        return;
    if (filled > 0)
        memcpy(kept, list, filled * sizeof *kept);
    *out = kept;
    *count = filled;
}

/* indicator@kind adds up all units of a kind, so no kind is both a part and the whole, whatever the roles. */
static void check_part_and_whole(struct cursor *cursor, int column, const struct indicator *indicator)
{
    unsigned reported = 0;
    for (size_t i = 0; i < indicator->whole_by_count; i++) {
        enum unit_kind kind = indicator->whole_by[i].kind;
        for (size_t j = 0; j < indicator->reported_by_count; j++) {
            if (indicator->reported_by[j].kind != kind || (reported & (1u << kind)) != 0)
                continue;
            fault(cursor, column, "a %s is both a part (reported_by) and the whole (whole_by)",
                unit_kind_names[kind]);
            reported |= 1u << kind;
        }
    }
}

void check_reporters(struct cursor *cursor, int whole_by, const struct indicator *indicator)
{
    check_part_and_whole(cursor, whole_by, indicator);
    for (size_t i = 0; i < indicator->whole_by_count; i++) {
        if (indicator->whole_by[i].kind == UNIT_DEPARTMENT && indicator->whole_by[i].role[0] == '\0')
            fault(cursor, whole_by,
                "a department speaks for the whole only with a role, such as department:justice");
    }
}

/* ---- one department of a role for each unit and day ---- */

struct department {
    const struct unit_row *row;
    uint32_t index;
};

static int compare_departments(const void *a, const void *b)
{
    const struct unit_row *left = ((const struct department *)a)->row;
    const struct unit_row *right = ((const struct department *)b)->row;
    if (left->parent != right->parent)
        return left->parent < right->parent ? -1 : 1;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return (left->code > right->code) - (left->code < right->code);
}

static void report_rivals(
    struct loader *loader, const struct department *first, const struct department *second, const char *id)
{
    const struct catalogue *catalogue = loader->catalogue;
    struct cursor cursor = cursor_at(loader, TABLE_UNITS, loader->row_record[second->index]);
    fault(&cursor, 4,
        "%s and %s are both department:%s of %s on the same day, and it speaks for the whole of '%s'",
        catalogue_unit_code(catalogue, first->row->code), catalogue_unit_code(catalogue, second->row->code),
        second->row->role, catalogue_unit_code(catalogue, second->row->parent), id);
}

static void check_role(struct loader *loader, const char *role, const char *id, struct department *list)
{
    const struct catalogue *catalogue = loader->catalogue;
    size_t count = 0;
    for (uint32_t i = 0; i < catalogue->row_count; i++) {
        const struct unit_row *row = &catalogue->rows[i];
        if (row->kind == UNIT_DEPARTMENT && row->role == role && row->parent != CATALOGUE_NONE)
            list[count++] = (struct department){row, i};
    }
    if (count > 0)
        qsort(list, count, sizeof *list, compare_departments);
    const struct department *longest = NULL; /* of this parent, the one that lasts longest so far */
    for (size_t i = 0; i < count; i++) {
        if (longest == NULL || longest->row->parent != list[i].row->parent)
            longest = &list[i];
        else if (longest->row->to >= list[i].row->from)
            report_rivals(loader, longest, &list[i], id);
        if (list[i].row->to > longest->row->to)
            longest = &list[i];
    }
}

void check_wholes(struct loader *loader)
{
    const struct catalogue *catalogue = loader->catalogue;
    struct department *list = take_scratch(loader, catalogue->row_count, sizeof *list);
    const char *checked[CATALOGUE_ROLES_MAX];
    size_t checked_count = 0;
    for (uint32_t i = 0; i < catalogue->definition_count && list != NULL; i++) {
        const struct indicator *indicator = &catalogue->definitions[i];
        for (size_t j = 0; j < indicator->whole_by_count; j++) {
            const struct reporter *whole = &indicator->whole_by[j];
            bool done = whole->kind != UNIT_DEPARTMENT || whole->role[0] == '\0';
            for (size_t k = 0; k < checked_count && !done; k++)
                done = checked[k] == whole->role;
            if (done)
                continue;
            checked[checked_count++] = whole->role;
            check_role(loader, whole->role, indicator->id, list);
        }
    }
}
