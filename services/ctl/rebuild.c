/* chisoctl rebuild: a catalogue that moves figures comes into force, and every total is summed again. */
#include "rebuild.h"

#include "ctl.h"
#include "io/resum.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each may lose against a commit of somebody else; nobody takes reports once it is noticed. */
#define PASSES 100

/* The folder's bytes, which must still be those that were loaded. */
static int read_files(struct session *session, struct catalogue_files *files)
{
    struct chiso_message why = {""};
    char hash[CATALOGUE_HASH_CHARS];
    if (catalogue_files_read(session->options.catalogue, files, &why))
        return session_fail(session, EXIT_RUNTIME, "%s", why.text);
    catalogue_files_hash(files, hash);
    if (strcmp(hash, session->hash) == 0)
        return SESSION_ON;
    return session_fail(session, EXIT_RUNTIME, "%s changes while it is read", session->options.catalogue);
}

/* From here on nobody takes reports or judges figures, until everything is in its place. */
static int put_in_force(struct session *session)
{
    struct chiso_message why = {""};
    struct catalogue_files files = {.count = 0};
    int status = session->options.catalogue ? read_files(session, &files) : SESSION_ON;
    int error = CHISO_OK;
    if (status == SESSION_ON && session->options.catalogue)
        error = catalogue_files_keep(session->redis, &files, &why);
    if (status == SESSION_ON && !error)
        error = catalogue_unsettle(session->redis, session->hash, &why);
    catalogue_files_release(&files);
    return error ? session_fail_for(session, error, &why) : status;
}

static int print_plan(const struct rebuild *r)
{
    size_t n = r->province_count;
    size_t *counts = calloc(n * n + 1, sizeof *counts); /* by from, to */
    if (!counts)
        return session_fail(r->session, EXIT_RUNTIME, "no memory");
    for (size_t i = 0; i < r->count; i++)
        counts[r->figures[i].from * n + r->figures[i].to] += r->figures[i].action != REBUILD_STAYS;
    for (size_t i = 0; i < n * n; i++) {
        if (counts[i])
            printf(session_text(r->session, "Từ tỉnh %s sang tỉnh %s: %zu số liệu\n",
                       "From province %s to province %s: %zu figures\n"),
                r->provinces[i / n].code, r->provinces[i % n].code, counts[i]);
    }
    free(counts);
    return SESSION_ON;
}

/* Everything that can be told to be impossible is told before anything is written. */
static int look_first(struct rebuild *r)
{
    struct chiso_message why = {""};
    int error = rebuild_plan(r, &why);
    if (!error && !r->faults)
        error = rebuild_check(r, &why);
    if (error)
        return session_fail_for(r->session, error, &why);
    if (r->faults)
        return session_fail(r->session, EXIT_CONFIGURATION, "%s",
            session_text(r->session, "không có gì được thay đổi", "nothing has been changed"));
    return print_plan(r);
}

/* Another rebuild, with another catalogue, must not be worked against. */
static int check_in_force(struct rebuild *r, struct chiso_message *why)
{
    char current[CATALOGUE_HASH_CHARS];
    int error = catalogue_in_force(r->session->redis, current, why);
    if (error || strcmp(current, r->session->hash) == 0)
        return error;
    chiso_message_set(why, "another catalogue, %.12s…, has come into force meanwhile", current);
    return CHISO_EREFUSED;
}

static bool is_finished(const struct rebuild *r)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->figures[i].action != REBUILD_STAYS)
            return false;
    }
    for (size_t i = 0; i < r->province_count; i++) {
        const struct rebuild_province *p = &r->provinces[i];
        if (p->head.seq > 0 && p->unit != CATALOGUE_NONE &&
            !(p->is_summed && resum_is_done(&p->head, r->session->hash)))
            return false;
    }
    return true;
}

static int make_passes(struct rebuild *r, struct chiso_message *why)
{
    for (int pass = 0; pass < PASSES; pass++) {
        int error = check_in_force(r, why);
        if (!error)
            error = rebuild_plan(r, why);
        if (!error && r->faults) {
            chiso_message_set(why, "figures have come meanwhile that have no place");
            return CHISO_EREFUSED;
        }
        if (error || is_finished(r))
            return error;
        error = rebuild_apply(r, why);
        if (error && error != CHISO_ECONFLICT)
            return error;
    }
    chiso_message_set(why, "others write faster than this can");
    return CHISO_ECONFLICT;
}

static int rebuild(struct rebuild *r)
{
    struct session *session = r->session;
    struct chiso_message why = {""};
    char text[SESSION_SENTENCE_BYTES];
    int status = put_in_force(session);
    if (status != SESSION_ON)
        return status;
    int error = make_passes(r, &why);
    if (!error)
        error = catalogue_settle(session->redis, &why);
    if (error)
        return session_fail(session, EXIT_RUNTIME, "%s; %s", session_reason(session, &why, error, text),
            session_text(session, "chưa xong, hãy chạy lại lệnh này; đến lúc đó không nhận báo cáo nào",
                "unfinished: run it again; until then no reports are taken"));
    printf(session_text(session, "Danh mục %.12s… có hiệu lực.\n", "Catalogue %.12s… is in force.\n"),
        session->hash);
    return EXIT_OK;
}

int command_rebuild(int argc, char **argv)
{
    bool dry_run = false;
    const struct option_flag flags[] = {{"dry-run", NULL,
        "say which figures would move, and what cannot be, and change nothing", NULL, &dry_run}};
    const struct program program = {
        .name = "chisoctl rebuild",
        .usage = "[--catalogue DIR] [options]",
        .summary =
            "Puts every stored figure into the province where the catalogue has its unit, sums every total\n"
            "again, and puts the catalogue of DIR into force (without: the one in force). For an edit that\n"
            "moves figures to another province, which a reload refuses, and whenever totals are in doubt.\n"
            "It may run beside everything else: aggregators and alerters wait until it has ended. If it is\n"
            "interrupted, run it again. Exit status 78: something has no place, and nothing was changed.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = 1,
    };
    struct session session;
    struct rebuild r = {.session = &session};
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = session_connect(&session);
    if (status == SESSION_ON)
        status = look_first(&r);
    if (status == SESSION_ON)
        status = dry_run ? EXIT_OK : rebuild(&r);
    rebuild_release(&r);
    return session_end(&session, status);
}
