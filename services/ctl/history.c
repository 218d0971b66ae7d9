#include "history.h"

#include "core/boundaries.h"
#include "core/list.h"
#include "core/trail.h"
#include "core/utf8.h"
#include "io/journal_replay.h"
#include <stdlib.h>
#include <string.h>

/* A decoded report of the largest payload fits. */
#define ARENA_BYTES ((size_t)4 * 1024 * 1024)

/* What the visits of the entries share. */
struct walk {
    const struct session *session;
    const struct question *question;
    const char *unit, *indicator;
    struct journal_replay *journal;
    struct chiso_arena arena;
    struct history *history;
    struct history_figure now; /* as the last entry left it */
};

void history_release(struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        struct history_step *step = &history->list[i];
        for (size_t j = 0; j < step->change_count; j++) {
            free(step->changes[j].publisher);
            free(step->changes[j].report_id);
            free(step->changes[j].source);
        }
        free(step->changes);
    }
    free(history->list);
    *history = (struct history){0};
}

/* ---- the figure ---- */

/* As shown under the catalogue of then; nothing where that knows no such unit or indicator. */
static int read_figure(const struct walk *w, const struct replay_entry *entry,
    const struct catalogue *catalogue, const struct store *store, struct history_figure *out)
{
    struct row row;
    uint32_t unit = catalogue_unit_find(catalogue, w->unit);
    uint32_t indicator = catalogue_indicator_find(catalogue, w->indicator);
    *out = (struct history_figure){.text = ""};
    int error = unit == CATALOGUE_NONE || indicator == CATALOGUE_NONE
                    ? CHISO_ENOTFOUND
                    : row_make(catalogue, store, unit, w->question->period, indicator, STORE_NO_LEVEL,
                          entry->time, &row);
    if (error)
        return error == CHISO_ENOTFOUND ? CHISO_OK : error;
    out->shown = row.shown;
    row_value_text(&row, session_language(w->session), out->text, sizeof out->text);
    return CHISO_OK;
}

static bool is_same(const struct history_figure *a, const struct history_figure *b)
{
    const struct row_numbers *x = &a->shown, *y = &b->shown;
    return x->state == y->state && x->qualifier == y->qualifier && strcmp(x->value, y->value) == 0 &&
           strcmp(x->numerator, y->numerator) == 0 && strcmp(x->denominator, y->denominator) == 0 &&
           x->reported == y->reported && x->partial == y->partial;
}

/* ---- what changed in it ---- */

static int add_change(struct walk *w, struct history_step *step, const struct catalogue *catalogue,
    const struct store *store, const struct replay_entry *entry, const struct replay_change *change)
{
    if (LIST_GROW(step->changes, step->change_count, step->change_capacity))
        return CHISO_ENOMEM;
    struct history_change *out = &step->changes[step->change_count++];
    const struct applied_leaf *leaf = &change->leaf;
    enum chiso_calendar calendar = catalogue_indicator(catalogue, leaf->indicator)->calendar;
    *out = (struct history_change){.period = leaf->period, .before = leaf->before, .after = leaf->after};
    (void)snprintf(out->unit, sizeof out->unit, "%s", catalogue_unit_code(catalogue, leaf->unit));
    out->restated =
        store_closing(store, catalogue_unit_find(catalogue, entry->province), calendar, leaf->period) != NULL;
    const struct replay_report *bytes =
        change->report < entry->report_count ? &entry->reports[change->report] : NULL;
    struct chiso_report report;
    chiso_arena_reset(&w->arena);
    bool readable =
        bytes && chiso_report_decode(&w->arena, bytes->bytes, bytes->length, &report, NULL) == CHISO_OK;
    out->publisher = utf8_copy_tamed(bytes ? bytes->publisher : "");
    out->report_id = utf8_copy_tamed(readable ? report.report_id : "");
    out->source = utf8_copy_tamed(readable ? report.source : "");
    return out->publisher && out->report_id && out->source ? CHISO_OK : CHISO_ENOMEM;
}

static bool is_in(const struct trail *trail, const struct applied_leaf *leaf)
{
    for (size_t i = 0; i < trail->count; i++) {
        if (trail->list[i].unit == leaf->unit && chiso_period_equal(trail->list[i].period, leaf->period))
            return true;
    }
    return false;
}

