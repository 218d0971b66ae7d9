#include <chiso/report.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Protobuf bytes by hand: the sender here is not the codec under test. */
struct bytes {
    unsigned char at[CHISO_PAYLOAD_BYTES_MAX + 64];
    size_t length;
};

static void byte(struct bytes *to, unsigned value)
{
    cr_assert_lt(to->length, sizeof to->at);
    to->at[to->length++] = (unsigned char)value;
}

static void varint(struct bytes *to, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        byte(to, (unsigned)(value & 0x7F) | 0x80);
    byte(to, (unsigned)value);
}

static void number(struct bytes *to, unsigned field, uint64_t value)
{
    varint(to, field << 3);
    varint(to, value);
}

static void string(struct bytes *to, unsigned field, const char *text, size_t length)
{
    varint(to, field << 3 | 2);
    varint(to, length);
    for (size_t i = 0; i < length; i++)
        byte(to, (unsigned char)text[i]);
}

static void filled(struct bytes *to, unsigned field, size_t length)
{
    varint(to, field << 3 | 2);
    varint(to, length);
    for (size_t i = 0; i < length; i++)
        byte(to, 'x');
}

static struct chiso_arena arena;
static struct chiso_report report;
static struct chiso_message why;

static int decode(const struct bytes *from)
{
    if (arena.base == NULL)
        cr_assert_eq(chiso_arena_init(&arena, CHISO_REPORT_ARENA_BYTES_MAX), 0);
    chiso_arena_reset(&arena);
    why.text[0] = '\0';
    return chiso_report_decode(&arena, from->at, from->length, &report, &why);
}

static void refuses(const struct bytes *from, const char *sentence)
{
    report = (struct chiso_report){.sequence = 77};
    int error = decode(from);
    cr_expect_eq(error, CHISO_EINVAL, "%d for: %s", error, sentence);
    cr_expect_str_eq(why.text, sentence);
    cr_expect_eq(report.sequence, 77, "output touched: %s", sentence);
    cr_expect_eq(arena.used, 0, "arena used: %s", sentence);
    cr_expect_leq(strlen(why.text), CHISO_REJECTION_BYTES_MAX);
}

static void accepts(const struct bytes *from)
{
    int error = decode(from);
    cr_expect_eq(error, 0, "refused: %s", why.text);
}

static const struct chiso_observation full[] = {
    {.indicator = "tthc.online",
        .value = 846,
        .denominator = 1000,
        .scale = 1,
        .qualifier = CHISO_AT_MOST,
        .denominator_qualifier = CHISO_ABOUT,
        .note = "tỷ lệ nộp trực tuyến"},
    {.indicator = "nộp", .value = INT64_MIN, .denominator = INT64_MAX, .scale = UINT32_MAX, .bare = true},
    {.indicator = "x", .not_applicable = true},
    {.indicator = "y", .withdrawn = true, .note = ""},
};

Test(report, round_trip)
{
    struct chiso_report sent = {.report_id = "r-1",
        .unit = "35.stp",
        .period = "2025-Q1",
        .source = "một cửa",
        .stream_id = "s",
        .revision = UINT64_MAX,
        .sequence = 9,
        .issued_at_ms = -5,
        .observation_count = 4,
        .observations = (struct chiso_observation *)full};
    uint8_t *bytes;
    size_t length;

    cr_assert_eq(chiso_arena_init(&arena, 4096), 0);
    cr_assert_eq(chiso_report_encode(&sent, &bytes, &length), 0);
    cr_assert_eq(chiso_report_decode(&arena, bytes, length, &report, &why), 0, "%s", why.text);
    free(bytes);
    cr_expect_str_eq(report.report_id, "r-1");
    cr_expect_str_eq(report.unit, "35.stp");
    cr_expect_str_eq(report.period, "2025-Q1");
    cr_expect_str_eq(report.source, "một cửa");
    cr_expect_str_eq(report.stream_id, "s");
    cr_expect_eq(report.revision, UINT64_MAX);
    cr_expect_eq(report.sequence, 9);
    cr_expect_eq(report.issued_at_ms, -5);
    cr_assert_eq(report.observation_count, 4);
    for (int i = 0; i < 4; i++) {
        const struct chiso_observation *a = &full[i], *b = &report.observations[i];
        cr_expect_str_eq(b->indicator, a->indicator);
        cr_expect_str_eq(b->note, a->note ? a->note : "");
        cr_expect_eq(a->value, b->value);
        cr_expect_eq(a->denominator, b->denominator);
        cr_expect_eq(a->scale, b->scale);
        cr_expect_eq(a->qualifier, b->qualifier);
        cr_expect_eq(a->denominator_qualifier, b->denominator_qualifier);
        cr_expect_eq(a->not_applicable, b->not_applicable);
        cr_expect_eq(a->bare, b->bare);
        cr_expect_eq(a->withdrawn, b->withdrawn);
    }
    chiso_arena_release(&arena);
}

