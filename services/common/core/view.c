/* One way for both forms: the plain struct becomes the generated one (a field each, below), and from there
 * protobuf-c packs the bytes and its descriptors give the JSON. */
#include "core/view.h"
#include "chiso/v1/view.pb-c.h"
#include "core/digits.h"
#include "core/utf8.h"
#include "core/wire.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The generated struct of a message, ready to pack, and the memory of its repeated field. */
struct built {
    union {
        ProtobufCMessage base;
        Chiso__V1__PillarSnapshot pillar_snapshot;
        Chiso__V1__PillarChange pillar_change;
        Chiso__V1__AlertSnapshot alert_snapshot;
        Chiso__V1__AlertEvent alert_event;
        Chiso__V1__ServiceStatus service_status;
    };
    Chiso__V1__Alert alert; /* of an event */
    Chiso__V1__PillarScore score; /* of a snapshot */
    struct room {
        void *items, *pointers;
    } room, scores; /* the repeated field; a snapshot's second one */
};

/* protobuf-c's structs are not const-correct; packing does not write to strings. */
static char *text(const char *string)
{
    return (char *)(uintptr_t)(string != NULL ? string : protobuf_c_empty_string);
}

/* Room for COUNT items of SIZE bytes and the pointers to them. */
static int make_room(struct room *room, size_t count, size_t size)
{
    room->items = calloc(count + 1, size);
    room->pointers = calloc(count + 1, sizeof(void *));
    return room->items != NULL && room->pointers != NULL ? CHISO_OK : CHISO_ENOMEM;
}

static void release(struct built *built)
{
    free(built->room.items);
    free(built->room.pointers);
    free(built->scores.items);
    free(built->scores.pointers);
}

static void build_figure(const struct view_figure *from, Chiso__V1__Figure *to)
{
    chiso__v1__figure__init(to);
    to->unit = text(from->unit);
    to->indicator = text(from->indicator);
    to->level = text(from->level);
    to->period = text(from->period);
    to->state = text(from->state);
    to->value = text(from->value);
    to->numerator = text(from->numerator);
    to->denominator = text(from->denominator);
    to->qualifier = text(from->qualifier);
    to->low = text(from->low);
    to->high = text(from->high);
    to->basis = text(from->basis);
    to->reported = from->reported;
    to->partial = from->partial;
    to->expected = from->expected;
    to->not_applicable = from->not_applicable;
    to->oldest = text(from->oldest);
    to->revision = from->revision;
    to->position = text(from->position);
    to->target = text(from->target);
    to->target_due = text(from->target_due);
    to->expected_for_date = text(from->expected_for_date);
    to->name_vi = text(from->name_vi);
    to->name_en = text(from->name_en);
    to->unit_label_vi = text(from->unit_label_vi);
    to->text_vi = text(from->text_vi);
    to->running = from->running;
    to->closed_at_ms = from->closed_at_ms;
    to->closed_by = text(from->closed_by);
    to->restated = from->restated;
    to->year_before_period = text(from->year_before_period);
    to->year_before_state = text(from->year_before_state);
    to->year_before_value = text(from->year_before_value);
    to->year_before_qualifier = text(from->year_before_qualifier);
    to->change = text(from->change);
    to->not_comparable = text(from->not_comparable);
    to->redefined = text(from->redefined);
    to->rules_elsewhere = from->rules_elsewhere;
    /* Nothing writes to them either. */
    to->n_violations = from->violation_count;
    to->violations = (char **)(uintptr_t)from->violations;
}

static void build_score(const struct view_score *from, Chiso__V1__Score *to)
{
    chiso__v1__score__init(to);
    to->index = text(from->index);
    to->period = text(from->period);
    to->state = text(from->state);
    to->value = text(from->value);
    to->exact = text(from->exact);
    to->published = from->published;
    to->computed = text(from->computed);
    to->computed_exact = text(from->computed_exact);
    to->incomplete = from->incomplete;
    to->missing = from->missing;
    to->name_vi = text(from->name_vi);
    to->name_en = text(from->name_en);
    to->text_vi = text(from->text_vi);
    to->running = from->running;
}

