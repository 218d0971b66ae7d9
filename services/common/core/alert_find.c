/* What the figures say about one subject, whatever was said before. */
#include "core/alert.h"

#include "core/effective.h"
#include <string.h>

/* How far back a position is looked for, and how many windows a deadline may lie behind. A year of days. */
#define WINDOWS_MAX 366

struct find {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct alert_subject *subject;
    const struct unit_row *row; /* of the unit, today */
    const struct indicator *definition; /* today */
    chiso_instant_ms now;
    chiso_day today;
};

static void not_bad(struct alert_finding *out, enum alert_reason reason)
{
    out->is_bad = false;
    out->reason = reason;
}

/* ---- targets ---- */

/* True when ROW settles the matter, one way or the other. */
static bool is_settled(const struct row *row, struct alert_finding *out)
{
    switch (row->position) {
    case POSITION_AT_RISK:
    case POSITION_BEHIND:
    case POSITION_MISSED:
        out->is_bad = true;
        out->severity = row->position == POSITION_AT_RISK ? SEVERITY_WARNING : SEVERITY_CRITICAL;
        return true;
    case POSITION_MET:
    case POSITION_ON_TRACK:
    case POSITION_REACHED_LATE:
        not_bad(out, ALERT_REASON_FIGURE);
        return true;
    case POSITION_NOT_DUE:
        not_bad(out, ALERT_REASON_TARGET_CHANGED);
        return true;
    case POSITION_NO_TARGET:
        not_bad(out, row->target ? ALERT_REASON_NOT_APPLICABLE : ALERT_REASON_TARGET_CHANGED);
        return true;
    case POSITION_NOT_COMPARABLE:
        if (row->incomparable == INCOMPARABLE_BOUNDARIES || row->incomparable == INCOMPARABLE_ELSEWHERE)
            return false; /* nobody knows */
        not_bad(out, row->incomparable == INCOMPARABLE_UNIT_ENDED ? ALERT_REASON_UNIT_ENDED
                                                                  : ALERT_REASON_DEFINITION_CHANGED);
        return true;
    case POSITION_OVERDUE:
    case POSITION_CANNOT_TELL:
        break;
    }
    return false;
}

static int find_target(const struct find *f, struct alert_finding *out)
{
    const struct alert_subject *s = f->subject;
    const struct target *target = NULL;
    struct chiso_period window = {0};
    if (!position_target(f->catalogue, s->unit, s->indicator, s->level, f->today)) {
        not_bad(out, ALERT_REASON_TARGET_CHANGED);
        return CHISO_OK;
    }
    not_bad(out, ALERT_REASON_WITHDRAWN);
    for (int i = 0; i < WINDOWS_MAX && row_window_before(f->catalogue, f->store, s->unit, s->indicator,
                                           s->level, f->now, window, &window);
         i++) {
        struct row row;
        int error = row_make(f->catalogue, f->store, s->unit, window, s->indicator, s->level, f->now, &row);
        if (error)
            return error;
        if (i == 0)
            target = row.target;
        else if (row.target != target)
            break;
        out->has_row = true;
        out->row = row;
        if (is_settled(&row, out))
            return CHISO_OK;
        not_bad(out, ALERT_REASON_CANNOT_TELL);
    }
    return CHISO_OK;
}

/* ---- overdue reports ---- */

/* The latest window of the unit's cadence whose deadline is over; false: there is none. */
static bool latest_due(const struct find *f, struct chiso_period *window, chiso_instant_ms *deadline)
{
    enum chiso_calendar calendar = f->definition->calendar;
    struct obligation obligation = catalogue_obligation(f->catalogue, f->definition, f->row, f->today);
    if (obligation.cadence == CHISO_PERIOD_NONE || obligation.due_working_days < 0)
        return false;
    *window = chiso_period_at(obligation.cadence, f->today, calendar);
    for (int i = 0; i < WINDOWS_MAX && window->kind != CHISO_PERIOD_NONE; i++) {
        chiso_day last = chiso_period_last(*window, calendar);
        const struct unit_row *row = catalogue_unit_at(f->catalogue, f->subject->unit, last);
        const struct indicator *definition =
            catalogue_indicator_at(f->catalogue, f->subject->indicator, last);
        if (last <= f->today) {
            if (!row || row->identity != f->row->identity || !definition ||
                !position_deadline(f->catalogue, definition, row, *window, deadline))
                return false;
            if (*deadline < f->now)
                return true;
        }
        *window = chiso_period_previous(*window);
    }
    return false;
}

