#include "core/timeliness.h"

#include "core/boundaries.h"
#include "core/effective.h"
#include "core/position.h"
#include "core/rational.h"
#include <stdlib.h>
#include <string.h>

const char *const timeliness_names[TIMELINESSES] = {
    "on_time", "late", "overdue", "not_due", "reported", "missing", "not_applicable"};

/* Enough to tell any two counts of windows apart. */
#define PERCENT_DECIMALS_MAX 20

void timeliness_percent(uint64_t part, uint64_t whole, char out[TIMELINESS_PERCENT_CHARS])
{
    mpq_t rate;
    out[0] = '\0';
    if (whole == 0)
        return;
    mpq_init(rate);
    mpz_set_ui(mpq_numref(rate), part);
    mpz_mul_ui(mpq_numref(rate), mpq_numref(rate), 100);
    mpz_set_ui(mpq_denref(rate), whole);
    mpq_canonicalize(rate);
    unsigned decimals = 1;
    do
        rational_print_rounded(rate, decimals, out, TIMELINESS_PERCENT_CHARS);
    while (part < whole && strncmp(out, "100.", 4) == 0 && decimals++ < PERCENT_DECIMALS_MAX);
    mpq_clear(rate);
}

/* ---- when it came ---- */

struct arrival {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct unit_row *row;
    const struct indicator *definition;
};

static chiso_instant_ms came(const struct arrival *a, struct chiso_period period);

/* From the units that became the one of A, before which PERIOD ended. */
static chiso_instant_ms came_before(const struct arrival *a, struct chiso_period period)
{
    size_t count;
    chiso_instant_ms latest = 0;
    const struct succession *into = catalogue_successions_into(a->catalogue, a->row->identity, &count);
    for (size_t i = 0; i < count; i++) {
        const struct unit_identity *former = catalogue_identity(a->catalogue, into[i].old_identity);
        struct arrival old = *a;
        old.row = catalogue_unit_at(a->catalogue, former->code, former->to);
        chiso_instant_ms one = came(&old, period);
        latest = one > latest ? one : latest;
    }
    return latest;
}

/* PART of PERIOD, in whichever unit's time it lies. */
static chiso_instant_ms part_came(
    const struct arrival *a, struct chiso_period period, struct chiso_period part)
{
    chiso_day last = chiso_period_last(part, a->definition->calendar);
    const struct unit_row *then = catalogue_unit_at(a->catalogue, a->row->code, last);
    if (then && then->identity == a->row->identity)
        return came(a, part);
    bool is_former = last < catalogue_identity(a->catalogue, a->row->identity)->from &&
                     boundaries_straddles(a->catalogue, a->row, period, a->definition);
    return is_former ? came_before(a, part) : 0;
}

/* Of the sub-periods, the last one that came; of last and cumulative figures, the one that is used. */
static chiso_instant_ms came(const struct arrival *a, struct chiso_period period)
{
    struct chiso_period parts[CHISO_PERIOD_PARTS_MAX];
    const struct leaf *leaf = store_leaf(a->store, a->row->code, period, a->definition->id_index);
    enum across_time across = a->definition->across_time;
    chiso_instant_ms latest = 0;
    if (chiso_period_last(period, a->definition->calendar) <
        catalogue_identity(a->catalogue, a->row->identity)->from)
        return came_before(a, period);
    if (leaf && leaf->figure.state != FIGURE_NONE)
        return leaf->first_ms;
    size_t count = chiso_period_parts(period, a->definition->calendar, parts);
    for (size_t i = count; i-- > 0;) {
        chiso_instant_ms part = part_came(a, period, parts[i]);
        if (part > latest)
            latest = part;
        if (latest != 0 && (across == ACROSS_LAST || across == ACROSS_CUMULATIVE))
            break;
    }
    return latest;
}

