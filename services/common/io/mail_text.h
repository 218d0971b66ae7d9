/* What a mail's header lines may hold, and how text becomes one (RFC 5322, 2047, 6532). Private to mail.c. */
#ifndef IO_MAIL_TEXT_H
#define IO_MAIL_TEXT_H

#include <chiso/date.h>
#include <stdbool.h>
#include <stddef.h>

/* local@domain in ASCII: RFC 5321's dot-string and host name, at most 254 bytes; no quoting, no comments. */
bool mail_is_address(const char *text);
/* Usable between < and > of Message-ID: printable ASCII without blanks, <, > and quotes, with one '@'; at
 * most 200 bytes. */
bool mail_is_message_id(const char *text);
/* One line of UTF-8: no control characters, so no second header can follow. */
bool mail_is_line(const char *text);

/* "Mon, 05 May 2025 08:00:00 +0700"; the sender is in Vietnam wherever the machine is. */
#define MAIL_DATE_BYTES 32
void mail_print_date(chiso_instant_ms instant, char out[MAIL_DATE_BYTES]);

/* TEXT for a header in ASCII: as it is when short and plain, otherwise as encoded-words of at most 75
 * characters, each on a line of its own (RFC 2047, charset UTF-8, encoding B), never splitting a character.
 * malloc'ed; NULL without memory. */
char *mail_encode_words(const char *text);
/* NAME as a display name in UTF-8: a quoted string when it holds more than words (RFC 5322, 6532). malloc'ed.
 */
char *mail_quote_name(const char *name);

#endif
