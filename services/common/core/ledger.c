#include "core/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(added) ((void)((added)->failed = true))
#include <uthash.h>

struct entry {
    char *field;
    bool is_stream, changed, failed;
    struct entry *next_changed;
    uint64_t number; /* deliveries, or the highest sequence */
    uint64_t forgotten;
    size_t gap_count;
    struct ledger_gap *gaps; /* ascending; LEDGER_GAPS_MAX places, only for streams */
    UT_hash_handle hh;
};

struct publisher {
    char name[CHISO_UNIT_BYTES_MAX + 1];
    size_t streams;
    bool failed;
    UT_hash_handle hh;
};

struct ledger {
    struct entry *entries;
    struct publisher *publishers; /* that have streams */
    struct entry *first_changed, *last_changed; /* since the last ledger_settled, in this order */
    size_t streams;
    bool has_new_numbers;
};

struct ledger *ledger_new(void)
{
    return calloc(1, sizeof(struct ledger));
}

static void entry_free(struct entry *entry)
{
    free(entry->field);
    free(entry->gaps);
    free(entry);
}

void ledger_clear(struct ledger *ledger)
{
    struct entry *entry, *next;
    HASH_ITER(hh, ledger->entries, entry, next)
    {
        HASH_DEL(ledger->entries, entry);
        entry_free(entry);
    }
    struct publisher *publisher, *after;
    HASH_ITER(hh, ledger->publishers, publisher, after)
    {
        HASH_DEL(ledger->publishers, publisher);
        free(publisher);
    }
    *ledger = (struct ledger){0};
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    ledger_clear(ledger);
    free(ledger);
}

static struct entry *entry_find(const struct ledger *ledger, const char *field)
{
    struct entry *entry;
    HASH_FIND_STR(ledger->entries, field, entry);
    return entry;
}

/* Counts a stream of the publisher that FIELD names. *ROOM: it had fewer than MOST. */
static int take_room(struct ledger *ledger, const char *field, size_t most, bool *room)
{
    char name[CHISO_UNIT_BYTES_MAX + 1];
    struct publisher *publisher;
    field += strlen("stream:");
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(field, ":"), field);
    HASH_FIND_STR(ledger->publishers, name, publisher);
    if (!publisher) {
        if (!(publisher = calloc(1, sizeof *publisher)))
            return CHISO_ENOMEM;
        (void)snprintf(publisher->name, sizeof publisher->name, "%s", name);
        HASH_ADD_STR(ledger->publishers, name, publisher);
        if (publisher->failed) {
            free(publisher);
            return CHISO_ENOMEM;
        }
    }
    *room = publisher->streams < most;
    publisher->streams += *room;
    return CHISO_OK;
}

/* *OUT is NULL, with CHISO_OK, for a stream beyond the limits, of which MOST is that of its publisher. */
static int entry_make(
    struct ledger *ledger, const char *field, bool is_stream, size_t most, struct entry **out)
{
    struct entry *entry = entry_find(ledger, field);
    bool room = true;
    *out = entry;
    if (entry || (is_stream && ledger->streams >= LEDGER_STREAMS_MAX))
        return CHISO_OK;
    int error = is_stream ? take_room(ledger, field, most, &room) : CHISO_OK;
    if (error || !room)
        return error;
    entry = calloc(1, sizeof *entry);
    if (!entry)
        return CHISO_ENOMEM;
    entry->field = strdup(field);
    entry->is_stream = is_stream;
    entry->gaps = is_stream ? calloc(LEDGER_GAPS_MAX + 1, sizeof *entry->gaps) : NULL;
    if (!entry->field || (is_stream && !entry->gaps)) {
        entry_free(entry);
        return CHISO_ENOMEM;
    }
    HASH_ADD_KEYPTR(hh, ledger->entries, entry->field, strlen(entry->field), entry);
    if (entry->failed) {
        entry_free(entry);
        return CHISO_ENOMEM;
    }
    ledger->streams += is_stream;
    *out = entry;
    return CHISO_OK;
}

