/* Alerts about figures that contradict each other, and what officials read of them. */
#include "core/notice.h"
#include "world.h"

#define MAY "2025-05-05T08:00:00+07:00"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,2025-06-30,province,,VN,Tỉnh Hà Nam,Ha Nam Province\n"
                            "37,,2025-06-30,province,,VN,Tỉnh Ninh Bình,\n"
                            "37,2025-07-01,,province,,VN,Tỉnh Ninh Bình,\n"
                            "347,,2025-06-30,district,,35,Thành phố Phủ Lý,\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,reported_by,whole_by,cadence,"
    "decimals,input_decimals,minimum\n"
    "online,p,Hồ sơ trực tuyến,Online dossiers,count,sum,district,province,month,,,0\n"
    "paper,p,Hồ sơ giấy,Paper dossiers,count,sum,district,province,month,,,0\n"
    "all,p,Tổng số hồ sơ,All dossiers,count,sum,district,province,month,,,0\n";
static const char *const files[] = {"units.csv", units, "successions.csv",
    "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n2025-07-01,37,37,whole\n", "pillars.csv",
    "id,name_vi\np,P\n", "indicators.csv", indicators, "rules.csv",
    "id,left,operator,right,severity\nsum,online + paper,=,all,critical\n", NULL};

/* One matter followed over time: its alert as it is kept. */
struct matter {
    const struct world *world;
    struct alert_subject subject;
    struct alert alert;
    enum alert_change change;
    bool is_kept;
};

static struct matter matter_of(const struct world *world, const char *unit, const char *period)
{
    return (struct matter){.world = world,
        .subject = {.unit = unit_of(world, unit),
            .indicator = CATALOGUE_NONE,
            .level = STORE_NO_LEVEL,
            .kind = ALERT_INCONSISTENT,
            .rule = catalogue_rule_find(world->catalogue, "sum"),
            .period = period_of(period)}};
}

/* Looks again at NOW and says "<change> <state> <severity> <period> <reason>"; "unchanged" alone. */
static void expect_look(struct matter *m, const char *what, const char *now, const char *expected)
{
    char text[200] = "unchanged";
    struct alert_finding finding;
    struct alert next;
    cr_assert_eq(alert_find(m->world->catalogue, m->world->store, &m->subject, at(now), &finding), CHISO_OK);
    m->change = alert_apply(
        m->world->catalogue, m->is_kept ? &m->alert : NULL, &m->subject, &finding, at(now), 99, &next);
    if (m->change != ALERT_UNCHANGED) {
        m->alert = next;
        m->is_kept = true;
        (void)snprintf(text, sizeof text, "%s %s %s %s %s", alert_change_names[m->change],
            alert_state_names[next.state], severity_names[next.severity], next.period,
            alert_reason_names[next.reason]);
    }
    cr_expect_str_eq(text, expected, "%s: %s", what, text);
}

Test(alert_rules, life)
{
    struct world w = world_open(files);
    struct matter m = matter_of(&w, "347", "2025-04");
    expect_look(&m, "nothing is known", MAY, "unchanged");
    world_set(&w, "347", "2025-04", "online", "60", 1);
    world_set(&w, "347", "2025-04", "all", "100", 1);
    expect_look(&m, "one is missing", MAY, "unchanged");
    world_set(&w, "347", "2025-04", "paper", "41", 1);
    expect_look(&m, "violated", MAY, "opened open critical 2025-04 ");
    cr_expect_str_eq(m.alert.id, "347|sum|2025-04|inconsistent");
    cr_expect_str_eq(m.alert.rule, "sum");
    cr_expect_str_eq(m.alert.indicator, "");
    cr_expect_eq(m.alert.seq, 3);
    cr_expect_str_eq(m.alert.text_vi,
        "Số liệu không khớp: 101 phải bằng 100, chênh 1: Hồ sơ trực tuyến (60) + Hồ sơ giấy (41) = Tổng số "
        "hồ sơ (100).");
    cr_expect_str_eq(m.alert.text_en,
        "The figures contradict each other: 101 must equal 100, off by 1: Online dossiers (60) + Paper "
        "dossiers (41) = All dossiers (100).");
    expect_look(&m, "the same again", MAY, "unchanged");
    world_set(&w, "347", "2025-04", "paper", "42", 2);
    expect_look(&m, "other numbers", MAY, "updated open critical 2025-04 ");
    world_set(&w, "347", "2025-04", "all", "102", 2);
    expect_look(&m, "corrected", MAY, "ended resolved critical 2025-04 figure");
    world_set(&w, "347", "2025-04", "all", "103", 3);
    expect_look(&m, "wrong again", MAY, "opened open critical 2025-04 ");
    world_set(&w, "347", "2025-04", "paper", "-", 3);
    expect_look(&m, "withdrawn", MAY, "ended resolved critical 2025-04 withdrawn");
    world_close(&w);
}

