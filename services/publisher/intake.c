#include "intake.h"

#include "check.h"
#include "core/sentence_vi.h"
#include "figures_csv.h"
#include "io/clock.h"
#include "io/log.h"
#include "paper.h"
#include "plan.h"
#include "verdict.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 8192
#define SENTENCE_BYTES 512
/* A person reads them; more are counted only. */
#define REFUSALS_MAX REPORT_FAULTS_MAX

static bool exists(const char *dir, const char *sub, const char *name)
{
    char path[PATH_BYTES];
    struct stat looks;
    snprintf(path, sizeof path, "%s/%s/%s", dir, sub, name);
    return lstat(path, &looks) == 0;
}

/* "q1.csv" → "q1-2.csv", with the first number that SUB of DIR has no such file for; NAME itself if it has
 * none. */
static void free_name(const char *dir, const char *sub, const char *name, char out[OUTBOX_NAME_BYTES])
{
    const char *ending = strrchr(name, '.');
    int stem = ending == NULL ? (int)strlen(name) : (int)(ending - name);
    snprintf(out, OUTBOX_NAME_BYTES, "%s", name);
    for (unsigned number = 2; exists(dir, sub, out); number++)
        snprintf(out, OUTBOX_NAME_BYTES, "%.*s-%u%s", stem, name, number, ending == NULL ? "" : ending);
}

/* Renames without overwriting. Disks that cannot promise that (some networks') are asked first. CHISO_ECONFLICT:
 * there is one of that name. */
static int move(const char *from, const char *to, struct chiso_message *why)
{
    struct stat looks;
    int failed = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
    if (failed != 0 && (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP))
        failed = lstat(to, &looks) == 0 ? (errno = EEXIST, -1) : rename(from, to);
    if (failed == 0)
        return CHISO_OK;
    chiso_message_set(why, "%s cannot be moved to %s: %s", from, to, strerror(errno));
    return errno == EEXIST ? CHISO_ECONFLICT : CHISO_EIO;
}

/* ---- to done/ ---- */

static int move_to_done(struct intake *intake, struct outbox_file *noted, struct chiso_message *why)
{
    char from[PATH_BYTES], to[PATH_BYTES];
    int error = CHISO_ECONFLICT;
    snprintf(from, sizeof from, "%s/%s", intake->dir, noted->name);
    while (error == CHISO_ECONFLICT) {
        if (exists(intake->dir, WATCH_DONE, noted->place)) {
            free_name(intake->dir, WATCH_DONE, noted->name, noted->place);
            error = outbox_file_set_place(intake->outbox, noted->id, noted->place, false, why);
            if (error != CHISO_OK)
                return error;
        }
        snprintf(to, sizeof to, "%s/" WATCH_DONE "/%s", intake->dir, noted->place);
        error = move(from, to, why);
    }
    /* Taken away by somebody else: then its results are all that is to come. */
    if (error == CHISO_EIO && !exists(intake->dir, ".", noted->name))
        error = CHISO_OK;
    return error != CHISO_OK ? error
                             : outbox_file_set_place(intake->outbox, noted->id, noted->place, true, why);
}

/* Somebody went on writing after all: what has come since is in nobody's report. Back it goes, to be read
 * again; what has been read is a duplicate then. */
static void look_behind(const struct intake *intake, const struct watch_file *file, const char *place)
{
    char now[OUTBOX_NAME_BYTES], from[PATH_BYTES], to[PATH_BYTES];
    struct chiso_message why = {""};
    watch_identity(fileno(file->stream), now);
    if (strcmp(now, file->identity) == 0)
        return;
    snprintf(from, sizeof from, "%s/" WATCH_DONE "/%s", intake->dir, place);
    snprintf(to, sizeof to, "%s/%s", intake->dir, file->name);
    bool back = move(from, to, &why) == CHISO_OK;
    log_warning("file_grew", "file=%s read_again=%s why=%s", log_quoted(file->name), back ? "yes" : "no",
        log_quoted(why.text));
}

/* ---- to refused/ ---- */

/* What is wrong with a file, in both languages. */
struct complaint {
    FILE *out;
    const char *file;
    size_t count;
};

