/* Figures made again from journal entries: the leaves that the commits wrote, or an error. */
#include "core/replay.h"

#include "world.h"
#include <stdlib.h>

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,,province,,VN,Hà Nam,Ha Nam\n"
                            "36,,,province,,VN,Nam Định,Nam Dinh\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
#define HEADER "id,valid_from,pillar,name_vi,name_en,measure,minimum,input_decimals,reported_by,cadence\n"
static const char indicators[] = HEADER "a,,foundation,A,A,count,0,0,province,month\n"
                                        "b,,foundation,B,B,count,0,0,province,month\n";
/* The other order: the numbers of a and b change; and one without a. */
static const char turned[] = HEADER "b,,foundation,B,B,count,0,0,province,month\n"
                                    "a,,foundation,A,A,count,0,0,province,month\n";
static const char without_a[] = HEADER "b,,foundation,B,B,count,0,0,province,month\n";

/* 2025-05-05 08:00 in Vietnam */
#define NOW INT64_C(1746406800000)

static struct world worlds[3];
static struct replay *replay;
static struct chiso_message why;

static void open_worlds(void)
{
    const char *const texts[] = {indicators, turned, without_a};
    for (size_t i = 0; i < 3; i++) {
        const char *const files[] = {
            "units.csv", units, "pillars.csv", pillars, "indicators.csv", texts[i], NULL};
        worlds[i] = world_open(files);
    }
    replay = replay_new();
    cr_assert(replay);
}

static void close_worlds(void)
{
    for (size_t i = 0; i < 3; i++)
        world_close(&worlds[i]);
    replay_free(replay);
}

TestSuite(replay, .init = open_worlds, .fini = close_worlds);

static struct replay_entry entry_of(const char *province, uint64_t seq, const char *kind)
{
    return (struct replay_entry){.province = province,
        .seq = seq,
        .time = NOW + (int64_t)seq,
        .clock = NOW + (int64_t)seq,
        .kind = kind};
}

/* An entry with one report of PROVINCE for March: A and B, -1: not in it. */
static int take(unsigned world, const char *province, uint64_t seq, uint64_t revision, int64_t a, int64_t b)
{
    struct chiso_observation observations[2];
    struct chiso_report report = {.report_id = "r",
        .unit = province,
        .period = "2025-03",
        .revision = revision,
        .source = "",
        .stream_id = "",
        .observations = observations};
    uint8_t *bytes;
    size_t length;
    if (a != -1)
        observations[report.observation_count++] =
            (struct chiso_observation){.indicator = "a", .note = "", .value = a};
    if (b != -1)
        observations[report.observation_count++] =
            (struct chiso_observation){.indicator = "b", .note = "", .value = b};
    cr_assert_eq(chiso_report_encode(&report, &bytes, &length), CHISO_OK);
    struct replay_report one = {province, bytes, length};
    struct replay_entry entry = entry_of(province, seq, "reports");
    entry.reports = &one;
    entry.report_count = 1;
    int error = replay_take(replay, &entry, worlds[world].catalogue, &why);
    free(bytes);
    return error;
}

static const char *figure(unsigned world, const char *province, const char *indicator)
{
    static char text[LEAF_CHARS];
    const struct leaf *leaf = store_leaf(replay_store(replay), unit_of(&worlds[world], province),
        period_of("2025-03"), indicator_of(&worlds[world], indicator));
    if (!leaf)
        return "none";
    leaf_print(leaf, text);
    return text;
}

