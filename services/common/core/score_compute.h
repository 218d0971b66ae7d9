/* One index of one unit, nested ones included. score.c builds on this; nobody else needs it. */
#ifndef CORE_SCORE_COMPUTE_H
#define CORE_SCORE_COMPUTE_H

#include "core/rational.h"
#include "core/score.h"

struct evaluation {
    bool done;
    enum score_state state;
    mpq_t points; /* clamped, unrounded; meaningless without SCORE_VALUE */
    mpq_t fraction; /* of the maximum */
    bool incomplete;
    bool concerns; /* the unit has a figure or owes one for a component, at any depth */
    bool elsewhere; /* a component that counts needs figures of another province */
    uint32_t missing, not_applicable;
    /* Of the index, whatever the unit: may merged units have it? */
    enum { MERGES_UNKNOWN, MERGES, MERGES_NOT } merges;
};

/* The evaluations of one unit, by index: each is computed once, however often it is nested. */
struct scorer {
    const struct catalogue *catalogue;
    const struct store *store;
    struct chiso_period period;
    chiso_day day; /* the period's last */
    uint32_t unit;
    struct evaluation *list;
    size_t count;
};

/* CHISO_ENOMEM; release in any case. */
int scorer_init(struct scorer *scorer, const struct catalogue *catalogue, const struct store *store,
    struct chiso_period period, chiso_day day);
void scorer_release(struct scorer *scorer);
/* Nothing is computed twice for one unit: STORE does not change meanwhile. */
void scorer_begin_unit(struct scorer *scorer, uint32_t unit);

/* *OUT lives until the next unit. An index without a version on the day is missing. CHISO_ERANGE,
 * CHISO_ENOMEM. */
int scorer_evaluate(struct scorer *scorer, uint32_t which, const struct evaluation **out);

/* Has WHICH, and has every index in it that counts, a rule for merged units (S6 `merger`)? */
bool scorer_merges(struct scorer *scorer, uint32_t which);

/* The figure of INDICATOR in the printed unit, with another rule for zero denominators if ZERO is not NULL.
 */
enum score_figure {
    SCORE_FIGURE_MISSING,
    SCORE_FIGURE_NOT_APPLICABLE,
    SCORE_FIGURE_ELSEWHERE,
    SCORE_FIGURE_VALUE
};
struct score_reading {
    enum score_figure state;
    bool incomplete, concerns;
    struct chiso_decimal factor;
};
int scorer_read(const struct scorer *scorer, uint32_t indicator, const enum zero_denominator *zero,
    struct score_reading *out, mpq_t value);

#endif
