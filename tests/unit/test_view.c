#include "chiso/v1/view.pb-c.h"
#include "core/view.h"
#include <criterion/criterion.h>
#include <string.h>

static uint8_t *bytes;
static size_t length;

static void json_is(char *got, const char *expected)
{
    cr_expect_str_eq(got, expected);
    free(got);
}

Test(view, pillar_snapshot)
{
    static const char *const rules[] = {"tthc.sum", "tthc.online"};
    struct view_figure figures[] = {{.unit = "35",
                                        .indicator = "tthc.online",
                                        .level = "province",
                                        .period = "2025-Q1",
                                        .state = "reported",
                                        .value = "79.1",
                                        .numerator = "791",
                                        .denominator = "1000",
                                        .qualifier = "exact",
                                        .low = "79.1",
                                        .high = "79.1",
                                        .basis = "reported",
                                        .reported = 1,
                                        .partial = 2,
                                        .expected = 3,
                                        .not_applicable = 4,
                                        .oldest = "2025-Q1",
                                        .revision = 5,
                                        .position = "behind",
                                        .target = "80",
                                        .target_due = "2025-12-31",
                                        .expected_for_date = "80",
                                        .name_vi = "Tỷ lệ hồ sơ nộp trực tuyến",
                                        .name_en = "Online submission rate",
                                        .unit_label_vi = "%",
                                        .text_vi = "79,1%",
                                        .running = true,
                                        .violation_count = 2,
                                        .violations = rules,
                                        .closed_at_ms = 1746406800001,
                                        .closed_by = "Văn phòng",
                                        .restated = true,
                                        .year_before_period = "2024-Q1",
                                        .year_before_state = "comparable",
                                        .year_before_value = "84.6",
                                        .year_before_qualifier = "exact",
                                        .change = "-5.5",
                                        .not_comparable = "",
                                        .redefined = "2025-03-01",
                                        .rules_elsewhere = true},
        {.unit = "35"}};
    struct view_score scores[] = {{"dti", "2022", "value", "0.4885", "0.4885", true, "0.4886", "0.48857",
                                      true, 3, "Chỉ số", "Index", "0,4885", true},
        {.index = "qd766"}};
    struct view_pillar_snapshot view = {"35", "digital_government", 42, 1746406800000, "abc", 2, figures, 6,
        7, 2, scores, {"2025", "66.7", "200/3", 2, 3, "66,7%"}};

    cr_assert_eq(view_pillar_snapshot_encode(&view, &bytes, &length), 0);
    Chiso__V1__PillarSnapshot *got = chiso__v1__pillar_snapshot__unpack(NULL, length, bytes);
    cr_assert_not_null(got);
    cr_expect_str_eq(got->province, "35");
    cr_expect_str_eq(got->pillar, "digital_government");
    cr_expect_eq(got->seq, 42);
    cr_expect_eq(got->committed_at_ms, 1746406800000);
    cr_expect_str_eq(got->catalogue, "abc");
    cr_expect_eq(got->reported, 6);
    cr_expect_eq(got->expected, 7);
    cr_assert_eq(got->n_figures, 2);
    cr_expect_str_eq(got->figures[0]->name_vi, "Tỷ lệ hồ sơ nộp trực tuyến");
    cr_expect_str_eq(got->figures[0]->expected_for_date, "80");
    cr_expect(got->figures[0]->running);
    cr_assert_eq(got->figures[0]->n_violations, 2);
    cr_expect_str_eq(got->figures[0]->violations[1], "tthc.online");
    cr_expect_eq(got->figures[1]->n_violations, 0);
    cr_expect_eq(got->figures[0]->closed_at_ms, 1746406800001);
    cr_expect_str_eq(got->figures[0]->closed_by, "Văn phòng");
    cr_expect(got->figures[0]->restated);
    cr_expect_str_eq(got->figures[1]->unit, "35");
    cr_expect_str_eq(got->figures[1]->value, "");
    cr_assert_eq(got->n_scores, 2);
    cr_expect_str_eq(got->scores[0]->computed_exact, "0.48857");
    cr_expect_str_eq(got->scores[1]->index, "qd766");
    cr_expect_str_eq(got->score->exact, "200/3");
    chiso__v1__pillar_snapshot__free_unpacked(got, NULL);
    free(bytes);
    view.figure_count = 1;
    view.score_count = 1;
    json_is(view_pillar_snapshot_json(&view),
        "{\"province\":\"35\",\"pillar\":\"digital_government\",\"seq\":42,\"committed_at_ms\":1746406800000,"
        "\"catalogue\":\"abc\",\"figures\":[{\"unit\":\"35\",\"indicator\":\"tthc.online\",\"level\":"
        "\"province\","
        "\"period\":\"2025-Q1\",\"state\":\"reported\",\"value\":\"79.1\",\"numerator\":\"791\","
        "\"denominator\":\"1000\",\"qualifier\":\"exact\",\"low\":\"79.1\",\"high\":\"79.1\",\"basis\":"
        "\"reported\","
        "\"reported\":1,\"partial\":2,\"expected\":3,\"not_applicable\":4,\"oldest\":\"2025-Q1\","
        "\"revision\":5,"
        "\"position\":\"behind\",\"target\":\"80\",\"target_due\":\"2025-12-31\",\"expected_for_date\":"
        "\"80\","
        "\"name_vi\":\"Tỷ lệ hồ sơ nộp trực tuyến\",\"name_en\":\"Online submission "
        "rate\",\"unit_label_vi\":\"%\","
        "\"text_vi\":\"79,1%\",\"running\":true,\"violations\":[\"tthc.sum\",\"tthc.online\"],\"closed_at_"
        "ms\":1746406800001,\"closed_by\":\"Văn phòng\",\"restated\":true,"
        "\"year_before_period\":\"2024-Q1\",\"year_before_state\":\"comparable\",\"year_before_value\":"
        "\"84.6\",\"year_before_qualifier\":\"exact\",\"change\":\"-5.5\",\"not_comparable\":\"\","
        "\"redefined\":\"2025-03-01\",\"rules_elsewhere\":true}],\"reported\":"
        "6,\"expected\":7,\"scores\":[{\"index\":"
        "\"dti\",\"period\":\"2022\",\"state\":\"value\",\"value\":\"0.4885\",\"exact\":\"0.4885\","
        "\"published\":true,\"computed\":\"0.4886\",\"computed_exact\":\"0.48857\",\"incomplete\":true,"
        "\"missing\":3,\"name_vi\":\"Chỉ "
        "số\",\"name_en\":\"Index\",\"text_vi\":\"0,4885\",\"running\":true}],\"score\":{\"period\":\"2025\","
        "\"value\":\"66.7\",\"exact\":\"200/3\",\"decided\":2,\"targets\":3,\"text_vi\":\"66,7%\"}}");
}

