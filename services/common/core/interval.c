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

static void bound_add(struct bound *into, const struct bound *part)
{
    mpq_add(into->value, into->value, part->value);
    into->infinite = into->infinite || part->infinite;
    into->open = into->open || part->open;
}

void interval_add(struct interval *into, const struct interval *part)
{
    mpq_add(into->value, into->value, part->value);
    bound_add(&into->low, &part->low);
    bound_add(&into->high, &part->high);
    into->has_value = true;
}

static void bound_set_difference(struct bound *out, const struct bound *a, const struct bound *b)
{
    mpq_sub(out->value, a->value, b->value);
    out->infinite = a->infinite || b->infinite;
    out->open = a->open || b->open;
}

void interval_minus(const struct interval *a, const struct interval *b, struct interval *out)
{
    out->has_value = true;
    mpq_sub(out->value, a->value, b->value);
    bound_set_difference(&out->low, &a->low, &b->high);
    bound_set_difference(&out->high, &a->high, &b->low);
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
    rational_set_wide(out->value, sums_value(sums, JOIN_SUM), scale);
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

/* ---- extremes ---- */

/* An end as a place on the line: an open high end is a little before its value. */
static int compare_ends(const struct bound *a, const struct bound *b, int infinity)
{
    if (a->infinite || b->infinite)
        return infinity * ((int)a->infinite - (int)b->infinite);
    int order = mpq_cmp(a->value, b->value);
    return order || infinity < 0 ? order : (int)b->open - (int)a->open;
}

static void keep_end(struct bound *into, const struct bound *end, int infinity, bool smallest)
{
    int order = compare_ends(end, into, infinity);
    if (smallest ? order >= 0 : order <= 0)
        return;
    mpq_set(into->value, end->value);
    into->infinite = end->infinite;
    into->open = end->open;
}

static void interval_of_class(const struct sums *sums, int class, unsigned scale, bool has_minimum,
    struct chiso_decimal tolerance, struct interval *out)
{
    struct sums one = {0};
    one.sum[class] = sums->sum[class];
    one.count[class] = 1;
    operand_of_sums(&one, scale, has_minimum, tolerance, out);
}

/* An extreme lies between the extreme of the low ends and that of the high ends (S3). */
static void extreme_of_sums(const struct indicator *indicator, const struct sums *sums, unsigned scale,
    struct interval *out, struct sums *printed)
{
    bool smallest = indicator->measure == MEASURE_MIN, any = false;
    struct interval one;
    interval_init(&one);
    rational_set_wide(out->value, sums_value(sums, smallest ? JOIN_MIN : JOIN_MAX), scale);
    for (int q = 0; q < CHISO_QUALIFIERS; q++) {
        if (sums->count[q] == 0)
            continue;
        interval_of_class(sums, q, scale, indicator->has_minimum, indicator->about_tolerance, &one);
        if (!any) {
            bound_set(&out->low, one.low.value, one.low.open);
            bound_set(&out->high, one.high.value, one.high.open);
            out->low.infinite = one.low.infinite;
            out->high.infinite = one.high.infinite;
        } else {
            keep_end(&out->low, &one.low, -1, smallest);
            keep_end(&out->high, &one.high, 1, smallest);
        }
        any = true;
        /* The figures that have the printed value or could pass it lend it their qualifiers. */
        const struct bound *reach = smallest ? &one.low : &one.high;
        int passes = reach->infinite ? 1 : mpq_cmp(reach->value, out->value) * (smallest ? -1 : 1);
        if (passes > 0 || mpq_equal(one.value, out->value))
            printed->count[q] = sums->count[q];
    }
    out->has_value = any;
    interval_release(&one);
}

/* ---- shares ---- */

/* Ones of all units that are expected; one whose report is missing may be either (S2's last column), also where
 * an older one of it is in: a partial value bounds nothing. */
static void share_of_units(
    const struct indicator *indicator, const struct side *side, unsigned scale, struct interval *out)
{
    mpq_t units, missing;
    out->has_value = side->expected > 0;
    if (!out->has_value)
        return;
    mpq_inits(units, missing, NULL);
    operand_of_sums(&side->numerator, scale, true, indicator->about_tolerance, out);
    mpq_set_ui(units, side->expected, 1);
    mpq_set_ui(missing, side->expected - side->reported, 1);
    if (!out->high.infinite)
        mpq_add(out->high.value, out->high.value, missing);
    if (out->high.infinite || mpq_cmp(out->high.value, units) > 0)
        bound_set(&out->high, units, false);
    mpq_div(out->value, out->value, units);
    mpq_div(out->low.value, out->low.value, units);
    mpq_div(out->high.value, out->high.value, units);
    mpq_clears(units, missing, NULL);
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
    if (indicator->measure == MEASURE_SHARE)
        return; /* its missing units are counted */
    if (indicator->measure == MEASURE_MAX) {
        bound_set_infinite(&interval->high);
        return;
    }
    if (indicator->measure == MEASURE_MIN) {
        if (indicator->has_minimum)
            mpq_set_ui(interval->low.value, 0, 1);
        else
            bound_set_infinite(&interval->low);
        return;
    }
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
    } else if (indicator->measure == MEASURE_MIN || indicator->measure == MEASURE_MAX) {
        struct sums printed = {0};
        extreme_of_sums(indicator, &side->numerator, scale, interval, &printed);
        words = words_of(&printed, false);
    } else if (indicator->measure == MEASURE_SHARE && side->state == SIDE_VALUE) {
        share_of_units(indicator, side, scale, interval);
    } else {
        operand_of_sums(&side->numerator, scale, operands_have_minimum(indicator), tolerance, interval);
    }
    if (side->state != SIDE_BARE)
        scale_by_factor(interval, indicator->factor);
    interval->qualifier = qualifier_of(words);
    if (interval_is_incomplete(side))
        widen_for_missing(indicator, interval);
}
