/* One line per event on standard error: time=… level=… event=… key=value. */
#ifndef IO_LOG_H
#define IO_LOG_H

/* FORMAT gives the key=value pairs after the event, e.g. log_info("commit", "province=%s seq=%llu", …).
 * Values with blanks are the caller's to quote with log_quote. Control characters are replaced, so an event
 * stays one line. */
void log_info(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warning(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_error(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* At most one line of EVENT per second and call site; further ones are counted and the count is added to the
 * next. */
#define LOG_LIMITED(level, event, ...)                                                                       \
    do {                                                                                                     \
        static struct log_limit limit_;                                                                      \
        if (log_limit_pass(&limit_))                                                                         \
            log_##level(event, __VA_ARGS__);                                                                 \
    } while (0)
struct log_limit {
    long long last_ms;
    unsigned long suppressed;
};
int log_limit_pass(struct log_limit *limit);

#endif
