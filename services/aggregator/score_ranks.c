#include "score_ranks.h"

#include <chiso/error.h>
#include <stdlib.h>
#include <string.h>

void score_ranks_release(struct score_ranks *ranks)
{
    free(ranks->list);
    *ranks = (struct score_ranks){0};
}

static int compare(const struct score_rank *rank, uint32_t which, struct chiso_period period)
{
    return rank->which != which ? (rank->which < which ? -1 : 1) : chiso_period_compare(rank->period, period);
}

int score_ranks_add(struct score_ranks *ranks, uint32_t which, struct chiso_period period)
{
    size_t low = 0, high = ranks->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&ranks->list[middle], which, period) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < ranks->count && compare(&ranks->list[low], which, period) == 0)
        return CHISO_OK;
    if (ranks->count == ranks->capacity) {
        size_t grown = ranks->capacity ? ranks->capacity * 2 : 64;
        struct score_rank *moved = realloc(ranks->list, grown * sizeof *moved);
        if (!moved)
            return CHISO_ENOMEM;
        ranks->list = moved;
        ranks->capacity = grown;
    }
    memmove(&ranks->list[low + 1], &ranks->list[low], (ranks->count - low) * sizeof *ranks->list);
    ranks->list[low] = (struct score_rank){which, period};
    ranks->count++;
    return CHISO_OK;
}
