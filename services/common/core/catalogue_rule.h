/* Consistency rules of the catalogue: rules.csv, what indicators of one unit and window must be to each other,
 * such as tthc.full + tthc.partial + tthc.other = tthc.total. A rule refuses no report. A side is a sum of
 * indicators and nothing else: no factors, no differences, no numbers. The figures of a side are added in the
 * printed unit; that they are of the same unit is the author's responsibility. A ratio, a mean and a share
 * have two numbers and are refused.
 *
 * Rules are dense numbers in file order. What the figures say of a rule: core/rule.h. */
#ifndef CORE_CATALOGUE_RULE_H
#define CORE_CATALOGUE_RULE_H

#include "core/catalogue.h"

/* Several for each indicator of a large catalogue. */
#define CATALOGUE_RULES_MAX 1000
/* On both sides together: more cannot be read in one sentence. */
#define RULE_TERMS_MAX 16

enum rule_relation { RULE_EQUAL, RULE_AT_MOST, RULE_AT_LEAST, RULE_LESS, RULE_GREATER };
extern const char *const rule_relation_names[5]; /* "=", "<=", ">=", "<", ">" */

struct rule {
    const char *id;
    const uint32_t *indicators; /* the terms of the left side, then those of the right one */
    size_t left_count, count;
    enum rule_relation relation;
    enum severity severity;
    enum chiso_calendar calendar; /* of all its indicators */
    size_t line; /* in rules.csv */
};

uint32_t catalogue_rule_count(const struct catalogue *catalogue);
uint32_t catalogue_rule_find(const struct catalogue *catalogue, const char *id); /* CATALOGUE_NONE */
const struct rule *catalogue_rule(const struct catalogue *catalogue, uint32_t which);
/* The rules that INDICATOR stands in, ascending. */
const uint32_t *catalogue_rules_of(const struct catalogue *catalogue, uint32_t indicator, size_t *count);

#endif