/* IN: is there a figure, complete as S2 has it? Not applicable is one. */
static int find_accepted(
    const struct arrival *a, struct chiso_period period, chiso_instant_ms *out, bool *not_applicable)
{
    struct side side;
    enum total_told told = TOTAL_TOLD; /* what cannot be told is not in */
    int error =
        boundaries_straddles(a->catalogue, a->row, period, a->definition)
            ? boundaries_side(a->catalogue, a->store, a->row, period, a->definition, &side, NULL, &told)
            : effective_side(a->catalogue, a->store, a->row, period, a->definition, &side, NULL, &told);
    if (error)
        return error;
    *not_applicable = side.not_applicable > 0;
    *out = side.reported > 0 || *not_applicable ? came(a, period) : 0;
    return CHISO_OK;
}

/* ---- one window ---- */

struct walk {
    const struct catalogue *catalogue;
    const struct store *store;
    const struct timeliness_question *question;
    struct timeliness_sums *sums;
    const struct indicator *definition;
    struct chiso_period window;
    chiso_day last; /* of WINDOW */
};

/* The fewest working days with which DEADLINE would have reached THEN. */
static int working_days_late(
    const struct catalogue *catalogue, chiso_instant_ms deadline, chiso_instant_ms then)
{
    chiso_day due = chiso_day_at(deadline);
    int days = catalogue_working_days(catalogue, due, chiso_day_at(then));
    if (days == 0)
        return 1;
    return then > catalogue_deadline(catalogue, due, days) ? days + 1 : days;
}

static void judge(const struct walk *w, bool not_applicable, struct timeliness_report *r)
{
    chiso_instant_ms now = w->question->now;
    bool passed = r->deadline != 0 && now > r->deadline;
    if (not_applicable)
        r->state = TIMELINESS_NOT_APPLICABLE;
    else if (r->accepted != 0 && r->deadline != 0)
        r->state = r->accepted > r->deadline ? TIMELINESS_LATE : TIMELINESS_ON_TIME;
    else if (r->accepted != 0)
        r->state = TIMELINESS_REPORTED;
    else if (r->deadline != 0)
        r->state = passed ? TIMELINESS_OVERDUE : TIMELINESS_NOT_DUE;
    else
        r->state = r->ended ? TIMELINESS_MISSING : TIMELINESS_NOT_DUE;
    if (r->state == TIMELINESS_LATE)
        r->days = working_days_late(w->catalogue, r->deadline, r->accepted);
    else if (r->state == TIMELINESS_OVERDUE)
        r->days = working_days_late(w->catalogue, r->deadline, now);
}

static void count(const struct walk *w, const struct timeliness_report *r, struct timeliness_counts *counts)
{
    if (!r->ended)
        return;
    if (r->state == TIMELINESS_NOT_APPLICABLE) {
        counts->not_applicable++;
        return;
    }
    counts->expected++;
    counts->reported += r->accepted != 0;
    if (r->deadline == 0 || w->question->now <= r->deadline)
        return;
    counts->due++;
    counts->on_time += r->state == TIMELINESS_ON_TIME;
    counts->late += r->state == TIMELINESS_LATE;
    counts->overdue += r->state == TIMELINESS_OVERDUE;
}

/* The unit's own obligation for the window, if it has one of this length. */
static int look_at(const struct walk *w, const struct unit_row *row, struct timeliness_counts *counts)
{
    const struct arrival a = {w->catalogue, w->store, row, w->definition};
    struct timeliness_report r = {.row = row, .definition = w->definition, .period = w->window};
    bool not_applicable;
    if (catalogue_obligation(w->catalogue, w->definition, row, w->last).cadence != w->window.kind ||
        !position_owes(w->catalogue, w->definition, row, w->window))
        return CHISO_OK;
    int error = find_accepted(&a, w->window, &r.accepted, &not_applicable);
    if (error)
        return error;
    r.ended = w->last < chiso_day_at(w->question->now);
    position_deadline(w->catalogue, w->definition, row, w->window, &r.deadline);
    judge(w, not_applicable, &r);
    count(w, &r, counts);
    return w->question->visit ? w->question->visit(w->question->context, &r) : CHISO_OK;
}

/* ---- units ---- */

static void add(struct timeliness_counts *to, const struct timeliness_counts *counts)
{
    to->expected += counts->expected;
    to->reported += counts->reported;
    to->due += counts->due;
    to->on_time += counts->on_time;
    to->late += counts->late;
    to->overdue += counts->overdue;
    to->not_applicable += counts->not_applicable;
}

