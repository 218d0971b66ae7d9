/* Where the windows of a year stand in tables of them: 12 months, 4 quarters, 2 halves, 9 months, the year. They are
 * asked for whenever a year is put together. */
#ifndef CORE_STORE_WINDOW_H
#define CORE_STORE_WINDOW_H

#include <chiso/period.h>

#define STORE_WINDOWS 20

/* The place of PERIOD among the windows of its year; -1: it is a day or an interval. */
static inline int store_window(struct chiso_period period)
{
    /* Where number 1 of a kind stands; the number of 9 months and of a year is 0. */
    static const int8_t first[] = {[CHISO_PERIOD_NONE] = -1,
        [CHISO_PERIOD_DAY] = -1,
        [CHISO_PERIOD_MONTH] = 0,
        [CHISO_PERIOD_QUARTER] = 12,
        [CHISO_PERIOD_HALF] = 16,
        [CHISO_PERIOD_NINE_MONTHS] = 19,
        [CHISO_PERIOD_YEAR] = 20,
        [CHISO_PERIOD_INTERVAL] = -1};
    int at = first[period.kind];
    return at < 0 ? -1 : at + period.b - 1;
}

/* The windows inside PERIOD, itself included: bits by store_window. */
static inline uint32_t store_windows_in(struct chiso_period period)
{
    static const uint32_t inside[STORE_WINDOWS] = {0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200,
        0x400, 0x800, /* the months */
        0x1007, 0x2038, 0x41c0, 0x8e00, /* quarters: themselves and three months */
        0x1303f, 0x2cfc0, /* halves: two quarters and six months */
        0x571ff, /* nine months: three quarters, the first half */
        0xfffff};
    int at = store_window(period);
    return at < 0 ? 0 : inside[at];
}

#endif
