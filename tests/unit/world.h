/* A small world for unit tests: a catalogue from literal CSV texts, and figures set by one line. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "core/catalogue.h"
#include "core/rollup.h"
#include "core/store.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct world {
    struct catalogue *catalogue;
    struct store *store;
    uint64_t seq;
};

/* FILES: name, text, name, text, …, NULL. Every finding of an unusable catalogue is printed. */
static inline struct world world_open(const char *const files[])
{
    struct catalogue_file list[CATALOGUE_FILES_MAX];
    struct catalogue_findings findings = {0};
    struct world world = {.store = store_new()};
    size_t count = 0;
    for (; files[2 * count]; count++)
        list[count] =
            (struct catalogue_file){files[2 * count], files[2 * count + 1], strlen(files[2 * count + 1])};
    int error = catalogue_load(list, count, &world.catalogue, &findings);
    for (size_t i = 0; error && i < findings.count; i++)
        fprintf(stderr, "%s:%zu:%zu: %s\n", findings.list[i].file, findings.list[i].line,
            findings.list[i].column, findings.list[i].text);
    catalogue_findings_release(&findings);
    cr_assert_eq(error, CHISO_OK, "the test's catalogue does not load");
    return world;
}

static inline void world_close(struct world *world)
{
    catalogue_free(world->catalogue);
    store_free(world->store);
}

/* The suite NAME, each test of which has a `world` of its own, of the files that follow. */
#define WORLD_SUITE(name, ...)                                                                               \
    static struct world world;                                                                               \
    static void open_world(void)                                                                             \
    {                                                                                                        \
        static const char *const files[] = {__VA_ARGS__, NULL};                                              \
        world = world_open(files);                                                                           \
    }                                                                                                        \
    static void close_world(void)                                                                            \
    {                                                                                                        \
        world_close(&world);                                                                                 \
    }                                                                                                        \
    TestSuite(name, .init = open_world, .fini = close_world);

static inline struct chiso_period period_of(const char *text)
{
    struct chiso_period period;
    cr_assert_eq(chiso_period_parse(text, strlen(text), &period), CHISO_OK, "period %s", text);
    return period;
}

static inline chiso_day day_of(const char *text)
{
    chiso_day day;
    cr_assert_eq(chiso_day_parse(text, strlen(text), &day), CHISO_OK, "day %s", text);
    return day;
}

static inline chiso_instant_ms at(const char *text)
{
    chiso_instant_ms instant;
    cr_assert_eq(chiso_instant_parse(text, &instant), CHISO_OK, "time %s", text);
    return instant;
}

static inline uint32_t unit_of(const struct world *world, const char *code)
{
    uint32_t unit = catalogue_unit_find(world->catalogue, code);
    cr_assert_neq(unit, CATALOGUE_NONE, "unit %s", code);
    return unit;
}

static inline uint32_t indicator_of(const struct world *world, const char *id)
{
    uint32_t indicator = catalogue_indicator_find(world->catalogue, id);
    cr_assert_neq(indicator, CATALOGUE_NONE, "indicator %s", id);
    return indicator;
}

/* FIGURE as leaf_parse reads it: "10", "<70", "8/10", "84.6%", "na", "-". The totals it takes part in follow,
 * as after a commit. */
static inline void world_set(struct world *world, const char *unit, const char *period, const char *indicator,
    const char *figure, unsigned revision)
{
    char text[LEAF_CHARS];
    struct leaf leaf;
    int n = snprintf(
        text, sizeof text, "%u %s %llu.0 1746406800000", revision, figure, (unsigned long long)++world->seq);
    cr_assert_eq(leaf_parse(text, (size_t)n, &leaf), CHISO_OK, "leaf %s", text);
    cr_assert_eq(store_set_leaf(world->store, unit_of(world, unit), period_of(period),
                     indicator_of(world, indicator), &leaf),
        CHISO_OK);
    struct rollup_cells cells = {0};
    int error = rollup_gather(
        &cells, world->catalogue, unit_of(world, unit), period_of(period), indicator_of(world, indicator));
    if (error != CHISO_ENOTFOUND)
        cr_assert_eq(error ? error : rollup_settle(&cells, world->catalogue, world->store), CHISO_OK);
    rollup_cells_release(&cells);
}

/* For store_each_leaf: CONTEXT is another store. */
static inline int world_copy_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    return store_set_leaf(context, unit, period, indicator, leaf);
}

#endif
