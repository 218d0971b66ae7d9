#include "core/score.h"

#include "core/score_compute.h"
#include <stdlib.h>

struct list {
    struct score *scores;
    mpq_t *ranked; /* the shown values as numbers; only for scores with one */
    size_t count;
};

static void list_release(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        mpq_clear(list->ranked[i]);
    free(list->ranked);
    free(list->scores);
}

static int print(const mpq_t value, const struct index_version *version, char out[SCORE_CHARS])
{
    rational_print_rounded(value, version->decimals, out, SCORE_CHARS);
    return out[0] ? CHISO_OK : CHISO_ERANGE;
}

static int print_computed(
    const struct evaluation *evaluation, const struct index_version *version, char out[SCORE_CHARS])
{
    out[0] = '\0';
    if (evaluation->state != SCORE_VALUE)
        return CHISO_OK;
    bool fraction = version->shown == INDEX_SHOWN_FRACTION;
    return print(fraction ? evaluation->fraction : evaluation->points, version, out);
}

/* What was reported under published_as, if anything was; otherwise the computed score. */
static int fill_value(const struct scorer *scorer, const struct index_version *version, struct score *score)
{
    struct score_reading reading = {.state = SCORE_FIGURE_MISSING};
    int error = CHISO_OK;
    mpq_t value;
    mpq_init(value);
    if (version->published_as != CATALOGUE_NONE)
        error = scorer_read(scorer, version->published_as, NULL, &reading, value);
    score->published = reading.state == SCORE_FIGURE_VALUE;
    if (!error && score->published)
        error = print(value, version, score->value);
    else if (!error)
        (void)print_computed(&scorer->list[version->which], version, score->value);
    mpq_clear(value);
    return error;
}

static int add_unit(
    struct scorer *scorer, const struct index_version *version, uint32_t unit, struct list *list)
{
    const struct evaluation *evaluation;
    struct score *score = &list->scores[list->count];
    scorer_begin_unit(scorer, unit);
    int error = scorer_evaluate(scorer, version->which, &evaluation);
    if (error)
        return error;
    *score = (struct score){.unit = unit,
        .state = evaluation->state,
        .incomplete = evaluation->incomplete,
        .missing = evaluation->missing,
        .not_applicable = evaluation->not_applicable};
    error = print_computed(evaluation, version, score->computed);
    if (!error)
        error = fill_value(scorer, version, score);
    if (error || !(evaluation->concerns || score->published))
        return error;
    mpq_init(list->ranked[list->count]);
    if (score->value[0])
        error = rational_set_text(list->ranked[list->count], score->value);
    list->count++;
    return error;
}

/* ---- ranks ---- */

struct place {
    const struct score *score;
    const mpq_t *value;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    bool left_has = left->score->value[0] != '\0', right_has = right->score->value[0] != '\0';
    int order = (int)right_has - (int)left_has;
    if (order == 0 && left_has)
        order = mpq_cmp(*right->value, *left->value);
    return order != 0 ? order
                      : (left->score->unit > right->score->unit) - (left->score->unit < right->score->unit);
}

/* 1, 2, 2, 4: as many are before it as have more. */
static int rank(const struct list *list, struct score *out)
{
    struct place *places = calloc(list->count + 1, sizeof *places);
    if (!places)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < list->count; i++)
        places[i] = (struct place){&list->scores[i], (const mpq_t *)&list->ranked[i]};
    qsort(places, list->count, sizeof *places, compare_places);
    for (size_t i = 0; i < list->count; i++) {
        out[i] = *places[i].score;
        if (!out[i].value[0])
            continue;
        bool tie = i > 0 && mpq_equal(*places[i].value, *places[i - 1].value);
        out[i].rank = tie ? out[i - 1].rank : (unsigned)i + 1;
    }
    free(places);
    return CHISO_OK;
}

/* ---- all units ---- */

static int collect(struct scorer *scorer, const struct index_version *version, struct list *list)
{
    uint32_t units = catalogue_unit_count(scorer->catalogue);
    int error = CHISO_OK;
    for (uint32_t unit = 0; unit < units && !error; unit++) {
        const struct unit_row *row = catalogue_unit_at(scorer->catalogue, unit, scorer->day);
        if (row && row->kind == version->unit_kind)
            error = add_unit(scorer, version, unit, list);
    }
    return error;
}

int score_all(const struct catalogue *catalogue, const struct store *store, uint32_t which,
    struct chiso_period period, struct score **out, size_t *count)
{
    chiso_day day = chiso_period_last(period, catalogue_index_calendar(catalogue, which));
    const struct index_version *version = catalogue_index_at(catalogue, which, day);
    if (!version)
        return CHISO_ENOTFOUND;
    size_t room = (size_t)catalogue_unit_count(catalogue) + 1;
    struct list list = {
        .scores = calloc(room, sizeof *list.scores), .ranked = calloc(room, sizeof *list.ranked)};
    struct scorer scorer = {0};
    int error =
        list.scores && list.ranked ? scorer_init(&scorer, catalogue, store, period, day) : CHISO_ENOMEM;
    if (!error)
        error = collect(&scorer, version, &list);
    struct score *ranked = error ? NULL : calloc(list.count + 1, sizeof *ranked);
    if (!error)
        error = ranked ? rank(&list, ranked) : CHISO_ENOMEM;
    if (!error) {
        *out = ranked;
        *count = list.count;
        ranked = NULL;
    }
    free(ranked);
    scorer_release(&scorer);
    list_release(&list);
    return error;
}
