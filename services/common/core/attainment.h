/* Attainment (STATISTICS S4): how much of its target a figure has reached, 0 to 1, and a pillar's default
 * score, the plain mean over its decided targets. This project's choice and no published rule; declared
 * indices are core/score.h. */
#ifndef CORE_ATTAINMENT_H
#define CORE_ATTAINMENT_H

#include "core/position.h"

/* (x − b)/(T − b) clamped to [0, 1]; without a baseline x/T upwards, T/x downwards; where the divisor, T or x
 * is 0, or T is the baseline itself, 1 if x reaches T, else 0. Of a band the lesser of its two bounds. BEFORE
 * is increase_each_year's T (NULL: none). False: nothing is asked for (increase_each_year without BEFORE). */
bool attainment_of(
    const struct target *target, enum direction direction, const mpq_t x, mpq_srcptr before, mpq_t out);

struct attainment {
    uint32_t targets; /* that apply to a window inside the period */
    uint32_t decided; /* of these; 0: there is no score, which is not 0 */
    mpq_t score; /* 0 to 1 */
};
void attainment_init(struct attainment *attainment);
void attainment_release(struct attainment *attainment);

/* UNIT's score in PILLAR for PERIOD: the targets on its own totals and on its levels, each by its latest
 * judged window that ends inside PERIOD. OUT is initialised by the caller. CHISO_ERANGE: a total overflows.
 */
int attainment_of_pillar(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    uint32_t pillar, struct chiso_period period, chiso_instant_ms now, struct attainment *out);

#endif
