#include "core/score_stand.h"

void standing_init(struct standing *standing)
{
    *standing = (struct standing){.state = SCORE_MISSING};
    mpq_inits(standing->computed, standing->shown, NULL);
}

void standing_release(struct standing *standing)
{
    mpq_clears(standing->computed, standing->shown, NULL);
}

/* A unit that is valid on the period's last day. */
static int stand_alone(
    struct scorer *scorer, const struct index_version *version, uint32_t unit, struct standing *out)
{
    struct score_reading reading = {.state = SCORE_FIGURE_MISSING};
    const struct evaluation *evaluation;
    scorer_begin_unit(scorer, unit);
    int error = scorer_evaluate(scorer, version->which, &evaluation);
    if (!error && version->published_as != CATALOGUE_NONE)
        error = scorer_read(scorer, version->published_as, NULL, &reading, out->shown);
    if (error)
        return error;
    out->state = evaluation->state;
    out->incomplete = evaluation->incomplete;
    out->concerns = evaluation->concerns;
    out->missing = evaluation->missing;
    out->published = reading.state == SCORE_FIGURE_VALUE;
    if (out->state == SCORE_VALUE) {
        bool fraction = version->shown == INDEX_SHOWN_FRACTION;
        mpq_set(out->computed, fraction ? evaluation->fraction : evaluation->points);
    }
    out->has_shown = out->published || out->state == SCORE_VALUE;
    if (out->has_shown && !out->published)
        mpq_set(out->shown, out->computed);
    return CHISO_OK;
}

/* ---- what former units became ---- */

struct merged {
    struct scorer *scorer;
    const struct index_version *version;
    struct standing *out;
    unsigned long computed, shown; /* how many scores are summed */
    bool not_shown; /* a former unit has nothing to show */
    bool in_part;
};

static int add_former(struct merged *merged, uint32_t unit)
{
    struct standing *out = merged->out, one;
    standing_init(&one);
    int error = stand_alone(merged->scorer, merged->version, unit, &one);
    if (!error) {
        out->concerns |= one.concerns || one.published;
        out->incomplete |= one.incomplete;
        out->published |= one.published;
        out->missing += one.missing;
        if (one.state == SCORE_VALUE) {
            mpq_add(out->computed, out->computed, one.computed);
            merged->computed++;
        } else if (one.state != SCORE_NOT_APPLICABLE && out->state != SCORE_ELSEWHERE) {
            out->state = one.state;
        }
        if (one.has_shown) {
            mpq_add(out->shown, out->shown, one.shown);
            merged->shown++;
        } else if (one.state != SCORE_NOT_APPLICABLE) {
            merged->not_shown = true;
        }
    }
    standing_release(&one);
    return error;
}

static bool leads_elsewhere(const struct catalogue *catalogue, uint32_t old_identity, uint32_t into)
{
    size_t count;
    const struct succession *from = catalogue_successions_from(catalogue, old_identity, &count);
    for (size_t i = 0; i < count; i++) {
        if (!from[i].whole || from[i].new_identity != into)
            return true;
    }
    return false;
}

/* The units that had become IDENTITY by the time it began, those that are valid on the period's last day. */
static int add_former_units(struct merged *merged, uint32_t identity)
{
    const struct catalogue *catalogue = merged->scorer->catalogue;
    size_t count;
    const struct succession *into = catalogue_successions_into(catalogue, identity, &count);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++) {
        uint32_t old = into[i].old_identity;
        const struct unit_identity *former = catalogue_identity(catalogue, old);
        merged->in_part |= leads_elsewhere(catalogue, old, identity);
        if (former->from > merged->scorer->day)
            error = add_former_units(merged, old);
        else if (former->to >= merged->scorer->day)
            error = add_former(merged, former->code);
    }
    return error;
}

static void divide(mpq_t sum, unsigned long count)
{
    mpq_t by;
    mpq_init(by);
    mpq_set_ui(by, count, 1);
    mpq_div(sum, sum, by);
    mpq_clear(by);
}

static int stand_merged(
    struct scorer *scorer, const struct index_version *version, uint32_t identity, struct standing *out)
{
    struct merged merged = {.scorer = scorer, .version = version, .out = out};
    out->state = SCORE_VALUE;
    int error = add_former_units(&merged, identity);
    if (error)
        return error;
    if (merged.in_part || !scorer_merges(scorer, version->which)) {
        out->state = SCORE_NOT_COMPARABLE;
        out->missing = 0;
        out->published = false;
        return CHISO_OK;
    }
    if (out->state == SCORE_VALUE && merged.computed == 0)
        out->state = SCORE_NOT_APPLICABLE;
    if (out->state == SCORE_VALUE)
        divide(out->computed, merged.computed);
    out->has_shown = merged.shown > 0 && !merged.not_shown;
    out->published = out->published && out->has_shown;
    if (out->has_shown)
        divide(out->shown, merged.shown);
    return CHISO_OK;
}

int score_stand(struct scorer *scorer, const struct index_version *version, const struct unit_row *row,
    struct standing *out)
{
    const struct unit_identity *identity = catalogue_identity(scorer->catalogue, row->identity);
    if (identity->from > scorer->day)
        return stand_merged(scorer, version, row->identity, out);
    if (identity->to >= scorer->day)
        return stand_alone(scorer, version, row->code, out);
    out->state = SCORE_NOT_COMPARABLE;
    out->concerns = true;
    return CHISO_OK;
}