/* ROW's unit and everything under it on the window's last day; OUT grows by all of it. */
static int look_under(const struct walk *w, const struct unit_row *row, struct timeliness_counts *out)
{
    struct timeliness_counts here = {0};
    size_t child_count;
    int error = look_at(w, row, &here);
    const struct unit_row *const *children = catalogue_child_rows(w->catalogue, row->code, &child_count);
    for (size_t i = 0; i < child_count && !error; i++) {
        if (unit_row_valid(children[i], w->last))
            error = look_under(w, children[i], &here);
    }
    add(&w->sums->units[row->code], &here);
    add(out, &here);
    return error;
}

static int look_in_window(struct walk *w, uint32_t indicator, uint32_t identity)
{
    struct timeliness_counts here = {0};
    const struct unit_row *row = catalogue_unit_at(w->catalogue, w->question->unit, w->last);
    w->definition = catalogue_indicator_at(w->catalogue, indicator, w->last);
    if (!row || row->identity != identity || !w->definition)
        return CHISO_OK;
    if (w->question->pillar != CATALOGUE_NONE && w->definition->pillar != w->question->pillar)
        return CHISO_OK;
    int error = look_under(w, row, &here);
    add(&w->sums->pillars[w->definition->pillar], &here);
    add(&w->sums->total, &here);
    return error;
}

/* ---- windows ---- */

/* Every window of KIND wholly inside the period that has begun. */
static int look_through(struct walk *w, uint32_t indicator, enum chiso_period_kind kind, uint32_t identity)
{
    enum chiso_calendar calendar = catalogue_indicator(w->catalogue, indicator)->calendar;
    chiso_day first = chiso_period_first(w->question->period, calendar);
    chiso_day last = chiso_period_last(w->question->period, calendar), today = chiso_day_at(w->question->now);
    int error = CHISO_OK;
    for (chiso_day day = first; day <= last && day <= today && !error; day = w->last + 1) {
        w->window = chiso_period_at(kind, day, calendar);
        w->last = chiso_period_last(w->window, calendar);
        if (chiso_period_first(w->window, calendar) >= first && w->last <= last)
            error = look_in_window(w, indicator, identity);
    }
    return error;
}

static int look_for(struct walk *w, uint32_t indicator)
{
    static const enum chiso_period_kind kinds[] = {
        CHISO_PERIOD_DAY, CHISO_PERIOD_MONTH, CHISO_PERIOD_QUARTER, CHISO_PERIOD_HALF, CHISO_PERIOD_YEAR};
    unsigned owed = catalogue_cadences(w->catalogue, indicator);
    const struct timeliness_question *q = w->question;
    const struct unit_row *row = catalogue_unit_at(w->catalogue, q->unit, q->day);
    int error = CHISO_OK;
    for (size_t i = 0; row && i < sizeof kinds / sizeof *kinds && !error; i++) {
        if (owed & (1u << kinds[i]))
            error = look_through(w, indicator, kinds[i], row->identity);
    }
    return error;
}

int timeliness_collect(const struct catalogue *catalogue, const struct store *store,
    const struct timeliness_question *question, struct timeliness_sums *out)
{
    struct walk w = {.catalogue = catalogue, .store = store, .question = question, .sums = out};
    *out = (struct timeliness_sums){
        .pillars = calloc(catalogue_pillar_count(catalogue) + (size_t)1, sizeof *out->pillars),
        .units = calloc(catalogue_unit_count(catalogue) + (size_t)1, sizeof *out->units)};
    int error = out->pillars && out->units ? CHISO_OK : CHISO_ENOMEM;
    for (uint32_t i = 0; i < catalogue_indicator_count(catalogue) && !error; i++) {
        if (question->indicator == CATALOGUE_NONE || question->indicator == i)
            error = look_for(&w, i);
    }
    return error;
}

void timeliness_release(struct timeliness_sums *sums)
{
    free(sums->pillars);
    free(sums->units);
    *sums = (struct timeliness_sums){0};
}
