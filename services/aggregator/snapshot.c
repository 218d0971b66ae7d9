#include "snapshot.h"

#include "core/row.h"
#include "snapshot_scores.h"
#include <stdlib.h>
#include <string.h>

/* A row and the texts that are made from it. */
struct line {
    struct row row;
    char period[CHISO_PERIOD_CHARS], oldest[CHISO_PERIOD_CHARS], due[CHISO_DATE_CHARS], text_vi[160];
    char year_before[CHISO_PERIOD_CHARS], redefined[CHISO_DATE_CHARS];
    const char *violations[ROW_VIOLATIONS_MAX];
};

struct snapshot {
    struct line **lines; /* one allocation each, so that views can point into them while the list grows */
    struct view_figure *figures;
    size_t count, capacity;
    struct snapshot_scores *scores;
};

void snapshot_free(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (size_t i = 0; i < snapshot->count; i++)
        free(snapshot->lines[i]);
    free(snapshot->lines);
    free(snapshot->figures);
    snapshot_scores_free(snapshot->scores);
    free(snapshot);
}

static int grow(struct snapshot *s)
{
    size_t capacity = s->capacity ? s->capacity * 2 : 32;
    struct line **lines = realloc(s->lines, capacity * sizeof *lines);
    if (lines)
        s->lines = lines;
    struct view_figure *figures = realloc(s->figures, capacity * sizeof *figures);
    if (figures)
        s->figures = figures;
    if (!lines || !figures)
        return CHISO_ENOMEM;
    s->capacity = capacity;
    return CHISO_OK;
}

static void add_year_before(struct line *line, struct view_figure *view)
{
    const struct row_year_before *before = &line->row.year_before;
    if (before->state == YEAR_BEFORE_NONE)
        return;
    chiso_period_print(before->period, line->year_before);
    view->year_before_period = line->year_before;
    view->year_before_state = year_before_names[before->state];
    view->year_before_value = before->value;
    view->year_before_qualifier = figure_qualifier_names[before->qualifier];
    view->change = before->change;
}

static void add_incomparable(struct line *line, struct view_figure *view)
{
    if (line->row.position == POSITION_NOT_COMPARABLE)
        view->not_comparable = incomparable_names[line->row.incomparable];
    if (line->row.redefined != CHISO_DAY_FIRST)
        chiso_day_print(line->row.redefined, line->redefined);
    view->redefined = line->redefined;
}

static struct view_figure view_of(const struct catalogue *catalogue, struct line *line)
{
    static const char *const bases[] = {"", "reported", "derived"};
    struct row *r = &line->row;
    chiso_period_print(r->period, line->period);
    if (r->oldest.kind != CHISO_PERIOD_NONE)
        chiso_period_print(r->oldest, line->oldest);
    if (r->target && r->target->due != CHISO_DAY_LAST)
        chiso_day_print(r->target->due, line->due);
    for (size_t i = 0; i < r->violation_count; i++)
        line->violations[i] = r->violations[i]->id;
    row_value_text(r, "vi", line->text_vi, sizeof line->text_vi);
    return (struct view_figure){
        .unit = catalogue_unit_code(catalogue, r->unit),
        .indicator = r->definition->id,
        .level = r->level == STORE_NO_LEVEL ? "" : unit_kind_names[r->level],
        .period = line->period,
        .state = row_state_names[r->shown.state],
        .value = r->shown.value,
        .numerator = r->shown.numerator,
        .denominator = r->shown.denominator,
        .qualifier = figure_qualifier_names[r->shown.qualifier],
        .low = r->shown.low,
        .high = r->shown.high,
        .basis = bases[r->basis],
        .reported = r->shown.reported,
        .partial = r->shown.partial,
        .expected = r->shown.expected,
        .not_applicable = r->shown.not_applicable,
        .oldest = line->oldest,
        .revision = r->revision,
        .position = position_names[r->position],
        .target = r->target_text,
        .target_due = line->due,
        .expected_for_date = r->expected_for_date,
        .name_vi = r->definition->name_vi,
        .name_en = r->definition->name_en,
        .unit_label_vi = r->definition->unit_label_vi,
        .text_vi = line->text_vi,
        .running = r->running,
        .closed_at_ms = r->closing.at,
        .closed_by = r->closing.by,
        .restated = r->closing.restated,
        .violation_count = r->violation_count,
        .violations = line->violations,
        .rules_elsewhere = r->rules_elsewhere,
    };
}

