/* chisoctl archive: what belongs to closed months goes from the journals to files, and only then out of Redis. */
#include "ctl.h"

#include "io/journal_replay.h"
#include "io/resp_file.h"
#include "session.h"
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file is ended behind the entry with which it gets this large. */
#define FILE_BYTES ((uint64_t)64 * 1024 * 1024)
#define PAGE_ENTRIES 32

struct archiving {
    struct session *session;
    const char *code; /* of the province at hand */
    struct chiso_period until; /* kind NONE: the latest that is closed */
    bool copy;
};

/* ---- up to where ---- */

struct cut {
    const struct archiving *a;
    chiso_day day; /* the last one of what is closed; 0: nothing is */
    bool is_closed; /* the month asked for */
};

static int look_at_closing(struct cut *cut, const char *field)
{
    enum chiso_calendar calendar;
    struct chiso_period period;
    if (closing_parse_field(field, &calendar, &period))
        return CHISO_EINVAL;
    const struct closing closing = {.calendar = calendar, .period = period};
    chiso_day last = chiso_period_last(period, calendar);
    if (last > cut->day)
        cut->day = last;
    if (cut->a->until.kind != CHISO_PERIOD_NONE)
        cut->is_closed |= closing_covers(&closing, CHISO_STATISTICAL, cut->a->until);
    return CHISO_OK;
}

static int find_cut(const struct archiving *a, struct cut *cut, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_province(key, a->code, "closed");
    int error = redis_callf(a->session->redis, &reply, why, "HKEYS %s", key);
    if (error)
        return figures_name_key(error, key, why);
    *cut = (struct cut){.a = a};
    for (size_t i = 0; i < reply->elements && !error; i++) {
        error = look_at_closing(cut, reply->element[i]->str);
        if (error)
            chiso_message_set(why, "%s has \"%.80s\", which is no period", key, reply->element[i]->str);
    }
    redis_free(reply);
    if (error || a->until.kind == CHISO_PERIOD_NONE)
        return error;
    cut->day = chiso_period_last(a->until, CHISO_STATISTICAL);
    if (!cut->is_closed) {
        chiso_message_set(why, "the month of --until is not closed in province %s", a->code);
        error = CHISO_EREFUSED;
    }
    return error;
}

struct cursors {
    const struct archiving *a;
    uint64_t least;
    struct chiso_message *why;
};

static int look_at_cursor(void *context, const char *key)
{
    struct cursors *c = context;
    struct redisReply *reply;
    int error = redis_callf(c->a->session->redis, &reply, c->why, "GET %s", key);
    if (error)
        return figures_name_key(error, key, c->why);
    if (reply->type == REDIS_REPLY_STRING) {
        uint64_t cursor = strtoull(reply->str, NULL, 10);
        if (cursor < c->least)
            c->least = cursor;
    }
    redis_free(reply);
    return CHISO_OK;
}

/* Nothing goes that somebody who reads the journal has not worked through. */
static int keep_before_cursors(const struct archiving *a, uint64_t *out, struct chiso_message *why)
{
    char pattern[KEY_CHARS];
    struct cursors cursors = {a, *out, why};
    key_province(pattern, a->code, "cursor:*");
    int error = figures_each_key(a->session->redis, pattern, look_at_cursor, &cursors, why);
    *out = cursors.least;
    return error;
}

/* The last entry that may leave Redis; 0: none. The newest stays: by it a commit is known to have been made. */
static int find_last(const struct archiving *a, uint64_t head, uint64_t *out, struct chiso_message *why)
{
    struct cut cut = {.day = 0};
    struct journal_stamp stamp = {0};
    const struct journal_source journals = session_journals(a->session);
    *out = 0;
    int error = find_cut(a, &cut, why);
    if (error || cut.day == 0 || head == 0)
        return error;
    error = journal_last_before(&journals, a->code, chiso_instant_on(cut.day, 24) - 1, &stamp, why);
    *out = stamp.seq < head ? stamp.seq : head - 1;
    return error ? error : keep_before_cursors(a, out, why);
}