static void say_fault(
    struct complaint *complaint, size_t line, size_t column, const char *kind_vi, const char *english)
{
    char vietnamese[SENTENCE_BYTES];
    if (complaint->count++ >= REFUSALS_MAX)
        return;
    bool known = sentence_vi(english, vietnamese, sizeof vietnamese);
    const char *said = known ? vietnamese : kind_vi != NULL ? kind_vi : english;
    fprintf(complaint->out, "Dòng %zu", line);
    if (column > 0)
        fprintf(complaint->out, ", ký tự %zu", column);
    fprintf(complaint->out, ": %s\r\n    Line %zu", said, line);
    if (column > 0)
        fprintf(complaint->out, ", column %zu", column);
    fprintf(complaint->out, ": %s\r\n", english);
}

static void say_refusal(void *context, size_t line, enum chiso_reason reason, const char *text)
{
    say_fault(context, line, 0, verdict_reason_vi(reason), text);
}

static void say_faults(struct complaint *complaint, const struct report_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        say_fault(complaint, faults->list[i].line, faults->list[i].column, NULL, faults->list[i].text);
    complaint->count += faults->omitted;
}

static void say_end(const struct complaint *complaint)
{
    if (complaint->count > REFUSALS_MAX)
        fprintf(complaint->out, "… và %zu lỗi nữa.\r\n    … and %zu more faults.\r\n",
            complaint->count - REFUSALS_MAX, complaint->count - REFUSALS_MAX);
    fprintf(complaint->out,
        "\r\nChưa có số liệu nào trong tệp này được gửi. Hãy sửa tệp và đặt lại vào thư mục.\r\n"
        "    Nothing of this file was sent. Mend it and put it into the folder again.\r\n");
}

/* The sentences first: a file in refused/ without them would be a riddle. */
static int refuse(struct intake *intake, const struct watch_file *file, const char *text, size_t length,
    struct chiso_message *why)
{
    char place[OUTBOX_NAME_BYTES], name[OUTBOX_NAME_BYTES + 4], from[PATH_BYTES], to[PATH_BYTES];
    struct paper paper;
    free_name(intake->dir, WATCH_REFUSED, file->name, place);
    snprintf(from, sizeof from, "%s/%s", intake->dir, file->name);
    snprintf(to, sizeof to, "%s/" WATCH_REFUSED "/%s", intake->dir, place);
    snprintf(name, sizeof name, "%s.txt", place);
    int error = paper_begin(&paper, intake->dir, WATCH_REFUSED, name, why);
    if (error != CHISO_OK)
        return error;
    (void)fwrite(text, 1, length, paper.out);
    error = paper_end(&paper, why);
    if (error == CHISO_OK)
        error = move(from, to, why);
    if (error != CHISO_OK)
        return error == CHISO_ECONFLICT ? CHISO_EIO : error;
    intake->refused++;
    log_warning("file_refused", "file=%s place=%s", log_quoted(file->name), log_quoted(place));
    return CHISO_OK;
}

/* ---- reading ---- */

/* Reads and checks. *COMPLAINT->count faults. */
static int read_file(struct intake *intake, const struct watch_file *file, struct complaint *complaint,
    struct report_csv *csv, struct chiso_message *why)
{
    const struct check_reader reader = {say_refusal, complaint};
    *csv = (struct report_csv){0};
    if (!file->is_csv) {
        say_fault(complaint, 1, 1, "đây không phải tệp CSV; hãy lưu bảng tính dưới dạng \"CSV UTF-8\"",
            "this is no CSV file; save the sheet as \"CSV UTF-8\"");
        return CHISO_OK;
    }
    int error = figures_csv_read(file->stream, file->name, intake->catalogue, csv, why);
    say_faults(complaint, &csv->faults);
    if (error != CHISO_OK)
        return error == CHISO_EINVAL ? CHISO_OK : error;
    if (csv->observation_count > WATCH_ROWS_MAX) {
        char text[SENTENCE_BYTES];
        snprintf(text, sizeof text, "the file has %zu rows, at most %d are allowed", csv->observation_count,
            WATCH_ROWS_MAX);
        say_fault(complaint, 1, 1, NULL, text);
    } else if (intake->catalogue != NULL) {
        error = check_drafts(intake->catalogue, csv, intake->publisher, clock_now(), &reader);
    }
    return error;
}

