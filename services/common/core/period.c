#include <chiso/period.h>

#include "core/digits.h"
#include <assert.h>
#include <chiso/error.h>
#include <stdio.h>
#include <string.h>

/* The longest interval: longer ones are typing errors in a year. */
#define INTERVAL_YEARS_MAX 200

/* ---- windows as months of a year ---- */

/* First and last month (1 … 12) that PERIOD is named after; false for days and intervals. */
static bool months_of(struct chiso_period period, int *first, int *last)
{
    switch (period.kind) {
    case CHISO_PERIOD_MONTH:
        *first = *last = period.b;
        return true;
    case CHISO_PERIOD_QUARTER:
        *first = 3 * period.b - 2;
        *last = 3 * period.b;
        return true;
    case CHISO_PERIOD_HALF:
        *first = 6 * period.b - 5;
        *last = 6 * period.b;
        return true;
    case CHISO_PERIOD_NINE_MONTHS:
        *first = 1;
        *last = 9;
        return true;
    case CHISO_PERIOD_YEAR:
        *first = 1;
        *last = 12;
        return true;
    case CHISO_PERIOD_NONE:
    case CHISO_PERIOD_DAY:
    case CHISO_PERIOD_INTERVAL:
        break;
    }
    return false;
}

/* The first day of a month; MONTH 0 and 13 are December before and January after. An administrative month
 * begins on the 15th of the month before (ND 09/2019/ND-CP, art. 12). */
static chiso_day month_begins(int year, int month, enum chiso_calendar calendar)
{
    if (calendar == CHISO_ADMINISTRATIVE)
        month--;
    while (month < 1) {
        month += 12;
        year--;
    }
    while (month > 12) {
        month -= 12;
        year++;
    }
    return chiso_day_from_date(year, month, calendar == CHISO_ADMINISTRATIVE ? 15 : 1);
}

chiso_day chiso_period_first(struct chiso_period period, enum chiso_calendar calendar)
{
    int first, last;
    if (!months_of(period, &first, &last))
        return period.a;
    return month_begins(period.a, first, calendar);
}

chiso_day chiso_period_last(struct chiso_period period, enum chiso_calendar calendar)
{
    int first, last;
    if (!months_of(period, &first, &last))
        return period.b;
    return month_begins(period.a, last + 1, calendar) - 1;
}

/* ---- text ---- */

static int parse_interval(const char *text, size_t length, struct chiso_period *out)
{
    chiso_day first = CHISO_DAY_FIRST, last;
    const char *slash = memchr(text, '/', length);
    size_t left = (size_t)(slash - text);
    bool open = left == 2 && memcmp(text, "..", 2) == 0;
    if (!open && chiso_day_parse(text, left, &first) != CHISO_OK)
        return CHISO_EINVAL;
    if (chiso_day_parse(slash + 1, length - left - 1, &last) != CHISO_OK || last < first)
        return CHISO_EINVAL;
    if (!open) {
        struct chiso_date date = chiso_date_from_day(first);
        if (last >= chiso_day_from_date(date.year + INTERVAL_YEARS_MAX, date.month, date.day))
            return CHISO_EINVAL;
    }
    *out = (struct chiso_period){.kind = CHISO_PERIOD_INTERVAL, .a = first, .b = last};
    return CHISO_OK;
}

/* What follows "YYYY-": H1, 9M, Q1, 03. */
static int parse_part(int year, const char *text, struct chiso_period *out)
{
    enum chiso_period_kind kind;
    int number, max;
    if (text[0] == 'H') {
        kind = CHISO_PERIOD_HALF;
        number = digits(text + 1, 1);
        max = 2;
    } else if (text[0] == 'Q') {
        kind = CHISO_PERIOD_QUARTER;
        number = digits(text + 1, 1);
        max = 4;
    } else {
        kind = CHISO_PERIOD_MONTH;
        number = digits(text, 2);
        max = 12;
    }
    if (memcmp(text, "9M", 2) == 0) {
        *out = (struct chiso_period){.kind = CHISO_PERIOD_NINE_MONTHS, .a = year};
        return CHISO_OK;
    }
    if (number < 1 || number > max)
        return CHISO_EINVAL;
    *out = (struct chiso_period){.kind = kind, .a = year, .b = number};
    return CHISO_OK;
}

