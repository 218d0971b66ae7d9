#include "core/catalogue_memory.h"

#include <chiso/error.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)64 * 1024)

struct memory_block {
    struct memory_block *next;
    size_t length, used;
    alignas(max_align_t) unsigned char bytes[];
};

static struct memory_block *add_block(struct memory *memory, size_t length)
{
    size_t room = length > BLOCK_BYTES ? length : BLOCK_BYTES;
    if (length > memory->limit - memory->used)
        return NULL;
    struct memory_block *block = calloc(1, sizeof *block + room);
    if (block == NULL)
        return NULL;
    block->length = room;
    block->next = memory->blocks;
    memory->blocks = block;
    return block;
}

void *memory_take(struct memory *memory, size_t count, size_t size)
{
    const size_t alignment = alignof(max_align_t);
    if (size != 0 && count > memory->limit / size)
        return NULL;
    size_t length = (count * size + alignment - 1) / alignment * alignment;
    struct memory_block *block = memory->blocks;
    if (length > memory->limit - memory->used)
        return NULL;
    if (block == NULL || length > block->length - block->used) {
        block = add_block(memory, length);
        if (block == NULL)
            return NULL;
    }
    void *taken = block->bytes + block->used;
    block->used += length;
    memory->used += length;
    return taken;
}

char *memory_copy(struct memory *memory, const char *text, size_t length)
{
    char *copy = memory_take(memory, length + 1, 1);
    if (copy != NULL)
        memcpy(copy, text, length);
    return copy;
}

int memory_grow(struct memory *memory, void *list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return CHISO_OK;
    size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = memory_take(memory, wanted, size);
    if (grown == NULL)
        return CHISO_ENOMEM;
    void *old;
    memcpy(&old, list, sizeof old);
    if (count > 0)
        memcpy(grown, old, count * size);
    memcpy(list, &grown, sizeof grown);
    *capacity = wanted;
    return CHISO_OK;
}

void memory_release(struct memory *memory)
{
    while (memory->blocks != NULL) {
        struct memory_block *block = memory->blocks;
        memory->blocks = block->next;
        free(block);
    }
    memory->used = 0;
}

/* FNV-1a: the names are the operator's own, not an attacker's. */
static size_t hash(const char *text)
{
    uint64_t value = UINT64_C(14695981039346656037);
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return (size_t)(value ^ (value >> 32));
}

int names_init(struct names *names, struct memory *memory, size_t count)
{
    size_t size = 16;
    while (size < count * 2)
        size *= 2;
    struct name *slots = memory_take(memory, size, sizeof *slots);
    if (slots == NULL)
        return CHISO_ENOMEM;
    *names = (struct names){.slots = slots, .mask = size - 1};
    return CHISO_OK;
}

/* The slot that holds TEXT, or the free one where it would go: at most half the slots are taken. */
static struct name *slot_of(const struct names *names, const char *text)
{
    size_t at = hash(text) & names->mask;
    while (names->slots[at].text != NULL && strcmp(names->slots[at].text, text) != 0)
        at = (at + 1) & names->mask;
    return &names->slots[at];
}

uint32_t names_find(const struct names *names, const char *text)
{
    if (names->slots == NULL)
        return UINT32_MAX;
    const struct name *slot = slot_of(names, text);
    return slot->text != NULL ? slot->value : UINT32_MAX;
}

void names_set(struct names *names, const char *text, uint32_t value)
{
    struct name *slot = slot_of(names, text);
    if (slot->text == NULL)
        slot->text = text;
    slot->value = value;
}
