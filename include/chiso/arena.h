/* A bump allocator with a cap: decoding a message costs no more than what the caller set aside for it. reset
 * makes all its memory reusable at once. */
#ifndef CHISO_ARENA_H
#define CHISO_ARENA_H

#include <chiso/error.h>
#include <stddef.h>

struct chiso_arena {
    unsigned char *base;
    size_t capacity, used;
};
int chiso_arena_init(struct chiso_arena *arena, size_t capacity_bytes);
void chiso_arena_reset(struct chiso_arena *arena);
void chiso_arena_release(struct chiso_arena *arena); /* accepts a zeroed arena */
/* Aligned for any type; NULL when the cap is reached. Never freed singly. */
void *chiso_arena_alloc(struct chiso_arena *arena, size_t size);
/* A copy of at most LENGTH bytes of TEXT with a NUL; NULL when the cap is reached. */
char *chiso_arena_strndup(struct chiso_arena *arena, const char *text, size_t length);

#endif
