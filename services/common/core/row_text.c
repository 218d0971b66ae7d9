/* The sentences an official reads. Each position has one; Vietnamese first, English beside it. */
#include "core/row.h"

#include "core/goal.h"
#include "core/text.h"
#include <stdio.h>
#include <string.h>

#define PHRASE_BYTES 320
/* Where a figure and what is expected print alike, the latter gets up to so many decimals more. */
#define EXTRA_DECIMALS_MAX 12

static const char *label_of(const struct row *row, const char *language)
{
    const char *label =
        text_is_english(language) ? row->definition->unit_label_en : row->definition->unit_label_vi;
    return label ? label : "";
}

static const char *pick(const char *language, const char *vi, const char *en)
{
    return text_is_english(language) ? en : vi;
}

/* ---- the figure ---- */

static void rank_text(const struct row *row, const char *language, char *out, size_t capacity)
{
    struct text text;
    const char *word = text_qualifier(row->shown.qualifier, language);
    text_begin(&text, out, capacity);
    text_add(&text, "%s%s%s", word, word[0] ? " " : "", row->shown.value);
    if (row->shown.denominator[0])
        text_add(&text, "/%s", row->shown.denominator);
}

void row_value_text(const struct row *row, const char *language, char *out, size_t capacity)
{
    if (row->shown.state == ROW_NOT_REPORTED)
        snprintf(out, capacity, "%s", pick(language, "chưa báo cáo", "not reported"));
    else if (row->shown.state == ROW_NOT_APPLICABLE)
        snprintf(out, capacity, "%s", pick(language, "không áp dụng", "not applicable"));
    else if (!row->shown.value[0])
        snprintf(out, capacity, "%s", pick(language, "không phát sinh", "nothing occurred"));
    else if (row->definition->measure == MEASURE_RANK)
        rank_text(row, language, out, capacity);
    else
        text_figure(row->shown.qualifier, row->shown.value, label_of(row, language), language, out, capacity);
}

/* The figure that was judged: the year to date where that is what the target looks at. */
static void judged_text(const struct row *row, const char *language, char *out, size_t capacity)
{
    struct text text;
    if (!row->year_to_date[0]) {
        row_value_text(row, language, out, capacity);
        return;
    }
    char figure[PHRASE_BYTES];
    text_figure(CHISO_EXACT, row->year_to_date, label_of(row, language), language, figure, sizeof figure);
    text_begin(&text, out, capacity);
    text_add(&text, pick(language, "%s từ đầu năm", "%s since the beginning of the year"), figure);
}

static void plain_text(
    const struct row *row, const char *decimal, const char *language, char *out, size_t capacity)
{
    text_figure(CHISO_EXACT, decimal, label_of(row, language), language, out, capacity);
}

/* ---- another number beside the figure ---- */

static const char *judged_number(const struct row *row)
{
    return row->year_to_date[0] ? row->year_to_date : row->shown.value;
}

static unsigned decimals_of(const char *decimal)
{
    const char *point = strchr(decimal, '.');
    return point ? (unsigned)strlen(point + 1) : 0;
}

/* 23.0 says no more than 23. */
static void drop_zero_decimals(char *decimal)
{
    char *point = strchr(decimal, '.');
    if (point && strspn(point + 1, "0") == strlen(point + 1))
        *point = '\0';
}

/* A bound that somebody wrote down is short and stays as it is; a point on a line is rounded. */
static bool is_short(const char *exact, unsigned decimals)
{
    return !strchr(exact, '/') && decimals_of(exact) <= decimals + 2;
}

/* EXACT (E(t), or the figure a year before) with the figure's decimals, and more while it would print like
 * the figure it differs from. */
static void print_beside_figure(const struct row *row, const char *exact, char out[ROW_NUMBER_CHARS])
{
    const char *figure = judged_number(row);
    unsigned decimals = decimals_of(figure), most = decimals + EXTRA_DECIMALS_MAX;
    mpq_t expected, shown, rounded;
    snprintf(out, ROW_NUMBER_CHARS, "%s", exact);
    if (is_short(exact, decimals))
        return;
    mpq_inits(expected, shown, rounded, NULL);
    if (rational_set_text(expected, exact) == CHISO_OK && rational_set_text(shown, figure) == CHISO_OK) {
        do {
            rational_print_rounded(expected, decimals, out, ROW_NUMBER_CHARS);
        } while (rational_set_text(rounded, out) == CHISO_OK && mpq_equal(rounded, shown) &&
                 !mpq_equal(expected, shown) && ++decimals <= most);
        drop_zero_decimals(out);
    } else if (rational_set_text(expected, exact) == CHISO_OK) {
        rational_print_rounded(expected, row->definition->decimals, out, ROW_NUMBER_CHARS);
    }
    mpq_clears(expected, shown, rounded, NULL);
}

