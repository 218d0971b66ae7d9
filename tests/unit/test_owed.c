/* STATISTICS S2, rule 4 and its details: what a unit owes, and when everything it owes is in. */
#include "world.h"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,,province,,VN,Hà Nam,Ha Nam\n"
                            "35.ctk,,,department,statistics,35,Cục Thống kê,Statistics\n"
                            "347,,,district,,35,Phủ Lý,Phu Ly\n"
                            "358,,2024-08-31,district,,35,Mỹ Lộc,My Loc\n"
                            "00001,,,commune,,347,Xã A,A\n"
                            "00009,2024-07-01,2024-08-31,commune,,358,Xã I,I\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,factor,decimals,input_decimals,minimum,reported_by,whole_"
    "by,cadence\n"
    "wholes,foundation,Hai cơ quan,Two wholes,count,sum,1,0,0,0,,department:statistics province,month\n"
    "running,foundation,Lũy kế,Running,count,cumulative,1,0,0,0,commune,,quarter\n"
    "stock,foundation,Mức,Stock,count,last,1,0,0,0,commune,,month\n"
    "sum,foundation,Đếm,Count,count,sum,1,0,0,0,commune,,month\n"
    "quarters,foundation,Quý,Quarters,count,sum,1,0,0,0,commune,,quarter\n"
    "begun,foundation,Mới giao,New,count,sum,1,0,0,0,commune,,quarter\n";
static const char obligations[] = "indicator,unit,kind,role,cadence,due_working_days,valid_from,valid_to\n"
                                  "wholes,35.ctk,,,year,,,\n"
                                  "running,,commune,,half,,,\n"
                                  "stock,00001,,,none,,2025-07-01,\n"
                                  "sum,00001,,,none,,2025-07-01,\n"
                                  "begun,358,,,quarter,,2024-08-01,\n";

WORLD_SUITE(owed, "units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators, "obligations.csv",
    obligations)

/* TEXT: the total without revision and journal number. */
static void expect(
    const char *name, const char *unit, const char *period, const char *indicator, const char *text)
{
    char printed[TOTAL_CHARS];
    struct total total;
    cr_assert_eq(rollup_read(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), STORE_NO_LEVEL, &total),
        CHISO_OK, "%s", name);
    total.revision = total.seq = 0;
    total_print(&total, printed);
    cr_expect_str_eq(printed, text, "%s: %s is \"%s\", not \"%s\"", name, indicator, printed, text);
}

Test(owed, of_the_silent_wholes_the_one_that_owes_is_expected)
{
    expect("the department owes the year only", "35", "2025-Q1", "wholes", "- 0 0 0 - 0 0 1 0 - - -");
    expect("both owe the year", "35", "2025", "wholes", "- 0 0 0 - 0 0 1 0 - - -");
}

Test(owed, a_cumulative_figure_is_whole_only_at_the_end_of_its_window)
{
    world_set(&world, "00001", "2025-Q2", "running", "5", 1);
    expect("the half", "00001", "2025-H1", "running", "R 0 0 0 V 1 0 1 0 2025-Q2 =5*1 -");
    expect("nine months, of which the unit owes only the half", "00001", "2025-9M", "running",
        "R 0 0 0 V 0 1 1 0 2025-Q2 =5*1 -");
}

Test(owed, what_was_owed_is_in_though_nothing_is_owed_any_more)
{
    static const char *const months[] = {"2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"};
    for (size_t i = 0; i < 6; i++) {
        world_set(&world, "00001", months[i], "sum", "1", 1);
        world_set(&world, "00001", months[i], "stock", "7", 1);
    }
    expect("added up", "00001", "2025", "sum", "R 0 0 0 V 1 0 1 0 2025-01 =6*6 -");
    expect("the last one", "00001", "2025", "stock", "R 0 0 0 V 1 0 1 0 2025-06 =7*1 -");
    world_set(&world, "00001", "2025-06", "sum", "-", 2);
    expect("one is missing", "00001", "2025", "sum", "R 0 0 0 V 0 1 1 0 2025-01 =5*5 -");
}

Test(owed, a_unit_that_ended_owes_the_windows_it_lived_to_the_end_of)
{
    expect("two months", "35", "2024", "sum", "D 0 0 0 - 0 0 2 0 - - -");
    expect("no quarter", "35", "2024", "quarters", "D 0 0 0 - 0 0 1 0 - - -");
    expect("owed from August, it ended before the quarter did", "35", "2024", "begun",
        "D 0 0 0 - 0 0 1 0 - - -");
}
