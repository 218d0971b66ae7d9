/* A message is acknowledged when its commit is done: shown with a consumer that is killed between the two, or
 * whose commit lasts longer than its keepalive. The same consumer on libmosquitto's own loop loses every
 * message, which is why io/mqtt.c has a loop of its own.
 *
 * The consumer commits to a file. It says what it does on one pipe, and each commit waits for a byte on
 * another, so that nothing here depends on luck. */
#include "io/clock.h"
#include "io/mqtt.h"
#include "server.h"
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>

#define ROUNDS 5
#define KEEPALIVE_S 5 /* libmosquitto's least; a broker cuts the connection after one and a half */
#define SAYS_MS 20000 /* for whatever must happen */

static struct server server;
static struct chiso_message why;
static char url[64], ledger_path[128];

/* ---- the consumer, in a process of its own ---- */

enum says { CONNECTED = 'c', SUBSCRIBED = 's', BEGUN = 'b', COMMITTED = 'd' };

struct consumer {
    pid_t pid;
    int says, go; /* the test's ends */
};

static int out, in; /* the consumer's ends */
static char pending[32]; /* our loop: read and not yet committed */

static void say(enum says what)
{
    char byte = (char)what;
    if (write(out, &byte, 1) != 1)
        _exit(3);
}

/* False: it may not begin within TIMEOUT_MS (-1: whenever). */
static bool commit(const char *text, int timeout_ms)
{
    char line[64], byte;
    struct pollfd ready = {.fd = in, .events = POLLIN};

    say(BEGUN);
    if (poll(&ready, 1, timeout_ms) != 1)
        return false;
    if (read(in, &byte, 1) != 1)
        _exit(3);
    int file = open(ledger_path, O_CREAT | O_WRONLY | O_APPEND, 0600);
    int size = snprintf(line, sizeof line, "%s\n", text);
    if (write(file, line, (size_t)size) != size)
        _exit(3);
    close(file);
    say(COMMITTED);
    return true;
}

static void library_connected(
    struct mosquitto *client, void *context, int reason, int flags, const mosquitto_property *properties)
{
    (void)context, (void)flags, (void)properties;
    if (reason != 0 || mosquitto_subscribe(client, NULL, "t/#", 1) != MOSQ_ERR_SUCCESS)
        _exit(3);
    say(CONNECTED);
}

static void library_subscribed(struct mosquitto *client, void *context, int id, int count, const int *granted,
    const mosquitto_property *p)
{
    (void)client, (void)context, (void)id, (void)count, (void)granted, (void)p;
    say(SUBSCRIBED);
}

static void library_message(struct mosquitto *client, void *context, const struct mosquitto_message *message,
    const mosquitto_property *properties)
{
    char text[32];
    (void)client, (void)context, (void)properties;
    snprintf(text, sizeof text, "%.*s", message->payloadlen, (const char *)message->payload);
    commit(text, -1);
}

/* As every example does it. */
static void consume_with_the_librarys_loop(void)
{
    mosquitto_property *session = NULL;

    mosquitto_lib_init();
    struct mosquitto *client = mosquitto_new("consumer", false, NULL);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_property_add_int32(&session, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 3600);
    mosquitto_connect_v5_callback_set(client, library_connected);
    mosquitto_subscribe_v5_callback_set(client, library_subscribed);
    mosquitto_message_v5_callback_set(client, library_message);
    if (mosquitto_connect_bind_v5(client, "127.0.0.1", server.port, KEEPALIVE_S, NULL, session) != 0)
        _exit(2);
    for (;;)
        if (mosquitto_loop(client, 100, 1) != MOSQ_ERR_SUCCESS)
            mosquitto_reconnect(client);
}

static void our_connected(void *context)
{
    (void)context;
    say(CONNECTED);
}

static void our_message(void *context, const char *topic, const void *bytes, size_t length, bool retained)
{
    (void)context, (void)topic, (void)retained;
    snprintf(pending, sizeof pending, "%.*s", (int)length, (const char *)bytes);
}

