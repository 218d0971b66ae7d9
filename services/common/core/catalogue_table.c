/* From the files of the folder to tables of cells: which files and columns there are, and nothing
 * about what a cell means. */
#include "core/catalogue_load.h"

#include <string.h>

#define ROWS_MAX                                                                                             \
    1000000 /* a target for each commune and indicator of the country, and half as many again                \
             */

#define COLUMNS(...)                                                                                         \
    (const struct column[])                                                                                  \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }
#define TABLE(file_, required_, ...)                                                                         \
    &(const struct table_spec)                                                                               \
    {                                                                                                        \
        .file = file_, .columns = COLUMNS(__VA_ARGS__),                                                      \
        .column_count = sizeof COLUMNS(__VA_ARGS__) / sizeof(struct column), .required = required_           \
    }

/* The order of the columns is that of the enumerations in the files that read them. */
const struct table_spec *const table_specs[TABLES] = {
    [TABLE_UNITS] = TABLE("units.csv", true, {"code", true}, {"valid_from", false}, {"valid_to", false},
        {"kind", true}, {"role", false}, {"parent", false}, {"name_vi", true}, {"name_en", false}),
    [TABLE_SUCCESSIONS] = TABLE(
        "successions.csv", false, {"date", true}, {"old_code", true}, {"new_code", true}, {"extent", true}),
    [TABLE_PILLARS] =
        TABLE("pillars.csv", true, {"id", true}, {"name_vi", true}, {"name_en", false}, {"order", false}),
    [TABLE_INDICATORS] = TABLE("indicators.csv", true, {"id", true}, {"valid_from", false}, {"pillar", true},
        {"name_vi", true}, {"name_en", false}, {"measure", true}, {"across_time", false}, {"factor", false},
        {"decimals", false}, {"input_decimals", false}, {"minimum", false}, {"about_tolerance", false},
        {"unit_label_vi", false}, {"unit_label_en", false}, {"direction", false}, {"reported_by", false},
        {"whole_by", false}, {"cadence", false}, {"calendar", false}, {"due_working_days", false},
        {"zero_denominator", false}, {"definition", false}, {"legal_basis", false}),
    [TABLE_OBLIGATIONS] = TABLE("obligations.csv", false, {"indicator", true}, {"unit", false},
        {"kind", false}, {"role", false}, {"cadence", false}, {"due_working_days", false},
        {"valid_from", false}, {"valid_to", false}),
    [TABLE_MILESTONES] = TABLE("milestones.csv", false, {"indicator", true}, {"unit", true},
        {"unit_kind", false}, {"date", true}, {"value", true}),
    [TABLE_TARGETS] = TABLE("targets.csv", false, {"indicator", true}, {"unit", true}, {"unit_kind", false},
        {"scope", false}, {"shape", true}, {"value", false}, {"value_high", false}, {"baseline", false},
        {"baseline_date", false}, {"due", false}, {"curve", false}, {"window", false}, {"amber", false},
        {"red", false}, {"nature", false}, {"source", false}),
    [TABLE_INDICES] = TABLE("indices.csv", false, {"id", true}, {"valid_from", false}, {"valid_to", false},
        {"name_vi", true}, {"name_en", false}, {"unit_kind", true}, {"method", true}, {"maximum", false},
        {"shown", false}, {"decimals", false}, {"component_decimals", false}, {"missing", false},
        {"merger", false}, {"published_as", false}),
    [TABLE_COMPONENTS] = TABLE("index_components.csv", false, {"index", true}, {"component", true},
        {"weight", false}, {"points", false}, {"scoring", false}, {"full_at", false}, {"capped", false},
        {"steps", false}, {"zero_denominator", false}),
    [TABLE_RULES] = TABLE("rules.csv", false, {"id", true}, {"left", true}, {"operator", true},
        {"right", true}, {"severity", false}),
    [TABLE_HOLIDAYS] = TABLE("holidays.csv", false, {"date", true}, {"kind", false}, {"name_vi", false}),
    [TABLE_PUBLISHERS] = TABLE("publishers.csv", false, {"publisher", true}, {"units", true}),
    [TABLE_CONTACTS] =
        TABLE("contacts.csv", false, {"unit", true}, {"post", true}, {"name_vi", false}, {"language", false},
            {"channel", false}, {"address", true}, {"min_severity", false}, {"escalate_after_hours", false}),
};

static struct table *table_of(struct loader *loader, const char *name)
{
    for (size_t i = 0; i < TABLES; i++) {
        if (strcmp(name, table_specs[i]->file) == 0)
            return &loader->tables[i];
    }
    return NULL;
}

static bool ends_in_csv(const char *name)
{
    size_t length = strlen(name);
    return length >= 4 && strcmp(name + length - 4, ".csv") == 0;
}

