/* What became of the reports: deliveries by outcome, gaps in publishers' streams, and what publishers say is
 * on its way. */
#ifndef CTL_LEDGER_H
#define CTL_LEDGER_H

#include "core/ledger.h"
#include "core/view.h"
#include "session.h"

struct ledger_deliveries {
    char unit[CHISO_UNIT_BYTES_MAX + 1]; /* "-": of no unit that may report */
    uint64_t counts[CHISO_OUTCOMES]; /* by enum chiso_outcome */
};

struct ledger_stream {
    char publisher[CHISO_UNIT_BYTES_MAX + 1], id[CHISO_ID_BYTES_MAX + 1];
    uint64_t highest, forgotten;
    size_t gap_count;
    struct ledger_gap gaps[LEDGER_GAPS_MAX];
};
/* Sequences that have not arrived. */
uint64_t ledger_stream_missing(const struct ledger_stream *stream);

struct ledger_province {
    const char *code;
    struct ledger_deliveries *deliveries; /* by unit */
    size_t delivery_count, delivery_capacity;
    struct ledger_stream *streams; /* by publisher, stream */
    size_t stream_count, stream_capacity;
    bool is_full; /* further streams are not followed */
};

struct ledger_publisher {
    char name[CHISO_UNIT_BYTES_MAX * 2 + 1]; /* of its status topic */
    struct view_publisher_status status;
};
struct ledger_publishers {
    struct ledger_publisher *list; /* by name */
    size_t count, capacity;
    bool is_known; /* false: no broker was asked, or it did not answer */
    struct chiso_message why; /* it did not answer */
};

/* Reads the retained status of every publisher (NAME NULL: of all) from the broker of the options. Says in WHY why
 * it could not; never fails otherwise. */
void ledger_ask_publishers(
    const struct session *session, const char *name, struct ledger_publishers *publishers);

struct ledger_report {
    struct ledger_province *provinces;
    size_t province_count;
    struct ledger_publishers publishers;
    const char *publisher; /* only this one; NULL: all */
};
int print_ledger(const struct session *session, const struct ledger_report *report);
int print_ledger_json(const struct session *session, const struct ledger_report *report);

#endif