/* ---- the target ---- */

static void decimal_text(const struct row *row, struct chiso_decimal number, const char *language, char *out)
{
    char decimal[CHISO_DECIMAL_CHARS];
    chiso_decimal_print(chiso_decimal_reduce(number), decimal);
    plain_text(row, decimal, language, out, PHRASE_BYTES);
}

static const char *shape_words(const struct target *target, enum direction direction, const char *language)
{
    switch (target->shape) {
    case TARGET_AT_LEAST:
        return pick(language, "ít nhất %s", "at least %s");
    case TARGET_ABOVE:
        return pick(language, "trên %s", "above %s");
    case TARGET_AT_MOST:
        return pick(language, "không quá %s", "at most %s");
    case TARGET_BELOW:
        return pick(language, "dưới %s", "below %s");
    case TARGET_MAINTAIN:
        return direction == DIRECTION_DOWN ? pick(language, "giữ không quá %s", "kept at %s or below")
                                           : pick(language, "giữ ít nhất %s", "kept at %s or above");
    case TARGET_INCREASE_EACH_YEAR:
        return direction == DIRECTION_DOWN
                   ? pick(language, "dưới cùng kỳ năm trước (%s)", "below %s, a year before")
                   : pick(language, "trên cùng kỳ năm trước (%s)", "above %s, a year before");
    case TARGET_BETWEEN:
    case TARGET_DONE_BY:
        break;
    }
    return "%s";
}

/* Adds NUMBER to WORDS, which hold one %s. */
static void words_text(const char *words, const char *number, char *out, size_t capacity)
{
    const char *place = strstr(words, "%s");
    struct text text;
    text_begin(&text, out, capacity);
    text_add(&text, "%.*s%s%s", (int)(place - words), words, number, place + 2);
}

void row_target_text(const struct row *row, const char *language, char *out, size_t capacity)
{
    char low[PHRASE_BYTES], high[PHRASE_BYTES];
    const struct target *target = row->target;
    if (!target) {
        if (capacity > 0)
            out[0] = '\0';
    } else if (target->shape == TARGET_BETWEEN) {
        struct text text;
        decimal_text(row, target->value, language, low);
        decimal_text(row, target->value_high, language, high);
        text_begin(&text, out, capacity);
        text_add(&text, pick(language, "từ %s đến %s", "from %s to %s"), low, high);
    } else if (target->shape == TARGET_DONE_BY) {
        snprintf(out, capacity, "%s", pick(language, "hoàn thành (ít nhất 1)", "completion (at least 1)"));
    } else if (target->shape == TARGET_INCREASE_EACH_YEAR && row->target_text[0]) {
        char rounded[ROW_NUMBER_CHARS];
        print_beside_figure(row, row->target_text, rounded);
        plain_text(row, rounded, language, low, sizeof low);
        words_text(shape_words(target, row->definition->direction, language), low, out, capacity);
    } else if (target->shape == TARGET_INCREASE_EACH_YEAR) {
        bool down = row->definition->direction == DIRECTION_DOWN;
        snprintf(out, capacity, "%s",
            down ? pick(language, "giảm so với cùng kỳ năm trước", "less than a year before")
                 : pick(language, "tăng so với cùng kỳ năm trước", "more than a year before"));
    } else {
        bool has_own = target->shape != TARGET_MAINTAIN || target->has_value;
        decimal_text(row, has_own ? target->value : target->baseline, language, low);
        words_text(shape_words(target, row->definition->direction, language), low, out, capacity);
    }
}

static void due_text(const struct row *row, const char *language, char *out)
{
    char day[CHISO_DATE_CHARS];
    out[0] = '\0';
    if (row->target->due == CHISO_DAY_LAST)
        return;
    chiso_day_print_vi(row->target->due, day);
    snprintf(out, PHRASE_BYTES, pick(language, " (hạn %s)", " (due %s)"), day);
}

/* ---- what was expected by then ---- */

/* How far the printed figure is from the printed expectation, as a magnitude; "" when not at all. */
static void print_gap(const struct row *row, const char *expected, char out[ROW_NUMBER_CHARS])
{
    const char *figure = judged_number(row);
    mpq_t a, b;
    mpq_inits(a, b, NULL);
    out[0] = '\0';
    if (rational_set_text(a, expected) == CHISO_OK && rational_set_text(b, figure) == CHISO_OK) {
        mpq_sub(a, a, b);
        mpq_abs(a, a);
        if (mpq_sgn(a) != 0)
            rational_print_exact(a, out, ROW_NUMBER_CHARS);
    }
    mpq_clears(a, b, NULL);
}

