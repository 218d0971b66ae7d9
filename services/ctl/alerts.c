/* chisoctl alerts: what is behind, at risk or overdue now. */
#include "ctl.h"

#include "core/alert.h"
#include "core/json_list.h"
#include "print.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct alerts {
    const char *province;
    struct alert *list;
    size_t count;
};

static int take_alerts(const redisReply *reply, struct alerts *out, struct chiso_message *why)
{
    out->list = calloc(reply->elements / 2 + 1, sizeof *out->list);
    if (!out->list)
        return CHISO_ENOMEM;
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const redisReply *id = reply->element[i], *value = reply->element[i + 1];
        struct alert *alert = &out->list[out->count];
        if (alert_from_json(value->str, (size_t)value->len, alert)) {
            chiso_message_set(why, "alert %s of province %s is not readable", id->str, out->province);
            return CHISO_EINVAL;
        }
        out->count += alert->state == ALERT_OPEN;
    }
    qsort(out->list, out->count, sizeof *out->list, alert_compare);
    return CHISO_OK;
}

static int read_alerts(const struct session *session, struct alerts *out)
{
    char key[KEY_CHARS];
    struct chiso_message why = {""};
    struct redisReply *reply;
    key_province(key, out->province, "alerts");
    int error = redis_callf(session->redis, &reply, &why, "HGETALL %s", key);
    if (!error) {
        error = take_alerts(reply, out, &why);
        redis_free(reply);
    }
    return error ? session_fail_for(session, error, &why) : SESSION_ON;
}

/* ---- output ---- */

static const char *unit_name(const struct session *session, const char *code, struct chiso_period period)
{
    const struct catalogue *c = session->catalogue;
    uint32_t unit = catalogue_unit_find(c, code);
    const struct unit_row *row =
        unit == CATALOGUE_NONE ? NULL
                               : catalogue_unit_at(c, unit, chiso_period_last(period, CHISO_STATISTICAL));
    return row ? session_unit_name(session, row) : code;
}

static const char *indicator_name(const struct session *session, const char *id)
{
    uint32_t indicator = catalogue_indicator_find(session->catalogue, id);
    return indicator == CATALOGUE_NONE
               ? id
               : session_indicator_name(session, catalogue_indicator(session->catalogue, indicator));
}

/* What the alert is about: an indicator, or a rule by the figure that it checks. */
static const char *title(const struct session *session, const struct alert *alert)
{
    uint32_t which = catalogue_rule_find(session->catalogue, alert->rule);
    if (alert->kind != ALERT_INCONSISTENT)
        return indicator_name(session, alert->indicator);
    const char *name = which == CATALOGUE_NONE
                           ? ""
                           : rule_title(session->catalogue, catalogue_rule(session->catalogue, which),
                                 session_language(session));
    return *name ? name : alert->rule;
}

static const char *level_text(const struct session *session, const char *level)
{
    for (int kind = 0; kind < UNIT_KINDS; kind++) {
        if (strcmp(level, unit_kind_names[kind]) == 0)
            return level_name(session, kind);
    }
    return "";
}

static void add_alert(const struct session *session, const struct alert *alert, struct table *table)
{
    char unit[512], period_name[CHISO_PERIOD_TEXT_BYTES] = "", since[CHISO_DATE_CHARS];
    struct chiso_period period = {0};
    const char *level = level_text(session, alert->level);
    if (chiso_period_parse(alert->period, strlen(alert->period), &period) == CHISO_OK)
        period_text(session, period, period_name);
    (void)snprintf(
        unit, sizeof unit, "%s%s%s", unit_name(session, alert->unit, period), *level ? ", " : "", level);
    chiso_day_print_vi(chiso_day_at(alert->opened_at_ms), since);
    const char *cells[] = {severity_mark(alert->severity), unit, title(session, alert), period_name,
        session_english(session) ? alert->text_en : alert->text_vi, since};
    table_row(table, cells);
    table_style(table, 0, severity_style(alert->severity));
}

