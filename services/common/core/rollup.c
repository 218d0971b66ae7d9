/* Totals over units (STATISTICS S2, rules 2 to 5). The effective value of one unit is effective.c's.
 *
 * A total has up to two sides: what a whole reported and what the parts add up to. The parts of U are U's own
 * figure, if it is a part, and what the totals of its children contribute; so a total needs only the totals
 * one level below. */
#include "core/rollup.h"

#include "core/boundaries.h"
#include "core/effective.h"
#include <assert.h>

/* What every step needs; FIGURE_UNIT is the unit whose total is asked. */
struct work {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct indicator *definition;
    struct chiso_period period;
    chiso_day last; /* of the period, or of a unit that ended before */
    uint32_t indicator;
    struct total_part *parts; /* the memo of the total that is asked, by the place of a child; NULL: none */
};

static int total_of_row(const struct work *w, const struct unit_row *row, int level, struct total *out);

bool rollup_is_joined(const struct indicator *definition)
{
    switch (definition->measure) {
    case MEASURE_RATIO:
    case MEASURE_COUNT:
    case MEASURE_AMOUNT:
    case MEASURE_MEAN:
    case MEASURE_MIN:
    case MEASURE_MAX:
    case MEASURE_SHARE:
        return true;
    default:
        return false;
    }
}

bool rollup_has_levels(const struct indicator *definition)
{
    return rollup_is_joined(definition) && (definition->level_kinds & (definition->level_kinds - 1)) != 0;
}

bool rollup_is_kept(const struct catalogue *catalogue, const struct unit_row *row, struct chiso_period period,
    chiso_day first, chiso_day last)
{
    return period.kind != CHISO_PERIOD_NINE_MONTHS && catalogue_has_children(catalogue, row->code, last) &&
           !boundaries_split(catalogue, row, first, last);
}

bool rollup_is_stored(const struct catalogue *catalogue, uint32_t unit, struct chiso_period period,
    enum chiso_calendar calendar)
{
    chiso_day first = chiso_period_first(period, calendar), last = chiso_period_last(period, calendar);
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, last);
    return row && rollup_is_kept(catalogue, row, period, first, last);
}

/* ---- revision and newest journal entry of the leaves behind a total ---- */

struct revisions {
    const struct work *work;
    uint32_t identity;
    uint32_t unit;
    bool former; /* its journal may be another province's */
    struct total *total;
};

static int add_revision(void *context, struct chiso_period period, const struct leaf *leaf)
{
    struct revisions *r = context;
    const struct work *w = r->work;
    const struct unit_row *row =
        catalogue_unit_at(w->catalogue, r->unit, chiso_period_last(period, w->definition->calendar));
    if (!row || row->identity != r->identity)
        return 0;
    r->total->revision += leaf->revision;
    if (!r->former && leaf->seq > r->total->seq)
        r->total->seq = leaf->seq;
    return 0;
}

/* Those of the units that wholly became the one of IDENTITY inside the period. */
static void add_former_revisions(const struct work *w, uint32_t identity, struct total *total)
{
    size_t count;
    const struct succession *into = catalogue_successions_into(w->catalogue, identity, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t old = into[i].old_identity, code = catalogue_identity(w->catalogue, old)->code;
        struct revisions r = {w, old, code, true, total};
        if (!into[i].whole || into[i].date <= chiso_period_first(w->period, w->definition->calendar))
            continue;
        store_each_leaf_inside(
            w->store, code, w->indicator, w->period, w->definition->calendar, add_revision, &r);
        add_former_revisions(w, old, total);
    }
}

static void add_own_revisions(const struct work *w, const struct unit_row *row, struct total *total)
{
    struct revisions r = {w, row->identity, row->code, false, total};
    store_each_leaf_inside(
        w->store, row->code, w->indicator, w->period, w->definition->calendar, add_revision, &r);
    if (boundaries_straddles(w->catalogue, row, w->period, w->definition))
        add_former_revisions(w, row->identity, total);
}

/* ---- the unit's own figure ---- */

/* Its effective value, also where the period contains its beginning. A unit that moves here from another
 * province, by itself or with one above it, leaves its figures from before there. */
