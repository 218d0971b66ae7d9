#include "core/position.h"

#include "core/boundaries.h"
#include "core/effective.h"
#include "core/goal.h"
#include <string.h>

const char *const position_names[POSITIONS] = {
    "no_target",
    "not_comparable",
    "overdue",
    "met",
    "missed",
    "reached_late",
    "on_track",
    "at_risk",
    "behind",
    "not_due",
    "cannot_tell",
};
const char *const position_names_vi[POSITIONS] = {
    "không có chỉ tiêu",
    "không so sánh được",
    "quá hạn báo cáo",
    "đạt",
    "không đạt",
    "đạt muộn",
    "đúng tiến độ",
    "có nguy cơ chậm",
    "chậm tiến độ",
    "chưa đến hạn",
    "chưa kết luận được",
};

const char *const incomparable_names[INCOMPARABLES] = {
    NULL, "unit_ended", "definition", "boundaries", "elsewhere"};

/* A year of days and some: windows between the due date and the one that is asked for. */
#define LATER_WINDOWS_MAX 400

void judgement_init(struct judgement *judgement)
{
    *judgement = (struct judgement){.position = POSITION_NO_TARGET};
    mpq_inits(judgement->expected, judgement->shortfall, judgement->before, NULL);
    interval_init(&judgement->judged);
}

void judgement_release(struct judgement *judgement)
{
    mpq_clears(judgement->expected, judgement->shortfall, judgement->before, NULL);
    interval_release(&judgement->judged);
}

bool position_is_judged(const struct indicator *indicator, struct chiso_period period, chiso_instant_ms now)
{
    return period.kind == indicator->cadence.window && period.kind != CHISO_PERIOD_NONE &&
           chiso_period_last(period, indicator->calendar) < chiso_day_at(now);
}

/* The figure that is being judged, and where it comes from. */
struct judge {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct indicator *definition;
    const struct unit_row *row;
    const struct target *target;
    uint32_t unit, indicator;
    int level;
    struct chiso_period period;
    chiso_day t;
    chiso_instant_ms now;
    bool *elsewhere; /* set when another window that decides is kept in a province that STORE does not hold */
};

/* ---- figures ---- */

/* Is TOTAL, of a window of the year to date, in whole or in part of another version than the judged figure? */
static bool is_redefined_in(const struct judge *j, struct chiso_period window, const struct total *total)
{
    const struct side *side = total_contribution(total);
    const struct indicator *definition = catalogue_indicator_at(
        j->catalogue, j->indicator, chiso_period_last(window, j->definition->calendar));
    if (definition != j->definition)
        return side_has_figure(side) || side->expected > 0;
    return interval_is_incomplete(side) && effective_is_redefined(j->catalogue, definition, window);
}

/* Adds the windows of PERIOD's year up to its end, the longest that fit, so that a unit's own half year
 * counts before its months; on the boundaries of today's unit, which may have begun inside the year. */
static int add_year_to_date(const struct judge *j, struct chiso_period window, struct chiso_period period,
    struct side *sum, bool *reached, enum total_told *told)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    enum chiso_calendar calendar = j->definition->calendar;
    if (chiso_period_last(window, calendar) <= chiso_period_last(period, calendar)) {
        struct total total;
        int error =
            boundaries_total(j->catalogue, j->store, j->unit, j->t, window, j->indicator, j->level, &total);
        if (error == CHISO_ENOTFOUND)
            return CHISO_OK;
        enum total_told window_told = error ? TOTAL_TOLD : total_contribution_told(&total);
        if (!error && window_told != TOTAL_ELSEWHERE && is_redefined_in(j, window, &total))
            window_told = TOTAL_TWO_DEFINITIONS;
        if (window_told > *told)
            *told = window_told;
        *reached = chiso_period_last(window, calendar) == chiso_period_last(period, calendar);
        return error ? error : effective_join_next(j->definition, sum, total_contribution(&total));
    }
    size_t count = chiso_period_parts(window, calendar, parts);
    for (size_t i = 0; i < count && !*reached; i++) {
        int error = add_year_to_date(j, parts[i], period, sum, reached, told);
        if (error)
            return error;
    }
    return CHISO_OK;
}

static bool sums_year_to_date(const struct judge *j)
{
    return j->target->year_to_date && j->period.kind != CHISO_PERIOD_YEAR &&
           j->period.kind != CHISO_PERIOD_NINE_MONTHS && /* these are the year to date */
           (j->definition->across_time == ACROSS_SUM || j->definition->across_time == ACROSS_MEAN ||
               j->definition->across_time == ACROSS_EXTREME ||
               j->definition->across_time == ACROSS_FLOW_OVER_STOCK);
}

