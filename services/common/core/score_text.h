/* A score, and a pillar's default score, as one line of text: the values of chiso:{PP}:score:<period>
 * (proto/README.md).
 *
 *     <state> <source> <completeness> <missing> <value> <exact>[ | <computed> <computed_exact>]
 *     <decided> <targets> <value> <exact>
 *
 * "-" stands for what there is none of. */
#ifndef CORE_SCORE_TEXT_H
#define CORE_SCORE_TEXT_H

#include "core/attainment.h"
#include "core/score.h"

#define SCORE_TEXT_CHARS (2 * (SCORE_CHARS + SCORE_EXACT_CHARS) + 80)
/* UNIT and RANK are not in it. */
size_t score_print(const struct score *score, char out[SCORE_TEXT_CHARS]);
/* CHISO_EINVAL: not what score_print writes. */
int score_parse(const char *text, size_t length, struct score *out);

/* A pillar's default score in per cent, as it is shown. */
#define PILLAR_SCORE_DECIMALS 1
struct pillar_score {
    uint32_t decided, targets;
    char value[SCORE_CHARS]; /* rounded; "": no target is decided, which is not 0 */
    char exact[SCORE_EXACT_CHARS];
};
void pillar_score_of(const struct attainment *attainment, struct pillar_score *out);
#define PILLAR_SCORE_TEXT_CHARS (SCORE_CHARS + SCORE_EXACT_CHARS + 40)
size_t pillar_score_print(const struct pillar_score *score, char out[PILLAR_SCORE_TEXT_CHARS]);

#endif
