/* targets.csv: what is aimed at, by when, and how the way there is judged (STATISTICS S4). */
#include "core/catalogue_load.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    INDICATOR,
    UNIT,
    UNIT_KIND,
    SCOPE,
    SHAPE,
    VALUE,
    VALUE_HIGH,
    BASELINE,
    BASELINE_DATE,
    DUE,
    CURVE,
    WINDOW,
    AMBER,
    RED,
    NATURE,
    SOURCE,
};

#define TEXT_BYTES_MAX 300

static const char *const scope_names[] = {"unit", "each", "level"};
static const char *const nature_names[] = {"target", "forecast"};
static const char *const window_names[] = {"cadence", "year_to_date"};
#define SHAPES 8
static const char *const shape_names[SHAPES] = {
    "at_least", "above", "at_most", "below", "between", "maintain", "done_by", "increase_each_year"};
#define CURVES 5
static const char *const curve_names[CURVES] = {"linear", "hold", "due", "steps", "cumulative"};

/* ---- whom it is for ---- */

static void take_scope(struct cursor *cursor, struct target *target)
{
    int scope = TARGET_UNIT, kind = 0;
    if (!take_choice(cursor, SCOPE, scope_names, 3, &scope))
        return;
    target->scope = (enum target_scope)scope;
    bool empty = cell_is_empty(cursor, UNIT_KIND);
    if (scope == TARGET_UNIT && !empty)
        fault(cursor, UNIT_KIND, "unit_kind '%s' goes with the scope each or level",
            cell_at(cursor, UNIT_KIND)->text);
    else if (scope != TARGET_UNIT && empty)
        fault(cursor, UNIT_KIND, "unit_kind is empty; the scope %s needs it", scope_names[scope]);
    else if (take_choice(cursor, UNIT_KIND, unit_kind_names, UNIT_KINDS, &kind))
        target->unit_kind = (enum unit_kind)kind;
}

/* ---- what is aimed at ---- */

static bool take_number(struct cursor *cursor, int column, struct chiso_decimal *out)
{
    return take_decimal(cursor, column, out) && !cell_is_empty(cursor, column);
}

static void take_values(struct cursor *cursor, struct target *target)
{
    target->has_value = take_number(cursor, VALUE, &target->value);
    target->has_value_high = take_number(cursor, VALUE_HIGH, &target->value_high);
    target->has_baseline = take_number(cursor, BASELINE, &target->baseline);
    target->baseline_date = CHISO_DAY_FIRST;
    target->due = CHISO_DAY_LAST;
    take_day(cursor, BASELINE_DATE, &target->baseline_date);
    take_day(cursor, DUE, &target->due);
}

static void check_between(struct cursor *cursor, const struct target *target)
{
    if (target->shape != TARGET_BETWEEN) {
        if (!cell_is_empty(cursor, VALUE_HIGH))
            fault(cursor, VALUE_HIGH, "value_high goes with the shape between only");
        return;
    }
    if (need(cursor, VALUE_HIGH) && target->has_value && target->has_value_high &&
        chiso_decimal_compare(target->value, target->value_high) > 0)
        fault(cursor, VALUE_HIGH, "value_high %s is below value %s", cell_at(cursor, VALUE_HIGH)->text,
            cell_at(cursor, VALUE)->text);
}

/* done_by is "at least 1 at the due date". */
static void check_done_by(struct cursor *cursor, struct target *target)
{
    const struct chiso_decimal one = {1, 0};
    if (target->has_value && chiso_decimal_compare(target->value, one) != 0)
        fault(cursor, VALUE, "value %s beside done_by, which means 1; leave it empty",
            cell_at(cursor, VALUE)->text);
    if (cell_is_empty(cursor, DUE))
        fault(cursor, DUE, "due is empty; done_by needs the day");
    target->value = one;
    target->has_value = true;
}

