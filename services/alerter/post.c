#include "post.h"

#include "core/backoff.h"
#include "core/notice.h"
#include "io/clock.h"
#include "io/figures.h"
#include "io/log.h"
#include "io/options.h"
#include "keep.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries looked at in one go. */
#define ENTRIES_MAX 1000
/* Addresses that are waited for; more are tried at every turn. */
#define WAITS_MAX 256
#define RETRY_FIRST_MS 2000
#define RETRY_MAX_MS (10 * 60 * 1000)
#define GIVE_UP_MS (7LL * 24 * 3600 * 1000)
#define ADDRESS_BYTES 256
/* Longer than a mail takes: until then nobody else sends it. */
#define CLAIM_MS ((MAIL_SEND_S + 10) * 1000)

/* An address, or the server on the way to it, that did not take a mail. */
struct wait {
    char address[ADDRESS_BYTES];
    unsigned tries;
    long long next_ms;
};

struct post {
    struct mailer *mailer;
    char from[ADDRESS_BYTES];
    struct wait waits[WAITS_MAX];
    size_t wait_count;
    struct notice notices[NOTICE_ITEMS_MAX];
    char body[NOTICE_MAIL_BYTES];
};

int post_open(struct mailer *mailer, const char *from, struct post **out)
{
    struct post *post = calloc(1, sizeof *post);
    if (!post)
        return CHISO_ENOMEM;
    post->mailer = mailer;
    (void)snprintf(post->from, sizeof post->from, "%s", from);
    *out = post;
    return CHISO_OK;
}

void post_close(struct post *post)
{
    free(post);
}

/* ---- entries ---- */

/* The value of FIELD in a stream entry; "" without one. */
static const char *field_of(const struct redisReply *entry, const char *field)
{
    const struct redisReply *fields = entry->element[1];
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (strcmp(fields->element[i]->str, field) == 0)
            return fields->element[i + 1]->str;
    }
    return "";
}

static bool is_kind(const struct redisReply *entry, const char *kind)
{
    return strcmp(field_of(entry, "kind"), kind) == 0;
}

/* The same person in the same language. */
static bool is_same_person(const struct redisReply *a, const struct redisReply *b)
{
    return strcmp(field_of(a, "address"), field_of(b, "address")) == 0 &&
           strcmp(field_of(a, "language"), field_of(b, "language")) == 0;
}

static int read_entries(
    struct redis *redis, const char *key, struct redisReply **out, struct chiso_message *why)
{
    return redis_callf(redis, out, why, "XRANGE %s - + COUNT %d", key, ENTRIES_MAX);
}

/* ---- composing ---- */

struct composition {
    struct post *post;
    struct redis *redis;
    const char *key;
    const struct redisReply *entries;
    bool *taken; /* by entry */
    chiso_instant_ms now;
    size_t sent;
    int error;
};

static void add_words(struct composition *c, int count, const char *const words[])
{
    if (c->error)
        return;
    c->error = redis_append(c->redis, count, words, NULL);
    c->sent += c->error == CHISO_OK;
}

/* FNV-1a, for ids that are the same whenever the same items make a mail. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

static void take_notice(const struct redisReply *entry, struct notice *out)
{
    const char *severity = field_of(entry, "severity");
    *out = (struct notice){.severity = SEVERITY_INFO};
    for (int i = SEVERITY_INFO; i <= SEVERITY_CRITICAL; i++) {
        if (strcmp(severity, severity_names[i]) == 0)
            out->severity = (enum severity)i;
    }
    (void)snprintf(out->headline, sizeof out->headline, "%s", field_of(entry, "headline"));
    (void)snprintf(out->body, sizeof out->body, "%s", field_of(entry, "body"));
}

/* Replaces the items of the person of entry FIRST by one mail. */
static void compose_mail(struct composition *c, size_t first)
{
    char subject[NOTICE_HEADLINE_BYTES], message_id[96], date[24];
    const struct redisReply *head = c->entries->element[first];
    uint64_t hash = hash_text(UINT64_C(14695981039346656037), field_of(head, "address"));
    size_t count = 0;
    for (size_t i = first; i < c->entries->elements && count < NOTICE_ITEMS_MAX; i++) {
        const struct redisReply *entry = c->entries->element[i];
        if (c->taken[i] || !is_kind(entry, "item") || !is_same_person(entry, head))
            continue;
        c->taken[i] = true;
        hash = hash_text(hash, entry->element[0]->str);
        take_notice(entry, &c->post->notices[count++]);
        add_words(c, 3, (const char *const[]){"XDEL", c->key, entry->element[0]->str});
    }
    notice_mail(c->post->notices, count, field_of(head, "name"), field_of(head, "language"), subject,
        c->post->body, sizeof c->post->body);
    (void)snprintf(message_id, sizeof message_id, "%s.%016" PRIx64 "@chiso", head->element[0]->str, hash);
    (void)snprintf(date, sizeof date, "%" PRId64, c->now);
    const char *const words[] = {"XADD", c->key, "*", "kind", "mail", "address", field_of(head, "address"),
        "name", field_of(head, "name"), "subject", subject, "body", c->post->body, "message_id", message_id,
        "date", date};
    add_words(c, sizeof words / sizeof *words, words);
}

