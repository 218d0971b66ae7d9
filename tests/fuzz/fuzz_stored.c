/* Any bytes as a leaf, a total, a score, or lines of a rebuild's journal entry in Redis: what parses prints as a
 * text that parses to the same. */
#include "core/figure.h"
#include "core/moved.h"
#include "core/score_text.h"
#include "core/total.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void leaf(const char *text, size_t length)
{
    struct leaf first, second;
    char printed[LEAF_CHARS], again[LEAF_CHARS];
    if (leaf_parse(text, length, &first))
        return;
    size_t count = leaf_print(&first, printed);
    assert(leaf_parse(printed, count, &second) == 0);
    assert(figure_equal(&first.figure, &second.figure));
    assert(leaf_print(&second, again) == count && memcmp(printed, again, count) == 0);
}

static void total(const char *text, size_t length)
{
    struct total first, second;
    char printed[TOTAL_CHARS], again[TOTAL_CHARS];
    if (total_parse(text, length, &first))
        return;
    size_t count = total_print(&first, printed);
    assert(total_parse(printed, count, &second) == 0);
    assert(total_print(&second, again) == count && memcmp(printed, again, count) == 0);
}

static void moved(const char *data, size_t length)
{
    char *text = strndup(data, length);
    assert(text);
    struct moved first, second;
    for (const char *at = text; moved_next(&at, &first) == 0;) {
        char printed[MOVED_CHARS];
        const char *again = printed;
        size_t count = moved_print(&first, printed);
        assert(count < sizeof printed && moved_next(&again, &second) == 0 && again == printed + count);
    }
    free(text);
}

static void score(const char *text, size_t length)
{
    struct score first, second;
    char printed[SCORE_TEXT_CHARS], again[SCORE_TEXT_CHARS];
    if (score_parse(text, length, &first))
        return;
    size_t count = score_print(&first, printed);
    assert(count == length && memcmp(printed, text, length) == 0);
    assert(score_parse(printed, count, &second) == 0);
    assert(score_print(&second, again) == count && memcmp(printed, again, count) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    moved((const char *)data, size);
    score((const char *)data, size);
    leaf((const char *)data, size);
    total((const char *)data, size);
    return 0;
}
