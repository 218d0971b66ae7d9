/* When a figure last changed, where journals of several provinces may have a part of it: the nation's, those on
 * other boundaries, and windows with a succession inside. */
#ifndef CTL_NEWEST_H
#define CTL_NEWEST_H

#include "core/row.h"
#include "journal.h"
#include "session.h"

/* Of each province the newest journal entry behind a figure. */
struct newest {
    struct newest_entry {
        const char *province;
        uint64_t seq;
    } * list;
    size_t count, capacity;
};

/* Those behind ROW as Q asks for it. CHISO_ENOMEM, CHISO_ERANGE. Released also after an error. */
int newest_find(
    const struct session *session, const struct question *q, const struct row *row, struct newest *out);
int newest_want(const struct newest *newest, struct journal *journal);
/* After journal_fetch; 0: no entry is there. */
chiso_instant_ms newest_time(const struct newest *newest, const struct journal *journal);
void newest_release(struct newest *newest);

#endif
