/* The load generator of deploy/bench: publishes reports over one connection a publisher, as fast as a window of
 * unreceipted ones allows or at a rate, and waits until each is receipted. With --null until as many have
 * reached a subscriber that does nothing, with --plain until another consumer says that it has taken them
 * (deploy/benchmarks/plain_consumer.py); both on topics of their own, which the aggregator does not hear. One
 * thread, and payloads that were encoded beforehand, so that what is measured is the bus. One line of JSON on
 * standard output; any refusal ends it.
 *
 * --streams FILE has a line for each publisher: province, name, unit,unit,… They take turns. Reports of one: unit
 * after unit, month after month of one year, then the next OBSERVATIONS indicators, then a higher revision:
 * every report is accepted and changes figures.
 *
 * At a rate, time counts from when a report was to be sent by the clock: a bus that stops for a while delays all
 * that would have come meanwhile, and is charged with it. */
#include <chiso/report.h>
#include <getopt.h>
#include <jansson.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define RECEIPT_ARENA_BYTES ((size_t)16 * 1024 * 1024)
/* Nothing has come for so long: something is wrong with the bus, and no figure would be true. */
#define SILENCE_MS 30000
#define EVENTS_MAX 256
#define TAKEN_TOPIC "bench/v1/taken"

struct sample {
    long long sent_us, done_us, seen_us;
};

struct words {
    char **list;
    size_t count;
};

struct stream {
    const char *province, *publisher;
    char report[160], receipt[160]; /* topics */
    struct words units;
    struct mosquitto *client;
};

struct unit {
    const char *code;
    size_t stream, place;
};

