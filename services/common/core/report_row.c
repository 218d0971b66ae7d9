#include "core/report_row.h"

#include "core/utf8.h"
#include <chiso/decimal.h>
#include <chiso/period.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const report_column_names[REPORT_COLUMNS] = {"unit", "period", "indicator", "value",
    "denominator", "qualifier", "denominator_qualifier", "not_applicable", "withdrawn", "revision", "source",
    "note"};

#define SHOWN_BYTES_MAX 60

/* A row on its way: where its cells are, and whether anything was wrong. */
struct work {
    const struct csv_row *row;
    const int *position;
    char point;
    struct report_faults *faults;
    bool faulty;
};

static const struct csv_field *cell(const struct work *work, enum report_column column)
{
    static const struct csv_field absent = {.text = "", .length = 0, .column = 1};
    return work->position[column] < 0 ? &absent : &work->row->fields[work->position[column]];
}

#define FAULT(work, field, ...)                                                                              \
    ((work)->faulty = true,                                                                                  \
        report_faults_add((work)->faults, (work)->row->line, (field)->column, __VA_ARGS__))

/* A cell for "%.*s": enough of it to find it again, so that the sentence behind it is not cut off. */
#define SHOWN(field) (int)utf8_cut((field)->text, (field)->length, SHOWN_BYTES_MAX), (field)->text

/* ---- words ---- */

int report_qualifier_parse(const char *word, enum chiso_qualifier *out)
{
    static const struct {
        const char *word;
        enum chiso_qualifier qualifier;
    } words[] = {
        {"", CHISO_EXACT},
        {"exact", CHISO_EXACT},
        {"at_least", CHISO_AT_LEAST},
        {"trên", CHISO_AT_LEAST},
        {"hơn", CHISO_AT_LEAST},
        {"ít nhất", CHISO_AT_LEAST},
        {"Ít nhất", CHISO_AT_LEAST},
        {"below", CHISO_BELOW},
        {"gần", CHISO_BELOW},
        {"dưới", CHISO_BELOW},
        {"about", CHISO_ABOUT},
        {"khoảng", CHISO_ABOUT},
        {"ước khoảng", CHISO_ABOUT},
        {"Ước khoảng", CHISO_ABOUT},
        {"estimate", CHISO_ESTIMATE},
        {"ước", CHISO_ESTIMATE},
        {"Ước", CHISO_ESTIMATE},
        {"at_most", CHISO_AT_MOST},
        {"tối đa", CHISO_AT_MOST},
        {"top", CHISO_AT_MOST},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(word, words[i].word) == 0) {
            *out = words[i].qualifier;
            return CHISO_OK;
        }
    return CHISO_EINVAL;
}

static enum chiso_qualifier read_qualifier(struct work *work, enum report_column column)
{
    enum chiso_qualifier qualifier = CHISO_EXACT;
    const struct csv_field *field = cell(work, column);
    if (report_qualifier_parse(field->text, &qualifier) != CHISO_OK)
        FAULT(work, field,
            "%s \"%.*s\" is none of exact, at_least, below, about, estimate, at_most, trên, hơn, ít nhất, "
            "gần, "
            "dưới, khoảng, ước khoảng, ước, tối đa",
            report_column_names[column], SHOWN(field));
    return qualifier;
}

/* 1 yes, 0 no, -1 neither. */
static int read_flag(struct work *work, enum report_column column)
{
    static const char *const yes[] = {"yes", "true", "1"}, *const no[] = {"", "no", "false", "0"};
    const struct csv_field *field = cell(work, column);
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (strcasecmp(field->text, yes[i]) == 0)
            return 1;
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (strcasecmp(field->text, no[i]) == 0)
            return 0;
    FAULT(work, field, "%s \"%.*s\" is neither yes nor no", report_column_names[column], SHOWN(field));
    return -1;
}

/* ---- numbers ---- */

