/* Consistency rules: what the figures of a unit and window say of rules.csv. */
#include "core/row.h"
#include "world.h"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi\n"
                            "VN,,,nation,,,Việt Nam\n"
                            "35,,2025-06-30,province,,VN,Tỉnh Hà Nam\n"
                            "37,2025-07-01,,province,,VN,Tỉnh Ninh Bình\n"
                            "347,,2025-06-30,district,,35,Phủ Lý\n"
                            "348,,2025-06-30,district,,35,Duy Tiên\n"
                            "35.stp,,2025-06-30,department,justice,35,Sở Tư pháp\n"
                            "35.stc,,2025-06-30,department,finance,35,Sở Tài chính\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,reported_by,whole_by,cadence,decimals,input_decimals,"
    "minimum,valid_from\n"
    "tthc.full,p,Toàn trình,Full,distinct,last,province,,month,0,2,0,\n"
    "tthc.partial,p,Một phần,Partial,distinct,last,province,,month,0,0,0,\n"
    "tthc.other,p,Khác,Other,distinct,last,province,,month,0,0,0,\n"
    "tthc.total,p,Tổng số,All,distinct,last,province,,month,0,0,0,\n"
    "received,p,Tiếp nhận,Received,count,sum,district,province department:justice,month,0,0,0,\n"
    "online,p,Trực tuyến,Online,count,sum,district,province department:finance "
    "department:justice,month,0,0,0,\n"
    "balance,p,Số dư,Balance,amount,sum,province,,month,0,2,,\n"
    "rank,p,Xếp hạng,Rank,rank,last,province,,month,0,0,,\n"
    "late,p,Muộn,Late,count,sum,province,,month,0,0,0,2025-05-01\n";
static const char rules[] = "id,left,operator,right,severity\n"
                            "procedures,tthc.full + tthc.partial + tthc.other,=,tthc.total,critical\n"
                            "online,online,<=,received,\n"
                            "less,online,<,received,\n"
                            "at_least,received,>=,online,\n"
                            "more,received,>,online,\n"
                            "balance,balance,=,received,info\n"
                            "rank,rank,>=,tthc.other,\n"
                            "late,late,=,tthc.other,\n";
static const char *const files[] = {"units.csv", units, "successions.csv",
    "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n", "pillars.csv", "id,name_vi\np,P\n",
    "indicators.csv", indicators, "rules.csv", rules, NULL};
#define MAY "2025-05-05T08:00:00+07:00"

static struct rule_finding judge(
    const struct world *w, const char *rule, const char *unit, const char *period, const char *now)
{
    struct rule_finding finding;
    chiso_instant_ms instant;
    uint32_t which = catalogue_rule_find(w->catalogue, rule);
    cr_assert_neq(which, CATALOGUE_NONE, "rule %s", rule);
    cr_assert_eq(chiso_instant_parse(now, &instant), CHISO_OK);
    cr_assert_eq(rule_judge(w->catalogue, w->store, catalogue_rule(w->catalogue, which), unit_of(w, unit),
                     period_of(period), instant, &finding),
        CHISO_OK);
    return finding;
}

static void expect(const struct world *w, const char *rule, const char *unit, const char *period,
    enum rule_state state, bool alerted)
{
    struct rule_finding found = judge(w, rule, unit, period, MAY);
    char text[1024];
    rule_text(&found, "en", text, sizeof text);
    cr_expect(found.state == state && found.is_alerted == alerted, "%s of %s in %s: %s%s: %s", rule, unit,
        period, rule_state_names[found.state], found.is_alerted ? ", alerted" : "", text);
}

/* ---- the example ---- */

