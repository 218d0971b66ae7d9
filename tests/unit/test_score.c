/* STATISTICS S6: composite indices and their ranks, every rule and every row of its table. */
#include "core/score.h"

#include "world.h"
#include <stdlib.h>

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,\n"
                            "01,,,province,,VN,A,\n"
                            "02,,,province,,VN,B,\n"
                            "03,,,province,,VN,C,\n"
                            "04,,,province,,VN,D,\n"
                            "00001,,,commune,,01,Xã,\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,measure,across_time,factor,decimals,input_decimals,minimum,reported_by,cadence,zero_"
    "denominator\n"
    "ratio,foundation,Tỷ lệ,ratio,sum,100,1,1,0,province,month,\n"
    "second,foundation,Tỷ lệ,ratio,sum,100,1,1,0,province,month,zero\n"
    "third,foundation,Tỷ lệ,ratio,sum,100,1,1,0,province,month,\n"
    "count,foundation,Số lượng,count,sum,1,0,0,,province,month,\n"
    "commune,foundation,Số lượng,count,sum,1,0,0,,commune,month,\n"
    "p1,foundation,C,rate,last,1,4,6,0,province,year,\n"
    "p2,foundation,C,rate,last,1,4,6,0,province,year,\n"
    "p3,foundation,C,rate,last,1,4,6,0,province,year,\n"
    "p4,foundation,C,rate,last,1,4,6,0,province,year,\n"
    "p5,foundation,C,rate,last,1,4,6,0,province,year,\n"
    "p6,foundation,C,rate,last,1,4,6,0,province,year,\n"
    "p7,foundation,C,rate,last,1,4,6,0,province,year,\n"
    "p8,foundation,C,rate,last,1,4,6,0,province,year,\n"
    "published,foundation,Công bố,index,last,1,4,4,0,province,year,\n";
#define INDICES                                                                                              \
    "id,name_vi,unit_kind,method,maximum,shown,decimals,component_decimals,missing,published_as,valid_from," \
    "valid_to\n"
#define PARTS "index,component,weight,points,scoring,full_at,capped,steps,zero_denominator\n"

/* The day of --boundaries, NULL: as reported. */
static const chiso_day *boundaries_of;

static struct world open_world(const char *indices, const char *components)
{
    const char *const files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators,
        "indices.csv", indices, "index_components.csv", components, NULL};
    return world_open(files);
}

/* "01=84.6#1 02=…": unit, value or "-", rank, computed one in brackets where another is published, '!' when
 * incomplete. */
static void expect(
    const char *name, const struct world *world, const char *which, const char *period, const char *text)
{
    struct score *scores = NULL;
    size_t count = 0, at = 0;
    char found[1024] = "";
    uint32_t index_number = catalogue_index_find(world->catalogue, which);
    cr_assert_neq(index_number, CATALOGUE_NONE, "%s", which);
    cr_assert_eq(score_all(world->catalogue, world->store, index_number, period_of(period), boundaries_of,
                     &scores, &count),
        CHISO_OK, "%s", name);
    for (size_t i = 0; i < count; i++) {
        const struct score *s = &scores[i];
        at += (size_t)snprintf(found + at, sizeof found - at, "%s%s=%s", i ? " " : "",
            catalogue_unit_code(world->catalogue, s->unit), s->value[0] ? s->value : "-");
        if (s->rank)
            at += (size_t)snprintf(found + at, sizeof found - at, "#%u", s->rank);
        if (s->published)
            at += (size_t)snprintf(found + at, sizeof found - at, "(%s)", s->computed[0] ? s->computed : "-");
        if (s->incomplete && s->computed[0])
            at += (size_t)snprintf(found + at, sizeof found - at, "!");
    }
    free(scores);
    cr_expect_str_eq(found, text, "%s: %s, not %s", name, found, text);
}

/* One index "x" of province 01 alone: what FIGURES ("ratio=1/2 second=na") give with INDEX and COMPONENTS. */
struct one_case {
    const char *name, *index_row, *components, *figures, *score;
};

