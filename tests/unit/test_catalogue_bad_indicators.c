/* Every rule of pillars.csv, indicators.csv and obligations.csv, with the sentence that the clerk reads. */
#include "catalogue_files.h"

#define HEAD                                                                                                 \
    "id,pillar,name_vi,reported_by,measure,across_time,decimals,input_decimals,factor,minimum,about_"        \
    "tolerance,"                                                                                             \
    "direction,whole_by,cadence,calendar,due_working_days,zero_denominator,valid_from\n"
#define GOOD "a.b,digital_society,Tên,commune,count,,,,,,,,,,,,,\n"

Test(catalogue_bad_indicators, pillars)
{
    static const struct bad_case cases[] = {
        {"pillars.csv", "+Kinh tế,Kinh tế số,,3\n",
            "pillars.csv:4:1: error: id 'Kinh tế' is not 1 to 64 of the characters a to z, 0 to 9, '_' and "
            "'.'"},
        {"pillars.csv", "+digital_society,Xã hội số,,4\n",
            "pillars.csv:4:1: error: pillar 'digital_society' is there twice"},
        {"pillars.csv", "+foundation,,,1.5\n",
            "pillars.csv:4:12: error: name_vi is empty\n"
            "pillars.csv:4:14: error: order '1.5' is not a whole number from 0 to 1000000"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_indicators, measure_and_across_time)
{
    static const struct bad_case cases[] = {
        {"indicators.csv", HEAD "a.b,digital_society,Tên,commune,,,,,,,,,,,,,,\n",
            "indicators.csv:2:33: error: measure is empty"},
        {"indicators.csv", HEAD "a.b,digital_society,Tên,commune,percent,,,,,,,,,,,,,\n",
            "indicators.csv:2:33: error: measure 'percent' is unknown; write ratio, rate, distinct, count, "
            "amount, mean, min, max, share, index or rank"},
        {"indicators.csv", HEAD "a.b,digital_society,Tên,commune,rate,sum,,,,,,,,,,,,\n",
            "indicators.csv:2:38: error: a rate cannot be combined over time by 'sum'"},
        {"indicators.csv", HEAD "a.b,digital_society,Tên,commune,ratio,cumulative,,,,,,,,,,,,\n",
            "indicators.csv:2:39: error: a ratio cannot be combined over time by 'cumulative'"},
        {"indicators.csv", HEAD "a.b,digital_society,Tên,commune,count,mean,,,,,,,,,,,,\n",
            "indicators.csv:2:39: error: a count cannot be combined over time by 'mean'"},
        {"indicators.csv", HEAD "a.b,digital_society,Tên,commune,mean,sum,,,,,,,,,,,,\n",
            "indicators.csv:2:38: error: a mean cannot be combined over time by 'sum'"},
        {"indicators.csv", HEAD "a.b,digital_society,Tên,commune,rank,average,,,,,,,,,,,,\n",
            "indicators.csv:2:38: error: across_time 'average' is unknown; write none, sum, last, "
            "cumulative, "
            "mean, extreme or flow_over_stock"},
    };
    BAD_CASES(cases);
}

/* STATISTICS S2's table, every pair of this version. */
Test(catalogue_bad_indicators, every_measure_has_its_across_times)
{
    static const struct {
        const char *measure, *allowed; /* the default first */
        enum across_time first;
    } rows[] = {
        {"ratio", "sum last flow_over_stock none", ACROSS_SUM},
        {"rate", "last none", ACROSS_LAST},
        {"distinct", "last none", ACROSS_LAST},
        {"count", "sum last cumulative none", ACROSS_SUM},
        {"amount", "sum last cumulative none", ACROSS_SUM},
        {"mean", "mean last none", ACROSS_MEAN},
        {"min", "extreme last none", ACROSS_EXTREME},
        {"max", "extreme last none", ACROSS_EXTREME},
        {"share", "last none", ACROSS_LAST},
        {"index", "last none", ACROSS_LAST},
        {"rank", "last none", ACROSS_LAST},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t j = 0; j < 8; j++) {
            const char *across = j < 7 ? across_time_names[j] : "";
            char text[512];
            snprintf(text, sizeof text, HEAD "a.b,digital_society,Tên,commune,%s,%s,,,,,,,,,,,,\n",
                rows[i].measure, across);
            bool allowed = strstr(rows[i].allowed, across) != NULL;
            char expected[256] = "";
            if (!allowed)
                snprintf(expected, sizeof expected,
                    "indicators.csv:2:%zu: error: a %s cannot be combined over time by '%s'",
                    34 + strlen(rows[i].measure), rows[i].measure, across);
            struct test_files files = test_good_files();
            test_file_set(&files, "indicators.csv", text);
            struct catalogue *catalogue = NULL;
            struct catalogue_findings findings = {0};
            int error = catalogue_load(files.files, files.count, &catalogue, &findings);
            cr_assert_eq(error == CHISO_OK, allowed, "%s by %s", rows[i].measure, across);
            char found[CATALOGUE_FINDING_CHARS] = "";
            if (findings.count > 0)
                catalogue_finding_print(&findings.list[0], "en", found);
            cr_expect_str_eq(found, expected);
            if (error == CHISO_OK && j == 7)
                cr_expect_eq(catalogue_indicator(catalogue, 0)->across_time, rows[i].first);
            catalogue_findings_release(&findings);
            catalogue_free(catalogue);
        }
    }
}

Test(catalogue_bad_indicators, numbers_and_choices)
{
    static const struct bad_case cases[] = {
        {"indicators.csv", HEAD "A,digital_society,Tên,commune,count,,10,-1,0,5,101,,,,,,,\n",
            "indicators.csv:2:1: error: id 'A' is not 1 to 64 of the characters a to z, 0 to 9, '_' and '.'\n"
            "indicators.csv:2:38: error: decimals '10' is not a whole number from 0 to 9\n"
            "indicators.csv:2:41: error: input_decimals '-1' is not a whole number from 0 to 9\n"
            "indicators.csv:2:44: error: factor '0' is not above 0\n"
            "indicators.csv:2:46: error: minimum '5' is neither 0 nor empty\n"
            "indicators.csv:2:48: error: about_tolerance '101' is not a percentage from 0 to 100"},
        {"indicators.csv", HEAD "a,digital_society,,commune,count,,1,1,x,-0,1.0000000001,,,,,,,\n",
            "indicators.csv:2:19: error: name_vi is empty\n"
            "indicators.csv:2:39: error: factor 'x' is not a number\n"
            "indicators.csv:2:44: error: about_tolerance '1.0000000001' is too large or has more than 9 "
            "decimals"},
        {"indicators.csv", HEAD "a,no,Tên,commune,count,,,,,,,left,,weekly,lunar,367,one,\n",
            "indicators.csv:2:3: error: pillar 'no' is not in pillars.csv\n"
            "indicators.csv:2:30: error: direction 'left' is unknown; write none, up or down\n"
            "indicators.csv:2:36: error: cadence 'weekly' is unknown; write day, month, quarter, half, year "
            "or "
            "none\n"
            "indicators.csv:2:43: error: calendar 'lunar' is unknown; write statistical or administrative\n"
            "indicators.csv:2:49: error: due_working_days '367' is not a whole number from 0 to 366\n"
            "indicators.csv:2:53: error: zero_denominator 'one' is unknown; write not_applicable, zero or "
            "full"},
        {"indicators.csv", HEAD "a,digital_society,Tên,commune,count,,,,,,,,,nine_months,,,,\n",
            "indicators.csv:2:45: error: cadence 'nine_months' is unknown; write day, month, quarter, half, "
            "year "
            "or none"},
        {"indicators.csv", HEAD "a,digital_society,Tên,commune,count,,,,,,,,,none+interval,,,,\n", ""},
        {"indicators.csv", HEAD "a,digital_society,Tên,commune,count,,,,,,,,,month+intervals,,,,\n",
            "indicators.csv:2:45: error: cadence 'month+intervals' is unknown; write day, month, quarter, "
            "half, "
            "year or none"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_indicators, versions)
{
    static const struct bad_case cases[] = {
        {"indicators.csv", HEAD GOOD "a.b,digital_society,Tên,commune,count,,,,,,,,,,,,,\n",
            "indicators.csv:3:1: error: indicator 'a.b' has the same valid_from as in line 2"},
        {"indicators.csv", HEAD GOOD "a.b,digital_society,Tên,commune,amount,,,,,,,,,,,,,2025-01-01\n",
            "indicators.csv:3:33: error: measure 'amount' differs from 'count' in line 2; a new measure "
            "needs a new "
            "id"},
        {"indicators.csv", HEAD GOOD "a.b,digital_society,Tên,commune,count,last,,,,,,,,,,,,2025-01-01\n",
            "indicators.csv:3:39: error: across_time 'last' differs from 'sum' in line 2; another "
            "combination needs "
            "a new id"},
        {"indicators.csv",
            HEAD GOOD "a.b,digital_society,Tên,commune,count,,,,,,,,,,administrative,,,2025-01-01\n",
            "indicators.csv:3:48: error: calendar 'administrative' differs from 'statistical' in line 2; "
            "another "
            "calendar needs a new id"},
        {"indicators.csv", HEAD GOOD "a.b,digital_society,Tên,commune,count,,,,,,,,,,,,,2025\n",
            "indicators.csv:3:51: error: valid_from '2025' is not a day; write it as 2025-07-01"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_indicators, parts_and_wholes)
{
    static const struct bad_case cases[] = {
        {"indicators.csv", HEAD "a,digital_society,Tên,,count,,,,,,,,,,,,,\n",
            "indicators.csv:2:1: error: nobody reports 'a': reported_by, whole_by and obligations.csv name "
            "no unit"},
        {"indicators.csv", HEAD "a,digital_society,Tên,xã commune:x department:,count,,,,,,,,,,,,,\n",
            "indicators.csv:2:23: error: 'xã' does not begin with a kind of unit\n"
            "indicators.csv:2:26: error: no unit in units.csv has the role of 'commune:x'\n"
            "indicators.csv:2:36: error: no unit in units.csv has the role of 'department:'"},
        {"indicators.csv", HEAD "a,digital_society,Tên,commune commune,count,,,,,,,,,,,,,\n",
            "indicators.csv:2:31: error: 'commune' is listed twice"},
        {"indicators.csv",
            HEAD "a,digital_society,Tên,commune district,count,,,,,,,,district province,,,,,\n",
            "indicators.csv:2:53: error: a district is both a part (reported_by) and the whole (whole_by)"},
        {"indicators.csv",
            HEAD "a,digital_society,Tên,department:justice,count,,,,,,,,department:home_affairs,,,,,\n",
            "indicators.csv:2:55: error: a department is both a part (reported_by) and the whole (whole_by)"},
        {"indicators.csv", HEAD "a,digital_society,Tên,commune,count,,,,,,,,department,,,,,\n",
            "indicators.csv:2:44: error: a department speaks for the whole only with a role, such as "
            "department:justice"},
        {"indicators.csv", HEAD "a,digital_society,Tên,commune,count,,,,,,,,department:justice,,,,,\n", ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_indicators, one_department_speaks_for_the_whole)
{
    struct test_files files = test_good_files();
    char units[4096];
    snprintf(units, sizeof units,
        "%s35.tp,2025-06-01,2025-06-30,department,justice,35,Sở Tư pháp 2,\n"
        "36.tp,,2025-06-30,department,justice,36,Sở Tư pháp,\n",
        good_units);
    test_file_set(&files, "units.csv", units);
    test_file_set(&files, "indicators.csv",
        HEAD "a.b,digital_society,Tên,commune,count,,,,,,,,department:justice province,,,,,\n");
    char *found = test_findings(&files);
    cr_assert_str_eq(found,
        "units.csv:14:40: error: 35.stp and 35.tp are both department:justice of 35 on the "
        "same day, and it speaks for the whole of 'a.b'");
    free(found);
}

Test(catalogue_bad_indicators, obligations)
{
#define COLUMNS "indicator,unit,kind,role,cadence,due_working_days,valid_from,valid_to\n"
    static const struct bad_case cases[] = {
        {"obligations.csv", COLUMNS "x,35.x,,,,,,\n",
            "obligations.csv:2:1: error: indicator 'x' is not in indicators.csv\n"
            "obligations.csv:2:3: error: unit '35.x' is not in units.csv"},
        {"obligations.csv", COLUMNS "society.accounts,,,,,,,\n",
            "obligations.csv:2:18: error: the row names neither a unit nor a kind"},
        {"obligations.csv", COLUMNS "society.accounts,35,,justice,,,,\n",
            "obligations.csv:2:21: error: kind is empty beside the role 'justice'"},
        {"obligations.csv", COLUMNS "society.accounts,35,huyện,x,week,-1,2025,2024-01-01\n",
            "obligations.csv:2:21: error: kind 'huyện' is unknown; write nation, province, district, "
            "commune, "
            "department or organisation\n"
            "obligations.csv:2:27: error: no unit in units.csv has the role 'x'\n"
            "obligations.csv:2:29: error: cadence 'week' is unknown; write day, month, quarter, half, year "
            "or none\n"
            "obligations.csv:2:34: error: due_working_days '-1' is not a whole number from 0 to 366\n"
            "obligations.csv:2:37: error: valid_from '2025' is not a day; write it as 2025-07-01"},
        {"obligations.csv", COLUMNS "society.accounts,,commune,,month+interval,,,\n",
            "obligations.csv:2:28: error: cadence 'month+interval' is unknown; write day, month, quarter, "
            "half, "
            "year or none"},
        {"obligations.csv",
            COLUMNS "society.accounts,,commune,,year,,,\nsociety.accounts,,commune,,month,,2025-01-01,\n",
            "obligations.csv:3:1: error: line 2 already says this for the same indicator, units and days"},
        {"obligations.csv",
            COLUMNS
            "society.accounts,,commune,,year,,,2024-12-31\nsociety.accounts,,commune,,month,,2025-01-01,\n"
            "society.accounts,35,commune,,month,,2024-01-01,\n",
            ""},
        {"obligations.csv", COLUMNS "society.accounts,35.stp,,,year,,2025-07-01,\n",
            "obligations.csv:2:18: warning: unit 35.stp does not exist in the days of this row"},
        {"obligations.csv", COLUMNS "society.accounts,36,commune,,year,,,\n",
            "obligations.csv:2:21: warning: there is no commune under 36"},
    };
    BAD_CASES(cases);
}
