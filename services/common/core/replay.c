#include "core/replay.h"

#include "core/list.h"
#include "core/moved.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One decoded report of the largest payload and its verdict. */
#define ARENA_BYTES ((size_t)8 * 1024 * 1024)

/* A leaf that the catalogue at hand cannot name. */
struct parked {
    char unit[CHISO_UNIT_BYTES_MAX + 1], indicator[CHISO_ID_BYTES_MAX + 1];
    struct chiso_period period;
    struct leaf leaf;
};

/* How far a province's journal has been taken. */
struct progress {
    char province[CHISO_UNIT_BYTES_MAX + 1];
    uint64_t seq;
};

/* By code, so that it survives a catalogue. */
struct province_closing {
    char province[CHISO_UNIT_BYTES_MAX + 1];
    struct closing closing;
};

/* A figure that has arrived from PROVINCE, whose entry that says so may be taken after that. */
struct arrival {
    char province[CHISO_UNIT_BYTES_MAX + 1], unit[CHISO_UNIT_BYTES_MAX + 1];
    char indicator[CHISO_ID_BYTES_MAX + 1];
    struct chiso_period period;
};

struct replay {
    const struct catalogue *catalogue; /* STORE's numbers are its */
    struct store *store;
    struct chiso_arena arena;
    uint32_t report; /* that is being taken */
    struct parked *parked;
    size_t parked_count, parked_capacity;
    struct progress *progress;
    size_t progress_count, progress_capacity;
    struct province_closing *closings;
    size_t closing_count, closing_capacity;
    struct arrival *arrivals;
    size_t arrival_count, arrival_capacity;
    struct replay_change *changes;
    size_t change_count, change_capacity;
};

struct replay *replay_new(void)
{
    struct replay *replay = calloc(1, sizeof *replay);
    if (!replay)
        return NULL;
    replay->store = store_new();
    if (replay->store && chiso_arena_init(&replay->arena, ARENA_BYTES) == CHISO_OK)
        return replay;
    replay_free(replay);
    return NULL;
}

void replay_free(struct replay *replay)
{
    if (!replay)
        return;
    store_free(replay->store);
    chiso_arena_release(&replay->arena);
    free(replay->parked);
    free(replay->progress);
    free(replay->closings);
    free(replay->arrivals);
    free(replay->changes);
    free(replay);
}

const struct store *replay_store(const struct replay *replay)
{
    return replay->catalogue ? replay->store : NULL;
}

const struct replay_change *replay_changes(const struct replay *replay, size_t *count)
{
    *count = replay->change_count;
    return replay->changes;
}

/* ---- what is there ---- */

struct leaf_visit {
    const struct replay *replay;
    int (*visit)(void *context, const char *unit, struct chiso_period period, const char *indicator,
        const struct leaf *leaf);
    void *context;
};

static int visit_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    const struct leaf_visit *v = context;
    const struct catalogue *catalogue = v->replay->catalogue;
    return v->visit(v->context, catalogue_unit_code(catalogue, unit), period,
        catalogue_indicator(catalogue, indicator)->id, leaf);
}

int replay_each_leaf(const struct replay *replay,
    int (*visit)(void *context, const char *unit, struct chiso_period period, const char *indicator,
        const struct leaf *leaf),
    void *context)
{
    struct leaf_visit v = {replay, visit, context};
    int error = replay->catalogue ? store_each_leaf(replay->store, visit_leaf, &v) : CHISO_OK;
    for (size_t i = 0; i < replay->parked_count && !error; i++) {
        const struct parked *p = &replay->parked[i];
        error = visit(context, p->unit, p->period, p->indicator, &p->leaf);
    }
    return error;
}

int replay_each_closing(const struct replay *replay, const char *province,
    int (*visit)(void *context, const struct closing *closing), void *context)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < replay->closing_count && !error; i++) {
        if (strcmp(replay->closings[i].province, province) == 0)
            error = visit(context, &replay->closings[i].closing);
    }
    return error;
}

/* ---- from one catalogue to another ---- */

struct move {
    struct replay *replay;
    const struct catalogue *to;
    struct store *store;
    const struct store *gone; /* whose leaves are not taken along; may be NULL */
};

static int park(struct replay *replay, const struct parked *leaf)
{
    if (LIST_GROW(replay->parked, replay->parked_count, replay->parked_capacity))
        return CHISO_ENOMEM;
    replay->parked[replay->parked_count++] = *leaf;
    return CHISO_OK;
}