static void report_all(struct world *world, const char *figures)
{
    char list[256], *rest = NULL;
    snprintf(list, sizeof list, "%s", figures);
    for (char *word = strtok_r(list, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *figure = strchr(word, '=');
        *figure++ = '\0';
        world_set(world, "01", "2025-03", word, figure, 1);
    }
}

static void expect_ones(const struct one_case cases[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char index_text[512], component_text[1024];
        snprintf(index_text, sizeof index_text, INDICES "%s", cases[i].index_row);
        snprintf(component_text, sizeof component_text, PARTS "%s", cases[i].components);
        struct world world = open_world(index_text, component_text);
        report_all(&world, cases[i].figures);
        struct score *scores = NULL;
        size_t scored = 0;
        cr_assert_eq(score_all(world.catalogue, world.store, catalogue_index_find(world.catalogue, "x"),
                         period_of("2025-03"), NULL, &scores, &scored),
            CHISO_OK);
        const char *value = NULL;
        for (size_t k = 0; k < scored; k++) {
            if (scores[k].unit == unit_of(&world, "01"))
                value = scores[k].value;
        }
        cr_expect(value && strcmp(value, cases[i].score) == 0, "%s: '%s', not '%s'", cases[i].name,
            value ? value : "(takes no part)", cases[i].score);
        free(scores);
        world_close(&world);
    }
}
#define ONES(cases) expect_ones(cases, sizeof(cases) / sizeof(cases)[0])
#define POINTS(decimals) "x,X,province,points,,," decimals ",,,,,\n"

Test(score, linear)
{
    static const struct one_case cases[] = {
        {"points · x / full_at, x before the factor", POINTS("2"), "x,ratio,,6,linear,0.80,yes,,\n",
            "ratio=1/2", "3.75"},
        {"not above points when capped", POINTS("2"), "x,ratio,,6,linear,0.80,yes,,\n", "ratio=9/10", "6.00"},
        {"above when not", POINTS("2"), "x,ratio,,6,linear,0.80,no,,\n", "ratio=9/10", "6.75"},
        {"not below 0", POINTS("2"), "x,count,,6,linear,10,no,,\nx,ratio,,1,,,,,\n", "count=-5 ratio=1/2",
            "0.50"},
        {"a bare percentage is a fraction too", POINTS("2"), "x,ratio,,6,linear,0.80,yes,,\n", "ratio=50%",
            "3.75"},
        {"of a third: exact until the end", POINTS("2"), "x,ratio,,3,,,,,\nx,second,,3,,,,,\n",
            "ratio=1/3 second=1/6", "1.50"},
        {"a qualified figure counts as its value", POINTS("2"), "x,ratio,,6,linear,0.80,yes,,\n",
            "ratio=<1/2", "3.75"},
    };
    ONES(cases);
}

Test(score, steps)
{
#define STEPS "x,count,,20,steps,,,1:5 2:10 3:15 4:20,\n"
    static const struct one_case cases[] = {
        {"below the first", POINTS("0"), STEPS, "count=0", "0"},
        {"a negative one too", POINTS("0"), STEPS, "count=-3", "0"},
        {"at the first", POINTS("0"), STEPS, "count=1", "5"},
        {"at the second", POINTS("0"), STEPS, "count=2", "10"},
        {"at the third", POINTS("0"), STEPS, "count=3", "15"},
        {"the highest threshold ≤ x", POINTS("0"), STEPS, "count=100", "20"},
        {"of a ratio: before the factor", POINTS("0"), "x,ratio,,10,steps,,,0.5:4 0.9:10,\n", "ratio=89/100",
            "4"},
    };
    ONES(cases);
}

Test(score, none_is_informational)
{
    static const struct one_case cases[] = {
        {"it adds nothing", POINTS("1"), "x,ratio,,4,,,,,\nx,second,,6,none,,,,\n", "ratio=1/2 second=1/1",
            "2.0"},
        {"and it may be missing", POINTS("1"), "x,ratio,,4,,,,,\nx,second,,6,none,,,,\n", "ratio=1/2", "2.0"},
        {"it is no part of the maximum", "x,X,province,points,,fraction,2,,,,,\n",
            "x,ratio,,4,,,,,\nx,second,,6,none,,,,\n", "ratio=1/2 second=1/1", "0.50"},
    };
    ONES(cases);
}

Test(score, methods)
{
    static const struct one_case cases[] = {
        {"points: Σ", POINTS("1"), "x,ratio,,4,,,,,\nx,second,,6,,,,,\n", "ratio=1/2 second=1/2", "5.0"},
        {"weights do not count for points", POINTS("1"), "x,ratio,9,4,,,,,\nx,second,1,6,,,,,\n",
            "ratio=1/2 second=1/1", "8.0"},
        {"weighted_mean: Σ w·s / Σ w", "x,X,province,weighted_mean,,,4,,,,,\n",
            "x,ratio,100,,,,,,\nx,second,600,,,,,,\n", "ratio=1/1 second=0/1", "0.1429"},
        {"a seventh is exact: seven of them are one", "x,X,province,weighted_mean,,fraction,9,,,,,\n",
            "x,ratio,100,,,,,,\nx,second,600,,,,,,\n", "ratio=1/1 second=1/1", "1.000000000"},
    };
    ONES(cases);
}

Test(score, maximum_and_shown)
{
    static const struct one_case cases[] = {
        {"the maximum clamps", "x,X,province,points,5,,1,,,,,\n", "x,ratio,,4,,,no,,\nx,second,,6,,,,,\n",
            "ratio=1/1 second=1/1", "5.0"},
        {"a fraction of the column", "x,X,province,points,20,fraction,2,,,,,\n",
            "x,ratio,,4,,,,,\nx,second,,6,,,,,\n", "ratio=1/1 second=1/1", "0.50"},
        {"or of the components' points", "x,X,province,points,,fraction,2,,,,,\n",
            "x,ratio,,4,,,,,\nx,second,,6,,,,,\n", "ratio=1/1 second=0/1", "0.40"},
        {"a weighted mean's maximum is that of its mean", "x,X,province,weighted_mean,,fraction,2,,,,,\n",
            "x,ratio,1,4,,,,,\nx,second,1,6,,,,,\n", "ratio=1/1 second=0/1", "0.40"},
    };
    ONES(cases);
}

Test(score, rounding)
{
    static const struct one_case cases[] = {
        {"half up", POINTS("0"), "x,ratio,,1,,,,,\n", "ratio=1/2", "1"},
        {"once, at the end", POINTS("0"), "x,ratio,,1,,,,,\nx,second,,1,,,,,\n", "ratio=4/10 second=4/10",
            "1"},
        {"components to component_decimals", "x,X,province,points,,,0,0,,,,\n",
            "x,ratio,,1,,,,,\nx,second,,1,,,,,\n", "ratio=4/10 second=4/10", "0"},
        {"0 is 0.00", POINTS("2"), "x,ratio,,1,,,,,\n", "ratio=0/10", "0.00"},
    };
    ONES(cases);
}

Test(score, missing)
{
#define TWO "x,ratio,,4,,,,,\nx,second,,6,,,,,\n"
    static const struct one_case cases[] = {
        {"incomplete: no score", POINTS("1"), TWO, "ratio=1/2", ""},
        {"zero: it counts as 0", "x,X,province,points,,,1,,zero,,,\n", TWO, "ratio=1/2", "2.0"},
        {"zero: all of them too", "x,X,province,points,,,1,,zero,,,\n", TWO, "", "0.0"},
        {"withdrawn is missing", POINTS("1"), TWO, "ratio=1/2 second=-", ""},
        {"0 is not missing", POINTS("1"), TWO, "ratio=1/2 second=0/5", "2.0"},
    };
    ONES(cases);
}

Test(score, not_applicable_is_dropped_and_rescaled)
{
    static const struct one_case cases[] = {
        {"points: 2 of 4 are 5 of 10", POINTS("1"), TWO, "ratio=1/2 second=na", "5.0"},
        {"before the clamp", "x,X,province,points,4,,1,,,,,\n", TWO, "ratio=1/2 second=na", "4.0"},
        {"weighted mean", "x,X,province,weighted_mean,,,2,,,,,\n", "x,ratio,1,,,,,,\nx,second,3,,,,,,\n",
            "ratio=1/2 second=na", "0.50"},
        {"all of them: no score", POINTS("1"), TWO "x,count,,5,none,,,,\n", "ratio=na second=na count=1", ""},
        {"beside a missing one: no score", POINTS("1"), TWO "x,third,,5,,,,,\n", "ratio=1/2 second=na", ""},
    };
    ONES(cases);
}

Test(score, zero_denominators)
{
    static const struct one_case cases[] = {
        {"the indicator's own: not applicable", POINTS("1"), TWO, "ratio=0/0 second=1/2", "5.0"},
        {"the indicator's own: zero", POINTS("1"), TWO, "ratio=1/2 second=0/0", "2.0"},
        {"overridden: full", POINTS("1"), "x,ratio,,4,,,,,full\nx,second,,6,,,,,\n", "ratio=0/0 second=1/2",
            "7.0"},
        {"overridden: zero", POINTS("1"), "x,ratio,,4,,,,,zero\nx,second,,6,,,,,\n", "ratio=0/0 second=1/2",
            "3.0"},
        {"overridden: not applicable", POINTS("1"), "x,ratio,,4,,,,,\nx,second,,6,,,,,not_applicable\n",
            "ratio=1/2 second=0/0", "5.0"},
    };
    ONES(cases);
}

Test(score, nested)
{
#define UNDER "n,N,province,points,"
    static const struct one_case cases[] = {
        {"as a fraction of its points", UNDER ",,0,,,,,\n" POINTS("3"),
            "n,ratio,,4,,,,,\nn,second,,6,,,,,\nx,n,,10,,,,,\n", "ratio=1/3 second=0/1", "1.333"},
        {"of its column", UNDER "20,,0,,,,,\n" POINTS("3"),
            "n,ratio,,4,,,,,\nn,second,,6,,,,,\nx,n,,10,,,,,\n", "ratio=1/1 second=1/1", "5.000"},
        {"clamped", UNDER "3,,0,,,,,\n" POINTS("3"), "n,ratio,,4,,,,,\nx,n,,10,,,no,,\n", "ratio=1/1",
            "10.000"},
        {"unrounded", UNDER ",,0,,,,,\n" POINTS("3"), "n,ratio,,1,,,,,\nx,n,,1,,,,,\n", "ratio=1/3", "0.333"},
        {"missing below is missing", UNDER ",,0,,,,,\n" POINTS("3"),
            "n,ratio,,1,,,,,\nx,n,,1,,,,,\nx,second,,1,,,,,\n", "second=1/3", ""},
        {"its maximum is without informational ones", UNDER ",,0,,,,,\n" POINTS("3"),
            "n,ratio,,4,,,,,\nn,second,,6,none,,,,\nx,n,,10,,,,,\n", "ratio=1/2 second=1/1", "5.000"},
        {"not applicable below is dropped", UNDER ",,0,,,,,\n" POINTS("3"),
            "n,ratio,,1,,,,,\nx,n,,1,,,,,\nx,second,,1,,,,,\n", "ratio=na second=1/4", "0.500"},
        {"not valid on the day is missing", "n,N,province,points,,,0,,,,2026-01-01,\n" POINTS("3"),
            "n,ratio,,1,,,,,\nx,n,,1,,,,,\nx,second,,1,,,,,\n", "ratio=1/1 second=1/4", ""},
    };
    ONES(cases);
}

Test(score, competition_ranks_of_the_rounded_values)
{
    struct world world = open_world(INDICES POINTS("1"), PARTS "x,ratio,,10,,,,,\nx,count,,1,none,,,,\n");
    world_set(&world, "01", "2025-03", "ratio", "500/1000", 1);
    world_set(&world, "02", "2025-03", "ratio", "901/1000", 1);
    world_set(&world, "03", "2025-03", "ratio", "503/1000", 1);
    world_set(&world, "04", "2025-03", "ratio", "100/1000", 1);
    expect("1, 2, 2, 4", &world, "x", "2025-03", "02=9.0#1 01=5.0#2 03=5.0#2 04=1.0#4");
    world_set(&world, "02", "2025-03", "ratio", "-", 2);
    expect("a unit without a score has no rank", &world, "x", "2025-03", "01=5.0#1 03=5.0#1 04=1.0#3 02=-");
    world_set(&world, "02", "2025-03", "ratio", "na", 3);
    expect("nor one to which nothing applies, which owes the informational one", &world, "x", "2025-03",
        "01=5.0#1 03=5.0#1 04=1.0#3 02=-");
    expect("those that owe take part before anything is in", &world, "x", "2025-04", "01=- 02=- 03=- 04=-");
    expect(
        "a quarter adds operands, not scores", &world, "x", "2025-Q1", "01=5.0#1! 03=5.0#1! 04=1.0#3! 02=-");
    world_close(&world);
}

Test(score, who_takes_part)
{
    struct world world = open_world(INDICES POINTS("0"), PARTS "x,commune,,10,,10,,,\n");
    world_set(&world, "00001", "2025-03", "commune", "5", 1);
    expect("units of the kind that have a figure or owe one below", &world, "x", "2025-03", "01=5#1");
    world_close(&world);
}

Test(score, an_incomplete_total_is_used_and_marked)
{
    struct world world = open_world(INDICES POINTS("0"), PARTS "x,ratio,,10,,,,,\n");
    world_set(&world, "01", "2025-01", "ratio", "5/10", 1);
    expect("one month of the quarter", &world, "x", "2025-Q1", "01=5#1! 02=- 03=- 04=-");
    world_close(&world);
}

Test(score, published_as)
{
    struct world world = open_world(
        INDICES "x,X,province,points,,,4,,,published,,\n", PARTS "x,p1,,1,,,,,\nx,p2,,1,none,,,,\n");
    world_set(&world, "01", "2021", "published", "0.4885", 1);
    world_set(&world, "02", "2021", "p1", "0.48848", 1);
    world_set(&world, "02", "2021", "published", "0.4884", 1);
    world_set(&world, "03", "2021", "p1", "0.48845", 1);
    expect("the reported value is shown and ranked, the computed one beside it", &world, "x", "2021",
        "01=0.4885#1(-) 03=0.4885#1 02=0.4884#3(0.4885) 04=-");
    world_close(&world);
}

Test(score, versions)
{
    struct world world = open_world(INDICES
        "x,X,province,points,,,1,,,,,2025-02-28\nx,X,province,points,,,3,,,,2025-03-01,2025-03-31\n",
        PARTS "x,ratio,,1,,,,,\n");
    struct score *scores = NULL;
    size_t count = 0;
    world_set(&world, "01", "2025-02", "ratio", "1/3", 1);
    world_set(&world, "01", "2025-03", "ratio", "1/3", 1);
    expect("the first", &world, "x", "2025-02", "01=0.3#1 02=- 03=- 04=-");
    expect("the second", &world, "x", "2025-03", "01=0.333#1 02=- 03=- 04=-");
    cr_expect_eq(score_all(world.catalogue, world.store, 0, period_of("2025-04"), NULL, &scores, &count),
        CHISO_ENOTFOUND);
    world_close(&world);
}

Test(score, what_the_components_bring)
{
    struct world world = open_world(INDICES "n,N,province,points,,,0,,,,,\nx,X,province,points,,,2,,,,,\n",
        PARTS
        "n,ratio,,3,,,,,\nx,n,,2,,,,,\nx,count,,20,steps,,,1:5 2:20,\nx,second,,4,none,,,,\nx,third,,7,,,,,\n"
        "x,commune,,7,,,,,\n");
    struct score_part *parts = NULL;
    size_t count = 0;
    world_set(&world, "01", "2025-03", "ratio", "1/3", 1);
    world_set(&world, "01", "2025-03", "count", "7", 1);
    world_set(&world, "01", "2025-03", "second", "1/4", 1);
    world_set(&world, "01", "2025-03", "third", "na", 1);
    cr_assert_eq(score_parts(world.catalogue, world.store, catalogue_index_find(world.catalogue, "x"),
                     unit_of(&world, "01"), period_of("2025-03"), &parts, &count),
        CHISO_OK);
    static const struct {
        enum score_state state;
        const char *x, *score;
    } wanted[] = {{SCORE_VALUE, "1/3", "2/3"}, {SCORE_VALUE, "7", "20"}, {SCORE_VALUE, "0.25", ""},
        {SCORE_NOT_APPLICABLE, "", ""}, {SCORE_MISSING, "", ""}};
    cr_assert_eq(count, 5);
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(parts[i].state, wanted[i].state, "%zu", i);
        cr_expect_str_eq(parts[i].x, wanted[i].x, "%zu", i);
        cr_expect_str_eq(parts[i].score, wanted[i].score, "%zu", i);
    }
    free(parts);
    world_close(&world);
}

