#include "overview.h"

#include "core/list.h"
#include "evidence.h"
#include <stdlib.h>

/* A month that nobody has reported is seen for this many windows of each length. */
#define OVERDUE_WINDOWS 3
/* Of an indicator's units; the others are counted. */
#define UNITS_SHOWN 8

static int add_line(struct overview *overview, const struct overview_line *line)
{
    if (LIST_GROW(overview->lines, overview->count, overview->capacity))
        return CHISO_ENOMEM;
    overview->lines[overview->count++] = *line;
    return CHISO_OK;
}

/* ---- the windows of one (unit, indicator, level) ---- */

struct subject {
    const struct session *session;
    uint32_t unit, indicator;
    int level;
    const char *name;
    int indent;
    bool counts;
    bool has_deadlines; /* somebody in the province owes the indicator by a date: a report can be overdue */
};

static int make_row(const struct subject *s, struct chiso_period period, struct row *out)
{
    return row_make(s->session->catalogue, s->session->store, s->unit, period, s->indicator, s->level,
        s->session->now, out);
}

static chiso_day last_day(const struct subject *s, struct chiso_period period)
{
    return chiso_period_last(period, catalogue_indicator(s->session->catalogue, s->indicator)->calendar);
}

/* Where a total has no target, only the unit's own report can be overdue: those of others stand at them. */
static bool is_overdue(const struct subject *s, const struct row *row)
{
    chiso_instant_ms deadline;
    const struct unit_row *unit = catalogue_unit_at(s->session->catalogue, s->unit, last_day(s, row->period));
    return row->position == POSITION_OVERDUE ||
           (shown_position(s->session, row) == POSITION_OVERDUE &&
               position_deadline(s->session->catalogue, row->definition, unit, row->period, &deadline));
}

/* The newest ended window whose report is overdue, among the latest of each length from the cadence on. */
static bool find_overdue(const struct subject *s, struct row *out)
{
    const struct indicator *definition = catalogue_indicator(s->session->catalogue, s->indicator);
    enum chiso_period_kind kind = definition->cadence.window;
    bool found = false;
    if (!s->has_deadlines || kind == CHISO_PERIOD_NONE)
        return false;
    for (; kind <= CHISO_PERIOD_YEAR; kind++) {
        if (kind == CHISO_PERIOD_NINE_MONTHS)
            continue; /* nothing is owed for it that is not owed for its quarters */
        struct chiso_period window =
            chiso_period_at(kind, chiso_day_at(s->session->now), definition->calendar);
        for (int i = 0; i < OVERDUE_WINDOWS && window.kind != CHISO_PERIOD_NONE; i++) {
            struct row row;
            window = chiso_period_previous(window);
            if (make_row(s, window, &row) || !is_overdue(s, &row))
                continue;
            if (!found || last_day(s, window) > last_day(s, out->period))
                *out = row;
            found = true;
        }
    }
    return found;
}

static int add_row(struct overview *overview, const struct subject *s, const struct row *row)
{
    struct overview_line line = {.row = *row,
        .has_row = true,
        .name = s->name,
        .indent = s->indent,
        .counts = s->counts,
        .pillar = row->definition->pillar};
    int error = trail_collect(
        s->session->catalogue, s->session->store, s->unit, row->period, s->indicator, s->level, &line.trail);
    if (!error)
        error = add_line(overview, &line);
    if (error)
        trail_release(&line.trail);
    return error;
}

/* The latest ended window with a figure (else the running one), and above it a newer one that is overdue. */
static int add_subject(struct overview *overview, const struct subject *subject)
{
    struct subject s = *subject;
    struct chiso_period latest, running;
    struct row row, overdue;
    bool has_latest = row_latest(s.session->catalogue, s.session->store, s.unit, s.indicator, s.level,
        s.session->now, &latest, &running);
    if (!has_latest && running.kind != CHISO_PERIOD_NONE) {
        latest = running;
        has_latest = true;
    }
    if (find_overdue(&s, &overdue) && !(has_latest && last_day(&s, overdue.period) <= last_day(&s, latest))) {
        int error = add_row(overview, &s, &overdue);
        if (error)
            return error;
        s.name = session_text(s.session, "kỳ gần nhất có số liệu", "latest with a figure");
        s.indent += 2;
        s.counts = false;
    }
    if (!has_latest)
        return CHISO_OK;
    int error = make_row(&s, latest, &row);
    return error ? error : add_row(overview, &s, &row);
}

