/* Mail through libcurl's MIME interface, or into a folder where no SMTP server is configured. A service sends
 * few mails and waits for each: at most MAIL_SEND_S; less when options_stop says so. */
#ifndef IO_MAIL_H
#define IO_MAIL_H

#include <chiso/date.h>
#include <chiso/error.h>
#include <stdbool.h>

#define MAIL_SEND_S 30

struct mail {
    const char *from, *to; /* addresses, ASCII */
    const char *to_name; /* UTF-8, may be "" */
    const char *subject; /* UTF-8, one line */
    const char *body; /* UTF-8, text/plain */
    const char *message_id; /* without <>, at most 200 bytes: something@something; the same notification
                               always has the same one, so a repeat is recognisable */
    chiso_instant_ms date;
};

struct mailer;
/* SMTP_URL (smtp://host:port; beyond this machine the server must offer STARTTLS with a valid certificate)
 * or, when it is NULL or "", FOLDER, which is made if missing. CHISO_EINVAL, CHISO_EIO with a sentence. */
int mailer_open(const char *smtp_url, const char *folder, struct mailer **out, struct chiso_message *why);
/* 0 once the server has taken responsibility, or the file is on disk: one MESSAGE-ID.eml a mail, readable
 * text in UTF-8 (RFC 6532), written whole or not at all; the same mail again replaces it. CHISO_EINVAL: an
 * address, id, name, subject or body that may not go into a mail (control characters in a header, not UTF-8).
 * CHISO_EREFUSED: the server will never take it (5xx). CHISO_EIO: not now; try again. */
int mailer_send(struct mailer *mailer, const struct mail *mail, struct chiso_message *why);
/* Would its reader see the same mail twice if it were sent twice? Not in a folder. */
bool mailer_shows_repeats(const struct mailer *mailer);
void mailer_close(struct mailer *mailer); /* accepts NULL */

#endif
