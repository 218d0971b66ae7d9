/* How MQTT topics begin (proto/README.md), and those two that name a province and a publisher:
 * chiso/v1/report/<province>/<publisher> and chiso/v1/receipt/<province>/<publisher>. */
#ifndef CORE_TOPIC_H
#define CORE_TOPIC_H

#include <chiso/report.h>

#define TOPIC_ROOT "chiso/v1/"
#define TOPIC_JSON TOPIC_ROOT "json/" /* what viewers get, once more */
#define TOPIC_STATUS TOPIC_ROOT "status/"
#define TOPIC_REPORT TOPIC_ROOT "report/"
#define TOPIC_RECEIPT TOPIC_ROOT "receipt/"
#define TOPIC_CHARS (sizeof TOPIC_RECEIPT + 2 * CHISO_UNIT_BYTES_MAX + 1)

/* What stands behind PREFIX (one of the two): both must be codes (chiso_code_is_valid). CHISO_EINVAL for any
 * other topic, and nothing is written then. */
int topic_parse(const char *topic, const char *prefix, char province[CHISO_UNIT_BYTES_MAX + 1],
    char publisher[CHISO_UNIT_BYTES_MAX + 1]);
void topic_print(const char *prefix, const char *province, const char *publisher, char out[TOPIC_CHARS]);

#endif