static struct chiso_period year_of(const struct judge *j, struct chiso_period period)
{
    enum chiso_calendar calendar = j->definition->calendar;
    return chiso_period_at(CHISO_PERIOD_YEAR, chiso_period_last(period, calendar), calendar);
}

/* The figure of PERIOD as the target wants it: the window's own SIDE, or the year to date; *TOLD (set, never
 * cleared): whether that can be told (S5). */
static int set_figure(const struct judge *j, struct chiso_period period, const struct side *own,
    struct interval *out, enum total_told *told)
{
    struct side sum = {0};
    bool reached = false;
    if (!sums_year_to_date(j) || !side_is_summable(own)) {
        interval_of_side(j->definition, own, j->definition->input_decimals, out);
        return CHISO_OK;
    }
    int error = add_year_to_date(j, year_of(j, period), period, &sum, &reached, told);
    if (!error && *told == TOTAL_TOLD)
        interval_of_side(j->definition, &sum, j->definition->input_decimals, out);
    return error;
}

/* The figure of another window of the same unit and definition; *IN says whether its report is in. */
static int read_figure(const struct judge *j, struct chiso_period period, struct interval *out, bool *in)
{
    struct total total;
    chiso_day last = chiso_period_last(period, j->definition->calendar);
    const struct unit_row *row = catalogue_unit_at(j->catalogue, j->unit, last);
    *in = false;
    if (!row || row->identity != j->row->identity ||
        catalogue_indicator_at(j->catalogue, j->indicator, last) != j->definition)
        return CHISO_OK;
    int error = rollup_read(j->catalogue, j->store, j->unit, period, j->indicator, j->level, &total);
    if (error)
        return error;
    enum total_told told = total.told;
    if (side_has_figure(&total.shown)) {
        error = set_figure(j, period, &total.shown, out, &told);
        *in = told == TOTAL_TOLD;
    }
    *j->elsewhere = *j->elsewhere || told == TOTAL_ELSEWHERE;
    return error;
}

/* What increase_each_year compares PERIOD's figure with; OUT has no value where there is none, and for other
 * shapes. */
static int read_year_before(const struct judge *j, struct chiso_period period, struct interval *out)
{
    struct chiso_period before = chiso_period_year_before(period);
    bool in;
    if (j->target->shape != TARGET_INCREASE_EACH_YEAR || before.kind == CHISO_PERIOD_NONE)
        return CHISO_OK;
    return read_figure(j, before, out, &in);
}

/* Whatever the position: what is printed must not seem to reach it. */
static int find_year_before(const struct judge *j, struct judgement *out)
{
    struct interval before;
    interval_init(&before);
    int error = j->target ? read_year_before(j, j->period, &before) : CHISO_OK;
    if (!error && before.has_value) {
        out->has_before = true;
        mpq_set(out->before, before.value);
    }
    interval_release(&before);
    return error;
}

/* position_compare for the FIGURE of PERIOD, with the year before where the target looks at it. */
static int compare(const struct judge *j, const struct target *target, struct chiso_period period,
    const struct interval *figure, chiso_day t, struct judgement *detail, enum position *out)
{
    struct interval before;
    interval_init(&before);
    int error = read_year_before(j, period, &before);
    if (!error)
        *out = position_compare(j->catalogue, j->definition, target, figure, &before, t, detail);
    interval_release(&before);
    return error;
}

/* ---- overdue ---- */

/* The latest deadline among the units at or under ROW that owe PERIOD; 0: nobody owes. */
static chiso_instant_ms latest_deadline(const struct judge *j, const struct unit_row *row)
{
    size_t count;
    chiso_instant_ms latest = 0, own;
    bool counts = j->level == STORE_NO_LEVEL || (int)row->kind == j->level;
    if (counts && position_deadline(j->catalogue, j->definition, row, j->period, &own))
        latest = own;
    const struct unit_row *const *children = catalogue_child_rows(j->catalogue, row->code, &count);
    for (size_t i = 0; i < count; i++) {
        chiso_instant_ms below = unit_row_valid(children[i], j->t) ? latest_deadline(j, children[i]) : 0;
        if (below > latest)
            latest = below;
    }
    return latest;
}

/* Nobody has reported, or the unit itself, which has none below it, only in part. */
static bool is_silent(const struct judge *j, const struct side *side)
{
    if (side->expected == 0 || side->reported > 0)
        return false;
    return !side_has_figure(side) || !catalogue_has_children(j->catalogue, j->unit, j->t);
}