static bool wants_one(void *context)
{
    (void)context;
    return pending[0] == '\0';
}

/* As the services do it. */
static void consume_with_our_loop(void)
{
    bool subscribed = false;
    struct mqtt *mqtt;
    struct mqtt_options options = {.url = url,
        .client_id = "consumer",
        .session_expiry_s = 3600,
        .keepalive_s = KEEPALIVE_S,
        .on_message = our_message,
        .on_connected = our_connected};

    if (mqtt_open(&options, &mqtt, &why) != 0 || mqtt_subscribe(mqtt, "t/#") != 0)
        _exit(2);
    for (;;) {
        mqtt_read(mqtt, 100, wants_one);
        if (!subscribed && mqtt_is_subscribed(mqtt)) {
            subscribed = true;
            say(SUBSCRIBED);
        }
        bool done = pending[0] == '\0' || commit(pending, mqtt_patience_ms(mqtt));
        pending[0] = '\0';
        if (done)
            mqtt_flush(mqtt);
        else
            mqtt_drop(mqtt);
    }
}

/* ---- the test's side ---- */

static struct consumer start_consumer(void (*consume)(void))
{
    struct consumer consumer;
    int says[2], go[2];

    cr_assert_eq(pipe(says), 0);
    cr_assert_eq(pipe(go), 0);
    consumer.pid = fork();
    if (consumer.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        out = says[1];
        in = go[0];
        consume();
    }
    close(says[1]);
    close(go[0]);
    consumer.says = says[0];
    consumer.go = go[1];
    return consumer;
}

/* As a power cut does. */
static void kill_consumer(struct consumer *consumer)
{
    kill(consumer->pid, SIGKILL);
    waitpid(consumer->pid, NULL, 0);
    close(consumer->says);
    close(consumer->go);
}

static void allow_commits(const struct consumer *consumer, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(write(consumer->go, "g", 1), 1);
}

/* Until it has said WHAT. */
static void wait_for(const struct consumer *consumer, enum says what)
{
    char byte = 0;
    for (long long end = clock_monotonic_ms() + SAYS_MS; byte != (char)what;) {
        struct pollfd ready = {.fd = consumer->says, .events = POLLIN};
        int left = (int)(end - clock_monotonic_ms());
        cr_assert(left > 0 && poll(&ready, 1, left) == 1, "the consumer does not say '%c'", what);
        cr_assert_eq(read(consumer->says, &byte, 1), 1, "the consumer has ended");
    }
}

/* True when the broker has it: its PUBACK has come. */
static void publish(const char *text)
{
    struct mqtt_options options = {.url = url, .client_id = "publisher", .clean_start = true};
    struct mqtt *mqtt;

    cr_assert_eq(mqtt_open(&options, &mqtt, &why), 0);
    for (int i = 0; i < 200 && !mqtt_is_connected(mqtt); i++)
        mqtt_read(mqtt, 100, NULL);
    cr_assert_eq(mqtt_publish(mqtt, "t/x", text, strlen(text), false, NULL), 0);
    for (int i = 0; i < 200 && mqtt_unacknowledged(mqtt) > 0; i++) {
        mqtt_flush(mqtt);
        mqtt_read(mqtt, 100, NULL);
    }
    cr_assert_eq(mqtt_unacknowledged(mqtt), 0);
    mqtt_close(mqtt);
}

