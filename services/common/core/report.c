#include <chiso/report.h>

#include "chiso/v1/report.pb-c.h"
#include "core/wire.h"
#include <stdlib.h>
#include <string.h>

#define REPORT (&chiso__v1__report__descriptor)
#define OBSERVATION (&chiso__v1__observation__descriptor)
#define RECEIPT (&chiso__v1__receipt__descriptor)
#define VERDICT (&chiso__v1__verdict__descriptor)
#define REJECTION (&chiso__v1__rejection__descriptor)

static const struct wire_limit report_limits[] = {
    {REPORT, 1, CHISO_ID_BYTES_MAX},
    {REPORT, 2, CHISO_UNIT_BYTES_MAX},
    {REPORT, 3, CHISO_ID_BYTES_MAX},
    {REPORT, 6, CHISO_SOURCE_BYTES_MAX},
    {REPORT, 7, CHISO_ID_BYTES_MAX},
    {OBSERVATION, 1, CHISO_ID_BYTES_MAX},
    {OBSERVATION, 7, CHISO_NOTE_BYTES_MAX},
};
static const struct wire_limit receipt_limits[] = {
    {RECEIPT, 0, CHISO_RECEIPT_BYTES_MAX},
    {RECEIPT, 1, CHISO_UNIT_BYTES_MAX},
    {RECEIPT, 2, CHISO_UNIT_BYTES_MAX},
    {VERDICT, 1, CHISO_ID_BYTES_MAX},
    {REJECTION, 1, CHISO_ID_BYTES_MAX},
    {REJECTION, 3, CHISO_REJECTION_BYTES_MAX},
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* protobuf-c allocates from the arena and frees nothing: the arena is reset as a whole. */
static void *arena_alloc(void *arena, size_t size)
{
    return chiso_arena_alloc(arena, size);
}

static void arena_free(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

/* Checked bytes → generated struct in the arena. */
static int unpack(const char *name, const ProtobufCMessageDescriptor *message,
    const struct wire_limit *limits, size_t limit_count, struct chiso_arena *arena, const void *bytes,
    size_t length, ProtobufCMessage **out, struct chiso_message *why)
{
    ProtobufCAllocator allocator = {.alloc = arena_alloc, .free = arena_free, .allocator_data = arena};
    int error = wire_check(name, message, limits, limit_count, bytes, length, why);

    if (error != CHISO_OK)
        return error;
    *out = protobuf_c_message_unpack(message, &allocator, length, bytes);
    if (*out != NULL)
        return CHISO_OK;
    /* The bytes are good, so only the arena can have failed it. */
    chiso_message_set(why, "%s of %zu bytes does not fit into the memory that is set aside", name, length);
    return CHISO_ENOMEM;
}

static int no_room(size_t length, struct chiso_arena *arena, size_t mark, struct chiso_message *why)
{
    arena->used = mark;
    chiso_message_set(why, "a message of %zu bytes does not fit into the memory that is set aside", length);
    return CHISO_ENOMEM;
}

static struct chiso_observation observation_of(const Chiso__V1__Observation *from)
{
    return (struct chiso_observation){
        .indicator = from->indicator,
        .value = from->value,
        .denominator = from->denominator,
        .scale = from->scale,
        .qualifier = (enum chiso_qualifier)from->qualifier,
        .denominator_qualifier = (enum chiso_qualifier)from->denominator_qualifier,
        .not_applicable = from->not_applicable,
        .bare = from->bare,
        .withdrawn = from->withdrawn,
        .note = from->note,
    };
}

int chiso_report_decode(struct chiso_arena *arena, const void *bytes, size_t length, struct chiso_report *out,
    struct chiso_message *why)
{
    size_t mark = arena->used;
    ProtobufCMessage *message;
    int error =
        unpack("a report", REPORT, report_limits, COUNT(report_limits), arena, bytes, length, &message, why);

    if (error != CHISO_OK) {
        arena->used = mark;
        return error;
    }
    const Chiso__V1__Report *from = (const Chiso__V1__Report *)message;
    struct chiso_observation *observations =
        chiso_arena_alloc(arena, (from->n_observations + 1) * sizeof *observations);
    if (observations == NULL)
        return no_room(length, arena, mark, why);
    for (size_t i = 0; i < from->n_observations; i++)
        observations[i] = observation_of(from->observations[i]);
    *out = (struct chiso_report){
        .report_id = from->report_id,
        .unit = from->unit,
        .period = from->period,
        .source = from->source,
        .stream_id = from->stream_id,
        .revision = from->revision,
        .sequence = from->sequence,
        .issued_at_ms = from->issued_at_ms,
        .observation_count = from->n_observations,
        .observations = observations,
    };
    return CHISO_OK;
}

static int verdict_of(struct chiso_arena *arena, const Chiso__V1__Verdict *from, struct chiso_verdict *out)
{
    if (from->outcome == CHISO__V1__OUTCOME__OUTCOME_UNSPECIFIED)
        return CHISO_EINVAL;
    struct chiso_rejection *rejections =
        chiso_arena_alloc(arena, (from->n_rejections + 1) * sizeof *rejections);

    if (rejections == NULL)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < from->n_rejections; i++)
        rejections[i] = (struct chiso_rejection){
            .indicator = from->rejections[i]->indicator,
            .reason = (enum chiso_reason)from->rejections[i]->reason,
            .text = from->rejections[i]->text,
        };
    *out = (struct chiso_verdict){
        .report_id = from->report_id,
        .outcome = (enum chiso_outcome)from->outcome,
        .rejection_count = from->n_rejections,
        .rejections = rejections,
        .revision = from->revision,
        .retry_after_ms = from->retry_after_ms,
    };
    return CHISO_OK;
}

int chiso_receipt_decode(struct chiso_arena *arena, const void *bytes, size_t length,
    struct chiso_receipt *out, struct chiso_message *why)
{
    size_t mark = arena->used;
    ProtobufCMessage *message;
    int error = unpack(
        "a receipt", RECEIPT, receipt_limits, COUNT(receipt_limits), arena, bytes, length, &message, why);

    if (error != CHISO_OK) {
        arena->used = mark;
        return error;
    }
    const Chiso__V1__Receipt *from = (const Chiso__V1__Receipt *)message;
    struct chiso_verdict *verdicts = chiso_arena_alloc(arena, (from->n_verdicts + 1) * sizeof *verdicts);
    if (verdicts == NULL)
        return no_room(length, arena, mark, why);
    for (size_t i = 0; i < from->n_verdicts; i++) {
        error = verdict_of(arena, from->verdicts[i], &verdicts[i]);
        if (error == CHISO_ENOMEM)
            return no_room(length, arena, mark, why);
        if (error != CHISO_OK) {
            arena->used = mark;
            chiso_message_set(
                why, "a receipt of %zu bytes is refused: verdict %zu has no outcome", length, i + 1);
            return error;
        }
    }
    *out = (struct chiso_receipt){
        .province = from->province,
        .publisher = from->publisher,
        .committed_at_ms = from->committed_at_ms,
        .seq = from->seq,
        .verdict_count = from->n_verdicts,
        .verdicts = verdicts,
    };
    return CHISO_OK;
}

/* protobuf-c's structs are not const-correct; packing does not write to strings. */
static char *text(const char *string)
{
    return string != NULL ? (char *)(uintptr_t)string : (char *)(uintptr_t)protobuf_c_empty_string;
}

static int pack(const ProtobufCMessage *message, size_t bytes_max, uint8_t **out, size_t *length)
{
    size_t size = protobuf_c_message_get_packed_size(message);

    if (size > bytes_max)
        return CHISO_ERANGE;
    uint8_t *bytes = malloc(size > 0 ? size : 1);
    if (bytes == NULL)
        return CHISO_ENOMEM;
    *length = protobuf_c_message_pack(message, bytes);
    *out = bytes;
    return CHISO_OK;
}

static Chiso__V1__Observation packed_observation(const struct chiso_observation *from)
{
    Chiso__V1__Observation to = CHISO__V1__OBSERVATION__INIT;

    to.indicator = text(from->indicator);
    to.value = from->value;
    to.denominator = from->denominator;
    to.scale = from->scale;
    to.qualifier = (Chiso__V1__Qualifier)from->qualifier;
    to.denominator_qualifier = (Chiso__V1__Qualifier)from->denominator_qualifier;
    to.not_applicable = from->not_applicable;
    to.bare = from->bare;
    to.withdrawn = from->withdrawn;
    to.note = text(from->note);
    return to;
}

int chiso_report_encode(const struct chiso_report *report, uint8_t **out, size_t *length)
{
    size_t count = report->observation_count;
    Chiso__V1__Report to = CHISO__V1__REPORT__INIT;
    Chiso__V1__Observation *observations = calloc(count + 1, sizeof *observations);
    Chiso__V1__Observation **pointers = calloc(count + 1, sizeof(void *));
    int error = CHISO_ENOMEM;

    if (observations == NULL || pointers == NULL)
        goto done;
    for (size_t i = 0; i < count; i++) {
        observations[i] = packed_observation(&report->observations[i]);
        pointers[i] = &observations[i];
    }
    to.report_id = text(report->report_id);
    to.unit = text(report->unit);
    to.period = text(report->period);
    to.revision = report->revision;
    to.issued_at_ms = report->issued_at_ms;
    to.source = text(report->source);
    to.stream_id = text(report->stream_id);
    to.sequence = report->sequence;
    to.n_observations = count;
    to.observations = pointers;
    error = pack(&to.base, CHISO_PAYLOAD_BYTES_MAX, out, length);
done:
    free(observations);
    free(pointers);
    return error;
}

/* All of a receipt's generated structs, in four allocations however many verdicts there are. */
struct packed_receipt {
    Chiso__V1__Verdict *verdicts, **verdict_pointers;
    Chiso__V1__Rejection *rejections, **rejection_pointers;
};

static void fill_verdicts(const struct chiso_receipt *receipt, struct packed_receipt *packed)
{
    size_t next = 0;

    for (size_t i = 0; i < receipt->verdict_count; i++) {
        const struct chiso_verdict *from = &receipt->verdicts[i];
        Chiso__V1__Verdict *to = packed->verdict_pointers[i] = &packed->verdicts[i];
        chiso__v1__verdict__init(to);
        to->report_id = text(from->report_id);
        to->outcome = (Chiso__V1__Outcome)from->outcome;
        to->revision = from->revision;
        to->retry_after_ms = from->retry_after_ms;
        to->n_rejections = from->rejection_count;
        to->rejections = packed->rejection_pointers + next;
        for (size_t j = 0; j < from->rejection_count; j++, next++) {
            Chiso__V1__Rejection *rejection = packed->rejection_pointers[next] = &packed->rejections[next];
            chiso__v1__rejection__init(rejection);
            rejection->indicator = text(from->rejections[j].indicator);
            rejection->reason = (Chiso__V1__Reason)from->rejections[j].reason;
            rejection->text = text(from->rejections[j].text);
        }
    }
}

int chiso_receipt_encode(const struct chiso_receipt *receipt, uint8_t **out, size_t *length)
{
    size_t verdicts = receipt->verdict_count, rejections = 0;
    Chiso__V1__Receipt to = CHISO__V1__RECEIPT__INIT;
    int error = CHISO_ENOMEM;

    for (size_t i = 0; i < verdicts; i++)
        rejections += receipt->verdicts[i].rejection_count;
    struct packed_receipt packed = {
        .verdicts = calloc(verdicts + 1, sizeof *packed.verdicts),
        .verdict_pointers = calloc(verdicts + 1, sizeof(void *)),
        .rejections = calloc(rejections + 1, sizeof *packed.rejections),
        .rejection_pointers = calloc(rejections + 1, sizeof(void *)),
    };
    if (packed.verdicts == NULL || packed.verdict_pointers == NULL || packed.rejections == NULL ||
        packed.rejection_pointers == NULL)
        goto done;
    fill_verdicts(receipt, &packed);
    to.province = text(receipt->province);
    to.publisher = text(receipt->publisher);
    to.committed_at_ms = receipt->committed_at_ms;
    to.seq = receipt->seq;
    to.n_verdicts = verdicts;
    to.verdicts = packed.verdict_pointers;
    error = pack(&to.base, CHISO_RECEIPT_BYTES_MAX, out, length);
done:
    free(packed.verdicts);
    free(packed.verdict_pointers);
    free(packed.rejections);
    free(packed.rejection_pointers);
    return error;
}

const char *chiso_outcome_name(enum chiso_outcome outcome)
{
    static const char *const names[] = {
        [CHISO_ACCEPTED] = "ACCEPTED",
        [CHISO_PARTIAL] = "PARTIAL",
        [CHISO_DUPLICATE] = "DUPLICATE",
        [CHISO_SUPERSEDED] = "SUPERSEDED",
        [CHISO_REJECTED] = "REJECTED",
        [CHISO_DEFERRED] = "DEFERRED",
    };

    return (size_t)outcome < COUNT(names) ? names[outcome] : NULL;
}

const char *chiso_reason_name(enum chiso_reason reason)
{
    static const char *const names[] = {
        [CHISO_REASON_MALFORMED] = "MALFORMED",
        [CHISO_REASON_UNKNOWN_UNIT] = "UNKNOWN_UNIT",
        [CHISO_REASON_NOT_ALLOWED] = "NOT_ALLOWED",
        [CHISO_REASON_WRONG_TOPIC] = "WRONG_TOPIC",
        [CHISO_REASON_BAD_PERIOD] = "BAD_PERIOD",
        [CHISO_REASON_BAD_REVISION] = "BAD_REVISION",
        [CHISO_REASON_UNKNOWN_INDICATOR] = "UNKNOWN_INDICATOR",
        [CHISO_REASON_NOT_A_REPORTER] = "NOT_A_REPORTER",
        [CHISO_REASON_BAD_FORM] = "BAD_FORM",
        [CHISO_REASON_BAD_VALUE] = "BAD_VALUE",
        [CHISO_REASON_REPEATED] = "REPEATED",
        [CHISO_REASON_CONFLICT] = "CONFLICT",
        [CHISO_REASON_SUPERSEDED] = "SUPERSEDED",
        [CHISO_REASON_OVERFLOW] = "OVERFLOW",
        [CHISO_REASON_RATE_LIMIT] = "RATE_LIMIT",
    };

    return (size_t)reason < COUNT(names) ? names[reason] : NULL;
}

static bool is_code_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/* strspn would make a table of the characters for each code. */
bool chiso_code_is_valid(const char *string, size_t max)
{
    size_t length = 0;

    while (length <= max && is_code_character(string[length]))
        length++;
    return length > 0 && length <= max && string[length] == '\0';
}
