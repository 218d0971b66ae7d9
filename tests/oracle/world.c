/* A world without servers: reports go through core as the aggregator's do, and every figure can be asked for.
 *
 * Usage: oracle_world CATALOGUE_DIR < commands > answers; one JSON object a line, one answer for each command
 * (README.md beside this file). Links core only. Errors of the catalogue are answered and end it with 2. */
#include "world.h"
#include "core/boundaries.h"
#include "core/outlook.h"
#include "core/row.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES ((size_t)8 * 1024 * 1024)

/* ---- catalogue ---- */

static void *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    long size;
    if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0 &&
        (bytes = malloc((size_t)size + 1)) != NULL)
        *length = fread(bytes, 1, (size_t)size, file);
    if (file)
        (void)fclose(file);
    return bytes;
}

/* A finding a line, as check-catalogue prints them. */
static int load_catalogue(const char *folder, struct catalogue **out)
{
    struct catalogue_file files[CATALOGUE_FILES_MAX];
    struct catalogue_findings findings = {0};
    size_t count = 0;
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory)) && count < CATALOGUE_FILES_MAX;) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        files[count].name = strdup(entry->d_name);
        files[count].bytes = read_file(path, &files[count].length);
        count++;
    }
    if (directory)
        (void)closedir(directory);
    int error = catalogue_load(files, count, out, &findings);
    char *text = error ? catalogue_findings_text(&findings, "en") : NULL;
    if (text)
        fputs(text, stdout);
    free(text);
    catalogue_findings_release(&findings);
    for (size_t i = 0; i < count; i++) {
        free((void *)(uintptr_t)files[i].name);
        free((void *)(uintptr_t)files[i].bytes);
    }
    return error;
}

struct province *province_of(struct world *world, uint32_t unit)
{
    for (size_t i = 0; i < world->count; i++) {
        if (world->provinces[i].unit == unit)
            return &world->provinces[i];
    }
    return NULL;
}

static int open_provinces(struct world *world)
{
    const uint32_t *units = catalogue_provinces(world->catalogue, &world->count);
    assert(world->count <= PROVINCES_MAX);
    for (size_t i = 0; i < world->count; i++) {
        struct province *province = &world->provinces[i];
        *province = (struct province){.unit = units[i], .store = store_new()};
        if (!province->store)
            return CHISO_ENOMEM;
        store_narrow(province->store, units[i]);
    }
    return CHISO_OK;
}

/* ---- questions ---- */

const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

struct chiso_period period_of(const json_t *object)
{
    struct chiso_period period = {0};
    const char *text = text_of(object, "period");
    int error = chiso_period_parse(text, strlen(text), &period);
    assert(error == CHISO_OK);
    return period;
}

bool day_of(const json_t *object, const char *name, chiso_day *out)
{
    const char *text = text_of(object, name);
    return *text && chiso_day_parse(text, strlen(text), out) == CHISO_OK;
}

json_t *error_json(int error)
{
    return json_pack("{s:s}", "error", chiso_strerror(error));
}

/* ---- the end of a batch ---- */

/* {"do": "settle"}: the batch ends, its totals follow. */
static json_t *do_settle(struct world *world)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < world->count && !error; i++) {
        struct province *province = &world->provinces[i];
        error = rollup_settle(&province->cells, world->catalogue, province->store);
        rollup_cells_release(&province->cells);
        province->reports = 0;
        store_free(province->history);
        province->history = NULL;
    }
    world->seq++;
    store_free(world->all);
    world->all = NULL;
    return error ? error_json(error) : json_true();
}

/* ---- what is stored ---- */

static int copy_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    return store_set_leaf(context, unit, period, indicator, leaf);
}

static int copy_total(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
    const struct total *total)
{
    return store_set_total(context, unit, period, indicator, level, total);
}

static int copy_province(const struct province *province, struct store *to)
{
    int error = store_each_leaf(province->store, copy_leaf, to);
    return error ? error : store_each_total(province->store, copy_total, to);
}

