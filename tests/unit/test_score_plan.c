/* What a changed figure touches among the scores. */
#include "core/score_plan.h"

#include "world.h"

static const char units[] = "code,kind,parent,name_vi\nVN,nation,,Việt Nam\n01,province,VN,A\n";
static const char pillars[] = "id,name_vi,order\none,Một,1\ntwo,Hai,2\nthree,Ba,3\n";
static const char indicators[] = "id,pillar,name_vi,measure,reported_by,cadence\n"
                                 "monthly,one,M,count,province,month\n"
                                 "quarterly,two,Q,count,province,quarter\n"
                                 "information,three,I,count,province,year\n"
                                 "published,three,P,index,province,year\n"
                                 "alone,three,A,count,province,month\n";
static const char indices[] =
    "id,name_vi,unit_kind,method,published_as\n"
    "low,L,province,points,\nhigh,H,province,points,published\nside,S,province,points,\n";
static const char parts[] = "index,component,scoring\nlow,monthly,\nlow,information,none\nhigh,low,\n"
                            "high,quarterly,\nside,quarterly,\n";
static const char targets[] = "indicator,unit,shape,value,due\nalone,01,at_least,5,2030-12-31\n";

static struct world open_world(void)
{
    const char *const files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators,
        "indices.csv", indices, "index_components.csv", parts, "targets.csv", targets, NULL};
    return world_open(files);
}

Test(score_plan, what_an_indicator_is_to_scores)
{
    struct world world = open_world();
    struct score_plan *plan;
    cr_assert_eq(score_plan_new(world.catalogue, &plan), CHISO_OK);
    static const struct {
        const char *indicator;
        bool has, judged;
        const char *touches; /* pillars */
    } cases[] = {
        {"monthly", true, false, "12"}, /* low in one; high, which it is nested in, in one and two */
        {"quarterly", true, false, "12"},
        {"information", true, false, "12"}, /* an informational component is a component */
        {"published", true, false, "12"},
        {"alone", false, true, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t indicator = indicator_of(&world, cases[i].indicator);
        cr_expect_eq(score_plan_has(plan, indicator), cases[i].has, "%s", cases[i].indicator);
        cr_expect_eq(score_plan_is_judged(plan, indicator), cases[i].judged, "%s", cases[i].indicator);
        for (uint32_t p = 0; p < 3; p++)
            cr_expect_eq(score_plan_touches(plan, indicator, p),
                strchr(cases[i].touches, (int)('1' + p)) != NULL, "%s %u", cases[i].indicator, p);
    }
    cr_expect_not(score_plan_is_empty(plan));
    score_plan_free(plan);
    world_close(&world);
    const char *const files[] = {
        "units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators, NULL};
    world = world_open(files);
    cr_assert_eq(score_plan_new(world.catalogue, &plan), CHISO_OK);
    cr_expect(score_plan_is_empty(plan), "neither indices nor targets");
    score_plan_free(plan);
    world_close(&world);
}

Test(score_plan, where_an_index_stands_and_its_window)
{
    struct world world = open_world();
    struct score_plan *plan;
    cr_assert_eq(score_plan_new(world.catalogue, &plan), CHISO_OK);
    static const struct {
        const char *index, *pillars;
        enum chiso_period_kind window;
    } cases[] = {
        {"low", "1", CHISO_PERIOD_MONTH}, /* not in that of the informational one, nor yearly for it */
        {"high", "12", CHISO_PERIOD_QUARTER}, /* not in that of what is published */
        {"side", "2", CHISO_PERIOD_QUARTER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t which = catalogue_index_find(world.catalogue, cases[i].index);
        cr_expect_eq(score_plan_window(plan, which), cases[i].window, "%s", cases[i].index);
        for (uint32_t p = 0; p < 3; p++)
            cr_expect_eq(score_plan_in_pillar(plan, which, p),
                strchr(cases[i].pillars, (int)('1' + p)) != NULL, "%s %u", cases[i].index, p);
    }
    score_plan_free(plan);
    world_close(&world);
}

Test(score_plan, windows)
{
    static const struct {
        const char *period;
        enum chiso_calendar calendar;
        const char *windows;
    } cases[] = {
        {"2025-03-14", CHISO_STATISTICAL, "2025-03-14 2025-03 2025-Q1 2025-H1 2025 "},
        {"2025-03-15", CHISO_ADMINISTRATIVE, "2025-03-15 2025-04 2025-Q2 2025-H1 2025 "},
        {"2025-03", CHISO_STATISTICAL, "2025-03 2025-Q1 2025-H1 2025 "},
        {"2025", CHISO_STATISTICAL, "2025 "},
        {"2025-9M", CHISO_STATISTICAL, ""},
        {"2024-01-01/2024-11-11", CHISO_STATISTICAL, "2024-01-01/2024-11-11 "},
        {"../2022-09-30", CHISO_STATISTICAL, "../2022-09-30 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chiso_period windows[SCORE_WINDOWS_MAX];
        char found[256] = "";
        size_t count = score_windows(period_of(cases[i].period), cases[i].calendar, windows);
        for (size_t k = 0; k < count; k++) {
            char name[CHISO_PERIOD_CHARS];
            chiso_period_print(windows[k], name);
            strcat(strcat(found, name), " ");
        }
        cr_expect_str_eq(found, cases[i].windows, "%s", cases[i].period);
    }
}
