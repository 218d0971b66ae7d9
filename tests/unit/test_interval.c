/* STATISTICS S3, row by row, and S2's last column. */
#include "figures.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct indicator amount(bool has_minimum)
{
    return (struct indicator){
        .measure = MEASURE_AMOUNT, .has_minimum = has_minimum, .factor = {1, 0}, .about_tolerance = {10, 0}};
}

static struct indicator percentage(enum zero_denominator zero)
{
    return (struct indicator){
        .measure = MEASURE_RATIO, .factor = {100, 0}, .about_tolerance = {10, 0}, .zero_denominator = zero};
}

static void expect(const struct indicator *indicator, const char *name, const char *figures, uint32_t missing,
    const char *value, const char *truth, enum chiso_qualifier qualifier)
{
    struct interval interval;
    struct side side = figures_side(figures, missing);
    char text[300], nominal[128] = "none";
    interval_init(&interval);
    interval_of_side(indicator, &side, FIGURES_SCALE, &interval);
    if (interval.has_value)
        rational_print_exact(interval.value, nominal, sizeof nominal);
    figures_print_interval(&interval, text);
    cr_expect_str_eq(nominal, value, "%s: value %s, not %s", name, nominal, value);
    cr_expect_str_eq(text, truth, "%s: truth in %s, not %s", name, text, truth);
    cr_expect_eq(interval.qualifier, qualifier, "%s: qualifier %d", name, (int)interval.qualifier);
    interval_release(&interval);
}

struct value_case {
    const char *name;
    bool has_minimum;
    const char *figures;
    uint32_t missing;
    const char *value, *truth;
    enum chiso_qualifier qualifier;
};

static void expect_values(const struct value_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct indicator indicator = amount(cases[i].has_minimum);
        expect(&indicator, cases[i].name, cases[i].figures, cases[i].missing, cases[i].value, cases[i].truth,
            cases[i].qualifier);
    }
}

Test(interval, one_figure_of_each_qualifier)
{
    static const struct value_case cases[] = {
        {"exact", true, "40", 0, "40", "[40, 40]", CHISO_EXACT},
        {"an estimate is its value, marked", true, "e40", 0, "40", "[40, 40]", CHISO_ESTIMATE},
        {"over 40", true, ">40", 0, "40", "[40, inf)", CHISO_AT_LEAST},
        {"almost 70,000", true, "<70000", 0, "70000", "[0, 70000)", CHISO_BELOW},
        {"almost 70,000, no minimum", false, "<70000", 0, "70000", "(-inf, 70000)", CHISO_BELOW},
        {"top 10", true, "^10", 0, "10", "[0, 10]", CHISO_AT_MOST},
        {"top 10, no minimum", false, "^10", 0, "10", "(-inf, 10]", CHISO_AT_MOST},
        {"about 200, 10 % either way", true, "~200", 0, "200", "[180, 220]", CHISO_ABOUT},
        {"about 0.5", false, "~0.5", 0, "0.5", "[0.45, 0.55]", CHISO_ABOUT},
        {"negative", false, "-12.5", 0, "-12.5", "[-12.5, -12.5]", CHISO_EXACT},
        {"bare", false, "84.6%", 0, "84.6", "[84.6, 84.6]", CHISO_EXACT},
        {"nothing", true, "-", 0, "none", "(-inf, inf)", CHISO_EXACT},
        {"not applicable", true, "na", 0, "none", "(-inf, inf)", CHISO_EXACT},
    };
    expect_values(cases, COUNT(cases));
}

Test(interval, sums_add_the_ends)
{
    static const struct value_case cases[] = {
        {"all exact", true, "1 2 3", 0, "6", "[6, 6]", CHISO_EXACT},
        {"exact but for an estimate", true, "1 e2", 0, "3", "[3, 3]", CHISO_ESTIMATE},
        {"one open upwards", true, "10 >40 e5", 0, "55", "[55, inf)", CHISO_AT_LEAST},
        {"one almost", true, "10 <40", 0, "50", "[10, 50)", CHISO_BELOW},
        {"one at most", true, "10 ^40", 0, "50", "[10, 50]", CHISO_AT_MOST},
        {"BELOW with AT_MOST prints BELOW, the end is open", true, "<40 ^10", 0, "50", "[0, 50)",
            CHISO_BELOW},
        {"bounds both ways", true, ">40 <10", 0, "50", "[40, inf)", CHISO_ABOUT},
        {"about beside over", true, "~100 >50", 0, "150", "[140, inf)", CHISO_ABOUT},
        {"about beside exact", true, "~100 50", 0, "150", "[140, 160]", CHISO_ABOUT},
        {"a bound of zero is still a bound", true, ">0 5", 0, "5", "[5, inf)", CHISO_AT_LEAST},
        {"no minimum: one almost opens the low end", false, "-5 <10", 0, "5", "(-inf, 5)", CHISO_BELOW},
    };
    expect_values(cases, COUNT(cases));
}

