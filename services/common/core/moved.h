/* Figures that a rebuild takes from one province to another, as lines of the journal entries of both: "arrived"
 * where they are now, "left" where they were. Line: "<unit> <period> <indicator> <the other province> <leaf>",
 * the leaf as it stands from now on, or as it stood (core/figure.h). */
#ifndef CORE_MOVED_H
#define CORE_MOVED_H

#include "core/figure.h"
#include <chiso/period.h>

struct moved {
    char unit[CHISO_UNIT_BYTES_MAX + 1];
    struct chiso_period period;
    char indicator[CHISO_ID_BYTES_MAX + 1];
    char province[CHISO_UNIT_BYTES_MAX + 1]; /* the other one */
    struct leaf leaf;
};

/* With a line end. */
#define MOVED_CHARS (2 * CHISO_UNIT_BYTES_MAX + CHISO_PERIOD_CHARS + CHISO_ID_BYTES_MAX + LEAF_CHARS + 8)
size_t moved_print(const struct moved *moved, char out[MOVED_CHARS]);
/* The next line from *AT, which moves on. CHISO_ENOTFOUND at the end, CHISO_EINVAL. */
int moved_next(const char **at, struct moved *out);

#endif