static void check_shape(struct cursor *cursor, struct target *target)
{
    check_between(cursor, target);
    if (target->shape == TARGET_DONE_BY)
        check_done_by(cursor, target);
    else if (target->shape == TARGET_INCREASE_EACH_YEAR && !cell_is_empty(cursor, VALUE))
        fault(cursor, VALUE,
            "value %s beside increase_each_year, which aims at the year before; leave it empty",
            cell_at(cursor, VALUE)->text);
    else if (target->shape == TARGET_INCREASE_EACH_YEAR)
        return;
    else if (target->shape != TARGET_MAINTAIN)
        need(cursor, VALUE);
    else if (cell_is_empty(cursor, VALUE) && cell_is_empty(cursor, BASELINE))
        fault(cursor, VALUE, "value and baseline are empty; maintain needs one of them");
}

static void take_shape(struct cursor *cursor, struct target *target)
{
    int shape = 0;
    if (!need(cursor, SHAPE) || !take_choice(cursor, SHAPE, shape_names, SHAPES, &shape))
        return;
    target->shape = (enum target_shape)shape;
    check_shape(cursor, target);
}

/* ---- the way there ---- */

static void check_linear(struct cursor *cursor)
{
    static const int needed[] = {BASELINE, BASELINE_DATE, DUE};
    for (size_t i = 0; i < 3; i++) {
        if (cell_is_empty(cursor, needed[i]))
            fault(cursor, needed[i], "%s is empty; the curve linear needs it",
                cursor->table->spec->columns[needed[i]].name);
    }
}

/* Some shapes have a way of their own. */
static void check_way(struct cursor *cursor, const struct target *target, int curve, bool no_due)
{
    const char *name = curve_names[curve];
    if (target->shape == TARGET_MAINTAIN && curve != CURVE_HOLD)
        fault(cursor, CURVE, "curve '%s' beside maintain, which has the curve hold", name);
    else if (target->shape == TARGET_INCREASE_EACH_YEAR && curve != CURVE_HOLD && curve != CURVE_DUE)
        fault(cursor, CURVE, "curve '%s' beside increase_each_year, which has the curve hold or due", name);
    else if (curve == CURVE_LINEAR)
        check_linear(cursor);
    else if (curve != CURVE_HOLD && no_due)
        fault(cursor, DUE, "due is empty; only the curve hold does without");
    else if (curve == CURVE_HOLD && target->shape == TARGET_DONE_BY && !no_due)
        fault(cursor, CURVE, "curve 'hold' beside done_by, which counts on its due date");
}

static void take_curve(struct cursor *cursor, struct target *target)
{
    bool no_due = cell_is_empty(cursor, DUE);
    bool holds = target->shape == TARGET_MAINTAIN || target->shape == TARGET_INCREASE_EACH_YEAR;
    int curve = holds || no_due ? CURVE_HOLD : CURVE_DUE;
    if (!take_choice(cursor, CURVE, curve_names, CURVES, &curve))
        return;
    target->curve = (enum target_curve)curve;
    check_way(cursor, target, curve, no_due);
}

static void check_dates(struct cursor *cursor, const struct target *target)
{
    if (!cell_is_empty(cursor, BASELINE_DATE) && target->baseline_date >= target->due)
        fault(cursor, DUE, "due %s is not after baseline_date %s", cell_at(cursor, DUE)->text,
            cell_at(cursor, BASELINE_DATE)->text);
}

static void take_tolerance(struct cursor *cursor, int column, struct tolerance *out)
{
    const struct cell *cell = cell_at(cursor, column);
    *out = (struct tolerance){0};
    if (cell->length == 0)
        return;
    size_t length = cell->length;
    if (cell->text[length - 1] == '%') {
        out->percent = true;
        length--;
    }
    while (length > 0 && cell->text[length - 1] == ' ')
        length--;
    int error = chiso_decimal_parse(cell->text, length, '.', &out->value);
    if (error != CHISO_OK && cursor->table->point != '\0')
        error = chiso_decimal_parse(cell->text, length, cursor->table->point, &out->value);
    if (error != CHISO_OK || out->value.value < 0 || out->value.value > CHISO_FIGURE_MAX)
        fault(cursor, column, "%s '%s' is not a tolerance such as 2 or 2%%",
            cursor->table->spec->columns[column].name, cell->text);
}

/* Per cent against a number depends on the baseline and is left to the clerk. */
static bool is_below(const struct tolerance *red, const struct tolerance *amber)
{
    if (red->value.value != 0 && red->percent != amber->percent)
        return false;
    return chiso_decimal_compare(red->value, amber->value) < 0;
}

