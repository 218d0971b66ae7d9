/* Alerts, cursor and notifications of one province in Redis.
 *
 *   chiso:{PP}:alerts           hash: id → alert_json
 *   chiso:{PP}:cursor:alerter   string: "<seq>-0", the newest journal entry that has been judged
 *   chiso:{PP}:notify           stream: notifications (post.h)
 *
 * They change in one MULTI/EXEC that is guarded by WATCH on the cursor, and every such transaction sets the
 * cursor: of two alerters that judged the same state one has to look again, so no transition is lost or told
 * twice, whoever is killed when. */
#ifndef ALERTER_KEEP_H
#define ALERTER_KEEP_H

#include "core/alert.h"
#include "core/notice.h"
#include "io/redis.h"

struct kept {
    struct alert *list; /* by id */
    size_t count;
    uint64_t cursor;
    bool has_cursor; /* false: nobody has ever looked */
};

/* The cursor alone; 0 without one. */
int keep_cursor(struct redis *redis, const char *province, uint64_t *out, struct chiso_message *why);

/* Begins: WATCH, then the cursor and all alerts. A value that does not read is dropped with a warning; it is
 * judged afresh. keep_forget ends without writing. */
int keep_begin(struct redis *redis, const char *province, struct kept *out, struct chiso_message *why);
void keep_forget(struct redis *redis);
const struct alert *keep_find(const struct kept *kept, const char *id);
void kept_release(struct kept *kept);

/* A person to tell, with the text in the person's language. */
struct message_item {
    const struct contact *contact;
    char id[ALERT_ID_CHARS];
    const char *change;
    struct notice notice;
};

struct transition {
    struct alert alert;
    enum alert_change change;
};

/* Writes it all. CHISO_ECONFLICT: somebody else has written meanwhile, nothing was. */
int keep_commit(struct redis *redis, const char *province, const struct kept *kept,
    const struct transition changes[], size_t count, const struct message_item items[], size_t item_count,
    uint64_t cursor, struct chiso_message *why);

#endif
