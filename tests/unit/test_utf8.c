#include "core/utf8.h"
#include <criterion/criterion.h>
#include <string.h>

static void valid(const char *text)
{
    cr_expect(utf8_is_valid(text, strlen(text)), "refused: %s", text);
}

static void invalid(const char *name, const char *text, size_t length)
{
    cr_expect(!utf8_is_valid(text, length), "accepted: %s", name);
}

Test(utf8, accepts_what_rfc_3629_accepts)
{
    valid("");
    valid("plain ascii, longer than eight bytes");
    valid("Tỷ lệ hồ sơ trực tuyến đạt 84,6%");
    valid("\xC2\x80\xDF\xBF");
    valid("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF");
    valid("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
}

Test(utf8, refuses_what_it_refuses)
{
    invalid("a lone tail", "\x80", 1);
    invalid("a head without tail", "abcdefgh\xC3", 9);
    invalid("overlong /", "\xC0\xAF", 2);
    invalid("overlong three", "\xE0\x9F\xBF", 3);
    invalid("overlong four", "\xF0\x8F\xBF\xBF", 4);
    invalid("a surrogate", "\xED\xA0\x80", 3);
    invalid("above U+10FFFF", "\xF4\x90\x80\x80", 4);
    invalid("F5", "\xF5\x80\x80\x80", 4);
    invalid("cut three", "\xE1\xBB", 2);
    invalid("cut four", "\xF0\x9F\x98", 3);
    invalid("a head in place of a tail", "\xE1\xC3\xBB", 3);
    invalid("FF after eight good bytes", "12345678\xFF", 9);
}

Test(utf8, cuts_at_characters)
{
    const char *text = "tỷ lệ"; /* t, three bytes, blank, l, three bytes */

    cr_expect_eq(utf8_cut(text, strlen(text), 100), strlen(text));
    cr_expect_eq(utf8_cut(text, strlen(text), 4), 4);
    cr_expect_eq(utf8_cut(text, strlen(text), 3), 1);
    cr_expect_eq(utf8_cut(text, strlen(text), 2), 1);
    cr_expect_eq(utf8_cut(text, strlen(text), 0), 0);
}

static void tames(const char *from, const char *to)
{
    char text[64];

    strcpy(text, from);
    utf8_tame(text);
    cr_expect_str_eq(text, to);
}

Test(utf8, tames_outside_text)
{
    tames("lệ\n\tphí\x7F", "lệ??phí?");
    tames("\x1B[31m", "?[31m");
    tames("\xC2\x9B"
          "31m \xC2\xA0",
        "?31m \xC2\xA0");
    tames("\xFF\xFEx\xE1\xBB", "??x??");
}
