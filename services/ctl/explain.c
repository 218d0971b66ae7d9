/* chisoctl explain: the reports behind a number. */
#include "explain.h"

#include "core/position.h"
#include "ctl.h"
#include "history.h"
#include <stdlib.h>

struct punctuality leaf_punctuality(
    const struct session *session, const struct explanation *e, const struct trail_leaf *leaf)
{
    struct punctuality p = {0};
    const struct indicator *definition = e->row.definition;
    chiso_day last = chiso_period_last(leaf->period, definition->calendar);
    const struct unit_row *row = catalogue_unit_at(session->catalogue, leaf->unit, last);
    const struct indicator *then = catalogue_indicator_at(session->catalogue, e->row.indicator, last);
    if (row && then && position_deadline(session->catalogue, then, row, leaf->period, &p.deadline))
        p.late = leaf->leaf->first_ms > p.deadline;
    return p;
}

static int gather(
    const struct session *session, const struct question *q, struct explanation *e, struct chiso_message *why)
{
    enum chiso_calendar calendar = catalogue_indicator(session->catalogue, q->indicator)->calendar;
    const struct catalogue *c = session->catalogue;
    chiso_day last = chiso_period_last(q->period, calendar);
    chiso_day day = q->on_boundaries ? q->boundaries : last;
    const char *province = evidence_province(session, q->unit, last);
    const struct unit_row *then = catalogue_unit_at(c, q->unit, last);
    int error = row_make_on(
        c, session->store, day, q->unit, q->period, q->indicator, STORE_NO_LEVEL, session->now, &e->row);
    if (!error)
        error = trail_collect_on(
            c, session->store, day, q->unit, q->period, q->indicator, STORE_NO_LEVEL, &e->trail);
    if (!error && then && then->identity == e->row.unit_row->identity)
        error = gaps_add(session, q->unit, q->period, q->indicator, &e->gaps);
    gaps_sort(&e->gaps);
    if (!error && !(e->journal = journal_new(session)))
        error = CHISO_ENOMEM;
    if (!error)
        error = evidence_want(session, &e->trail, calendar, false, e->journal);
    if (!error && province)
        error = journal_want(e->journal, province, e->row.seq);
    if (!error)
        error = journal_fetch(e->journal, why);
    if (error)
        return error;
    const struct journal_entry *entry = province ? journal_find(e->journal, province, e->row.seq) : NULL;
    e->row.updated_at = entry ? entry->time : 0;
    return CHISO_OK;
}

/* Why there is no such figure. */
static int not_found(const struct session *session, const struct question *q)
{
    chiso_day last =
        chiso_period_last(q->period, catalogue_indicator(session->catalogue, q->indicator)->calendar);
    if (catalogue_indicator_at(session->catalogue, q->indicator, last))
        return session_fail(session, EXIT_RUNTIME,
            "unit %s did not exist in that period, and no unit became it since", q->unit_code);
    return session_fail(
        session, EXIT_RUNTIME, "indicator '%s' was not yet defined in that period", q->indicator_id);
}

/* The unit as it was: a former unit's figures have a history of their own. */
static int explain_history(struct session *session, struct question *q, bool json)
{
    struct history history = {0};
    int status = session_connect(session);
    if (status == SESSION_ON)
        status = session_answerable(session, q);
    if (status == SESSION_ON)
        status = history_collect(session, q, &history);
    if (status == SESSION_ON)
        status = json ? print_history_json(session, q, &history) : print_history(session, q, &history);
    history_release(&history);
    return status;
}

static int explain(struct session *session, struct question *q, bool json)
{
    struct explanation e = {.question = q};
    struct chiso_message why = {""};
    int status = session_connect(session);
    if (status == SESSION_ON)
        status = session_answerable(session, q);
    if (status == SESSION_ON)
        status = session_load(session, q->unit,
            q->on_boundaries ? q->boundaries : chiso_period_last(q->period, CHISO_STATISTICAL));
    if (status != SESSION_ON)
        return status;
    int error = gather(session, q, &e, &why);
    if (error == CHISO_ENOTFOUND)
        status = not_found(session, q);
    else if (error)
        status = session_fail_for(session, error, &why);
    else
        status = fill_values_at_closing(session, &e.row, 1);
    if (status == SESSION_ON)
        status = json ? print_explanation_json(session, &e) : print_explanation(session, &e);
    journal_free(e.journal);
    gaps_release(&e.gaps);
    trail_release(&e.trail);
    return status;
}

int command_explain(int argc, char **argv)
{
    char *unit = NULL, *period = NULL, *indicator = NULL, *boundaries = NULL, *as_of = NULL;
    bool json = false, history = false;
    const struct option_flag flags[] = {
        {"unit", "U", "code of the unit", &unit, NULL},
        {"indicator", "I", "id of the indicator", &indicator, NULL},
        {"period", "P", "2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14 or FIRST/LAST", &period, NULL},
        {"boundaries", "DATE", "the unit that has the code on this day, its history included", &boundaries,
            NULL},
        {"history", NULL, "every change of the figure instead: old and new, and who sent it", NULL, &history},
        {"as-of", "TIME", "as everything stood then: an RFC 3339 time, or the end of a day", &as_of, NULL},
        {"json", NULL, "one object: total, leaves, missing", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl explain",
        .usage = "--unit U --indicator I --period P [options]",
        .summary =
            "Prints the figure, and every report behind it: which unit, period and revision, from whom and\n"
            "which source, when it was issued and committed, and in time or late; and what is missing.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
        .epilogue = "With --json a leaf has used (is it in the figure?), role (whole or part), figure as "
                    "stored in Redis,\n"
                    "seq and index (its report in the journal), first_accepted_at, deadline and late.",
    };
    struct session session;
    struct question q;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = session_question(&session, unit, period, indicator, &q);
    if (status == SESSION_ON)
        status = session_boundaries(&session, boundaries, &q);
    if (status == SESSION_ON)
        status = session_as_of(&session, as_of);
    if (status == SESSION_ON && !indicator)
        status = session_fail(&session, EXIT_USAGE, "--indicator is missing");
    if (status == SESSION_ON && history && boundaries)
        status = session_fail(&session, EXIT_USAGE, "--history goes without --boundaries");
    if (status == SESSION_ON)
        status = history ? explain_history(&session, &q, json) : explain(&session, &q, json);
    free(unit);
    free(period);
    free(indicator);
    free(boundaries);
    free(as_of);
    return session_end(&session, status);
}