Test(report, absent_fields_have_proto3_defaults)
{
    static struct bytes from;

    string(&from, 9, "", 0);
    accepts(&from);
    cr_expect_str_eq(report.report_id, "");
    cr_expect_eq(report.revision, 0);
    cr_assert_eq(report.observation_count, 1);
    cr_expect_str_eq(report.observations[0].note, "");
    cr_expect_eq(report.observations[0].qualifier, CHISO_EXACT);
    chiso_arena_release(&arena);
}

Test(report, refuses_what_protobuf_c_lets_through)
{
    static struct bytes from, inner;

    refuses(&from, "a report of 0 bytes is refused: the payload is empty");

    from.length = 0, string(&from, 1, "a\0b", 3);
    refuses(&from, "a report of 5 bytes is refused: at byte 2 report_id has a NUL character");

    from.length = 0, string(&from, 6, "t\xE1\xBB", 3);
    refuses(&from, "a report of 5 bytes is refused: at byte 2 source is not UTF-8");

    inner.length = 0, number(&inner, 5, 6);
    from.length = 0, string(&from, 9, (char *)inner.at, inner.length);
    refuses(&from, "a report of 4 bytes is refused: at byte 3 qualifier has the unknown value 6");

    inner.length = 0, number(&inner, 9, UINT64_MAX);
    from.length = 0, string(&from, 9, (char *)inner.at, inner.length);
    refuses(
        &from, "a report of 13 bytes is refused: at byte 3 denominator_qualifier has the unknown value -1");

    inner.length = 0, number(&inner, 4, UINT64_C(1) << 32);
    from.length = 0, string(&from, 9, (char *)inner.at, inner.length);
    refuses(&from, "a report of 8 bytes is refused: at byte 3 scale is 4294967296, beyond 32 bits");

    inner.length = 0, number(&inner, 6, 2);
    from.length = 0, string(&from, 9, (char *)inner.at, inner.length);
    refuses(&from, "a report of 4 bytes is refused: at byte 3 not_applicable is 2, neither 0 nor 1");
    chiso_arena_release(&arena);
}

Test(report, refuses_what_is_over_a_limit)
{
    static struct bytes from;
    static const struct {
        unsigned field;
        size_t limit;
        const char *name;
    } strings[] = {{1, CHISO_ID_BYTES_MAX, "report_id"}, {2, CHISO_UNIT_BYTES_MAX, "unit"},
        {3, CHISO_ID_BYTES_MAX, "period"}, {6, CHISO_SOURCE_BYTES_MAX, "source"},
        {7, CHISO_ID_BYTES_MAX, "stream_id"}};
    char sentence[200];

    for (size_t i = 0; i < 5; i++) {
        from.length = 0, filled(&from, strings[i].field, strings[i].limit);
        accepts(&from);
        from.length = 0, filled(&from, strings[i].field, strings[i].limit + 1);
        snprintf(sentence, sizeof sentence,
            "a report of %zu bytes is refused: at byte %zu %s has %zu bytes, at most %zu are allowed",
            from.length, from.length - strings[i].limit - 1, strings[i].name, strings[i].limit + 1,
            strings[i].limit);
        refuses(&from, sentence);
    }

    from.length = 0;
    for (int i = 0; i < CHISO_OBSERVATIONS_MAX; i++)
        string(&from, 9, "", 0);
    accepts(&from);
    string(&from, 9, "", 0);
    refuses(&from, "a report of 2002 bytes is refused: at byte 2000 there are more than 1000 observations");

    from.length = 0;
    for (int i = 0; i <= 32; i++)
        number(&from, 4, 1);
    refuses(&from, "a report of 66 bytes is refused: at byte 64 there are too many fields");

    from.length = CHISO_PAYLOAD_BYTES_MAX + 1;
    refuses(&from, "a report of 262145 bytes is refused: at most 262144 are allowed");
    chiso_arena_release(&arena);
}