Test(rule, tthc_full_partial_other_are_the_total)
{
    struct world w = world_open(files);
    world_set(&w, "35", "2025-04", "tthc.full", "60", 1);
    world_set(&w, "35", "2025-04", "tthc.partial", "50", 1);
    world_set(&w, "35", "2025-04", "tthc.other", "61", 1);
    world_set(&w, "35", "2025-04", "tthc.total", "171", 1);
    expect(&w, "procedures", "35", "2025-04", RULE_HOLDS, false);
    world_set(&w, "35", "2025-04", "tthc.other", "60", 2);
    expect(&w, "procedures", "35", "2025-04", RULE_VIOLATED, true);
    struct rule_finding found = judge(&w, "procedures", "35", "2025-04", MAY);
    cr_expect_str_eq(found.left.value, "170");
    cr_expect_str_eq(found.right.value, "171");
    cr_expect_str_eq(found.difference.value, "-1");
    cr_expect_eq(found.rule->severity, SEVERITY_CRITICAL);
    cr_expect_eq(found.seq, 5);
    world_set(&w, "35", "2025-04", "tthc.total", "170", 2);
    expect(&w, "procedures", "35", "2025-04", RULE_HOLDS, false);
    world_close(&w);
}

/* ---- operators and bounds ---- */

struct bounds_case {
    const char *online, *received;
    const char *states; /* of <=, <, >= (turned round) and >: h, v or ? */
};

