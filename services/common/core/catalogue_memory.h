/* The catalogue's memory: blocks that are given back all at once, with a limit; and a table from names to
 * numbers in such memory. Everything of one catalogue is freed by one call, whatever failed half-way. */
#ifndef CORE_CATALOGUE_MEMORY_H
#define CORE_CATALOGUE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct memory_block;
struct memory {
    struct memory_block *blocks;
    size_t used, limit; /* bytes */
};

/* COUNT zeroed objects of SIZE bytes, aligned for every type; never NULL for COUNT 0. NULL: no memory, or
 * beyond the limit. */
void *memory_take(struct memory *memory, size_t count, size_t size);
/* The text with a NUL behind it. */
char *memory_copy(struct memory *memory, const char *text, size_t length);
/* Makes room for one more behind COUNT objects of SIZE bytes; *CAPACITY and *LIST grow together. 0 or
 * CHISO_ENOMEM. */
int memory_grow(struct memory *memory, void *list, size_t count, size_t *capacity, size_t size);
void memory_release(struct memory *memory);

struct name {
    const char *text; /* NULL: free; not owned */
    uint32_t value;
};
struct names {
    struct name *slots;
    size_t mask;
};

/* For at most COUNT names. 0 or CHISO_ENOMEM. */
int names_init(struct names *names, struct memory *memory, size_t count);
/* The value of TEXT, or UINT32_MAX. */
uint32_t names_find(const struct names *names, const char *text);
/* Adds TEXT, or changes its value. TEXT must outlive the table. */
void names_set(struct names *names, const char *text, uint32_t value);

#endif