static void add_province(const struct session *session, const struct alerts *alerts, struct table *table)
{
    char heading[512], count[128];
    uint32_t province = catalogue_unit_find(session->catalogue, alerts->province);
    size_t rows;
    const struct unit_row *all = catalogue_unit_rows(session->catalogue, province, &rows);
    const struct unit_row *row = catalogue_unit_at(session->catalogue, province, chiso_day_at(session->now));
    (void)snprintf(count, sizeof count, session_text(session, "%zu cảnh báo", "%zu alerts"), alerts->count);
    (void)snprintf(heading, sizeof heading, "%s (%s): %s",
        session_unit_name(session, row ? row : &all[rows - 1]), alerts->province, count);
    table_heading(table, "", TABLE_PLAIN);
    table_heading(table, heading, TABLE_BOLD);
    for (size_t i = 0; i < alerts->count; i++)
        add_alert(session, &alerts->list[i], table);
}

static int print_alerts(const struct session *session, const struct alerts list[], size_t count)
{
    const struct table_column columns[] = {
        {"", TABLE_LEFT, 0},
        {session_text(session, "Đơn vị", "Unit"), TABLE_FOLD, 20},
        {session_text(session, "Chỉ số", "Indicator"), TABLE_FOLD, 24},
        {session_text(session, "Kỳ", "Period"), TABLE_FOLD, 12},
        {session_text(session, "Nội dung", "What is wrong"), TABLE_FOLD, 32},
        {session_text(session, "Từ ngày", "Since"), TABLE_LEFT, 0},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    size_t total = 0;
    for (size_t i = 0; i < count && table; i++) {
        total += list[i].count;
        if (list[i].count > 0)
            add_province(session, &list[i], table);
    }
    if (total == 0) {
        table_free(table);
        puts(session_text(session, "Không có cảnh báo nào đang mở.", "There are no open alerts."));
        return EXIT_OK;
    }
    puts(session_text(session, "═══ Cảnh báo đang mở ═══\n", "═══ Open alerts ═══\n"));
    return print_table(session, table);
}

static json_t *alert_object(const struct alerts *alerts, const struct alert *alert)
{
    json_t *object = alert_json(alert);
    if (object && json_object_set_new(object, "province", json_string(alerts->province))) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static int print_alerts_json(const struct session *session, const struct alerts list[], size_t count)
{
    json_t *array = json_array();
    for (size_t p = 0; p < count; p++) {
        for (size_t i = 0; i < list[p].count; i++)
            json_list_add(&array, alert_object(&list[p], &list[p].list[i]));
    }
    return print_json(session, array);
}

static int alerts(struct session *session, bool json)
{
    uint32_t *provinces = NULL;
    size_t count = 0;
    int status = session_connect(session);
    if (status == SESSION_ON)
        status = session_provinces(session, &provinces, &count);
    if (status != SESSION_ON)
        return status;
    struct alerts *list = calloc(count + 1, sizeof *list);
    if (!list) {
        free(provinces);
        return session_fail(session, EXIT_RUNTIME, "no memory");
    }
    for (size_t i = 0; i < count && status == SESSION_ON; i++) {
        list[i].province = catalogue_unit_code(session->catalogue, provinces[i]);
        status = read_alerts(session, &list[i]);
    }
    if (status == SESSION_ON)
        status = json ? print_alerts_json(session, list, count) : print_alerts(session, list, count);
    for (size_t i = 0; i < count; i++)
        free(list[i].list);
    free(list);
    free(provinces);
    return status;
}

int command_alerts(int argc, char **argv)
{
    bool json = false;
    const struct option_flag flags[] = {
        {"json", NULL, "an array with one object per alert", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl alerts",
        .usage = "[options]",
        .summary =
            "Prints the open alerts of each province, the worst first: what is behind or at risk of missing\n"
            "its target, which reports are overdue, and which figures contradict each other.",
        .keys = session_province_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = alerts(&session, json);
    return session_end(&session, status);
}
