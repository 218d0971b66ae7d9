/* Every rule of targets.csv, holidays.csv, publishers.csv and contacts.csv. */
#include "catalogue_files.h"

#define HEAD                                                                                                 \
    "indicator,unit,shape,value,value_high,baseline,baseline_date,due,curve,scope,unit_kind,window,amber,"   \
    "red,"                                                                                                   \
    "nature,source\n"
#define RATE "dossier.online_rate,"

Test(catalogue_bad_targets, good_ones)
{
    static const struct bad_case cases[] = {
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,,,,,\n", ""},
        {"targets.csv",
            HEAD RATE "35,at_least,80,,60,2024-12-31,2025-06-30,linear,unit,,year_to_date,2,5%,,\n", ""},
        {"targets.csv", HEAD RATE "35,between,8,10,,,2025-06-30,due,,,cadence,2%,5 %,target,QĐ 1\n", ""},
        {"targets.csv",
            HEAD RATE "35,at_least,80,,,,,,level,commune,,,,,\n" RATE
                      "35,at_least,80,,,,,,each,commune,,,,,\n",
            ""},
        {"targets.csv", HEAD RATE "35,maintain,,,70,,,,,,,,,,\n", ""},
        {"targets.csv", HEAD RATE "37,done_by,,,,,2030-12-31,,,,,,,,\n", ""},
        {"targets.csv", HEAD RATE "VN,at_least,80,,,,2030-12-31,,,,,,,forecast,\n", ""},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,2030-12-31,,,,,,,forecast,\n", ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, shapes)
{
    static const struct bad_case cases[] = {
        {"targets.csv", HEAD RATE "35,,80,,,,,,,,,,,,\n", "targets.csv:2:24: error: shape is empty"},
        {"targets.csv", HEAD RATE "35,least,80,,,,,,,,,,,,\n",
            "targets.csv:2:24: error: shape 'least' is unknown; write at_least, above, at_most, below, "
            "between, "
            "maintain, done_by or increase_each_year"},
        {"targets.csv", HEAD RATE "35,increase_each_year,,,,,,,,,,,,,\n", ""},
        {"targets.csv", HEAD RATE "35,increase_each_year,5,,,,,,,,,,,,\n",
            "targets.csv:2:43: error: value 5 beside increase_each_year, which aims at the year before; "
            "leave "
            "it empty"},
        {"targets.csv", HEAD RATE "35,above,,,,,,,,,,,,,\n", "targets.csv:2:30: error: value is empty"},
        {"targets.csv", HEAD RATE "35,above,\"80,5\",,,,,,,,,,,,\n",
            "targets.csv:2:30: error: value '80,5' is not a number"},
        {"targets.csv", HEAD RATE "35,above,40,50,,,,,,,,,,,\n",
            "targets.csv:2:33: error: value_high goes with the shape between only"},
        {"targets.csv", HEAD RATE "35,between,8,,,,,,,,,,,,\n",
            "targets.csv:2:34: error: value_high is empty"},
        {"targets.csv", HEAD RATE "35,between,10,8,,,,,,,,,,,\n",
            "targets.csv:2:35: error: value_high 8 is below value 10"},
        {"targets.csv", HEAD RATE "35,maintain,,,,,,,,,,,,,\n",
            "targets.csv:2:33: error: value and baseline are empty; maintain needs one of them"},
        {"targets.csv", HEAD RATE "35,done_by,2,,,,,,,,,,,,\n",
            "targets.csv:2:32: error: value 2 beside done_by, which means 1; leave it empty\n"
            "targets.csv:2:37: error: due is empty; done_by needs the day"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, curves)
{
    static const struct bad_case cases[] = {
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,straight,,,,,,,\n",
            "targets.csv:2:40: error: curve 'straight' is unknown; write linear, hold, due, steps or "
            "cumulative"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,steps,,,,,,,\n",
            "targets.csv:2:39: error: due is empty; only the curve hold does without"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,cumulative,,,,,,,\n",
            "targets.csv:2:39: error: due is empty; only the curve hold does without"},
        {"targets.csv", HEAD RATE "35,increase_each_year,,,,,2025-06-30,steps,,,,,,,\n",
            "targets.csv:2:58: error: curve 'steps' beside increase_each_year, which has the curve hold or "
            "due"},
        {"targets.csv", HEAD RATE "35,increase_each_year,,,,,2025-06-30,due,,,,,,,\n", ""},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,linear,,,,,,,\n",
            "targets.csv:2:37: error: baseline is empty; the curve linear needs it\n"
            "targets.csv:2:38: error: baseline_date is empty; the curve linear needs it\n"
            "targets.csv:2:39: error: due is empty; the curve linear needs it"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,due,,,,,,,\n",
            "targets.csv:2:39: error: due is empty; only the curve hold does without"},
        {"targets.csv", HEAD RATE "35,maintain,80,,,,2025-06-30,due,,,,,,,\n",
            "targets.csv:2:50: error: curve 'due' beside maintain, which has the curve hold"},
        {"targets.csv", HEAD RATE "35,done_by,,,,,2025-06-30,hold,,,,,,,\n",
            "targets.csv:2:47: error: curve 'hold' beside done_by, which counts on its due date"},
        {"targets.csv", HEAD RATE "35,at_least,80,,60,2025-06-30,2025-06-30,linear,,,,,,,\n",
            "targets.csv:2:51: error: due 2025-06-30 is not after baseline_date 2025-06-30"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,30/6/2025,,,,,,,,\n",
            "targets.csv:2:39: error: due '30/6/2025' is not a day; write it as 2025-07-01"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, milestones)
{
#define MILESTONES "indicator,unit,unit_kind,date,value\n"
    static const struct bad_case cases[] = {
        {"targets.csv", HEAD RATE "35,at_least,80,,,,2025-06-30,steps,,,,,,,\n",
            "targets.csv:2:50: error: milestones.csv has no day before due 2025-06-30 for this indicator and "
            "unit; the curve steps needs one"},
        {"milestones.csv", MILESTONES RATE "35,,2025-01-31,50\n",
            "milestones.csv:2:1: warning: no target with the curve steps is due after this milestone of its "
            "indicator and unit"},
        {"milestones.csv", MILESTONES "no,99,town,31/1/2025,half\n",
            "milestones.csv:2:1: error: indicator 'no' is not in indicators.csv\n"
            "milestones.csv:2:4: error: unit '99' is not in units.csv\n"
            "milestones.csv:2:7: error: unit_kind 'town' is unknown; write nation, province, district, "
            "commune, department or organisation\n"
            "milestones.csv:2:12: error: date '31/1/2025' is not a day; write it as 2025-07-01\n"
            "milestones.csv:2:22: error: value 'half' is not a number"},
        {"milestones.csv", MILESTONES RATE "35,,,\n",
            "milestones.csv:2:25: error: date is empty\n"
            "milestones.csv:2:26: error: value is empty"},
        {"milestones.csv", "indicator,unit,value\n",
            "milestones.csv:1:1: error: the column 'date' is missing"},
    };
    BAD_CASES(cases);
}

static void expect_with_milestones(const char *targets, const char *milestones, const char *expected)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "targets.csv", targets);
    test_file_set(&files, "milestones.csv", milestones);
    char *found = test_findings(&files);
    cr_expect_str_eq(found, expected, "found:\n%s\nexpected:\n%s", found, expected);
    free(found);
}

Test(catalogue_bad_targets, milestones_and_their_targets)
{
    expect_with_milestones(HEAD RATE "35,at_least,80,,,,2025-06-30,steps,,,,,,,\n",
        MILESTONES RATE "35,,2025-03-31,60\n" RATE "35,,2025-01-31,50\n", "");
    expect_with_milestones(HEAD RATE "35,at_least,80,,,,2025-06-30,steps,each,commune,,,,,\n",
        MILESTONES RATE "35,commune,2025-01-31,50\n", "");
    expect_with_milestones(HEAD RATE "35,at_least,80,,,,2025-06-30,steps,,,,,,,\n",
        MILESTONES RATE "35,,2025-01-31,50\n" RATE "35,,2025-06-30,80\n",
        "milestones.csv:3:1: warning: no target with the curve steps is due after this milestone of its "
        "indicator and unit");
    expect_with_milestones(HEAD RATE "35,at_least,80,,,,2025-06-30,steps,,,,,,,\n",
        MILESTONES RATE "35,,2025-01-31,50\n" RATE "35,,2025-01-31,60\n",
        "milestones.csv:3:1: error: line 2 is already a milestone of the same indicator, unit and date");
}

#define CUMULATIVE RATE "35,at_least,80"

static void expect_with_holidays(const char *targets, const char *holidays, const char *expected)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "targets.csv", targets);
    test_file_set(&files, "holidays.csv", holidays);
    char *found = test_findings(&files);
    cr_expect_str_eq(found, expected, "found:\n%s\nexpected:\n%s", found, expected);
    free(found);
}

