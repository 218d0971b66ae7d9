/* A province's totals again, after the catalogue has changed: one commit that replaces all of them. */
#ifndef AGGREGATOR_RESUM_H
#define AGGREGATOR_RESUM_H

#include "io/commit.h"
#include "province.h"

/* PROVINCE is loaded with CATALOGUE. Afterwards it is dropped: its next use reads
 * the new totals and the head with CATALOGUE_HASH. */
int resum_province(struct redis *redis, struct province *province, const struct catalogue *catalogue,
    const char *catalogue_hash, struct commit *commit);

#endif
