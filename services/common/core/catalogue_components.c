/* index_components.csv: what composite indices are made of, and whether that can be computed (STATISTICS S6).
 */
#include "core/catalogue_load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDEX, COMPONENT, WEIGHT, POINTS, SCORING, FULL_AT, CAPPED, STEPS, ZERO_DENOMINATOR };

static const char *const scoring_names[] = {"linear", "steps", "none"};
static const char *const flag_names[] = {"yes", "true", "1", "no", "false", "0"};
#define FLAGS_YES 3
static const char *const zero_names[] = {"not_applicable", "zero", "full"};

/* ---- steps: 1:5 2:10 ---- */

static bool parse_number(
    const struct cursor *cursor, const char *text, size_t length, struct chiso_decimal *out)
{
    int error = chiso_decimal_parse(text, length, '.', out);
    if (error == CHISO_EINVAL && cursor->table->point != '\0')
        error = chiso_decimal_parse(text, length, cursor->table->point, out);
    return error == CHISO_OK && out->value >= 0 && out->value <= CHISO_FIGURE_MAX;
}

static bool parse_step(const struct cursor *cursor, const struct word *word, struct index_step *out)
{
    const char *colon = memchr(word->text, ':', word->length);
    if (colon == NULL)
        return false;
    size_t before = (size_t)(colon - word->text);
    return parse_number(cursor, word->text, before, &out->threshold) &&
           parse_number(cursor, colon + 1, word->length - before - 1, &out->points);
}

static void take_step(struct cursor *cursor, const struct word *word, struct index_step *steps, size_t count)
{
    int length = (int)word->length;
    if (!parse_step(cursor, word, &steps[count]))
        fault_word(
            cursor, word, "step '%.*s' is not a threshold and its points such as 2:10", length, word->text);
    else if (count > 0 && chiso_decimal_compare(steps[count].threshold, steps[count - 1].threshold) <= 0)
        fault_word(cursor, word, "step '%.*s' is not above the step before it", length, word->text);
}

static void check_highest_step(struct cursor *cursor, const struct index_component *component)
{
    struct chiso_decimal highest = {0, 0};
    char reached[CHISO_DECIMAL_CHARS], points[CHISO_DECIMAL_CHARS];
    for (size_t i = 0; i < component->step_count; i++) {
        if (chiso_decimal_compare(component->steps[i].points, highest) > 0)
            highest = component->steps[i].points;
    }
    if (chiso_decimal_compare(highest, component->points) == 0)
        return;
    chiso_decimal_print(highest, reached);
    chiso_decimal_print(component->points, points);
    caution(cursor, POINTS, "the steps reach %s points, but points, which make up the maximum, are %s",
        reached, points);
}

static void take_steps(struct cursor *cursor, struct index_component *component)
{
    const struct cell *cell = cell_at(cursor, STEPS);
    struct word word;
    size_t count = 0;
    if (component->scoring != SCORING_STEPS) {
        if (cell->length > 0)
            fault(cursor, STEPS, "steps go with the scoring steps only");
        return;
    }
    if (!need(cursor, STEPS))
        return;
    /* A step has at least three characters and a blank. */
    struct index_step *steps = take_kept(cursor->loader, cell->length / 2 + 1, sizeof *steps);
    for (size_t at = 0; steps != NULL && next_word(cell, &at, &word) && !cursor->flawed; count++)
        take_step(cursor, &word, steps, count);
    component->steps = steps;
    component->step_count = count;
    if (!cursor->flawed && steps != NULL)
        check_highest_step(cursor, component);
}

/* ---- rows ---- */

static void take_above_zero(struct cursor *cursor, int column, struct chiso_decimal *out)
{
    *out = (struct chiso_decimal){1, 0};
    if (take_decimal(cursor, column, out) && out->value <= 0)
        fault(cursor, column, "%s '%s' is not above 0", cursor->table->spec->columns[column].name,
            cell_at(cursor, column)->text);
}

static void take_index_of(struct cursor *cursor, struct index_component *component)
{
    component->of = CATALOGUE_NONE;
    if (!need(cursor, INDEX))
        return;
    const char *id = cell_at(cursor, INDEX)->text;
    component->of = names_find(&cursor->loader->catalogue->index_names, id);
    if (component->of == CATALOGUE_NONE && !cursor->loader->tables[TABLE_INDICES].broken)
        fault(cursor, INDEX, "index '%s' is not in indices.csv", id);
}