Test(view, pillar_change)
{
    struct view_changed_figure changed[] = {{"35", "2025-03", "a", true}, {"35.stp", "2025-Q1", NULL, false}};
    struct view_pillar_change view = {"35", "foundation", 9, 7, 2, changed};

    cr_assert_eq(view_pillar_change_encode(&view, &bytes, &length), 0);
    Chiso__V1__PillarChange *got = chiso__v1__pillar_change__unpack(NULL, length, bytes);
    cr_assert_not_null(got);
    cr_expect_eq(got->seq, 9);
    cr_expect_eq(got->previous, 7);
    cr_assert_eq(got->n_changed, 2);
    cr_expect_str_eq(got->changed[1]->period, "2025-Q1");
    chiso__v1__pillar_change__free_unpacked(got, NULL);
    free(bytes);
    json_is(view_pillar_change_json(&view),
        "{\"province\":\"35\",\"pillar\":\"foundation\",\"seq\":9,"
        "\"previous\":7,\"changed\":[{\"unit\":\"35\","
        "\"period\":\"2025-03\",\"indicator\":\"a\",\"restatement\":true},{\"unit\":\"35."
        "stp\",\"period\":\"2025-Q1\",\"indicator\":\"\",\"restatement\":false}]}");
}

static const struct view_alert alert = {"35|a||target", "35", "a", "commune", "2025-03", "target", "behind",
    "warning", "open", 1, 2, 3, "Chậm", "Behind", "", "sum"};
#define ALERT                                                                                                \
    "{\"id\":\"35|a||target\",\"unit\":\"35\",\"indicator\":\"a\",\"level\":\"commune\",\"period\":\"2025-"  \
    "03\","                                                                                                  \
    "\"kind\":\"target\",\"position\":\"behind\",\"severity\":\"warning\",\"state\":\"open\",\"opened_at_"   \
    "ms\":1,"                                                                                                \
    "\"changed_at_ms\":2,\"seq\":3,\"text_vi\":\"Chậm\",\"text_en\":\"Behind\",\"reason\":\"\",\"rule\":"  \
    "\"sum\"}"

