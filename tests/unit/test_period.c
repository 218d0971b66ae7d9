#include <chiso/period.h>

#include <chiso/error.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define STAT CHISO_STATISTICAL
#define ADMIN CHISO_ADMINISTRATIVE

static struct chiso_period period(const char *text)
{
    struct chiso_period out = {CHISO_PERIOD_NONE, 0, 0};
    cr_assert_eq(chiso_period_parse(text, strlen(text), &out), CHISO_OK, "'%s'", text);
    return out;
}

static const char *window(const char *text, enum chiso_calendar calendar)
{
    static char out[64];
    char first[CHISO_DATE_CHARS], last[CHISO_DATE_CHARS];
    chiso_day_print(chiso_period_first(period(text), calendar), first);
    chiso_day_print(chiso_period_last(period(text), calendar), last);
    snprintf(out, sizeof out, "%s %s", first, last);
    return out;
}

/* Periods with a blank between them. */
static const char *list(const struct chiso_period periods[], size_t count)
{
    static char out[1024];
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char text[CHISO_PERIOD_CHARS];
        chiso_period_print(periods[i], text);
        snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", i > 0 ? " " : "", text);
    }
    return out;
}

Test(period, windows_in_both_calendars)
{
    static const struct {
        const char *text, *statistical, *administrative, *vi;
    } table[] = {
        {"2025", "2025-01-01 2025-12-31", "2024-12-15 2025-12-14", "năm 2025"},
        {"2025-H1", "2025-01-01 2025-06-30", "2024-12-15 2025-06-14", "6 tháng đầu năm 2025"},
        {"2025-H2", "2025-07-01 2025-12-31", "2025-06-15 2025-12-14", "6 tháng cuối năm 2025"},
        {"2025-9M", "2025-01-01 2025-09-30", "2024-12-15 2025-09-14", "9 tháng đầu năm 2025"},
        {"2025-Q1", "2025-01-01 2025-03-31", "2024-12-15 2025-03-14", "quý 1/2025"},
        {"2025-Q2", "2025-04-01 2025-06-30", "2025-03-15 2025-06-14", "quý 2/2025"},
        {"2025-Q4", "2025-10-01 2025-12-31", "2025-09-15 2025-12-14", "quý 4/2025"},
        {"2025-01", "2025-01-01 2025-01-31", "2024-12-15 2025-01-14", "tháng 1/2025"},
        {"2025-03", "2025-03-01 2025-03-31", "2025-02-15 2025-03-14", "tháng 3/2025"},
        {"2024-02", "2024-02-01 2024-02-29", "2024-01-15 2024-02-14", "tháng 2/2024"},
        {"2025-12", "2025-12-01 2025-12-31", "2025-11-15 2025-12-14", "tháng 12/2025"},
        {"2025-03-14", "2025-03-14 2025-03-14", "2025-03-14 2025-03-14", "ngày 14/03/2025"},
        {"2024-01-01/2024-11-11", "2024-01-01 2024-11-11", "2024-01-01 2024-11-11",
            "từ 01/01/2024 đến 11/11/2024"},
        {"../2022-09-30", ".. 2022-09-30", ".. 2022-09-30", "đến 30/09/2022"},
        {"1900", "1900-01-01 1900-12-31", "1899-12-15 1900-12-14", "năm 1900"},
        {"2199-12", "2199-12-01 2199-12-31", "2199-11-15 2199-12-14", "tháng 12/2199"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[CHISO_PERIOD_CHARS], vi[CHISO_PERIOD_TEXT_BYTES];
        cr_expect_eq(chiso_period_print(period(table[i].text), text), strlen(text));
        cr_expect_str_eq(text, table[i].text);
        cr_expect_str_eq(window(table[i].text, STAT), table[i].statistical, "%s", text);
        cr_expect_str_eq(window(table[i].text, ADMIN), table[i].administrative, "%s", text);
        chiso_period_print_vi(period(table[i].text), vi);
        cr_expect_str_eq(vi, table[i].vi, "%s gave %s", text, vi);
    }
}

Test(period, refuses)
{
    static const char *const table[] = {"", " ", "25", "02025", "2025 ", "1899", "2200", "year", "2025-",
        "2025-H", "2025-H0", "2025-H3", "2025-h1", "2025-Q0", "2025-Q5", "2025-q1", "2025-Q10", "2025-9m",
        "2025-8M", "2025-9MM", "2025-00", "2025-13", "2025-3", "2025_03", "2025-M3", "2025-02-29",
        "2025-03-14T", "14/03/2025", "03/2025", "/", "../..", "2024-01-01/..", "2024-01-01/", "/2024-01-01",
        "../", "./2024-01-01", "2024/2025", "2024-Q1/2024-Q2", "2024-11-11/2024-01-01",
        "2024-01-01/2024-11-11/", "2024-01-01/2024-02-30", "2024-01-01 / 2024-11-11", "1900-01-01/2100-01-01",
        "1900-03-01/2199-12-31", "2024-01-01--2024-11-11"};
    for (size_t i = 0; i < COUNT(table); i++) {
        struct chiso_period out = {CHISO_PERIOD_NONE, 7, 7};
        cr_expect_eq(chiso_period_parse(table[i], strlen(table[i]), &out), CHISO_EINVAL, "'%s'", table[i]);
        cr_expect(out.kind == CHISO_PERIOD_NONE && out.a == 7, "'%s' touched its output", table[i]);
    }
}

Test(period, longest_interval)
{
    period("1900-01-01/2099-12-31");
    period("2024-05-05/2024-05-05");
    period("../2199-12-31");
}

Test(period, parts)
{
    static const struct {
        const char *text;
        enum chiso_calendar calendar;
        const char *parts;
    } table[] = {
        {"2025", STAT, "2025-H1 2025-H2"},
        {"2025-H1", STAT, "2025-Q1 2025-Q2"},
        {"2025-H2", ADMIN, "2025-Q3 2025-Q4"},
        {"2025-Q1", STAT, "2025-01 2025-02 2025-03"},
        {"2025-Q4", ADMIN, "2025-10 2025-11 2025-12"},
        {"2025-9M", STAT, "2025-H1 2025-Q3"},
        {"2025-03-14", STAT, ""},
        {"2024-01-01/2024-11-11", STAT, ""},
        {"../2022-09-30", STAT, ""},
    };
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    for (size_t i = 0; i < COUNT(table); i++) {
        size_t count = chiso_period_parts(period(table[i].text), table[i].calendar, parts);
        cr_expect_str_eq(list(parts, count), table[i].parts, "%s", table[i].text);
    }
    static const struct {
        const char *text;
        enum chiso_calendar calendar;
        size_t count;
        const char *first, *last;
    } months[] = {
        {"2024-02", STAT, 29, "2024-02-01", "2024-02-29"},
        {"2025-02", STAT, 28, "2025-02-01", "2025-02-28"},
        {"2025-02", ADMIN, 31, "2025-01-15", "2025-02-14"},
        {"2025-03", ADMIN, 28, "2025-02-15", "2025-03-14"},
        {"2025-01", ADMIN, 31, "2024-12-15", "2025-01-14"},
    };
    for (size_t i = 0; i < COUNT(months); i++) {
        size_t count = chiso_period_parts(period(months[i].text), months[i].calendar, parts);
        cr_assert_eq(count, months[i].count, "%s", months[i].text);
        cr_expect(chiso_period_equal(parts[0], period(months[i].first)), "%s", months[i].text);
        cr_expect(chiso_period_equal(parts[count - 1], period(months[i].last)), "%s", months[i].text);
    }
}

Test(period, parts_cover_their_window_without_gap)
{
    static const char *const table[] = {"2025", "2024", "2025-H1", "2025-H2", "2025-Q1", "2025-Q3", "2025-9M",
        "2024-02", "2025-01", "2025-12"};
    for (size_t i = 0; i < COUNT(table) * 2; i++) {
        struct chiso_period whole = period(table[i / 2]), parts[CHISO_PERIOD_PARTS_MAX];
        enum chiso_calendar calendar = i % 2 == 0 ? STAT : ADMIN;
        size_t count = chiso_period_parts(whole, calendar, parts);
        chiso_day next = chiso_period_first(whole, calendar);
        for (size_t part = 0; part < count; part++) {
            cr_expect_eq(chiso_period_first(parts[part], calendar), next, "%s part %zu", table[i / 2], part);
            cr_expect(chiso_period_contains(whole, parts[part], calendar), "%s part %zu", table[i / 2], part);
            next = chiso_period_last(parts[part], calendar) + 1;
        }
        cr_expect_eq(next, chiso_period_last(whole, calendar) + 1, "%s", table[i / 2]);
    }
}

Test(period, containers)
{
    static const struct {
        const char *text;
        enum chiso_calendar calendar;
        const char *containers;
    } table[] = {
        {"2025-03-14", STAT, "2025-03 2025-Q1 2025-H1 2025"},
        {"2025-03-14", ADMIN, "2025-03 2025-Q1 2025-H1 2025"},
        {"2025-03-15", ADMIN, "2025-04 2025-Q2 2025-H1 2025"},
        {"2024-12-20", STAT, "2024-12 2024-Q4 2024-H2 2024"},
        {"2024-12-20", ADMIN, "2025-01 2025-Q1 2025-H1 2025"},
        {"2025-03", STAT, "2025-Q1 2025-H1 2025"},
        {"2025-12", ADMIN, "2025-Q4 2025-H2 2025"},
        {"2025-Q3", STAT, "2025-H2 2025"},
        {"2025-H1", STAT, "2025"},
        {"2025-9M", STAT, "2025"},
        {"2025", STAT, ""},
        {"2025", ADMIN, ""},
        {"2024-01-01/2024-11-11", STAT, "2024"},
        {"2024-01-01/2024-11-11", ADMIN, "2024"},
        {"2024-11-01/2024-12-20", ADMIN, ""},
        {"2025-03-03/2025-03-09", STAT, "2025-03 2025-Q1 2025-H1 2025"},
        {"2025-03-01/2025-03-31", STAT, "2025-03 2025-Q1 2025-H1 2025"},
        {"2025-03-01/2025-03-31", ADMIN, "2025-H1 2025"},
        {"2024-12-01/2025-01-31", STAT, ""},
        {"../2022-09-30", STAT, ""},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct chiso_period out[4];
        size_t count = chiso_period_containers(period(table[i].text), table[i].calendar, out);
        cr_expect_str_eq(
            list(out, count), table[i].containers, "%s gave %s", table[i].text, list(out, count));
    }
}

Test(period, contains)
{
    static const struct {
        const char *outer, *inner;
        enum chiso_calendar calendar;
        bool expected;
    } table[] = {
        {"2025", "2025", STAT, true},
        {"2025", "2025-9M", STAT, true},
        {"2025-9M", "2025-Q3", STAT, true},
        {"2025-9M", "2025-Q4", STAT, false},
        {"2025-03", "2025-Q1", STAT, false},
        {"2025-Q1", "2024-12-20", STAT, false},
        {"2025-Q1", "2024-12-20", ADMIN, true},
        {"../2022-09-30", "2022-Q3", STAT, true},
        {"../2022-09-30", "2022", STAT, false},
        {"2022", "../2022-09-30", STAT, false},
        {"../2022-09-30", "../2021-09-30", STAT, true},
    };
    for (size_t i = 0; i < COUNT(table); i++)
        cr_expect_eq(chiso_period_contains(period(table[i].outer), period(table[i].inner), table[i].calendar),
            table[i].expected, "%s in %s", table[i].inner, table[i].outer);
}

Test(period, at_a_day)
{
    static const struct {
        const char *day;
        enum chiso_period_kind kind;
        enum chiso_calendar calendar;
        const char *expected;
    } table[] = {
        {"2025-03-14", CHISO_PERIOD_DAY, STAT, "2025-03-14"},
        {"2025-03-14", CHISO_PERIOD_MONTH, STAT, "2025-03"},
        {"2025-03-14", CHISO_PERIOD_MONTH, ADMIN, "2025-03"},
        {"2025-03-15", CHISO_PERIOD_MONTH, ADMIN, "2025-04"},
        {"2025-03-15", CHISO_PERIOD_QUARTER, ADMIN, "2025-Q2"},
        {"2025-03-31", CHISO_PERIOD_QUARTER, STAT, "2025-Q1"},
        {"2025-06-30", CHISO_PERIOD_HALF, STAT, "2025-H1"},
        {"2025-06-30", CHISO_PERIOD_HALF, ADMIN, "2025-H2"},
        {"2025-12-14", CHISO_PERIOD_YEAR, ADMIN, "2025"},
        {"2025-12-15", CHISO_PERIOD_YEAR, ADMIN, "2026"},
        {"2025-12-15", CHISO_PERIOD_YEAR, STAT, "2025"},
        {"2025-09-30", CHISO_PERIOD_NINE_MONTHS, STAT, "2025-9M"},
        {"2025-09-30", CHISO_PERIOD_NINE_MONTHS, ADMIN, ""},
        {"2025-10-01", CHISO_PERIOD_NINE_MONTHS, STAT, ""},
        {"2025-10-01", CHISO_PERIOD_INTERVAL, STAT, ""},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[CHISO_PERIOD_CHARS];
        chiso_period_print(chiso_period_at(table[i].kind, period(table[i].day).a, table[i].calendar), text);
        cr_expect_str_eq(text, table[i].expected, "%s kind %d gave %s", table[i].day, table[i].kind, text);
    }
}

Test(period, previous)
{
    static const struct {
        const char *text, *expected;
    } table[] = {{"2025", "2024"}, {"2025-H1", "2024-H2"}, {"2025-H2", "2025-H1"}, {"2025-Q1", "2024-Q4"},
        {"2025-Q3", "2025-Q2"}, {"2025-01", "2024-12"}, {"2025-03", "2025-02"}, {"2025-9M", "2024-9M"},
        {"2025-03-01", "2025-02-28"}, {"2025-01-01/2025-03-31", ""}};
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[CHISO_PERIOD_CHARS];
        chiso_period_print(chiso_period_previous(period(table[i].text)), text);
        cr_expect_str_eq(text, table[i].expected, "before %s: %s", table[i].text, text);
    }
}