/* Which way the figure is off what was expected: +1 above, −1 below, 0 neither or unknown. */
static int side_of_expected(const struct row *row)
{
    const char *figure = judged_number(row);
    int side = 0;
    mpq_t a, b;
    mpq_inits(a, b, NULL);
    if (rational_set_text(a, figure) == CHISO_OK && rational_set_text(b, row->expected_for_date) == CHISO_OK)
        side = mpq_cmp(a, b);
    mpq_clears(a, b, NULL);
    return side > 0 ? 1 : side < 0 ? -1 : 0;
}

struct phrases {
    char figure[PHRASE_BYTES], target[PHRASE_BYTES], due[PHRASE_BYTES];
    char expected[PHRASE_BYTES], gap[PHRASE_BYTES], period[CHISO_PERIOD_TEXT_BYTES];
    char last[CHISO_DATE_CHARS], instant[TEXT_INSTANT_BYTES];
};

static void phrases_of(const struct row *row, const char *language, struct phrases *p)
{
    char number[ROW_NUMBER_CHARS], gap[ROW_NUMBER_CHARS];
    *p = (struct phrases){0};
    judged_text(row, language, p->figure, sizeof p->figure);
    text_period(row->period, language, p->period);
    chiso_day_print_vi(chiso_period_last(row->period, row->definition->calendar), p->last);
    if (row->deadline != 0)
        text_instant(row->deadline, language, p->instant);
    if (!row->target)
        return;
    row_target_text(row, language, p->target, sizeof p->target);
    due_text(row, language, p->due);
    if (row->expected_for_date[0]) {
        print_beside_figure(row, row->expected_for_date, number);
        print_gap(row, number, gap);
        plain_text(row, number, language, p->expected, sizeof p->expected);
        text_number(gap, language, p->gap, sizeof p->gap);
    }
}

/* ---- one sentence a position ---- */

static void behind_text(
    const struct row *row, const struct phrases *p, const char *language, struct text *text)
{
    int side = side_of_expected(row);
    if (side > 0)
        text_add(text,
            pick(language, "Ở mức %s, cao hơn mức cho phép %s vào %s (vượt %s).",
                "At %s, above the %s allowed on %s (over by %s)."),
            p->figure, p->expected, p->last, p->gap);
    else if (side < 0)
        text_add(text,
            pick(language, "Đạt %s, thấp hơn mức phải đạt %s vào %s (thiếu %s).",
                "At %s, below the %s expected on %s (short by %s)."),
            p->figure, p->expected, p->last, p->gap);
    else
        text_add(text,
            pick(language, "Đạt %s, chưa bảo đảm chỉ tiêu %s vào %s.",
                "At %s, short of the target of %s on %s."),
            p->figure, p->target, p->last);
}

static void on_track_text(
    const struct row *row, const struct phrases *p, const char *language, struct text *text)
{
    if (row->expected_for_date[0])
        text_add(text,
            pick(language, "Đạt %s, đúng tiến độ so với mức %s vào %s.", "At %s, on track against %s on %s."),
            p->figure, p->expected, p->last);
    else
        text_add(text, pick(language, "Đạt %s, đúng tiến độ.", "At %s, on track."), p->figure);
}

static void not_due_text(
    const struct row *row, const struct phrases *p, const char *language, struct text *text)
{
    if (!row_has_figure(row))
        text_add(text, "%s",
            row->running ? pick(language, "Kỳ chưa kết thúc, chưa có số liệu.",
                               "The period is running; no figure yet.")
                         : pick(language, "Chưa có số liệu.", "No figure yet."));
    else if (row->running)
        text_add(text,
            pick(language, "Mới đạt %s, kỳ chưa kết thúc; chỉ tiêu %s%s.",
                "%s so far, the period is running; target %s%s."),
            p->figure, p->target, p->due);
    else
        text_add(text,
            pick(language, "Đạt %s, chưa đến hạn đánh giá; chỉ tiêu %s%s.",
                "At %s, not due yet; target %s%s."),
            p->figure, p->target, p->due);
}

static void cannot_tell_text(
    const struct row *row, const struct phrases *p, const char *language, struct text *text)
{
    if (row->shown.state == ROW_PARTIAL)
        text_add(text,
            pick(language, "Mới có báo cáo của %u/%u đơn vị (%s), chưa kết luận được so với chỉ tiêu %s%s.",
                "Only %u of %u units have reported (%s): it cannot be told whether the target of %s%s is "
                "reached."),
            row->shown.reported, row->shown.expected, p->figure, p->target, p->due);
    else
        text_add(text,
            pick(language, "Số liệu %s chưa đủ để kết luận so với chỉ tiêu %s%s.",
                "The figure, %s, does not tell whether the target of %s%s is reached."),
            p->figure, p->target, p->due);
}

