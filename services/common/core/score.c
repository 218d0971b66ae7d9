#include "core/score.h"

#include "core/score_stand.h"
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

const char *const score_state_names[SCORE_STATES] = {
    "missing", "not_applicable", "not_comparable", "elsewhere", "value"};

static int print(const mpq_t value, const struct index_version *version, char out[SCORE_CHARS],
    char exact[SCORE_EXACT_CHARS])
{
    rational_print_rounded(value, version->decimals, out, SCORE_CHARS);
    rational_print_exact(value, exact, SCORE_EXACT_CHARS);
    return out[0] ? CHISO_OK : CHISO_ERANGE;
}

static int score_of(struct scorer *scorer, const struct index_version *version, const struct unit_row *row,
    struct score *score, bool *takes_part)
{
    struct standing standing;
    standing_init(&standing);
    int error = score_stand(scorer, version, row, &standing);
    *score = (struct score){.unit = row->code,
        .state = standing.state,
        .incomplete = standing.incomplete,
        .published = standing.published,
        .missing = standing.missing};
    if (!error && standing.state == SCORE_VALUE)
        error = print(standing.computed, version, score->computed, score->computed_exact);
    if (!error && standing.has_shown)
        error = print(standing.shown, version, score->value, score->exact);
    *takes_part = standing.concerns || standing.published;
    standing_release(&standing);
    return error;
}

static int add_unit(
    struct scorer *scorer, const struct index_version *version, const struct unit_row *row, struct list *list)
{
    struct score *score = &list->scores[list->count];
    bool takes_part;
    int error = score_of(scorer, version, row, score, &takes_part);
    if (error || !takes_part)
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

static int collect(
    struct scorer *scorer, const struct index_version *version, chiso_day day, struct list *list)
{
    uint32_t units = catalogue_unit_count(scorer->catalogue);
    int error = CHISO_OK;
    for (uint32_t unit = 0; unit < units && !error; unit++) {
        const struct unit_row *row = catalogue_unit_at(scorer->catalogue, unit, day);
        if (row && row->kind == version->unit_kind)
            error = add_unit(scorer, version, row, list);
    }
    return error;
}

int score_all(const struct catalogue *catalogue, const struct store *store, uint32_t which,
    struct chiso_period period, const chiso_day *boundaries, struct score **out, size_t *count)
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
        error = collect(&scorer, version, boundaries ? *boundaries : day, &list);
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

/* ---- unit by unit ---- */

struct score_reader {
    struct scorer scorer;
    enum chiso_calendar calendar;
};

int score_reader_new(const struct catalogue *catalogue, const struct store *store, struct chiso_period period,
    enum chiso_calendar calendar, struct score_reader **out)
{
    struct score_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return CHISO_ENOMEM;
    reader->calendar = calendar;
    int error = scorer_init(&reader->scorer, catalogue, store, period, chiso_period_last(period, calendar));
    if (error)
        free(reader);
    else
        *out = reader;
    return error;
}

void score_reader_free(struct score_reader *reader)
{
    if (reader)
        scorer_release(&reader->scorer);
    free(reader);
}

int score_reader_unit(struct score_reader *reader, uint32_t unit,
    int (*visit)(void *context, const struct index_version *version, const struct score *score),
    void *context)
{
    struct scorer *scorer = &reader->scorer;
    const struct catalogue *catalogue = scorer->catalogue;
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, scorer->day);
    int error = CHISO_OK;
    for (uint32_t i = 0; row && i < catalogue_index_count(catalogue) && !error; i++) {
        const struct index_version *version = catalogue_index_at(catalogue, i, scorer->day);
        struct score score;
        bool takes_part;
        if (!version || version->unit_kind != row->kind ||
            catalogue_index_calendar(catalogue, i) != reader->calendar)
            continue;
        error = score_of(scorer, version, row, &score, &takes_part);
        if (!error && takes_part)
            error = visit(context, version, &score);
    }
    return error;
}