static size_t times_committed(const char *text)
{
    char line[64];
    size_t count = 0;
    FILE *file = fopen(ledger_path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        count += strcspn(line, "\n") == strlen(text) && strncmp(line, text, strlen(text)) == 0;
    if (file != NULL)
        fclose(file);
    return count;
}

/* Of what the broker logs. */
static size_t times_logged(const char *sentence)
{
    char path[128], line[512];
    size_t count = 0;
    snprintf(path, sizeof path, "%s/log", server.folder);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        count += strstr(line, sentence) != NULL;
    if (file != NULL)
        fclose(file);
    return count;
}

/* So many PUBACKs have reached the broker. */
static void wait_for_acknowledgements(size_t count)
{
    long long end = clock_monotonic_ms() + SAYS_MS;
    while (times_logged("Received PUBACK from consumer") < count && clock_monotonic_ms() < end)
        usleep(5000);
    cr_assert_eq(times_logged("Received PUBACK from consumer"), count);
}

/* The broker keeps its session from now on. */
static void make_session(void (*consume)(void))
{
    struct consumer consumer = start_consumer(consume);
    wait_for(&consumer, SUBSCRIBED);
    kill_consumer(&consumer);
}

/* Everything that the broker still has, up to a last message. */
static void consume_the_rest(void (*consume)(void))
{
    publish("last");
    struct consumer consumer = start_consumer(consume);
    allow_commits(&consumer, ROUNDS + 1);
    while (times_committed("last") == 0)
        wait_for(&consumer, COMMITTED);
    kill_consumer(&consumer);
}

/* Of ROUNDS messages; each time the consumer dies between the arrival of one and its commit.
 * ACKNOWLEDGED: the broker is told before, and the kill waits until it knows. */
static size_t lost_by(void (*consume)(void), bool acknowledged)
{
    char text[16];
    size_t lost = 0;

    make_session(consume);
    for (size_t round = 0; round < ROUNDS; round++) {
        snprintf(text, sizeof text, "%zu", round);
        publish(text);
        struct consumer consumer = start_consumer(consume);
        wait_for(&consumer, BEGUN);
        wait_for_acknowledgements(acknowledged ? round + 1 : 0);
        kill_consumer(&consumer);
    }
    consume_the_rest(consume);
    for (size_t round = 0; round < ROUNDS; round++) {
        snprintf(text, sizeof text, "%zu", round);
        lost += times_committed(text) == 0;
    }
    return lost;
}

static void start(void)
{
    char config[256], path[128];

    server_folder(server.folder);
    server.port = server_free_port();
    snprintf(url, sizeof url, "mqtt://127.0.0.1:%d", server.port);
    snprintf(ledger_path, sizeof ledger_path, "%s/ledger", server.folder);
    snprintf(
        config, sizeof config, "listener %d 127.0.0.1\nallow_anonymous true\nlog_type all\n", server.port);
    server_write(server.folder, "mosquitto.conf", config);
    snprintf(path, sizeof path, "%s/mosquitto.conf", server.folder);
    server_start(&server, (const char *[]){"/usr/sbin/mosquitto", "-c", path, NULL});
}

static void stop(void)
{
    server_remove(&server);
}

TestSuite(acknowledge, .init = start, .fini = stop, .timeout = 120);

Test(acknowledge, the_librarys_loop_loses_every_message_that_was_not_committed)
{
    cr_expect_eq(lost_by(consume_with_the_librarys_loop, true), ROUNDS);
}

Test(acknowledge, our_loop_loses_none)
{
    cr_expect_eq(lost_by(consume_with_our_loop, false), 0);
}

/* Longer than the keepalive: the message is given back every half of it, no more often, and is neither lost
 * nor committed twice. */
Test(acknowledge, our_loop_with_a_slow_commit)
{
    make_session(consume_with_our_loop);
    publish("slow");
    struct consumer consumer = start_consumer(consume_with_our_loop);
    wait_for(&consumer, BEGUN);
    long long begin = clock_monotonic_ms();
    wait_for(&consumer, CONNECTED);
    wait_for(&consumer, CONNECTED);
    cr_expect_geq(clock_monotonic_ms() - begin, KEEPALIVE_S * 1000LL, "a storm of connections");
    wait_for_acknowledgements(0);
    allow_commits(&consumer, 2);
    wait_for(&consumer, COMMITTED);
    publish("last");
    wait_for(&consumer, COMMITTED);
    wait_for_acknowledgements(2);
    kill_consumer(&consumer);
    cr_expect_eq(times_logged("exceeded timeout"), 0, "the broker lost patience");
    cr_expect_eq(times_committed("slow"), 1);
    cr_expect_eq(times_committed("last"), 1);
}
