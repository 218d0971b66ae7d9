#include "core/total.h"

#include <criterion/criterion.h>
#include <string.h>

Test(total, texts_print_as_they_were_read)
{
    static const char *const texts[] = {
        "D 207 88 1 V 207 0 207 0 2025-03 =1234*207 -",
        "R 3 18446744073709551615 0 P 1 0 1 0 2025-Q1 =30*1 =40*1 | - 0 0 3 0 - - -",
        "- 0 0 0 - 0 0 0 0 - - -",
        "R 1 1 9 B 1 0 1 0 2024 >846*1 - | P 3 1 4 2 ../2022-09-30 =-5*1,>6*2,<7*3,~8*4,e9*5,^10*6 =1*1",
        "D 1 1 0 N 0 0 0 5 - - -",
        "D 1 1 0 V 1 0 1 0 2025 =-170141183460469231731687303715884105728*1 -",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char out[TOTAL_CHARS];
        struct total total;
        cr_assert_eq(total_parse(texts[i], strlen(texts[i]), &total), CHISO_OK, "%s", texts[i]);
        cr_expect_eq(total_print(&total, out), strlen(texts[i]));
        cr_expect_str_eq(out, texts[i]);
    }
}

Test(total, malformed_texts_are_refused)
{
    static const char *const texts[] = {"", "D", "X 1 1 0 V 1 0 1 0 - - -",
        "D 1 1 0 V 1 0 1 0 2025-13 =1*1 -", "D 1 1 0 V 1 0 1 0 - =1 -", "D 1 1 0 V 1 0 1 0 - ?1*1 -",
        "D 1 1 0 V 1 0 1 0 - =1*0 -", "D 1 1 0 V 1 0 1 0 - - - x", "D 1 1 0 V 1 0 1 0 - - - |",
        "D 1 1 10 V 1 0 1 0 - - -", "D -1 1 0 V 1 0 1 0 - - -", "D 1 1 0 V 4294967296 0 1 0 - - -",
        "D 1 1 0 V 1 0 1 0 - =170141183460469231731687303715884105728*1 -"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct total total;
        cr_expect_neq(
            total_parse(texts[i], strlen(texts[i]), &total), CHISO_OK, "\"%s\" was taken", texts[i]);
    }
}

static struct side value(wide sum)
{
    struct side side = {.state = SIDE_VALUE, .reported = 1, .expected = 1};
    side.numerator.sum[CHISO_EXACT] = sum;
    side.numerator.count[CHISO_EXACT] = 1;
    return side;
}

Test(total, overflow_is_an_error)
{
    const wide most = (wide)((~(unsigned __int128)0) >> 1);
    struct side a = value(most), b = value(1), c = value(-most - 1), minus = value(-1), many = value(1);
    cr_expect_eq(side_join(&a, &b, JOIN_SUM, CHISO_STATISTICAL), CHISO_ERANGE);
    cr_expect_eq(side_join(&c, &minus, JOIN_SUM, CHISO_STATISTICAL), CHISO_ERANGE);
    many.expected = UINT32_MAX;
    cr_expect_eq(side_join(&many, &b, JOIN_SUM, CHISO_STATISTICAL), CHISO_ERANGE);
    struct side least = value(-most - 1), largest = value(most);
    cr_expect_eq(side_join(&least, &largest, JOIN_SUM, CHISO_STATISTICAL), CHISO_OK);
    cr_expect(sums_value(&least.numerator, JOIN_SUM) == -1);
}

Test(total, the_oldest_window_is_the_one_that_ended_first)
{
    static const struct {
        const char *name;
        struct chiso_period older, younger;
        enum chiso_calendar calendar;
    } rows[] = {
        {"months", {CHISO_PERIOD_MONTH, 2025, 2}, {CHISO_PERIOD_MONTH, 2025, 3}, CHISO_STATISTICAL},
        {"months of two years", {CHISO_PERIOD_MONTH, 2024, 12}, {CHISO_PERIOD_MONTH, 2025, 1},
            CHISO_ADMINISTRATIVE},
        {"years", {CHISO_PERIOD_YEAR, 2024, 0}, {CHISO_PERIOD_YEAR, 2025, 0}, CHISO_STATISTICAL},
        {"days", {CHISO_PERIOD_DAY, 20000, 20000}, {CHISO_PERIOD_DAY, 20001, 20001}, CHISO_STATISTICAL},
        {"a quarter, then its last month", {CHISO_PERIOD_QUARTER, 2025, 1}, {CHISO_PERIOD_MONTH, 2025, 3},
            CHISO_STATISTICAL},
        {"a month of the administrative calendar, then its day after", {CHISO_PERIOD_MONTH, 1970, 1},
            {CHISO_PERIOD_DAY, 14, 14}, CHISO_ADMINISTRATIVE},
        {"intervals by their end", {CHISO_PERIOD_INTERVAL, 500, 600}, {CHISO_PERIOD_INTERVAL, 400, 601},
            CHISO_STATISTICAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct side a = value(1), b = value(1);
        a.oldest = rows[i].older;
        b.oldest = rows[i].younger;
        cr_assert_eq(side_join(&a, &b, JOIN_SUM, rows[i].calendar), CHISO_OK);
        cr_expect(chiso_period_equal(a.oldest, rows[i].older), "%s", rows[i].name);
        cr_assert_eq(side_join(&b, &a, JOIN_SUM, rows[i].calendar), CHISO_OK);
        cr_expect(chiso_period_equal(b.oldest, rows[i].older), "%s, the other way round", rows[i].name);
    }
}

Test(total, a_bare_figure_gives_its_parts_to_the_total_above)
{
    struct total total = {.shown = {.state = SIDE_BARE}, .has_other = true, .other = value(7)};
    cr_assert(sums_value(&total_contribution(&total)->numerator, JOIN_SUM) == 7);
    total.has_other = false;
    cr_assert_eq(total_contribution(&total)->state, SIDE_NONE);
}
