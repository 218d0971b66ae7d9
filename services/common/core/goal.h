/* What one target asks for (STATISTICS S4): one bound or, for between without direction, two, each with its
 * shape, its curve and its tolerances. position.c and row.c build on this; nobody else needs it. */
#ifndef CORE_GOAL_H
#define CORE_GOAL_H

#include "core/catalogue.h"
#include "core/interval.h"
#include "core/rational.h"

enum goal_shape { GOAL_AT_LEAST, GOAL_ABOVE, GOAL_AT_MOST, GOAL_BELOW };

struct goal {
    enum goal_shape shape;
    mpq_t value; /* T */
    mpq_t amber, red; /* in the printed unit; per cent are of |T − b|, and of |T| also where maintain has no
                         value but holds its baseline: from there is no way to go (this project's choice) */
    enum target_curve curve; /* HOLD also for maintain, and for a bound of between that the baseline meets */
    bool keeps; /* hold and maintain: before D a reached T is on track, not met */
};

#define GOALS_MAX 2
struct goals {
    size_t count;
    struct goal list[GOALS_MAX];
};

/* BEFORE is the nominal figure of the same window a year before, which increase_each_year aims at; NULL:
 * there is none, and that shape has no goal. Other shapes do not look at it. Release with goals_release. */
void goals_init(
    struct goals *goals, const struct target *target, enum direction direction, mpq_srcptr before);
void goals_release(struct goals *goals);

/* E(t) of GOAL; false: nothing is expected at T yet. On and after the due date E is T. The working days of
 * the curve cumulative are CATALOGUE's; the other curves do without (NULL). */
bool goal_expected(const struct catalogue *catalogue, const struct target *target, const struct goal *goal,
    chiso_day t, mpq_t out);

/* Does the exact value X reach the goal's T? NULL for T: the goal's own value, otherwise that one (an E(t)).
 */
bool goal_reaches(const struct goal *goal, const mpq_t x, const mpq_t instead_of_t);

/* T − x for a goal upwards, x − T downwards: positive where X falls short. */
void goal_shortfall(const struct goal *goal, const mpq_t x, const mpq_t expected, mpq_t out);

/* The goal that a value is shown against: of two the one whose bound is nearer. X may be NULL: the first. */
const struct goal *goals_nearest(const struct goals *goals, const mpq_t x);

static inline bool goal_is_upwards(const struct goal *goal)
{
    return goal->shape == GOAL_AT_LEAST || goal->shape == GOAL_ABOVE;
}

#endif
