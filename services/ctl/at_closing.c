/* What restated figures were when their window was closed. */
#include "print.h"

#include "core/text.h"
#include "evidence.h"
#include <stdio.h>
#include <string.h>

/* The figures of one closing, kept for the rows that share it. */
struct view {
    struct session past;
    char province[CHISO_UNIT_BYTES_MAX + 1];
    uint64_t seq; /* 0: nothing is open */
    uint32_t unit; /* whose history is loaded */
};

static int open_view(
    const struct session *session, const char *province, uint64_t seq, uint32_t unit, struct view *view)
{
    if (view->seq == seq && strcmp(view->province, province) == 0)
        return SESSION_ON;
    session_past_end(&view->past);
    view->seq = seq;
    (void)snprintf(view->province, sizeof view->province, "%s", province);
    int status = session_at_closing(session, view->province, seq, &view->past);
    if (status != SESSION_ON)
        return status;
    view->unit = catalogue_unit_find(view->past.catalogue, catalogue_unit_code(session->catalogue, unit));
    uint32_t code = catalogue_unit_find(view->past.catalogue, province);
    return code == CATALOGUE_NONE ? SESSION_ON : session_load_history(&view->past, code);
}

/* Nothing is filled in where the catalogue of then has no such unit or indicator: it had no figure. */
static int fill_row(const struct session *session, const struct view *view, struct row *row)
{
    const struct catalogue *c = view->past.catalogue;
    struct row then;
    uint32_t indicator = catalogue_indicator_find(c, row->definition->id);
    if (view->unit == CATALOGUE_NONE || indicator == CATALOGUE_NONE)
        return SESSION_ON;
    int error =
        row_make(c, view->past.store, view->unit, row->period, indicator, row->level, view->past.now, &then);
    if (error == CHISO_ENOTFOUND)
        return SESSION_ON;
    if (error)
        return session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(error));
    row->closing.state = then.shown.state;
    row->closing.qualifier = then.shown.qualifier;
    memcpy(row->closing.value, then.shown.value, sizeof row->closing.value);
    return SESSION_ON;
}

int fill_values_at_closing(const struct session *session, struct row *rows, size_t count)
{
    struct view view = {.seq = 0};
    int status = SESSION_ON;
    for (size_t i = 0; i < count && status == SESSION_ON; i++) {
        chiso_day last = chiso_period_last(rows[i].period, rows[i].definition->calendar);
        const char *province = evidence_province(session, rows[i].unit, last);
        if (!rows[i].closing.restated || !province)
            continue;
        status = open_view(session, province, rows[i].closing.seq, rows[i].unit, &view);
        if (status == SESSION_ON)
            status = fill_row(session, &view, &rows[i]);
    }
    session_past_end(&view.past);
    return status;
}

void value_at_closing_text(const struct session *session, const struct row *row, char *out, size_t capacity)
{
    struct row then = *row;
    then.shown.state = row->closing.state;
    then.shown.qualifier = row->closing.qualifier;
    memcpy(then.shown.value, row->closing.value, sizeof then.shown.value);
    row_value_text(&then, session_language(session), out, capacity);
}

void figure_table_add_closing(
    const struct session *session, struct table *table, const struct row *row, int indent)
{
    char name[128], at[INSTANT_TEXT_BYTES], value[256], figure[260];
    if (!row->closing.restated)
        return;
    (void)snprintf(name, sizeof name, "%*s%s", indent, "", session_text(session, "khi chốt", "when closed"));
    instant_text(row->closing.at, at);
    value_at_closing_text(session, row, value, sizeof value);
    (void)snprintf(figure, sizeof figure, "%s ", value);
    figure_table_add_cells(table, name, at, figure, "");
}

void print_closing(const struct session *session, const struct row *row)
{
    char at[TEXT_INSTANT_BYTES];
    text_instant(row->closing.at, session_language(session), at);
    if (row->closing.at)
        printf(session_text(session, "Kỳ này (lịch %s) đã được %s chốt lúc %s.\n",
                   "This period (%s calendar) was closed by %s at %s.\n"),
            text_calendar(row->definition->calendar, session_language(session)), row->closing.by, at);
}
