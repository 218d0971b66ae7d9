#include "share.h"

#include "cache.h"
#include "io/clock.h"
#include "io/log.h"
#include "park.h"
#include "ready.h"
#include "scores.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Commits that hold only repeats are coalesced to one in this time and province. */
#define COALESCE_MS 1000

/* The cache is what Redis will hold when COMMIT has succeeded; if it does not, the province is dropped. */
static void advance(struct province *province, const struct commit *commit)
{
    commit_done(commit, &province->head); /* ready_province saw to the totals */
    ledger_settled(province->ledger);
    province->coalesced_ms = 0;
}

/* It has. */
static void settle(struct province *province, const struct commit *commit)
{
    commit_done(commit, &province->known);
    province->committed++;
}

/* Repeats need no commit of their own, but their receipt says "it is stored": ask Redis, not the cache. */
static int confirm_repeats(struct aggregator *a, struct province *province)
{
    struct head head;
    struct chiso_message why = {""};
    int error = figures_head(a->redis, province->code, &head, &why);
    if (error) {
        LOG_LIMITED(warning, "head_unread", "province=%s reason=\"%s\"", province->code, why.text);
        return error;
    }
    bool same = head.seq == province->head.seq && strcmp(head.commit_id, province->head.commit_id) == 0;
    return same ? CHISO_OK : CHISO_ECONFLICT;
}

void share_release(struct share *share)
{
    decision_release(&share->decision);
    commit_release(&share->commit);
}

/* What becomes of the share, and PROVINCE as it is then. CHISO_ERANGE: a total would overflow with one of the reports.
 * OVERFLOWS: it is the one that is left. The verdicts live in the arena. */
static int decide(struct aggregator *a, struct share *share, bool overflows)
{
    struct province *province = share->province;
    share->now = clock_now();
    share->decision.overflows = overflows;
    commit_begin(&share->commit, province->code, &province->head, "reports", a->catalogue_hash, share->now);
    int error = decide_batch(province, a->catalogue, share->messages, share->count, share->now, &a->arena,
        &share->commit, &share->decision);
    if (!error && !share->decision.only_repeats)
        advance(province, &share->commit);
    else if (!error && !province->coalesced_ms)
        province->coalesced_ms = clock_monotonic_ms();
    return error;
}

/* After the commit, or its failure. Pieces behind it may have advanced the province already. */
static void conclude(struct aggregator *a, struct share *share, int error)
{
    struct province *province = share->province;
    const struct decision *d = &share->decision;
    uint64_t seq = d->only_repeats ? province->head.seq : share->commit.expected_seq + 1;
    if (error) {
        province_drop(province);
        return;
    }
    if (!d->only_repeats)
        settle(province, &share->commit);
    tell_receipts(&a->teller, province->code, seq, share->messages, d->verdicts, share->count, share->now);
    tell_changes(&a->teller, a->catalogue, province, seq, d->changed, d->changed_count);
    scores_touch(a, province, d->changed, d->changed_count);
}

static int process_once(struct aggregator *a, struct share *share, bool overflows, long long patience)
{
    int error = ready_province(a, share->province);
    if (error)
        return error == CHISO_ERANGE   ? CHISO_EINVAL
               : error == CHISO_ENOMEM ? CHISO_EIO
                                       : error; /* no report's fault */
    chiso_arena_reset(&a->arena);
    error = decide(a, share, overflows);
    if (!error && share->decision.only_repeats) {
        error = confirm_repeats(a, share->province);
    } else if (!error) {
        error = commit_write(a->redis, &share->commit, patience);
        error = error == CHISO_ENOMEM ? CHISO_EIO : error;
    }
    conclude(a, share, error);
    return error;
}

/* Less at a time decodes in less memory, and finds the report with which a total overflows. */
static int process_halves(struct aggregator *a, struct share *share, long long patience)
{
    struct share *half = malloc(sizeof *half);
    if (!half)
        return CHISO_ENOMEM;
    *half = (struct share){.province = share->province,
        .count = share->count - share->count / 2,
        .was_parked = share->was_parked};
    memcpy(half->messages, share->messages + share->count / 2, half->count * sizeof *half->messages);
    share->count /= 2;
    int error = share_process(a, share, patience);
    if (!error)
        error = share_process(a, half, patience);
    share_release(half);
    free(half);
    return error;
}