Test(alert_rules, other_ends)
{
    struct world w = world_open(files);
    struct matter m = matter_of(&w, "347", "2025-04");
    world_set(&w, "347", "2025-04", "online", "60", 1);
    world_set(&w, "347", "2025-04", "paper", "41", 1);
    world_set(&w, "347", "2025-04", "all", "100", 1);
    expect_look(&m, "violated", MAY, "opened open critical 2025-04 ");
    world_set(&w, "347", "2025-04", "paper", "na", 2);
    expect_look(&m, "does not apply", MAY, "ended resolved critical 2025-04 not_applicable");
    world_set(&w, "347", "2025-04", "paper", "41", 3);
    expect_look(&m, "does", MAY, "opened open critical 2025-04 ");
    world_set(&w, "347", "2025-04", "paper", "<41", 4);
    expect_look(&m, "almost: who knows", MAY, "ended resolved critical 2025-04 cannot_tell");
    world_set(&w, "347", "2025-04", "paper", "41", 5);
    expect_look(&m, "exactly", MAY, "opened open critical 2025-04 ");
    expect_look(&m, "the last day", "2025-06-30T23:59:59+07:00", "unchanged");
    expect_look(
        &m, "the unit has ended", "2025-07-01T00:00:00+07:00", "ended resolved critical 2025-04 unit_ended");
    world_close(&w);
}

Test(alert_rules, a_total_alerts_when_it_is_partly_reported_as_such)
{
    struct world w = world_open(files);
    struct matter m = matter_of(&w, "35", "2025-04"), may = matter_of(&w, "35", "2025-05");
    for (int i = 0; i < 2; i++) {
        const char *period = i ? "2025-05" : "2025-04";
        world_set(&w, "347", period, "online", "60", 1);
        world_set(&w, "347", period, "paper", "41", 1);
        world_set(&w, "347", period, "all", "100", 1);
    }
    expect_look(&m, "only what its district says", MAY, "unchanged");
    world_set(&w, "35", "2025-04", "all", "100", 1);
    world_set(&w, "35", "2025-05", "all", "100", 1);
    expect_look(&m, "its own total", MAY, "opened open critical 2025-04 ");
    expect_look(&may, "its own total, while the month is running", MAY, "unchanged");
    expect_look(&may, "when it is over", "2025-06-01T00:00:00+07:00", "opened open critical 2025-05 ");
    world_close(&w);
}

Test(alert_rules, figures_of_a_former_unit_of_the_code_are_not_the_new_ones)
{
    struct world w = world_open(files);
    struct matter m = matter_of(&w, "37", "2025-04");
    world_set(&w, "37", "2025-04", "online", "60", 1);
    world_set(&w, "37", "2025-04", "paper", "41", 1);
    world_set(&w, "37", "2025-04", "all", "100", 1);
    expect_look(&m, "after the merger", "2025-07-02T08:00:00+07:00", "unchanged");
    expect_look(&m, "before it", MAY, "opened open critical 2025-04 ");
    world_close(&w);
}

