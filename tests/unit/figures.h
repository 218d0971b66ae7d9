/* Sides written as short texts for tests: "100 >50 <20" is three units' figures added up, "453520/495192" a
 * pair, "84.6%" a bare figure, "na" not applicable, "-" nothing; qualifiers as in Redis (figure.h). */
#ifndef TESTS_FIGURES_H
#define TESTS_FIGURES_H

#include "core/figure.h"
#include "core/interval.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define FIGURES_SCALE 4

static inline void figures_put(
    struct sums *sums, struct chiso_decimal number, enum chiso_qualifier qualifier, const char *text)
{
    struct chiso_decimal scaled;
    cr_assert_eq(chiso_decimal_rescale(number, FIGURES_SCALE, &scaled), CHISO_OK, "%s", text);
    sums->sum[qualifier] += scaled.value;
    sums->count[qualifier]++;
}

/* MISSING units more are expected than have reported. */
static inline struct side figures_side(const char *text, uint32_t missing)
{
    static const enum side_state states[] = {[FIGURE_NONE] = SIDE_NONE,
        [FIGURE_VALUE] = SIDE_VALUE,
        [FIGURE_PAIR] = SIDE_PAIR,
        [FIGURE_BARE] = SIDE_BARE,
        [FIGURE_NOT_APPLICABLE] = SIDE_NOT_APPLICABLE};
    struct side side = {.expected = missing};
    char copy[256], line[300], *rest = copy;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        struct leaf leaf;
        snprintf(line, sizeof line, "1 %s 1.0 1", word);
        cr_assert_eq(leaf_parse(line, strlen(line), &leaf), CHISO_OK, "%s", text);
        side.state = states[leaf.figure.state];
        if (side.state == SIDE_NONE || side.state == SIDE_NOT_APPLICABLE)
            continue;
        figures_put(&side.numerator, leaf.figure.value, leaf.figure.qualifier, text);
        if (side.state == SIDE_PAIR)
            figures_put(&side.denominator, leaf.figure.denominator, leaf.figure.denominator_qualifier, text);
        side.reported++;
        side.expected++;
    }
    return side;
}

/* "[40, inf)", "(1/2, 3]". */
static inline void figures_print_interval(const struct interval *interval, char out[300])
{
    char low[128] = "-inf", high[128] = "inf";
    if (!interval->low.infinite)
        rational_print_exact(interval->low.value, low, sizeof low);
    if (!interval->high.infinite)
        rational_print_exact(interval->high.value, high, sizeof high);
    snprintf(
        out, 300, "%c%s, %s%c", interval->low.open ? '(' : '[', low, high, interval->high.open ? ')' : ']');
}

#endif
