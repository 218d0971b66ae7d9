/* The inside of oracle_world (world.c): what its commands share. */
#ifndef TESTS_ORACLE_WORLD_H
#define TESTS_ORACLE_WORLD_H

#include "core/catalogue.h"
#include "core/rollup.h"
#include "core/store.h"
#include <jansson.h>

#define PROVINCES_MAX 64

/* A province as the aggregator keeps it: its own figures only, and the totals of the batch that is open. */
struct province {
    uint32_t unit;
    struct store *store;
    struct rollup_cells cells;
    uint32_t reports; /* in the batch */
    struct store
        *history; /* with what its units were before: what a reader of it loads; NULL after a change */
};

struct world {
    struct catalogue *catalogue;
    struct province provinces[PROVINCES_MAX];
    size_t count;
    struct store *all; /* what a reader loads: every province; NULL after a change */
    struct chiso_arena arena;
    chiso_instant_ms now;
    uint64_t seq;
};

struct province *province_of(struct world *world, uint32_t unit);
/* Every province. */
struct store *reader(struct world *world);

/* ---- arguments of a command ---- */

const char *text_of(const json_t *object, const char *name);
int64_t number_of(const json_t *object, const char *name);
struct chiso_period period_of(const json_t *object);
bool day_of(const json_t *object, const char *name, chiso_day *out);

/* ---- answers ---- */

json_t *error_json(int error);
json_t *do_report(struct world *world, const json_t *command);
json_t *do_scores(struct world *world, const json_t *command);
json_t *do_pillar(struct world *world, const json_t *command);
json_t *do_timeliness(struct world *world, const json_t *command);

#endif
