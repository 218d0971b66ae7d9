/* What an official is told of alerts: one item for each transition, and the mail that carries all items of
 * one address, in Vietnamese ("vi") or English ("en"). Texts only; who is told is notice_contacts. */
#ifndef CORE_NOTICE_H
#define CORE_NOTICE_H

#include "core/alert.h"

#define NOTICE_HEADLINE_BYTES 256
#define NOTICE_BODY_BYTES 2560
/* Items in one mail; what is more goes into the next one. */
#define NOTICE_ITEMS_MAX 100
#define NOTICE_MAIL_BYTES (NOTICE_ITEMS_MAX * (NOTICE_BODY_BYTES + 16) + 1024)

struct notice {
    enum severity severity;
    char headline[NOTICE_HEADLINE_BYTES]; /* what and where: "Chậm tiến độ: Tỷ lệ … - Tỉnh Hà Nam (35)" */
    char body[NOTICE_BODY_BYTES]; /* period, figure, target, since when, why, what to do, where to look */
};

/* ROW: the window that the alert is about; NULL when there is none any more. */
void notice_make(const struct catalogue *catalogue, const struct alert *alert, enum alert_change change,
    const struct row *row, chiso_instant_ms now, const char *language, struct notice *out);

/* The contacts to tell of CHANGE: those of the unit, else of the nearest ancestor that has any, on the day of
 * NOW (an ended unit's ancestors are those of its last day), whose min_severity the alert reached. Returns
 * how many of LIST were filled, at most CAPACITY. */
size_t notice_contacts(const struct catalogue *catalogue, const struct alert *alert, enum alert_change change,
    chiso_instant_ms now, const struct contact *list[], size_t capacity);

/* One mail. COUNT ≥ 1, at most NOTICE_ITEMS_MAX; the worst come first. NAME: of the addressee, may be "". */
void notice_mail(const struct notice notices[], size_t count, const char *name, const char *language,
    char subject[NOTICE_HEADLINE_BYTES], char *body, size_t capacity);

#endif
