/* STATISTICS S2, by its examples: effective values, totals, wholes and parts, levels, completeness. */
#include "world.h"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,2025-06-30,province,,VN,Hà Nam,Ha Nam\n"
                            "37,2025-07-01,,province,,VN,Ninh Bình,Ninh Binh\n"
                            "35.stp,,2025-06-30,department,justice,35,Sở Tư pháp,Justice\n"
                            "35.syt,,2025-06-30,department,health,35,Sở Y tế,Health\n"
                            "347,,2025-06-30,district,,35,Phủ Lý,Phu Ly\n"
                            "349,,2025-06-30,district,,35,Duy Tiên,Duy Tien\n"
                            "358,,2024-08-31,district,,35,Mỹ Lộc,My Loc\n"
                            "00009,,2024-08-31,commune,,358,Xã I,I\n"
                            "00001,,2025-06-30,commune,,347,Xã A,A\n"
                            "00002,,2025-06-30,commune,,347,Xã B,B\n"
                            "00003,,2025-06-30,commune,,349,Xã C,C\n";
static const char successions[] = "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,factor,decimals,input_decimals,minimum,reported_by,whole_"
    "by,cadence\n"
    "sum,foundation,Đếm,Count,count,sum,1,0,0,0,commune,province,month\n"
    "last,foundation,Mức,Stock,count,last,1,0,0,0,commune,,month\n"
    "ratio,foundation,Tỷ lệ,Ratio,ratio,sum,100,1,1,0,commune,province department:justice,month\n"
    "levels,foundation,Ba cấp,Levels,ratio,sum,100,1,0,0,department district commune,,quarter\n"
    "own,foundation,Thủ tục,Procedures,distinct,last,1,0,0,0,province,,quarter\n"
    "free,foundation,Tự nguyện,Voluntary,count,sum,1,0,0,0,commune,,none\n"
    "signed,foundation,Có dấu,Signed,amount,sum,1,1,1,,commune,,month\n"
    "year,foundation,Năm,Yearly,count,none,1,0,0,0,commune,,year\n";

WORLD_SUITE(rollup, "units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
    "indicators.csv", indicators)

static struct total total_of(const char *unit, const char *period, const char *indicator, int level)
{
    struct total total;
    cr_assert_eq(rollup_read(world.catalogue, world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), level, &total),
        CHISO_OK, "%s %s %s", unit, period, indicator);
    return total;
}

/* The text of a total without revision and journal number. */
static void expect(const char *name, const char *unit, const char *period, const char *indicator, int level,
    const char *text)
{
    char printed[TOTAL_CHARS];
    struct total total = total_of(unit, period, indicator, level);
    total.revision = total.seq = 0;
    total_print(&total, printed);
    cr_assert_str_eq(printed, text, "%s: %s is \"%s\", not \"%s\"", name, indicator, printed, text);
}

Test(rollup, effective_values_per_unit_before_units)
{
    /* A the months 10, 20, 30; B only the quarter, 50; C the months 10, 10, 20 and the quarter 45. */
    static const char *const months[] = {"2025-01", "2025-02", "2025-03"};
    static const char *const a[] = {"10", "20", "30"}, *const c[] = {"10", "10", "20"};
    for (int i = 0; i < 3; i++) {
        world_set(&world, "00001", months[i], "sum", a[i], 1);
        world_set(&world, "00003", months[i], "sum", c[i], 1);
    }
    world_set(&world, "00002", "2025-Q1", "sum", "50", 1);
    world_set(&world, "00003", "2025-Q1", "sum", "45", 1);
    expect("the quarter is 155", "35", "2025-Q1", "sum", -1, "D 0 0 0 V 3 0 3 0 2025-01 =155*5 -");
    expect("a district's share", "347", "2025-Q1", "sum", -1, "D 0 0 0 V 2 0 2 0 2025-01 =110*4 -");
    expect("the half is partial", "35", "2025-H1", "sum", -1, "D 0 0 0 V 0 3 3 0 2025-01 =155*5 -");
}

