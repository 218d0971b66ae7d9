#include "aggregator.h"

#include "collect.h"
#include "core/province_list.h"
#include "fit.h"
#include "io/catalogue_folder.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/mqtt.h"
#include "resum.h"
#include "settings.h"
#include "tell.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decoded reports, verdicts and texts of one batch. Virtual until touched. */
#define ARENA_BYTES ((size_t)128 * 1024 * 1024)
/* How long a silent connection is waited for before housekeeping gets its turn. */
#define IDLE_MS 200
/* Commits that hold only repeats are coalesced to one in this time and province. */
#define COALESCE_MS 1000

struct aggregator {
    struct redis *redis;
    struct mqtt *mqtt;
    struct catalogue *catalogue;
    char catalogue_hash[CATALOGUE_HASH_CHARS];
    struct province *provinces; /* those this instance serves */
    size_t province_count;
    struct collect collect;
    struct chiso_arena arena;
    struct commit commit;
    struct teller teller;
    int exit_code;
    int64_t time_slot; /* of the last turn: catalogue_time_slot */
    bool refused_memory; /* a message could not be copied: do not acknowledge this batch */
};

/* ---- one province's share of a batch ---- */

struct share {
    struct province *province;
    const struct message *messages[BATCH_MESSAGES_MAX];
    size_t count;
};

/* Looks, after an answer that never came, whether the commit took effect. Gives up when PATIENCE (monotonic)
 * is over. */
static int resolve_unknown(struct aggregator *a, long long patience)
{
    struct chiso_message why;
    for (;;) {
        redis_disconnect(a->redis);
        int error = redis_connect(a->redis, &why);
        if (!error)
            error = commit_find(a->redis, &a->commit, &why);
        if (error == CHISO_OK || error == CHISO_ECONFLICT)
            return error;
        if (error == CHISO_ENOTFOUND) {
            error = commit_send(a->redis, &a->commit);
            if (!error)
                error = commit_answer(a->redis, &why);
            if (error == CHISO_OK || error == CHISO_ECONFLICT || error == CHISO_EREFUSED)
                return error;
        }
        LOG_LIMITED(warning, "commit_unknown", "province=%s reason=\"%s\"", a->commit.province, why.text);
        if (options_stop || clock_monotonic_ms() >= patience)
            return CHISO_ETIMEOUT;
        options_pause_ms(50);
    }
}

static int send_commit(struct aggregator *a, long long patience)
{
    struct chiso_message why = {""};
    int error = redis_connect(a->redis, &why);
    if (!error)
        error = commit_send(a->redis, &a->commit);
    if (!error)
        error = commit_answer(a->redis, &why);
    if (error == CHISO_EREFUSED && strstr(why.text, "Function not found")) {
        log_warning("function_missing", "province=%s", a->commit.province);
        error = commit_install(a->redis, &why);
        if (!error)
            error = commit_send(a->redis, &a->commit);
        if (!error)
            error = commit_answer(a->redis, &why);
    }
    if (error == CHISO_EIO || error == CHISO_ETIMEOUT)
        error = resolve_unknown(a, patience);
    if (error == CHISO_EREFUSED)
        LOG_LIMITED(error, "commit_refused", "province=%s reason=\"%s\"", a->commit.province, why.text);
    return error;
}

/* After a commit: the cache is what Redis holds. */
static void settle(struct province *province, const struct commit *commit)
{
    province->head.seq = commit->expected_seq + 1;
    (void)snprintf(province->head.commit_id, sizeof province->head.commit_id, "%s", commit->id);
    (void)snprintf(province->head.catalogue, sizeof province->head.catalogue, "%s", commit->catalogue);
    ledger_settled(province->ledger);
    province->coalesced_ms = 0;
    province->committed++;
}

static void begin_commit(struct aggregator *a, const struct province *province, chiso_instant_ms now)
{
    commit_begin(&a->commit, province->code, &province->head, "reports", a->catalogue_hash, now);
}

/* Repeats need no commit of their own, but their receipt says "it is stored": ask Redis, not the cache. */
static int confirm_repeats(struct aggregator *a, struct province *province)
{
    struct head head;
    struct chiso_message why;
    int error = figures_head(a->redis, province->code, &head, &why);
    if (error) {
        LOG_LIMITED(warning, "head_unread", "province=%s reason=\"%s\"", province->code, why.text);
        return error;
    }
    if (head.seq != province->head.seq || strcmp(head.commit_id, province->head.commit_id) != 0)
        return CHISO_ECONFLICT;
    if (!province->coalesced_ms)
        province->coalesced_ms = clock_monotonic_ms();
    return CHISO_OK;
}

