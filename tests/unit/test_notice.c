/* What officials read, and who they are. */
#include "core/notice.h"
#include "world.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MAY "2025-05-05T08:00:00+07:00"

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,2025-06-30,province,,VN,Tỉnh Hà Nam,Ha Nam Province\n"
                            "347,,2025-06-30,district,,35,Thành phố Phủ Lý,\n"
                            "348,,2025-06-30,district,,35,Thị xã Duy Tiên,\n"
                            "13285,,2025-06-30,commune,,348,Phường Hoà Mạc,\n"
                            "37,2025-07-01,,province,,VN,Tỉnh Ninh Bình,\n";
static const char successions[] = "date,old_code,new_code,extent\n2025-07-01,35,37,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,across_time,reported_by,cadence,factor,decimals,unit_label_vi,"
    "unit_label_en,direction,due_working_days\n"
    "online.rate,foundation,Tỷ lệ hồ sơ trực tuyến,Online dossiers,ratio,sum,district "
    "commune,quarter,100,1,%,%,"
    "up,10\n";
static const char targets[] =
    "indicator,unit,unit_kind,scope,shape,value,value_high,baseline,baseline_date,due,curve,window,amber,red,"
    "nature,source\n"
    "online.rate,35,,unit,at_least,80,,,,2025-06-30,hold,,2,5,,\n";
static const char contacts[] =
    "unit,post,name_vi,language,channel,address,min_severity,escalate_after_hours\n"
    "35,Chánh Văn phòng,Nguyễn Văn A,vi,mail,a@example.org,warning,\n"
    "35,Phó Chủ tịch,Trần Thị B,vi,mail,b@example.org,critical,\n"
    "347,Chủ tịch,Lê Văn C,en,mail,c@example.org,critical,\n";

static struct world open_world(void)
{
    const char *files[] = {"units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
        "indicators.csv", indicators, "targets.csv", targets, "contacts.csv", contacts, NULL};
    return world_open(files);
}

Test(notice, who_is_told)
{
    static const struct {
        const char *name, *unit;
        enum severity severity, peak;
        enum alert_change change;
        const char *now, *addresses;
    } cases[] = {
        {"a warning", "35", SEVERITY_WARNING, SEVERITY_WARNING, ALERT_OPENED, MAY, "a@example.org "},
        {"critical: both", "35", SEVERITY_CRITICAL, SEVERITY_CRITICAL, ALERT_OPENED, MAY,
            "a@example.org b@example.org "},
        {"the unit has a contact who does not want warnings", "347", SEVERITY_WARNING, SEVERITY_WARNING,
            ALERT_OPENED, MAY, ""},
        {"the unit's own contact", "347", SEVERITY_CRITICAL, SEVERITY_CRITICAL, ALERT_OPENED, MAY,
            "c@example.org "},
        {"the nearest ancestor that has any", "13285", SEVERITY_WARNING, SEVERITY_WARNING, ALERT_OPENED, MAY,
            "a@example.org "},
        {"the end is told to whoever was told the worst", "35", SEVERITY_WARNING, SEVERITY_CRITICAL,
            ALERT_ENDED, MAY, "a@example.org b@example.org "},
        {"an ended unit: those of its last day", "13285", SEVERITY_CRITICAL, SEVERITY_CRITICAL, ALERT_ENDED,
            "2025-07-02T08:00:00+07:00", "a@example.org b@example.org "},
        {"nobody", "37", SEVERITY_CRITICAL, SEVERITY_CRITICAL, ALERT_OPENED, "2025-07-02T08:00:00+07:00", ""},
    };
    struct world world = open_world();
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct contact *list[4];
        char text[200] = "";
        struct alert alert = {.severity = cases[i].severity, .peak = cases[i].peak};
        snprintf(alert.unit, sizeof alert.unit, "%s", cases[i].unit);
        size_t count =
            notice_contacts(world.catalogue, &alert, cases[i].change, at(cases[i].now), list, COUNT(list));
        for (size_t k = 0; k < count; k++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", list[k]->address);
        cr_expect_str_eq(text, cases[i].addresses, "%s: %s", cases[i].name, text);
    }
    world_close(&world);
}

static struct notice notice_of(const struct world *world, const char *figure, unsigned revision,
    const char *language, struct alert *alert)
{
    struct alert_subject subject = {.unit = unit_of(world, "35"),
        .indicator = indicator_of(world, "online.rate"),
        .level = STORE_NO_LEVEL,
        .kind = ALERT_TARGET};
    struct alert_finding finding;
    struct alert next;
    struct notice notice;
    world_set((struct world *)world, "347", "2025-Q1", "online.rate", figure, revision);
    cr_assert_eq(alert_find(world->catalogue, world->store, &subject, at(MAY), &finding), CHISO_OK);
    enum alert_change change =
        alert_apply(world->catalogue, alert->id[0] ? alert : NULL, &subject, &finding, at(MAY), 1, &next);
    cr_assert_neq(change, ALERT_UNCHANGED);
    *alert = next;
    notice_make(world->catalogue, alert, change, finding.has_row ? &finding.row : NULL,
        at("2025-05-07T08:00:00+07:00"), language, &notice);
    return notice;
}