struct store *reader(struct world *world)
{
    if (world->all)
        return world->all;
    world->all = store_new();
    assert(world->all);
    for (size_t i = 0; i < world->count; i++) {
        int error = copy_province(&world->provinces[i], world->all);
        assert(error == CHISO_OK);
    }
    return world->all;
}

struct gathering {
    struct world *world;
    struct store *to;
};

static int add_history(void *context, uint32_t province)
{
    struct gathering *g = context;
    int error = store_narrow(g->to, province);
    return error ? error : copy_province(province_of(g->world, province), g->to);
}

/* What chisoctl and the alerter load for one province. */
static struct store *history_of(struct world *world, struct province *province)
{
    if (province->history)
        return province->history;
    struct gathering g = {world, store_new()};
    assert(g.to);
    int error = boundaries_provinces(world->catalogue, province->unit, add_history, &g);
    assert(error == CHISO_OK);
    return province->history = g.to;
}

struct dump {
    const struct catalogue *catalogue;
    json_t *object;
};

/* "37 2025-Q1 i0" or "37 2025-Q1 i0@commune" */
static void cell_name(const struct catalogue *catalogue, uint32_t unit, struct chiso_period period,
    uint32_t indicator, int level, char out[160])
{
    char name[CHISO_PERIOD_CHARS];
    chiso_period_print(period, name);
    (void)snprintf(out, 160, "%s %s %s%s%s", catalogue_unit_code(catalogue, unit), name,
        catalogue_indicator(catalogue, indicator)->id, level == STORE_NO_LEVEL ? "" : "@",
        level == STORE_NO_LEVEL ? "" : unit_kind_names[level]);
}

static int dump_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    const struct dump *dump = context;
    char name[160], text[LEAF_CHARS], line[LEAF_CHARS + 16];
    cell_name(dump->catalogue, unit, period, indicator, STORE_NO_LEVEL, name);
    figure_print(&leaf->figure, text);
    (void)snprintf(line, sizeof line, "%u %s", leaf->revision, text);
    return json_object_set_new(dump->object, name, json_string(line));
}

static int dump_total(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
    const struct total *total)
{
    const struct dump *dump = context;
    char name[160], text[TOTAL_CHARS];
    struct total without_seq = *total;
    without_seq.seq = 0;
    cell_name(dump->catalogue, unit, period, indicator, level, name);
    total_print(&without_seq, text);
    return json_object_set_new(dump->object, name, json_string(text));
}

static json_t *totals_of(const struct world *world, const struct store *store)
{
    struct dump dump = {world->catalogue, json_object()};
    store_each_total(store, dump_total, &dump);
    return dump.object;
}

/* {"do": "leaves"}: cell → "<revision> <figure>". */
static json_t *do_leaves(struct world *world)
{
    struct dump dump = {world->catalogue, json_object()};
    store_each_leaf(reader(world), dump_leaf, &dump);
    return dump.object;
}

/* {"do": "totals"}: cell → the stored text, its journal number 0. */
static json_t *do_totals(struct world *world)
{
    return totals_of(world, reader(world));
}

/* {"do": "again"}: are the stored totals those that the leaves alone give? [] or the names of cells that differ. */
static json_t *do_again(struct world *world)
{
    json_t *wrong = json_array();
    for (size_t i = 0; i < world->count; i++) {
        struct store *fresh = store_new();
        assert(fresh);
        store_narrow(fresh, world->provinces[i].unit);
        int error = store_each_leaf(world->provinces[i].store, copy_leaf, fresh);
        if (!error)
            error = rollup_all(world->catalogue, fresh);
        json_t *kept = totals_of(world, world->provinces[i].store), *again = totals_of(world, fresh), *value;
        const char *name;
        json_object_foreach(again, name, value)
        {
            if (error || !json_equal(value, json_object_get(kept, name)))
                json_array_append_new(wrong, json_string(name));
        }
        json_object_foreach(kept, name, value)
        {
            if (!json_object_get(again, name))
                json_array_append_new(wrong, json_string(name));
        }
        json_decref(kept);
        json_decref(again);
        store_free(fresh);
    }
    return wrong;
}

