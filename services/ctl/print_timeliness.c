/* Completeness and timeliness, as tables, as JSON and in words. */
#include "timeliness.h"

#include "core/json_list.h"
#include "core/text.h"
#include "print.h"
#include <inttypes.h>
#include <stdio.h>

/* "87,5% (140/160)"; a dash where nothing is expected. */
static void rate_text(
    const struct session *session, uint64_t part, uint64_t whole, char *out, size_t capacity)
{
    char percent[TIMELINESS_PERCENT_CHARS], number[TIMELINESS_PERCENT_CHARS];
    timeliness_percent(part, whole, percent);
    text_number(percent, session_language(session), number, sizeof number);
    if (whole == 0)
        (void)snprintf(out, capacity, "–");
    else
        (void)snprintf(out, capacity, "%s%% (%" PRIu64 "/%" PRIu64 ")", number, part, whole);
}

void timeliness_text(
    const struct session *session, const struct timeliness_counts *counts, char *out, size_t capacity)
{
    char rate[TIMELINESS_PERCENT_CHARS + 48];
    struct text text;
    text_begin(&text, out, capacity);
    if (counts->expected == 0)
        return;
    rate_text(session, counts->reported, counts->expected, rate, sizeof rate);
    text_add(&text, session_text(session, "đầy đủ %s", "complete %s"), rate);
    if (counts->due == 0)
        return;
    rate_text(session, counts->on_time, counts->due, rate, sizeof rate);
    text_add(&text, session_text(session, ", đúng hạn %s", ", on time %s"), rate);
}

/* ---- counts ---- */

static bool is_counted(const struct timeliness_counts *counts)
{
    return counts->expected > 0 || counts->not_applicable > 0;
}

static void add_counts(const struct session *session, struct table *table, const char *code, const char *name,
    const struct timeliness_counts *counts)
{
    char complete[TIMELINESS_PERCENT_CHARS + 48], on_time[TIMELINESS_PERCENT_CHARS + 48], late[24],
        overdue[24];
    if (!is_counted(counts))
        return;
    rate_text(session, counts->reported, counts->expected, complete, sizeof complete);
    rate_text(session, counts->on_time, counts->due, on_time, sizeof on_time);
    (void)snprintf(late, sizeof late, "%" PRIu64, counts->late);
    (void)snprintf(overdue, sizeof overdue, "%" PRIu64, counts->overdue);
    const char *cells[] = {code, name, complete, on_time, late, overdue};
    table_row(table, cells);
    table_style(table, 5, counts->overdue > 0 ? TABLE_BAD : TABLE_PLAIN);
}