static chiso_instant_ms deadline_of(const struct judge *j, const struct side *side)
{
    chiso_instant_ms own = 0;
    if (is_silent(j, side))
        return latest_deadline(j, j->row);
    if (j->level == STORE_NO_LEVEL)
        position_deadline(j->catalogue, j->definition, j->row, j->period, &own);
    return own;
}

/* A window that the unit owes in exactly this length, though the indicator's cadence is another. */
static bool is_own_window(const struct judge *j)
{
    return j->level == STORE_NO_LEVEL &&
           catalogue_obligation(j->catalogue, j->definition, j->row, j->t).cadence == j->period.kind;
}

/* ---- on and after the due date ---- */

static struct chiso_period deciding_window(const struct judge *j)
{
    enum chiso_calendar calendar = j->definition->calendar;
    struct chiso_period window = chiso_period_at(j->period.kind, j->target->due, calendar);
    if (chiso_period_last(window, calendar) > j->target->due)
        window = chiso_period_previous(window);
    return window;
}

/* Has a window after DECIDING, up to the judged one, reached T? */
static int reached_since(
    const struct judge *j, struct chiso_period deciding, struct interval *scratch, bool *out)
{
    struct chiso_period window = j->period;
    *out = false;
    for (int i = 0; i < LATER_WINDOWS_MAX && !chiso_period_equal(window, deciding) && !*out; i++) {
        bool in;
        enum position position = POSITION_NOT_DUE;
        chiso_day last = chiso_period_last(window, j->definition->calendar);
        int error = read_figure(j, window, scratch, &in);
        if (!error && in)
            error = compare(j, j->target, window, scratch, last, NULL, &position);
        if (error)
            return error;
        *out = position == POSITION_MET;
        window = chiso_period_previous(window);
    }
    return CHISO_OK;
}

/* W's report is not in: the figure itself against T, with the tolerances that hold before the due date. */
static int without_deciding(const struct judge *j, const struct interval *figure, enum position *out)
{
    struct target undecided = *j->target;
    int error = compare(j, j->target, j->period, figure, j->t, NULL, out);
    if (error)
        return error;
    if (*out == POSITION_MET) {
        *out = POSITION_REACHED_LATE;
        return CHISO_OK;
    }
    undecided.curve = CURVE_HOLD;
    undecided.due = CHISO_DAY_LAST;
    return compare(j, &undecided, j->period, figure, j->t, NULL, out);
}

static int after_due(
    const struct judge *j, const struct interval *figure, struct interval *scratch, enum position *out)
{
    struct chiso_period deciding = deciding_window(j);
    bool in = true, reached = false;
    int error = CHISO_OK;
    if (chiso_period_equal(deciding, j->period))
        return compare(j, j->target, j->period, figure, j->t, NULL, out);
    if ((error = read_figure(j, deciding, scratch, &in)))
        return error;
    if (!in || !scratch->has_value)
        return without_deciding(j, figure, out);
    /* The window is judged as of the due date, though it may end a little earlier. */
    error = compare(j, j->target, deciding, scratch, j->target->due, NULL, out);
    if (error || *out != POSITION_MISSED)
        return error;
    error = reached_since(j, deciding, scratch, &reached);
    if (reached)
        *out = POSITION_REACHED_LATE;
    return error;
}

/* ---- the order of decision ---- */

/* Is there a figure a year before that the target looks at, of another definition? */
static int is_redefined_since(const struct judge *j, bool *out)
{
    struct chiso_period before = chiso_period_year_before(j->period);
    struct total total = {0};
    *out = false;
    if (j->target->shape != TARGET_INCREASE_EACH_YEAR || before.kind == CHISO_PERIOD_NONE)
        return CHISO_OK;
    chiso_day then = chiso_period_last(before, j->definition->calendar);
    const struct unit_row *row = catalogue_unit_at(j->catalogue, j->unit, then);
    const struct indicator *definition = catalogue_indicator_at(j->catalogue, j->indicator, then);
    if (!row || row->identity != j->row->identity || !definition)
        return CHISO_OK;
    int error = rollup_read(j->catalogue, j->store, j->unit, before, j->indicator, j->level, &total);
    if (!error && total.told == TOTAL_ELSEWHERE)
        *j->elsewhere = true;
    if (error || !side_has_figure(&total.shown))
        return error;
    *out = definition != j->definition;
    if (!*out && sums_year_to_date(j)) {
        struct interval figure;
        enum total_told told = TOTAL_TOLD;
        interval_init(&figure);
        error = set_figure(j, before, &total.shown, &figure, &told);
        interval_release(&figure);
        *out = told == TOTAL_TWO_DEFINITIONS;
        *j->elsewhere = *j->elsewhere || told == TOTAL_ELSEWHERE;
    }
    return error;
}

