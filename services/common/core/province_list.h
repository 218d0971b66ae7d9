/* The list of provinces a service is to serve, as --provinces gives it: codes separated by commas ("35,36").
 * NULL or "" means all. */
#ifndef CORE_PROVINCE_LIST_H
#define CORE_PROVINCE_LIST_H

#include "core/catalogue.h"
#include <chiso/report.h>

/* The next code from *AT, which moves on; false at the end. */
bool province_list_next(const char **at, char out[CHISO_UNIT_BYTES_MAX + 1]);
bool province_list_has(const char *list, const char *code);
/* CHISO_EINVAL names the first code that is no province of CATALOGUE on any day. */
int province_list_check(const char *list, const struct catalogue *catalogue, struct chiso_message *why);

#endif