static void take_tolerances(struct cursor *cursor, struct target *target)
{
    take_tolerance(cursor, AMBER, &target->amber);
    take_tolerance(cursor, RED, &target->red);
    const char *amber = cell_at(cursor, AMBER)->text, *red = cell_at(cursor, RED)->text;
    if (cursor->flawed || target->amber.value.value == 0)
        return;
    if (cell_is_empty(cursor, RED))
        caution(cursor, RED, "red is empty: a shortfall above amber %s is behind at once", amber);
    else if (is_below(&target->red, &target->amber))
        fault(cursor, RED, "red %s is below amber %s", red, amber);
}

static bool take_target(struct cursor *cursor, struct target *target)
{
    int window = 0, nature = 0;
    target->line = cursor->record->line;
    take_indicator(cursor, INDICATOR, &target->indicator);
    take_unit(cursor, UNIT, &target->unit);
    take_scope(cursor, target);
    take_values(cursor, target);
    take_shape(cursor, target);
    take_curve(cursor, target);
    check_dates(cursor, target);
    take_choice(cursor, WINDOW, window_names, 2, &window);
    take_choice(cursor, NATURE, nature_names, 2, &nature);
    take_tolerances(cursor, target);
    target->year_to_date = window == 1;
    target->forecast = nature == 1;
    target->source = take_text(cursor, SOURCE, TEXT_BYTES_MAX);
    return !cursor->flawed;
}

/* ---- can it ever be judged? ---- */

static bool has_role_below(
    const struct catalogue *catalogue, uint32_t unit, const struct reporter *reporter, int depth)
{
    size_t count;
    const struct unit_row *rows = catalogue_unit_rows(catalogue, unit, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == reporter->kind && rows[i].role == reporter->role)
            return true;
    }
    const struct unit_row *const *children = catalogue_child_rows(catalogue, unit, &count);
    for (size_t i = 0; i < count && depth < CATALOGUE_DEPTH_MAX; i++) {
        if (has_role_below(catalogue, children[i]->code, reporter, depth + 1))
            return true;
    }
    return false;
}

static bool can_reporter_be_below(
    const struct loader *loader, uint32_t unit, const struct reporter *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((loader->subtree_kinds[unit] & (1u << list[i].kind)) == 0)
            continue;
        if (list[i].role[0] == '\0' || has_role_below(loader->catalogue, unit, &list[i], 0))
            return true;
    }
    return false;
}

/* Does UNIT, or one below it, ever report the indicator? Obligations are looked at by kind only. */
static bool can_have_figure(const struct loader *loader, uint32_t unit, uint32_t indicator)
{
    const struct catalogue *catalogue = loader->catalogue;
    const struct indicator_versions *versions = &catalogue->indicators[indicator];
    for (uint32_t i = 0; i < versions->count; i++) {
        const struct indicator *version = &catalogue->definitions[versions->first + i];
        if ((version->level_kinds & loader->subtree_kinds[unit]) == 0)
            continue;
        if (versions->obligation_count > 0 ||
            can_reporter_be_below(loader, unit, version->reported_by, version->reported_by_count) ||
            can_reporter_be_below(loader, unit, version->whole_by, version->whole_by_count))
            return true;
    }
    return false;
}

static uint32_t level_kinds_of(const struct catalogue *catalogue, uint32_t indicator)
{
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < catalogue->indicators[indicator].count; i++)
        kinds |= catalogue->definitions[catalogue->indicators[indicator].first + i].level_kinds;
    return kinds;
}

static void check_reach(struct cursor *cursor, const struct target *target)
{
    const struct loader *loader = cursor->loader;
    const char *id = loader->catalogue->indicators[target->indicator].id;
    const char *code = loader->catalogue->unit_codes[target->unit];
    const char *kind = unit_kind_names[target->unit_kind];
    uint32_t levels = level_kinds_of(loader->catalogue, target->indicator);
    if (target->scope != TARGET_UNIT &&
        (loader->subtree_kinds[target->unit] & (1u << target->unit_kind)) == 0)
        fault(cursor, UNIT_KIND, "there is no %s at or under unit %s", kind, code);
    else if (target->scope == TARGET_LEVEL && (levels & (1u << target->unit_kind)) == 0)
        fault(cursor, UNIT_KIND, "no %s reports '%s', so it has no such level", kind, id);
    else if (target->scope == TARGET_LEVEL && (levels & (levels - 1)) == 0)
        caution(cursor, SCOPE, "only the kind %s reports '%s', so it has no levels: write the scope unit",
            kind, id);
    else if (!can_have_figure(loader, target->unit, target->indicator))
        fault(cursor, UNIT, "neither unit %s nor one below it ever reports '%s'", code, id);
}

