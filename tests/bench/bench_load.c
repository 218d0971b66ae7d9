/* The load generator of deploy/bench: publishes reports as one gateway, as fast as a window of unreceipted ones
 * allows or at a rate, and waits until each is receipted; with --null until each has reached a subscriber that
 * does nothing, which is what everything else is held against. Payloads are encoded beforehand, so that what
 * is measured is the bus. One line of JSON on standard output; any refusal ends it.
 *
 * Reports: unit after unit, month after month of one year, then the next OBSERVATIONS indicators, then a higher
 * revision: every report is accepted and changes figures. */
#include <chiso/report.h>
#include <errno.h>
#include <getopt.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RECEIPT_ARENA_BYTES ((size_t)16 * 1024 * 1024)
/* Nothing has come for so long: something is wrong with the bus, and no figure would be true. */
#define SILENCE_S 30

struct sample {
    long long sent_us, done_us;
};

struct words {
    char **list;
    size_t count;
};

struct load {
    const char *province, *publisher;
    struct words units, indicators;
    int port, year;
    size_t reports, observations, window;
    double rate; /* reports/s; 0: as fast as the window allows */
    bool null;
    uint8_t **payload;
    size_t *length;
    struct sample *samples;
    struct chiso_arena arena; /* of the receipt at hand */
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t moved;
    size_t done;
    bool subscribed;
};

static void fail(const char *why)
{
    fprintf(stderr, "bench_load: %s\n", why);
    exit(1);
}

static void *taken(void *memory)
{
    if (!memory)
        fail("no memory");
    return memory;
}

static long long now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static struct words split(char *list)
{
    char *at;
    struct words words = {.list = taken(calloc(strlen(list) + 1, sizeof(char *)))};
    for (char *word = strtok_r(list, ",", &at); word; word = strtok_r(NULL, ",", &at))
        words.list[words.count++] = word;
    return words;
}

/* ---- before ---- */

static void encode_report(struct load *l, size_t n, struct chiso_observation *observations)
{
    size_t blocks = (l->indicators.count + l->observations - 1) / l->observations, count = 0;
    size_t months = n / l->units.count, rounds = months / 12;
    size_t first = rounds % blocks * l->observations;
    char id[32], period[32];
    snprintf(id, sizeof id, "%zu", n);
    snprintf(period, sizeof period, "%d-%02d", l->year, (int)(months % 12) + 1);
    for (size_t i = first; i < l->indicators.count && count < l->observations; i++)
        observations[count++] = (struct chiso_observation){
            .indicator = l->indicators.list[i], .value = (int64_t)(n % 100000) + 1, .note = ""};
    struct chiso_report report = {.report_id = id,
        .unit = l->units.list[n % l->units.count],
        .period = period,
        .source = "",
        .stream_id = "",
        .revision = 1 + rounds / blocks,
        .observation_count = count,
        .observations = observations};
    if (chiso_report_encode(&report, &l->payload[n], &l->length[n]))
        fail("a report cannot be encoded");
}

static void prepare(struct load *l)
{
    struct chiso_observation *observations = taken(calloc(l->observations, sizeof *observations));
    l->payload = taken(calloc(l->reports, sizeof *l->payload));
    l->length = taken(calloc(l->reports, sizeof *l->length));
    l->samples = taken(calloc(l->reports, sizeof *l->samples));
    if (chiso_arena_init(&l->arena, RECEIPT_ARENA_BYTES))
        fail("no memory");
    for (size_t n = 0; n < l->reports; n++)
        encode_report(l, n, observations);
    free(observations);
}

/* ---- callbacks, in the clients' threads ---- */

/* Report N is done. */
static void note_done(struct load *l, size_t n, long long now)
{
    if (n >= l->reports || l->samples[n].done_us)
        return;
    l->samples[n].done_us = now;
    l->done++;
}