/* A nested index over twelve ratios: its fraction has a denominator of 70 digits, and is told whole. */
Test(score, a_long_fraction_is_told_whole)
{
    static const char *const figures[] = {"1/1000003", "1/1000033", "1/1000037", "1/1000039", "1/1000081",
        "1/1000099", "1/1000117", "1/1000121", "1/1000133", "1/1000151", "1/1000159", "1/1000171"};
    char many[4096], parts[2048];
    size_t at = (size_t)snprintf(
        many, sizeof many, "id,pillar,name_vi,measure,across_time,minimum,reported_by,cadence\n");
    size_t part = (size_t)snprintf(parts, sizeof parts, "%sx,n,,1,,,,,\n", PARTS);
    for (int i = 0; i < 12; i++) {
        at +=
            (size_t)snprintf(many + at, sizeof many - at, "q%d,foundation,Q,ratio,sum,0,province,month\n", i);
        part += (size_t)snprintf(parts + part, sizeof parts - part, "n,q%d,,1,,,,,\n", i);
    }
    const char *const files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv", many,
        "indices.csv", INDICES "n,N,province,points,,,0,,,,,\nx,X,province,points,,,2,,,,,\n",
        "index_components.csv", parts, NULL};
    struct world world = world_open(files);
    struct score_part *found = NULL;
    size_t count = 0;
    for (int i = 0; i < 12; i++) {
        char id[8];
        snprintf(id, sizeof id, "q%d", i);
        world_set(&world, "01", "2025-03", id, figures[i], 1);
    }
    cr_assert_eq(score_parts(world.catalogue, world.store, catalogue_index_find(world.catalogue, "x"),
                     unit_of(&world, "01"), period_of("2025-03"), &found, &count),
        CHISO_OK);
    cr_assert_eq(count, 1);
    cr_expect(strlen(found[0].x) > 140 && strchr(found[0].x, '/'), "\"%s\"", found[0].x);
    free(found);
    world_close(&world);
}

