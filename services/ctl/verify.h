/* The comparison of what is stored with what the leaves give. */
#ifndef CTL_VERIFY_H
#define CTL_VERIFY_H

#include "io/commit.h"
#include "io/figures.h"
#include "io/journal_source.h"
#include "io/redis.h"
#include <stdio.h>

struct session;

struct verification {
    const struct session *session;
    const char *code; /* of the province at hand */
    size_t leaves, totals, scores, differences; /* so far, over all provinces */
    uint64_t head; /* the journal's newest entry when the figures were read */
    uint64_t *seqs; /* the entries the province's leaves name, unsorted, with repeats */
    size_t seq_count, seq_capacity;
    struct strings score_keys; /* chiso:{PP}:score:<period>, of all provinces, when verify began */
};
void verification_release(struct verification *v);

/* A difference, by --lang: KEY and FIELD (NULL: the key as a whole), what is stored, and what should be. Words in place
 * of a value stand in parentheses, and core/sentence_vi.h knows them. verify_difference prints it on standard output
 * and counts it. */
void verify_print(const struct verification *v, FILE *out, const char *key, const char *field,
    const char *stored, const char *computed);
void verify_difference(
    struct verification *v, const char *key, const char *field, const char *stored, const char *computed);

/* Loads (province, year) afresh, recomputes and compares; prints every difference on standard output. What was
 * recomputed, and the leaves, are added to KEPT (NULL: not wanted). */
int verify_year(struct redis *redis, const struct catalogue *catalogue, uint32_t province, int year,
    struct store *kept, struct verification *v, struct chiso_message *why);
/* Has the journal all entries that the province's leaves name? Empties the list. */
int verify_journal(const struct journal_source *journals, struct verification *v, struct chiso_message *why);

/* Does the journal, taken again from its first entry, make the figures and closings that are stored? */
int verify_replay(const struct journal_source *journals, const struct catalogue *catalogue, uint32_t province,
    struct verification *v, struct chiso_message *why);

/* Are all keys of leaves and totals (of PROVINCE, NULL: of all) such that a reader finds them? One pass over
 * the keys for all provinces. */
int verify_keys(struct redis *redis, const struct catalogue *catalogue, const char *province,
    struct verification *v, struct chiso_message *why);

/* Are the scores that are kept for PROVINCE those of its figures? First the scores are read, then the figures
 * by verify_year, then they are compared; figures that have just come, and are not in the scores yet, are waited
 * for and read again. */
struct score_check;
int verify_scores_read(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    struct verification *v, struct score_check **out, struct chiso_message *why);
/* Where verify_year is to put every year's figures; NULL where no score needs them. */
struct store *verify_scores_figures(struct score_check *check);
int verify_scores(struct score_check *check, struct chiso_message *why);
void verify_scores_free(struct score_check *check); /* accepts NULL */
/* Are the rankings those of the scores that are kept, of all provinces? Waits likewise. */
int verify_ranks(struct redis *redis, struct verification *v, struct chiso_message *why);

#endif