static void on_receipt(struct mosquitto *client, void *context, const struct mosquitto_message *message,
    const mosquitto_property *properties)
{
    struct load *l = context;
    struct chiso_receipt receipt;
    struct chiso_message why;
    long long now = now_us();
    (void)client, (void)properties;
    chiso_arena_reset(&l->arena);
    if (chiso_receipt_decode(&l->arena, message->payload, (size_t)message->payloadlen, &receipt, &why))
        fail(why.text);
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < receipt.verdict_count; i++) {
        const struct chiso_verdict *verdict = &receipt.verdicts[i];
        if (verdict->outcome != CHISO_ACCEPTED)
            fail(verdict->rejection_count ? verdict->rejections[0].text : "a report is not accepted");
        note_done(l, strtoul(verdict->report_id, NULL, 10), now);
    }
    pthread_cond_signal(&l->moved);
    pthread_mutex_unlock(&l->lock);
}

/* The subscriber that does nothing: messages come in the order in which they were published. */
static void on_report(struct mosquitto *client, void *context, const struct mosquitto_message *message,
    const mosquitto_property *properties)
{
    struct load *l = context;
    (void)client, (void)message, (void)properties;
    pthread_mutex_lock(&l->lock);
    note_done(l, l->done, now_us());
    pthread_cond_signal(&l->moved);
    pthread_mutex_unlock(&l->lock);
}

static void on_subscribe(struct mosquitto *client, void *context, int id, int count, const int *granted,
    const mosquitto_property *properties)
{
    struct load *l = context;
    (void)client, (void)id, (void)properties;
    if (count != 1 || granted[0] != 1)
        fail("the broker refuses the subscription");
    pthread_mutex_lock(&l->lock);
    l->subscribed = true;
    pthread_cond_signal(&l->moved);
    pthread_mutex_unlock(&l->lock);
}

static void on_connect(
    struct mosquitto *client, void *context, int reason, int flags, const mosquitto_property *properties)
{
    (void)client, (void)context, (void)flags, (void)properties;
    if (reason)
        fail(mosquitto_reason_string(reason));
}

static void on_disconnect(
    struct mosquitto *client, void *context, int reason, const mosquitto_property *properties)
{
    (void)client, (void)context, (void)properties;
    if (reason)
        fail("the broker has gone");
}

/* ---- the run ---- */

static struct mosquitto *connected(struct load *l, const char *name)
{
    struct mosquitto *client = taken(mosquitto_new(name, true, l));
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(
        client, MOSQ_OPT_SEND_MAXIMUM, (int)(l->window < UINT16_MAX ? l->window : UINT16_MAX));
    mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, 1000);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_connect_v5_callback_set(client, on_connect);
    mosquitto_disconnect_v5_callback_set(client, on_disconnect);
    mosquitto_subscribe_v5_callback_set(client, on_subscribe);
    if (mosquitto_connect_bind_v5(client, "127.0.0.1", l->port, 60, NULL, NULL) ||
        mosquitto_loop_start(client))
        fail("no broker on the port");
    return client;
}

static void wait_for_more(struct load *l)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += SILENCE_S;
    if (pthread_cond_timedwait(&l->moved, &l->lock, &until) == ETIMEDOUT)
        fail("nothing has come for half a minute");
}

static void subscribe(struct load *l, struct mosquitto *client, const char *topic)
{
    mosquitto_subscribe_v5(client, NULL, topic, 1, 0, NULL);
    pthread_mutex_lock(&l->lock);
    while (!l->subscribed)
        wait_for_more(l);
    pthread_mutex_unlock(&l->lock);
}

static void wait_until(long long due_us)
{
    long long wait = due_us - now_us();
    if (wait > 0)
        nanosleep(&(struct timespec){wait / 1000000, wait % 1000000 * 1000}, NULL);
}

