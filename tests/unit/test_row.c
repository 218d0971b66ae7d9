/* The row that is shown: printed values that tell the truth, which window, JSON, sentences. */
#include "core/row.h"
#include "world.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "30,,2025-06-30,province,,VN,Hải Dương,Hai Duong\n"
                            "288,,2025-06-30,district,,30,Thành phố Hải Dương,\n"
                            "290,,2025-06-30,district,,30,Thành phố Chí Linh,\n"
                            "37,,2025-06-30,province,,VN,Ninh Bình,Ninh Binh\n"
                            "37,2025-07-01,,province,,VN,Ninh Bình,Ninh Binh\n";
static const char successions[] = "date,old_code,new_code,extent\n"
                                  "2025-07-01,37,37,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\ndigital_society,Xã hội số,Digital society,1\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,reported_by,whole_by,cadence,factor,decimals,input_"
    "decimals,"
    "minimum,unit_label_vi,unit_label_en,direction,due_working_days\n"
    "services.rate,digital_society,Dịch vụ,Services,ratio,sum,district,province,month,100,0,0,0,%,%,up,5\n"
    "households,digital_society,Hộ,Households,count,last,district,province,month,1,0,0,0,hộ,households,up,\n"
    "cost,digital_society,Chi phí,Cost,rate,none,,province,month,1,1,2,0,%,%,down,5\n"
    "rank,digital_society,Xếp hạng,Rank,rank,none,,province,year,1,0,0,,,,down,\n"
    "balance,digital_society,Cán cân,Balance,amount,sum,,province,month,1,0,1,,tỷ đồng,billion dong,up,\n";

#define TARGETS                                                                                              \
    "indicator,unit,unit_kind,scope,shape,value,value_high,baseline,baseline_date,due,curve,window,amber,"   \
    "red,"                                                                                                   \
    "nature,source\n"
#define MAY "2025-05-05T08:00:00+07:00"

static struct world open_with(const char *targets)
{
    const char *files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
        "indicators.csv", indicators, "targets.csv", targets, NULL};
    return world_open(files);
}

static struct row row_of(
    const struct world *world, const char *unit, const char *indicator, const char *period, const char *now)
{
    struct row row;
    cr_assert_eq(row_make(world->catalogue, world->store, unit_of(world, unit), period_of(period),
                     indicator_of(world, indicator), STORE_NO_LEVEL, at(now), &row),
        CHISO_OK, "%s %s %s", unit, indicator, period);
    return row;
}

/* ---- printed values ---- */

