/* indices.csv: which composite indices there are, and how they are shown (STATISTICS S6). */
#include "core/catalogue_load.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    ID,
    VALID_FROM,
    VALID_TO,
    NAME_VI,
    NAME_EN,
    UNIT_KIND,
    METHOD,
    MAXIMUM,
    SHOWN,
    DECIMALS,
    COMPONENT_DECIMALS,
    MISSING,
    MERGER,
    PUBLISHED_AS,
};

#define ID_CHARS_MAX 64
#define NAME_BYTES_MAX 300

static const char *const method_names[] = {"points", "weighted_mean"};
static const char *const shown_names[] = {"points", "fraction"};
static const char *const missing_names[] = {"incomplete", "zero"};
static const char *const merger_names[] = {"none", "mean"};

/* ---- ids ---- */

static bool take_index_id(struct cursor *cursor)
{
    if (!need(cursor, ID))
        return false;
    const struct cell *cell = cell_at(cursor, ID);
    if (!is_id(cell->text, cell->length, ID_CHARS_MAX))
        fault(cursor, ID, "id '%s' is not 1 to %d of the characters a to z, 0 to 9, '_' and '.'", cell->text,
            ID_CHARS_MAX);
    else if (names_find(&cursor->loader->catalogue->indicator_names, cell->text) != CATALOGUE_NONE)
        fault(cursor, ID, "'%s' is an indicator already; an index needs an id of its own", cell->text);
    return !cursor->flawed;
}

/* Every id first, so that a fault elsewhere in its row does not make the index unknown to its components. */
static void number_ids(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_INDICES];
    catalogue->indices = take_kept(loader, table->count, sizeof *catalogue->indices);
    if (loader->out_of_memory || names_init(&catalogue->index_names, &catalogue->memory, table->count)) {
        loader->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < table->count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_INDICES, i);
        const struct cell *cell = cell_at(&cursor, ID);
        if (!take_index_id(&cursor) || names_find(&catalogue->index_names, cell->text) != CATALOGUE_NONE)
            continue;
        if (catalogue->index_count == CATALOGUE_INDICES_MAX) {
            fault(&cursor, ID, "more than %d indices", CATALOGUE_INDICES_MAX);
            return;
        }
        const char *id = keep(loader, cell->text, cell->length);
        if (id == NULL)
            return;
        names_set(&catalogue->index_names, id, catalogue->index_count);
        catalogue->indices[catalogue->index_count++] =
            (struct index_entry){.id = id, .line = cursor.record->line};
    }
}

/* ---- rows ---- */

static void take_index_numbers(struct cursor *cursor, struct index_version *version)
{
    int decimals = 0;
    version->component_decimals = -1;
    version->has_maximum = !cell_is_empty(cursor, MAXIMUM);
    if (take_decimal(cursor, MAXIMUM, &version->maximum) && version->has_maximum &&
        version->maximum.value <= 0)
        fault(cursor, MAXIMUM, "maximum '%s' is not above 0", cell_at(cursor, MAXIMUM)->text);
    take_integer(cursor, DECIMALS, 0, CHISO_DECIMAL_SCALE_MAX, &decimals);
    take_integer(cursor, COMPONENT_DECIMALS, 0, CHISO_DECIMAL_SCALE_MAX, &version->component_decimals);
    version->decimals = (uint8_t)decimals;
}

static void take_index_choices(struct cursor *cursor, struct index_version *version)
{
    int kind = 0, method = 0, shown = 0, missing = 0, merger = 0;
    if (need(cursor, UNIT_KIND))
        take_choice(cursor, UNIT_KIND, unit_kind_names, UNIT_KINDS, &kind);
    if (need(cursor, METHOD))
        take_choice(cursor, METHOD, method_names, 2, &method);
    take_choice(cursor, SHOWN, shown_names, 2, &shown);
    take_choice(cursor, MISSING, missing_names, 2, &missing);
    take_choice(cursor, MERGER, merger_names, 2, &merger);
    version->unit_kind = (enum unit_kind)kind;
    version->method = (enum index_method)method;
    version->shown = (enum index_shown)shown;
    version->missing = (enum index_missing)missing;
    version->merger = (enum index_merger)merger;
}

