/* What a single cell may hold, and the sentence when it does not. */
#include "core/catalogue_load.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct cursor cursor_at(struct loader *loader, enum table_id table, size_t record)
{
    return (struct cursor){
        .loader = loader, .table = &loader->tables[table], .record = &loader->tables[table].records[record]};
}

const struct cell *cell_at(const struct cursor *cursor, int column)
{
    return &cursor->record->cells[column];
}

bool cell_is_empty(const struct cursor *cursor, int column)
{
    return cell_at(cursor, column)->length == 0;
}

static void report(struct cursor *cursor, size_t place, bool warning, const char *format, va_list arguments)
{
    char text[2 * CHISO_MESSAGE_BYTES];
    vsnprintf(text, sizeof text, format, arguments);
    finding_add(cursor->loader, cursor->table->spec->file, cursor->record->line, place, warning, "%s", text);
}

void fault(struct cursor *cursor, int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(cursor, cell_at(cursor, column)->column, false, format, arguments);
    va_end(arguments);
    cursor->flawed = true;
}

void fault_word(struct cursor *cursor, const struct word *word, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(cursor, word->column, false, format, arguments);
    va_end(arguments);
    cursor->flawed = true;
}

void caution(struct cursor *cursor, int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(cursor, cell_at(cursor, column)->column, true, format, arguments);
    va_end(arguments);
}

static const char *column_name(const struct cursor *cursor, int column)
{
    return cursor->table->spec->columns[column].name;
}

bool need(struct cursor *cursor, int column)
{
    if (!cell_is_empty(cursor, column))
        return true;
    fault(cursor, column, "%s is empty", column_name(cursor, column));
    return false;
}

bool take_day(struct cursor *cursor, int column, chiso_day *out)
{
    const struct cell *cell = cell_at(cursor, column);
    if (cell->length == 0 || chiso_day_parse(cell->text, cell->length, out) == CHISO_OK)
        return true;
    fault(cursor, column, "%s '%s' is not a day; write it as 2025-07-01", column_name(cursor, column),
        cell->text);
    return false;
}

bool take_validity(struct cursor *cursor, int from_column, int to_column, chiso_day *from, chiso_day *to)
{
    *from = CHISO_DAY_FIRST;
    *to = CHISO_DAY_LAST;
    bool good = take_day(cursor, from_column, from);
    good = take_day(cursor, to_column, to) && good;
    if (good && *from > *to) {
        fault(cursor, to_column, "valid_to %s is before valid_from %s", cell_at(cursor, to_column)->text,
            cell_at(cursor, from_column)->text);
        return false;
    }
    return good;
}

/* "a, b or c" */
static void join(const char *const names[], size_t count, char *out, size_t capacity)
{
    size_t at = 0;
    for (size_t i = 0; i < count && at < capacity; i++) {
        const char *before = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        int length = snprintf(out + at, capacity - at, "%s%s", before, names[i]);
        at += (size_t)length;
    }
}

static int find_word(const char *text, size_t length, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0)
            return (int)i;
    }
    return -1;
}

bool take_choice(struct cursor *cursor, int column, const char *const names[], size_t count, int *out)
{
    const struct cell *cell = cell_at(cursor, column);
    if (cell->length == 0)
        return true;
    int found = find_word(cell->text, cell->length, names, count);
    if (found >= 0) {
        *out = found;
        return true;
    }
    char choice[CHISO_MESSAGE_BYTES];
    join(names, count, choice, sizeof choice);
    fault(cursor, column, "%s '%s' is unknown; write %s", column_name(cursor, column), cell->text, choice);
    return false;
}

bool take_integer(struct cursor *cursor, int column, int min, int max, int *out)
{
    const struct cell *cell = cell_at(cursor, column);
    if (cell->length == 0)
        return true;
    struct chiso_decimal number;
    if (chiso_decimal_parse(cell->text, cell->length, '.', &number) == CHISO_OK && number.scale == 0 &&
        number.value >= min && number.value <= max) {
        *out = (int)number.value;
        return true;
    }
    fault(cursor, column, "%s '%s' is not a whole number from %d to %d", column_name(cursor, column),
        cell->text, min, max);
    return false;
}