Test(row, a_missed_target_is_never_printed_as_reached)
{
    static const struct {
        const char *name, *target, *indicator, *figure, *printed;
    } cases[] = {
        {"no target: as it rounds", "", "services.rate", "453520/495192", "92"},
        {"91.5847 against 92: one more decimal", "services.rate,30,,unit,at_least,92,,,,,hold,,,,,\n",
            "services.rate", "453520/495192", "91.6"},
        {"91.5847 against 91.6: two more", "services.rate,30,,unit,at_least,91.6,,,,,hold,,,,,\n",
            "services.rate", "453520/495192", "91.58"},
        {"more until it tells the truth", "services.rate,30,,unit,at_least,92,,,,,hold,,,,,\n",
            "services.rate", "9199999/10000000", "91.99999"},
        {"reached: no more than needed", "services.rate,30,,unit,at_least,91,,,,,hold,,,,,\n",
            "services.rate", "453520/495192", "92"},
        {"above 92, exactly 92: prints so", "services.rate,30,,unit,above,92,,,,,hold,,,,,\n",
            "services.rate", "92/100", "92"},
        {"a limit is not printed as kept", "cost,30,,unit,at_most,30,,,,,hold,,,,,\n", "cost", "30.04",
            "30.04"},
        {"a limit that is kept", "cost,30,,unit,at_most,30,,,,,hold,,,,,\n", "cost", "29.96", "30.0"},
        {"an expectation on the way counts as well",
            "services.rate,30,,unit,at_least,100,,0,2024-12-31,2025-05-30,linear,,,,,\n", "services.rate",
            "596/1000", "59.6"},
        {"half away from zero", "", "balance", "-2.5", "-3"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char targets[512];
        snprintf(targets, sizeof targets, "%s%s", TARGETS, cases[i].target);
        struct world world = open_with(targets);
        world_set(&world, "30", "2025-03", cases[i].indicator, cases[i].figure, 1);
        struct row row = row_of(&world, "30", cases[i].indicator, "2025-03", MAY);
        cr_expect_str_eq(row.shown.value, cases[i].printed, "%s: %s", cases[i].name, row.shown.value);
        world_close(&world);
    }
}

Test(row, a_whole_beside_its_parts)
{
    struct world world = open_with(TARGETS);
    world_set(&world, "30", "2025-03", "households", "100", 1);
    world_set(&world, "288", "2025-03", "households", "40", 2);
    struct row row = row_of(&world, "30", "households", "2025-03", MAY);
    cr_expect_eq(row.basis, BASIS_REPORTED);
    cr_expect_str_eq(row.shown.value, "100");
    cr_assert(row.has_parts);
    cr_expect_str_eq(row.parts.value, "40");
    cr_expect_eq(row.parts.state, ROW_PARTIAL, "one of two districts");
    cr_expect_str_eq(row.parts.low, "40");
    cr_expect_str_eq(row.parts.high, "", "it may grow");
    cr_expect_str_eq(row.difference, "", "no difference from what is incomplete");
    cr_expect_eq(row.revision, 3);
    world_set(&world, "290", "2025-03", "households", "59", 1);
    row = row_of(&world, "30", "households", "2025-03", MAY);
    cr_expect_str_eq(row.difference, "1", "%s", row.difference);
    world_close(&world);
}

Test(row, late_and_running)
{
    struct world world = open_with(TARGETS);
    struct leaf leaf = {.figure = {.state = FIGURE_VALUE, .value = {25, 0}}, .revision = 1, .seq = 1};
    leaf.first_ms = at("2025-04-07T17:00:00+07:00");
    uint32_t unit = unit_of(&world, "30"), cost = indicator_of(&world, "cost");
    store_set_leaf(world.store, unit, period_of("2025-03"), cost, &leaf);
    cr_expect_not(row_of(&world, "30", "cost", "2025-03", MAY).late, "at 17:00 it is on time");
    leaf.first_ms++;
    store_set_leaf(world.store, unit, period_of("2025-03"), cost, &leaf);
    cr_expect(row_of(&world, "30", "cost", "2025-03", MAY).late);
    store_set_leaf(world.store, unit, period_of("2025-05"), cost, &leaf);
    struct row row = row_of(&world, "30", "cost", "2025-05", MAY);
    cr_expect(row.running && !row.judged && !row.late);
    world_close(&world);
}

Test(row, a_unit_is_not_late_for_those_below_it)
{
    static const char offices[] = "id,pillar,name_vi,name_en,measure,reported_by,cadence,direction\n"
                                  "offices,digital_society,Trụ sở,Offices,count,province district,month,up\n";
    static const char obligations[] =
        "indicator,unit,kind,role,cadence,due_working_days,valid_from,valid_to\n"
        "offices,,district,,month,5,,\n";
    static const char *const files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv",
        pillars, "indicators.csv", offices, "obligations.csv", obligations, NULL};
    struct world world = world_open(files);
    world_set(&world, "30", "2025-03", "offices", "na", 1);
    struct row row = row_of(&world, "30", "offices", "2025-03", "2025-05-20T08:00:00+07:00");
    cr_expect_neq(row.deadline, 0, "the districts are overdue");
    cr_expect_not(row.late, "the province has no deadline of its own");
    world_close(&world);
}

/* ---- which window ---- */

static void expect_latest(const struct world *world, const char *name, const char *unit,
    const char *indicator, const char *now, const char *latest, const char *running)
{
    struct chiso_period period = {0}, run = {0};
    char text[2][CHISO_PERIOD_CHARS] = {"none", "none"};
    if (row_latest(world->catalogue, world->store, unit_of(world, unit), indicator_of(world, indicator),
            STORE_NO_LEVEL, at(now), &period, &run))
        chiso_period_print(period, text[0]);
    if (run.kind != CHISO_PERIOD_NONE)
        chiso_period_print(run, text[1]);
    cr_expect_str_eq(text[0], latest, "%s: %s", name, text[0]);
    cr_expect_str_eq(text[1], running, "%s: running %s", name, text[1]);
}

