/* One figure in its canonical form, and the decision on a new observation (proto/README.md, Revisions; STATISTICS S1). */
#ifndef CORE_FIGURE_H
#define CORE_FIGURE_H

#include <chiso/decimal.h>
#include <chiso/report.h>
#include <stdbool.h>
#include <stdint.h>

/* One character a qualifier in stored texts, by enum chiso_qualifier; EXACT's is left out in leaves. */
extern const char qualifier_marks[CHISO_QUALIFIERS];
/* "exact", "at_least" …, as shown to programs. */
extern const char *const figure_qualifier_names[CHISO_QUALIFIERS];

enum figure_state {
    FIGURE_NONE = 0, /* not reported; as a leaf: withdrawn */
    FIGURE_VALUE,
    FIGURE_PAIR, /* value is the numerator */
    FIGURE_BARE, /* a finished percentage, in the printed unit */
    FIGURE_NOT_APPLICABLE,
};

struct figure {
    enum figure_state state;
    struct chiso_decimal value, denominator;
    enum chiso_qualifier qualifier, denominator_qualifier;
};

/* Same numbers, qualifiers and flags; note and source do not count. */
bool figure_equal(const struct figure *a, const struct figure *b);

/* The state of (unit, period, indicator): the observation with the highest revision (Redis: leaf hashes). */
struct leaf {
    struct figure figure;
    uint32_t revision; /* 0: never reported */
    uint64_t seq; /* journal entry that brought it */
    uint32_t index; /* which report of that entry, from 0 */
    int64_t first_ms; /* first acceptance of this key, whatever revision (S7: on time or late) */
};

enum leaf_decision { LEAF_ACCEPT, LEAF_DUPLICATE, LEAF_SUPERSEDED, LEAF_CONFLICT };
/* NOW->revision 0 means nothing is stored. */
enum leaf_decision leaf_decide(const struct leaf *now, uint32_t revision, const struct figure *figure);

/* The stable text of a leaf in Redis: "<revision> <figure> <seq>.<index> <first_ms>", figure one of
 *
 *   [q]13.68      a value
 *   [q]n/[q]d     a pair
 *   [q]84.6%      bare
 *   na            not applicable
 *   -             withdrawn
 *
 * with q nothing for EXACT, '>' AT_LEAST, '<' BELOW, '~' ABOUT, 'e' ESTIMATE, '^' AT_MOST; numbers with the
 * fewest decimals. At most LEAF_CHARS with NUL. */
#define LEAF_CHARS 128
size_t leaf_print(const struct leaf *leaf, char out[LEAF_CHARS]);
int leaf_parse(const char *text, size_t length, struct leaf *out);
/* The figure part alone. */
size_t figure_print(const struct figure *figure, char out[LEAF_CHARS]);

#endif