/* ---- what is shown ---- */

static json_t *outlook_of(struct world *world, const struct row *row)
{
    struct outlook outlook;
    outlook_init(&outlook);
    int error = outlook_read(world->catalogue, reader(world), row, world->now, &outlook);
    json_t *object = error ? json_null() : outlook_json(&outlook);
    outlook_release(&outlook);
    return object;
}

/* DAY: on the boundaries of that day; CHISO_DAY_FIRST: as reported. */
static json_t *row_in(const struct world *world, const struct store *store, chiso_day day,
    const struct row *like, struct row *row)
{
    int error = day == CHISO_DAY_FIRST ? row_make(world->catalogue, store, like->unit, like->period,
                                             like->indicator, like->level, world->now, row)
                                       : row_make_on(world->catalogue, store, day, like->unit, like->period,
                                             like->indicator, like->level, world->now, row);
    return error ? error_json(error) : row_json(world->catalogue, row);
}

/* Of the rules that the full row breaks those which ROW's province can judge, and no others. */
static bool are_among(const json_t *violations, const json_t *full)
{
    size_t i, j, found = 0;
    json_t *id, *other;
    json_array_foreach(violations, i, id)
    {
        json_array_foreach(full, j, other) found += json_equal(id, other) ? 1 : 0;
    }
    return found == json_array_size(violations);
}

/* What ROW's province knows of former ones need not be the same: these members, as they are where it knows nothing. */
static void forget_former(const struct row *narrow, json_t *object, const json_t *full)
{
    json_object_set(object, "revision", json_object_get(full, "revision"));
    if (!narrow->has_parts)
        json_object_set(object, "parts", json_object_get(full, "parts"));
    if (narrow->year_before.state == YEAR_BEFORE_NONE)
        json_object_set(object, "year_before", json_object_get(full, "year_before"));
    json_t *violations = json_object_get(full, "violations");
    if (narrow->rules_elsewhere && are_among(json_object_get(object, "violations"), violations))
        json_object_set(object, "violations", violations);
}

/* ORACLE_NARROW: what differs, on standard error. */
static void tell_difference(const json_t *object, const json_t *full)
{
    const char *key;
    json_t *value;
    fprintf(stderr, "%s %s %s@%s:", text_of(full, "unit"), text_of(full, "period"),
        text_of(full, "indicator"), text_of(full, "level"));
    json_object_foreach(json_object_get(object, "error") ? NULL : (json_t *)(uintptr_t)full, key, value)
    {
        if (json_equal(value, json_object_get(object, key)))
            continue;
        fprintf(stderr, " %s ", key);
        json_dumpf(json_object_get(object, key), stderr, JSON_COMPACT | JSON_ENCODE_ANY);
        fputs(" not ", stderr);
        json_dumpf(value, stderr, JSON_COMPACT | JSON_ENCODE_ANY);
    }
    fputc('\n', stderr);
}

/* The row in the store of its province alone: the same but for what former provinces know, or said to need
 * another province. The row in what a reader of the province loads: the same. */
static const char *narrow_difference(struct world *world, chiso_day day, const struct row *row, json_t *full)
{
    chiso_day then = day == CHISO_DAY_FIRST ? chiso_period_last(row->period, row->definition->calendar) : day;
    struct province *province = province_of(world, catalogue_province_at(world->catalogue, row->unit, then));
    struct row narrow = {0};
    const char *difference = NULL;
    if (!province)
        return NULL;
    json_t *history = row_in(world, history_of(world, province), day, row, &narrow);
    if (!json_equal(history, full))
        difference = "another row from its province and former ones";
    json_t *object = difference ? json_incref(history) : row_in(world, province->store, day, row, &narrow);
    if (!difference && narrow.incomparable != INCOMPARABLE_ELSEWHERE) {
        forget_former(&narrow, object, full);
        if (!json_equal(object, full))
            difference = "another row from its province alone";
    }
    if (difference && getenv("ORACLE_NARROW"))
        tell_difference(object, full);
    json_decref(history);
    json_decref(object);
    return difference;
}

