#include "core/goal.h"

/* Per cent of |T − b|, or of |T|: goal.h. */
static void set_tolerance(
    mpq_t out, struct tolerance tolerance, const struct target *target, const mpq_t value)
{
    rational_set_decimal(out, tolerance.value);
    if (!tolerance.percent)
        return;
    mpq_t base;
    mpq_init(base);
    mpq_set(base, value);
    if (target->has_baseline && !(target->shape == TARGET_MAINTAIN && !target->has_value)) {
        mpq_t baseline;
        mpq_init(baseline);
        rational_set_decimal(baseline, target->baseline);
        mpq_sub(base, base, baseline);
        mpq_clear(baseline);
    }
    mpq_abs(base, base);
    mpq_mul(out, out, base);
    mpq_set_ui(base, 100, 1);
    mpq_div(out, out, base);
    mpq_clear(base);
}

static void add_goal_at(
    struct goals *goals, const struct target *target, enum goal_shape shape, mpq_srcptr value)
{
    struct goal *goal = &goals->list[goals->count++];
    mpq_inits(goal->value, goal->amber, goal->red, NULL);
    goal->shape = shape;
    mpq_set(goal->value, value);
    goal->curve = target->shape == TARGET_MAINTAIN ? CURVE_HOLD : target->curve;
    goal->keeps = goal->curve == CURVE_HOLD;
    set_tolerance(goal->amber, target->amber, target, goal->value);
    set_tolerance(goal->red, target->red, target, goal->value);
}

static void add_goal(
    struct goals *goals, const struct target *target, enum goal_shape shape, struct chiso_decimal value)
{
    mpq_t exact;
    mpq_init(exact);
    rational_set_decimal(exact, value);
    add_goal_at(goals, target, shape, exact);
    mpq_clear(exact);
}

/* A bound of between that the baseline already meets is expected at once. */
static void expect_what_is_met(struct goals *goals, const struct target *target)
{
    if (!target->has_baseline)
        return;
    mpq_t baseline;
    mpq_init(baseline);
    rational_set_decimal(baseline, target->baseline);
    for (size_t i = 0; i < goals->count; i++) {
        if (goal_reaches(&goals->list[i], baseline, NULL))
            goals->list[i].curve = CURVE_HOLD;
    }
    mpq_clear(baseline);
}

static void add_between(struct goals *goals, const struct target *target, enum direction direction)
{
    if (direction != DIRECTION_DOWN)
        add_goal(goals, target, GOAL_AT_LEAST, target->value);
    if (direction != DIRECTION_UP)
        add_goal(goals, target, GOAL_AT_MOST, target->value_high);
    expect_what_is_met(goals, target);
}

void goals_init(struct goals *goals, const struct target *target, enum direction direction, mpq_srcptr before)
{
    static const struct chiso_decimal one = {.value = 1, .scale = 0};
    goals->count = 0;
    switch (target->shape) {
    case TARGET_AT_LEAST:
        add_goal(goals, target, GOAL_AT_LEAST, target->value);
        break;
    case TARGET_ABOVE:
        add_goal(goals, target, GOAL_ABOVE, target->value);
        break;
    case TARGET_AT_MOST:
        add_goal(goals, target, GOAL_AT_MOST, target->value);
        break;
    case TARGET_BELOW:
        add_goal(goals, target, GOAL_BELOW, target->value);
        break;
    case TARGET_BETWEEN:
        add_between(goals, target, direction);
        break;
    case TARGET_MAINTAIN:
        add_goal(goals, target, direction == DIRECTION_DOWN ? GOAL_AT_MOST : GOAL_AT_LEAST,
            target->has_value ? target->value : target->baseline);
        break;
    case TARGET_DONE_BY:
        add_goal(goals, target, GOAL_AT_LEAST, one);
        break;
    case TARGET_INCREASE_EACH_YEAR:
        if (before)
            add_goal_at(goals, target, direction == DIRECTION_DOWN ? GOAL_BELOW : GOAL_ABOVE, before);
        break;
    }
}