/* Into the new store, or CHISO_ENOTFOUND. */
static int place(const struct move *move, const char *unit_code, const char *indicator_id,
    struct chiso_period period, const struct leaf *leaf)
{
    uint32_t unit = catalogue_unit_find(move->to, unit_code);
    uint32_t indicator = catalogue_indicator_find(move->to, indicator_id);
    if (unit == CATALOGUE_NONE || indicator == CATALOGUE_NONE)
        return CHISO_ENOTFOUND;
    return store_set_leaf(move->store, unit, period, indicator, leaf);
}

static int move_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct move *move = context;
    struct parked parked = {.period = period, .leaf = *leaf};
    const char *code = catalogue_unit_code(move->replay->catalogue, unit);
    const char *id = catalogue_indicator(move->replay->catalogue, indicator)->id;
    if (move->gone && store_leaf(move->gone, unit, period, indicator))
        return CHISO_OK;
    int error = place(move, code, id, period, leaf);
    if (error != CHISO_ENOTFOUND)
        return error;
    (void)snprintf(parked.unit, sizeof parked.unit, "%s", code);
    (void)snprintf(parked.indicator, sizeof parked.indicator, "%s", id);
    return park(move->replay, &parked);
}

static int move_parked(const struct move *move)
{
    struct replay *replay = move->replay;
    size_t kept = 0;
    for (size_t i = 0; i < replay->parked_count; i++) {
        struct parked *p = &replay->parked[i];
        int error = place(move, p->unit, p->indicator, p->period, &p->leaf);
        if (error == CHISO_ENOTFOUND)
            replay->parked[kept++] = *p;
        else if (error)
            return error;
    }
    replay->parked_count = kept;
    return CHISO_OK;
}

static int set_closing(
    const struct catalogue *catalogue, struct store *store, const struct province_closing *closing)
{
    uint32_t province = catalogue_unit_find(catalogue, closing->province);
    return province == CATALOGUE_NONE ? CHISO_OK : store_set_closing(store, province, &closing->closing);
}

/* The store again, for CATALOGUE and without what is GONE. */
static int remake(struct replay *replay, const struct catalogue *catalogue, const struct store *gone)
{
    struct move move = {replay, catalogue, store_new(), gone};
    /* Those kept aside first: what is parked now need not be looked at again. */
    int error = move.store ? move_parked(&move) : CHISO_ENOMEM;
    if (!error && replay->catalogue)
        error = store_each_leaf(replay->store, move_leaf, &move);
    for (size_t i = 0; i < replay->closing_count && !error; i++)
        error = set_closing(catalogue, move.store, &replay->closings[i]);
    if (error) {
        store_free(move.store);
        return error;
    }
    store_free(replay->store);
    replay->store = move.store;
    replay->catalogue = catalogue;
    return CHISO_OK;
}

int replay_adopt(struct replay *replay, const struct catalogue *catalogue)
{
    return catalogue == replay->catalogue ? CHISO_OK : remake(replay, catalogue, NULL);
}

/* ---- one entry ---- */

static struct progress *progress_of(const struct replay *replay, const char *province)
{
    for (size_t i = 0; i < replay->progress_count; i++) {
        if (strcmp(replay->progress[i].province, province) == 0)
            return &replay->progress[i];
    }
    return NULL;
}

uint64_t replay_seq(const struct replay *replay, const char *province)
{
    const struct progress *progress = progress_of(replay, province);
    return progress ? progress->seq : 0;
}

static int follow(struct replay *replay, const struct replay_entry *entry, struct chiso_message *why)
{
    struct progress *progress = progress_of(replay, entry->province);
    if (!progress) {
        if (LIST_GROW(replay->progress, replay->progress_count, replay->progress_capacity))
            return CHISO_ENOMEM;
        progress = &replay->progress[replay->progress_count++];
        *progress = (struct progress){.seq = 0};
        (void)snprintf(progress->province, sizeof progress->province, "%s", entry->province);
    }
    if (entry->seq != progress->seq + 1) {
        chiso_message_set(why, "the journal of %s has no entry %" PRIu64 " before %" PRIu64, entry->province,
            progress->seq + 1, entry->seq);
        return CHISO_EINVAL;
    }
    progress->seq = entry->seq;
    return CHISO_OK;
}

