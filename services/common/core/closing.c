#include "core/closing.h"

#include "core/catalogue.h"
#include "core/utf8.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

bool closing_covers(const struct closing *closing, enum chiso_calendar calendar, struct chiso_period window)
{
    return closing->calendar == calendar && chiso_period_contains(closing->period, window, calendar);
}

bool closing_parse_calendar(const char *text, enum chiso_calendar *out)
{
    for (int i = 0; i < 2; i++) {
        if (strcmp(text, calendar_names[i]) == 0) {
            *out = (enum chiso_calendar)i;
            return true;
        }
    }
    return false;
}

static bool is_plain(const char *text)
{
    if (!utf8_is_valid(text, strlen(text)))
        return false;
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    }
    return true;
}

int closing_check_text(const char *by, const char *note, struct chiso_message *why)
{
    if (by[0] == '\0' || strlen(by) > CLOSING_BY_BYTES_MAX || !is_plain(by)) {
        chiso_message_set(
            why, "the post must have 1 to %d bytes of text without line ends", CLOSING_BY_BYTES_MAX);
        return CHISO_EINVAL;
    }
    if (strlen(note) > CLOSING_NOTE_BYTES_MAX || !is_plain(note)) {
        chiso_message_set(
            why, "the note may have at most %d bytes of text without line ends", CLOSING_NOTE_BYTES_MAX);
        return CHISO_EINVAL;
    }
    return CHISO_OK;
}

void closing_print_field(
    enum chiso_calendar calendar, struct chiso_period period, char out[CLOSING_FIELD_CHARS])
{
    char text[CHISO_PERIOD_CHARS];
    chiso_period_print(period, text);
    (void)snprintf(out, CLOSING_FIELD_CHARS, "%s:%s", calendar_names[calendar], text);
}

int closing_parse_field(const char *field, enum chiso_calendar *calendar, struct chiso_period *period)
{
    char name[16];
    const char *colon = strchr(field, ':');
    size_t length = colon ? (size_t)(colon - field) : sizeof name;
    if (length >= sizeof name)
        return CHISO_EINVAL;
    memcpy(name, field, length);
    name[length] = '\0';
    return closing_parse_calendar(name, calendar) ? chiso_period_parse(colon + 1, strlen(colon + 1), period)
                                                  : CHISO_EINVAL;
}

char *closing_print_value(const struct closing *closing)
{
    json_t *object = json_pack("{s:I,s:I,s:s,s:s}", "seq", (json_int_t)closing->seq, "closed_at",
        (json_int_t)closing->time, "by", closing->by, "note", closing->note);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

int closing_parse(const char *field, const char *value, size_t length, struct closing *out)
{
    struct closing closing = {0};
    json_int_t seq = 0, time = 0;
    const char *by = NULL, *note = NULL;
    json_t *object = json_loadb(value, length, 0, NULL);
    bool taken = object &&
                 json_unpack(object, "{s:I,s:I,s:s,s:s}", "seq", &seq, "closed_at", &time, "by", &by, "note",
                     &note) == 0 &&
                 seq > 0 && closing_check_text(by, note, NULL) == CHISO_OK &&
                 closing_parse_field(field, &closing.calendar, &closing.period) == CHISO_OK;
    if (taken) {
        closing.seq = (uint64_t)seq;
        closing.time = time;
        (void)snprintf(closing.by, sizeof closing.by, "%s", by);
        (void)snprintf(closing.note, sizeof closing.note, "%s", note);
        *out = closing;
    }
    json_decref(object);
    return taken ? CHISO_OK : CHISO_EINVAL;
}
