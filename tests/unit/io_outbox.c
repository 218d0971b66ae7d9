#include "io/outbox.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char folder[64];
static char file[96];
static struct chiso_message why;

static void set_up(void)
{
    strcpy(folder, "/tmp/chiso-outbox-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/out.box", folder);
}

static void tear_down(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(outbox, .init = set_up, .fini = tear_down);

static struct outbox *open_outbox(void)
{
    struct outbox *outbox = NULL;
    cr_assert_eq(outbox_open(file, &outbox, &why), CHISO_OK, "%s", why.text);
    cr_expect_str_eq(why.text, "");
    return outbox;
}

static int add(struct outbox *outbox, const char *unit, const char *province, uint64_t revision)
{
    struct chiso_observation observations[] = {{.indicator = "a.one", .value = 1368, .scale = 2, .note = ""},
        {.indicator = "a.two", .value = 70000, .qualifier = CHISO_BELOW, .note = "gần 70 nghìn"}};
    struct chiso_report report = {.report_id = "",
        .unit = unit,
        .period = "2025-Q1",
        .source = "test",
        .stream_id = "",
        .revision = revision,
        .observation_count = 2,
        .observations = observations};
    static const size_t lines[] = {12, 7};
    struct outbox_label label = {.province = province,
        .publisher = unit,
        .origin = "q1.csv",
        .lines = lines,
        .counted = true,
        .try = 1};
    return outbox_add(outbox, &report, &label, &why);
}

static size_t count(struct outbox *outbox)
{
    return (size_t)outbox_numbers(outbox).waiting;
}

static void decode(const struct outbox_entry *entry, struct chiso_arena *arena, struct chiso_report *report)
{
    cr_assert_eq(chiso_arena_init(arena, 1 << 20), CHISO_OK);
    cr_assert_eq(chiso_report_decode(arena, entry->payload, entry->payload_length, report, &why), CHISO_OK,
        "%s", why.text);
}

Test(outbox, keeps_reports_until_they_are_removed)
{
    struct outbox *outbox = open_outbox();
    char stream[65];
    snprintf(stream, sizeof stream, "%s", outbox_stream_id(outbox));
    cr_expect_eq(strlen(stream), 16);
    cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK, "%s", why.text);
    cr_assert_eq(add(outbox, "35.stp", "35", 4), CHISO_OK, "%s", why.text);
    outbox_close(outbox);

    outbox = open_outbox();
    cr_expect_str_eq(outbox_stream_id(outbox), stream, "the stream lives as long as the file");
    cr_expect_eq(count(outbox), 2);
    struct outbox_entry entry;
    cr_assert_eq(outbox_next(outbox, 0, &entry, &why), CHISO_OK);
    cr_expect_eq(entry.id, 1);
    cr_expect_str_eq(entry.province, "35");
    cr_expect_str_eq(entry.publisher, "35");
    cr_expect_str_eq(entry.origin, "q1.csv");
    cr_expect(entry.counted && entry.try == 1);
    cr_assert_eq(entry.line_count, 2);
    cr_expect(entry.lines[0] == 12 && entry.lines[1] == 7);

    struct chiso_arena arena;
    struct chiso_report report;
    decode(&entry, &arena, &report);
    cr_expect_str_eq(report.report_id, entry.report_id);
    cr_expect_str_eq(report.stream_id, stream);
    cr_expect_eq(report.sequence, 1);
    cr_expect_eq(report.revision, 1);
    cr_assert_eq(report.observation_count, 2);
    cr_expect_str_eq(report.observations[1].note, "gần 70 nghìn");
    chiso_arena_release(&arena);
    outbox_entry_release(&entry);

    cr_assert_eq(outbox_remove(outbox, 1, &why), CHISO_OK);
    cr_assert_eq(outbox_next(outbox, 0, &entry, &why), CHISO_OK);
    cr_expect_eq(entry.id, 2);
    outbox_entry_release(&entry);
    cr_expect_eq(outbox_next(outbox, 2, &entry, &why), CHISO_ENOTFOUND);
    outbox_close(outbox);

    outbox = open_outbox();
    cr_expect_eq(count(outbox), 1, "removed is removed for good");
    outbox_close(outbox);
}