int chiso_period_parse(const char *text, size_t length, struct chiso_period *out)
{
    if (length > 0 && memchr(text, '/', length) != NULL)
        return parse_interval(text, length, out);
    if (length == 10) {
        chiso_day day;
        if (chiso_day_parse(text, length, &day) != CHISO_OK)
            return CHISO_EINVAL;
        *out = (struct chiso_period){.kind = CHISO_PERIOD_DAY, .a = day, .b = day};
        return CHISO_OK;
    }
    if (length != 4 && length != 7)
        return CHISO_EINVAL;
    int year = digits(text, 4);
    if (year < CHISO_YEAR_MIN || year > CHISO_YEAR_MAX)
        return CHISO_EINVAL;
    if (length == 7)
        return text[4] == '-' ? parse_part(year, text + 5, out) : CHISO_EINVAL;
    *out = (struct chiso_period){.kind = CHISO_PERIOD_YEAR, .a = year};
    return CHISO_OK;
}

static size_t print_interval(struct chiso_period period, char out[CHISO_PERIOD_CHARS])
{
    char first[CHISO_DATE_CHARS], last[CHISO_DATE_CHARS];
    chiso_day_print(period.a, first);
    chiso_day_print(period.b, last);
    int length = snprintf(out, CHISO_PERIOD_CHARS, "%s/%s", first, last);
    assert(length > 0 && length < CHISO_PERIOD_CHARS);
    return (size_t)length;
}

/* "2025" and, behind it, what PART says of the year, its number in WIDTH digits. */
static size_t print_window(struct chiso_period period, const char *part, int width, char *out)
{
    assert(period.a >= 0 && period.a <= 9999 && period.b >= 0 && period.b <= 99);
    put_digits(out, period.a, 4);
    size_t at = 4 + strlen(part);
    memcpy(out + 4, part, at - 4);
    put_digits(out + at, period.b, width);
    at += (size_t)width;
    out[at] = '\0';
    return at;
}

size_t chiso_period_print(struct chiso_period period, char out[CHISO_PERIOD_CHARS])
{
    switch (period.kind) {
    case CHISO_PERIOD_NONE:
        break;
    case CHISO_PERIOD_DAY:
        chiso_day_print(period.a, out);
        return strlen(out);
    case CHISO_PERIOD_INTERVAL:
        return print_interval(period, out);
    case CHISO_PERIOD_MONTH:
        return print_window(period, "-", 2, out);
    case CHISO_PERIOD_QUARTER:
        return print_window(period, "-Q", 1, out);
    case CHISO_PERIOD_HALF:
        return print_window(period, "-H", 1, out);
    case CHISO_PERIOD_NINE_MONTHS:
        return print_window(period, "-9M", 0, out);
    case CHISO_PERIOD_YEAR:
        return print_window(period, "", 0, out);
    }
    out[0] = '\0';
    return 0;
}

static int print_interval_vi(struct chiso_period period, char out[CHISO_PERIOD_TEXT_BYTES])
{
    char first[CHISO_DATE_CHARS], last[CHISO_DATE_CHARS];
    chiso_day_print_vi(period.a, first);
    chiso_day_print_vi(period.b, last);
    if (period.a == CHISO_DAY_FIRST)
        return snprintf(out, CHISO_PERIOD_TEXT_BYTES, "đến %s", last);
    return snprintf(out, CHISO_PERIOD_TEXT_BYTES, "từ %s đến %s", first, last);
}

void chiso_period_print_vi(struct chiso_period period, char out[CHISO_PERIOD_TEXT_BYTES])
{
    const size_t room = CHISO_PERIOD_TEXT_BYTES;
    char day[CHISO_DATE_CHARS];
    int length = 0;
    switch (period.kind) {
    case CHISO_PERIOD_NONE:
        out[0] = '\0';
        return;
    case CHISO_PERIOD_DAY:
        chiso_day_print_vi(period.a, day);
        length = snprintf(out, room, "ngày %s", day);
        break;
    case CHISO_PERIOD_INTERVAL:
        length = print_interval_vi(period, out);
        break;
    case CHISO_PERIOD_MONTH:
        length = snprintf(out, room, "tháng %d/%d", period.b, period.a);
        break;
    case CHISO_PERIOD_QUARTER:
        length = snprintf(out, room, "quý %d/%d", period.b, period.a);
        break;
    case CHISO_PERIOD_HALF:
        length = snprintf(out, room, "6 tháng %s năm %d", period.b == 1 ? "đầu" : "cuối", period.a);
        break;
    case CHISO_PERIOD_NINE_MONTHS:
        length = snprintf(out, room, "9 tháng đầu năm %d", period.a);
        break;
    case CHISO_PERIOD_YEAR:
        length = snprintf(out, room, "năm %d", period.a);
        break;
    }
    assert(length > 0 && (size_t)length < room);
}

