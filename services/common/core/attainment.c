#include "core/attainment.h"

#include "core/goal.h"

/* ---- one figure ---- */

static void clamp(mpq_t value)
{
    if (mpq_sgn(value) < 0)
        mpq_set_ui(value, 0, 1);
    else if (mpq_cmp_ui(value, 1, 1) > 0)
        mpq_set_ui(value, 1, 1);
}

/* ABOVE / BELOW, or without a quotient whether the goal is reached. */
static void set_quotient(
    const struct goal *goal, const mpq_t x, const mpq_t above, const mpq_t below, mpq_t out)
{
    if (mpq_sgn(below) == 0) {
        mpq_set_ui(out, goal_reaches(goal, x, NULL), 1);
        return;
    }
    mpq_div(out, above, below);
    clamp(out);
}

static void attain_goal(const struct target *target, const struct goal *goal, const mpq_t x, mpq_t out)
{
    mpq_t baseline, way, passed;
    mpq_inits(baseline, way, passed, NULL);
    if (target->has_baseline) {
        rational_set_decimal(baseline, target->baseline);
        mpq_sub(passed, x, baseline);
        mpq_sub(way, goal->value, baseline);
        set_quotient(goal, x, passed, way, out);
    } else if (mpq_sgn(x) == 0 || mpq_sgn(goal->value) == 0) {
        mpq_set_ui(out, goal_reaches(goal, x, NULL), 1);
    } else if (goal_is_upwards(goal)) {
        set_quotient(goal, x, x, goal->value, out);
    } else {
        set_quotient(goal, x, goal->value, x, out);
    }
    mpq_clears(baseline, way, passed, NULL);
}

bool attainment_of(
    const struct target *target, enum direction direction, const mpq_t x, mpq_srcptr before, mpq_t out)
{
    struct goals goals;
    mpq_t one;
    mpq_init(one);
    goals_init(&goals, target, direction, before);
    bool asks = goals.count > 0;
    for (size_t i = 0; i < goals.count; i++) {
        attain_goal(target, &goals.list[i], x, one);
        if (i == 0 || mpq_cmp(one, out) < 0)
            mpq_set(out, one);
    }
    goals_release(&goals);
    mpq_clear(one);
    return asks;
}

/* ---- a pillar ---- */

/* A target counts as decided at these positions; overdue is left out of what is asked here (see
 * judgement.on_figure). */
static bool is_decided(enum position position)
{
    switch (position) {
    case POSITION_MET:
    case POSITION_MISSED:
    case POSITION_REACHED_LATE:
    case POSITION_ON_TRACK:
    case POSITION_AT_RISK:
    case POSITION_BEHIND:
        return true;
    case POSITION_NO_TARGET:
    case POSITION_NOT_COMPARABLE:
    case POSITION_OVERDUE:
    case POSITION_NOT_DUE:
    case POSITION_CANNOT_TELL:
        break;
    }
    return false;
}

void attainment_init(struct attainment *attainment)
{
    *attainment = (struct attainment){0};
    mpq_init(attainment->score);
}

void attainment_release(struct attainment *attainment)
{
    mpq_clear(attainment->score);
}

/* The latest judged window of INDICATOR's cadence that ends inside PERIOD; false: there is none. */
static bool latest_window(const struct catalogue *catalogue, uint32_t indicator, struct chiso_period period,
    chiso_instant_ms now, struct chiso_period *out)
{
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    chiso_day last = chiso_period_last(period, calendar), yesterday = chiso_day_at(now) - 1;
    if (yesterday < last)
        last = yesterday;
    const struct indicator *definition = catalogue_indicator_at(catalogue, indicator, last);
    if (!definition || definition->cadence.window == CHISO_PERIOD_NONE)
        return false;
    *out = chiso_period_at(definition->cadence.window, last, calendar);
    if (out->kind != CHISO_PERIOD_NONE && chiso_period_last(*out, calendar) > last)
        *out = chiso_period_previous(*out);
    return out->kind != CHISO_PERIOD_NONE &&
           chiso_period_last(*out, calendar) >= chiso_period_first(period, calendar);
}

/* Adds one target's attainment to the sum in OUT->score, if WINDOW decides it. */
static int add_target(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period window, const struct indicator *definition, int level, chiso_instant_ms now,
    struct attainment *out)
{
    uint32_t indicator = definition->id_index;
    struct total total;
    struct judgement judgement;
    int error = rollup_read(catalogue, store, unit, window, indicator, level, &total);
    if (error)
        return error == CHISO_ENOTFOUND ? CHISO_OK : error;
    mpq_t attained;
    mpq_init(attained);
    judgement_init(&judgement);
    error = position_judge(catalogue, store, unit, window, indicator, level, &total, now, &judgement);
    if (!error && judgement.target) {
        out->targets++;
        if (is_decided(judgement.on_figure) &&
            attainment_of(judgement.target, definition->direction, judgement.judged.value,
                judgement.has_before ? judgement.before : NULL, attained)) {
            out->decided++;
            mpq_add(out->score, out->score, attained);
        }
    }
    judgement_release(&judgement);
    mpq_clear(attained);
    return error;
}

/* The figure of a former unit of the same code is not that of the unit that the period belongs to (S5). */
static bool is_another_unit(const struct catalogue *catalogue, uint32_t unit, chiso_day last, chiso_day t)
{
    const struct unit_row *asked = catalogue_unit_at(catalogue, unit, last);
    const struct unit_row *then = catalogue_unit_at(catalogue, unit, t);
    return asked && then && asked->identity != then->identity;
}

static int add_indicator(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    uint32_t indicator, struct chiso_period period, chiso_instant_ms now, struct attainment *out)
{
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    struct chiso_period window;
    size_t count;
    catalogue_targets(catalogue, indicator, &count);
    if (count == 0 || !latest_window(catalogue, indicator, period, now, &window))
        return CHISO_OK;
    chiso_day t = chiso_period_last(window, calendar);
    const struct indicator *definition = catalogue_indicator_at(catalogue, indicator, t);
    if (!definition || is_another_unit(catalogue, unit, chiso_period_last(period, calendar), t))
        return CHISO_OK;
    int error = add_target(catalogue, store, unit, window, definition, STORE_NO_LEVEL, now, out);
    for (int kind = 0; kind < UNIT_KINDS && !error && rollup_has_levels(definition); kind++) {
        if (definition->level_kinds & (1u << kind))
            error = add_target(catalogue, store, unit, window, definition, kind, now, out);
    }
    return error;
}

int attainment_of_pillar(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    uint32_t pillar, struct chiso_period period, chiso_instant_ms now, struct attainment *out)
{
    int error = CHISO_OK;
    out->targets = out->decided = 0;
    mpq_set_ui(out->score, 0, 1);
    for (uint32_t i = 0; i < catalogue_indicator_count(catalogue) && !error; i++) {
        if (catalogue_indicator(catalogue, i)->pillar == pillar)
            error = add_indicator(catalogue, store, unit, i, period, now, out);
    }
    if (out->decided > 0) {
        mpq_t count;
        mpq_init(count);
        mpq_set_ui(count, out->decided, 1);
        mpq_div(out->score, out->score, count);
        mpq_clear(count);
    }
    return error;
}
