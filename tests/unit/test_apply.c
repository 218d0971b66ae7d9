/* What a report does to the figures stored (proto/README.md, Revisions): the decision that the aggregator makes
 * and that replaying the journal makes again. */
#include "core/apply.h"

#include "world.h"
#include <stdlib.h>

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,,province,,VN,Hà Nam,Ha Nam\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,name_en,measure,minimum,input_decimals,reported_by,cadence\n"
    "a,,foundation,A,A,count,0,0,province,month\n"
    "b,,foundation,B,B,count,0,0,province,month\n";

static struct world world;
static struct chiso_arena arena;
static struct applied_leaf changes[8];
static size_t change_count;

static void open_world(void)
{
    static const char *const files[] = {
        "units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators, NULL};
    world = world_open(files);
    change_count = 0;
    cr_assert_eq(chiso_arena_init(&arena, 1 << 20), CHISO_OK);
}

static void close_world(void)
{
    world_close(&world);
    chiso_arena_release(&arena);
}

TestSuite(apply, .init = open_world, .fini = close_world);

/* 2025-05-05 08:00 in Vietnam */
#define NOW INT64_C(1746406800000)

static int note(void *context, const struct applied_leaf *leaf)
{
    (void)context;
    changes[change_count++] = *leaf;
    return CHISO_OK;
}

/* Values of a and b; -1: not in the report. */
static struct applied take(uint64_t seq, uint32_t index, uint64_t revision, int64_t a, int64_t b)
{
    struct chiso_observation observations[2];
    struct chiso_report report = {.report_id = "r",
        .unit = "35",
        .period = "2025-03",
        .revision = revision,
        .source = "",
        .stream_id = "",
        .observations = observations};
    struct apply apply = {
        world.catalogue, "35", world.store, NOW + (int64_t)seq * 1000, seq, index, &arena, note, NULL};
    struct applied applied;
    uint8_t *bytes;
    size_t length;
    const struct {
        const char *id;
        int64_t value;
    } given[] = {{"a", a}, {"b", b}};
    for (size_t i = 0; i < 2; i++) {
        if (given[i].value != -1)
            observations[report.observation_count++] =
                (struct chiso_observation){.indicator = given[i].id, .note = "", .value = given[i].value};
    }
    cr_assert_eq(chiso_report_encode(&report, &bytes, &length), CHISO_OK);
    cr_assert_eq(apply_report(&apply, "35", bytes, length, &applied), CHISO_OK);
    free(bytes);
    return applied;
}

static const char *stored(const char *indicator)
{
    static char text[LEAF_CHARS];
    const struct leaf *leaf =
        store_leaf(world.store, unit_of(&world, "35"), period_of("2025-03"), indicator_of(&world, indicator));
    cr_assert(leaf);
    leaf_print(leaf, text);
    return text;
}

Test(apply, outcomes_and_leaves)
{
    static const struct {
        const char *name;
        uint64_t revision;
        int64_t a, b;
        enum chiso_outcome outcome;
        const char *leaf_a, *rejection;
    } steps[] = {
        {"first", 1, 10, -1, CHISO_ACCEPTED, "1 10 1.0 1746406801000", NULL},
        {"again", 1, 10, -1, CHISO_DUPLICATE, "1 10 1.0 1746406801000", NULL},
        {"conflict beside news", 1, 11, 5, CHISO_PARTIAL, "1 10 1.0 1746406801000",
            "a has 10 at revision 1, not 11: a correction needs a higher revision"},
        {"conflict alone", 1, 12, -1, CHISO_REJECTED, "1 10 1.0 1746406801000",
            "a has 10 at revision 1, not 12: a correction needs a higher revision"},
        {"correction", 3, 12, -1, CHISO_ACCEPTED, "3 12 5.4 1746406801000", NULL},
        {"late", 2, 11, -1, CHISO_SUPERSEDED, "3 12 5.4 1746406801000",
            "revision 3 of a is in force, 2 came too late"},
        {"late beside news", 2, 11, 6, CHISO_ACCEPTED, "3 12 5.4 1746406801000",
            "revision 3 of a is in force, 2 came too late"},
        {"refused by the catalogue beside a repeat", 3, 12, -7, CHISO_PARTIAL, "3 12 5.4 1746406801000",
            "-7 is negative and the minimum of b is 0"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct applied applied = take(i + 1, (uint32_t)i, steps[i].revision, steps[i].a, steps[i].b);
        cr_expect_eq(
            applied.verdict.outcome, steps[i].outcome, "%s: %d", steps[i].name, (int)applied.verdict.outcome);
        cr_expect_str_eq(stored("a"), steps[i].leaf_a, "%s: %s", steps[i].name, stored("a"));
        cr_expect_eq(applied.verdict.rejection_count, steps[i].rejection ? 1 : 0, "%s", steps[i].name);
        if (steps[i].rejection && applied.verdict.rejection_count)
            cr_expect_str_eq(applied.verdict.rejections[0].text, steps[i].rejection, "%s: %s", steps[i].name,
                applied.verdict.rejections[0].text);
    }
    /* first, news beside the conflict, correction, news beside the late one */
    cr_assert_eq(change_count, 4);
    cr_expect_eq(changes[0].before.revision, 0);
    cr_expect_eq(changes[2].before.revision, 1);
    cr_expect_eq(changes[2].before.figure.value.value, 10);
    cr_expect_eq(changes[2].after.figure.value.value, 12);
    cr_expect_eq(changes[3].indicator, indicator_of(&world, "b"));
}

Test(apply, undecodable_bytes)
{
    struct apply apply = {world.catalogue, "35", world.store, NOW, 1, 0, &arena, note, NULL};
    struct applied applied;
    cr_assert_eq(apply_report(&apply, "35", "\xff\xff", 2, &applied), CHISO_OK);
    cr_expect(!applied.readable);
    cr_expect_eq(applied.verdict.outcome, CHISO_REJECTED);
    cr_expect_str_eq(applied.verdict.report_id, "");
    cr_expect_eq(applied.verdict.rejections[0].reason, CHISO_REASON_MALFORMED);
    cr_expect_eq(change_count, 0);
}

Test(apply, the_wrong_topic)
{
    struct chiso_observation one = {.indicator = "a", .note = "", .value = 1};
    struct chiso_report report = {.report_id = "r",
        .unit = "35",
        .period = "2025-03",
        .revision = 1,
        .source = "",
        .stream_id = "",
        .observation_count = 1,
        .observations = &one};
    struct apply apply = {world.catalogue, "36", world.store, NOW, 1, 0, &arena, note, NULL};
    struct applied applied;
    uint8_t *bytes;
    size_t length;
    cr_assert_eq(chiso_report_encode(&report, &bytes, &length), CHISO_OK);
    cr_assert_eq(apply_report(&apply, "35", bytes, length, &applied), CHISO_OK);
    free(bytes);
    cr_expect(applied.readable);
    cr_expect_eq(applied.admitted.reason, CHISO_REASON_WRONG_TOPIC);
    cr_expect_eq(applied.verdict.outcome, CHISO_REJECTED);
    cr_expect_eq(change_count, 0);
}
