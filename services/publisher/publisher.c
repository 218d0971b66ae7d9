#include "publisher.h"

#include "core/backoff.h"
#include "core/topic.h"
#include "io/clock.h"
#include "io/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* More publishers than this in one outbox: one subscription for all of them, filtered here. */
#define SUBSCRIPTIONS_MAX 64
#define BESIDE_EVERY_MS 1000 /* how often the operator's changes are looked for */
#define WAITING_EVERY_MS 10000
/* A receipt of CHISO_VERDICTS_MAX verdicts, decoded. */
#define ARENA_BYTES ((size_t)4 * 1024 * 1024)

/* A report on its way. */
struct slot {
    bool used;
    bool settled; /* in the transaction that is open */
    struct outbox_entry entry;
    unsigned sends;
    long long due_ms; /* when to send (again) */
    int message_id; /* of the publish that the broker has not acknowledged; 0: none */
    char refusal[OUTBOX_REFUSAL_BYTES]; /* what it said instead; "" */
};

struct publisher {
    struct mqtt *mqtt;
    struct outbox *outbox;
    struct receipts *receipts;
    struct chiso_arena arena;
    struct slot slots[PUBLISHER_WINDOW];
    size_t used;
    int64_t last_id; /* what is above waits in the outbox */
    bool drained; /* nothing waits there */
    size_t refused; /* passed over, to be tried again at retry_ms */
    long long retry_ms, beside_ms;
    char *names[SUBSCRIPTIONS_MAX]; /* whose receipts are subscribed to */
    size_t name_count; /* SUBSCRIPTIONS_MAX + 1: everybody's */
    unsigned connections, write_failures;
    int error; /* of a callback */
    struct chiso_message why;
};

static uint32_t random_number(void)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        number = (uint32_t)clock_monotonic_ms();
    return number;
}

/* ---- receiving ---- */

/* The slot that waits for REPORT_ID on the topic whose end is TAIL (<province>/<publisher>). */
static struct slot *find_slot(struct publisher *publisher, const char *tail, const char *report_id)
{
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++) {
        struct slot *slot = &publisher->slots[i];
        char expected[OUTBOX_TOPIC_BYTES];
        if (!slot->used || slot->settled || strcmp(slot->entry.report_id, report_id) != 0)
            continue;
        snprintf(expected, sizeof expected, "%s/%s", slot->entry.province, slot->entry.publisher);
        return strcmp(expected, tail) == 0 ? slot : NULL;
    }
    return NULL;
}

static void free_slot(struct publisher *publisher, struct slot *slot)
{
    outbox_entry_release(&slot->entry);
    *slot = (struct slot){0};
    publisher->used--;
}

/* The centre takes only so many a second from this publisher: it says when. */
static void put_off(struct slot *slot, uint32_t wait_ms)
{
    if (wait_ms < PUBLISHER_DEFERRED_MIN_MS)
        wait_ms = PUBLISHER_DEFERRED_MIN_MS;
    if (wait_ms > PUBLISHER_RESEND_MAX_MS)
        wait_ms = PUBLISHER_RESEND_MAX_MS;
    slot->due_ms = clock_monotonic_ms() + wait_ms;
    LOG_LIMITED(warning, "deferred", "report=%s again_ms=%u", slot->entry.report_id, wait_ms);
}

static int settle_verdicts(struct publisher *publisher, const char *tail, const struct chiso_receipt *receipt)
{
    int error = outbox_begin(publisher->outbox, &publisher->why);
    for (size_t i = 0; i < receipt->verdict_count && error == CHISO_OK; i++) {
        const struct chiso_verdict *verdict = &receipt->verdicts[i];
        struct slot *slot = find_slot(publisher, tail, verdict->report_id);
        if (slot == NULL)
            continue; /* another program's, or the receipt of a report that was sent twice */
        if (verdict->outcome == CHISO_DEFERRED) {
            put_off(slot, verdict->retry_after_ms);
            continue;
        }
        error = receipts_settle(publisher->receipts, &slot->entry, verdict, &publisher->why);
        slot->settled = true;
    }
    return error != CHISO_OK ? error : outbox_commit(publisher->outbox, &publisher->why);
}

/* The disk is full, or somebody looks into the outbox for too long: what was there is there still. */
static bool is_passing(int error)
{
    return error == CHISO_EIO || error == CHISO_ENOMEM || error == CHISO_ECONFLICT;
}

/* Nothing of a receipt that cannot be written down has happened: its reports go out again, and then it comes
 * again. */
