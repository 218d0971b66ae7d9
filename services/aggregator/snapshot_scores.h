/* The scores of a pillar's snapshot: of every index that stands in the pillar the latest, and the pillar's own. */
#ifndef AGGREGATOR_SNAPSHOT_SCORES_H
#define AGGREGATOR_SNAPSHOT_SCORES_H

#include "core/score_plan.h"
#include "core/view.h"
#include "province.h"

struct snapshot_scores; /* owns every text a view points to */

/* Adds the scores to VIEW; they live until snapshot_scores_free. */
int snapshot_scores_make(const struct province *province, const struct catalogue *catalogue,
    const struct score_plan *plan, uint32_t pillar, chiso_instant_ms now, struct snapshot_scores **out,
    struct view_pillar_snapshot *view);
void snapshot_scores_free(struct snapshot_scores *scores); /* accepts NULL */

#endif
