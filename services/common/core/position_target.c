/* Which target counts for a figure, and whether the two can be compared. */
#include "core/position.h"

/* The row of the unit a target belongs to: the one that has the code on the baseline date, else on the due
 * date, else the last. */
static const struct unit_row *owner_of(const struct catalogue *catalogue, const struct target *target)
{
    const struct unit_row *row = NULL;
    if (target->has_baseline && target->baseline_date != CHISO_DAY_FIRST)
        row = catalogue_unit_at(catalogue, target->unit, target->baseline_date);
    if (!row && target->due != CHISO_DAY_LAST)
        row = catalogue_unit_at(catalogue, target->unit, target->due);
    if (!row) {
        size_t count;
        const struct unit_row *rows = catalogue_unit_rows(catalogue, target->unit, &count);
        row = count ? &rows[count - 1] : NULL;
    }
    return row;
}

/* The earliest due on or after T; after the last due that last one. */
static bool counts_before(const struct target *a, const struct target *b, chiso_day t)
{
    if ((a->due >= t) != (b->due >= t))
        return a->due >= t;
    return a->due >= t ? a->due < b->due : a->due > b->due;
}

/* The target of SCOPE and KIND that ROW, the unit it is declared at, has for the indicator. */
static const struct target *declared_at(const struct catalogue *catalogue, const struct unit_row *row,
    uint32_t indicator, enum target_scope scope, int kind, chiso_day t)
{
    size_t count;
    const struct target *const *targets = catalogue_targets(catalogue, indicator, &count);
    const struct target *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct target *target = targets[i];
        if (target->forecast || target->scope != scope || target->unit != row->code ||
            (scope != TARGET_UNIT && (int)target->unit_kind != kind))
            continue;
        const struct unit_row *owner = owner_of(catalogue, target);
        if (owner && owner->identity == row->identity && (!best || counts_before(target, best, t)))
            best = target;
    }
    return best;
}

const struct target *position_target(
    const struct catalogue *catalogue, uint32_t unit, uint32_t indicator, int level, chiso_day t)
{
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, t);
    if (!row)
        return NULL;
    if (level != STORE_NO_LEVEL)
        return declared_at(catalogue, row, indicator, TARGET_LEVEL, level, t);
    const struct target *target = declared_at(catalogue, row, indicator, TARGET_UNIT, 0, t);
    const struct unit_row *above = row;
    while (!target && above->parent != CATALOGUE_NONE) {
        above = catalogue_unit_at(catalogue, above->parent, t);
        if (!above)
            break;
        target = declared_at(catalogue, above, indicator, TARGET_EACH, (int)row->kind, t);
    }
    return target;
}

static bool lives_to(const struct catalogue *catalogue, const struct unit_row *row, chiso_day due)
{
    return row && catalogue_identity(catalogue, row->identity)->to >= due;
}

/* Before the first version there is no other definition that a figure could differ from. */
static bool is_defined_otherwise(
    const struct catalogue *catalogue, uint32_t indicator, chiso_day day, const struct indicator *than)
{
    const struct indicator *definition = catalogue_indicator_at(catalogue, indicator, day);
    return definition && definition != than;
}

/* The day of the milestone that counts on T; CHISO_DAY_FIRST: none. */
static chiso_day milestone_day(const struct target *target, chiso_day t)
{
    chiso_day day = CHISO_DAY_FIRST;
    for (size_t i = 0; i < target->milestone_count && t < target->due; i++) {
        if (target->milestones[i].day <= t)
            day = target->milestones[i].day;
    }
    return day;
}

enum incomparable position_comparable(const struct catalogue *catalogue, const struct target *target,
    uint32_t unit, chiso_day t, chiso_day *redefined)
{
    const struct indicator *definition = catalogue_indicator_at(catalogue, target->indicator, t);
    bool has_due = target->due != CHISO_DAY_LAST;
    chiso_day baseline = target->has_baseline ? target->baseline_date : CHISO_DAY_FIRST;
    const chiso_day compared[] = {has_due ? target->due : t, baseline, milestone_day(target, t)};
    if (has_due && (!lives_to(catalogue, owner_of(catalogue, target), target->due) ||
                       !lives_to(catalogue, catalogue_unit_at(catalogue, unit, t), target->due)))
        return INCOMPARABLE_UNIT_ENDED;
    for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
        if (compared[i] == CHISO_DAY_FIRST ||
            !is_defined_otherwise(catalogue, target->indicator, compared[i], definition))
            continue;
        chiso_day later = compared[i] > t ? compared[i] : t;
        *redefined = catalogue_indicator_at(catalogue, target->indicator, later)->valid_from;
        return INCOMPARABLE_DEFINITION;
    }
    return COMPARABLE;
}