Test(view, alert_snapshot)
{
    struct view_alert_snapshot view = {"35", 8, 1, &alert, 7}, none = {"36", 0, 0, NULL, 0};

    cr_assert_eq(view_alert_snapshot_encode(&view, &bytes, &length), 0);
    Chiso__V1__AlertSnapshot *got = chiso__v1__alert_snapshot__unpack(NULL, length, bytes);
    cr_assert_not_null(got);
    cr_assert_eq(got->n_alerts, 1);
    cr_expect_str_eq(got->alerts[0]->text_vi, "Chậm");
    cr_expect_str_eq(got->alerts[0]->severity, "warning");
    chiso__v1__alert_snapshot__free_unpacked(got, NULL);
    free(bytes);
    json_is(
        view_alert_snapshot_json(&view), "{\"province\":\"35\",\"seq\":8,\"alerts\":[" ALERT "],\"open\":7}");
    json_is(view_alert_snapshot_json(&none), "{\"province\":\"36\",\"seq\":0,\"alerts\":[],\"open\":0}");
}

Test(view, alert_event)
{
    struct view_alert_event view = {"35", 8, alert};

    cr_assert_eq(view_alert_event_encode(&view, &bytes, &length), 0);
    Chiso__V1__AlertEvent *got = chiso__v1__alert_event__unpack(NULL, length, bytes);
    cr_assert_not_null(got);
    cr_expect_str_eq(got->alert->id, "35|a||target");
    cr_expect_eq(got->alert->opened_at_ms, 1);
    cr_expect_eq(got->alert->changed_at_ms, 2);
    cr_expect_str_eq(got->alert->rule, "sum");
    chiso__v1__alert_event__free_unpacked(got, NULL);
    free(bytes);
    json_is(view_alert_event_json(&view), "{\"province\":\"35\",\"seq\":8,\"alert\":" ALERT "}");
}

Test(view, service_status)
{
    static const struct view_counter counters[] = {{"mqtt_lost", 3, 4}, {"bad_receipt", 1, 2}};
    struct view_service_status view = {"publisher", "35.gw", "running", 5, "1.0.0", 10, 2, 1, counters, 2};

    cr_assert_eq(view_service_status_encode(&view, &bytes, &length), 0);
    Chiso__V1__ServiceStatus *got = chiso__v1__service_status__unpack(NULL, length, bytes);
    cr_assert_not_null(got);
    cr_expect_str_eq(got->state, "running");
    cr_expect_eq(got->outstanding, 2);
    cr_expect_eq(got->refused, 1);
    cr_assert_eq(got->n_counters, 2);
    cr_expect_str_eq(got->counters[1]->event, "bad_receipt");
    cr_expect_eq(got->counters[0]->count, 3);
    chiso__v1__service_status__free_unpacked(got, NULL);
    free(bytes);
}

Test(view, text_that_json_escapes)
{
    struct view_alert_snapshot view = {.province = "a\"b\\c\nd\x01/\x1f\x7f\tSở\b\f\r"};

    json_is(view_alert_snapshot_json(&view),
        "{\"province\":\"a\\\"b\\\\c\\nd\\u0001/"
        "\\u001f\x7f\\tSở\\b\\f\\r\",\"seq\":0,\"alerts\":[],\"open\":0}");
}

Test(view, text_that_is_not_utf8_is_no_json)
{
    struct view_alert_snapshot view = {.province = "\xFF"};

    cr_expect_null(view_alert_snapshot_json(&view));
}

Test(view, a_publisher_s_status_comes_back)
{
    const struct view_service_status status = {.service = "publisher",
        .instance = "35.syt",
        .state = "running",
        .at_ms = 7,
        .version = "1",
        .published = 500,
        .outstanding = 3,
        .refused = 1};
    struct view_publisher_status back;
    cr_assert_eq(view_service_status_encode(&status, &bytes, &length), CHISO_OK);
    cr_assert_eq(view_publisher_status_decode(bytes, length, &back), CHISO_OK);
    cr_expect_str_eq(back.state, "running");
    cr_expect_eq(back.at_ms, 7);
    cr_expect_eq(back.published, 500);
    cr_expect_eq(back.outstanding, 3);
    cr_expect_eq(back.refused, 1);
    cr_expect_eq(view_publisher_status_decode(bytes, length - 1, &back), CHISO_EINVAL);
    cr_expect_eq(view_publisher_status_decode("", 0, &back), CHISO_EINVAL);
    free(bytes);
}
