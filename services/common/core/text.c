#include "core/text.h"

#include "core/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Longest printed number with its separators. */
#define NUMBER_BYTES 256

bool text_is_english(const char *language)
{
    return language && strcmp(language, "en") == 0;
}

void text_begin(struct text *text, char *out, size_t capacity)
{
    *text = (struct text){.out = out, .capacity = capacity};
    if (capacity > 0)
        out[0] = '\0';
}

static void add_arguments(struct text *text, const char *format, va_list arguments)
{
    size_t room = text->capacity - text->length;
    char *at = text->out + text->length;
    if (room < 2)
        return;
    int written = vsnprintf(at, room, format, arguments);
    if (written < 0) {
        at[0] = '\0';
    } else if ((size_t)written < room) {
        text->length += (size_t)written;
    } else {
        text->length += utf8_cut(at, room - 1, room - 1);
        text->out[text->length] = '\0';
        text->capacity = text->length; /* nothing may follow what was cut */
    }
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_arguments(text, format, arguments);
    va_end(arguments);
}

void text_number(const char *decimal, const char *language, char *out, size_t capacity)
{
    const char *marks = text_is_english(language) ? ",." : ".,";
    char group = marks[0], point = marks[1];
    char grouped[NUMBER_BYTES];
    size_t at = 0, sign = decimal[0] == '-', digits = strspn(decimal + sign, "0123456789");
    bool is_number = decimal[sign + digits] == '\0' || decimal[sign + digits] == '.';
    for (size_t i = 0; decimal[i] != '\0' && at + 2 < sizeof grouped; i++) {
        bool in_front = i >= sign && i < sign + digits;
        if (is_number && in_front && i > sign && (sign + digits - i) % 3 == 0)
            grouped[at++] = group;
        grouped[at] = decimal[i];
        if (grouped[at] == '.')
            grouped[at] = point;
        at++;
    }
    grouped[at] = '\0';
    snprintf(out, capacity, "%s", grouped);
}

const char *text_qualifier(enum chiso_qualifier qualifier, const char *language)
{
    static const char *const vi[CHISO_QUALIFIERS] = {[CHISO_EXACT] = "",
        [CHISO_AT_LEAST] = "trên",
        [CHISO_BELOW] = "gần",
        [CHISO_ABOUT] = "khoảng",
        [CHISO_ESTIMATE] = "ước",
        [CHISO_AT_MOST] = "tối đa"};
    static const char *const en[CHISO_QUALIFIERS] = {[CHISO_EXACT] = "",
        [CHISO_AT_LEAST] = "over",
        [CHISO_BELOW] = "almost",
        [CHISO_ABOUT] = "about",
        [CHISO_ESTIMATE] = "an estimated",
        [CHISO_AT_MOST] = "at most"};
    return text_is_english(language) ? en[qualifier] : vi[qualifier];
}

void text_figure(enum chiso_qualifier qualifier, const char *decimal, const char *label, const char *language,
    char *out, size_t capacity)
{
    char number[NUMBER_BYTES];
    struct text text;
    const char *word = text_qualifier(qualifier, language);
    text_number(decimal, language, number, sizeof number);
    text_begin(&text, out, capacity);
    text_add(&text, "%s%s%s", word, word[0] ? " " : "", number);
    if (label && label[0])
        text_add(&text, "%s%s", strcmp(label, "%") == 0 ? "" : " ", label);
}

static void period_in_english(struct chiso_period period, char out[CHISO_PERIOD_TEXT_BYTES])
{
    static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July",
        "August", "September", "October", "November", "December"};
    char first[CHISO_DATE_CHARS], last[CHISO_DATE_CHARS];
    size_t room = CHISO_PERIOD_TEXT_BYTES;
    switch (period.kind) {
    case CHISO_PERIOD_NONE:
        out[0] = '\0';
        break;
    case CHISO_PERIOD_DAY:
        chiso_day_print_vi(period.a, out);
        break;
    case CHISO_PERIOD_MONTH:
        snprintf(out, room, "%s %d", months[(period.b - 1) % 12], (int)period.a);
        break;
    case CHISO_PERIOD_QUARTER:
        snprintf(out, room, "quarter %d/%d", (int)period.b, (int)period.a);
        break;
    case CHISO_PERIOD_HALF:
        snprintf(out, room, "the %s half of %d", period.b == 1 ? "first" : "second", (int)period.a);
        break;
    case CHISO_PERIOD_NINE_MONTHS:
        snprintf(out, room, "the first nine months of %d", (int)period.a);
        break;
    case CHISO_PERIOD_YEAR:
        snprintf(out, room, "%d", (int)period.a);
        break;
    case CHISO_PERIOD_INTERVAL:
        chiso_day_print_vi(period.b, last);
        if (period.a == CHISO_DAY_FIRST) {
            snprintf(out, room, "up to %s", last);
        } else {
            chiso_day_print_vi(period.a, first);
            snprintf(out, room, "%s to %s", first, last);
        }
        break;
    }
}

void text_period(struct chiso_period period, const char *language, char out[CHISO_PERIOD_TEXT_BYTES])
{
    if (text_is_english(language))
        period_in_english(period, out);
    else
        chiso_period_print_vi(period, out);
}

const char *text_calendar(enum chiso_calendar calendar, const char *language)
{
    static const char *const names[][2] = {{"thống kê", "statistical"}, {"hành chính", "administrative"}};
    return names[calendar][text_is_english(language)];
}

void text_instant(chiso_instant_ms instant, const char *language, char out[TEXT_INSTANT_BYTES])
{
    char day[CHISO_DATE_CHARS];
    chiso_day date = chiso_day_at(instant);
    long long minutes = (instant - chiso_instant_on(date, 0)) / 60000;
    chiso_day_print_vi(date, day);
    snprintf(out, TEXT_INSTANT_BYTES, "%02d:%02d %s %s", (int)(minutes / 60), (int)(minutes % 60),
        text_is_english(language) ? "on" : "ngày", day);
}
