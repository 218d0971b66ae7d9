/* What arrived: deliveries per unit and outcome, and per publisher stream the highest sequence
 * with the gaps below it. Kept per province in Redis as a hash of small texts; here in memory, with the
 * fields that changed. */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include <chiso/report.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names come from outside, so both are bounded: further streams are not followed. One publisher whose outbox is new each
 * time it starts must not use up the room of the others. */
#define LEDGER_STREAMS_MAX 10000
#define LEDGER_PUBLISHER_STREAMS_MAX 200
#define LEDGER_GAPS_MAX 16
#define LEDGER_VALUE_CHARS 1024

struct ledger;

struct ledger *ledger_new(void); /* NULL: no memory */
void ledger_free(struct ledger *ledger);
void ledger_clear(struct ledger *ledger);

/* Takes a stored field: "unit:<code>:<OUTCOME>" → count, "stream:<publisher>:<stream>" → "<highest>[
 * <from>-<to>,…[ +<forgotten>]]". CHISO_EINVAL for anything else. */
int ledger_load(struct ledger *ledger, const char *field, const char *value);

/* One delivery. UNIT is a catalogue code, or "-" where none could be read. */
int ledger_deliver(struct ledger *ledger, const char *unit, enum chiso_outcome outcome);
/* SEQUENCE of PUBLISHER's stream has arrived (again). Sequence 0 or an odd stream id is not followed. */
int ledger_sequence(struct ledger *ledger, const char *publisher, const char *stream, uint64_t sequence);
/* Has a number arrived for the first time since the last ledger_settled? Whoever sent it will not do so again
 * after its receipt, so it must not get lost; a count of repeats may. */
bool ledger_has_new_numbers(const struct ledger *ledger);

/* One field, taken apart. Pointers live during the visit. */
struct ledger_gap {
    uint64_t from, to;
};
struct ledger_record {
    const char *unit, *outcome; /* of deliveries; NULL of a stream */
    const char *publisher, *stream; /* of a stream; NULL of deliveries */
    uint64_t number; /* deliveries, or the highest sequence */
    size_t gap_count;
    const struct ledger_gap *gaps; /* ascending */
    uint64_t forgotten; /* in gaps that there was no room for: whether they came later is not known */
};
int ledger_each(const struct ledger *ledger, int (*visit)(void *context, const struct ledger_record *record),
    void *context);
/* Are there as many streams as are followed? */
bool ledger_is_full(const struct ledger *ledger);

/* Calls VISIT for each field changed since the last ledger_settled, with its absolute value. */
int ledger_each_changed(const struct ledger *ledger,
    int (*visit)(void *context, const char *field, const char *value), void *context);
/* The changes are committed. */
void ledger_settled(struct ledger *ledger);

#endif
