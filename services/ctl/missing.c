/* chisoctl missing: who owes a report for a period and has not sent it. */
#include "ctl.h"

#include "gaps.h"
#include "print.h"
#include <stdio.h>
#include <stdlib.h>

static int print_gaps(const struct session *session, const struct gaps *gaps)
{
    int status = gaps->count > 0 ? print_table(session, gaps_table(session, gaps)) : EXIT_OK;
    printf(session_text(session, "%zu báo cáo còn thiếu, %zu quá hạn", "%zu reports missing, %zu overdue"),
        gaps->count, gaps->overdue);
    print_as_of(session);
    putchar('\n');
    return status;
}

static int missing(struct session *session, const char *unit, const char *period, bool json)
{
    struct question q;
    struct gaps gaps = {0};
    int status = session_question(session, unit, period, NULL, &q);
    if (status == SESSION_ON)
        status = session_connect(session);
    if (status == SESSION_ON)
        status = session_answerable(session, &q);
    if (status == SESSION_ON)
        status = session_load(session, q.unit, chiso_period_last(q.period, CHISO_STATISTICAL));
    if (status != SESSION_ON)
        return status;
    int error = CHISO_OK;
    for (uint32_t i = 0; i < catalogue_indicator_count(session->catalogue) && !error; i++)
        error = gaps_add(session, q.unit, q.period, i, &gaps);
    gaps_sort(&gaps);
    if (error)
        status = session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(error));
    else
        status = json ? print_json(session, gaps_json(session, &gaps)) : print_gaps(session, &gaps);
    gaps_release(&gaps);
    return status;
}

int command_missing(int argc, char **argv)
{
    char *unit = NULL, *period = NULL, *as_of = NULL;
    bool json = false;
    const struct option_flag flags[] = {
        {"unit", "U", "code of the unit; those under it are looked at too", &unit, NULL},
        {"period", "P", "2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03 or 2025-03-14", &period, NULL},
        {"as-of", "TIME", "as everything stood then: an RFC 3339 time, or the end of a day", &as_of, NULL},
        {"json", NULL, "an array with one object per missing report", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl missing",
        .usage = "--unit U --period P [options]",
        .summary =
            "Prints who owes a report for a period and has not sent it, with its deadline. Where a unit\n"
            "reports more often, the windows of its own cadence inside the period are listed.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = session_as_of(&session, as_of);
    if (status == SESSION_ON)
        status = missing(&session, unit, period, json);
    free(unit);
    free(period);
    free(as_of);
    return session_end(&session, status);
}
