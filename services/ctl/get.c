/* chisoctl get: the figures of one unit for one period. */
#include "ctl.h"

#include "contradictions.h"
#include "core/json_list.h"
#include "core/list.h"
#include "newest.h"
#include "print.h"
#include <stdlib.h>
#include <string.h>

struct rows {
    struct row *list;
    size_t count, capacity;
};

static int add_row(struct rows *rows, const struct row *row)
{
    if (LIST_GROW(rows->list, rows->count, rows->capacity))
        return CHISO_ENOMEM;
    rows->list[rows->count++] = *row;
    return CHISO_OK;
}

/* Would the unit have a figure on the boundaries asked for, if it could be told? */
static bool is_untold(const struct session *session, const struct question *q, const struct row *row)
{
    const struct catalogue *c = session->catalogue;
    if (!q->on_boundaries || row->incomparable != INCOMPARABLE_BOUNDARIES)
        return false;
    return catalogue_reporting(c, row->definition, q->row, q->boundaries, NULL) != REPORTS_NOTHING ||
           (rollup_is_joined(row->definition) && catalogue_has_children(c, q->unit, q->boundaries));
}

/* Somebody has reported it, or should have. */
static bool is_worth_a_row(const struct row *row)
{
    const struct row_numbers *n = &row->shown;
    return n->state != ROW_NOT_REPORTED || n->expected || n->not_applicable || n->partial || n->reported;
}

static int add_figure(const struct session *session, const struct question *q, uint32_t indicator, int level,
    bool always, struct rows *rows)
{
    struct row row;
    int error = q->on_boundaries ? row_make_on(session->catalogue, session->store, q->boundaries, q->unit,
                                       q->period, indicator, level, session->now, &row)
                                 : row_make(session->catalogue, session->store, q->unit, q->period, indicator,
                                       level, session->now, &row);
    if (error == CHISO_ENOTFOUND)
        return CHISO_OK;
    return error || !(always || is_worth_a_row(&row) || is_untold(session, q, &row)) ? error
                                                                                     : add_row(rows, &row);
}

/* The indicator's own row and one per level where the definition in force then has levels. */
static int add_indicator(const struct session *session, const struct question *q, uint32_t indicator,
    bool always, struct rows *rows)
{
    const struct catalogue *c = session->catalogue;
    const struct indicator *definition = catalogue_indicator_at(
        c, indicator, chiso_period_last(q->period, catalogue_indicator(c, indicator)->calendar));
    if (!definition)
        return CHISO_OK;
    unsigned kinds = definition->level_kinds;
    int error = add_figure(session, q, indicator, STORE_NO_LEVEL, always, rows);
    bool levels = rollup_is_joined(definition) && (kinds & (kinds - 1)) != 0;
    for (int kind = 0; kind < UNIT_KINDS && levels && !error; kind++) {
        if (kinds & (1u << kind))
            error = add_figure(session, q, indicator, kind, false, rows);
    }
    return error;
}

/* In the order of the pillars, then of the catalogue. */
static int collect(const struct session *session, const struct question *q, struct rows *rows)
{
    const struct catalogue *c = session->catalogue;
    if (q->indicator != CATALOGUE_NONE)
        return add_indicator(session, q, q->indicator, true, rows);
    for (uint32_t pillar = 0; pillar < catalogue_pillar_count(c); pillar++) {
        for (uint32_t i = 0; i < catalogue_indicator_count(c); i++) {
            int error = catalogue_indicator(c, i)->pillar == pillar
                            ? add_indicator(session, q, i, false, rows)
                            : CHISO_OK;
            if (error)
                return error;
        }
    }
    return CHISO_OK;
}

/* FOUND has a place for each row. */
static int find_newest(const struct session *session, const struct question *q, const struct rows *rows,
    struct newest found[], struct journal *journal)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < rows->count && !error; i++) {
        error = newest_find(session, q, &rows->list[i], &found[i]);
        if (!error)
            error = newest_want(&found[i], journal);
    }
    return error;
}

static int date_rows(
    const struct session *session, const struct question *q, struct rows *rows, struct chiso_message *why)
{
    struct journal *journal = journal_new(session);
    struct newest *found = calloc(rows->count + 1, sizeof *found);
    int error = journal && found ? find_newest(session, q, rows, found, journal) : CHISO_ENOMEM;
    if (!error)
        error = journal_fetch(journal, why);
    for (size_t i = 0; i < rows->count && found; i++) {
        rows->list[i].updated_at = error ? 0 : newest_time(&found[i], journal);
        newest_release(&found[i]);
    }
    free(found);
    journal_free(journal);
    return error;
}

/* The row's object with its outlook (null: none), NULL without memory. */
static json_t *full_json(const struct session *session, const struct row *row)
{
    struct outlook outlook;
    json_t *object = row_json(session->catalogue, row);
    outlook_init(&outlook);
    int error = outlook_read(session->catalogue, session->store, row, session->now, &outlook);
    if (object && json_object_set_new(object, "outlook", error ? json_null() : outlook_json(&outlook))) {
        json_decref(object);
        object = NULL;
    }
    if (object && json_object_set_new(object, "as_of", as_of_json(session))) {
        json_decref(object);
        object = NULL;
    }
    outlook_release(&outlook);
    return object;
}

static int print_rows_json(const struct session *session, const struct rows *rows)
{
    json_t *array = json_array();
    for (size_t i = 0; i < rows->count; i++)
        json_list_add(&array, full_json(session, &rows->list[i]));
    return print_json(session, array);
}

