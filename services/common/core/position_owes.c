/* Who owes a report, and until when (STATISTICS S2 Details, S7). */
#include "core/effective.h"
#include "core/position.h"

/* Is there a part at or under ROW's unit that owes PERIOD? */
static bool some_part_owes(const struct catalogue *catalogue, const struct indicator *definition,
    const struct unit_row *row, struct chiso_period period, chiso_day last)
{
    size_t count;
    if (catalogue_reporting(catalogue, definition, row, last, NULL) == REPORTS_PART &&
        effective_is_owed(catalogue, row, period, definition))
        return true;
    const struct unit_row *const *children = catalogue_child_rows(catalogue, row->code, &count);
    for (size_t i = 0; i < count; i++) {
        if (unit_row_valid(children[i], last) &&
            some_part_owes(catalogue, definition, children[i], period, last))
            return true;
    }
    return false;
}

bool position_owes(const struct catalogue *catalogue, const struct indicator *definition,
    const struct unit_row *row, struct chiso_period period)
{
    chiso_day last = chiso_period_last(period, definition->calendar);
    if (!effective_is_owed(catalogue, row, period, definition))
        return false;
    if (catalogue_reporting(catalogue, definition, row, last, NULL) != REPORTS_WHOLE ||
        catalogue_obligation(catalogue, definition, row, last).named)
        return true;
    const struct unit_row *whole = row;
    if (row->kind == UNIT_DEPARTMENT && row->parent != CATALOGUE_NONE)
        whole = catalogue_unit_at(catalogue, row->parent, last);
    return !whole || !some_part_owes(catalogue, definition, whole, period, last);
}

bool position_deadline(const struct catalogue *catalogue, const struct indicator *definition,
    const struct unit_row *row, struct chiso_period period, chiso_instant_ms *deadline)
{
    chiso_day last = chiso_period_last(period, definition->calendar);
    struct obligation obligation = catalogue_obligation(catalogue, definition, row, last);
    if (obligation.due_working_days < 0 || last < obligation.from || last > obligation.to ||
        !position_owes(catalogue, definition, row, period))
        return false;
    *deadline = catalogue_deadline(catalogue, last, obligation.due_working_days);
    return true;
}