/* Fills the reason of OUT; COMPARABLE: there is none. */
static int find_incomparable(const struct judge *j, struct judgement *out)
{
    bool redefined = false;
    int error = CHISO_OK;
    out->incomparable = position_comparable(j->catalogue, j->target, j->unit, j->t, &out->redefined);
    if (out->incomparable == COMPARABLE)
        error = is_redefined_since(j, &redefined);
    if (redefined) {
        out->incomparable = INCOMPARABLE_DEFINITION;
        out->redefined = j->definition->valid_from;
    }
    return error;
}

static bool is_overdue(const struct judge *j, const struct side *side, chiso_instant_ms deadline)
{
    return is_silent(j, side) && deadline != 0 && j->now > deadline &&
           (position_is_judged(j->definition, j->period, j->now) || is_own_window(j));
}

/* The order of decision without the rule overdue. */
static int decide_on_figure(const struct judge *j, const struct side *side, struct interval *scratch,
    struct judgement *out, enum position *position)
{
    bool without_value = side_has_figure(side) && !out->judged.has_value;
    if (!j->target || side->state == SIDE_NOT_APPLICABLE || without_value) {
        *position = POSITION_NO_TARGET;
        return CHISO_OK;
    }
    int error = find_incomparable(j, out);
    if (error)
        return error;
    if (out->incomparable != COMPARABLE) {
        *position = POSITION_NOT_COMPARABLE;
        return CHISO_OK;
    }
    error = compare(j, j->target, j->period, &out->judged, j->t, out, position);
    if (error)
        return error;
    if (!position_is_judged(j->definition, j->period, j->now) || !side_has_figure(side))
        *position = POSITION_NOT_DUE;
    else if (j->t >= j->target->due)
        return after_due(j, &out->judged, scratch, position);
    return CHISO_OK;
}

static int decide(
    const struct judge *j, const struct side *side, struct interval *scratch, struct judgement *out)
{
    int error = decide_on_figure(j, side, scratch, out, &out->on_figure);
    out->position = out->on_figure;
    if (out->position != POSITION_NO_TARGET && out->position != POSITION_NOT_COMPARABLE &&
        is_overdue(j, side, out->deadline))
        out->position = POSITION_OVERDUE;
    return error;
}

enum incomparable position_untold(enum total_told told)
{
    static const enum incomparable untold[] = {[TOTAL_TOLD] = COMPARABLE,
        [TOTAL_NOT_COMPARABLE] = INCOMPARABLE_BOUNDARIES,
        [TOTAL_ELSEWHERE] = INCOMPARABLE_ELSEWHERE,
        [TOTAL_TWO_DEFINITIONS] = INCOMPARABLE_DEFINITION};
    return untold[told];
}

int position_judge(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, const struct total *total,
    chiso_instant_ms now, struct judgement *out)
{
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    chiso_day t = chiso_period_last(period, calendar);
    bool elsewhere = false;
    struct judge j = {.catalogue = catalogue,
        .store = store,
        .definition = catalogue_indicator_at(catalogue, indicator, t),
        .row = catalogue_unit_at(catalogue, unit, t),
        .unit = unit,
        .indicator = indicator,
        .level = level,
        .period = period,
        .t = t,
        .now = now,
        .elsewhere = &elsewhere};
    if (!j.row || !j.definition)
        return CHISO_ENOTFOUND;
    struct interval scratch;
    interval_init(&scratch);
    j.target = out->target = position_target(catalogue, unit, indicator, level, t);
    out->has_expected = out->has_shortfall = out->has_before = false;
    out->year_to_date = j.target && sums_year_to_date(&j) && side_is_summable(&total->shown);
    out->deadline = deadline_of(&j, &total->shown);
    int error = find_year_before(&j, out);
    out->told = total->told;
    if (!error && out->year_to_date)
        error = set_figure(&j, period, &total->shown, &out->judged, &out->told);
    else if (!error)
        interval_of_side(j.definition, &total->shown, total->scale, &out->judged);
    out->incomparable = position_untold(out->told);
    out->redefined = j.definition->valid_from;
    if (out->told != TOTAL_TOLD)
        out->position = POSITION_NOT_COMPARABLE;
    else if (!error)
        error = decide(&j, &total->shown, &scratch, out);
    if (elsewhere) {
        out->position = out->on_figure = POSITION_NOT_COMPARABLE;
        out->incomparable = INCOMPARABLE_ELSEWHERE;
    }
    interval_release(&scratch);
    return error;
}
