/* A commit until its outcome is known. */
#include "io/clock.h"
#include "io/commit.h"
#include "io/log.h"
#include "io/options.h"
#include <string.h>

static int send_and_wait(struct redis *redis, const struct commit *commit, struct chiso_message *why)
{
    int error = commit_send(redis, commit);
    return error ? error : commit_answer(redis, why);
}

/* Looks, after an answer that never came, whether the commit took effect. */
static int resolve_unknown(
    struct redis *redis, const struct commit *commit, long long patience, struct chiso_message *why)
{
    for (;;) {
        redis_disconnect(redis);
        int error = redis_connect(redis, why);
        if (!error)
            error = commit_find(redis, commit, why);
        if (error == CHISO_OK || error == CHISO_ECONFLICT)
            return error;
        if (error == CHISO_ENOTFOUND) {
            error = send_and_wait(redis, commit, why);
            /* What was sent before may have been on its way still. */
            if (error == CHISO_ECONFLICT && (error = commit_find(redis, commit, why)) == CHISO_ENOTFOUND)
                error = CHISO_ECONFLICT;
            if (error == CHISO_OK || error == CHISO_ECONFLICT || error == CHISO_EREFUSED ||
                error == CHISO_EINVAL)
                return error;
        }
        LOG_LIMITED(
            warning, "commit_unknown", "province=%s reason=%s", commit->province, log_quoted(why->text));
        if (options_stop || clock_monotonic_ms() >= patience)
            return CHISO_ETIMEOUT;
        options_pause_ms(50);
    }
}

int commit_finish(struct redis *redis, const struct commit *commit, int error, struct chiso_message *why,
    long long patience)
{
    if (error == CHISO_EREFUSED && strstr(why->text, "Function not found")) {
        log_warning("function_missing", "province=%s", commit->province);
        error = commit_install(redis, why);
        if (!error)
            error = send_and_wait(redis, commit, why);
    }
    if (error == CHISO_EIO || error == CHISO_ETIMEOUT)
        error = resolve_unknown(redis, commit, patience, why);
    if (error == CHISO_EREFUSED || error == CHISO_EINVAL)
        LOG_LIMITED(
            error, "commit_refused", "province=%s reason=%s", commit->province, log_quoted(why->text));
    return error;
}

int commit_write(struct redis *redis, const struct commit *commit, long long patience)
{
    struct chiso_message why = {""};
    int error = redis_connect(redis, &why);
    if (!error)
        error = send_and_wait(redis, commit, &why);
    return commit_finish(redis, commit, error, &why, patience);
}
