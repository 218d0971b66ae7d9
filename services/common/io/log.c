#include "io/log.h"
#include "core/utf8.h"
#include "io/clock.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Longer than any line a program writes on purpose; the rest of a longer one is cut. */
#define LINE_BYTES 2048
#define LIMIT_MS 1000

/* How many lines of the event were kept back before the one that is being written (LOG_LIMITED). */
static unsigned long suppressed_before;

/* ---- counting ---- */

static struct log_count counts[LOG_EVENTS_MAX];
static size_t count_of_counts;
static uint64_t counted;

static struct log_count *count_of(const char *event)
{
    for (size_t i = 0; i < count_of_counts; i++)
        if (strcmp(counts[i].event, event) == 0)
            return &counts[i];
    if (count_of_counts == LOG_EVENTS_MAX)
        return &counts[LOG_EVENTS_MAX - 1];
    counts[count_of_counts].event = count_of_counts == LOG_EVENTS_MAX - 1 ? "other_events" : event;
    return &counts[count_of_counts++];
}

static void count(const char *event)
{
    struct log_count *found = count_of(event);

    found->count++;
    found->last_ms = clock_wall();
    counted++;
}

size_t log_counts(const struct log_count **out)
{
    *out = counts;
    return count_of_counts;
}

uint64_t log_counted(void)
{
    return counted;
}

void log_held_back_info(const char *event)
{
    (void)event;
}

void log_held_back_warning(const char *event)
{
    count(event);
}

void log_held_back_error(const char *event)
{
    count(event);
}

/* ---- writing ---- */

static void write_whole(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; /* nowhere left to complain */
        bytes += written;
        length -= (size_t)written;
    }
}

/* snprintf at *USED that never leaves LINE. */
static void append(char line[LINE_BYTES], size_t *used, const char *format, va_list arguments)
{
    int wanted = vsnprintf(line + *used, LINE_BYTES - *used, format, arguments);

    if (wanted > 0) {
        size_t room = LINE_BYTES - 1 - *used;
        *used += (size_t)wanted < room ? (size_t)wanted : room;
    }
}

__attribute__((format(printf, 3, 4))) static void add(
    char line[LINE_BYTES], size_t *used, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(line, used, format, arguments);
    va_end(arguments);
}

static void log_line(const char *level, const char *event, const char *format, va_list arguments)
{
    char line[LINE_BYTES + 1], time[CHISO_TIME_CHARS];
    size_t used = 0;

    chiso_instant_print(clock_wall(), time);
    add(line, &used, "time=%s level=%s event=%s", time, level, event);
    if (suppressed_before > 0)
        add(line, &used, " suppressed=%lu", suppressed_before);
    suppressed_before = 0;
    size_t bare = used;
    add(line, &used, " ");
    append(line, &used, format, arguments);
    if (used == bare + 1)
        line[bare] = '\0';
    utf8_tame(line);
    used = strlen(line);
    line[used++] = '\n';
    /* One write a line: lines of several processes on one terminal or pipe do not mix. */
    write_whole(line, used);
}

void log_info(const char *event, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_line("info", event, format, arguments);
    va_end(arguments);
}

void log_warning(const char *event, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    count(event);
    log_line("warning", event, format, arguments);
    va_end(arguments);
}

void log_error(const char *event, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    count(event);
    log_line("error", event, format, arguments);
    va_end(arguments);
}

const char *log_quote(char *out, size_t capacity, const char *text)
{
    size_t used = 0, length = text != NULL ? strlen(text) : 0;

    if (capacity < 3) {
        if (capacity > 0)
            out[0] = '\0';
        return out;
    }
    out[used++] = '"';
    for (size_t at = 0; at < length;) {
        size_t step = utf8_character(text + at, length - at);
        if (step == 0)
            step = 1;
        bool escaped = text[at] == '"' || text[at] == '\\';
        if (used + step + escaped + 2 > capacity)
            break;
        if (escaped)
            out[used++] = '\\';
        memcpy(out + used, text + at, step);
        used += step;
        at += step;
    }
    out[used++] = '"';
    out[used] = '\0';
    return out;
}

int log_limit_pass(struct log_limit *limit)
{
    long long now = clock_monotonic_ms();

    if (limit->next_ms != 0 && now < limit->next_ms) {
        limit->suppressed++;
        return 0;
    }
    limit->next_ms = now + LIMIT_MS;
    suppressed_before = limit->suppressed;
    limit->suppressed = 0;
    return 1;
}
