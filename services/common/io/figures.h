/* A province's figures from Redis into a store, a (province, year) at a time (keys and values: proto/README.md). */
#ifndef IO_FIGURES_H
#define IO_FIGURES_H

#include "core/catalogue.h"
#include "core/store.h"
#include "io/redis.h"

/* Key names. OUT holds KEY_CHARS bytes. */
#define KEY_CHARS 160
void key_province(char out[KEY_CHARS], const char *province, const char *tail); /* chiso:{35}:head */
void key_cell(char out[KEY_CHARS], const char *province, const char *kind /* leaf, sum */, const char *unit,
    struct chiso_period period);

/* The field of a total in its hash: "indicator", or "indicator@kind" for a LEVEL (STORE_NO_LEVEL: none). */
#define KEY_FIELD_CHARS 96
void key_total_field(char out[KEY_FIELD_CHARS], const char *indicator, int level);

/* Gives ERROR back; a refusal by Redis then begins with KEY, and one because the key is of another type is
 * CHISO_EINVAL. WHY may be NULL. */
int figures_name_key(int error, const char *key, struct chiso_message *why);

/* Every key that matches PATTERN (Redis' glob), some perhaps more than once; stops when VISIT returns
 * non-zero and returns that. Looks through all of Redis: for rare occasions. */
int figures_each_key(struct redis *redis, const char *pattern, int (*visit)(void *context, const char *key),
    void *context, struct chiso_message *why);

#define COMMIT_ID_CHARS 33
/* chiso:{PP}:head. seq 0 and "" when the province has no commit yet. */
struct head {
    uint64_t seq;
    char commit_id[COMMIT_ID_CHARS];
    char catalogue[65];
    chiso_instant_ms time; /* of its last commit */
    unsigned totals; /* ROLLUP_VERSION of the build that summed them; 0: from before there was one */
};
int figures_head(struct redis *redis, const char *province, struct head *out, struct chiso_message *why);

/* The years that have figures, ascending, *OUT malloc'ed. */
int figures_years(
    struct redis *redis, const char *province, int **out, size_t *count, struct chiso_message *why);
/* Adds all leaves and totals of (province, year) to STORE; HEAD (may be NULL) is read in the same MULTI. A
 * value that does not parse is CHISO_EINVAL and names key and field. */
int figures_load_year(struct redis *redis, const struct catalogue *catalogue, uint32_t province, int year,
    struct store *store, struct head *head, struct chiso_message *why);
/* Adds the periods that PROVINCE has closed to STORE. */
int figures_load_closings(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    struct store *store, struct chiso_message *why);
/* Everything the province has, closings included; the store is cleared first. HEAD (may be NULL) is the state
 * before the first year was read: with commits in between, single years are newer, so whoever wants to write
 * compares HEAD again (the commit does). */
int figures_load(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    struct store *store, struct head *head, struct chiso_message *why);
/* The same, added to what STORE has, which may be half done after an error. STORE then covers PROVINCE, and only
 * the provinces that were added like that (store_narrow). */
int figures_add(struct redis *redis, const struct catalogue *catalogue, uint32_t province,
    struct store *store, struct head *head, struct chiso_message *why);

#endif