static void refuses_bytes(const char *text, size_t length, const char *sentence)
{
    static struct bytes from;

    memcpy(from.at, text, length);
    from.length = length;
    refuses(&from, sentence);
}

Test(report, refuses_what_is_not_protobuf)
{
    refuses_bytes(
        "{\"unit\":\"35\"}", 13, "a report of 13 bytes is refused: at byte 0 there is text, not protobuf");
    refuses_bytes("\x0A", 1, "a report of 1 bytes is refused: at byte 1 a number is cut off");
    refuses_bytes("\x0A\x05"
                  "abc",
        5, "a report of 5 bytes is refused: at byte 1 report_id is cut off: 5 bytes announced, 3 left");
    refuses_bytes("\x0A\xFF\xFF\xFF\xFF\x0F", 6,
        "a report of 6 bytes is refused: at byte 1 report_id is cut off: 4294967295 bytes announced, 0 left");
    refuses_bytes("\x0A\x80\x80\x80\x80\x80\x00", 7,
        "a report of 7 bytes is refused: at byte 1 a number is longer than 5 bytes");
    refuses_bytes("\xED\x8D\x8D\xED\x8D\x00\x00", 7,
        "a report of 7 bytes is refused: at byte 0 a number is longer than 5 bytes");
    refuses_bytes("\x20\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 12,
        "a report of 12 bytes is refused: at byte 1 a number is beyond 64 bits");
    refuses_bytes("\x20\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 11,
        "a report of 11 bytes is refused: at byte 1 a number is beyond 64 bits");
    refuses_bytes("\x20\x80", 2, "a report of 2 bytes is refused: at byte 1 a number is cut off");
    refuses_bytes("\x00\x00", 2, "a report of 2 bytes is refused: at byte 0 there is no field number 0");
    refuses_bytes("\x0B\x00", 2,
        "a report of 2 bytes is refused: at byte 0 field 1 has the wire type 3, which proto3 does not use");
    refuses_bytes(
        "\x08\x00", 2, "a report of 2 bytes is refused: at byte 0 report_id has the wire type 0, not 2");
    refuses_bytes("\xA1\x06\x00", 3, "a report of 3 bytes is refused: at byte 2 a number is cut off");
    chiso_arena_release(&arena);
}

Test(report, skips_fields_of_a_later_version)
{
    static struct bytes from;

    string(&from, 1, "r", 1);
    number(&from, 100, 5);
    filled(&from, 101, 3000);
    varint(&from, 102 << 3 | 1);
    for (int i = 0; i < 8; i++)
        byte(&from, 0);
    varint(&from, 103 << 3 | 5);
    for (int i = 0; i < 4; i++)
        byte(&from, 0);
    number(&from, 4, 7);
    accepts(&from);
    cr_expect_str_eq(report.report_id, "r");
    cr_expect_eq(report.revision, 7);
    chiso_arena_release(&arena);
}

