/* One line per event on standard error: time=… level=… event=… key=value. */
#ifndef IO_LOG_H
#define IO_LOG_H

#include <stddef.h>
#include <stdint.h>

/* FORMAT gives the key=value pairs after the event, e.g. log_info("commit", "province=%s seq=%llu", …); "%s"
 * with "" for none. Values with blanks are the caller's to quote with log_quoted. Control characters and
 * invalid UTF-8 are replaced, so an event stays one line. The time is the machine's even under --clock. */
void log_info(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warning(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_error(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* TEXT as one value: in double quotes, with \" and \\ inside, cut at a character boundary to what fits. NULL
 * prints as "". Returns OUT. */
const char *log_quote(char *out, size_t capacity, const char *text);
#define LOG_QUOTED_BYTES 600
/* The same for use in an argument list: log_error("mail", "to=%s why=%s", to, log_quoted(why.text)). */
#define log_quoted(text) log_quote((char[LOG_QUOTED_BYTES]){0}, LOG_QUOTED_BYTES, text)

/* At most one line of EVENT per second and call site; further ones are counted and the count is added to the
 * next. */
#define LOG_LIMITED(level, event, ...)                                                                       \
    do {                                                                                                     \
        static struct log_limit limit_;                                                                      \
        if (log_limit_pass(&limit_))                                                                         \
            log_##level(event, __VA_ARGS__);                                                                 \
        else                                                                                                 \
            log_held_back_##level(event);                                                                    \
    } while (0)
struct log_limit {
    long long next_ms; /* nothing passes before; 0: never used */
    unsigned long suppressed;
};
int log_limit_pass(struct log_limit *limit);
void log_held_back_info(const char *event);
void log_held_back_warning(const char *event);
void log_held_back_error(const char *event);

/* What went wrong since the start: every warning and error by its event, those that LOG_LIMITED held back
 * included. A service tells them in its status (io/teller.h). */
struct log_count {
    const char *event;
    uint64_t count;
    int64_t last_ms; /* machine's time, UTC */
};
/* Events beyond so many are counted under "other_events"; there are fewer in any program. */
#define LOG_EVENTS_MAX 128
/* In the order in which they first happened. The array is the log's; it changes with the next line. */
size_t log_counts(const struct log_count **out);
/* The sum of all: has anything happened? */
uint64_t log_counted(void);

#endif
