#include "newest.h"

#include "core/boundaries.h"
#include "core/list.h"
#include "evidence.h"
#include <stdlib.h>
#include <string.h>

static int add(struct newest *newest, const char *province, uint64_t seq)
{
    if (!province || seq == 0)
        return CHISO_OK;
    for (size_t i = 0; i < newest->count; i++) {
        if (strcmp(newest->list[i].province, province) != 0)
            continue;
        if (seq > newest->list[i].seq)
            newest->list[i].seq = seq;
        return CHISO_OK;
    }
    if (LIST_GROW(newest->list, newest->count, newest->capacity))
        return CHISO_ENOMEM;
    newest->list[newest->count++] = (struct newest_entry){province, seq};
    return CHISO_OK;
}

/* Has one province's journal all that is behind the figure? Then the row's own number says which entry. */
static bool is_of_one_journal(const struct session *session, const struct question *q, const struct row *row)
{
    enum chiso_calendar calendar = row->definition->calendar;
    chiso_day first = chiso_period_first(row->period, calendar),
              last = chiso_period_last(row->period, calendar);
    return !q->on_boundaries && evidence_province(session, row->unit, last) &&
           !boundaries_split(session->catalogue, row->unit_row, first, last);
}

int newest_find(
    const struct session *session, const struct question *q, const struct row *row, struct newest *out)
{
    enum chiso_calendar calendar = row->definition->calendar;
    struct trail trail = {0};
    *out = (struct newest){0};
    if (is_of_one_journal(session, q, row))
        return add(
            out, evidence_province(session, row->unit, chiso_period_last(row->period, calendar)), row->seq);
    int error = q->on_boundaries ? trail_collect_on(session->catalogue, session->store, q->boundaries,
                                       row->unit, row->period, row->indicator, row->level, &trail)
                                 : trail_collect(session->catalogue, session->store, row->unit, row->period,
                                       row->indicator, row->level, &trail);
    if (error == CHISO_ENOTFOUND)
        error = CHISO_OK;
    for (size_t i = 0; i < trail.count && !error; i++) {
        const struct trail_leaf *leaf = &trail.list[i];
        error = add(out, evidence_province(session, leaf->unit, chiso_period_last(leaf->period, calendar)),
            leaf->leaf->seq);
    }
    trail_release(&trail);
    return error;
}

int newest_want(const struct newest *newest, struct journal *journal)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < newest->count && !error; i++)
        error = journal_want(journal, newest->list[i].province, newest->list[i].seq);
    return error;
}

chiso_instant_ms newest_time(const struct newest *newest, const struct journal *journal)
{
    chiso_instant_ms time = 0;
    for (size_t i = 0; i < newest->count; i++) {
        const struct journal_entry *entry =
            journal_find(journal, newest->list[i].province, newest->list[i].seq);
        if (entry && entry->time > time)
            time = entry->time;
    }
    return time;
}

void newest_release(struct newest *newest)
{
    free(newest->list);
    *newest = (struct newest){0};
}