static int build_scores(const struct view_pillar_snapshot *from, struct built *built)
{
    Chiso__V1__PillarSnapshot *to = &built->pillar_snapshot;
    Chiso__V1__PillarScore *own = &built->score;

    if (make_room(&built->scores, from->score_count, sizeof(Chiso__V1__Score)) != CHISO_OK)
        return CHISO_ENOMEM;
    to->n_scores = from->score_count;
    to->scores = built->scores.pointers;
    for (size_t i = 0; i < from->score_count; i++) {
        to->scores[i] = (Chiso__V1__Score *)built->scores.items + i;
        build_score(&from->scores[i], to->scores[i]);
    }
    chiso__v1__pillar_score__init(own);
    own->period = text(from->score.period);
    own->value = text(from->score.value);
    own->exact = text(from->score.exact);
    own->decided = from->score.decided;
    own->targets = from->score.targets;
    own->text_vi = text(from->score.text_vi);
    to->score = own;
    return CHISO_OK;
}

static int build_pillar_snapshot(const struct view_pillar_snapshot *from, struct built *built)
{
    Chiso__V1__PillarSnapshot *to = &built->pillar_snapshot;

    chiso__v1__pillar_snapshot__init(to);
    if (make_room(&built->room, from->figure_count, sizeof(Chiso__V1__Figure)) != CHISO_OK)
        return CHISO_ENOMEM;
    to->province = text(from->province);
    to->pillar = text(from->pillar);
    to->seq = from->seq;
    to->committed_at_ms = from->committed_at_ms;
    to->catalogue = text(from->catalogue);
    to->n_figures = from->figure_count;
    to->figures = built->room.pointers;
    for (size_t i = 0; i < from->figure_count; i++) {
        to->figures[i] = (Chiso__V1__Figure *)built->room.items + i;
        build_figure(&from->figures[i], to->figures[i]);
    }
    to->reported = from->reported;
    to->expected = from->expected;
    return build_scores(from, built);
}

static int build_pillar_change(const struct view_pillar_change *from, struct built *built)
{
    Chiso__V1__PillarChange *to = &built->pillar_change;

    chiso__v1__pillar_change__init(to);
    if (make_room(&built->room, from->changed_count, sizeof(Chiso__V1__ChangedFigure)) != CHISO_OK)
        return CHISO_ENOMEM;
    to->province = text(from->province);
    to->pillar = text(from->pillar);
    to->seq = from->seq;
    to->previous = from->previous;
    to->n_changed = from->changed_count;
    to->changed = built->room.pointers;
    for (size_t i = 0; i < from->changed_count; i++) {
        Chiso__V1__ChangedFigure *changed = to->changed[i] =
            (Chiso__V1__ChangedFigure *)built->room.items + i;
        chiso__v1__changed_figure__init(changed);
        changed->unit = text(from->changed[i].unit);
        changed->period = text(from->changed[i].period);
        changed->indicator = text(from->changed[i].indicator);
        changed->restatement = from->changed[i].restatement;
    }
    return CHISO_OK;
}

static void build_alert(const struct view_alert *from, Chiso__V1__Alert *to)
{
    chiso__v1__alert__init(to);
    to->id = text(from->id);
    to->unit = text(from->unit);
    to->indicator = text(from->indicator);
    to->level = text(from->level);
    to->period = text(from->period);
    to->kind = text(from->kind);
    to->position = text(from->position);
    to->severity = text(from->severity);
    to->state = text(from->state);
    to->opened_at_ms = from->opened_at_ms;
    to->changed_at_ms = from->changed_at_ms;
    to->seq = from->seq;
    to->text_vi = text(from->text_vi);
    to->text_en = text(from->text_en);
    to->reason = text(from->reason);
    to->rule = text(from->rule);
}

static int build_alert_snapshot(const struct view_alert_snapshot *from, struct built *built)
{
    Chiso__V1__AlertSnapshot *to = &built->alert_snapshot;

    chiso__v1__alert_snapshot__init(to);
    if (make_room(&built->room, from->alert_count, sizeof(Chiso__V1__Alert)) != CHISO_OK)
        return CHISO_ENOMEM;
    to->province = text(from->province);
    to->seq = from->seq;
    to->open = from->open;
    to->n_alerts = from->alert_count;
    to->alerts = built->room.pointers;
    for (size_t i = 0; i < from->alert_count; i++) {
        to->alerts[i] = (Chiso__V1__Alert *)built->room.items + i;
        build_alert(&from->alerts[i], to->alerts[i]);
    }
    return CHISO_OK;
}

