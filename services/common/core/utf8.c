#include "core/utf8.h"
#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

size_t utf8_character(const void *text, size_t length)
{
    const unsigned char *byte = text;
    if (length == 0)
        return 0;
    if (byte[0] < 0x80)
        return 1;
    if (length < 2 || !is_continuation(byte[1]))
        return 0;
    if (byte[0] >= 0xC2 && byte[0] <= 0xDF)
        return 2;
    if (length < 3 || !is_continuation(byte[2]))
        return 0;
    if (byte[0] >= 0xE0 && byte[0] <= 0xEF) {
        bool overlong = byte[0] == 0xE0 && byte[1] < 0xA0;
        bool surrogate = byte[0] == 0xED && byte[1] > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    if (length < 4 || !is_continuation(byte[3]))
        return 0;
    if (byte[0] >= 0xF0 && byte[0] <= 0xF4) {
        bool overlong = byte[0] == 0xF0 && byte[1] < 0x90;
        bool too_large = byte[0] == 0xF4 && byte[1] > 0x8F;
        return overlong || too_large ? 0 : 4;
    }
    return 0;
}

bool utf8_is_valid(const void *text, size_t length)
{
    const unsigned char *byte = text;
    for (size_t at = 0; at < length;) {
        size_t step = byte[at] < 0x80 ? 1 : utf8_character(byte + at, length - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

size_t utf8_cut(const char *text, size_t length, size_t max)
{
    if (length <= max)
        return length;
    size_t cut = max;
    while (cut > 0 && is_continuation((unsigned char)text[cut]))
        cut--;
    return cut;
}

static bool is_control(const char *text, size_t step)
{
    unsigned char byte = (unsigned char)text[0];
    if (step == 2)
        return byte == 0xC2 && (unsigned char)text[1] < 0xA0;
    return byte < 0x20 || byte == 0x7F;
}

void utf8_tame(char *text)
{
    size_t length = strlen(text), to = 0;
    for (size_t from = 0; from < length;) {
        size_t step = utf8_character(text + from, length - from);
        if (step == 0 || is_control(text + from, step)) {
            text[to++] = '?';
            from += step > 0 ? step : 1;
            continue;
        }
        memmove(text + to, text + from, step);
        to += step;
        from += step;
    }
    text[to] = '\0';
}

char *utf8_copy_tamed(const char *text)
{
    char *copy = strdup(text);
    if (copy)
        utf8_tame(copy);
    return copy;
}
