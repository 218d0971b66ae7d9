#include "publisher.h"

#include "core/backoff.h"
#include "io/clock.h"
#include "io/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define REPORT_TOPIC "chiso/v1/report/"
#define RECEIPT_TOPIC "chiso/v1/receipt/"
/* More publishers than this in one outbox: one subscription for all of them, filtered here. */
#define SUBSCRIPTIONS_MAX 64
/* The longest wait for input, so that a stop is noticed. */
#define READ_MS 200
#define WAITING_EVERY_MS 10000
/* A receipt of CHISO_VERDICTS_MAX verdicts, decoded. */
#define ARENA_BYTES ((size_t)4 * 1024 * 1024)

/* A report on its way. */
struct slot {
    bool used;
    struct outbox_entry entry;
    unsigned sends;
    long long due_ms; /* when to send (again) */
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
        if (!slot->used || strcmp(slot->entry.report_id, report_id) != 0)
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

static int settle_all(struct publisher *publisher, const char *tail, const struct chiso_receipt *receipt)
{
    struct slot *settled[PUBLISHER_WINDOW];
    size_t count = 0;
    int error = outbox_begin(publisher->outbox, &publisher->why);
    for (size_t i = 0; i < receipt->verdict_count && error == CHISO_OK; i++) {
        const struct chiso_verdict *verdict = &receipt->verdicts[i];
        struct slot *slot = find_slot(publisher, tail, verdict->report_id);
        if (slot == NULL)
            continue; /* another program's, or the receipt of a report that was sent twice */
        error = receipts_settle(publisher->receipts, &slot->entry, verdict, &publisher->why);
        slot->entry.report_id[0] = '\0'; /* a second verdict on it is not looked at */
        settled[count++] = slot;
    }
    if (error == CHISO_OK)
        error = outbox_commit(publisher->outbox, &publisher->why);
    if (error != CHISO_OK)
        outbox_rollback(publisher->outbox);
    for (size_t i = 0; i < count; i++)
        free_slot(publisher, settled[i]);
    publisher->drained = false; /* a report may have been queued again */
    return error;
}

static void on_message(void *context, const char *topic, const void *bytes, size_t length, bool retained)
{
    struct publisher *publisher = context;
    struct chiso_receipt receipt;
    struct chiso_message why;
    if (publisher->error != CHISO_OK || retained ||
        strncmp(topic, RECEIPT_TOPIC, sizeof RECEIPT_TOPIC - 1) != 0)
        return;
    chiso_arena_reset(&publisher->arena);
    if (chiso_receipt_decode(&publisher->arena, bytes, length, &receipt, &why) != CHISO_OK) {
        LOG_LIMITED(warning, "bad_receipt", "topic=%s why=%s", log_quoted(topic), log_quoted(why.text));
        return;
    }
    publisher->error = settle_all(publisher, topic + sizeof RECEIPT_TOPIC - 1, &receipt);
}

/* ---- sending ---- */

/* What was on its way over the old connection may be lost. */
static void on_connected(void *context)
{
    struct publisher *publisher = context;
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++)
        publisher->slots[i].due_ms = 0;
}

static int fill_window(struct publisher *publisher)
{
    for (size_t i = 0; i < PUBLISHER_WINDOW && !publisher->drained; i++) {
        struct slot *slot = &publisher->slots[i];
        if (slot->used)
            continue;
        int error = outbox_next(publisher->outbox, publisher->last_id, &slot->entry, &publisher->why);
        if (error == CHISO_ENOTFOUND) {
            publisher->drained = true;
            break;
        }
        if (error != CHISO_OK)
            return error;
        publisher->last_id = slot->entry.id;
        slot->used = true;
        publisher->used++;
    }
    return CHISO_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct slot *const *left = a, *const *right = b;
    return ((*left)->entry.id > (*right)->entry.id) - ((*left)->entry.id < (*right)->entry.id);
}

static int send_slot(struct publisher *publisher, struct slot *slot, long long now_ms)
{
    char topic[OUTBOX_TOPIC_BYTES];
    snprintf(topic, sizeof topic, REPORT_TOPIC "%s/%s", slot->entry.province, slot->entry.publisher);
    int error =
        mqtt_publish(publisher->mqtt, topic, slot->entry.payload, slot->entry.payload_length, false, NULL);
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

struct names {
    struct mqtt *mqtt;
    size_t count;
    int error;
};

static int subscribe_one(void *context, const char *name)
{
    struct names *names = context;
    char filter[OUTBOX_TOPIC_BYTES];
    if (++names->count > SUBSCRIPTIONS_MAX)
        return 1;
    snprintf(filter, sizeof filter, RECEIPT_TOPIC "+/%s", name);
    names->error = mqtt_subscribe(names->mqtt, filter);
    return names->error != CHISO_OK;
}

static int subscribe(struct publisher *publisher, struct chiso_message *why)
{
    struct names names = {.mqtt = publisher->mqtt};
    int stopped = outbox_publishers(publisher->outbox, subscribe_one, &names, why);
    if (stopped < 0)
        return stopped;
    if (names.count > SUBSCRIPTIONS_MAX)
        names.error = mqtt_subscribe(publisher->mqtt, RECEIPT_TOPIC "+/+");
    if (names.error != CHISO_OK)
        chiso_message_set(why, "cannot subscribe to receipts: %s", chiso_strerror(names.error));
    return names.error;
}

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

/* One round: fill, send, receive. Receipts are on disk before their PUBACKs leave. */
static int go_round(struct publisher *publisher)
{
    int error = fill_window(publisher);
    if (error != CHISO_OK)
        return error;
    send_due(publisher);
    (void)mqtt_flush(publisher->mqtt);
    (void)mqtt_read(publisher->mqtt, READ_MS, wants_more);
    if (publisher->error == CHISO_OK)
        (void)mqtt_flush(publisher->mqtt);
    return publisher->error;
}

int publisher_run(
    struct publisher *publisher, const volatile int *stop, long long wait_ms, struct chiso_message *why)
{
    long long started_ms = clock_monotonic_ms(), told_ms = started_ms;
    int error = subscribe(publisher, why);
    if (error != CHISO_OK)
        return error;
    for (;;) {
        error = go_round(publisher);
        if (error != CHISO_OK) {
            *why = publisher->why;
            return error;
        }
        if (publisher->drained && publisher->used == 0)
            return CHISO_OK;
        long long now_ms = clock_monotonic_ms();
        if (*stop != 0 || (wait_ms > 0 && now_ms - started_ms >= wait_ms))
            return CHISO_ETIMEOUT;
        if (now_ms - told_ms >= WAITING_EVERY_MS) {
            told_ms = now_ms;
            log_info("waiting", "outstanding=%zu connected=%s", publisher->used,
                mqtt_is_connected(publisher->mqtt) ? "yes" : "no");
        }
    }
}

void publisher_close(struct publisher *publisher)
{
    if (publisher == NULL)
        return;
    mqtt_close(publisher->mqtt);
    for (size_t i = 0; i < PUBLISHER_WINDOW; i++)
        if (publisher->slots[i].used)
            outbox_entry_release(&publisher->slots[i].entry);
    chiso_arena_release(&publisher->arena);
    free(publisher);
}
