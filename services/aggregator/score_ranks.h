/* A set of rankings: (index, period), each once. */
#ifndef AGGREGATOR_SCORE_RANKS_H
#define AGGREGATOR_SCORE_RANKS_H

#include <chiso/period.h>
#include <stddef.h>
#include <stdint.h>

struct score_rank {
    uint32_t which;
    struct chiso_period period;
};
struct score_ranks {
    struct score_rank *list; /* sorted */
    size_t count, capacity;
};
void score_ranks_release(struct score_ranks *ranks);
/* CHISO_ENOMEM. */
int score_ranks_add(struct score_ranks *ranks, uint32_t which, struct chiso_period period);
void score_ranks_remove(struct score_ranks *ranks, uint32_t which, struct chiso_period period);

#endif