Test(outbox, numbers_each_topic_and_never_twice)
{
    static const struct {
        const char *unit, *province;
        uint64_t sequence;
    } table[] = {{"35", "35", 1}, {"35", "35", 2}, {"35.stp", "35", 1}, {"35.stp", "37", 1}, {"35", "35", 3}};
    struct outbox *outbox = open_outbox();
    for (size_t i = 0; i < COUNT(table); i++) {
        cr_assert_eq(add(outbox, table[i].unit, table[i].province, 1), CHISO_OK);
        struct outbox_entry entry;
        struct chiso_arena arena;
        struct chiso_report report;
        cr_assert_eq(outbox_next(outbox, (int64_t)i, &entry, &why), CHISO_OK);
        decode(&entry, &arena, &report);
        cr_expect_eq(
            report.sequence, table[i].sequence, "row %zu gave %llu", i, (unsigned long long)report.sequence);
        /* A removed report's number is not given away again. */
        cr_assert_eq(outbox_remove(outbox, entry.id, &why), CHISO_OK);
        chiso_arena_release(&arena);
        outbox_entry_release(&entry);
    }
    outbox_close(outbox);
}

Test(outbox, a_transaction_is_whole_or_not_at_all)
{
    struct outbox *outbox = open_outbox();
    cr_assert_eq(outbox_begin(outbox, &why), CHISO_OK);
    cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK);
    cr_assert_eq(add(outbox, "36", "36", 1), CHISO_OK);
    outbox_rollback(outbox);
    cr_expect_eq(count(outbox), 0);
    cr_assert_eq(outbox_begin(outbox, &why), CHISO_OK);
    cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK);
    cr_assert_eq(outbox_commit(outbox, &why), CHISO_OK);
    outbox_close(outbox);
    outbox = open_outbox();
    cr_expect_eq(count(outbox), 1);
    outbox_close(outbox);
}

Test(outbox, survives_the_death_of_the_process)
{
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        struct outbox *outbox = NULL;
        int failed = outbox_open(file, &outbox, &why) || add(outbox, "35", "35", 1) ||
                     outbox_begin(outbox, &why) || add(outbox, "36", "36", 1);
        _exit(failed ? 1 : 0); /* the second one is not committed, and nothing is closed */
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
    struct outbox *outbox = open_outbox();
    cr_expect_eq(count(outbox), 1);
    outbox_close(outbox);
}

Test(outbox, is_one_process_at_a_time)
{
    struct outbox *outbox = open_outbox();
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        struct outbox *second = NULL;
        char expected[256];
        snprintf(expected, sizeof expected,
            "outbox %s is in use by another chiso-publisher (process %ld, since 20", file, (long)getppid());
        int error = outbox_open(file, &second, &why);
        _exit(error == CHISO_ECONFLICT && strncmp(why.text, expected, strlen(expected)) == 0 ? 0 : 1);
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect_eq(status, 0);
    outbox_close(outbox);
}

static void write_file(const char *name, const void *bytes, size_t length, long at)
{
    FILE *stream = fopen(name, at < 0 ? "wb" : "r+b");
    cr_assert_not_null(stream);
    if (at >= 0)
        fseek(stream, at, SEEK_SET);
    cr_assert_eq(fwrite(bytes, 1, length, stream), length);
    fclose(stream);
}

static off_t size_of(const char *name)
{
    struct stat status;
    return stat(name, &status) == 0 ? status.st_size : -1;
}

Test(outbox, garbage_is_kept_aside_and_a_new_one_begins)
{
    char aside[112], expected[512];
    static const char garbage[] = "unit,period,indicator,value\nthis is no database at all, but long enough";
    for (int n = 1; n <= 2; n++) {
        struct outbox *outbox = NULL;
        write_file(file, garbage, sizeof garbage, -1);
        cr_expect_eq(outbox_open(file, &outbox, &why), CHISO_OK, "%s", why.text);
        snprintf(aside, sizeof aside, "%s.damaged-%d", file, n);
        snprintf(expected, sizeof expected,
            "outbox %s was damaged (outbox: file is not a database) and is kept as %s; a new one has begun "
            "with 0 "
            "of its reports, others without a receipt must be sent again from their source",
            file, strrchr(aside, '/') + 1);
        cr_expect_str_eq(why.text, expected, "%s", why.text);
        cr_expect_eq(size_of(aside), (off_t)sizeof garbage);
        cr_expect_eq(count(outbox), 0);
        cr_expect_eq(add(outbox, "35", "35", 1), CHISO_OK);
        outbox_close(outbox);
    }
    outbox_close(open_outbox());
}

