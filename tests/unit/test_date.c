#include <chiso/date.h>

#include <chiso/error.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(date, days)
{
    static const struct {
        const char *text, *vi;
        chiso_day day;
        int weekday;
    } table[] = {
        {"1970-01-01", "01/01/1970", 0, 4},
        {"1969-12-31", "31/12/1969", -1, 3},
        {"2000-02-29", "29/02/2000", 11016, 2},
        {"2024-02-29", "29/02/2024", 19782, 4},
        {"2025-05-05", "05/05/2025", 20213, 1},
        {"2025-06-30", "30/06/2025", 20269, 1},
        {"2025-07-01", "01/07/2025", 20270, 2},
        {"1900-01-01", "01/01/1900", -25567, 1},
        {"2199-12-31", "31/12/2199", 84005, 2},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        chiso_day day = 99;
        char text[CHISO_DATE_CHARS];
        cr_expect_eq(chiso_day_parse(table[i].text, 10, &day), CHISO_OK, "%s", table[i].text);
        cr_expect_eq(day, table[i].day, "%s is %d", table[i].text, day);
        cr_expect_eq(chiso_weekday(day), table[i].weekday, "%s", table[i].text);
        chiso_day_print(day, text);
        cr_expect_str_eq(text, table[i].text);
        chiso_day_print_vi(day, text);
        cr_expect_str_eq(text, table[i].vi);
    }
}

Test(date, refuses_what_is_no_day)
{
    static const char *const table[] = {"", "2025", "2025-3-14", "2025-03-1", "2025-02-29", "1900-02-29",
        "2025-04-31", "2025-13-01", "2025-00-10", "2025-01-00", "2025-01-32", "1899-12-31", "2200-01-01",
        "2025/03/14", "14/03/2025", "2025-03-14 ", " 2025-03-14", "2025-03-1x", "+025-03-14", "2025-03-14T"};
    for (size_t i = 0; i < COUNT(table); i++) {
        chiso_day day = 99;
        cr_expect_eq(chiso_day_parse(table[i], strlen(table[i]), &day), CHISO_EINVAL, "'%s'", table[i]);
        cr_expect_eq(day, 99, "'%s' touched its output", table[i]);
    }
}

Test(date, every_day_there_and_back)
{
    int year = CHISO_YEAR_MIN, month = 1, date = 1;
    for (chiso_day day = -25567; day <= 84005; day++) {
        struct chiso_date out = chiso_date_from_day(day);
        cr_assert(out.year == year && out.month == month && out.day == date, "day %d", day);
        cr_assert_eq(chiso_day_from_date(year, month, date), day, "day %d", day);
        if (chiso_date_is_valid(year, month, date + 1)) {
            date++;
        } else {
            date = 1;
            month = month % 12 + 1;
            year += month == 1;
        }
    }
}

Test(date, open_ends)
{
    char text[CHISO_DATE_CHARS];
    chiso_day_print(CHISO_DAY_FIRST, text);
    cr_expect_str_eq(text, "..");
    chiso_day_print_vi(CHISO_DAY_LAST, text);
    cr_expect_str_eq(text, "..");
}

Test(date, instants)
{
    static const struct {
        const char *text;
        chiso_instant_ms instant;
        const char *printed;
    } table[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T07:00:00.000+07:00"},
        {"1970-01-01T07:00:00+07:00", 0, "1970-01-01T07:00:00.000+07:00"},
        {"2025-05-05T08:00:00+07:00", INT64_C(1746406800000), "2025-05-05T08:00:00.000+07:00"},
        {"2025-05-05T08:00:00.5+07:00", INT64_C(1746406800500), "2025-05-05T08:00:00.500+07:00"},
        {"2025-05-05T08:00:00.123+07:00", INT64_C(1746406800123), "2025-05-05T08:00:00.123+07:00"},
        {"2025-05-04T17:00:00-08:00", INT64_C(1746406800000), "2025-05-05T08:00:00.000+07:00"},
        {"2025-05-05T06:30:00+05:30", INT64_C(1746406800000), "2025-05-05T08:00:00.000+07:00"},
        {"1969-12-31T16:59:59.999Z", -25200001, "1969-12-31T23:59:59.999+07:00"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        chiso_instant_ms instant = 99;
        char text[CHISO_TIME_CHARS];
        cr_expect_eq(chiso_instant_parse(table[i].text, &instant), CHISO_OK, "%s", table[i].text);
        cr_expect_eq(instant, table[i].instant, "%s is %lld", table[i].text, (long long)instant);
        chiso_instant_print(instant, text);
        cr_expect_str_eq(text, table[i].printed, "%s", table[i].text);
    }
}

Test(date, refuses_what_is_no_instant)
{
    static const char *const table[] = {"", "2025-05-05", "2025-05-05T08:00+07:00", "2025-05-05T08:00:00",
        "2025-05-05 08:00:00+07:00", "2025-05-05T24:00:00Z", "2025-05-05T08:60:00Z", "2025-05-05T08:00:60Z",
        "2025-05-05T08:00:00.Z", "2025-05-05T08:00:00.1234Z", "2025-05-05T08:00:00+7:00",
        "2025-05-05T08:00:00+0700", "2025-05-05T08:00:00+24:00", "2025-05-05T08:00:00+07:60",
        "2025-05-05T08:00:00Zx", "2025-02-30T08:00:00Z", "2025-05-05T08:00:00+07:00 ", "2025-05-05T0x:00:00Z",
        "now"};
    for (size_t i = 0; i < COUNT(table); i++) {
        chiso_instant_ms instant = 99;
        cr_expect_eq(chiso_instant_parse(table[i], &instant), CHISO_EINVAL, "'%s'", table[i]);
        cr_expect_eq(instant, 99, "'%s' touched its output", table[i]);
    }
}

Test(date, the_day_is_vietnams_whatever_the_machine_says)
{
    static const struct {
        const char *instant, *day;
    } table[] = {
        {"2025-05-04T16:59:59.999Z", "2025-05-04"},
        {"2025-05-04T17:00:00Z", "2025-05-05"},
        {"2025-12-31T23:59:59+07:00", "2025-12-31"},
        {"1969-12-31T16:59:59Z", "1969-12-31"},
        {"1969-12-31T17:00:00Z", "1970-01-01"},
    };
    setenv("TZ", "America/New_York", 1);
    for (size_t i = 0; i < COUNT(table); i++) {
        chiso_instant_ms instant = 0;
        char text[CHISO_DATE_CHARS];
        cr_assert_eq(chiso_instant_parse(table[i].instant, &instant), CHISO_OK);
        chiso_day_print(chiso_day_at(instant), text);
        cr_expect_str_eq(text, table[i].day, "%s", table[i].instant);
    }
    char text[CHISO_TIME_CHARS];
    chiso_instant_print(chiso_instant_on(chiso_day_from_date(2025, 4, 14), 17), text);
    cr_expect_str_eq(text, "2025-04-14T17:00:00.000+07:00");
}
