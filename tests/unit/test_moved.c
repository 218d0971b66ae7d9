#include "core/moved.h"
#include <criterion/criterion.h>
#include <string.h>

static const char two[] = "35.x001 2024-Q1 dossier.received 35 3 ~7/e9 12.4 1746406800000\n"
                          "36 2024-01-01/2024-11-11 a.b 36 1 - 1.0 5\n";

Test(moved, lines_come_back)
{
    const char *at = two;
    char printed[2 * MOVED_CHARS];
    size_t length = 0;
    struct moved moved;
    while (moved_next(&at, &moved) == CHISO_OK)
        length += moved_print(&moved, printed + length);
    cr_assert_str_eq(printed, two);
    cr_assert_eq(*at, '\0');
    cr_assert_str_eq(moved.unit, "36");
    cr_assert_eq(moved.leaf.figure.state, FIGURE_NONE);
}

Test(moved, anything_else_is_refused)
{
    static const char *const bad[] = {"35 2024 a 36 1 7 1.0 5", "35 2024 a 36\n", "35 20x4 a 36 1 7 1.0 5\n",
        "35 2024 a 36 1 7 1.0\n", "\n", " 2024 a 36 1 7 1.0 5\n", "35 2024 a 36 1 7 1.0 5 6\n",
        "012345678901234567890123456789012 2024 a 36 1 7 1.0 5\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *at = bad[i];
        struct moved moved;
        cr_expect_eq(moved_next(&at, &moved), CHISO_EINVAL, "%s", bad[i]);
        cr_expect_eq(at, bad[i]);
    }
}
