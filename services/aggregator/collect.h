/* The batch that is being collected: reports as they arrived, grouped by province when it is processed. */
#ifndef AGGREGATOR_COLLECT_H
#define AGGREGATOR_COLLECT_H

#include "decide.h"

/* A batch is closed at this many reports or bytes: nothing of it is acknowledged before all of it is committed. */
#define BATCH_MESSAGES_MAX 8000
#define BATCH_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct collect {
    struct message messages[BATCH_MESSAGES_MAX];
    size_t count, bytes;
};

void collect_clear(struct collect *collect);
bool collect_is_full(const struct collect *collect);
/* Copies a message. CHISO_EINVAL for a topic that is no report's (core/topic.h): it is not kept. */
int collect_add(struct collect *collect, const char *topic, const void *bytes, size_t length);

#endif
