/* The memory that the provinces' figures take, kept under a limit (cache_mib): the least recently used are put away,
 * and read again when a report comes or something is still to be told or computed of them. Redis has all of it, so
 * the limit changes how long things take and nothing else.
 *
 * The limit holds for whole provinces: the one that is worked on must fit, and is kept whatever its size. Not counted
 * are the ledger (its entries are limited), and what one batch takes while it is decided. */
#ifndef AGGREGATOR_CACHE_H
#define AGGREGATOR_CACHE_H

#include "aggregator.h"

/* Between batches: puts provinces away until the rest is within the limit. */
void cache_trim(struct aggregator *a);
/* Reads one of those back that were put away with something still to do, if there is room, or there will be: not while
 * reports keep coming (BUSY). */
void cache_bring_back(struct aggregator *a, bool busy);

#endif
