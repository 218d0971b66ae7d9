/* What the figures of one unit and window say of a consistency rule (core/catalogue_rule.h): it holds, it is
 * violated, it cannot be told, or it is not judged. Exact: the sides are intervals (core/interval.h), so
 * "over 60" is as good as it is and no better.
 *
 * Decided here:
 * - Violated is only what is certain: no numbers inside the intervals satisfy the rule. Holds is only what is
 *   certain too. An estimate counts as its value.
 * - Judged is only what is complete. A term that is not reported, incomplete (a report or a sub-period is
 *   missing), not applicable or not comparable leaves the rule unjudged: not applicable is not zero, and a
 *   clerk who has sent one of two figures has done nothing wrong.
 * - A term is what is read for (unit, window) everywhere: the unit's own report, its sub-periods together, or
 *   the total of the units below it.
 * - A violation is a matter of the unit, and alerted, when at least one of the terms was reported for the unit
 *   and that very window, by itself or by a department that speaks for it, and the window has ended or all of
 *   them were. What one department has reported all by itself is the department's matter. So a total that only repeats what is
 *   wrong below it, and a quarter that only repeats its months, are shown and not alerted again; and the year
 *   that is still running is no reason to alert because some of its months are in. */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include "core/catalogue_rule.h"
#include "core/store.h"
#include <jansson.h>

#define RULE_NUMBER_CHARS 128

enum rule_state { RULE_HOLDS, RULE_VIOLATED, RULE_CANNOT_TELL, RULE_NOT_JUDGED };
extern const char *const rule_state_names[4]; /* "holds" … */

/* What keeps a term from being compared. */
enum rule_gap {
    RULE_GAP_NONE,
    RULE_GAP_NOT_REPORTED,
    RULE_GAP_INCOMPLETE,
    RULE_GAP_NOT_APPLICABLE,
    RULE_GAP_NOT_COMPARABLE,
};
extern const char *const rule_gap_names[5]; /* "", "not_reported" … */

/* Texts are exact decimal numbers in the printed unit, "n/d" where not finite; "" where there is none, and
 * for an end without limit. */
struct rule_number {
    char value[RULE_NUMBER_CHARS], low[RULE_NUMBER_CHARS], high[RULE_NUMBER_CHARS];
    enum chiso_qualifier qualifier; /* of a term; of a sum EXACT where its ends are one number, else ABOUT */
};

struct rule_term {
    const struct indicator *definition; /* on the window's last day, else the newest */
    enum rule_gap gap;
    uint32_t
        reporter; /* who has reported it for the unit and that very window: the unit, or a department that
                          speaks for it; CATALOGUE_NONE: it is put together */
    struct rule_number number; /* nothing in it where there is no figure */
};

struct rule_finding {
    const struct rule *rule;
    uint32_t unit;
    struct chiso_period period;
    enum rule_state state;
    bool has_figure; /* of any term */
    bool elsewhere; /* not judged: a term needs figures of a province that the store does not hold */
    bool is_alerted; /* violated, and a matter of the unit */
    struct rule_term terms[RULE_TERMS_MAX]; /* rule->count of them */
    /* Empty unless all terms are there and complete. */
    struct rule_number left, right, difference; /* left − right */
    uint64_t seq; /* the newest journal entry behind the figures */
};

/* CHISO_ENOTFOUND: no such unit on the period's last day. CHISO_ERANGE: a total overflows. *OUT owns nothing;
 * RULE must live as long. */
int rule_judge(const struct catalogue *catalogue, const struct store *store, const struct rule *rule,
    uint32_t unit, struct chiso_period period, chiso_instant_ms now, struct rule_finding *out);

/* The rules of INDICATOR that the figures of (UNIT, PERIOD) violate, at most CAPACITY of them. *ELSEWHERE: others
 * could not be judged for want of figures of a province that the store does not hold. Errors as above. */
int rule_violations(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, chiso_instant_ms now, const struct rule *out[],
    size_t capacity, size_t *count, bool *elsewhere);

/* "Số liệu không khớp: 170 phải bằng 171, chênh 1: A 60 + B 50 + C 60 = D 171." One sentence on any finding,
 * in LANGUAGE "vi" or "en"; cut where CAPACITY ends. */
void rule_text(const struct rule_finding *finding, const char *language, char *out, size_t capacity);
/* What to call RULE where a name stands: the side that is one indicator, "" when neither is. */
const char *rule_title(const struct catalogue *catalogue, const struct rule *rule, const char *language);
/* The object of `chisoctl rules --json`; a new reference, NULL without memory. */
json_t *rule_json(const struct catalogue *catalogue, const struct rule_finding *finding);

#endif
