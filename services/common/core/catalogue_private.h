/* The inside of the catalogue: what the lookups read. Only catalogue*.c include this. */
#ifndef CORE_CATALOGUE_PRIVATE_H
#define CORE_CATALOGUE_PRIVATE_H

#include "core/catalogue.h"
#include "core/catalogue_index.h"
#include "core/catalogue_memory.h"
#include "core/catalogue_rule.h"

#define CATALOGUE_ROLES_MAX 256

/* Who a row of obligations.csv speaks of, most specific first. UNIT and ROLE as in the row. */
enum selector { SELECT_UNIT, SELECT_KIND_UNDER, SELECT_KIND_ROLE, SELECT_KIND };

struct obligation_row {
    uint32_t indicator;
    uint32_t unit; /* CATALOGUE_NONE when empty */
    enum unit_kind kind;
    const char *role; /* "" when empty */
    enum selector selector;
    bool has_cadence, has_due; /* otherwise the indicator's own */
    enum chiso_period_kind cadence;
    int due_working_days;
    chiso_day from, to;
    size_t line;
};

/* Versions of one indicator: [first, first + count) of definitions, in order of valid_from. */
struct indicator_versions {
    const char *id;
    uint32_t first, count;
    uint32_t obligation_first, obligation_count; /* rows sorted by compare_obligations */
    uint32_t target_first, target_count;
};

/* A composite index: its versions in index_versions, by valid_from, and its components. */
struct index_entry {
    const char *id;
    size_t line; /* its first in indices.csv */
    uint32_t version_first, version_count;
    uint32_t component_first, component_count;
    enum chiso_calendar calendar;
};

struct publisher {
    const char *name;
    uint32_t unit_count, under_count;
    uint32_t *units; /* ascending */
    uint32_t *under; /* all units under these */
};

struct holiday {
    chiso_day day;
    bool work;
    int balance; /* working days won (+) or lost (-) by this and all earlier holidays */
};

struct catalogue {
    struct memory memory;

    const char **unit_codes; /* ascending: the unit index is the place */
    uint32_t unit_count;
    struct names unit_names;
    struct unit_row *rows; /* by code, then from */
    uint32_t row_count;
    uint32_t *row_start; /* unit_count + 1 */
    const struct unit_row **child_rows; /* by parent, then as in rows */
    uint32_t *child_start; /* unit_count + 1 */
    struct unit_identity *identities;
    uint32_t identity_count;
    struct succession *successions_from, *successions_into; /* sorted by old, by new identity */
    uint32_t *from_start, *into_start; /* identity_count + 1 */
    uint32_t *provinces;
    uint32_t province_count;
    uint32_t *province_units;
    uint32_t *province_start; /* province_count + 1 */
    const char *roles[CATALOGUE_ROLES_MAX]; /* equal roles are one pointer */
    size_t role_count;

    struct pillar *pillars;
    uint32_t pillar_count;
    struct names pillar_names;

    struct indicator *definitions;
    uint32_t definition_count;
    struct indicator_versions *indicators; /* in order of id */
    uint32_t indicator_count;
    struct names indicator_names;

    struct obligation_row *obligations;
    size_t obligation_count;
    struct target *targets; /* by indicator, then line */
    const struct target **target_list;
    size_t target_count;

    struct index_entry *indices; /* in file order */
    uint32_t index_count;
    struct names index_names;
    struct index_version *index_versions; /* by index, then from */
    struct index_component *index_components; /* by index, then line */

    struct rule *rules; /* in file order */
    uint32_t rule_count;
    struct names rule_names;
    uint32_t *rule_start, *rule_list; /* by indicator (indicator_count + 1), the rules it stands in */

    struct publisher *publishers;
    struct names publisher_names;
    struct holiday *holidays;
    size_t holiday_count;
    struct contact *contacts;
    size_t contact_count;
};

#endif
