/* What is refused, and the sentence the sender reads (STATISTICS S1). */
#include "core/admit.h"

#include "world.h"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,2025-06-30,province,,VN,Hà Nam,Ha Nam\n"
                            "36,,2025-06-30,province,,VN,Nam Định,Nam Dinh\n"
                            "37,2025-07-01,,province,,VN,Ninh Bình,Ninh Binh\n"
                            "347,,2025-06-30,district,,35,Phủ Lý,Phu Ly\n"
                            "35.stp,,2025-06-30,department,justice,35,Sở Tư pháp,Justice\n";
static const char successions[] =
    "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n2025-07-01,36,37,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,name_en,measure,across_time,factor,decimals,input_decimals,minimum,"
    "reported_by,whole_by,"
    "cadence\n"
    "count,,foundation,Đếm,Count,count,sum,1,0,0,0,province district,,month\n"
    "ratio,,foundation,Tỷ lệ,Ratio,ratio,sum,100,1,1,0,province,,quarter\n"
    "rank,,foundation,Hạng,Rank,rank,last,1,0,0,0,province,,year\n"
    "signed,,foundation,Chênh lệch,Difference,amount,sum,1,2,2,,province,,month+interval\n"
    "share,,foundation,Tỷ lệ đơn vị,Share,share,last,100,1,1,0,district,department:justice,month\n"
    "new,2025-01-01,foundation,Mới,New,count,sum,1,0,0,0,province,,month\n";
static const char publishers[] = "publisher,units\n35.gateway,35 35/*\n";

static struct world world;
static struct chiso_arena arena;

static void open_world(void)
{
    static const char *const files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv",
        pillars, "indicators.csv", indicators, "publishers.csv", publishers, NULL};
    world = world_open(files);
    cr_assert_eq(chiso_arena_init(&arena, 1 << 20), CHISO_OK);
}

static void close_world(void)
{
    world_close(&world);
    chiso_arena_release(&arena);
}

TestSuite(admit, .init = open_world, .fini = close_world);

/* 2025-05-05 08:00 in Vietnam */
#define NOW INT64_C(1746406800000)

static struct chiso_report report_of(
    const char *unit, const char *period, struct chiso_observation *observation)
{
    return (struct chiso_report){.report_id = "r1",
        .unit = unit,
        .period = period,
        .source = "",
        .stream_id = "",
        .revision = 1,
        .observation_count = 1,
        .observations = observation};
}

