/* Lists as JSON that are whole or not there at all. */
#ifndef CORE_JSON_LIST_H
#define CORE_JSON_LIST_H

#include <jansson.h>
#include <stddef.h>

/* VALUE (taken over; NULL: no memory) at the end of *ARRAY, which without memory is freed and becomes NULL, and stays so. */
static inline void json_list_add(json_t **array, json_t *value)
{
    if (json_array_append_new(*array, value)) {
        json_decref(*array);
        *array = NULL;
    }
}

#endif
