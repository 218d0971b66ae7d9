#include "decide.h"

#include "core/apply.h"
#include "core/catalogue_rule.h"
#include "core/list.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct work {
    struct province *province;
    const struct catalogue *catalogue;
    struct commit *commit;
    struct decision *out;
    struct apply apply;
};

void decision_release(struct decision *decision)
{
    free(decision->changed);
    rollup_cells_release(&decision->cells);
    *decision = (struct decision){0};
}

/* ---- one report ---- */

static int note_change(void *context, const struct applied_leaf *leaf)
{
    struct work *w = context;
    struct decision *out = w->out;
    if (LIST_GROW(out->changed, out->changed_count, out->changed_capacity))
        return CHISO_ENOMEM;
    out->changed[out->changed_count++] = (struct changed_leaf){leaf->unit, leaf->indicator, leaf->period};
    return rollup_gather(&out->cells, w->catalogue, leaf->unit, leaf->period, leaf->indicator);
}

/* What a quarantine entry holds of a message. */
#define QUARANTINE_BYTES_MAX 4096
#define QUARANTINE_PAIRS 6
/* Adds QUARANTINE_PAIRS pairs. */
static void quarantine_add(struct resp *list, const struct message *message,
    const struct chiso_verdict *verdict, chiso_instant_ms now)
{
    resp_add_text(list, "time");
    resp_add_number(list, (uint64_t)now);
    resp_add_text(list, "province");
    resp_add_text(list, message->province);
    resp_add_text(list, "publisher");
    resp_add_text(list, message->publisher);
    resp_add_text(list, "reason");
    resp_add_text(list, verdict->rejection_count ? verdict->rejections[0].text : "");
    resp_add_text(list, "length");
    resp_add_number(list, message->length);
    resp_add_text(list, "bytes");
    resp_add(list, message->bytes,
        message->length < QUARANTINE_BYTES_MAX ? message->length : QUARANTINE_BYTES_MAX);
}

int quarantine_stray(struct redis *redis, const struct message *message, const struct chiso_verdict *verdict,
    chiso_instant_ms now)
{
    static const char *const call[] = {"XADD", "chiso:quarantine", "MAXLEN", "~", "10000", "*"};
    struct resp words = {0};
    struct chiso_message why = {""};
    struct redisReply *reply = NULL;
    for (size_t i = 0; i < sizeof call / sizeof *call; i++)
        resp_add_text(&words, call[i]);
    quarantine_add(&words, message, verdict, now);
    int error = redis_append_words(redis, &words);
    if (!error && !(error = redis_take(redis, &reply, &why)))
        redis_free(reply);
    resp_release(&words);
    return error;
}

static void record_refusal(struct work *w, const struct message *message, const struct chiso_verdict *verdict)
{
    struct commit *commit = w->commit;
    resp_add_number(&commit->quarantine, (uint64_t)2 * QUARANTINE_PAIRS);
    quarantine_add(&commit->quarantine, message, verdict, w->apply.now);
    commit->quarantine_count++;
}

/* UNIT: "-" where none could be read. */
static int record(
    struct work *w, const struct message *message, const char *unit, const struct chiso_verdict *verdict)
{
    int error = ledger_deliver(w->province->ledger, unit, verdict->outcome);
    if (verdict->outcome == CHISO_REJECTED || verdict->outcome == CHISO_PARTIAL)
        record_refusal(w, message, verdict);
    if (verdict->outcome == CHISO_ACCEPTED || verdict->outcome == CHISO_PARTIAL) {
        resp_add_text(&w->commit->journal, "publisher");
        resp_add_text(&w->commit->journal, message->publisher);
        resp_add_text(&w->commit->journal, "report");
        resp_add(&w->commit->journal, message->bytes, message->length);
        w->apply.index++;
    }
    if (verdict->outcome != CHISO_DUPLICATE && verdict->outcome != CHISO_SUPERSEDED)
        w->out->only_repeats = false;
    return error;
}