static void spoil(long at)
{
    char noise[4096];
    memset(noise, 0xA5, sizeof noise);
    write_file(file, noise, sizeof noise, at);
}

/* Every report that OUTBOX holds is one of the REVISIONS added, in order, and is itself. */
static void expect_reports(struct outbox *outbox, size_t least)
{
    struct outbox_entry entry;
    struct chiso_arena arena;
    struct chiso_report report;
    size_t got = 0;
    for (int64_t after = 0; outbox_next(outbox, after, &entry, &why) == CHISO_OK; after = entry.id, got++) {
        int64_t id = entry.id;
        cr_expect_gt(id, after);
        decode(&entry, &arena, &report);
        cr_expect_eq(report.revision, (uint64_t)id);
        chiso_arena_release(&arena);
        outbox_entry_release(&entry);
        entry.id = id;
    }
    cr_expect_geq(got, least, "%zu", got);
    cr_expect_eq(got, count(outbox));
}

Test(outbox, what_is_readable_of_a_damaged_one_is_saved)
{
    enum { REPORTS = 400 };
    struct outbox *outbox = open_outbox();
    char stream[65], aside[112];
    snprintf(stream, sizeof stream, "%s", outbox_stream_id(outbox));
    for (uint64_t i = 1; i <= REPORTS; i++)
        cr_assert_eq(add(outbox, "35", "35", i), CHISO_OK);
    cr_assert_eq(outbox_set_seen(outbox, "35", "2025-Q1", 7, &why), CHISO_OK);
    outbox_close(outbox);
    off_t size = size_of(file);
    cr_assert_gt(size, 20 * 4096);
    spoil(size / 4096 / 2 * 4096);

    cr_expect_eq(outbox_open(file, &outbox, &why), CHISO_OK, "%s", why.text);
    snprintf(aside, sizeof aside, "%s.damaged-1", file);
    cr_expect_eq(size_of(aside), size, "kept whole");
    cr_expect_not_null(strstr(why.text, "a new one has begun with 3"), "%s", why.text);
    expect_reports(outbox, REPORTS - 50);
    cr_expect_lt(count(outbox), REPORTS);
    cr_expect_str_eq(outbox_stream_id(outbox), stream, "its numbers are known");
    uint32_t seen = 0;
    cr_assert_eq(outbox_seen(outbox, "35", "2025-Q1", &seen, &why), CHISO_OK);
    cr_expect_eq(seen, 7);
    cr_assert_eq(add(outbox, "35", "35", REPORTS + 1), CHISO_OK);
    expect_reports(outbox, REPORTS - 49);
    outbox_close(outbox);
    outbox_close(open_outbox());
}

Test(outbox, damage_in_many_places_loses_no_more_than_it_must)
{
    struct outbox *outbox = open_outbox();
    for (uint64_t i = 1; i <= 200; i++)
        cr_assert_eq(add(outbox, "35", "35", i), CHISO_OK);
    outbox_close(outbox);
    off_t size = size_of(file);
    for (long at = 8192; at + 4096 <= size; at += 8192)
        spoil(at);
    cr_expect_eq(outbox_open(file, &outbox, &why), CHISO_OK, "%s", why.text);
    expect_reports(outbox, 0);
    outbox_close(outbox);
}

Test(outbox, dying_while_a_damaged_one_is_replaced_loses_nothing)
{
    char saving[112];
    snprintf(saving, sizeof saving, "%s.saving", file);
    struct outbox *outbox = open_outbox();
    cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK);
    outbox_close(outbox);
    /* The damaged one has left its name already: what was saved takes it over. */
    cr_assert_eq(rename(file, saving), 0);
    outbox = open_outbox();
    cr_expect_eq(count(outbox), 1);
    outbox_close(outbox);
    /* It has not: what somebody began is begun anew. */
    write_file(saving, "half", 4, -1);
    outbox = open_outbox();
    cr_expect_eq(count(outbox), 1);
    cr_expect_neq(
        access(saving, F_OK), 0, "and must not take the place of an outbox that is removed one day");
    outbox_close(outbox);
}

