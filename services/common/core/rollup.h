/* Effective values and totals (STATISTICS S2). One piece of code for a touched cell, a whole province, and
 * verify. */
#ifndef CORE_ROLLUP_H
#define CORE_ROLLUP_H

#include "core/catalogue.h"
#include "core/store.h"

/* The version of this computation. Raise it with every change after which the same leaves and catalogue give
 * another stored total, in whatever digit or count: provinces with another version in their head, a higher one
 * too, are summed again before a report is taken, and `chisoctl verify` has nothing to complain about. */
#define ROLLUP_VERSION 4

/* Do figures of several units become one? Otherwise a total is the unit's own figure. */
bool rollup_is_joined(const struct indicator *definition);

/* Are there indicator@kind totals: do several kinds report something that adds up? */
bool rollup_has_levels(const struct indicator *definition);

/* Is the total of (unit, period) kept in Redis? Units with children on the period's last day, no 9M, no
 * window that strictly contains a succession of the unit or of one below it. */
bool rollup_is_stored(const struct catalogue *catalogue, uint32_t unit, struct chiso_period period,
    enum chiso_calendar calendar);
/* The same of the unit of ROW, valid on LAST; FIRST and LAST are the period's days. */
bool rollup_is_kept(const struct catalogue *catalogue, const struct unit_row *row, struct chiso_period period,
    chiso_day first, chiso_day last);

/* The total of (unit, period, indicator[@level]) made again from leaves and the stored totals of its children
 * (computed where none is stored), by way of the memo of what the children give (store_parts), which is filled: for
 * whoever tells the store of every change below (rollup_settle). Errors as rollup_read. */
int rollup_total_kept(const struct catalogue *catalogue, struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct total *out);

/* What readers use: the stored total where one is kept, otherwise computed now. For a unit without children it is
 * the unit's own figure. CHISO_ENOTFOUND: no such unit on the period's last day or no definition. CHISO_ERANGE:
 * overflow. */
int rollup_read(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct total *out);

/* False when no report can be behind the total: one is kept for (unit, period), and there is none. Spares
 * adding up hundreds of silent units to learn that they are silent. */
bool rollup_may_have_figure(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level);

/* The totals a batch of leaves touches, gathered and then settled together, each once. Zeroed at first; a new
 * batch begins with count 0. */
struct rollup_cell {
    uint32_t unit, indicator;
    struct chiso_period period;
    int level;
    int depth; /* below the province; deeper ones are settled first */
};
struct rollup_path; /* inside: the windows and units above the unit that was gathered last */
struct rollup_series; /* inside: what one unit reported of an indicator in a year */
struct rollup_touch; /* inside: which part of a cell a series changes */
struct effective_year; /* inside: what the series at hand gives */
struct rollup_set {
    struct rollup_slot *slots;
    size_t count; /* a power of 2 */
};
struct rollup_cells {
    struct rollup_cell *list;
    size_t count, capacity;
    struct rollup_set set; /* of LIST */
    struct rollup_series *series;
    size_t series_count, series_capacity;
    struct rollup_set series_set;
    struct rollup_touch *touched;
    size_t touched_count, touched_capacity;
    struct rollup_path *path;
    struct effective_year *year;
};
/* Adds every total that the leaf (unit, period, indicator) takes part in. CHISO_ENOMEM. */
int rollup_gather(struct rollup_cells *cells, const struct catalogue *catalogue, uint32_t unit,
    struct chiso_period period, uint32_t indicator);
/* Sorts, recomputes each cell from STORE's leaves and writes it there. Afterwards CELLS lists what was
 * written. CHISO_ERANGE: a total overflows; STORE is then half changed and must be dropped. */
int rollup_settle(struct rollup_cells *cells, const struct catalogue *catalogue, struct store *store);
void rollup_cells_release(struct rollup_cells *cells);

/* Computes every total that STORE's leaves call for; STORE holds leaves only before. */
int rollup_all(const struct catalogue *catalogue, struct store *store);

#endif