/* A report without which every total is as good as before. */
static int refuse_overflow(struct work *w, const struct message *message, struct applied *out)
{
    int error = apply_read(&w->apply, message->publisher, message->bytes, message->length, out);
    if (!error && out->verdict.outcome != CHISO_REJECTED)
        apply_reject(
            &out->verdict, "", CHISO_REASON_OVERFLOW, "with this report a total would leave 128 bits");
    out->verdict.outcome = CHISO_REJECTED;
    return error;
}

static int decide_message(struct work *w, const struct message *message, struct chiso_verdict *verdict)
{
    struct applied applied;
    int error = w->out->overflows
                    ? refuse_overflow(w, message, &applied)
                    : apply_report(&w->apply, message->publisher, message->bytes, message->length, &applied);
    if (error)
        return error;
    *verdict = applied.verdict;
    if (applied.readable)
        error = ledger_sequence(
            w->province->ledger, message->publisher, applied.report.stream_id, applied.report.sequence);
    bool known = applied.readable && !applied.admitted.reason;
    return error ? error : record(w, message, known ? applied.report.unit : "-", verdict);
}

/* ---- the commit ---- */

static int compare_changed(const void *a, const void *b)
{
    const struct changed_leaf *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    int period = chiso_period_compare(x->period, y->period);
    if (period)
        return period;
    return (x->indicator > y->indicator) - (x->indicator < y->indicator);
}

static void sort_changed(struct decision *out)
{
    size_t kept = 0;
    if (out->changed_count)
        qsort(out->changed, out->changed_count, sizeof *out->changed, compare_changed);
    for (size_t i = 0; i < out->changed_count; i++) {
        if (kept == 0 || compare_changed(&out->changed[kept - 1], &out->changed[i]) != 0)
            out->changed[kept++] = out->changed[i];
    }
    out->changed_count = kept;
}

static void write_leaves(struct work *w)
{
    const struct changed_leaf *previous = NULL;
    for (size_t i = 0; i < w->out->changed_count; i++) {
        const struct changed_leaf *c = &w->out->changed[i];
        if (!previous || previous->unit != c->unit || !chiso_period_equal(previous->period, c->period))
            commit_cell(w->commit, "leaf", catalogue_unit_code(w->catalogue, c->unit), c->period);
        commit_leaf(w->commit, catalogue_indicator(w->catalogue, c->indicator)->id,
            store_leaf(w->province->store, c->unit, c->period, c->indicator));
        previous = c;
    }
}

static void write_totals(struct work *w)
{
    const struct rollup_cell *previous = NULL;
    for (size_t i = 0; i < w->out->cells.count; i++) {
        const struct rollup_cell *c = &w->out->cells.list[i];
        if (!previous || previous->unit != c->unit || !chiso_period_equal(previous->period, c->period))
            commit_cell(w->commit, "sum", catalogue_unit_code(w->catalogue, c->unit), c->period);
        commit_total(w->commit, catalogue_indicator(w->catalogue, c->indicator)->id, c->level,
            store_total(w->province->store, c->unit, c->period, c->indicator, c->level));
        previous = c;
    }
}

/* The snapshots that a figure of INDICATOR changes: its pillar's, and those of the figures that a rule holds
 * against it. */
static void spoil_snapshots(struct work *w, uint32_t indicator)
{
    size_t count;
    const uint32_t *rules = catalogue_rules_of(w->catalogue, indicator, &count);
    w->province->pillar_dirty[catalogue_indicator(w->catalogue, indicator)->pillar] = true;
    for (size_t i = 0; i < count; i++) {
        const struct rule *rule = catalogue_rule(w->catalogue, rules[i]);
        for (size_t k = 0; k < rule->count; k++)
            w->province->pillar_dirty[catalogue_indicator(w->catalogue, rule->indicators[k])->pillar] = true;
    }
}