/* The log is the second file that leaves its name. */
Test(outbox, the_log_of_a_damaged_one_is_not_taken_for_the_new_one_s)
{
    static char log[1 << 20];
    char saving[112], wal[112];
    snprintf(saving, sizeof saving, "%s.saving", file);
    snprintf(wal, sizeof wal, "%s-wal", file);
    struct outbox *outbox = open_outbox();
    for (uint64_t i = 1; i <= 3; i++)
        cr_assert_eq(add(outbox, "35", "35", i), CHISO_OK);
    FILE *stream = fopen(wal, "rb");
    cr_assert_not_null(stream);
    size_t length = fread(log, 1, sizeof log, stream);
    fclose(stream);
    cr_assert_gt(length, 0);
    outbox_close(outbox);
    cr_assert_eq(unlink(file), 0);
    outbox = open_outbox();
    cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK);
    outbox_close(outbox);
    cr_assert_eq(rename(file, saving), 0);
    write_file(wal, log, length, -1);
    outbox = open_outbox();
    cr_expect_eq(count(outbox), 1);
    outbox_close(outbox);
}

static void execute(const char *sql)
{
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

Test(outbox, other_databases_are_left_alone)
{
    char expected[256];
    struct outbox *outbox = NULL;
    execute("CREATE TABLE accounts (id)");
    cr_expect_eq(outbox_open(file, &outbox, &why), CHISO_EREFUSED);
    snprintf(expected, sizeof expected, "%s is a database of another program and not an outbox", file);
    cr_expect_str_eq(why.text, expected);
    execute("SELECT id FROM accounts");

    unlink(file);
    outbox_close(open_outbox());
    execute("PRAGMA user_version = 4");
    cr_expect_eq(outbox_open(file, &outbox, &why), CHISO_EREFUSED);
    snprintf(expected, sizeof expected, "outbox %s has version 4, this program reads version 3", file);
    cr_expect_str_eq(why.text, expected);
}

Test(outbox, says_when_it_cannot_be_made)
{
    struct outbox *outbox = NULL;
    cr_expect_eq(outbox_open("/nowhere/out.box", &outbox, &why), CHISO_EIO);
    cr_expect_str_eq(why.text,
        "outbox /nowhere/out.box cannot be opened: /nowhere/out.box.lock: No such file or directory");
}

Test(outbox, remembers_what_was_sent_and_seen)
{
    struct outbox_figure figure = {"35", "2025", "a.one"}, other = {"35", "2025", "a.two"};
    struct outbox *outbox = open_outbox();
    uint32_t revision = 99;
    char content[OUTBOX_CONTENT_CHARS];
    cr_assert_eq(outbox_last_sent(outbox, figure, &revision, content, &why), CHISO_OK);
    cr_expect(revision == 0 && content[0] == '\0', "nothing yet");
    cr_assert_eq(outbox_set_sent(outbox, figure, 1, "13.68", &why), CHISO_OK);
    cr_assert_eq(outbox_set_sent(outbox, figure, 2, "84.6%", &why), CHISO_OK);
    cr_assert_eq(outbox_set_seen(outbox, "35", "2025", 7, &why), CHISO_OK);
    cr_assert_eq(outbox_set_seen(outbox, "35", "2025", 3, &why), CHISO_OK);
    outbox_close(outbox);

    outbox = open_outbox();
    cr_assert_eq(outbox_last_sent(outbox, figure, &revision, content, &why), CHISO_OK);
    cr_expect_eq(revision, 2);
    cr_expect_str_eq(content, "84.6%");
    cr_assert_eq(outbox_last_sent(outbox, other, &revision, content, &why), CHISO_OK);
    cr_expect_eq(revision, 0);
    cr_assert_eq(outbox_seen(outbox, "35", "2025", &revision, &why), CHISO_OK);
    cr_expect_eq(revision, 7, "the highest stays");
    cr_assert_eq(outbox_seen(outbox, "35", "2024", &revision, &why), CHISO_OK);
    cr_expect_eq(revision, 0);
    outbox_close(outbox);
}

/* As the first version made it. */
Test(outbox, an_older_one_is_brought_up_to_now)
{
    struct outbox *outbox = open_outbox();
    cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK);
    outbox_close(outbox);
    execute("DROP INDEX report_file; DROP TABLE file; DROP TABLE row; ALTER TABLE report DROP COLUMN file;"
            "ALTER TABLE report DROP COLUMN refusal; PRAGMA user_version = 1");
    for (int i = 0; i < 2; i++) {
        outbox = open_outbox();
        cr_expect_eq(count(outbox), 1);
        expect_reports(outbox, 1);
        outbox_close(outbox);
    }
}