Test(row, the_window_to_show_first)
{
    struct world world = open_with(TARGETS);
    expect_latest(&world, "nothing", "30", "cost", MAY, "none", "none");
    world_set(&world, "30", "2024", "cost", "30", 1);
    expect_latest(&world, "an ended period that is no window", "30", "cost", MAY, "2024", "none");
    world_set(&world, "30", "2024-11", "cost", "30", 1);
    expect_latest(&world, "a window of the cadence comes first", "30", "cost", MAY, "2024-11", "none");
    world_set(&world, "30", "2025-02", "cost", "-", 1);
    expect_latest(&world, "a withdrawn one is none", "30", "cost", MAY, "2024-11", "none");
    world_set(&world, "30", "2025-01", "cost", "na", 1);
    expect_latest(&world, "not applicable is news", "30", "cost", MAY, "2025-01", "none");
    world_set(&world, "30", "2025-05", "cost", "30", 1);
    expect_latest(&world, "a running one stands beside", "30", "cost", MAY, "2025-01", "2025-05");
    expect_latest(&world, "until it ends", "30", "cost", "2025-06-01T00:00:00+07:00", "2025-05", "none");
    world_set(&world, "288", "2025-03-14", "households", "7", 1);
    expect_latest(&world, "a window derived from days", "288", "households", MAY, "2025-03", "none");
    expect_latest(&world, "and its total", "30", "households", MAY, "2025-03", "none");
    world_set(&world, "37", "2025-06", "cost", "30", 1);
    expect_latest(&world, "before the merger", "37", "cost", "2025-07-01T00:00:00+07:00", "none", "none");
    world_set(&world, "37", "2025-07", "cost", "30", 1);
    expect_latest(
        &world, "the new unit of the code", "37", "cost", "2025-08-01T00:00:00+07:00", "2025-07", "none");
    world_close(&world);
}

Test(row, older_windows_one_by_one)
{
    struct world world = open_with(TARGETS);
    struct chiso_period window = {0};
    const char *expected[] = {"2025-04", "2025-01", "2024-12"};
    world_set(&world, "30", "2025-04", "cost", "30", 1);
    world_set(&world, "30", "2025-01", "cost", "30", 1);
    world_set(&world, "30", "2024-12", "cost", "30", 1);
    world_set(&world, "30", "2024", "cost", "30", 1);
    for (size_t i = 0; i < 4; i++) {
        char text[CHISO_PERIOD_CHARS] = "none";
        if (row_window_before(world.catalogue, world.store, unit_of(&world, "30"),
                indicator_of(&world, "cost"), STORE_NO_LEVEL, at(MAY), window, &window))
            chiso_period_print(window, text);
        cr_expect_str_eq(text, i < 3 ? expected[i] : "none", "%zu: %s", i, text);
    }
    world_close(&world);
}

/* ---- JSON ---- */

