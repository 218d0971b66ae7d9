#include "core/text.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(text, numbers)
{
    static const struct {
        const char *decimal, *vi, *en;
    } table[] = {
        {"0", "0", "0"},
        {"84.6", "84,6", "84.6"},
        {"999", "999", "999"},
        {"1714", "1.714", "1,714"},
        {"70000", "70.000", "70,000"},
        {"453520", "453.520", "453,520"},
        {"1234567.8901", "1.234.567,8901", "1,234,567.8901"},
        {"-1234.5", "-1.234,5", "-1,234.5"},
        {"-100", "-100", "-100"},
        {"1/3", "1/3", "1/3"},
        {"8.5–10", "8,5–10", "8.5–10"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char out[64];
        text_number(table[i].decimal, "vi", out, sizeof out);
        cr_expect_str_eq(out, table[i].vi, "%s: %s", table[i].decimal, out);
        text_number(table[i].decimal, "en", out, sizeof out);
        cr_expect_str_eq(out, table[i].en, "%s: %s", table[i].decimal, out);
    }
}

Test(text, figures)
{
    static const struct {
        enum chiso_qualifier qualifier;
        const char *decimal, *label, *language, *text;
    } table[] = {
        {CHISO_EXACT, "84.6", "%", "vi", "84,6%"},
        {CHISO_EXACT, "84.6", "%", "en", "84.6%"},
        {CHISO_BELOW, "70000", "hộ", "vi", "gần 70.000 hộ"},
        {CHISO_BELOW, "70000", "households", "en", "almost 70,000 households"},
        {CHISO_AT_LEAST, "40", "%", "vi", "trên 40%"},
        {CHISO_AT_LEAST, "40", "%", "en", "over 40%"},
        {CHISO_ABOUT, "200", "", "vi", "khoảng 200"},
        {CHISO_ABOUT, "200", NULL, "en", "about 200"},
        {CHISO_ESTIMATE, "13.68", "%", "vi", "ước 13,68%"},
        {CHISO_AT_MOST, "10", "", "vi", "tối đa 10"},
        {CHISO_AT_MOST, "10", "", "en", "at most 10"},
        {CHISO_EXACT, "5", "tổ", "fr", "5 tổ"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char out[64];
        text_figure(table[i].qualifier, table[i].decimal, table[i].label, table[i].language, out, sizeof out);
        cr_expect_str_eq(out, table[i].text, "%s", out);
    }
}

Test(text, periods)
{
    static const struct {
        const char *period, *vi, *en;
    } table[] = {
        {"2025", "năm 2025", "2025"},
        {"2025-H1", "6 tháng đầu năm 2025", "the first half of 2025"},
        {"2025-9M", "9 tháng đầu năm 2025", "the first nine months of 2025"},
        {"2025-Q1", "quý 1/2025", "quarter 1/2025"},
        {"2025-03", "tháng 3/2025", "March 2025"},
        {"2025-03-14", "ngày 14/03/2025", "14/03/2025"},
        {"2024-01-01/2024-11-11", "từ 01/01/2024 đến 11/11/2024", "01/01/2024 to 11/11/2024"},
        {"../2022-09-30", "đến 30/09/2022", "up to 30/09/2022"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char out[CHISO_PERIOD_TEXT_BYTES];
        struct chiso_period period;
        cr_assert_eq(chiso_period_parse(table[i].period, strlen(table[i].period), &period), CHISO_OK);
        text_period(period, "vi", out);
        cr_expect_str_eq(out, table[i].vi, "%s", out);
        text_period(period, "en", out);
        cr_expect_str_eq(out, table[i].en, "%s", out);
    }
}

Test(text, instants_are_in_vietnam)
{
    char out[TEXT_INSTANT_BYTES];
    chiso_instant_ms instant;
    cr_assert_eq(chiso_instant_parse("2025-04-08T10:00:00Z", &instant), CHISO_OK);
    text_instant(instant, "vi", out);
    cr_expect_str_eq(out, "17:00 ngày 08/04/2025", "%s", out);
    text_instant(instant, "en", out);
    cr_expect_str_eq(out, "17:00 on 08/04/2025", "%s", out);
}

Test(text, is_cut_at_a_character)
{
    char out[8];
    struct text text;
    text_begin(&text, out, sizeof out);
    text_add(&text, "%s", "Đạt đủ");
    cr_expect_str_eq(out, "Đạt ", "%s", out);
    text_add(&text, "%s", "x");
    cr_expect_str_eq(out, "Đạt ", "nothing follows what was cut");
}
