/* Everything that the journals give back, written into an empty Redis. */
#ifndef CTL_REPLAY_H
#define CTL_REPLAY_H

#include "core/store.h"
#include "io/journal_replay.h"
#include "session.h"

/* Writes without waiting for each answer. */
struct replay_target {
    struct redis *redis;
    size_t unanswered;
};
/* One command; its answer is looked at later, with TARGET_ANSWERS others. Strings end with NUL, unless LENGTHS. */
int replay_put(struct replay_target *target, size_t count, const char *const words[], const size_t lengths[],
    struct chiso_message *why);
int replay_settle(struct replay_target *target, struct chiso_message *why);

struct replayed {
    const char *code; /* of the province */
    uint64_t last; /* the entry up to which it is taken */
    size_t leaves, totals;
};
/* The province's journal from SOURCE, entry by entry, and everything it makes into TARGET, the head last. *FIGURES
 * are its leaves and totals, the caller's. */
int replay_province(struct journal_replay *source, struct replay_target *target, struct replayed *province,
    struct store **figures, struct chiso_message *why);

/* The cache of scores, from FIGURES of PROVINCE as of now; LIST gets every index and window that was written. */
struct score_places {
    struct score_place {
        uint32_t which;
        struct chiso_period period;
    } * list;
    size_t count, capacity;
};
int replay_scores(const struct session *session, struct redis *redis, uint32_t province,
    struct store *figures, uint64_t seq, struct score_places *places, struct chiso_message *why);
int replay_ranks(const struct session *session, struct redis *redis, const struct score_places *places,
    struct chiso_message *why);

#endif
