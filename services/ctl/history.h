/* How a figure came to be what it is: every journal entry that changed something in it, read again from the first
 * one on, with the figure before and after. */
#ifndef CTL_HISTORY_H
#define CTL_HISTORY_H

#include "core/figure.h"
#include "print.h"

/* One unit's figure that an entry changed. */
struct history_change {
    char unit[CHISO_UNIT_BYTES_MAX + 1]; /* code */
    struct chiso_period period;
    struct leaf before, after; /* before.revision 0: it was the first */
    bool restated; /* its window had been closed */
    char *publisher, *report_id, *source; /* "" where they cannot be read */
};

/* What was shown. */
struct history_figure {
    struct row_numbers shown;
    char text[160]; /* in words */
};

struct history_step {
    char province[8], kind[16];
    uint64_t seq;
    chiso_instant_ms time;
    struct history_change *changes;
    size_t change_count, change_capacity;
    bool has_closing; /* kind close: the window was closed */
    struct closing closing;
    struct history_figure before, after;
};

struct history {
    struct history_step *list;
    size_t count, capacity;
};

/* *OUT is released with history_release, also after a failure. SESSION_ON, or an exit status with the reason
 * printed. */
int history_collect(const struct session *session, const struct question *question, struct history *out);
void history_release(struct history *history);

int print_history(
    const struct session *session, const struct question *question, const struct history *history);
int print_history_json(
    const struct session *session, const struct question *question, const struct history *history);

#endif