/* The pillars that this commit changes; their last change is kept in the head. */
static void write_pillars(struct work *w)
{
    for (size_t i = 0; i < w->out->changed_count; i++)
        spoil_snapshots(w, w->out->changed[i].indicator);
    for (uint32_t p = 0; p < catalogue_pillar_count(w->catalogue); p++) {
        char field[CHISO_ID_BYTES_MAX + 16], seq[24];
        bool changed = false;
        for (size_t i = 0; i < w->out->changed_count && !changed; i++)
            changed = catalogue_indicator(w->catalogue, w->out->changed[i].indicator)->pillar == p;
        if (!changed)
            continue;
        (void)snprintf(field, sizeof field, "pillar:%s", catalogue_pillar(w->catalogue, p)->id);
        (void)snprintf(seq, sizeof seq, "%" PRIu64, w->apply.seq);
        resp_add_text(&w->commit->head, field);
        resp_add_text(&w->commit->head, seq);
    }
}

/* The ledger's absolute values go to its hash, and as one text into the journal, so that the journal alone
 * rebuilds it. */
struct ledger_text {
    struct commit *commit;
    char *text;
    size_t length;
};

static int write_ledger_field(void *context, const char *field, const char *value)
{
    struct ledger_text *t = context;
    size_t more = strlen(field) + strlen(value) + 2;
    char *grown = realloc(t->text, t->length + more + 1);
    if (!grown)
        return CHISO_ENOMEM;
    t->text = grown;
    t->length += (size_t)snprintf(grown + t->length, more + 1, "%s=%s\n", field, value);
    resp_add_text(&t->commit->ledger, field);
    resp_add_text(&t->commit->ledger, value);
    return CHISO_OK;
}

static int write_ledger(struct work *w)
{
    struct ledger_text t = {.commit = w->commit};
    int error = ledger_each_changed(w->province->ledger, write_ledger_field, &t);
    if (!error && t.length) {
        resp_add_text(&w->commit->journal, "ledger");
        resp_add(&w->commit->journal, t.text, t.length);
    }
    free(t.text);
    return error;
}

int decide_batch(struct province *province, const struct catalogue *catalogue,
    const struct message *const messages[], size_t count, chiso_instant_ms now, struct chiso_arena *arena,
    struct commit *commit, struct decision *out)
{
    struct work w = {province, catalogue, commit, out,
        {catalogue, province->code, province->store, now, province->head.seq + 1, 0, arena, note_change, &w}};
    int error = CHISO_OK;
    out->changed_count = out->cells.count = 0;
    out->only_repeats = true;
    out->verdicts = chiso_arena_alloc(arena, (count + 1) * sizeof *out->verdicts);
    if (!out->verdicts)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < count && !error; i++)
        error = decide_message(&w, messages[i], &out->verdicts[i]);
    /* With the receipt a publisher forgets its number. */
    if (ledger_has_new_numbers(province->ledger))
        out->only_repeats = false;
    if (!error)
        error = rollup_settle(&out->cells, catalogue, province->store);
    if (error)
        return error;
    sort_changed(out);
    write_leaves(&w);
    write_totals(&w);
    write_pillars(&w);
    return write_ledger(&w);
}

int decide_stray(const struct catalogue *catalogue, const struct message *message, chiso_instant_ms now,
    struct chiso_arena *arena, struct chiso_verdict *out)
{
    struct apply apply = {.catalogue = catalogue, .province = message->province, .now = now, .arena = arena};
    struct applied applied;
    int error = apply_read(&apply, message->publisher, message->bytes, message->length, &applied);
    if (error)
        return error;
    if (applied.verdict.outcome != CHISO_REJECTED)
        apply_reject(
            &applied.verdict, "", CHISO_REASON_WRONG_TOPIC, "this topic's province is not in the catalogue");
    applied.verdict.outcome = CHISO_REJECTED;
    *out = applied.verdict;
    return CHISO_OK;
}
