/* What chisoctl timeliness has found, for printing. */
#ifndef CTL_TIMELINESS_H
#define CTL_TIMELINESS_H

#include "core/table.h"
#include "core/timeliness.h"
#include "session.h"
#include <jansson.h>

struct timeliness_found {
    struct timeliness_sums sums;
    struct timeliness_report *list;
    size_t count, capacity;
};

/* Of the whole, of each pillar and of each unit that owes something, or has units below it that do. */
struct table *timeliness_counts_table(
    const struct session *session, const struct question *question, const struct timeliness_found *found);
/* The late and overdue ones, or EVERY one. */
struct table *timeliness_reports_table(
    const struct session *session, const struct timeliness_found *found, bool every);
json_t *timeliness_json(
    const struct session *session, const struct question *question, const struct timeliness_found *found);

/* "đầy đủ 87,5% (140/160), đúng hạn 80,0% (120/150)"; "" where nothing is owed. */
void timeliness_text(
    const struct session *session, const struct timeliness_counts *counts, char *out, size_t capacity);

#endif
