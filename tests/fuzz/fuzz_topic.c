/* Any text as the topic of a report and of a receipt: what is taken are codes, and prints as itself. */
#include "core/topic.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_prefix(const char *prefix, const char *text)
{
    char province[CHISO_UNIT_BYTES_MAX + 1], publisher[CHISO_UNIT_BYTES_MAX + 1], printed[TOPIC_CHARS];
    if (topic_parse(text, prefix, province, publisher) != CHISO_OK)
        return;
    assert(chiso_code_is_valid(province, CHISO_UNIT_BYTES_MAX));
    assert(chiso_code_is_valid(publisher, CHISO_UNIT_BYTES_MAX));
    topic_print(prefix, province, publisher, printed);
    assert(strcmp(printed, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* On the heap, and no byte longer: reading beyond its end is seen. */
    char *text = strndup((const char *)data, size);
    assert(text);
    try_prefix(TOPIC_REPORT, text);
    try_prefix(TOPIC_RECEIPT, text);
    free(text);
    return 0;
}