/* Every snapshot is to be published again. */
static void want_snapshots(struct aggregator *a, struct province *province)
{
    for (uint32_t p = 0; p < catalogue_pillar_count(a->catalogue); p++)
        province->pillar_dirty[p] = province->head.seq > 0;
}

/* Whatever changed while the cache was not there, viewers get it now. */
static int load_province(struct aggregator *a, struct province *province, struct chiso_message *why)
{
    if (province->loaded)
        return CHISO_OK;
    int error = province_load(province, a->redis, a->catalogue, why);
    if (!error)
        want_snapshots(a, province);
    return error;
}

/* The province as Redis has it, summed with our catalogue. CHISO_EREFUSED: it cannot be; stops the program
 * when another catalogue is in force, because two aggregators that sum differently must not take turns. */
static int make_ready(struct aggregator *a, struct province *province)
{
    struct chiso_message why;
    int error = load_province(a, province, &why);
    if (error) {
        LOG_LIMITED(error, "province_unread", "province=%s reason=\"%s\"", province->code, why.text);
        return error == CHISO_EINVAL ? CHISO_EREFUSED : error;
    }
    if (strcmp(province->head.catalogue, a->catalogue_hash) == 0)
        return CHISO_OK;
    /* Also before a province's first commit, which would bring a catalogue that readers do not have. */
    if (!settings_catalogue_is(a->redis, a->catalogue_hash)) {
        log_error("catalogue_replaced", "ours=%.12s province=%s", a->catalogue_hash, province->code);
        a->exit_code = EXIT_RUNTIME;
        options_stop = 1;
        return CHISO_EREFUSED;
    }
    if (province->head.seq == 0)
        return CHISO_OK;
    error = resum_province(a->redis, province, a->catalogue, a->catalogue_hash, &a->commit);
    return error ? error : load_province(a, province, &why);
}

static int process_once(struct aggregator *a, struct share *share, long long patience)
{
    struct decision decision = {0};
    chiso_instant_ms now = clock_now();
    int error = make_ready(a, share->province);
    if (error)
        return error;
    chiso_arena_reset(&a->arena);
    begin_commit(a, share->province, now);
    error = decide_batch(
        share->province, a->catalogue, share->messages, share->count, now, &a->arena, &a->commit, &decision);
    if (!error)
        error = decision.only_repeats ? confirm_repeats(a, share->province) : send_commit(a, patience);
    if (!error) {
        if (!decision.only_repeats)
            settle(share->province, &a->commit);
        tell_receipts(&a->teller, share->province, share->messages, decision.verdicts, share->count, now);
        tell_changes(&a->teller, a->catalogue, share->province, decision.changed, decision.changed_count);
    } else {
        province_drop(share->province);
    }
    decision_release(&decision);
    return error;
}

/* A single report that does not fit the arena: refused like any other malformed one. */
static int refuse_oversized(struct aggregator *a, struct share *share)
{
    static char text[] = "the report needs more memory to decode than the limit allows";
    struct chiso_rejection rejection = {"", CHISO_REASON_MALFORMED, text};
    struct chiso_verdict verdict = {"", CHISO_REJECTED, 1, &rejection, 0};
    int error = quarantine_stray(a->redis, share->messages[0], &verdict, clock_now());
    if (!error)
        tell_receipts(&a->teller, share->province, share->messages, &verdict, 1, clock_now());
    return error;
}

/* Decides and commits until it is done, or until PATIENCE is over. */
static int process_share(struct aggregator *a, struct share *share, long long patience)
{
    for (;;) {
        int error = process_once(a, share, patience);
        if (error == CHISO_OK)
            return error;
        if (error == CHISO_ENOMEM && share->count > 1) {
            struct share *half = malloc(sizeof *half);
            if (!half)
                return error;
            *half = (struct share){.province = share->province, .count = share->count - share->count / 2};
            memcpy(half->messages, share->messages + share->count / 2, half->count * sizeof *half->messages);
            share->count /= 2;
            error = process_share(a, share, patience);
            if (!error)
                error = process_share(a, half, patience);
            free(half);
            return error;
        }
        if (error == CHISO_ENOMEM)
            return refuse_oversized(a, share);
        if (options_stop)
            return error;
        if (error == CHISO_ECONFLICT)
            LOG_LIMITED(info, "commit_conflict", "province=%s", share->province->code);
        else
            options_pause_ms(100);
        if (clock_monotonic_ms() >= patience)
            return error;
    }
}

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

