#include "subjects.h"

#include "core/list.h"
#include <stdlib.h>

int subjects_add(struct subjects *subjects, struct alert_subject subject)
{
    if (LIST_GROW(subjects->list, subjects->count, subjects->capacity))
        return CHISO_ENOMEM;
    subjects->list[subjects->count++] = subject;
    return CHISO_OK;
}

int subjects_join(struct subjects *subjects, const struct subjects *more)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < more->count && !error; i++)
        error = subjects_add(subjects, more->list[i]);
    return error;
}

static struct alert_subject overdue_of(uint32_t unit, uint32_t indicator)
{
    return (struct alert_subject){
        .unit = unit, .indicator = indicator, .level = STORE_NO_LEVEL, .kind = ALERT_OVERDUE};
}

/* ---- consistency rules ---- */

/* The rules of INDICATOR in one window. */
static int add_rules(struct subjects *subjects, const struct catalogue *catalogue, uint32_t unit,
    uint32_t indicator, struct chiso_period period)
{
    size_t count;
    int error = CHISO_OK;
    const uint32_t *rules = catalogue_rules_of(catalogue, indicator, &count);
    for (size_t i = 0; i < count && !error; i++)
        error = subjects_add(subjects, (struct alert_subject){.unit = unit,
                                           .indicator = CATALOGUE_NONE,
                                           .level = STORE_NO_LEVEL,
                                           .kind = ALERT_INCONSISTENT,
                                           .rule = rules[i],
                                           .period = period});
    return error;
}

/* In every window that a figure for PERIOD enters. */
static int add_rules_around(struct subjects *subjects, const struct catalogue *catalogue, uint32_t unit,
    uint32_t indicator, struct chiso_period period)
{
    struct chiso_period windows[6] = {period};
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    size_t count = 1 + chiso_period_containers(period, calendar, &windows[1]);
    struct chiso_period nine_months =
        chiso_period_at(CHISO_PERIOD_NINE_MONTHS, chiso_period_last(period, calendar), calendar);
    int error = CHISO_OK;
    if (nine_months.kind != CHISO_PERIOD_NONE && !chiso_period_equal(nine_months, period) &&
        chiso_period_contains(nine_months, period, calendar))
        windows[count++] = nine_months;
    for (size_t i = 0; i < count && !error; i++)
        error = add_rules(subjects, catalogue, unit, indicator, windows[i]);
    return error;
}

struct leaf_visit {
    struct subjects *subjects;
    const struct catalogue *catalogue;
};

static int add_rules_of_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    const struct leaf_visit *visit = context;
    const struct catalogue *c = visit->catalogue;
    chiso_day last = chiso_period_last(period, catalogue_indicator(c, indicator)->calendar);
    const struct unit_row *row = catalogue_unit_at(c, unit, last);
    (void)leaf;
    int error = add_rules(visit->subjects, c, unit, indicator, period);
    /* A department may speak for the unit above it. */
    if (!error && row && row->kind == UNIT_DEPARTMENT && row->parent != CATALOGUE_NONE)
        error = add_rules(visit->subjects, c, row->parent, indicator, period);
    return error;
}

/* ---- targets and deadlines ---- */

/* The target of the unit itself and those of its levels, where there are any on DAY. */
static int add_targets(struct subjects *subjects, const struct catalogue *catalogue, uint32_t unit,
    uint32_t indicator, chiso_day day)
{
    for (int level = STORE_NO_LEVEL; level < UNIT_KINDS; level++) {
        if (!position_target(catalogue, unit, indicator, level, day))
            continue;
        int error = subjects_add(
            subjects, (struct alert_subject){
                          .unit = unit, .indicator = indicator, .level = level, .kind = ALERT_TARGET});
        if (error)
            return error;
    }
    return CHISO_OK;
}

/* ---- what a report touches ---- */

struct touch {
    struct subjects *subjects;
    const struct catalogue *catalogue;
    uint32_t indicator;
    struct chiso_period period;
    chiso_day today;
    bool has_targets, has_rules;
};

static int touch_unit(const struct touch *t, uint32_t unit, chiso_day day)
{
    int error = CHISO_OK;
    if (t->has_targets) {
        error = add_targets(t->subjects, t->catalogue, unit, t->indicator, t->today);
        if (!error && catalogue_unit_at(t->catalogue, unit, t->today) == NULL)
            error = add_targets(t->subjects, t->catalogue, unit, t->indicator, day);
    }
    if (!error && t->has_rules)
        error = add_rules_around(t->subjects, t->catalogue, unit, t->indicator, t->period);
    return error;
}

