#include "overview.h"

#include "evidence.h"
#include <stdlib.h>

/* A month that nobody has reported is seen for this many windows of each length. */
#define OVERDUE_WINDOWS 3

static int add_line(struct overview *overview, const struct overview_line *line)
{
    if (overview->count == overview->capacity) {
        size_t grown = overview->capacity ? overview->capacity * 2 : 128;
        struct overview_line *moved = realloc(overview->lines, grown * sizeof *moved);
        if (!moved)
            return CHISO_ENOMEM;
        overview->lines = moved;
        overview->capacity = grown;
    }
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

/* The newest ended window whose report is overdue, among the latest of each length. */
static bool find_overdue(const struct subject *s, struct row *out)
{
    const struct indicator *definition = catalogue_indicator(s->session->catalogue, s->indicator);
    chiso_day today = chiso_day_at(s->session->now);
    bool found = false;
    for (int kind = CHISO_PERIOD_DAY; kind <= CHISO_PERIOD_YEAR; kind++) {
        bool owed = definition->cadence.window != CHISO_PERIOD_NONE &&
                    kind >= (int)definition->cadence.window && kind != CHISO_PERIOD_NINE_MONTHS;
        struct chiso_period window = {0};
        if (owed)
            window = chiso_period_at((enum chiso_period_kind)kind, today, definition->calendar);
        for (int i = 0; i < OVERDUE_WINDOWS && window.kind != CHISO_PERIOD_NONE; i++) {
            struct row row;
            window = chiso_period_previous(window);
            if (make_row(s, window, &row) || shown_position(s->session, &row) != POSITION_OVERDUE)
                continue;
            if (!found || last_day(s, window) > last_day(s, out->period))
                *out = row;
            found = true;
        }
    }
    return found;
}

static int add_subject_line(
    struct overview *overview, const struct subject *s, const struct row *row, const char *name, int indent)
{
    struct overview_line line = {
        .row = *row, .has_row = true, .name = name, .indent = indent, .pillar = row->definition->pillar};
    int error = trail_collect(
        s->session->catalogue, s->session->store, s->unit, row->period, s->indicator, s->level, &line.trail);
    if (!error)
        error = add_line(overview, &line);
    if (error)
        trail_release(&line.trail);
    return error;
}

/* The latest ended window with a figure (else the running one), and above it a newer one that is overdue. */
static int add_subject(struct overview *overview, const struct subject *s)
{
    struct chiso_period latest, running;
    struct row row, overdue;
    bool has_latest = row_latest(s->session->catalogue, s->session->store, s->unit, s->indicator, s->level,
        s->session->now, &latest, &running);
    if (!has_latest && running.kind != CHISO_PERIOD_NONE) {
        latest = running;
        has_latest = true;
    }
    bool has_overdue =
        find_overdue(s, &overdue) && !(has_latest && last_day(s, overdue.period) <= last_day(s, latest));
    int error = has_overdue ? add_subject_line(overview, s, &overdue, s->name, s->indent) : CHISO_OK;
    if (error || !has_latest)
        return error;
    if ((error = make_row(s, latest, &row)))
        return error;
    const char *earlier = session_text(s->session, "kỳ gần nhất có số liệu", "latest with a figure");
    return add_subject_line(
        overview, s, &row, has_overdue ? earlier : s->name, s->indent + (has_overdue ? 2 : 0));
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

/* Has ROW's unit reported the indicator, or should it? */
static bool takes_part(const struct subject *s, const struct unit_row *row, chiso_day today)
{
    const struct catalogue *c = s->session->catalogue;
    const struct indicator *definition = catalogue_indicator(c, s->indicator);
    return catalogue_reporting(c, definition, row, today, NULL) != REPORTS_NOTHING ||
           store_each_leaf_of(s->session->store, row->code, s->indicator, stop_at_first, NULL) != 0;
}

/* Figures that do not add up stand at the units that report them. */
static int add_units(struct overview *overview, const struct subject *whole, bool has_own)
{
    size_t count;
    const struct catalogue *c = whole->session->catalogue;
    const uint32_t *units = catalogue_province_units(c, whole->unit, &count);
    chiso_day today = chiso_day_at(whole->session->now);
    for (size_t i = 0; i < count; i++) {
        struct subject s = *whole;
        const struct unit_row *row = catalogue_unit_at(c, units[i], today);
        if (units[i] == whole->unit || !row || catalogue_province_at(c, units[i], today) != whole->unit ||
            !takes_part(whole, row, today))
            continue;
        s.unit = units[i];
        s.name = session_unit_name(s.session, row);
        s.indent = 4;
        size_t first = overview->count;
        int error = add_subject(overview, &s);
        if (error)
            return error;
        /* The unit that speaks for the whole stands in the province's own row already. */
        if (has_own && overview->count == first + 1 && !overview->lines[first].row.target)
            drop_lines(overview, first, overview->count);
    }
    return CHISO_OK;
}

static int add_indicator(const struct session *session, struct overview *overview, uint32_t indicator)
{
    const struct indicator *definition = catalogue_indicator(session->catalogue, indicator);
    struct subject s = {session, overview->province, indicator, STORE_NO_LEVEL,
        session_indicator_name(session, definition), 0};
    struct overview_line title = {.name = s.name, .pillar = definition->pillar};
    size_t first = overview->count;
    int error = add_line(overview, &title);
    if (!error)
        error = add_subject(overview, &s);
    size_t own = overview->count - first - 1;
    if (!error)
        error = rollup_is_summed(definition) ? add_levels(overview, &s) : add_units(overview, &s, own > 0);
    if (!error && (own > 0 || overview->count == first + 1))
        drop_lines(overview, first, first + 1);
    return error;
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
    return CHISO_OK;
}

void overview_release(struct overview *overview)
{
    drop_lines(overview, 0, overview->count);
    free(overview->lines);
    *overview = (struct overview){0};
}

int overview_trace(const struct session *session, struct overview *overview, struct chiso_message *why)
{
    struct journal *journal = journal_new(session->redis);
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
