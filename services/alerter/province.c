#include "province.h"

#include "core/list.h"
#include "io/figures.h"
#include "io/log.h"
#include "io/resum.h"
#include "journal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Contacts of one unit that are told; the rest is a mistake in contacts.csv. */
#define CONTACTS_MAX 32

/* One judgement: what it reads, and what it finds. */
struct judgement_run {
    struct province *province;
    struct redis *redis;
    const struct catalogue *catalogue;
    const char *hash; /* of the catalogue */
    struct store *store;
    chiso_instant_ms now;
    uint64_t seq;
    struct formers formers; /* with the cursors that they will have when this is written */
    struct subjects subjects;
    struct kept kept;
    struct changes changes;
    size_t change_capacity;
    struct message_item *items;
    size_t item_count, item_capacity;
};

void changes_release(struct changes *changes)
{
    free(changes->list);
    *changes = (struct changes){0};
}

void province_release(struct province *province)
{
    formers_release(&province->formers);
}

/* ---- one subject ---- */

static int add_item(struct judgement_run *run, const struct message_item *item)
{
    if (LIST_GROW(run->items, run->item_count, run->item_capacity))
        return CHISO_ENOMEM;
    run->items[run->item_count++] = *item;
    return CHISO_OK;
}

static int tell_contacts(
    struct judgement_run *run, const struct alert *alert, enum alert_change change, const struct row *row)
{
    const struct contact *contacts[CONTACTS_MAX];
    /* Of a unit that moved its new province tells what there is to tell. */
    if (!alert_is_told(change) || (change == ALERT_ENDED && alert->reason == ALERT_REASON_UNIT_MOVED))
        return CHISO_OK;
    size_t count = notice_contacts(run->catalogue, alert, change, run->now, contacts, CONTACTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct message_item item = {.contact = contacts[i], .change = alert_change_names[change]};
        notice_make(run->catalogue, alert, change, row, run->now, contacts[i]->language, &item.notice);
        memcpy(item.id, alert->id, sizeof item.id);
        int error = add_item(run, &item);
        if (error)
            return error;
    }
    return CHISO_OK;
}

static int add_change(
    struct judgement_run *run, const struct alert *alert, enum alert_change change, const struct row *row)
{
    if (LIST_GROW(run->changes.list, run->changes.count, run->change_capacity))
        return CHISO_ENOMEM;
    run->changes.list[run->changes.count++] = (struct transition){*alert, change};
    return tell_contacts(run, alert, change, row);
}

static int judge_subject(struct judgement_run *run, const struct alert_subject *subject)
{
    char id[ALERT_ID_CHARS];
    struct alert_finding finding = {.reason = ALERT_REASON_UNIT_MOVED};
    struct alert next;
    /* What a unit of another province is behind with is that province's matter. */
    if (formers_home(run->catalogue, subject->unit, chiso_day_at(run->now)) == run->province->unit) {
        int error = alert_find(run->catalogue, run->store, subject, run->now, &finding);
        if (error)
            return error;
    }
    alert_subject_id(run->catalogue, subject, id);
    enum alert_change change =
        alert_apply(run->catalogue, keep_find(&run->kept, id), subject, &finding, run->now, run->seq, &next);
    if (change == ALERT_UNCHANGED)
        return CHISO_OK;
    return add_change(run, &next, change, finding.has_row ? &finding.row : NULL);
}

/* ---- all of them ---- */

/* Open alerts are looked at even if the catalogue no longer makes a matter of them. */
static int add_open(struct judgement_run *run)
{
    for (size_t i = 0; i < run->kept.count; i++) {
        struct alert_subject subject;
        struct alert next;
        const struct alert *alert = &run->kept.list[i];
        if (alert->state != ALERT_OPEN)
            continue;
        int error = alert_subject_parse(run->catalogue, alert->id, &subject);
        if (!error) {
            error = subjects_add(&run->subjects, subject);
        } else {
            alert_end(alert, ALERT_REASON_TARGET_CHANGED, run->now, run->seq, &next);
            error = add_change(run, &next, ALERT_ENDED, NULL);
        }
        if (error)
            return error;
    }
    return CHISO_OK;
}

static int judge_all(struct judgement_run *run, bool everything)
{
    int error = CHISO_OK;
    if (everything) {
        error = subjects_add_all(
            &run->subjects, run->catalogue, run->store, run->province->unit, chiso_day_at(run->now));
        if (!error)
            error = add_open(run);
    }
    subjects_settle(&run->subjects);
    for (size_t i = 0; i < run->subjects.count && !error; i++)
        error = judge_subject(run, &run->subjects.list[i]);
    return error;
}

/* ---- reading and writing ---- */

static void log_waiting(const char *province, const struct head *head, const char *hash)
{
    log_info(
        "waiting_for_totals", "province=%s catalogue=%.12s in_force=%.12s", province, head->catalogue, hash);
}

/* The figures of CODE, as of *SEQ at least; its totals must be those of the catalogue in force. */
static int add_figures(struct judgement_run *run, uint32_t unit, const char *code, bool was_waiting,
    uint64_t *seq, struct chiso_message *why)
{
    struct head head = {0};
    int error = figures_add(run->redis, run->catalogue, unit, run->store, &head, why);
    if (error)
        return error;
    *seq = head.seq;
    run->province->is_waiting = !resum_is_done(&head, run->hash);
    if (!run->province->is_waiting)
        return CHISO_OK;
    if (!was_waiting)
        log_waiting(code, &head, run->hash);
    chiso_message_set(why, "the totals of %s are not of the catalogue in force yet", code);
    return CHISO_ECONFLICT;
}