/* ---- into files ---- */

static int write_entry(struct resp_writer *writer, const char *key, const redisReply *entry)
{
    const redisReply *fields = entry->element[1];
    const char **words = calloc(fields->elements + 3, sizeof *words);
    size_t *lengths = calloc(fields->elements + 3, sizeof *lengths);
    if (words && lengths) {
        words[0] = "XADD", words[1] = key, words[2] = entry->element[0]->str;
        for (size_t i = 0; i < 3; i++)
            lengths[i] = strlen(words[i]);
        for (size_t i = 0; i < fields->elements; i++) {
            words[3 + i] = fields->element[i]->str;
            lengths[3 + i] = fields->element[i]->len;
        }
        resp_writer_command(writer, fields->elements + 3, words, lengths);
    }
    int error = words && lengths ? CHISO_OK : CHISO_ENOMEM;
    free(words);
    free(lengths);
    return error;
}

static int keep_catalogues(const struct archiving *a, const redisReply *page, struct chiso_message *why)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < page->elements && !error; i++) {
        const redisReply *fields = page->element[i]->element[1];
        for (size_t f = 0; f + 1 < fields->elements && !error; f += 2) {
            if (strcmp(fields->element[f]->str, "catalogue") == 0)
                error = archive_keep_catalogue(
                    a->session->archive, a->session->redis, fields->element[f + 1]->str, why);
        }
    }
    return error;
}

/* Entries from *NEXT on into WRITER until it is full, or LAST is in. */
static int fill(const struct archiving *a, struct resp_writer *writer, uint64_t *next, uint64_t last,
    struct chiso_message *why)
{
    char key[KEY_CHARS];
    int error = CHISO_OK;
    key_province(key, a->code, "journal");
    while (*next <= last && resp_writer_bytes(writer) < FILE_BYTES && !error) {
        struct redisReply *page;
        uint64_t to = last - *next < PAGE_ENTRIES ? last : *next + PAGE_ENTRIES - 1;
        error = redis_callf(
            a->session->redis, &page, why, "XRANGE %s %" PRIu64 "-0 %" PRIu64 "-0", key, *next, to);
        if (error)
            return figures_name_key(error, key, why);
        if (page->elements != to - *next + 1) {
            chiso_message_set(why, "%s lacks entries between %" PRIu64 " and %" PRIu64, key, *next, to);
            error = CHISO_EINVAL;
        }
        if (!error)
            error = keep_catalogues(a, page, why);
        for (size_t i = 0; i < page->elements && !error; i++)
            error = write_entry(writer, key, page->element[i]);
        redis_free(page);
        *next = to + 1;
    }
    return error;
}

/* What the folder lacks up to LAST. A file gets its name, with its last entry, when it is known: it is written under
 * a name of its own first. */
static int write_files(const struct archiving *a, uint64_t last, struct chiso_message *why)
{
    uint64_t next = archive_last(a->session->archive, a->code) + 1;
    int error = CHISO_OK;
    while (next <= last && !error) {
        char name[ARCHIVE_NAME_CHARS];
        struct resp_writer *writer = NULL;
        uint64_t first = next;
        error = resp_writer_open(archive_folder(a->session->archive), a->code, &writer, why);
        if (error)
            return error;
        error = fill(a, writer, &next, last, why);
        archive_name(name, a->code, first, next - 1);
        if (error)
            resp_writer_cancel(writer);
        else
            error = resp_writer_finish(writer, name, why);
    }
    return error ? error : archive_refresh(a->session->archive, why);
}

/* ---- out of Redis ---- */

static bool is_same(const redisReply *a, const redisReply *b)
{
    if (a->type != b->type || a->elements != b->elements || a->len != b->len)
        return false;
    if (a->type == REDIS_REPLY_STRING)
        return memcmp(a->str, b->str, (size_t)a->len) == 0;
    for (size_t i = 0; i < a->elements; i++) {
        if (!is_same(a->element[i], b->element[i]))
            return false;
    }
    return true;
}

