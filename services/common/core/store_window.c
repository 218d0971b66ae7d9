/* Where the windows of a year stand in its table. */
#include "core/store.h"

int store_window(struct chiso_period period)
{
    switch (period.kind) {
    case CHISO_PERIOD_MONTH:
        return period.b - 1;
    case CHISO_PERIOD_QUARTER:
        return 12 + period.b - 1;
    case CHISO_PERIOD_HALF:
        return 16 + period.b - 1;
    case CHISO_PERIOD_NINE_MONTHS:
        return 18;
    case CHISO_PERIOD_YEAR:
        return 19;
    case CHISO_PERIOD_NONE:
    case CHISO_PERIOD_DAY:
    case CHISO_PERIOD_INTERVAL:
        break;
    }
    return -1;
}

uint32_t store_windows_in(struct chiso_period period)
{
    const uint32_t month = 1, quarter = 7, half = 63;
    int n = period.b - 1;
    switch (period.kind) {
    case CHISO_PERIOD_MONTH:
        return month << n;
    case CHISO_PERIOD_QUARTER:
        return quarter << 3 * n | month << (12 + n);
    case CHISO_PERIOD_HALF:
        return half << 6 * n | 3u << (12 + 2 * n) | month << (16 + n);
    case CHISO_PERIOD_NINE_MONTHS:
        return 0x1ffu | 7u << 12 | 1u << 16 | 1u << 18;
    case CHISO_PERIOD_YEAR:
        return (1u << STORE_WINDOWS) - 1;
    case CHISO_PERIOD_NONE:
    case CHISO_PERIOD_DAY:
    case CHISO_PERIOD_INTERVAL:
        break;
    }
    return 0;
}