Test(rollup, last_is_never_carried_in_and_counts_the_last_owed)
{
    world_set(&world, "00001", "2025-02", "last", "100", 1);
    world_set(&world, "00002", "2025-03", "last", "50", 1);
    expect("March is 50 with 1 of 2", "347", "2025-03", "last", -1, "D 0 0 0 V 1 0 2 0 2025-03 =50*1 -");
    expect("the quarter is 150, oldest February", "347", "2025-Q1", "last", -1,
        "D 0 0 0 V 1 1 2 0 2025-02 =150*2 -");
}

Test(rollup, only_january_is_partial_and_never_complete)
{
    world_set(&world, "00001", "2024-01", "sum", "7", 1);
    world_set(&world, "00002", "2024-01", "sum", "8", 1);
    expect("a year of Januaries", "347", "2024", "sum", -1, "D 0 0 0 V 0 2 2 0 2024-01 =15*2 -");
}

Test(rollup, whole_and_parts)
{
    world_set(&world, "00001", "2025-01", "sum", "10", 1);
    expect("province silent", "35", "2025-01", "sum", -1, "D 0 0 0 V 1 0 3 0 2025-01 =10*1 -");
    world_set(&world, "35", "2025-01", "sum", "30", 1);
    expect("province in, one commune in: reported 1/1, parts 1/3", "35", "2025-01", "sum", -1,
        "R 0 0 0 V 1 0 1 0 2025-01 =30*1 - | V 1 0 3 0 2025-01 =10*1 -");
    expect("a partial whole is kept beside the parts", "35", "2025-Q1", "sum", -1,
        "D 0 0 0 V 0 1 3 0 2025-01 =10*1 - | V 0 1 1 0 2025-01 =30*1 -");
    world_set(&world, "35", "2025-01", "sum", "-", 2);
    expect("withdrawn whole", "35", "2025-01", "sum", -1, "D 0 0 0 V 1 0 3 0 2025-01 =10*1 -");
}

Test(rollup, partial_whole_is_shown_where_the_parts_have_nothing)
{
    world_set(&world, "35", "2025-01", "sum", "30", 1);
    expect("the quarter", "35", "2025-Q1", "sum", -1, "R 0 0 0 V 0 1 1 0 2025-01 =30*1 - | - 0 0 3 0 - - -");
}

Test(rollup, order_of_several_wholes)
{
    world_set(&world, "35.stp", "2025-01", "ratio", "1/2", 1);
    expect("the department speaks", "35", "2025-01", "ratio", -1,
        "R 0 0 1 P 1 0 1 0 2025-01 =10*1 =20*1 | - 0 0 3 0 - - -");
    world_set(&world, "35", "2025-01", "ratio", "3/4", 1);
    expect("the province comes first", "35", "2025-01", "ratio", -1,
        "R 0 0 1 P 1 0 1 0 2025-01 =30*1 =40*1 | - 0 0 3 0 - - -");
}

Test(rollup, ratios_sum_operands_and_a_bare_figure_stays)
{
    world_set(&world, "00001", "2025-01", "ratio", "0/0", 1);
    world_set(&world, "00002", "2025-01", "ratio", "1/2", 1);
    expect("0/0 and 1/2 make 1/2", "347", "2025-01", "ratio", -1, "D 0 0 1 P 2 0 2 0 2025-01 =10*2 =20*2");
    world_set(&world, "00003", "2025-01", "ratio", "90.5%", 1);
    expect("bare at its unit", "00003", "2025-01", "ratio", -1,
        "R 0 0 1 B 1 0 1 0 2025-01 =905*1 - | - 0 0 1 0 - - -");
    expect("not reported above", "35", "2025-01", "ratio", -1, "D 0 0 1 P 2 0 3 0 2025-01 =10*2 =20*2");
}