/* The dearest bytes for the arena: a thousand observations, each with fields that must be kept aside. */
Test(report, needs_no_more_than_the_arena_it_is_promised)
{
    static struct bytes from, inner;

    for (int i = 0; i < CHISO_OBSERVATIONS_MAX; i++) {
        inner.length = 0;
        string(&inner, 1, "a", 1);
        string(&inner, 7, "b", 1);
        for (int j = 0; j < 4; j++)
            string(&inner, 100, "c", 1);
        for (int j = 0; j < 26; j++)
            number(&inner, 2, 0);
        string(&from, 9, (char *)inner.at, inner.length);
    }
    accepts(&from);
    cr_expect_gt(arena.used, CHISO_REPORT_ARENA_BYTES_MAX / 2, "the promise is wasteful: %zu", arena.used);

    struct chiso_arena small = {0};
    cr_assert_eq(chiso_arena_init(&small, 10000), 0);
    cr_expect_eq(chiso_report_decode(&small, from.at, from.length, &report, &why), CHISO_ENOMEM);
    cr_expect_eq(small.used, 0);
    chiso_arena_release(&small);
    chiso_arena_release(&arena);
}

Test(report, encodes_no_more_than_the_payload_limit)
{
    static char note[CHISO_NOTE_BYTES_MAX + 1];
    static struct chiso_observation many[CHISO_OBSERVATIONS_MAX];
    struct chiso_report sent = {.observation_count = CHISO_OBSERVATIONS_MAX, .observations = many};
    uint8_t *bytes = NULL;
    size_t length = 5;

    memset(note, 'n', sizeof note - 1);
    for (size_t i = 0; i < CHISO_OBSERVATIONS_MAX; i++)
        many[i] = (struct chiso_observation){.indicator = "i", .note = note};
    cr_expect_eq(chiso_report_encode(&sent, &bytes, &length), CHISO_ERANGE);
    cr_expect_null(bytes);
    cr_expect_eq(length, 5);
}

Test(receipt, the_longest_verdict_fits)
{
    static char id[CHISO_ID_BYTES_MAX + 1], sentence[CHISO_REJECTION_BYTES_MAX + 1];
    static struct chiso_rejection many[CHISO_OBSERVATIONS_MAX];
    struct chiso_verdict verdict = {id, CHISO_REJECTED, CHISO_OBSERVATIONS_MAX, many, CHISO_REVISION_MAX, 0};
    struct chiso_receipt sent = {"35", "35.gw", 1735689600000, 42, 1, &verdict}, got;
    uint8_t *bytes;
    size_t length;

    memset(id, 'i', sizeof id - 1);
    memset(sentence, 's', sizeof sentence - 1);
    for (size_t i = 0; i < CHISO_OBSERVATIONS_MAX; i++)
        many[i] = (struct chiso_rejection){id, CHISO_REASON_OVERFLOW, sentence};
    cr_assert_eq(chiso_arena_init(&arena, 4 << 20), 0);
    cr_assert_eq(chiso_receipt_encode(&sent, &bytes, &length), 0);
    cr_assert_gt(length, (size_t)CHISO_PAYLOAD_BYTES_MAX);
    cr_assert_eq(chiso_receipt_decode(&arena, bytes, length, &got, &why), 0, "%s", why.text);
    cr_expect_eq(got.verdicts[0].rejection_count, CHISO_OBSERVATIONS_MAX);
    free(bytes);
    chiso_arena_release(&arena);
}