Test(catalogue_bad_targets, the_cumulative_curve_needs_holidays_and_figures_that_add_up)
{
    static const char days[] = "date,kind,name_vi\n2025-01-01,off,Tết\n";
    expect_with_holidays(HEAD CUMULATIVE ",,,,2025-06-30,cumulative,,,,,,,\n", days, "");
    expect_with_holidays(HEAD CUMULATIVE ",,,,2025-06-30,cumulative,,,,,,,\n", "date\n",
        "targets.csv:2:50: error: holidays.csv has no day of 2025; the curve cumulative counts working days");
    expect_with_holidays(HEAD CUMULATIVE ",,10,2023-12-31,2025-06-30,cumulative,,,,,,,\n", days,
        "targets.csv:2:62: error: holidays.csv has no day of 2024; the curve cumulative counts working days");
    expect_with_holidays(HEAD CUMULATIVE ",,10,2024-12-31,2025-06-30,cumulative,,,,,,,\n", days, "");
    expect_with_holidays(HEAD "society.accounts,35,at_least,80,,,,2025-06-30,cumulative,,,,,,,\n", days,
        "targets.csv:2:47: error: curve 'cumulative' is for figures that are sum or cumulative over time; "
        "'society.accounts' is last");
}

Test(catalogue_bad_targets, tolerances_and_choices)
{
    static const struct bad_case cases[] = {
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,,5,2,,\n",
            "targets.csv:2:46: error: red 2 is below amber 5"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,,5%,0,,\n",
            "targets.csv:2:47: error: red 0 is below amber 5%"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,,5,,,\n",
            "targets.csv:2:46: warning: red is empty: a shortfall above amber 5 is behind at once"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,,-1,a%,,\n",
            "targets.csv:2:44: error: amber '-1' is not a tolerance such as 2 or 2%\n"
            "targets.csv:2:47: error: red 'a%' is not a tolerance such as 2 or 2%"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,month,,,aim,\n",
            "targets.csv:2:43: error: window 'month' is unknown; write cadence or year_to_date\n"
            "targets.csv:2:51: error: nature 'aim' is unknown; write target or forecast"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, whom_they_are_for)
{
    static const struct bad_case cases[] = {
        {"targets.csv", HEAD "no,99,at_least,80,,,,,,,,,,,,\n",
            "targets.csv:2:1: error: indicator 'no' is not in indicators.csv\n"
            "targets.csv:2:4: error: unit '99' is not in units.csv"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,commune,,,,,\n",
            "targets.csv:2:42: error: unit_kind 'commune' goes with the scope each or level"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,each,,,,,,\n",
            "targets.csv:2:46: error: unit_kind is empty; the scope each needs it"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,all,xã,,,,,\n",
            "targets.csv:2:41: error: scope 'all' is unknown; write unit, each or level"},
        {"targets.csv", HEAD RATE "36,at_least,80,,,,,,each,commune,,,,,\n",
            "targets.csv:2:46: error: there is no commune at or under unit 36"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,level,organisation,,,,,\n",
            "targets.csv:2:47: error: no organisation reports 'dossier.online_rate', so it has no such "
            "level"},
        {"targets.csv", HEAD "society.accounts,35,at_least,80,,,,,,level,commune,,,,,\n",
            "targets.csv:2:38: warning: only the kind commune reports 'society.accounts', so it has no "
            "levels: "
            "write the scope unit"},
        {"targets.csv", HEAD "society.accounts,36,at_least,80,,,,,,,,,,,,\n",
            "targets.csv:2:18: error: neither unit 36 nor one below it ever reports 'society.accounts'"},
        {"targets.csv", HEAD RATE "35.snv,at_least,80,,,,,,,,,,,,\n",
            "targets.csv:2:21: error: neither unit 35.snv nor one below it ever reports "
            "'dossier.online_rate'"},
        {"targets.csv", HEAD RATE "35.stp,at_least,80,,,,,,,,,,,,\n", ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, a_unit_that_ends_before)
{
    static const struct bad_case cases[] = {
        {"targets.csv", HEAD RATE "35,at_least,80,,,,2025-12-31,,,,,,,,\n",
            "targets.csv:2:39: warning: unit 35 ends on 2025-06-30, before this target is due: it will not "
            "be "
            "comparable"},
        {"targets.csv", HEAD RATE "37,at_least,80,,60,2024-12-31,2025-12-31,,,,,,,,\n",
            "targets.csv:2:51: warning: unit 37 ends on 2025-06-30, before this target is due: it will not "
            "be "
            "comparable"},
        {"targets.csv", HEAD RATE "37,at_least,80,,,,2025-12-31,,,,,,,,\n", ""},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,2025-06-30,,,,,,,,\n", ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, a_unit_that_begins_after)
{
    struct test_files files = test_good_files();
    char units[4096];
    snprintf(units, sizeof units, "%s38,2025-07-01,,province,,VN,Tỉnh Ninh Bình mới,\n", good_units);
    test_file_set(&files, "units.csv", units);
    test_file_set(&files, "targets.csv",
        HEAD RATE "38,at_least,80,,,,2025-06-30,,,,,,,,\n" RATE "38,at_least,80,,,,2025-07-01,,,,,,,,\n");
    char *found = test_findings(&files);
    cr_expect_str_eq(found,
        "targets.csv:2:39: warning: unit 38 begins on 2025-07-01, after this target is due: it will not be "
        "comparable");
    free(found);
}

Test(catalogue_bad_targets, repeated)
{
    static const struct bad_case cases[] = {
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,,,,,\n" RATE "35,above,70,,,,,,,,,,,,\n",
            "targets.csv:3:1: error: line 2 is already a target of the same indicator, scope, unit, nature "
            "and due "
            "date"},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,,,,,\n" RATE "35,above,70,,,,,,,,,,,forecast,\n",
            ""},
        {"targets.csv", HEAD RATE "35,at_least,80,,,,,,,,,,,,\n" RATE "35,above,70,,,,2025-06-30,,,,,,,,\n",
            ""},
        {"targets.csv",
            HEAD RATE "35,above,80,,,,,,each,commune,,,,,\n" RATE "35,above,70,,,,,,each,district,,,,,\n",
            ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, decimal_commas_in_a_semicolon_file)
{
    static const struct bad_case cases[] = {
        {"targets.csv", "indicator;unit;shape;value;amber;red\ndossier.online_rate;35;above;80,5;1,5;2,5%\n",
            ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, holidays)
{
    static const struct bad_case cases[] = {
        {"holidays.csv",
            "date,kind,name_vi\n2025-01-01,off,Tết\n2025-01-02,holiday,\n2025-01-01,work,\n,,x\n",
            "holidays.csv:3:12: error: kind 'holiday' is unknown; write off or work\n"
            "holidays.csv:4:1: error: date 2025-01-01 is already in line 2\n"
            "holidays.csv:5:1: error: date is empty"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, publishers)
{
    static const struct bad_case cases[] = {
        {"publishers.csv", "publisher,units\ngateway,35 35/* 13285\n", ""},
        {"publishers.csv", "publisher,units\ncổng,35\ngateway,\ngateway,35\n,35\n",
            "publishers.csv:2:1: error: publisher 'cổng' is not 1 to 32 letters, digits, '.', '_' or '-'\n"
            "publishers.csv:3:9: error: units is empty\n"
            "publishers.csv:4:1: error: publisher 'gateway' is there twice\n"
            "publishers.csv:5:1: error: publisher is empty"},
        {"publishers.csv", "publisher,units\ngateway,99 98/* * /*\n",
            "publishers.csv:2:9: error: unit '99' is not in units.csv\n"
            "publishers.csv:2:12: error: unit '98' is not in units.csv\n"
            "publishers.csv:2:17: error: unit '*' is not in units.csv\n"
            "publishers.csv:2:19: error: unit '/*' is not in units.csv"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_targets, contacts)
{
#define CONTACT "unit,post,name_vi,language,channel,address,min_severity,escalate_after_hours\n"
#define NOT_MAIL "' is not a mail address such as so-tu-phap@example.org"
    static const struct bad_case cases[] = {
        {"contacts.csv", CONTACT "35,Chánh Văn phòng,Nguyễn Văn A,vi,mail,a@example.org,warning,24\n", ""},
        {"contacts.csv", CONTACT "99,,,fr,web,,high,-1\n",
            "contacts.csv:2:1: error: unit '99' is not in units.csv\n"
            "contacts.csv:2:4: error: post is empty\n"
            "contacts.csv:2:6: error: language 'fr' is unknown; write vi or en\n"
            "contacts.csv:2:9: error: channel 'web' is unknown; write mail\n"
            "contacts.csv:2:13: error: address is empty\n"
            "contacts.csv:2:14: error: min_severity 'high' is unknown; write info, warning or critical\n"
            "contacts.csv:2:19: error: escalate_after_hours '-1' is not a whole number from 0 to 8760"},
        {"contacts.csv", CONTACT "35,A,,,,a.example.org,,\n",
            "contacts.csv:2:9: error: address 'a.example.org" NOT_MAIL},
        {"contacts.csv", CONTACT "35,A,,,,a@b@example.org,,\n",
            "contacts.csv:2:9: error: address 'a@b@example.org" NOT_MAIL},
        {"contacts.csv", CONTACT "35,A,,,,a b@example.org,,\n",
            "contacts.csv:2:9: error: address 'a b@example.org" NOT_MAIL},
        {"contacts.csv", CONTACT "35,A,,,,\"a@example.org\nBcc: x\",,\n",
            "contacts.csv:2:9: error: address 'a@example.org?Bcc: x" NOT_MAIL},
        {"contacts.csv", CONTACT "35,A,,,,@example.org,,\n",
            "contacts.csv:2:9: error: address '@example.org" NOT_MAIL},
        {"contacts.csv", CONTACT "35,A,,,,a@,,\n", "contacts.csv:2:9: error: address 'a@" NOT_MAIL},
        {"contacts.csv", CONTACT "35,A,,,,a@example.org,,\n35,A,,en,,a@example.org,,\n",
            "contacts.csv:3:1: error: this unit, post and address are already in line 2"},
    };
    BAD_CASES(cases);
}
