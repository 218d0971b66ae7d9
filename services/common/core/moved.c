#include "core/moved.h"

#include <stdio.h>
#include <string.h>

size_t moved_print(const struct moved *moved, char out[MOVED_CHARS])
{
    char period[CHISO_PERIOD_CHARS], leaf[LEAF_CHARS];
    chiso_period_print(moved->period, period);
    leaf_print(&moved->leaf, leaf);
    return (size_t)snprintf(
        out, MOVED_CHARS, "%s %s %s %s %s\n", moved->unit, period, moved->indicator, moved->province, leaf);
}

/* The word at *AT, up to a blank. */
static bool take_word(const char **at, const char *end, char *out, size_t capacity)
{
    const char *blank = memchr(*at, ' ', (size_t)(end - *at));
    size_t length = blank ? (size_t)(blank - *at) : 0;
    if (length == 0 || length >= capacity)
        return false;
    memcpy(out, *at, length);
    out[length] = '\0';
    *at = blank + 1;
    return true;
}

int moved_next(const char **at, struct moved *out)
{
    struct moved moved;
    char period[CHISO_PERIOD_CHARS];
    const char *word = *at, *end = strchr(*at, '\n');
    if (!**at)
        return CHISO_ENOTFOUND;
    if (!end || !take_word(&word, end, moved.unit, sizeof moved.unit) ||
        !take_word(&word, end, period, sizeof period) ||
        !take_word(&word, end, moved.indicator, sizeof moved.indicator) ||
        !take_word(&word, end, moved.province, sizeof moved.province) ||
        chiso_period_parse(period, strlen(period), &moved.period) ||
        leaf_parse(word, (size_t)(end - word), &moved.leaf))
        return CHISO_EINVAL;
    *at = end + 1;
    *out = moved;
    return CHISO_OK;
}
