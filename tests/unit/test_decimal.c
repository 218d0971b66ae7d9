#include <chiso/decimal.h>

#include <chiso/error.h>
#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(decimal, parses)
{
    static const struct {
        const char *text;
        char point;
        int64_t value;
        uint8_t scale;
        const char *printed;
    } table[] = {
        {"0", '.', 0, 0, "0"},
        {"-0", '.', 0, 0, "0"},
        {"7", '.', 7, 0, "7"},
        {"007", '.', 7, 0, "7"},
        {"13.68", '.', 1368, 2, "13.68"},
        {"13,68", ',', 1368, 2, "13.68"},
        {"13.50", '.', 1350, 2, "13.50"},
        {"0.4885", '.', 4885, 4, "0.4885"},
        {"-0.5", '.', -5, 1, "-0.5"},
        {"-12.05", '.', -1205, 2, "-12.05"},
        {"0.000000001", '.', 1, 9, "0.000000001"},
        {"9223372036854775807", '.', INT64_MAX, 0, "9223372036854775807"},
        {"-9223372036854775808", '.', INT64_MIN, 0, "-9223372036854775808"},
        {"-9.223372036", '.', -9223372036, 9, "-9.223372036"},
        {"9223372036.854775807", '.', INT64_MAX, 9, "9223372036.854775807"},
        {"-9223372036.854775808", '.', INT64_MIN, 9, "-9223372036.854775808"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct chiso_decimal out = {99, 9};
        char printed[CHISO_DECIMAL_CHARS];
        int error = chiso_decimal_parse(table[i].text, strlen(table[i].text), table[i].point, &out);
        cr_expect_eq(error, CHISO_OK, "%s", table[i].text);
        cr_expect(out.value == table[i].value && out.scale == table[i].scale, "%s", table[i].text);
        cr_expect_eq(chiso_decimal_print(out, printed), strlen(printed), "%s", table[i].text);
        cr_expect_str_eq(printed, table[i].printed, "%s", table[i].text);
    }
}

Test(decimal, refuses)
{
    static const struct {
        const char *text;
        char point;
        int error;
    } table[] = {
        {"", '.', CHISO_EINVAL},
        {"-", '.', CHISO_EINVAL},
        {"+1", '.', CHISO_EINVAL},
        {"--1", '.', CHISO_EINVAL},
        {" 1", '.', CHISO_EINVAL},
        {"1 ", '.', CHISO_EINVAL},
        {".5", '.', CHISO_EINVAL},
        {"5.", '.', CHISO_EINVAL},
        {".", '.', CHISO_EINVAL},
        {"1.2.3", '.', CHISO_EINVAL},
        {"1e3", '.', CHISO_EINVAL},
        {"0x10", '.', CHISO_EINVAL},
        {"1,234", '.', CHISO_EINVAL},
        {"13,68", '.', CHISO_EINVAL},
        {"13.68", ',', CHISO_EINVAL},
        {"1.234,5", ',', CHISO_EINVAL},
        {"84.6%", '.', CHISO_EINVAL},
        {"nan", '.', CHISO_EINVAL},
        {"inf", '.', CHISO_EINVAL},
        {"\xD9\xA1", '.', CHISO_EINVAL}, /* an Arabic digit one */
        {"1.0000000000", '.', CHISO_ERANGE},
        {"9223372036854775808", '.', CHISO_ERANGE},
        {"-9223372036854775809", '.', CHISO_ERANGE},
        {"99999999999999999999999999", '.', CHISO_ERANGE},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct chiso_decimal out = {99, 9};
        int error = chiso_decimal_parse(table[i].text, strlen(table[i].text), table[i].point, &out);
        cr_expect_eq(error, table[i].error, "'%s' gave %d", table[i].text, error);
        cr_expect(out.value == 99 && out.scale == 9, "'%s' touched its output", table[i].text);
    }
}

Test(decimal, looks_at_length_bytes_only)
{
    struct chiso_decimal out;
    cr_assert_eq(chiso_decimal_parse("12.34xyz", 4, '.', &out), CHISO_OK);
    cr_expect(out.value == 123 && out.scale == 1);
    cr_expect_eq(chiso_decimal_parse("1\0002", 3, '.', &out), CHISO_EINVAL);
}

Test(decimal, compares)
{
    static const struct {
        const char *name;
        struct chiso_decimal a, b;
        int expected;
    } table[] = {
        {"13.5 = 13.50", {135, 1}, {1350, 2}, 0},
        {"0 = 0.000", {0, 0}, {0, 3}, 0},
        {"91.58 < 92", {9158, 2}, {92, 0}, -1},
        {"-1 < 0.1", {-1, 0}, {1, 1}, -1},
        {"-0.1 > -0.11", {-1, 1}, {-11, 2}, 1},
        {"largest > largest with nine decimals", {INT64_MAX, 0}, {INT64_MAX, 9}, 1},
        {"smallest < largest", {INT64_MIN, 0}, {INT64_MAX, 0}, -1},
        {"smallest < smallest with nine decimals", {INT64_MIN, 0}, {INT64_MIN, 9}, -1},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        cr_expect_eq(chiso_decimal_compare(table[i].a, table[i].b), table[i].expected, "%s", table[i].name);
        cr_expect_eq(
            chiso_decimal_compare(table[i].b, table[i].a), -table[i].expected, "%s, turned", table[i].name);
    }
}

Test(decimal, rescales_without_loss_or_not_at_all)
{
    static const struct {
        const char *name;
        struct chiso_decimal in;
        uint8_t scale;
        int error;
        int64_t value;
    } table[] = {
        {"13.5 to 2", {135, 1}, 2, CHISO_OK, 1350},
        {"13.50 to 1", {1350, 2}, 1, CHISO_OK, 135},
        {"same", {-7, 3}, 3, CHISO_OK, -7},
        {"0 to 9", {0, 0}, 9, CHISO_OK, 0},
        {"-2.00 to 0", {-200, 2}, 0, CHISO_OK, -2},
        {"13.55 to 1", {1355, 2}, 1, CHISO_ERANGE, 0},
        {"largest to 1", {INT64_MAX, 0}, 1, CHISO_ERANGE, 0},
        {"10 decimals", {1, 0}, 10, CHISO_ERANGE, 0},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct chiso_decimal out = {99, 9};
        int error = chiso_decimal_rescale(table[i].in, table[i].scale, &out);
        cr_expect_eq(error, table[i].error, "%s", table[i].name);
        if (error == CHISO_OK)
            cr_expect(out.value == table[i].value && out.scale == table[i].scale, "%s", table[i].name);
        else
            cr_expect(out.value == 99 && out.scale == 9, "%s touched its output", table[i].name);
    }
}

Test(decimal, reduces)
{
    static const struct {
        const char *name;
        struct chiso_decimal in, out;
    } table[] = {
        {"13.50", {1350, 2}, {135, 1}},
        {"100", {100, 0}, {100, 0}},
        {"1.00", {100, 2}, {1, 0}},
        {"0.000", {0, 3}, {0, 0}},
        {"-0.0100", {-100, 4}, {-1, 2}},
        {"13.68", {1368, 2}, {1368, 2}},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct chiso_decimal out = chiso_decimal_reduce(table[i].in);
        cr_expect(out.value == table[i].out.value && out.scale == table[i].out.scale, "%s", table[i].name);
    }
}