Test(rollup, the_parts_of_a_bare_quarter_are_its_months)
{
    static const char *const months[] = {"2025-01", "2025-02", "2025-03"};
    for (int i = 0; i < 3; i++)
        world_set(&world, "00003", months[i], "ratio", "1/2", 1);
    world_set(&world, "00003", "2025-Q1", "ratio", "55%", 1);
    expect("shown bare", "00003", "2025-Q1", "ratio", -1,
        "R 0 0 1 B 1 0 1 0 2025-Q1 =550*1 - | P 1 0 1 0 2025-01 =30*3 =60*3");
    expect("the district takes the months", "349", "2025-Q1", "ratio", -1,
        "D 0 0 1 P 1 0 1 0 2025-01 =30*3 =60*3");
}

Test(rollup, not_applicable_is_neither_zero_nor_missing)
{
    world_set(&world, "00001", "2025-01", "sum", "na", 1);
    expect("beside missing", "347", "2025-01", "sum", -1, "D 0 0 0 - 0 0 1 1 - - -");
    world_set(&world, "00002", "2025-01", "sum", "na", 1);
    expect("all", "347", "2025-01", "sum", -1, "D 0 0 0 N 0 0 0 2 - - -");
    world_set(&world, "00002", "2025-01", "sum", "0", 2);
    expect("beside zero", "347", "2025-01", "sum", -1, "D 0 0 0 V 1 0 1 1 2025-01 =0*1 -");
}

Test(rollup, levels_sum_their_kind_only)
{
    world_set(&world, "35.stp", "2025-Q1", "levels", "980/1000", 1);
    world_set(&world, "347", "2025-Q1", "levels", "900/1000", 1);
    world_set(&world, "00001", "2025-Q1", "levels", "700/1000", 1);
    expect("together", "35", "2025-Q1", "levels", -1, "D 0 0 0 P 3 0 7 0 2025-Q1 =2580*3 =3000*3");
    expect("departments", "35", "2025-Q1", "levels", UNIT_DEPARTMENT,
        "D 0 0 0 P 1 0 2 0 2025-Q1 =980*1 =1000*1");
    expect("districts", "35", "2025-Q1", "levels", UNIT_DISTRICT, "D 0 0 0 P 1 0 2 0 2025-Q1 =900*1 =1000*1");
    expect("communes", "35", "2025-Q1", "levels", UNIT_COMMUNE, "D 0 0 0 P 1 0 3 0 2025-Q1 =700*1 =1000*1");
}

Test(rollup, own_figures_are_never_summed)
{
    world_set(&world, "35", "2025-Q1", "own", "1714", 1);
    expect("1,714 procedures stay 1,714", "35", "2025-Q1", "own", -1, "R 0 0 0 V 1 0 1 0 2025-Q1 =1714*1 -");
    expect("nothing in", "35", "2024-Q4", "own", -1, "- 0 0 0 - 0 0 1 0 - - -");
}

Test(rollup, a_volunteer_counts_in_both_numbers)
{
    expect("nobody owes", "347", "2025-01", "free", -1, "- 0 0 0 - 0 0 0 0 - - -");
    world_set(&world, "00001", "2025-01", "free", "5", 1);
    expect("one volunteers", "347", "2025-01", "free", -1, "D 0 0 0 V 1 0 1 0 2025-01 =5*1 -");
}

Test(rollup, qualifier_classes_are_kept_apart)
{
    world_set(&world, "00001", "2025-01", "sum", ">10", 1);
    world_set(&world, "00002", "2025-01", "sum", "<20", 1);
    world_set(&world, "00003", "2025-01", "sum", "e5", 1);
    expect("classes", "35", "2025-01", "sum", -1, "D 0 0 0 V 3 0 3 0 2025-01 >10*1,<20*1,e5*1 -");
}

