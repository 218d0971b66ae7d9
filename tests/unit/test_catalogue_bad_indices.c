/* Every rule of indices.csv and index_components.csv (STATISTICS S6). */
#include "catalogue_files.h"
#include "core/catalogue_index.h"

#define HEAD                                                                                                 \
    "id,valid_from,valid_to,name_vi,unit_kind,method,maximum,shown,decimals,component_decimals,missing,"     \
    "merger,published_as\n"
#define INDEX(id) id ",,,Chỉ số,province,points,,,,,,,\n"
#define PARTS "index,component,weight,points,scoring,full_at,capped,steps,zero_denominator\n"
#define RATE "dossier.online_rate,"

struct index_case {
    const char *indices, *components, *findings;
};

static void expect_findings(const struct index_case cases[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct test_files files = test_good_files();
        test_file_set(&files, "indices.csv", cases[i].indices);
        test_file_set(&files, "index_components.csv", cases[i].components);
        char *found = test_findings(&files);
        cr_expect_str_eq(found, cases[i].findings, "%s%s\nfound:\n%s\nexpected:\n%s", cases[i].indices,
            cases[i].components ? cases[i].components : "", found, cases[i].findings);
        free(found);
    }
}
#define INDEX_CASES(cases) expect_findings(cases, sizeof(cases) / sizeof(cases)[0])

Test(catalogue_bad_indices, good_ones)
{
    static const struct index_case cases[] = {
        {HEAD INDEX("a"), PARTS "a," RATE ",,,,,,\n", ""},
        {HEAD "a,2022-01-01,2023-12-31,Cũ,province,points,20,fraction,4,4,zero,mean,society.accounts\n"
              "a,2024-01-01,,Mới,province,weighted_mean,1,points,2,,incomplete,none,\n",
            PARTS "a," RATE
                  "100,2,linear,0.80,yes,,full\na,society.accounts,7,20,steps,,no,1:5 2:10 3:15 4:20,\n",
            ""},
        {HEAD INDEX("a") INDEX("b") INDEX("c"),
            PARTS "a,b,,,,,,,\na,c,,,,,,,\nb,c,,,,,,,\nc," RATE ",,,,,,\nc,society.accounts,,,none,,,,\n",
            ""},
    };
    INDEX_CASES(cases);
}

Test(catalogue_bad_indices, defaults)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "indices.csv", "id,name_vi,unit_kind,method\na,Chỉ số,province,points\n");
    test_file_set(&files, "index_components.csv", "index,component\na,dossier.online_rate\n");
    struct catalogue *catalogue = test_load(&files);
    const struct index_version *version =
        catalogue_index_at(catalogue, catalogue_index_find(catalogue, "a"), 0);
    size_t count;
    const struct index_component *component = catalogue_index_components(catalogue, 0, &count);
    cr_assert_not_null(version);
    cr_expect_str_eq(version->name_en, "Chỉ số");
    cr_expect(!version->has_maximum && version->decimals == 0 && version->component_decimals == -1);
    cr_expect(version->shown == INDEX_SHOWN_POINTS && version->missing == INDEX_MISSING_INCOMPLETE);
    cr_expect(version->merger == INDEX_MERGER_NONE && version->published_as == CATALOGUE_NONE);
    cr_assert_eq(count, 1);
    cr_expect(component->weight.value == 1 && component->points.value == 1 && component->full_at.value == 1);
    cr_expect(component->capped && component->scoring == SCORING_LINEAR && !component->has_zero_denominator);
    catalogue_free(catalogue);
}