Test(replay, corrections_and_what_was_refused)
{
    size_t count;
    cr_expect_null(replay_store(replay));
    cr_assert_eq(take(0, "35", 1, 1, 10, -1), CHISO_OK);
    /* a conflicts and is refused again, b is news */
    cr_assert_eq(take(0, "35", 2, 1, 11, 5), CHISO_OK);
    cr_expect_str_eq(figure(0, "35", "a"), "1 10 1.0 1746406800001");
    cr_expect_str_eq(figure(0, "35", "b"), "1 5 2.0 1746406800002");
    cr_assert_eq(take(0, "35", 3, 2, 12, -1), CHISO_OK);
    cr_expect_str_eq(figure(0, "35", "a"), "2 12 3.0 1746406800001");
    const struct replay_change *changes = replay_changes(replay, &count);
    cr_assert_eq(count, 1);
    cr_expect_eq(changes[0].leaf.before.revision, 1);
    cr_expect_eq(changes[0].leaf.after.revision, 2);
    cr_expect_eq(replay_seq(replay, "35"), 3);
    cr_expect_eq(replay_seq(replay, "36"), 0);
}

Test(replay, provinces_have_journals_of_their_own)
{
    cr_assert_eq(take(0, "35", 1, 1, 10, -1), CHISO_OK);
    cr_assert_eq(take(0, "36", 1, 1, 20, -1), CHISO_OK);
    cr_assert_eq(take(0, "35", 2, 2, 11, -1), CHISO_OK);
    cr_expect_str_eq(figure(0, "36", "a"), "1 20 1.0 1746406800001");
    cr_expect_str_eq(figure(0, "35", "a"), "2 11 2.0 1746406800001");
}

Test(replay, catalogues_change)
{
    cr_assert_eq(take(0, "35", 1, 1, 10, 20), CHISO_OK);
    cr_assert_eq(take(1, "35", 2, 2, 11, -1), CHISO_OK);
    cr_expect_str_eq(figure(1, "35", "a"), "2 11 2.0 1746406800001");
    cr_expect_str_eq(figure(1, "35", "b"), "1 20 1.0 1746406800001");
    /* a is out of sight, and comes back as it was */
    cr_assert_eq(take(2, "35", 3, 3, -1, 21), CHISO_OK);
    cr_expect_str_eq(figure(2, "35", "b"), "3 21 3.0 1746406800001");
    cr_assert_eq(replay_adopt(replay, worlds[0].catalogue), CHISO_OK);
    cr_expect_str_eq(figure(0, "35", "a"), "2 11 2.0 1746406800001");
    cr_expect_str_eq(figure(0, "35", "b"), "3 21 3.0 1746406800001");
}

Test(replay, closings)
{
    struct replay_entry entry = entry_of("35", 2, "close");
    cr_assert_eq(take(0, "35", 1, 1, 10, -1), CHISO_OK);
    entry.closed = "statistical:2025-Q1";
    entry.by = "Văn phòng";
    entry.note = "in báo cáo quý";
    cr_assert_eq(replay_take(replay, &entry, worlds[0].catalogue, &why), CHISO_OK);
    for (unsigned world = 0; world < 2; world++) {
        cr_assert_eq(replay_adopt(replay, worlds[world].catalogue), CHISO_OK);
        const struct closing *closing = store_closing(
            replay_store(replay), unit_of(&worlds[world], "35"), CHISO_STATISTICAL, period_of("2025-03"));
        cr_assert(closing);
        cr_expect_eq(closing->seq, 2);
        cr_expect_eq(closing->time, NOW + 2);
        cr_expect_str_eq(closing->by, "Văn phòng");
        cr_expect_str_eq(closing->note, "in báo cáo quý");
    }
    cr_expect_null(store_closing(
        replay_store(replay), unit_of(&worlds[1], "36"), CHISO_STATISTICAL, period_of("2025-03")));
}

static int rebuild(unsigned world, const char *province, uint64_t seq, const char *arrived, const char *left)
{
    struct replay_entry entry = entry_of(province, seq, "rebuild");
    entry.arrived = arrived;
    entry.left = left;
    return replay_take(replay, &entry, worlds[world].catalogue, &why);
}

/* A figure of 36 that goes to the province 35. */
#define ARRIVED "36 2025-03 a 36 1 10 1.0 1746406800001\n"
#define LEFT "36 2025-03 a 35 1 10 1.0 1746406800001\n"