static void take_part(struct cursor *cursor, struct index_component *component)
{
    const struct loader *loader = cursor->loader;
    component->indicator = component->nested = CATALOGUE_NONE;
    if (!need(cursor, COMPONENT))
        return;
    const char *id = cell_at(cursor, COMPONENT)->text;
    component->indicator = names_find(&loader->catalogue->indicator_names, id);
    component->nested = names_find(&loader->catalogue->index_names, id);
    if (component->indicator == CATALOGUE_NONE && component->nested == CATALOGUE_NONE) {
        if (!loader->tables[TABLE_INDICES].broken && !loader->tables[TABLE_INDICATORS].broken)
            fault(cursor, COMPONENT, "'%s' is neither an indicator nor an index", id);
        cursor->flawed = true;
    }
}

static bool take_component(struct cursor *cursor, struct index_component *component)
{
    int scoring = SCORING_LINEAR, capped = 0, zero = 0;
    component->line = cursor->record->line;
    take_index_of(cursor, component);
    take_part(cursor, component);
    take_above_zero(cursor, WEIGHT, &component->weight);
    take_above_zero(cursor, POINTS, &component->points);
    take_above_zero(cursor, FULL_AT, &component->full_at);
    take_choice(cursor, SCORING, scoring_names, 3, &scoring);
    take_choice(cursor, CAPPED, flag_names, 6, &capped);
    take_choice(cursor, ZERO_DENOMINATOR, zero_names, 3, &zero);
    component->scoring = (enum scoring)scoring;
    component->capped = capped < FLAGS_YES;
    component->has_zero_denominator = !cell_is_empty(cursor, ZERO_DENOMINATOR);
    component->zero_denominator = (enum zero_denominator)zero;
    take_steps(cursor, component);
    if (component->has_zero_denominator && component->nested != CATALOGUE_NONE)
        fault(cursor, ZERO_DENOMINATOR,
            "zero_denominator beside the index '%s'; only an indicator has a denominator",
            cell_at(cursor, COMPONENT)->text);
    return !cursor->flawed && component->of != CATALOGUE_NONE;
}

/* ---- between rows ---- */

