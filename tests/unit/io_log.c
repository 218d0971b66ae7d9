#include "io/clock.h"
#include "io/log.h"
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What was written to standard error, without the time. */
static const char *logged(void)
{
    static char text[8192];
    char *line = NULL;
    size_t size = 0;
    FILE *errors = cr_get_redirected_stderr();

    text[0] = '\0';
    fflush(stderr);
    close(STDERR_FILENO); /* the end for the reader below */
    while (getline(&line, &size, errors) > 0) {
        char *level = strstr(line, " level=");
        cr_expect_eq(strncmp(line, "time=20", 7), 0, "%s", line);
        cr_assert_not_null(level, "%s", line);
        strcat(text, level + 1);
    }
    free(line);
    return text;
}

TestSuite(log, .init = cr_redirect_stderr);

Test(log, writes_one_line_an_event)
{
    log_info("commit", "province=%s seq=%d", "35", 7);
    log_warning("odd", "text=%s", "a\nb\x1B[31mc\xFF");
    log_error("stop", "%s", "");
    cr_expect_str_eq(logged(), "level=info event=commit province=35 seq=7\n"
                               "level=warning event=odd text=a?b?[31mc?\n"
                               "level=error event=stop\n");
}

Test(log, quotes)
{
    log_info("mail", "subject=%s none=%s", log_quoted("Tỷ lệ \"nộp\" \\ 84,6%"), log_quoted(NULL));
    cr_expect_str_eq(logged(), "level=info event=mail subject=\"Tỷ lệ \\\"nộp\\\" \\\\ 84,6%\" none=\"\"\n");
}

Test(log, cuts_quotes_at_characters)
{
    char out[8];

    cr_expect_str_eq(log_quote(out, sizeof out, "abcdefgh"), "\"abcde\"");
    cr_expect_str_eq(log_quote(out, sizeof out, "abctỷ"), "\"abct\"");
    cr_expect_str_eq(log_quote(out, sizeof out, "abcd\"\""), "\"abcd\"");
    cr_expect_str_eq(log_quote(out, 2, "a"), "");
    log_info("x", "%s", "");
    (void)logged();
}

Test(log, limits_and_counts)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5; i++)
            LOG_LIMITED(info, "busy", "i=%d", i);
        if (round == 0)
            usleep(1100000);
    }
    LOG_LIMITED(info, "other", "%s", "");
    cr_expect_str_eq(logged(),
        "level=info event=busy i=0\nlevel=info event=busy suppressed=4 i=0\nlevel=info event=other\n");
}

Test(log, counts_warnings_and_errors_also_those_held_back)
{
    const struct log_count *counts;

    for (int i = 0; i < 5; i++)
        LOG_LIMITED(warning, "lost", "i=%d", i);
    log_error("stop", "%s", "");
    log_info("fine", "%s", "");
    LOG_LIMITED(info, "fine", "%s", "");
    LOG_LIMITED(error, "lost", "%s", "elsewhere");
    cr_assert_eq(log_counts(&counts), 2);
    cr_expect_str_eq(counts[0].event, "lost");
    cr_expect_eq(counts[0].count, 6);
    cr_expect_str_eq(counts[1].event, "stop");
    cr_expect_eq(counts[1].count, 1);
    cr_expect_geq(counts[1].last_ms, counts[0].last_ms);
    cr_expect_eq(log_counted(), 7);
    (void)logged();
}

Test(log, counts_no_more_events_than_it_has_room_for)
{
    static char events[LOG_EVENTS_MAX + 5][16];
    const struct log_count *counts;

    for (size_t i = 0; i < LOG_EVENTS_MAX + 5; i++) {
        snprintf(events[i], sizeof events[i], "event_%zu", i);
        log_held_back_warning(events[i]);
    }
    cr_assert_eq(log_counts(&counts), LOG_EVENTS_MAX);
    cr_expect_str_eq(counts[LOG_EVENTS_MAX - 1].event, "other_events");
    cr_expect_eq(counts[LOG_EVENTS_MAX - 1].count, 6);
    cr_expect_eq(counts[LOG_EVENTS_MAX - 2].count, 1);
}

Test(log, cuts_a_long_line)
{
    static char long_text[5000];

    memset(long_text, 'x', sizeof long_text - 1);
    log_info("long", "text=%s", long_text);
    cr_expect_eq(strlen(logged()), 2048 - 1 - strlen("time=2025-05-05T08:00:00.000+07:00 ") + 1);
}

Test(clock, freezes)
{
    chiso_instant_ms before = clock_now();
    long long ticks = clock_monotonic_ms();

    cr_expect_gt(before, 1700000000000);
    clock_freeze(1746406800000);
    cr_expect_eq(clock_now(), 1746406800000);
    usleep(5000);
    cr_expect_eq(clock_now(), 1746406800000);
    cr_expect_geq(clock_monotonic_ms(), ticks + 5);
    cr_expect_geq(clock_wall(), before);
}
