/* chisoctl replay: what the journals say, made again in an empty Redis. */
#include "replay.h"

#include "ctl.h"
#include "io/scores.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct session *session;
    struct replay_target target;
    struct strings provinces; /* codes that have a journal or a head */
    struct score_places places;
};

/* ---- which keys ---- */

/* "chiso:{35}:head" → "head", and the code; NULL for a key of no province. */
static const char *tail_of(const char *key, char code[CHISO_UNIT_BYTES_MAX + 1])
{
    int at = 0;
    if (sscanf(key, "chiso:{%32[^}]}:%n", code, &at) != 1 || at == 0)
        return NULL;
    return key + at;
}

static int note_province(void *context, const char *key)
{
    struct strings *provinces = context;
    char code[CHISO_UNIT_BYTES_MAX + 1];
    if (!tail_of(key, code))
        return CHISO_OK;
    for (size_t i = 0; i < provinces->count; i++) {
        if (strcmp(provinces->text[i], code) == 0)
            return CHISO_OK;
    }
    strings_add_text(provinces, code);
    return provinces->failed ? CHISO_ENOMEM : CHISO_OK;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Does the journal give it back, or the scores' computation? */
static bool is_made_again(const char *key)
{
    static const char *const whole[] = {
        "head", "journal", "ledger", "periods", "closed", "score", "archived"};
    static const char *const beginnings[] = {"leaf:", "sum:", "score:"};
    char code[CHISO_UNIT_BYTES_MAX + 1];
    const char *tail = tail_of(key, code);
    if (!tail)
        return begins(key, "chiso:catalogue:") || begins(key, "chiso:rank:");
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        if (strcmp(tail, whole[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (begins(tail, beginnings[i]))
            return true;
    }
    return false;
}

/* ---- what the journal does not have ---- */

struct copying {
    struct run *run;
    struct chiso_message *why;
};

/* Alerts, cursors, mails that wait, the quarantine: as they are, so that nobody is told twice. */
static int copy_key(void *context, const char *key)
{
    const struct copying *c = context;
    struct redisReply *reply;
    if (is_made_again(key))
        return CHISO_OK;
    int error = redis_callf(c->run->session->redis, &reply, c->why, "DUMP %s", key);
    if (error)
        return figures_name_key(error, key, c->why);
    if (reply->type == REDIS_REPLY_STRING) {
        const char *words[] = {"RESTORE", key, "0", reply->str, "REPLACE"};
        const size_t lengths[] = {7, strlen(key), 1, (size_t)reply->len, 7};
        error = replay_put(&c->run->target, 5, words, lengths, c->why);
        if (!error)
            error = replay_settle(&c->run->target, c->why);
    }
    redis_free(reply);
    return figures_name_key(error, key, c->why);
}

static int copy_catalogue(void *context, const char *key)
{
    const struct copying *c = context;
    struct catalogue_files files = {.count = 0};
    char hash[CATALOGUE_HASH_CHARS];
    const char *wanted = key + strlen("chiso:catalogue:");
    if (strlen(wanted) != CATALOGUE_HASH_CHARS - 1)
        return CHISO_OK;
    int error = catalogue_files_fetch(c->run->session->redis, wanted, &files, hash, c->why);
    if (!error)
        error = catalogue_files_keep(c->run->target.redis, &files, c->why);
    catalogue_files_release(&files);
    return error;
}

/* ---- the order of things ---- */

static int check_source(struct run *run)
{
    struct session *session = run->session;
    struct chiso_message why = {""};
    char current[CATALOGUE_HASH_CHARS];
    bool is_settled = true;
    int error = catalogue_in_force_settled(session->redis, current, &is_settled, &why);
    if (error)
        return session_fail_for(session, error, &why);
    if (!is_settled)
        return session_fail(session, EXIT_RUNTIME, "%s",
            session_text(session, "chisoctl rebuild ở đó chưa xong: hãy chạy xong trước",
                "chisoctl rebuild is unfinished there: finish it first"));
    return SESSION_ON;
}

static int check_target(struct run *run)
{
    struct chiso_message why = {""};
    char text[SESSION_SENTENCE_BYTES];
    struct redisReply *reply;
    int error = redis_callf(run->target.redis, &reply, &why, "DBSIZE");
    if (error)
        return session_fail(
            run->session, EXIT_RUNTIME, "--to: %s", session_reason(run->session, &why, error, text));
    long long keys = reply->integer;
    redis_free(reply);
    if (keys == 0)
        return SESSION_ON;
    return session_fail(run->session, EXIT_RUNTIME,
        session_text(run->session, "--to không trống (%lld khóa): không có gì được thay đổi",
            "--to is not empty (%lld keys): nothing has been changed"),
        keys);
}

/* From here on services that find the target wait. What is copied as it is comes before the journals, so that no
 * cursor is ahead of them. */
static int begin(struct run *run, struct chiso_message *why)
{
    struct redis *redis = run->session->redis;
    struct copying copying = {run, why};
    int error = figures_each_key(redis, "chiso:catalogue:*", copy_catalogue, &copying, why);
    if (!error)
        error = catalogue_unsettle(run->target.redis, run->session->hash, why);
    if (!error)
        error = figures_each_key(redis, "chiso:*", copy_key, &copying, why);
    if (!error)
        error = figures_each_key(redis, "chiso:{*}:head", note_province, &run->provinces, why);
    if (!error)
        error = figures_each_key(redis, "chiso:{*}:journal", note_province, &run->provinces, why);
    if (!error)
        error = scores_install(run->target.redis, why);
    return error;
}

/* Scores of a province whose aggregator has not taken over the catalogue yet come with that. */
static int score(struct run *run, const struct replayed *replayed, struct store *figures, const char *hash,
    struct chiso_message *why)
{
    uint32_t province = catalogue_unit_find(run->session->catalogue, replayed->code);
    if (strcmp(hash, run->session->hash) != 0 || !catalogue_is_province(run->session->catalogue, province))
        return CHISO_OK;
    return replay_scores(
        run->session, run->target.redis, province, figures, replayed->last, &run->places, why);
}

/* How far the head says that the journal goes. A head that cannot be read says nothing: then the journal alone does. */
static int read_head(const struct run *run, const char *code, struct head *head, struct chiso_message *why)
{
    *head = (struct head){0};
    int error = figures_head(run->session->redis, code, head, why);
    if (error != CHISO_EREFUSED && error != CHISO_EINVAL)
        return error;
    *head = (struct head){0};
    fprintf(stderr,
        session_text(run->session, "chisoctl replay: %s: chỉ dựa vào nhật ký\n",
            "chisoctl replay: %s: the journal alone says how far it goes\n"),
        why->text);
    chiso_message_set(why, "%s", "");
    return CHISO_OK;
}

static int one_province(
    struct run *run, struct journal_replay *source, const char *code, struct chiso_message *why)
{
    struct head head;
    struct journal_stamp newest = {0};
    struct store *figures = NULL;
    const struct journal_source journals = session_journals(run->session);
    int error = read_head(run, code, &head, why);
    if (!error)
        error = journal_last_before(&journals, code, INT64_MAX, &newest, why);
    if (!error && newest.seq < head.seq) {
        chiso_message_set(why, "the journal of %s ends at entry %" PRIu64 ", before the head's %" PRIu64,
            code, newest.seq, head.seq);
        error = CHISO_EINVAL;
    }
    if (error || newest.seq == 0)
        return error;
    struct replayed replayed = {.code = code, .last = newest.seq};
    error = replay_province(source, &run->target, &replayed, &figures, why);
    if (!error)
        error = score(run, &replayed, figures, newest.catalogue, why);
    store_free(figures);
    if (error)
        return error;
    printf(session_text(run->session, "Tỉnh %s: %" PRIu64 " lần ghi, %zu số liệu, %zu tổng\n",
               "Province %s: %" PRIu64 " commits, %zu figures, %zu totals\n"),
        code, replayed.last, replayed.leaves, replayed.totals);
    return fflush(stdout) == 0 ? CHISO_OK : CHISO_EIO;
}

static int replay(struct run *run)
{
    struct chiso_message why = {""};
    char text[SESSION_SENTENCE_BYTES];
    const struct journal_source journals = session_journals(run->session);
    struct journal_replay *source = journal_replay_new(&journals);
    int error = source ? begin(run, &why) : CHISO_ENOMEM;
    for (size_t i = 0; i < run->provinces.count && !error; i++)
        error = one_province(run, source, run->provinces.text[i], &why);
    if (!error)
        error = replay_ranks(run->session, run->target.redis, &run->places, &why);
    if (!error)
        error = catalogue_settle(run->target.redis, &why);
    journal_replay_free(source);
    if (error)
        return session_fail(run->session, EXIT_RUNTIME, "%s; %s",
            session_reason(run->session, &why, error, text),
            session_text(run->session, "--to chưa dùng được, hãy xóa hết rồi chạy lại",
                "--to is of no use yet: empty it and run this again"));
    return EXIT_OK;
}

static int open_target(struct run *run, const char *to, const char *username, const char *password_file)
{
    struct chiso_message why = {""};
    if (!to)
        return session_fail(run->session, EXIT_USAGE, "--to is missing");
    if (redis_open(to, username, password_file, 0, &run->target.redis, &why))
        return session_fail(run->session, EXIT_USAGE, "--to: %s", why.text);
    return SESSION_ON;
}

int command_replay(int argc, char **argv)
{
    char *to = NULL, *username = NULL, *password_file = NULL;
    const struct option_flag flags[] = {
        {"to", "URL", "the empty Redis: unix:///path/of/socket or redis://host:port", &to, NULL},
        {"to-username", "NAME", "login at it", &username, NULL},
        {"to-password-file", "FILE", "its first line is the password at it", &password_file, NULL},
    };
    const struct program program = {
        .name = "chisoctl replay",
        .usage = "--to URL [options]",
        .summary =
            "Makes everything again from the journals (and --archive), entry by entry, each under its own "
            "catalogue and at\n"
            "its own time, in the empty Redis of --to: journals, figures, totals, closings, ledgers, heads,\n"
            "catalogues, and scores as of now. Alerts, journal cursors, mails that wait and the quarantine,\n"
            "which no journal has, are copied as they are. What is stored beside the journals is not read,\n"
            "so it may be damaged or gone. Refuses a --to that is not empty; services that start on it\n"
            "wait until it is complete. Afterwards `chisoctl verify --journal --redis URL`.",
        .keys = (const char *const[]){"redis_url", "redis_username", "redis_password_file", "archive", "lang",
            NULL},
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
        .epilogue = "The source may be in use: each province is taken up to its newest entry.",
    };
    struct session session;
    struct run run = {.session = &session};
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = open_target(&run, to, username, password_file);
    if (status == SESSION_ON)
        status = session_connect(&session);
    if (status == SESSION_ON)
        status = check_source(&run);
    if (status == SESSION_ON)
        status = check_target(&run);
    if (status == SESSION_ON)
        status = replay(&run);
    redis_close(run.target.redis);
    strings_release(&run.provinces);
    free(run.places.list);
    free(to);
    free(username);
    free(password_file);
    return session_end(&session, status);
}
