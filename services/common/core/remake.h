/* What a province's commits wrote beside its leaves, followed entry by entry while core/replay.h makes the leaves
 * again: the periods that exist, the last change of each pillar, the ledger, and what the head says. With the
 * leaves and their totals that is everything of a province that the journal gives back. */
#ifndef CORE_REMAKE_H
#define CORE_REMAKE_H

#include "core/replay.h"

struct remake;
/* PROVINCE is its code. NULL: no memory. */
struct remake *remake_new(const char *province);
void remake_free(struct remake *remake); /* accepts NULL */

/* ENTRY has just been taken by REPLAY, which reads this province only, under CATALOGUE. CHISO_ENOMEM; CHISO_EINVAL
 * with a sentence: its ledger lines are none. */
int remake_note(struct remake *remake, const struct replay_entry *entry, const struct catalogue *catalogue,
    const struct replay *replay, struct chiso_message *why);

/* Fields of chiso:{PP}:head, each with its value. No entry, no field. */
int remake_each_head(const struct remake *remake,
    int (*visit)(void *context, const char *field, const char *value), void *context);
int remake_each_ledger(const struct remake *remake,
    int (*visit)(void *context, const char *field, const char *value), void *context);
int remake_each_period(
    const struct remake *remake, int (*visit)(void *context, const char *period), void *context);

#endif
