/* The fixtures hold: the catalogue has no error, every report is taken, and what must come back does
 * (fixtures/README.md). From the files to the shown row, without a process. */
#include "core/admit.h"
#include "core/csv.h"
#include "core/report_csv.h"
#include "core/rollup.h"
#include "core/row.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROVINCES_MAX 8
#define NOW_MS INT64_C(1746406800000) /* 2025-05-05T08:00:00+07:00 */

static struct catalogue *catalogue;
static struct store *stores[PROVINCES_MAX];
static uint32_t store_province[PROVINCES_MAX];
static size_t store_count;
static struct chiso_arena arena;

static char *slurp(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    cr_assert_eq(fread(bytes, 1, *length, file), *length);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

static void load_catalogue(void)
{
    struct catalogue_file files[CATALOGUE_FILES_MAX];
    struct catalogue_findings findings = {0};
    glob_t paths;
    cr_assert_eq(glob(FIXTURES "/catalogue/*.csv", 0, NULL, &paths), 0);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        files[i].name = strrchr(paths.gl_pathv[i], '/') + 1;
        files[i].bytes = slurp(paths.gl_pathv[i], &files[i].length);
    }
    catalogue_load(files, paths.gl_pathc, &catalogue, &findings);
    for (size_t i = 0; i < findings.count; i++)
        if (!findings.list[i].warning)
            cr_log_error("%s:%zu:%zu: %s", findings.list[i].file, findings.list[i].line,
                findings.list[i].column, findings.list[i].text);
    cr_assert_eq(findings.errors, 0);
    catalogue_findings_release(&findings);
    for (size_t i = 0; i < paths.gl_pathc; i++)
        free((void *)files[i].bytes);
    globfree(&paths);
}

static struct store *store_of(uint32_t unit, struct chiso_period period)
{
    uint32_t province = catalogue_province_at(catalogue, unit, chiso_period_last(period, CHISO_STATISTICAL));
    for (size_t i = 0; i < store_count; i++)
        if (store_province[i] == province)
            return stores[i];
    cr_assert_lt(store_count, PROVINCES_MAX);
    store_province[store_count] = province;
    return stores[store_count++] = store_new();
}

/* The province's gateway may send what the unit itself may. */
static void expect_gateway_may(const char *path, const struct report_draft *draft, const struct admitted *by)
{
    chiso_day day = chiso_period_last(by->period, CHISO_STATISTICAL);
    char gateway[CHISO_UNIT_BYTES_MAX + 1];
    snprintf(gateway, sizeof gateway, "%s.gateway",
        catalogue_unit_code(catalogue, catalogue_province_at(catalogue, by->unit, day)));
    cr_expect(catalogue_publisher_may(catalogue, gateway, by->unit, day), "%s:%zu: %s may not", path,
        draft->lines[0], gateway);
}

/* The observations must be admitted from the unit itself, and must be new or a correction. */
static void take(const char *path, const struct report_draft *draft)
{
    struct chiso_report report = {.report_id = "r",
        .unit = draft->unit,
        .period = draft->period,
        .source = draft->source,
        .stream_id = "s",
        .revision = draft->revision,
        .observation_count = draft->count,
        .observations = draft->observations};
    struct admitted admitted;
    chiso_arena_reset(&arena);
    cr_assert_eq(admit_report(catalogue, NULL, draft->unit, &report, NOW_MS, &arena, &admitted), CHISO_OK);
    cr_expect_eq(admitted.reason, 0, "%s:%zu: %s", path, draft->lines[0], admitted.text);
    if (admitted.reason == 0)
        expect_gateway_may(path, draft, &admitted);
    for (size_t i = 0; admitted.reason == 0 && i < admitted.count; i++) {
        const struct admitted_observation *o = &admitted.observations[i];
        cr_expect_eq(o->reason, 0, "%s:%zu: %s", path, draft->lines[i], o->text);
        if (o->reason != 0)
            continue;
        struct store *store = store_of(admitted.unit, admitted.period);
        const struct leaf *now = store_leaf(store, admitted.unit, admitted.period, o->indicator);
        const struct leaf none = {0};
        cr_expect_eq(leaf_decide(now != NULL ? now : &none, admitted.revision, &o->figure), LEAF_ACCEPT,
            "%s:%zu: is there already", path, draft->lines[i]);
        struct leaf leaf = {.figure = o->figure, .revision = admitted.revision, .seq = 1, .first_ms = NOW_MS};
        store_set_leaf(store, admitted.unit, admitted.period, o->indicator, &leaf);
    }
}

static void load_reports(const char *pattern)
{
    glob_t paths;
    cr_assert_eq(glob(pattern, 0, NULL, &paths), 0);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        size_t length;
        char *bytes = slurp(paths.gl_pathv[i], &length);
        struct report_csv csv;
        report_csv_read(bytes, length, catalogue, &csv);
        for (size_t k = 0; k < csv.faults.count; k++)
            cr_log_error("%s:%zu:%zu: %s", paths.gl_pathv[i], csv.faults.list[k].line,
                csv.faults.list[k].column, csv.faults.list[k].text);
        cr_assert_eq(csv.faults.count, 0);
        for (size_t k = 0; k < csv.count; k++)
            take(paths.gl_pathv[i], &csv.drafts[k]);
        report_csv_release(&csv);
        free(bytes);
    }
    globfree(&paths);
}

