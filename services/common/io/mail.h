/* Mail through libcurl's MIME interface, or into a folder where no SMTP server is configured. */
#ifndef IO_MAIL_H
#define IO_MAIL_H

#include <chiso/date.h>
#include <chiso/error.h>

struct mail {
    const char *from, *to; /* addresses */
    const char *to_name; /* UTF-8, may be "" */
    const char *subject; /* UTF-8, one line */
    const char *body; /* UTF-8, text/plain */
    const char *message_id; /* without <>; the same notification always has the same one, so a repeat is
                               recognisable */
    chiso_instant_ms date;
};

struct mailer;
/* SMTP_URL (smtp://host:port) or, when it is NULL or "", FOLDER: one file a mail, named by message_id,
 * written whole or not at all. */
int mailer_open(const char *smtp_url, const char *folder, struct mailer **out, struct chiso_message *why);
/* 0 once the server has taken responsibility (or the file is on disk). */
int mailer_send(struct mailer *mailer, const struct mail *mail, struct chiso_message *why);
void mailer_close(struct mailer *mailer); /* accepts NULL */

#endif
