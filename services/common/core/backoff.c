#include "core/backoff.h"

uint32_t backoff_ms(uint32_t first_ms, uint32_t max_ms, unsigned try, uint32_t random)
{
    uint64_t wait = first_ms;
    while (try-- > 0 && wait < max_ms)
        wait *= 2;
    if (wait > max_ms)
        wait = max_ms;
    /* 75 … 125 % */
    return (uint32_t)(wait * (75 + random % 51) / 100);
}
