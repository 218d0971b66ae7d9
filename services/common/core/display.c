#include "core/display.h"

#include "core/utf8.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct range {
    uint32_t first, last;
};

/* Combining marks and other characters that take no column of their own. */
static const struct range empty[] = {
    {0x0300, 0x036f},
    {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},
    {0x200b, 0x200f},
    {0x202a, 0x202e},
    {0x2060, 0x2064},
    {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff},
};

/* East Asian Wide and Fullwidth (Unicode Standard Annex 11), and pictographs. */
static const struct range wide[] = {
    {0x1100, 0x115f},
    {0x2e80, 0x303e},
    {0x3041, 0x33ff},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f},
    {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
};

static size_t is_in(uint32_t character, const struct range ranges[], size_t count)
{
    for (size_t i = 0; i < count && character >= ranges[i].first; i++) {
        if (character <= ranges[i].last)
            return 1;
    }
    return 0;
}
#define IS_IN(character, ranges) is_in(character, ranges, sizeof(ranges) / sizeof((ranges)[0]))

/* The character at TEXT, LENGTH bytes long as utf8_character found it. */
static uint32_t decode(const char *text, size_t length)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character = (unsigned char)text[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        character = character << 6 | ((unsigned char)text[i] & 0x3f);
    return character;
}

/* Columns of the character that TEXT begins with, and its *LENGTH in bytes (at least 1). */
static size_t step(const char *text, size_t left, size_t *length)
{
    *length = utf8_character(text, left);
    if (*length == 0) {
        *length = 1;
        return 1;
    }
    uint32_t character = decode(text, *length);
    if (IS_IN(character, empty))
        return 0;
    return 1 + IS_IN(character, wide);
}

size_t display_width(const char *text)
{
    size_t columns = 0, length;
    for (size_t left = strlen(text); left > 0; left -= length, text += length)
        columns += step(text, left, &length);
    return columns;
}

size_t display_cut(const char *text, size_t columns)
{
    size_t bytes = 0, all = strlen(text), length;
    while (bytes < all) {
        size_t width = step(text + bytes, all - bytes, &length);
        if (width > columns)
            break;
        columns -= width;
        bytes += length;
    }
    return bytes;
}

void display_shorten(const char *text, size_t columns, char *out, size_t capacity)
{
    size_t all = strlen(text), kept = all;
    const char *rest = "";
    if (display_width(text) > columns) {
        kept = display_cut(text, columns - 1);
        rest = "…";
        while (kept > 0 && text[kept - 1] == ' ')
            kept--;
    }
    size_t room = capacity - strlen(rest) - 1;
    kept = utf8_cut(text, kept, room);
    (void)snprintf(out, capacity, "%.*s%s", (int)kept, text, rest);
}
