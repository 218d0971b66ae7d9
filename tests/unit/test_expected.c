/* The fixtures' expected.csv: what must come back, figure and position, once both sets of reports are in. */
#include "core/admit.h"
#include "core/csv.h"
#include "core/report_csv.h"
#include "core/row.h"
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW "2025-05-05T08:00:00+07:00"

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    cr_assert_eq(fread(bytes, 1, *length, file), *length, "%s", path);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

static int is_csv(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".csv") == 0;
}

/* Calls VISIT with every CSV file of the folder, in the order of their names. */
static void each_file(const char *folder,
    void (*visit)(void *context, const char *name, const char *bytes, size_t length), void *context)
{
    struct dirent **entries;
    char path[512];
    int count = scandir(folder, &entries, is_csv, alphasort);
    cr_assert_gt(count, 0, "%s", folder);
    for (int i = 0; i < count; i++) {
        size_t length;
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        char *bytes = read_file(path, &length);
        visit(context, entries[i]->d_name, bytes, length);
        free(bytes);
        free(entries[i]);
    }
    free(entries);
}

struct files {
    struct catalogue_file list[CATALOGUE_FILES_MAX];
    size_t count;
};

static void keep_file(void *context, const char *name, const char *bytes, size_t length)
{
    struct files *files = context;
    char *copy = malloc(length + 1);
    memcpy(copy, bytes, length + 1);
    files->list[files->count++] = (struct catalogue_file){strdup(name), copy, length};
}

static struct catalogue *load_catalogue(void)
{
    struct files files = {0};
    struct catalogue *catalogue = NULL;
    struct catalogue_findings findings = {0};
    each_file(FIXTURES "/catalogue", keep_file, &files);
    int error = catalogue_load(files.list, files.count, &catalogue, &findings);
    char *text = catalogue_findings_text(&findings);
    cr_assert_eq(error, CHISO_OK, "%s", text);
    free(text);
    catalogue_findings_release(&findings);
    for (size_t i = 0; i < files.count; i++) {
        free((void *)files.list[i].name);
        free((void *)files.list[i].bytes);
    }
    return catalogue;
}

struct fixtures {
    struct catalogue *catalogue;
    struct store *store;
    struct chiso_arena arena;
    chiso_instant_ms now;
    uint64_t seq;
};

static void take_report(struct fixtures *fixtures, const char *name, const struct report_draft *draft)
{
    struct chiso_report report = {.report_id = "test",
        .unit = draft->unit,
        .period = draft->period,
        .source = draft->source,
        .stream_id = "test",
        .revision = draft->revision ? draft->revision : 1,
        .issued_at_ms = fixtures->now,
        .sequence = ++fixtures->seq,
        .observation_count = draft->count,
        .observations = draft->observations};
    struct admitted admitted;
    chiso_arena_reset(&fixtures->arena);
    int error =
        admit_report(fixtures->catalogue, NULL, NULL, &report, fixtures->now, &fixtures->arena, &admitted);
    cr_assert(!error && !admitted.reason, "%s: %s %s: %s", name, draft->unit, draft->period, admitted.text);
    for (size_t i = 0; i < admitted.count; i++) {
        const struct admitted_observation *o = &admitted.observations[i];
        cr_assert_eq(o->reason, 0, "%s: %s", name, o->text);
        const struct leaf *held = store_leaf(fixtures->store, admitted.unit, admitted.period, o->indicator);
        struct leaf leaf = {.figure = o->figure,
            .revision = admitted.revision,
            .seq = fixtures->seq,
            .first_ms = held ? held->first_ms : fixtures->now};
        if (held && leaf_decide(held, leaf.revision, &leaf.figure) != LEAF_ACCEPT)
            continue;
        store_set_leaf(fixtures->store, admitted.unit, admitted.period, o->indicator, &leaf);
    }
}

static void load_reports(void *context, const char *name, const char *bytes, size_t length)
{
    struct fixtures *fixtures = context;
    struct report_csv csv;
    cr_assert_eq(report_csv_read(bytes, length, fixtures->catalogue, &csv), CHISO_OK, "%s", name);
    for (size_t i = 0; i < csv.count; i++)
        take_report(fixtures, name, &csv.drafts[i]);
    report_csv_release(&csv);
}

