#include "core/interval.h"

static void bound_init(struct bound *bound)
{
    mpq_init(bound->value);
    bound->infinite = bound->open = false;
}

static void bound_set(struct bound *bound, const mpq_t value, bool open)
{
    mpq_set(bound->value, value);
    bound->infinite = false;
    bound->open = open;
}

static void bound_set_infinite(struct bound *bound)
{
    mpq_set_ui(bound->value, 0, 1);
    bound->infinite = bound->open = true;
}

void interval_init(struct interval *interval)
{
    *interval = (struct interval){0};
    mpq_init(interval->value);
    bound_init(&interval->low);
    bound_init(&interval->high);
}

void interval_release(struct interval *interval)
{
    mpq_clears(interval->value, interval->low.value, interval->high.value, NULL);
}

bool interval_is_incomplete(const struct side *side)
{
    return side->partial > 0 || side->reported < side->expected;
}

/* ---- operands ---- */

/* Moves the bound that ABOUT gives by TOLERANCE per cent of its sum, downwards or upwards. */
static void add_tolerance(mpq_t bound, const mpq_t about, struct chiso_decimal tolerance, bool upwards)
{
    mpq_t part, hundred;
    mpq_inits(part, hundred, NULL);
    rational_set_decimal(part, tolerance);
    mpq_set_ui(hundred, 100, 1);
    mpq_div(part, part, hundred);
    mpq_mul(part, part, about);
    if (upwards)
        mpq_add(bound, bound, part);
    else
        mpq_sub(bound, bound, part);
    mpq_clears(part, hundred, NULL);
}

/* The sums of one operand → where its truth lies; HAS_MINIMUM: not below 0. */
static void operand_of_sums(const struct sums *sums, unsigned scale, bool has_minimum,
    struct chiso_decimal tolerance, struct interval *out)
{
    mpq_t about, bounded;
    mpq_inits(about, bounded, NULL);
    const wide *sum = sums->sum;
    const uint32_t *count = sums->count;
    out->has_value = true;
    rational_set_wide(out->value, sums_value(sums), scale);
    rational_set_wide(about, sum[CHISO_ABOUT], scale);
    rational_set_wide(bounded, sum[CHISO_BELOW] + sum[CHISO_AT_MOST], scale);
    bool has_upper = count[CHISO_BELOW] > 0 || count[CHISO_AT_MOST] > 0;

    bound_set(&out->low, out->value, false);
    mpq_sub(out->low.value, out->low.value, bounded);
    add_tolerance(out->low.value, about, tolerance, false);
    if (has_upper && !has_minimum)
        bound_set_infinite(&out->low);
    else if (has_minimum && mpq_sgn(out->low.value) < 0)
        mpq_set_ui(out->low.value, 0, 1);

    bound_set(&out->high, out->value, count[CHISO_BELOW] > 0);
    add_tolerance(out->high.value, about, tolerance, true);
    if (count[CHISO_AT_LEAST] > 0)
        bound_set_infinite(&out->high);
    mpq_clears(about, bounded, NULL);
}

static void scale_by_factor(struct interval *interval, struct chiso_decimal factor)
{
    mpq_t by;
    mpq_init(by);
    rational_set_decimal(by, factor);
    mpq_mul(interval->value, interval->value, by);
    mpq_mul(interval->low.value, interval->low.value, by);
    mpq_mul(interval->high.value, interval->high.value, by);
    mpq_clear(by);
}

/* ---- quotients ---- */

/* n.lo / d.hi to n.hi / d.lo, with x/∞ = 0 and x/0 = ∞. */
static void quotient_bounds(const struct interval *n, const struct interval *d, struct interval *out)
{
    if (d->high.infinite) {
        mpq_set_ui(out->low.value, 0, 1);
        out->low.infinite = false;
    } else {
        mpq_div(out->low.value, n->low.value, d->high.value);
        out->low.infinite = false;
    }
    out->low.open = n->low.open || d->high.open;
    if (n->high.infinite || mpq_sgn(d->low.value) == 0) {
        bound_set_infinite(&out->high);
        return;
    }
    mpq_div(out->high.value, n->high.value, d->low.value);
    out->high.infinite = false;
    out->high.open = n->high.open || d->low.open;
}

