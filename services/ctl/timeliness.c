/* chisoctl timeliness: which of the reports that are owed are in, and which of them came on time. */
#include "timeliness.h"

#include "core/list.h"
#include "core/text.h"
#include "ctl.h"
#include "print.h"
#include <stdio.h>
#include <stdlib.h>

static int keep(void *context, const struct timeliness_report *report)
{
    struct timeliness_found *found = context;
    if (LIST_GROW(found->list, found->count, found->capacity))
        return CHISO_ENOMEM;
    found->list[found->count++] = *report;
    return CHISO_OK;
}

static int print_found(
    const struct session *session, const struct question *q, const struct timeliness_found *found, bool every)
{
    char period[CHISO_PERIOD_TEXT_BYTES], now[TEXT_INSTANT_BYTES];
    period_text(session, q->period, period);
    text_instant(session->now, session_language(session), now);
    printf(
        session_text(session, "%s (%s), báo cáo %s, tính đến %s\n\n", "%s (%s), reports of %s, as of %s\n\n"),
        session_unit_name(session, q->row), q->unit_code, period, now);
    if (found->count == 0) {
        puts(session_text(session, "Không có báo cáo nào phải nộp.", "No report is owed."));
        return EXIT_OK;
    }
    int status = print_table(session, timeliness_counts_table(session, q, found));
    struct table *reports = timeliness_reports_table(session, found, every);
    if (status != EXIT_OK || (reports && table_rows(reports) == 0)) {
        table_free(reports);
        return status;
    }
    putchar('\n');
    return print_table(session, reports);
}

struct asked {
    const char *pillar;
    bool json, every;
};

static int find_pillar(const struct session *session, const char *id, uint32_t *out)
{
    *out = id ? catalogue_pillar_find(session->catalogue, id) : CATALOGUE_NONE;
    if (id && *out == CATALOGUE_NONE)
        return session_fail(session, EXIT_RUNTIME, "there is no pillar '%s'", id);
    return SESSION_ON;
}

static int timeliness(struct session *session, const struct question *asked_for, const struct asked *asked)
{
    struct question q = *asked_for;
    struct timeliness_found found = {0};
    struct timeliness_question question = {.now = session->now, .visit = keep, .context = &found};
    int status = session_connect(session);
    if (status == SESSION_ON)
        status = session_answerable(session, &q);
    if (status == SESSION_ON)
        status = find_pillar(session, asked->pillar, &question.pillar);
    if (status == SESSION_ON)
        status = session_load(session, q.unit, chiso_period_last(q.period, CHISO_STATISTICAL));
    if (status != SESSION_ON)
        return status;
    question.unit = q.unit;
    question.day = chiso_period_last(q.period, CHISO_STATISTICAL);
    question.period = q.period;
    question.indicator = q.indicator;
    int error = timeliness_collect(session->catalogue, session->store, &question, &found.sums);
    if (error)
        status = session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(error));
    else
        status = asked->json ? print_json(session, timeliness_json(session, &q, &found))
                             : print_found(session, &q, &found, asked->every);
    timeliness_release(&found.sums);
    free(found.list);
    return status;
}

/* "../2022-09-30" has no first window. */
static int refuse_open(const struct session *session, const struct question *q)
{
    return q->period.kind == CHISO_PERIOD_INTERVAL && q->period.a == CHISO_DAY_FIRST
               ? session_fail(
                     session, EXIT_USAGE, "--period has no beginning; write it as 2024-01-01/2024-11-11")
               : SESSION_ON;
}

int command_timeliness(int argc, char **argv)
{
    char *unit = NULL, *period = NULL, *indicator = NULL, *pillar = NULL, *as_of = NULL;
    struct asked asked = {0};
    const struct option_flag flags[] = {
        {"unit", "U", "code of the unit; those under it are counted too", &unit, NULL},
        {"period", "P", "the owed windows inside it: 2025, 2025-Q1, 2025-03, FIRST/LAST …", &period, NULL},
        {"indicator", "I", "only this one (all)", &indicator, NULL},
        {"pillar", "PILLAR", "only the indicators of this one (all)", &pillar, NULL},
        {"all", NULL, "list the reports that came on time, or are not due, too", NULL, &asked.every},
        {"as-of", "TIME", "as everything stood then: an RFC 3339 time, or the end of a day", &as_of, NULL},
        {"json", NULL, "an object: counts of the whole, of pillars and units, and every report", NULL,
            &asked.json},
    };
    const struct program program = {
        .name = "chisoctl timeliness",
        .usage = "--unit U --period P [options]",
        .summary =
            "Prints how many of the reports owed inside a period are in, how many came on time, and which\n"
            "are late or overdue. Counted are windows of each unit's own cadence that have ended; on time "
            "are\n"
            "those accepted before their deadline, of those whose deadline has passed.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    struct question q;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = session_question(&session, unit, period, indicator, &q);
    if (status == SESSION_ON)
        status = refuse_open(&session, &q);
    if (status == SESSION_ON)
        status = session_as_of(&session, as_of);
    asked.pillar = pillar;
    if (status == SESSION_ON)
        status = timeliness(&session, &q, &asked);
    free(unit);
    free(period);
    free(indicator);
    free(pillar);
    free(as_of);
    return session_end(&session, status);
}
