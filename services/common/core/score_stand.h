/* Where one unit stands in an index, on its own or as what former units became (STATISTICS S5, S6). score.c
 * builds on this; nobody else needs it. */
#ifndef CORE_SCORE_STAND_H
#define CORE_SCORE_STAND_H

#include "core/score_compute.h"

struct standing {
    enum score_state state;
    bool incomplete, published, concerns;
    bool has_shown; /* SHOWN is the published value, or else the computed one */
    mpq_t computed; /* as the index is shown, unrounded; meaningless without SCORE_VALUE */
    mpq_t shown;
    uint32_t missing;
};
void standing_init(struct standing *standing);
void standing_release(struct standing *standing);

/* ROW is the unit's on the day of the boundaries. CHISO_ERANGE, CHISO_ENOMEM. */
int score_stand(struct scorer *scorer, const struct index_version *version, const struct unit_row *row,
    struct standing *out);

#endif
