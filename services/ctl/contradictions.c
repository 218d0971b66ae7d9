#include "contradictions.h"

#include "core/list.h"
#include "print.h"
#include <stdio.h>
#include <stdlib.h>

static bool is_there(const struct contradictions *c, const struct rule *rule, const struct row *row)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->list[i].rule == rule && c->list[i].unit == row->unit &&
            chiso_period_equal(c->list[i].period, row->period))
            return true;
    }
    return false;
}

static int add(struct contradictions *c, const struct rule_finding *finding)
{
    if (LIST_GROW(c->list, c->count, c->capacity))
        return CHISO_ENOMEM;
    c->list[c->count++] = *finding;
    return CHISO_OK;
}

int contradictions_add(const struct session *session, const struct row *row, struct contradictions *out)
{
    for (size_t i = 0; i < row->violation_count; i++) {
        struct rule_finding finding;
        if (is_there(out, row->violations[i], row))
            continue;
        int error = rule_judge(session->catalogue, session->store, row->violations[i], row->unit, row->period,
            session->now, &finding);
        if (!error)
            error = add(out, &finding);
        if (error)
            return error;
    }
    return CHISO_OK;
}

static void add_finding(
    const struct session *session, const struct rule_finding *finding, struct table *table)
{
    char period[CHISO_PERIOD_TEXT_BYTES], sentence[1024];
    const struct unit_row *row = catalogue_unit_at(
        session->catalogue, finding->unit, chiso_period_last(finding->period, finding->rule->calendar));
    period_text(session, finding->period, period);
    rule_text(finding, session_language(session), sentence, sizeof sentence);
    const char *cells[] = {severity_mark(finding->rule->severity), row ? session_unit_name(session, row) : "",
        finding->rule->id, period, sentence};
    table_row(table, cells);
    table_style(table, 0, severity_style(finding->rule->severity));
}

int print_contradictions(const struct session *session, const struct contradictions *contradictions)
{
    const struct table_column columns[] = {
        {"", TABLE_LEFT, 0},
        {session_text(session, "Đơn vị", "Unit"), TABLE_FOLD, 16},
        {session_text(session, "Quy tắc", "Rule"), TABLE_LEFT, 0},
        {session_text(session, "Kỳ", "Period"), TABLE_FOLD, 12},
        {session_text(session, "Nội dung", "What is wrong"), TABLE_FOLD, 40},
    };
    if (contradictions->count == 0)
        return EXIT_OK;
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < contradictions->count && table; i++)
        add_finding(session, &contradictions->list[i], table);
    printf("\n%s\n",
        session_text(session, "≠ Số liệu không khớp nhau:", "≠ Figures that contradict each other:"));
    return print_table(session, table);
}

void contradictions_release(struct contradictions *contradictions)
{
    free(contradictions->list);
    *contradictions = (struct contradictions){0};
}
