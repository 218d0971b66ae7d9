/* Alerts: what the figures say, and what changes for people. */
#include "core/alert.h"
#include "world.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MAY "2025-05-05T08:00:00+07:00"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "01,,,province,,VN,Hà Nội,Ha Noi\n"
                            "001,,,district,,01,Ba Đình,\n"
                            "002,,,district,,01,Hoàn Kiếm,\n"
                            "35,,2025-06-30,province,,VN,Hà Nam,Ha Nam\n"
                            "37,2025-07-01,,province,,VN,Ninh Bình,\n";
static const char successions[] = "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] = "id,pillar,name_vi,measure,across_time,reported_by,whole_by,cadence,factor,"
                                 "decimals,input_decimals,minimum,"
                                 "direction,due_working_days\n"
                                 "cost,foundation,Chi phí,rate,none,,province,month,1,1,1,0,down,5\n"
                                 "count,foundation,Số lượng,count,sum,district commune,,month,1,0,0,0,up,5\n";
static const char targets[] =
    "indicator,unit,unit_kind,scope,shape,value,value_high,baseline,baseline_date,due,curve,window,amber,red,"
    "nature,source\n"
    "cost,01,,unit,at_most,30,,,,,hold,,2,5,,\n"
    "cost,35,,unit,at_most,30,,,,2025-06-30,hold,,2,5,,\n"
    "count,01,,unit,at_least,100,,,,,hold,,,,,\n"
    "count,01,district,level,at_least,80,,,,,hold,,,,,\n"
    "count,001,,unit,at_least,50,,,,2024-12-31,,,,,,\n"
    "count,001,,unit,at_least,60,,,,2025-12-31,,,,,,\n";

static struct world open_world(void)
{
    const char *files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
        "indicators.csv", indicators, "targets.csv", targets, NULL};
    return world_open(files);
}

static struct alert_subject subject_of(
    const struct world *world, const char *unit, const char *indicator, enum alert_kind kind)
{
    return (struct alert_subject){.unit = unit_of(world, unit),
        .indicator = indicator_of(world, indicator),
        .level = STORE_NO_LEVEL,
        .kind = kind};
}

/* One matter followed over time: its alert as it is kept. */
struct matter {
    const struct world *world;
    struct alert_subject subject;
    struct alert alert;
    bool is_kept;
};

/* Looks again at NOW and says "<change> <state> <severity> <period> <reason>"; "unchanged" alone. */
static void look(struct matter *m, const char *now, char out[200])
{
    struct alert_finding finding;
    struct alert next;
    cr_assert_eq(alert_find(m->world->catalogue, m->world->store, &m->subject, at(now), &finding), CHISO_OK,
        "%s", now);
    enum alert_change change = alert_apply(
        m->world->catalogue, m->is_kept ? &m->alert : NULL, &m->subject, &finding, at(now), 99, &next);
    if (change == ALERT_UNCHANGED) {
        snprintf(out, 200, "unchanged");
        return;
    }
    m->alert = next;
    m->is_kept = true;
    snprintf(out, 200, "%s %s %s %s %s", alert_change_names[change], alert_state_names[next.state],
        severity_names[next.severity], next.period, alert_reason_names[next.reason]);
}

static void expect_look(struct matter *m, const char *what, const char *now, const char *expected)
{
    char text[200];
    look(m, now, text);
    cr_expect_str_eq(text, expected, "%s: %s", what, text);
}

Test(alert, life_of_a_target)
{
    struct world world = open_world();
    struct matter m = {.world = &world, .subject = subject_of(&world, "01", "cost", ALERT_TARGET)};
    expect_look(&m, "nothing is known", MAY, "unchanged");
    world_set(&world, "01", "2025-01", "cost", "30", 1);
    expect_look(&m, "on track", MAY, "unchanged");
    world_set(&world, "01", "2025-02", "cost", "34", 1);
    expect_look(&m, "at risk", MAY, "opened open warning 2025-02 ");
    cr_expect_str_eq(m.alert.id, "01|cost|-|target");
    cr_expect_eq(m.alert.seq, world.seq, "the journal entry that caused it");
    chiso_instant_ms opened = m.alert.opened_at_ms;
    expect_look(&m, "the same again", MAY, "unchanged");
    world_set(&world, "01", "2025-03", "cost", "40", 1);
    expect_look(&m, "worse in the next window: the same alert", "2025-05-06T08:00:00+07:00",
        "worsened open critical 2025-03 ");
    cr_expect_eq(m.alert.opened_at_ms, opened);
    world_set(&world, "01", "2025-04", "cost", "41", 1);
    expect_look(&m, "another window, as bad", MAY, "updated open critical 2025-04 ");
    world_set(&world, "01", "2025-04", "cost", "33", 2);
    expect_look(&m, "a correction: better, not good", MAY, "eased open warning 2025-04 ");
    cr_expect_eq(m.alert.peak, SEVERITY_CRITICAL);
    world_set(&world, "01", "2025-04", "cost", "29", 3);
    expect_look(&m, "good", MAY, "ended resolved warning 2025-04 figure");
    expect_look(&m, "stays good", MAY, "unchanged");
    world_set(&world, "01", "2025-04", "cost", "-", 4);
    expect_look(
        &m, "withdrawn: March speaks again", "2025-05-07T08:00:00+07:00", "opened open critical 2025-03 ");
    cr_expect_gt(m.alert.opened_at_ms, opened, "a new beginning under the same id");
    cr_expect_eq(m.alert.peak, SEVERITY_CRITICAL);
    world_close(&world);
}

