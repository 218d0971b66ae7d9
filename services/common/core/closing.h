/* A period that a post has closed: its figures are published, and whoever printed them must be able to see what
 * changed since. Closing refuses nothing. A change to a closed window is a restatement, which follows from
 * journal numbers: the closing has one, and so have the figures. */
#ifndef CORE_CLOSING_H
#define CORE_CLOSING_H

#include <chiso/error.h>
#include <chiso/period.h>

#define CLOSING_BY_BYTES_MAX 128
#define CLOSING_NOTE_BYTES_MAX 500

struct closing {
    enum chiso_calendar calendar;
    struct chiso_period period;
    uint64_t seq; /* the commit that closed it */
    chiso_instant_ms time; /* of that commit */
    char by[CLOSING_BY_BYTES_MAX + 1]; /* the post */
    char note[CLOSING_NOTE_BYTES_MAX + 1];
};

/* Closing a period closes all windows inside it, for the indicators of its calendar. */
bool closing_covers(const struct closing *closing, enum chiso_calendar calendar, struct chiso_period window);

/* "statistical" or "administrative"; false for anything else. */
bool closing_parse_calendar(const char *text, enum chiso_calendar *out);
/* BY and NOTE are for people: UTF-8 of limited length without control characters, BY not empty. CHISO_EINVAL
 * with a sentence. */
int closing_check_text(const char *by, const char *note, struct chiso_message *why);

/* The field in chiso:{PP}:closed and in the journal entry: "statistical:2025-03". */
#define CLOSING_FIELD_CHARS (16 + CHISO_PERIOD_CHARS)
void closing_print_field(
    enum chiso_calendar calendar, struct chiso_period period, char out[CLOSING_FIELD_CHARS]);
int closing_parse_field(const char *field, enum chiso_calendar *calendar, struct chiso_period *period);
/* The hash's value: {"seq": 12, "closed_at": <ms>, "by": "…", "note": "…"}; newly malloc'ed, NULL without
 * memory. */
char *closing_print_value(const struct closing *closing);
/* Field and value → closing. CHISO_EINVAL: not what the two above wrote. */
int closing_parse(const char *field, const char *value, size_t length, struct closing *out);

#endif