/* ---- an indicator ---- */

static void drop_lines(struct overview *overview, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        trail_release(&overview->lines[i].trail);
    for (size_t i = to; i < overview->count; i++)
        overview->lines[from + i - to] = overview->lines[i];
    overview->count -= to - from;
}

/* One row for each kind of unit that reports; a single one would only repeat the total, unless it has a
 * target of its own. */
static int add_levels(struct overview *overview, const struct subject *whole)
{
    const struct indicator *definition = catalogue_indicator(whole->session->catalogue, whole->indicator);
    unsigned kinds = definition->level_kinds;
    size_t first = overview->count, levels = 0;
    bool has_target = false;
    for (int kind = 0; kind < UNIT_KINDS && (kinds & (kinds - 1)) != 0; kind++) {
        struct subject s = *whole;
        size_t before = overview->count;
        s.level = kind;
        s.name = level_name(s.session, kind);
        s.indent = 4;
        s.counts = false;
        int error = kinds & (1u << kind) ? add_subject(overview, &s) : CHISO_OK;
        if (error)
            return error;
        levels += overview->count > before;
        for (size_t i = before; i < overview->count; i++)
            has_target |= overview->lines[i].row.target != NULL;
    }
    if (levels == 1 && !has_target)
        drop_lines(overview, first, overview->count);
    return CHISO_OK;
}

static int stop_at_first(void *context, struct chiso_period period, const struct leaf *leaf)
{
    (void)context, (void)period, (void)leaf;
    return 1;
}

/* Is the unit in ROW looked at by itself? Where figures do not add up: when it has reported, or should.
 * Where they do: when it has a target or a deadline of its own. */
static bool stands_alone(const struct subject *s, const struct unit_row *row, chiso_day today)
{
    const struct catalogue *c = s->session->catalogue;
    const struct indicator *definition = catalogue_indicator(c, s->indicator);
    if (rollup_is_joined(definition))
        return catalogue_obligation(c, definition, row, today).due_working_days >= 0 ||
               position_target(c, row->code, s->indicator, STORE_NO_LEVEL, today) != NULL;
    return catalogue_reporting(c, definition, row, today, NULL) != REPORTS_NOTHING ||
           store_each_leaf_of(s->session->store, row->code, s->indicator, stop_at_first, NULL) != 0;
}

/* Is one of the lines from FIRST on worth a place beside the province's own row (HAS_OWN)? Of figures that
 * add up only what is wrong; of others what has a target, because the row may be the one above again. */
static bool is_wanted(const struct subject *s, const struct overview *overview, size_t first, bool has_own)
{
    bool summed = rollup_is_joined(catalogue_indicator(s->session->catalogue, s->indicator));
    for (size_t i = first; i < overview->count; i++) {
        enum table_style style = position_style(shown_position(s->session, &overview->lines[i].row));
        bool wrong =
            style == TABLE_BAD || style == TABLE_WARNING || overview->lines[i].row.violation_count > 0;
        if (wrong || (!summed && (!has_own || overview->lines[i].row.target)))
            return true;
    }
    return false;
}

/* In place of what comes after the first few. */
static int add_remainder(struct overview *overview, const struct subject *whole, size_t units)
{
    const struct indicator *definition = catalogue_indicator(whole->session->catalogue, whole->indicator);
    struct overview_line line = {.indent = 4, .pillar = definition->pillar, .more = units};
    return units > 0 ? add_line(overview, &line) : CHISO_OK;
}

/* Units below the province that a leader has to see by themselves. */
static int add_units(struct overview *overview, const struct subject *whole, bool has_own)
{
    size_t count, shown = 0, more = 0;
    const struct catalogue *c = whole->session->catalogue;
    const uint32_t *units = catalogue_province_units(c, whole->unit, &count);
    chiso_day today = chiso_day_at(whole->session->now);
    for (size_t i = 0; i < count; i++) {
        struct subject s = *whole;
        size_t first = overview->count;
        const struct unit_row *row = catalogue_unit_at(c, units[i], today);
        if (units[i] == whole->unit || !row || catalogue_province_at(c, units[i], today) != whole->unit ||
            !stands_alone(whole, row, today))
            continue;
        s.unit = units[i];
        s.name = session_unit_name(s.session, row);
        s.indent = 4;
        s.counts = !has_own && !rollup_is_joined(catalogue_indicator(c, s.indicator));
        int error = add_subject(overview, &s);
        if (error)
            return error;
        bool wanted = is_wanted(&s, overview, first, has_own);
        more += wanted && shown == UNITS_SHOWN;
        if (!wanted || shown == UNITS_SHOWN)
            drop_lines(overview, first, overview->count);
        else
            shown++;
    }
    return add_remainder(overview, whole, more);
}