/* ---- boundaries ---- */

static struct world open_merged_world(const char *indices, const char *components)
{
    static const char merged_units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                                       "VN,,,nation,,,Việt Nam,\n"
                                       "35,,2025-06-30,province,,VN,Hà Nam,\n"
                                       "36,,2025-06-30,province,,VN,Nam Định,\n"
                                       "37,,2025-06-30,province,,VN,Ninh Bình,\n"
                                       "37,2025-07-01,,province,,VN,Ninh Bình,\n"
                                       "38,,,province,,VN,Thanh Hóa,\n";
    static const char successions[] = "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n2025-07-01,36,"
                                      "37,whole\n2025-07-01,37,37,whole\n";
    static const char rates[] =
        "id,pillar,name_vi,measure,across_time,decimals,input_decimals,minimum,reported_by,cadence\n"
        "p1,foundation,C,rate,last,4,6,0,province,year\np2,foundation,C,rate,last,4,6,0,province,year\n"
        "published,foundation,Công bố,index,last,4,4,0,province,year\n";
    const char *const files[] = {"units.csv", merged_units, "successions.csv", successions, "pillars.csv",
        pillars, "indicators.csv", rates, "indices.csv", indices, "index_components.csv", components, NULL};
    return world_open(files);
}

static const char merging[] = "id,name_vi,unit_kind,method,decimals,merger,published_as\n"
                              "mean,M,province,points,2,mean,\n"
                              "none,N,province,points,2,none,\n"
                              "shown,P,province,points,2,mean,published\n";