/* The changes of the entry that bear on the figure. */
static int add_changes(struct walk *w, struct history_step *step, const struct catalogue *catalogue,
    const struct store *store, const struct replay_entry *entry, const struct replay *state)
{
    size_t count;
    const struct replay_change *changes = replay_changes(state, &count);
    uint32_t unit = catalogue_unit_find(catalogue, w->unit);
    uint32_t indicator = catalogue_indicator_find(catalogue, w->indicator);
    struct trail trail = {0};
    bool touched = false;
    for (size_t i = 0; i < count; i++)
        touched |= changes[i].leaf.indicator == indicator;
    if (!touched || unit == CATALOGUE_NONE)
        return CHISO_OK;
    int error = trail_collect(catalogue, store, unit, w->question->period, indicator, STORE_NO_LEVEL, &trail);
    for (size_t i = 0; i < count && !error; i++) {
        if (changes[i].leaf.indicator == indicator && is_in(&trail, &changes[i].leaf))
            error = add_change(w, step, catalogue, store, entry, &changes[i]);
    }
    trail_release(&trail);
    return error == CHISO_ENOTFOUND ? CHISO_OK : error;
}

/* Has the entry closed the window of the figure? */
static void note_closing(const struct walk *w, const struct catalogue *catalogue, const struct store *store,
    const struct replay_entry *entry, struct history_step *step)
{
    uint32_t indicator = catalogue_indicator_find(catalogue, w->indicator);
    if (indicator == CATALOGUE_NONE || !entry->closed)
        return;
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    const struct closing *closing =
        store_closing(store, catalogue_unit_find(catalogue, entry->province), calendar, w->question->period);
    step->has_closing = closing && closing->seq == entry->seq;
    if (step->has_closing)
        step->closing = *closing;
}

static int keep(struct history *history, const struct history_step *step)
{
    if (LIST_GROW(history->list, history->count, history->capacity))
        return CHISO_ENOMEM;
    history->list[history->count++] = *step;
    return CHISO_OK;
}

static int visit(void *context, const struct replay_entry *entry, const struct replay *state)
{
    struct walk *w = context;
    const struct catalogue *catalogue = NULL;
    const struct store *store = replay_store(state);
    struct history_step step = {.seq = entry->seq, .time = entry->time, .before = w->now, .after = w->now};
    int error = journal_replay_catalogue(w->journal, entry->catalogue, &catalogue, NULL);
    if (error)
        return error;
    (void)snprintf(step.province, sizeof step.province, "%s", entry->province);
    (void)snprintf(step.kind, sizeof step.kind, "%s", entry->kind);
    note_closing(w, catalogue, store, entry, &step);
    error = add_changes(w, &step, catalogue, store, entry, state);
    bool is_report = strcmp(entry->kind, "reports") == 0;
    if (!error && (step.change_count > 0 || !is_report))
        error = read_figure(w, entry, catalogue, store, &step.after);
    bool counts = step.change_count > 0 || step.has_closing || !is_same(&step.before, &step.after);
    struct history one = {.list = NULL};
    if (!error && counts)
        error = keep(w->history, &step);
    if (error || !counts) {
        /* Not kept: freed as a history of one. */
        if (keep(&one, &step) == CHISO_OK)
            history_release(&one);
        return error;
    }
    w->now = step.after;
    return CHISO_OK;
}

/* ---- whose journals ---- */

static int add_province(void *context, uint32_t province)
{
    struct walk *w = context;
    return journal_replay_add(
        w->journal, catalogue_unit_code(w->session->catalogue, province), JOURNAL_NEWEST);
}

static int add_provinces(struct walk *w)
{
    const struct catalogue *c = w->session->catalogue;
    size_t count;
    enum chiso_calendar calendar = catalogue_indicator(c, w->question->indicator)->calendar;
    uint32_t province =
        catalogue_province_at(c, w->question->unit, chiso_period_last(w->question->period, calendar));
    if (province != CATALOGUE_NONE)
        return boundaries_provinces(c, province, add_province, w);
    const uint32_t *all = catalogue_provinces(c, &count);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++)
        error = add_province(w, all[i]);
    return error;
}

int history_collect(const struct session *session, const struct question *question, struct history *out)
{
    struct chiso_message why = {""};
    const struct journal_source journals = session_journals(session);
    struct walk w = {.session = session,
        .question = question,
        .unit = question->unit_code,
        .indicator = question->indicator_id,
        .journal = journal_replay_new(&journals),
        .history = out};
    int error = w.journal ? chiso_arena_init(&w.arena, ARENA_BYTES) : CHISO_ENOMEM;
    if (!error)
        error = add_provinces(&w);
    if (!error)
        error = journal_replay_run(w.journal, session->past ? session->now : INT64_MAX, visit, &w, &why);
    journal_replay_free(w.journal);
    chiso_arena_release(&w.arena);
    if (error)
        return session_fail_for(session, error, &why);
    return SESSION_ON;
}