static int write_failed(struct publisher *publisher, int error)
{
    publisher->write_failures++;
    outbox_rollback(publisher->outbox);
    if (!is_passing(error))
        return error;
    LOG_LIMITED(error, "outbox_not_written", "failures=%u why=%s", publisher->write_failures,
        log_quoted(publisher->why.text));
    return CHISO_OK;
}

static int settle_all(struct publisher *publisher, const char *tail, const struct chiso_receipt *receipt)
{
    struct tally before = publisher->receipts->tally;
    int error = settle_verdicts(publisher, tail, receipt);
    bool written = error == CHISO_OK;
    if (!written) {
        publisher->receipts->tally = before;
        error = write_failed(publisher, error);
    }
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++) {
        struct slot *slot = &publisher->slots[i];
        if (slot->settled && written)
            free_slot(publisher, slot);
        slot->settled = false;
    }
    publisher->drained = false; /* a report may have been queued again */
    return error;
}

static void on_message(void *context, const char *topic, const void *bytes, size_t length, bool retained)
{
    struct publisher *publisher = context;
    struct chiso_receipt receipt;
    struct chiso_message why;
    if (publisher->error != CHISO_OK || retained ||
        strncmp(topic, TOPIC_RECEIPT, sizeof TOPIC_RECEIPT - 1) != 0)
        return;
    chiso_arena_reset(&publisher->arena);
    if (chiso_receipt_decode(&publisher->arena, bytes, length, &receipt, &why) != CHISO_OK) {
        LOG_LIMITED(warning, "bad_receipt", "topic=%s why=%s", log_quoted(topic), log_quoted(why.text));
        return;
    }
    publisher->error = settle_all(publisher, topic + sizeof TOPIC_RECEIPT - 1, &receipt);
}

/* ---- what the broker says to a publish ---- */

static struct slot *find_message(struct publisher *publisher, int message_id)
{
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++)
        if (publisher->slots[i].used && publisher->slots[i].message_id == message_id)
            return &publisher->slots[i];
    return NULL;
}

static void on_refused(void *context, int message_id, const char *why)
{
    struct slot *slot = find_message(context, message_id);
    if (slot != NULL)
        snprintf(slot->refusal, sizeof slot->refusal, "%s", why);
}

static void on_published(void *context, int message_id)
{
    struct slot *slot = find_message(context, message_id);
    if (slot != NULL)
        slot->message_id = 0; /* the number is given away again */
}

static int write_refusals(struct publisher *publisher)
{
    int error = outbox_begin(publisher->outbox, &publisher->why);
    for (size_t i = 0; i < PUBLISHER_WINDOW && error == CHISO_OK; i++) {
        struct slot *slot = &publisher->slots[i];
        if (slot->refusal[0] != '\0' && strcmp(slot->refusal, slot->entry.refusal) != 0)
            error = outbox_set_refusal(publisher->outbox, &slot->entry, slot->refusal, &publisher->why);
    }
    return error != CHISO_OK ? error : outbox_commit(publisher->outbox, &publisher->why);
}

/* Refused reports leave the window to the others. */
static int pass_over_refused(struct publisher *publisher)
{
    bool any = false;
    for (size_t i = 0; i < PUBLISHER_WINDOW && !any; i++)
        any = publisher->slots[i].refusal[0] != '\0';
    if (!any)
        return CHISO_OK;
    int error = write_refusals(publisher);
    if (error != CHISO_OK)
        error = write_failed(publisher, error);
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++) {
        struct slot *slot = &publisher->slots[i];
        if (slot->refusal[0] == '\0')
            continue;
        LOG_LIMITED(error, "report_refused_by_broker", "report=%s topic=" TOPIC_REPORT "%s/%s why=%s",
            slot->entry.report_id, slot->entry.province, slot->entry.publisher, log_quoted(slot->refusal));
        free_slot(publisher, slot);
        if (publisher->refused++ == 0)
            publisher->retry_ms = clock_monotonic_ms() +
                                  backoff_ms(PUBLISHER_REFUSED_MS, PUBLISHER_REFUSED_MS, 0, random_number());
    }
    return error;
}

/* ---- sending ---- */

/* From the oldest report on, those in the window excepted. */
static void begin_again(struct publisher *publisher)
{
    publisher->last_id = 0;
    publisher->refused = 0;
    publisher->drained = false;
}

/* What was on its way over the old connection may be lost. */
static void on_connected(void *context)
{
    struct publisher *publisher = context;
    publisher->connections++;
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++) {
        publisher->slots[i].due_ms = 0;
        publisher->slots[i].message_id = 0;
    }
    if (publisher->refused > 0)
        begin_again(publisher);
}

