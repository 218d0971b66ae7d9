/* A figure's history, for people and for programs. */
#include "explain.h"
#include "history.h"

#include "core/json_list.h"
#include "core/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TIME, ENTRY, UNIT, PERIOD, CHANGE, REVISION, PUBLISHER, REPORT, TOTAL, COLUMNS };

static struct table *history_table_new(const struct session *session)
{
    const struct table_column columns[COLUMNS] = {
        [TIME] = {session_text(session, "Lúc", "Time"), TABLE_LEFT, 0},
        [ENTRY] = {session_text(session, "Nhật ký", "Journal"), TABLE_LEFT, 0},
        [UNIT] = {session_text(session, "Đơn vị", "Unit"), TABLE_FOLD, 10},
        [PERIOD] = {session_text(session, "Kỳ", "Period"), TABLE_LEFT, 0},
        [CHANGE] = {session_text(session, "Cũ → mới", "Old → new"), TABLE_FOLD, 12},
        [REVISION] = {session_text(session, "Lần", "Rev."), TABLE_RIGHT, 0},
        [PUBLISHER] = {session_text(session, "Bên gửi", "Publisher"), TABLE_FOLD, 10},
        [REPORT] = {session_text(session, "Báo cáo", "Report"), TABLE_LEFT, 8},
        [TOTAL] = {session_text(session, "Số liệu trước → sau", "Figure before → after"), TABLE_FOLD, 16},
    };
    return table_new(columns, COLUMNS);
}

static const char *figure_words(const struct history_figure *figure)
{
    return *figure->text ? figure->text : "–";
}

static void add_line(const struct session *session, const struct history_step *step, size_t which,
    const char *entry, const char *total, struct table *table)
{
    const struct history_change *c = &step->changes[which];
    char at[INSTANT_TEXT_BYTES], period[CHISO_PERIOD_CHARS], before[150] = "–", after[150], revision[16];
    char change[sizeof before + sizeof after + 16];
    chiso_period_print(c->period, period);
    instant_text(step->time, at);
    if (c->before.revision)
        leaf_figure_text(session, &c->before.figure, before, sizeof before);
    leaf_figure_text(session, &c->after.figure, after, sizeof after);
    (void)snprintf(change, sizeof change, "%s → %s%s", before, after, c->restated ? "ʳ" : "");
    (void)snprintf(revision, sizeof revision, "%" PRIu32, c->after.revision);
    const char *const cells[COLUMNS] = {which ? "" : at, which ? "" : entry, c->unit, period, change,
        revision, c->publisher, c->report_id, which ? "" : total};
    table_row(table, cells);
}

/* A closing, figures that moved to another province, or a catalogue under which the same reports make another figure. */
static void add_event(const struct session *session, const struct history_step *step, const char *entry,
    const char *total, struct table *table)
{
    char at[INSTANT_TEXT_BYTES], period[CHISO_PERIOD_CHARS] = "";
    instant_text(step->time, at);
    if (step->has_closing)
        chiso_period_print(step->closing.period, period);
    const char *const cells[COLUMNS] = {at, entry, "", period,
        step->has_closing                    ? session_text(session, "chốt", "closed")
        : strcmp(step->kind, "rebuild") == 0 ? session_text(session, "chuyển số liệu", "figures moved")
                                             : session_text(session, "danh mục mới", "another catalogue"),
        "", step->has_closing ? step->closing.by : "", "", step->has_closing ? "" : total};
    table_row(table, cells);
}

static void add_step(const struct session *session, const struct history_step *step, struct table *table)
{
    char entry[40], total[2 * sizeof step->before.text + 16];
    (void)snprintf(entry, sizeof entry, "%s:%" PRIu64, step->province, step->seq);
    (void)snprintf(total, sizeof total, "%s → %s", figure_words(&step->before), figure_words(&step->after));
    for (size_t i = 0; i < step->change_count; i++)
        add_line(session, step, i, entry, total, table);
    if (step->change_count == 0)
        add_event(session, step, entry, total, table);
}

int print_history(const struct session *session, const struct question *q, const struct history *history)
{
    char period[CHISO_PERIOD_TEXT_BYTES];
    struct figure_notes notes = {0};
    const struct indicator *definition = catalogue_indicator(session->catalogue, q->indicator);
    period_text(session, q->period, period);
    printf("%s (%s)\n%s (%s), %s", session_indicator_name(session, definition), definition->id,
        session_unit_name(session, q->row), q->unit_code, period);
    print_as_of(session);
    fputs("\n\n", stdout);
    if (history->count == 0) {
        puts(session_text(session, "Chưa có báo cáo nào.", "Nothing has been reported."));
        return EXIT_OK;
    }
    struct table *table = history_table_new(session);
    for (size_t i = 0; i < history->count && table; i++) {
        add_step(session, &history->list[i], table);
        for (size_t j = 0; j < history->list[i].change_count; j++)
            notes.restated |= history->list[i].changes[j].restated;
    }
    int status = print_table(session, table);
    print_figure_notes(session, &notes);
    return status;
}

/* ---- JSON ---- */

static json_t *text_or_null(const char *text)
{
    return *text ? json_string(text) : json_null();
}

static json_t *leaf_figure_json(const struct leaf *leaf)
{
    char figure[LEAF_CHARS];
    if (!leaf->revision)
        return json_null();
    figure_print(&leaf->figure, figure);
    return json_string(figure);
}

static json_t *change_json(const struct history_change *c)
{
    return json_pack("{s:s,s:o,s:o,s:o,s:I,s:I,s:s,s:s,s:s,s:b}", "unit", c->unit, "period",
        period_json(c->period), "old", leaf_figure_json(&c->before), "new", leaf_figure_json(&c->after),
        "old_revision", (json_int_t)c->before.revision, "revision", (json_int_t)c->after.revision,
        "publisher", c->publisher, "report_id", c->report_id, "source", c->source, "restated", c->restated);
}

static json_t *shown_json(const struct history_figure *figure)
{
    const struct row_numbers *n = &figure->shown;
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:I,s:I}", "state", row_state_names[n->state], "value",
        text_or_null(n->value), "qualifier",
        text_or_null(*n->value ? figure_qualifier_names[n->qualifier] : ""), "numerator",
        text_or_null(n->numerator), "denominator", text_or_null(n->denominator), "reported",
        (json_int_t)n->reported, "partial", (json_int_t)n->partial);
}

static json_t *closing_json(const struct history_step *step)
{
    const struct closing *c = &step->closing;
    if (!step->has_closing)
        return json_null();
    return json_pack("{s:s,s:o,s:s,s:s}", "calendar", calendar_names[c->calendar], "period",
        period_json(c->period), "by", c->by, "note", c->note);
}

static json_t *step_json(const struct history_step *step)
{
    json_t *changes = json_array();
    for (size_t i = 0; i < step->change_count; i++)
        json_list_add(&changes, change_json(&step->changes[i]));
    return json_pack("{s:s,s:I,s:o,s:s,s:o,s:o,s:o,s:o}", "province", step->province, "seq",
        (json_int_t)step->seq, "committed_at", instant_json(step->time), "kind", step->kind, "changes",
        changes, "closing", closing_json(step), "before", shown_json(&step->before), "after",
        shown_json(&step->after));
}

int print_history_json(const struct session *session, const struct question *q, const struct history *history)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < history->count; i++)
        json_list_add(&steps, step_json(&history->list[i]));
    return print_json(
        session, json_pack("{s:s,s:s,s:o,s:o,s:o}", "unit", q->unit_code, "indicator", q->indicator_id,
                     "period", period_json(q->period), "history", steps, "as_of", as_of_json(session)));
}
