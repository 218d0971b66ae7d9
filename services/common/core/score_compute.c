#include "core/score_compute.h"

#include "core/interval.h"
#include "core/rollup.h"
#include <stdlib.h>

int scorer_init(struct scorer *scorer, const struct catalogue *catalogue, const struct store *store,
    struct chiso_period period, chiso_day day)
{
    size_t count = catalogue_index_count(catalogue);
    *scorer = (struct scorer){
        .catalogue = catalogue, .store = store, .period = period, .day = day, .unit = CATALOGUE_NONE};
    scorer->list = calloc(count + 1, sizeof *scorer->list);
    if (!scorer->list)
        return CHISO_ENOMEM;
    for (; scorer->count < count; scorer->count++)
        mpq_inits(scorer->list[scorer->count].points, scorer->list[scorer->count].fraction, NULL);
    return CHISO_OK;
}

void scorer_release(struct scorer *scorer)
{
    for (size_t i = 0; i < scorer->count; i++)
        mpq_clears(scorer->list[i].points, scorer->list[i].fraction, NULL);
    free(scorer->list);
    *scorer = (struct scorer){0};
}

void scorer_begin_unit(struct scorer *scorer, uint32_t unit)
{
    if (scorer->unit == unit)
        return;
    scorer->unit = unit;
    for (size_t i = 0; i < scorer->count; i++)
        scorer->list[i].done = false;
}

/* ---- the figure of a component ---- */

int scorer_read(const struct scorer *scorer, uint32_t indicator, const enum zero_denominator *zero,
    struct score_reading *out, mpq_t value)
{
    const struct indicator *found = catalogue_indicator_at(scorer->catalogue, indicator, scorer->day);
    struct interval interval;
    struct total total;
    *out = (struct score_reading){.state = SCORE_FIGURE_MISSING};
    int error = found ? rollup_read(scorer->catalogue, scorer->store, scorer->unit, scorer->period, indicator,
                            STORE_NO_LEVEL, &total)
                      : CHISO_ENOTFOUND;
    if (error)
        return error == CHISO_ENOTFOUND ? CHISO_OK : error;
    struct indicator definition = *found;
    if (zero)
        definition.zero_denominator = *zero;
    out->factor = definition.factor;
    out->concerns = total.shown.expected > 0;
    if (total.shown.state == SIDE_NONE) {
        out->concerns |= total.told == TOTAL_ELSEWHERE;
        out->state = total.told == TOTAL_ELSEWHERE ? SCORE_FIGURE_ELSEWHERE : SCORE_FIGURE_MISSING;
        return CHISO_OK;
    }
    if (total.shown.state == SIDE_NOT_APPLICABLE) {
        out->state = SCORE_FIGURE_NOT_APPLICABLE;
        return CHISO_OK;
    }
    out->concerns = true;
    out->incomplete = interval_is_incomplete(&total.shown);
    interval_init(&interval);
    interval_of_side(&definition, &total.shown, total.scale, &interval);
    out->state = interval.has_value ? SCORE_FIGURE_VALUE : SCORE_FIGURE_NOT_APPLICABLE;
    mpq_set(value, interval.value);
    interval_release(&interval);
    return CHISO_OK;
}

/* What a component brings: x, and whether there is one. */
struct part {
    enum score_figure state;
    bool incomplete, concerns;
};

static int read_indicator(
    const struct scorer *scorer, const struct index_component *component, struct part *out, mpq_t x)
{
    struct score_reading reading;
    const enum zero_denominator *zero = component->has_zero_denominator ? &component->zero_denominator : NULL;
    int error = scorer_read(scorer, component->indicator, zero, &reading, x);
    if (error)
        return error;
    *out = (struct part){reading.state, reading.incomplete, reading.concerns};
    if (reading.state == SCORE_FIGURE_VALUE) {
        mpq_t factor;
        mpq_init(factor);
        rational_set_decimal(factor, reading.factor);
        mpq_div(x, x, factor);
        mpq_clear(factor);
    }
    return CHISO_OK;
}

static int read_nested(
    struct scorer *scorer, const struct index_component *component, struct part *out, mpq_t x)
{
    static const enum score_figure states[SCORE_STATES] = {[SCORE_MISSING] = SCORE_FIGURE_MISSING,
        [SCORE_NOT_APPLICABLE] = SCORE_FIGURE_NOT_APPLICABLE,
        [SCORE_NOT_COMPARABLE] = SCORE_FIGURE_MISSING,
        [SCORE_ELSEWHERE] = SCORE_FIGURE_ELSEWHERE,
        [SCORE_VALUE] = SCORE_FIGURE_VALUE};
    const struct evaluation *nested;
    int error = scorer_evaluate(scorer, component->nested, &nested);
    if (error)
        return error;
    *out = (struct part){states[nested->state], nested->incomplete, nested->concerns};
    if (nested->state == SCORE_VALUE)
        mpq_set(x, nested->fraction);
    return CHISO_OK;
}

/* ---- its score ---- */

