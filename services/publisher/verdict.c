#include "verdict.h"

#include <string.h>

/* Under the outcome's name, which is padded to the longest. */
#define INDENT "           "

static bool is_english(const char *language)
{
    return strcmp(language, "en") == 0;
}

const char *verdict_sentence(enum chiso_outcome outcome, bool english)
{
    switch (outcome) {
    case CHISO_ACCEPTED:
        return english ? "taken over" : "đã nhận và lưu";
    case CHISO_PARTIAL:
        return english ? "taken over in part" : "chỉ nhận được một phần";
    case CHISO_DUPLICATE:
        return english ? "the centre has exactly this already" : "trung tâm đã có đúng như vậy";
    case CHISO_SUPERSEDED:
        return english ? "the centre has a higher revision" : "trung tâm đã có bản cao hơn";
    case CHISO_REJECTED:
        return english ? "refused" : "không được nhận";
    case CHISO_DEFERRED:
        return english ? "to be sent again later" : "phải gửi lại sau";
    }
    return english ? "unknown outcome" : "kết quả không rõ";
}

const char *verdict_reason_vi(enum chiso_reason reason)
{
    switch (reason) {
    case CHISO_REASON_MALFORMED:
        return "bản tin không đúng dạng";
    case CHISO_REASON_UNKNOWN_UNIT:
        return "không có đơn vị này trong kỳ";
    case CHISO_REASON_NOT_ALLOWED:
        return "không được báo cáo thay đơn vị này";
    case CHISO_REASON_WRONG_TOPIC:
        return "gửi nhầm tỉnh";
    case CHISO_REASON_BAD_PERIOD:
        return "kỳ báo cáo không hợp lệ";
    case CHISO_REASON_BAD_REVISION:
        return "số bản không hợp lệ";
    case CHISO_REASON_UNKNOWN_INDICATOR:
        return "không có chỉ số này";
    case CHISO_REASON_NOT_A_REPORTER:
        return "đơn vị không báo cáo chỉ số này";
    case CHISO_REASON_BAD_FORM:
        return "dạng số liệu không hợp với chỉ số";
    case CHISO_REASON_BAD_VALUE:
        return "giá trị không hợp lệ";
    case CHISO_REASON_REPEATED:
        return "chỉ số lặp lại trong báo cáo";
    case CHISO_REASON_CONFLICT:
        return "cùng bản nhưng khác số liệu";
    case CHISO_REASON_SUPERSEDED:
        return "đã có bản cao hơn";
    case CHISO_REASON_OVERFLOW:
        return "tổng số vượt giới hạn";
    case CHISO_REASON_RATE_LIMIT:
        return "gửi quá nhiều trong một giây";
    }
    return "lý do khác";
}

/* Where the refused figure stood: "q1.csv:12: ", as far as it is known. */
static void print_place(
    FILE *out, const struct outbox_entry *entry, const struct chiso_report *report, const char *indicator)
{
    if (entry->origin[0] == '\0' || indicator[0] == '\0')
        return;
    for (size_t i = 0; i < report->observation_count && i < entry->line_count; i++)
        if (strcmp(report->observations[i].indicator, indicator) == 0) {
            fprintf(out, "%s:%zu: ", entry->origin, entry->lines[i]);
            return;
        }
}

static void print_rejection(FILE *out, bool english, const struct outbox_entry *entry,
    const struct chiso_report *report, const struct chiso_rejection *rejection)
{
    const char *name = chiso_reason_name(rejection->reason);
    fputs(INDENT, out);
    print_place(out, entry, report, rejection->indicator);
    if (rejection->indicator[0] != '\0')
        fprintf(out, "%s: ", rejection->indicator);
    if (!english)
        fprintf(out, "%s: ", verdict_reason_vi(rejection->reason));
    struct chiso_message text;
    chiso_message_set(&text, "%s", rejection->text);
    fprintf(out, "%s (%s)\n", text.text, name == NULL ? "?" : name);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

void verdict_print(FILE *out, const char *language, const struct outbox_entry *entry,
    const struct chiso_report *report, const struct chiso_verdict *verdict)
{
    bool english = is_english(language);
    const char *name = chiso_outcome_name(verdict->outcome);
    size_t count = report->observation_count;
    fprintf(out, "%-10s %s %s, %s %llu, %zu ", name == NULL ? "?" : name, report->unit, report->period,
        english ? "revision" : "bản", (unsigned long long)report->revision, count);
    if (english)
        fprintf(out, "figure%s: ", plural(count));
    else
        fputs("số liệu: ", out);
    fputs(verdict_sentence(verdict->outcome, english), out);
    if (verdict->revision > report->revision)
        fprintf(out, english ? " (revision %llu)" : " (bản %llu)", (unsigned long long)verdict->revision);
    fputs(".\n", out);
    for (size_t i = 0; i < verdict->rejection_count; i++)
        print_rejection(out, english, entry, report, &verdict->rejections[i]);
}

void verdict_print_again(FILE *out, const char *language, size_t count, uint32_t revision)
{
    if (is_english(language))
        fprintf(out, INDENT "%zu figure%s out again with revision %u.\n", count,
            count == 1 ? " goes" : "s go", revision);
    else
        fprintf(out, INDENT "Gửi lại %zu số liệu với bản %u.\n", count, revision);
}

void verdict_print_replaced(FILE *out, const char *language, size_t count)
{
    if (is_english(language))
        fprintf(out, INDENT "%zu figure%s been replaced by newer ones of this source.\n", count,
            count == 1 ? " has" : "s have");
    else
        fprintf(out, INDENT "%zu số liệu đã có số mới hơn của chính nguồn này thay thế.\n", count);
}

void tally_print(FILE *out, const char *language, const struct tally *tally)
{
    const size_t *of = tally->outcomes;
    size_t all = tally->waiting;
    for (size_t i = 0; i < CHISO_OUTCOMES; i++)
        all += of[i];
    if (is_english(language))
        fprintf(out,
            "%zu report%s: %zu accepted, %zu duplicate, %zu partial, %zu superseded, %zu rejected; "
            "%zu without receipt.\n",
            all, plural(all), of[CHISO_ACCEPTED], of[CHISO_DUPLICATE], of[CHISO_PARTIAL],
            of[CHISO_SUPERSEDED], of[CHISO_REJECTED], tally->waiting);
    else
        fprintf(out,
            "%zu báo cáo: %zu được nhận, %zu đã có sẵn, %zu nhận một phần, %zu đã có bản cao hơn, "
            "%zu không được nhận; %zu chưa có biên nhận.\n",
            all, of[CHISO_ACCEPTED], of[CHISO_DUPLICATE], of[CHISO_PARTIAL], of[CHISO_SUPERSEDED],
            of[CHISO_REJECTED], tally->waiting);
}

bool tally_is_good(const struct tally *tally)
{
    return tally->waiting == 0 && tally->outcomes[CHISO_PARTIAL] == 0 &&
           tally->outcomes[CHISO_SUPERSEDED] == 0 && tally->outcomes[CHISO_REJECTED] == 0;
}
