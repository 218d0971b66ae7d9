/* Lists that grow: a pointer, a count and a capacity in whatever struct holds them, all zero at first. */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include <stddef.h>

/* Makes room for one more where COUNT has reached CAPACITY: the list moves, to be freed with free(). CHISO_ENOMEM:
 * everything is as it was. */
#define LIST_GROW(list, count, capacity) list_grow(&(list), (count), &(capacity), sizeof *(list))
/* LIST is the address of the pointer. */
int list_grow(void *list, size_t count, size_t *capacity, size_t size);

#endif
