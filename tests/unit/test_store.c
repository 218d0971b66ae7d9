/* Where the store keeps figures, and which of them lie inside a period. Memos and bytes: test_total_part.c. */
#include "core/store.h"
#include <criterion/criterion.h>
#include <string.h>

static struct chiso_period period_of(const char *text)
{
    struct chiso_period period = {0};
    cr_assert_eq(chiso_period_parse(text, strlen(text), &period), CHISO_OK, "%s", text);
    return period;
}

/* The leaf of each period has the next power of 2 as its revision, so that a sum says which were visited. */
static const char *const kept[] = {"2025-01", "2025-03", "2025-Q1", "2025-H1", "2025-9M", "2025",
    "2025-01-15", "2024-12-20", "2025-01-15/2025-01-15", "2025-01-20/2025-03-20", "2024-01"};
enum {
    JANUARY = 1,
    MARCH = 2,
    Q1 = 4,
    H1 = 8,
    NINE = 16,
    YEAR = 32,
    DAY = 64,
    DECEMBER_20 = 128,
    OF_A_DAY = 256,
    TWO_MONTHS = 512,
    JANUARY_2024 = 1024,
    ALL = 2047
};

static int add_revision(void *context, struct chiso_period period, const struct leaf *leaf)
{
    cr_expect(chiso_period_equal(period, period_of(kept[__builtin_ctz(leaf->revision)])));
    *(uint32_t *)context += leaf->revision;
    return 0;
}

static int stop(void *context, struct chiso_period period, const struct leaf *leaf)
{
    (void)period, (void)leaf;
    return ++*(int *)context;
}

static struct store *filled(void)
{
    struct store *store = store_new();
    for (uint32_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct leaf leaf = {.revision = 1u << i}, other = {.revision = 1u << 20};
        cr_assert_eq(store_set_leaf(store, 1, period_of(kept[i]), 5, &leaf), CHISO_OK);
        cr_assert_eq(store_set_leaf(store, 1, period_of(kept[i]), 6, &other), CHISO_OK);
        cr_assert_eq(store_set_leaf(store, 2, period_of(kept[i]), 5, &other), CHISO_OK);
    }
    return store;
}

Test(store, knows_what_lies_inside_a_period)
{
    static const struct {
        const char *period;
        enum chiso_calendar calendar;
        uint32_t inside;
    } rows[] = {
        {"2025", CHISO_STATISTICAL, ALL & ~(DECEMBER_20 | JANUARY_2024)},
        {"2025", CHISO_ADMINISTRATIVE, ALL & ~JANUARY_2024},
        {"2025-9M", CHISO_STATISTICAL, JANUARY | MARCH | Q1 | H1 | NINE | DAY | OF_A_DAY | TWO_MONTHS},
        {"2025-H1", CHISO_STATISTICAL, JANUARY | MARCH | Q1 | H1 | DAY | OF_A_DAY | TWO_MONTHS},
        {"2025-H2", CHISO_STATISTICAL, 0},
        {"2025-Q1", CHISO_STATISTICAL, JANUARY | MARCH | Q1 | DAY | OF_A_DAY | TWO_MONTHS},
        {"2025-Q1", CHISO_ADMINISTRATIVE, JANUARY | MARCH | Q1 | DAY | DECEMBER_20 | OF_A_DAY},
        {"2025-01", CHISO_STATISTICAL, JANUARY | DAY | OF_A_DAY},
        {"2025-01", CHISO_ADMINISTRATIVE, JANUARY | DECEMBER_20},
        {"2025-02", CHISO_ADMINISTRATIVE, DAY | OF_A_DAY},
        {"2025-01-15", CHISO_STATISTICAL, DAY | OF_A_DAY},
        {"2025-01-15/2025-01-15", CHISO_STATISTICAL, OF_A_DAY},
        {"2025-01-01/2025-12-31", CHISO_STATISTICAL, 0},
        {"2023", CHISO_STATISTICAL, 0},
    };
    struct store *store = filled();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t got = 0;
        store_each_leaf_inside(store, 1, 5, period_of(rows[i].period), rows[i].calendar, add_revision, &got);
        cr_expect_eq(got, rows[i].inside, "%s, calendar %d: %u", rows[i].period, rows[i].calendar, got);
    }
    store_free(store);
}

Test(store, gives_every_figure_of_a_unit_and_nothing_of_others)
{
    struct store *store = filled();
    uint32_t got = 0, none = 0;
    int visits = 0;
    store_each_leaf_of(store, 1, 5, add_revision, &got);
    cr_expect_eq(got, ALL);
    store_each_leaf_of(store, 3, 5, add_revision, &none);
    store_each_leaf_of(store, 1, 7, add_revision, &none);
    store_each_leaf_inside(store, 3, 5, period_of("2025"), CHISO_STATISTICAL, add_revision, &none);
    cr_expect_eq(none, 0);
    cr_expect_eq(store_each_leaf_of(store, 1, 5, stop, &visits), 1);
    cr_expect_eq(store_each_leaf_inside(store, 1, 5, period_of("2025"), CHISO_STATISTICAL, stop, &visits), 2);
    store_free(store);
}

Test(store, knows_a_units_windows_of_a_year)
{
    const struct leaf *leaves[STORE_WINDOWS];
    struct store *store = filled();
    uint32_t there = store_leaves_of_year(store, 1, 2025, 5, leaves);
    for (int i = 0; i < STORE_WINDOWS; i++)
        cr_expect_eq(leaves[i] != NULL, there >> i & 1);
    cr_expect_eq(there, 1u << 0 | 1u << 2 | 1u << 12 | 1u << 16 | 1u << 18 | 1u << 19);
    cr_expect_eq(leaves[2]->revision, MARCH);
    cr_expect_eq(store_leaves_of_year(store, 1, 2023, 5, leaves), 0);
    cr_expect_null(leaves[2]);
    store_free(store);
}

Test(store, knows_which_windows_of_a_year_lie_in_which)
{
    struct chiso_period windows[STORE_WINDOWS];
    for (int i = 0; i < STORE_WINDOWS; i++) {
        static const enum chiso_period_kind kinds[] = {CHISO_PERIOD_MONTH, CHISO_PERIOD_QUARTER,
            CHISO_PERIOD_HALF, CHISO_PERIOD_NINE_MONTHS, CHISO_PERIOD_YEAR};
        static const int begins[] = {0, 12, 16, 18, 19};
        int kind = 4;
        while (begins[kind] > i)
            kind--;
        windows[i] = (struct chiso_period){kinds[kind], 2025, kind < 3 ? i - begins[kind] + 1 : 0};
        cr_expect_eq(store_window(windows[i]), i);
    }
    for (int i = 0; i < STORE_WINDOWS; i++) {
        for (int k = 0; k < STORE_WINDOWS; k++) {
            bool inside = chiso_period_contains(windows[i], windows[k], CHISO_ADMINISTRATIVE);
            cr_expect_eq(store_windows_in(windows[i]) >> k & 1, inside, "%d in %d", k, i);
        }
    }
    cr_expect_eq(store_window(period_of("2025-01-15")), -1);
    cr_expect_eq(store_windows_in(period_of("2025-01-01/2025-12-31")), 0);
}