Test(admit, whole_reports)
{
    struct {
        const char *name, *province, *publisher, *unit, *period;
        uint64_t revision;
        size_t observations;
        enum chiso_reason reason;
        const char *text;
    } const cases[] = {
        {"good", "35", "35", "35", "2025-Q1", 1, 1, 0, NULL},
        {"the gateway speaks for a district", "35", "35.gateway", "347", "2025-03", 1, 1, 0, NULL},
        {"running period", "35", "35", "35", "2025-05", 1, 1, 0, NULL},
        {"highest revision", "35", "35", "35", "2025-Q1", UINT64_C(1) << 31, 1, 0, NULL},
        {"no observations", "35", "35", "35", "2025-Q1", 1, 0, CHISO_REASON_MALFORMED,
            "the report has no observations"},
        {"revision 0", "35", "35", "35", "2025-Q1", 0, 1, CHISO_REASON_BAD_REVISION,
            "revision 0 is not between 1 and 2147483648"},
        {"revision too high", "35", "35", "35", "2025-Q1", (UINT64_C(1) << 31) + 1, 1,
            CHISO_REASON_BAD_REVISION, "revision 2147483649 is not between 1 and 2147483648"},
        {"odd period", "35", "35", "35", "2025-Q5", 1, 1, CHISO_REASON_BAD_PERIOD,
            "\"2025-Q5\" is not a period such as 2025, 2025-Q1 or 2025-03"},
        {"not begun", "35", "35", "35", "2025-06", 1, 1, CHISO_REASON_BAD_PERIOD,
            "period 2025-06 has not begun on 2025-05-05"},
        {"unknown unit", "35", "35", "39", "2025-Q1", 1, 1, CHISO_REASON_UNKNOWN_UNIT,
            "unit \"39\" is not in the catalogue"},
        {"ended unit", "35", "35", "35", "2025", 1, 1, CHISO_REASON_UNKNOWN_UNIT,
            "unit 35 ended on 30/06/2025; use 2025-H1"},
        {"not its publisher", "36", "35.gateway", "36", "2025-Q1", 1, 1, CHISO_REASON_NOT_ALLOWED,
            "publisher 35.gateway may not report for unit 36"},
        {"wrong topic", "36", "35", "35", "2025-Q1", 1, 1, CHISO_REASON_WRONG_TOPIC,
            "unit 35 belongs to province 35 in 2025-Q1: publish on chiso/v1/report/35/35, not on province "
            "36"},
        {"nation", "35", "VN", "VN", "2025-Q1", 1, 1, CHISO_REASON_UNKNOWN_UNIT,
            "unit VN belongs to no province"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chiso_observation o = {.indicator = "count", .value = 1, .note = ""};
        struct chiso_report report = report_of(cases[i].unit, cases[i].period, &o);
        struct admitted out;
        report.revision = cases[i].revision;
        report.observation_count = cases[i].observations;
        cr_assert_eq(
            admit_report(world.catalogue, cases[i].province, cases[i].publisher, &report, NOW, &arena, &out),
            CHISO_OK);
        cr_expect_eq(out.reason, cases[i].reason, "%s: reason %d", cases[i].name, (int)out.reason);
        if (cases[i].text)
            cr_expect_str_eq(out.text ? out.text : "", cases[i].text, "%s: \"%s\"", cases[i].name, out.text);
        else
            cr_expect_eq(out.observations[0].reason, 0, "%s: %s", cases[i].name, out.observations[0].text);
    }
}

Test(admit, observations)
{
    struct {
        const char *name, *period;
        struct chiso_observation o;
        enum chiso_reason reason;
        const char *text;
    } const cases[] = {
        {"value", "2025-03", {.indicator = "count", .value = 5}, 0, NULL},
        {"pair", "2025-Q1", {.indicator = "ratio", .value = 5, .denominator = 7}, 0, NULL},
        {"0/0 is a valid pair", "2025-Q1", {.indicator = "ratio"}, 0, NULL},
        {"bare", "2025-Q1", {.indicator = "ratio", .value = 846, .scale = 1, .bare = true}, 0, NULL},
        {"rank with how many were ranked", "2024", {.indicator = "rank", .value = 6, .denominator = 63}, 0,
            NULL},
        {"rank alone", "2024", {.indicator = "rank", .value = 6}, 0, NULL},
        {"trailing zeros are no decimals", "2025-03", {.indicator = "count", .value = 500, .scale = 2}, 0,
            NULL},
        {"negative difference", "2025-03", {.indicator = "signed", .value = -5}, 0, NULL},
        {"interval", "2025-01-01/2025-02-14", {.indicator = "signed", .value = 5}, 0, NULL},
        {"withdrawn", "2025-03", {.indicator = "count", .withdrawn = true}, 0, NULL},
        {"not applicable", "2025-03", {.indicator = "count", .not_applicable = true}, 0, NULL},
        {"largest", "2025-03", {.indicator = "count", .value = CHISO_FIGURE_MAX}, 0, NULL},
        {"too large", "2025-03", {.indicator = "count", .value = CHISO_FIGURE_MAX + 1},
            CHISO_REASON_BAD_VALUE,
            "4503599627370497 is too large for count: the limit is 2^52 in its smallest unit"},
        {"too large after scaling", "2025-03", {.indicator = "signed", .value = CHISO_FIGURE_MAX / 10},
            CHISO_REASON_BAD_VALUE,
            "450359962737049 is too large for signed: the limit is 2^52 in its smallest unit"},
        {"unknown indicator", "2025-03", {.indicator = "x"}, CHISO_REASON_UNKNOWN_INDICATOR,
            "indicator \"x\" is not in the catalogue"},
        {"before its first definition", "2024-03", {.indicator = "new", .value = 1},
            CHISO_REASON_UNKNOWN_INDICATOR, "indicator new has no definition for 2024-03 yet"},
        {"shorter than the cadence", "2025-03", {.indicator = "ratio", .value = 1, .denominator = 1},
            CHISO_REASON_BAD_PERIOD, "period 2025-03 is shorter than the cadence of indicator ratio"},
        {"no intervals", "2025-01-01/2025-02-14", {.indicator = "count", .value = 1}, CHISO_REASON_BAD_PERIOD,
            "indicator count does not take intervals such as 2025-01-01/2025-02-14"},
        {"negative", "2025-03", {.indicator = "count", .value = -1}, CHISO_REASON_BAD_VALUE,
            "-1 is negative and the minimum of count is 0"},
        {"negative numerator", "2025-Q1", {.indicator = "ratio", .value = -1, .denominator = 2},
            CHISO_REASON_BAD_VALUE, "-1 is negative and the minimum of ratio is 0"},
        {"negative and qualified", "2025-03", {.indicator = "signed", .value = -1, .qualifier = CHISO_ABOUT},
            CHISO_REASON_BAD_VALUE, "-1 of signed is negative and can only be exact or an estimate"},
        {"negative estimate", "2025-03", {.indicator = "signed", .value = -1, .qualifier = CHISO_ESTIMATE}, 0,
            NULL},
        {"negative denominator", "2025-Q1", {.indicator = "ratio", .value = 1, .denominator = -2},
            CHISO_REASON_BAD_VALUE, "denominator -2 of ratio is negative"},
        {"something of nothing", "2025-Q1", {.indicator = "ratio", .value = 1}, CHISO_REASON_BAD_VALUE,
            "1 of 0 is no ratio: ratio has a numerator and denominator 0"},
        {"too many decimals", "2025-03", {.indicator = "count", .value = 15, .scale = 1},
            CHISO_REASON_BAD_VALUE, "1.5 has 1 decimals, count takes at most 0"},
        {"odd scale", "2025-03", {.indicator = "count", .value = 15, .scale = 10}, CHISO_REASON_BAD_VALUE,
            "scale 10 of count is above 9"},
        {"denominator of a count", "2025-03", {.indicator = "count", .value = 1, .denominator = 2},
            CHISO_REASON_BAD_FORM, "count takes a plain value and cannot have a denominator"},
        {"bare count", "2025-03", {.indicator = "count", .value = 1, .bare = true}, CHISO_REASON_BAD_FORM,
            "count takes a plain value and cannot be bare"},
        {"bare with denominator", "2025-Q1",
            {.indicator = "ratio", .value = 1, .denominator = 2, .bare = true}, CHISO_REASON_BAD_FORM,
            "ratio is bare and cannot have a denominator"},
        {"figure and not applicable", "2025-03", {.indicator = "count", .value = 1, .not_applicable = true},
            CHISO_REASON_BAD_FORM, "count has a figure and is marked not applicable as well"},
        {"figure and withdrawn", "2025-03", {.indicator = "count", .value = 1, .withdrawn = true},
            CHISO_REASON_BAD_FORM, "count has a figure and is marked withdrawn as well"},
        {"both flags", "2025-03", {.indicator = "count", .not_applicable = true, .withdrawn = true},
            CHISO_REASON_BAD_FORM, "count is both not applicable and withdrawn"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chiso_observation o = cases[i].o;
        struct chiso_report report = report_of("35", cases[i].period, &o);
        struct admitted out;
        cr_assert_eq(admit_report(world.catalogue, "35", "35", &report, NOW, &arena, &out), CHISO_OK);
        cr_assert_eq(out.reason, 0, "%s: %s", cases[i].name, out.text);
        cr_expect_eq(out.observations[0].reason, cases[i].reason, "%s: reason %d, %s", cases[i].name,
            (int)out.observations[0].reason, out.observations[0].text ? out.observations[0].text : "");
        if (cases[i].text)
            cr_expect_str_eq(
                out.observations[0].text ? out.observations[0].text : "", cases[i].text, "%s", cases[i].name);
    }
}

Test(admit, shares)
{
    struct {
        const char *name, *unit;
        struct chiso_observation o;
        const char *text; /* NULL: admitted */
    } const cases[] = {
        {"one", "347", {.value = 1}, NULL},
        {"zero", "347", {.value = 10, .scale = 1}, NULL},
        {"two", "347", {.value = 2}, "2 of share is neither 0 nor 1"},
        {"half", "347", {.value = 5, .scale = 1}, "0.5 of share is neither 0 nor 1"},
        {"k of n of a part", "347", {.value = 1, .denominator = 2},
            "share: only a unit that speaks for the whole reports k of n, unit 347 reports 0 or 1"},
        {"k of n of the whole", "35.stp", {.value = 18, .denominator = 20}, NULL},
        {"more than all", "35.stp", {.value = 21, .denominator = 20}, "21 of 20 is no k of n units of share"},
        {"half a unit", "35.stp", {.value = 15, .denominator = 20, .scale = 1},
            "1.5 of 2 is no k of n units of share"},
        {"of about 20", "35.stp", {.value = 1, .denominator = 20, .denominator_qualifier = CHISO_ABOUT},
            "1 of 20 is no k of n units of share"},
        {"of too many", "35.stp", {.value = 1, .denominator = 1000000},
            "1 of 1000000 is no k of n units of share"},
        {"bare", "35.stp", {.value = 1, .bare = true}, "share takes a plain value and cannot be bare"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chiso_observation o = cases[i].o;
        struct admitted out;
        o.indicator = "share";
        struct chiso_report report = report_of(cases[i].unit, "2025-03", &o);
        cr_assert_eq(
            admit_report(world.catalogue, "35", cases[i].unit, &report, NOW, &arena, &out), CHISO_OK);
        cr_expect_str_eq(out.observations[0].reason ? out.observations[0].text : "",
            cases[i].text ? cases[i].text : "", "%s", cases[i].name);
    }
}

/* A letter for each form: value, pair, bare, 0/0, not applicable, withdrawn; '-' where it is refused. Nothing
 * at all is the value 0, or for ratio and mean the pair 0/0; a value of theirs is something of nothing. */
Test(admit, forms_of_every_measure)
{
    static const struct {
        const char *measure, *forms;
    } cases[] = {
        {"ratio", "-pbzaw"},
        {"rate", "v--zaw"},
        {"distinct", "v--zaw"},
        {"count", "v--zaw"},
        {"amount", "v--zaw"},
        {"mean", "-pbzaw"},
        {"min", "v--zaw"},
        {"max", "v--zaw"},
        {"share", "vp-zaw"},
        {"index", "v--zaw"},
        {"rank", "vp-zaw"},
    };
    static const struct chiso_observation forms[] = {{.value = 1}, {.value = 1, .denominator = 2},
        {.value = 1, .bare = true}, {.value = 0}, {.not_applicable = true}, {.withdrawn = true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512], found[7] = "vpbzaw";
        snprintf(text, sizeof text,
            "id,pillar,name_vi,measure,minimum,whole_by,cadence\nx,foundation,X,%s,0,province,month\n",
            cases[i].measure);
        const char *const files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv",
            pillars, "indicators.csv", text, NULL};
        struct world one = world_open(files);
        for (size_t k = 0; k < 6; k++) {
            struct chiso_observation o = forms[k];
            struct admitted out;
            o.indicator = "x";
            struct chiso_report report = report_of("35", "2025-03", &o);
            cr_assert_eq(admit_report(one.catalogue, "35", "35", &report, NOW, &arena, &out), CHISO_OK);
            if (out.observations[0].reason)
                found[k] = '-';
        }
        cr_expect_str_eq(found, cases[i].forms, "%s: %s", cases[i].measure, found);
        world_close(&one);
    }
}

/* S5: a late correction of 35 for 2025-H1 in 2026 is accepted. */
Test(admit, a_late_correction_of_a_unit_that_has_ended)
{
    struct chiso_observation o = {.indicator = "count", .value = 1};
    struct chiso_report report = report_of("35", "2025-H1", &o);
    struct admitted out;
    chiso_instant_ms later;
    report.revision = 2;
    cr_assert_eq(chiso_instant_parse("2026-02-01T08:00:00+07:00", &later), CHISO_OK);
    cr_assert_eq(admit_report(world.catalogue, "35", "35", &report, later, &arena, &out), CHISO_OK);
    cr_expect_eq(out.reason, 0, "%s", out.text);
    cr_expect_eq(out.observations[0].reason, 0, "%s", out.observations[0].text);
    report.period = "2025";
    cr_assert_eq(admit_report(world.catalogue, "35", "35", &report, later, &arena, &out), CHISO_OK);
    cr_expect_str_eq(out.text, "unit 35 ended on 30/06/2025; use 2025-H1");
}

Test(admit, a_unit_that_only_an_obligation_names)
{
    static const char obligations[] = "indicator,unit,cadence\ncount,35.stp,month\n";
    const char *const files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
        "indicators.csv", indicators, "obligations.csv", obligations, NULL};
    struct world obliged = world_open(files);
    struct chiso_observation o = {.indicator = "count", .value = 1};
    struct chiso_report report = report_of("35.stp", "2025-03", &o);
    struct admitted out;
    cr_assert_eq(admit_report(obliged.catalogue, "35", "35.stp", &report, NOW, &arena, &out), CHISO_OK);
    cr_expect_eq(out.observations[0].reason, 0, "%s", out.observations[0].text);
    world_close(&obliged);
}

Test(admit, a_unit_that_does_not_report_the_indicator)
{
    struct chiso_observation o = {.indicator = "count", .value = 1};
    struct chiso_report report = report_of("35.stp", "2025-03", &o);
    struct admitted out;
    cr_assert_eq(admit_report(world.catalogue, "35", "35.stp", &report, NOW, &arena, &out), CHISO_OK);
    cr_assert_str_eq(out.observations[0].text, "unit 35.stp (department) does not report indicator count");
}

Test(admit, every_occurrence_of_a_repeated_indicator_is_refused)
{
    struct chiso_observation o[] = {{.indicator = "count", .value = 1}, {.indicator = "signed", .value = 1},
        {.indicator = "count", .value = 1}};
    struct chiso_report report = report_of("35", "2025-03", o);
    struct admitted out;
    report.observation_count = 3;
    cr_assert_eq(admit_report(world.catalogue, "35", "35", &report, NOW, &arena, &out), CHISO_OK);
    cr_assert_eq(out.observations[0].reason, CHISO_REASON_REPEATED);
    cr_assert_eq(out.observations[1].reason, 0);
    cr_assert_eq(out.observations[2].reason, CHISO_REASON_REPEATED);
    cr_assert_str_eq(out.observations[2].text, "indicator count stands more than once in the report");
}

Test(admit, a_full_arena_is_an_error_and_no_verdict)
{
    struct chiso_arena small;
    struct chiso_observation o = {.indicator = "nosuch"};
    struct chiso_report report = report_of("35", "2025-03", &o);
    struct admitted out;
    cr_assert_eq(chiso_arena_init(&small, 16), CHISO_OK);
    cr_assert_eq(admit_report(world.catalogue, "35", "35", &report, NOW, &small, &out), CHISO_ENOMEM);
    chiso_arena_release(&small);
}
