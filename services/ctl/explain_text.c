#include "explain.h"

#include "core/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void leaf_figure_text(const struct session *session, const struct figure *figure, char *out, size_t capacity)
{
    char number[CHISO_DECIMAL_CHARS], first[128] = "", second[128] = "";
    const char *language = session_language(session), *label = figure->state == FIGURE_BARE ? "%" : "";
    if (figure->state == FIGURE_NONE || figure->state == FIGURE_NOT_APPLICABLE) {
        bool none = figure->state == FIGURE_NONE;
        (void)snprintf(out, capacity, "%s",
            none ? session_text(session, "đã rút", "withdrawn")
                 : session_text(session, "không áp dụng", "not applicable"));
        return;
    }
    chiso_decimal_print(chiso_decimal_reduce(figure->value), number);
    text_figure(figure->qualifier, number, label, language, first, sizeof first);
    if (figure->state == FIGURE_PAIR) {
        chiso_decimal_print(chiso_decimal_reduce(figure->denominator), number);
        text_figure(figure->denominator_qualifier, number, "", language, second, sizeof second);
    }
    (void)snprintf(out, capacity, "%s%s%s", first, *second ? "/" : "", second);
}

enum {
    CODE,
    UNIT,
    PERIOD,
    FIGURE,
    REVISION,
    ENTRY,
    PUBLISHER,
    REPORT,
    SOURCE,
    ISSUED,
    COMMITTED,
    TIMELY,
    COLUMNS
};

/* Columns that would be empty for every leaf, or repeat the unit's code, are left out. */
struct wanted {
    bool publisher, deadline;
};

static struct wanted wanted_columns(const struct session *session, const struct explanation *e)
{
    struct wanted wanted = {0};
    for (size_t i = 0; i < e->trail.count; i++) {
        const struct trail_leaf *leaf = &e->trail.list[i];
        const struct journal_report *report =
            evidence_report(session, e->journal, leaf, e->row.definition->calendar);
        wanted.publisher |=
            report && strcmp(report->publisher, catalogue_unit_code(session->catalogue, leaf->unit)) != 0;
        wanted.deadline |= leaf_punctuality(session, e, leaf).deadline != 0;
    }
    return wanted;
}

static struct table *leaf_table_new(const struct session *session, struct wanted wanted)
{
    const struct table_column columns[COLUMNS] = {
        [CODE] = {session_text(session, "Mã", "Code"), TABLE_LEFT, 0},
        [UNIT] = {session_text(session, "Đơn vị", "Unit"), TABLE_FOLD, 12},
        [PERIOD] = {session_text(session, "Kỳ", "Period"), TABLE_LEFT, 0},
        [FIGURE] = {session_text(session, "Số liệu", "Figure"), TABLE_RIGHT, 0},
        [REVISION] = {session_text(session, "Lần", "Rev."), TABLE_RIGHT, 0},
        [ENTRY] = {session_text(session, "Nhật ký", "Journal"), TABLE_LEFT, 0},
        [PUBLISHER] = {wanted.publisher ? session_text(session, "Bên gửi", "Publisher") : "", TABLE_LEFT, 0},
        [REPORT] = {session_text(session, "Báo cáo", "Report"), TABLE_LEFT, 8},
        [SOURCE] = {session_text(session, "Nguồn", "Source"), TABLE_LEFT, 9},
        [ISSUED] = {session_text(session, "Lập ngày", "Issued"), TABLE_LEFT, 0},
        [COMMITTED] = {session_text(session, "Nhận lúc", "Committed"), TABLE_LEFT, 0},
        [TIMELY] = {wanted.deadline ? session_text(session, "Đúng hạn", "In time") : "", TABLE_LEFT, 0},
    };
    return table_new(columns, COLUMNS);
}

