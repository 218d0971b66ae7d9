#include "core/topic.h"

#include <stdio.h>
#include <string.h>

/* The LENGTH bytes at TEXT as a code. */
static bool take_code(const char *text, size_t length, char out[CHISO_UNIT_BYTES_MAX + 1])
{
    if (length > CHISO_UNIT_BYTES_MAX)
        return false;
    memcpy(out, text, length);
    out[length] = '\0';
    return chiso_code_is_valid(out, CHISO_UNIT_BYTES_MAX);
}

int topic_parse(const char *topic, const char *prefix, char province[CHISO_UNIT_BYTES_MAX + 1],
    char publisher[CHISO_UNIT_BYTES_MAX + 1])
{
    char codes[2][CHISO_UNIT_BYTES_MAX + 1];
    size_t length = strlen(prefix);
    if (strncmp(topic, prefix, length) != 0)
        return CHISO_EINVAL;
    const char *first = topic + length, *slash = strchr(first, '/');
    if (!slash || !take_code(first, (size_t)(slash - first), codes[0]) ||
        !take_code(slash + 1, strlen(slash + 1), codes[1]))
        return CHISO_EINVAL;
    memcpy(province, codes[0], sizeof codes[0]);
    memcpy(publisher, codes[1], sizeof codes[1]);
    return CHISO_OK;
}

void topic_print(const char *prefix, const char *province, const char *publisher, char out[TOPIC_CHARS])
{
    (void)snprintf(out, TOPIC_CHARS, "%s%.*s/%.*s", prefix, CHISO_UNIT_BYTES_MAX, province,
        CHISO_UNIT_BYTES_MAX, publisher);
}
