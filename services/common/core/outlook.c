#include "core/outlook.h"

#include "core/goal.h"
#include "core/rollup.h"

/* A day's cadence and a target ten years ahead. */
#define REMAINING_MAX 4000

/* The windows so far, newest first. */
struct history {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct row *row;
    chiso_instant_ms now;
    uint32_t identity;
    bool in_year; /* the judged figure begins anew with the year */
    bool redefined; /* they end where another definition held */
    size_t count;
    struct landing_point points[LANDING_WINDOWS_MAX];
    size_t brought_count;
    mpq_t brought[LANDING_WINDOWS_MAX];
};

void outlook_init(struct outlook *outlook)
{
    *outlook = (struct outlook){0};
    mpq_inits(outlook->landing.value, outlook->landing.low, outlook->landing.high, outlook->needed,
        outlook->recent, NULL);
}

void outlook_release(struct outlook *outlook)
{
    mpq_clears(outlook->landing.value, outlook->landing.low, outlook->landing.high, outlook->needed,
        outlook->recent, NULL);
}

static bool belongs(const struct history *h, struct chiso_period window)
{
    enum chiso_calendar calendar = h->row->definition->calendar;
    chiso_day last = chiso_period_last(window, calendar);
    const struct unit_row *unit = catalogue_unit_at(h->catalogue, h->row->unit, last);
    return unit && unit->identity == h->identity &&
           catalogue_indicator_at(h->catalogue, h->row->indicator, last) == h->row->definition &&
           (!h->in_year ||
               chiso_period_year_in(window, calendar) == chiso_period_year_in(h->row->period, calendar));
}

/* The judged figure of WINDOW into POINT and the window's own into OWN; *ADDS: the year to date adds them up.
 */
static int read_window(const struct history *h, struct chiso_period window, struct landing_point *point,
    mpq_t own, bool *in, bool *adds)
{
    const struct row *row = h->row;
    struct total total;
    struct judgement judgement;
    struct interval figure;
    int error = rollup_read(h->catalogue, h->store, row->unit, window, row->indicator, row->level, &total);
    if (error)
        return error;
    judgement_init(&judgement);
    interval_init(&figure);
    interval_of_side(row->definition, &total.shown, total.scale, &figure);
    error = position_judge(
        h->catalogue, h->store, row->unit, window, row->indicator, row->level, &total, h->now, &judgement);
    *adds = judgement.year_to_date && judgement.target == row->target;
    *in = !error && figure.has_value;
    if (*in) {
        point->day = chiso_period_last(window, row->definition->calendar);
        mpq_set(point->figure, *adds ? judgement.judged.value : figure.value);
        mpq_set(own, figure.value);
    }
    judgement_release(&judgement);
    interval_release(&figure);
    return error;
}

/* Is WINDOW left out for its definition alone? */
static bool is_of_another_definition(const struct history *h, struct chiso_period window)
{
    enum chiso_calendar calendar = h->row->definition->calendar;
    const struct unit_row *unit =
        catalogue_unit_at(h->catalogue, h->row->unit, chiso_period_last(window, calendar));
    bool in_year = !h->in_year ||
                   chiso_period_year_in(window, calendar) == chiso_period_year_in(h->row->period, calendar);
    return unit && unit->identity == h->identity && in_year &&
           catalogue_indicator_at(h->catalogue, h->row->indicator, chiso_period_last(window, calendar)) !=
               h->row->definition &&
           rollup_may_have_figure(
               h->catalogue, h->store, h->row->unit, window, h->row->indicator, h->row->level);
}

static int read_history(struct history *h)
{
    struct chiso_period window = h->row->period;
    bool before_in = false;
    size_t i;
    for (i = 0; i < LANDING_WINDOWS_MAX && belongs(h, window); i++) {
        bool in, adds;
        struct landing_point *point = &h->points[h->count];
        int error = read_window(h, window, point, h->brought[h->brought_count], &in, &adds);
        if (error)
            return error;
        /* The window after this one is known, and now also what it brought. */
        if (in && !adds && before_in) {
            mpq_sub(h->brought[h->brought_count], h->points[h->count - 1].figure, point->figure);
            h->brought_count++;
        } else if (in && adds) {
            h->brought_count++;
        }
        h->count += in;
        before_in = in;
        window = chiso_period_previous(window);
    }
    h->redefined = i < LANDING_WINDOWS_MAX && is_of_another_definition(h, window);
    return CHISO_OK;
}