static void add_row(struct world *world, const json_t *command, uint32_t indicator, int level, json_t *rows)
{
    struct row row;
    chiso_day day;
    uint32_t unit = catalogue_unit_find(world->catalogue, text_of(command, "unit"));
    bool on = day_of(command, "boundaries", &day);
    int error = on ? row_make_on(world->catalogue, reader(world), day, unit, period_of(command), indicator,
                         level, world->now, &row)
                   : row_make(world->catalogue, reader(world), unit, period_of(command), indicator, level,
                         world->now, &row);
    if (error == CHISO_ENOTFOUND)
        return;
    json_t *object = error ? error_json(error) : row_json(world->catalogue, &row);
    const char *narrow = error ? NULL : narrow_difference(world, on ? day : CHISO_DAY_FIRST, &row, object);
    if (!error)
        json_object_set_new(object, "outlook", on ? json_null() : outlook_of(world, &row));
    if (narrow)
        json_object_set_new(object, "narrow", json_string(narrow));
    json_array_append_new(rows, object);
}

/* {"do": "rows", "unit", "period"[, "boundaries"]}: what `get --json` shows, and the rows that it leaves out. */
static json_t *do_rows(struct world *world, const json_t *command)
{
    const struct catalogue *c = world->catalogue;
    json_t *rows = json_array();
    for (uint32_t i = 0; i < catalogue_indicator_count(c); i++) {
        const struct indicator *definition = catalogue_indicator_at(
            c, i, chiso_period_last(period_of(command), catalogue_indicator(c, i)->calendar));
        if (!definition)
            continue;
        add_row(world, command, i, STORE_NO_LEVEL, rows);
        for (int kind = 0; kind < UNIT_KINDS && rollup_has_levels(definition); kind++) {
            if (definition->level_kinds & (1u << kind))
                add_row(world, command, i, kind, rows);
        }
    }
    return rows;
}

/* {"do": "clock", "time"} */
static json_t *do_clock(struct world *world, const json_t *command)
{
    return json_boolean(chiso_instant_parse(text_of(command, "time"), &world->now) == CHISO_OK);
}

static json_t *answer(struct world *world, const json_t *command)
{
    const char *what = text_of(command, "do");
    if (strcmp(what, "clock") == 0)
        return do_clock(world, command);
    if (strcmp(what, "report") == 0)
        return do_report(world, command);
    if (strcmp(what, "settle") == 0)
        return do_settle(world);
    if (strcmp(what, "leaves") == 0)
        return do_leaves(world);
    if (strcmp(what, "totals") == 0)
        return do_totals(world);
    if (strcmp(what, "again") == 0)
        return do_again(world);
    if (strcmp(what, "rows") == 0)
        return do_rows(world, command);
    if (strcmp(what, "scores") == 0)
        return do_scores(world, command);
    if (strcmp(what, "pillar") == 0)
        return do_pillar(world, command);
    if (strcmp(what, "timeliness") == 0)
        return do_timeliness(world, command);
    return json_pack("{s:s}", "error", "no such command");
}

static void close_world(struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        store_free(world->provinces[i].store);
        store_free(world->provinces[i].history);
        rollup_cells_release(&world->provinces[i].cells);
    }
    store_free(world->all);
    chiso_arena_release(&world->arena);
    catalogue_free(world->catalogue);
}

int main(int argc, char **argv)
{
    struct world world = {.seq = 1};
    char *line = NULL;
    size_t capacity = 0;
    if (argc != 2)
        return 64;
    if (load_catalogue(argv[1], &world.catalogue))
        return 2;
    if (open_provinces(&world) || chiso_arena_init(&world.arena, ARENA_BYTES))
        return 1;
    while (getline(&line, &capacity, stdin) > 0) {
        json_t *command = json_loads(line, 0, NULL);
        json_t *result = answer(&world, command);
        json_dumpf(result, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
        putchar('\n');
        (void)fflush(stdout);
        json_decref(result);
        json_decref(command);
    }
    free(line);
    close_world(&world);
    return 0;
}
