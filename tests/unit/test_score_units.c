/* Scores unit by unit, from the figures of one province: what a cache of them is filled with. */
#include "core/score.h"

#include "world.h"
#include <stdlib.h>

static const char units[] = "code,valid_from,valid_to,kind,parent,name_vi\n"
                            "VN,,,nation,,Việt Nam\n"
                            "35,,2025-06-30,province,VN,Hà Nam\n"
                            "37,,2025-06-30,province,VN,Ninh Bình\n"
                            "37,2025-07-01,,province,VN,Ninh Bình\n"
                            "00001,2025-07-01,,commune,37,Xã\n";
static const char successions[] =
    "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n2025-07-01,37,37,whole\n";
static const char pillars[] = "id,name_vi,order\none,Một,1\n";
static const char indicators[] =
    "id,pillar,name_vi,measure,across_time,decimals,input_decimals,minimum,calendar,reported_by,cadence\n"
    "sum,one,S,count,sum,0,0,0,statistical,province,half\n"
    "latest,one,L,count,last,0,0,0,statistical,province,half\n"
    "communal,one,C,count,sum,0,0,0,statistical,commune,half\n"
    "official,one,O,count,sum,0,0,0,administrative,province,half\n";
static const char indices[] = "id,name_vi,unit_kind,method,decimals,missing\n"
                              "of_sum,A,province,points,2,\n"
                              "of_both,B,province,points,2,zero\n"
                              "of_latest,C,province,points,2,\n"
                              "of_commune,D,commune,points,2,\n"
                              "of_official,E,province,points,2,\n";
static const char parts[] =
    "index,component,full_at\nof_sum,sum,1000\nof_both,sum,1000\nof_both,latest,1000\n"
    "of_latest,latest,1000\nof_commune,communal,9\nof_official,official,1000\n";

static struct world open_world(void)
{
    const char *const files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
        "indicators.csv", indicators, "indices.csv", indices, "index_components.csv", parts, NULL};
    return world_open(files);
}

struct found {
    char text[512];
    size_t length;
};

static int print(void *context, const struct index_version *version, const struct score *score)
{
    struct found *found = context;
    found->length += (size_t)snprintf(found->text + found->length, sizeof found->text - found->length,
        "%s=%s ", version->id, score->value[0] ? score->exact : score_state_names[score->state]);
    return CHISO_OK;
}

static void expect(const struct world *world, const char *unit, const char *period,
    enum chiso_calendar calendar, const char *text)
{
    struct score_reader *reader;
    struct found found = {"", 0};
    cr_assert_eq(
        score_reader_new(world->catalogue, world->store, period_of(period), calendar, &reader), CHISO_OK);
    cr_assert_eq(score_reader_unit(reader, unit_of(world, unit), print, &found), CHISO_OK);
    cr_expect_str_eq(found.text, text, "%s %s", unit, period);
    score_reader_free(reader);
}

Test(score_units, the_indices_of_its_kind_and_calendar)
{
    struct world world = open_world();
    world_set(&world, "37", "2024-H1", "sum", "125", 1);
    world_set(&world, "37", "2024-H1", "latest", "500", 1);
    world_set(&world, "37", "2024-H1", "official", "250", 1);
    world_set(&world, "00001", "2025-H2", "communal", "3", 1);
    expect(&world, "37", "2024-H1", CHISO_STATISTICAL, "of_sum=0.125 of_both=0.625 of_latest=0.5 ");
    expect(&world, "37", "2024-H1", CHISO_ADMINISTRATIVE, "of_official=0.25 ");
    expect(&world, "00001", "2025-H2", CHISO_STATISTICAL, "of_commune=1/3 ");
    expect(&world, "00001", "2024-H1", CHISO_STATISTICAL, ""); /* there was no such unit */
    expect(&world, "37", "2024-03", CHISO_STATISTICAL, ""); /* nothing is owed for a month */
    world_close(&world);
}

Test(score_units, a_window_that_needs_another_provinces_figures_is_told_so)
{
    struct world world = open_world();
    world_set(&world, "35", "2025-H1", "sum", "300", 1);
    world_set(&world, "37", "2025-H1", "sum", "200", 1);
    world_set(&world, "37", "2025-H2", "sum", "100", 1);
    world_set(&world, "37", "2025-H2", "latest", "700", 1);
    expect(&world, "37", "2025", CHISO_STATISTICAL, "of_sum=0.6 of_both=1.3 of_latest=0.7 ");
    store_narrow(world.store, unit_of(&world, "37"));
    expect(&world, "37", "2025", CHISO_STATISTICAL, "of_sum=elsewhere of_both=elsewhere of_latest=0.7 ");
    expect(&world, "37", "2025-H2", CHISO_STATISTICAL, "of_sum=0.1 of_both=0.8 of_latest=0.7 ");
    world_close(&world);
}