static int add_row(struct snapshot *s, const struct province *province, const struct catalogue *catalogue,
    uint32_t indicator, int level, struct chiso_period period, chiso_instant_ms now)
{
    if (s->count == s->capacity && grow(s))
        return CHISO_ENOMEM;
    struct line *line = calloc(1, sizeof *line);
    if (!line)
        return CHISO_ENOMEM;
    int error =
        row_make(catalogue, province->store, province->unit, period, indicator, level, now, &line->row);
    if (error) {
        free(line);
        return error == CHISO_ENOTFOUND ? CHISO_OK : error;
    }
    s->lines[s->count] = line;
    struct view_figure *view = &s->figures[s->count++];
    *view = view_of(catalogue, line);
    add_year_before(line, view);
    add_incomparable(line, view);
    return CHISO_OK;
}

/* The latest ended window, and the running one. */
static int add_level(struct snapshot *s, const struct province *province, const struct catalogue *catalogue,
    uint32_t indicator, int level, chiso_instant_ms now)
{
    struct chiso_period latest, running = {0};
    int error = CHISO_OK;
    if (row_latest(catalogue, province->store, province->unit, indicator, level, now, &latest, &running))
        error = add_row(s, province, catalogue, indicator, level, latest, now);
    if (!error && running.kind != CHISO_PERIOD_NONE)
        error = add_row(s, province, catalogue, indicator, level, running, now);
    return error;
}

static int add_indicator(struct snapshot *s, const struct province *province,
    const struct catalogue *catalogue, uint32_t indicator, chiso_instant_ms now)
{
    const struct indicator *definition = catalogue_indicator(catalogue, indicator);
    int error = add_level(s, province, catalogue, indicator, STORE_NO_LEVEL, now);
    for (int level = 0; level < UNIT_KINDS && !error && rollup_has_levels(definition); level++) {
        if (definition->level_kinds & (1u << level))
            error = add_level(s, province, catalogue, indicator, level, now);
    }
    return error;
}

int snapshot_make(const struct province *province, const struct catalogue *catalogue,
    const struct score_plan *plan, uint32_t pillar, chiso_instant_ms now, struct snapshot **out,
    struct view_pillar_snapshot *view)
{
    struct snapshot *s = calloc(1, sizeof *s);
    int error = s ? CHISO_OK : CHISO_ENOMEM;
    for (uint32_t i = 0; !error && i < catalogue_indicator_count(catalogue); i++) {
        if (catalogue_indicator(catalogue, i)->pillar == pillar)
            error = add_indicator(s, province, catalogue, i, now);
    }
    if (error) {
        snapshot_free(s);
        return error;
    }
    *view = (struct view_pillar_snapshot){.province = province->code,
        .pillar = catalogue_pillar(catalogue, pillar)->id,
        .seq = province->head.seq,
        .committed_at_ms = now,
        .catalogue = province->head.catalogue,
        .figure_count = s->count,
        .figures = s->figures};
    for (size_t i = 0; i < s->count; i++) {
        if (!s->figures[i].running && s->figures[i].level[0] == '\0') {
            view->reported += s->figures[i].reported;
            view->expected += s->figures[i].expected;
        }
    }
    error = snapshot_scores_make(province, catalogue, plan, pillar, now, &s->scores, view);
    if (error)
        snapshot_free(s);
    else
        *out = s;
    return error;
}