struct load {
    struct stream *streams;
    struct unit *units; /* by code */
    size_t stream_count, unit_count;
    struct words indicators;
    int port, year;
    size_t reports, observations, window;
    double rate; /* reports/s; 0: as fast as the window allows */
    bool null, plain, changes;
    uint8_t **payload;
    size_t *length;
    struct sample *samples;
    struct chiso_arena arena; /* of the receipt at hand */
    int epoll, wake;
    size_t subscribed, done, seen;
    atomic_size_t counted; /* by the subscriber that does nothing, in a thread of its own */
    atomic_bool waiting, ready;
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

/* ---- before ---- */

static struct words split(char *list)
{
    char *at;
    struct words words = {.list = taken(calloc(strlen(list) + 1, sizeof(char *)))};
    for (char *word = strtok_r(list, ",", &at); word; word = strtok_r(NULL, ",", &at))
        words.list[words.count++] = word;
    return words;
}

static int compare_units(const void *a, const void *b)
{
    return strcmp(((const struct unit *)a)->code, ((const struct unit *)b)->code);
}

static void add_stream(struct load *l, char *line)
{
    char *at;
    struct stream *stream;
    l->streams = taken(realloc(l->streams, (l->stream_count + 1) * sizeof *l->streams));
    stream = &l->streams[l->stream_count];
    *stream = (struct stream){.province = strtok_r(line, " ", &at), .publisher = strtok_r(NULL, " ", &at)};
    char *units = strtok_r(NULL, " \n", &at);
    if (!units)
        fail("a line of --streams is: province publisher unit,unit");
    stream->units = split(units);
    l->units = taken(realloc(l->units, (l->unit_count + stream->units.count) * sizeof *l->units));
    for (size_t i = 0; i < stream->units.count; i++)
        l->units[l->unit_count++] = (struct unit){stream->units.list[i], l->stream_count, i};
    l->stream_count++;
}

static void read_streams(struct load *l, const char *name)
{
    FILE *file = fopen(name, "r");
    char *line = NULL;
    size_t capacity = 0;
    if (!file)
        fail("--streams cannot be read");
    while (getline(&line, &capacity, file) > 0)
        add_stream(l, taken(strdup(line)));
    free(line);
    fclose(file);
    if (!l->stream_count)
        fail("--streams is empty");
    qsort(l->units, l->unit_count, sizeof *l->units, compare_units);
}

static size_t blocks_of(const struct load *l)
{
    return (l->indicators.count + l->observations - 1) / l->observations;
}

static void encode_report(struct load *l, size_t n, struct chiso_observation *observations)
{
    const struct stream *stream = &l->streams[n % l->stream_count];
    size_t turn = n / l->stream_count, count = 0;
    size_t months = turn / stream->units.count, rounds = months / 12;
    char id[32], period[32];
    snprintf(id, sizeof id, "%zu", n);
    snprintf(period, sizeof period, "%d-%02d", l->year, (int)(months % 12) + 1);
    for (size_t i = rounds % blocks_of(l) * l->observations; i < l->indicators.count; i++) {
        if (count == l->observations)
            break;
        observations[count++] = (struct chiso_observation){
            .indicator = l->indicators.list[i], .value = (int64_t)(n % 100000) + 1, .note = ""};
    }
    struct chiso_report report = {.report_id = id,
        .unit = stream->units.list[turn % stream->units.count],
        .period = period,
        .source = "",
        .stream_id = "",
        .revision = 1 + rounds / blocks_of(l),
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

/* ---- what comes back ---- */

static void on_receipt(struct load *l, const struct mosquitto_message *message)
{
    struct chiso_receipt receipt;
    struct chiso_message why;
    long long now = now_us();
    chiso_arena_reset(&l->arena);
    if (chiso_receipt_decode(&l->arena, message->payload, (size_t)message->payloadlen, &receipt, &why))
        fail(why.text);
    for (size_t i = 0; i < receipt.verdict_count; i++) {
        const struct chiso_verdict *verdict = &receipt.verdicts[i];
        size_t n = strtoul(verdict->report_id, NULL, 10);
        if (verdict->outcome != CHISO_ACCEPTED)
            fail(verdict->rejection_count ? verdict->rejections[0].text : "a report is not accepted");
        if (n >= l->reports || l->samples[n].done_us)
            continue;
        l->samples[n].done_us = now;
        l->done++;
    }
}

/* "12": so many more of the reports, in the order in which they were published. */
static void on_taken(struct load *l, const struct mosquitto_message *message)
{
    char text[24] = "";
    if (message->payloadlen < (int)sizeof text)
        memcpy(text, message->payload, (size_t)message->payloadlen);
    for (size_t more = strtoul(text, NULL, 10); more > 0 && l->done < l->reports; more--, l->done++)
        l->samples[l->done].done_us = now_us();
}

/* The report that brought the figure, of those with revision 1; which indicator is not asked, so that
 * reports of several are seen with their first. */
static size_t find_report(const struct load *l, const char *code, const char *period, const char *indicator)
{
    const struct unit wanted = {.code = code};
    const struct unit *unit = bsearch(&wanted, l->units, l->unit_count, sizeof *l->units, compare_units);
    size_t which = 0;
    while (which < l->indicators.count && strcmp(l->indicators.list[which], indicator) != 0)
        which++;
    if (!unit || which == l->indicators.count || strlen(period) != strlen("2025-01"))
        return l->reports;
    size_t months = which / l->observations * 12 + strtoul(period + 5, NULL, 10) - 1;
    return (months * l->streams[unit->stream].units.count + unit->place) * l->stream_count + unit->stream;
}

/* As a web dashboard reads it. */
static void on_change(struct load *l, const struct mosquitto_message *message)
{
    long long now = now_us();
    json_t *change = json_loadb(message->payload, (size_t)message->payloadlen, 0, NULL), *figure;
    size_t i;
    json_array_foreach(json_object_get(change, "changed"), i, figure)
    {
        size_t n = find_report(l, json_string_value(json_object_get(figure, "unit")),
            json_string_value(json_object_get(figure, "period")),
            json_string_value(json_object_get(figure, "indicator")));
        if (n >= l->reports || l->samples[n].seen_us)
            continue;
        l->samples[n].seen_us = now;
        l->seen++;
    }
    json_decref(change);
}

static void on_message(struct mosquitto *client, void *context, const struct mosquitto_message *message,
    const mosquitto_property *properties)
{
    (void)client, (void)properties;
    if (strncmp(message->topic, "chiso/v1/receipt/", strlen("chiso/v1/receipt/")) == 0)
        on_receipt(context, message);
    else if (strcmp(message->topic, TAKEN_TOPIC) == 0)
        on_taken(context, message);
    else
        on_change(context, message);
}

/* The subscriber that does nothing but count; messages come in the order in which they were published. */
static void on_report(struct mosquitto *client, void *context, const struct mosquitto_message *message,
    const mosquitto_property *properties)
{
    struct load *l = context;
    (void)client, (void)message, (void)properties;
    l->samples[atomic_fetch_add(&l->counted, 1)].done_us = now_us();
    if (atomic_exchange(&l->waiting, false) && write(l->wake, &(uint64_t){1}, sizeof(uint64_t)) < 0)
        fail("no event");
}

static void on_subscribe(struct mosquitto *client, void *context, int id, int count, const int *granted,
    const mosquitto_property *properties)
{
    struct load *l = context;
    (void)client, (void)id, (void)properties;
    if (count != 1 || granted[0] != 1)
        fail("the broker refuses the subscription");
    l->subscribed++;
}

static void on_null_subscribe(struct mosquitto *client, void *context, int id, int count, const int *granted,
    const mosquitto_property *properties)
{
    (void)client, (void)id, (void)count, (void)granted, (void)properties;
    atomic_store(&((struct load *)context)->ready, true);
}

static void on_disconnect(
    struct mosquitto *client, void *context, int reason, const mosquitto_property *properties)
{
    (void)client, (void)context, (void)properties;
    fail(reason ? mosquitto_reason_string(reason) : "the broker has gone");
}

/* ---- connections ---- */

static struct mosquitto *connected(struct load *l, const char *name)
{
    struct mosquitto *client = taken(mosquitto_new(name, true, l));
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, UINT16_MAX);
    mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, 1000);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_disconnect_v5_callback_set(client, on_disconnect);
    mosquitto_subscribe_v5_callback_set(client, on_subscribe);
    mosquitto_message_v5_callback_set(client, on_message);
    if (mosquitto_connect_bind_v5(client, "127.0.0.1", l->port, 600, NULL, NULL))
        fail("no broker on the port");
    return client;
}

static void watch(struct load *l, struct mosquitto *client)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, client ? mosquitto_socket(client) : l->wake, &event))
        fail("no room for a connection");
}

