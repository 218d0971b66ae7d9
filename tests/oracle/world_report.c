/* A report, decided as the aggregator decides it. */
#include "core/apply.h"
#include "world.h"
#include <assert.h>
#include <stdlib.h>

static struct chiso_observation observation_of(const json_t *o)
{
    return (struct chiso_observation){
        .indicator = text_of(o, "indicator"),
        .value = number_of(o, "value"),
        .denominator = number_of(o, "denominator"),
        .scale = (uint32_t)number_of(o, "scale"),
        .qualifier = (enum chiso_qualifier)number_of(o, "qualifier"),
        .denominator_qualifier = (enum chiso_qualifier)number_of(o, "denominator_qualifier"),
        .not_applicable = json_is_true(json_object_get(o, "not_applicable")),
        .bare = json_is_true(json_object_get(o, "bare")),
        .withdrawn = json_is_true(json_object_get(o, "withdrawn")),
        .note = "",
    };
}

/* The report as bytes, as a publisher sends it. */
static int encode(struct world *world, const json_t *command, uint8_t **bytes, size_t *length)
{
    const json_t *list = json_object_get(command, "observations");
    struct chiso_report report = {.report_id = "r",
        .unit = text_of(command, "unit"),
        .period = text_of(command, "period"),
        .source = "",
        .stream_id = "",
        .revision = (uint64_t)number_of(command, "revision"),
        .observation_count = json_array_size(list)};
    chiso_arena_reset(&world->arena);
    report.observations =
        chiso_arena_alloc(&world->arena, report.observation_count * sizeof *report.observations);
    assert(report.observations);
    for (size_t i = 0; i < report.observation_count; i++)
        report.observations[i] = observation_of(json_array_get(list, i));
    return chiso_report_encode(&report, bytes, length);
}

struct gathering {
    const struct world *world;
    struct province *province;
};

static int gather(void *context, const struct applied_leaf *leaf)
{
    const struct gathering *g = context;
    return rollup_gather(&g->province->cells, g->world->catalogue, leaf->unit, leaf->period, leaf->indicator);
}

static json_t *verdict_json(const struct chiso_verdict *verdict)
{
    json_t *rejections = json_array();
    for (size_t i = 0; i < verdict->rejection_count; i++) {
        const struct chiso_rejection *rejection = &verdict->rejections[i];
        json_array_append_new(
            rejections, json_pack("[s, s]", rejection->indicator, chiso_reason_name(rejection->reason)));
    }
    return json_pack("{s:s, s:I, s:o}", "outcome", chiso_outcome_name(verdict->outcome), "revision",
        (json_int_t)verdict->revision, "rejections", rejections);
}

/* {"do": "report", "province", "publisher", "unit", "period", "revision", "observations"}: the verdict,
 * {"outcome", "revision", "rejections": [[indicator, reason], …]}. */
json_t *do_report(struct world *world, const json_t *command)
{
    const char *topic = text_of(command, "province");
    struct province *province = province_of(world, catalogue_unit_find(world->catalogue, topic));
    struct gathering gathering = {world, province};
    struct applied applied;
    uint8_t *bytes;
    size_t length;
    if (!province)
        return error_json(CHISO_ENOTFOUND);
    int error = encode(world, command, &bytes, &length);
    if (error)
        return error_json(error);
    const struct apply apply = {.catalogue = world->catalogue,
        .province = topic,
        .store = province->store,
        .now = world->now,
        .seq = world->seq,
        .index = province->reports++,
        .arena = &world->arena,
        .changed = gather,
        .context = &gathering};
    error = apply_report(&apply, text_of(command, "publisher"), bytes, length, &applied);
    free(bytes);
    return error ? error_json(error) : verdict_json(&applied.verdict);
}