/* Has the folder exactly what will leave? *COMMIT_ID of the last. */
static int compare(
    const struct archiving *a, uint64_t first, uint64_t last, char commit_id[64], struct chiso_message *why)
{
    char key[KEY_CHARS];
    int error = CHISO_OK;
    key_province(key, a->code, "journal");
    for (uint64_t at = first; at <= last && !error; at++) {
        struct redisReply *here = NULL, *there = NULL;
        error =
            redis_callf(a->session->redis, &here, why, "XRANGE %s %" PRIu64 "-0 %" PRIu64 "-0", key, at, at);
        if (!error)
            error = archive_range(a->session->archive, a->code, at, at, 1, &there, why);
        if (!error && (here->elements != 1 || !is_same(here, there))) {
            chiso_message_set(why,
                "entry %" PRIu64 " of province %s is not what the archive %s has: nothing was taken away", at,
                a->code, archive_folder(a->session->archive));
            error = CHISO_EINVAL;
        }
        for (size_t f = 0; !error && f + 1 < here->element[0]->element[1]->elements; f += 2) {
            const redisReply *fields = here->element[0]->element[1];
            if (strcmp(fields->element[f]->str, "commit_id") == 0)
                (void)snprintf(commit_id, 64, "%s", fields->element[f + 1]->str);
        }
        redis_free(here);
        redis_free(there);
    }
    return error;
}

/* In one step with what says so. */
static int trim(const struct archiving *a, uint64_t last, const char *commit_id, struct chiso_message *why)
{
    char journal[KEY_CHARS], archived[KEY_CHARS], value[96];
    struct redis *redis = a->session->redis;
    const char *set[] = {"SET", archived, value};
    int error = CHISO_OK;
    key_province(journal, a->code, "journal");
    key_province(archived, a->code, "archived");
    (void)snprintf(value, sizeof value, "%" PRIu64 " %s", last, commit_id);
    if (redis_appendf(redis, "MULTI") || redis_append(redis, 3, set, NULL) ||
        redis_appendf(redis, "XTRIM %s MINID %" PRIu64 "-0", journal, last + 1) ||
        redis_appendf(redis, "EXEC"))
        error = CHISO_EIO;
    for (int i = 0; i < 4 && !error; i++) {
        struct redisReply *reply;
        error = redis_take(redis, &reply, why);
        if (!error)
            redis_free(reply);
    }
    if (error)
        redis_disconnect(redis);
    return error;
}

/* ---- a province ---- */

static int take_away(const struct archiving *a, uint64_t archived, uint64_t last, struct chiso_message *why)
{
    char commit_id[64] = "-";
    if (last <= archived)
        return CHISO_OK;
    int error = compare(a, archived + 1, last, commit_id, why);
    return error ? error : trim(a, last, commit_id, why);
}

static int archive_province(const struct archiving *a, struct chiso_message *why)
{
    struct head head;
    char commit_id[64];
    const struct journal_source journals = session_journals(a->session);
    uint64_t archived = 0, last = 0, before = archive_last(a->session->archive, a->code);
    int error = figures_head(a->session->redis, a->code, &head, why);
    if (!error)
        error = journal_source_archived(&journals, a->code, &archived, why);
    if (!error)
        error = find_last(a, head.seq, &last, why);
    /* What is in files and still in Redis must be the same history. */
    if (!error && before > archived)
        error = compare(a, before, before, commit_id, why);
    if (!error)
        error = write_files(a, a->copy ? head.seq : last, why);
    if (!error)
        error = take_away(a, archived, last, why);
    if (error)
        return error;
    printf(session_text(a->session,
               "Tỉnh %s: ghi %" PRIu64 " lần ghi vào kho, bỏ %" PRIu64 " khỏi Redis (kho có đến %" PRIu64
               ", Redis từ %" PRIu64 ")\n",
               "Province %s: %" PRIu64 " commits into the archive, %" PRIu64
               " out of Redis (the archive goes to %" PRIu64 ", Redis begins at %" PRIu64 ")\n"),
        a->code, archive_last(a->session->archive, a->code) - before, last > archived ? last - archived : 0,
        archive_last(a->session->archive, a->code), (last > archived ? last : archived) + 1);
    return fflush(stdout) == 0 ? CHISO_OK : CHISO_EIO;
}

