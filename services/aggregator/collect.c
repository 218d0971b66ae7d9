#include "collect.h"

#include "core/topic.h"
#include <stdlib.h>
#include <string.h>

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

int collect_add(struct collect *collect, const char *topic, const void *bytes, size_t length)
{
    struct message *message = &collect->messages[collect->count];
    int error = topic_parse(topic, TOPIC_REPORT, message->province, message->publisher);
    if (error)
        return error;
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
