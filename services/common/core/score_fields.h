/* What the cache of scores holds of a province: which windows, and the fields of one (proto/README.md, "Scores
 * and ranks"). Whoever writes the cache and whoever compares it compute it by this. */
#ifndef CORE_SCORE_FIELDS_H
#define CORE_SCORE_FIELDS_H

#include "core/score_plan.h"
#include "core/score_text.h"

/* "35|dti", "35|pillar:foundation" */
#define SCORE_FIELD_CHARS 128

/* What is kept of a window. */
#define OF_INDICES 1u
#define OF_PILLARS 2u
/* Of the windows that a figure of INDICATOR touches. */
unsigned score_parts_of(const struct score_plan *plan, uint32_t indicator);

/* The figures of one province. */
struct score_source {
    const struct catalogue *catalogue;
    const struct score_plan *plan;
    const struct store *store;
    uint32_t province;
};

/* Visits the windows (see score_windows) that a figure of INDICATOR for PERIOD touches, with what is kept of
 * each. Stops when VISIT returns non-zero and returns that. */
int score_touched(const struct catalogue *catalogue, const struct score_plan *plan, uint32_t indicator,
    struct chiso_period period, int (*visit)(void *context, struct chiso_period window, unsigned parts),
    void *context);
/* Visits every window that any figure of the province touches, some more than once. CHISO_ENOMEM. */
int score_each_window(const struct score_source *source,
    int (*visit)(void *context, struct chiso_period window, unsigned parts), void *context);

/* The fields of WINDOW that belong to PARTS, a little at a time. NOW says what is judged. */
struct score_fields;
int score_fields_new(const struct score_source *source, struct chiso_period window, unsigned parts,
    chiso_instant_ms now, struct score_fields **out);
void score_fields_free(struct score_fields *fields); /* accepts NULL */
/* One unit or one pillar more, each field with its text to VISIT; *MORE false: there was none left.
 * CHISO_ERANGE, CHISO_ENOMEM, and what VISIT returns. */
int score_fields_step(struct score_fields *fields,
    int (*visit)(void *context, const char *field, const char *text), void *context, bool *more);

#endif