/* Column of the spec that NAME is, or -1. */
static int column_of(const struct table_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->column_count; i++) {
        if (strcmp(spec->columns[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static void check_missing_columns(
    struct loader *loader, struct table *table, const struct csv_row *header, const int position[])
{
    const struct table_spec *spec = table->spec;
    for (size_t i = 0; i < spec->column_count; i++) {
        if (!spec->columns[i].required || position[i] >= 0)
            continue;
        finding_add(
            loader, spec->file, header->line, 1, false, "the column '%s' is missing", spec->columns[i].name);
        table->broken = true;
    }
}

/* POSITION[i]: field of the file that is the spec's column i, or -1. */
static void map_header(
    struct loader *loader, struct table *table, const struct csv_row *header, int position[CSV_COLUMNS_MAX])
{
    const struct table_spec *spec = table->spec;
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
        position[i] = -1;
    for (size_t i = 0; i < header->count; i++) {
        const struct csv_field *field = &header->fields[i];
        int column = column_of(spec, field->text);
        if (column < 0)
            finding_add(loader, spec->file, header->line, field->column, false, "the column '%s' is unknown",
                field->text);
        else if (position[column] >= 0)
            finding_add(loader, spec->file, header->line, field->column, false,
                "the column '%s' stands here a second time", field->text);
        else
            position[column] = (int)i;
    }
    check_missing_columns(loader, table, header, position);
}

/* Spreadsheets leave rows of separators where somebody emptied the cells. */
static bool is_empty_row(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (row->fields[i].length > 0)
            return false;
    }
    return true;
}

static int add_record(
    struct loader *loader, struct table *table, const struct csv_row *row, const int position[])
{
    if (memory_grow(&loader->scratch, &table->records, table->count, &table->capacity, sizeof(struct record)))
        return CHISO_ENOMEM;
    struct cell *cells = memory_take(&loader->scratch, table->spec->column_count, sizeof *cells);
    if (cells == NULL)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < table->spec->column_count; i++) {
        cells[i] = (struct cell){.text = ""};
        if (position[i] < 0 || (size_t)position[i] >= row->count)
            continue;
        const struct csv_field *field = &row->fields[position[i]];
        cells[i] = (struct cell){field->text, (uint32_t)field->length, (uint32_t)field->column};
    }
    table->records[table->count++] = (struct record){row->line, cells};
    return CHISO_OK;
}

static int read_rows(struct loader *loader, struct table *table, size_t header_count, const int position[])
{
    const char *file = table->spec->file;
    struct csv_row row;
    struct chiso_message why;
    for (int got; (got = csv_next(&table->reader, &row, &why)) != 0;) {
        if (got < 0) {
            finding_add(loader, file, row.line, row.fields[0].column, false, "%s", why.text);
        } else if (is_empty_row(&row)) {
            continue;
        } else if (row.count != header_count) {
            finding_add(loader, file, row.line, 1, false, "the row has %zu fields, the header %zu", row.count,
                header_count);
        } else if (table->count == ROWS_MAX) {
            finding_add(loader, file, row.line, 1, false, "more than %d rows", ROWS_MAX);
            break;
        } else if (add_record(loader, table, &row, position)) {
            return CHISO_ENOMEM;
        }
    }
    return CHISO_OK;
}

static int read_table(struct loader *loader, struct table *table, const struct catalogue_file *file)
{
    struct chiso_message why;
    struct csv_row header;
    int position[CSV_COLUMNS_MAX];
    int got = csv_init(&table->reader, file->bytes, file->length, &why);
    if (got == CHISO_ENOMEM)
        return got;
    table->broken = true;
    if (got != CHISO_OK) {
        finding_add(loader, file->name, table->reader.line, table->reader.column, false, "%s", why.text);
        return CHISO_OK;
    }
    got = csv_next(&table->reader, &header, &why);
    if (got < 0) {
        finding_add(loader, file->name, header.line, header.fields[0].column, false, "%s", why.text);
        return CHISO_OK;
    }
    if (got == 0) {
        finding_add(loader, file->name, 1, 1, false, "the file is empty; its first line names the columns");
        return CHISO_OK;
    }
    table->broken = false;
    table->point = table->reader.separator == ';' ? ',' : '\0';
    map_header(loader, table, &header, position);
    return table->broken ? CHISO_OK : read_rows(loader, table, header.count, position);
}

static int read_file(struct loader *loader, const struct catalogue_file *file)
{
    struct table *table = table_of(loader, file->name);
    if (table == NULL) {
        if (ends_in_csv(file->name))
            finding_add(loader, file->name, 1, 1, false, "the catalogue has no file of this name");
        return CHISO_OK;
    }
    if (table->present) {
        finding_add(loader, file->name, 1, 1, false, "the file is there twice");
        return CHISO_OK;
    }
    table->present = true;
    if (file->length > CATALOGUE_FILE_BYTES_MAX) {
        table->broken = true;
        finding_add(loader, file->name, 1, 1, false, "the file has %zu bytes; %zu are allowed", file->length,
            CATALOGUE_FILE_BYTES_MAX);
        return CHISO_OK;
    }
    return read_table(loader, table, file);
}

int tables_read(struct loader *loader, const struct catalogue_file files[], size_t count)
{
    for (size_t i = 0; i < TABLES; i++)
        loader->tables[i].spec = table_specs[i];
    for (size_t i = 0; i < count; i++) {
        int error = read_file(loader, &files[i]);
        if (error != CHISO_OK)
            return error;
    }
    for (size_t i = 0; i < TABLES; i++) {
        struct table *table = &loader->tables[i];
        if (table->spec->required && !table->present) {
            table->broken = true;
            finding_add(loader, table->spec->file, 1, 1, false, "the file is missing");
        }
    }
    return CHISO_OK;
}

void tables_release(struct loader *loader)
{
    for (size_t i = 0; i < TABLES; i++)
        csv_release(&loader->tables[i].reader);
}
