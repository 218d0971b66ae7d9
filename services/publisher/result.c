#include "result.h"

#include "core/sentence_vi.h"
#include "io/log.h"
#include "paper.h"
#include "verdict.h"
#include "watch.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SENTENCE_BYTES 640

struct writing {
    FILE *out;
    char separator;
    size_t outcomes[CHISO_OUTCOMES]; /* [0]: dropped */
};

/* ---- words ---- */

static const char *outcome_name(const struct outbox_row *row)
{
    const char *name = chiso_outcome_name(row->outcome);
    return name == NULL ? "DROPPED" : name;
}

static const char *outcome_sentence(const struct outbox_row *row, bool english)
{
    if (chiso_outcome_name(row->outcome) == NULL)
        return english ? "taken out of the outbox by the operator" : "người quản trị đã bỏ khỏi hàng chờ gửi";
    return verdict_sentence(row->outcome, english);
}

static bool is_good(const struct outbox_row *row)
{
    return row->outcome == CHISO_ACCEPTED || row->outcome == CHISO_DUPLICATE;
}

/* "không được nhận: giá trị không hợp lệ: …" */
static void print_vietnamese(const struct outbox_row *row, char out[SENTENCE_BYTES])
{
    char text[SENTENCE_BYTES];
    size_t used = (size_t)snprintf(out, SENTENCE_BYTES, "%s", outcome_sentence(row, false));
    if (row->reason != 0)
        used += (size_t)snprintf(out + used, SENTENCE_BYTES - used, ": %s", verdict_reason_vi(row->reason));
    if (row->text[0] != '\0' && sentence_vi(row->text, text, sizeof text))
        (void)snprintf(out + used, SENTENCE_BYTES - used, ": %.400s", text);
}

static void print_english(const struct outbox_row *row, char out[SENTENCE_BYTES])
{
    size_t used = (size_t)snprintf(out, SENTENCE_BYTES, "%s", outcome_sentence(row, true));
    if (row->text[0] != '\0')
        (void)snprintf(out + used, SENTENCE_BYTES - used, ": %.400s", row->text);
}

/* ---- the table ---- */

/* In quotes, and so that no spreadsheet takes it for a formula. */
static void print_cell(struct writing *writing, const char *text)
{
    fputc('"', writing->out);
    if (strchr("=+-@\t", text[0]) != NULL && text[0] != '\0')
        fputc('\'', writing->out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', writing->out);
        fputc(*text == '\n' || *text == '\r' ? ' ' : *text, writing->out);
    }
    fputc('"', writing->out);
}

static void print_row(void *context, const struct outbox_row *row)
{
    struct writing *writing = context;
    char vietnamese[SENTENCE_BYTES], english[SENTENCE_BYTES], revision[24];
    const char *reason = row->reason == 0 ? "" : chiso_reason_name(row->reason);
    print_vietnamese(row, vietnamese);
    print_english(row, english);
    snprintf(revision, sizeof revision, "%llu", (unsigned long long)row->revision);
    const char *const cells[] = {row->unit, row->period, row->indicator, revision, outcome_name(row),
        reason == NULL ? "" : reason, vietnamese, english};
    fprintf(writing->out, "%zu", row->line);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        fputc(writing->separator, writing->out);
        print_cell(writing, cells[i]);
    }
    fputs("\r\n", writing->out);
}

