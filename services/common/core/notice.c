#include "core/notice.h"

#include "core/text.h"
#include <stdio.h>
#include <string.h>

static const char *pick(const char *language, const char *vi, const char *en)
{
    return text_is_english(language) ? en : vi;
}

/* The English name where there is one. */
static const char *name_in(const char *language, const char *vi, const char *en)
{
    return text_is_english(language) && en && en[0] ? en : vi;
}

/* ---- one item ---- */

static const struct unit_row *row_of_unit(const struct catalogue *catalogue, uint32_t unit, chiso_day day)
{
    size_t count;
    const struct unit_row *row = unit == CATALOGUE_NONE ? NULL : catalogue_unit_at(catalogue, unit, day);
    if (row || unit == CATALOGUE_NONE)
        return row;
    const struct unit_row *rows = catalogue_unit_rows(catalogue, unit, &count);
    return count ? &rows[count - 1] : NULL;
}

static const char *headline_word(const struct alert *alert, enum alert_change change, const char *language)
{
    if (change == ALERT_ENDED)
        return pick(language, "Hết cảnh báo", "Resolved");
    if (alert->kind == ALERT_INCONSISTENT)
        return pick(language, "Số liệu không khớp", "Figures contradict each other");
    if (alert->kind == ALERT_OVERDUE)
        return pick(language, "Quá hạn báo cáo", "Report overdue");
    switch (alert->position) {
    case POSITION_MISSED:
        return pick(language, "Không đạt chỉ tiêu", "Target missed");
    case POSITION_AT_RISK:
        return pick(language, "Có nguy cơ chậm tiến độ", "At risk");
    default:
        return pick(language, "Chậm tiến độ", "Behind");
    }
}

static const char *level_words(const char *level, const char *language)
{
    static const char *const vi[UNIT_KINDS] = {
        "cấp trung ương", "cấp tỉnh", "cấp huyện", "cấp xã", "các sở, ngành", "các tổ chức"};
    static const char *const en[UNIT_KINDS] = {"the nation", "provinces", "all districts together",
        "all communes together", "all departments together", "all organisations together"};
    for (int kind = 0; kind < UNIT_KINDS; kind++) {
        if (strcmp(level, unit_kind_names[kind]) == 0)
            return pick(language, vi[kind], en[kind]);
    }
    return "";
}

/* "Tỉnh Hà Nam (35), cấp xã" */
static void add_where(
    const struct alert *alert, const struct unit_row *unit, const char *language, struct text *text)
{
    const char *level = level_words(alert->level, language);
    text_add(
        text, "%s (%s)", unit ? name_in(language, unit->name_vi, unit->name_en) : alert->unit, alert->unit);
    if (level[0])
        text_add(text, ", %s", level);
}

static void add_figure(const struct row *row, const char *language, struct text *text)
{
    char figure[NOTICE_HEADLINE_BYTES], target[NOTICE_HEADLINE_BYTES], due[CHISO_DATE_CHARS];
    row_value_text(row, language, figure, sizeof figure);
    text_add(text, pick(language, "   Số liệu: %s", "   Figure: %s"), figure);
    if (row->shown.expected > 1)
        text_add(text, pick(language, " (%u/%u đơn vị đã báo cáo)", " (%u of %u units have reported)"),
            row->shown.reported, row->shown.expected);
    text_add(text, "\n");
    if (!row->target)
        return;
    row_target_text(row, language, target, sizeof target);
    text_add(text, pick(language, "   Chỉ tiêu: %s", "   Target: %s"), target);
    if (row->target->due != CHISO_DAY_LAST) {
        chiso_day_print_vi(row->target->due, due);
        text_add(text, pick(language, " (hạn %s)", " (due %s)"), due);
    }
    text_add(text, "\n");
}