static bool is_in_window(const struct publisher *publisher, int64_t id)
{
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++)
        if (publisher->slots[i].used && publisher->slots[i].entry.id == id)
            return true;
    return false;
}

/* Receipts of a publisher are subscribed to before its first report leaves. */
static int subscribe(struct publisher *publisher, const char *name)
{
    char filter[OUTBOX_TOPIC_BYTES];
    if (publisher->name_count > SUBSCRIPTIONS_MAX)
        return CHISO_OK;
    for (size_t i = 0; i < publisher->name_count; i++)
        if (strcmp(publisher->names[i], name) == 0)
            return CHISO_OK;
    bool everybody = publisher->name_count == SUBSCRIPTIONS_MAX;
    snprintf(filter, sizeof filter, TOPIC_RECEIPT "+/%s", everybody ? "+" : name);
    int error = mqtt_subscribe(publisher->mqtt, filter);
    if (error == CHISO_OK && !everybody && (publisher->names[publisher->name_count] = strdup(name)) == NULL)
        error = CHISO_ENOMEM;
    if (error != CHISO_OK)
        chiso_message_set(&publisher->why, "cannot subscribe to receipts: %s", chiso_strerror(error));
    else
        publisher->name_count++;
    return error;
}

/* The next report of the outbox that is not in the window. CHISO_ENOTFOUND. */
static int next_entry(struct publisher *publisher, struct outbox_entry *out)
{
    for (;;) {
        int error = outbox_next(publisher->outbox, publisher->last_id, out, &publisher->why);
        if (error != CHISO_OK)
            return error;
        publisher->last_id = out->id;
        if (!is_in_window(publisher, out->id))
            return CHISO_OK;
        outbox_entry_release(out);
    }
}

static int fill_window(struct publisher *publisher)
{
    if (publisher->refused > 0 && clock_monotonic_ms() >= publisher->retry_ms)
        begin_again(publisher);
    for (size_t i = 0; i < PUBLISHER_WINDOW && !publisher->drained; i++) {
        struct slot *slot = &publisher->slots[i];
        if (slot->used)
            continue;
        int error = next_entry(publisher, &slot->entry);
        if (error == CHISO_ENOTFOUND) {
            publisher->drained = true;
            break;
        }
        if (error != CHISO_OK)
            return error;
        slot->used = true;
        publisher->used++;
        error = subscribe(publisher, slot->entry.publisher);
        if (error != CHISO_OK)
            return error;
    }
    return CHISO_OK;
}

/* Reports that the operator has dropped are not sent again. */
static int look_beside(struct publisher *publisher)
{
    bool changed = false;
    long long now_ms = clock_monotonic_ms();
    if (now_ms < publisher->beside_ms)
        return CHISO_OK;
    publisher->beside_ms = now_ms + BESIDE_EVERY_MS;
    int error = outbox_changed_beside(publisher->outbox, &changed, &publisher->why);
    for (size_t i = 0; changed && i < PUBLISHER_WINDOW; i++) {
        struct slot *slot = &publisher->slots[i];
        if (!slot->used || outbox_holds(publisher->outbox, slot->entry.id))
            continue;
        log_warning("dropped", "report=%s", slot->entry.report_id);
        free_slot(publisher, slot);
    }
    if (changed && publisher->refused > 0)
        begin_again(publisher); /* they may be among them */
    return error;
}

static int by_id(const void *a, const void *b)
{
    const struct slot *const *left = a, *const *right = b;
    return ((*left)->entry.id > (*right)->entry.id) - ((*left)->entry.id < (*right)->entry.id);
}

static int send_slot(struct publisher *publisher, struct slot *slot, long long now_ms)
{
    char topic[TOPIC_CHARS];
    topic_print(TOPIC_REPORT, slot->entry.province, slot->entry.publisher, topic);
    int error = mqtt_publish(
        publisher->mqtt, topic, slot->entry.payload, slot->entry.payload_length, false, &slot->message_id);
    if (error != CHISO_OK)
        return error;
    if (slot->sends > 0)
        LOG_LIMITED(warning, "resend", "report=%s sends=%u", slot->entry.report_id, slot->sends + 1);
    slot->due_ms =
        now_ms + backoff_ms(PUBLISHER_RESEND_FIRST_MS, PUBLISHER_RESEND_MAX_MS, slot->sends, random_number());
    slot->sends++;
    return CHISO_OK;
}

