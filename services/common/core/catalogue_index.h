/* Composite indices of the catalogue (STATISTICS S6): indices.csv and index_components.csv. An index is a
 * dense number, like units and indicators; CATALOGUE_NONE means "no such". What an index is worth for a unit:
 * core/score.h. */
#ifndef CORE_CATALOGUE_INDEX_H
#define CORE_CATALOGUE_INDEX_H

#include "core/catalogue.h"

/* Twenty times what the published ones need; it also bounds how deep they nest. */
#define CATALOGUE_INDICES_MAX 500

enum index_method { INDEX_POINTS, INDEX_WEIGHTED_MEAN };
enum index_shown { INDEX_SHOWN_POINTS, INDEX_SHOWN_FRACTION };
enum index_missing { INDEX_MISSING_INCOMPLETE, INDEX_MISSING_ZERO };
enum index_merger { INDEX_MERGER_NONE, INDEX_MERGER_MEAN };
enum scoring { SCORING_LINEAR, SCORING_STEPS, SCORING_NONE };

/* One row of indices.csv. Rows of one id are valid one after the other. */
struct index_version {
    uint32_t which; /* the index */
    const char *id, *name_vi, *name_en;
    chiso_day from, to; /* last valid day included */
    enum unit_kind unit_kind; /* who takes part */
    enum index_method method;
    bool has_maximum;
    struct chiso_decimal maximum;
    enum index_shown shown;
    uint8_t decimals;
    int component_decimals; /* -1: components are not rounded */
    enum index_missing missing;
    enum index_merger merger;
    uint32_t published_as; /* indicator; CATALOGUE_NONE: none */
};

struct index_step {
    struct chiso_decimal threshold, points;
};

/* One row of index_components.csv. Components belong to every version of their index. */
struct index_component {
    uint32_t of; /* the index */
    uint32_t indicator, nested; /* one of them; the other is CATALOGUE_NONE */
    enum scoring scoring;
    struct chiso_decimal weight, points, full_at; /* all above 0 */
    bool capped;
    size_t step_count;
    const struct index_step *steps; /* thresholds ascend */
    bool has_zero_denominator; /* otherwise the indicator's own */
    enum zero_denominator zero_denominator;
    size_t line; /* in index_components.csv */
};

uint32_t catalogue_index_count(const struct catalogue *catalogue);
uint32_t catalogue_index_find(const struct catalogue *catalogue, const char *id);
const char *catalogue_index_id(const struct catalogue *catalogue, uint32_t which);
/* The version in force on DAY, or NULL. */
const struct index_version *catalogue_index_at(
    const struct catalogue *catalogue, uint32_t which, chiso_day day);
/* All versions of WHICH in order of from. */
const struct index_version *catalogue_index_versions(
    const struct catalogue *catalogue, uint32_t which, size_t *count);
/* In file order. */
const struct index_component *catalogue_index_components(
    const struct catalogue *catalogue, uint32_t which, size_t *count);
/* The calendar of all indicators in it, at any depth; the check refuses an index over both. */
enum chiso_calendar catalogue_index_calendar(const struct catalogue *catalogue, uint32_t which);

#endif