Test(rule, operators_and_bounds)
{
    static const char *const names[] = {"online", "less", "at_least", "more"};
    static const char letters[] = "hv?-";
    static const struct bounds_case cases[] = {
        {"10", "10", "hvhv"},
        {"10", "11", "hhhh"},
        {"11", "10", "vvvv"},
        {"0", "0", "hvhv"},
        {"e11", "10", "vvvv"},
        {">10", "10", "?v?v"},
        {">11", "10", "vvvv"},
        {">9", "10", "????"},
        {"10", ">10", "h?h?"},
        {"9", ">10", "hhhh"},
        {"11", ">10", "????"},
        {"<10", "10", "hhhh"},
        {"<11", "10", "????"},
        {"10", "<10", "vvvv"},
        {"9", "<10", "????"},
        {"^10", "10", "h?h?"},
        {"10", "^10", "?v?v"},
        {"11", "^10", "vvvv"},
        {"~100", "89", "vvvv"},
        {"~100", "90", "?v?v"},
        {"~100", "110", "h?h?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w = world_open(files);
        char found[5] = "";
        world_set(&w, "347", "2025-04", "online", cases[i].online, 1);
        world_set(&w, "347", "2025-04", "received", cases[i].received, 1);
        for (int k = 0; k < 4; k++)
            found[k] = letters[judge(&w, names[k], "347", "2025-04", MAY).state];
        cr_expect_str_eq(
            found, cases[i].states, "%s against %s: %s", cases[i].online, cases[i].received, found);
        world_close(&w);
    }
}

Test(rule, equality_and_bounds)
{
    static const struct {
        const char *left, *right;
        enum rule_state state;
    } cases[] = {{"10.00", "10", RULE_HOLDS}, {"10.01", "10", RULE_VIOLATED}, {"e10", "10", RULE_HOLDS},
        {">9", "10", RULE_CANNOT_TELL}, {">10", "10", RULE_CANNOT_TELL}, {">10.01", "10", RULE_VIOLATED},
        {"<10", "10", RULE_VIOLATED}, {"<10.01", "10", RULE_CANNOT_TELL}, {"~11", "10", RULE_CANNOT_TELL},
        {"~12", "10", RULE_VIOLATED}, {"-10", "10", RULE_VIOLATED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w = world_open(files);
        world_set(&w, "35", "2025-04", "balance", cases[i].left, 1);
        world_set(&w, "35", "2025-04", "received", cases[i].right, 1);
        enum rule_state found = judge(&w, "balance", "35", "2025-04", MAY).state;
        cr_expect_eq(
            found, cases[i].state, "%s = %s: %s", cases[i].left, cases[i].right, rule_state_names[found]);
        world_close(&w);
    }
}

Test(rule, a_sum_of_bounds)
{
    static const struct {
        const char *full, *other;
        enum rule_state state;
        const char *low, *high;
    } cases[] = {{"60", "61", RULE_HOLDS, "171", "171"}, {">61", "61", RULE_VIOLATED, "172", ""},
        {">59", "<61", RULE_CANNOT_TELL, "109", ""}, {"^60", "61", RULE_CANNOT_TELL, "111", "171"},
        {"60", "<61", RULE_VIOLATED, "110", "171"}, {"~60", "61", RULE_CANNOT_TELL, "165", "177"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w = world_open(files);
        world_set(&w, "35", "2025-04", "tthc.full", cases[i].full, 1);
        world_set(&w, "35", "2025-04", "tthc.partial", "50", 1);
        world_set(&w, "35", "2025-04", "tthc.other", cases[i].other, 1);
        world_set(&w, "35", "2025-04", "tthc.total", "171", 1);
        struct rule_finding found = judge(&w, "procedures", "35", "2025-04", MAY);
        cr_expect(found.state == cases[i].state && strcmp(found.left.low, cases[i].low) == 0 &&
                      strcmp(found.left.high, cases[i].high) == 0,
            "%s and %s: %s, %s to %s", cases[i].full, cases[i].other, rule_state_names[found.state],
            found.left.low, found.left.high);
        world_close(&w);
    }
}

/* ---- what is not judged ---- */

Test(rule, one_of_two_figures_is_no_contradiction)
{
    struct world w = world_open(files);
    world_set(&w, "347", "2025-04", "online", "11", 1);
    expect(&w, "online", "347", "2025-04", RULE_NOT_JUDGED, false);
    world_set(&w, "347", "2025-04", "received", "na", 1);
    expect(&w, "online", "347", "2025-04", RULE_NOT_JUDGED, false);
    cr_expect_eq(judge(&w, "online", "347", "2025-04", MAY).terms[1].gap, RULE_GAP_NOT_APPLICABLE);
    world_set(&w, "347", "2025-04", "received", "10", 2);
    expect(&w, "online", "347", "2025-04", RULE_VIOLATED, true);
    world_set(&w, "347", "2025-04", "received", "-", 3);
    expect(&w, "online", "347", "2025-04", RULE_NOT_JUDGED, false);
    cr_expect(judge(&w, "online", "347", "2025-04", MAY).has_figure);
    cr_expect_not(judge(&w, "online", "348", "2025-04", MAY).has_figure);
    world_close(&w);
}

Test(rule, an_incomplete_total_is_not_judged)
{
    struct world w = world_open(files);
    world_set(&w, "347", "2025-04", "online", "30", 1);
    world_set(&w, "347", "2025-04", "received", "30", 1);
    world_set(&w, "35", "2025-04", "online", "50", 1);
    expect(&w, "online", "35", "2025-04", RULE_NOT_JUDGED, false);
    cr_expect_eq(judge(&w, "online", "35", "2025-04", MAY).terms[1].gap, RULE_GAP_INCOMPLETE);
    world_set(&w, "348", "2025-04", "received", "19", 1);
    expect(&w, "online", "35", "2025-04", RULE_VIOLATED, true);
    world_close(&w);
}

Test(rule, before_an_indicator_there_is_nothing_to_judge)
{
    struct world w = world_open(files);
    world_set(&w, "35", "2025-04", "tthc.other", "1", 1);
    expect(&w, "late", "35", "2025-04", RULE_NOT_JUDGED, false);
    world_close(&w);
}

/* ---- whose matter it is ---- */

Test(rule, a_total_that_repeats_what_is_wrong_below_is_not_alerted)
{
    struct world w = world_open(files);
    world_set(&w, "347", "2025-04", "online", "31", 1);
    world_set(&w, "347", "2025-04", "received", "30", 1);
    world_set(&w, "348", "2025-04", "online", "10", 1);
    world_set(&w, "348", "2025-04", "received", "10", 1);
    expect(&w, "online", "347", "2025-04", RULE_VIOLATED, true);
    expect(&w, "online", "348", "2025-04", RULE_HOLDS, false);
    expect(&w, "online", "35", "2025-04", RULE_VIOLATED, false);
    world_close(&w);
}

Test(rule, what_departments_report_for_the_whole)
{
    struct world w = world_open(files);
    world_set(&w, "35.stp", "2025-04", "online", "11", 1);
    world_set(&w, "35.stp", "2025-04", "received", "10", 1);
    expect(&w, "online", "35.stp", "2025-04", RULE_VIOLATED, true);
    expect(&w, "online", "35", "2025-04", RULE_VIOLATED, false);
    world_set(&w, "35.stp", "2025-04", "online", "-", 2);
    world_set(&w, "35.stc", "2025-04", "online", "11", 1);
    expect(&w, "online", "35.stp", "2025-04", RULE_NOT_JUDGED, false);
    expect(&w, "online", "35.stc", "2025-04", RULE_NOT_JUDGED, false);
    expect(&w, "online", "35", "2025-04", RULE_VIOLATED, true);
    struct rule_finding found = judge(&w, "online", "35", "2025-04", MAY);
    cr_expect_eq(found.terms[0].reporter, unit_of(&w, "35.stc"));
    cr_expect_eq(found.terms[1].reporter, unit_of(&w, "35.stp"));
    world_close(&w);
}

Test(rule, a_quarter_of_months_is_not_alerted_but_a_quarter_reported_is)
{
    struct world w = world_open(files);
    const char *const months[] = {"2025-01", "2025-02", "2025-03"};
    for (int i = 0; i < 3; i++) {
        world_set(&w, "347", months[i], "online", i == 1 ? "12" : "9", 1);
        world_set(&w, "347", months[i], "received", "9", 1);
    }
    expect(&w, "online", "347", "2025-02", RULE_VIOLATED, true);
    expect(&w, "online", "347", "2025-Q1", RULE_VIOLATED, false);
    world_set(&w, "347", "2025-02", "online", "9", 2);
    expect(&w, "online", "347", "2025-Q1", RULE_HOLDS, false);
    world_set(&w, "347", "2025-Q1", "online", "28", 1);
    expect(&w, "online", "347", "2025-Q1", RULE_VIOLATED, true);
    world_close(&w);
}

Test(rule, a_running_window_is_alerted_when_all_of_it_is_reported_as_such)
{
    struct world w = world_open(files);
    world_set(&w, "347", "2025-05", "online", "11", 1);
    world_set(&w, "347", "2025-05", "received", "10", 1);
    expect(&w, "online", "347", "2025-05", RULE_VIOLATED, true);
    /* The province reports the month as a whole beside what its districts have so far. */
    world_set(&w, "348", "2025-05", "received", "10", 1);
    world_set(&w, "35", "2025-05", "online", "21", 1);
    expect(&w, "online", "35", "2025-05", RULE_VIOLATED, false);
    cr_expect(judge(&w, "online", "35", "2025-05", "2025-06-01T00:00:00+07:00").is_alerted);
    world_close(&w);
}

Test(rule, a_unit_that_is_not_there)
{
    struct world w = world_open(files);
    struct rule_finding finding;
    const struct rule *rule = catalogue_rule(w.catalogue, 0);
    cr_expect_eq(rule_judge(w.catalogue, w.store, rule, unit_of(&w, "37"), period_of("2025-04"), 0, &finding),
        CHISO_ENOTFOUND);
    world_close(&w);
}

Test(rule, a_row_names_what_it_breaks)
{
    struct world w = world_open(files);
    struct row row;
    chiso_instant_ms now;
    world_set(&w, "347", "2025-04", "online", "11", 1);
    world_set(&w, "347", "2025-04", "received", "10", 1);
    world_set(&w, "35", "2025-04", "balance", "10", 1);
    cr_assert_eq(chiso_instant_parse(MAY, &now), CHISO_OK);
    cr_assert_eq(row_make(w.catalogue, w.store, unit_of(&w, "347"), period_of("2025-04"),
                     indicator_of(&w, "received"), STORE_NO_LEVEL, now, &row),
        CHISO_OK);
    cr_assert_eq(row.violation_count, 4);
    cr_expect_str_eq(row.violations[0]->id, "online");
    cr_expect_str_eq(row.violations[3]->id, "more");
    cr_assert_eq(row_make(w.catalogue, w.store, unit_of(&w, "35"), period_of("2025-04"),
                     indicator_of(&w, "balance"), STORE_NO_LEVEL, now, &row),
        CHISO_OK);
    cr_expect_eq(row.violation_count, 0);
    world_close(&w);
}

/* ---- words ---- */

Test(rule, sentences)
{
    static const struct {
        const char *online, *received, *rule, *vi, *en;
    } cases[] = {
        {"1200", "1000", "online",
            "Số liệu không khớp: 1.200 không được lớn hơn 1.000, chênh 200: Trực tuyến (1.200) ≤ Tiếp nhận "
            "(1.000).",
            "The figures contradict each other: 1,200 must not exceed 1,000, off by 200: Online (1,200) ≤ "
            "Received (1,000)."},
        {"10", "10", "less", "Số liệu không khớp: 10 phải nhỏ hơn 10: Trực tuyến (10) < Tiếp nhận (10).",
            "The figures contradict each other: 10 must be less than 10: Online (10) < Received (10)."},
        {">12", "10", "online",
            "Số liệu không khớp: ít nhất 12 không được lớn hơn 10, chênh ít nhất 2: Trực tuyến (trên 12) ≤ "
            "Tiếp nhận (10).",
            "The figures contradict each other: at least 12 must not exceed 10, off by at least 2: Online "
            "(over 12) ≤ Received (10)."},
        {"10", "<20", "online", "Chưa thể kết luận: 10 ≤ 0–20: Trực tuyến (10) ≤ Tiếp nhận (gần 20).",
            "It cannot be told: 10 ≤ 0–20: Online (10) ≤ Received (almost 20)."},
        {"10", "20", "more", "Số liệu khớp: 20 > 10: Tiếp nhận (20) > Trực tuyến (10).",
            "The figures agree: 20 > 10: Received (20) > Online (10)."},
        {"10", "na", "online", "Chưa xét: Tiếp nhận không áp dụng.", "Not judged: Received does not apply."},
        {"-", "-", "online", "Chưa xét: Trực tuyến chưa báo cáo, Tiếp nhận chưa báo cáo.",
            "Not judged: Online is not reported, Received is not reported."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w = world_open(files);
        char vi[1024], en[1024];
        world_set(&w, "347", "2025-04", "online", cases[i].online, 1);
        world_set(&w, "347", "2025-04", "received", cases[i].received, 1);
        struct rule_finding found = judge(&w, cases[i].rule, "347", "2025-04", MAY);
        rule_text(&found, "vi", vi, sizeof vi);
        rule_text(&found, "en", en, sizeof en);
        cr_expect_str_eq(vi, cases[i].vi);
        cr_expect_str_eq(en, cases[i].en);
        world_close(&w);
    }
}

Test(rule, json)
{
    struct world w = world_open(files);
    world_set(&w, "347", "2025-04", "online", ">12", 1);
    world_set(&w, "347", "2025-04", "received", "10", 1);
    struct rule_finding found = judge(&w, "online", "347", "2025-04", MAY);
    json_t *object = rule_json(w.catalogue, &found);
    json_object_del(object, "text_vi");
    json_object_del(object, "text_en");
    char *text = json_dumps(object, JSON_COMPACT);
    cr_expect_str_eq(text,
        "{\"rule\":\"online\",\"unit\":\"347\",\"period\":\"2025-04\",\"operator\":\"<=\",\"severity\":"
        "\"warning\",\"state\":\"violated\",\"alerted\":true,"
        "\"left\":{\"value\":\"12\",\"low\":\"12\",\"high\":null},"
        "\"right\":{\"value\":\"10\",\"low\":\"10\",\"high\":\"10\"},"
        "\"difference\":{\"value\":\"2\",\"low\":\"2\",\"high\":null},"
        "\"terms\":[{\"indicator\":\"online\",\"side\":\"left\",\"value\":\"12\",\"qualifier\":\"at_least\","
        "\"missing\":null,\"reported_by\":\"347\"},{\"indicator\":\"received\",\"side\":\"right\",\"value\":"
        "\"10\","
        "\"qualifier\":\"exact\",\"missing\":null,\"reported_by\":\"347\"}]}",
        "%s", text);
    free(text);
    json_decref(object);
    world_close(&w);
}
