/* Every rule of units.csv and successions.csv, with the sentence that the clerk reads. */
#include "catalogue_files.h"

/* Good rows are lines 1 to 13; a case's own begin with line 14. */
Test(catalogue_bad, cells_of_units)
{
    static const struct bad_case cases[] = {
        {"units.csv", "+,,,province,,VN,Tỉnh A,\n", "units.csv:14:1: error: code is empty"},
        {"units.csv", "+Hà Nam,,,province,,VN,Tỉnh A,\n",
            "units.csv:14:1: error: code 'Hà Nam' is not 1 to 32 letters, digits, '.', '_' or '-'"},
        {"units.csv", "+38,2025-02-30,,province,,VN,Tỉnh A,\n",
            "units.csv:14:4: error: valid_from '2025-02-30' is not a day; write it as 2025-07-01"},
        {"units.csv", "+38,,30/06/2025,province,,VN,Tỉnh A,\n",
            "units.csv:14:5: error: valid_to '30/06/2025' is not a day; write it as 2025-07-01"},
        {"units.csv", "+38,2025-07-01,2025-06-30,province,,VN,Tỉnh A,\n",
            "units.csv:14:15: error: valid_to 2025-06-30 is before valid_from 2025-07-01"},
        {"units.csv", "+38,,,tỉnh,,VN,Tỉnh A,\n",
            "units.csv:14:6: error: kind 'tỉnh' is unknown; write nation, province, district, commune, "
            "department or organisation"},
        {"units.csv", "+38,,,,,VN,Tỉnh A,\n", "units.csv:14:6: error: kind is empty"},
        {"units.csv", "+38,,,province,Tư pháp,VN,Tỉnh A,\n",
            "units.csv:14:15: error: role 'Tư pháp' is not 1 to 32 of the characters a to z and '_'"},
        {"units.csv", "+35.x,,2025-06-30,department,aaaaaaaaaabbbbbbbbbbccccccccccdd,35,Sở A,\n", ""},
        {"units.csv", "+35.x,,2025-06-30,department,aaaaaaaaaabbbbbbbbbbccccccccccddd,35,Sở A,\n",
            "units.csv:14:29: error: role 'aaaaaaaaaabbbbbbbbbbccccccccccddd' is not 1 to 32 of the "
            "characters "
            "a to z and '_'"},
        {"units.csv", "+38,,,province,,VN,,\n", "units.csv:14:19: error: name_vi is empty"},
        {"units.csv", "+38,,,province,,VN,\"Tỉnh\nA\",\n",
            "units.csv:14:19: error: name_vi holds a line end or another control character"},
        {"units.csv", "+38,,,province,,VN\n", "units.csv:14:1: error: the row has 6 fields, the header 8"},
        {"units.csv", "+,,,,,,,\n\n", ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad, the_tree_of_units)
{
    static const struct bad_case cases[] = {
        {"units.csv", "+38,,,province,,,Tỉnh A,\n", ""},
        {"units.csv", "+38,,,province,,99,Tỉnh A,\n",
            "units.csv:14:16: error: unit '99' is not in units.csv"},
        {"units.csv", "+38,,,province,,38,Tỉnh A,\n", "units.csv:14:16: error: unit 38 is its own parent"},
        {"units.csv", "+XX,,,nation,,VN,A,\n",
            "units.csv:14:14: error: a nation has no parent; 'VN' is given"},
        {"units.csv", "+38.x,,,department,,,Sở A,\n",
            "units.csv:14:20: error: parent is empty; a department stands under another unit"},
        {"units.csv", "+38,,,district,,VN,Huyện A,\n",
            "units.csv:14:16: error: a district cannot stand under VN, which is a nation"},
        {"units.csv", "+38,,2025-06-30,province,,35,Tỉnh A,\n",
            "units.csv:14:26: error: a province cannot stand under 35, which is a province"},
        {"units.csv", "+38,,2025-06-30,commune,,35.stp,Xã A,\n",
            "units.csv:14:25: error: a commune cannot stand under 35.stp, which is a department"},
        {"units.csv", "+38,,,district,,35,Huyện A,\n",
            "units.csv:14:16: error: parent 35 is not valid on 2025-07-01, where this unit is"},
        {"units.csv", "+38,2025-01-01,,district,,37,Huyện A,\n", ""},
        {"units.csv", "+38,2025-07-01,,province,,VN,Tỉnh A,\n38.x,,,district,,38,Huyện A,\n",
            "units.csv:15:18: error: parent 38 is not valid from the beginning, as this unit is"},
        {"units.csv",
            "+38,,,province,,VN,Tỉnh A,\n38.x,,,organisation,,38.y,A,\n38.y,,,organisation,,38.x,A,\n",
            "units.csv:15:22: error: unit 38.x is under itself\n"
            "units.csv:16:22: error: unit 38.y is under itself"},
        {"units.csv",
            "+a,,2025-06-30,organisation,,35,A,\nb,,2025-06-30,organisation,,a,A,\n"
            "c,,2025-06-30,organisation,,b,A,\nd,,2025-06-30,organisation,,c,A,\n"
            "e,,2025-06-30,organisation,,d,A,\nf,,2025-06-30,organisation,,e,A,\n"
            "g,,2025-06-30,organisation,,f,A,\nh,,2025-06-30,organisation,,g,A,\n",
            "units.csv:21:29: error: unit h has more than 8 levels of units above it, or a circle"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad, a_code_in_time)
{
    static const struct bad_case cases[] = {
        {"units.csv", "+35,,2025-06-30,province,,VN,Tỉnh Hà Nam,\n",
            "units.csv:14:1: error: unit 35 is already in line 3"},
        {"units.csv", "+35,2025-06-30,,province,,VN,Tỉnh Hà Nam,\n",
            "units.csv:14:4: error: unit 35 is valid on the same days as in line 3"},
        {"units.csv", "+35,2025-08-01,,province,,VN,Tỉnh A,\n",
            "units.csv:14:4: error: code 35 is used again after a pause (it ended on 2025-06-30); give the "
            "new "
            "unit another code"},
        {"units.csv", "+35,2025-07-01,,province,,VN,Tỉnh A,\n",
            "successions.csv:2:12: error: code 35 is used again from 2025-07-01; it needs a row "
            "'2025-07-01,35,35,whole' (or part) of its own"},
        {"successions.csv", "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n",
            "successions.csv:2:15: error: code 37 is used again from 2025-07-01; it needs a row "
            "'2025-07-01,37,37,whole' (or part) of its own"},
    };
    BAD_CASES(cases);
}

/* (code, period) is unique: a code changes hands only where a month ends, and goes on without a pause. */
Test(catalogue_bad, a_code_reused_in_the_middle_of_a_window)
{
    static const struct bad_case cases[] = {
        {"successions.csv", "+2025-07-15,37,37,whole\n",
            "successions.csv:6:1: error: date 2025-07-15 is not the first of a month"},
        {"units.csv", "+35.stp,2025-07-15,,department,justice,37,Sở Tư pháp,\n",
            "units.csv:14:8: error: code 35.stp is used again after a pause (it ended on 2025-06-30); give "
            "the "
            "new unit another code"},
        {"units.csv", "+35.stp,2026-01-01,,department,justice,37,Sở Tư pháp,\n",
            "units.csv:14:8: error: code 35.stp is used again after a pause (it ended on 2025-06-30); give "
            "the "
            "new unit another code"},
    };
    BAD_CASES(cases);
}

/* Good rows are lines 1 to 5. */
Test(catalogue_bad, successions)
{
    static const struct bad_case cases[] = {
        {"successions.csv", "+2025-07-15,35.stp,13285,whole\n",
            "successions.csv:6:1: error: date 2025-07-15 is not the first of a month"},
        {"successions.csv", "+,35.stp,13285,\n",
            "successions.csv:6:1: error: date is empty\nsuccessions.csv:6:15: error: extent is empty"},
        {"successions.csv", "+2025-07-01,98,99,all\n",
            "successions.csv:6:12: error: unit '98' is not in units.csv\n"
            "successions.csv:6:15: error: unit '99' is not in units.csv\n"
            "successions.csv:6:18: error: extent 'all' is unknown; write whole or part"},
        {"successions.csv", "+2025-07-01,35,37,whole\n",
            "successions.csv:6:12: error: this succession is already in line 2"},
        {"successions.csv", "+2025-08-01,35.stp,37,whole\n",
            "successions.csv:6:12: error: unit 35.stp has no row in units.csv with valid_to 2025-07-31, the "
            "day "
            "before\nsuccessions.csv:6:19: error: unit 37 has no row in units.csv with valid_from "
            "2025-08-01"},
        {"successions.csv", "+2025-07-01,347,37,part\n",
            "successions.csv:6:19: error: a province passes into another wholly, not in part"},
        {"successions.csv",
            "date,old_code,new_code,extent\n2025-07-01,35,37,part\n2025-07-01,36,13285,part\n"
            "2025-07-01,37,37,whole\n2025-07-01,13285,13285,whole\n",
            "successions.csv:2:18: error: a province passes into another wholly, not in part\n"
            "successions.csv:3:21: error: a province passes into another wholly, not in part"},
        {"successions.csv", "+2025-07-01,347,13285,whole\n2025-07-01,347,37,whole\n",
            "successions.csv:6:22: error: unit 347 passes wholly into 13285, and also into another unit in "
            "line "
            "7\nsuccessions.csv:7:19: error: unit 347 passes wholly into 37, and also into another unit in "
            "line "
            "6"},
        {"successions.csv", "+2025-07-01,347,13285,part\n", ""},
    };
    BAD_CASES(cases);
}
