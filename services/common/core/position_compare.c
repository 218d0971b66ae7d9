/* One figure against one target on one day: the comparison without clock and other windows.
 *
 * The truth lies in an interval, so each end is judged on its own, and where they differ the answer is what
 * both have in common (S4 "Two interval ends that differ"). A band (between) is also judged at a point
 * inside, because an interval that reaches over both its bounds has two bad ends and may still be good. */
#include "core/goal.h"
#include "core/position.h"

struct point {
    const __mpq_struct *value;
    int infinite; /* -1, 0, +1 */
    bool just_below; /* an open high end: the truth is below VALUE, however little */
};

#define POINTS_MAX 3

static bool point_reaches(const struct goal *goal, const struct point *point)
{
    if (point->infinite)
        return goal_is_upwards(goal) == (point->infinite > 0);
    if (point->just_below && mpq_cmp(point->value, goal->value) == 0)
        return goal->shape == GOAL_AT_MOST || goal->shape == GOAL_BELOW;
    return goal_reaches(goal, point->value, NULL);
}

/* Is the shortfall S within TOLERANCE? EXCLUSIVE: only below it. */
static bool is_within(const mpq_t s, const mpq_t tolerance, bool exclusive)
{
    int order = mpq_cmp(s, tolerance);
    return exclusive ? order < 0 : order <= 0;
}

static enum position point_against_expected(
    const struct goal *goal, const struct point *point, const mpq_t expected)
{
    if (point->infinite)
        return point_reaches(goal, point) ? POSITION_ON_TRACK : POSITION_BEHIND;
    mpq_t s;
    mpq_init(s);
    goal_shortfall(goal, point->value, expected, s);
    bool upwards = goal_is_upwards(goal);
    /* Just below: the true shortfall is a little more upwards, a little less downwards. */
    bool open = point->just_below && upwards;
    bool strict = (goal->shape == GOAL_ABOVE || goal->shape == GOAL_BELOW) && mpq_sgn(goal->amber) == 0 &&
                  !(point->just_below && !upwards);
    enum position position = POSITION_BEHIND;
    if (is_within(s, goal->amber, open || strict))
        position = POSITION_ON_TRACK;
    else if (is_within(s, goal->red, open))
        position = POSITION_AT_RISK;
    mpq_clear(s);
    return position;
}

static enum position point_against_goal(
    const struct target *target, const struct goal *goal, const struct point *point, chiso_day t)
{
    bool reaches = point_reaches(goal, point);
    if (t >= target->due)
        return reaches ? POSITION_MET : POSITION_MISSED;
    if (reaches && !goal->keeps)
        return POSITION_MET;
    mpq_t expected;
    mpq_init(expected);
    enum position position = POSITION_NOT_DUE;
    if (goal_expected(target, goal, t, expected))
        position = point_against_expected(goal, point, expected);
    mpq_clear(expected);
    return position;
}

/* The worse position counts, of two bounds at one point. */
static enum position worse(enum position a, enum position b)
{
    static const int badness[POSITIONS] = {[POSITION_MET] = 0,
        [POSITION_ON_TRACK] = 1,
        [POSITION_NOT_DUE] = 2,
        [POSITION_AT_RISK] = 3,
        [POSITION_BEHIND] = 4,
        [POSITION_MISSED] = 5};
    return badness[a] >= badness[b] ? a : b;
}

static enum position point_position(
    const struct target *target, const struct goals *goals, const struct point *point, chiso_day t)
{
    enum position position = point_against_goal(target, &goals->list[0], point, t);
    if (goals->count > 1)
        position = worse(position, point_against_goal(target, &goals->list[1], point, t));
    return position;
}

static enum position in_common(enum position a, enum position b)
{
    if (a == b)
        return a;
    if ((a == POSITION_MET || a == POSITION_ON_TRACK) && (b == POSITION_MET || b == POSITION_ON_TRACK))
        return POSITION_ON_TRACK;
    if ((a == POSITION_AT_RISK || a == POSITION_BEHIND) && (b == POSITION_AT_RISK || b == POSITION_BEHIND))
        return POSITION_AT_RISK;
    return POSITION_CANNOT_TELL;
}

static bool lies_inside(const struct interval *figure, const mpq_t value)
{
    return (figure->low.infinite || mpq_cmp(figure->low.value, value) < 0) &&
           (figure->high.infinite || mpq_cmp(value, figure->high.value) < 0);
}

static size_t points_of(
    const struct interval *figure, const struct goals *goals, struct point points[POINTS_MAX])
{
    size_t count = 0;
    const struct bound *low = &figure->low, *high = &figure->high;
    points[count++] = (struct point){.value = low->value, .infinite = low->infinite ? -1 : 0};
    points[count++] =
        (struct point){.value = high->value, .infinite = high->infinite, .just_below = high->open};
    if (goals->count > 1 && lies_inside(figure, goals->list[0].value))
        points[count++] = (struct point){.value = goals->list[0].value};
    return count;
}

static void explain(const struct target *target, const struct goals *goals, const struct interval *figure,
    chiso_day t, struct judgement *detail)
{
    const struct goal *goal = goals_nearest(goals, figure->has_value ? figure->value : NULL);
    detail->has_expected = goal_expected(target, goal, t, detail->expected);
    detail->has_shortfall = detail->has_expected && figure->has_value;
    if (detail->has_shortfall)
        goal_shortfall(goal, figure->value, detail->expected, detail->shortfall);
}

enum position position_compare(const struct indicator *indicator, const struct target *target,
    const struct interval *figure, chiso_day t, struct judgement *detail)
{
    struct goals goals;
    struct point points[POINTS_MAX];
    goals_init(&goals, target, indicator->direction);
    if (detail)
        explain(target, &goals, figure, t, detail);
    enum position position = POSITION_NOT_DUE;
    if (figure->has_value) {
        size_t count = points_of(figure, &goals, points);
        position = point_position(target, &goals, &points[0], t);
        for (size_t i = 1; i < count; i++)
            position = in_common(position, point_position(target, &goals, &points[i], t));
    }
    goals_release(&goals);
    return position;
}
