/* The memo of what a unit gives to the total above it (core/total_part.h) says what the total itself says. */
#include "core/store.h"
#include <criterion/criterion.h>

static const struct chiso_period march = {CHISO_PERIOD_MONTH, 2025, 3};

struct row {
    const char *name;
    struct side side;
    bool fits;
};

static const struct row rows[] = {
    {"nothing owed, nothing given", {.state = SIDE_NONE}, true},
    {"owed and silent", {.state = SIDE_NONE, .expected = 1}, true},
    {"not applicable", {.state = SIDE_NOT_APPLICABLE, .not_applicable = 1}, true},
    {"a value",
        {.state = SIDE_VALUE,
            .numerator = {{1368}, {1}},
            .reported = 1,
            .expected = 1,
            .oldest = {CHISO_PERIOD_MONTH, 2025, 3}},
        true},
    {"a negative value of twelve months, below",
        {.state = SIDE_VALUE,
            .numerator = {{0, 0, -5}, {0, 0, 12}},
            .partial = 1,
            .expected = 1,
            .oldest = {CHISO_PERIOD_MONTH, 2024, 12}},
        true},
    {"a pair, about over at most",
        {.state = SIDE_PAIR,
            .numerator = {{0, 0, 0, 7}, {0, 0, 0, 1}},
            .denominator = {{0, 0, 0, 0, 0, 9}, {0, 0, 0, 0, 0, 1}},
            .reported = 1,
            .expected = 1,
            .oldest = {CHISO_PERIOD_DAY, 20000, 20000}},
        true},
    {"40 of 109 units", {.state = SIDE_VALUE, .numerator = {{40}, {1}}, .reported = 109, .expected = 109},
        true},
    {"two classes", {.state = SIDE_VALUE, .numerator = {{1, 2}, {1, 1}}, .reported = 1, .expected = 1},
        false},
    {"more than 64 bits",
        {.state = SIDE_VALUE, .numerator = {{(wide)1 << 63}, {1}}, .reported = 1, .expected = 1}, false},
    {"different counts",
        {.state = SIDE_VALUE, .numerator = {{1}, {1}}, .reported = 1, .partial = 2, .expected = 3}, false},
};

static void expect_same(const char *name, const struct side *a, const struct side *b)
{
    for (int q = 0; q < CHISO_QUALIFIERS; q++) {
        cr_expect(
            a->numerator.sum[q] == b->numerator.sum[q] && a->denominator.sum[q] == b->denominator.sum[q],
            "%s: sums", name);
        cr_expect(a->numerator.count[q] == b->numerator.count[q] &&
                      a->denominator.count[q] == b->denominator.count[q],
            "%s: counts", name);
    }
    cr_expect(a->reported == b->reported && a->partial == b->partial && a->expected == b->expected &&
                  a->not_applicable == b->not_applicable,
        "%s: units", name);
    cr_expect(a->state == b->state && chiso_period_equal(a->oldest, b->oldest), "%s: state", name);
}

Test(total_part, gives_what_the_total_gives)
{
    static const struct side before = {.state = SIDE_VALUE,
        .numerator = {{100, 0, 3}, {2, 0, 1}},
        .reported = 3,
        .expected = 4,
        .oldest = {CHISO_PERIOD_MONTH, 2025, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (enum joining joining = JOIN_SUM; joining <= JOIN_MAX; joining++) {
            struct total child = {.revision = 7, .seq = 12}, above = {.revision = 1, .seq = 20};
            struct side expected = before, got = before;
            struct total_part part = {0};
            bool fits = total_part_make(child.revision, child.seq, &rows[i].side, &part);
            cr_expect_eq(fits, rows[i].fits, "%s fits", rows[i].name);
            cr_expect_eq(total_part_is_known(&part), fits, "%s", rows[i].name);
            if (!fits)
                continue;
            cr_assert_eq(side_join(&expected, &rows[i].side, joining, CHISO_STATISTICAL), CHISO_OK);
            cr_assert_eq(total_part_join(&part, joining, CHISO_STATISTICAL, &got, &above), CHISO_OK);
            expect_same(rows[i].name, &got, &expected);
            cr_expect(above.revision == 8 && above.seq == 20, "%s: the newest entry stays", rows[i].name);
        }
    }
}

Test(total_part, without_a_contribution_gives_revisions_only)
{
    struct total child = {.revision = 7, .seq = 12}, above = {.revision = 1, .seq = 2};
    struct side sum = {0};
    struct total_part part;
    cr_assert(total_part_make(child.revision, child.seq, NULL, &part));
    cr_assert_eq(total_part_join(&part, JOIN_SUM, CHISO_STATISTICAL, &sum, &above), CHISO_OK);
    cr_expect(above.revision == 8 && above.seq == 12 && sum.state == SIDE_NONE && sum.expected == 0);
}

Test(total_part, revisions_beyond_32_bits_are_not_kept)
{
    struct total child = {.revision = (uint64_t)UINT32_MAX + 1};
    struct total_part part;
    cr_expect_not(total_part_make(child.revision, child.seq, NULL, &part));
}

Test(store, forgets_all_memos_at_the_limit_and_goes_on)
{
    struct store *store = store_new();
    const size_t most = STORE_PARTS_BYTES_MAX / sizeof(struct total_part);
    struct total_part *first = store_parts(store, 1, march, 0, STORE_NO_LEVEL, most / 2 + 1);
    cr_assert_not_null(first);
    first[0].counted = PART_KNOWN;
    cr_expect(total_part_is_known(store_parts(store, 1, march, 0, STORE_NO_LEVEL, most / 2 + 1)));
    cr_assert_not_null(store_parts(store, 2, march, 0, STORE_NO_LEVEL, most / 2 + 1));
    cr_expect_not(total_part_is_known(store_parts(store, 1, march, 0, STORE_NO_LEVEL, most / 2 + 1)));
    cr_expect_null(store_parts(store, 3, march, 0, STORE_NO_LEVEL, most + 1), "one alone would not fit");
    cr_expect_null(store_total(store, 1, march, 0, STORE_NO_LEVEL), "a memo is no total");
    store_free(store);
}

Test(store, counts_its_bytes)
{
    struct store *store = store_new();
    struct leaf leaf = {.revision = 1};
    struct total total = {0};
    cr_expect_eq(store_bytes(store), 0);
    for (uint32_t unit = 0; unit < 10; unit++) {
        size_t before = store_bytes(store);
        cr_assert_eq(store_set_leaf(store, unit, march, 0, &leaf), 0);
        cr_expect_geq(store_bytes(store), before + sizeof leaf);
        cr_assert_eq(store_set_total(store, unit, march, 0, STORE_NO_LEVEL, &total), 0);
        cr_assert_not_null(store_parts(store, unit, march, 0, STORE_NO_LEVEL, 100));
        cr_expect_geq(
            store_bytes(store), before + sizeof leaf + sizeof total + 100 * sizeof(struct total_part));
    }
    size_t all = store_bytes(store);
    cr_assert_eq(store_set_leaf(store, 0, march, 0, &leaf), 0);
    cr_assert_eq(store_set_total(store, 0, march, 0, STORE_NO_LEVEL, &total), 0);
    cr_expect_eq(store_bytes(store), all, "what replaces something takes nothing");
    store_clear(store);
    cr_expect_eq(store_bytes(store), 0);
    store_free(store);
}