Test(catalogue_bad_indices, rows_of_indices)
{
    static const char parts[] = PARTS "a," RATE ",,,,,,\n";
    static const struct index_case cases[] = {
        {"id,name_vi,method\n", NULL, "indices.csv:1:1: error: the column 'unit_kind' is missing"},
        {HEAD INDEX(""), NULL, "indices.csv:2:1: error: id is empty"},
        {HEAD INDEX("A b"), NULL,
            "indices.csv:2:1: error: id 'A b' is not 1 to 64 of the characters a to z, 0 to 9, '_' and '.'"},
        {HEAD INDEX("society.accounts"), NULL,
            "indices.csv:2:1: error: 'society.accounts' is an indicator already; an index needs an id of its "
            "own"},
        {HEAD "a,,,,province,points,,,,,,,\n", parts, "indices.csv:2:5: error: name_vi is empty"},
        {HEAD "a,,,X,,points,,,,,,,\n", parts, "indices.csv:2:7: error: unit_kind is empty"},
        {HEAD "a,,,X,province,,,,,,,,\n", parts, "indices.csv:2:16: error: method is empty"},
        {HEAD "a,,,X,town,mean,,x,,,no,sum,\n", parts,
            "indices.csv:2:7: error: unit_kind 'town' is unknown; write nation, province, district, commune, "
            "department or organisation\n"
            "indices.csv:2:12: error: method 'mean' is unknown; write points or weighted_mean\n"
            "indices.csv:2:18: error: shown 'x' is unknown; write points or fraction\n"
            "indices.csv:2:22: error: missing 'no' is unknown; write incomplete or zero\n"
            "indices.csv:2:25: error: merger 'sum' is unknown; write none or mean"},
        {HEAD "a,,,X,province,points,0,,10,x,,,tthc\n", parts,
            "indices.csv:2:23: error: maximum '0' is not above 0\n"
            "indices.csv:2:26: error: decimals '10' is not a whole number from 0 to 9\n"
            "indices.csv:2:29: error: component_decimals 'x' is not a whole number from 0 to 9\n"
            "indices.csv:2:33: error: indicator 'tthc' is not in indicators.csv"},
        {HEAD "a,2024-01-01,2023-12-31,X,province,points,,,,,,,\n", parts,
            "indices.csv:2:14: error: valid_to 2023-12-31 is before valid_from 2024-01-01"},
        {HEAD "a,,2024-06-30,X,province,points,,,,,,,\na,2024-06-30,,X,province,points,,,,,,,\n", parts,
            "indices.csv:3:1: error: index 'a' is valid here on days on which it is valid in line 2 too"},
        {HEAD INDEX("a") INDEX("a"), parts,
            "indices.csv:3:1: error: index 'a' is valid here on days on which it is valid in line 2 too"},
    };
    INDEX_CASES(cases);
}

Test(catalogue_bad_indices, rows_of_components)
{
    static const struct index_case cases[] = {
        {HEAD INDEX("a"), PARTS ",x,,,,,,,\n",
            "index_components.csv:2:1: error: index is empty\n"
            "index_components.csv:2:2: error: 'x' is neither an indicator nor an index"},
        {HEAD INDEX("a"), PARTS "b," RATE ",,,,,,\na," RATE ",,,,,,\n",
            "index_components.csv:2:1: error: index 'b' is not in indices.csv"},
        {HEAD INDEX("a"), PARTS "a,,,,,,,,\n", "index_components.csv:2:3: error: component is empty"},
        {HEAD INDEX("a"), PARTS "a," RATE "0,-1,,0.0,,,\n",
            "index_components.csv:2:23: error: weight '0' is not above 0\n"
            "index_components.csv:2:25: error: points '-1' is not above 0\n"
            "index_components.csv:2:29: error: full_at '0.0' is not above 0"},
        {HEAD INDEX("a"), PARTS "a," RATE "1/7,,line,,maybe,,half\n",
            "index_components.csv:2:23: error: weight '1/7' is not a number\n"
            "index_components.csv:2:28: error: scoring 'line' is unknown; write linear, steps or none\n"
            "index_components.csv:2:34: error: capped 'maybe' is unknown; write yes, true, 1, no, false or "
            "0\n"
            "index_components.csv:2:41: error: zero_denominator 'half' is unknown; write not_applicable, "
            "zero or full"},
        {HEAD INDEX("a") INDEX("b"), PARTS "b," RATE ",,,,,,\na,b,,,,,,,full\n",
            "index_components.csv:3:11: error: zero_denominator beside the index 'b'; only an indicator has "
            "a "
            "denominator"},
        {HEAD INDEX("a"), PARTS "a," RATE ",,,,,,\na,society.accounts,,,none,,,,\na," RATE "2,,,,,,\n",
            "index_components.csv:4:1: error: 'dossier.online_rate' is already a component of index 'a' in "
            "line 2"},
    };
    INDEX_CASES(cases);
}