static const char merging_parts[] = PARTS "mean,p1,,1,,,,,\nnone,p1,,1,,,,,\nshown,p1,,1,,,,,\n";

Test(score, merger_mean_of_the_former_units)
{
    static chiso_day after;
    chiso_day_parse("2025-07-01", 10, &after);
    struct world world = open_merged_world(merging, merging_parts);
    world_set(&world, "35", "2024", "p1", "0.3", 1);
    world_set(&world, "36", "2024", "p1", "0.335", 1);
    world_set(&world, "37", "2024", "p1", "0.7", 1);
    world_set(&world, "38", "2024", "p1", "0.445", 1);
    expect("as reported", &world, "mean", "2024", "37=0.70#1 38=0.45#2 36=0.34#3 35=0.30#4");
    boundaries_of = &after;
    /* (0.3 + 0.335 + 0.7) / 3 = 0.445: unrounded until the end */
    expect("their plain mean, ranked with the others", &world, "mean", "2024", "37=0.45#1 38=0.45#1");
    expect("without a rule: not comparable", &world, "none", "2024", "38=0.45#1 37=-");
    world_set(&world, "36", "2024", "published", "0.5", 1);
    expect("a published score goes into the mean that is shown", &world, "shown", "2024",
        "37=0.50#1(0.45) 38=0.45#2");
    world_set(&world, "35", "2024", "p1", "na", 2);
    expect("one to which it does not apply is left out", &world, "mean", "2024", "37=0.52#1 38=0.45#2");
    world_set(&world, "35", "2024", "p1", "-", 3);
    expect("one without a score: none", &world, "mean", "2024", "38=0.45#1 37=-");
    boundaries_of = NULL;
    world_close(&world);
}

