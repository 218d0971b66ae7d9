/* Every rule of rules.csv. */
#include "catalogue_files.h"
#include "core/catalogue_rule.h"

#define HEAD "id,left,operator,right,severity\n"

/* The good catalogue with more indicators: numbers n1 to n20, one of each other measure. */
static struct test_files files_with(const char *rules)
{
    static char indicators[8192];
    struct test_files files = test_good_files();
    size_t n = (size_t)snprintf(indicators, sizeof indicators,
        "id,pillar,name_vi,measure,across_time,reported_by,cadence,calendar\n"
        "ratio,digital_government,X,ratio,sum,commune,month,\nmean,digital_government,X,mean,mean,commune,,\n"
        "share,digital_government,X,share,last,commune,month,\nrate,digital_government,X,rate,last,commune,,"
        "\n"
        "rank,digital_government,X,rank,last,commune,month,\nindex,digital_government,X,index,last,commune,,"
        "\n"
        "distinct,digital_government,X,distinct,last,commune,month,\n"
        "admin,digital_government,X,count,sum,commune,month,administrative\n");
    for (int i = 1; i <= 20; i++)
        n += (size_t)snprintf(
            indicators + n, sizeof indicators - n, "n%d,digital_government,X,count,sum,commune,month,\n", i);
    test_file_set(&files, "indicators.csv", indicators);
    test_file_set(&files, "rules.csv", rules);
    return files;
}

struct rule_case {
    const char *rules, *findings;
};

static void expect_findings(const struct rule_case cases[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct test_files files = files_with(cases[i].rules);
        char *found = test_findings(&files);
        cr_expect_str_eq(found, cases[i].findings, "%s\nfound:\n%s\nexpected:\n%s", cases[i].rules, found,
            cases[i].findings);
        free(found);
    }
}
#define RULE_CASES(cases) expect_findings(cases, sizeof(cases) / sizeof(cases)[0])

Test(catalogue_bad_rules, good_ones)
{
    static const struct rule_case cases[] = {
        {HEAD, ""},
        {HEAD "a,n1 + n2 + n3,=,n4,critical\n", ""},
        {"id;left;operator;right\na;n1+n2;<=;  n3 \nb;n1;≥;n2\n", ""},
        {HEAD "a,rate,<,index,info\nb,rank,>=,n1,warning\nc,distinct,>,n1,\n", ""},
        {HEAD "a,n1 + n2 + n3 + n4 + n5 + n6 + n7 + n8 + n9 + n10 + n11 + n12 + n13 + n14 + n15,=,n16,\n",
            ""},
    };
    RULE_CASES(cases);
}

Test(catalogue_bad_rules, ids)
{
    static const struct rule_case cases[] = {
        {"left,operator,right\n", "rules.csv:1:1: error: the column 'id' is missing"},
        {"id,left,operator,right,text\n", "rules.csv:1:24: error: the column 'text' is unknown"},
        {HEAD ",n1,=,n2,\n", "rules.csv:2:1: error: id is empty"},
        {HEAD "A|b,n1,=,n2,\n",
            "rules.csv:2:1: error: id 'A|b' is not 1 to 64 of the characters a to z, 0 to 9, '_' and '.'"},
        {HEAD "a,n1,=,n2,\nb,n1,=,n3,\na,n1,=,n4,\n",
            "rules.csv:4:1: error: rule 'a' stands already in line 2"},
        {HEAD "a,,=,n2,\na,n1,=,n4,\n",
            "rules.csv:2:3: error: left is empty\nrules.csv:3:1: error: rule 'a' stands already in line 2"},
    };
    RULE_CASES(cases);
}

Test(catalogue_bad_rules, operators_and_severities)
{
    static const struct rule_case cases[] = {
        {HEAD "a,n1,,n2,\n", "rules.csv:2:6: error: operator is empty"},
        {HEAD "a,n1,==,n2,\n",
            "rules.csv:2:6: error: operator '==' is unknown; write =, <=, >=, <, >, ≤ or ≥"},
        {HEAD "a,n1,!=,n2,\n",
            "rules.csv:2:6: error: operator '!=' is unknown; write =, <=, >=, <, >, ≤ or ≥"},
        {HEAD "a,n1,=,n2,fatal\n",
            "rules.csv:2:11: error: severity 'fatal' is unknown; write info, warning or critical"},
    };
    RULE_CASES(cases);
}

Test(catalogue_bad_rules, sides)
{
    static const struct rule_case cases[] = {
        {HEAD "a,n1,=,,\n", "rules.csv:2:8: error: right is empty"},
        {HEAD "a,n1 + n99,=,n2,\n", "rules.csv:2:8: error: indicator 'n99' is not in indicators.csv"},
        {HEAD "a,n1 + + n2,=,n3,\n", "rules.csv:2:8: error: an indicator is missing beside a '+'"},
        {HEAD "a,n1 +,=,n3,\n", "rules.csv:2:7: error: an indicator is missing beside a '+'"},
        {HEAD "a,+n1,=,n3,\n", "rules.csv:2:3: error: an indicator is missing beside a '+'"},
        {HEAD "a,n1 - n2,=,n3,\n",
            "rules.csv:2:3: error: 'n1 - n2' is no indicator; a side is indicators joined by '+' and nothing "
            "else"},
        {HEAD "a,n1 + 2*n2,=,n3,\n",
            "rules.csv:2:8: error: '2*n2' is no indicator; a side is indicators joined by '+' and nothing "
            "else"},
        {HEAD "a,n1,<=,100 %,\n",
            "rules.csv:2:9: error: '100 %' is no indicator; a side is indicators joined by '+' and nothing "
            "else"},
        {HEAD "a,n1,<=,100,\n", "rules.csv:2:9: error: indicator '100' is not in indicators.csv"},
        {HEAD "a,số + n1,=,đơn,\n",
            "rules.csv:2:3: error: 'số' is no indicator; a side is indicators joined by '+' and nothing "
            "else\nrules.csv:2:13: error: 'đơn' is no indicator; a side is indicators joined by '+' and "
            "nothing else"},
        {HEAD "a,n1,=,n1,\n", "rules.csv:2:8: error: 'n1' stands a second time in this rule"},
        {HEAD "a,n1 + n2 + n1,=,n3,\n", "rules.csv:2:13: error: 'n1' stands a second time in this rule"},
        {HEAD "a,n1 + n2 + n3 + n4 + n5 + n6 + n7 + n8 + n9 + n10 + n11 + n12 + n13 + n14 + n15,=,"
              "n16 + n17 + n18,\n",
            "rules.csv:2:90: error: the rule has more than 16 indicators"},
    };
    RULE_CASES(cases);
}

