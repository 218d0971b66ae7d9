/* The part of a session that looks at the past: figures, closings and catalogue as they stood, made again from the
 * journals (core/replay.h). */
#include "session.h"

#include "core/rollup.h"
#include "io/journal_replay.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int session_as_of(struct session *session, const char *text)
{
    chiso_instant_ms instant;
    chiso_day day;
    if (!text)
        return SESSION_ON;
    if (chiso_day_parse(text, strlen(text), &day) == CHISO_OK)
        instant = chiso_instant_on(day, 24) - 1;
    else if (chiso_instant_parse(text, &instant))
        return session_fail(session, EXIT_USAGE,
            "--as-of '%s' is no time such as 2025-05-05T08:00:00+07:00, and no day such as 2025-05-05", text);
    if (instant > session->now)
        return session_fail(session, EXIT_USAGE, "--as-of '%s' is in the future", text);
    if (session->options.catalogue)
        return session_fail(session, EXIT_USAGE,
            "--as-of takes the catalogue that was in force then: it goes without --catalogue");
    session->past = true;
    session->now = instant;
    return SESSION_ON;
}

/* ---- the catalogue of then ---- */

/* The newest entry of any province that is not later than then. A change of catalogue is an entry of every
 * province that has one. */
static int find_entry(const struct session *session, struct journal_stamp *newest, struct chiso_message *why)
{
    size_t count;
    const uint32_t *provinces = catalogue_provinces(session->catalogue, &count);
    const struct journal_source journals = session_journals(session);
    *newest = (struct journal_stamp){0};
    for (size_t i = 0; i < count; i++) {
        struct journal_stamp stamp;
        int error = journal_last_before(
            &journals, catalogue_unit_code(session->catalogue, provinces[i]), session->now, &stamp, why);
        if (error)
            return error;
        if (stamp.seq && (!newest->seq || stamp.time > newest->time))
            *newest = stamp;
    }
    return CHISO_OK;
}

static int take_catalogue(struct session *session, const char *hash)
{
    struct chiso_message why = {""};
    struct catalogue *then = NULL;
    int error = catalogue_open_stored(session->redis, hash, &then, &why);
    if (error)
        return session_fail(session, EXIT_RUNTIME, "the catalogue of then: %s", why.text);
    catalogue_free(session->catalogue);
    session->catalogue = then;
    (void)snprintf(session->hash, sizeof session->hash, "%s", hash);
    return SESSION_ON;
}

int session_open_past(struct session *session)
{
    struct chiso_message why = {""};
    struct journal_stamp newest;
    char text[CHISO_TIME_CHARS];
    int error = find_entry(session, &newest, &why);
    if (error)
        return session_fail_for(session, error, &why);
    chiso_instant_print(session->now, text);
    if (!newest.seq)
        return session_fail(session, EXIT_RUNTIME, "nothing had been reported by %s", text);
    return take_catalogue(session, newest.catalogue);
}

int session_at_closing(const struct session *session, const char *province, uint64_t seq, struct session *out)
{
    struct chiso_message why = {""};
    struct journal_stamp stamp;
    *out = (struct session){.program = session->program,
        .options = session->options,
        .redis = session->redis,
        .archive = session->archive,
        .past = true,
        .past_province = province,
        .past_seq = seq};
    const struct journal_source journals = session_journals(session);
    int error = journal_stamp_read(&journals, province, seq, &stamp, &why);
    if (error || !stamp.seq)
        return session_fail(session, EXIT_RUNTIME, "the journal of %s, entry %" PRIu64 ": %s", province, seq,
            error ? why.text : "is gone");
    out->now = stamp.time;
    out->store = store_new();
    if (!out->store)
        return session_fail(session, EXIT_RUNTIME, "no memory");
    return take_catalogue(out, stamp.catalogue);
}

void session_past_end(struct session *past)
{
    journal_replay_free(past->journal);
    store_free(past->store);
    catalogue_free(past->catalogue);
    *past = (struct session){0};
}

/* ---- the figures of then ---- */

static int copy_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    return store_set_leaf(context, unit, period, indicator, leaf);
}

static int copy_total(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
    const struct total *total)
{
    return store_set_total(context, unit, period, indicator, level, total);
}

static int copy_closing(void *context, uint32_t province, const struct closing *closing)
{
    return store_set_closing(context, province, closing);
}

/* What REPLAYED holds of one province, and the totals that its aggregator had stored, into STORE. */
static int add_province(const struct catalogue *catalogue, const struct store *replayed, struct store *store)
{
    struct store *own = store_new();
    int error = own ? store_each_leaf(replayed, copy_leaf, own) : CHISO_ENOMEM;
    if (!error)
        error = rollup_all(catalogue, own);
    if (!error)
        error = store_each_leaf(own, copy_leaf, store);
    if (!error)
        error = store_each_total(own, copy_total, store);
    if (!error)
        error = store_each_closing(replayed, copy_closing, store);
    store_free(own);
    return error;
}

int session_load_past(struct session *session, uint32_t province)
{
    struct chiso_message why = {""};
    const char *code = catalogue_unit_code(session->catalogue, province);
    bool up_to_seq = session->past_province && strcmp(code, session->past_province) == 0;
    const struct journal_source journals = session_journals(session);
    int error = CHISO_OK;
    if (!session->journal)
        session->journal = journal_replay_new(&journals);
    else
        error = journal_replay_restart(session->journal);
    if (!session->journal)
        error = CHISO_ENOMEM;
    if (!error)
        error = journal_replay_add(session->journal, code, up_to_seq ? session->past_seq : JOURNAL_NEWEST);
    if (!error)
        error = journal_replay_run(session->journal, up_to_seq ? INT64_MAX : session->now, NULL, NULL, &why);
    if (!error)
        error = replay_adopt(journal_replay_state(session->journal), session->catalogue);
    if (!error)
        error = store_narrow(session->store, province);
    if (!error)
        error = add_province(
            session->catalogue, replay_store(journal_replay_state(session->journal)), session->store);
    if (error)
        return session_fail_for(session, error, &why);
    return SESSION_ON;
}