static void score_linear(const struct index_component *component, const mpq_t x, mpq_t out)
{
    mpq_t points, full_at;
    mpq_inits(points, full_at, NULL);
    rational_set_decimal(points, component->points);
    rational_set_decimal(full_at, component->full_at);
    mpq_div(out, x, full_at);
    mpq_mul(out, out, points);
    if (mpq_sgn(out) < 0)
        mpq_set_ui(out, 0, 1);
    if (component->capped && mpq_cmp(out, points) > 0)
        mpq_set(out, points);
    mpq_clears(points, full_at, NULL);
}

static void score_steps(const struct index_component *component, const mpq_t x, mpq_t out)
{
    mpq_t threshold;
    mpq_init(threshold);
    mpq_set_ui(out, 0, 1);
    for (size_t i = 0; i < component->step_count; i++) {
        rational_set_decimal(threshold, component->steps[i].threshold);
        if (mpq_cmp(x, threshold) >= 0)
            rational_set_decimal(out, component->steps[i].points);
    }
    mpq_clear(threshold);
}

/* Scores are never negative: floor(v·10^k + 1/2). */
static void round_half_up(mpq_t value, unsigned decimals)
{
    mpz_t scale;
    mpz_init(scale);
    mpz_ui_pow_ui(scale, 10, decimals);
    mpz_mul(mpq_numref(value), mpq_numref(value), scale);
    mpz_mul_2exp(mpq_numref(value), mpq_numref(value), 1);
    mpz_add(mpq_numref(value), mpq_numref(value), mpq_denref(value));
    mpz_mul_2exp(mpq_denref(value), mpq_denref(value), 1);
    mpz_fdiv_q(mpq_numref(value), mpq_numref(value), mpq_denref(value));
    mpz_set(mpq_denref(value), scale);
    mpq_canonicalize(value);
    mpz_clear(scale);
}

static void score_component(
    const struct index_version *version, const struct index_component *component, const mpq_t x, mpq_t out)
{
    if (component->scoring == SCORING_STEPS)
        score_steps(component, x, out);
    else
        score_linear(component, x, out);
    if (version->component_decimals >= 0)
        round_half_up(out, (unsigned)version->component_decimals);
}

static int read_part(
    struct scorer *scorer, const struct index_component *component, struct part *out, mpq_t x)
{
    return component->nested == CATALOGUE_NONE ? read_indicator(scorer, component, out, x)
                                               : read_nested(scorer, component, out, x);
}

/* ---- the sums ---- */

struct sums_of_index {
    mpq_t weights, points; /* of all components that count: Σ w, Σ w·points */
    mpq_t applicable, scored; /* of those that apply: Σ w·points, Σ w·score */
};

static void add_component(const struct index_version *version, const struct index_component *component,
    const struct part *part, const mpq_t x, struct sums_of_index *sums)
{
    mpq_t weight, points, score;
    mpq_inits(weight, points, score, NULL);
    mpq_set_ui(weight, 1, 1);
    if (version->method == INDEX_WEIGHTED_MEAN)
        rational_set_decimal(weight, component->weight);
    rational_set_decimal(points, component->points);
    mpq_mul(points, points, weight);
    mpq_add(sums->weights, sums->weights, weight);
    mpq_add(sums->points, sums->points, points);
    if (part->state != SCORE_FIGURE_NOT_APPLICABLE)
        mpq_add(sums->applicable, sums->applicable, points);
    if (part->state == SCORE_FIGURE_VALUE) {
        score_component(version, component, x, score);
        mpq_mul(score, score, weight);
        mpq_add(sums->scored, sums->scored, score);
    }
    mpq_clears(weight, points, score, NULL);
}

static int add_components(struct scorer *scorer, const struct index_version *version,
    struct sums_of_index *sums, struct evaluation *out)
{
    size_t count;
    const struct index_component *list =
        catalogue_index_components(scorer->catalogue, version->which, &count);
    int error = CHISO_OK;
    mpq_t x;
    mpq_init(x);
    for (size_t i = 0; i < count && !error; i++) {
        struct part part;
        error = read_part(scorer, &list[i], &part, x);
        if (error)
            break;
        out->concerns |= part.concerns;
        if (list[i].scoring == SCORING_NONE)
            continue;
        out->incomplete |= part.incomplete || part.state == SCORE_FIGURE_MISSING;
        out->missing += part.state == SCORE_FIGURE_MISSING;
        out->elsewhere |= part.state == SCORE_FIGURE_ELSEWHERE;
        out->not_applicable += part.state == SCORE_FIGURE_NOT_APPLICABLE;
        add_component(version, &list[i], &part, x, sums);
    }
    mpq_clear(x);
    return error;
}

static void settle(const struct index_version *version, struct sums_of_index *sums, struct evaluation *out)
{
    mpq_t maximum;
    mpq_init(maximum);
    if (version->method == INDEX_WEIGHTED_MEAN)
        mpq_div(maximum, sums->points, sums->weights);
    else
        mpq_set(maximum, sums->points);
    mpq_div(out->points, sums->scored, sums->applicable);
    mpq_mul(out->points, out->points, maximum);
    if (version->has_maximum) {
        rational_set_decimal(maximum, version->maximum);
        if (mpq_cmp(out->points, maximum) > 0)
            mpq_set(out->points, maximum);
    }
    mpq_div(out->fraction, out->points, maximum);
    mpq_clear(maximum);
}