Test(score, nested_indices_each_by_their_own_merger)
{
    static chiso_day after;
    chiso_day_parse("2025-07-01", 10, &after);
    static const char nesting[] = "id,name_vi,unit_kind,method,decimals,merger\n"
                                  "x,X,province,points,2,mean\n"
                                  "middle,M,province,points,2,mean\n"
                                  "low,L,province,points,2,%s\n";
    static const struct {
        const char *merger, *scoring, *name, *scores;
    } cases[] = {
        {"mean", "linear", "every one has a rule: the mean of the outer one", "38=1.50#1 37=1.00#2"},
        {"none", "linear", "one without a rule, at whatever depth: not comparable", "38=1.50#1 37=-"},
        {"none", "none", "one that is informational does not count", "37=1.00#1 38=1.00#1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char indices[512], components[512];
        snprintf(indices, sizeof indices, nesting, cases[i].merger);
        snprintf(components, sizeof components,
            PARTS "low,p1,,1,,,,,\nmiddle,low,,1,%s,,,,\nmiddle,p2,,1,,,,,\nx,middle,,2,,,,,\n",
            cases[i].scoring);
        struct world world = open_merged_world(indices, components);
        static const char *const former[] = {"35", "36", "37"};
        for (size_t k = 0; k < 3; k++) {
            world_set(&world, former[k], "2024", "p1", k == 0 ? "0.15" : k == 1 ? "0.75" : "0.6", 1);
            world_set(&world, former[k], "2024", "p2", k == 0 ? "0.75" : k == 1 ? "0" : "0.75", 1);
        }
        world_set(&world, "38", "2024", "p1", "1", 1);
        world_set(&world, "38", "2024", "p2", "0.5", 1);
        boundaries_of = &after;
        expect(cases[i].name, &world, "x", "2024", cases[i].scores);
        boundaries_of = NULL;
        world_close(&world);
    }
}

Test(score, boundaries_before_a_merger_and_a_period_after_it)
{
    static chiso_day before;
    chiso_day_parse("2025-06-30", 10, &before);
    struct world world = open_merged_world(merging, merging_parts);
    world_set(&world, "37", "2025", "p1", "0.3", 1);
    world_set(&world, "38", "2025", "p1", "0.4", 1);
    boundaries_of = &before;
    expect("not comparable", &world, "mean", "2025", "38=0.40#1 35=- 36=- 37=-");
    boundaries_of = NULL;
    world_close(&world);
}

/* ---- the table of S6 ---- */

static const char dti_indices[] = INDICES "dti,DTI,province,weighted_mean,,fraction,4,,,published,,\n"
                                          "dti.pillar_gov,CQS,province,weighted_mean,,fraction,4,,,,,\n";
static const char dti_parts[] =
    PARTS "dti,p1,10,1,linear,1,yes,,\ndti,p2,10,1,linear,1,yes,,\ndti,p3,10,1,linear,1,yes,,\n"
          "dti,p4,10,1,linear,1,yes,,\ndti,p5,10,1,linear,1,yes,,\ndti,p6,20,1,linear,1,yes,,\n"
          "dti,p7,15,1,linear,1,yes,,\ndti,p8,15,1,linear,1,yes,,\n"
          "dti.pillar_gov,p1,100,1,linear,1,yes,,\ndti.pillar_gov,p2,100,1,linear,1,yes,,\n"
          "dti.pillar_gov,p3,100,1,linear,1,yes,,\ndti.pillar_gov,p4,100,1,linear,1,yes,,\n"
          "dti.pillar_gov,p5,100,1,linear,1,yes,,\ndti.pillar_gov,p6,200,1,linear,1,yes,,\n";

Test(score, row_dti)
{
    struct world world = open_world(dti_indices, dti_parts);
    static const char *const figures[] = {"0.7", "0.5", "0.4", "0.6", "0.3", "0.55", "0.35", "0.45"};
    for (int i = 0; i < 8; i++) {
        char id[] = "p1";
        id[1] = (char)('1' + i);
        world_set(&world, "01", "2021", id, figures[i], 1);
        world_set(&world, "02", "2021", id, "1", 1);
    }
    /* 0.1 · 2.5 + 0.2 · 0.55 + 0.15 · 0.8 */
    expect("dti", &world, "dti", "2021", "02=1.0000#1 01=0.4800#2 03=- 04=-");
    world_set(&world, "03", "2021", "published", "0.4885", 1);
    expect("a value that was only published", &world, "dti", "2021",
        "02=1.0000#1 03=0.4885#2(-) 01=0.4800#3 04=-");
    world_close(&world);
}

Test(score, row_dti_pillar_gov)
{
    struct world world = open_world(dti_indices, dti_parts);
    static const char *const figures[] = {"0.7", "0.5", "0.4", "0.6", "0.3", "0.55"};
    for (int i = 0; i < 6; i++) {
        char id[] = "p1";
        id[1] = (char)('1' + i);
        world_set(&world, "01", "2021", id, figures[i], 1);
    }
    /* (500 · 0.5 + 200 · 0.55) / 700: DOMAIN, the foundation counted in every pillar */
    expect("dti.pillar_gov", &world, "dti.pillar_gov", "2021", "01=0.5143#1 02=- 03=- 04=-");
    world_close(&world);
}

Test(score, row_qd766_service)
{
#define SERVICE "x,ratio,,2,linear,0.80,yes,,\nx,second,,4,linear,1,yes,,\nx,third,,6,linear,0.50,yes,,\n"
    static const struct one_case cases[] = {
        {"min(2, 2·A/0.80) + 4·B + min(6, 6·C/0.50)", POINTS("2"), SERVICE,
            "ratio=60/100 second=70/100 third=20/100", "6.70"},
        {"each full", POINTS("2"), SERVICE, "ratio=80/100 second=100/100 third=50/100", "12.00"},
        {"never above 12", POINTS("2"), SERVICE, "ratio=1/1 second=1/1 third=1/1", "12.00"},
    };
    ONES(cases);
}

Test(score, row_qd766_payment)
{
#define PAYMENT "x,ratio,,6,linear,1,yes,,\nx,second,,2,linear,0.80,yes,,\nx,third,,2,linear,0.80,yes,,\n"
    static const struct one_case cases[] = {
        {"6·A + min(2, 2.5·B) + min(2, 2.5·C)", POINTS("2"), PAYMENT, "ratio=1/2 second=40/100 third=60/100",
            "5.50"},
        {"this project caps C at its 2", POINTS("2"), PAYMENT, "ratio=1/1 second=1/1 third=1/1", "10.00"},
    };
    ONES(cases);
}

Test(score, row_qd766_satisfaction)
{
#define SATISFACTION                                                                                         \
    "x,ratio,,6,linear,1,yes,,full\nx,second,,6,linear,1,yes,,full\nx,third,,6,linear,0.90,yes,,zero\n"
    static const struct one_case cases[] = {
        {"on time, satisfied, dossiers", POINTS("2"), SATISFACTION, "ratio=9/10 second=1/2 third=45/100",
            "11.40"},
        {"no petition gives full points", POINTS("2"), SATISFACTION, "ratio=0/0 second=0/0 third=90/100",
            "18.00"},
        {"no dossier gives none", POINTS("2"), SATISFACTION, "ratio=0/0 second=0/0 third=0/0", "12.00"},
    };
    ONES(cases);
}