Test(catalogue_bad_indices, steps)
{
    static const struct index_case cases[] = {
        {HEAD INDEX("a"), PARTS "a," RATE ",5,steps,,,,\n",
            "index_components.csv:2:34: error: steps is empty"},
        {HEAD INDEX("a"), PARTS "a," RATE ",5,,,,1:5,\n",
            "index_components.csv:2:29: error: steps go with the scoring steps only"},
        {HEAD INDEX("a"), PARTS "a," RATE ",10,steps,,,1:5 2-10,\n",
            "index_components.csv:2:39: error: step '2-10' is not a threshold and its points such as 2:10"},
        {HEAD INDEX("a"), PARTS "a," RATE ",10,steps,,,1:5 :10,\n",
            "index_components.csv:2:39: error: step ':10' is not a threshold and its points such as 2:10"},
        {HEAD INDEX("a"), PARTS "a," RATE ",10,steps,,,1:-5,\n",
            "index_components.csv:2:35: error: step '1:-5' is not a threshold and its points such as 2:10"},
        {HEAD INDEX("a"), PARTS "a," RATE ",10,steps,,,1:5 1.0:10,\n",
            "index_components.csv:2:39: error: step '1.0:10' is not above the step before it"},
        {HEAD INDEX("a"), PARTS "a," RATE ",,steps,,,1:5 2:10,\n",
            "index_components.csv:2:24: warning: the steps reach 10 points, but points, which make up the "
            "maximum, "
            "are 1"},
    };
    INDEX_CASES(cases);
}

Test(catalogue_bad_indices, together)
{
    static const struct index_case cases[] = {
        {HEAD INDEX("a"), NULL,
            "indices.csv:2:1: error: index 'a' has no component that counts in index_components.csv"},
        {HEAD INDEX("a"), PARTS "a," RATE ",,none,,,,\n",
            "indices.csv:2:1: error: index 'a' has no component that counts in index_components.csv"},
        {HEAD INDEX("a"), PARTS "a,a,,,,,,,\n",
            "index_components.csv:2:1: error: index 'a' is a part of itself: a > a"},
        {HEAD INDEX("a") INDEX("b") INDEX("c"),
            PARTS "a,b,,,,,,,\nb,c,,,,,,,\nb," RATE ",,,,,,\nc,b,,,,,,,\n",
            "index_components.csv:5:1: error: index 'b' is a part of itself: b > c > b"},
        {HEAD INDEX("a") INDEX("b"), PARTS "b,a,,,,,,,\na,b,,,,,,,\n",
            "index_components.csv:2:1: error: index 'a' is a part of itself: a > b > a"},
    };
    INDEX_CASES(cases);
}

Test(catalogue_bad_indices, two_calendars)
{
    static const char indicators[] = "id,pillar,name_vi,measure,reported_by,cadence,calendar\n"
                                     "s,digital_society,S,count,province,month,\n"
                                     "m,digital_society,M,count,province,month,administrative\n";
    static const struct index_case cases[] = {
        {HEAD INDEX("a"), PARTS "a,s,,,,,,,\na,m,,,,,,,\n",
            "index_components.csv:3:1: error: index 'a' has 'm' of the administrative calendar beside 's' of "
            "the "
            "statistical one"},
        {HEAD INDEX("a") INDEX("b"), PARTS "a,m,,,,,,,\na,b,,,,,,,\nb,s,,,,,,,\n",
            "index_components.csv:4:1: error: index 'a' has 's' of the statistical calendar beside 'm' of "
            "the "
            "administrative one"},
        {HEAD "a,,,X,province,points,,,,,,,s\n", PARTS "a,m,,,,,,,\n",
            "indices.csv:2:1: error: published_as 's' has another calendar than the components of index 'a'"},
        {HEAD INDEX("a"), PARTS "a,m,,,,,,,\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct test_files files = test_good_files();
        test_file_set(&files, "indicators.csv", indicators);
        test_file_set(&files, "indices.csv", cases[i].indices);
        test_file_set(&files, "index_components.csv", cases[i].components);
        char *found = test_findings(&files);
        cr_expect_str_eq(found, cases[i].findings, "found:\n%s\nexpected:\n%s", found, cases[i].findings);
        free(found);
    }
}
