#include "core/row.h"

#include "core/figure.h"
#include "core/json_list.h"

#include <string.h>

static const char *const basis_names[] = {NULL, "reported", "derived"};

/* "" is nothing. Without memory the NULL makes the whole object NULL. */
static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static json_t *period_or_null(struct chiso_period period)
{
    char text[CHISO_PERIOD_CHARS] = "";
    if (period.kind != CHISO_PERIOD_NONE)
        chiso_period_print(period, text);
    return text_or_null(text);
}

static json_t *day_or_null(chiso_day day)
{
    char text[CHISO_DATE_CHARS] = "";
    if (day != CHISO_DAY_FIRST && day != CHISO_DAY_LAST)
        chiso_day_print(day, text);
    return text_or_null(text);
}

static json_t *instant_or_null(chiso_instant_ms instant)
{
    char text[CHISO_TIME_CHARS] = "";
    if (instant != 0)
        chiso_instant_print(instant, text);
    return text_or_null(text);
}

/* Only a figure has a qualifier. */
static json_t *qualifier_or_null(const struct row_numbers *numbers)
{
    return text_or_null(numbers->value[0] ? figure_qualifier_names[numbers->qualifier] : NULL);
}

static json_t *numbers_json(const struct row_numbers *n)
{
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:I,s:I,s:I}", "state", row_state_names[n->state],
        "value", text_or_null(n->value), "numerator", text_or_null(n->numerator), "denominator",
        text_or_null(n->denominator), "qualifier", qualifier_or_null(n), "low", text_or_null(n->low), "high",
        text_or_null(n->high), "reported", (json_int_t)n->reported, "partial", (json_int_t)n->partial,
        "expected", (json_int_t)n->expected, "not_applicable", (json_int_t)n->not_applicable);
}

static json_t *parts_json(const struct row *row)
{
    if (!row->has_parts)
        return json_null();
    json_t *parts = numbers_json(&row->parts);
    if (parts && json_object_set_new(parts, "difference", text_or_null(row->difference))) {
        json_decref(parts);
        return NULL;
    }
    return parts;
}

static json_t *year_before_json(const struct row *row)
{
    const struct row_year_before *before = &row->year_before;
    if (before->state == YEAR_BEFORE_NONE)
        return json_null();
    return json_pack("{s:o,s:s,s:o,s:s,s:s,s:o,s:o,s:o}", "period", period_or_null(before->period), "state",
        year_before_names[before->state], "redefined", day_or_null(before->redefined), "value", before->value,
        "qualifier", figure_qualifier_names[before->qualifier], "change", text_or_null(before->change),
        "change_low", text_or_null(before->change_low), "change_high", text_or_null(before->change_high));
}

static json_t *judgement_json(const struct row *row)
{
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:b,s:b}", "position",
        position_names[row->position], "not_comparable",
        text_or_null(row->position == POSITION_NOT_COMPARABLE ? incomparable_names[row->incomparable] : NULL),
        "redefined", day_or_null(row->redefined), "target", text_or_null(row->target_text), "target_due",
        day_or_null(row->target ? row->target->due : CHISO_DAY_LAST), "expected_for_date",
        text_or_null(row->expected_for_date), "shortfall", text_or_null(row->shortfall), "year_to_date",
        text_or_null(row->year_to_date), "deadline", instant_or_null(row->deadline), "year_before",
        year_before_json(row), "late", row->late, "judged", row->judged, "running", row->running);
}

static json_t *closing_json(const struct row *row)
{
    const struct row_closing *closing = &row->closing;
    return json_pack("{s:o,s:o,s:b,s:o}", "closed_at", instant_or_null(closing->at), "closed_by",
        text_or_null(closing->by), "restated", closing->restated, "value_at_closing",
        text_or_null(closing->value));
}

static json_t *names_json(const struct catalogue *catalogue, const struct row *row)
{
    const struct indicator *definition = row->definition;
    return json_pack("{s:s,s:s,s:o,s:s,s:o}", "unit", catalogue_unit_code(catalogue, row->unit), "indicator",
        definition->id, "level",
        text_or_null(row->level == STORE_NO_LEVEL ? NULL : unit_kind_names[row->level]), "pillar",
        catalogue_pillar(catalogue, definition->pillar)->id, "period", period_or_null(row->period));
}

static json_t *source_json(const struct row *row)
{
    return json_pack("{s:o,s:o,s:I,s:o,s:o}", "basis", text_or_null(basis_names[row->basis]), "oldest",
        period_or_null(row->oldest), "revision", (json_int_t)row->revision, "updated_at",
        instant_or_null(row->updated_at), "parts", parts_json(row));
}

/* The ids of the rules that are violated. */
static json_t *violations_json(const struct row *row)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < row->violation_count; i++)
        json_list_add(&ids, json_string(row->violations[i]->id));
    return json_pack("{s:o}", "violations", ids);
}

json_t *row_json(const struct catalogue *catalogue, const struct row *row)
{
    json_t *object = names_json(catalogue, row);
    json_t *const members[] = {numbers_json(&row->shown), source_json(row), judgement_json(row),
        violations_json(row), closing_json(row)};
    bool failed = object == NULL;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        failed = failed || !members[i] || json_object_update(object, members[i]);
        json_decref(members[i]);
    }
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}
