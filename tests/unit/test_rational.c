#include "core/rational.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(rational, rounds_half_away_from_zero)
{
    static const struct {
        const char *number;
        unsigned decimals;
        const char *printed;
    } table[] = {
        {"0.5", 0, "1"},
        {"-0.5", 0, "-1"},
        {"1.5", 0, "2"},
        {"2.5", 0, "3"},
        {"-2.5", 0, "-3"},
        {"2.4999", 0, "2"},
        {"-0.04", 1, "0.0"},
        {"-0.05", 1, "-0.1"},
        {"0", 2, "0.00"},
        {"5669000/61899", 0, "92"},
        {"5669000/61899", 1, "91.6"},
        {"5669000/61899", 2, "91.58"},
        {"5669000/61899", 4, "91.5847"},
        {"150100/1864", 2, "80.53"},
        {"1/3", 5, "0.33333"},
        {"-2/3", 3, "-0.667"},
        {"999.995", 2, "1000.00"},
        {"0.001", 2, "0.00"},
        {"12345678901234567890123456789.5", 0, "12345678901234567890123456790"},
    };
    mpq_t number;
    mpq_init(number);
    for (size_t i = 0; i < COUNT(table); i++) {
        char out[64];
        cr_assert_eq(rational_set_text(number, table[i].number), CHISO_OK, "%s", table[i].number);
        rational_print_rounded(number, table[i].decimals, out, sizeof out);
        cr_expect_str_eq(out, table[i].printed, "%s to %u: %s", table[i].number, table[i].decimals, out);
    }
    mpq_clear(number);
}

Test(rational, prints_exactly)
{
    static const char *const table[][2] = {
        {"453520", "453520"},
        {"13.50", "13.5"},
        {"-0.125", "-0.125"},
        {"1/3", "1/3"},
        {"-2/6", "-1/3"},
        {"100/8", "12.5"},
        {"7/1", "7"},
        {"0", "0"},
        {"0.000000001", "0.000000001"},
    };
    mpq_t number;
    mpq_init(number);
    for (size_t i = 0; i < COUNT(table); i++) {
        char out[64];
        cr_assert_eq(rational_set_text(number, table[i][0]), CHISO_OK, "%s", table[i][0]);
        rational_print_exact(number, out, sizeof out);
        cr_expect_str_eq(out, table[i][1], "%s: %s", table[i][0], out);
    }
    mpq_clear(number);
}

Test(rational, never_prints_part_of_a_number)
{
    char out[5];
    mpq_t number;
    mpq_init(number);
    mpq_set_si(number, 12345, 1);
    rational_print_exact(number, out, sizeof out);
    cr_expect_str_eq(out, "", "five digits and NUL do not fit into five bytes");
    rational_print_rounded(number, 0, out, sizeof out);
    cr_expect_str_eq(out, "");
    mpq_set_si(number, 1, 8192);
    rational_print_exact(number, out, sizeof out);
    cr_expect_str_eq(out, "", "neither 0.0001220703125 nor 1/8192");
    mpq_set_si(number, 1, 64);
    rational_print_exact(number, out, sizeof out);
    cr_expect_str_eq(out, "1/64", "the fraction fits where the decimal does not");
    mpq_clear(number);
}

Test(rational, reads_wide_integers)
{
    char out[64];
    mpq_t number;
    mpq_init(number);
    wide largest = (wide)(~(unsigned __int128)0 >> 1);
    rational_set_wide(number, largest, 0);
    rational_print_exact(number, out, sizeof out);
    cr_expect_str_eq(out, "170141183460469231731687303715884105727");
    rational_set_wide(number, -largest - 1, 2);
    rational_print_exact(number, out, sizeof out);
    cr_expect_str_eq(out, "-1701411834604692317316873037158841057.28");
    mpq_clear(number);
}

Test(rational, refuses_what_is_no_number)
{
    static const char *const table[] = {
        "", "-", ".5", "5.", "1.2.3", "x", "1e3", "1/0", "1/", "/2", "1/-2", " 1"};
    mpq_t number;
    mpq_init(number);
    for (size_t i = 0; i < COUNT(table); i++) {
        mpq_set_si(number, 7, 1);
        cr_expect_neq(rational_set_text(number, table[i]), CHISO_OK, "\"%s\"", table[i]);
        cr_expect_eq(mpq_cmp_si(number, 7, 1), 0, "\"%s\" leaves the output alone", table[i]);
    }
    mpq_clear(number);
}
