#include "core/report_csv.h"

#include "core/list.h"
#include "core/report_row.h"
#include <stdlib.h>
#include <string.h>

/* What a report may weigh besides its observations' texts; keeps the message well under
 * CHISO_PAYLOAD_BYTES_MAX. */
#define OBSERVATION_BYTES 64
#define DRAFT_BYTES_MAX ((size_t)CHISO_PAYLOAD_BYTES_MAX / 4 * 3)

struct rows {
    size_t count, capacity;
    struct report_row *list;
};

static int rows_add(struct rows *rows, const struct report_row *row)
{
    if (LIST_GROW(rows->list, rows->count, rows->capacity))
        return CHISO_ENOMEM;
    rows->list[rows->count++] = *row;
    return CHISO_OK;
}

/* ---- reading ---- */

static int read_header(struct report_csv *csv, int position[REPORT_COLUMNS], size_t *width)
{
    struct csv_row header;
    struct chiso_message why;
    size_t column = 1;
    int got = csv_next(&csv->reader, &header, &why);
    if (got == 0) {
        report_faults_add(&csv->faults, 1, 1, "the file is empty; its first line names the columns");
        return CHISO_EINVAL;
    }
    if (got < 0) {
        report_faults_add(&csv->faults, header.line, header.fields[0].column, "%s", why.text);
        return CHISO_EINVAL;
    }
    if (csv_header(&header, report_column_names, REPORT_COLUMNS, position, &column, &why) != CHISO_OK) {
        report_faults_add(&csv->faults, header.line, column, "%s", why.text);
        return CHISO_EINVAL;
    }
    for (size_t i = 0; i < REPORT_COLUMNS_NEEDED; i++)
        if (position[i] < 0)
            report_faults_add(&csv->faults, header.line, 1, "no column \"%s\"", report_column_names[i]);
    *width = header.count;
    return csv->faults.count > 0 ? CHISO_EINVAL : CHISO_OK;
}

/* An empty denominator of a ratio or mean is a bare figure; only the catalogue knows which indicators are. */
static void mark_bare(const struct catalogue *catalogue, const int position[REPORT_COLUMNS],
    const struct csv_row *row, struct chiso_observation *observation)
{
    int at = position[COLUMN_DENOMINATOR];
    if (catalogue == NULL || observation->not_applicable || observation->withdrawn ||
        (at >= 0 && row->fields[at].length > 0))
        return;
    uint32_t indicator = catalogue_indicator_find(catalogue, observation->indicator);
    if (indicator == CATALOGUE_NONE)
        return;
    enum measure measure = catalogue_indicator(catalogue, indicator)->measure;
    if (measure == MEASURE_RATIO || measure == MEASURE_MEAN)
        observation->bare = true;
}

static int read_rows(struct report_csv *csv, const struct catalogue *catalogue, struct rows *rows)
{
    int position[REPORT_COLUMNS];
    size_t width;
    if (read_header(csv, position, &width) != CHISO_OK)
        return CHISO_OK;
    char point = csv->reader.separator == ';' ? ',' : '.';
    struct csv_row row;
    struct chiso_message why;
    int got;
    while ((got = csv_next(&csv->reader, &row, &why)) != 0) {
        struct report_row parsed;
        if (got < 0) {
            report_faults_add(&csv->faults, row.line, row.fields[0].column, "%s", why.text);
        } else if (row.count != width) {
            report_faults_add(
                &csv->faults, row.line, 1, "the row has %zu columns, the header %zu", row.count, width);
        } else if (report_row_parse(&row, position, point, &csv->faults, &parsed) == CHISO_OK) {
            mark_bare(catalogue, position, &row, &parsed.observation);
            if (rows_add(rows, &parsed) != CHISO_OK)
                return CHISO_ENOMEM;
        }
    }
    return CHISO_OK;
}

/* ---- the same figure twice ---- */

