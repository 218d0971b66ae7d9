#include "gaps.h"

#include "core/effective.h"
#include "core/list.h"
#include "core/position.h"
#include <stdlib.h>

struct search {
    const struct session *session;
    struct gaps *gaps;
};

static int add_gap(struct search *search, struct gap *gap)
{
    struct gaps *gaps = search->gaps;
    if (LIST_GROW(gaps->list, gaps->count, gaps->capacity))
        return CHISO_ENOMEM;
    gap->overdue = gap->deadline != 0 && gap->deadline < search->session->now;
    gaps->list[gaps->count++] = *gap;
    gaps->overdue += gap->overdue;
    return CHISO_OK;
}

static int look(struct search *search, const struct unit_row *row, const struct indicator *definition,
    struct chiso_period period);

static int look_at_parts(struct search *search, const struct unit_row *row,
    const struct indicator *definition, struct chiso_period period)
{
    const struct catalogue *c = search->session->catalogue;
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    size_t count = chiso_period_parts(period, definition->calendar, parts);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++) {
        chiso_day last = chiso_period_last(parts[i], definition->calendar);
        const struct unit_row *then = catalogue_unit_at(c, row->code, last);
        const struct indicator *version = catalogue_indicator_at(c, definition->id_index, last);
        if (then && version && then->identity == row->identity)
            error = look(search, then, version, parts[i]);
    }
    return error;
}

/* What ROW's unit owes inside PERIOD and has not sent: PERIOD itself, or those windows of its shorter cadence
 * that are not in, also where it owes nothing any more when PERIOD ends. A report for PERIOD as a whole
 * settles them all; what has not begun is not missing. */
static int look(struct search *search, const struct unit_row *row, const struct indicator *definition,
    struct chiso_period period)
{
    const struct catalogue *c = search->session->catalogue;
    struct gap gap = {.row = row, .definition = definition, .period = period};
    struct side side;
    unsigned shorter = catalogue_cadences(c, definition->id_index) & ((1u << period.kind) - 1u);
    chiso_day last = chiso_period_last(period, definition->calendar);
    if (chiso_period_first(period, definition->calendar) > chiso_day_at(search->session->now))
        return CHISO_OK;
    bool owes = position_owes(c, definition, row, period);
    if (!owes && !shorter)
        return CHISO_OK;
    int error = effective_side(c, search->session->store, row, period, definition, &side, NULL, NULL);
    if (error || side.reported > 0 || side.not_applicable > 0)
        return error;
    if (!owes || catalogue_obligation(c, definition, row, last).cadence != period.kind)
        return look_at_parts(search, row, definition, period);
    gap.partial = side.partial > 0;
    position_deadline(c, definition, row, period, &gap.deadline);
    return add_gap(search, &gap);
}

/* UNIT and everything under it on the period's last day in the indicator's calendar. */
static int look_under(
    struct search *search, uint32_t unit, const struct indicator *definition, struct chiso_period period)
{
    const struct catalogue *c = search->session->catalogue;
    chiso_day last = chiso_period_last(period, definition->calendar);
    const struct unit_row *row = catalogue_unit_at(c, unit, last);
    size_t count;
    int error = row ? look(search, row, definition, period) : CHISO_OK;
    const struct unit_row *const *children = catalogue_child_rows(c, unit, &count);
    for (size_t i = 0; i < count && row && !error; i++) {
        if (unit_row_valid(children[i], last))
            error = look_under(search, children[i]->code, definition, period);
    }
    return error;
}

int gaps_add(const struct session *session, uint32_t unit, struct chiso_period period, uint32_t indicator,
    struct gaps *gaps)
{
    struct search search = {session, gaps};
    chiso_day last = chiso_period_last(period, catalogue_indicator(session->catalogue, indicator)->calendar);
    const struct indicator *definition = catalogue_indicator_at(session->catalogue, indicator, last);
    return definition ? look_under(&search, unit, definition, period) : CHISO_OK;
}

/* Overdue ones first, then those with a deadline, by their deadlines; the others stay as they are. */
static int compare_gaps(const void *a, const void *b)
{
    const struct gap *x = a, *y = b;
    if ((x->deadline == 0) != (y->deadline == 0))
        return x->deadline == 0 ? 1 : -1;
    if (x->deadline != y->deadline)
        return x->deadline < y->deadline ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

void gaps_sort(struct gaps *gaps)
{
    for (size_t i = 0; i < gaps->count; i++)
        gaps->list[i].place = i;
    if (gaps->count > 0)
        qsort(gaps->list, gaps->count, sizeof *gaps->list, compare_gaps);
}

void gaps_release(struct gaps *gaps)
{
    free(gaps->list);
    *gaps = (struct gaps){0};
}
