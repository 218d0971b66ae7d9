#include "score_ranks.h"

#include "core/list.h"
#include <chiso/error.h>
#include <stdbool.h>
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

/* The place of (WHICH, PERIOD), or where it belongs. */
static size_t place_of(const struct score_ranks *ranks, uint32_t which, struct chiso_period period)
{
    size_t low = 0, high = ranks->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&ranks->list[middle], which, period) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct score_ranks *ranks, size_t at, uint32_t which, struct chiso_period period)
{
    return at < ranks->count && compare(&ranks->list[at], which, period) == 0;
}

void score_ranks_remove(struct score_ranks *ranks, uint32_t which, struct chiso_period period)
{
    size_t at = place_of(ranks, which, period);
    if (!is_at(ranks, at, which, period))
        return;
    ranks->count--;
    memmove(&ranks->list[at], &ranks->list[at + 1], (ranks->count - at) * sizeof *ranks->list);
}

int score_ranks_add(struct score_ranks *ranks, uint32_t which, struct chiso_period period)
{
    size_t low = place_of(ranks, which, period);
    if (is_at(ranks, low, which, period))
        return CHISO_OK;
    if (LIST_GROW(ranks->list, ranks->count, ranks->capacity))
        return CHISO_ENOMEM;
    memmove(&ranks->list[low + 1], &ranks->list[low], (ranks->count - low) * sizeof *ranks->list);
    ranks->list[low] = (struct score_rank){which, period};
    ranks->count++;
    return CHISO_OK;
}
