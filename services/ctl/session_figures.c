/* The part of a session that reads figures. */
#include "session.h"

#include "core/boundaries.h"
#include "io/journal_replay.h"
#include <stdlib.h>

int session_load_province(struct session *session, uint32_t province)
{
    struct chiso_message why = {""};
    if (session->past)
        return session_load_past(session, province);
    int error = figures_add(session->redis, session->catalogue, province, session->store, NULL, &why);
    if (error)
        return session_fail_for(session, error, &why);
    return SESSION_ON;
}

/* Exit statuses are positive but for SESSION_ON, which here must not stop the visits. */
static int load_one(void *context, uint32_t province)
{
    int status = session_load_province(context, province);
    return status == SESSION_ON ? 0 : status;
}

int session_load_history(struct session *session, uint32_t province)
{
    int status = boundaries_provinces(session->catalogue, province, load_one, session);
    if (status < 0)
        return session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(status));
    return status == 0 ? SESSION_ON : status;
}

int session_load(struct session *session, uint32_t unit, chiso_day day)
{
    uint32_t province = catalogue_province_at(session->catalogue, unit, day);
    size_t count;
    if (province != CATALOGUE_NONE)
        return session_load_history(session, province);
    const uint32_t *provinces = catalogue_provinces(session->catalogue, &count);
    int status = SESSION_ON;
    for (size_t i = 0; i < count && status == SESSION_ON; i++)
        status = session_load_province(session, provinces[i]);
    return status;
}

static int has_commit(const struct session *session, uint32_t province, bool *out)
{
    struct chiso_message why = {""};
    struct head head;
    struct journal_stamp stamp;
    const char *code = catalogue_unit_code(session->catalogue, province);
    const struct journal_source journals = session_journals(session);
    int error = session->past ? journal_last_before(&journals, code, session->now, &stamp, &why)
                              : figures_head(session->redis, code, &head, &why);
    if (error)
        return session_fail_for(session, error, &why);
    *out = session->past ? stamp.seq > 0 : head.seq > 0;
    return SESSION_ON;
}

int session_provinces(const struct session *session, uint32_t **out, size_t *count)
{
    size_t all, kept = 0;
    const uint32_t *provinces = catalogue_provinces(session->catalogue, &all);
    uint32_t *list = calloc(all + 1, sizeof *list);
    int status = SESSION_ON;
    if (!list)
        return session_fail(session, EXIT_RUNTIME, "no memory");
    if (session->options.province) {
        list[kept] = catalogue_unit_find(session->catalogue, session->options.province);
        if (list[kept] == CATALOGUE_NONE || !catalogue_is_province(session->catalogue, list[kept]))
            status =
                session_fail(session, EXIT_RUNTIME, "there is no province '%s'", session->options.province);
        kept = 1;
    }
    for (size_t i = 0; i < all && !session->options.province && status == SESSION_ON; i++) {
        bool has = false;
        status = has_commit(session, provinces[i], &has);
        if (has)
            list[kept++] = provinces[i];
    }
    if (status != SESSION_ON) {
        free(list);
        return status;
    }
    *out = list;
    *count = kept;
    return SESSION_ON;
}