static int process_province(struct aggregator *a, struct province *province, long long patience)
{
    static struct share share;
    share = (struct share){.province = province};
    for (size_t i = 0; i < a->collect.count; i++) {
        if (strcmp(a->collect.messages[i].province, province->code) == 0)
            share.messages[share.count++] = &a->collect.messages[i];
    }
    return share.count ? process_share(a, &share, patience) : CHISO_OK;
}

/* All of the batch, or an error: then nothing may be acknowledged. Provinces that are already committed are
 * harmless to see again. */
static int process_batch(struct aggregator *a)
{
    long long patience = clock_monotonic_ms() + mqtt_patience_ms(a->mqtt);
    int error = a->refused_memory ? CHISO_ENOMEM : CHISO_OK;
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
    for (size_t i = 0; i < a->province_count && !error; i++)
        error = process_province(a, &a->provinces[i], patience);
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
    for (size_t i = 0; i < a->province_count; i++)
        want_snapshots(a, &a->provinces[i]);
}

static bool wants_more(void *context)
{
    struct aggregator *a = context;
    return !collect_is_full(&a->collect) && !a->refused_memory;
}

/* ---- housekeeping ---- */

/* Writes the deliveries of repeats that have waited long enough. Losing this race to a crash loses counts of
 * repeats only. */
static void flush_coalesced(struct aggregator *a, struct province *province, bool at_once)
{
    struct decision decision = {0};
    if (!province->coalesced_ms || (!at_once && clock_monotonic_ms() < province->coalesced_ms + COALESCE_MS))
        return;
    chiso_arena_reset(&a->arena);
    begin_commit(a, province, clock_now());
    int error = decide_batch(province, a->catalogue, NULL, 0, clock_now(), &a->arena, &a->commit, &decision);
    if (!error)
        error = send_commit(a, clock_monotonic_ms() + mqtt_patience_ms(a->mqtt));
    if (error)
        province_drop(province);
    else
        settle(province, &a->commit);
    decision_release(&decision);
}

/* Positions have changed then without any report. */
static bool time_has_turned(struct aggregator *a)
{
    int64_t slot = catalogue_time_slot(clock_now());
    bool turned = slot != a->time_slot;
    a->time_slot = slot;
    return turned;
}

static void keep_house(struct aggregator *a, bool at_once)
{
    bool turned = time_has_turned(a);
    for (size_t i = 0; i < a->province_count; i++) {
        flush_coalesced(a, &a->provinces[i], at_once);
        if (turned)
            want_snapshots(a, &a->provinces[i]);
        tell_snapshots(&a->teller, a->catalogue, &a->provinces[i]);
    }
}

static void run_once(struct aggregator *a)
{
    collect_clear(&a->collect);
    a->refused_memory = false;
    if (mqtt_read(a->mqtt, IDLE_MS, wants_more) == CHISO_OK && (a->collect.count || a->refused_memory)) {
        int error = process_batch(a);
        if (error) {
            /* Not acknowledged: the broker delivers all of it again. */
            log_warning(
                "batch_given_back", "reports=%zu reason=\"%s\"", a->collect.count, chiso_strerror(error));
            (void)mqtt_drop(a->mqtt);
            return;
        }
    }
    tell_running(&a->teller);
    keep_house(a, false);
    (void)mqtt_flush(a->mqtt);
}

/* ---- start and end ---- */

static int open_catalogue(struct aggregator *a, const struct options *options)
{
    struct chiso_message why;
    int error = catalogue_open(options->catalogue, a->redis, &a->catalogue, a->catalogue_hash, &why);
    if (error) {
        log_error("catalogue_unusable", "reason=%s", log_quoted(why.text));
        return error == CHISO_EIO && !options->catalogue ? EXIT_RUNTIME : EXIT_CONFIGURATION;
    }
    log_info("catalogue", "hash=%s", a->catalogue_hash);
    return EXIT_OK;
}

/* Do the figures of the provinces that have not been summed with this catalogue fit it? */
static int check_figures(struct aggregator *a)
{
    for (size_t i = 0; i < a->province_count; i++) {
        struct province *province = &a->provinces[i];
        struct chiso_message why;
        if (load_province(a, province, &why)) {
            log_error("province_unread", "province=%s reason=%s", province->code, log_quoted(why.text));
            return EXIT_RUNTIME;
        }
        if (province->head.seq == 0 || strcmp(province->head.catalogue, a->catalogue_hash) == 0)
            continue;
        if (fit_check_figures(a->catalogue, province->store, &why)) {
            log_error("catalogue_does_not_fit", "reason=%s", log_quoted(why.text));
            return EXIT_CONFIGURATION;
        }
    }
    return EXIT_OK;
}

