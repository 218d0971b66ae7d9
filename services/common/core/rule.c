#include "core/rule.h"

#include "core/interval.h"
#include "core/rollup.h"

const char *const rule_state_names[4] = {"holds", "violated", "cannot_tell", "not_judged"};
const char *const rule_gap_names[5] = {"", "not_reported", "incomplete", "not_applicable", "not_comparable"};

/* ---- numbers ---- */

static void print_bound(const struct bound *bound, char out[RULE_NUMBER_CHARS])
{
    out[0] = '\0';
    if (!bound->infinite)
        rational_print_exact(bound->value, out, RULE_NUMBER_CHARS);
}

static void print_number(const struct interval *interval, struct rule_number *out)
{
    out->qualifier = interval->qualifier;
    rational_print_exact(interval->value, out->value, RULE_NUMBER_CHARS);
    print_bound(&interval->low, out->low);
    print_bound(&interval->high, out->high);
}

/* The word for a sum; its ends say the rest. */
static void print_sum(struct interval *sum, struct rule_number *out)
{
    bool exact = !sum->low.infinite && !sum->high.infinite && mpq_equal(sum->low.value, sum->high.value);
    sum->qualifier = exact ? CHISO_EXACT : CHISO_ABOUT;
    print_number(sum, out);
}

/* ---- one term ---- */

static enum rule_gap gap_of(const struct total *total)
{
    if (total->told != TOTAL_TOLD)
        return RULE_GAP_NOT_COMPARABLE;
    if (total->shown.state == SIDE_NONE)
        return RULE_GAP_NOT_REPORTED;
    if (total->shown.state == SIDE_NOT_APPLICABLE)
        return RULE_GAP_NOT_APPLICABLE;
    return interval_is_incomplete(&total->shown) ? RULE_GAP_INCOMPLETE : RULE_GAP_NONE;
}

static bool has_reported(
    const struct store *store, uint32_t unit, struct chiso_period period, uint32_t indicator)
{
    const struct leaf *leaf = store_leaf(store, unit, period, indicator);
    return leaf && leaf->figure.state != FIGURE_NONE;
}

/* Who reported the figure of (UNIT, PERIOD) as such; BASIS is its total's. */
static uint32_t reporter_of(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, const struct indicator *definition, enum basis basis)
{
    size_t count;
    chiso_day last = chiso_period_last(period, definition->calendar);
    if (has_reported(store, unit, period, definition->id_index))
        return unit;
    if (basis != BASIS_REPORTED)
        return CATALOGUE_NONE;
    const struct unit_row *const *children = catalogue_child_rows(catalogue, unit, &count);
    for (size_t i = 0; i < count; i++) {
        if (children[i]->kind == UNIT_DEPARTMENT && unit_row_valid(children[i], last) &&
            has_reported(store, children[i]->code, period, definition->id_index) &&
            catalogue_reporting(catalogue, definition, children[i], last, NULL) == REPORTS_WHOLE)
            return children[i]->code;
    }
    return CATALOGUE_NONE;
}

/* FIGURE receives the term's figure where there is one. */
static int read_term(const struct catalogue *catalogue, const struct store *store, uint32_t indicator,
    struct rule_finding *finding, struct rule_term *out, struct interval *figure)
{
    struct total total;
    chiso_day last = chiso_period_last(finding->period, finding->rule->calendar);
    out->definition = catalogue_indicator_at(catalogue, indicator, last);
    out->gap = RULE_GAP_NOT_REPORTED;
    out->reporter = CATALOGUE_NONE;
    figure->has_value = false;
    if (!out->definition) {
        out->definition = catalogue_indicator(catalogue, indicator);
        return CHISO_OK;
    }
    int error =
        rollup_read(catalogue, store, finding->unit, finding->period, indicator, STORE_NO_LEVEL, &total);
    if (error)
        return error;
    out->gap = gap_of(&total);
    finding->elsewhere = finding->elsewhere || total.told == TOTAL_ELSEWHERE;
    out->reporter =
        reporter_of(catalogue, store, finding->unit, finding->period, out->definition, total.basis);
    if (total.seq > finding->seq)
        finding->seq = total.seq;
    interval_of_side(out->definition, &total.shown, total.scale, figure);
    if (figure->has_value)
        print_number(figure, &out->number);
    return CHISO_OK;
}

/* ---- both sides ---- */

/* Where left − right must lie: at 0, at or below it, … */
static bool is_certain(const struct interval *difference, enum rule_relation relation)
{
    const struct bound *low = &difference->low, *high = &difference->high;
    int above = low->infinite ? -1 : mpq_sgn(low->value), below = high->infinite ? 1 : mpq_sgn(high->value);
    switch (relation) {
    case RULE_EQUAL:
        return above == 0 && below == 0;
    case RULE_AT_MOST:
        return below <= 0;
    case RULE_LESS:
        return below < 0 || (below == 0 && high->open);
    case RULE_AT_LEAST:
        return above >= 0;
    case RULE_GREATER:
        return above > 0 || (above == 0 && low->open);
    }
    return false;
}