/* ---- order ---- */

bool chiso_period_equal(struct chiso_period a, struct chiso_period b)
{
    return a.kind == b.kind && a.a == b.a && a.b == b.b;
}

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int chiso_period_compare(struct chiso_period a, struct chiso_period b)
{
    if (a.kind == b.kind && a.kind != CHISO_PERIOD_INTERVAL)
        return a.a != b.a ? compare(a.a, b.a) : compare(a.b, b.b);
    int order = compare(chiso_period_last(a, CHISO_STATISTICAL), chiso_period_last(b, CHISO_STATISTICAL));
    if (order == 0)
        order = compare(chiso_period_first(a, CHISO_STATISTICAL), chiso_period_first(b, CHISO_STATISTICAL));
    return order != 0 ? order : compare(a.kind, b.kind);
}

/* ---- windows among themselves ---- */

/* The calendar's year and month (1 … 12) in which DAY lies. */
static struct chiso_date month_at(chiso_day day, enum chiso_calendar calendar)
{
    struct chiso_date date = chiso_date_from_day(day);
    if (calendar == CHISO_ADMINISTRATIVE && date.day >= 15)
        date.month++;
    if (date.month > 12) {
        date.month = 1;
        date.year++;
    }
    return date;
}

struct chiso_period chiso_period_at(enum chiso_period_kind kind, chiso_day day, enum chiso_calendar calendar)
{
    struct chiso_date date = month_at(day, calendar);
    switch (kind) {
    case CHISO_PERIOD_DAY:
        return (struct chiso_period){kind, day, day};
    case CHISO_PERIOD_MONTH:
        return (struct chiso_period){kind, date.year, date.month};
    case CHISO_PERIOD_QUARTER:
        return (struct chiso_period){kind, date.year, (date.month + 2) / 3};
    case CHISO_PERIOD_HALF:
        return (struct chiso_period){kind, date.year, (date.month + 5) / 6};
    case CHISO_PERIOD_NINE_MONTHS:
        if (date.month > 9)
            break;
        return (struct chiso_period){kind, date.year, 0};
    case CHISO_PERIOD_YEAR:
        return (struct chiso_period){kind, date.year, 0};
    case CHISO_PERIOD_NONE:
    case CHISO_PERIOD_INTERVAL:
        break;
    }
    return (struct chiso_period){CHISO_PERIOD_NONE, 0, 0};
}

int chiso_period_year(struct chiso_period period)
{
    return chiso_period_year_in(period, CHISO_STATISTICAL);
}

int chiso_period_year_in(struct chiso_period period, enum chiso_calendar calendar)
{
    if (period.kind == CHISO_PERIOD_DAY || period.kind == CHISO_PERIOD_INTERVAL)
        return month_at(period.b, calendar).year;
    return period.a;
}

bool chiso_period_contains(struct chiso_period outer, struct chiso_period inner, enum chiso_calendar calendar)
{
    int outer_first, outer_last, inner_first, inner_last;
    if (months_of(outer, &outer_first, &outer_last) && months_of(inner, &inner_first, &inner_last))
        return outer.a == inner.a && outer_first <= inner_first && inner_last <= outer_last;
    return chiso_period_first(outer, calendar) <= chiso_period_first(inner, calendar) &&
           chiso_period_last(inner, calendar) <= chiso_period_last(outer, calendar);
}

/* COUNT windows of KIND in PERIOD's year, from number FIRST. */
static size_t put_parts(struct chiso_period out[CHISO_PERIOD_PARTS_MAX], enum chiso_period_kind kind,
    struct chiso_period period, int first, int count)
{
    for (int i = 0; i < count; i++)
        out[i] = (struct chiso_period){kind, period.a, first + i};
    return (size_t)count;
}

