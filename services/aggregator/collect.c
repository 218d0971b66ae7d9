#include "collect.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "chiso/v1/report/"

void collect_clear(struct collect *collect)
{
    for (size_t i = 0; i < collect->count; i++)
        free((void *)collect->messages[i].bytes);
    collect->count = collect->bytes = 0;
}

bool collect_is_full(const struct collect *collect)
{
    return collect->count == BATCH_MESSAGES_MAX || collect->bytes >= BATCH_BYTES_MAX;
}

/* Copies the topic level at *AT up to STOP into OUT. */
static bool take_level(const char **at, char stop, char out[CHISO_UNIT_BYTES_MAX + 1])
{
    const char *end = strchr(*at, stop);
    size_t length = end ? (size_t)(end - *at) : 0;
    if (!end || length == 0 || length > CHISO_UNIT_BYTES_MAX)
        return false;
    memcpy(out, *at, length);
    out[length] = '\0';
    *at = end + (stop != '\0');
    return chiso_code_is_valid(out, CHISO_UNIT_BYTES_MAX);
}

int collect_add(struct collect *collect, const char *topic, const void *bytes, size_t length)
{
    struct message *message = &collect->messages[collect->count];
    const char *at = topic + strlen(PREFIX);
    if (strncmp(topic, PREFIX, strlen(PREFIX)) != 0 || !take_level(&at, '/', message->province) ||
        !take_level(&at, '\0', message->publisher))
        return CHISO_EINVAL;
    void *copy = malloc(length + 1);
    if (!copy)
        return CHISO_ENOMEM;
    if (length)
        memcpy(copy, bytes, length);
    message->bytes = copy;
    message->length = length;
    collect->count++;
    collect->bytes += length;
    return CHISO_OK;
}