static const char *what_to_do(const struct alert *alert, enum alert_change change, const char *language)
{
    if (change == ALERT_ENDED)
        return pick(language, "không cần xử lý thêm", "nothing more");
    if (alert->kind == ALERT_OVERDUE)
        return pick(language,
            "gửi báo cáo của kỳ này; nếu không phát sinh thì báo cáo số 0, nếu không thuộc diện báo cáo thì "
            "ghi "
            "\"không áp dụng\"",
            "send the report of this period; report 0 if nothing occurred, or \"not applicable\"");
    if (alert->kind == ALERT_INCONSISTENT)
        return pick(language,
            "đối chiếu các số liệu này và gửi lại số liệu sai với lần sửa đổi (revision) cao hơn",
            "compare these figures and send the wrong one again with a higher revision");
    return pick(language,
        "kiểm tra số liệu; nếu sai thì gửi lại với lần sửa đổi (revision) cao hơn, nếu đúng thì có biện pháp "
        "thực hiện chỉ tiêu",
        "check the figure; if it is wrong send it again with a higher revision, if it is right act on it");
}

static void add_reason(
    const struct alert *alert, enum alert_change change, const char *language, struct text *text)
{
    const char *why = text_is_english(language) ? alert->text_en : alert->text_vi;
    if (change == ALERT_ENDED)
        text_add(text, pick(language, "   Kết thúc vì: %s. %s\n", "   Resolved because: %s. %s\n"),
            alert_reason_text(alert->reason, language), why);
    else
        text_add(text, pick(language, "   Lý do: %s\n", "   Why: %s\n"), why);
}

static void add_since(
    const struct alert *alert, chiso_instant_ms now, const char *language, struct text *text)
{
    char opened[TEXT_INSTANT_BYTES];
    long long days = (chiso_day_at(now) - chiso_day_at(alert->opened_at_ms));
    text_instant(alert->opened_at_ms, language, opened);
    text_add(text, pick(language, "   Cảnh báo từ: %s", "   Alert since: %s"), opened);
    if (days > 0)
        text_add(text, pick(language, " (%lld ngày)", " (%lld days)"), days);
    text_add(text, "\n");
}

/* The indicator's name, or what the rule is about; the id of what the catalogue no longer has. */
static const char *name_of(const struct catalogue *catalogue, const struct alert *alert, const char *language)
{
    if (alert->kind == ALERT_INCONSISTENT) {
        uint32_t rule = catalogue_rule_find(catalogue, alert->rule);
        const char *title =
            rule == CATALOGUE_NONE ? "" : rule_title(catalogue, catalogue_rule(catalogue, rule), language);
        return title[0] ? title : alert->rule;
    }
    uint32_t indicator = catalogue_indicator_find(catalogue, alert->indicator);
    if (indicator == CATALOGUE_NONE)
        return alert->indicator;
    const struct indicator *definition = catalogue_indicator(catalogue, indicator);
    return name_in(language, definition->name_vi, definition->name_en);
}

static void add_look_up(const struct alert *alert, const char *language, struct text *text)
{
    const char *words = pick(language, "   Tra cứu: ", "   Look it up: ");
    if (alert->kind == ALERT_INCONSISTENT)
        text_add(text, "%schisoctl rules --unit %s --period %s\n", words, alert->unit, alert->period);
    else
        text_add(text, "%schisoctl explain --unit %s --indicator %s --period %s\n", words, alert->unit,
            alert->indicator, alert->period);
}

void notice_make(const struct catalogue *catalogue, const struct alert *alert, enum alert_change change,
    const struct row *row, chiso_instant_ms now, const char *language, struct notice *out)
{
    uint32_t unit = catalogue_unit_find(catalogue, alert->unit);
    const struct unit_row *unit_row = row_of_unit(catalogue, unit, chiso_day_at(now));
    char period[CHISO_PERIOD_TEXT_BYTES];
    struct chiso_period window = {0};
    struct text text;
    (void)chiso_period_parse(alert->period, strlen(alert->period), &window);
    text_period(window, language, period);
    out->severity = change == ALERT_ENDED ? SEVERITY_INFO : alert->severity;
    text_begin(&text, out->headline, sizeof out->headline);
    text_add(&text, "%s: %s - ", headline_word(alert, change, language), name_of(catalogue, alert, language));
    add_where(alert, unit_row, language, &text);

    text_begin(&text, out->body, sizeof out->body);
    text_add(&text, pick(language, "   Kỳ: %s\n", "   Period: %s\n"), period);
    if (row && alert->kind == ALERT_TARGET)
        add_figure(row, language, &text);
    add_reason(alert, change, language, &text);
    add_since(alert, now, language, &text);
    text_add(&text, pick(language, "   Việc cần làm: %s.\n", "   What to do: %s.\n"),
        what_to_do(alert, change, language));
    add_look_up(alert, language, &text);
}