/* All that the province's own totals are made of. The cursors may move up to the heads. */
static int load_figures(
    struct judgement_run *run, bool everything, uint64_t *head_seq, struct chiso_message *why)
{
    bool was_waiting = run->province->is_waiting;
    store_clear(run->store);
    int error = add_figures(run, run->province->unit, run->province->code, was_waiting, head_seq, why);
    for (size_t i = 0; i < run->formers.count && !error; i++) {
        struct former *former = &run->formers.list[i];
        uint64_t seq = 0;
        error = add_figures(run, former->unit, former->code, was_waiting, &seq, why);
        if (everything)
            former->cursor = seq;
    }
    return error;
}

/* What is new in the journal of PROVINCE; *CURSOR moves on. Far behind, one look at everything is cheaper
 * than many at parts. */
static int read_journal(struct judgement_run *run, const char *province, uint64_t *cursor,
    struct chiso_arena *arena, bool *everything, struct chiso_message *why)
{
    struct news news;
    int error = journal_read(
        run->redis, run->catalogue, province, *cursor, chiso_day_at(run->now), arena, &news, why);
    if (error)
        return error;
    *everything = *everything || news.everything || news.more;
    *cursor = news.last;
    error = subjects_join(&run->subjects, &news.subjects);
    journal_release(&news);
    return error;
}

/* Before the figures are read: what they are judged with must not be newer than they are. */
static int read_news(
    struct judgement_run *run, struct chiso_arena *arena, bool *everything, struct chiso_message *why)
{
    struct province *province = run->province;
    run->seq = province->cursor;
    if (*everything)
        return CHISO_OK;
    int error = read_journal(run, province->code, &run->seq, arena, everything, why);
    for (size_t i = 0; i < run->formers.count && !error; i++) {
        struct former *former = &run->formers.list[i];
        error = read_journal(run, former->code, &former->cursor, arena, everything, why);
    }
    return error;
}

/* The former provinces change with the day and the catalogue, and then everything is judged. */
static int take_formers(struct judgement_run *run, bool everything)
{
    const struct formers *known = &run->province->formers;
    if (everything)
        return formers_find(run->catalogue, run->province->unit, chiso_day_at(run->now), &run->formers);
    run->formers.list = calloc(known->count + 1, sizeof *known->list);
    if (!run->formers.list)
        return CHISO_ENOMEM;
    if (known->count > 0)
        memcpy(run->formers.list, known->list, known->count * sizeof *known->list);
    run->formers.count = known->count;
    return CHISO_OK;
}

static int write_changes(struct judgement_run *run, struct chiso_message *why)
{
    struct province *province = run->province;
    if (run->changes.count == 0 && run->kept.has_cursor && run->seq == run->kept.cursor) {
        keep_forget(run->redis);
        return CHISO_OK;
    }
    return keep_commit(run->redis, province->code, &run->kept, run->changes.list, run->changes.count,
        run->items, run->item_count, run->seq, why);
}

static int judge(
    struct judgement_run *run, struct chiso_arena *arena, bool everything, struct chiso_message *why)
{
    struct province *province = run->province;
    uint64_t head;
    int error = take_formers(run, everything);
    if (!error && !province->is_known)
        error = keep_cursor(run->redis, province->code, &province->cursor, why);
    if (!error)
        error = read_news(run, arena, &everything, why);
    if (!error)
        error = load_figures(run, everything, &head, why);
    if (error)
        return error;
    if (everything)
        run->seq = head;
    if ((error = keep_begin(run->redis, province->code, &run->kept, why)))
        return error;
    if (run->kept.cursor != province->cursor) {
        /* Another alerter has been here, or we ourselves, in a transaction whose answer was lost: start again
         * from there. What it left to be sent and shown is sent and shown by whoever is alive. */
        province->cursor = run->kept.cursor;
        province->has_mail = province->is_snapshot_due = true;
        chiso_message_set(why, "another alerter has judged %s", province->code);
        keep_forget(run->redis);
        return CHISO_ECONFLICT;
    }
    if ((error = judge_all(run, everything))) {
        chiso_message_set(why, "judging %s: %s", province->code, chiso_strerror(error));
        keep_forget(run->redis);
        return error;
    }
    return write_changes(run, why);
}

static void settle(struct province *province, struct judgement_run *run)
{
    struct formers before = province->formers;
    province->cursor = run->seq;
    province->formers = run->formers;
    run->formers = before;
    province->is_known = true;
    province->wants_all = false;
    province->has_mail = province->has_mail || run->item_count > 0;
    province->is_snapshot_due = province->is_snapshot_due || run->changes.count > 0;
    run->changes.seq = run->seq;
}

int province_judge(struct province *province, struct redis *redis, const struct catalogue *catalogue,
    const char *hash, struct store *store, struct chiso_arena *arena, chiso_instant_ms now,
    struct changes *changes, struct chiso_message *why)
{
    struct judgement_run run = {.province = province,
        .redis = redis,
        .catalogue = catalogue,
        .hash = hash,
        .store = store,
        .now = now};
    *changes = (struct changes){0};
    int error = judge(&run, arena, province->wants_all, why);
    if (!error) {
        settle(province, &run);
        *changes = run.changes;
        run.changes = (struct changes){0};
    }
    changes_release(&run.changes);
    subjects_release(&run.subjects);
    formers_release(&run.formers);
    kept_release(&run.kept);
    free(run.items);
    store_clear(store);
    return error;
}
