/* The strict reading of protobuf bytes that protobuf-c 1.4 does not do: it accepts an empty payload, unknown
 * enum values, numbers wider than their field, embedded NULs (which then cut the string) and invalid UTF-8.
 * wire_check walks the bytes along the generated descriptors before protobuf-c sees them, so whatever it
 * passes decodes to exactly what was sent, and every fault has its offset. Private to the codecs. */
#ifndef CORE_WIRE_H
#define CORE_WIRE_H

#include <chiso/error.h>
#include <chiso/report.h>
#include <protobuf-c/protobuf-c.h>

/* Limits that the descriptors do not carry. */
#define WIRE_DEPTH_MAX 4
/* Repeated messages of one kind in one message. */
#define WIRE_REPEATED_MAX CHISO_OBSERVATIONS_MAX
/* Other fields in one message: a sender may repeat or add a few, not thousands. */
#define WIRE_FIELDS_MAX 32
/* Fields of a later version in a whole payload: a few per observation. */
#define WIRE_UNKNOWN_MAX ((size_t)4 * CHISO_OBSERVATIONS_MAX)

struct wire_limit {
    const ProtobufCMessageDescriptor *message;
    uint32_t field;
    size_t bytes; /* of a string */
};

/* CHISO_OK, or CHISO_EINVAL with a sentence "NAME of 512 bytes is refused: at byte 37 …". Strings without a
 * row in LIMITS may have CHISO_REJECTION_BYTES_MAX bytes, the whole without a row of field 0
 * CHISO_PAYLOAD_BYTES_MAX. */
int wire_check(const char *name, const ProtobufCMessageDescriptor *message, const struct wire_limit *limits,
    size_t limit_count, const void *bytes, size_t length, struct chiso_message *why);

#endif
