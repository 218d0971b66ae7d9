#include "core/list.h"

#include <chiso/error.h>
#include <stdlib.h>
#include <string.h>

int list_grow(void *list, size_t count, size_t *capacity, size_t size)
{
    void *old, *moved;
    if (count < *capacity)
        return CHISO_OK;
    size_t grown = *capacity ? 2 * *capacity : 4;
    memcpy(&old, list, sizeof old);
    moved = realloc(old, grown * size);
    if (!moved)
        return CHISO_ENOMEM;
    memcpy(list, &moved, sizeof moved);
    *capacity = grown;
    return CHISO_OK;
}