Test(notice, what_is_said)
{
    struct world world = open_world();
    struct alert alert = {0};
    world_set(&world, "348", "2025-Q1", "online.rate", "0/0", 1);
    world_set(&world, "13285", "2025-Q1", "online.rate", "0/0", 1);
    struct notice notice = notice_of(&world, "64/100", 1, "vi", &alert);
    cr_expect_str_eq(
        notice.headline, "Chậm tiến độ: Tỷ lệ hồ sơ trực tuyến - Tỉnh Hà Nam (35)", "%s", notice.headline);
    cr_expect_str_eq(notice.body,
        "   Kỳ: quý 1/2025\n"
        "   Số liệu: 64,0% (3/3 đơn vị đã báo cáo)\n"
        "   Chỉ tiêu: ít nhất 80% (hạn 30/06/2025)\n"
        "   Lý do: Đạt 64,0%, thấp hơn mức phải đạt 80% vào 31/03/2025 (thiếu 16).\n"
        "   Cảnh báo từ: 08:00 ngày 05/05/2025 (2 ngày)\n"
        "   Việc cần làm: kiểm tra số liệu; nếu sai thì gửi lại với lần sửa đổi (revision) cao hơn, nếu đúng "
        "thì "
        "có biện pháp thực hiện chỉ tiêu.\n"
        "   Tra cứu: chisoctl explain --unit 35 --indicator online.rate --period 2025-Q1\n",
        "%s", notice.body);
    notice = notice_of(&world, "81/100", 2, "en", &alert);
    cr_expect_str_eq(
        notice.headline, "Resolved: Online dossiers - Ha Nam Province (35)", "%s", notice.headline);
    cr_expect(strstr(notice.body, "   Figure: 81.0% (3 of 3 units have reported)\n"), "%s", notice.body);
    cr_expect(strstr(notice.body, "   Resolved because: the figure is as it should be. At 81.0%, on track"),
        "%s", notice.body);
    world_close(&world);
}

Test(notice, an_overdue_report)
{
    struct world world = open_world();
    struct alert_subject subject = {.unit = unit_of(&world, "348"),
        .indicator = indicator_of(&world, "online.rate"),
        .level = STORE_NO_LEVEL,
        .kind = ALERT_OVERDUE};
    struct alert_finding finding;
    struct alert alert;
    struct notice notice;
    cr_assert_eq(alert_find(world.catalogue, world.store, &subject, at(MAY), &finding), CHISO_OK);
    cr_assert_eq(alert_apply(world.catalogue, NULL, &subject, &finding, at(MAY), 1, &alert), ALERT_OPENED);
    notice_make(world.catalogue, &alert, ALERT_OPENED, &finding.row, at(MAY), "vi", &notice);
    cr_expect_str_eq(notice.headline, "Quá hạn báo cáo: Tỷ lệ hồ sơ trực tuyến - Thị xã Duy Tiên (348)", "%s",
        notice.headline);
    cr_expect(
        strstr(notice.body, "   Lý do: Chưa có báo cáo quý 1/2025; hạn nộp là 17:00 ngày 14/04/2025.\n"),
        "%s", notice.body);
    cr_expect(strstr(notice.body, "   Việc cần làm: gửi báo cáo của kỳ này;"), "%s", notice.body);
    world_close(&world);
}

Test(notice, one_mail_for_all)
{
    static char body[NOTICE_MAIL_BYTES];
    char subject[NOTICE_HEADLINE_BYTES];
    struct notice notices[3] = {{SEVERITY_INFO, "Hết cảnh báo: C", "   c\n"},
        {SEVERITY_WARNING, "Có nguy cơ: B", "   b\n"}, {SEVERITY_CRITICAL, "Chậm tiến độ: A", "   a\n"}};
    notice_mail(notices, 1, "", "vi", subject, body, sizeof body);
    cr_expect_str_eq(subject, "[chiso] Hết cảnh báo: C");
    notice_mail(notices, 3, "Nguyễn Văn A", "vi", subject, body, sizeof body);
    cr_expect_str_eq(
        subject, "[chiso] 3 thông báo: 1 nghiêm trọng, 1 cần chú ý, 1 đã kết thúc", "%s", subject);
    cr_expect_eq(
        strncmp(body,
            "Kính gửi Nguyễn Văn A,\n\n1. Chậm tiến độ: A\n   a\n\n2. Có nguy cơ: B\n   b\n\n3. Hết",
            strlen("Kính gửi Nguyễn Văn A,\n\n1. Chậm tiến độ: A\n   a\n\n2. Có nguy cơ: B\n   b\n\n3. Hết")),
        0, "%s", body);
    notice_mail(notices, 3, "B", "en", subject, body, sizeof body);
    cr_expect_str_eq(subject, "[chiso] 3 notices: 1 critical, 1 need attention, 1 resolved", "%s", subject);
}
