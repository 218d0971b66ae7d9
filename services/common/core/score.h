/* Composite indices and their ranks (STATISTICS S6), computed when they are read, from the same totals that
 * everything else shows. All arithmetic is rational; a value is rounded once, half up, when it is printed.
 *
 * A component's figure is the fraction x before `factor`. Its score is points · x / full_at (linear) or what
 * the highest threshold ≤ x gives (steps; 0 below the first). Of the components that apply, the index is
 *
 *     maximum · Σ w·score / Σ w·points          (w is 1 for the method points)
 *
 * where maximum is that of all components: Σ points, or for a weighted mean Σ w·points / Σ w. With every
 * component applicable that is Σ score, or Σ w·score / Σ w; otherwise it is rescaled to the full maximum
 * (this project's choice). Then the column `maximum` clamps. */
#ifndef CORE_SCORE_H
#define CORE_SCORE_H

#include "core/catalogue_index.h"
#include "core/store.h"
#include <stdbool.h>
#include <stddef.h>

#define SCORE_CHARS 128
/* An unrounded score is a quotient of many reports' denominators. */
#define SCORE_EXACT_CHARS 1024

enum score_state {
    SCORE_MISSING, /* a component has no figure */
    SCORE_NOT_APPLICABLE, /* no component that counts applies */
    SCORE_NOT_COMPARABLE, /* on other boundaries, without a rule that says what becomes of it */
    SCORE_ELSEWHERE, /* a component needs figures of a province that the store does not hold */
    SCORE_VALUE,
};
#define SCORE_STATES 5
extern const char *const score_state_names[SCORE_STATES]; /* "missing" … */

struct score {
    uint32_t unit;
    enum score_state state; /* of the computed score */
    bool incomplete; /* a total behind it is incomplete, or a missing component counted as 0 */
    bool published; /* VALUE is what was reported under published_as */
    char value[SCORE_CHARS]; /* what is shown and ranked, rounded; "": none */
    char computed[SCORE_CHARS]; /* the computed score, rounded alike; "": none */
    char exact[SCORE_EXACT_CHARS], computed_exact[SCORE_EXACT_CHARS]; /* both unrounded, "n/d" where not
                                                                         finite; "" also where that is longer */
    unsigned rank; /* competition ranks, the highest value is 1; 0: without a value */
    uint32_t missing; /* its components that count and have no figure; of a merged unit all former units' */
};

/* The scores of all units that take part in index WHICH for PERIOD: those of its unit_kind on the period's
 * last day that have a figure or owe one for a component, or have a published value. Sorted by rank, then
 * those without one, each by unit. STORE holds the figures of all their provinces. Where nothing is published
 * for a unit its computed score is shown and ranked (this project's choice). *OUT is malloc'ed.
 *
 * CHISO_ENOTFOUND: no version of the index is valid on that day. CHISO_ERANGE: a total overflows, or a score
 * has too many digits. CHISO_ENOMEM. */
int score_all(const struct catalogue *catalogue, const struct store *store, uint32_t which,
    struct chiso_period period, const chiso_day *boundaries, struct score **out, size_t *count);

/* The same unit by unit, for whoever has a province's figures only and little time: all indices of the units
 * as of PERIOD in CALENDAR. CATALOGUE and STORE outlive it. *OUT is malloc'ed. */
struct score_reader;
int score_reader_new(const struct catalogue *catalogue, const struct store *store, struct chiso_period period,
    enum chiso_calendar calendar, struct score_reader **out);
void score_reader_free(struct score_reader *reader); /* accepts NULL */
/* Visits every index of the calendar in which UNIT takes part, without ranks; nothing where UNIT is not valid
 * on the period's last day. Stops when VISIT returns non-zero and returns that. Errors as above. */
int score_reader_unit(struct score_reader *reader, uint32_t unit,
    int (*visit)(void *context, const struct index_version *version, const struct score *score),
    void *context);

/* What one component brings to an index of one unit. */
struct score_part {
    const struct index_component *component;
    enum score_state state; /* missing, not applicable or a value */
    bool incomplete; /* the total behind it is */
    char x[SCORE_EXACT_CHARS]; /* exact, "n/d" where not finite; "" without a value */
    char score[SCORE_EXACT_CHARS]; /* its points likewise; "" for an informational one */
};
/* The components of index WHICH for UNIT, in file order. Errors as above; *OUT is malloc'ed. */
int score_parts(const struct catalogue *catalogue, const struct store *store, uint32_t which, uint32_t unit,
    struct chiso_period period, struct score_part **out, size_t *count);

#endif