static int build_alert_event(const struct view_alert_event *from, struct built *built)
{
    Chiso__V1__AlertEvent *to = &built->alert_event;

    chiso__v1__alert_event__init(to);
    to->province = text(from->province);
    to->seq = from->seq;
    build_alert(&from->alert, &built->alert);
    to->alert = &built->alert;
    return CHISO_OK;
}

static int build_service_status(const struct view_service_status *from, struct built *built)
{
    Chiso__V1__ServiceStatus *to = &built->service_status;

    chiso__v1__service_status__init(to);
    to->service = text(from->service);
    to->instance = text(from->instance);
    to->state = text(from->state);
    to->at_ms = from->at_ms;
    to->version = text(from->version);
    to->published = from->published;
    to->outstanding = from->outstanding;
    to->refused = from->refused;
    if (make_room(&built->room, from->counter_count, sizeof(Chiso__V1__Counter)))
        return CHISO_ENOMEM;
    Chiso__V1__Counter *counters = built->room.items;
    to->counters = built->room.pointers;
    for (to->n_counters = 0; to->n_counters < from->counter_count; to->n_counters++) {
        const struct view_counter *counter = &from->counters[to->n_counters];
        to->counters[to->n_counters] = &counters[to->n_counters];
        chiso__v1__counter__init(to->counters[to->n_counters]);
        counters[to->n_counters].event = text(counter->event);
        counters[to->n_counters].count = counter->count;
        counters[to->n_counters].last_at_ms = counter->last_at_ms;
    }
    return CHISO_OK;
}

static int pack(struct built *built, int error, uint8_t **out, size_t *length)
{
    if (error == CHISO_OK) {
        size_t size = protobuf_c_message_get_packed_size(&built->base);
        uint8_t *bytes = malloc(size + 1);
        if (bytes != NULL) {
            *length = protobuf_c_message_pack(&built->base, bytes);
            *out = bytes;
        } else {
            error = CHISO_ENOMEM;
        }
    }
    release(built);
    return error;
}

/* ---- JSON ---- */

/* Text that grows; LENGTH is SIZE_MAX after a failure. */
struct json {
    char *text;
    size_t length, capacity;
};
#define JSON_FAILED SIZE_MAX

/* Where MORE bytes and a NUL have room, NULL after a failure; put_end says where they ended. */
static char *put_begin(struct json *json, size_t more)
{
    if (json->length == JSON_FAILED)
        return NULL;
    if (json->capacity - json->length <= more) {
        size_t capacity = 2 * (json->capacity + more + 256);
        char *moved = realloc(json->text, capacity);
        if (moved == NULL) {
            json->length = JSON_FAILED;
            return NULL;
        }
        json->text = moved;
        json->capacity = capacity;
    }
    return json->text + json->length;
}

static void put_end(struct json *json, const char *end)
{
    json->length = (size_t)(end - json->text);
}

static void put(struct json *json, const char *bytes, size_t length)
{
    char *at = put_begin(json, length);
    if (at == NULL)
        return;
    memcpy(at, bytes, length);
    put_end(json, at + length);
}

/* The most that one character becomes. */
#define ESCAPED_BYTES 6
static char *escape(char *at, char c)
{
    static const char hex[] = "0123456789abcdef", *const letters = "\"\"\\\\\bb\ff\nn\rr\tt";
    *at++ = '\\';
    for (const char *letter = letters; *letter != '\0'; letter += 2) {
        if (*letter == c) {
            *at++ = letter[1];
            return at;
        }
    }
    memcpy(at, (const char[]){'u', '0', '0', hex[c >> 4], hex[c & 15]}, ESCAPED_BYTES - 1);
    return at + ESCAPED_BYTES - 1;
}

static void put_string(struct json *json, const char *text)
{
    size_t length = strlen(text);
    char *at = put_begin(json, ESCAPED_BYTES * length + 2);
    if (at == NULL)
        return;
    if (!utf8_is_valid(text, length)) {
        json->length = JSON_FAILED;
        return;
    }
    *at++ = '"';
    for (; *text != '\0'; text++) {
        bool plain = (unsigned char)*text >= 0x20 && *text != '"' && *text != '\\';
        if (plain)
            *at++ = *text;
        else
            at = escape(at, *text);
    }
    *at++ = '"';
    put_end(json, at);
}