/* ---- who ---- */

static size_t contacts_of(const struct catalogue *catalogue, uint32_t unit, enum severity severity,
    const struct contact *list[], size_t capacity, bool *any)
{
    size_t count, taken = 0;
    const struct contact *contacts = catalogue_contacts(catalogue, &count);
    for (size_t i = 0; i < count; i++) {
        if (contacts[i].unit != unit)
            continue;
        *any = true;
        if (contacts[i].min_severity <= severity && taken < capacity)
            list[taken++] = &contacts[i];
    }
    return taken;
}

size_t notice_contacts(const struct catalogue *catalogue, const struct alert *alert, enum alert_change change,
    chiso_instant_ms now, const struct contact *list[], size_t capacity)
{
    enum severity severity = change == ALERT_ENDED ? alert->peak : alert->severity;
    uint32_t unit = catalogue_unit_find(catalogue, alert->unit);
    const struct unit_row *row = row_of_unit(catalogue, unit, chiso_day_at(now));
    while (row) {
        bool any = false;
        size_t taken = contacts_of(catalogue, row->code, severity, list, capacity, &any);
        if (any)
            return taken;
        chiso_day day = row->to < chiso_day_at(now) ? row->to : chiso_day_at(now);
        row = row->parent == CATALOGUE_NONE ? NULL : row_of_unit(catalogue, row->parent, day);
    }
    return 0;
}

/* ---- the mail ---- */

static size_t count_of(const struct notice notices[], size_t count, enum severity severity)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += notices[i].severity == severity;
    return found;
}

static void make_subject(
    const struct notice notices[], size_t count, const char *language, char subject[NOTICE_HEADLINE_BYTES])
{
    struct text text;
    text_begin(&text, subject, NOTICE_HEADLINE_BYTES);
    if (count == 1) {
        text_add(&text, "[chiso] %s", notices[0].headline);
        return;
    }
    text_add(&text,
        pick(language, "[chiso] %zu thông báo: %zu nghiêm trọng, %zu cần chú ý, %zu đã kết thúc",
            "[chiso] %zu notices: %zu critical, %zu need attention, %zu resolved"),
        count, count_of(notices, count, SEVERITY_CRITICAL), count_of(notices, count, SEVERITY_WARNING),
        count_of(notices, count, SEVERITY_INFO));
}

void notice_mail(const struct notice notices[], size_t count, const char *name, const char *language,
    char subject[NOTICE_HEADLINE_BYTES], char *body, size_t capacity)
{
    struct text text;
    size_t number = 0;
    make_subject(notices, count, language, subject);
    text_begin(&text, body, capacity);
    if (name[0])
        text_add(&text, pick(language, "Kính gửi %s,\n\n", "Dear %s,\n\n"), name);
    for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_INFO; severity--) {
        for (size_t i = 0; i < count; i++) {
            if (notices[i].severity == (enum severity)severity)
                text_add(&text, "%zu. %s\n%s\n", ++number, notices[i].headline, notices[i].body);
        }
    }
    text_add(&text, "%s",
        pick(language,
            "Thư này do hệ thống chỉ số của tỉnh gửi tự động. Xem tất cả cảnh báo: chisoctl alerts\n",
            "Sent automatically by the province's indicator bus. All alerts: chisoctl alerts\n"));
}