bool take_decimal(struct cursor *cursor, int column, struct chiso_decimal *out)
{
    const struct cell *cell = cell_at(cursor, column);
    if (cell->length == 0)
        return true;
    struct chiso_decimal number;
    int error = chiso_decimal_parse(cell->text, cell->length, '.', &number);
    if (error == CHISO_EINVAL && cursor->table->point != '\0')
        error = chiso_decimal_parse(cell->text, cell->length, cursor->table->point, &number);
    if (error == CHISO_OK && number.value <= CHISO_FIGURE_MAX && number.value >= -CHISO_FIGURE_MAX) {
        *out = number;
        return true;
    }
    if (error == CHISO_EINVAL)
        fault(cursor, column, "%s '%s' is not a number", column_name(cursor, column), cell->text);
    else
        fault(cursor, column, "%s '%s' is too large or has more than %d decimals",
            column_name(cursor, column), cell->text, CHISO_DECIMAL_SCALE_MAX);
    return false;
}

static bool has_control_character(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return true;
    }
    return false;
}

const char *take_text(struct cursor *cursor, int column, size_t max)
{
    const struct cell *cell = cell_at(cursor, column);
    if (cell->length > max)
        fault(cursor, column, "%s has %u bytes; %zu are allowed", column_name(cursor, column), cell->length,
            max);
    else if (has_control_character(cell->text, cell->length))
        fault(
            cursor, column, "%s holds a line end or another control character", column_name(cursor, column));
    else
        return keep(cursor->loader, cell->text, cell->length);
    return "";
}

const char *take_required_text(struct cursor *cursor, int column, size_t max)
{
    return need(cursor, column) ? take_text(cursor, column, max) : "";
}

bool take_unit(struct cursor *cursor, int column, uint32_t *out)
{
    if (!need(cursor, column))
        return false;
    const struct cell *cell = cell_at(cursor, column);
    uint32_t unit = names_find(&cursor->loader->catalogue->unit_names, cell->text);
    if (unit != CATALOGUE_NONE) {
        *out = unit;
        return true;
    }
    if (!cursor->loader->tables[TABLE_UNITS].broken)
        fault(cursor, column, "unit '%s' is not in units.csv", cell->text);
    cursor->flawed = true;
    return false;
}

bool take_indicator(struct cursor *cursor, int column, uint32_t *out)
{
    if (!need(cursor, column))
        return false;
    const struct cell *cell = cell_at(cursor, column);
    uint32_t indicator = names_find(&cursor->loader->catalogue->indicator_names, cell->text);
    if (indicator != CATALOGUE_NONE) {
        *out = indicator;
        return true;
    }
    if (!cursor->loader->tables[TABLE_INDICATORS].broken)
        fault(cursor, column, "indicator '%s' is not in indicators.csv", cell->text);
    cursor->flawed = true;
    return false;
}

bool next_word(const struct cell *cell, size_t *at, struct word *out)
{
    const char *text = cell->text;
    size_t i = *at;
    while (text[i] == ' ' || text[i] == '\t')
        i++;
    size_t start = i;
    while (text[i] != '\0' && text[i] != ' ' && text[i] != '\t')
        i++;
    *at = i;
    if (i == start)
        return false;
    size_t characters = 0;
    for (size_t j = 0; j < start; j++)
        characters += ((unsigned char)text[j] & 0xC0) != 0x80;
    *out = (struct word){.text = text + start, .length = i - start, .column = cell->column + characters};
    return true;
}

static bool consists_of(const char *text, size_t length, size_t max, const char *set)
{
    if (length == 0 || length > max)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0' || strchr(set, text[i]) == NULL)
            return false;
    }
    return true;
}

bool is_code(const char *text, size_t length, size_t max)
{
    return consists_of(
        text, length, max, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-");
}

bool is_id(const char *text, size_t length, size_t max)
{
    return consists_of(text, length, max, "abcdefghijklmnopqrstuvwxyz0123456789_.");
}

void *take_kept(struct loader *loader, size_t count, size_t size)
{
    void *taken = memory_take(&loader->catalogue->memory, count, size);
    loader->out_of_memory |= taken == NULL;
    return taken;
}

void *take_scratch(struct loader *loader, size_t count, size_t size)
{
    void *taken = memory_take(&loader->scratch, count, size);
    loader->out_of_memory |= taken == NULL;
    return taken;
}

const char *keep(struct loader *loader, const char *text, size_t length)
{
    if (length == 0)
        return "";
    const char *copy = memory_copy(&loader->catalogue->memory, text, length);
    loader->out_of_memory |= copy == NULL;
    return copy;
}

int compare_keyed(const void *a, const void *b)
{
    const struct keyed *left = a, *right = b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return (left->place > right->place) - (left->place < right->place);
}
