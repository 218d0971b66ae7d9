/* Scores as text, as the cache keeps them. */
#include "core/score_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(score_text, what_is_printed_is_read_back)
{
    static const struct {
        struct score score;
        const char *text;
    } cases[] = {
        {{.state = SCORE_VALUE,
             .value = "0.49",
             .exact = "0.4857",
             .computed = "0.49",
             .computed_exact = "0.4857"},
            "value computed complete 0 0.49 0.4857"},
        {{.state = SCORE_VALUE,
             .incomplete = true,
             .missing = 2,
             .value = "0.33",
             .exact = "1/3",
             .computed = "0.33",
             .computed_exact = "1/3"},
            "value computed incomplete 2 0.33 1/3"},
        {{.state = SCORE_VALUE,
             .published = true,
             .value = "0.4885",
             .exact = "0.4885",
             .computed = "0.4886",
             .computed_exact = "0.48857"},
            "value published complete 0 0.4885 0.4885 | 0.4886 0.48857"},
        {{.state = SCORE_MISSING,
             .published = true,
             .incomplete = true,
             .missing = 8,
             .value = "-0.5",
             .exact = "-0.5"},
            "missing published incomplete 8 -0.5 -0.5 | - -"},
        {{.state = SCORE_MISSING, .incomplete = true, .missing = 1}, "missing - incomplete 1 - -"},
        {{.state = SCORE_NOT_APPLICABLE}, "not_applicable - complete 0 - -"},
        {{.state = SCORE_NOT_COMPARABLE}, "not_comparable - complete 0 - -"},
        {{.state = SCORE_ELSEWHERE}, "elsewhere - complete 0 - -"},
        /* longer than anybody reads */
        {{.state = SCORE_VALUE, .value = "1.0", .computed = "1.0"}, "value computed complete 0 1.0 -"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SCORE_TEXT_CHARS], again[SCORE_TEXT_CHARS];
        struct score read;
        cr_expect_eq(score_print(&cases[i].score, text), strlen(cases[i].text));
        cr_expect_str_eq(text, cases[i].text);
        cr_assert_eq(score_parse(text, strlen(text), &read), CHISO_OK, "%s", text);
        score_print(&read, again);
        cr_expect_str_eq(again, text);
        cr_expect_str_eq(read.computed, cases[i].score.computed, "%s", text);
        cr_expect_str_eq(read.computed_exact, cases[i].score.computed_exact, "%s", text);
    }
}

Test(score_text, anything_else_is_refused)
{
    static const char *const cases[] = {"", "value", "value computed complete 0 1",
        "value computed complete 0 1 1 ", "value computed complete 0 1 1 x", "value computed complete 0 1 x",
        "worth computed complete 0 1 1", "value guessed complete 0 1 1", "value computed half 0 1 1",
        "value computed complete -1 1 1", "value computed complete 01 1 1", "value  computed complete 0 1 1",
        "value - complete 0 1 1", "value computed complete 0 - -", "value published complete 0 1 1",
        "value published complete 0 1 1 | 1", "value published complete 0 1 1 ; 1 1",
        "value computed complete 4294967296 1 1"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct score score = {.missing = 77};
        cr_expect_eq(score_parse(cases[i], strlen(cases[i]), &score), CHISO_EINVAL, "%s", cases[i]);
        cr_expect_eq(score.missing, 77, "%s: outputs are not touched", cases[i]);
    }
}

Test(score_text, pillars)
{
    static const struct {
        struct pillar_score score;
        const char *text;
    } cases[] = {
        {{2, 4, "75.0", "75"}, "2 4 75.0 75"},
        {{3, 3, "66.7", "200/3"}, "3 3 66.7 200/3"},
        {{0, 4, "", ""}, "0 4 - -"},
        {{4, 4, "0.0", "0"}, "4 4 0.0 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[PILLAR_SCORE_TEXT_CHARS];
        cr_expect_eq(pillar_score_print(&cases[i].score, text), strlen(cases[i].text));
        cr_expect_str_eq(text, cases[i].text);
    }
}

Test(score_text, of_an_attainment)
{
    struct attainment attainment;
    struct pillar_score score;
    attainment_init(&attainment);
    attainment.targets = 5;
    pillar_score_of(&attainment, &score);
    cr_expect_str_eq(score.value, "", "none decided: no score, not 0");
    attainment.decided = 3;
    mpq_set_ui(attainment.score, 2, 3);
    pillar_score_of(&attainment, &score);
    cr_expect_str_eq(score.value, "66.7");
    cr_expect_str_eq(score.exact, "200/3");
    attainment_release(&attainment);
}
