/* Figures as a table. */
#include "print.h"

#include "core/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const positions_en[POSITIONS] = {
    [POSITION_NO_TARGET] = "no target",
    [POSITION_NOT_COMPARABLE] = "not comparable",
    [POSITION_OVERDUE] = "report overdue",
    [POSITION_MET] = "met",
    [POSITION_MISSED] = "missed",
    [POSITION_REACHED_LATE] = "reached late",
    [POSITION_ON_TRACK] = "on track",
    [POSITION_AT_RISK] = "at risk",
    [POSITION_BEHIND] = "behind",
    [POSITION_NOT_DUE] = "not due",
    [POSITION_CANNOT_TELL] = "cannot tell",
};
static const char *const levels[UNIT_KINDS][2] = {
    [UNIT_NATION] = {"cả nước", "the nation"},
    [UNIT_PROVINCE] = {"cấp tỉnh", "province level"},
    [UNIT_DISTRICT] = {"cấp huyện", "districts"},
    [UNIT_COMMUNE] = {"cấp xã", "communes"},
    [UNIT_DEPARTMENT] = {"sở, ngành", "departments"},
    [UNIT_ORGANISATION] = {"tổ chức", "organisations"},
};

const char *level_name(const struct session *session, int level)
{
    return levels[level][session_english(session)];
}

const char *position_text(const struct session *session, enum position position)
{
    return session_english(session) ? positions_en[position] : position_names_vi[position];
}

enum table_style position_style(enum position position)
{
    switch (position) {
    case POSITION_OVERDUE:
    case POSITION_MISSED:
    case POSITION_BEHIND:
        return TABLE_BAD;
    case POSITION_AT_RISK:
    case POSITION_CANNOT_TELL:
        return TABLE_WARNING;
    case POSITION_MET:
    case POSITION_REACHED_LATE:
    case POSITION_ON_TRACK:
        return TABLE_GOOD;
    case POSITION_NO_TARGET:
    case POSITION_NOT_COMPARABLE:
    case POSITION_NOT_DUE:
        break;
    }
    return TABLE_PLAIN;
}

const char *severity_mark(enum severity severity)
{
    return severity == SEVERITY_CRITICAL ? "!!" : severity == SEVERITY_WARNING ? "!" : "";
}

enum table_style severity_style(enum severity severity)
{
    return severity == SEVERITY_CRITICAL  ? TABLE_BAD
           : severity == SEVERITY_WARNING ? TABLE_WARNING
                                          : TABLE_PLAIN;
}

enum position shown_position(const struct session *session, const struct row *row)
{
    bool late = row->deadline != 0 && row->deadline < session->now && row->shown.state == ROW_NOT_REPORTED;
    return late && row->position == POSITION_NO_TARGET ? POSITION_OVERDUE : row->position;
}

/* For the left margin: what needs a leader's eye is found without reading, and without colour. */
static const char *mark_of(enum position position)
{
    switch (position_style(position)) {
    case TABLE_BAD:
        return "!!";
    case TABLE_WARNING:
        return position == POSITION_AT_RISK ? "!" : "?";
    default:
        return "";
    }
}

enum { MARK, NAME, PERIOD, VALUE, TARGET, POSITION, COMPLETE, COLUMNS };

struct table *figure_table_new(const struct session *session)
{
    const struct table_column columns[COLUMNS] = {
        [MARK] = {"", TABLE_LEFT, 0},
        [NAME] = {session_text(session, "Chỉ số", "Indicator"), TABLE_FOLD, 18},
        [PERIOD] = {session_text(session, "Kỳ", "Period"), TABLE_FOLD, 16},
        [VALUE] = {session_text(session, "Số liệu ", "Figure "), TABLE_RIGHT, 0},
        [TARGET] = {session_text(session, "Chỉ tiêu", "Target"), TABLE_LEFT, 0},
        [POSITION] = {session_text(session, "Đánh giá", "Position"), TABLE_LEFT, 0},
        [COMPLETE] = {session_text(session, "Báo cáo", "Reports"), TABLE_LEFT, 0},
    };
    return table_new(columns, COLUMNS);
}

