/* All totals of a province again, from its leaves, into one commit: after a change of catalogue, or of how
 * totals are computed. */
#ifndef IO_RESUM_H
#define IO_RESUM_H

#include "core/catalogue.h"
#include "core/store.h"
#include "io/commit.h"

/* Were the totals of a province with HEAD computed with the catalogue HASH by this build's rules? Without a
 * commit there is nothing to compute. */
bool resum_is_done(const struct head *head, const char *hash);

/* Adds to COMMIT, which has been begun, every total that the leaves of FIGURES call for in place of all that
 * are stored. *COUNT of them. CHISO_ERANGE: one overflows. */
int resum_add(struct commit *commit, struct redis *redis, const struct catalogue *catalogue,
    const struct store *figures, size_t *count, struct chiso_message *why);

#endif