Test(interval, missing_reports_widen)
{
    static const struct value_case cases[] = {
        {"a count with minimum 0 can only grow", true, "10 20", 3, "30", "[30, inf)", CHISO_EXACT},
        {"so can one with an upper bound", true, "10 <20", 1, "30", "[10, inf)", CHISO_BELOW},
        {"without minimum: undecided", false, "10 20", 1, "30", "(-inf, inf)", CHISO_EXACT},
    };
    struct indicator rate = percentage(ZERO_NOT_APPLICABLE);
    expect_values(cases, COUNT(cases));
    expect(&rate, "ratio: undecided", "1/2", 1, "50", "(-inf, inf)", CHISO_EXACT);
}

Test(interval, partial_is_missing)
{
    struct side side = figures_side("10", 0);
    side.reported = 0;
    side.partial = 109;
    side.expected = 109;
    cr_expect(interval_is_incomplete(&side), "a year with only January in is 0 of 109");
    side = figures_side("10 20", 0);
    cr_expect_not(interval_is_incomplete(&side));
}

Test(interval, ratios)
{
    static const struct {
        const char *name, *figures, *value, *truth;
        enum chiso_qualifier qualifier;
    } cases[] = {
        {"Hai Duong's essential services", "453520/495192", "5669000/61899", "[5669000/61899, 5669000/61899]",
            CHISO_EXACT},
        {"0/0 and 1/2 make 50 %", "0/0 1/2", "50", "[50, 50]", CHISO_EXACT},
        {"three levels together", "980/1000 900/1000 700/1000", "86", "[86, 86]", CHISO_EXACT},
        {"over 1 of 2", ">1/2", "50", "[50, inf)", CHISO_AT_LEAST},
        {"almost 1 of 2", "<1/2", "50", "[0, 50)", CHISO_BELOW},
        {"1 of over 2: at most 50 %, never quite nothing", "1/>2", "50", "(0, 50]", CHISO_AT_MOST},
        {"1 of almost 2: over 50 %", "1/<2", "50", "(50, inf)", CHISO_AT_LEAST},
        {"1 of at most 2", "1/^2", "50", "[50, inf)", CHISO_AT_LEAST},
        {"over 1.4 of over 1.9 is undecided", ">1.4/>1.9", "1400/19", "(0, inf)", CHISO_ABOUT},
        {"about 100 of 200", "~100/200", "50", "[45, 55]", CHISO_ABOUT},
        {"100 of about 200", "100/~200", "50", "[500/11, 500/9]", CHISO_ABOUT},
        {"an estimate below the line", "1/e2", "50", "[50, 50]", CHISO_ESTIMATE},
        {"0/0", "0/0", "none", "[0, 0]", CHISO_EXACT},
        {"bare, already in per cent", "73.7%", "73.7", "[73.7, 73.7]", CHISO_EXACT},
        {"bare almost: not below 0", "<73.7%", "73.7", "[0, 73.7)", CHISO_BELOW},
    };
    struct indicator rate = percentage(ZERO_NOT_APPLICABLE);
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(&rate, cases[i].name, cases[i].figures, 0, cases[i].value, cases[i].truth, cases[i].qualifier);
}

Test(interval, zero_denominators_by_rule)
{
    struct indicator zero = percentage(ZERO_ZERO), full = percentage(ZERO_FULL);
    expect(&zero, "zero", "0/0", 0, "0", "[0, 0]", CHISO_EXACT);
    expect(&full, "full", "0/0", 0, "100", "[100, 100]", CHISO_EXACT);
    expect(&full, "full, over nothing: it may be anything", "0/>0", 0, "100", "(0, inf)", CHISO_AT_MOST);
}

Test(interval, a_rank_is_not_divided)
{
    struct indicator rank = {.measure = MEASURE_RANK, .factor = {1, 0}, .about_tolerance = {10, 0}};
    expect(&rank, "6 of 63", "6/63", 0, "6", "[6, 6]", CHISO_EXACT);
    rank.has_minimum = true;
    expect(&rank, "top 10", "^10", 0, "10", "[0, 10]", CHISO_AT_MOST);
}

Test(interval, the_factor_scales_all_three)
{
    struct indicator thousands = amount(true);
    thousands.factor = (struct chiso_decimal){1, 3};
    expect(&thousands, "thousandths", "<70000", 0, "70", "[0, 70)", CHISO_BELOW);
}

Test(interval, tolerance_of_the_definition)
{
    struct indicator indicator = amount(true);
    indicator.about_tolerance = (struct chiso_decimal){25, 1};
    expect(&indicator, "2.5 %", "~200", 0, "200", "[195, 205]", CHISO_ABOUT);
    indicator.about_tolerance = (struct chiso_decimal){150, 0};
    expect(&indicator, "not below the minimum", "~200", 0, "200", "[0, 500]", CHISO_ABOUT);
}