static void no_target_text(
    const struct row *row, const struct phrases *p, const char *language, struct text *text)
{
    if (!row->target)
        text_add(text, "%s", pick(language, "Không có chỉ tiêu.", "There is no target."));
    else if (row->shown.state == ROW_NOT_APPLICABLE)
        text_add(
            text, "%s", pick(language, "Chỉ số không áp dụng cho kỳ này.", "Not applicable in this period."));
    else
        text_add(text,
            pick(language, "Kỳ này %s, không có tỷ lệ để so sánh.", "In this period %s: no rate to compare."),
            p->figure);
}

static void not_comparable_text(
    const struct catalogue *catalogue, const struct row *row, const char *language, struct text *text)
{
    char day[CHISO_DATE_CHARS];
    const struct unit_row *unit = row->unit_row;
    const struct unit_identity *identity = unit ? catalogue_identity(catalogue, unit->identity) : NULL;
    if (row->incomparable == INCOMPARABLE_BOUNDARIES) {
        text_add(text, "%s",
            pick(language, "Địa giới đơn vị đã thay đổi nên không so sánh được.",
                "The unit's boundaries have changed: not comparable."));
    } else if (row->incomparable == INCOMPARABLE_ELSEWHERE) {
        text_add(text, "%s",
            pick(language, "Cần số liệu của tỉnh trước đây, không có ở đây, nên không so sánh được.",
                "It needs figures of a former province, which are not at hand: not comparable."));
    } else if (row->incomparable == INCOMPARABLE_UNIT_ENDED && identity && identity->to != CHISO_DAY_LAST) {
        chiso_day_print_vi(identity->to, day);
        text_add(text,
            pick(language, "Đơn vị kết thúc ngày %s, trước hạn chỉ tiêu, nên không so sánh được.",
                "The unit ends on %s, before the target is due: not comparable."),
            day);
    } else {
        chiso_day_print_vi(row->redefined, day);
        text_add(text,
            pick(language, "Định nghĩa chỉ số đã thay đổi từ ngày %s nên không so sánh được.",
                "The definition changed on %s: not comparable."),
            day);
    }
}

/* After the due date the figure is a later one than the one that settled the matter. */
static void settled_text(
    const struct row *row, const struct phrases *p, const char *language, struct text *text)
{
    bool is_later = chiso_period_last(row->period, row->definition->calendar) > row->target->due;
    if (row->position == POSITION_REACHED_LATE)
        text_add(text,
            pick(language, "Kỳ này đạt %s; chỉ tiêu %s%s đạt muộn.",
                "At %s in this period; the target of %s%s was reached late."),
            p->figure, p->target, p->due);
    else if (row->position == POSITION_MET && is_later)
        text_add(text,
            pick(language, "Kỳ này đạt %s; chỉ tiêu %s%s đã hoàn thành đúng hạn.",
                "At %s in this period; the target of %s%s was met in time."),
            p->figure, p->target, p->due);
    else if (row->position == POSITION_MET)
        text_add(text,
            pick(language, "Đạt %s, hoàn thành chỉ tiêu %s%s.", "At %s, the target of %s%s is met."),
            p->figure, p->target, p->due);
    else
        text_add(text,
            pick(
                language, "Đạt %s, không hoàn thành chỉ tiêu %s%s.", "At %s, the target of %s%s was missed."),
            p->figure, p->target, p->due);
}

void row_reason_text(const struct catalogue *catalogue, const struct row *row, const char *language,
    char *out, size_t capacity)
{
    struct text text;
    struct phrases p;
    phrases_of(row, language, &p);
    text_begin(&text, out, capacity);
    switch (row->position) {
    case POSITION_NO_TARGET:
        no_target_text(row, &p, language, &text);
        break;
    case POSITION_NOT_COMPARABLE:
        not_comparable_text(catalogue, row, language, &text);
        break;
    case POSITION_OVERDUE:
        text_add(&text,
            pick(language, "Chưa có báo cáo %s; hạn nộp là %s.",
                "The report for %s is missing; it was due at %s."),
            p.period, p.instant);
        break;
    case POSITION_MET:
    case POSITION_MISSED:
    case POSITION_REACHED_LATE:
        settled_text(row, &p, language, &text);
        break;
    case POSITION_ON_TRACK:
        on_track_text(row, &p, language, &text);
        break;
    case POSITION_AT_RISK:
    case POSITION_BEHIND:
        behind_text(row, &p, language, &text);
        break;
    case POSITION_NOT_DUE:
        not_due_text(row, &p, language, &text);
        break;
    case POSITION_CANNOT_TELL:
        cannot_tell_text(row, &p, language, &text);
        break;
    }
}