static void add_leaf(const struct session *session, const struct explanation *e,
    const struct trail_leaf *leaf, struct wanted wanted, struct table *table)
{
    char period[CHISO_PERIOD_CHARS], figure[300], revision[16], seq[40];
    char issued[INSTANT_TEXT_BYTES], committed[INSTANT_TEXT_BYTES];
    enum chiso_calendar calendar = e->row.definition->calendar;
    const struct journal_entry *entry = evidence_entry(session, e->journal, leaf, calendar);
    const struct journal_report *report = evidence_report(session, e->journal, leaf, calendar);
    const struct unit_row *row =
        catalogue_unit_at(session->catalogue, leaf->unit, chiso_period_last(leaf->period, calendar));
    struct punctuality p = leaf_punctuality(session, e, leaf);
    chiso_period_print(leaf->period, period);
    leaf_figure_text(session, &leaf->leaf->figure, figure, sizeof figure - sizeof "ʳ");
    if (evidence_is_restated(session, leaf, calendar))
        memcpy(figure + strlen(figure), "ʳ", sizeof "ʳ");
    (void)snprintf(revision, sizeof revision, "%" PRIu32, leaf->leaf->revision);
    (void)snprintf(seq, sizeof seq, "%" PRIu64 ".%" PRIu32, leaf->leaf->seq, leaf->leaf->index);
    instant_text(report ? report->issued_at : 0, issued);
    issued[strcspn(issued, " ")] = '\0'; /* the day is enough */
    instant_text(entry ? entry->time : 0, committed);
    const char *cells[COLUMNS] = {catalogue_unit_code(session->catalogue, leaf->unit),
        row ? session_unit_name(session, row) : "", period, figure, revision, seq,
        report && wanted.publisher ? report->publisher : "", report ? report->report_id : "",
        report ? report->source : "", issued, committed,
        !wanted.deadline  ? ""
        : p.deadline == 0 ? "–"
        : p.late          ? session_text(session, "muộn", "late")
                          : session_text(session, "có", "yes")};
    table_row(table, cells);
    table_style(table, TIMELY, p.late ? TABLE_BAD : TABLE_PLAIN);
}

enum group { IN_FIGURE, NOT_IN_FIGURE, OTHER_DEFINITION };

static enum group group_of(const struct trail_leaf *leaf)
{
    return leaf->used ? IN_FIGURE : leaf->other_definition ? OTHER_DEFINITION : NOT_IN_FIGURE;
}

/* The leaves of GROUP under a heading with their number. */
static void add_leaves(const struct session *session, const struct explanation *e, enum group group,
    struct wanted wanted, struct table *table)
{
    static const char *const headings[][2] = {
        [IN_FIGURE] = {"Nằm trong số liệu này", "In this figure"},
        [NOT_IN_FIGURE] = {"Không nằm trong số liệu này (đã rút, đã có số thay thế, hoặc để đối chiếu)",
            "Not in this figure (withdrawn, replaced, or only to compare)"},
        [OTHER_DEFINITION] = {"Theo định nghĩa khác của chỉ số, không cộng vào số liệu này",
            "Of another definition, not in this figure"},
    };
    char heading[160];
    size_t count = 0;
    for (size_t i = 0; i < e->trail.count; i++)
        count += group_of(&e->trail.list[i]) == group;
    if (count == 0)
        return;
    (void)snprintf(heading, sizeof heading, "%s: %zu",
        session_text(session, headings[group][0], headings[group][1]), count);
    table_heading(table, heading, TABLE_BOLD);
    for (size_t i = 0; i < e->trail.count; i++) {
        if (group_of(&e->trail.list[i]) == group)
            add_leaf(session, e, &e->trail.list[i], wanted, table);
    }
}

static void print_completeness(const char *name, const struct row_numbers *n)
{
    printf("%s%" PRIu32 "/%" PRIu32, name, n->reported, n->expected);
    if (n->partial)
        printf(" (+%" PRIu32 ")", n->partial);
}

