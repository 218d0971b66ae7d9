/* Reporting periods (STATISTICS S7): 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14, and the intervals
 * 2024-01-01/2024-11-11 and ../2022-09-30.
 *
 * A period is a name. Which days it covers depends on the indicator's calendar: "2025-03" is 1 to 31 March in
 * the statistical calendar (ND 60/2018/ND-CP) and 15 February to 14 March in the administrative one (ND
 * 09/2019/ND-CP, art. 12). Days and intervals mean the same in both. */
#ifndef CHISO_PERIOD_H
#define CHISO_PERIOD_H

#include <chiso/date.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chiso_period_kind {
    CHISO_PERIOD_NONE = 0, /* no period at all; never parsed */
    CHISO_PERIOD_DAY,
    CHISO_PERIOD_MONTH,
    CHISO_PERIOD_QUARTER,
    CHISO_PERIOD_HALF,
    CHISO_PERIOD_NINE_MONTHS,
    CHISO_PERIOD_YEAR,
    CHISO_PERIOD_INTERVAL,
};

enum chiso_calendar { CHISO_STATISTICAL = 0, CHISO_ADMINISTRATIVE = 1 };

/* DAY: a = b = the day. INTERVAL: a = first day (CHISO_DAY_FIRST for ".."), b = last day.
 * Others: a = the year, b = the number of the month, quarter or half (0 for 9M and year). */
struct chiso_period {
    enum chiso_period_kind kind;
    int32_t a, b;
};

/* 2024-01-01/2024-11-11 and NUL */
#define CHISO_PERIOD_CHARS 24
/* The most sub-periods a period has: the days of a month (administrative ones included). */
#define CHISO_PERIOD_PARTS_MAX 31

/* CHISO_EINVAL: none of the forms above, no such day, a year outside 1900 … 2199, an interval that ends
 * before it begins, has no end, or is longer than 200 years. Exactly one text means a period: print gives it
 * back. */
int chiso_period_parse(const char *text, size_t length, struct chiso_period *out);
size_t chiso_period_print(struct chiso_period period, char out[CHISO_PERIOD_CHARS]);
/* As people write it: "năm 2025", "6 tháng đầu năm 2025", "quý 1/2025", "tháng 3/2025", "ngày 14/03/2025",
 * "từ 01/01/2024 đến 11/11/2024", "đến 30/09/2022". At most 64 bytes with NUL. */
#define CHISO_PERIOD_TEXT_BYTES 64
void chiso_period_print_vi(struct chiso_period period, char out[CHISO_PERIOD_TEXT_BYTES]);

bool chiso_period_equal(struct chiso_period a, struct chiso_period b);
/* Total order for sorting: by last then first day in the statistical calendar, then kind. */
int chiso_period_compare(struct chiso_period a, struct chiso_period b);

/* First and last day of the window. First may be CHISO_DAY_FIRST for "../D". */
chiso_day chiso_period_first(struct chiso_period period, enum chiso_calendar calendar);
chiso_day chiso_period_last(struct chiso_period period, enum chiso_calendar calendar);

/* The year whose name the period carries (an interval, a day: the statistical calendar's year of its last
 * day). The unit of loading and verifying: all windows of a year combine among themselves only. A day of an
 * administrative calendar can belong to the next year's windows: see chiso_period_year_in. */
int chiso_period_year(struct chiso_period period);
/* The same under CALENDAR: 2024-12-20 lies in the administrative year 2025. */
int chiso_period_year_in(struct chiso_period period, enum chiso_calendar calendar);

/* The sub-periods that across_time combines: year → halves, half → quarters, quarter → months, month → days,
 * 9M → H1 and Q3; day and interval: none. Writes them in order and returns how many. */
size_t chiso_period_parts(struct chiso_period period, enum chiso_calendar calendar,
    struct chiso_period out[CHISO_PERIOD_PARTS_MAX]);

/* The standard windows (month, quarter, half, year; not 9M) that contain PERIOD, PERIOD itself not included,
 * shortest first; at most 4. An interval or a 9M that lies wholly inside windows is contained in them too:
 * it enters no value there (S7), but its revisions count. */
size_t chiso_period_containers(
    struct chiso_period period, enum chiso_calendar calendar, struct chiso_period out[4]);

/* True when every day of INNER is a day of OUTER. */
bool chiso_period_contains(
    struct chiso_period outer, struct chiso_period inner, enum chiso_calendar calendar);

/* The window of KIND (day … year, not interval) in which DAY lies; NONE where a 9M does not reach DAY. */
struct chiso_period chiso_period_at(enum chiso_period_kind kind, chiso_day day, enum chiso_calendar calendar);
/* The window of the same kind just before; day … year. NONE for intervals. */
struct chiso_period chiso_period_previous(struct chiso_period period);
/* The same window a year before (S7, cùng kỳ); NONE for an interval, and for 29 February. */
struct chiso_period chiso_period_year_before(struct chiso_period period);

#endif
