/* The messages of the wire contract, as plain C: reports and receipts (proto/chiso/v1).
 *
 * Decoding checks everything protobuf-c lets through (empty payloads, unknown enum values, embedded NULs,
 * invalid UTF-8, counts and lengths) and allocates only from an arena with a cap, so a hostile message costs
 * bounded memory. Decoded strings point into the arena and live until it is reset. Whether a figure is
 * *allowed* is the catalogue's matter, not the codec's. */
#ifndef CHISO_REPORT_H
#define CHISO_REPORT_H

#include <chiso/arena.h>
#include <chiso/date.h>
#include <chiso/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits of one message. The payload limit keeps a batch in the L2 cache and a bad client harmless; 1,000
 * observations are ten times what any known system sends at once. */
#define CHISO_PAYLOAD_BYTES_MAX (256 * 1024)
/* A verdict on 1,000 refused observations, with the longest ids and sentences, takes 280 KiB. */
#define CHISO_RECEIPT_BYTES_MAX (512 * 1024)
#define CHISO_OBSERVATIONS_MAX 1000
#define CHISO_ID_BYTES_MAX 64 /* report_id, stream_id, indicator */
#define CHISO_UNIT_BYTES_MAX 32 /* unit codes and publisher names */
#define CHISO_SOURCE_BYTES_MAX 128
#define CHISO_NOTE_BYTES_MAX 500
#define CHISO_REJECTION_BYTES_MAX 200
#define CHISO_REVISION_MAX (UINT64_C(1) << 31)
/* Verdicts in one receipt: keeps the receipt under the payload limit. */
#define CHISO_VERDICTS_MAX 1000

enum chiso_qualifier {
    CHISO_EXACT = 0,
    CHISO_AT_LEAST = 1, /* trên, hơn, ít nhất */
    CHISO_BELOW = 2, /* gần, dưới */
    CHISO_ABOUT = 3, /* khoảng, ước khoảng */
    CHISO_ESTIMATE = 4, /* ước */
    CHISO_AT_MOST = 5, /* tối đa, top 10 */
};
#define CHISO_QUALIFIERS 6

struct chiso_observation {
    const char *indicator;
    int64_t value, denominator; /* × 10^-scale, both */
    uint32_t scale;
    enum chiso_qualifier qualifier, denominator_qualifier;
    bool not_applicable, bare, withdrawn;
    const char *note; /* "" when absent */
};

struct chiso_report {
    const char *report_id, *unit, *period, *source, *stream_id;
    uint64_t revision, sequence;
    chiso_instant_ms issued_at_ms;
    size_t observation_count;
    struct chiso_observation *observations;
};

enum chiso_outcome {
    CHISO_ACCEPTED = 1,
    CHISO_PARTIAL = 2,
    CHISO_DUPLICATE = 3,
    CHISO_SUPERSEDED = 4,
    CHISO_REJECTED = 5,
    CHISO_DEFERRED = 6, /* not looked at, nothing is kept of it: to be sent again */
};
/* Those that settle a report; DEFERRED does not. */
#define CHISO_OUTCOMES 6

enum chiso_reason {
    CHISO_REASON_MALFORMED = 1, /* undecodable, or over a limit */
    CHISO_REASON_UNKNOWN_UNIT = 2, /* no such unit, or not valid on the period's last day */
    CHISO_REASON_NOT_ALLOWED = 3, /* the publisher may not report for the unit */
    CHISO_REASON_WRONG_TOPIC = 4, /* another province's topic */
    CHISO_REASON_BAD_PERIOD = 5, /* malformed, not begun, or too short for the cadence */
    CHISO_REASON_BAD_REVISION = 6,
    CHISO_REASON_UNKNOWN_INDICATOR = 7,
    CHISO_REASON_NOT_A_REPORTER = 8, /* the unit does not report this indicator */
    CHISO_REASON_BAD_FORM = 9, /* value, pair, bare, flags do not fit the measure */
    CHISO_REASON_BAD_VALUE = 10, /* sign, decimals, magnitude, qualifier */
    CHISO_REASON_REPEATED = 11, /* the indicator stands twice in the report */
    CHISO_REASON_CONFLICT = 12, /* same revision, another figure */
    CHISO_REASON_SUPERSEDED = 13, /* lower revision, beside others that were accepted */
    CHISO_REASON_OVERFLOW = 14, /* a total would leave 128 bits */
    CHISO_REASON_RATE_LIMIT = 15, /* the publisher sends more than it may */
};

struct chiso_rejection {
    const char *indicator; /* "" when the whole report is meant */
    enum chiso_reason reason;
    const char *text; /* one sentence, at most CHISO_REJECTION_BYTES_MAX bytes */
};

struct chiso_verdict {
    const char *report_id; /* "" when the bytes could not be decoded */
    enum chiso_outcome outcome;
    size_t rejection_count;
    struct chiso_rejection *rejections;
    uint64_t revision; /* the highest in force among the report's figures; 0 when there is none */
    uint32_t retry_after_ms; /* of DEFERRED: when to send it again */
};

struct chiso_receipt {
    const char *province, *publisher;
    chiso_instant_ms committed_at_ms;
    uint64_t seq; /* the province's commit that made it durable */
    size_t verdict_count;
    struct chiso_verdict *verdicts;
};

/* The most of an arena that one report can need, whatever its bytes; with this much left in an arena,
 * chiso_report_decode never returns CHISO_ENOMEM. */
#define CHISO_REPORT_ARENA_BYTES_MAX (2 * 1024 * 1024)

/* BYTES → report. CHISO_EINVAL with a sentence that names the length, the offset and what is wrong ("a report
 * of 512 bytes is refused: at byte 37 note is not UTF-8"); CHISO_ENOMEM when the arena's cap is reached. On
 * failure the arena is as it was. Fields that this version does not know are skipped. */
int chiso_report_decode(struct chiso_arena *arena, const void *bytes, size_t length, struct chiso_report *out,
    struct chiso_message *why);
int chiso_receipt_decode(struct chiso_arena *arena, const void *bytes, size_t length,
    struct chiso_receipt *out, struct chiso_message *why);

/* message → newly malloc'ed *OUT (the caller frees it). CHISO_ERANGE when over
 * CHISO_PAYLOAD_BYTES_MAX, of a receipt CHISO_RECEIPT_BYTES_MAX. */
int chiso_report_encode(const struct chiso_report *report, uint8_t **out, size_t *length);
int chiso_receipt_encode(const struct chiso_receipt *receipt, uint8_t **out, size_t *length);

/* "ACCEPTED" …, "CONFLICT" …; NULL for a value outside the enum. */
const char *chiso_outcome_name(enum chiso_outcome outcome);
const char *chiso_reason_name(enum chiso_reason reason);

/* Codes, indicator ids, publisher names: [A-Za-z0-9._-], 1 … MAX bytes; safe as an MQTT topic level. */
bool chiso_code_is_valid(const char *text, size_t max);

#endif