static int note_change(void *context, const struct applied_leaf *leaf)
{
    struct replay *replay = context;
    if (LIST_GROW(replay->changes, replay->change_count, replay->change_capacity))
        return CHISO_ENOMEM;
    replay->changes[replay->change_count++] = (struct replay_change){*leaf, replay->report};
    return CHISO_OK;
}

/* A report stands in the journal because some of it was taken, or repeated beside something refused. */
static int take_reports(struct replay *replay, const struct replay_entry *entry, struct chiso_message *why)
{
    for (size_t i = 0; i < entry->report_count; i++) {
        const struct replay_report *report = &entry->reports[i];
        struct applied applied;
        chiso_arena_reset(&replay->arena);
        replay->report = (uint32_t)i;
        const struct apply apply = {replay->catalogue, entry->province, replay->store, entry->clock,
            entry->seq, (uint32_t)i, &replay->arena, note_change, replay};
        int error = apply_report(&apply, report->publisher, report->bytes, report->length, &applied);
        if (error)
            return error;
        if (applied.verdict.outcome == CHISO_ACCEPTED || applied.verdict.outcome == CHISO_PARTIAL)
            continue;
        chiso_message_set(why,
            "journal of %s, entry %" PRIu64 ": report %zu was taken then and would be %s now%s%.160s",
            entry->province, entry->seq, i, chiso_outcome_name(applied.verdict.outcome),
            applied.verdict.rejection_count ? ": " : "",
            applied.verdict.rejection_count ? applied.verdict.rejections[0].text : "");
        return CHISO_EINVAL;
    }
    return CHISO_OK;
}

static int take_closing(struct replay *replay, const struct replay_entry *entry, struct chiso_message *why)
{
    struct province_closing closing = {.closing = {.seq = entry->seq, .time = entry->time}};
    if (!entry->closed || !entry->by || !entry->note ||
        closing_parse_field(entry->closed, &closing.closing.calendar, &closing.closing.period) ||
        closing_check_text(entry->by, entry->note, NULL)) {
        chiso_message_set(why, "journal of %s, entry %" PRIu64 ": a closing without a period, or by nobody",
            entry->province, entry->seq);
        return CHISO_EINVAL;
    }
    (void)snprintf(closing.province, sizeof closing.province, "%s", entry->province);
    (void)snprintf(closing.closing.by, sizeof closing.closing.by, "%s", entry->by);
    (void)snprintf(closing.closing.note, sizeof closing.closing.note, "%s", entry->note);
    if (LIST_GROW(replay->closings, replay->closing_count, replay->closing_capacity))
        return CHISO_ENOMEM;
    replay->closings[replay->closing_count++] = closing;
    return set_closing(replay->catalogue, replay->store, &closing);
}

/* ---- figures that change their province ---- */

/* Whatever is kept aside under that name goes. */
static void unpark(struct replay *replay, const struct moved *moved)
{
    size_t kept = 0;
    for (size_t i = 0; i < replay->parked_count; i++) {
        const struct parked *p = &replay->parked[i];
        if (strcmp(p->unit, moved->unit) != 0 || strcmp(p->indicator, moved->indicator) != 0 ||
            !chiso_period_equal(p->period, moved->period))
            replay->parked[kept++] = *p;
    }
    replay->parked_count = kept;
}

static bool is_arrival(const struct arrival *arrival, const char *province, const struct moved *moved)
{
    return strcmp(arrival->province, province) == 0 && strcmp(arrival->unit, moved->unit) == 0 &&
           strcmp(arrival->indicator, moved->indicator) == 0 &&
           chiso_period_equal(arrival->period, moved->period);
}

/* True, and forgotten, when it has been taken in where it went. */
static bool has_arrived(struct replay *replay, const char *from, const struct moved *moved)
{
    for (size_t i = 0; i < replay->arrival_count; i++) {
        if (is_arrival(&replay->arrivals[i], from, moved)) {
            replay->arrivals[i] = replay->arrivals[--replay->arrival_count];
            return true;
        }
    }
    return false;
}