static size_t windows_until(const struct row *row, chiso_day due)
{
    enum chiso_calendar calendar = row->definition->calendar;
    struct chiso_period window = row->period;
    for (size_t n = 0; n < REMAINING_MAX; n++) {
        window = chiso_period_at(window.kind, chiso_period_last(window, calendar) + 1, calendar);
        if (window.kind == CHISO_PERIOD_NONE || chiso_period_last(window, calendar) > due)
            return n;
    }
    return REMAINING_MAX;
}

static void set_pace(struct history *h, struct outlook *out)
{
    struct goals goals;
    mpq_t count;
    goals_init(&goals, h->row->target, h->row->definition->direction, NULL);
    mpq_init(count);
    out->remaining = windows_until(h->row, out->due);
    out->has_pace = out->remaining > 0;
    if (out->has_pace) {
        mpq_set_ui(count, out->remaining, 1);
        mpq_sub(out->needed, goals_nearest(&goals, h->points[0].figure)->value, h->points[0].figure);
        mpq_div(out->needed, out->needed, count);
    }
    out->has_recent = h->brought_count >= LANDING_RECENT;
    if (out->has_recent)
        landing_median(h->brought, LANDING_RECENT, out->recent);
    mpq_clear(count);
    goals_release(&goals);
}

int outlook_read(const struct catalogue *catalogue, const struct store *store, const struct row *row,
    chiso_instant_ms now, struct outlook *out)
{
    const struct target *target = row->target;
    chiso_day t = chiso_period_last(row->period, row->definition->calendar);
    const struct unit_row *unit = catalogue_unit_at(catalogue, row->unit, t);
    if (!target || !unit || target->due == CHISO_DAY_LAST || target->due <= t || !row->judged ||
        !row->shown.value[0] || row->incomparable != COMPARABLE || target->shape == TARGET_INCREASE_EACH_YEAR)
        return CHISO_ENOTFOUND;
    struct history h = {.catalogue = catalogue,
        .store = store,
        .row = row,
        .now = now,
        .identity = unit->identity,
        .in_year = row->year_to_date[0] || row->definition->across_time == ACROSS_CUMULATIVE};
    for (size_t i = 0; i < LANDING_WINDOWS_MAX; i++)
        mpq_inits(h.points[i].figure, h.brought[i], NULL);
    int error = read_history(&h);
    if (!error) {
        out->due = target->due;
        out->windows = h.count;
        out->redefined = h.redefined ? row->definition->valid_from : CHISO_DAY_FIRST;
        out->has_landing = landing_project(h.points, h.count, target->due, &out->landing);
        set_pace(&h, out);
    }
    for (size_t i = 0; i < LANDING_WINDOWS_MAX; i++)
        mpq_clears(h.points[i].figure, h.brought[i], NULL);
    return error;
}

static json_t *number_or_null(bool has, const mpq_t value)
{
    char text[ROW_NUMBER_CHARS] = "";
    if (has)
        rational_print_exact(value, text, sizeof text);
    return text[0] ? json_string(text) : json_null();
}

json_t *outlook_json(const struct outlook *o)
{
    char due[CHISO_DATE_CHARS], redefined[CHISO_DATE_CHARS];
    chiso_day_print(o->due, due);
    chiso_day_print(o->redefined, redefined);
    return json_pack("{s:s,s:I,s:s?,s:o,s:o,s:o,s:I,s:o,s:o}", "due", due, "windows", (json_int_t)o->windows,
        "redefined", o->redefined == CHISO_DAY_FIRST ? NULL : redefined, "landing",
        number_or_null(o->has_landing, o->landing.value), "landing_low",
        number_or_null(o->has_landing, o->landing.low), "landing_high",
        number_or_null(o->has_landing, o->landing.high), "remaining", (json_int_t)o->remaining, "pace_needed",
        number_or_null(o->has_pace, o->needed), "pace_recent", number_or_null(o->has_recent, o->recent));
}