static int read_number(struct work *work, enum report_column column, size_t length, struct chiso_decimal *out)
{
    const struct csv_field *field = cell(work, column);
    int error = chiso_decimal_parse(field->text, length, work->point, out);
    if (error == CHISO_EINVAL)
        FAULT(work, field, "%s \"%.*s\" is not a number such as 1368 or 13%c68", report_column_names[column],
            SHOWN(field), work->point);
    else if (error == CHISO_ERANGE)
        FAULT(work, field, "%s \"%.*s\" is too large or has more than %d decimals",
            report_column_names[column], SHOWN(field), CHISO_DECIMAL_SCALE_MAX);
    return error;
}

/* Length of the number before a per cent sign; 0 when TEXT does not end with one. */
static size_t percent_length(const struct csv_field *field)
{
    size_t length = field->length;
    if (length == 0 || field->text[length - 1] != '%')
        return 0;
    length--;
    while (length > 0 && field->text[length - 1] == ' ')
        length--;
    return length;
}

static void read_pair(struct work *work, struct chiso_decimal value, struct chiso_observation *out)
{
    const struct csv_field *field = cell(work, COLUMN_DENOMINATOR);
    struct chiso_decimal denominator;
    if (out->bare) {
        FAULT(work, field,
            "a percentage (\"%.*s\") has no denominator; write the numerator without %% instead",
            SHOWN(cell(work, COLUMN_VALUE)));
        return;
    }
    if (read_number(work, COLUMN_DENOMINATOR, field->length, &denominator) != CHISO_OK)
        return;
    uint8_t scale = value.scale > denominator.scale ? value.scale : denominator.scale;
    if (chiso_decimal_rescale(value, scale, &value) != CHISO_OK ||
        chiso_decimal_rescale(denominator, scale, &denominator) != CHISO_OK) {
        FAULT(work, field,
            "value \"%.*s\" and denominator \"%.*s\" are too large to be written with %d decimals",
            SHOWN(cell(work, COLUMN_VALUE)), SHOWN(field), scale);
        return;
    }
    out->value = value.value;
    out->denominator = denominator.value;
    out->scale = scale;
    out->denominator_qualifier = read_qualifier(work, COLUMN_DENOMINATOR_QUALIFIER);
}

static void read_figure(struct work *work, struct chiso_observation *out)
{
    const struct csv_field *field = cell(work, COLUMN_VALUE);
    struct chiso_decimal value;
    out->qualifier = read_qualifier(work, COLUMN_QUALIFIER);
    if (field->length == 0) {
        FAULT(work, field, "no value; write 0 for zero, or yes in the column not_applicable or withdrawn");
        return;
    }
    size_t length = percent_length(field);
    out->bare = length > 0;
    if (read_number(work, COLUMN_VALUE, length > 0 ? length : field->length, &value) != CHISO_OK)
        return;
    out->value = value.value;
    out->scale = value.scale;
    if (cell(work, COLUMN_DENOMINATOR)->length > 0)
        read_pair(work, value, out);
    else if (cell(work, COLUMN_DENOMINATOR_QUALIFIER)->length > 0)
        FAULT(work, cell(work, COLUMN_DENOMINATOR_QUALIFIER),
            "denominator_qualifier \"%.*s\" without a denominator",
            SHOWN(cell(work, COLUMN_DENOMINATOR_QUALIFIER)));
}

/* Not applicable and withdrawn say that there is no figure: none may stand beside them. */
static void check_no_figure(struct work *work, enum report_column flag)
{
    static const enum report_column figure[] = {
        COLUMN_VALUE, COLUMN_DENOMINATOR, COLUMN_QUALIFIER, COLUMN_DENOMINATOR_QUALIFIER};
    for (size_t i = 0; i < sizeof figure / sizeof figure[0]; i++) {
        const struct csv_field *field = cell(work, figure[i]);
        if (field->length > 0)
            FAULT(work, field, "%s \"%.*s\" beside %s: a row has either a figure or the mark",
                report_column_names[figure[i]], SHOWN(field), report_column_names[flag]);
    }
}

