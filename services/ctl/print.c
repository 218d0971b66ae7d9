#include "print.h"

#include "core/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Fits a line of a mail, a log and a wide terminal. */
#define WIDTH 120
#define WIDTH_LEAST 60

static bool is_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

static size_t width(void)
{
    struct winsize size;
    if (!is_terminal() || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return WIDTH;
    return size.ws_col < WIDTH_LEAST ? WIDTH_LEAST : size.ws_col;
}

int print_table(const struct session *session, struct table *table)
{
    bool colour = is_terminal() && !getenv("NO_COLOR");
    char *text = table ? table_text(table, width(), colour) : NULL;
    table_free(table);
    if (!text)
        return session_fail(session, EXIT_RUNTIME, "no memory");
    fputs(text, stdout);
    free(text);
    return EXIT_OK;
}

int print_json(const struct session *session, json_t *value)
{
    char *text = value ? json_dumps(value, JSON_INDENT(2)) : NULL;
    json_decref(value);
    if (!text)
        return session_fail(session, EXIT_RUNTIME, "no memory");
    puts(text);
    free(text);
    return EXIT_OK;
}

void period_text(const struct session *session, struct chiso_period period, char out[CHISO_PERIOD_TEXT_BYTES])
{
    char first[CHISO_DATE_CHARS], last[CHISO_DATE_CHARS];
    if (period.kind != CHISO_PERIOD_INTERVAL || period.a == CHISO_DAY_FIRST) {
        text_period(period, session_language(session), out);
        return;
    }
    chiso_day_print_vi(period.a, first);
    chiso_day_print_vi(period.b, last);
    bool same_year = chiso_date_from_day(period.a).year == chiso_date_from_day(period.b).year;
    (void)snprintf(out, CHISO_PERIOD_TEXT_BYTES, "%.*s%s%s", same_year ? 5 : CHISO_DATE_CHARS, first,
        same_year ? "–" : " – ", last);
}

/* Vietnam's clock: chiso_instant_print is in +07:00. */
void instant_text(chiso_instant_ms instant, char out[INSTANT_TEXT_BYTES])
{
    char rfc[CHISO_TIME_CHARS], day[CHISO_DATE_CHARS];
    out[0] = '\0';
    if (instant == 0)
        return;
    chiso_instant_print(instant, rfc);
    chiso_day_print_vi(chiso_day_at(instant), day);
    (void)snprintf(out, INSTANT_TEXT_BYTES, "%s %.5s", day, strchr(rfc, 'T') + 1);
}

json_t *as_of_json(const struct session *session)
{
    return session->past ? instant_json(session->now) : json_null();
}

json_t *instant_json(chiso_instant_ms instant)
{
    char text[CHISO_TIME_CHARS];
    if (instant == 0)
        return json_null();
    chiso_instant_print(instant, text);
    return json_string(text);
}

json_t *period_json(struct chiso_period period)
{
    char text[CHISO_PERIOD_CHARS];
    if (period.kind == CHISO_PERIOD_NONE)
        return json_null();
    chiso_period_print(period, text);
    return json_string(text);
}

void print_as_of(const struct session *session)
{
    char text[TEXT_INSTANT_BYTES];
    if (!session->past)
        return;
    text_instant(session->now, session_language(session), text);
    printf(session_text(session, ", số liệu tại thời điểm %s", ", as of %s"), text);
}

void print_boundaries(const struct session *session, const struct question *question)
{
    char day[CHISO_DATE_CHARS];
    if (!question->on_boundaries)
        return;
    chiso_day_print_vi(question->boundaries, day);
    printf(session_text(session, ", theo địa giới ngày %s", ", on the boundaries of %s"), day);
}