void goals_release(struct goals *goals)
{
    for (size_t i = 0; i < goals->count; i++)
        mpq_clears(goals->list[i].value, goals->list[i].amber, goals->list[i].red, NULL);
    goals->count = 0;
}

/* b + (T − b) · PASSED / WHOLE; without a baseline b is 0. */
static void set_on_way(
    const struct target *target, const struct goal *goal, long passed, long whole, mpq_t out)
{
    mpq_t baseline, share;
    mpq_inits(baseline, share, NULL);
    if (target->has_baseline)
        rational_set_decimal(baseline, target->baseline);
    mpq_set_si(share, passed, (unsigned long)whole);
    mpq_canonicalize(share);
    mpq_sub(out, goal->value, baseline);
    mpq_mul(out, out, share);
    mpq_add(out, out, baseline);
    mpq_clears(baseline, share, NULL);
}

static bool is_expected_on_line(const struct target *target, const struct goal *goal, chiso_day t, mpq_t out)
{
    bool has_line = target->has_baseline && target->baseline_date != CHISO_DAY_FIRST &&
                    target->due != CHISO_DAY_LAST && target->baseline_date < target->due;
    if (!has_line)
        return false;
    long passed = t < target->baseline_date ? 0 : (long)t - target->baseline_date;
    set_on_way(target, goal, passed, (long)target->due - target->baseline_date, out);
    return true;
}

/* The latest milestone on or before T. */
static bool is_expected_on_steps(const struct target *target, chiso_day t, mpq_t out)
{
    size_t passed = 0;
    while (passed < target->milestone_count && target->milestones[passed].day <= t)
        passed++;
    if (passed == 0)
        return false;
    rational_set_decimal(out, target->milestones[passed - 1].value);
    return true;
}

/* Working days after S, up to and including T, over those up to D. A way without a working day is not due
 * before its end. */
static bool is_expected_by_work(const struct catalogue *catalogue, const struct target *target,
    const struct goal *goal, chiso_day t, mpq_t out)
{
    int whole = catalogue_working_days(catalogue, target->start, target->due);
    if (whole <= 0)
        return false;
    set_on_way(target, goal, catalogue_working_days(catalogue, target->start, t), whole, out);
    return true;
}

bool goal_expected(const struct catalogue *catalogue, const struct target *target, const struct goal *goal,
    chiso_day t, mpq_t out)
{
    if (t >= target->due || goal->curve == CURVE_HOLD) {
        mpq_set(out, goal->value);
        return true;
    }
    switch (goal->curve) {
    case CURVE_LINEAR:
        return is_expected_on_line(target, goal, t, out);
    case CURVE_STEPS:
        return is_expected_on_steps(target, t, out);
    case CURVE_CUMULATIVE:
        return is_expected_by_work(catalogue, target, goal, t, out);
    case CURVE_HOLD:
    case CURVE_DUE:
        break;
    }
    return false;
}

bool goal_reaches(const struct goal *goal, const mpq_t x, const mpq_t instead_of_t)
{
    int order = mpq_cmp(x, instead_of_t ? instead_of_t : goal->value);
    switch (goal->shape) {
    case GOAL_AT_LEAST:
        return order >= 0;
    case GOAL_ABOVE:
        return order > 0;
    case GOAL_AT_MOST:
        return order <= 0;
    case GOAL_BELOW:
        break;
    }
    return order < 0;
}

void goal_shortfall(const struct goal *goal, const mpq_t x, const mpq_t expected, mpq_t out)
{
    if (goal_is_upwards(goal))
        mpq_sub(out, expected, x);
    else
        mpq_sub(out, x, expected);
}

const struct goal *goals_nearest(const struct goals *goals, const mpq_t x)
{
    if (goals->count < 2 || !x)
        return &goals->list[0];
    mpq_t first, second;
    mpq_inits(first, second, NULL);
    mpq_sub(first, x, goals->list[0].value);
    mpq_abs(first, first);
    mpq_sub(second, x, goals->list[1].value);
    mpq_abs(second, second);
    bool is_first = mpq_cmp(first, second) <= 0;
    mpq_clears(first, second, NULL);
    return &goals->list[is_first ? 0 : 1];
}
