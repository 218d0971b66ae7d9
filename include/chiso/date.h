/* Calendar days and instants. A day is counted from 1970-01-01 in the proleptic Gregorian calendar; an
 * instant is milliseconds since the epoch in UTC. Vietnam is UTC+07:00 all year round and has no daylight
 * saving; the machine's own time zone is never asked. */
#ifndef CHISO_DATE_H
#define CHISO_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t chiso_day;
typedef int64_t chiso_instant_ms;

/* Open ends: "from the beginning", "for ever". They compare before and after every real day. */
#define CHISO_DAY_FIRST INT32_MIN
#define CHISO_DAY_LAST INT32_MAX
/* Years that are accepted anywhere; wider than any figure, narrow enough to catch typing errors. */
#define CHISO_YEAR_MIN 1900
#define CHISO_YEAR_MAX 2199

#define CHISO_DATE_CHARS 11
#define CHISO_TIME_CHARS 36

struct chiso_date {
    int year, month, day;
};

bool chiso_date_is_valid(int year, int month, int day);
chiso_day chiso_day_from_date(int year, int month, int day);
struct chiso_date chiso_date_from_day(chiso_day day);
/* 1 Monday … 7 Sunday. */
int chiso_weekday(chiso_day day);

/* Exactly YYYY-MM-DD. CHISO_EINVAL otherwise, or when there is no such day. */
int chiso_day_parse(const char *text, size_t length, chiso_day *out);
/* Days of the years 0 to 9999; an open end prints "..". */
void chiso_day_print(chiso_day day, char out[CHISO_DATE_CHARS]);
/* 31/12/2025, as Vietnamese officials write it. */
void chiso_day_print_vi(chiso_day day, char out[CHISO_DATE_CHARS]);

/* RFC 3339 with seconds and an offset or Z: 2025-05-05T08:00:00+07:00, optional fraction (up to ms). */
int chiso_instant_parse(const char *text, chiso_instant_ms *out);
/* 2025-05-05T08:00:00.000+07:00 */
void chiso_instant_print(chiso_instant_ms instant, char out[CHISO_TIME_CHARS]);
/* The day in Vietnam at that instant. */
chiso_day chiso_day_at(chiso_instant_ms instant);
/* The instant of HOUR o'clock in Vietnam on DAY. */
chiso_instant_ms chiso_instant_on(chiso_day day, int hour);

#endif
