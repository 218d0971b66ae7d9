#include "core/score_fields.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- windows ---- */

unsigned score_parts_of(const struct score_plan *plan, uint32_t indicator)
{
    return (score_plan_has(plan, indicator) ? OF_INDICES : 0) |
           (score_plan_is_judged(plan, indicator) ? OF_PILLARS : 0);
}

/* A pillar's score asks for targets judged inside the window: of a day or an interval nobody asks. */
static bool has_pillars(struct chiso_period window)
{
    return window.kind != CHISO_PERIOD_DAY && window.kind != CHISO_PERIOD_INTERVAL;
}

static int touch(struct chiso_period period, enum chiso_calendar calendar, unsigned parts,
    int (*visit)(void *context, struct chiso_period window, unsigned parts), void *context)
{
    struct chiso_period windows[SCORE_WINDOWS_MAX];
    size_t count = score_windows(period, calendar, windows);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++) {
        unsigned of = has_pillars(windows[i]) ? parts : parts & OF_INDICES;
        if (of)
            error = visit(context, windows[i], of);
    }
    return error;
}

int score_touched(const struct catalogue *catalogue, const struct score_plan *plan, uint32_t indicator,
    struct chiso_period period, int (*visit)(void *context, struct chiso_period window, unsigned parts),
    void *context)
{
    return touch(period, catalogue_indicator(catalogue, indicator)->calendar, score_parts_of(plan, indicator),
        visit, context);
}

/* What the figures of each period are parts of, by calendar. */
struct finding {
    const struct score_source *source;
    const struct chiso_period *periods; /* newest first */
    unsigned *parts[2];
    size_t count, last;
};

static int find_parts(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct finding *f = context;
    (void)unit;
    (void)leaf;
    if (!chiso_period_equal(f->periods[f->last], period)) {
        size_t low = 0, high = f->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (chiso_period_compare(f->periods[middle], period) > 0)
                low = middle + 1;
            else
                high = middle;
        }
        f->last = low;
    }
    f->parts[catalogue_indicator(f->source->catalogue, indicator)->calendar][f->last] |=
        score_parts_of(f->source->plan, indicator);
    return CHISO_OK;
}

int score_each_window(const struct score_source *source,
    int (*visit)(void *context, struct chiso_period window, unsigned parts), void *context)
{
    struct finding f = {.source = source};
    f.periods = store_periods(source->store, &f.count);
    f.parts[0] = calloc(f.count + 1, sizeof **f.parts);
    f.parts[1] = calloc(f.count + 1, sizeof **f.parts);
    int error = f.parts[0] && f.parts[1] ? store_each_leaf(source->store, find_parts, &f) : CHISO_ENOMEM;
    for (size_t i = 0; i < f.count && !error; i++) {
        for (int calendar = 0; calendar < 2 && !error; calendar++)
            error = touch(f.periods[i], (enum chiso_calendar)calendar, f.parts[calendar][i], visit, context);
    }
    free(f.parts[0]);
    free(f.parts[1]);
    return error;
}

/* ---- the fields of one ---- */

struct score_fields {
    struct score_source source;
    struct chiso_period window;
    unsigned parts;
    chiso_instant_ms now;
    struct score_reader *readers[2]; /* by calendar */
    size_t unit_at;
    uint32_t pillar_at;
    int (*visit)(void *context, const char *field, const char *text); /* of the step */
    void *context;
};

int score_fields_new(const struct score_source *source, struct chiso_period window, unsigned parts,
    chiso_instant_ms now, struct score_fields **out)
{
    struct score_fields *fields = calloc(1, sizeof *fields);
    if (!fields)
        return CHISO_ENOMEM;
    fields->source = *source;
    fields->window = window;
    fields->parts = parts;
    fields->now = now;
    int error = CHISO_OK;
    for (int calendar = 0; calendar < 2 && (parts & OF_INDICES) && !error; calendar++)
        error = score_reader_new(source->catalogue, source->store, window, (enum chiso_calendar)calendar,
            &fields->readers[calendar]);
    if (error)
        score_fields_free(fields);
    else
        *out = fields;
    return error;
}

void score_fields_free(struct score_fields *fields)
{
    if (!fields)
        return;
    score_reader_free(fields->readers[0]);
    score_reader_free(fields->readers[1]);
    free(fields);
}

static int take_score(void *context, const struct index_version *version, const struct score *score)
{
    const struct score_fields *fields = context;
    char field[SCORE_FIELD_CHARS], text[SCORE_TEXT_CHARS];
    (void)snprintf(field, sizeof field, "%s|%s", catalogue_unit_code(fields->source.catalogue, score->unit),
        version->id);
    score_print(score, text);
    return fields->visit(fields->context, field, text);
}

/* A unit that was another province's on the window's last day is that province's to score. */
static int step_unit(struct score_fields *fields, uint32_t unit)
{
    int error = CHISO_OK;
    for (int calendar = 0; calendar < 2 && !error; calendar++) {
        chiso_day day = chiso_period_last(fields->window, (enum chiso_calendar)calendar);
        if (catalogue_province_at(fields->source.catalogue, unit, day) == fields->source.province)
            error = score_reader_unit(fields->readers[calendar], unit, take_score, fields);
    }
    return error;
}

static int step_pillar(struct score_fields *fields, uint32_t pillar)
{
    const struct score_source *source = &fields->source;
    char field[SCORE_FIELD_CHARS], text[PILLAR_SCORE_TEXT_CHARS];
    struct attainment attainment;
    struct pillar_score score;
    attainment_init(&attainment);
    int error = attainment_of_pillar(
        source->catalogue, source->store, source->province, pillar, fields->window, fields->now, &attainment);
    if (!error && attainment.targets > 0) {
        pillar_score_of(&attainment, &score);
        pillar_score_print(&score, text);
        (void)snprintf(field, sizeof field, "%s|pillar:%s",
            catalogue_unit_code(source->catalogue, source->province),
            catalogue_pillar(source->catalogue, pillar)->id);
        error = fields->visit(fields->context, field, text);
    }
    attainment_release(&attainment);
    return error;
}

int score_fields_step(struct score_fields *fields,
    int (*visit)(void *context, const char *field, const char *text), void *context, bool *more)
{
    size_t units;
    const uint32_t *list =
        catalogue_province_units(fields->source.catalogue, fields->source.province, &units);
    fields->visit = visit;
    fields->context = context;
    *more = true;
    if ((fields->parts & OF_INDICES) && fields->unit_at < units)
        return step_unit(fields, list[fields->unit_at++]);
    if ((fields->parts & OF_PILLARS) && fields->pillar_at < catalogue_pillar_count(fields->source.catalogue))
        return step_pillar(fields, fields->pillar_at++);
    *more = false;
    return CHISO_OK;
}