static int own_side(const struct work *w, const struct unit_row *row, struct side *shown, struct side *part,
    enum total_told *told)
{
    if (boundaries_straddles(w->catalogue, row, w->period, w->definition))
        return boundaries_side(w->catalogue, w->store, row, w->period, w->definition, shown, part, told);
    chiso_day first = chiso_period_first(w->period, w->definition->calendar);
    chiso_day last = chiso_period_last(w->period, w->definition->calendar);
    bool stayed = w->last == last && !boundaries_split(w->catalogue, row, first, last);
    return effective_side(
        w->catalogue, w->store, row, w->period, w->definition, shown, part, stayed ? NULL : told);
}

/* ---- sides ---- */

/* All units that SIDE counts. */
static uint64_t units_in(const struct side *side)
{
    return (uint64_t)side->reported + side->partial + side->expected + side->not_applicable;
}

/* Is ROW, which names PARENT's code as its parent, a part of PARENT's total for the period? */
static bool is_child(const struct work *w, const struct unit_row *parent, const struct unit_row *row)
{
    if (unit_row_valid(row, chiso_period_last(w->period, w->definition->calendar)))
        return true;
    if (!effective_ended_inside(w->catalogue, row, w->period, w->definition))
        return false;
    const struct unit_row *then = catalogue_unit_at(w->catalogue, parent->code, row->to);
    return then && then->identity == parent->identity;
}

static struct total total_elsewhere(const struct indicator *definition)
{
    return (struct total){.told = TOTAL_ELSEWHERE, .scale = definition->input_decimals};
}

/* The child's total from the store, or computed into ROOM where none is kept: only units with children have one. The
 * nation's children have a store each. */
static int child_total(const struct work *w, const struct unit_row *child, int level, struct total *room,
    const struct total **out)
{
    size_t below;
    chiso_day last = chiso_period_last(w->period, w->definition->calendar);
    bool is_valid = unit_row_valid(child, last);
    catalogue_child_rows(w->catalogue, child->code, &below);
    const struct total *stored =
        is_valid && below > 0 ? store_total(w->store, child->code, w->period, w->indicator, level) : NULL;
    struct work inner = *w;
    inner.parts = NULL;
    inner.last = is_valid ? last : child->to;
    *out = stored ? stored : room;
    if (stored)
        return CHISO_OK;
    if (child->kind != UNIT_PROVINCE || store_covers(w->store, child->code))
        return total_of_row(&inner, child, level, room);
    *room = total_elsewhere(w->definition);
    return CHISO_OK;
}

/* A department that speaks for the whole of its parent is no part of it. */
static bool is_whole_department(const struct work *w, const struct unit_row *child)
{
    return child->kind == UNIT_DEPARTMENT &&
           catalogue_reporting(w->catalogue, w->definition, child, w->last, NULL) == REPORTS_WHOLE;
}

/* Keeps what ROW's unit gives, unless units below it may have a part in that. */
static void keep_part(const struct work *w, const struct unit_row *row, const struct total *child,
    const struct side *contribution, struct total_part *memo)
{
    size_t below;
    catalogue_child_rows(w->catalogue, row->code, &below);
    if (below == 0 && total_contribution_told(child) == TOTAL_TOLD)
        (void)total_part_make(child->revision, child->seq, contribution, memo);
}

/* Adds what ROW's unit contributes to PARTS, and the revisions below it to TOTAL; MEMO may be NULL. */
static int add_child(const struct work *w, const struct unit_row *row, int level, struct total_part *memo,
    struct side *parts, struct total *total)
{
    struct total room;
    const struct total *child;
    if (memo && total_part_is_known(memo))
        return total_part_join(memo, effective_joining(w->definition), w->definition->calendar, parts, total);
    int error = child_total(w, row, level, &room, &child);
    if (error)
        return error;
    bool gives = level != STORE_NO_LEVEL || (!is_whole_department(w, row) && rollup_is_joined(w->definition));
    if (memo)
        keep_part(w, row, child, gives ? total_contribution(child) : NULL, memo);
    total->revision += child->revision;
    if (child->seq > total->seq)
        total->seq = child->seq;
    if (!gives)
        return CHISO_OK;
    if (total_contribution_told(child) == TOTAL_ELSEWHERE)
        total->told = TOTAL_ELSEWHERE; /* a child that is not comparable counts as not reported */
    return side_join(
        parts, total_contribution(child), effective_joining(w->definition), w->definition->calendar);
}