/* "109/125", "0/109 (+109)" with those that have reported a part. */
static void completeness(const struct row *row, char *out, size_t capacity)
{
    const struct row_numbers *n = &row->shown;
    if (n->expected == 0 && n->not_applicable == 0)
        out[0] = '\0';
    else if (n->partial > 0)
        (void)snprintf(
            out, capacity, "%" PRIu32 "/%" PRIu32 " (+%" PRIu32 ")", n->reported, n->expected, n->partial);
    else
        (void)snprintf(out, capacity, "%" PRIu32 "/%" PRIu32, n->reported, n->expected);
}

/* What the target asks in few columns: "≥ 70.000", "8–10%". The figure beside it names the unit. */
static void target_cell(const struct session *session, const struct row *row, char *out, size_t capacity)
{
    static const char *const signs[] = {
        [TARGET_AT_LEAST] = "≥ ",
        [TARGET_ABOVE] = "> ",
        [TARGET_AT_MOST] = "≤ ",
        [TARGET_BELOW] = "< ",
        [TARGET_BETWEEN] = "",
        [TARGET_MAINTAIN] = "≥ ",
        [TARGET_DONE_BY] = "≥ ",
    };
    char number[ROW_NUMBER_CHARS], day[CHISO_DATE_CHARS];
    (void)snprintf(out, capacity, "–");
    if (row->target && row->target->shape == TARGET_INCREASE_EACH_YEAR) {
        (void)snprintf(out, capacity, "%s %s", row->definition->direction == DIRECTION_DOWN ? "<" : ">",
            session_text(session, "cùng kỳ", "year before"));
    } else if (row->target) {
        bool down = row->target->shape == TARGET_MAINTAIN && row->definition->direction == DIRECTION_DOWN;
        const char *per_cent = strcmp(row->definition->unit_label_vi, "%") == 0 ? "%" : "";
        text_number(row->target_text, session_language(session), number, sizeof number);
        (void)snprintf(out, capacity, "%s%s%s", down ? "≤ " : signs[row->target->shape], number, per_cent);
    } else if (shown_position(session, row) == POSITION_OVERDUE) {
        /* An overdue report's deadline is worth the room. */
        chiso_day_print_vi(chiso_day_at(row->deadline), day);
        (void)snprintf(out, capacity, "%s %.5s", session_text(session, "hạn", "due"), day);
    }
}

/* A figure without a target has no position to read about. */
static const char *position_cell(const struct session *session, const struct row *row)
{
    enum position position = shown_position(session, row);
    return position == POSITION_NO_TARGET && !row->target ? "–" : position_text(session, position);
}

/* The figure, and a column for the mark, so that digits stand under digits. */
static void value_cell(
    const struct session *session, const struct figure_line *line, char *out, size_t capacity)
{
    char value[256];
    row_value_text(line->row, session_language(session), value, sizeof value);
    bool restated = line->row->closing.restated;
    (void)snprintf(out, capacity, "%s%s%s", value,
        line->synthetic ? "*"
        : restated      ? ""
                        : " ",
        restated ? "ʳ" : "");
}

void figure_table_add(const struct session *session, struct table *table, const struct figure_line *line)
{
    char name[1024], period[CHISO_PERIOD_TEXT_BYTES], value[260], target[256], complete[48], mark[8];
    const char *cells[COLUMNS] = {0};
    const struct row *row = line->row;
    (void)snprintf(name, sizeof name, "%*s%s", line->indent, "", line->name);
    cells[NAME] = name;
    if (!row) {
        table_row(table, cells);
        return;
    }
    enum position position = shown_position(session, row);
    period_text(session, row->period, period);
    value_cell(session, line, value, sizeof value);
    target_cell(session, row, target, sizeof target);
    completeness(row, complete, sizeof complete);
    (void)snprintf(mark, sizeof mark, "%s%s", mark_of(position), row->violation_count > 0 ? "≠" : "");
    cells[MARK] = mark;
    cells[PERIOD] = period;
    cells[VALUE] = value;
    cells[TARGET] = target;
    cells[POSITION] = position_cell(session, row);
    cells[COMPLETE] = complete;
    table_row(table, cells);
    table_style(table, MARK,
        row->violation_count > 0 && !*mark_of(position) ? TABLE_WARNING : position_style(position));
    table_style(table, POSITION, position_style(position));
    if (!row_has_figure(row))
        table_style(table, VALUE, TABLE_DIM);
}

