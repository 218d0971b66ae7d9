/* chisoctl check-catalogue: what a clerk runs before sending a change. All findings in one run. */
#include "ctl.h"

#include "core/fit.h"
#include "io/misplaced.h"
#include "io/redefined.h"
#include "session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const keys[] = {"redis_url", "redis_username", "redis_password_file", "lang", NULL};

/* ---- against what is stored ---- */

struct stored {
    struct session *session;
    size_t faults;
    struct chiso_message last; /* one unit and period have many figures */
};

static void say(void *context, const struct chiso_message *sentence)
{
    struct stored *stored = context;
    char text[SESSION_SENTENCE_BYTES];
    if (strcmp(stored->last.text, sentence->text) != 0)
        puts(session_sentence(stored->session, sentence->text, text));
    stored->last = *sentence;
    stored->faults++;
}

static int say_misplaced(void *context, const struct misplaced *figure)
{
    struct stored *stored = context;
    struct chiso_message sentence;
    misplaced_say(stored->session->catalogue, figure, &sentence);
    say(stored, &sentence);
    return CHISO_OK;
}

static int check_province(
    struct stored *stored, uint32_t province, struct redefined *redefined, struct chiso_message *why)
{
    const struct session *session = stored->session;
    const char *code = catalogue_unit_code(session->catalogue, province);
    struct chiso_message sentence = {""};
    struct head head;
    int error = figures_head(session->redis, code, &head, why);
    if (!error)
        error = figures_load(session->redis, session->catalogue, province, session->store, NULL, why);
    if (!error && fit_check_figures(session->catalogue, session->store, &sentence))
        say(stored, &sentence);
    return error ? error : redefined_each(redefined, code, &head, say, stored, why);
}

static int check_provinces(struct stored *stored)
{
    struct session *session = stored->session;
    struct redefined redefined = {.redis = session->redis, .now = session->catalogue};
    struct chiso_message why = {""};
    uint32_t *provinces = NULL;
    size_t count = 0;
    int status = session_provinces(session, &provinces, &count);
    for (size_t i = 0; i < count && status == SESSION_ON; i++)
        if (check_province(stored, provinces[i], &redefined, &why))
            status = session_fail(session, EXIT_RUNTIME, "%s", why.text);
    redefined_release(&redefined);
    free(provinces);
    return status;
}

/* What the aggregators would refuse it for (aggregator/README.md). */
static int check_stored(struct session *session)
{
    struct stored stored = {.session = session};
    struct chiso_message why = {""};
    int status = session_connect_redis(session);
    if (status == SESSION_ON &&
        misplaced_each(session->redis, session->catalogue, false, say_misplaced, &stored, &why))
        status = session_fail(session, EXIT_RUNTIME, "%s", why.text);
    if (status == SESSION_ON)
        status = check_provinces(&stored);
    if (status != SESSION_ON)
        return status;
    if (stored.faults == 0)
        printf("%s\n", session_text(session, "Phù hợp với số liệu đang lưu.", "It fits the stored figures."));
    return stored.faults ? EXIT_RUNTIME : EXIT_OK;
}

/* ---- by itself ---- */

static int check(struct session *session, const struct catalogue_files *files)
{
    struct catalogue_findings findings = {0};
    int error = catalogue_load(files->files, files->count, &session->catalogue, &findings);
    char *text = catalogue_findings_text(&findings, session_language(session));
    if (text)
        fputs(text, stdout);
    if (!text || error == CHISO_ENOMEM)
        (void)session_fail(session, EXIT_RUNTIME, "no memory");
    int status = error || !text ? EXIT_RUNTIME : SESSION_ON;
    free(text);
    catalogue_findings_release(&findings);
    return status;
}

int command_check_catalogue(int argc, char **argv)
{
    bool with_stored = false;
    const struct option_flag flags[] = {
        {"stored", NULL, "also say which stored figures it does not fit, for which a reload would refuse it",
            NULL, &with_stored}};
    const struct program program = {
        .name = "chisoctl check-catalogue",
        .usage = "DIR [options]",
        .summary = "Checks the CSV files of a catalogue folder and prints every error and warning with file, "
                   "line and\n"
                   "column. Exit status 1 when there is an error; warnings alone are 0. Reads Redis only "
                   "with --stored.",
        .keys = keys,
        .flags = flags,
        .flag_count = 1,
    };
    struct session session;
    struct chiso_message why = {""};
    struct catalogue_files files;
    const char *folder = NULL;
    int status = session_start(&session, &program, argc, argv, &folder);
    if (status != SESSION_ON)
        return session_end(&session, status);
    if (!folder)
        return session_end(&session, session_fail(&session, EXIT_USAGE, "the folder is missing"));
    if (catalogue_files_read(folder, &files, &why))
        return session_end(&session, session_fail(&session, EXIT_RUNTIME, "%s", why.text));
    status = check(&session, &files);
    if (status == SESSION_ON && with_stored)
        status = check_stored(&session);
    catalogue_files_release(&files);
    return session_end(&session, status == SESSION_ON ? EXIT_OK : status);
}