static int add_children(
    const struct work *w, const struct unit_row *row, int level, struct side *parts, struct total *total)
{
    size_t count;
    int error = CHISO_OK;
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count && !error; i++) {
        if (is_child(w, row, children[i]))
            error = add_child(w, children[i], level, w->parts ? &w->parts[i] : NULL, parts, total);
    }
    return error;
}

/* Does ROW's unit, which ended inside the period, report, or one below it that ended too? */
static bool reports_or_below(const struct work *w, const struct unit_row *row)
{
    size_t count;
    if (catalogue_reporting(w->catalogue, w->definition, row, row->to, NULL) != REPORTS_NOTHING)
        return true;
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count; i++) {
        if (effective_ended_inside(w->catalogue, children[i], w->period, w->definition) &&
            reports_or_below(w, children[i]))
            return true;
    }
    return false;
}

/* Units that ended inside the period without a successor, while their last parent wholly became the unit of
 * IDENTITY (the districts of 30/6/2025): they stay a part of it (S2). */
static int add_orphans(
    const struct work *w, uint32_t identity, int level, struct side *parts, struct total *total)
{
    size_t count, child_count;
    int error = CHISO_OK;
    const struct succession *into = catalogue_successions_into(w->catalogue, identity, &count);
    for (size_t i = 0; i < count && !error; i++) {
        const struct unit_identity *old = catalogue_identity(w->catalogue, into[i].old_identity);
        if (!into[i].whole || into[i].date <= chiso_period_first(w->period, w->definition->calendar))
            continue;
        const struct unit_row *const *children = catalogue_child_rows(w->catalogue, old->code, &child_count);
        for (size_t c = 0; c < child_count && !error; c++) {
            const struct unit_row *row = children[c];
            const struct unit_row *parent = catalogue_unit_at(w->catalogue, old->code, row->to);
            if (!effective_ended_inside(w->catalogue, row, w->period, w->definition) || !parent ||
                parent->identity != into[i].old_identity || !reports_or_below(w, row))
                continue;
            error = add_child(w, row, level, NULL, parts, total);
        }
        if (!error)
            error = add_orphans(w, into[i].old_identity, level, parts, total);
    }
    return error;
}

/* All that is below ROW's unit. *ANY: a unit contributes or owes there. */
static int add_below(const struct work *w, const struct unit_row *row, int level, struct side *parts,
    struct total *total, bool *any)
{
    uint64_t before = units_in(parts);
    int error = add_children(w, row, level, parts, total);
    if (!error)
        error = add_orphans(w, row->identity, level, parts, total);
    *any = units_in(parts) > before;
    return error;
}

/* ---- who speaks for the whole ---- */

struct whole {
    bool any, complete;
    struct side side; /* of the first complete speaker, else of the first with a partial figure, else of the
                         first that owes */
    size_t order; /* its place in whole_by */
    bool has_unknown; /* one of which it is not known here what it says; the first of them: */
    size_t unknown;
};

/* Would another one speak if everything were known here? Only before a complete one, or instead of another. */
static bool whole_is_elsewhere(const struct whole *whole)
{
    return whole->has_unknown && !(whole->complete && whole->order < whole->unknown);
}

static bool is_complete(const struct side *side)
{
    return side->state == SIDE_NOT_APPLICABLE || (side_is_summable(side) && side->partial == 0);
}

/* Complete before partial before silent, and of the silent those that owe first. */
static int speaker_rank(const struct side *side)
{
    return is_complete(side) ? 3 : side_is_summable(side) ? 2 : side->expected > 0 ? 1 : 0;
}

/* Holds SIDE of the unit in ROW against the best speaker so far: the better rank, then the order of whole_by.
 * One that cannot be told has no figure: it does not speak. */
static void consider_whole(const struct work *w, const struct unit_row *row, const struct side *side,
    enum total_told told, struct whole *whole)
{
    size_t order;
    if (catalogue_reporting(w->catalogue, w->definition, row, w->last, &order) != REPORTS_WHOLE)
        return;
    if (told == TOTAL_ELSEWHERE && (!whole->has_unknown || order < whole->unknown)) {
        whole->has_unknown = true;
        whole->unknown = order;
    }
    int rank = speaker_rank(side), held = whole->any ? speaker_rank(&whole->side) : -1;
    if (rank > held || (rank == held && order < whole->order)) {
        whole->any = true;
        whole->complete = is_complete(side);
        whole->side = *side;
        whole->order = order;
    }
}

