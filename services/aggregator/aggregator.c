#include "aggregator.h"

#include "adopt.h"
#include "cache.h"
#include "flood.h"
#include "gone.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/scores.h"
#include "others.h"
#include "park.h"
#include "ready.h"
#include "scores.h"
#include "settings.h"
#include "share.h"
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* Decoded reports, verdicts and texts of one batch. Virtual until touched. */
#define ARENA_BYTES ((size_t)128 * 1024 * 1024)
/* A batch takes and frees buffers of some MiB, and the kernel would clear each of their pages anew; so much stays with
 * the process. */
#define KEPT_BYTES (8 * 1024 * 1024)
/* How long a silent connection is waited for before housekeeping gets its turn. */
#define IDLE_MS 200
/* The same while the connection on which we tell is made. */
#define CONNECT_MS 20
/* At the end: how long the broker is waited for to acknowledge what we told. */
#define GOODBYE_MS 1000
/* The most that snapshots keep a report waiting. */
#define SNAPSHOTS_MS 10

/* ---- the batch ---- */

static struct province *find_province(struct aggregator *a, const char *code)
{
    for (size_t i = 0; i < a->province_count; i++) {
        if (strcmp(a->provinces[i].code, code) == 0)
            return &a->provinces[i];
    }
    return NULL;
}

/* Reports on the topic of a province that the catalogue does not have. */
static int process_stray(struct aggregator *a, const struct message *message)
{
    struct chiso_verdict verdict;
    chiso_instant_ms now = clock_now();
    chiso_arena_reset(&a->arena);
    int error = decide_stray(a->catalogue, message, now, &a->arena, &verdict);
    if (!error)
        error = quarantine_stray(a->redis, message, &verdict, now);
    if (!error)
        tell_stray(&a->teller, message, &verdict, now);
    return error;
}

/* Its reports, but those that are put off. */
static size_t finish_share(struct aggregator *a, struct share *share)
{
    flood_defer(a, share);
    return share->count > 0;
}

/* The batch by province and in pieces, in SHARES; gives their number. */
static size_t divide(struct aggregator *a, struct share shares[])
{
    size_t count = 0;
    for (size_t i = 0; i < a->province_count; i++) {
        size_t bytes = 0;
        shares[count].count = 0;
        for (size_t m = 0; m < a->collect.count; m++) {
            const struct message *message = &a->collect.messages[m];
            struct share *share = &shares[count];
            if (strcmp(message->province, a->provinces[i].code) != 0)
                continue;
            share->province = &a->provinces[i];
            share->messages[share->count++] = message;
            bytes += message->length;
            if (share->count < SHARE_MESSAGES_MAX && bytes < SHARE_BYTES_MAX)
                continue;
            count += finish_share(a, share);
            shares[count].count = bytes = 0;
        }
        if (shares[count].count)
            count += finish_share(a, &shares[count]);
    }
    return count;
}

static int reserve_shares(struct aggregator *a)
{
    size_t most = a->province_count + SHARE_PIECES_MAX;
    if (a->share_count >= most)
        return CHISO_OK;
    struct share *shares = realloc(a->shares, most * sizeof *shares);
    if (!shares)
        return CHISO_ENOMEM;
    memset(shares + a->share_count, 0, (most - a->share_count) * sizeof *shares);
    a->shares = shares;
    a->share_count = most;
    return CHISO_OK;
}

/* The first share's buffers are kept for the next batch: mostly there is no other. */
static int process_shares(struct aggregator *a, long long patience)
{
    size_t count = divide(a, a->shares);
    int error = shares_process(a, a->shares, count, patience);
    for (size_t i = 1; i < count; i++)
        share_release(&a->shares[i]);
    return error;
}

/* All of the batch, or an error: then nothing may be acknowledged. Provinces that are already committed are
 * harmless to see again. */
