#include "session.h"

#include "core/sentence_vi.h"
#include "core/text.h"
#include "io/clock.h"
#include "io/journal_replay.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const session_keys[] = {
    "redis_url", "redis_username", "redis_password_file", "catalogue", "archive", "lang", NULL};
const char *const session_province_keys[] = {
    "province", "redis_url", "redis_username", "redis_password_file", "catalogue", "archive", "lang", NULL};

static void say(const struct session *session, const char *format, va_list arguments)
{
    char sentence[SESSION_SENTENCE_BYTES], text[SESSION_SENTENCE_BYTES];
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    fprintf(stderr, "%s: %s\n", session->program->name, session_sentence(session, sentence, text));
}

void session_warn(const struct session *session, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(session, format, arguments);
    va_end(arguments);
}

int session_fail(const struct session *session, int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(session, format, arguments);
    va_end(arguments);
    if (status == EXIT_USAGE)
        fprintf(stderr, "Try '%s --help'.\n", session->program->name);
    return status;
}

int session_fail_for(const struct session *session, int error, const struct chiso_message *why)
{
    return session_fail(session, EXIT_RUNTIME, "%s", *why->text ? why->text : chiso_strerror(error));
}

int session_start(
    struct session *session, const struct program *program, int argc, char **argv, const char **operand)
{
    int rest;
    *session = (struct session){.program = program};
    int status = options_parse(program, argc, argv, &session->options, &rest);
    if (status != SESSION_ON)
        return status;
    session->now = clock_now();
    if (operand && rest < argc)
        *operand = argv[rest++];
    if (rest < argc)
        return session_fail(session, EXIT_USAGE, "'%s' is one argument too many", argv[rest]);
    return SESSION_ON;
}

int session_connect_redis(struct session *session)
{
    struct chiso_message why = {""};
    const struct options *o = &session->options;
    int error = redis_open(o->redis_url, o->redis_username, o->redis_password_file, 0, &session->redis, &why);
    if (error)
        return session_fail(
            session, error == CHISO_ENOMEM ? EXIT_RUNTIME : EXIT_CONFIGURATION, "%s", why.text);
    session->store = store_new();
    return session->store ? SESSION_ON : session_fail(session, EXIT_RUNTIME, "no memory");
}

static int open_archive(struct session *session)
{
    struct chiso_message why = {""};
    const char *folder = session->options.archive;
    if (folder && archive_open(folder, &session->archive, &why))
        return session_fail(session, EXIT_CONFIGURATION, "%s", why.text);
    return SESSION_ON;
}

struct journal_source session_journals(const struct session *session)
{
    return (struct journal_source){session->redis, session->archive};
}

static int open_catalogue(struct session *session)
{
    struct chiso_message why = {""};
    const char *folder = session->options.catalogue;
    if (catalogue_open(folder, session->redis, &session->catalogue, session->hash, &why))
        return session_fail(session, folder ? EXIT_CONFIGURATION : EXIT_RUNTIME, "%s", why.text);
    return SESSION_ON;
}

int session_connect(struct session *session)
{
    int status = session_connect_redis(session);
    if (status == SESSION_ON)
        status = open_archive(session);
    if (status == SESSION_ON)
        status = open_catalogue(session);
    if (status != SESSION_ON)
        return status;
    return session->past ? session_open_past(session) : SESSION_ON;
}

int session_connect_catalogue(struct session *session)
{
    int status = session->options.catalogue ? SESSION_ON : session_connect_redis(session);
    return status == SESSION_ON ? open_catalogue(session) : status;
}

int session_end(struct session *session, int status)
{
    journal_replay_free(session->journal);
    store_free(session->store);
    archive_close(session->archive);
    catalogue_free(session->catalogue);
    redis_close(session->redis);
    options_release(&session->options);
    return status;
}

/* ---- what is asked ---- */

int session_period(const struct session *session, const char *period, struct chiso_period *out)
{
    if (chiso_period_parse(period, strlen(period), out) == CHISO_OK)
        return SESSION_ON;
    return session_fail(session, EXIT_USAGE,
        "--period '%s' is no period such as 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14 or "
        "2024-01-01/2024-11-11",
        period);
}

int session_question(const struct session *session, const char *unit, const char *period,
    const char *indicator, struct question *out)
{
    struct question q = {.unit_code = unit, .indicator_id = indicator};
    if (!unit || !period)
        return session_fail(session, EXIT_USAGE, "%s is missing", unit ? "--period" : "--unit");
    int status = session_period(session, period, &q.period);
    if (status == SESSION_ON)
        *out = q;
    return status;
}

int session_boundaries(const struct session *session, const char *day, struct question *question)
{
    if (!day)
        return SESSION_ON;
    if (chiso_day_parse(day, strlen(day), &question->boundaries))
        return session_fail(session, EXIT_USAGE, "--boundaries '%s' is no day such as 2025-07-01", day);
    question->on_boundaries = true;
    return SESSION_ON;
}

int session_answerable(const struct session *session, struct question *question)
{
    struct question q = *question;
    struct chiso_message why = {""};
    enum chiso_calendar calendar = CHISO_STATISTICAL;
    q.indicator = CATALOGUE_NONE;
    if (q.indicator_id) {
        q.indicator = catalogue_indicator_find(session->catalogue, q.indicator_id);
        if (q.indicator == CATALOGUE_NONE)
            return session_fail(session, EXIT_RUNTIME, "there is no indicator '%s'", q.indicator_id);
        calendar = catalogue_indicator(session->catalogue, q.indicator)->calendar;
    }
    q.unit = catalogue_unit_find(session->catalogue, q.unit_code);
    struct chiso_period looked_at =
        q.on_boundaries ? chiso_period_at(CHISO_PERIOD_DAY, q.boundaries, calendar) : q.period;
    if (q.unit != CATALOGUE_NONE)
        q.row = catalogue_unit_at(session->catalogue, q.unit, chiso_period_last(looked_at, calendar));
    if (!q.row) {
        catalogue_explain_invalid_unit(session->catalogue, q.unit_code, looked_at, calendar, &why);
        return session_fail(session, EXIT_RUNTIME, "%s", why.text);
    }
    *question = q;
    return SESSION_ON;
}

/* ---- words ---- */

const char *session_language(const struct session *session)
{
    return session->options.lang;
}

bool session_english(const struct session *session)
{
    return text_is_english(session->options.lang);
}

const char *session_text(const struct session *session, const char *vi, const char *en)
{
    return session_english(session) ? en : vi;
}

const char *session_sentence(
    const struct session *session, const char *sentence, char text[SESSION_SENTENCE_BYTES])
{
    bool translated = !session_english(session) && sentence_vi(sentence, text, SESSION_SENTENCE_BYTES);
    return translated ? text : sentence;
}

const char *session_reason(const struct session *session, const struct chiso_message *why, int error,
    char text[SESSION_SENTENCE_BYTES])
{
    return session_sentence(session, *why->text ? why->text : chiso_strerror(error), text);
}

static const char *name(const struct session *session, const char *vi, const char *en, const char *code)
{
    const char *first = session_english(session) ? en : vi, *second = session_english(session) ? vi : en;
    return *first ? first : *second ? second : code;
}

const char *session_unit_name(const struct session *session, const struct unit_row *row)
{
    return name(session, row->name_vi, row->name_en, catalogue_unit_code(session->catalogue, row->code));
}

const char *session_indicator_name(const struct session *session, const struct indicator *definition)
{
    return name(session, definition->name_vi, definition->name_en, definition->id);
}
