#include <chiso/error.h>

#include "core/utf8.h"
#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(error, every_code_has_a_sentence)
{
    for (int error = CHISO_EUNSUPPORTED; error <= CHISO_OK; error++)
        cr_expect_str_neq(chiso_strerror(error), "unknown error", "%d", error);
    cr_expect_str_eq(chiso_strerror(-99), "unknown error");
}

Test(error, message_stays_one_line_of_text)
{
    static const struct {
        const char *in, *out;
    } table[] = {
        {"Hà Nam", "Hà Nam"},
        {"two\nlines\r\t.", "two?lines??."},
        {"escape \x1b[31m", "escape ?[31m"},
        {"latin1 H\xE0 Nam", "latin1 H? Nam"},
        {"cut \xE1\xBB", "cut ??"},
        {"overlong \xC0\xAF", "overlong ??"},
        {"surrogate \xED\xA0\x80", "surrogate ???"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct chiso_message message;
        chiso_message_set(&message, "%s", table[i].in);
        cr_expect_str_eq(message.text, table[i].out, "row %zu gave '%s'", i, message.text);
    }
    chiso_message_set(NULL, "%s", "nowhere to write");
}

Test(error, message_is_cut_between_characters)
{
    /* Three-byte characters behind 0, 1, 2 letters: the cut falls on every place inside one. */
    for (size_t letters = 0; letters < 3; letters++) {
        char text[400] = "";
        memset(text, 'x', letters);
        for (size_t at = letters; at + 3 < sizeof text; at += 3)
            memcpy(text + at, "ệ", 4);
        struct chiso_message message;
        chiso_message_set(&message, "%s", text);
        size_t length = strlen(message.text);
        cr_expect_geq(length, CHISO_MESSAGE_BYTES - 3, "%zu letters: %zu", letters, length);
        cr_expect_eq(memcmp(message.text, text, length), 0, "%zu letters", letters);
        cr_expect(utf8_is_valid(message.text, length), "%zu letters", letters);
    }
}

Test(error, utf8)
{
    static const struct {
        const char *name, *text;
        size_t length;
    } table[] = {
        {"letter", "a", 1},
        {"two bytes", "đ", 2},
        {"three bytes", "ệ", 3},
        {"four bytes", "\xF0\x9F\x98\x80", 4},
        {"last one", "\xF4\x8F\xBF\xBF", 4},
        {"beyond the last", "\xF4\x90\x80\x80", 0},
        {"overlong slash, 2", "\xC0\xAF", 0},
        {"overlong slash, 3", "\xE0\x80\xAF", 0},
        {"overlong, 4", "\xF0\x80\x80\xAF", 0},
        {"surrogate", "\xED\xA0\x80", 0},
        {"lone continuation", "\x80", 0},
        {"cut short", "\xE1\xBB", 0},
        {"0xFF", "\xFF", 0},
        {"nothing", "", 0},
    };
    for (size_t i = 0; i < COUNT(table); i++)
        cr_expect_eq(
            utf8_character(table[i].text, strlen(table[i].text)), table[i].length, "%s", table[i].name);
    cr_expect_eq(utf8_cut("aệb", 5, 4), 4);
    cr_expect_eq(utf8_cut("aệb", 5, 3), 1);
    cr_expect_eq(utf8_cut("aệb", 5, 9), 5);
}
