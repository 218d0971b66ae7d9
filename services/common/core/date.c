#include <chiso/date.h>

#include "core/digits.h"
#include <assert.h>
#include <chiso/error.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)
#define VIETNAM_MS (7 * HOUR_MS)

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool chiso_date_is_valid(int year, int month, int day)
{
    return year >= CHISO_YEAR_MIN && year <= CHISO_YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_in_month(year, month);
}

/* Both conversions count years from March, so that the leap day is a year's last; 719,468 days lie between
 * 0000-03-01 and 1970-01-01. This one runs for every window that is compared, so it takes the few
 * instructions that years after 0 need. */
chiso_day chiso_day_from_date(int year, int month, int day)
{
    static const uint16_t begins[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
    assert(year > 0 && month >= 1 && month <= 12);
    uint32_t y = (uint32_t)year - (month <= 2);
    uint32_t days = y * 365 + y / 4 - y / 100 + y / 400 + begins[month - 1];
    return (chiso_day)((int)days + day - 1 - 719468);
}

/* Eras of 400 years have 146,097 days. */
struct chiso_date chiso_date_from_day(chiso_day day)
{
    int64_t shifted = (int64_t)day + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    return (struct chiso_date){
        .year = (int)(year_of_era + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1),
    };
}

int chiso_weekday(chiso_day day)
{
    /* 1970-01-01 was a Thursday. */
    int64_t since_monday = (int64_t)day + 3;
    return (int)(since_monday - floor_div(since_monday, 7) * 7) + 1;
}

int chiso_day_parse(const char *text, size_t length, chiso_day *out)
{
    if (length != 10 || text[4] != '-' || text[7] != '-')
        return CHISO_EINVAL;
    int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
    if (!chiso_date_is_valid(year, month, day))
        return CHISO_EINVAL;
    *out = chiso_day_from_date(year, month, day);
    return CHISO_OK;
}

static bool is_open(chiso_day day)
{
    return day == CHISO_DAY_FIRST || day == CHISO_DAY_LAST;
}

void chiso_day_print(chiso_day day, char out[CHISO_DATE_CHARS])
{
    if (is_open(day)) {
        memcpy(out, "..", 3);
        return;
    }
    struct chiso_date date = chiso_date_from_day(day);
    assert(date.year >= 0 && date.year <= 9999);
    memcpy(out, "YYYY-MM-DD", CHISO_DATE_CHARS);
    put_digits(out, date.year, 4);
    put_digits(out + 5, date.month, 2);
    put_digits(out + 8, date.day, 2);
}

void chiso_day_print_vi(chiso_day day, char out[CHISO_DATE_CHARS])
{
    if (is_open(day)) {
        memcpy(out, "..", 3);
        return;
    }
    struct chiso_date date = chiso_date_from_day(day);
    assert(date.year >= 0 && date.year <= 9999);
    memcpy(out, "DD/MM/YYYY", CHISO_DATE_CHARS);
    put_digits(out, date.day, 2);
    put_digits(out + 3, date.month, 2);
    put_digits(out + 6, date.year, 4);
}

/* "Z", "+07:00" or "-05:30" and nothing behind it. */
static int parse_offset(const char *text, int64_t *offset_ms)
{
    if (strcmp(text, "Z") == 0) {
        *offset_ms = 0;
        return CHISO_OK;
    }
    if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return CHISO_EINVAL;
    int hours = digits(text + 1, 2), minutes = digits(text + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return CHISO_EINVAL;
    *offset_ms = (hours * INT64_C(60) + minutes) * 60000 * (text[0] == '-' ? -1 : 1);
    return CHISO_OK;
}

int chiso_instant_parse(const char *text, chiso_instant_ms *out)
{
    chiso_day day;
    if (strlen(text) < 20 || chiso_day_parse(text, 10, &day) != CHISO_OK || text[10] != 'T' ||
        text[13] != ':' || text[16] != ':')
        return CHISO_EINVAL;
    int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return CHISO_EINVAL;

    const char *rest = text + 19;
    int64_t fraction_ms = 0;
    if (*rest == '.') {
        rest++;
        int weight = 100, count = 0;
        for (; *rest >= '0' && *rest <= '9'; rest++, count++, weight /= 10)
            fraction_ms += weight * (*rest - '0');
        if (count < 1 || count > 3)
            return CHISO_EINVAL;
    }
    int64_t offset_ms;
    if (parse_offset(rest, &offset_ms) != CHISO_OK)
        return CHISO_EINVAL;
    int64_t seconds = (hour * INT64_C(60) + minute) * 60 + second;
    *out = day * DAY_MS + seconds * 1000 + fraction_ms - offset_ms;
    return CHISO_OK;
}

void chiso_instant_print(chiso_instant_ms instant, char out[CHISO_TIME_CHARS])
{
    int64_t local = instant + VIETNAM_MS;
    chiso_day day = chiso_day_at(instant);
    int rest_ms = (int)(local - day * DAY_MS);
    memcpy(out, "YYYY-MM-DDThh:mm:ss.mmm+07:00", 30);
    struct chiso_date date = chiso_date_from_day(day);
    assert(date.year >= 0 && date.year <= 9999);
    put_digits(out, date.year, 4);
    put_digits(out + 5, date.month, 2);
    put_digits(out + 8, date.day, 2);
    put_digits(out + 11, rest_ms / 3600000, 2);
    put_digits(out + 14, rest_ms / 60000 % 60, 2);
    put_digits(out + 17, rest_ms / 1000 % 60, 2);
    put_digits(out + 20, rest_ms % 1000, 3);
}

chiso_day chiso_day_at(chiso_instant_ms instant)
{
    return (chiso_day)floor_div(instant + VIETNAM_MS, DAY_MS);
}

chiso_instant_ms chiso_instant_on(chiso_day day, int hour)
{
    return day * DAY_MS + hour * HOUR_MS - VIETNAM_MS;
}
