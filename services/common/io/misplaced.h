/* Figures in Redis that a catalogue puts into another province than the one they are stored in. */
#ifndef IO_MISPLACED_H
#define IO_MISPLACED_H

#include "core/catalogue.h"
#include "io/redis.h"

struct misplaced {
    const char *province, *unit, *indicator; /* as stored */
    struct chiso_period period;
    const char *text; /* of the leaf */
    size_t length;
    bool is_known; /* the unit, to the catalogue */
    uint32_t home; /* the province where it belongs; CATALOGUE_NONE: it has no place */
};

/* Visits every misplaced figure of all provinces, some perhaps more than once; stops when VISIT returns non-zero
 * and returns that. With ALL also those beside it (same unit and period) that are in their place. Looks through
 * all of Redis. */
int misplaced_each(struct redis *redis, const struct catalogue *catalogue, bool all,
    int (*visit)(void *context, const struct misplaced *figure), void *context, struct chiso_message *why);

/* What is wrong, in a sentence. */
void misplaced_say(
    const struct catalogue *catalogue, const struct misplaced *figure, struct chiso_message *out);

#endif
