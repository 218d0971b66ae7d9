/* Does a changed catalogue still fit the figures that are stored? Asked before it comes into force: what does
 * not fit is refused while the old one still holds, so that no figure gets out of sight. */
#ifndef AGGREGATOR_FIT_H
#define AGGREGATOR_FIT_H

#include "core/catalogue.h"
#include "core/store.h"
#include "io/redis.h"

/* The unit of every stored leaf must still be in the province where it is stored. CHISO_EINVAL
 * with a sentence that names unit and period, otherwise Redis' error. */
int fit_check_units(struct redis *redis, const struct catalogue *catalogue, struct chiso_message *why);

/* Every figure of STORE must still have the form and the decimals of its definition. CHISO_EINVAL with a
 * sentence. */
int fit_check_figures(
    const struct catalogue *catalogue, const struct store *store, struct chiso_message *why);

#endif