void figure_table_add_cells(
    struct table *table, const char *name, const char *period, const char *value, const char *target)
{
    const char *cells[COLUMNS] = {[NAME] = name, [PERIOD] = period, [VALUE] = value, [TARGET] = target};
    table_row(table, cells);
    for (size_t i = 0; i < COLUMNS; i++)
        table_style(table, i, TABLE_DIM);
}

/* "+1.500" or "−0,5" in the figure's own decimals; why there is no difference. */
static void change_cell(const struct session *session, const struct row *row, char *out, size_t capacity)
{
    char rounded[ROW_NUMBER_CHARS], number[ROW_NUMBER_CHARS], day[CHISO_DATE_CHARS];
    mpq_t change;
    out[0] = '\0';
    chiso_day_print_vi(row->year_before.redefined, day);
    mpq_init(change);
    if (row->year_before.state == YEAR_BEFORE_OTHER_UNIT)
        (void)snprintf(out, capacity, "%s", session_text(session, "đơn vị cũ", "former unit"));
    else if (row->year_before.state == YEAR_BEFORE_OTHER_DEFINITION)
        (void)snprintf(out, capacity, session_text(session, "đổi định nghĩa %s", "redefined %s"), day);
    else if (row->year_before.change[0] && !rational_set_text(change, row->year_before.change)) {
        rational_print_rounded(change, row->definition->decimals, rounded, sizeof rounded);
        text_number(rounded, session_language(session), number, sizeof number);
        (void)snprintf(out, capacity, "%s%s", mpq_sgn(change) > 0 ? "+" : "", number);
    }
    mpq_clear(change);
}

void figure_table_add_year_before(
    const struct session *session, struct table *table, const struct row *row, int indent)
{
    const struct row_year_before *before = &row->year_before;
    char name[128], period[CHISO_PERIOD_TEXT_BYTES], value[256], figure[260], change[ROW_NUMBER_CHARS + 8];
    if (before->state == YEAR_BEFORE_NONE)
        return;
    (void)snprintf(
        name, sizeof name, "%*s%s", indent, "", session_text(session, "cùng kỳ năm trước", "a year before"));
    period_text(session, before->period, period);
    text_figure(before->qualifier, before->value,
        session_text(session, row->definition->unit_label_vi, row->definition->unit_label_en),
        session_language(session), value, sizeof value);
    (void)snprintf(figure, sizeof figure, "%s ", value);
    change_cell(session, row, change, sizeof change);
    figure_table_add_cells(table, name, period, figure, change);
}

void figure_table_add_redefined(
    const struct session *session, struct table *table, const struct row *row, int indent)
{
    char reason[512], day[CHISO_DATE_CHARS], line[640];
    if (row->redefined == CHISO_DAY_FIRST)
        return;
    chiso_day_print_vi(row->redefined, day);
    if (row->position == POSITION_NOT_COMPARABLE)
        row_reason_text(session->catalogue, row, session_language(session), reason, sizeof reason);
    else
        (void)snprintf(reason, sizeof reason,
            session_text(session,
                "Định nghĩa chỉ số đã thay đổi từ ngày %s: số liệu các kỳ trước đó không cộng vào.",
                "The definition changed on %s: figures of the windows before it are not added."),
            day);
    (void)snprintf(line, sizeof line, "%*s%s", indent, "", reason);
    table_heading(table, line, TABLE_DIM);
}

void figure_notes_of(const struct figure_line *line, struct figure_notes *notes)
{
    notes->synthetic |= line->synthetic;
    notes->partial |= line->row && line->row->shown.partial > 0;
    notes->restated |= line->row && line->row->closing.restated;
}

void print_figure_notes(const struct session *session, const struct figure_notes *notes)
{
    if (notes->synthetic)
        puts(session_text(session,
            "*     có số liệu tổng hợp để thử nghiệm (source=synthetic), không phải số liệu thật",
            "*     rests on synthetic data (source=synthetic), not on real figures"));
    if (notes->restated)
        puts(session_text(session, "ʳ     đã thay đổi sau khi kỳ được chốt",
            "ʳ     restated: changed after the period was closed"));
    if (notes->partial)
        puts(session_text(session, "(+n)  n đơn vị mới báo cáo một phần của kỳ",
            "(+n)  n units have reported only a part of the period"));
}