static int evaluate(struct scorer *scorer, const struct index_version *version, struct evaluation *out)
{
    struct sums_of_index sums;
    mpq_inits(sums.weights, sums.points, sums.applicable, sums.scored, NULL);
    int error = add_components(scorer, version, &sums, out);
    if (!error && out->elsewhere) {
        out->state = SCORE_ELSEWHERE;
    } else if (!error && (out->missing == 0 || version->missing == INDEX_MISSING_ZERO)) {
        out->state = mpq_sgn(sums.applicable) > 0 ? SCORE_VALUE : SCORE_NOT_APPLICABLE;
        if (out->state == SCORE_VALUE)
            settle(version, &sums, out);
    }
    mpq_clears(sums.weights, sums.points, sums.applicable, sums.scored, NULL);
    return error;
}

int scorer_evaluate(struct scorer *scorer, uint32_t which, const struct evaluation **out)
{
    struct evaluation *evaluation = &scorer->list[which];
    int error = CHISO_OK;
    if (!evaluation->done) {
        const struct index_version *version = catalogue_index_at(scorer->catalogue, which, scorer->day);
        evaluation->done = true;
        evaluation->state = SCORE_MISSING;
        evaluation->incomplete = evaluation->concerns = evaluation->elsewhere = false;
        evaluation->missing = evaluation->not_applicable = 0;
        if (version)
            error = evaluate(scorer, version, evaluation);
    }
    *out = evaluation;
    return error;
}

static bool merges(struct scorer *scorer, uint32_t which)
{
    const struct index_version *version = catalogue_index_at(scorer->catalogue, which, scorer->day);
    size_t count;
    const struct index_component *list = catalogue_index_components(scorer->catalogue, which, &count);
    if (!version)
        return true; /* a nested one that is not valid: missing, in every former unit alike */
    bool all = version->merger != INDEX_MERGER_NONE;
    for (size_t i = 0; i < count && all; i++) {
        if (list[i].nested != CATALOGUE_NONE && list[i].scoring != SCORING_NONE)
            all = scorer_merges(scorer, list[i].nested);
    }
    return all;
}

bool scorer_merges(struct scorer *scorer, uint32_t which)
{
    struct evaluation *evaluation = &scorer->list[which];
    if (evaluation->merges == MERGES_UNKNOWN)
        evaluation->merges = merges(scorer, which) ? MERGES : MERGES_NOT;
    return evaluation->merges == MERGES;
}

/* ---- the components one by one ---- */

static int fill_part(struct scorer *scorer, const struct index_version *version,
    const struct index_component *component, struct score_part *out)
{
    static const enum score_state states[] = {[SCORE_FIGURE_MISSING] = SCORE_MISSING,
        [SCORE_FIGURE_NOT_APPLICABLE] = SCORE_NOT_APPLICABLE,
        [SCORE_FIGURE_ELSEWHERE] = SCORE_ELSEWHERE,
        [SCORE_FIGURE_VALUE] = SCORE_VALUE};
    struct part part;
    mpq_t x, score;
    mpq_inits(x, score, NULL);
    int error = read_part(scorer, component, &part, x);
    if (!error) {
        *out = (struct score_part){
            .component = component, .state = states[part.state], .incomplete = part.incomplete};
        if (part.state == SCORE_FIGURE_VALUE)
            rational_print_exact(x, out->x, sizeof out->x);
        if (part.state == SCORE_FIGURE_VALUE && component->scoring != SCORING_NONE) {
            score_component(version, component, x, score);
            rational_print_exact(score, out->score, sizeof out->score);
        }
    }
    mpq_clears(x, score, NULL);
    return error;
}

int score_parts(const struct catalogue *catalogue, const struct store *store, uint32_t which, uint32_t unit,
    struct chiso_period period, struct score_part **out, size_t *count)
{
    chiso_day day = chiso_period_last(period, catalogue_index_calendar(catalogue, which));
    const struct index_version *version = catalogue_index_at(catalogue, which, day);
    size_t components;
    const struct index_component *list = catalogue_index_components(catalogue, which, &components);
    if (!version)
        return CHISO_ENOTFOUND;
    struct score_part *parts = calloc(components + 1, sizeof *parts);
    struct scorer scorer = {0};
    int error = parts ? scorer_init(&scorer, catalogue, store, period, day) : CHISO_ENOMEM;
    if (!error)
        scorer_begin_unit(&scorer, unit);
    for (size_t i = 0; i < components && !error; i++)
        error = fill_part(&scorer, version, &list[i], &parts[i]);
    scorer_release(&scorer);
    if (error) {
        free(parts);
        return error;
    }
    *out = parts;
    *count = components;
    return CHISO_OK;
}
