/* chisoctl score --unit: what the components bring to one unit, and where that puts it. */
#include "core/json_list.h"
#include "core/rational.h"
#include "core/text.h"
#include "print.h"
#include "ranking.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *component_id(const struct session *session, const struct index_component *component)
{
    return component->nested != CATALOGUE_NONE
               ? catalogue_index_id(session->catalogue, component->nested)
               : catalogue_indicator(session->catalogue, component->indicator)->id;
}

static json_t *text_json(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

static json_t *decimal_json(struct chiso_decimal number)
{
    char text[CHISO_DECIMAL_CHARS];
    chiso_decimal_print(chiso_decimal_reduce(number), text);
    return json_string(text);
}

static int print_json_parts(const struct session *session, const struct score_part *parts, size_t count)
{
    static const char *const scorings[] = {"linear", "steps", "none"};
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct index_component *component = parts[i].component;
        json_t *object = json_pack("{s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:b, s:o}", "component",
            component_id(session, component), "scoring", scorings[component->scoring], "weight",
            decimal_json(component->weight), "points", decimal_json(component->points), "state",
            score_state_names[parts[i].state], "x", text_json(parts[i].x), "score", text_json(parts[i].score),
            "incomplete", parts[i].incomplete, "as_of", as_of_json(session));
        json_list_add(&array, object);
    }
    return print_json(session, array);
}

/* ---- for people ---- */

static const char *component_name(
    const struct session *session, const struct index_component *component, chiso_day day)
{
    if (component->nested == CATALOGUE_NONE)
        return session_indicator_name(session, catalogue_indicator(session->catalogue, component->indicator));
    const struct index_version *version = catalogue_index_at(session->catalogue, component->nested, day);
    return version ? session_text(session, version->name_vi, version->name_en)
                   : catalogue_index_id(session->catalogue, component->nested);
}

/* EXACT × BY with so many decimals. */
static void print_rounded(
    const char *exact, struct chiso_decimal by, unsigned decimals, char *out, size_t capacity)
{
    mpq_t value, factor;
    mpq_inits(value, factor, NULL);
    rational_set_decimal(factor, by);
    out[0] = '\0';
    if (rational_set_text(value, exact) == CHISO_OK) {
        mpq_mul(value, value, factor);
        rational_print_rounded(value, decimals, out, capacity);
    }
    mpq_clears(value, factor, NULL);
}

/* The component's figure as it is printed everywhere: "86,1%", "7 hệ thống"; of an index its part of the
 * maximum. */
static void figure_text(
    const struct session *session, const struct score_part *part, chiso_day day, char *out, size_t capacity)
{
    const struct index_component *component = part->component;
    const struct indicator *definition =
        component->nested == CATALOGUE_NONE
            ? catalogue_indicator_at(session->catalogue, component->indicator, day)
            : NULL;
    char number[SCORE_CHARS];
    (void)snprintf(out, capacity, "–");
    if (!part->x[0])
        return;
    if (definition)
        print_rounded(part->x, definition->factor, definition->decimals, number, sizeof number);
    else
        print_rounded(part->x, (struct chiso_decimal){100, 0}, 1, number, sizeof number);
    text_figure(CHISO_EXACT, number,
        definition ? session_text(session, definition->unit_label_vi, definition->unit_label_en) : "%",
        session_language(session), out, capacity);
}

static void points_text(
    const struct session *session, const struct score_part *part, char *out, size_t capacity)
{
    char rounded[SCORE_CHARS];
    (void)snprintf(out, capacity, "–");
    if (!part->score[0])
        return;
    print_rounded(part->score, (struct chiso_decimal){1, 0}, 4, rounded, sizeof rounded);
    bool is_short = strlen(part->score) <= strlen(rounded) && !strchr(part->score, '/');
    text_number(is_short ? part->score : rounded, session_language(session), out, capacity);
}

static const char *note_of(const struct session *session, const struct score_part *part)
{
    if (part->component->scoring == SCORING_NONE)
        return session_text(session, "chỉ để tham khảo", "for information");
    if (part->state == SCORE_MISSING)
        return session_text(session, "chưa có số liệu", "no figure");
    if (part->state == SCORE_NOT_APPLICABLE)
        return session_text(session, "không áp dụng", "not applicable");
    return part->incomplete ? session_text(session, "số liệu chưa đầy đủ", "incomplete") : "";
}