static int find_whole(const struct work *w, const struct unit_row *row, const struct side *own,
    enum total_told own_told, struct whole *whole)
{
    size_t count;
    whole->any = whole->complete = whole->has_unknown = false;
    if (w->definition->whole_by_count == 0)
        return CHISO_OK;
    consider_whole(w, row, own, own_told, whole);
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &count);
    for (size_t i = 0; i < count; i++) {
        struct side side;
        if (!unit_row_valid(children[i], w->last) || children[i]->kind != UNIT_DEPARTMENT)
            continue;
        enum total_told told = TOTAL_TOLD;
        int error = own_side(w, children[i], NULL, &side, &told);
        if (error)
            return error;
        consider_whole(w, children[i], &side, told, whole);
    }
    return CHISO_OK;
}

/* ---- the total itself ---- */

/* U's own bare figure is shown at U, unless a complete figure speaks for the whole; what is added up above
 * are the parts. */
static void show_bare(const struct side *own, const struct whole *whole, struct total *total)
{
    if (own->state != SIDE_BARE || whole->complete)
        return;
    total->other = total->shown;
    total->has_other = true;
    total->shown = *own;
    total->basis = BASIS_REPORTED;
}

static void choose_side(const struct whole *whole, const struct side *parts, bool below, struct total *total)
{
    bool parts_speak = side_is_summable(parts) || parts->state == SIDE_NOT_APPLICABLE;
    if (whole->any && (whole->complete || (side_is_summable(&whole->side) && !parts_speak))) {
        total->shown = whole->side;
        total->basis = BASIS_REPORTED;
        total->has_other = units_in(parts) > 0;
        if (total->has_other)
            total->other = *parts;
        return;
    }
    total->shown = *parts;
    if (side_is_summable(parts) || parts->state == SIDE_NOT_APPLICABLE)
        total->basis = below ? BASIS_DERIVED : BASIS_REPORTED;
    else
        total->basis = below ? BASIS_DERIVED : BASIS_NONE;
    if (whole->any && side_is_summable(&whole->side)) {
        total->other = whole->side;
        total->has_other = true;
    } else if (whole->any && parts->expected == 0 && !parts_speak) {
        /* Where no part owes anything, the unit that may speak for the whole is expected. */
        total->shown = whole->side;
    }
}

static int level_total(const struct work *w, const struct unit_row *row, int level, struct total *total)
{
    bool below;
    int error;
    if ((int)row->kind == level && (error = own_side(w, row, NULL, &total->shown, &total->told)))
        return error;
    if ((int)row->kind == level)
        add_own_revisions(w, row, total);
    if ((error = add_below(w, row, level, &total->shown, total, &below)))
        return error;
    side_settle(&total->shown);
    if (below)
        total->basis = BASIS_DERIVED;
    else
        total->basis = total->shown.state == SIDE_NONE ? BASIS_NONE : BASIS_REPORTED;
    return CHISO_OK;
}

/* What was reported can be told; what the parts add up to perhaps not. Under a finished percentage they are
 * then as good as not reported, and are missed above. */
static void tell_reported(struct total *total)
{
    if (total->told == TOTAL_NOT_COMPARABLE && total->shown.state == SIDE_BARE)
        total->other = (struct side){.expected = total->other.expected};
    else if (total->told != TOTAL_TOLD)
        total->has_other = false;
    total->below = total->told == TOTAL_ELSEWHERE ? TOTAL_ELSEWHERE : TOTAL_TOLD;
    total->told = TOTAL_TOLD;
}

static int whole_total(const struct work *w, const struct unit_row *row, struct total *total)
{
    struct side own_shown, own, parts;
    struct whole whole;
    bool below;
    int error = own_side(w, row, &own_shown, &own, &total->told);
    if (error)
        return error;
    enum total_told own_told = total->told;
    add_own_revisions(w, row, total);
    bool is_part = catalogue_reporting(w->catalogue, w->definition, row, w->last, NULL) == REPORTS_PART;
    parts = is_part ? own : (struct side){0};
    if ((error = add_below(w, row, STORE_NO_LEVEL, &parts, total, &below)) ||
        (error = find_whole(w, row, &own, own_told, &whole)))
        return error;
    side_settle(&parts);
    choose_side(&whole, &parts, below, total);
    show_bare(&own_shown, &whole, total);
    if (whole_is_elsewhere(&whole))
        total->told = TOTAL_ELSEWHERE;
    else if (whole.complete || own_shown.state == SIDE_BARE)
        tell_reported(total);
    return CHISO_OK;
}