static bool has_deadlines(
    const struct session *session, uint32_t province, const struct indicator *definition)
{
    size_t count;
    const struct catalogue *c = session->catalogue;
    const uint32_t *units = catalogue_province_units(c, province, &count);
    chiso_day today = chiso_day_at(session->now);
    for (size_t i = 0; i < count; i++) {
        const struct unit_row *row = catalogue_unit_at(c, units[i], today);
        if (row && catalogue_obligation(c, definition, row, today).due_working_days >= 0)
            return true;
    }
    return false;
}

static int add_indicator(const struct session *session, struct overview *overview, uint32_t indicator)
{
    const struct indicator *definition = catalogue_indicator(session->catalogue, indicator);
    struct subject s = {session, overview->province, indicator, STORE_NO_LEVEL,
        session_indicator_name(session, definition), 0, true,
        has_deadlines(session, overview->province, definition)};
    struct overview_line title = {.name = s.name, .pillar = definition->pillar};
    size_t first = overview->count;
    int error = add_line(overview, &title);
    if (!error)
        error = add_subject(overview, &s);
    size_t own = overview->count - first - 1;
    if (!error && rollup_is_joined(definition))
        error = add_levels(overview, &s);
    if (!error)
        error = add_units(overview, &s, own > 0);
    if (!error && (own > 0 || overview->count == first + 1))
        drop_lines(overview, first, first + 1);
    return error;
}

struct chiso_period overview_year(const struct session *session)
{
    return chiso_period_at(CHISO_PERIOD_YEAR, chiso_day_at(session->now), CHISO_STATISTICAL);
}

int overview_collect(const struct session *session, uint32_t province, struct overview *out)
{
    const struct catalogue *c = session->catalogue;
    size_t rows;
    *out = (struct overview){.province = province};
    out->unit = catalogue_unit_at(c, province, chiso_day_at(session->now));
    const struct unit_row *all = catalogue_unit_rows(c, province, &rows);
    if (!out->unit && rows > 0)
        out->unit = &all[rows - 1];
    for (uint32_t pillar = 0; pillar < catalogue_pillar_count(c); pillar++) {
        for (uint32_t i = 0; i < catalogue_indicator_count(c); i++) {
            int error =
                catalogue_indicator(c, i)->pillar == pillar ? add_indicator(session, out, i) : CHISO_OK;
            if (error)
                return error;
        }
    }
    const struct timeliness_question question = {.unit = province,
        .day = out->unit ? out->unit->from : CHISO_DAY_FIRST,
        .period = overview_year(session),
        .indicator = CATALOGUE_NONE,
        .pillar = CATALOGUE_NONE,
        .now = session->now};
    return timeliness_collect(c, session->store, &question, &out->timeliness);
}

void overview_release(struct overview *overview)
{
    drop_lines(overview, 0, overview->count);
    free(overview->lines);
    timeliness_release(&overview->timeliness);
    *overview = (struct overview){0};
}

int overview_trace(const struct session *session, struct overview *overview, struct chiso_message *why)
{
    struct journal *journal = journal_new(session);
    int error = journal ? CHISO_OK : CHISO_ENOMEM;
    for (size_t i = 0; i < overview->count && !error; i++) {
        const struct overview_line *line = &overview->lines[i];
        if (line->has_row)
            error = evidence_want(session, &line->trail, line->row.definition->calendar, true, journal);
    }
    if (!error)
        error = journal_fetch(journal, why);
    for (size_t i = 0; i < overview->count && !error; i++) {
        struct overview_line *line = &overview->lines[i];
        line->synthetic = line->has_row && evidence_is_synthetic(session, journal, &line->trail,
                                               line->row.definition->calendar);
    }
    journal_free(journal);
    return error;
}