static int note_arrival(struct replay *replay, const struct moved *moved)
{
    (void)has_arrived(replay, moved->province, moved); /* a second time, after an interruption */
    if (LIST_GROW(replay->arrivals, replay->arrival_count, replay->arrival_capacity))
        return CHISO_ENOMEM;
    struct arrival *arrival = &replay->arrivals[replay->arrival_count++];
    *arrival = (struct arrival){.period = moved->period};
    (void)snprintf(arrival->province, sizeof arrival->province, "%s", moved->province);
    (void)snprintf(arrival->unit, sizeof arrival->unit, "%s", moved->unit);
    (void)snprintf(arrival->indicator, sizeof arrival->indicator, "%s", moved->indicator);
    return CHISO_OK;
}

static int take_arrival(struct replay *replay, uint64_t seq, const struct moved *moved)
{
    struct applied_leaf change = {.unit = catalogue_unit_find(replay->catalogue, moved->unit),
        .indicator = catalogue_indicator_find(replay->catalogue, moved->indicator),
        .period = moved->period,
        .after = moved->leaf};
    int error = note_arrival(replay, moved);
    unpark(replay, moved);
    if (!error && (change.unit == CATALOGUE_NONE || change.indicator == CATALOGUE_NONE)) {
        struct parked parked = {.period = moved->period, .leaf = moved->leaf};
        (void)snprintf(parked.unit, sizeof parked.unit, "%s", moved->unit);
        (void)snprintf(parked.indicator, sizeof parked.indicator, "%s", moved->indicator);
        return park(replay, &parked);
    }
    const struct leaf *before =
        error ? NULL : store_leaf(replay->store, change.unit, change.period, change.indicator);
    if (before)
        change.before = *before;
    if (!error)
        error = store_set_leaf(replay->store, change.unit, change.period, change.indicator, &moved->leaf);
    /* Otherwise only its first acceptance is another. */
    if (!error && moved->leaf.seq == seq) {
        replay->report = moved->leaf.index;
        error = note_change(replay, &change);
    }
    return error;
}

static int take_departure(
    struct replay *replay, const char *from, struct store *gone, const struct moved *moved)
{
    uint32_t unit = catalogue_unit_find(replay->catalogue, moved->unit);
    uint32_t indicator = catalogue_indicator_find(replay->catalogue, moved->indicator);
    if (has_arrived(replay, from, moved))
        return CHISO_OK; /* what is there by now is the other province's */
    unpark(replay, moved);
    return unit == CATALOGUE_NONE || indicator == CATALOGUE_NONE
               ? CHISO_OK
               : store_set_leaf(gone, unit, moved->period, indicator, &moved->leaf);
}

static int take_rebuild(struct replay *replay, const struct replay_entry *entry, struct chiso_message *why)
{
    const char *arrived = entry->arrived ? entry->arrived : "", *left = entry->left ? entry->left : "";
    struct moved moved;
    struct store *gone = store_new();
    int error = gone ? CHISO_OK : CHISO_ENOMEM;
    while (!error && !(error = moved_next(&arrived, &moved)))
        error = take_arrival(replay, entry->seq, &moved);
    if (error == CHISO_ENOTFOUND)
        error = CHISO_OK;
    while (!error && !(error = moved_next(&left, &moved)))
        error = take_departure(replay, entry->province, gone, &moved);
    if (error == CHISO_ENOTFOUND)
        error = *(entry->left ? entry->left : "") ? remake(replay, replay->catalogue, gone) : CHISO_OK;
    store_free(gone);
    if (error == CHISO_EINVAL)
        chiso_message_set(why, "journal of %s, entry %" PRIu64 ": a line that is no figure that has moved",
            entry->province, entry->seq);
    return error;
}

int replay_take(struct replay *replay, const struct replay_entry *entry, const struct catalogue *catalogue,
    struct chiso_message *why)
{
    replay->change_count = 0;
    int error = follow(replay, entry, why);
    if (!error)
        error = replay_adopt(replay, catalogue);
    if (error)
        return error;
    if (strcmp(entry->kind, "reports") == 0)
        return take_reports(replay, entry, why);
    if (strcmp(entry->kind, "close") == 0)
        return take_closing(replay, entry, why);
    if (strcmp(entry->kind, "rebuild") == 0)
        return take_rebuild(replay, entry, why);
    if (strcmp(entry->kind, "catalogue") == 0)
        return CHISO_OK;
    chiso_message_set(why, "journal of %s, entry %" PRIu64 ": entries of the kind '%.32s' are unknown",
        entry->province, entry->seq, entry->kind);
    return CHISO_EINVAL;
}