/* A target belongs to the unit that has the code on its baseline date, else on its due date, else last. */
static const struct unit_identity *owner_of(const struct catalogue *catalogue, const struct target *target)
{
    const chiso_day days[] = {target->baseline_date, target->due};
    for (size_t i = 0; i < 2; i++) {
        if (days[i] == CHISO_DAY_FIRST || days[i] == CHISO_DAY_LAST)
            continue;
        const struct unit_row *row = catalogue_unit_at(catalogue, target->unit, days[i]);
        if (row != NULL)
            return &catalogue->identities[row->identity];
    }
    size_t count;
    const struct unit_row *rows = catalogue_unit_rows(catalogue, target->unit, &count);
    return &catalogue->identities[rows[count - 1].identity];
}

/* S5: the alert of such a target closes "unit ended", and nobody inherits it. */
static void check_owner(struct cursor *cursor, const struct target *target)
{
    const struct catalogue *catalogue = cursor->loader->catalogue;
    const struct unit_identity *owner = owner_of(catalogue, target);
    char day[CHISO_DATE_CHARS];
    if (target->due == CHISO_DAY_LAST || target->forecast)
        return;
    if (owner->to < target->due) {
        chiso_day_print(owner->to, day);
        caution(cursor, DUE, "unit %s ends on %s, before this target is due: it will not be comparable",
            catalogue->unit_codes[target->unit], day);
    } else if (owner->from > target->due) {
        chiso_day_print(owner->from, day);
        caution(cursor, DUE, "unit %s begins on %s, after this target is due: it will not be comparable",
            catalogue->unit_codes[target->unit], day);
    }
}

/* ---- what the curve needs from elsewhere ---- */

static int year_of(chiso_day day)
{
    return chiso_date_from_day(day).year;
}

static bool has_holiday_in(const struct catalogue *catalogue, int year)
{
    for (size_t i = 0; i < catalogue->holiday_count; i++) {
        if (year_of(catalogue->holidays[i].day) == year)
            return true;
    }
    return false;
}

/* Tết moves every year, so a year without a single holiday is a year that nobody has entered yet. */
static void check_holidays(struct cursor *cursor, const struct target *target)
{
    const struct loader *loader = cursor->loader;
    int last = year_of(target->due);
    if (loader->tables[TABLE_HOLIDAYS].broken)
        return;
    for (int year = year_of(target->start + 1); year <= last; year++) {
        if (has_holiday_in(loader->catalogue, year))
            continue;
        fault(cursor, CURVE, "holidays.csv has no day of %d; the curve cumulative counts working days", year);
        return;
    }
}

static void complete_cumulative(struct cursor *cursor, struct target *target)
{
    const struct catalogue *catalogue = cursor->loader->catalogue;
    const struct indicator_versions *versions = &catalogue->indicators[target->indicator];
    const struct indicator *definition = &catalogue->definitions[versions->first];
    if (definition->across_time != ACROSS_SUM && definition->across_time != ACROSS_CUMULATIVE) {
        fault(cursor, CURVE,
            "curve 'cumulative' is for figures that are sum or cumulative over time; '%s' is %s",
            versions->id, across_time_names[definition->across_time]);
        return;
    }
    struct chiso_period year = chiso_period_at(CHISO_PERIOD_YEAR, target->due, definition->calendar);
    target->start = target->baseline_date;
    if (target->start == CHISO_DAY_FIRST)
        target->start = chiso_period_first(year, definition->calendar);
    if (!target->has_baseline)
        target->year_to_date = true;
    check_holidays(cursor, target);
}

static void complete_steps(struct cursor *cursor, struct target *target)
{
    milestones_of(cursor->loader, target);
    if (target->milestone_count == 0 && !cursor->loader->tables[TABLE_MILESTONES].broken)
        fault(cursor, CURVE,
            "milestones.csv has no day before due %s for this indicator and unit; the curve "
            "steps needs one",
            cell_at(cursor, DUE)->text);
}