static void put_name(struct json *json, const char *name, bool first)
{
    size_t length = strlen(name);
    char *at = put_begin(json, length + 4);
    if (at == NULL)
        return;
    if (!first)
        *at++ = ',';
    *at++ = '"';
    memcpy(at, name, length);
    at += length;
    *at++ = '"';
    *at++ = ':';
    put_end(json, at);
}

static void put_number(struct json *json, int64_t number)
{
    char *at = put_begin(json, DIGITS_MAX + 1);
    if (at != NULL)
        put_end(json, at + digits_put_signed(at, number));
}

static void put_message(struct json *json, const ProtobufCMessage *message);

/* One value of FIELD's type at MEMBER. */
static void put_value(struct json *json, const ProtobufCFieldDescriptor *field, const void *member)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        put_string(json, *(char *const *)member);
        break;
    case PROTOBUF_C_TYPE_UINT32:
        put_number(json, *(const uint32_t *)member);
        break;
    case PROTOBUF_C_TYPE_INT64:
        put_number(json, *(const int64_t *)member);
        break;
    case PROTOBUF_C_TYPE_UINT64:
        /* Commit numbers and sums of revisions stay far below 2^63. */
        put_number(json, (int64_t) * (const uint64_t *)member);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        if (*(const protobuf_c_boolean *)member)
            put(json, "true", 4);
        else
            put(json, "false", 5);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        put_message(json, *(ProtobufCMessage *const *)member);
        break;
    default:
        json->length = JSON_FAILED; /* view.proto has no other types */
    }
}

static void put_repeated(struct json *json, const ProtobufCMessage *message,
    const ProtobufCFieldDescriptor *field, const void *member)
{
    size_t count = *(const size_t *)(const void *)((const char *)message + field->quantifier_offset);
    void *const *items = *(void *const *const *)member;

    put(json, "[", 1);
    for (size_t i = 0; i < count; i++) {
        put(json, ",", i > 0);
        put_value(json, field, &items[i]);
    }
    put(json, "]", 1);
}

static void put_message(struct json *json, const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;

    put(json, "{", 1);
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        const void *member = (const char *)message + field->offset;
        put_name(json, field->name, i == 0);
        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            put_repeated(json, message, field, member);
        else
            put_value(json, field, member);
    }
    put(json, "}", 1);
}

static char *json_of(struct built *built, int error)
{
    struct json json = {.length = error == CHISO_OK ? 0 : JSON_FAILED};

    if (error == CHISO_OK)
        put_message(&json, &built->base);
    release(built);
    if (json.length != JSON_FAILED) {
        json.text[json.length] = '\0';
        return json.text;
    }
    free(json.text);
    return NULL;
}

/* The public functions differ in the message only. */
#define ENCODED(name)                                                                                        \
    int view_##name##_encode(const struct view_##name *view, uint8_t **out, size_t *length)                  \
    {                                                                                                        \
        struct built built = {0};                                                                            \
        int error = build_##name(view, &built);                                                              \
        return pack(&built, error, out, length);                                                             \
    }
#define AS_JSON(name)                                                                                        \
    char *view_##name##_json(const struct view_##name *view)                                                 \
    {                                                                                                        \
        struct built built = {0};                                                                            \
        int error = build_##name(view, &built);                                                              \
        return json_of(&built, error);                                                                       \
    }

ENCODED(pillar_snapshot)
ENCODED(pillar_change)
ENCODED(alert_snapshot)
ENCODED(alert_event)
ENCODED(service_status)
AS_JSON(pillar_snapshot)
AS_JSON(pillar_change)
AS_JSON(alert_snapshot)
AS_JSON(alert_event)

int view_publisher_status_decode(const void *bytes, size_t length, struct view_publisher_status *out)
{
    struct chiso_message why;
    if (wire_check("a status", &chiso__v1__service_status__descriptor, NULL, 0, bytes, length, &why))
        return CHISO_EINVAL;
    Chiso__V1__ServiceStatus *status = chiso__v1__service_status__unpack(NULL, length, bytes);
    if (status == NULL)
        return CHISO_ENOMEM;
    int error = strlen(status->state) < sizeof out->state ? CHISO_OK : CHISO_EINVAL;
    if (error == CHISO_OK) {
        *out = (struct view_publisher_status){.at_ms = status->at_ms,
            .published = status->published,
            .outstanding = status->outstanding,
            .refused = status->refused};
        snprintf(out->state, sizeof out->state, "%s", status->state);
    }
    chiso__v1__service_status__free_unpacked(status, NULL);
    return error;
}