Test(rollup, negative_amounts_cancel_exactly)
{
    world_set(&world, "00001", "2025-01", "signed", "-0.5", 1);
    world_set(&world, "00002", "2025-01", "signed", "0.5", 1);
    expect("zero", "347", "2025-01", "signed", -1, "D 0 0 1 V 2 0 2 0 2025-01 =0*2 -");
}

Test(rollup, revisions_add_up_over_everything_inside)
{
    world_set(&world, "00001", "2025-01", "sum", "1", 3);
    world_set(&world, "00001", "2025-Q1", "sum", "2", 4);
    world_set(&world, "00002", "2025-02", "sum", "-", 5);
    world_set(&world, "00002", "2024-02", "sum", "9", 100);
    struct total total = total_of("347", "2025-H1", "sum", -1);
    cr_assert_eq(total.revision, 12u, "revision %llu", (unsigned long long)total.revision);
    cr_assert_eq(total.seq, 3u, "the newest of the three inside");
}

Test(rollup, what_lies_inside_an_interval_is_not_part_of_it)
{
    /* Otherwise the interval's stored total would depend on which of the two came first. */
    world_set(&world, "00001", "2024-01-01/2025-03-31", "sum", "1", 3);
    world_set(&world, "00001", "2025-01", "sum", "2", 4);
    cr_assert_eq(total_of("347", "2024-01-01/2025-03-31", "sum", -1).revision, 3u);
    cr_assert_eq(total_of("347", "2025-Q1", "sum", -1).revision, 4u);
}

Test(rollup, a_unit_that_ended_without_a_successor_stays_a_part_of_its_year)
{
    expect("it is expected", "35", "2024", "levels", UNIT_DISTRICT, "D 0 0 0 - 0 0 3 0 - - -");
    world_set(&world, "358", "2024-Q1", "levels", "1/2", 1);
    expect("in part", "35", "2024", "levels", UNIT_DISTRICT, "D 0 0 0 P 0 1 3 0 2024-Q1 =1*1 =2*1");
    world_set(&world, "358", "2024-Q2", "levels", "2/2", 1);
    expect("all that it owed, up to its end", "35", "2024", "levels", UNIT_DISTRICT,
        "D 0 0 0 P 1 0 3 0 2024-Q1 =3*2 =4*2");
    expect("the half that it lived through", "35", "2024-H1", "levels", UNIT_DISTRICT,
        "D 0 0 0 P 1 0 3 0 2024-Q1 =3*2 =4*2");
    expect("not after its end", "35", "2024-Q4", "levels", UNIT_DISTRICT, "D 0 0 0 - 0 0 2 0 - - -");
    world_set(&world, "00009", "2024-08", "sum", "5", 1);
    expect("what was below it", "35", "2024-Q3", "sum", -1, "D 0 0 0 V 0 1 4 0 2024-08 =5*1 -");
    world_set(&world, "00009", "2024-07", "sum", "4", 1);
    expect("the months of its last quarter", "35", "2024-Q3", "sum", -1, "D 0 0 0 V 1 0 4 0 2024-07 =9*2 -");
    world_set(&world, "00009", "2024-08", "last", "5", 1);
    expect("a stock ends with it", "35", "2024-Q3", "last", -1, "D 0 0 0 - 0 0 3 0 - - -");
    expect("but not in its last month", "35", "2024-08", "last", -1, "D 0 0 0 V 1 0 4 0 2024-08 =5*1 -");
}

Test(rollup, the_stored_total_follows_a_unit_that_ended)
{
    world_set(&world, "00009", "2024-08", "sum", "5", 1);
    static const char *const periods[] = {"2024-08", "2024-Q3", "2024-H2", "2024"};
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        const struct total *stored = store_total(world.store, unit_of(&world, "35"), period_of(periods[i]),
            indicator_of(&world, "sum"), STORE_NO_LEVEL);
        cr_assert_not_null(stored, "%s", periods[i]);
        cr_expect(sums_value(&stored->shown.numerator, JOIN_SUM) == 5, "%s", periods[i]);
    }
}