/* Where one indicator is heading; in a long table it would stand in the way. */
static void add_outlook(const struct session *session, const struct row *row, struct table *table, int indent)
{
    struct outlook outlook;
    outlook_init(&outlook);
    if (outlook_read(session->catalogue, session->store, row, session->now, &outlook) == CHISO_OK)
        figure_table_add_outlook(session, table, row, &outlook, indent);
    outlook_release(&outlook);
}

/* The score is the whole pillar's, of the unit as it was: it does not stand above a single indicator. */
static void add_score(
    const struct session *session, const struct question *q, uint32_t pillar, struct table *table)
{
    char score[256], line[sizeof score + 8];
    if (q->indicator != CATALOGUE_NONE || q->on_boundaries ||
        pillar_score_text(session, q->unit, pillar, q->period, score, sizeof score) || !*score)
        return;
    (void)snprintf(line, sizeof line, "    %s", score);
    table_heading(table, line, TABLE_PLAIN);
}

/* One sentence per closing: the two calendars' windows of one name are closed apart. */
static void print_closings(const struct session *session, const struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        bool told = false;
        for (size_t j = 0; j < i; j++)
            told |= rows->list[j].definition->calendar == rows->list[i].definition->calendar;
        if (!told)
            print_closing(session, &rows->list[i]);
    }
}

static int print_rows(const struct session *session, const struct question *q, const struct rows *rows)
{
    struct table *table = figure_table_new(session);
    struct figure_notes notes = {0};
    struct contradictions contradictions = {0};
    char period[CHISO_PERIOD_TEXT_BYTES];
    uint32_t pillar = CATALOGUE_NONE;
    int error = CHISO_OK;
    period_text(session, q->period, period);
    printf("%s (%s), %s", session_unit_name(session, q->row),
        catalogue_unit_code(session->catalogue, q->unit), period);
    print_boundaries(session, q);
    print_as_of(session);
    fputs("\n\n", stdout);
    if (rows->count == 0)
        puts(session_text(session, "Không có số liệu và không có báo cáo nào phải nộp.",
            "There are no figures, and no report is owed."));
    for (size_t i = 0; i < rows->count && table; i++) {
        const struct row *row = &rows->list[i];
        struct figure_line line = {.row = row, .name = session_indicator_name(session, row->definition)};
        if (row->definition->pillar != pillar) {
            const struct pillar *p = catalogue_pillar(session->catalogue, pillar = row->definition->pillar);
            table_heading(table, session_text(session, p->name_vi, p->name_en), TABLE_BOLD);
            add_score(session, q, pillar, table);
        }
        if (row->level != STORE_NO_LEVEL) {
            line.name = level_name(session, row->level);
            line.indent = 4;
        }
        figure_notes_of(&line, &notes);
        error = error ? error : contradictions_add(session, row, &contradictions);
        figure_table_add(session, table, &line);
        figure_table_add_redefined(session, table, row, line.indent + 8);
        figure_table_add_closing(session, table, row, line.indent + 4);
        figure_table_add_year_before(session, table, row, line.indent + 4);
        if (q->indicator != CATALOGUE_NONE)
            add_outlook(session, row, table, line.indent + 4);
    }
    int status = rows->count > 0 ? print_table(session, table) : (table_free(table), EXIT_OK);
    if (error)
        status = session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(error));
    if (status == EXIT_OK)
        status = print_contradictions(session, &contradictions);
    contradictions_release(&contradictions);
    print_figure_notes(session, &notes);
    print_closings(session, rows);
    return status;
}

static int get(struct session *session, const struct question *question, bool json)
{
    struct question q = *question;
    struct rows rows = {0};
    struct chiso_message why = {""};
    int status = session_connect(session);
    if (status == SESSION_ON)
        status = session_answerable(session, &q);
    if (status == SESSION_ON)
        status = session_load(
            session, q.unit, q.on_boundaries ? q.boundaries : chiso_period_last(q.period, CHISO_STATISTICAL));
    if (status != SESSION_ON)
        return status;
    int error = collect(session, &q, &rows);
    if (!error)
        error = date_rows(session, &q, &rows, &why);
    if (error)
        status = session_fail_for(session, error, &why);
    else
        status = fill_values_at_closing(session, rows.list, rows.count);
    if (status == SESSION_ON)
        status = json ? print_rows_json(session, &rows) : print_rows(session, &q, &rows);
    free(rows.list);
    return status;
}

int command_get(int argc, char **argv)
{
    char *unit = NULL, *period = NULL, *indicator = NULL, *boundaries = NULL, *as_of = NULL;
    bool json = false;
    const struct option_flag flags[] = {
        {"unit", "U", "code of the unit", &unit, NULL},
        {"period", "P", "2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14 or FIRST/LAST", &period, NULL},
        {"indicator", "I", "only this one (all)", &indicator, NULL},
        {"boundaries", "DATE", "the unit that has the code on this day, its history included", &boundaries,
            NULL},
        {"as-of", "TIME", "as everything stood then: an RFC 3339 time, or the end of a day", &as_of, NULL},
        {"json", NULL, "an array with one object per indicator and level", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl get",
        .usage = "--unit U --period P [--indicator I] [options]",
        .summary = "Prints the figures of a unit for a period, those that are owed but missing included.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
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
    if (status == SESSION_ON)
        status = get(&session, &q, json);
    free(unit);
    free(period);
    free(indicator);
    free(boundaries);
    free(as_of);
    return session_end(&session, status);
}