Test(receipt, round_trip)
{
    struct chiso_rejection rejections[] = {
        {"tthc.online", CHISO_REASON_CONFLICT, "revision 3 holds 84.6, not 84.7"},
        {"", CHISO_REASON_OVERFLOW, "đầy"}};
    struct chiso_verdict verdicts[] = {{"a", CHISO_ACCEPTED, 0, NULL, 4, 0},
        {"", CHISO_REJECTED, 2, rejections, 0, 0},
        {"c", CHISO_DEFERRED, 1, rejections + 1, CHISO_REVISION_MAX, 300}};
    struct chiso_receipt sent = {"35", "35.gw", 1735689600000, 42, 3, verdicts}, got;
    uint8_t *bytes;
    size_t length;

    cr_assert_eq(chiso_arena_init(&arena, 4096), 0);
    cr_assert_eq(chiso_receipt_encode(&sent, &bytes, &length), 0);
    cr_assert_eq(chiso_receipt_decode(&arena, bytes, length, &got, &why), 0, "%s", why.text);
    free(bytes);
    cr_expect_str_eq(got.province, "35");
    cr_expect_str_eq(got.publisher, "35.gw");
    cr_expect_eq(got.committed_at_ms, 1735689600000);
    cr_expect_eq(got.seq, 42);
    cr_assert_eq(got.verdict_count, 3);
    cr_expect_str_eq(got.verdicts[0].report_id, "a");
    cr_expect_eq(got.verdicts[0].outcome, CHISO_ACCEPTED);
    cr_expect_eq(got.verdicts[0].rejection_count, 0);
    cr_assert_eq(got.verdicts[1].rejection_count, 2);
    cr_expect_eq(got.verdicts[1].rejections[0].reason, CHISO_REASON_CONFLICT);
    cr_expect_str_eq(got.verdicts[1].rejections[0].text, "revision 3 holds 84.6, not 84.7");
    cr_expect_str_eq(got.verdicts[2].rejections[0].text, "đầy");
    cr_expect_eq(got.verdicts[2].revision, CHISO_REVISION_MAX);
    cr_expect_eq(got.verdicts[2].outcome, CHISO_DEFERRED);
    cr_expect_eq(got.verdicts[2].retry_after_ms, 300);
    cr_expect_eq(got.verdicts[0].retry_after_ms, 0);
    chiso_arena_release(&arena);
}

Test(receipt, refuses_a_verdict_without_outcome)
{
    struct chiso_receipt got = {.seq = 7};

    cr_assert_eq(chiso_arena_init(&arena, 4096), 0);
    cr_expect_eq(chiso_receipt_decode(&arena,
                     "\x22\x03\x0A\x01"
                     "a",
                     5, &got, &why),
        CHISO_EINVAL);
    cr_expect_str_eq(why.text, "a receipt of 5 bytes is refused: verdict 1 has no outcome");
    cr_expect_eq(got.seq, 7);
    cr_expect_eq(arena.used, 0);
    chiso_arena_release(&arena);
}

Test(arena, caps_and_aligns)
{
    struct chiso_arena small = {0};

    chiso_arena_release(&small);
    cr_assert_eq(chiso_arena_init(&small, 64), 0);
    cr_expect_not_null(chiso_arena_alloc(&small, 1));
    cr_expect_eq((uintptr_t)chiso_arena_alloc(&small, 8) % 16, 0);
    cr_expect_null(chiso_arena_alloc(&small, 41));
    cr_expect_null(chiso_arena_alloc(&small, SIZE_MAX));
    cr_expect_not_null(chiso_arena_alloc(&small, 32));
    cr_expect_null(chiso_arena_alloc(&small, 1));
    chiso_arena_reset(&small);
    cr_expect_str_eq(chiso_arena_strndup(&small, "tỷ lệ", 4), "tỷ");
    chiso_arena_release(&small);
}

Test(report, names_and_codes)
{
    cr_expect_str_eq(chiso_outcome_name(CHISO_DUPLICATE), "DUPLICATE");
    cr_expect_null(chiso_outcome_name((enum chiso_outcome)0));
    cr_expect_str_eq(chiso_outcome_name(CHISO_DEFERRED), "DEFERRED");
    cr_expect_null(chiso_outcome_name((enum chiso_outcome)7));
    cr_expect_str_eq(chiso_reason_name(CHISO_REASON_WRONG_TOPIC), "WRONG_TOPIC");
    cr_expect_null(chiso_reason_name((enum chiso_reason)16));
    for (int i = 1; i <= CHISO_REASON_OVERFLOW; i++)
        cr_expect_not_null(chiso_reason_name((enum chiso_reason)i));
    cr_expect(chiso_code_is_valid("35.stp", 32));
    cr_expect(chiso_code_is_valid("a", 1));
    cr_expect(!chiso_code_is_valid("", 32));
    cr_expect(!chiso_code_is_valid("ab", 1));
    cr_expect(!chiso_code_is_valid("35/stp", 32));
    cr_expect(!chiso_code_is_valid("35+", 32));
    cr_expect(!chiso_code_is_valid("35 ", 32));
    cr_expect(!chiso_code_is_valid("tỉnh", 32));
}
