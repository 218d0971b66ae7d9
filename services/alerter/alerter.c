#include "alerter.h"

#include "core/province_list.h"
#include "io/catalogue_folder.h"
#include "io/clock.h"
#include "io/figures.h"
#include "io/log.h"
#include "post.h"
#include "province.h"
#include "tell.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long the loop waits for the broker before it looks at the journals again. */
#define IDLE_MS 200
/* A province that is being reported to is judged at most this often, and for at most a tenth of the time,
 * because each time all its figures are read. */
#define JUDGE_MS 1000
#define JUDGE_SHARE 10
#define CATALOGUE_MS 1000
/* One report decodes into some multiples of its payload. */
#define ARENA_BYTES ((size_t)16 * 1024 * 1024)
/* With --once: how long the broker may take to accept what viewers are told, and tries to send a mail. */
#define ONCE_PATIENCE_MS 10000

struct alerter {
    struct redis *redis;
    struct mqtt *mqtt;
    struct mailer *mailer;
    struct post *post;
    struct catalogue *catalogue;
    char catalogue_hash[CATALOGUE_HASH_CHARS];
    const char *wanted; /* --provinces */
    struct province *provinces;
    size_t province_count;
    struct store *store;
    struct chiso_arena arena;
    struct teller teller;
    int64_t time_slot; /* of the last turn: catalogue_time_slot */
    bool is_settled; /* figures are where it puts them (chisoctl rebuild): they can be judged */
    long long catalogue_ms; /* when the catalogue in force was asked for */
    bool is_ready, once;
    bool idle; /* in the last turn every journal was at its end, and everything judged */
};

/* ---- provinces ---- */

static void want_all(struct alerter *a)
{
    for (size_t i = 0; i < a->province_count; i++)
        a->provinces[i].wants_all = true;
}

static void release_provinces(struct alerter *a)
{
    for (size_t i = 0; i < a->province_count; i++)
        province_release(&a->provinces[i]);
    free(a->provinces);
}

/* Takes over CATALOGUE; what is known of a province by its code stays known. */
static int adopt_catalogue(struct alerter *a, struct catalogue *catalogue, const char *hash)
{
    size_t count, kept = 0;
    const uint32_t *all = catalogue_provinces(catalogue, &count);
    struct chiso_message why = {""};
    struct province *provinces = calloc(count + 1, sizeof *provinces);
    if (!provinces)
        return CHISO_ENOMEM;
    /* The next catalogue may have it, so this is no reason to end. */
    if (province_list_check(a->wanted, catalogue, &why))
        log_warning("bad_provinces", "reason=%s", log_quoted(why.text));
    for (size_t i = 0; i < count; i++) {
        const char *code = catalogue_unit_code(catalogue, all[i]);
        if (!province_list_has(a->wanted, code))
            continue;
        struct province *province = &provinces[kept++];
        *province = (struct province){.has_mail = true, .is_snapshot_due = true};
        for (size_t k = 0; k < a->province_count; k++) {
            if (strcmp(a->provinces[k].code, code) != 0)
                continue;
            *province = a->provinces[k];
            a->provinces[k].formers = (struct formers){0}; /* moved */
        }
        province->unit = all[i];
        province->wants_all = true;
        (void)snprintf(province->code, sizeof province->code, "%s", code);
    }
    release_provinces(a);
    catalogue_free(a->catalogue);
    a->provinces = provinces;
    a->province_count = kept;
    a->catalogue = catalogue;
    (void)snprintf(a->catalogue_hash, sizeof a->catalogue_hash, "%s", hash);
    log_info("catalogue", "hash=%.12s provinces=%zu", hash, kept);
    return CHISO_OK;
}