static int process_batch(struct aggregator *a)
{
    long long patience = clock_monotonic_ms() + mqtt_patience_ms(a->mqtt);
    int error = a->refused_memory ? CHISO_ENOMEM : adopt_is_in_force(a) ? CHISO_OK : CHISO_EREFUSED;
    for (size_t i = 0; i < a->collect.count && !error; i++) {
        const struct message *message = &a->collect.messages[i];
        if (find_province(a, message->province))
            continue;
        /* A kept session still subscribes to what an earlier run of this instance served. Those reports are
         * another instance's to answer; without one they stay unanswered, and are sent again. */
        if (catalogue_is_province(a->catalogue, catalogue_unit_find(a->catalogue, message->province)))
            LOG_LIMITED(warning, "province_not_served", "province=%s publisher=%s", message->province,
                message->publisher);
        else
            error = process_stray(a, message);
    }
    if (!error && !(error = reserve_shares(a)))
        error = process_shares(a, patience);
    return error;
}

static void on_message(void *context, const char *topic, const void *bytes, size_t length, bool retained)
{
    struct aggregator *a = context;
    (void)retained;
    int error = collect_add(&a->collect, topic, bytes, length);
    if (error == CHISO_EINVAL)
        LOG_LIMITED(warning, "odd_topic", "topic=\"%s\" length=%zu", topic, length);
    else if (error)
        a->refused_memory = true;
}

/* A broker that was restarted may have forgotten what it retained. */
static void on_connected(void *context)
{
    struct aggregator *a = context;
    a->teller.announced = false;
    a->may_be_gone = true;
    for (size_t i = 0; i < a->province_count; i++)
        ready_want_snapshots(a, &a->provinces[i]);
}

static bool wants_more(void *context)
{
    struct aggregator *a = context;
    return !collect_is_full(&a->collect) && !a->refused_memory;
}

/* ---- housekeeping ---- */

/* Positions have changed then without any report. */
static bool time_has_turned(struct aggregator *a)
{
    int64_t slot = catalogue_time_slot(clock_now());
    bool turned = slot != a->time_slot;
    a->time_slot = slot;
    return turned;
}

/* Of all provinces; while reports keep coming for a tenth of the time, so that they need not wait. */
static void give_snapshots(struct aggregator *a, bool busy)
{
    const struct score_plan *plan = scores_plan(a);
    long long now = clock_monotonic_ms(), until = INT64_MAX;
    if (busy) {
        until = now + 1 + (now - a->snapshots_ms) / 10;
        until = until < now + SNAPSHOTS_MS ? until : now + SNAPSHOTS_MS;
    }
    a->snapshots_ms = now;
    for (size_t i = 0; plan && i < a->province_count; i++) {
        /* Also past one that has some left: where turns are long its first would be due again each time. */
        struct province *province = &a->provinces[a->snapshots_at++ % a->province_count];
        if (!province->is_behind && !tell_snapshots(&a->teller, a->catalogue, plan, province, until))
            return;
    }
}

static void keep_house(struct aggregator *a, bool at_once, bool busy)
{
    bool turned = time_has_turned(a);
    if (!at_once) {
        others_notice(a);
        ready_catch_up(a);
        park_take_back(a);
        gone_take_back(a);
    }
    for (size_t i = 0; i < a->province_count; i++) {
        share_flush_repeats(a, &a->provinces[i], at_once);
        if (turned)
            ready_want_snapshots(a, &a->provinces[i]);
    }
    give_snapshots(a, busy);
}

/* The connection on which we tell is there, and what the broker has acknowledged is off it. Without it no reports are
 * taken: nobody would hear of them. */
static bool can_tell(struct aggregator *a)
{
    struct mqtt *out = a->teller.mqtt;
    (void)mqtt_read(out, mqtt_is_connected(out) ? 0 : CONNECT_MS, NULL);
    (void)mqtt_flush(out); /* a ping, also while no batch succeeds */
    return mqtt_is_connected(out);
}

