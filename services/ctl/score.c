/* chisoctl score: a composite index of all units that take part, and their ranks. */
#include "ctl.h"

#include "core/json_list.h"
#include "core/score.h"
#include "core/text.h"
#include "print.h"
#include "ranking.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *text_json(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

static int print_scores_json(const struct session *session, const struct ranking *ranking)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ranking->count; i++) {
        const struct score *score = &ranking->list[i];
        json_t *object = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:b, s:I, s:o}", "unit",
            catalogue_unit_code(session->catalogue, score->unit), "value", text_json(score->value), "rank",
            score->rank ? json_integer(score->rank) : json_null(), "exact", text_json(score->exact),
            "computed", text_json(score->computed), "computed_exact", text_json(score->computed_exact),
            "published", score->published, "state", score_state_names[score->state], "incomplete",
            score->incomplete, "missing", (json_int_t)score->missing, "as_of", as_of_json(session));
        json_list_add(&array, object);
    }
    return print_json(session, array);
}

void ranking_remark(const struct session *session, const struct score *score, char *out, size_t capacity)
{
    char computed[SCORE_CHARS];
    struct text text;
    text_begin(&text, out, capacity);
    text_number(score->computed, session_language(session), computed, sizeof computed);
    if (score->published && score->computed[0])
        text_add(
            &text, session_text(session, "đã công bố; tính được %s", "published; computed %s"), computed);
    else if (score->published)
        text_add(&text, "%s", session_text(session, "đã công bố", "published"));
    const char *separator = score->published ? "; " : "";
    if (score->state == SCORE_NOT_APPLICABLE)
        text_add(&text, "%s%s", separator, session_text(session, "không áp dụng", "not applicable"));
    else if (score->state == SCORE_NOT_COMPARABLE)
        text_add(&text, "%s%s", separator, session_text(session, "không so sánh được", "not comparable"));
    else if (score->missing > 0)
        text_add(&text,
            session_text(session, "%sthiếu số liệu của %u thành phần", "%s%u components have no figure"),
            separator, score->missing);
    else if (score->incomplete)
        text_add(&text, "%s%s", separator,
            session_text(session, "số liệu chưa đầy đủ", "from incomplete figures"));
}

static void add_score(const struct session *session, const struct ranking *ranking, const struct score *score,
    struct table *table)
{
    const struct unit_row *row = catalogue_unit_at(session->catalogue, score->unit, ranking->day);
    char rank[16] = "", value[SCORE_CHARS] = "–", note[160];
    if (score->rank)
        (void)snprintf(rank, sizeof rank, "%u", score->rank);
    if (score->value[0])
        text_number(score->value, session_language(session), value, sizeof value);
    ranking_remark(session, score, note, sizeof note);
    const char *const cells[] = {rank, session_unit_name(session, row),
        catalogue_unit_code(session->catalogue, score->unit), value, note};
    table_row(table, cells);
    if (!score->value[0])
        table_style(table, 3, TABLE_DIM);
}

void ranking_print_title(const struct session *session, const struct ranking *ranking)
{
    const struct index_version *version = ranking->version;
    char period[CHISO_PERIOD_TEXT_BYTES];
    period_text(session, ranking->period, period);
    printf("%s (%s), %s", session_text(session, version->name_vi, version->name_en), version->id, period);
    print_boundaries(session, &ranking->boundaries);
    print_as_of(session);
    printf("\n");
}

static int print_scores(const struct session *session, const struct ranking *ranking)
{
    const struct table_column columns[] = {
        {session_text(session, "Hạng", "Rank"), TABLE_RIGHT, 0},
        {session_text(session, "Đơn vị", "Unit"), TABLE_FOLD, 20},
        {session_text(session, "Mã", "Code"), TABLE_LEFT, 0},
        {session_text(session, "Điểm", "Score"), TABLE_RIGHT, 0},
        {"", TABLE_FOLD, 24},
    };
    ranking_print_title(session, ranking);
    printf("\n");
    if (ranking->count == 0) {
        puts(session_text(session, "Không có đơn vị nào có số liệu hoặc phải báo cáo.",
            "No unit has a figure or owes one."));
        return EXIT_OK;
    }
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < ranking->count && table; i++)
        add_score(session, ranking, &ranking->list[i], table);
    return print_table(session, table);
}