size_t chiso_period_parts(
    struct chiso_period period, enum chiso_calendar calendar, struct chiso_period out[CHISO_PERIOD_PARTS_MAX])
{
    size_t count = 0;
    switch (period.kind) {
    case CHISO_PERIOD_YEAR:
        return put_parts(out, CHISO_PERIOD_HALF, period, 1, 2);
    case CHISO_PERIOD_HALF:
        return put_parts(out, CHISO_PERIOD_QUARTER, period, 2 * period.b - 1, 2);
    case CHISO_PERIOD_QUARTER:
        return put_parts(out, CHISO_PERIOD_MONTH, period, 3 * period.b - 2, 3);
    case CHISO_PERIOD_NINE_MONTHS:
        out[0] = (struct chiso_period){CHISO_PERIOD_HALF, period.a, 1};
        out[1] = (struct chiso_period){CHISO_PERIOD_QUARTER, period.a, 3};
        return 2;
    case CHISO_PERIOD_MONTH:
        for (chiso_day day = chiso_period_first(period, calendar); day <= chiso_period_last(period, calendar);
             day++)
            out[count++] = (struct chiso_period){CHISO_PERIOD_DAY, day, day};
        return count;
    case CHISO_PERIOD_NONE:
    case CHISO_PERIOD_DAY:
    case CHISO_PERIOD_INTERVAL:
        break;
    }
    return 0;
}

/* The container of KIND of the months FIRST to LAST of YEAR; kind NONE where they lie in several. */
static struct chiso_period months_container(enum chiso_period_kind kind, int year, int first, int last)
{
    int months = kind == CHISO_PERIOD_YEAR   ? 12
                 : kind == CHISO_PERIOD_HALF ? 6
                                             : 3,
        number = (last - 1) / months;
    if (kind == CHISO_PERIOD_MONTH || (first - 1) / months != number)
        return (struct chiso_period){CHISO_PERIOD_NONE, 0, 0};
    return (struct chiso_period){kind, year, kind == CHISO_PERIOD_YEAR ? 0 : number + 1};
}

size_t chiso_period_containers(
    struct chiso_period period, enum chiso_calendar calendar, struct chiso_period out[4])
{
    static const enum chiso_period_kind kinds[] = {
        CHISO_PERIOD_MONTH, CHISO_PERIOD_QUARTER, CHISO_PERIOD_HALF, CHISO_PERIOD_YEAR};
    size_t count = 0;
    int first, last;
    bool in_months = months_of(period, &first, &last);
    if (period.kind == CHISO_PERIOD_NONE)
        return 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i] == period.kind)
            continue;
        struct chiso_period window =
            in_months ? months_container(kinds[i], period.a, first, last)
                      : chiso_period_at(kinds[i], chiso_period_last(period, calendar), calendar);
        if (in_months ? window.kind != CHISO_PERIOD_NONE : chiso_period_contains(window, period, calendar))
            out[count++] = window;
    }
    return count;
}

struct chiso_period chiso_period_previous(struct chiso_period period)
{
    int per_year = 1;
    switch (period.kind) {
    case CHISO_PERIOD_NONE:
    case CHISO_PERIOD_INTERVAL:
        return (struct chiso_period){CHISO_PERIOD_NONE, 0, 0};
    case CHISO_PERIOD_DAY:
        return (struct chiso_period){CHISO_PERIOD_DAY, period.a - 1, period.b - 1};
    case CHISO_PERIOD_NINE_MONTHS:
    case CHISO_PERIOD_YEAR:
        return (struct chiso_period){period.kind, period.a - 1, 0};
    case CHISO_PERIOD_MONTH:
        per_year = 12;
        break;
    case CHISO_PERIOD_QUARTER:
        per_year = 4;
        break;
    case CHISO_PERIOD_HALF:
        per_year = 2;
        break;
    }
    if (period.b > 1)
        return (struct chiso_period){period.kind, period.a, period.b - 1};
    return (struct chiso_period){period.kind, period.a - 1, per_year};
}

struct chiso_period chiso_period_year_before(struct chiso_period period)
{
    struct chiso_period before = period;
    char text[CHISO_PERIOD_CHARS];
    if (period.kind == CHISO_PERIOD_NONE || period.kind == CHISO_PERIOD_INTERVAL)
        return (struct chiso_period){0};
    if (period.kind == CHISO_PERIOD_DAY) {
        struct chiso_date date = chiso_date_from_day(period.a);
        if (!chiso_date_is_valid(date.year - 1, date.month, date.day))
            return (struct chiso_period){0};
        before.a = before.b = chiso_day_from_date(date.year - 1, date.month, date.day);
    } else {
        before.a--;
    }
    /* A name that does not parse is no period: the year before the first. */
    size_t length = chiso_period_print(before, text);
    return chiso_period_parse(text, length, &before) == CHISO_OK ? before : (struct chiso_period){0};
}
