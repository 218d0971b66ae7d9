#include "core/figure.h"

#include <criterion/criterion.h>
#include <string.h>

static struct leaf parse(const char *text)
{
    struct leaf leaf = {0};
    cr_assert_eq(leaf_parse(text, strlen(text), &leaf), CHISO_OK, "%s", text);
    return leaf;
}

Test(figure, leaves_print_as_they_were_read)
{
    static const char *const texts[] = {
        "1 13.68 1.0 1746406800000",
        "2 453520/495192 41.7 1746406800000",
        "3 <70000 9.0 0",
        "1 >1400000/>1900000 2.1 5",
        "7 ~30% 12.0 1",
        "1 e15 12.0 1",
        "1 ^10/63 12.0 1",
        "9 na 12.0 1",
        "10 - 12.0 1",
        "2147483648 -4503599627370.496/1 18446744073709551615.4294967295 9223372036854775807",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char out[LEAF_CHARS];
        struct leaf leaf = parse(texts[i]);
        cr_expect_eq(leaf_print(&leaf, out), strlen(texts[i]));
        cr_expect_str_eq(out, texts[i]);
    }
}

Test(figure, a_typical_leaf_stays_compact_in_redis)
{
    char out[LEAF_CHARS];
    struct leaf leaf = parse("12 4535200/4951920 4294967296.9 1746406800000");
    cr_assert_leq(leaf_print(&leaf, out), 64u);
}

Test(figure, malformed_leaves_are_refused)
{
    static const char *const texts[] = {"", "1", "1 ", "1 5", "1 5 3", "1 5 3.0", "1 5 3.0 ", "0 5 3.0 1",
        "x 5 3.0 1", "1 5 3.0 1 ", "1 5/ 3.0 1", "1 /5 3.0 1", "1 % 3.0 1", "1 5 3,0 1", "1 5 -3.0 1",
        "2147483649 5 3.0 1", "1 =5 3.0 1", "1 nan 3.0 1", "1 5 18446744073709551616.0 1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct leaf leaf;
        cr_expect_neq(leaf_parse(texts[i], strlen(texts[i]), &leaf), CHISO_OK, "\"%s\" was taken", texts[i]);
    }
}

Test(figure, revision_rule)
{
    struct {
        const char *name, *stored;
        uint32_t revision;
        const char *given;
        enum leaf_decision decision;
    } const cases[] = {
        {"higher replaces", "1 5 1.0 1", 2, "1 6 1.0 1", LEAF_ACCEPT},
        {"higher with the same figure replaces too", "1 5 1.0 1", 2, "1 5 1.0 1", LEAF_ACCEPT},
        {"equal and the same", "2 13.5 1.0 1", 2, "1 13.50 1.0 1", LEAF_DUPLICATE},
        {"equal, another value", "2 5 1.0 1", 2, "1 6 1.0 1", LEAF_CONFLICT},
        {"equal, another qualifier", "2 5 1.0 1", 2, "1 >5 1.0 1", LEAF_CONFLICT},
        {"equal, another denominator", "2 5/7 1.0 1", 2, "1 5/8 1.0 1", LEAF_CONFLICT},
        {"equal, bare against a pair", "2 5/7 1.0 1", 2, "1 5% 1.0 1", LEAF_CONFLICT},
        {"zero is not not applicable", "2 0 1.0 1", 2, "1 na 1.0 1", LEAF_CONFLICT},
        {"withdrawn again", "2 - 1.0 1", 2, "1 - 1.0 1", LEAF_DUPLICATE},
        {"lower", "3 5 1.0 1", 2, "1 5 1.0 1", LEAF_SUPERSEDED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct leaf stored = parse(cases[i].stored), given = parse(cases[i].given);
        cr_expect_eq(
            leaf_decide(&stored, cases[i].revision, &given.figure), cases[i].decision, "%s", cases[i].name);
    }
    struct leaf nothing = {0}, given = parse("1 5 1.0 1");
    cr_expect_eq(leaf_decide(&nothing, 1, &given.figure), LEAF_ACCEPT);
}