static void component_fault(struct loader *loader, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void component_fault(struct loader *loader, size_t line, const char *format, ...)
{
    char text[2 * CHISO_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    finding_add(loader, table_specs[TABLE_COMPONENTS]->file, line, 1, false, "%s", text);
}

static const char *id_of(const struct catalogue *catalogue, const struct index_component *component)
{
    return component->nested != CATALOGUE_NONE ? catalogue->indices[component->nested].id
                                               : catalogue->indicators[component->indicator].id;
}

static int compare_components(const void *a, const void *b)
{
    const struct index_component *left = a, *right = b;
    if (left->of != right->of)
        return left->of < right->of ? -1 : 1;
    return (left->line > right->line) - (left->line < right->line);
}

static void check_members(struct loader *loader, const struct index_entry *entry)
{
    const struct catalogue *catalogue = loader->catalogue;
    const struct index_component *list = &catalogue->index_components[entry->component_first];
    bool counts = false;
    for (uint32_t i = 0; i < entry->component_count; i++) {
        counts |= list[i].scoring != SCORING_NONE;
        for (uint32_t k = 0; k < i; k++) {
            if (list[i].indicator != list[k].indicator || list[i].nested != list[k].nested)
                continue;
            component_fault(loader, list[i].line, "'%s' is already a component of index '%s' in line %zu",
                id_of(catalogue, &list[i]), entry->id, list[k].line);
            break;
        }
    }
    if (!counts && !loader->tables[TABLE_COMPONENTS].broken && loader->components_flawed == 0)
        finding_add(loader, table_specs[TABLE_INDICES]->file, entry->line, 1, false,
            "index '%s' has no component that counts in index_components.csv", entry->id);
}

/* A walk down from one index, once to each below it: the way to where it stands, and the first indicator that
 * it met. */
struct walk {
    struct loader *loader;
    uint32_t path[CATALOGUE_INDICES_MAX];
    bool seen[CATALOGUE_INDICES_MAX];
    size_t depth;
    uint32_t indicator; /* CATALOGUE_NONE: none yet */
    bool broken; /* no need to go on */
};

static void print_path(const struct walk *walk, size_t from, uint32_t last, char *out, size_t capacity)
{
    const struct index_entry *indices = walk->loader->catalogue->indices;
    size_t at = 0;
    for (size_t i = from; i < walk->depth && at < capacity; i++)
        at += (size_t)snprintf(out + at, capacity - at, "%s > ", indices[walk->path[i]].id);
    if (at < capacity)
        snprintf(out + at, capacity - at, "%s", indices[last].id);
}

/* A circle is reported once: from the one of its indices that comes first. */
static bool closes_circle(struct walk *walk, const struct index_component *component)
{
    char path[CHISO_MESSAGE_BYTES];
    for (size_t i = 0; i < walk->depth; i++) {
        if (walk->path[i] != component->nested)
            continue;
        walk->broken = true;
        if (i > 0)
            return true;
        for (size_t k = 1; k < walk->depth; k++) {
            if (walk->path[k] < walk->path[0])
                return true;
        }
        print_path(walk, 0, component->nested, path, sizeof path);
        component_fault(walk->loader, component->line, "index '%s' is a part of itself: %s",
            walk->loader->catalogue->indices[component->nested].id, path);
        return true;
    }
    return false;
}

static void meet_indicator(struct walk *walk, uint32_t indicator, size_t line)
{
    const struct catalogue *catalogue = walk->loader->catalogue;
    if (walk->indicator == CATALOGUE_NONE)
        walk->indicator = indicator;
    if (catalogue->indicators[indicator].count == 0 || catalogue->indicators[walk->indicator].count == 0)
        return;
    const struct indicator *first = catalogue_indicator(catalogue, walk->indicator),
                           *now = catalogue_indicator(catalogue, indicator);
    if (first->calendar == now->calendar)
        return;
    walk->broken = true;
    component_fault(walk->loader, line, "index '%s' has '%s' of the %s calendar beside '%s' of the %s one",
        catalogue->indices[walk->path[0]].id, now->id, calendar_names[now->calendar], first->id,
        calendar_names[first->calendar]);
}

static void walk_down(struct walk *walk, uint32_t which)
{
    const struct catalogue *catalogue = walk->loader->catalogue;
    const struct index_entry *entry = &catalogue->indices[which];
    walk->seen[which] = true;
    walk->path[walk->depth++] = which;
    for (uint32_t i = 0; i < entry->component_count && !walk->broken; i++) {
        const struct index_component *component = &catalogue->index_components[entry->component_first + i];
        if (component->nested == CATALOGUE_NONE) {
            meet_indicator(walk, component->indicator, component->line);
        } else if (closes_circle(walk, component)) {
            continue;
        } else if (!walk->seen[component->nested]) {
            walk_down(walk, component->nested);
        }
    }
    walk->depth--;
}

static void check_published(struct walk *walk, const struct index_entry *entry)
{
    const struct catalogue *catalogue = walk->loader->catalogue;
    for (uint32_t i = 0; i < entry->version_count; i++) {
        uint32_t published = catalogue->index_versions[entry->version_first + i].published_as;
        if (published == CATALOGUE_NONE || walk->indicator == CATALOGUE_NONE ||
            catalogue->indicators[published].count == 0 || catalogue->indicators[walk->indicator].count == 0)
            continue;
        if (catalogue_indicator(catalogue, published)->calendar !=
            catalogue_indicator(catalogue, walk->indicator)->calendar)
            finding_add(walk->loader, table_specs[TABLE_INDICES]->file, entry->line, 1, false,
                "published_as '%s' has another calendar than the components of index '%s'",
                catalogue->indicators[published].id, entry->id);
    }
}

static void check_structure(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    for (uint32_t i = 0; i < catalogue->index_count; i++) {
        struct walk walk = {.loader = loader, .indicator = CATALOGUE_NONE};
        struct index_entry *entry = &catalogue->indices[i];
        check_members(loader, entry);
        walk_down(&walk, i);
        if (!walk.broken)
            check_published(&walk, entry);
        if (walk.indicator != CATALOGUE_NONE && catalogue->indicators[walk.indicator].count > 0)
            entry->calendar = catalogue_indicator(catalogue, walk.indicator)->calendar;
    }
}

void load_components(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_COMPONENTS];
    struct index_component *list = take_kept(loader, table->count, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < table->count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_COMPONENTS, i);
        struct index_component component = {0};
        if (take_component(&cursor, &component))
            list[count++] = component;
        else
            loader->components_flawed++;
    }
    if (loader->out_of_memory)
        return;
    if (count > 0)
        qsort(list, count, sizeof *list, compare_components);
    for (size_t i = 0; i < count; i++) {
        struct index_entry *entry = &catalogue->indices[list[i].of];
        if (entry->component_count++ == 0)
            entry->component_first = (uint32_t)i;
    }
    catalogue->index_components = list;
    check_structure(loader);
}
