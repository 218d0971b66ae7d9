#include "core/wire.h"
#include "core/utf8.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Wire types of proto3; 3 and 4 (groups) are proto2's. */
enum { VARINT = 0, FIXED64 = 1, DELIMITED = 2, FIXED32 = 5 };

struct walk {
    const char *name;
    const unsigned char *bytes;
    size_t length; /* of the whole payload */
    const struct wire_limit *limits;
    size_t limit_count, unknown;
    struct chiso_message *why;
};

__attribute__((format(printf, 3, 4))) static int fault(
    const struct walk *walk, size_t at, const char *format, ...)
{
    char what[128];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    chiso_message_set(
        walk->why, "%s of %zu bytes is refused: at byte %zu %s", walk->name, walk->length, at, what);
    return CHISO_EINVAL;
}

/* A base-128 number of at most BYTES_MAX bytes at *AT, which moves behind it. Tags and lengths have five at
 * most, values ten, leading zeros included: what protobuf-c reads. */
enum { TAG_BYTES = 5, VALUE_BYTES = 10 };
static int read_varint(const struct walk *walk, size_t *at, size_t end, unsigned bytes_max, uint64_t *out)
{
    uint64_t value = 0;
    size_t start = *at;

    for (unsigned shift = 0; shift < 7 * bytes_max; shift += 7) {
        if (*at >= end)
            return fault(walk, start, "a number is cut off");
        unsigned char byte = walk->bytes[(*at)++];
        if (shift == 63 && byte > 1)
            return fault(walk, start, "a number is beyond 64 bits");
        value |= (uint64_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) {
            *out = value;
            return CHISO_OK;
        }
    }
    return fault(walk, start, "a number is longer than %u bytes", bytes_max);
}

static unsigned wire_type(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return DELIMITED;
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return FIXED64;
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return FIXED32;
    default:
        return VARINT;
    }
}

static int check_number(
    const struct walk *walk, size_t at, const ProtobufCFieldDescriptor *field, uint64_t value)
{
    if (field->type == PROTOBUF_C_TYPE_UINT32 && value > UINT32_MAX)
        return fault(walk, at, "%s is %" PRIu64 ", beyond 32 bits", field->name, value);
    if (field->type == PROTOBUF_C_TYPE_BOOL && value > 1)
        return fault(walk, at, "%s is %" PRIu64 ", neither 0 nor 1", field->name, value);
    if (field->type == PROTOBUF_C_TYPE_ENUM &&
        (value > INT32_MAX || protobuf_c_enum_descriptor_get_value(field->descriptor, (int)value) == NULL))
        return fault(walk, at, "%s has the unknown value %" PRId64, field->name, (int64_t)value);
    return CHISO_OK;
}

static size_t string_limit(const struct walk *walk, const ProtobufCMessageDescriptor *message, uint32_t field)
{
    for (size_t i = 0; i < walk->limit_count; i++)
        if (walk->limits[i].message == message && walk->limits[i].field == field)
            return walk->limits[i].bytes;
    return CHISO_REJECTION_BYTES_MAX;
}

static int check_string(const struct walk *walk, const ProtobufCMessageDescriptor *message,
    const ProtobufCFieldDescriptor *field, size_t at, size_t length)
{
    const unsigned char *text = walk->bytes + at;
    size_t limit = string_limit(walk, message, field->id);

    if (length > limit)
        return fault(walk, at, "%s has %zu bytes, at most %zu are allowed", field->name, length, limit);
    if (memchr(text, '\0', length) != NULL)
        return fault(walk, at, "%s has a NUL character", field->name);
    if (!utf8_is_valid(text, length))
        return fault(walk, at, "%s is not UTF-8", field->name);
    return CHISO_OK;
}

static int check_message(
    struct walk *walk, const ProtobufCMessageDescriptor *message, size_t at, size_t end, unsigned depth);

/* A length-delimited field's content [*AT, *AT + length), which is skipped. FIELD may be NULL: unknown. */
static int check_delimited(struct walk *walk, const ProtobufCMessageDescriptor *message,
    const ProtobufCFieldDescriptor *field, size_t *at, size_t end, unsigned depth)
{
    uint64_t length = 0;
    size_t start = *at;
    int error = read_varint(walk, at, end, TAG_BYTES, &length);

    if (error != CHISO_OK)
        return error;
    if (length > end - *at)
        return fault(walk, start, "%s is cut off: %" PRIu64 " bytes announced, %zu left",
            field != NULL ? field->name : "a field", length, end - *at);
    size_t content = *at;
    *at += (size_t)length;
    if (field == NULL)
        return CHISO_OK;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return check_string(walk, message, field, content, (size_t)length);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return check_message(walk, field->descriptor, content, *at, depth + 1);
    return CHISO_OK;
}

