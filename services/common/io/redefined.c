#include "io/redefined.h"

#include "core/fit.h"
#include "io/log.h"
#include <stdio.h>
#include <string.h>

void redefined_release(struct redefined *r)
{
    catalogue_free(r->former);
    *r = (struct redefined){r->redis, r->now, "", NULL, false};
}

/* The catalogue HASH as FORMER. */
static int open_former(struct redefined *r, const char *hash, struct chiso_message *why)
{
    if (strcmp(r->hash, hash) == 0)
        return CHISO_OK;
    redefined_release(r);
    int error = catalogue_open_stored(r->redis, hash, &r->former, why);
    if (error == CHISO_ENOTFOUND || error == CHISO_EINVAL) {
        log_warning("catalogue_not_compared", "former=%.12s reason=%s", hash, log_quoted(why->text));
        error = CHISO_OK;
    }
    if (error)
        return error;
    (void)snprintf(r->hash, sizeof r->hash, "%s", hash);
    r->differs = r->former && fit_redefines(r->former, r->now);
    return CHISO_OK;
}

int redefined_each(struct redefined *r, const char *province, const struct head *head,
    void (*say)(void *context, const struct chiso_message *sentence), void *context,
    struct chiso_message *why)
{
    if (head->seq == 0)
        return CHISO_OK;
    int error = open_former(r, head->catalogue, why);
    if (error || !r->differs)
        return error;
    uint32_t unit = catalogue_unit_find(r->former, province);
    struct store *store = unit == CATALOGUE_NONE ? NULL : store_new();
    if (!store)
        return unit == CATALOGUE_NONE ? CHISO_OK : CHISO_ENOMEM;
    error = figures_load(r->redis, r->former, unit, store, NULL, why);
    if (!error)
        error = fit_each_redefined(r->former, store, r->now, say, context);
    store_free(store);
    return error;
}