static void print_header(struct writing *writing)
{
    static const char *const names[] = {
        "line", "unit", "period", "indicator", "revision", "outcome", "reason", "ket_qua", "result"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        fprintf(writing->out, "%s%c", names[i],
            i + 1 < sizeof names / sizeof names[0] ? writing->separator : '\r');
    fputc('\n', writing->out);
}

/* ---- the summary ---- */

static void count_row(void *context, const struct outbox_row *row)
{
    struct writing *writing = context;
    writing->outcomes[row->outcome < CHISO_OUTCOMES ? row->outcome : 0]++;
}

static void print_refused(void *context, const struct outbox_row *row)
{
    struct writing *writing = context;
    char vietnamese[SENTENCE_BYTES], english[SENTENCE_BYTES];
    if (is_good(row))
        return;
    print_vietnamese(row, vietnamese);
    print_english(row, english);
    fprintf(writing->out, "\r\nDòng %zu (%s, %s, %s): %s\r\n    Line %zu: %s\r\n", row->line, row->unit,
        row->period, row->indicator, vietnamese, row->line, english);
}

static void print_summary(struct writing *writing, const struct outbox_file *file, bool changed)
{
    const size_t *of = writing->outcomes;
    size_t all = 0;
    for (size_t i = 0; i < CHISO_OUTCOMES; i++)
        all += of[i];
    fprintf(writing->out,
        "%s\r\n\r\n%zu số liệu: %zu được nhận, %zu đã có sẵn, %zu đã có bản cao hơn, %zu không được "
        "nhận%s.\r\n"
        "    %zu figures: %zu accepted, %zu duplicate, %zu superseded, %zu refused%s.\r\n",
        file->place, all, of[CHISO_ACCEPTED], of[CHISO_DUPLICATE], of[CHISO_SUPERSEDED], of[CHISO_REJECTED],
        of[0] > 0 ? "; có số liệu bị người quản trị bỏ" : "", all, of[CHISO_ACCEPTED], of[CHISO_DUPLICATE],
        of[CHISO_SUPERSEDED], of[CHISO_REJECTED], of[0] > 0 ? "; some dropped by the operator" : "");
    /* Reports that went down with a damaged outbox have no rows. */
    if (file->figures > all)
        fprintf(writing->out,
            "\r\nChưa rõ kết quả của %zu số liệu: hàng chờ gửi đã bị hỏng. Hãy đặt lại tệp vào thư mục.\r\n"
            "    The fate of %zu figures is unknown: the outbox was damaged. Put the file into the folder "
            "again.\r\n",
            file->figures - all, file->figures - all);
    if (changed)
        fputs("\r\nTệp đã bị thay đổi sau khi đọc: phần mới chưa được gửi. Hãy đặt lại tệp vào thư mục.\r\n"
              "    The file was changed after it had been read: what is new in it was not sent. Put it into "
              "the "
              "folder again.\r\n",
            writing->out);
}

/* ---- both ---- */

static bool is_changed(const char *dir, const struct outbox_file *file)
{
    char path[PAPER_PATH_BYTES], identity[OUTBOX_NAME_BYTES];
    snprintf(path, sizeof path, "%s/" WATCH_DONE "/%s", dir, file->place);
    int handle = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (handle < 0)
        return false; /* cleared away */
    watch_identity(handle, identity);
    close(handle);
    return strcmp(identity, file->identity) != 0;
}

static int write_table(
    struct outbox *outbox, const char *dir, const struct outbox_file *file, struct chiso_message *why)
{
    char name[OUTBOX_NAME_BYTES + 16];
    struct paper paper;
    snprintf(name, sizeof name, "%s.result.csv", file->place);
    int error = paper_begin(&paper, dir, WATCH_DONE, name, why);
    if (error != CHISO_OK)
        return error;
    struct writing writing = {.out = paper.out, .separator = file->separator == ';' ? ';' : ','};
    print_header(&writing);
    error = outbox_rows(outbox, file->id, print_row, &writing, why);
    if (error == CHISO_OK)
        return paper_end(&paper, why);
    paper_drop(&paper);
    return error;
}

static int write_text(struct outbox *outbox, const char *dir, const struct outbox_file *file,
    struct writing *counted, struct chiso_message *why)
{
    char name[OUTBOX_NAME_BYTES + 16];
    struct paper paper;
    snprintf(name, sizeof name, "%s.result.txt", file->place);
    int error = outbox_rows(outbox, file->id, count_row, counted, why);
    if (error == CHISO_OK)
        error = paper_begin(&paper, dir, WATCH_DONE, name, why);
    if (error != CHISO_OK)
        return error;
    counted->out = paper.out;
    print_summary(counted, file, is_changed(dir, file));
    error = outbox_rows(outbox, file->id, print_refused, counted, why);
    if (error == CHISO_OK)
        return paper_end(&paper, why);
    paper_drop(&paper);
    return error;
}

static int forget(struct outbox *outbox, const struct outbox_file *file, struct chiso_message *why)
{
    int error = outbox_begin(outbox, why);
    if (error == CHISO_OK)
        error = outbox_file_remove(outbox, file->id, why);
    if (error == CHISO_OK)
        error = outbox_commit(outbox, why);
    if (error != CHISO_OK)
        outbox_rollback(outbox);
    return error;
}

int result_write(
    struct outbox *outbox, const char *dir, const struct outbox_file *file, struct chiso_message *why)
{
    struct writing counted = {.separator = ','};
    int error = write_table(outbox, dir, file, why);
    if (error == CHISO_OK)
        error = write_text(outbox, dir, file, &counted, why);
    if (error == CHISO_OK)
        error = forget(outbox, file, why);
    if (error == CHISO_OK)
        log_info("file_settled", "file=%s accepted=%zu duplicate=%zu superseded=%zu refused=%zu",
            log_quoted(file->place), counted.outcomes[CHISO_ACCEPTED], counted.outcomes[CHISO_DUPLICATE],
            counted.outcomes[CHISO_SUPERSEDED], counted.outcomes[CHISO_REJECTED]);
    return error;
}