static void drop_gap(struct entry *entry, size_t at)
{
    memmove(entry->gaps + at, entry->gaps + at + 1, (entry->gap_count - at - 1) * sizeof *entry->gaps);
    entry->gap_count--;
}

static void insert_gap(struct entry *entry, size_t at, struct ledger_gap gap)
{
    memmove(entry->gaps + at + 1, entry->gaps + at, (entry->gap_count - at) * sizeof *entry->gaps);
    entry->gaps[at] = gap;
    entry->gap_count++;
    if (entry->gap_count > LEDGER_GAPS_MAX) {
        entry->forgotten += entry->gaps[0].to - entry->gaps[0].from + 1;
        drop_gap(entry, 0);
    }
}

/* A late SEQUENCE fills (part of) a gap. False: it was no gap, nothing changes. */
static bool fill_gap(struct entry *entry, uint64_t sequence)
{
    for (size_t i = 0; i < entry->gap_count; i++) {
        struct ledger_gap *gap = &entry->gaps[i];
        if (sequence < gap->from || sequence > gap->to)
            continue;
        if (gap->from == gap->to) {
            drop_gap(entry, i);
        } else if (sequence == gap->from) {
            gap->from++;
        } else if (sequence == gap->to) {
            gap->to--;
        } else {
            struct ledger_gap above = {sequence + 1, gap->to};
            gap->to = sequence - 1;
            insert_gap(entry, i + 1, above);
        }
        return true;
    }
    return false;
}

static void note_change(struct ledger *ledger, struct entry *entry)
{
    if (entry->changed)
        return;
    entry->changed = true;
    *(ledger->first_changed ? &ledger->last_changed->next_changed : &ledger->first_changed) = entry;
    ledger->last_changed = entry;
}

/* KIND:FIRST:SECOND. Twice a report, so without printf. */
#define FIELD_CHARS (CHISO_UNIT_BYTES_MAX + CHISO_ID_BYTES_MAX + 16)
static void put_field(const char *kind, const char *first, const char *second, char out[FIELD_CHARS])
{
    const char *const parts[] = {kind, first, second};
    const size_t most[] = {8, CHISO_UNIT_BYTES_MAX, CHISO_ID_BYTES_MAX};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t length = strnlen(parts[i], most[i]);
        memcpy(out, parts[i], length);
        out += length;
        *out++ = ':';
    }
    out[-1] = '\0';
}

int ledger_deliver(struct ledger *ledger, const char *unit, enum chiso_outcome outcome)
{
    char field[FIELD_CHARS];
    struct entry *entry;
    put_field("unit", unit, chiso_outcome_name(outcome), field);
    int error = entry_make(ledger, field, false, 0, &entry);
    if (!error) {
        entry->number++;
        note_change(ledger, entry);
    }
    return error;
}

int ledger_sequence(struct ledger *ledger, const char *publisher, const char *stream, uint64_t sequence)
{
    char field[FIELD_CHARS];
    struct entry *entry;
    if (sequence == 0 || !chiso_code_is_valid(stream, CHISO_ID_BYTES_MAX))
        return CHISO_OK;
    put_field("stream", publisher, stream, field);
    int error = entry_make(ledger, field, true, LEDGER_PUBLISHER_STREAMS_MAX, &entry);
    if (error || !entry)
        return error;
    if (sequence > entry->number) {
        if (sequence > entry->number + 1)
            insert_gap(entry, entry->gap_count, (struct ledger_gap){entry->number + 1, sequence - 1});
        entry->number = sequence;
    } else if (!fill_gap(entry, sequence)) {
        return CHISO_OK;
    }
    note_change(ledger, entry);
    ledger->has_new_numbers = true;
    return CHISO_OK;
}

bool ledger_has_new_numbers(const struct ledger *ledger)
{
    return ledger->has_new_numbers;
}