static void add_part(const struct session *session, const struct ranking *ranking, bool weighted,
    const struct score_part *part, struct table *table)
{
    char figure[256], points[SCORE_CHARS], maximum[SCORE_CHARS], weight[SCORE_CHARS],
        number[CHISO_DECIMAL_CHARS];
    const struct index_component *component = part->component;
    bool counts = component->scoring != SCORING_NONE;
    figure_text(session, part, ranking->day, figure, sizeof figure);
    points_text(session, part, points, sizeof points);
    chiso_decimal_print(chiso_decimal_reduce(component->points), number);
    text_number(number, session_language(session), maximum, sizeof maximum);
    chiso_decimal_print(chiso_decimal_reduce(component->weight), number);
    text_number(number, session_language(session), weight, sizeof weight);
    const char *cells[7];
    size_t at = 0;
    cells[at++] = component_name(session, component, ranking->day);
    cells[at++] = component_id(session, component);
    cells[at++] = figure;
    cells[at++] = counts ? points : "";
    cells[at++] = counts ? maximum : "";
    if (weighted)
        cells[at++] = counts ? weight : "";
    cells[at++] = note_of(session, part);
    table_row(table, cells);
}

/* "Điểm: 74,75, hạng 2 trong 3 đơn vị có điểm" */
static void print_standing(const struct session *session, const struct ranking *ranking, uint32_t unit)
{
    const struct score *score = NULL;
    char value[SCORE_CHARS], note[160];
    unsigned ranked = 0;
    for (size_t i = 0; i < ranking->count; i++) {
        score = ranking->list[i].unit == unit ? &ranking->list[i] : score;
        ranked += ranking->list[i].rank > 0;
    }
    if (!score)
        return;
    ranking_remark(session, score, note, sizeof note);
    text_number(score->value, session_language(session), value, sizeof value);
    printf(session_text(session, "\nĐiểm: %s", "\nScore: %s"), score->value[0] ? value : "–");
    if (score->rank)
        printf(
            session_text(session, ", hạng %u trong %u đơn vị có điểm", ", rank %u of %u units with a score"),
            score->rank, ranked);
    printf("%s%s\n", note[0] ? "; " : "", note);
}

static int print_parts(const struct session *session, const struct ranking *ranking,
    const struct unit_row *row, const struct score_part *parts, size_t count)
{
    bool weighted = ranking->version->method == INDEX_WEIGHTED_MEAN;
    const struct table_column note = {"", TABLE_FOLD, 12};
    struct table_column columns[7] = {
        {session_text(session, "Thành phần", "Component"), TABLE_FOLD, 24},
        {session_text(session, "Mã", "Id"), TABLE_FOLD, 12},
        {session_text(session, "Số liệu", "Figure"), TABLE_RIGHT, 0},
        {session_text(session, "Điểm", "Points"), TABLE_RIGHT, 0},
        {session_text(session, "Tối đa", "Maximum"), TABLE_RIGHT, 0},
    };
    size_t at = 5;
    if (weighted)
        columns[at++] = (struct table_column){session_text(session, "Trọng số", "Weight"), TABLE_RIGHT, 0};
    columns[at++] = note;
    ranking_print_title(session, ranking);
    printf(
        "%s (%s)\n\n", session_unit_name(session, row), catalogue_unit_code(session->catalogue, row->code));
    struct table *table = table_new(columns, at);
    for (size_t i = 0; i < count && table; i++)
        add_part(session, ranking, weighted, &parts[i], table);
    int status = print_table(session, table);
    print_standing(session, ranking, row->code);
    return status;
}

int ranking_print_unit(
    const struct session *session, const struct ranking *ranking, const char *code, bool json)
{
    const struct index_version *version = ranking->version;
    struct score_part *parts = NULL;
    struct chiso_message why = {""};
    size_t count = 0;
    uint32_t unit = catalogue_unit_find(session->catalogue, code);
    const struct unit_row *row =
        unit == CATALOGUE_NONE ? NULL : catalogue_unit_at(session->catalogue, unit, ranking->day);
    if (!row) {
        catalogue_explain_invalid_unit(session->catalogue, code, ranking->period,
            catalogue_index_calendar(session->catalogue, version->which), &why);
        return session_fail(session, EXIT_RUNTIME, "%s", why.text);
    }
    if (row->kind != version->unit_kind)
        return session_fail(session, EXIT_RUNTIME, "unit %s is a %s; index '%s' is of each %s", code,
            unit_kind_names[row->kind], version->id, unit_kind_names[version->unit_kind]);
    int error = score_parts(
        session->catalogue, session->store, version->which, unit, ranking->period, &parts, &count);
    if (error)
        return session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(error));
    int status =
        json ? print_json_parts(session, parts, count) : print_parts(session, ranking, row, parts, count);
    free(parts);
    return status;
}