/* Looks whether another catalogue has come into force. CHISO_ENOTFOUND: there has never been one. */
static int refresh_catalogue(struct alerter *a, struct chiso_message *why)
{
    struct catalogue *catalogue;
    char hash[CATALOGUE_HASH_CHARS];
    if (a->catalogue && clock_monotonic_ms() < a->catalogue_ms + CATALOGUE_MS)
        return CHISO_OK;
    a->catalogue_ms = clock_monotonic_ms();
    int error = catalogue_in_force_settled(a->redis, hash, &a->is_settled, why);
    if (error || (a->catalogue && strcmp(hash, a->catalogue_hash) == 0))
        return error;
    if ((error = catalogue_open(NULL, a->redis, &catalogue, hash, why)))
        return error;
    if ((error = adopt_catalogue(a, catalogue, hash)))
        catalogue_free(catalogue);
    return error;
}

/* Whatever time alone changes is judged again. */
static void watch_time(struct alerter *a)
{
    int64_t slot = catalogue_time_slot(clock_now());
    if (slot != a->time_slot)
        want_all(a);
    a->time_slot = slot;
}

/* ---- judging ---- */

static void log_changes(const struct province *province, const struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct alert *alert = &changes->list[i].alert;
        log_info("alert",
            "province=%s change=%s id=%s severity=%s position=%s period=%s seq=%" PRIu64 " reason=%s",
            province->code, alert_change_names[changes->list[i].change], log_quoted(alert->id),
            severity_names[alert->severity], position_names[alert->position], alert->period, alert->seq,
            alert->reason ? alert_reason_names[alert->reason] : "-");
    }
}

static int judge(struct alerter *a, struct province *province, struct chiso_message *why)
{
    struct changes changes;
    long long begin = clock_monotonic_ms();
    int error = province_judge(
        province, a->redis, a->catalogue, a->catalogue_hash, a->store, &a->arena, clock_now(), &changes, why);
    long long end = clock_monotonic_ms(), rest = (end - begin) * JUDGE_SHARE;
    province->next_ms = end + (rest > JUDGE_MS ? rest : JUDGE_MS);
    if (error)
        return error;
    log_changes(province, &changes);
    for (size_t i = 0; i < changes.count; i++)
        tell_event(&a->teller, province->code, changes.seq, &changes.list[i].alert);
    changes_release(&changes);
    return CHISO_OK;
}

/* One journal that is followed, and where it has been judged up to. */
struct followed {
    const char *code;
    uint64_t cursor;
    size_t province; /* which of ours needs it */
};

/* Those of our provinces and of the former ones that they need. *OUT is malloc'ed. */
static int list_followed(const struct alerter *a, struct followed **out, size_t *count)
{
    size_t all = 0;
    for (size_t i = 0; i < a->province_count; i++)
        all += 1 + a->provinces[i].formers.count;
    struct followed *list = calloc(all + 1, sizeof *list);
    if (!list)
        return CHISO_ENOMEM;
    *count = 0;
    for (size_t i = 0; i < a->province_count; i++) {
        const struct province *province = &a->provinces[i];
        list[(*count)++] = (struct followed){province->code, province->cursor, i};
        for (size_t k = 0; k < province->formers.count; k++)
            list[(*count)++] =
                (struct followed){province->formers.list[k].code, province->formers.list[k].cursor, i};
    }
    *out = list;
    return CHISO_OK;
}

/* Asks for all heads at once. MOVED[i]: a journal that our i-th province needs has new entries. */
static int read_heads(struct alerter *a, bool moved[], struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct followed *list;
    size_t count, sent = 0;
    int error = list_followed(a, &list, &count);
    if (error)
        return error;
    for (; sent < count && !error; sent += !error) {
        key_province(key, list[sent].code, "head");
        error = redis_appendf(a->redis, "HGET %s seq", key);
    }
    for (size_t i = 0; i < sent; i++) {
        struct redisReply *reply = NULL;
        int failed = redis_take(a->redis, &reply, error ? NULL : why);
        error = error ? error : failed;
        uint64_t head = !failed && reply->type == REDIS_REPLY_STRING ? strtoull(reply->str, NULL, 10) : 0;
        moved[list[i].province] = moved[list[i].province] || head != list[i].cursor;
        redis_free(reply);
    }
    free(list);
    return error;
}