Test(alert, ends_for_other_reasons)
{
    struct world world = open_world();
    struct matter m = {.world = &world, .subject = subject_of(&world, "35", "cost", ALERT_TARGET)};
    world_set(&world, "35", "2025-04", "cost", "40", 1);
    expect_look(&m, "behind", MAY, "opened open critical 2025-04 ");
    struct matter other = m;
    expect_look(&m, "the last day of the unit", "2025-06-30T23:59:59+07:00", "unchanged");
    expect_look(
        &m, "the unit has ended", "2025-07-01T00:00:00+07:00", "ended resolved critical 2025-04 unit_ended");
    cr_expect_str_eq(m.alert.text_vi, "Cảnh báo kết thúc: đơn vị đã kết thúc.", "%s", m.alert.text_vi);
    m = other;
    world_set(&world, "35", "2025-04", "cost", "~31", 2);
    expect_look(&m, "about 31: cannot tell", MAY, "ended resolved critical 2025-04 cannot_tell");
    m = other;
    world_set(&world, "35", "2025-04", "cost", "na", 3);
    expect_look(&m, "does not apply", MAY, "ended resolved critical 2025-04 not_applicable");
    m = other;
    world_set(&world, "35", "2025-04", "cost", "-", 4);
    expect_look(&m, "nothing is left", MAY, "ended resolved critical 2025-04 withdrawn");
    world_close(&world);
}

Test(alert, a_new_target_takes_over)
{
    struct world world = open_world();
    struct matter m = {.world = &world, .subject = subject_of(&world, "001", "count", ALERT_TARGET)};
    world_set(&world, "001", "2024-12", "count", "40", 1);
    expect_look(&m, "missed", "2025-01-10T08:00:00+07:00", "opened open critical 2024-12 ");
    world_set(&world, "001", "2025-01", "count", "41", 1);
    expect_look(&m, "January is judged by the target of December", "2025-02-10T08:00:00+07:00",
        "ended resolved critical 2025-01 target_changed");
    world_close(&world);
}

Test(alert, a_window_with_missing_reports_changes_nothing)
{
    struct world world = open_world();
    struct matter m = {.world = &world, .subject = subject_of(&world, "01", "count", ALERT_TARGET)};
    world_set(&world, "001", "2025-02", "count", "40", 1);
    expect_look(&m, "one of two: cannot tell", MAY, "unchanged");
    world_set(&world, "002", "2025-02", "count", "50", 1);
    expect_look(&m, "90 of 100", MAY, "opened open critical 2025-02 ");
    world_set(&world, "001", "2025-03", "count", "60", 1);
    expect_look(&m, "one of two in March: February speaks", MAY, "unchanged");
    world_set(&world, "002", "2025-02", "count", "60", 2);
    expect_look(&m, "a correction of February", MAY, "ended resolved critical 2025-02 figure");
    world_set(&world, "002", "2025-03", "count", "30", 1);
    expect_look(&m, "March is complete", MAY, "opened open critical 2025-03 ");
    world_close(&world);
}

Test(alert, the_order_of_arrival_does_not_matter)
{
    static const char *const figures[][3] = {
        {"2025-01", "40", "1"}, {"2025-02", "29", "1"}, {"2025-02", "38", "2"}, {"2025-03", "33", "1"}};
    char first[200] = "", text[200];
    for (size_t start = 0; start < COUNT(figures); start++) {
        struct world world = open_world();
        struct matter m = {.world = &world, .subject = subject_of(&world, "01", "cost", ALERT_TARGET)};
        for (size_t i = 0; i < COUNT(figures); i++) {
            const char *const *f = figures[(start + i) % COUNT(figures)];
            struct chiso_period period = period_of(f[0]);
            const struct leaf *held = store_leaf(world.store, m.subject.unit, period, m.subject.indicator);
            if (!held || held->revision < (uint32_t)atoi(f[2]))
                world_set(&world, "01", f[0], "cost", f[1], (unsigned)atoi(f[2]));
            look(&m, MAY, text);
        }
        snprintf(text, sizeof text, "%s %s %s", alert_state_names[m.alert.state],
            severity_names[m.alert.severity], m.alert.period);
        if (start == 0)
            memcpy(first, text, sizeof first);
        cr_expect_str_eq(text, first, "beginning with the %zu.: %s", start + 1, text);
        world_close(&world);
    }
    cr_expect_str_eq(first, "open warning 2025-03");
}