Test(alert_rules, ids_and_json)
{
    static const char *const bad[] = {"347|sum|2025-04", "347|gone|2025-04|inconsistent",
        "99|sum|2025-04|inconsistent", "347|sum|-|inconsistent", "347|sum|district|inconsistent",
        "347|online|2025-04|target", "347|sum|2025-04|inconsistent|"};
    struct world w = world_open(files);
    struct alert_subject parsed;
    struct alert back;
    cr_assert_eq(
        alert_subject_parse(w.catalogue, "347|sum|2024-01-01/2024-11-11|inconsistent", &parsed), CHISO_OK);
    cr_expect(parsed.unit == unit_of(&w, "347") && parsed.rule == 0 && parsed.kind == ALERT_INCONSISTENT &&
              parsed.indicator == CATALOGUE_NONE && parsed.period.kind == CHISO_PERIOD_INTERVAL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(alert_subject_parse(w.catalogue, bad[i], &parsed), CHISO_ENOTFOUND, "%s", bad[i]);
    struct matter m = matter_of(&w, "347", "2025-04");
    world_set(&w, "347", "2025-04", "online", "60", 1);
    world_set(&w, "347", "2025-04", "paper", "41", 1);
    world_set(&w, "347", "2025-04", "all", "100", 1);
    expect_look(&m, "violated", MAY, "opened open critical 2025-04 ");
    json_t *object = alert_json(&m.alert);
    char *text = json_dumps(object, JSON_COMPACT);
    cr_assert_eq(alert_from_json(text, strlen(text), &back), CHISO_OK);
    cr_expect(strcmp(back.rule, "sum") == 0 && back.kind == ALERT_INCONSISTENT);
    cr_expect(strstr(text, "\"kind\":\"inconsistent\"") && strstr(text, "\"indicator\":\"\"") &&
                  strstr(text, "\"rule\":\"sum\""),
        "%s", text);
    free(text);
    json_object_del(object, "rule");
    text = json_dumps(object, JSON_COMPACT);
    cr_expect_eq(alert_from_json(text, strlen(text), &back), CHISO_OK, "kept by a version without rules");
    cr_expect_str_eq(back.rule, "");
    free(text);
    json_decref(object);
    world_close(&w);
}

Test(alert_rules, what_officials_read)
{
    struct world w = world_open(files);
    struct matter m = matter_of(&w, "347", "2025-04");
    struct notice notice;
    world_set(&w, "347", "2025-04", "online", "60", 1);
    world_set(&w, "347", "2025-04", "paper", "41", 1);
    world_set(&w, "347", "2025-04", "all", "100", 1);
    expect_look(&m, "violated", MAY, "opened open critical 2025-04 ");
    notice_make(w.catalogue, &m.alert, m.change, NULL, at(MAY), "vi", &notice);
    cr_expect_str_eq(notice.headline, "Số liệu không khớp: Tổng số hồ sơ - Thành phố Phủ Lý (347)");
    cr_expect_str_eq(notice.body,
        "   Kỳ: tháng 4/2025\n"
        "   Lý do: Số liệu không khớp: 101 phải bằng 100, chênh 1: Hồ sơ trực tuyến (60) + Hồ sơ giấy (41) = "
        "Tổng số hồ sơ (100).\n"
        "   Cảnh báo từ: 08:00 ngày 05/05/2025\n"
        "   Việc cần làm: đối chiếu các số liệu này và gửi lại số liệu sai với lần sửa đổi (revision) cao "
        "hơn.\n"
        "   Tra cứu: chisoctl rules --unit 347 --period 2025-04\n",
        "%s", notice.body);
    world_set(&w, "347", "2025-04", "paper", "40", 2);
    expect_look(&m, "corrected", MAY, "ended resolved critical 2025-04 figure");
    notice_make(w.catalogue, &m.alert, m.change, NULL, at(MAY), "en", &notice);
    cr_expect_str_eq(notice.headline, "Resolved: All dossiers - Thành phố Phủ Lý (347)");
    cr_expect(
        strstr(notice.body, "   Resolved because: the figure is as it should be. The figures agree: 100 = "
                            "100: Online dossiers (60) + Paper dossiers (40) = All dossiers (100).\n"),
        "%s", notice.body);
    world_close(&w);
}
