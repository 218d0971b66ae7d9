/* The two MQTT topics that name a province and a publisher, as proto/README.md has them:
 * chiso/v1/report/<province>/<publisher> and chiso/v1/receipt/<province>/<publisher>. */
#ifndef CORE_TOPIC_H
#define CORE_TOPIC_H

#include <chiso/report.h>

#define TOPIC_REPORT "chiso/v1/report/"
#define TOPIC_RECEIPT "chiso/v1/receipt/"
#define TOPIC_CHARS (sizeof TOPIC_RECEIPT + 2 * CHISO_UNIT_BYTES_MAX + 1)

/* What stands behind PREFIX (one of the two): both must be codes (chiso_code_is_valid). CHISO_EINVAL for any
 * other topic, and nothing is written then. */
int topic_parse(const char *topic, const char *prefix, char province[CHISO_UNIT_BYTES_MAX + 1],
    char publisher[CHISO_UNIT_BYTES_MAX + 1]);
void topic_print(const char *prefix, const char *province, const char *publisher, char out[TOPIC_CHARS]);

#endif