Test(outbox, is_bounded)
{
    char expected[256];
    struct outbox *outbox = open_outbox();
    outbox_set_bounds(outbox, 2, OUTBOX_BYTES_MAX);
    cr_expect_eq(add(outbox, "35", "35", 1), CHISO_OK);
    cr_expect_eq(add(outbox, "35", "35", 1), CHISO_OK);
    cr_expect_eq(add(outbox, "35", "35", 1), CHISO_EIO);
    snprintf(expected, sizeof expected,
        "outbox %s is full: 2 reports of %llu bytes have no receipt yet, at most 2 of %llu may wait", file,
        (unsigned long long)outbox_numbers(outbox).bytes, (unsigned long long)OUTBOX_BYTES_MAX);
    cr_expect_str_eq(why.text, expected);
    cr_expect_eq(outbox_remove(outbox, 1, &why), CHISO_OK);
    cr_expect_eq(add(outbox, "35", "35", 1), CHISO_OK, "there is room again");
    outbox_set_bounds(outbox, 1000, outbox_numbers(outbox).bytes);
    cr_expect_eq(add(outbox, "35", "35", 1), CHISO_EIO);
    outbox_close(outbox);
}

Test(outbox, counts_as_it_goes)
{
    struct outbox *outbox = open_outbox();
    struct outbox_entry entry;
    cr_assert_eq(outbox_begin(outbox, &why), CHISO_OK);
    cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK);
    outbox_rollback(outbox);
    cr_expect_eq(outbox_numbers(outbox).published, 0);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK);
    cr_assert_eq(outbox_next(outbox, 1, &entry, &why), CHISO_OK);
    cr_assert_eq(outbox_set_refusal(outbox, &entry, "Not authorized", &why), CHISO_OK);
    outbox_entry_release(&entry);
    cr_assert_eq(outbox_remove(outbox, 1, &why), CHISO_OK);
    cr_assert_eq(outbox_remove(outbox, 1, &why), CHISO_OK, "gone already");
    struct outbox_numbers before = outbox_numbers(outbox);
    cr_expect(before.published == 3 && before.waiting == 2 && before.refused == 1);
    cr_expect(outbox_holds(outbox, 2) && !outbox_holds(outbox, 1));
    outbox_close(outbox);
    outbox = open_outbox();
    struct outbox_numbers after = outbox_numbers(outbox);
    cr_expect_eq(memcmp(&before, &after, sizeof before), 0, "as a count gives it");
    cr_assert_eq(outbox_next(outbox, 1, &entry, &why), CHISO_OK);
    cr_expect_str_eq(entry.refusal, "Not authorized");
    outbox_entry_release(&entry);
    outbox_close(outbox);
}

Test(outbox, the_operator_may_look_beside)
{
    bool changed = true;
    struct outbox *outbox = open_outbox(), *beside = NULL;
    for (int i = 0; i < 2; i++)
        cr_assert_eq(add(outbox, "35", "35", 1), CHISO_OK);
    cr_assert_eq(outbox_changed_beside(outbox, &changed, &why), CHISO_OK);
    cr_expect_not(changed, "our own changes are none");
    cr_assert_eq(outbox_open_beside(file, &beside, &why), CHISO_OK, "%s", why.text);
    cr_expect_eq(count(beside), 2);
    cr_assert_eq(outbox_remove(beside, 1, &why), CHISO_OK);
    outbox_close(beside);
    cr_assert_eq(outbox_changed_beside(outbox, &changed, &why), CHISO_OK);
    cr_expect(changed);
    cr_expect_eq(count(outbox), 1);
    outbox_close(outbox);

    unlink(file);
    cr_expect_eq(outbox_open_beside(file, &beside, &why), CHISO_ENOTFOUND);
    cr_expect_eq(size_of(file), -1, "nothing is made");
}