/* Judges the provinces that have news. */
static int judge_all(struct alerter *a, struct chiso_message *why)
{
    bool *moved = calloc(a->province_count + 1, sizeof *moved);
    int error = moved ? read_heads(a, moved, why) : CHISO_ENOMEM;
    a->idle = error == CHISO_OK && a->is_settled;
    for (size_t i = 0; i < a->province_count && a->is_settled && !error && !options_stop; i++) {
        struct province *province = &a->provinces[i];
        if (!province->wants_all && !moved[i])
            continue;
        a->idle = false;
        bool may_wait = province->is_waiting || (!a->once && province->is_known);
        if (may_wait && clock_monotonic_ms() < province->next_ms)
            continue;
        error = judge(a, province, why);
        if (error == CHISO_ECONFLICT && province->is_waiting) {
            error = CHISO_OK;
        } else if (error == CHISO_ECONFLICT) {
            log_info("conflict", "province=%s reason=%s", province->code, log_quoted(why->text));
            error = CHISO_OK;
        }
    }
    free(moved);
    return error;
}

/* ---- telling ---- */

static int tell_snapshots(struct alerter *a, struct chiso_message *why)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < a->province_count && !error; i++) {
        struct province *province = &a->provinces[i];
        struct kept kept;
        if (!province->is_snapshot_due || !province->is_known || !mqtt_is_connected(a->mqtt))
            continue;
        if ((error = keep_begin(a->redis, province->code, &kept, why)))
            return error;
        keep_forget(a->redis);
        province->is_snapshot_due = tell_snapshot(&a->teller, province->code, kept.cursor, &kept) != CHISO_OK;
        kept_release(&kept);
    }
    return error;
}

static int send_mails(struct alerter *a, bool *remains, struct chiso_message *why)
{
    int error = CHISO_OK;
    *remains = false;
    for (size_t i = 0; i < a->province_count && !error; i++) {
        struct province *province = &a->provinces[i];
        if (!province->has_mail)
            continue;
        error = post_work(a->post, a->redis, province->code, clock_now(), &province->has_mail, why);
        *remains = *remains || province->has_mail;
    }
    return error;
}

/* A broker that was restarted may have forgotten what it retained. */
static void on_connected(void *context)
{
    struct alerter *a = context;
    a->teller.announced = false;
    for (size_t i = 0; i < a->province_count; i++)
        a->provinces[i].is_snapshot_due = true;
}

/* ---- the loop ---- */

/* One turn: *SETTLED when nothing is left to judge, to publish or to send. */
static int turn(struct alerter *a, bool *settled, struct chiso_message *why)
{
    bool mails = false, told = true;
    *settled = false;
    int error = refresh_catalogue(a, why);
    if (!error) {
        watch_time(a);
        error = judge_all(a, why);
    }
    if (!error)
        error = tell_snapshots(a, why);
    if (!error)
        error = send_mails(a, &mails, why);
    (void)teller_running(&a->teller);
    for (size_t i = 0; i < a->province_count; i++)
        told = told && !a->provinces[i].is_snapshot_due;
    if (!error && !a->is_ready && a->idle) {
        a->is_ready = true;
        log_info("ready", "provinces=%zu", a->province_count);
    }
    *settled = !error && a->idle && told && !mails;
    return error;
}

static void run(struct alerter *a)
{
    bool settled;
    while (!options_stop) {
        struct chiso_message why = {""};
        (void)mqtt_read(a->mqtt, IDLE_MS, NULL);
        int error = turn(a, &settled, &why);
        if (error) {
            LOG_LIMITED(warning, "turn_failed", "reason=%s",
                log_quoted(why.text[0] ? why.text : chiso_strerror(error)));
            options_pause_ms(IDLE_MS);
        }
        (void)mqtt_flush(a->mqtt);
    }
}