static void serve(struct load *l, struct mosquitto *client)
{
    uint64_t count;
    if (!client && read(l->wake, &count, sizeof count) < 0)
        fail("no event");
    if (client && (mosquitto_loop_read(client, EVENTS_MAX) ||
                      (mosquitto_want_write(client) && mosquitto_loop_write(client, 1))))
        fail("the connection to the broker is lost");
}

/* Reads what has come, at most until DUE_US; 0: what is there. */
static void listen_until(struct load *l, long long due_us)
{
    struct epoll_event events[EVENTS_MAX];
    long long wait = due_us ? due_us - now_us() : 0;
    wait = wait < 0 ? 0 : wait;
    struct timespec time = {wait / 1000000, wait % 1000000 * 1000};
    int count = epoll_pwait2(l->epoll, events, EVENTS_MAX, &time, NULL);
    for (int i = 0; i < count; i++)
        serve(l, events[i].data.ptr);
}

static size_t finished(struct load *l)
{
    return l->null ? atomic_load(&l->counted) : l->changes && l->seen < l->done ? l->seen : l->done;
}

/* Waits until more than BEFORE reports are through. */
static void wait_for_more(struct load *l, size_t before)
{
    long long until = now_us() + SILENCE_MS * 1000LL;
    while (finished(l) <= before) {
        atomic_store(&l->waiting, l->null);
        if (finished(l) > before)
            break;
        listen_until(l, until);
        if (finished(l) <= before && now_us() >= until)
            fail("nothing has come for half a minute");
    }
    atomic_store(&l->waiting, false);
}

static void subscribe(struct load *l, struct mosquitto *client, const char *topic)
{
    size_t before = l->subscribed;
    if (mosquitto_subscribe_v5(client, NULL, topic, 1, 0, NULL))
        fail("the broker cannot be subscribed to");
    for (long long until = now_us() + SILENCE_MS * 1000LL; l->subscribed == before;) {
        listen_until(l, until);
        if (now_us() >= until)
            fail("no subscription within half a minute");
    }
}

static void start_null(struct load *l)
{
    struct mosquitto *client = connected(l, "bench-null");
    mosquitto_message_v5_callback_set(client, on_report);
    mosquitto_subscribe_v5_callback_set(client, on_null_subscribe);
    mosquitto_subscribe_v5(client, NULL, "bench/v1/report/#", 1, 0, NULL);
    if (mosquitto_loop_start(client))
        fail("no thread");
    for (long long until = now_us() + SILENCE_MS * 1000LL; !atomic_load(&l->ready);) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        if (now_us() >= until)
            fail("no subscription within half a minute");
    }
}

static void connect_stream(struct load *l, struct stream *stream)
{
    char name[32];
    bool ours = !l->null && !l->plain;
    snprintf(stream->report, sizeof stream->report, "%s/v1/report/%s/%s", ours ? "chiso" : "bench",
        stream->province, stream->publisher);
    snprintf(stream->receipt, sizeof stream->receipt, "chiso/v1/receipt/%s/%s", stream->province,
        stream->publisher);
    snprintf(name, sizeof name, "bench-load-%zu", (size_t)(stream - l->streams));
    stream->client = connected(l, name);
    watch(l, stream->client);
    subscribe(l, stream->client, stream->receipt);
}

