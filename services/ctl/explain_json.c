#include "explain.h"

#include "core/json_list.h"
static const char *const state_names[] = {
    [FIGURE_NONE] = "withdrawn",
    [FIGURE_VALUE] = "value",
    [FIGURE_PAIR] = "pair",
    [FIGURE_BARE] = "bare",
    [FIGURE_NOT_APPLICABLE] = "not_applicable",
};

/* Takes PART over. */
static int merge(json_t *object, json_t *part)
{
    int failed = !object || !part || json_object_update(object, part);
    json_decref(part);
    return failed;
}

static json_t *report_json(const struct journal_entry *entry, const struct journal_report *report)
{
    return json_pack("{s:s?,s:s?,s:s?,s:o,s:o}", "publisher", report ? report->publisher : NULL, "report_id",
        report ? report->report_id : NULL, "source", report ? report->source : NULL, "issued_at",
        instant_json(report ? report->issued_at : 0), "committed_at", instant_json(entry ? entry->time : 0));
}

static json_t *leaf_json(
    const struct session *session, const struct explanation *e, const struct trail_leaf *leaf)
{
    char figure[LEAF_CHARS];
    enum chiso_calendar calendar = e->row.definition->calendar;
    struct punctuality p = leaf_punctuality(session, e, leaf);
    figure_print(&leaf->leaf->figure, figure);
    json_t *object = json_pack("{s:s,s:o,s:s,s:s,s:s,s:b,s:b,s:I,s:I,s:I,s:b}", "unit",
        catalogue_unit_code(session->catalogue, leaf->unit), "period", period_json(leaf->period), "state",
        state_names[leaf->leaf->figure.state], "figure", figure, "role", leaf->whole ? "whole" : "part",
        "used", leaf->used, "other_definition", leaf->other_definition, "revision",
        (json_int_t)leaf->leaf->revision, "seq", (json_int_t)leaf->leaf->seq, "index",
        (json_int_t)leaf->leaf->index, "restated", evidence_is_restated(session, leaf, calendar));
    json_t *report = report_json(evidence_entry(session, e->journal, leaf, calendar),
        evidence_report(session, e->journal, leaf, calendar));
    json_t *time = json_pack("{s:o,s:o,s:o}", "first_accepted_at", instant_json(leaf->leaf->first_ms),
        "deadline", instant_json(p.deadline), "late", p.deadline ? json_boolean(p.late) : json_null());
    int failed = merge(object, report);
    failed |= merge(object, time);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

int print_explanation_json(const struct session *session, const struct explanation *e)
{
    json_t *leaves = json_array();
    for (size_t i = 0; i < e->trail.count; i++)
        json_list_add(&leaves, leaf_json(session, e, &e->trail.list[i]));
    json_t *total = row_json(session->catalogue, &e->row), *missing = gaps_json(session, &e->gaps);
    return print_json(session, json_pack("{s:o,s:o,s:o,s:o}", "total", total, "leaves", leaves, "missing",
                                   missing, "as_of", as_of_json(session)));
}
