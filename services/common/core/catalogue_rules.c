/* rules.csv: what indicators of one unit and window must be to each other. */
#include "core/catalogue_load.h"
#include "core/catalogue_rule.h"

#include <assert.h>
#include <chiso/report.h>
#include <string.h>

enum { ID, LEFT, OPERATOR, RIGHT, SEVERITY };

#define ID_CHARS_MAX 64

const char *const rule_relation_names[5] = {"=", "<=", ">=", "<", ">"};
/* As they may be written; the first ones are those of the enumeration. */
static const char *const operator_words[] = {"=", "<=", ">=", "<", ">", "≤", "≥"};
static const enum rule_relation relation_of_word[] = {
    RULE_EQUAL, RULE_AT_MOST, RULE_AT_LEAST, RULE_LESS, RULE_GREATER, RULE_AT_MOST, RULE_AT_LEAST};
#define OPERATOR_WORDS (sizeof operator_words / sizeof *operator_words)

/* The terms of one rule while it is read. */
struct terms {
    uint32_t indicators[RULE_TERMS_MAX];
    size_t count;
    bool too_many;
};

/* ---- sides ---- */

static size_t characters(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* What stands between two plus signs, without the blanks around it; false at the end of the cell. */
static bool next_term(const struct cell *cell, size_t *at, struct word *out)
{
    if (*at > cell->length)
        return false;
    size_t start = *at, end = start + strcspn(cell->text + start, "+");
    *at = end + 1;
    while (start < end && cell->text[start] == ' ')
        start++;
    while (end > start && cell->text[end - 1] == ' ')
        end--;
    *out = (struct word){.text = cell->text + start,
        .length = end - start,
        .column = cell->column + characters(cell->text, start)};
    return true;
}

/* Why INDICATOR cannot stand in a rule with the TERMS before it. */
static void check_term(
    struct cursor *cursor, const struct word *word, uint32_t indicator, const struct terms *terms)
{
    const struct catalogue *catalogue = cursor->loader->catalogue;
    const struct indicator *definition = catalogue_indicator(catalogue, indicator);
    const struct indicator *first =
        terms->count > 0 ? catalogue_indicator(catalogue, terms->indicators[0]) : definition;
    enum measure measure = definition->measure;
    if (measure == MEASURE_RATIO || measure == MEASURE_MEAN || measure == MEASURE_SHARE)
        fault_word(cursor, word,
            "'%s' is a %s: it has a numerator and a denominator, not one number to add or to compare",
            definition->id, measure_names[measure]);
    else if (definition->calendar != first->calendar)
        fault_word(cursor, word,
            "'%s' has the %s calendar and '%s' the %s one: they have no window in common", definition->id,
            calendar_names[definition->calendar], first->id, calendar_names[first->calendar]);
    for (size_t i = 0; i < terms->count; i++) {
        if (terms->indicators[i] == indicator)
            fault_word(cursor, word, "'%s' stands a second time in this rule", definition->id);
    }
}

static void take_term(struct cursor *cursor, const struct word *word, struct terms *terms)
{
    char id[CHISO_ID_BYTES_MAX + 1] = "";
    if (word->length == 0) {
        fault_word(cursor, word, "an indicator is missing beside a '+'");
        return;
    }
    if (!is_id(word->text, word->length, CHISO_ID_BYTES_MAX)) {
        fault_word(cursor, word,
            "'%.*s' is no indicator; a side is indicators joined by '+' and nothing else", (int)word->length,
            word->text);
        return;
    }
    memcpy(id, word->text, word->length);
    uint32_t indicator = names_find(&cursor->loader->catalogue->indicator_names, id);
    if (indicator == CATALOGUE_NONE) {
        if (!cursor->loader->tables[TABLE_INDICATORS].broken)
            fault_word(cursor, word, "indicator '%s' is not in indicators.csv", id);
        cursor->flawed = true;
        return;
    }
    if (cursor->loader->indicator_flawed[indicator]) {
        cursor->flawed = true;
        return;
    }
    if (terms->count == RULE_TERMS_MAX) {
        if (!terms->too_many)
            fault_word(cursor, word, "the rule has more than %d indicators", RULE_TERMS_MAX);
        terms->too_many = true;
        return;
    }
    check_term(cursor, word, indicator, terms);
    terms->indicators[terms->count++] = indicator;
}

static void take_side(struct cursor *cursor, int column, struct terms *terms)
{
    const struct cell *cell = cell_at(cursor, column);
    struct word word;
    if (!need(cursor, column))
        return;
    for (size_t at = 0; next_term(cell, &at, &word);)
        take_term(cursor, &word, terms);
}

/* ---- rows ---- */

/* While loading, an id is known by its record. */
static void take_rule_id(struct cursor *cursor, uint32_t record, struct rule *rule)
{
    struct catalogue *catalogue = cursor->loader->catalogue;
    const struct cell *cell = cell_at(cursor, ID);
    if (!need(cursor, ID))
        return;
    if (!is_id(cell->text, cell->length, ID_CHARS_MAX)) {
        fault(cursor, ID, "id '%s' is not 1 to %d of the characters a to z, 0 to 9, '_' and '.'", cell->text,
            ID_CHARS_MAX);
        return;
    }
    uint32_t before = names_find(&catalogue->rule_names, cell->text);
    if (before != UINT32_MAX) {
        fault(cursor, ID, "rule '%s' stands already in line %zu", cell->text,
            cursor->table->records[before].line);
        return;
    }
    rule->id = keep(cursor->loader, cell->text, cell->length);
    if (!cursor->loader->out_of_memory)
        names_set(&catalogue->rule_names, rule->id, record);
}

static bool take_rule(struct cursor *cursor, uint32_t record, struct rule *rule)
{
    struct terms terms = {.count = 0};
    int word = 0, severity = SEVERITY_WARNING;
    take_rule_id(cursor, record, rule);
    take_side(cursor, LEFT, &terms);
    rule->left_count = terms.count;
    if (need(cursor, OPERATOR))
        take_choice(cursor, OPERATOR, operator_words, OPERATOR_WORDS, &word);
    take_side(cursor, RIGHT, &terms);
    take_choice(cursor, SEVERITY, severity_names, SEVERITIES, &severity);
    if (cursor->flawed)
        return false;
    uint32_t *indicators = take_kept(cursor->loader, terms.count, sizeof *indicators);
    if (indicators == NULL)
        return false;
    memcpy(indicators, terms.indicators, terms.count * sizeof *indicators);
    rule->indicators = indicators;
    rule->count = terms.count;
    rule->relation = relation_of_word[word];
    rule->severity = (enum severity)severity;
    rule->calendar = catalogue_indicator(cursor->loader->catalogue, indicators[0])->calendar;
    rule->line = cursor->record->line;
    return true;
}

/* ---- rules by id, and by indicator ---- */

static void index_rules(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    uint32_t count = catalogue->indicator_count, total = 0;
    uint32_t *start = take_kept(loader, count + 1, sizeof *start);
    for (uint32_t i = 0; i < catalogue->rule_count; i++) {
        names_set(&catalogue->rule_names, catalogue->rules[i].id, i);
        total += (uint32_t)catalogue->rules[i].count;
    }
    uint32_t *list = take_kept(loader, total, sizeof *list);
    if (loader->out_of_memory)
        return;
    /* Counted one place further on, then summed: the beginning of each indicator's part. */
    for (uint32_t i = 0; i < catalogue->rule_count; i++) {
        for (size_t k = 0; k < catalogue->rules[i].count; k++)
            start[catalogue->rules[i].indicators[k] + 1]++;
    }
    for (uint32_t i = 0; i < count; i++)
        start[i + 1] += start[i];
    uint32_t *filled = take_scratch(loader, count, sizeof *filled);
    for (uint32_t i = 0; i < catalogue->rule_count && filled; i++) {
        for (size_t k = 0; k < catalogue->rules[i].count; k++) {
            uint32_t indicator = catalogue->rules[i].indicators[k];
            list[start[indicator] + filled[indicator]++] = i;
        }
    }
    catalogue->rule_start = start;
    catalogue->rule_list = list;
}

void load_rules(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_RULES];
    size_t count = table->count;
    catalogue->rules = take_kept(loader, count, sizeof *catalogue->rules);
    if (loader->out_of_memory || names_init(&catalogue->rule_names, &catalogue->memory, count)) {
        loader->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_RULES, i);
        struct rule rule = {.id = ""};
        if (i == CATALOGUE_RULES_MAX) {
            fault(&cursor, ID, "more than %d rules", CATALOGUE_RULES_MAX);
            break;
        }
        if (take_rule(&cursor, (uint32_t)i, &rule))
            catalogue->rules[catalogue->rule_count++] = rule;
    }
    if (!loader->out_of_memory)
        index_rules(loader);
}

/* ---- lookups ---- */

uint32_t catalogue_rule_count(const struct catalogue *catalogue)
{
    return catalogue->rule_count;
}

uint32_t catalogue_rule_find(const struct catalogue *catalogue, const char *id)
{
    return names_find(&catalogue->rule_names, id);
}

const struct rule *catalogue_rule(const struct catalogue *catalogue, uint32_t which)
{
    assert(which < catalogue->rule_count);
    return &catalogue->rules[which];
}

const uint32_t *catalogue_rules_of(const struct catalogue *catalogue, uint32_t indicator, size_t *count)
{
    assert(indicator < catalogue->indicator_count);
    *count = catalogue->rule_start[indicator + 1] - catalogue->rule_start[indicator];
    return &catalogue->rule_list[catalogue->rule_start[indicator]];
}