static bool is_impossible(const struct interval *difference, enum rule_relation relation)
{
    static const enum rule_relation opposite[] = {[RULE_AT_MOST] = RULE_GREATER,
        [RULE_LESS] = RULE_AT_LEAST,
        [RULE_AT_LEAST] = RULE_LESS,
        [RULE_GREATER] = RULE_AT_MOST};
    if (relation == RULE_EQUAL)
        return is_certain(difference, RULE_LESS) || is_certain(difference, RULE_GREATER);
    return is_certain(difference, opposite[relation]);
}

struct sides {
    struct interval left, right, difference, term;
};

static void sides_init(struct sides *sides)
{
    interval_init(&sides->left);
    interval_init(&sides->right);
    interval_init(&sides->difference);
    interval_init(&sides->term);
}

static void sides_release(struct sides *sides)
{
    interval_release(&sides->left);
    interval_release(&sides->right);
    interval_release(&sides->difference);
    interval_release(&sides->term);
}

static void compare(struct sides *sides, struct rule_finding *finding)
{
    enum rule_relation relation = finding->rule->relation;
    interval_minus(&sides->left, &sides->right, &sides->difference);
    finding->state = is_certain(&sides->difference, relation)      ? RULE_HOLDS
                     : is_impossible(&sides->difference, relation) ? RULE_VIOLATED
                                                                   : RULE_CANNOT_TELL;
    print_sum(&sides->left, &finding->left);
    print_sum(&sides->right, &finding->right);
    print_sum(&sides->difference, &finding->difference);
}

/* Is the violation the unit's matter? */
static bool is_matter(const struct rule_finding *finding, bool ended)
{
    const struct rule_term *terms = finding->terms;
    size_t reported = 0, alike = 0;
    for (size_t i = 0; i < finding->rule->count; i++) {
        reported += terms[i].reporter != CATALOGUE_NONE;
        alike += terms[i].reporter == terms[0].reporter;
    }
    bool all = reported == finding->rule->count;
    bool of_one_department = all && alike == finding->rule->count && terms[0].reporter != finding->unit;
    return reported > 0 && (ended || all) && !of_one_department;
}

static int judge(const struct catalogue *catalogue, const struct store *store, bool ended,
    struct sides *sides, struct rule_finding *finding)
{
    const struct rule *rule = finding->rule;
    size_t there = 0;
    for (size_t i = 0; i < rule->count; i++) {
        struct rule_term *term = &finding->terms[i];
        int error = read_term(catalogue, store, rule->indicators[i], finding, term, &sides->term);
        if (error)
            return error;
        finding->has_figure = finding->has_figure || sides->term.has_value;
        if (term->gap != RULE_GAP_NONE || !sides->term.has_value)
            continue;
        there++;
        interval_add(i < rule->left_count ? &sides->left : &sides->right, &sides->term);
    }
    if (there < rule->count)
        return CHISO_OK;
    compare(sides, finding);
    finding->is_alerted = finding->state == RULE_VIOLATED && is_matter(finding, ended);
    return CHISO_OK;
}

int rule_judge(const struct catalogue *catalogue, const struct store *store, const struct rule *rule,
    uint32_t unit, struct chiso_period period, chiso_instant_ms now, struct rule_finding *out)
{
    struct rule_finding finding = {.rule = rule, .unit = unit, .period = period, .state = RULE_NOT_JUDGED};
    chiso_day last = chiso_period_last(period, rule->calendar);
    struct sides sides;
    if (!catalogue_unit_at(catalogue, unit, last))
        return CHISO_ENOTFOUND;
    sides_init(&sides);
    int error = judge(catalogue, store, last < chiso_day_at(now), &sides, &finding);
    sides_release(&sides);
    if (!error)
        *out = finding;
    return error;
}

int rule_violations(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, chiso_instant_ms now, const struct rule *out[],
    size_t capacity, size_t *count, bool *elsewhere)
{
    size_t rule_count, found = 0;
    const uint32_t *rules = catalogue_rules_of(catalogue, indicator, &rule_count);
    *elsewhere = false;
    for (size_t i = 0; i < rule_count && found < capacity; i++) {
        struct rule_finding finding;
        int error =
            rule_judge(catalogue, store, catalogue_rule(catalogue, rules[i]), unit, period, now, &finding);
        if (error)
            return error;
        if (finding.state == RULE_VIOLATED)
            out[found++] = finding.rule;
        *elsewhere = *elsewhere || finding.elsewhere;
    }
    *count = found;
    return CHISO_OK;
}