static void publish_all(struct load *l, struct mosquitto *client, const char *topic)
{
    long long begin = now_us();
    for (size_t n = 0; n < l->reports; n++) {
        pthread_mutex_lock(&l->lock);
        while (n - l->done >= l->window)
            wait_for_more(l);
        pthread_mutex_unlock(&l->lock);
        if (l->rate > 0)
            wait_until(begin + (long long)((double)n * 1e6 / l->rate));
        l->samples[n].sent_us = now_us();
        if (mosquitto_publish_v5(client, NULL, topic, (int)l->length[n], l->payload[n], 1, false, NULL))
            fail("a report cannot be published");
    }
    pthread_mutex_lock(&l->lock);
    while (l->done < l->reports)
        wait_for_more(l);
    pthread_mutex_unlock(&l->lock);
}

static int compare(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void print(const struct load *l)
{
    long long *delay = taken(calloc(l->reports, sizeof *delay)), last = 0;
    for (size_t i = 0; i < l->reports; i++) {
        delay[i] = l->samples[i].done_us - l->samples[i].sent_us;
        last = l->samples[i].done_us > last ? l->samples[i].done_us : last;
    }
    qsort(delay, l->reports, sizeof *delay, compare);
    printf("{\"seconds\": %.4f, \"reports_per_s\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
        (double)(last - l->samples[0].sent_us) / 1e6,
        (double)l->reports * 1e6 / (double)(last - l->samples[0].sent_us),
        (double)delay[l->reports / 2] / 1000, (double)delay[l->reports * 99 / 100] / 1000);
    free(delay);
}

static void run(struct load *l)
{
    char report[160], receipt[160];
    snprintf(report, sizeof report, "chiso/v1/report/%s/%s", l->province, l->publisher);
    snprintf(receipt, sizeof receipt, "chiso/v1/receipt/%s/%s", l->province, l->publisher);
    mosquitto_lib_init();
    struct mosquitto *client = connected(l, "bench-load");
    struct mosquitto *subscriber = l->null ? connected(l, "bench-null") : client;
    mosquitto_message_v5_callback_set(subscriber, l->null ? on_report : on_receipt);
    subscribe(l, subscriber, l->null ? report : receipt);
    publish_all(l, client, report);
    print(l);
    fflush(stdout);
    /* No callback may find the process half gone. */
    _Exit(0);
}

static size_t number(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || value < 1 || value > 100000000)
        fail("a number from 1 is wanted");
    return value;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"port", 1, 0, 'p'}, {"province", 1, 0, 'P'},
        {"publisher", 1, 0, 'l'}, {"units", 1, 0, 'u'}, {"indicators", 1, 0, 'i'}, {"year", 1, 0, 'y'},
        {"reports", 1, 0, 'n'}, {"observations", 1, 0, 'k'}, {"window", 1, 0, 'w'}, {"rate", 1, 0, 'r'},
        {"null", 0, 0, '0'}, {0}};
    struct load l = {.observations = 1,
        .window = 1000,
        .year = 2024,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .moved = PTHREAD_COND_INITIALIZER};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            l.port = (int)number(optarg);
            break;
        case 'P':
            l.province = optarg;
            break;
        case 'l':
            l.publisher = optarg;
            break;
        case 'u':
            l.units = split(optarg);
            break;
        case 'i':
            l.indicators = split(optarg);
            break;
        case 'y':
            l.year = (int)number(optarg);
            break;
        case 'n':
            l.reports = number(optarg);
            break;
        case 'k':
            l.observations = number(optarg);
            break;
        case 'w':
            l.window = number(optarg);
            break;
        case 'r':
            l.rate = (double)number(optarg);
            break;
        case '0':
            l.null = true;
            break;
        default:
            return 64;
        }
    }
    if (!l.port || !l.province || !l.publisher || !l.units.count || !l.indicators.count || !l.reports)
        fail("--port, --province, --publisher, --units, --indicators and --reports are needed");
    prepare(&l);
    run(&l);
}