struct table *timeliness_counts_table(
    const struct session *session, const struct question *q, const struct timeliness_found *found)
{
    const struct catalogue *c = session->catalogue;
    const struct table_column columns[] = {
        {session_text(session, "Mã", "Code"), TABLE_LEFT, 0},
        {session_text(session, "Tên", "Name"), TABLE_FOLD, 24},
        {session_text(session, "Đầy đủ", "Complete"), TABLE_RIGHT, 0},
        {session_text(session, "Đúng hạn", "On time"), TABLE_RIGHT, 0},
        {session_text(session, "Muộn", "Late"), TABLE_RIGHT, 0},
        {session_text(session, "Quá hạn", "Overdue"), TABLE_RIGHT, 0},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    if (!table)
        return NULL;
    add_counts(session, table, q->unit_code, session_text(session, "tất cả", "all"), &found->sums.total);
    for (uint32_t i = 0; i < catalogue_pillar_count(c); i++) {
        const struct pillar *pillar = catalogue_pillar(c, i);
        add_counts(session, table, "", session_text(session, pillar->name_vi, pillar->name_en),
            &found->sums.pillars[i]);
    }
    for (uint32_t i = 0; i < catalogue_unit_count(c); i++) {
        size_t rows;
        const struct unit_row *all = catalogue_unit_rows(c, i, &rows);
        const struct unit_row *row = catalogue_unit_at(c, i, chiso_period_last(q->period, CHISO_STATISTICAL));
        if (i != q->unit && rows > 0)
            add_counts(session, table, catalogue_unit_code(c, i),
                session_unit_name(session, row ? row : &all[rows - 1]), &found->sums.units[i]);
    }
    return table;
}

/* ---- reports ---- */

static void state_text(
    const struct session *session, const struct timeliness_report *report, char *out, size_t capacity)
{
    static const char *const words[TIMELINESSES][2] = {
        [TIMELINESS_ON_TIME] = {"đúng hạn", "on time"},
        [TIMELINESS_LATE] = {"muộn %d ngày làm việc", "late by %d working days"},
        [TIMELINESS_OVERDUE] = {"quá hạn %d ngày làm việc", "overdue by %d working days"},
        [TIMELINESS_NOT_DUE] = {"chưa đến hạn", "not yet due"},
        [TIMELINESS_REPORTED] = {"đã báo cáo", "reported"},
        [TIMELINESS_MISSING] = {"chưa báo cáo", "not reported"},
        [TIMELINESS_NOT_APPLICABLE] = {"không áp dụng", "not applicable"},
    };
    const char *const *pair = words[report->state];
    struct text text;
    text_begin(&text, out, capacity);
    if (report->days == 1 && session_english(session))
        text_add(&text, "%s by 1 working day", report->state == TIMELINESS_LATE ? "late" : "overdue");
    else if (report->days > 0)
        text_add(&text, session_text(session, pair[0], pair[1]), report->days);
    else
        text_add(&text, "%s", session_text(session, pair[0], pair[1]));
}

static void add_report(
    const struct session *session, struct table *table, const struct timeliness_report *report)
{
    char period[CHISO_PERIOD_TEXT_BYTES], deadline[INSTANT_TEXT_BYTES], accepted[INSTANT_TEXT_BYTES],
        state[80];
    period_text(session, report->period, period);
    instant_text(report->deadline, deadline);
    instant_text(report->accepted, accepted);
    state_text(session, report, state, sizeof state);
    const char *cells[] = {catalogue_unit_code(session->catalogue, report->row->code),
        session_unit_name(session, report->row), session_indicator_name(session, report->definition), period,
        *deadline ? deadline : "–", *accepted ? accepted : "–", state};
    table_row(table, cells);
    if (report->state == TIMELINESS_LATE || report->state == TIMELINESS_OVERDUE)
        table_style(table, 6, report->state == TIMELINESS_LATE ? TABLE_WARNING : TABLE_BAD);
}

struct table *timeliness_reports_table(
    const struct session *session, const struct timeliness_found *found, bool every)
{
    const struct table_column columns[] = {
        {session_text(session, "Mã", "Code"), TABLE_LEFT, 0},
        {session_text(session, "Đơn vị", "Unit"), TABLE_FOLD, 14},
        {session_text(session, "Chỉ số", "Indicator"), TABLE_FOLD, 18},
        {session_text(session, "Kỳ", "Period"), TABLE_LEFT, 0},
        {session_text(session, "Hạn nộp", "Deadline"), TABLE_LEFT, 0},
        {session_text(session, "Nhận lúc", "Accepted"), TABLE_LEFT, 0},
        {session_text(session, "Tình trạng", "State"), TABLE_FOLD, 16},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < found->count && table; i++) {
        enum timeliness state = found->list[i].state;
        if (every || state == TIMELINESS_LATE || state == TIMELINESS_OVERDUE)
            add_report(session, table, &found->list[i]);
    }
    return table;
}

/* ---- JSON ---- */

static json_t *percent_json(uint64_t part, uint64_t whole)
{
    char percent[TIMELINESS_PERCENT_CHARS];
    timeliness_percent(part, whole, percent);
    return *percent ? json_string(percent) : json_null();
}

static json_t *counts_json(const struct timeliness_counts *c)
{
    return json_pack("{s:I,s:I,s:o,s:I,s:I,s:I,s:I,s:o,s:I}", "expected", (json_int_t)c->expected, "reported",
        (json_int_t)c->reported, "completeness", percent_json(c->reported, c->expected), "due",
        (json_int_t)c->due, "on_time", (json_int_t)c->on_time, "late", (json_int_t)c->late, "overdue",
        (json_int_t)c->overdue, "timeliness", percent_json(c->on_time, c->due), "not_applicable",
        (json_int_t)c->not_applicable);
}

/* A member KEY with COUNTS, appended to ARRAY. */
static void append_counts(
    json_t **array, const char *key, const char *name, const struct timeliness_counts *counts)
{
    if (is_counted(counts))
        json_list_add(array, json_pack("{s:s,s:o}", key, name, "counts", counts_json(counts)));
}

static json_t *report_json(const struct session *session, const struct timeliness_report *r)
{
    return json_pack("{s:s,s:s,s:o,s:s,s:o,s:o,s:o,s:b}", "unit",
        catalogue_unit_code(session->catalogue, r->row->code), "indicator", r->definition->id, "period",
        period_json(r->period), "state", timeliness_names[r->state], "deadline", instant_json(r->deadline),
        "accepted_at", instant_json(r->accepted), "working_days",
        r->days > 0 ? json_integer(r->days) : json_null(), "ended", r->ended);
}

json_t *timeliness_json(
    const struct session *session, const struct question *q, const struct timeliness_found *found)
{
    const struct catalogue *c = session->catalogue;
    json_t *pillars = json_array(), *units = json_array(), *reports = json_array();
    for (uint32_t i = 0; i < catalogue_pillar_count(c); i++)
        append_counts(&pillars, "pillar", catalogue_pillar(c, i)->id, &found->sums.pillars[i]);
    for (uint32_t i = 0; i < catalogue_unit_count(c); i++)
        append_counts(&units, "unit", catalogue_unit_code(c, i), &found->sums.units[i]);
    for (size_t i = 0; i < found->count; i++)
        json_list_add(&reports, report_json(session, &found->list[i]));
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "unit", q->unit_code, "period", period_json(q->period),
        "as_of", instant_json(session->now), "total", counts_json(&found->sums.total), "pillars", pillars,
        "units", units, "reports", reports);
}