static int check_units(struct aggregator *a)
{
    struct chiso_message why = {""};
    if (settings_catalogue_is(a->redis, a->catalogue_hash))
        return EXIT_OK;
    int error = fit_check_units(a->redis, a->catalogue, &why);
    if (error)
        log_error("catalogue_does_not_fit", "reason=%s", log_quoted(why.text));
    return error == CHISO_EINVAL ? EXIT_CONFIGURATION : error ? EXIT_RUNTIME : EXIT_OK;
}

/* Puts the folder's catalogue into force, unless what is stored does not fit it. */
static int store_catalogue(struct aggregator *a, const struct options *options)
{
    struct chiso_message why;
    struct catalogue_files files = {0};
    int error, code;
    if ((code = check_units(a)) || (code = check_figures(a)))
        return code;
    if (!options->catalogue)
        return EXIT_OK;
    error = catalogue_files_read(options->catalogue, &files, &why);
    if (!error)
        error = catalogue_files_store(a->redis, &files, &why);
    catalogue_files_release(&files);
    if (error)
        log_error("catalogue_not_stored", "reason=%s", log_quoted(why.text));
    return error ? EXIT_RUNTIME : EXIT_OK;
}

static int open_provinces(struct aggregator *a, const struct options *options)
{
    size_t count;
    const uint32_t *all = catalogue_provinces(a->catalogue, &count);
    struct chiso_message why;
    a->provinces = calloc(count + 1, sizeof *a->provinces);
    if (!a->provinces)
        return EXIT_RUNTIME;
    if (province_list_check(options->provinces, a->catalogue, &why)) {
        log_error("bad_provinces", "reason=\"%s\"", why.text);
        return EXIT_CONFIGURATION;
    }
    for (size_t i = 0; i < count; i++) {
        if (!province_list_has(options->provinces, catalogue_unit_code(a->catalogue, all[i])))
            continue;
        if (province_init(&a->provinces[a->province_count], a->catalogue, all[i]))
            return EXIT_RUNTIME;
        a->province_count++;
    }
    return EXIT_OK;
}

/* A catalogue other than the one the figures were summed with: every total again, before any report is taken.
 */
static int adopt_provinces(struct aggregator *a)
{
    for (size_t i = 0; i < a->province_count; i++) {
        struct province *province = &a->provinces[i];
        int error;
        /* Another aggregator that starts with the same catalogue may be the first to sum it. */
        do {
            error = make_ready(a, province);
        } while (error == CHISO_ECONFLICT && !options_stop);
        if (error) {
            log_error("province_not_ready", "province=%s reason=%s", province->code,
                log_quoted(chiso_strerror(error)));
            return EXIT_RUNTIME;
        }
    }
    return EXIT_OK;
}

static int start(struct aggregator *a, const struct options *options)
{
    struct chiso_message why = {""};
    int code;
    if (chiso_arena_init(&a->arena, ARENA_BYTES))
        return EXIT_RUNTIME;
    if (redis_open(options->redis_url, options->redis_username, options->redis_password_file, 5000, &a->redis,
            &why)) {
        log_error("bad_redis", "reason=\"%s\"", why.text);
        return EXIT_CONFIGURATION;
    }
    if ((code = settings_check_redis(a->redis)))
        return code;
    if (commit_install(a->redis, &why)) {
        log_error("function_not_installed", "reason=\"%s\"", why.text);
        return EXIT_RUNTIME;
    }
    if ((code = open_catalogue(a, options)) || (code = open_provinces(a, options)) ||
        (code = store_catalogue(a, options)) || (code = adopt_provinces(a)))
        return code;
    return settings_open_mqtt(options, a, on_message, on_connected, &a->teller, &a->mqtt);
}

static void stop(struct aggregator *a)
{
    if (a->mqtt) {
        keep_house(a, true);
        teller_stopped(&a->teller);
    }
    mqtt_close(a->mqtt);
    for (size_t i = 0; i < a->province_count; i++)
        province_release(&a->provinces[i]);
    free(a->provinces);
    teller_release(&a->teller);
    collect_clear(&a->collect);
    commit_release(&a->commit);
    catalogue_free(a->catalogue);
    chiso_arena_release(&a->arena);
    redis_close(a->redis);
}

int aggregator_run(const struct options *options)
{
    struct aggregator *a = calloc(1, sizeof *a);
    if (!a)
        return EXIT_RUNTIME;
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