static int queue(struct intake *intake, const struct watch_file *file, struct complaint *complaint,
    const struct report_csv *csv, struct outbox_file *noted, struct chiso_message *why)
{
    *noted = (struct outbox_file){.separator = csv->reader.separator, .figures = csv->observation_count};
    snprintf(noted->name, sizeof noted->name, "%s", file->name);
    snprintf(noted->identity, sizeof noted->identity, "%s", file->identity);
    free_name(intake->dir, WATCH_DONE, file->name, noted->place);
    const struct plan plan = {
        .catalogue = intake->catalogue,
        .province = intake->province,
        .publisher = intake->publisher,
        .origin = file->name,
        .file = noted,
        .now = clock_now(),
    };
    int error = plan_queue(&plan, intake->outbox, csv, why);
    if (error != CHISO_EREFUSED && error != CHISO_ERANGE)
        return error;
    say_fault(complaint, 1, 0, NULL, why->text);
    return CHISO_OK;
}

static int take_new(struct intake *intake, const struct watch_file *file, FILE *paper, char **text,
    size_t *length, struct chiso_message *why)
{
    struct complaint complaint = {.out = paper, .file = file->name};
    struct report_csv csv;
    struct outbox_file noted;
    fprintf(paper, "%s\r\n\r\n", file->name);
    int error = read_file(intake, file, &complaint, &csv, why);
    if (error == CHISO_OK && complaint.count == 0)
        error = queue(intake, file, &complaint, &csv, &noted, why);
    if (error == CHISO_OK && complaint.count > 0) {
        say_end(&complaint);
        error = fflush(paper) == 0 ? refuse(intake, file, *text, *length, why) : CHISO_ENOMEM;
    } else if (error == CHISO_OK) {
        intake->taken++;
        log_info("file_taken", "file=%s reports=%zu figures=%zu", log_quoted(file->name), csv.count,
            csv.observation_count);
        error = move_to_done(intake, &noted, why);
        if (error == CHISO_OK)
            look_behind(intake, file, noted.place);
    }
    report_csv_release(&csv);
    return error;
}

int intake_take(struct intake *intake, struct watch_file *file, struct chiso_message *why)
{
    struct outbox_file noted;
    char *text = NULL;
    size_t length = 0;
    int error = outbox_file_find(intake->outbox, file->name, file->identity, &noted, why);
    if (error == CHISO_OK) {
        error = move_to_done(intake, &noted, why);
    } else if (error == CHISO_ENOTFOUND) {
        FILE *paper = open_memstream(&text, &length);
        error = paper == NULL ? CHISO_ENOMEM : take_new(intake, file, paper, &text, &length, why);
        if (paper != NULL)
            fclose(paper);
        free(text);
    }
    fclose(file->stream);
    if (error != CHISO_OK)
        intake->deferred++;
    return error;
}

/* ---- after a start ---- */

static bool is_in_folder(const struct intake *intake, const struct outbox_file *noted)
{
    char path[PATH_BYTES], identity[OUTBOX_NAME_BYTES] = "";
    snprintf(path, sizeof path, "%s/%s", intake->dir, noted->name);
    int handle = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (handle >= 0) {
        watch_identity(handle, identity);
        close(handle);
    }
    return strcmp(identity, noted->identity) == 0;
}

int intake_recover(struct intake *intake, struct chiso_message *why)
{
    struct outbox_file noted = {.id = 0};
    for (;;) {
        int error = outbox_file_unmoved(intake->outbox, noted.id, &noted, why);
        if (error != CHISO_OK)
            return error == CHISO_ENOTFOUND ? CHISO_OK : error;
        if (is_in_folder(intake, &noted))
            continue; /* is moved when it is offered */
        error = outbox_file_set_place(intake->outbox, noted.id, noted.place, true, why);
        if (error != CHISO_OK)
            return error;
    }
}