/* One that only listens. */
static void connect_viewer(struct load *l, const char *topic)
{
    struct mosquitto *viewer = connected(l, "bench-viewer");
    watch(l, viewer);
    subscribe(l, viewer, topic);
}

static void connect_all(struct load *l)
{
    l->epoll = epoll_create1(0);
    l->wake = eventfd(0, EFD_NONBLOCK);
    watch(l, NULL);
    if (l->null)
        start_null(l); /* first: libmosquitto's own loop calls select, for which numbers end at 1,023 */
    for (size_t i = 0; i < l->stream_count; i++)
        connect_stream(l, &l->streams[i]);
    if (l->changes)
        connect_viewer(l, "chiso/v1/json/change/#");
    if (l->plain)
        connect_viewer(l, TAKEN_TOPIC);
}

/* ---- the run ---- */

static void publish_all(struct load *l)
{
    long long begin = now_us();
    for (size_t n = 0; n < l->reports; n++) {
        const struct stream *stream = &l->streams[n % l->stream_count];
        long long due = begin + (l->rate > 0 ? (long long)((double)n * 1e6 / l->rate) : 0);
        while (l->rate > 0 && now_us() < due)
            listen_until(l, due);
        if (l->rate <= 0 && n - finished(l) >= l->window)
            wait_for_more(l, n - l->window);
        if (n % 16 == 0)
            listen_until(l, 0);
        l->samples[n].sent_us = l->rate > 0 ? due : now_us();
        if (mosquitto_publish_v5(
                stream->client, NULL, stream->report, (int)l->length[n], l->payload[n], 1, false, NULL))
            fail("a report cannot be published");
    }
    while (finished(l) < l->reports)
        wait_for_more(l, finished(l));
}

static int compare(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void print_delays(const struct load *l, const char *name, bool seen)
{
    long long *delay = taken(calloc(l->reports, sizeof *delay));
    for (size_t i = 0; i < l->reports; i++)
        delay[i] = (seen ? l->samples[i].seen_us : l->samples[i].done_us) - l->samples[i].sent_us;
    qsort(delay, l->reports, sizeof *delay, compare);
    printf(", \"%s_p50_ms\": %.3f, \"%s_p99_ms\": %.3f", name, (double)delay[l->reports / 2] / 1000, name,
        (double)delay[l->reports * 99 / 100] / 1000);
    free(delay);
}

static void print(const struct load *l)
{
    long long last = 0;
    for (size_t i = 0; i < l->reports; i++)
        last = l->samples[i].done_us > last ? l->samples[i].done_us : last;
    double seconds = (double)(last - l->samples[0].sent_us) / 1e6;
    printf("{\"seconds\": %.4f, \"reports_per_s\": %.1f", seconds, (double)l->reports / seconds);
    print_delays(l, "receipt", false);
    if (l->changes)
        print_delays(l, "change", true);
    puts("}");
    fflush(stdout);
}

static size_t number(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || value < 1 || value > 100000000)
        fail("a number from 1 is wanted");
    return value;
}

static void parse(struct load *l, int argc, char **argv)
{
    static const struct option options[] = {{"port", 1, 0, 'p'}, {"streams", 1, 0, 's'},
        {"indicators", 1, 0, 'i'}, {"year", 1, 0, 'y'}, {"reports", 1, 0, 'n'}, {"observations", 1, 0, 'k'},
        {"window", 1, 0, 'w'}, {"rate", 1, 0, 'r'}, {"null", 0, 0, '0'}, {"plain", 0, 0, 'P'},
        {"changes", 0, 0, 'c'}, {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            l->port = (int)number(optarg);
            break;
        case 's':
            read_streams(l, optarg);
            break;
        case 'i':
            l->indicators = split(optarg);
            break;
        case 'y':
            l->year = (int)number(optarg);
            break;
        case 'n':
            l->reports = number(optarg);
            break;
        case 'k':
            l->observations = number(optarg);
            break;
        case 'w':
            l->window = number(optarg);
            break;
        case 'r':
            l->rate = (double)number(optarg);
            break;
        case '0':
            l->null = true;
            break;
        case 'P':
            l->plain = true;
            break;
        case 'c':
            l->changes = true;
            break;
        default:
            exit(64);
        }
    }
    if (!l->port || !l->stream_count || !l->indicators.count || !l->reports)
        fail("--port, --streams, --indicators and --reports are needed");
}

int main(int argc, char **argv)
{
    static struct load l = {.observations = 1, .window = 1000, .year = 2024};
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    parse(&l, argc, argv);
    mosquitto_lib_init();
    prepare(&l);
    connect_all(&l);
    publish_all(&l);
    print(&l);
    /* No callback may find the process half gone. */
    _Exit(0);
}
