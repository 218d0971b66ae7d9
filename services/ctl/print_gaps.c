/* What is missing, as a table and as JSON. */
#include "print.h"

#include "core/json_list.h"
static const char *state_text(const struct session *session, const struct gap *gap)
{
    if (gap->overdue)
        return session_text(session, "quá hạn", "overdue");
    return gap->deadline != 0 ? session_text(session, "chưa đến hạn", "not yet due")
                              : session_text(session, "không có hạn", "no deadline");
}

struct table *gaps_table(const struct session *session, const struct gaps *gaps)
{
    const struct table_column columns[] = {
        {session_text(session, "Mã", "Code"), TABLE_LEFT, 0},
        {session_text(session, "Đơn vị", "Unit"), TABLE_FOLD, 20},
        {session_text(session, "Chỉ số", "Indicator"), TABLE_FOLD, 24},
        {session_text(session, "Kỳ", "Period"), TABLE_LEFT, 0},
        {session_text(session, "Hạn nộp", "Deadline"), TABLE_LEFT, 0},
        {session_text(session, "Tình trạng", "State"), TABLE_LEFT, 0},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < gaps->count && table; i++) {
        const struct gap *gap = &gaps->list[i];
        char period[CHISO_PERIOD_TEXT_BYTES], deadline[INSTANT_TEXT_BYTES];
        period_text(session, gap->period, period);
        instant_text(gap->deadline, deadline);
        const char *cells[] = {catalogue_unit_code(session->catalogue, gap->row->code),
            session_unit_name(session, gap->row), session_indicator_name(session, gap->definition), period,
            *deadline ? deadline : "–", state_text(session, gap)};
        table_row(table, cells);
        table_style(table, 5, gap->overdue ? TABLE_BAD : TABLE_PLAIN);
    }
    return table;
}

static json_t *gap_json(const struct session *session, const struct gap *gap)
{
    return json_pack("{s:s,s:s,s:o,s:o,s:b,s:b}", "unit",
        catalogue_unit_code(session->catalogue, gap->row->code), "indicator", gap->definition->id, "period",
        period_json(gap->period), "deadline", instant_json(gap->deadline), "overdue", gap->overdue, "partial",
        gap->partial);
}

json_t *gaps_json(const struct session *session, const struct gaps *gaps)
{
    json_t *array = json_array();
    for (size_t i = 0; i < gaps->count; i++)
        json_list_add(&array, gap_json(session, &gaps->list[i]));
    return array;
}