/* Not Redis, nor a report: what is stored of the province cannot be worked with. The others go on. */
static int put_aside(struct aggregator *a, struct share *share)
{
    if (!share->province->is_damaged)
        park_damaged(share->province);
    return share->was_parked ? CHISO_EINVAL : park_keep(a, share);
}

/* One report fits the arena, whatever is in it: what is wanting for a single one is the machine's memory, which is no
 * report's fault and may be there in a moment. */
int share_process(struct aggregator *a, struct share *share, long long patience)
{
    bool overflows = false;
    if (share->province->is_damaged)
        return put_aside(a, share);
    for (;;) {
        int error = process_once(a, share, overflows, patience);
        if (error == CHISO_OK)
            return error;
        if (error == CHISO_EINVAL)
            return put_aside(a, share);
        if ((error == CHISO_ENOMEM || error == CHISO_ERANGE) && share->count > 1)
            return process_halves(a, share, patience);
        if (error == CHISO_ERANGE && !overflows) {
            overflows = true;
            continue;
        }
        if (options_stop || a->is_replaced)
            return error;
        if (error == CHISO_ECONFLICT)
            LOG_LIMITED(warning, "commit_conflict", "province=%s", share->province->code);
        else
            options_pause_ms(100);
        overflows = false; /* what is read anew may leave room */
        if (clock_monotonic_ms() >= patience)
            return error;
    }
}

/* ---- several at once ---- */

/* Decides the share and sends its commit, if the province is there; no reply is awaited. What follows of the same
 * province is decided as if it had succeeded: if it does not, neither does what follows, for the head is another. */
static void begin(struct aggregator *a, struct share *share)
{
    share->begun = share->sent = share->done = false;
    if (!ready_is_loaded(a, share->province))
        return;
    share->error = decide(a, share, false);
    if (share->error) {
        conclude(a, share, share->error);
        return;
    }
    share->begun = true;
    if (share->decision.only_repeats)
        return;
    share->error = commit_send(a->redis, &share->commit);
    share->sent = !share->error;
    redis_push(a->redis);
}

/* All answers are taken before anything else is asked. Meanwhile Redis goes on with the next. */
static void take_answers(struct aggregator *a, struct share shares[], size_t count, struct chiso_message *why)
{
    for (size_t i = 0; i < count; i++) {
        struct share *share = &shares[i];
        if (!share->sent)
            continue;
        share->error = commit_answer(a->redis, &why[i]);
        share->done = !share->error;
        if (share->done)
            conclude(a, share, CHISO_OK);
    }
}

int shares_process(struct aggregator *a, struct share shares[], size_t count, long long patience)
{
    struct chiso_message *why = calloc(count, sizeof *why);
    int error = why ? CHISO_OK : CHISO_ENOMEM;
    chiso_arena_reset(&a->arena);
    for (size_t i = 0; i < count && !error; i++)
        begin(a, &shares[i]);
    if (!error)
        take_answers(a, shares, count, why);
    for (size_t i = 0; i < count && !error; i++) {
        struct share *share = &shares[i];
        /* A piece before it has failed: it was decided on what is not there, and is decided again. */
        if (!share->begun || share->done || !share->province->loaded)
            continue;
        share->error = share->decision.only_repeats
                           ? confirm_repeats(a, share->province)
                           : commit_finish(a->redis, &share->commit, share->error, &why[i], patience);
        share->done = !share->error;
        conclude(a, share, share->error);
    }
    for (size_t i = 0; i < count && !error; i++) {
        if (shares[i].done)
            continue;
        cache_trim(a);
        error = share_process(a, &shares[i], patience);
    }
    free(why);
    return error;
}

void share_flush_repeats(struct aggregator *a, struct province *province, bool at_once)
{
    struct decision decision = {0};
    if (!province->coalesced_ms || (!at_once && clock_monotonic_ms() < province->coalesced_ms + COALESCE_MS))
        return;
    chiso_arena_reset(&a->arena);
    commit_begin(&a->commit, province->code, &province->head, "reports", a->catalogue_hash, clock_now());
    int error = decide_batch(province, a->catalogue, NULL, 0, clock_now(), &a->arena, &a->commit, &decision);
    if (!error) {
        advance(province, &a->commit);
        error = commit_write(a->redis, &a->commit, clock_monotonic_ms() + mqtt_patience_ms(a->mqtt));
    }
    if (error)
        province_drop(province);
    else
        settle(province, &a->commit);
    decision_release(&decision);
}