static void setup(void)
{
    cr_assert_eq(chiso_arena_init(&arena, 4 * CHISO_REPORT_ARENA_BYTES_MAX), CHISO_OK);
    load_catalogue();
    load_reports(FIXTURES "/published/*.csv");
    load_reports(FIXTURES "/synthetic/*.csv");
    for (size_t i = 0; i < store_count; i++)
        cr_assert_eq(rollup_all(catalogue, stores[i]), CHISO_OK);
}

static void teardown(void)
{
    for (size_t i = 0; i < store_count; i++)
        store_free(stores[i]);
    catalogue_free(catalogue);
    chiso_arena_release(&arena);
}

TestSuite(fixtures, .init = setup, .fini = teardown);

static struct chiso_period period_of(const char *text)
{
    struct chiso_period period;
    cr_assert_eq(chiso_period_parse(text, strlen(text), &period), CHISO_OK, "%s", text);
    return period;
}

static int level_of(const char *name)
{
    for (int kind = 0; kind < UNIT_KINDS; kind++)
        if (strcmp(name, unit_kind_names[kind]) == 0)
            return kind;
    return STORE_NO_LEVEL;
}

/* The shown row of (unit, period, indicator, level) as JSON. */
static json_t *shown(const char *unit, const char *period, const char *indicator, const char *level)
{
    struct row row;
    uint32_t u = catalogue_unit_find(catalogue, unit), i = catalogue_indicator_find(catalogue, indicator);
    struct chiso_period p = period_of(period);
    int error = row_make(catalogue, store_of(u, p), u, p, i, level_of(level), NOW_MS, &row);
    cr_assert_eq(error, CHISO_OK, "%s %s %s", unit, period, indicator);
    return row_json(catalogue, &row);
}

/* A CSV with a header, row by row; cells by column name. */
struct table {
    struct csv_reader reader;
    struct csv_row header, row;
};

static void table_open(struct table *table, const char *path)
{
    struct chiso_message why;
    size_t length;
    char *bytes = slurp(path, &length);
    cr_assert_eq(csv_init(&table->reader, bytes, length, &why), CHISO_OK);
    cr_assert_eq(csv_next(&table->reader, &table->header, &why), 1);
    free(bytes);
}

static bool table_next(struct table *table)
{
    struct chiso_message why;
    return csv_next(&table->reader, &table->row, &why) == 1;
}

static const char *cell(const struct table *table, const char *column)
{
    for (size_t i = 0; i < table->header.count; i++)
        if (strcmp(table->header.fields[i].text, column) == 0)
            return table->row.fields[i].text;
    cr_assert_fail("no column %s", column);
    return "";
}

static const char *json_text(const json_t *value, char *buffer, size_t capacity)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value)) {
        snprintf(buffer, capacity, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return buffer;
    }
    return "";
}

/* An empty cell says nothing. */
static void expect_cell(const struct table *table, const char *column, const json_t *row, const char *key)
{
    char buffer[32];
    const char *want = cell(table, column),
               *got = json_text(json_object_get(row, key), buffer, sizeof buffer);
    cr_expect(want[0] == '\0' || strcmp(want, got) == 0, "line %zu: %s %s %s: %s is %s, not %s",
        table->row.line, cell(table, "unit"), cell(table, "period"), cell(table, "indicator"), key, got,
        want);
}

Test(fixtures, what_must_come_back_does)
{
    static const char *const columns[] = {"state", "value", "numerator", "denominator", "qualifier", "basis",
        "reported", "partial", "expected", "not_applicable", "revision", "position"};
    struct table table;
    table_open(&table, FIXTURES "/expected.csv");
    while (table_next(&table)) {
        json_t *row = shown(
            cell(&table, "unit"), cell(&table, "period"), cell(&table, "indicator"), cell(&table, "level"));
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
            expect_cell(&table, columns[i], row, columns[i]);
        json_decref(row);
    }
    csv_release(&table.reader);
}

Test(fixtures, every_published_fact_is_accounted_for)
{
    struct table table;
    size_t reports = 0, targets = 0, unfit = 0;
    table_open(&table, FIXTURES "/facts.csv");
    while (table_next(&table)) {
        const char *as = cell(&table, "as");
        reports += strcmp(as, "report") == 0;
        targets += strcmp(as, "target") == 0;
        unfit += strcmp(as, "unfit") == 0 && cell(&table, "reason")[0] != '\0';
        if (strcmp(as, "report") != 0)
            continue;
        json_t *row = shown(cell(&table, "unit"), cell(&table, "period"), cell(&table, "indicator"), "");
        expect_cell(&table, "expected_state", row, "state");
        expect_cell(&table, "expected_value", row, "value");
        expect_cell(&table, "expected_numerator", row, "numerator");
        expect_cell(&table, "expected_denominator", row, "denominator");
        expect_cell(&table, "expected_qualifier", row, "qualifier");
        json_decref(row);
    }
    cr_expect_eq(reports + targets + unfit, 153);
    csv_release(&table.reader);
}