static int by_figure(const void *a, const void *b)
{
    const struct report_row *left = a, *right = b;
    int order = strcmp(left->unit, right->unit);
    if (order == 0)
        order = strcmp(left->period, right->period);
    if (order == 0)
        order = strcmp(left->observation.indicator, right->observation.indicator);
    if (order == 0)
        order = (left->revision > right->revision) - (left->revision < right->revision);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static bool is_same_figure(const struct report_row *a, const struct report_row *b)
{
    return strcmp(a->unit, b->unit) == 0 && strcmp(a->period, b->period) == 0 &&
           strcmp(a->observation.indicator, b->observation.indicator) == 0;
}

/* One revision of a figure stands once in a file; a figure without revision stands alone, because nobody
 * could say which of the two is newer. */
static void check_repeated(struct rows *rows, struct report_faults *faults)
{
    if (rows->count > 1)
        qsort(rows->list, rows->count, sizeof *rows->list, by_figure);
    for (size_t i = 1; i < rows->count; i++) {
        const struct report_row *row = &rows->list[i], *before = row - 1;
        if (!is_same_figure(row, before))
            continue;
        if (row->revision == before->revision)
            report_faults_add(faults, row->line, row->column,
                "indicator %s of unit %s in %s stands on line %zu already", row->observation.indicator,
                row->unit, row->period, before->line);
        else if (before->revision == 0)
            report_faults_add(faults, row->line, row->column,
                "indicator %s of unit %s in %s has revision %u here and none on line %zu",
                row->observation.indicator, row->unit, row->period, row->revision, before->line);
    }
}

/* ---- grouping ---- */

static int by_report(const void *a, const void *b)
{
    const struct report_row *left = a, *right = b;
    int order = strcmp(left->unit, right->unit);
    if (order == 0)
        order = strcmp(left->period, right->period);
    if (order == 0)
        order = (left->revision > right->revision) - (left->revision < right->revision);
    if (order == 0)
        order = strcmp(left->source, right->source);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static bool is_same_report(const struct report_row *a, const struct report_draft *draft)
{
    return strcmp(a->unit, draft->unit) == 0 && strcmp(a->period, draft->period) == 0 &&
           a->revision == draft->revision && strcmp(a->source, draft->source) == 0;
}

static int by_first_line(const void *a, const void *b)
{
    const struct report_draft *left = a, *right = b;
    return (left->lines[0] > right->lines[0]) - (left->lines[0] < right->lines[0]);
}

static size_t weight(const struct chiso_observation *observation)
{
    return OBSERVATION_BYTES + strlen(observation->indicator) + strlen(observation->note);
}

static int make_drafts(struct report_csv *csv, struct rows *rows)
{
    if (rows->count == 0)
        return CHISO_OK;
    qsort(rows->list, rows->count, sizeof *rows->list, by_report);
    csv->observations = calloc(rows->count, sizeof *csv->observations);
    csv->lines = calloc(rows->count, sizeof *csv->lines);
    csv->drafts = calloc(rows->count, sizeof *csv->drafts);
    if (csv->observations == NULL || csv->lines == NULL || csv->drafts == NULL)
        return CHISO_ENOMEM;

    struct report_draft *draft = NULL;
    size_t bytes = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct report_row *row = &rows->list[i];
        csv->observations[i] = row->observation;
        csv->lines[i] = row->line;
        bytes += weight(&row->observation);
        if (draft == NULL || !is_same_report(row, draft) || draft->count == CHISO_OBSERVATIONS_MAX ||
            bytes > DRAFT_BYTES_MAX) {
            draft = &csv->drafts[csv->count++];
            *draft = (struct report_draft){.unit = row->unit,
                .period = row->period,
                .source = row->source,
                .revision = row->revision,
                .observations = &csv->observations[i],
                .lines = &csv->lines[i]};
            bytes = weight(&row->observation);
        }
        draft->count++;
    }
    csv->observation_count = rows->count;
    qsort(csv->drafts, csv->count, sizeof *csv->drafts, by_first_line);
    return CHISO_OK;
}

int report_csv_read(
    const void *bytes, size_t length, const struct catalogue *catalogue, struct report_csv *out)
{
    *out = (struct report_csv){0};
    if (length > REPORT_CSV_BYTES_MAX) {
        report_faults_add(&out->faults, 1, 1, "the file has %zu bytes, at most %zu are allowed", length,
            REPORT_CSV_BYTES_MAX);
        return CHISO_EINVAL;
    }
    struct chiso_message why;
    int error = csv_init(&out->reader, bytes, length, &why);
    if (error == CHISO_EINVAL)
        report_faults_add(&out->faults, out->reader.line, out->reader.column, "%s", why.text);
    if (error != CHISO_OK)
        return error;

    struct rows rows = {0};
    error = read_rows(out, catalogue, &rows);
    if (error == CHISO_OK)
        check_repeated(&rows, &out->faults);
    if (error == CHISO_OK && rows.count == 0 && out->faults.count == 0)
        report_faults_add(&out->faults, 1, 1, "the file has a header and no figures");
    if (error == CHISO_OK && out->faults.count + out->faults.omitted > 0)
        error = CHISO_EINVAL;
    report_faults_sort(&out->faults);
    if (error == CHISO_OK)
        error = make_drafts(out, &rows);
    free(rows.list);
    return error;
}

void report_csv_release(struct report_csv *csv)
{
    csv_release(&csv->reader);
    report_faults_release(&csv->faults);
    free(csv->observations);
    free(csv->lines);
    free(csv->drafts);
    *csv = (struct report_csv){0};
}
