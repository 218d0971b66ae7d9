/* Retained snapshots of provinces and pillars that the catalogue no longer has: the broker keeps them until somebody
 * takes them back, whoever was not there when they went. */
#ifndef AGGREGATOR_GONE_H
#define AGGREGATOR_GONE_H

#include "aggregator.h"

/* Before the catalogue, if there is one, is replaced by NEXT. */
void gone_note(struct aggregator *a, const struct catalogue *next);

/* Takes them back, once after each connection and each change of the catalogue. Which there were is known from the
 * heads, which stay, and from gone_note; one pass over all keys. */
void gone_take_back(struct aggregator *a);

#endif