static int take_answers(struct composition *c, struct chiso_message *why)
{
    int error = c->error;
    for (size_t i = 0; i < c->sent; i++) {
        struct redisReply *reply = NULL;
        int failed = redis_take(c->redis, &reply, error ? NULL : why);
        error = error ? error : failed;
        redis_free(reply);
    }
    if (c->error)
        redis_disconnect(c->redis);
    return error;
}

static bool has_items(const struct redisReply *entries)
{
    for (size_t i = 0; i < entries->elements; i++) {
        if (is_kind(entries->element[i], "item"))
            return true;
    }
    return false;
}

/* Items → mails. Guarded by WATCH: where two alerters compose at once, one of them does. */
static int compose(
    struct post *post, struct redis *redis, const char *key, chiso_instant_ms now, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = redis_callf(redis, &reply, why, "WATCH %s", key);
    if (error)
        return error;
    redis_free(reply);
    if ((error = read_entries(redis, key, &reply, why)) || !has_items(reply)) {
        if (!error)
            redis_free(reply);
        /* Or the next transaction on this connection would look at this key as well. */
        keep_forget(redis);
        return error;
    }
    struct composition c = {.post = post, .redis = redis, .key = key, .entries = reply, .now = now};
    c.taken = calloc(reply->elements + 1, sizeof *c.taken);
    if (!c.taken || !redis_is_connected(redis))
        c.error = c.taken ? CHISO_EIO : CHISO_ENOMEM;
    add_words(&c, 1, (const char *const[]){"MULTI"});
    for (size_t i = 0; i < reply->elements && !c.error; i++) {
        if (!c.taken[i] && is_kind(reply->element[i], "item"))
            compose_mail(&c, i);
    }
    add_words(&c, 1, (const char *const[]){"EXEC"});
    error = take_answers(&c, why);
    free(c.taken);
    redis_free(reply);
    return error;
}

/* ---- sending ---- */

static struct wait *find_wait(struct post *post, const char *address)
{
    for (size_t i = 0; i < post->wait_count; i++) {
        if (strcmp(post->waits[i].address, address) == 0)
            return &post->waits[i];
    }
    return NULL;
}

static bool is_backed_off(struct post *post, const char *address)
{
    const struct wait *wait = find_wait(post, address);
    return wait && clock_monotonic_ms() < wait->next_ms;
}

static void back_off(struct post *post, const char *address)
{
    struct wait *wait = find_wait(post, address);
    if (!wait) {
        if (post->wait_count == WAITS_MAX)
            return;
        wait = &post->waits[post->wait_count++];
        *wait = (struct wait){0};
        (void)snprintf(wait->address, sizeof wait->address, "%s", address);
    }
    long long now = clock_monotonic_ms();
    wait->next_ms = now + backoff_ms(RETRY_FIRST_MS, RETRY_MAX_MS, wait->tries++, (uint32_t)now);
}

static void forget_wait(struct post *post, const char *address)
{
    struct wait *wait = find_wait(post, address);
    if (wait)
        *wait = post->waits[--post->wait_count];
}

/* A mail that can never be sent, or was refused for good for a week, would only stand in the way. */
static bool is_hopeless(int error, const struct mail *mail, chiso_instant_ms now)
{
    return error == CHISO_EINVAL || (error == CHISO_EREFUSED && now - mail->date > GIVE_UP_MS);
}

static struct mail mail_of(const struct post *post, const struct redisReply *entry)
{
    return (struct mail){.from = post->from,
        .to = field_of(entry, "address"),
        .to_name = field_of(entry, "name"),
        .subject = field_of(entry, "subject"),
        .body = field_of(entry, "body"),
        .message_id = field_of(entry, "message_id"),
        .date = strtoll(field_of(entry, "date"), NULL, 10)};
}