static int touch_chain(const struct touch *t, const struct unit_row *row, chiso_day day);

/* ROW's unit as it is today, under another parent perhaps, or what became of it: a window with that inside is
 * computed from this figure too (STATISTICS S5). */
static int touch_later(const struct touch *t, const struct unit_row *row)
{
    size_t count;
    int error = CHISO_OK;
    if (catalogue_identity(t->catalogue, row->identity)->to >= t->today) {
        const struct unit_row *now = catalogue_unit_at(t->catalogue, row->code, t->today);
        return now == NULL || now == row ? CHISO_OK : touch_chain(t, now, t->today);
    }
    const struct succession *from = catalogue_successions_from(t->catalogue, row->identity, &count);
    for (size_t i = 0; i < count && !error; i++) {
        const struct unit_identity *heir = catalogue_identity(t->catalogue, from[i].new_identity);
        chiso_day day = heir->to < t->today ? heir->to : t->today;
        if (heir->from <= t->today)
            error = touch_chain(t, catalogue_unit_at(t->catalogue, heir->code, day), day);
    }
    return error;
}

/* ROW's unit and those above it on DAY, and what they are now. It goes forward in time, so it ends. */
static int touch_chain(const struct touch *t, const struct unit_row *row, chiso_day day)
{
    int error = CHISO_OK;
    for (; row && !error; row = catalogue_parent_at(t->catalogue, row, day)) {
        error = touch_unit(t, row->code, day);
        if (!error && day < t->today)
            error = touch_later(t, row);
    }
    return error;
}

int subjects_add_report(struct subjects *subjects, const struct catalogue *catalogue, uint32_t unit,
    struct chiso_period period, uint32_t indicator, chiso_day today)
{
    chiso_day last = chiso_period_last(period, catalogue_indicator(catalogue, indicator)->calendar);
    size_t targets, rules;
    (void)catalogue_targets(catalogue, indicator, &targets);
    (void)catalogue_rules_of(catalogue, indicator, &rules);
    struct touch t = {subjects, catalogue, indicator, period, today, targets > 0, rules > 0};
    int error = subjects_add(subjects, overdue_of(unit, indicator));
    if (!error && (t.has_targets || t.has_rules))
        error = touch_chain(&t, catalogue_unit_at(catalogue, unit, last), last);
    return error;
}

/* ---- everything ---- */

static int add_unit(
    struct subjects *subjects, const struct catalogue *catalogue, const struct unit_row *row, chiso_day today)
{
    int error = CHISO_OK;
    for (uint32_t i = 0; i < catalogue_indicator_count(catalogue) && !error; i++) {
        const struct indicator *definition = catalogue_indicator_at(catalogue, i, today);
        size_t targets;
        if (!definition)
            continue;
        (void)catalogue_targets(catalogue, i, &targets);
        if (targets > 0)
            error = add_targets(subjects, catalogue, row->code, i, today);
        struct obligation obligation = catalogue_obligation(catalogue, definition, row, today);
        if (!error && obligation.cadence != CHISO_PERIOD_NONE && obligation.due_working_days >= 0)
            error = subjects_add(subjects, overdue_of(row->code, i));
    }
    return error;
}

int subjects_add_all(struct subjects *subjects, const struct catalogue *catalogue, const struct store *store,
    uint32_t province, chiso_day today)
{
    size_t count;
    struct leaf_visit visit = {subjects, catalogue};
    const uint32_t *units = catalogue_province_units(catalogue, province, &count);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++) {
        const struct unit_row *row = catalogue_unit_at(catalogue, units[i], today);
        if (row && catalogue_province_at(catalogue, units[i], today) == province)
            error = add_unit(subjects, catalogue, row, today);
    }
    /* A rule is broken by a report for the very window, so these are all that can be. */
    return error || catalogue_rule_count(catalogue) == 0 ? error
                                                         : store_each_leaf(store, add_rules_of_leaf, &visit);
}

static int compare(const void *a, const void *b)
{
    const struct alert_subject *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return chiso_period_compare(x->period, y->period);
}

void subjects_settle(struct subjects *subjects)
{
    size_t kept = 0;
    if (subjects->count > 0)
        qsort(subjects->list, subjects->count, sizeof *subjects->list, compare);
    for (size_t i = 0; i < subjects->count; i++) {
        if (kept == 0 || compare(&subjects->list[kept - 1], &subjects->list[i]) != 0)
            subjects->list[kept++] = subjects->list[i];
    }
    subjects->count = kept;
}

void subjects_release(struct subjects *subjects)
{
    free(subjects->list);
    *subjects = (struct subjects){0};
}
