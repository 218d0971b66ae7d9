/* Pace and projected landing below a figure. */
#include "print.h"

#include "core/text.h"
#include <stdio.h>

static void rounded_text(
    const struct session *session, const struct row *row, const mpq_t value, char out[ROW_NUMBER_CHARS])
{
    char rounded[ROW_NUMBER_CHARS];
    rational_print_rounded(value, row->definition->decimals, rounded, sizeof rounded);
    text_number(rounded, session_language(session), out, ROW_NUMBER_CHARS);
}

static void add_line(const struct session *session, struct table *table, int indent,
    const char *const words[2], const char *when, const char *value, const char *beside)
{
    char name[128], figure[ROW_NUMBER_CHARS + 2];
    (void)snprintf(name, sizeof name, "%*s%s", indent, "", session_text(session, words[0], words[1]));
    (void)snprintf(figure, sizeof figure, "%s ", value);
    figure_table_add_cells(table, name, when, figure, beside);
}

void figure_table_add_outlook(const struct session *session, struct table *table, const struct row *row,
    const struct outlook *outlook, int indent)
{
    static const char *const lands[2] = {"dự báo đến hạn", "projected landing"};
    static const char *const needs[2] = {"mỗi kỳ còn lại cần", "each remaining window"};
    char day[CHISO_DATE_CHARS], value[ROW_NUMBER_CHARS], low[ROW_NUMBER_CHARS], high[ROW_NUMBER_CHARS];
    char beside[2 * ROW_NUMBER_CHARS + 32] = "", windows[48];
    chiso_day_print_vi(outlook->due, day);
    if (outlook->has_landing) {
        rounded_text(session, row, outlook->landing.value, value);
        rounded_text(session, row, outlook->landing.low, low);
        rounded_text(session, row, outlook->landing.high, high);
        (void)snprintf(beside, sizeof beside, "%s … %s", low, high);
        add_line(session, table, indent, lands, day, value, beside);
    } else {
        (void)snprintf(beside, sizeof beside,
            outlook->redefined == CHISO_DAY_FIRST
                ? session_text(session, "mới có %zu/%d kỳ", "only %zu of %d windows")
                : session_text(session, "mới có %zu/%d kỳ từ khi đổi định nghĩa",
                      "only %zu of %d windows since the definition changed"),
            outlook->windows, LANDING_WINDOWS_MIN);
        add_line(session, table, indent, lands, day, "–", beside);
    }
    if (!outlook->has_pace)
        return;
    beside[0] = '\0';
    rounded_text(session, row, outlook->needed, value);
    (void)snprintf(
        windows, sizeof windows, session_text(session, "%zu kỳ", "%zu windows"), outlook->remaining);
    if (outlook->has_recent) {
        rounded_text(session, row, outlook->recent, low);
        (void)snprintf(beside, sizeof beside, session_text(session, "gần đây %s", "recently %s"), low);
    }
    add_line(session, table, indent, needs, windows, value, beside);
}