Test(replay, where_a_figure_went)
{
    size_t count;
    cr_assert_eq(rebuild(0, "35", 1, ARRIVED, NULL), CHISO_OK);
    cr_expect_str_eq(figure(0, "36", "a"), "1 10 1.0 1746406800001");
    const struct replay_change *changes = replay_changes(replay, &count);
    cr_assert_eq(count, 1);
    cr_expect_eq(changes[0].leaf.before.revision, 0);
    cr_expect_eq(changes[0].leaf.after.revision, 1);
    /* only its first acceptance becomes another */
    cr_assert_eq(rebuild(1, "35", 2, "36 2025-03 a 36 1 10 1.0 17\n", NULL), CHISO_OK);
    cr_expect_str_eq(figure(1, "36", "a"), "1 10 1.0 17");
    (void)replay_changes(replay, &count);
    cr_expect_eq(count, 0);
}

Test(replay, where_a_figure_was)
{
    cr_assert_eq(take(0, "36", 1, 1, 10, 20), CHISO_OK);
    cr_assert_eq(rebuild(1, "36", 2, NULL, LEFT), CHISO_OK);
    cr_expect_str_eq(figure(1, "36", "a"), "none");
    cr_expect_str_eq(figure(1, "36", "b"), "1 20 1.0 1746406800001");
    /* also while the catalogue cannot name it */
    cr_assert_eq(take(1, "36", 3, 1, 11, -1), CHISO_OK);
    cr_assert_eq(rebuild(2, "36", 4, NULL, "36 2025-03 a 35 1 11 3.0 1746406800003\n"), CHISO_OK);
    cr_assert_eq(replay_adopt(replay, worlds[0].catalogue), CHISO_OK);
    cr_expect_str_eq(figure(0, "36", "a"), "none");
}

/* Both journals in one store: the numbers of both entries may even be the same. */
Test(replay, a_figure_that_goes_is_there_once)
{
    static const char *const rewritten = "36 2025-03 a 36 1 10 2.0 1746406800001\n";
    for (int there_first = 0; there_first < 2; there_first++) {
        replay_free(replay);
        replay = replay_new();
        cr_assert_eq(take(0, "36", 1, 1, 10, -1), CHISO_OK);
        cr_assert_eq(take(0, "35", 1, 1, 30, -1), CHISO_OK);
        if (there_first)
            cr_assert_eq(rebuild(0, "35", 2, rewritten, NULL), CHISO_OK);
        cr_assert_eq(rebuild(0, "36", 2, NULL, LEFT), CHISO_OK);
        if (!there_first)
            cr_assert_eq(rebuild(0, "35", 2, rewritten, NULL), CHISO_OK);
        cr_expect_str_eq(figure(0, "36", "a"), "1 10 2.0 1746406800001", "%d", there_first);
    }
}

Test(replay, what_cannot_be_replayed)
{
    struct replay_entry entry = entry_of("35", 2, "close");
    cr_expect_eq(take(0, "35", 2, 1, 10, -1), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "the journal of 35 has no entry 1 before 2");
    cr_assert_eq(take(0, "36", 1, 1, 10, -1), CHISO_OK);
    cr_expect_eq(take(0, "36", 3, 1, 10, -1), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "the journal of 36 has no entry 2 before 3");
    cr_expect_eq(take(0, "36", 2, 1, 11, -1), CHISO_EINVAL);
    cr_expect_str_eq(why.text,
        "journal of 36, entry 2: report 0 was taken then and would be REJECTED now: a has 10 "
        "at revision 1, not 11: a correction needs a higher revision");
    entry.province = "36";
    entry.seq = 3;
    cr_expect_eq(replay_take(replay, &entry, worlds[0].catalogue, &why), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "journal of 36, entry 3: a closing without a period, or by nobody");
    cr_expect_eq(rebuild(0, "36", 4, "36 2025-03 a\n", NULL), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "journal of 36, entry 4: a line that is no figure that has moved");
    entry = entry_of("36", 5, "magic");
    cr_expect_eq(replay_take(replay, &entry, worlds[0].catalogue, &why), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "journal of 36, entry 5: entries of the kind 'magic' are unknown");
}