/* The folder is on disk with its name, or what leaves Redis is nowhere after a power cut. */
static int make_folder(const char *path)
{
    char parent[4096];
    if (mkdir(path, 0777) != 0)
        return errno == EEXIST ? 0 : errno;
    if (snprintf(parent, sizeof parent, "%s/..", path) >= (int)sizeof parent)
        return ENAMETOOLONG;
    int handle = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = handle < 0 || fsync(handle) != 0 ? errno : 0;
    if (handle >= 0)
        (void)close(handle);
    return failed;
}

static int archive(struct archiving *a)
{
    struct session *session = a->session;
    struct chiso_message why = {""};
    uint32_t *provinces = NULL;
    size_t count = 0;
    if (!session->options.archive)
        return session_fail(session, EXIT_USAGE, "--archive is missing");
    int failed = make_folder(session->options.archive);
    if (failed)
        return session_fail(session, EXIT_RUNTIME, "%s: %s", session->options.archive, strerror(failed));
    int status = session_connect(session);
    int error = status == SESSION_ON ? archive_lock(session->archive, &why) : CHISO_OK;
    if (status == SESSION_ON && !error)
        error = archive_refresh(session->archive, &why);
    if (status == SESSION_ON && !error)
        status = session_provinces(session, &provinces, &count);
    for (size_t i = 0; i < count && status == SESSION_ON && !error; i++) {
        a->code = catalogue_unit_code(session->catalogue, provinces[i]);
        error = archive_province(a, &why);
    }
    free(provinces);
    if (error)
        return session_fail_for(session, error, &why);
    return status == SESSION_ON ? EXIT_OK : status;
}

int command_archive(int argc, char **argv)
{
    char *until = NULL;
    bool copy = false;
    const struct option_flag flags[] = {
        {"until", "YYYY-MM", "up to the end of this month, which must be closed (the latest that is)", &until,
            NULL},
        {"copy", NULL, "also copy all that is newer into files, which stays in Redis", NULL, &copy},
    };
    const struct program program = {
        .name = "chisoctl archive",
        .usage = "--archive DIR [options]",
        .summary =
            "Moves the journal entries that were made up to the end of the latest closed period (chisoctl\n"
            "close) from Redis to files in DIR: written, brought to disk, read back, compared with Redis "
            "entry\n"
            "by entry, and only then taken away. Whatever dies in between, run it again. Never taken away "
            "are\n"
            "the newest entry, and what an alerter has not worked through. Figures and totals stay in "
            "Redis.\n"
            "Afterwards give --archive DIR (or archive: in the configuration, CHISO_ARCHIVE) to commands "
            "that\n"
            "read history: --as-of, --history, verify --journal, replay, and restated figures.",
        .keys = session_province_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
        .epilogue = "A file is a list of Redis commands that `redis-cli --pipe` takes; its name says which\n"
                    "entries of which province it has, its last line is the SHA-256 of all before it.",
    };
    struct session session;
    struct archiving a = {.session = &session};
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON && until)
        status = session_period(&session, until, &a.until);
    if (status == SESSION_ON && until && a.until.kind != CHISO_PERIOD_MONTH)
        status = session_fail(&session, EXIT_USAGE, "--until '%s' is no month such as 2025-03", until);
    a.copy = copy;
    if (status == SESSION_ON)
        status = archive(&a);
    free(until);
    return session_end(&session, status);
}