static void quotient(const struct indicator *indicator, const struct interval *n, const struct interval *d,
    struct interval *out)
{
    bool is_zero = mpq_sgn(d->value) == 0;
    if (is_zero) {
        out->has_value = indicator->zero_denominator != ZERO_NOT_APPLICABLE;
        mpq_set_ui(out->value, indicator->zero_denominator == ZERO_FULL, 1);
    } else {
        out->has_value = true;
        mpq_div(out->value, n->value, d->value);
    }
    if (is_zero && !d->high.infinite && mpq_sgn(d->high.value) == 0) {
        bound_set(&out->low, out->value, false);
        bound_set(&out->high, out->value, false);
        return;
    }
    quotient_bounds(n, d, out);
}

/* ---- how a figure prints ---- */

enum { WORD_ESTIMATE = 1, WORD_AT_LEAST = 2, WORD_BELOW = 4, WORD_AT_MOST = 8, WORD_ABOUT = 16 };

static unsigned words_of(const struct sums *sums, bool below_the_line)
{
    static const unsigned above[CHISO_QUALIFIERS] = {[CHISO_ESTIMATE] = WORD_ESTIMATE,
        [CHISO_AT_LEAST] = WORD_AT_LEAST,
        [CHISO_BELOW] = WORD_BELOW,
        [CHISO_AT_MOST] = WORD_AT_MOST,
        [CHISO_ABOUT] = WORD_ABOUT};
    /* A denominator's bound counts the other way round. */
    static const unsigned below[CHISO_QUALIFIERS] = {[CHISO_ESTIMATE] = WORD_ESTIMATE,
        [CHISO_AT_LEAST] = WORD_AT_MOST,
        [CHISO_BELOW] = WORD_AT_LEAST,
        [CHISO_AT_MOST] = WORD_AT_LEAST,
        [CHISO_ABOUT] = WORD_ABOUT};
    unsigned words = 0;
    for (int q = 0; q < CHISO_QUALIFIERS; q++) {
        if (sums->count[q] > 0)
            words |= below_the_line ? below[q] : above[q];
    }
    return words;
}

static enum chiso_qualifier qualifier_of(unsigned words)
{
    bool up = words & WORD_AT_LEAST, down = words & (WORD_BELOW | WORD_AT_MOST);
    if ((words & WORD_ABOUT) || (up && down))
        return CHISO_ABOUT;
    if (up)
        return CHISO_AT_LEAST;
    if (down)
        return words & WORD_BELOW ? CHISO_BELOW : CHISO_AT_MOST;
    return words & WORD_ESTIMATE ? CHISO_ESTIMATE : CHISO_EXACT;
}

/* ---- missing reports ---- */

/* S2's last column. What is not a sum of counts cannot be bounded by what is in. */
static void widen_for_missing(const struct indicator *indicator, struct interval *interval)
{
    bool only_grows = (indicator->measure == MEASURE_COUNT || indicator->measure == MEASURE_AMOUNT) &&
                      indicator->has_minimum;
    if (!only_grows)
        bound_set_infinite(&interval->low);
    bound_set_infinite(&interval->high);
}

static bool divides(const struct indicator *indicator, const struct side *side)
{
    return side->state == SIDE_PAIR && indicator->measure != MEASURE_RANK;
}

static bool operands_have_minimum(const struct indicator *indicator)
{
    return indicator->has_minimum || indicator->measure == MEASURE_RATIO ||
           indicator->measure == MEASURE_MEAN;
}

void interval_of_side(
    const struct indicator *indicator, const struct side *side, uint8_t scale, struct interval *interval)
{
    interval->has_value = false;
    interval->qualifier = CHISO_EXACT;
    if (side->state == SIDE_NONE || side->state == SIDE_NOT_APPLICABLE) {
        bound_set_infinite(&interval->low);
        bound_set_infinite(&interval->high);
        return;
    }
    struct chiso_decimal tolerance = indicator->about_tolerance;
    unsigned words = words_of(&side->numerator, false);
    if (divides(indicator, side)) {
        struct interval n, d;
        interval_init(&n);
        interval_init(&d);
        operand_of_sums(&side->numerator, scale, true, tolerance, &n);
        operand_of_sums(&side->denominator, scale, true, tolerance, &d);
        quotient(indicator, &n, &d, interval);
        interval_release(&n);
        interval_release(&d);
        words |= words_of(&side->denominator, true);
    } else {
        operand_of_sums(&side->numerator, scale, operands_have_minimum(indicator), tolerance, interval);
    }
    if (side->state != SIDE_BARE)
        scale_by_factor(interval, indicator->factor);
    interval->qualifier = qualifier_of(words);
    if (interval_is_incomplete(side))
        widen_for_missing(indicator, interval);
}