static void print_row(void *context, const struct outbox_row *row)
{
    char *text = context;
    size_t used = strlen(text);
    snprintf(text + used, 256 - used, "%zu %s %s %s %llu %d %d %s|", row->line, row->unit, row->period,
        row->indicator, (unsigned long long)row->revision, (int)row->outcome, (int)row->reason, row->text);
}

Test(outbox, remembers_files_and_their_rows)
{
    struct outbox *outbox = open_outbox();
    struct outbox_file added = {
        .name = "q1.csv", .identity = "7 100 3", .place = "q1-2.csv", .separator = ';', .figures = 7};
    struct outbox_file found = {0};
    char text[256] = "";
    cr_assert_eq(outbox_file_add(outbox, &added, &why), CHISO_OK);
    cr_expect_eq(outbox_file_find(outbox, "q1.csv", "8 100 3", &found, &why), CHISO_ENOTFOUND);
    cr_assert_eq(outbox_file_find(outbox, "q1.csv", "7 100 3", &found, &why), CHISO_OK);
    cr_expect(found.id == added.id && found.separator == ';' && found.figures == 7 && !found.moved);
    cr_expect_str_eq(found.place, "q1-2.csv");
    cr_expect_eq(outbox_file_unmoved(outbox, 0, &found, &why), CHISO_OK);
    cr_expect_eq(outbox_file_settled(outbox, 0, &found, &why), CHISO_ENOTFOUND);
    cr_assert_eq(outbox_file_set_place(outbox, added.id, "q1-3.csv", true, &why), CHISO_OK);
    cr_expect_eq(outbox_file_unmoved(outbox, 0, &found, &why), CHISO_ENOTFOUND);

    struct outbox_label label = {
        .province = "35", .publisher = "35", .origin = "q1.csv", .try = 1, .file = added.id};
    struct chiso_observation observation = {.indicator = "a", .value = 1, .note = ""};
    struct chiso_report report = {.report_id = "",
        .unit = "35",
        .period = "2025",
        .source = "",
        .stream_id = "",
        .revision = 1,
        .observation_count = 1,
        .observations = &observation};
    cr_assert_eq(outbox_add(outbox, &report, &label, &why), CHISO_OK, "%s", why.text);
    cr_expect_eq(outbox_file_settled(outbox, 0, &found, &why), CHISO_ENOTFOUND, "a report waits");
    struct outbox_row row = {.line = 3,
        .unit = "35",
        .period = "2025",
        .indicator = "a",
        .revision = 1,
        .outcome = CHISO_REJECTED,
        .reason = CHISO_REASON_CONFLICT,
        .text = "no"};
    cr_assert_eq(outbox_row_set(outbox, added.id, &row, &why), CHISO_OK);
    row.revision = 2;
    row.outcome = CHISO_ACCEPTED;
    row.reason = 0;
    row.text = "";
    cr_assert_eq(outbox_row_set(outbox, added.id, &row, &why), CHISO_OK);
    row.line = 2;
    cr_assert_eq(outbox_row_set(outbox, added.id, &row, &why), CHISO_OK);
    cr_assert_eq(outbox_remove(outbox, 1, &why), CHISO_OK);
    cr_assert_eq(outbox_file_settled(outbox, 0, &found, &why), CHISO_OK);
    cr_expect_str_eq(found.place, "q1-3.csv");
    cr_assert_eq(outbox_rows(outbox, added.id, print_row, text, &why), CHISO_OK);
    cr_expect_str_eq(text, "2 35 2025 a 2 1 0 |3 35 2025 a 2 1 0 |", "%s", text);
    cr_assert_eq(outbox_file_remove(outbox, added.id, &why), CHISO_OK);
    cr_expect_eq(outbox_file_settled(outbox, 0, &found, &why), CHISO_ENOTFOUND);
    text[0] = '\0';
    cr_assert_eq(outbox_rows(outbox, added.id, print_row, text, &why), CHISO_OK);
    cr_expect_str_eq(text, "");
    outbox_close(outbox);
}
