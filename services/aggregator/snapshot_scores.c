#include "snapshot_scores.h"

#include "core/score_latest.h"
#include "core/score_text.h"
#include "core/text.h"
#include <stdio.h>
#include <stdlib.h>

/* The texts that are made from a score. */
struct line {
    char period[CHISO_PERIOD_CHARS], text_vi[SCORE_CHARS];
};

struct snapshot_scores {
    struct score_shown *shown;
    struct line *lines; /* one for each */
    struct view_score *views;
    struct line own_line;
    struct pillar_score own;
};

void snapshot_scores_free(struct snapshot_scores *scores)
{
    if (!scores)
        return;
    free(scores->shown);
    free(scores->lines);
    free(scores->views);
    free(scores);
}

static struct view_score view_of(const struct score_shown *shown, struct line *line)
{
    const struct score *score = &shown->score;
    chiso_period_print(shown->period, line->period);
    text_number(score->value, "vi", line->text_vi, sizeof line->text_vi);
    return (struct view_score){
        .index = shown->version->id,
        .period = line->period,
        .state = score_state_names[score->state],
        .value = score->value,
        .exact = score->exact,
        .published = score->published,
        .computed = score->published ? score->computed : "",
        .computed_exact = score->published ? score->computed_exact : "",
        .incomplete = score->incomplete,
        .missing = score->missing,
        .name_vi = shown->version->name_vi,
        .name_en = shown->version->name_en,
        .text_vi = line->text_vi,
        .running = shown->running,
    };
}

static int add_own(struct snapshot_scores *scores, const struct province *province,
    const struct catalogue *catalogue, uint32_t pillar, chiso_instant_ms now,
    struct view_pillar_snapshot *view)
{
    struct chiso_period year = chiso_period_at(CHISO_PERIOD_YEAR, chiso_day_at(now), CHISO_STATISTICAL);
    struct attainment attainment;
    char number[SCORE_CHARS - 1];
    attainment_init(&attainment);
    int error =
        attainment_of_pillar(catalogue, province->store, province->unit, pillar, year, now, &attainment);
    pillar_score_of(&attainment, &scores->own);
    attainment_release(&attainment);
    chiso_period_print(year, scores->own_line.period);
    text_number(scores->own.value, "vi", number, sizeof number);
    (void)snprintf(
        scores->own_line.text_vi, sizeof scores->own_line.text_vi, "%s%s", number, *number ? "%" : "");
    view->score = (struct view_pillar_score){scores->own_line.period, scores->own.value, scores->own.exact,
        scores->own.decided, scores->own.targets, scores->own_line.text_vi};
    return error;
}

int snapshot_scores_make(const struct province *province, const struct catalogue *catalogue,
    const struct score_plan *plan, uint32_t pillar, chiso_instant_ms now, struct snapshot_scores **out,
    struct view_pillar_snapshot *view)
{
    struct snapshot_scores *scores = calloc(1, sizeof *scores);
    size_t count = 0;
    int error = scores ? score_latest(catalogue, province->store, plan, province->unit, pillar, now,
                             &scores->shown, &count)
                       : CHISO_ENOMEM;
    if (!error) {
        scores->lines = calloc(count + 1, sizeof *scores->lines);
        scores->views = calloc(count + 1, sizeof *scores->views);
        error = scores->lines && scores->views ? add_own(scores, province, catalogue, pillar, now, view)
                                               : CHISO_ENOMEM;
    }
    if (error) {
        snapshot_scores_free(scores);
        return error;
    }
    for (size_t i = 0; i < count; i++)
        scores->views[i] = view_of(&scores->shown[i], &scores->lines[i]);
    view->scores = scores->views;
    view->score_count = count;
    *out = scores;
    return CHISO_OK;
}