Test(catalogue_bad_rules, what_has_no_one_number_or_no_common_window)
{
    static const struct rule_case cases[] = {
        {HEAD "a,ratio,<=,n1,\n", "rules.csv:2:3: error: 'ratio' is a ratio: it has a numerator and a "
                                  "denominator, not one number to "
                                  "add or to compare"},
        {HEAD "a,n1,=,n2 + mean,\n", "rules.csv:2:13: error: 'mean' is a mean: it has a numerator and a "
                                     "denominator, not one number to "
                                     "add or to compare"},
        {HEAD "a,share,=,n2,\n", "rules.csv:2:3: error: 'share' is a share: it has a numerator and a "
                                 "denominator, not one number to "
                                 "add or to compare"},
        {HEAD "a,n1 + admin,=,n2,\n", "rules.csv:2:8: error: 'admin' has the administrative calendar and "
                                      "'n1' the statistical one: they "
                                      "have no window in common"},
    };
    RULE_CASES(cases);
}

Test(catalogue_bad_rules, a_flawed_indicator_is_named_once)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "indicators.csv", "id,pillar,name_vi,measure\na,digital_government,X,sum\n");
    test_file_set(&files, "rules.csv", HEAD "r,a,=,b,\n");
    char *found = test_findings(&files);
    cr_expect_str_eq(found,
        "indicators.csv:2:24: error: measure 'sum' is unknown; write ratio, rate, distinct, "
        "count, amount, mean, min, max, share, index or rank\n"
        "rules.csv:2:7: error: indicator 'b' is not in indicators.csv",
        "%s", found);
    free(found);
}

Test(catalogue_bad_rules, more_rules_than_allowed)
{
    size_t capacity = (size_t)(CATALOGUE_RULES_MAX + 2) * 40, n = 0;
    char *rules = malloc(capacity);
    cr_assert_not_null(rules);
    n = (size_t)snprintf(rules, capacity, HEAD);
    for (int i = 0; i <= CATALOGUE_RULES_MAX; i++)
        n += (size_t)snprintf(rules + n, capacity - n, "r%d,n1,<=,n2,\n", i);
    struct test_files files = files_with(rules);
    char *found = test_findings(&files);
    cr_expect_str_eq(found, "rules.csv:1002:1: error: more than 1000 rules");
    free(found);
    free(rules);
}

Test(catalogue_rule, as_read)
{
    struct test_files files =
        files_with(HEAD "b.sum,n2 + n1,<=,n3,critical\na.sum,n3,>,n4 + n1,\nc,n5,≤,n6,info\n");
    struct catalogue *catalogue = test_load(&files);
    size_t count;
    cr_assert_eq(catalogue_rule_count(catalogue), 3);
    cr_expect_eq(catalogue_rule_find(catalogue, "a.sum"), 1);
    cr_expect_eq(catalogue_rule_find(catalogue, "d"), CATALOGUE_NONE);
    const struct rule *rule = catalogue_rule(catalogue, 0);
    cr_expect_str_eq(rule->id, "b.sum");
    cr_expect(rule->left_count == 2 && rule->count == 3 && rule->line == 2);
    cr_expect(rule->relation == RULE_AT_MOST && rule->severity == SEVERITY_CRITICAL);
    cr_expect_eq(rule->indicators[0], catalogue_indicator_find(catalogue, "n2"));
    cr_expect_eq(rule->indicators[2], catalogue_indicator_find(catalogue, "n3"));
    cr_expect_eq(catalogue_rule(catalogue, 1)->severity, SEVERITY_WARNING);
    cr_expect_eq(catalogue_rule(catalogue, 2)->relation, RULE_AT_MOST);
    const uint32_t *rules = catalogue_rules_of(catalogue, catalogue_indicator_find(catalogue, "n1"), &count);
    cr_expect(count == 2 && rules[0] == 0 && rules[1] == 1);
    (void)catalogue_rules_of(catalogue, catalogue_indicator_find(catalogue, "n20"), &count);
    cr_expect_eq(count, 0);
    catalogue_free(catalogue);
}

Test(catalogue_rule, a_catalogue_without_rules)
{
    struct catalogue *catalogue = test_good_catalogue();
    size_t count = 7;
    (void)catalogue_rules_of(catalogue, 0, &count);
    cr_expect(catalogue_rule_count(catalogue) == 0 && count == 0);
    cr_expect_eq(catalogue_rule_find(catalogue, "a"), CATALOGUE_NONE);
    catalogue_free(catalogue);
}
