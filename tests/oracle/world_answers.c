/* Scores of indices and pillars, and which reports came on time. */
#include "core/attainment.h"
#include "core/row.h"
#include "core/score.h"
#include "core/timeliness.h"
#include "world.h"
#include <stdlib.h>

static json_t *text_or_null(const char *text)
{
    return *text ? json_string(text) : json_null();
}

/* {"do": "scores", "index", "period"[, "boundaries"]}: an array as `score --json`, or {"error"}. */
json_t *do_scores(struct world *world, const json_t *command)
{
    struct score *list = NULL;
    size_t count = 0;
    chiso_day day;
    uint32_t which = catalogue_index_find(world->catalogue, text_of(command, "index"));
    bool on = day_of(command, "boundaries", &day);
    int error = score_all(
        world->catalogue, reader(world), which, period_of(command), on ? &day : NULL, &list, &count);
    if (error)
        return error_json(error);
    json_t *scores = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(scores,
            json_pack("{s:s, s:o, s:o, s:o, s:b, s:s, s:b}", "unit",
                catalogue_unit_code(world->catalogue, list[i].unit), "value", text_or_null(list[i].value),
                "rank", list[i].rank ? json_integer(list[i].rank) : json_null(), "computed",
                text_or_null(list[i].computed), "published", list[i].published, "state",
                score_state_names[list[i].state], "incomplete", list[i].incomplete));
    free(list);
    return scores;
}

/* {"do": "pillar", "unit", "pillar", "period"}: {"targets", "decided", "score"}. */
json_t *do_pillar(struct world *world, const json_t *command)
{
    struct attainment attainment;
    char text[ROW_NUMBER_CHARS] = "";
    attainment_init(&attainment);
    int error = attainment_of_pillar(world->catalogue, reader(world),
        catalogue_unit_find(world->catalogue, text_of(command, "unit")),
        catalogue_pillar_find(world->catalogue, text_of(command, "pillar")), period_of(command), world->now,
        &attainment);
    if (!error && attainment.decided)
        (void)gmp_snprintf(text, sizeof text, "%Qd", attainment.score);
    json_t *object = error ? error_json(error)
                           : json_pack("{s:i, s:i, s:o}", "targets", (int)attainment.targets, "decided",
                                 (int)attainment.decided, "score", text_or_null(text));
    attainment_release(&attainment);
    return object;
}

/* ---- timeliness ---- */

struct owed {
    const struct catalogue *catalogue;
    json_t *reports;
};

static int add_owed(void *context, const struct timeliness_report *report)
{
    const struct owed *owed = context;
    char name[CHISO_PERIOD_CHARS];
    chiso_period_print(report->period, name);
    json_t *one = json_pack("[s, s, s, s, i]", catalogue_unit_code(owed->catalogue, report->row->code),
        report->definition->id, name, timeliness_names[report->state], report->days);
    return json_array_append_new(owed->reports, one) ? CHISO_ENOMEM : CHISO_OK;
}

static json_t *counts_json(const struct timeliness_counts *counts)
{
    return json_pack("[I, I, I, I, I, I, I]", (json_int_t)counts->expected, (json_int_t)counts->reported,
        (json_int_t)counts->due, (json_int_t)counts->on_time, (json_int_t)counts->late,
        (json_int_t)counts->overdue, (json_int_t)counts->not_applicable);
}

/* {"do": "timeliness", "unit", "period"}: {"reports": [[unit, indicator, period, state, days], …], "units":
 * {code: [expected, reported, due, on time, late, overdue, not applicable]}}. */
json_t *do_timeliness(struct world *world, const json_t *command)
{
    const struct catalogue *c = world->catalogue;
    struct owed owed = {c, json_array()};
    struct timeliness_sums sums;
    const struct timeliness_question question = {.unit = catalogue_unit_find(c, text_of(command, "unit")),
        .day = chiso_day_at(world->now),
        .period = period_of(command),
        .indicator = CATALOGUE_NONE,
        .pillar = CATALOGUE_NONE,
        .now = world->now,
        .visit = add_owed,
        .context = &owed};
    json_t *units = json_object();
    int error = timeliness_collect(c, reader(world), &question, &sums);
    for (uint32_t i = 0; i < catalogue_unit_count(c) && !error; i++)
        json_object_set_new(units, catalogue_unit_code(c, i), counts_json(&sums.units[i]));
    timeliness_release(&sums);
    json_t *object = json_pack("{s:o, s:o}", "reports", owed.reports, "units", units);
    if (!error)
        return object;
    json_decref(object);
    return error_json(error);
}
