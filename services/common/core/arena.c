#include <chiso/arena.h>

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

int chiso_arena_init(struct chiso_arena *arena, size_t capacity_bytes)
{
    unsigned char *base = malloc(capacity_bytes);

    if (base == NULL)
        return CHISO_ENOMEM;
    *arena = (struct chiso_arena){.base = base, .capacity = capacity_bytes};
    return CHISO_OK;
}

void chiso_arena_reset(struct chiso_arena *arena)
{
    arena->used = 0;
}

void chiso_arena_release(struct chiso_arena *arena)
{
    free(arena->base);
    *arena = (struct chiso_arena){0};
}

void *chiso_arena_alloc(struct chiso_arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    size_t start = (arena->used + unit - 1) / unit * unit;

    if (start > arena->capacity || size > arena->capacity - start)
        return NULL;
    arena->used = start + size;
    return arena->base + start;
}

char *chiso_arena_strndup(struct chiso_arena *arena, const char *text, size_t length)
{
    length = strnlen(text, length);
    char *copy = chiso_arena_alloc(arena, length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}