static int find_overdue(const struct find *f, struct alert_finding *out)
{
    const struct alert_subject *s = f->subject;
    struct chiso_period window;
    chiso_instant_ms deadline;
    struct side side;
    if (!latest_due(f, &window, &deadline)) {
        not_bad(out, ALERT_REASON_TARGET_CHANGED);
        return CHISO_OK;
    }
    chiso_day last = chiso_period_last(window, f->definition->calendar);
    int error = effective_side(f->catalogue, f->store, catalogue_unit_at(f->catalogue, s->unit, last), window,
        catalogue_indicator_at(f->catalogue, s->indicator, last), &side, NULL, NULL);
    if (!error)
        error = row_make(
            f->catalogue, f->store, s->unit, window, s->indicator, STORE_NO_LEVEL, f->now, &out->row);
    if (error)
        return error;
    out->has_row = true;
    out->is_bad = side.reported == 0 && side.not_applicable == 0;
    out->severity = SEVERITY_WARNING;
    out->reason = out->is_bad ? ALERT_REASON_NONE : ALERT_REASON_FIGURE;
    if (out->is_bad) {
        out->row.position = POSITION_OVERDUE;
        out->row.deadline = deadline;
    }
    return CHISO_OK;
}

/* ---- figures that contradict each other ---- */

/* Why they no longer do, or why nobody can say so any more. */
static enum alert_reason reason_of(const struct rule_finding *finding)
{
    bool missing = false;
    if (finding->state != RULE_NOT_JUDGED)
        return finding->state == RULE_HOLDS      ? ALERT_REASON_FIGURE
               : finding->state == RULE_VIOLATED ? ALERT_REASON_WITHDRAWN
                                                 : ALERT_REASON_CANNOT_TELL;
    for (size_t i = 0; i < finding->rule->count; i++) {
        if (finding->terms[i].gap == RULE_GAP_NOT_APPLICABLE)
            return ALERT_REASON_NOT_APPLICABLE;
        missing = missing || finding->terms[i].gap == RULE_GAP_NOT_REPORTED;
    }
    return missing ? ALERT_REASON_WITHDRAWN : ALERT_REASON_CANNOT_TELL;
}

static int find_inconsistent(const struct find *f, struct alert_finding *out)
{
    const struct alert_subject *s = f->subject;
    const struct rule *rule = catalogue_rule(f->catalogue, s->rule);
    const struct unit_row *then =
        catalogue_unit_at(f->catalogue, s->unit, chiso_period_last(s->period, rule->calendar));
    if (!then || then->identity != f->row->identity) {
        not_bad(out, ALERT_REASON_UNIT_ENDED);
        return CHISO_OK;
    }
    int error = rule_judge(f->catalogue, f->store, rule, s->unit, s->period, f->now, &out->rule);
    if (error)
        return error;
    out->has_rule = true;
    out->is_bad = out->rule.is_alerted;
    out->severity = rule->severity;
    out->reason = out->is_bad ? ALERT_REASON_NONE : reason_of(&out->rule);
    return CHISO_OK;
}

int alert_find(const struct catalogue *catalogue, const struct store *store,
    const struct alert_subject *subject, chiso_instant_ms now, struct alert_finding *out)
{
    struct find f = {
        .catalogue = catalogue, .store = store, .subject = subject, .now = now, .today = chiso_day_at(now)};
    *out = (struct alert_finding){0};
    f.row = catalogue_unit_at(catalogue, subject->unit, f.today);
    if (!f.row) {
        not_bad(out, ALERT_REASON_UNIT_ENDED);
        return CHISO_OK;
    }
    if (subject->kind == ALERT_INCONSISTENT)
        return find_inconsistent(&f, out);
    f.definition = catalogue_indicator_at(catalogue, subject->indicator, f.today);
    if (!f.definition) {
        not_bad(out, ALERT_REASON_DEFINITION_CHANGED);
        return CHISO_OK;
    }
    return subject->kind == ALERT_TARGET ? find_target(&f, out) : find_overdue(&f, out);
}