Test(rollup, no_stored_total_across_a_succession)
{
    struct {
        const char *unit, *period;
        bool stored;
    } const cases[] = {
        {"35", "2025-H1", true},
        {"35", "2025-06", true},
        {"37", "2025", false},
        {"35", "2025-9M", false},
        {"35", "2024", true},
        {"00001", "2025-01", false},
        {"347", "2025-Q1", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(rollup_is_stored(world.catalogue, unit_of(&world, cases[i].unit),
                         period_of(cases[i].period), CHISO_STATISTICAL),
            cases[i].stored, "%s %s", cases[i].unit, cases[i].period);
}

/* No sum of figures of at most 2^52 comes here; a total below that is damaged may. */
Test(rollup, a_total_that_would_overflow_is_an_error_and_not_stored)
{
    struct rollup_cells cells = {0};
    uint32_t sum = indicator_of(&world, "sum");
    struct chiso_period january = period_of("2025-01");
    world_set(&world, "00001", "2025-01", "sum", "4", 1);
    struct total huge = *store_total(world.store, unit_of(&world, "347"), january, sum, STORE_NO_LEVEL);
    huge.shown.numerator.sum[CHISO_EXACT] = (wide)((~(unsigned __int128)0) >> 1);
    store_set_total(world.store, unit_of(&world, "347"), january, sum, STORE_NO_LEVEL, &huge);
    struct leaf leaf = {.figure = {.state = FIGURE_VALUE, .value = {1, 0}}, .revision = 1, .seq = 9};
    cr_assert_eq(store_set_leaf(world.store, unit_of(&world, "00003"), january, sum, &leaf), CHISO_OK);
    cr_assert_eq(rollup_gather(&cells, world.catalogue, unit_of(&world, "00003"), january, sum), CHISO_OK);
    cr_expect_eq(rollup_settle(&cells, world.catalogue, world.store), CHISO_ERANGE);
    expect("the province's is not touched", "35", "2025-01", "sum", -1, "D 0 0 0 V 1 0 3 0 2025-01 =4*1 -");
    rollup_cells_release(&cells);
}

Test(rollup, touched_cells_equal_a_recomputation_of_everything)
{
    struct rollup_cells cells = {0};
    world_set(&world, "00001", "2025-01", "sum", "4", 1);
    world_set(&world, "00003", "2025-02", "levels", "1/2", 1);
    world_set(&world, "35.syt", "2025-Q1", "levels", "1/1", 1);
    rollup_gather(
        &cells, world.catalogue, unit_of(&world, "00001"), period_of("2025-01"), indicator_of(&world, "sum"));
    rollup_gather(
        &cells, world.catalogue, unit_of(&world, "00001"), period_of("2025-01"), indicator_of(&world, "sum"));
    cr_assert_eq(rollup_settle(&cells, world.catalogue, world.store), CHISO_OK);
    /* month, quarter and half of the district and the province; "sum" has two kinds of reporter, so each has
     * a level. The year 2025 is not stored: the province ends in it. */
    cr_assert_eq(cells.count, 3u * 2u * 2u, "%zu cells", cells.count);
    struct store *fresh = store_new();
    cr_assert_eq(store_each_leaf(world.store, world_copy_leaf, fresh), CHISO_OK);
    cr_assert_eq(rollup_all(world.catalogue, fresh), CHISO_OK);
    for (size_t i = 0; i < cells.count; i++) {
        const struct rollup_cell *c = &cells.list[i];
        char a[TOTAL_CHARS], b[TOTAL_CHARS];
        total_print(store_total(fresh, c->unit, c->period, c->indicator, c->level), a);
        total_print(store_total(world.store, c->unit, c->period, c->indicator, c->level), b);
        cr_expect_str_eq(a, b);
    }
    store_free(fresh);
    rollup_cells_release(&cells);
}
