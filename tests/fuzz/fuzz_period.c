/* Any bytes: a period that parses prints as itself, and its parts lie inside it. */
#include <assert.h>
#include <chiso/period.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct chiso_period period, again, parts[CHISO_PERIOD_PARTS_MAX];
    if (chiso_period_parse((const char *)data, size, &period))
        return 0;
    char text[CHISO_PERIOD_CHARS];
    size_t length = chiso_period_print(period, text);
    assert(chiso_period_parse(text, length, &again) == 0 && chiso_period_equal(period, again));
    for (int calendar = CHISO_STATISTICAL; calendar <= CHISO_ADMINISTRATIVE; calendar++) {
        size_t count = chiso_period_parts(period, (enum chiso_calendar)calendar, parts);
        for (size_t i = 0; i < count; i++)
            assert(chiso_period_contains(period, parts[i], (enum chiso_calendar)calendar));
    }
    return 0;
}
