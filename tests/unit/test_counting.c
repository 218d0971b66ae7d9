#include "core/backoff.h"
#include "core/counting.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(counting, content)
{
    static const struct {
        const char *content;
        struct chiso_observation observation;
    } table[] = {
        {"13.68", {.value = 1368, .scale = 2}},
        {"13.5", {.value = 1350, .scale = 2}},
        {"13.5", {.value = 135, .scale = 1, .note = "another note"}},
        {"0", {.value = 0, .scale = 2}},
        {"-7", {.value = -7}},
        {"84.6%", {.value = 846, .scale = 1, .bare = true}},
        {"98/100", {.value = 980, .denominator = 1000, .scale = 1}},
        {"1.5/2", {.value = 15, .denominator = 20, .scale = 1}},
        {"<70000", {.value = 70000, .qualifier = CHISO_BELOW}},
        {">1.4/>1.9", {.value = 14,
                          .denominator = 19,
                          .scale = 1,
                          .qualifier = CHISO_AT_LEAST,
                          .denominator_qualifier = CHISO_AT_LEAST}},
        {"na", {.not_applicable = true}},
        {"-", {.withdrawn = true}},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char content[COUNTING_CONTENT_CHARS];
        counting_content(&table[i].observation, content);
        cr_expect_str_eq(content, table[i].content, "row %zu gave %s", i, content);
    }
}

Test(counting, revision)
{
    static const struct {
        const char *name;
        uint32_t last;
        const char *last_content;
        uint32_t seen;
        const char *content;
        uint32_t expected;
    } table[] = {
        {"never sent, nothing seen", 0, "", 0, "5", 1},
        {"never sent, others seen", 0, "", 7, "5", 8},
        {"the same again", 3, "5", 3, "5", 3},
        {"the same again, others are further", 3, "5", 9, "5", 3},
        {"changed", 3, "5", 3, "6", 4},
        {"changed, receipt not yet in", 3, "5", 0, "6", 4},
        {"changed, others are further", 3, "5", 9, "6", 10},
        {"nothing above the highest", 3, "5", (uint32_t)CHISO_REVISION_MAX, "6", 0},
        {"the highest again", (uint32_t)CHISO_REVISION_MAX, "5", 0, "5", (uint32_t)CHISO_REVISION_MAX},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        uint32_t revision =
            counting_revision(table[i].last, table[i].last_content, table[i].seen, table[i].content);
        cr_expect_eq(revision, table[i].expected, "%s gave %u", table[i].name, revision);
    }
}

#define CONFLICT(indicator)                                                                                  \
    {                                                                                                        \
        indicator, CHISO_REASON_CONFLICT, ""                                                                 \
    }
#define OLDER(indicator)                                                                                     \
    {                                                                                                        \
        indicator, CHISO_REASON_SUPERSEDED, ""                                                               \
    }
#define BAD(indicator)                                                                                       \
    {                                                                                                        \
        indicator, CHISO_REASON_BAD_VALUE, ""                                                                \
    }

Test(counting, again)
{
    static const struct {
        const char *name;
        uint64_t sent;
        unsigned try;
        enum chiso_outcome outcome;
        uint64_t in_force;
        size_t rejection_count;
        struct chiso_rejection rejections[3];
        uint32_t expected;
        const char *again; /* of a, b, c */
    } table[] = {
        {"accepted", 1, 1, CHISO_ACCEPTED, 1, 0, {{0}}, 0, ""},
        {"duplicate", 1, 1, CHISO_DUPLICATE, 1, 0, {{0}}, 0, ""},
        {"superseded: at the revision in force", 1, 1, CHISO_SUPERSEDED, 5, 0, {{0}}, 5, "abc"},
        {"conflict there: one higher", 5, 2, CHISO_REJECTED, 5, 1, {CONFLICT("")}, 6, "abc"},
        {"conflict at once", 1, 1, CHISO_REJECTED, 1, 2, {CONFLICT("a"), CONFLICT("c")}, 2, "ac"},
        {"no fourth try", 6, 3, CHISO_SUPERSEDED, 9, 0, {{0}}, 0, ""},
        {"some of them", 1, 1, CHISO_PARTIAL, 5, 2, {CONFLICT("a"), OLDER("b")}, 5, "ab"},
        {"beside accepted ones", 1, 1, CHISO_ACCEPTED, 5, 1, {OLDER("c")}, 5, "c"},
        {"another reason", 1, 1, CHISO_REJECTED, 0, 1, {BAD("a")}, 0, ""},
        {"both reasons", 1, 1, CHISO_PARTIAL, 1, 2, {BAD("a"), CONFLICT("b")}, 2, "b"},
        {"nothing above the highest", CHISO_REVISION_MAX, 1, CHISO_REJECTED, CHISO_REVISION_MAX, 1,
            {CONFLICT("")}, 0, "abc"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct chiso_observation observations[] = {
            {.indicator = "a"}, {.indicator = "b"}, {.indicator = "c"}};
        struct chiso_report report = {
            .revision = table[i].sent, .observation_count = 3, .observations = observations};
        struct chiso_rejection rejections[3];
        memcpy(rejections, table[i].rejections, sizeof rejections);
        struct chiso_verdict verdict = {.outcome = table[i].outcome,
            .rejection_count = table[i].rejection_count,
            .rejections = rejections,
            .revision = table[i].in_force};
        bool again[3];
        uint32_t revision = counting_again(&report, &verdict, table[i].try, again);
        cr_expect_eq(revision, table[i].expected, "%s gave %u", table[i].name, revision);
        for (size_t o = 0; o < 3; o++)
            cr_expect_eq(
                again[o], strchr(table[i].again, "abc"[o]) != NULL, "%s: %c", table[i].name, "abc"[o]);
    }
}

Test(counting, backoff)
{
    static const struct {
        unsigned try;
        uint32_t random, expected;
    } table[] = {{0, 25, 5000}, {1, 25, 10000}, {2, 25, 20000}, {3, 25, 40000}, {4, 25, 60000},
        {1000000, 25, 60000}, {0, 0, 3750}, {0, 50, 6250}, {9, UINT32_MAX, 45000}};
    for (size_t i = 0; i < COUNT(table); i++) {
        uint32_t wait = backoff_ms(5000, 60000, table[i].try, table[i].random);
        cr_expect_eq(wait, table[i].expected, "try %u gave %u", table[i].try, wait);
    }
}
