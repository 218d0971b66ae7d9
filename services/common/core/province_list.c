#include "core/province_list.h"

#include <string.h>

bool province_list_next(const char **at, char out[CHISO_UNIT_BYTES_MAX + 1])
{
    size_t length = strcspn(*at, ",");
    if (!**at)
        return false;
    /* Longer than any code: cut, it then is none. */
    size_t kept = length < CHISO_UNIT_BYTES_MAX ? length : CHISO_UNIT_BYTES_MAX;
    memcpy(out, *at, kept);
    out[kept] = '\0';
    *at += length + ((*at)[length] == ',');
    return true;
}

bool province_list_has(const char *list, const char *code)
{
    char one[CHISO_UNIT_BYTES_MAX + 1];
    if (!list || !*list)
        return true;
    for (const char *at = list; province_list_next(&at, one);) {
        if (strcmp(one, code) == 0)
            return true;
    }
    return false;
}

int province_list_check(const char *list, const struct catalogue *catalogue, struct chiso_message *why)
{
    char one[CHISO_UNIT_BYTES_MAX + 1];
    for (const char *at = list ? list : ""; province_list_next(&at, one);) {
        if (!catalogue_is_province(catalogue, catalogue_unit_find(catalogue, one))) {
            chiso_message_set(why, "provinces: \"%s\" is no province of the catalogue", one);
            return CHISO_EINVAL;
        }
    }
    return CHISO_OK;
}
