/* Which scores of a unit are shown first. */
#include "core/score_latest.h"

#include "world.h"
#include <stdlib.h>

static const char units[] = "code,kind,parent,name_vi\nVN,nation,,Việt Nam\n01,province,VN,A\n";
static const char pillars[] = "id,name_vi,order\none,Một,1\ntwo,Hai,2\n";
static const char indicators[] = "id,pillar,name_vi,measure,across_time,calendar,reported_by,cadence\n"
                                 "monthly,one,M,count,sum,statistical,province,month\n"
                                 "quarterly,two,Q,count,sum,statistical,province,quarter\n"
                                 "official,one,O,count,sum,administrative,province,month\n";

static const char indices[] =
    "id,name_vi,unit_kind,method\n"
    "of_month,A,province,points\nof_both,B,province,points\nof_official,C,province,points\n";
static const char parts[] =
    "index,component,full_at\nof_month,monthly,10\nof_both,monthly,10\nof_both,quarterly,10\n"
    "of_official,official,10\n";

static struct world open_world(void)
{
    const char *const files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators,
        "indices.csv", indices, "index_components.csv", parts, NULL};
    return world_open(files);
}

static void expect_of(
    const struct world *world, const char *unit, const char *pillar, const char *date, const char *text)
{
    struct score_plan *plan;
    struct score_shown *shown;
    size_t count, at = 0;
    char found[512] = "", period[CHISO_PERIOD_CHARS];
    chiso_day day;
    cr_assert_eq(chiso_day_parse(date, strlen(date), &day), CHISO_OK);
    cr_assert_eq(score_plan_new(world->catalogue, &plan), CHISO_OK);
    cr_assert_eq(
        score_latest(world->catalogue, world->store, plan, unit_of(world, unit),
            catalogue_pillar_find(world->catalogue, pillar), chiso_instant_on(day, 8), &shown, &count),
        CHISO_OK);
    for (size_t i = 0; i < count; i++) {
        chiso_period_print(shown[i].period, period);
        at += (size_t)snprintf(found + at, sizeof found - at, "%s %s=%s%s, ", shown[i].version->id, period,
            shown[i].score.exact[0] ? shown[i].score.exact : score_state_names[shown[i].score.state],
            shown[i].running ? " running" : "");
    }
    cr_expect_str_eq(found, text, "%s on %s: %s", pillar, date, found);
    free(shown);
    score_plan_free(plan);
}

static void expect(const struct world *world, const char *pillar, const char *date, const char *text)
{
    expect_of(world, "01", pillar, date, text);
}

Test(score_latest, the_latest_ended_window_with_a_value_and_the_running_one)
{
    struct world world = open_world();
    world_set(&world, "01", "2025-01", "monthly", "1", 1);
    world_set(&world, "01", "2025-02", "monthly", "2", 1);
    world_set(&world, "01", "2025-03", "monthly", "3", 1);
    world_set(&world, "01", "2025-Q1", "quarterly", "4", 1);
    expect(&world, "one", "2025-04-01", "of_month 2025-03=0.3, of_both 2025-Q1=1, ");
    expect(&world, "one", "2025-03-31",
        "of_month 2025-02=0.2, of_month 2025-03=0.3 running, of_both 2025-Q1=1 running, ");
    expect(&world, "two", "2025-04-01", "of_both 2025-Q1=1, ");
    world_set(&world, "01", "2025-03", "monthly", "-", 2);
    expect(&world, "one", "2025-04-01", "of_month 2025-02=0.2, of_both 2025-Q1=0.7, ");
    world_set(&world, "01", "2025-Q1", "quarterly", "-", 2);
    expect(&world, "two", "2025-04-01", "");
    world_close(&world);
}

Test(score_latest, the_index_s_own_calendar)
{
    struct world world = open_world();
    world_set(&world, "01", "2025-03", "official", "5", 1);
    expect(&world, "one", "2025-03-15", "of_official 2025-03=0.5, ");
    expect(&world, "one", "2025-03-14", "of_official 2025-03=0.5 running, ");
    world_close(&world);
}

/* 35 and 37 became 37 in the middle of 2025: what the year has is in two provinces, and 2024 is not the latest. */
Test(score_latest, figures_of_former_provinces)
{
    static const char *const files[] = {"units.csv",
        "code,valid_from,valid_to,kind,parent,name_vi\nVN,,,nation,,Việt Nam\n35,,2025-06-30,province,VN,A\n"
        "37,,2025-06-30,province,VN,B\n37,2025-07-01,,province,VN,C\n",
        "successions.csv", "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n2025-07-01,37,37,whole\n",
        "pillars.csv", pillars, "indicators.csv",
        "id,pillar,name_vi,measure,across_time,reported_by,cadence\nhalf,one,H,count,sum,province,half\n"
        "year,one,Y,count,last,province,year\n",
        "indices.csv", "id,name_vi,unit_kind,method\nx,X,province,points\n", "index_components.csv",
        "index,component,full_at\nx,half,100\nx,year,100\n", NULL};
    struct world world = world_open(files);
    world_set(&world, "37", "2024-H1", "half", "10", 1);
    world_set(&world, "37", "2024-H2", "half", "10", 1);
    world_set(&world, "37", "2024", "year", "10", 1);
    world_set(&world, "35", "2025-H1", "half", "10", 1);
    world_set(&world, "37", "2025-H1", "half", "10", 1);
    world_set(&world, "37", "2025-H2", "half", "10", 1);
    world_set(&world, "37", "2025", "year", "20", 1);
    expect_of(&world, "37", "one", "2026-02-01", "x 2025=0.5, ");
    store_narrow(world.store, unit_of(&world, "37"));
    expect_of(&world, "37", "one", "2026-02-01", "x 2025=elsewhere, ");
    expect_of(&world, "37", "one", "2025-12-30", "x 2024=0.3, x 2025=elsewhere running, ");
    world_close(&world);
}

Test(score_latest, looks_back_over_a_dozen_windows)
{
    struct world world = open_world();
    world_set(&world, "01", "2024-01", "monthly", "1", 1);
    for (int month = 2; month <= 12; month++) {
        char period[24];
        snprintf(period, sizeof period, "2024-%02d", month);
        world_set(&world, "01", period, "official", "na", 1);
    }
    expect(&world, "one", "2025-01-01", "of_month 2024-01=0.1, ");
    world_set(&world, "01", "2025-01", "official", "na", 1);
    expect(&world, "one", "2025-02-01", "");
    world_close(&world);
}
