#include "io/mail_text.h"
#include "core/utf8.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_BYTES_MAX 254
#define LOCAL_BYTES_MAX 64
#define MESSAGE_ID_BYTES_MAX 200
/* Bytes in one encoded-word: 4/3 of it and "=?UTF-8?B??=" stay within 76 characters behind "Subject: ". */
#define WORD_BYTES ((size_t)39)
/* Plain text up to here stays on the header's line. */
#define PLAIN_BYTES 60

/* Dot-separated, none empty, of letters, digits and EXTRA; false when longer than MAX. */
static bool is_dotted(const char *text, size_t length, const char *extra, size_t max)
{
    bool dot = true; /* as if one stood before */

    if (length == 0 || length > max)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char character = (unsigned char)text[i];
        if (character == '.' && dot)
            return false;
        dot = character == '.';
        if (!dot && !isalnum(character) && (character >= 0x80 || strchr(extra, character) == NULL))
            return false;
    }
    return !dot;
}

bool mail_is_address(const char *text)
{
    const char *at = strchr(text, '@');

    if (at == NULL || strlen(text) > ADDRESS_BYTES_MAX)
        return false;
    return is_dotted(text, (size_t)(at - text), "!#$%&'*+/=?^_`{|}~-", LOCAL_BYTES_MAX) &&
           is_dotted(at + 1, strlen(at + 1), "-", ADDRESS_BYTES_MAX) && at[1] != '-';
}

bool mail_is_message_id(const char *text)
{
    size_t length = strlen(text), ats = 0;

    if (length > MESSAGE_ID_BYTES_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char character = (unsigned char)text[i];
        if (character <= ' ' || character >= 0x7F || strchr("<>\"\\(),;:[]", character) != NULL)
            return false;
        ats += character == '@';
    }
    return ats == 1 && text[0] != '@' && text[length - 1] != '@';
}

bool mail_is_line(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length;) {
        size_t step = utf8_character(text + i, length - i);
        unsigned char first = (unsigned char)text[i];
        bool c1 = step == 2 && first == 0xC2 && (unsigned char)text[i + 1] < 0xA0;
        if (step == 0 || first < ' ' || first == 0x7F || c1)
            return false;
        i += step;
    }
    return true;
}

void mail_print_date(chiso_instant_ms instant, char out[MAIL_DATE_BYTES])
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    chiso_day day = chiso_day_at(instant);
    struct chiso_date date = chiso_date_from_day(day);
    int second = (int)((instant - chiso_instant_on(day, 0)) / 1000);

    snprintf(out, MAIL_DATE_BYTES, "%s, %02d %s %04d %02d:%02d:%02d +0700", days[chiso_weekday(day) - 1],
        date.day % 100, months[date.month - 1], date.year % 10000, second / 3600 % 100, second / 60 % 60,
        second % 60);
}

static size_t base64(const char *text, size_t length, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    enum { PADDING = 64 };
    const unsigned char *byte = (const unsigned char *)text;
    size_t used = 0;

    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned three = (unsigned)byte[i] << 16 | (left > 1 ? (unsigned)byte[i + 1] << 8 : 0) |
                         (left > 2 ? (unsigned)byte[i + 2] : 0);
        out[used++] = digits[three >> 18];
        out[used++] = digits[three >> 12 & 63];
        out[used++] = digits[left > 1 ? three >> 6 & 63 : PADDING];
        out[used++] = digits[left > 2 ? three & 63 : PADDING];
    }
    return used;
}

static bool is_plain(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80)
            return false;
    return strlen(text) <= PLAIN_BYTES && strstr(text, "=?") == NULL;
}

char *mail_encode_words(const char *text)
{
    static const char start[] = "=?UTF-8?B?", end[] = "?=", fold[] = "\r\n ";
    size_t length = strlen(text), used = 0;

    if (is_plain(text))
        return strdup(text);
    /* A word takes at least WORD_BYTES - 3 bytes of text, except the last. */
    size_t words = length / (WORD_BYTES - 3) + 1;
    char *out = malloc(words * (sizeof start + sizeof end + sizeof fold + (WORD_BYTES + 2) / 3 * 4) + 1);
    if (out == NULL)
        return NULL;
    for (size_t at = 0; at < length;) {
        size_t taken = utf8_cut(text + at, length - at, WORD_BYTES);
        if (at > 0) {
            memcpy(out + used, fold, sizeof fold - 1);
            used += sizeof fold - 1;
        }
        memcpy(out + used, start, sizeof start - 1);
        used += sizeof start - 1;
        used += base64(text + at, taken, out + used);
        memcpy(out + used, end, sizeof end - 1);
        used += sizeof end - 1;
        at += taken;
    }
    out[used] = '\0';
    return out;
}

char *mail_quote_name(const char *name)
{
    size_t length = strlen(name), used = 0;
    char *out = malloc(2 * length + 3);
    bool words = true;

    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < length; i++)
        words =
            words && ((unsigned char)name[i] >= 0x80 || isalnum((unsigned char)name[i]) || name[i] == ' ');
    if (words) {
        memcpy(out, name, length + 1);
        return out;
    }
    out[used++] = '"';
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '"' || name[i] == '\\')
            out[used++] = '\\';
        out[used++] = name[i];
    }
    out[used++] = '"';
    out[used] = '\0';
    return out;
}