static void log_outcome(
    const char *province, const struct mail *mail, int error, bool done, const struct chiso_message *why)
{
    const char *to = mail->to, *id = mail->message_id;
    if (!error)
        log_info("mail_sent", "province=%s to=%s message_id=%s subject=%s", province, log_quoted(to), id,
            log_quoted(mail->subject));
    else if (done)
        log_error("mail_given_up", "province=%s to=%s message_id=%s subject=%s reason=%s", province,
            log_quoted(to), id, log_quoted(mail->subject), log_quoted(why->text));
    else
        log_warning("mail_not_sent", "province=%s to=%s message_id=%s reason=%s", province, log_quoted(to),
            id, log_quoted(why->text));
}

/* ---- claims: who sends a mail ---- */

static void claim_key(char out[KEY_CHARS], const char *province, const char *entry)
{
    char tail[64];
    (void)snprintf(tail, sizeof tail, "notify:claim:%.32s", entry);
    key_province(out, province, tail);
}

static void drop_claim(struct redis *redis, const char *province, const char *entry)
{
    char key[KEY_CHARS];
    struct redisReply *reply = NULL;
    claim_key(key, province, entry);
    (void)redis_callf(redis, &reply, NULL, "DEL %s", key); /* else it runs out by itself */
    redis_free(reply);
}

/* Is ENTRY of the stream KEY ours to send? Not when another alerter is at it, nor when it has been sent since
 * we read it. */
static int claim(struct redis *redis, const char *province, const char *key, const char *entry, bool *ours,
    struct chiso_message *why)
{
    char claim[KEY_CHARS];
    struct redisReply *reply;
    *ours = false;
    claim_key(claim, province, entry);
    int error = redis_callf(redis, &reply, why, "SET %s 1 NX PX %d", claim, CLAIM_MS);
    if (error)
        return error;
    bool free_before = reply->type == REDIS_REPLY_STATUS;
    redis_free(reply);
    if (!free_before)
        return CHISO_OK;
    if ((error = redis_callf(redis, &reply, why, "XRANGE %s %s %s", key, entry, entry)))
        return error;
    *ours = reply->elements == 1;
    redis_free(reply);
    if (!*ours)
        drop_claim(redis, province, entry);
    return CHISO_OK;
}

/* Takes the mail of an entry out of the queue. */
static int remove_entry(struct redis *redis, const char *key, const char *id, struct chiso_message *why)
{
    struct redisReply *removed;
    int error = redis_callf(redis, &removed, why, "XDEL %s %s", key, id);
    if (!error)
        redis_free(removed);
    return error;
}

/* Sends the mail of ENTRY, if it is ours. *DONE: it is on its way, or will never be, and is gone from the
 * queue. The claim is dropped before anything is logged: who reads of a failure may stop us at once. */
static int work_mail(struct post *post, struct redis *redis, const char *province, const char *key,
    const struct redisReply *entry, chiso_instant_ms now, bool *done, struct chiso_message *why)
{
    const char *id = entry->element[0]->str;
    bool ours = true, alone = mailer_shows_repeats(post->mailer);
    struct mail mail = mail_of(post, entry);
    struct chiso_message problem = {""};
    *done = false;
    if (is_backed_off(post, mail.to))
        return CHISO_OK;
    int error = alone ? claim(redis, province, key, id, &ours, why) : CHISO_OK;
    if (error || !ours)
        return error;
    int unsent = mailer_send(post->mailer, &mail, &problem);
    *done = !unsent || is_hopeless(unsent, &mail, now);
    if (*done)
        error = remove_entry(redis, key, id, why);
    else
        back_off(post, mail.to);
    if (alone)
        drop_claim(redis, province, id);
    if (!unsent)
        forget_wait(post, mail.to);
    log_outcome(province, &mail, unsent, *done, &problem);
    return error;
}

static int send_mails(struct post *post, struct redis *redis, const char *province, const char *key,
    chiso_instant_ms now, bool *remains, struct chiso_message *why)
{
    struct redisReply *reply;
    int error = read_entries(redis, key, &reply, why);
    if (error)
        return error;
    *remains = reply->elements == ENTRIES_MAX;
    for (size_t i = 0; i < reply->elements && !error; i++) {
        bool done = false;
        if (!options_stop && is_kind(reply->element[i], "mail"))
            error = work_mail(post, redis, province, key, reply->element[i], now, &done, why);
        *remains = *remains || !done;
    }
    redis_free(reply);
    return error;
}

int post_work(struct post *post, struct redis *redis, const char *province, chiso_instant_ms now,
    bool *remains, struct chiso_message *why)
{
    char key[KEY_CHARS];
    key_province(key, province, "notify");
    *remains = false;
    if (!post->mailer)
        return CHISO_OK;
    int error = compose(post, redis, key, now, why);
    return error ? error : send_mails(post, redis, province, key, now, remains, why);
}