/* Ranks are among all units of the kind, so all provinces are read. */
static int load_all(struct session *session)
{
    size_t count;
    const uint32_t *provinces = catalogue_provinces(session->catalogue, &count);
    int status = SESSION_ON;
    for (size_t i = 0; i < count && status == SESSION_ON; i++)
        status = session_load_province(session, provinces[i]);
    return status;
}

static int find_index(const struct session *session, const char *id, struct ranking *ranking, uint32_t *which)
{
    char day[CHISO_DATE_CHARS];
    *which = catalogue_index_find(session->catalogue, id);
    if (*which == CATALOGUE_NONE)
        return session_fail(session, EXIT_RUNTIME, "there is no index '%s'", id);
    chiso_day last = chiso_period_last(ranking->period, catalogue_index_calendar(session->catalogue, *which));
    ranking->day = ranking->boundaries.on_boundaries ? ranking->boundaries.boundaries : last;
    ranking->version = catalogue_index_at(session->catalogue, *which, last);
    if (ranking->version)
        return SESSION_ON;
    chiso_day_print_vi(last, day);
    return session_fail(session, EXIT_RUNTIME, "index '%s' is not valid on %s", id, day);
}

static int score(struct session *session, const char *id, const char *period, const char *boundaries,
    const char *unit, bool json)
{
    struct ranking ranking = {0};
    uint32_t which = CATALOGUE_NONE;
    if (!id || !period)
        return session_fail(session, EXIT_USAGE, "%s is missing", id ? "--period" : "--index");
    if (unit && boundaries)
        return session_fail(session, EXIT_USAGE, "--unit goes without --boundaries");
    int status = session_period(session, period, &ranking.period);
    if (status == SESSION_ON)
        status = session_boundaries(session, boundaries, &ranking.boundaries);
    if (status == SESSION_ON)
        status = session_connect(session);
    if (status == SESSION_ON)
        status = find_index(session, id, &ranking, &which);
    if (status == SESSION_ON)
        status = load_all(session);
    if (status != SESSION_ON)
        return status;
    int error = score_all(session->catalogue, session->store, which, ranking.period,
        ranking.boundaries.on_boundaries ? &ranking.day : NULL, &ranking.list, &ranking.count);
    if (error)
        return session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(error));
    status = unit   ? ranking_print_unit(session, &ranking, unit, json)
             : json ? print_scores_json(session, &ranking)
                    : print_scores(session, &ranking);
    free(ranking.list);
    return status;
}

int command_score(int argc, char **argv)
{
    char *id = NULL, *period = NULL, *boundaries = NULL, *unit = NULL, *as_of = NULL;
    bool json = false;
    const struct option_flag flags[] = {
        {"index", "X", "id of the index in indices.csv", &id, NULL},
        {"period", "P", "2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14 or FIRST/LAST", &period, NULL},
        {"boundaries", "DATE", "the units that are valid on this day, their history included", &boundaries,
            NULL},
        {"unit", "U", "what the components of this unit bring, instead of all units", &unit, NULL},
        {"as-of", "TIME", "as everything stood then: an RFC 3339 time, or the end of a day", &as_of, NULL},
        {"json", NULL, "an array with one object per unit (component)", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl score",
        .usage = "--index X --period P [--boundaries DATE | --unit U] [options]",
        .summary = "Prints a composite index of all units that take part, with their ranks.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = session_as_of(&session, as_of);
    if (status == SESSION_ON)
        status = score(&session, id, period, boundaries, unit, json);
    free(id);
    free(period);
    free(boundaries);
    free(unit);
    free(as_of);
    return session_end(&session, status);
}