/* Sends what is due, oldest first, so that the revisions of one figure arrive in their order. */
static void send_due(struct publisher *publisher)
{
    struct slot *due[PUBLISHER_WINDOW];
    size_t count = 0;
    long long now_ms = clock_monotonic_ms();
    if (!mqtt_is_connected(publisher->mqtt))
        return;
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++)
        if (publisher->slots[i].used && publisher->slots[i].due_ms <= now_ms)
            due[count++] = &publisher->slots[i];
    qsort(due, count, sizeof due[0], by_id);
    for (size_t i = 0; i < count; i++)
        if (send_slot(publisher, due[i], now_ms) != CHISO_OK)
            break; /* the connection is gone: mqtt_read makes a new one */
}

/* ---- life ---- */

int publisher_open(const struct mqtt_options *options, struct outbox *outbox, struct receipts *receipts,
    struct publisher **out, struct chiso_message *why)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (publisher == NULL || chiso_arena_init(&publisher->arena, ARENA_BYTES) != CHISO_OK) {
        chiso_message_set(why, "no memory for the publisher");
        publisher_close(publisher);
        return CHISO_ENOMEM;
    }
    publisher->outbox = outbox;
    publisher->receipts = receipts;
    struct mqtt_options all = *options;
    all.clean_start = true;
    all.on_message = on_message;
    all.on_published = on_published;
    all.on_refused = on_refused;
    all.on_connected = on_connected;
    all.context = publisher;
    int error = mqtt_open(&all, &publisher->mqtt, why);
    if (error != CHISO_OK) {
        publisher_close(publisher);
        return error;
    }
    *out = publisher;
    return CHISO_OK;
}

static bool wants_more(void *context)
{
    const struct publisher *publisher = context;
    return publisher->error == CHISO_OK;
}

/* Fill, send, receive. Receipts are on disk before their PUBACKs leave. */
static int go_round(struct publisher *publisher, int timeout_ms)
{
    int error = look_beside(publisher);
    if (error == CHISO_OK)
        error = fill_window(publisher);
    if (error != CHISO_OK && (error = write_failed(publisher, error)) != CHISO_OK)
        return error;
    send_due(publisher);
    (void)mqtt_flush(publisher->mqtt);
    (void)mqtt_read(publisher->mqtt, timeout_ms, wants_more);
    if (publisher->error == CHISO_OK)
        publisher->error = pass_over_refused(publisher);
    if (publisher->error == CHISO_OK)
        (void)mqtt_flush(publisher->mqtt);
    return publisher->error;
}

int publisher_round(struct publisher *publisher, int timeout_ms, struct chiso_message *why)
{
    int error = go_round(publisher, timeout_ms);
    if (error != CHISO_OK)
        *why = publisher->why;
    return error;
}

int publisher_run(
    struct publisher *publisher, const volatile int *stop, long long wait_ms, struct chiso_message *why)
{
    long long started_ms = clock_monotonic_ms(), told_ms = started_ms;
    for (;;) {
        int error = publisher_round(publisher, PUBLISHER_ROUND_MS, why);
        if (error != CHISO_OK)
            return error;
        if (publisher->drained && publisher->used == 0 && publisher->refused == 0)
            return CHISO_OK;
        long long now_ms = clock_monotonic_ms();
        if (*stop != 0 || (wait_ms > 0 && now_ms - started_ms >= wait_ms))
            return CHISO_ETIMEOUT;
        if (now_ms - told_ms >= WAITING_EVERY_MS) {
            told_ms = now_ms;
            log_info("waiting", "outstanding=%zu refused=%zu connected=%s",
                publisher->used + publisher->refused, publisher->refused,
                mqtt_is_connected(publisher->mqtt) ? "yes" : "no");
        }
    }
}

struct mqtt *publisher_mqtt(struct publisher *publisher)
{
    return publisher->mqtt;
}

unsigned publisher_connections(const struct publisher *publisher)
{
    return publisher->connections;
}

unsigned publisher_write_failures(const struct publisher *publisher)
{
    return publisher->write_failures;
}

void publisher_wake(struct publisher *publisher)
{
    publisher->drained = false;
}

void publisher_close(struct publisher *publisher)
{
    if (publisher == NULL)
        return;
    mqtt_close(publisher->mqtt);
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++)
        if (publisher->slots[i].used)
            outbox_entry_release(&publisher->slots[i].entry);
    for (size_t i = 0; i < publisher->name_count && i < SUBSCRIPTIONS_MAX; i++)
        free(publisher->names[i]);
    chiso_arena_release(&publisher->arena);
    free(publisher);
}