/* A window with a succession inside has no figure where that cannot be told, and is complete where its
 * sub-periods are. */
static int settle_split(const struct work *w, const struct unit_row *row, int level, struct total *total)
{
    chiso_day first = chiso_period_first(w->period, w->definition->calendar);
    chiso_day last = chiso_period_last(w->period, w->definition->calendar);
    if (w->last < last) {
        if (total->told != TOTAL_ELSEWHERE)
            total->told = TOTAL_TOLD;
        return CHISO_OK;
    }
    if (total->told != TOTAL_TOLD) {
        total->shown = (struct side){.expected = total->shown.expected};
        total->has_other = false;
        total->basis = BASIS_NONE;
    }
    if (total->told == TOTAL_ELSEWHERE || !boundaries_split(w->catalogue, row, first, last) ||
        !catalogue_has_children(w->catalogue, row->code, w->last))
        return CHISO_OK;
    return boundaries_complete(w->catalogue, w->store, row, w->period, w->definition, level, total);
}

static int total_of_row(const struct work *w, const struct unit_row *row, int level, struct total *out)
{
    *out = (struct total){.scale = w->definition->input_decimals};
    int error = level == STORE_NO_LEVEL ? whole_total(w, row, out) : level_total(w, row, level, out);
    return error ? error : settle_split(w, row, level, out);
}

/* After an error *OUT is of no use. */
static int total_at(struct work *w, uint32_t unit, int level, struct total *out)
{
    const struct indicator *any = catalogue_indicator(w->catalogue, w->indicator);
    w->last = chiso_period_last(w->period, any->calendar);
    w->definition = catalogue_indicator_at(w->catalogue, w->indicator, w->last);
    const struct unit_row *row = catalogue_unit_at(w->catalogue, unit, w->last);
    return row && w->definition ? total_of_row(w, row, level, out) : CHISO_ENOTFOUND;
}

static int total_anew(struct work *w, uint32_t unit, int level, struct total *out)
{
    struct total total;
    int error = total_at(w, unit, level, &total);
    if (!error)
        *out = total;
    return error;
}

/* True, with *OUT filled, where what is asked for is kept in a province that the store does not hold. The
 * nation's figures are in several. */
static bool is_elsewhere(const struct work *w, uint32_t unit, struct total *out)
{
    if (store_covers(w->store, CATALOGUE_NONE))
        return false;
    chiso_day last = chiso_period_last(w->period, catalogue_indicator(w->catalogue, w->indicator)->calendar);
    const struct indicator *definition = catalogue_indicator_at(w->catalogue, w->indicator, last);
    uint32_t province = catalogue_province_at(w->catalogue, unit, last);
    if (!definition || province == CATALOGUE_NONE || store_covers(w->store, province))
        return false;
    *out = total_elsewhere(definition);
    return true;
}

int rollup_total_kept(const struct catalogue *catalogue, struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct total *out)
{
    struct work w = {.catalogue = catalogue, .store = store, .period = period, .indicator = indicator};
    size_t count;
    catalogue_child_rows(catalogue, unit, &count);
    w.parts = store_parts(store, unit, period, indicator, level, count);
    return total_at(&w, unit, level, out);
}

int rollup_read(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, struct total *out)
{
    struct work w = {.catalogue = catalogue, .store = store, .period = period, .indicator = indicator};
    const struct total *stored = store_total(store, unit, period, indicator, level);
    if (is_elsewhere(&w, unit, out))
        return CHISO_OK;
    if (!stored)
        return total_anew(&w, unit, level, out);
    *out = *stored;
    return CHISO_OK;
}

bool rollup_may_have_figure(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level)
{
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    return store_total(store, unit, period, indicator, level) ||
           !rollup_is_stored(catalogue, unit, period, calendar);
}
