/* The figures of one province in memory: leaves and totals by (unit, period, indicator). A cache of Redis,
 * filled by io/figures.h and changed by the aggregator before a commit; core reads nothing else. */
#ifndef CORE_STORE_H
#define CORE_STORE_H

#include "core/closing.h"
#include "core/figure.h"
#include "core/store_window.h"
#include "core/total.h"
#include "core/total_part.h"
#include <stdbool.h>
#include <stdint.h>

struct store;

#define STORE_NO_LEVEL (-1) /* the indicator's total itself, not indicator@kind */

struct store *store_new(void); /* NULL: no memory */
void store_free(struct store *store);
void store_clear(struct store *store);
/* The memory that the figures take, as it was asked for. */
size_t store_bytes(const struct store *store);

/* Declares that the store holds the figures of PROVINCE, and of the others for which the same is said, only:
 * what needs another province's is then said to be elsewhere instead of being wrong (core/boundaries.h). Whoever
 * loads figures says it; store_clear forgets it. CHISO_ENOMEM. */
int store_narrow(struct store *store, uint32_t province);
/* May STORE hold the figures of PROVINCE (CATALOGUE_NONE: of every one)? */
bool store_covers(const struct store *store, uint32_t province);

/* NULL when nothing is stored. Pointers live until the next set or clear. */
const struct leaf *store_leaf(
    const struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator);
int store_set_leaf(struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator,
    const struct leaf *leaf);

/* LEVEL: STORE_NO_LEVEL or an enum unit_kind. */
const struct total *store_total(
    const struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator, int level);
int store_set_total(struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator,
    int level, const struct total *total);

/* A period closed in PROVINCE; the same one again replaces it. */
int store_set_closing(struct store *store, uint32_t province, const struct closing *closing);
/* The first closing in PROVINCE that covers WINDOW of CALENDAR: what changed after it is a restatement, also
 * where a longer period was closed later. NULL: it is not closed. Lives until the next set or clear. */
const struct closing *store_closing(
    const struct store *store, uint32_t province, enum chiso_calendar calendar, struct chiso_period window);
int store_each_closing(const struct store *store,
    int (*visit)(void *context, uint32_t province, const struct closing *closing), void *context);

/* The memo beside a total, stored or about to be: COUNT parts, one for each row of catalogue_child_rows, unknown
 * at first. The store's; lives until the next store_parts or clear, which forget all memos once they take more
 * than STORE_PARTS_BYTES_MAX. NULL without memory. */
#define STORE_PARTS_BYTES_MAX ((size_t)32 * 1024 * 1024)
struct total_part *store_parts(struct store *store, uint32_t unit, struct chiso_period period,
    uint32_t indicator, int level, size_t count);
/* Every period that has a leaf, newest first by chiso_period_compare; the array lives until the next set or
 * clear. */
const struct chiso_period *store_periods(const struct store *store, size_t *count);

/* The leaves of (UNIT, INDICATOR) in all windows of YEAR, NULL where there is none; they live until the next
 * store_set_leaf or clear. Returns which there are: bits by store_window. */
uint32_t store_leaves_of_year(const struct store *store, uint32_t unit, int32_t year, uint32_t indicator,
    const struct leaf *out[STORE_WINDOWS]);

/* Which kinds of period UNIT has leaves for: bit (1 << enum chiso_period_kind). Spares looking for days
 * nobody reports. */
unsigned store_kinds(const struct store *store, uint32_t unit);

/* Every stored leaf of (unit, indicator), whatever its period, in no particular order. */
int store_each_leaf_of(const struct store *store, uint32_t unit, uint32_t indicator,
    int (*visit)(void *context, struct chiso_period period, const struct leaf *leaf), void *context);
/* The same for those inside PERIOD, itself included. Intervals stand alone (S7): nothing else is inside one. */
int store_each_leaf_inside(const struct store *store, uint32_t unit, uint32_t indicator,
    struct chiso_period period, enum chiso_calendar calendar,
    int (*visit)(void *context, struct chiso_period period, const struct leaf *leaf), void *context);

/* Visits every leaf, in no particular order; stops when VISIT returns non-zero and returns that. */
int store_each_leaf(const struct store *store,
    int (*visit)(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator,
        const struct leaf *leaf),
    void *context);
int store_each_total(const struct store *store,
    int (*visit)(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
        const struct total *total),
    void *context);

#endif