static void expect_json(json_t *object, const char *key, const char *expected)
{
    json_t *member = json_object_get(object, key);
    char *text = member ? json_dumps(member, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    cr_expect_str_eq(text ? text : "absent", expected, "%s: %s", key, text ? text : "absent");
    free(text);
}

Test(row, json)
{
    static const char *const members[][2] = {{"unit", "\"30\""}, {"indicator", "\"services.rate\""},
        {"level", "null"}, {"pillar", "\"digital_society\""}, {"period", "\"2025-03\""},
        {"state", "\"reported\""}, {"value", "\"91.6\""}, {"numerator", "\"453520\""},
        {"denominator", "\"495192\""}, {"qualifier", "\"exact\""}, {"low", "\"5669000/61899\""},
        {"high", "\"5669000/61899\""}, {"basis", "\"reported\""}, {"reported", "1"}, {"partial", "0"},
        {"expected", "1"}, {"not_applicable", "0"}, {"oldest", "\"2025-03\""}, {"revision", "2"},
        {"updated_at", "null"}, {"position", "\"not_due\""}, {"target", "\"92\""},
        {"target_due", "\"2025-06-30\""}, {"expected_for_date", "null"}};
    struct world world = open_with(TARGETS "services.rate,30,,unit,at_least,92,,,,2025-06-30,,,,,,\n");
    world_set(&world, "30", "2025-03", "services.rate", "453520/495192", 2);
    struct row row = row_of(&world, "30", "services.rate", "2025-03", MAY);
    json_t *object = row_json(world.catalogue, &row);
    for (size_t i = 0; i < COUNT(members); i++)
        expect_json(object, members[i][0], members[i][1]);
    expect_json(json_object_get(object, "parts"), "state", "\"not_reported\"");
    expect_json(json_object_get(object, "parts"), "expected", "2");
    json_decref(object);
    row = row_of(&world, "37", "services.rate", "2025-03", MAY);
    object = row_json(world.catalogue, &row);
    expect_json(object, "state", "\"not_reported\"");
    expect_json(object, "value", "null");
    expect_json(object, "qualifier", "null");
    expect_json(object, "target", "null");
    expect_json(object, "position", "\"no_target\"");
    json_decref(object);
    world_close(&world);
}

/* ---- words ---- */

Test(row, value_texts)
{
    static const struct {
        const char *indicator, *period, *figure, *vi, *en;
    } cases[] = {
        {"services.rate", "2025-03", "846/1000", "85%", "85%"},
        {"cost", "2025-03", "84.6", "84,6%", "84.6%"},
        {"households", "2025-03", "<70000", "gần 70.000 hộ", "almost 70,000 households"},
        {"households", "2025-03", "na", "không áp dụng", "not applicable"},
        {"households", "2025-03", "-", "chưa báo cáo", "not reported"},
        {"services.rate", "2025-03", "0/0", "không phát sinh", "nothing occurred"},
        {"rank", "2024", "6/63", "6/63", "6/63"},
        {"rank", "2024", "^10", "tối đa 10", "at most 10"},
        {"balance", "2025-03", "-1234.5", "-1.235 tỷ đồng", "-1,235 billion dong"},
    };
    struct world world = open_with(TARGETS);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[128];
        world_set(&world, "30", cases[i].period, cases[i].indicator, cases[i].figure, (unsigned)i + 1);
        struct row row = row_of(&world, "30", cases[i].indicator, cases[i].period, MAY);
        row_value_text(&row, "vi", text, sizeof text);
        cr_expect_str_eq(text, cases[i].vi, "%s: %s", cases[i].figure, text);
        row_value_text(&row, "en", text, sizeof text);
        cr_expect_str_eq(text, cases[i].en, "%s: %s", cases[i].figure, text);
    }
    world_close(&world);
}

static void expect_reason(const struct world *world, const char *unit, const char *indicator,
    const char *period, const char *vi, const char *en)
{
    char text[512];
    struct row row = row_of(world, unit, indicator, period, MAY);
    row_reason_text(world->catalogue, &row, "vi", text, sizeof text);
    cr_expect_str_eq(text, vi, "%s", text);
    row_reason_text(world->catalogue, &row, "en", text, sizeof text);
    cr_expect_str_eq(text, en, "%s", text);
}

