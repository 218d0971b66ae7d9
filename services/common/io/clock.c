#include "io/clock.h"
#include <stdbool.h>
#include <time.h>

static bool frozen;
static chiso_instant_ms frozen_at;

chiso_instant_ms clock_wall(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (chiso_instant_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

chiso_instant_ms clock_now(void)
{
    return frozen ? frozen_at : clock_wall();
}

void clock_freeze(chiso_instant_ms instant)
{
    frozen = true;
    frozen_at = instant;
}

long long clock_monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
