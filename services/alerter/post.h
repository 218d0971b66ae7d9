/* The notification queue of a province, chiso:{PP}:notify, a stream with two kinds of entries:
 *
 *   kind=item  address name language severity id change headline body   one transition for one person
 *   kind=mail  address name subject body message_id date                all items of a person, as they go out
 *
 * Items of one address become one mail in a transaction, and from then on that mail is what is sent, again
 * and again with the same Message-ID, until the server has taken it; only then the entry goes. Of two
 * alerters with a mail server the one that holds chiso:{PP}:notify:claim:<entry> sends it; the claim of one
 * that died runs out. */
#ifndef ALERTER_POST_H
#define ALERTER_POST_H

#include "io/mail.h"
#include "io/redis.h"
#include <stdbool.h>

struct post;

/* MAILER may be NULL: then notifications stay queued. */
int post_open(struct mailer *mailer, const char *from, struct post **out);
void post_close(struct post *post); /* accepts NULL */

/* Composes and sends what is queued and not backed off. *REMAINS: something is still queued that can be sent
 * later. Failures to send are logged and backed off; the result is about Redis only. */
int post_work(struct post *post, struct redis *redis, const char *province, chiso_instant_ms now,
    bool *remains, struct chiso_message *why);

#endif