static bool take_index(struct cursor *cursor, struct index_version *version)
{
    const struct catalogue *catalogue = cursor->loader->catalogue;
    version->which = names_find(&catalogue->index_names, cell_at(cursor, ID)->text);
    take_validity(cursor, VALID_FROM, VALID_TO, &version->from, &version->to);
    version->name_vi = take_required_text(cursor, NAME_VI, NAME_BYTES_MAX);
    version->name_en = take_text(cursor, NAME_EN, NAME_BYTES_MAX);
    if (cell_is_empty(cursor, NAME_EN))
        version->name_en = version->name_vi;
    take_index_choices(cursor, version);
    take_index_numbers(cursor, version);
    version->published_as = CATALOGUE_NONE;
    if (!cell_is_empty(cursor, PUBLISHED_AS))
        take_indicator(cursor, PUBLISHED_AS, &version->published_as);
    if (version->which == CATALOGUE_NONE)
        return false;
    version->id = catalogue->indices[version->which].id;
    return !cursor->flawed;
}

/* ---- validity ---- */

struct placed_version {
    struct index_version version;
    size_t line;
};

static int compare_versions(const void *a, const void *b)
{
    const struct placed_version *left = a, *right = b;
    if (left->version.which != right->version.which)
        return left->version.which < right->version.which ? -1 : 1;
    if (left->version.from != right->version.from)
        return left->version.from < right->version.from ? -1 : 1;
    return (left->line > right->line) - (left->line < right->line);
}

static void check_overlap(struct loader *loader, const struct placed_version *placed, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct placed_version *before = &placed[i - 1], *now = &placed[i];
        if (before->version.which == now->version.which && before->version.to >= now->version.from)
            finding_add(loader, table_specs[TABLE_INDICES]->file, now->line, 1, false,
                "index '%s' is valid here on days on which it is valid in line %zu too", now->version.id,
                before->line);
    }
}

void load_indices(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_INDICES];
    struct placed_version *placed = take_scratch(loader, table->count, sizeof *placed);
    size_t count = 0;
    number_ids(loader);
    for (size_t i = 0; i < table->count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_INDICES, i);
        struct index_version version = {.id = ""};
        if (take_index(&cursor, &version))
            placed[count++] = (struct placed_version){version, cursor.record->line};
    }
    catalogue->index_versions = take_kept(loader, count, sizeof *catalogue->index_versions);
    if (loader->out_of_memory)
        return;
    if (count > 0)
        qsort(placed, count, sizeof *placed, compare_versions);
    check_overlap(loader, placed, count);
    for (size_t i = 0; i < count; i++) {
        struct index_entry *entry = &catalogue->indices[placed[i].version.which];
        if (entry->version_count++ == 0)
            entry->version_first = (uint32_t)i;
        catalogue->index_versions[i] = placed[i].version;
    }
}

/* ---- lookups ---- */

uint32_t catalogue_index_count(const struct catalogue *catalogue)
{
    return catalogue->index_count;
}

uint32_t catalogue_index_find(const struct catalogue *catalogue, const char *id)
{
    return names_find(&catalogue->index_names, id);
}

const char *catalogue_index_id(const struct catalogue *catalogue, uint32_t which)
{
    assert(which < catalogue->index_count);
    return catalogue->indices[which].id;
}

const struct index_version *catalogue_index_at(
    const struct catalogue *catalogue, uint32_t which, chiso_day day)
{
    assert(which < catalogue->index_count);
    const struct index_entry *entry = &catalogue->indices[which];
    for (uint32_t i = 0; i < entry->version_count; i++) {
        const struct index_version *version = &catalogue->index_versions[entry->version_first + i];
        if (version->from <= day && day <= version->to)
            return version;
    }
    return NULL;
}

const struct index_version *catalogue_index_versions(
    const struct catalogue *catalogue, uint32_t which, size_t *count)
{
    assert(which < catalogue->index_count);
    *count = catalogue->indices[which].version_count;
    return &catalogue->index_versions[catalogue->indices[which].version_first];
}

const struct index_component *catalogue_index_components(
    const struct catalogue *catalogue, uint32_t which, size_t *count)
{
    assert(which < catalogue->index_count);
    *count = catalogue->indices[which].component_count;
    return &catalogue->index_components[catalogue->indices[which].component_first];
}

enum chiso_calendar catalogue_index_calendar(const struct catalogue *catalogue, uint32_t which)
{
    assert(which < catalogue->index_count);
    return catalogue->indices[which].calendar;
}