/* The content of one field, FIELD NULL: unknown. */
static int check_content(struct walk *walk, const ProtobufCMessageDescriptor *message,
    const ProtobufCFieldDescriptor *field, unsigned type, size_t *at, size_t end, unsigned depth)
{
    size_t start = *at, width = type == FIXED64 ? 8 : 4;
    uint64_t value = 0;
    int error;

    switch (type) {
    case VARINT:
        error = read_varint(walk, at, end, VALUE_BYTES, &value);
        return error != CHISO_OK || field == NULL ? error : check_number(walk, start, field, value);
    case DELIMITED:
        return check_delimited(walk, message, field, at, end, depth);
    default:
        if (end - *at < width)
            return fault(walk, start, "a number is cut off");
        *at += width;
        return CHISO_OK;
    }
}

/* Field number and wire type at *AT. */
static int read_tag(const struct walk *walk, size_t *at, size_t end, uint32_t *id, unsigned *type)
{
    uint64_t tag = 0;
    size_t start = *at;
    int error = read_varint(walk, at, end, TAG_BYTES, &tag);

    if (error != CHISO_OK)
        return error;
    *type = (unsigned)(tag & 7);
    if (tag >> 3 == 0 || tag >> 3 > (UINT32_MAX >> 3))
        return fault(walk, start, "there is no field number %" PRIu64, tag >> 3);
    *id = (uint32_t)(tag >> 3);
    if (*type == 3 || *type == 4 || *type > FIXED32)
        return fault(
            walk, start, "field %" PRIu32 " has the wire type %u, which proto3 does not use", *id, *type);
    return CHISO_OK;
}

static int check_message(
    struct walk *walk, const ProtobufCMessageDescriptor *message, size_t at, size_t end, unsigned depth)
{
    size_t repeated = 0, others = 0;

    if (depth > WIRE_DEPTH_MAX)
        return fault(walk, at, "messages are nested too deeply");
    while (at < end) {
        size_t start = at;
        uint32_t id = 0; /* gcc does not see at -O2 that read_tag sets it */
        unsigned type;
        int error = read_tag(walk, &at, end, &id, &type);
        if (error != CHISO_OK)
            return error;
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(message, id);
        if (field != NULL && type != wire_type(field))
            return fault(walk, start, "%s has the wire type %u, not %u", field->name, type, wire_type(field));
        if (field != NULL && field->label == PROTOBUF_C_LABEL_REPEATED) {
            if (++repeated > WIRE_REPEATED_MAX)
                return fault(walk, start, "there are more than %d %s", WIRE_REPEATED_MAX, field->name);
        } else if (++others > WIRE_FIELDS_MAX || (field == NULL && ++walk->unknown > WIRE_UNKNOWN_MAX)) {
            return fault(walk, start, "there are too many fields");
        }
        if ((error = check_content(walk, message, field, type, &at, end, depth)) != CHISO_OK)
            return error;
    }
    return CHISO_OK;
}

/* The row of a whole message has the field number 0, which protobuf does not use. */
static size_t payload_limit(const struct walk *walk, const ProtobufCMessageDescriptor *message)
{
    for (size_t i = 0; i < walk->limit_count; i++)
        if (walk->limits[i].message == message && walk->limits[i].field == 0)
            return walk->limits[i].bytes;
    return CHISO_PAYLOAD_BYTES_MAX;
}

int wire_check(const char *name, const ProtobufCMessageDescriptor *message, const struct wire_limit *limits,
    size_t limit_count, const void *bytes, size_t length, struct chiso_message *why)
{
    struct walk walk = {.name = name,
        .bytes = bytes,
        .length = length,
        .limits = limits,
        .limit_count = limit_count,
        .why = why};

    if (length == 0) {
        chiso_message_set(why, "%s of 0 bytes is refused: the payload is empty", name);
        return CHISO_EINVAL;
    }
    size_t limit = payload_limit(&walk, message);
    if (length > limit) {
        chiso_message_set(why, "%s of %zu bytes is refused: at most %zu are allowed", name, length, limit);
        return CHISO_EINVAL;
    }
    if (walk.bytes[0] == '{' || walk.bytes[0] == '<')
        return fault(&walk, 0, "there is text, not protobuf");
    return check_message(&walk, message, 0, length, 0);
}