static void read_observation(struct work *work, struct chiso_observation *out)
{
    int not_applicable = read_flag(work, COLUMN_NOT_APPLICABLE);
    int withdrawn = read_flag(work, COLUMN_WITHDRAWN);
    out->not_applicable = not_applicable > 0;
    out->withdrawn = withdrawn > 0;
    if (out->not_applicable && out->withdrawn)
        FAULT(work, cell(work, COLUMN_WITHDRAWN), "a figure cannot be both not applicable and withdrawn");
    else if (out->not_applicable)
        check_no_figure(work, COLUMN_NOT_APPLICABLE);
    else if (out->withdrawn)
        check_no_figure(work, COLUMN_WITHDRAWN);
    else if (not_applicable == 0 && withdrawn == 0)
        read_figure(work, out);
}

/* ---- the rest ---- */

static const char *read_code(struct work *work, enum report_column column, size_t max)
{
    const struct csv_field *field = cell(work, column);
    if (field->length == 0)
        FAULT(work, field, "no %s", report_column_names[column]);
    else if (!chiso_code_is_valid(field->text, max))
        FAULT(work, field, "%s \"%.*s\" is not 1 to %zu letters, digits, '.', '_' or '-'",
            report_column_names[column], SHOWN(field), max);
    return field->text;
}

static const char *read_period(struct work *work)
{
    const struct csv_field *field = cell(work, COLUMN_PERIOD);
    struct chiso_period period;
    if (field->length == 0)
        FAULT(work, field, "no period");
    else if (chiso_period_parse(field->text, field->length, &period) != CHISO_OK)
        FAULT(work, field,
            "\"%.*s\" is not a period such as 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14, "
            "2024-01-01/2024-11-11 or ../2022-09-30",
            SHOWN(field));
    return field->text;
}

static uint32_t read_revision(struct work *work)
{
    const struct csv_field *field = cell(work, COLUMN_REVISION);
    struct chiso_decimal number;
    if (field->length == 0)
        return 0;
    if (chiso_decimal_parse(field->text, field->length, work->point, &number) == CHISO_OK &&
        number.scale == 0 && number.value >= 1 && (uint64_t)number.value <= CHISO_REVISION_MAX)
        return (uint32_t)number.value;
    FAULT(work, field, "revision \"%.*s\" is not a whole number from 1 to %llu", SHOWN(field),
        (unsigned long long)CHISO_REVISION_MAX);
    return 0;
}

static const char *read_text(struct work *work, enum report_column column, size_t max)
{
    const struct csv_field *field = cell(work, column);
    if (field->length > max)
        FAULT(work, field, "%s has %zu bytes, at most %zu are allowed", report_column_names[column],
            field->length, max);
    return field->text;
}

/* Apostrophes that only keep a spreadsheet from running what follows. */
static void take_guards(struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        struct csv_field *field = &row->fields[i];
        if (csv_is_guarded(field->text)) {
            field->text++;
            field->length--;
        }
    }
}

int report_row_parse(struct csv_row *row, const int position[REPORT_COLUMNS], char point,
    struct report_faults *faults, struct report_row *out)
{
    take_guards(row);
    struct work work = {.row = row, .position = position, .point = point, .faults = faults};
    struct report_row result = {
        .line = row->line,
        .column = cell(&work, COLUMN_INDICATOR)->column,
        .unit = read_code(&work, COLUMN_UNIT, CHISO_UNIT_BYTES_MAX),
        .period = read_period(&work),
        .revision = read_revision(&work),
        .source = read_text(&work, COLUMN_SOURCE, CHISO_SOURCE_BYTES_MAX),
    };
    result.observation.indicator = read_code(&work, COLUMN_INDICATOR, CHISO_ID_BYTES_MAX);
    result.observation.note = read_text(&work, COLUMN_NOTE, CHISO_NOTE_BYTES_MAX);
    read_observation(&work, &result.observation);
    if (work.faulty)
        return CHISO_EINVAL;
    *out = result;
    return CHISO_OK;
}