/* The other side of the total: what the parts add up to, or a whole that has reported only in part. */
static void print_other_side(const struct session *session, const struct row *row)
{
    char number[256], difference[256];
    const struct row_numbers *n = &row->parts;
    if (!row->has_parts)
        return;
    text_figure(n->qualifier, n->value,
        session_english(session) ? row->definition->unit_label_en : row->definition->unit_label_vi,
        session_language(session), number, sizeof number);
    printf("%s%s", session_text(session, "Để đối chiếu:  ", "To compare:    "), n->value[0] ? number : "–");
    print_completeness(", ", n);
    if (row->difference[0]) {
        text_number(row->difference, session_language(session), difference, sizeof difference);
        printf(session_text(session, ", chênh lệch %s", ", difference %s"), difference);
    }
    putchar('\n');
}

/* What other figures of the unit and window contradict it. */
static void print_violations(const struct session *session, const struct row *row)
{
    char sentence[1024];
    struct rule_finding finding;
    for (size_t i = 0; i < row->violation_count; i++) {
        if (rule_judge(session->catalogue, session->store, row->violations[i], row->unit, row->period,
                session->now, &finding))
            continue;
        rule_text(&finding, session_language(session), sentence, sizeof sentence);
        printf("%s%s: %s\n", session_text(session, "Quy tắc:       ", "Rule:          "), finding.rule->id,
            sentence);
    }
}

static void print_head(const struct session *session, const struct explanation *e)
{
    const struct row *row = &e->row;
    char period[CHISO_PERIOD_TEXT_BYTES], value[256], reason[512], updated[INSTANT_TEXT_BYTES];
    const char *language = session_language(session);
    static const char *const bases[][2] = {
        {"–", "–"}, {"đơn vị báo cáo", "reported"}, {"cộng từ các đơn vị", "added up from the units"}};
    period_text(session, row->period, period);
    row_value_text(row, language, value, sizeof value);
    row_reason_text(session->catalogue, row, language, reason, sizeof reason);
    instant_text(row->updated_at, updated);
    printf("%s (%s)\n%s (%s), %s", session_indicator_name(session, row->definition), row->definition->id,
        session_unit_name(session, row->unit_row), catalogue_unit_code(session->catalogue, row->unit),
        period);
    print_boundaries(session, e->question);
    print_as_of(session);
    fputs("\n\n", stdout);
    printf("%s%s", session_text(session, "Số liệu:       ", "Figure:        "), value);
    if (row->shown.denominator[0])
        printf(" = %s/%s", row->shown.numerator, row->shown.denominator);
    printf(" (%s)\n", bases[row->basis][session_english(session)]);
    printf("%s%s\n", session_text(session, "Đánh giá:      ", "Position:      "), reason);
    print_completeness(session_text(session, "Đã báo cáo:    ", "Reported:      "), &row->shown);
    putchar('\n');
    print_other_side(session, row);
    print_violations(session, row);
    if (*updated)
        printf("%s%s, %s %" PRIu64 "\n", session_text(session, "Cập nhật:      ", "Updated:       "), updated,
            session_text(session, "nhật ký số", "journal entry"), row->seq);
    if (row->closing.restated) {
        value_at_closing_text(session, row, value, sizeof value);
        printf("%s%s\n", session_text(session, "Khi chốt:      ", "When closed:   "), value);
    }
    print_closing(session, row);
    putchar('\n');
}

int print_explanation(const struct session *session, const struct explanation *e)
{
    struct wanted wanted = wanted_columns(session, e);
    struct table *table = leaf_table_new(session, wanted);
    struct figure_notes notes = {0};
    int status = EXIT_OK;
    for (size_t i = 0; i < e->trail.count; i++)
        notes.restated |= evidence_is_restated(session, &e->trail.list[i], e->row.definition->calendar);
    print_head(session, e);
    if (table && e->trail.count > 0) {
        for (enum group group = IN_FIGURE; group <= OTHER_DEFINITION; group++)
            add_leaves(session, e, group, wanted, table);
        status = print_table(session, table);
        print_figure_notes(session, &notes);
    } else {
        table_free(table);
    }
    if (e->gaps.count > 0 && status == EXIT_OK) {
        printf(session_text(session, "\nCòn thiếu: %zu\n", "\nMissing: %zu\n"), e->gaps.count);
        status = print_table(session, gaps_table(session, &e->gaps));
    }
    return status;
}
