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
    bool just_above; /* an open low end, looked at only where two figures are compared */
};

#define POINTS_MAX 3

static bool point_reaches(const struct goal *goal, const struct point *point)
{
    if (point->infinite)
        return goal_is_upwards(goal) == (point->infinite > 0);
    if (point->just_below && mpq_cmp(point->value, goal->value) == 0)
        return goal->shape == GOAL_AT_MOST || goal->shape == GOAL_BELOW;
    if (point->just_above && mpq_cmp(point->value, goal->value) == 0)
        return goal_is_upwards(goal);
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
    /* Just below: the true shortfall is a little more upwards, a little less downwards; just above: the other
     * way round. */
    bool open = upwards ? point->just_below : point->just_above;
    bool less = upwards ? point->just_above : point->just_below;
    bool strict =
        (goal->shape == GOAL_ABOVE || goal->shape == GOAL_BELOW) && mpq_sgn(goal->amber) == 0 && !less;
    enum position position = POSITION_BEHIND;
    if (is_within(s, goal->amber, open || strict))
        position = POSITION_ON_TRACK;
    else if (is_within(s, goal->red, open))
        position = POSITION_AT_RISK;
    mpq_clear(s);
    return position;
}

/* A target, what it asks for, and when. */
struct aim {
    const struct catalogue *catalogue;
    const struct target *target;
    struct goals goals;
    chiso_day t;
};

static enum position point_against_goal(
    const struct aim *aim, const struct goal *goal, const struct point *point)
{
    bool reaches = point_reaches(goal, point);
    if (aim->t >= aim->target->due)
        return reaches ? POSITION_MET : POSITION_MISSED;
    if (reaches && !goal->keeps)
        return POSITION_MET;
    mpq_t expected;
    mpq_init(expected);
    enum position position = POSITION_NOT_DUE;
    if (goal_expected(aim->catalogue, aim->target, goal, aim->t, expected))
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

static enum position point_position(const struct aim *aim, const struct point *point)
{
    enum position position = point_against_goal(aim, &aim->goals.list[0], point);
    if (aim->goals.count > 1)
        position = worse(position, point_against_goal(aim, &aim->goals.list[1], point));
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

static size_t points_of(const struct interval *figure, const struct aim *aim, struct point points[POINTS_MAX])
{
    size_t count = 0;
    const struct goals *goals = &aim->goals;
    const struct bound *low = &figure->low, *high = &figure->high;
    points[count++] = (struct point){.value = low->value,
        .infinite = low->infinite ? -1 : 0,
        .just_above = low->open && aim->target->shape == TARGET_INCREASE_EACH_YEAR};
    points[count++] =
        (struct point){.value = high->value, .infinite = high->infinite, .just_below = high->open};
    if (goals->count > 1 && lies_inside(figure, goals->list[0].value))
        points[count++] = (struct point){.value = goals->list[0].value};
    return count;
}

static void explain(const struct aim *aim, const struct interval *figure, struct judgement *detail)
{
    const struct goal *goal = goals_nearest(&aim->goals, figure->has_value ? figure->value : NULL);
    detail->has_expected = goal_expected(aim->catalogue, aim->target, goal, aim->t, detail->expected);
    detail->has_shortfall = detail->has_expected && figure->has_value;
    if (detail->has_shortfall)
        goal_shortfall(goal, figure->value, detail->expected, detail->shortfall);
}

static enum position compare(const struct aim *aim, const struct interval *figure)
{
    struct point points[POINTS_MAX];
    size_t count = points_of(figure, aim, points);
    enum position position = point_position(aim, &points[0]);
    for (size_t i = 1; i < count; i++)
        position = in_common(position, point_position(aim, &points[i]));
    return position;
}

/* Against a figure that is not known exactly either: its doubt is added to FIGURE's (S3, a difference), and
 * what remains is a comparison with its nominal value. */
static enum position compare_with_year_before(
    const struct aim *aim, const struct interval *figure, const struct interval *before)
{
    struct interval doubtful;
    interval_init(&doubtful);
    interval_minus(figure, before, &doubtful);
    mpq_add(doubtful.low.value, doubtful.low.value, before->value);
    mpq_add(doubtful.high.value, doubtful.high.value, before->value);
    enum position position = compare(aim, &doubtful);
    interval_release(&doubtful);
    return position;
}

enum position position_compare(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct target *target, const struct interval *figure, const struct interval *before, chiso_day t,
    struct judgement *detail)
{
    struct aim aim = {.catalogue = catalogue, .target = target, .t = t};
    bool has_before = before && before->has_value;
    enum position position = POSITION_NOT_DUE;
    goals_init(&aim.goals, target, indicator->direction, has_before ? before->value : NULL);
    if (detail && aim.goals.count > 0)
        explain(&aim, figure, detail);
    if (figure->has_value && aim.goals.count == 0)
        position = target->curve == CURVE_HOLD || t >= target->due ? POSITION_CANNOT_TELL : POSITION_NOT_DUE;
    else if (figure->has_value && target->shape == TARGET_INCREASE_EACH_YEAR)
        position = compare_with_year_before(&aim, figure, before);
    else if (figure->has_value)
        position = compare(&aim, figure);
    goals_release(&aim.goals);
    return position;
}