Test(row, one_sentence_a_position)
{
    struct world world =
        open_with(TARGETS "services.rate,30,,unit,at_least,100,,0,2024-12-31,2025-04-30,linear,,2,5,,\n"
                          "services.rate,288,,unit,at_least,92,,,,2025-06-30,,,,,,\n"
                          "balance,30,,unit,at_least,92,,,,2025-12-31,,,,,,\n"
                          "services.rate,290,,unit,between,8.5,10,,,,hold,,,,,\n"
                          "households,30,,unit,at_least,70000,,,,,hold,,,,,\n"
                          "households,288,,unit,above,40,,,,2025-03-31,,,,,,\n"
                          "households,290,,unit,done_by,,,,,2025-02-28,,,,,,\n"
                          "cost,30,,unit,maintain,30,,,,2025-06-30,,,1,2,,\n");
    world_set(&world, "30", "2025-03", "services.rate", "69/100", 1);
    expect_reason(&world, "30", "services.rate", "2025-03",
        "Đạt 69%, thấp hơn mức phải đạt 75% vào 31/03/2025 (thiếu 6).",
        "At 69%, below the 75% expected on 31/03/2025 (short by 6).");
    world_set(&world, "30", "2025-02", "services.rate", "49/100", 1);
    expect_reason(&world, "30", "services.rate", "2025-02",
        "Đạt 49%, đúng tiến độ so với mức 49,2% vào 28/02/2025.",
        "At 49%, on track against 49.2% on 28/02/2025.");
    world_set(&world, "30", "2025-04", "services.rate", "999/1000", 1);
    expect_reason(&world, "30", "services.rate", "2025-04",
        "Đạt 99,9%, không hoàn thành chỉ tiêu ít nhất 100% (hạn 30/04/2025).",
        "At 99.9%, the target of at least 100% (due 30/04/2025) was missed.");
    world_set(&world, "288", "2025-03", "services.rate", "9158/10000", 1);
    expect_reason(&world, "288", "services.rate", "2025-03",
        "Đạt 91,6%, chưa đến hạn đánh giá; chỉ tiêu ít nhất 92% (hạn 30/06/2025).",
        "At 91.6%, not due yet; target at least 92% (due 30/06/2025).");
    expect_reason(&world, "288", "services.rate", "2025-04", "Chưa có số liệu.", "No figure yet.");
    expect_reason(&world, "288", "services.rate", "2025-05", "Kỳ chưa kết thúc, chưa có số liệu.",
        "The period is running; no figure yet.");
    expect_reason(&world, "288", "services.rate", "2025-02",
        "Chưa có báo cáo tháng 2/2025; hạn nộp là 17:00 ngày 07/03/2025.",
        "The report for February 2025 is missing; it was due at 17:00 on 07/03/2025.");
    expect_reason(&world, "30", "balance", "2025-03",
        "Đơn vị kết thúc ngày 30/06/2025, trước hạn chỉ tiêu, nên không so sánh được.",
        "The unit ends on 30/06/2025, before the target is due: not comparable.");
    world_set(&world, "290", "2025-03", "services.rate", "8/100", 1);
    expect_reason(&world, "290", "services.rate", "2025-03",
        "Đạt 8%, thấp hơn mức phải đạt 8,5% vào 31/03/2025 (thiếu 0,5).",
        "At 8%, below the 8.5% expected on 31/03/2025 (short by 0.5).");
    world_set(&world, "30", "2025-03", "households", "<70000", 1);
    expect_reason(&world, "30", "households", "2025-03",
        "Đạt gần 70.000 hộ, chưa bảo đảm chỉ tiêu ít nhất 70.000 hộ vào 31/03/2025.",
        "At almost 70,000 households, short of the target of at least 70,000 households on 31/03/2025.");
    world_set(&world, "288", "2025-03", "households", ">40", 1);
    expect_reason(&world, "288", "households", "2025-03",
        "Số liệu trên 40 hộ chưa đủ để kết luận so với chỉ tiêu trên 40 hộ (hạn 31/03/2025).",
        "The figure, over 40 households, does not tell whether the target of above 40 households (due "
        "31/03/2025) is reached.");
    world_set(&world, "290", "2025-02", "households", "0", 1);
    world_set(&world, "290", "2025-03", "households", "1", 1);
    expect_reason(&world, "290", "households", "2025-03",
        "Kỳ này đạt 1 hộ; chỉ tiêu hoàn thành (ít nhất 1) (hạn 28/02/2025) đạt muộn.",
        "At 1 households in this period; the target of completion (at least 1) (due 28/02/2025) was reached "
        "late.");
    world_set(&world, "30", "2025-03", "cost", "31.5", 1);
    expect_reason(&world, "30", "cost", "2025-03",
        "Ở mức 31,5%, cao hơn mức cho phép 30% vào 31/03/2025 (vượt 1,5).",
        "At 31.5%, above the 30% allowed on 31/03/2025 (over by 1.5).");
    expect_reason(&world, "37", "cost", "2025-03", "Không có chỉ tiêu.", "There is no target.");
    world_close(&world);
}