/* Receipts leave before what they are for is acknowledged. */
static int flush(struct aggregator *a)
{
    int error = mqtt_flush(a->teller.mqtt);
    return error ? error : mqtt_flush(a->mqtt);
}

static void run_once(struct aggregator *a)
{
    int idle_ms = scores_are_waiting(a) ? 0 : IDLE_MS;
    collect_clear(&a->collect);
    a->refused_memory = false;
    settings_watch_redis(a->redis, &a->settings_ms);
    if (!adopt_watch(a)) {
        (void)mqtt_drop(a->mqtt);
        options_pause_ms(IDLE_MS);
        return;
    }
    if (can_tell(a) && mqtt_read(a->mqtt, idle_ms, wants_more) == CHISO_OK &&
        (a->collect.count || a->refused_memory)) {
        int error = process_batch(a);
        if (!error)
            error = flush(a); /* receipts do not wait for what follows */
        if (error) {
            /* Not acknowledged: the broker delivers all of it again. */
            log_warning(
                "batch_given_back", "reports=%zu reason=\"%s\"", a->collect.count, chiso_strerror(error));
            (void)mqtt_drop(a->mqtt);
            return;
        }
    }
    tell_running(&a->teller, a->mqtt);
    keep_house(a, false, a->collect.count > 0);
    cache_trim(a);
    cache_bring_back(a, a->collect.count > 0);
    (void)flush(a);
    scores_turn(a, a->collect.count > 0);
}

/* ---- start and end ---- */

static int start(struct aggregator *a, const struct options *options)
{
    struct chiso_message why = {""};
    int code;
    if (chiso_arena_init(&a->arena, ARENA_BYTES) || flood_init(a))
        return EXIT_RUNTIME;
    if (redis_open(options->redis_url, options->redis_username, options->redis_password_file, 5000, &a->redis,
            &why)) {
        log_error("bad_redis", "reason=\"%s\"", why.text);
        return EXIT_CONFIGURATION;
    }
    if ((code = settings_check_redis(a->redis)))
        return code;
    if (commit_install(a->redis, &why) || scores_install(a->redis, &why)) {
        log_error("function_not_installed", "reason=\"%s\"", why.text);
        return EXIT_RUNTIME;
    }
    if ((code = adopt_at_start(a)))
        return code;
    return settings_open_mqtt(options, a, on_message, on_connected, &a->teller, &a->mqtt);
}

static void stop(struct aggregator *a)
{
    if (a->mqtt) {
        keep_house(a, true, false);
        if (a->exit_code == EXIT_OK)
            scores_finish(a);
        teller_stopped(&a->teller);
        (void)mqtt_drain(a->teller.mqtt, 0, GOODBYE_MS);
    }
    mqtt_close(a->teller.mqtt);
    mqtt_close(a->mqtt);
    for (size_t i = 0; i < a->province_count; i++)
        province_release(&a->provinces[i]);
    free(a->provinces);
    for (size_t i = 0; i < a->share_count; i++)
        share_release(&a->shares[i]);
    free(a->shares);
    scores_release(a);
    teller_release(&a->teller);
    collect_clear(&a->collect);
    commit_release(&a->commit);
    strings_release(&a->gone_pillars);
    catalogue_free(a->catalogue);
    chiso_arena_release(&a->arena);
    flood_release(a);
    redis_close(a->redis);
}

int aggregator_run(const struct options *options)
{
    struct aggregator *a = calloc(1, sizeof *a);
    if (!a)
        return EXIT_RUNTIME;
    a->options = options;
    a->cache_bytes = (size_t)strtoul(options->cache_mib, NULL, 10) << 20;
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    options_catch_signals();
    int code = start(a, options);
    if (code == EXIT_OK) {
        log_info("running", "provinces=%zu", a->province_count);
        while (!options_stop)
            run_once(a);
        log_info("stopping", "exit=%d", a->exit_code);
        code = a->exit_code;
    }
    stop(a);
    free(a);
    return code;
}
