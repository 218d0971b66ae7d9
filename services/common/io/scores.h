/* The cache of scores and ranks in Redis (proto/README.md, "Scores and ranks"): its keys, and the calls of
 * three Redis Functions (scores.lua) that write it. It is derived: whoever is in doubt computes again. */
#ifndef IO_SCORES_H
#define IO_SCORES_H

#include "core/catalogue_index.h"
#include "io/commit.h"

/* chiso:{35}:score:2025-Q1; chiso:{35}:score, which says what all of these are at least of; chiso:rank:dti:2021 */
void key_scores(char out[KEY_CHARS], const char *province, struct chiso_period period);
void key_scores_done(char out[KEY_CHARS], const char *province);
void key_rank(char out[KEY_CHARS], const char *index, struct chiso_period period);
int scores_install(struct redis *redis, struct chiso_message *why);

/* The commit and the day a set of scores is of. */
struct scores_version {
    uint64_t seq;
    chiso_day as_of;
    char catalogue[65];
};
/* chiso:{PP}:score; seq 0: there is none. */
int scores_version(
    struct redis *redis, const char *province, struct scores_version *out, struct chiso_message *why);

enum scores_scope { SCORES_ALL, SCORES_INDICES, SCORES_PILLARS }; /* which fields PAIRS replaces */

/* Calls are pipelined: send any number, then take as many answers, in order. */
int scores_send(struct redis *redis, const char *province, struct chiso_period period,
    const struct scores_version *version, enum scores_scope scope, const struct strings *pairs);
int scores_send_done(struct redis *redis, const char *province, const struct scores_version *version);
/* Makes the ranking of WHICH for PERIOD out of the hashes of all provinces. */
int scores_send_rank(
    struct redis *redis, const struct catalogue *catalogue, uint32_t which, struct chiso_period period);
/* The oldest call's. CHISO_ECONFLICT: a newer commit's scores are there, nothing is written. CHISO_EREFUSED
 * with the server's text: so that whoever sees "Function not found" installs and sends again. CHANGED (NULL:
 * not wanted) gets the ids of indices of which a score changed. */
int scores_answer(struct redis *redis, struct strings *changed, struct chiso_message *why);
/* The same for a ranking; *RANKED units are in it. None: there is none. */
int scores_answer_rank(struct redis *redis, size_t *ranked, struct chiso_message *why);

#endif