static void complete_curve(struct cursor *cursor, struct target *target)
{
    if (target->curve == CURVE_CUMULATIVE)
        complete_cumulative(cursor, target);
    else if (target->curve == CURVE_STEPS)
        complete_steps(cursor, target);
}

static void check_use(struct cursor *cursor, struct target *target)
{
    const struct loader *loader = cursor->loader;
    if (loader->indicator_flawed[target->indicator] || loader->unit_flawed[target->unit])
        return;
    check_reach(cursor, target);
    if (!cursor->flawed)
        check_owner(cursor, target);
    if (!cursor->flawed)
        complete_curve(cursor, target);
}

/* ---- all of them ---- */

static int compare_numbers(long long a, long long b)
{
    return (a > b) - (a < b);
}

static int compare_aims(const struct target *a, const struct target *b)
{
    int order = compare_numbers(a->indicator, b->indicator);
    if (order == 0)
        order = compare_numbers(a->unit, b->unit);
    if (order == 0)
        order = compare_numbers(a->scope, b->scope);
    if (order == 0)
        order = compare_numbers(a->unit_kind, b->unit_kind);
    if (order == 0)
        order = compare_numbers(a->forecast, b->forecast);
    return order != 0 ? order : compare_numbers(a->due, b->due);
}

static int compare_target_pointers(const void *a, const void *b)
{
    const struct target *left = *(const struct target *const *)a, *right = *(const struct target *const *)b;
    int order = compare_aims(left, right);
    return order != 0 ? order : compare_numbers((long long)left->line, (long long)right->line);
}

static int compare_targets(const void *a, const void *b)
{
    const struct target *left = a, *right = b;
    int order = compare_numbers(left->indicator, right->indicator);
    return order != 0 ? order : compare_numbers((long long)left->line, (long long)right->line);
}

static void check_repeated(struct loader *loader)
{
    const struct catalogue *catalogue = loader->catalogue;
    const struct target **sorted =
        take_scratch(loader, catalogue->target_count, sizeof(const struct target *));
    if (sorted == NULL || catalogue->target_count == 0)
        return;
    for (size_t i = 0; i < catalogue->target_count; i++)
        sorted[i] = &catalogue->targets[i];
    qsort(sorted, catalogue->target_count, sizeof(const struct target *), compare_target_pointers);
    for (size_t i = 1; i < catalogue->target_count; i++) {
        if (compare_aims(sorted[i - 1], sorted[i]) == 0)
            finding_add(loader, table_specs[TABLE_TARGETS]->file, sorted[i]->line, 1, false,
                "line %zu is already a target of the same indicator, scope, unit, nature and due date",
                sorted[i - 1]->line);
    }
}

static void slice_by_indicator(struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->target_count; i++) {
        catalogue->target_list[i] = &catalogue->targets[i];
        struct indicator_versions *versions = &catalogue->indicators[catalogue->targets[i].indicator];
        if (versions->target_count++ == 0)
            versions->target_first = (uint32_t)i;
    }
}

void load_targets(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_TARGETS];
    catalogue->targets = take_kept(loader, table->count, sizeof *catalogue->targets);
    catalogue->target_list = take_kept(loader, table->count, sizeof(const struct target *));
    for (size_t i = 0; i < table->count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_TARGETS, i);
        struct target target = {0};
        if (!take_target(&cursor, &target))
            continue;
        check_use(&cursor, &target);
        if (!cursor.flawed)
            catalogue->targets[catalogue->target_count++] = target;
    }
    if (loader->out_of_memory)
        return;
    if (catalogue->target_count > 0)
        qsort(catalogue->targets, catalogue->target_count, sizeof *catalogue->targets, compare_targets);
    slice_by_indicator(catalogue);
    check_repeated(loader);
}

const struct target *const *catalogue_targets(
    const struct catalogue *catalogue, uint32_t indicator, size_t *count)
{
    assert(indicator < catalogue->indicator_count);
    *count = catalogue->indicators[indicator].target_count;
    return &catalogue->target_list[catalogue->indicators[indicator].target_first];
}
