/* A province's pillar as viewers get it: per indicator and level the latest ended window of its cadence that
 * has a figure, and the running one; and its scores (snapshot_scores.h).
 *
 * An aggregator has the figures of its province only. A window that strictly contains a merger of provinces
 * needs those of the former ones too: unless the province has reported it as a whole, it is not_comparable
 * here, without a number, and `chisoctl get`, which reads every province, has it. */
#ifndef AGGREGATOR_SNAPSHOT_H
#define AGGREGATOR_SNAPSHOT_H

#include "core/score_plan.h"
#include "core/view.h"
#include "province.h"

struct snapshot; /* owns every text a view points to */

/* *VIEW lives until snapshot_free. Provinces without a single figure in the pillar give a view with none. */
int snapshot_make(const struct province *province, const struct catalogue *catalogue,
    const struct score_plan *plan, uint32_t pillar, chiso_instant_ms now, struct snapshot **out,
    struct view_pillar_snapshot *view);
void snapshot_free(struct snapshot *snapshot);

#endif