static int run_once(struct alerter *a)
{
    long long patience = clock_monotonic_ms() + ONCE_PATIENCE_MS;
    size_t unsent = 0;
    bool settled = false;
    while (!options_stop && !settled) {
        struct chiso_message why = {""};
        (void)mqtt_read(a->mqtt, 20, NULL);
        int error = turn(a, &settled, &why);
        (void)mqtt_flush(a->mqtt);
        bool moves = mqtt_unacknowledged(a->mqtt) < unsent;
        unsent = mqtt_unacknowledged(a->mqtt);
        settled = settled && unsent == 0;
        if (!error && (!a->idle || moves))
            patience = clock_monotonic_ms() + ONCE_PATIENCE_MS;
        if (settled || clock_monotonic_ms() < patience)
            continue;
        log_error("not_settled", "reason=%s",
            log_quoted(why.text[0] ? why.text
                       : error     ? chiso_strerror(error)
                                   : "mails or the broker"));
        return EXIT_RUNTIME;
    }
    return EXIT_OK;
}

/* ---- start and end ---- */

static int open_mqtt(struct alerter *a, const struct options *options)
{
    struct chiso_message why = {""};
    struct mqtt_options mqtt = teller_mqtt_options(&a->teller, options);
    mqtt.clean_start = true;
    mqtt.on_connected = on_connected;
    mqtt.context = a;
    if (mqtt_open(&mqtt, &a->mqtt, &why)) {
        log_error("bad_mqtt", "reason=%s", log_quoted(why.text));
        return EXIT_CONFIGURATION;
    }
    a->teller.mqtt = a->mqtt;
    return EXIT_OK;
}

static int open_mail(struct alerter *a, const struct options *options)
{
    struct chiso_message why = {""};
    bool has_server = options->smtp_url && options->smtp_url[0];
    bool has_folder = options->mail_dir && options->mail_dir[0];
    if (!has_server && !has_folder)
        log_warning("no_mail", "reason=%s",
            log_quoted("neither smtp_url nor mail_dir is given: notifications stay queued"));
    else if (mailer_open(options->smtp_url, options->mail_dir, &a->mailer, &why)) {
        log_error("bad_mail", "reason=%s", log_quoted(why.text));
        return EXIT_CONFIGURATION;
    }
    return post_open(a->mailer, options->mail_from ? options->mail_from : "chiso@localhost", &a->post)
               ? EXIT_RUNTIME
               : EXIT_OK;
}

static int start(struct alerter *a, const struct options *options)
{
    struct chiso_message why = {""};
    int code;
    a->wanted = options->provinces;
    a->store = store_new();
    if (!a->store || chiso_arena_init(&a->arena, ARENA_BYTES) ||
        teller_init(&a->teller, "alerter", options->instance))
        return EXIT_RUNTIME;
    if (redis_open(
            options->redis_url, options->redis_username, options->redis_password_file, 0, &a->redis, &why)) {
        log_error("bad_redis", "reason=%s", log_quoted(why.text));
        return EXIT_CONFIGURATION;
    }
    if ((code = open_mail(a, options)))
        return code;
    return open_mqtt(a, options);
}

static void stop(struct alerter *a)
{
    if (a->mqtt)
        teller_stopped(&a->teller);
    mqtt_close(a->mqtt);
    post_close(a->post);
    mailer_close(a->mailer);
    redis_close(a->redis);
    teller_release(&a->teller);
    release_provinces(a);
    catalogue_free(a->catalogue);
    store_free(a->store);
    chiso_arena_release(&a->arena);
}

int alerter_run(const struct options *options, bool once)
{
    struct alerter *a = calloc(1, sizeof *a);
    if (!a)
        return EXIT_RUNTIME;
    a->once = once;
    options_catch_signals();
    int code = start(a, options);
    if (code == EXIT_OK) {
        log_info("running", "instance=%s once=%s", a->teller.instance, once ? "yes" : "no");
        if (once)
            code = run_once(a);
        else
            run(a);
        log_info("stopping", "exit=%d", code);
    }
    stop(a);
    free(a);
    return code;
}