static void fixtures_open(struct fixtures *fixtures)
{
    *fixtures = (struct fixtures){.catalogue = load_catalogue(), .store = store_new()};
    chiso_instant_parse(NOW, &fixtures->now);
    cr_assert_eq(chiso_arena_init(&fixtures->arena, 4 * 1024 * 1024), CHISO_OK);
    each_file(FIXTURES "/published", load_reports, fixtures);
    each_file(FIXTURES "/synthetic", load_reports, fixtures);
    cr_assert_eq(rollup_all(fixtures->catalogue, fixtures->store), CHISO_OK);
}

static void fixtures_close(struct fixtures *fixtures)
{
    catalogue_free(fixtures->catalogue);
    store_free(fixtures->store);
    chiso_arena_release(&fixtures->arena);
}

enum {
    UNIT,
    PERIOD,
    INDICATOR,
    LEVEL,
    STATE,
    VALUE,
    NUMERATOR,
    DENOMINATOR,
    QUALIFIER,
    BASIS,
    REPORTED,
    PARTIAL,
    EXPECTED,
    NOT_APPLICABLE,
    REVISION,
    POSITION,
    RULE,
    COLUMNS
};
static const char *const columns[COLUMNS] = {"unit", "period", "indicator", "level", "state", "value",
    "numerator", "denominator", "qualifier", "basis", "reported", "partial", "expected", "not_applicable",
    "revision", "position", "rule"};

static int level_of(const char *text)
{
    for (int kind = 0; kind < UNIT_KINDS; kind++) {
        if (strcmp(text, unit_kind_names[kind]) == 0)
            return kind;
    }
    return STORE_NO_LEVEL;
}

static void expect_row(const struct fixtures *fixtures, const struct csv_row *line, const int at[])
{
    const char *cell[COLUMNS];
    struct chiso_period period;
    struct row row;
    for (int i = 0; i < COLUMNS; i++)
        cell[i] = line->fields[at[i]].text;
    cr_assert_eq(chiso_period_parse(cell[PERIOD], strlen(cell[PERIOD]), &period), CHISO_OK);
    int error =
        row_make(fixtures->catalogue, fixtures->store, catalogue_unit_find(fixtures->catalogue, cell[UNIT]),
            period, catalogue_indicator_find(fixtures->catalogue, cell[INDICATOR]), level_of(cell[LEVEL]),
            fixtures->now, &row);
    cr_assert_eq(error, CHISO_OK, "line %zu: %s", line->line, chiso_strerror(error));
    json_t *object = row_json(fixtures->catalogue, &row);
    for (int i = STATE; i < RULE; i++) {
        json_t *member = json_object_get(object, columns[i]);
        char number[32];
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(member));
        const char *text = json_is_integer(member) ? number : json_string_value(member);
        if (cell[i][0])
            cr_expect(strcasecmp(text ? text : "null", cell[i]) == 0,
                "line %zu, %s %s %s, %s: %s, not %s (%s)", line->line, cell[UNIT], cell[PERIOD],
                cell[INDICATOR], columns[i], text ? text : "null", cell[i], cell[RULE]);
    }
    json_decref(object);
}

Test(expected, every_line_comes_back)
{
    struct fixtures fixtures;
    struct csv_reader reader;
    struct csv_row row;
    struct chiso_message why;
    size_t length, column, lines = 0;
    int at[COLUMNS];
    fixtures_open(&fixtures);
    char *bytes = read_file(FIXTURES "/expected.csv", &length);
    cr_assert_eq(csv_init(&reader, bytes, length, &why), CHISO_OK, "%s", why.text);
    cr_assert_eq(csv_next(&reader, &row, &why), 1);
    cr_assert_eq(csv_header(&row, columns, COLUMNS, at, &column, &why), CHISO_OK, "%s", why.text);
    while (csv_next(&reader, &row, &why) == 1) {
        expect_row(&fixtures, &row, at);
        lines++;
    }
    cr_expect_gt(lines, 50);
    csv_release(&reader);
    free(bytes);
    fixtures_close(&fixtures);
}