Test(period, years)
{
    static const struct {
        const char *text;
        int statistical, administrative;
    } table[] = {{"2025", 2025, 2025}, {"2025-01", 2025, 2025}, {"2024-12-14", 2024, 2024},
        {"2024-12-20", 2024, 2025}, {"2024-01-01/2024-12-20", 2024, 2025}, {"../2022-09-30", 2022, 2022}};
    for (size_t i = 0; i < COUNT(table); i++) {
        cr_expect_eq(chiso_period_year(period(table[i].text)), table[i].statistical, "%s", table[i].text);
        cr_expect_eq(
            chiso_period_year_in(period(table[i].text), ADMIN), table[i].administrative, "%s", table[i].text);
    }
}

Test(period, total_order)
{
    /* Ascending: by last day, then first day, then kind. */
    static const char *const table[] = {"../2022-09-30", "2024", "2025-Q1", "2025-03",
        "2025-03-01/2025-03-31", "2025-03-31", "2025-H1", "2025-Q2", "2025-06", "2025-9M", "2025", "2025-H2"};
    for (size_t i = 0; i < COUNT(table); i++)
        for (size_t j = 0; j < COUNT(table); j++) {
            int order = chiso_period_compare(period(table[i]), period(table[j]));
            cr_expect_eq(order, (i > j) - (i < j), "%s and %s", table[i], table[j]);
        }
}

Test(period, the_same_window_a_year_before)
{
    static const char *const table[][2] = {{"2025", "2024"}, {"2025-H1", "2024-H1"}, {"2025-9M", "2024-9M"},
        {"2025-Q1", "2024-Q1"}, {"2025-03", "2024-03"}, {"2025-03-14", "2024-03-14"},
        {"2025-02-28", "2024-02-28"}, {"2024-02-29", "none"}, {"1900", "none"},
        {"2025-01-01/2025-03-31", "none"}, {"../2022-09-30", "none"}};
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[CHISO_PERIOD_CHARS] = "none";
        struct chiso_period before = chiso_period_year_before(period(table[i][0]));
        if (before.kind != CHISO_PERIOD_NONE)
            chiso_period_print(before, text);
        cr_expect_str_eq(text, table[i][1], "%s: %s", table[i][0], text);
    }
}