static void print_value(const struct entry *entry, char out[LEDGER_VALUE_CHARS])
{
    int at = snprintf(out, LEDGER_VALUE_CHARS, "%" PRIu64, entry->number);
    for (size_t i = 0; i < entry->gap_count && at < LEDGER_VALUE_CHARS - 64; i++)
        at += snprintf(out + at, (size_t)(LEDGER_VALUE_CHARS - at), "%c%" PRIu64 "-%" PRIu64, i ? ',' : ' ',
            entry->gaps[i].from, entry->gaps[i].to);
    if (entry->forgotten)
        (void)snprintf(out + at, (size_t)(LEDGER_VALUE_CHARS - at), " +%" PRIu64, entry->forgotten);
}

static bool read_number(const char **at, uint64_t *out)
{
    char *end;
    if (**at < '0' || **at > '9')
        return false;
    *out = strtoull(*at, &end, 10);
    *at = end;
    return true;
}

static bool read_gaps(const char *at, struct entry *entry)
{
    while (*at == ' ' || *at == ',') {
        struct ledger_gap gap;
        at++;
        if (*at == '+') {
            at++;
            return read_number(&at, &entry->forgotten) && *at == '\0';
        }
        if (entry->gap_count >= LEDGER_GAPS_MAX || !read_number(&at, &gap.from) || *at++ != '-' ||
            !read_number(&at, &gap.to) || gap.from > gap.to)
            return false;
        entry->gaps[entry->gap_count++] = gap;
    }
    return *at == '\0';
}

int ledger_load(struct ledger *ledger, const char *field, const char *value)
{
    bool is_stream = strncmp(field, "stream:", 7) == 0;
    struct entry *entry;
    const char *at = value;
    if (!is_stream && strncmp(field, "unit:", 5) != 0)
        return CHISO_EINVAL;
    int error = entry_make(ledger, field, is_stream, LEDGER_STREAMS_MAX, &entry);
    if (error || !entry)
        return error;
    entry->gap_count = 0;
    if (!read_number(&at, &entry->number) || (is_stream ? !read_gaps(at, entry) : *at != '\0'))
        return CHISO_EINVAL;
    return CHISO_OK;
}

static int visit_entry(
    const struct entry *entry, int (*visit)(void *context, const struct ledger_record *record), void *context)
{
    char field[FIELD_CHARS];
    struct ledger_record record = {.number = entry->number,
        .gap_count = entry->gap_count,
        .gaps = entry->gaps,
        .forgotten = entry->forgotten};
    (void)snprintf(field, sizeof field, "%s", strchr(entry->field, ':') + 1);
    char *second = strchr(field, ':');
    if (second)
        *second++ = '\0';
    *(entry->is_stream ? &record.publisher : &record.unit) = field;
    *(entry->is_stream ? &record.stream : &record.outcome) = second ? second : "";
    return visit(context, &record);
}

int ledger_each(const struct ledger *ledger, int (*visit)(void *context, const struct ledger_record *record),
    void *context)
{
    int error = CHISO_OK;
    for (const struct entry *entry = ledger->entries; entry && !error; entry = entry->hh.next)
        error = visit_entry(entry, visit, context);
    return error;
}

bool ledger_is_full(const struct ledger *ledger)
{
    return ledger->streams >= LEDGER_STREAMS_MAX;
}

int ledger_each_changed(const struct ledger *ledger,
    int (*visit)(void *context, const char *field, const char *value), void *context)
{
    for (const struct entry *entry = ledger->first_changed; entry; entry = entry->next_changed) {
        char value[LEDGER_VALUE_CHARS];
        print_value(entry, value);
        int error = visit(context, entry->field, value);
        if (error)
            return error;
    }
    return CHISO_OK;
}

void ledger_settled(struct ledger *ledger)
{
    for (struct entry *entry = ledger->first_changed, *next; entry; entry = next) {
        next = entry->next_changed;
        entry->next_changed = NULL;
        entry->changed = false;
    }
    ledger->first_changed = ledger->last_changed = NULL;
    ledger->has_new_numbers = false;
}