Test(alert, overdue_is_the_latest_due_window_only)
{
    struct world world = open_world();
    struct matter m = {.world = &world, .subject = subject_of(&world, "001", "count", ALERT_OVERDUE)};
    world_set(&world, "001", "2025-02", "count", "40", 1);
    expect_look(&m, "February is in, March not yet due", "2025-04-07T17:00:00+07:00", "unchanged");
    expect_look(&m, "a millisecond later it is overdue", "2025-04-07T17:00:00.001+07:00",
        "opened open warning 2025-03 ");
    cr_expect_str_eq(m.alert.text_vi, "Chưa có báo cáo tháng 3/2025; hạn nộp là 17:00 ngày 07/04/2025.", "%s",
        m.alert.text_vi);
    expect_look(&m, "April is not due", MAY, "unchanged");
    expect_look(&m, "April is overdue as well: the same alert", "2025-05-08T08:00:00+07:00",
        "updated open warning 2025-04 ");
    world_set(&world, "001", "2025-03", "count", "40", 1);
    expect_look(&m, "March comes in: April is still owed", "2025-05-08T08:00:00+07:00", "unchanged");
    world_set(&world, "001", "2025-04", "count", "na", 1);
    expect_look(&m, "not applicable is a report", "2025-05-08T08:00:00+07:00",
        "ended resolved warning 2025-04 figure");
    world_set(&world, "001", "2025-04", "count", "-", 2);
    expect_look(&m, "withdrawn: owed again", "2025-05-08T08:00:00+07:00", "opened open warning 2025-04 ");
    world_close(&world);
}

Test(alert, who_owes_nothing_is_never_overdue)
{
    struct world world = open_world();
    struct matter parent = {.world = &world, .subject = subject_of(&world, "01", "count", ALERT_OVERDUE)};
    struct matter ended = {.world = &world, .subject = subject_of(&world, "35", "cost", ALERT_OVERDUE)};
    struct matter fresh = {.world = &world, .subject = subject_of(&world, "37", "cost", ALERT_OVERDUE)};
    expect_look(&parent, "a province of reporting districts", MAY, "unchanged");
    expect_look(&ended, "an ended unit", "2025-08-20T08:00:00+07:00", "unchanged");
    expect_look(&fresh, "a new unit, before its first deadline", "2025-08-07T08:00:00+07:00", "unchanged");
    expect_look(&fresh, "and after it", "2025-08-08T08:00:00+07:00", "opened open warning 2025-07 ");
    world_close(&world);
}

Test(alert, levels_have_their_own)
{
    struct world world = open_world();
    struct alert_subject subject = subject_of(&world, "01", "count", ALERT_TARGET);
    subject.level = UNIT_DISTRICT;
    char id[ALERT_ID_CHARS];
    struct alert_subject parsed;
    alert_subject_id(world.catalogue, &subject, id);
    cr_expect_str_eq(id, "01|count|district|target");
    cr_expect_eq(alert_subject_parse(world.catalogue, id, &parsed), CHISO_OK);
    cr_expect(parsed.unit == subject.unit && parsed.indicator == subject.indicator &&
              parsed.level == UNIT_DISTRICT && parsed.kind == ALERT_TARGET);
    static const char *const bad[] = {"", "01|count|district", "01|count|district|target|",
        "99|count|-|target", "01|gone|-|target", "01|count|village|target", "01|count|-|x", "||||"};
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(alert_subject_parse(world.catalogue, bad[i], &parsed), CHISO_ENOTFOUND, "%s", bad[i]);
    struct matter m = {.world = &world, .subject = subject};
    world_set(&world, "001", "2025-03", "count", "40", 1);
    expect_look(&m, "one of two districts", MAY, "unchanged");
    world_set(&world, "002", "2025-03", "count", "30", 1);
    expect_look(&m, "70 of 80", MAY, "opened open critical 2025-03 ");
    world_close(&world);
}

Test(alert, survives_json)
{
    struct alert alert = {.id = "01|count|district|target",
        .unit = "01",
        .indicator = "count",
        .level = "district",
        .period = "2025-Q1",
        .kind = ALERT_TARGET,
        .position = POSITION_BEHIND,
        .severity = SEVERITY_WARNING,
        .peak = SEVERITY_CRITICAL,
        .state = ALERT_RESOLVED,
        .reason = ALERT_REASON_FIGURE,
        .opened_at_ms = 1746406800000,
        .changed_at_ms = 1746406900000,
        .seq = 7,
        .text_vi = "Đạt \"64%\"\\",
        .text_en = "At 64%"};
    struct alert back;
    json_t *object = alert_json(&alert);
    char *text = json_dumps(object, JSON_COMPACT);
    cr_assert_eq(alert_from_json(text, strlen(text), &back), CHISO_OK, "%s", text);
    cr_expect_eq(memcmp(&back, &alert, sizeof alert), 0, "%s", text);
    static const char *const bad[] = {"", "{}", "[]", "{\"id\":1}", "nonsense"};
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(alert_from_json(bad[i], strlen(bad[i]), &back), CHISO_EINVAL, "%s", bad[i]);
    json_object_set_new(object, "severity", json_string("purple"));
    free(text);
    text = json_dumps(object, JSON_COMPACT);
    cr_expect_eq(alert_from_json(text, strlen(text), &back), CHISO_EINVAL);
    free(text);
    json_decref(object);
}
