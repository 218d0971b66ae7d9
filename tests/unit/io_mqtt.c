#include "io/clock.h"
#include "io/mqtt_inside.h"
#include "server.h"
#include <fcntl.h>

static struct server server;
static struct chiso_message why;
static char url[64];

static void start_broker(const char *extra)
{
    char config[1024], path[128];

    if (server.folder[0] == '\0') {
        server_folder(server.folder);
        server.port = server_free_port();
        snprintf(url, sizeof url, "mqtt://127.0.0.1:%d", server.port);
    }
    snprintf(config, sizeof config,
        "listener %d 127.0.0.1\nmax_inflight_messages 1000\nmax_queued_messages 100000\nlog_type all\n%s",
        server.port, extra != NULL ? extra : "allow_anonymous true\n");
    server_write(server.folder, "mosquitto.conf", config);
    snprintf(path, sizeof path, "%s/mosquitto.conf", server.folder);
    server_start(&server, (const char *[]){"/usr/sbin/mosquitto", "-c", path, NULL});
}

static void start(void)
{
    start_broker(NULL);
}

static void stop(void)
{
    server_remove(&server);
}

/* What one client heard. */
struct heard {
    struct mqtt *mqtt;
    size_t count, published, connections;
    size_t limit; /* stop reading at this count; 0: never */
    char last[64];
    bool retained;
};

static void hear(void *context, const char *topic, const void *bytes, size_t length, bool retained)
{
    struct heard *heard = context;

    cr_expect_eq(strncmp(topic, "t/", 2), 0);
    snprintf(heard->last, sizeof heard->last, "%.*s", (int)length, (const char *)bytes);
    heard->retained = retained;
    heard->count++;
}

static void published(void *context, int message_id)
{
    (void)message_id;
    ((struct heard *)context)->published++;
}

static void connected(void *context)
{
    ((struct heard *)context)->connections++;
}

static bool wants(void *context)
{
    struct heard *heard = context;

    return heard->limit == 0 || heard->count < heard->limit;
}

static struct mqtt_options options_of(struct heard *heard, const char *id)
{
    return (struct mqtt_options){.url = url,
        .client_id = id,
        .session_expiry_s = 3600,
        .on_message = hear,
        .on_published = published,
        .on_connected = connected,
        .context = heard};
}

static void open_client(struct heard *heard, const char *id, unsigned receive_maximum)
{
    struct mqtt_options options = options_of(heard, id);

    options.receive_maximum = receive_maximum;
    cr_assert_eq(mqtt_open(&options, &heard->mqtt, &why), 0, "%s", why.text);
}

static void connect_client(struct heard *heard)
{
    for (int i = 0; i < 100 && !mqtt_is_connected(heard->mqtt); i++)
        mqtt_read(heard->mqtt, 100, NULL);
    cr_assert(mqtt_is_connected(heard->mqtt));
}

static void open_subscriber(struct heard *heard, const char *id, unsigned receive_maximum)
{
    open_client(heard, id, receive_maximum);
    cr_assert_eq(mqtt_subscribe(heard->mqtt, "t/#"), 0);
    connect_client(heard);
    mqtt_read(heard->mqtt, 200, NULL); /* SUBACK */
}

/* Reads, without ever flushing, until COUNT messages came or nothing more does. */
static void read_until(struct heard *heard, size_t count, int patience_ms)
{
    long long end = clock_monotonic_ms() + patience_ms;

    while (heard->count < count && clock_monotonic_ms() < end)
        mqtt_read(heard->mqtt, 50, NULL);
}

static void publish(struct heard *from, size_t count)
{
    char text[32];
    size_t before = from->published;

    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%zu", i);
        cr_assert_eq(mqtt_publish(from->mqtt, "t/x", text, strlen(text), false, NULL), 0);
    }
    for (long long end = clock_monotonic_ms() + 10000;
         from->published < before + count && clock_monotonic_ms() < end;) {
        mqtt_flush(from->mqtt);
        mqtt_read(from->mqtt, 20, NULL);
    }
    cr_assert_eq(from->published, before + count);
    cr_assert_eq(mqtt_unacknowledged(from->mqtt), 0);
}

static void open_publisher(struct heard *heard)
{
    open_client(heard, "publisher", 0);
    connect_client(heard);
}

TestSuite(mqtt, .init = start, .fini = stop, .timeout = 60);

Test(mqtt, dropped_before_flush_all_come_again_after_it_none)
{
    struct heard in = {0}, out = {0};

    open_subscriber(&in, "s", 0);
    open_publisher(&out);
    publish(&out, 300);
    for (size_t round = 1; round <= 3; round++) {
        read_until(&in, 300 * round, 5000);
        cr_assert_eq(in.count, 300 * round, "round %zu: %zu", round, in.count);
        if (round < 3) {
            cr_expect_eq(mqtt_drop(in.mqtt), 0);
            cr_expect(!mqtt_is_connected(in.mqtt));
            cr_expect_eq(mqtt_flush(in.mqtt), CHISO_EIO, "nothing may be written after a drop");
        }
    }
    cr_expect_eq(mqtt_flush(in.mqtt), 0);
    mqtt_drop(in.mqtt);
    connect_client(&in);
    read_until(&in, 1000, 500);
    cr_expect_eq(in.count, 900, "%zu", in.count);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

Test(mqtt, closed_without_flush_all_come_again)
{
    struct heard in = {0}, out = {0};

    open_subscriber(&in, "s", 0);
    open_publisher(&out);
    publish(&out, 50);
    read_until(&in, 50, 5000);
    cr_assert_eq(in.count, 50);
    mqtt_close(in.mqtt);
    open_subscriber(&in, "s", 0);
    read_until(&in, 100, 5000);
    cr_assert_eq(in.count, 100, "%zu", in.count);
    cr_expect_eq(mqtt_flush(in.mqtt), 0);
    mqtt_close(in.mqtt);
    open_subscriber(&in, "s", 0);
    read_until(&in, 101, 500);
    cr_expect_eq(in.count, 100);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

/* A subscriber that has publishes of its own under way reads several packets at a time. */
Test(mqtt, own_publishes_under_way_do_not_acknowledge)
{
    struct heard in = {0}, out = {0};

    open_subscriber(&in, "s", 0);
    open_publisher(&out);
    publish(&out, 40);
    for (int i = 0; i < 30; i++)
        cr_assert_eq(mqtt_publish(in.mqtt, "other/x", "x", 1, false, NULL), 0);
    cr_assert_eq(mqtt_flush(in.mqtt), 0);
    read_until(&in, 40, 5000);
    for (int i = 0; i < 30; i++)
        cr_assert_eq(mqtt_publish(in.mqtt, "other/x", "x", 1, false, NULL), 0);
    mqtt_drop(in.mqtt);
    read_until(&in, 80, 5000);
    cr_expect_eq(in.count, 80);
    mqtt_drop(in.mqtt);
    read_until(&in, 120, 5000);
    cr_expect_eq(in.count, 120);
    for (int i = 0; i < 100 && in.published < 60; i++) {
        mqtt_flush(in.mqtt);
        mqtt_read(in.mqtt, 20, NULL);
    }
    cr_expect_eq(in.published, 60, "what was queued before the drop leaves after it: %zu", in.published);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

/* Or mqtt_drain would wait for them for ever. */
Test(mqtt, what_was_under_way_is_sent_again_and_counted_off_without_a_kept_session)
{
    struct heard out = {0};
    struct mqtt_options options = options_of(&out, "out");

    options.clean_start = true;
    options.session_expiry_s = 0;
    cr_assert_eq(mqtt_open(&options, &out.mqtt, &why), 0, "%s", why.text);
    connect_client(&out);
    for (int i = 0; i < 1200; i++) /* more than the broker takes at once */
        cr_assert_eq(mqtt_publish(out.mqtt, "t/x", "x", 1, false, NULL), 0);
    cr_assert_eq(mqtt_flush(out.mqtt), 0);
    mqtt_drop(out.mqtt);
    connect_client(&out);
    cr_expect_eq(mqtt_drain(out.mqtt, 0, 10000), 0);
    cr_expect_eq(mqtt_unacknowledged(out.mqtt), 0, "%zu", mqtt_unacknowledged(out.mqtt));
    cr_expect_eq(out.published, 1200, "%zu", out.published);
    mqtt_close(out.mqtt);
}

Test(mqtt, publish_waits_for_flush)
{
    struct heard in = {0}, out = {0};
    int message_id = 0;

    open_subscriber(&in, "s", 0);
    open_publisher(&out);
    cr_assert_eq(mqtt_publish(out.mqtt, "t/x", "x", 1, false, &message_id), 0);
    cr_expect_neq(message_id, 0);
    mqtt_read(out.mqtt, 100, NULL);
    read_until(&in, 1, 300);
    cr_expect_eq(in.count, 0, "it left without flush");
    cr_assert_eq(mqtt_flush(out.mqtt), 0);
    read_until(&in, 1, 5000);
    cr_expect_eq(in.count, 1);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

/* read and write of mqtt_socket.c stand before libc's for libmosquitto, too. */
Test(mqtt, many_packets_are_read_and_written_at_once)
{
    struct heard in = {0}, out = {0};

    open_subscriber(&in, "s", 0);
    open_publisher(&out);
    publish(&out, 100);
    read_until(&in, 100, 10000);
    cr_expect_eq(in.count, 100, "%zu", in.count);
    cr_expect_gt(in.mqtt->socket.in_end, 0);
    cr_expect_eq(mqtt_flush(in.mqtt), 0);
    for (size_t i = 0; i < 100; i++) /* 4 bytes each */
        cr_expect_eq(in.mqtt->socket.out[4 * i], 0x40, "PUBACK %zu", i);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

/* A broker that is this test. */
static int accept_client(struct heard *heard, int listener)
{
    char connect[512];
    int broker = -1;

    for (int i = 0; i < 100 && broker < 0; i++) {
        mqtt_read(heard->mqtt, 20, NULL);
        broker = accept(listener, NULL, NULL);
    }
    cr_assert_geq(broker, 0);
    mqtt_read(heard->mqtt, 100, NULL); /* CONNECT leaves, if it has not yet */
    cr_assert_gt(recv(broker, connect, sizeof connect, 0), 0);
    cr_assert_eq(write(broker, "\x20\x03\0\0\0", 5), 5); /* CONNACK */
    connect_client(heard);
    return broker;
}

/* No callback tells of a PINGRESP, and the kernel does not wake anybody for what is in the buffer already. */
Test(mqtt, a_message_right_behind_an_answer_to_a_ping_is_read_at_once)
{
    struct heard in = {0};
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(0), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    cr_assert_eq(bind(listener, (struct sockaddr *)&address, length), 0);
    cr_assert_eq(listen(listener, 1), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    snprintf(url, sizeof url, "mqtt://127.0.0.1:%d", ntohs(address.sin_port));
    open_client(&in, "s", 0);
    int broker = accept_client(&in, listener);
    cr_assert_eq(write(broker, "\xd0\0\x30\x07\0\3t/x\0y", 11), 11); /* PINGRESP, PUBLISH */
    read_until(&in, 1, 1000);
    cr_expect_eq(in.count, 1, "%zu", in.count);
    cr_expect_str_eq(in.last, "y");
    close(broker);
    close(listener);
    mqtt_close(in.mqtt);
}

Test(mqtt, reading_stops_when_no_more_is_wanted)
{
    struct heard in = {0}, out = {0};

    open_subscriber(&in, "s", 0);
    open_publisher(&out);
    publish(&out, 100);
    usleep(200000);
    /* libmosquitto alone would read as many packets at once as these. */
    for (int i = 0; i < 50; i++)
        cr_assert_eq(mqtt_publish(in.mqtt, "other/x", "x", 1, false, NULL), 0);
    in.limit = 10;
    cr_expect_eq(mqtt_read(in.mqtt, 1000, wants), 0);
    cr_expect_eq(in.count, 10, "%zu", in.count);
    cr_expect_eq(mqtt_read(in.mqtt, 1000, wants), 0);
    cr_expect_eq(in.count, 10);
    in.limit = 25;
    cr_expect_eq(mqtt_read(in.mqtt, 0, wants), 0);
    cr_expect_eq(in.count, 25, "%zu", in.count);
    mqtt_flush(in.mqtt);
    usleep(200000); /* ending a connection with unread input resets it, and PUBACKs on the way are lost */
    mqtt_drop(in.mqtt);
    read_until(&in, 101, 1000);
    cr_expect_eq(in.count, 100, "25 were flushed, 75 come: %zu", in.count);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

/* mosquitto 2.0.11 holds to it only until the first PUBACK: then it counts the place of the acknowledged
 * message and not those in flight. So a batch is limited by what is wanted. */
Test(mqtt, the_broker_holds_back_at_the_receive_maximum)
{
    struct heard in = {0}, out = {0};

    open_subscriber(&in, "s", 5);
    open_publisher(&out);
    publish(&out, 100);
    read_until(&in, 100, 500);
    cr_expect_eq(in.count, 5, "%zu", in.count);
    while (in.count < 100 && mqtt_read(in.mqtt, 3000, NULL) == 0)
        mqtt_flush(in.mqtt);
    cr_expect_eq(in.count, 100);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

Test(mqtt, retained_messages_say_so)
{
    struct heard in = {0}, out = {0};

    open_publisher(&out);
    cr_assert_eq(mqtt_publish(out.mqtt, "t/r", "kept", 4, true, NULL), 0);
    cr_assert_eq(mqtt_publish(out.mqtt, "t/r2", "", 0, true, NULL), 0);
    mqtt_flush(out.mqtt);
    usleep(100000);
    open_subscriber(&in, "s", 0);
    read_until(&in, 1, 5000);
    cr_expect_str_eq(in.last, "kept");
    cr_expect(in.retained);
    cr_assert_eq(mqtt_publish(out.mqtt, "t/x", "", 0, false, NULL), 0);
    mqtt_flush(out.mqtt);
    read_until(&in, 2, 5000);
    cr_expect_str_eq(in.last, "");
    cr_expect(!in.retained);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

Test(mqtt, reconnects_when_the_broker_comes_back)
{
    struct heard in = {0}, out = {0};

    open_subscriber(&in, "s", 0);
    open_publisher(&out);
    server_stop(&server, SIGTERM);
    cr_expect_eq(mqtt_read(in.mqtt, 1000, NULL), CHISO_EIO);
    cr_expect_eq(mqtt_read(out.mqtt, 1000, NULL), CHISO_EIO);
    cr_expect_eq(mqtt_publish(out.mqtt, "t/x", "x", 1, false, NULL), CHISO_EIO);
    cr_expect_eq(mqtt_read(in.mqtt, 0, NULL), CHISO_EIO);
    start();
    connect_client(&in);
    connect_client(&out);
    cr_expect_eq(in.connections, 2);
    mqtt_read(in.mqtt, 300, NULL);
    publish(&out, 3);
    read_until(&in, 3, 5000);
    cr_expect_eq(in.count, 3, "subscriptions are sent again");
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

Test(mqtt, does_not_hurry_when_nobody_listens)
{
    struct heard in = {0};
    size_t calls = 0;

    open_client(&in, "s", 0);
    server_stop(&server, SIGTERM);
    for (long long end = clock_monotonic_ms() + 1500; clock_monotonic_ms() < end; calls++)
        cr_expect_eq(mqtt_read(in.mqtt, 300, NULL), CHISO_EIO);
    cr_expect_lt(calls, 20, "%zu", calls);
    mqtt_close(in.mqtt);
}

Test(mqtt, stays_connected_while_idle)
{
    struct heard in = {0};
    struct mqtt_options options = options_of(&in, "s");

    options.keepalive_s = 5;
    cr_assert_eq(mqtt_open(&options, &in.mqtt, &why), 0);
    connect_client(&in);
    cr_expect_eq(mqtt_patience_ms(in.mqtt), 2500);
    for (long long end = clock_monotonic_ms() + 9000; clock_monotonic_ms() < end;) {
        cr_assert_eq(mqtt_read(in.mqtt, 500, NULL), 0);
        cr_assert_eq(mqtt_flush(in.mqtt), 0);
    }
    cr_expect_eq(in.connections, 1);
    mqtt_close(in.mqtt);
}

Test(mqtt, the_will_is_published_when_we_die_and_not_when_we_close)
{
    struct heard in = {0}, dying = {0}, out = {0};
    struct mqtt_options options = options_of(&dying, "dying");

    open_publisher(&out);
    options.will_topic = "t/status";
    options.will = "lost";
    options.will_length = 4;
    cr_assert_eq(mqtt_open(&options, &dying.mqtt, &why), 0);
    cr_assert_eq(mqtt_subscribe(dying.mqtt, "t/#"), 0);
    connect_client(&dying);
    mqtt_read(dying.mqtt, 100, NULL);
    mqtt_close(dying.mqtt);
    open_subscriber(&in, "s", 0);
    read_until(&in, 1, 6000);
    cr_expect_eq(in.count, 0, "%s", in.last);
    cr_assert_eq(mqtt_open(&options, &dying.mqtt, &why), 0);
    cr_assert_eq(mqtt_subscribe(dying.mqtt, "t/#"), 0);
    connect_client(&dying);
    publish(&out, 1);
    read_until(&dying, 1, 5000);
    mqtt_close(dying.mqtt); /* with an unflushed message: the connection just ends */
    read_until(&in, 2, 8000);
    cr_expect_eq(in.count, 2);
    cr_expect_str_eq(in.last, "lost");
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);
}

/* Commits every batch to a file, then flushes; killed at any moment by the test below. */
static int ledger;

static void note_message(void *context, const char *topic, const void *bytes, size_t length, bool retained)
{
    char line[32];
    int size = snprintf(line, sizeof line, "%.*s\n", (int)length, (const char *)bytes);

    (void)context, (void)topic, (void)retained;
    if (write(ledger, line, (size_t)size) != size)
        _exit(3);
}

static void consume_until_killed(void)
{
    struct mqtt_options options = {.url = url,
        .client_id = "victim",
        .session_expiry_s = 3600,
        .receive_maximum = 100,
        .on_message = note_message};
    struct mqtt *mqtt;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (mqtt_open(&options, &mqtt, &why) != 0 || mqtt_subscribe(mqtt, "t/#") != 0)
        _exit(2);
    for (;;) {
        mqtt_read(mqtt, 100, NULL);
        usleep(2000); /* the commit */
        mqtt_flush(mqtt);
    }
}

static pid_t start_victim(void)
{
    pid_t child = fork();

    if (child == 0)
        consume_until_killed();
    return child;
}

Test(mqtt, killed_at_random_moments_loses_nothing)
{
    enum { MESSAGES = 8000, KILLS = 20 };
    static unsigned char seen[MESSAGES];
    struct heard first = {0}, out = {0};
    size_t missing = 0, lines = 0;
    char path[128];
    int number;

    snprintf(path, sizeof path, "%s/ledger", server.folder);
    ledger = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
    open_subscriber(&first, "victim", 0); /* the session exists before the first message */
    mqtt_close(first.mqtt);
    open_publisher(&out);
    publish(&out, MESSAGES);
    pid_t victim = start_victim();
    for (int kills = 0; kills < KILLS; kills++) {
        usleep(20000 + (useconds_t)(kills * 7919 % 60) * 1000);
        kill(victim, SIGKILL);
        waitpid(victim, NULL, 0);
        victim = start_victim();
    }
    for (int i = 0; i < 200; i++) {
        missing = lines = 0;
        memset(seen, 0, sizeof seen);
        FILE *file = fopen(path, "r");
        while (fscanf(file, "%d", &number) == 1 && ++lines)
            seen[number] = 1;
        fclose(file);
        for (size_t at = 0; at < MESSAGES; at++)
            missing += !seen[at];
        if (missing == 0)
            break;
        usleep(100000);
    }
    kill(victim, SIGKILL);
    waitpid(victim, NULL, 0);
    cr_expect_eq(missing, 0, "%zu of %d lost", missing, MESSAGES);
    cr_expect_geq(lines, MESSAGES);
    cr_log_info("%zu deliveries of %d messages over %d kills", lines, MESSAGES, KILLS);
    close(ledger);
    mqtt_close(out.mqtt);
}

static void refuses(struct mqtt_options options, const char *sentence)
{
    struct mqtt *none = NULL;

    cr_expect_eq(mqtt_open(&options, &none, &why), CHISO_EINVAL, "%s", sentence);
    cr_expect_str_eq(why.text, sentence);
    cr_expect_null(none);
}

Test(mqtt_options, refuses_what_is_unsafe_or_malformed)
{
    const char *id = "c";

    refuses((struct mqtt_options){.url = "tcp://127.0.0.1:1883", .client_id = id},
        "'tcp://127.0.0.1:1883' is neither mqtt://host:port nor mqtts://host:port");
    refuses((struct mqtt_options){.url = "mqtt://u:p@127.0.0.1", .client_id = id},
        "'mqtt://u:p@127.0.0.1' is neither mqtt://host:port nor mqtts://host:port");
    refuses((struct mqtt_options){.url = "mqtt://10.1.2.3", .client_id = id},
        "the broker 'mqtt://10.1.2.3' is beyond this machine: mqtts://, mqtt_username, mqtt_password_file "
        "and "
        "mqtt_ca_file are required");
    refuses((struct mqtt_options){.url = "mqtts://broker.example", .client_id = id, .ca_file = "x"},
        "the broker 'mqtts://broker.example' is beyond this machine: mqtts://, mqtt_username, "
        "mqtt_password_file "
        "and mqtt_ca_file are required");
    refuses((struct mqtt_options){.url = "mqtts://localhost", .client_id = id},
        "'mqtts://localhost' needs mqtt_ca_file");
    refuses((struct mqtt_options){.url = "mqtts://localhost", .client_id = id, .ca_file = "/nowhere"},
        "cannot read mqtt_ca_file /nowhere: No such file or directory");
    refuses((struct mqtt_options){.url = "mqtt://localhost", .client_id = id, .username = "u"},
        "mqtt_username 'u' needs mqtt_password_file");
    refuses((struct mqtt_options){.url = "mqtt://localhost"}, "a kept session needs a client id");
}

static void sh(const char *command)
{
    char line[1024];

    snprintf(line, sizeof line, "cd '%s' && { %s; } >>openssl.log 2>&1", server.folder, command);
    cr_assert_eq(system(line), 0, "%s", command);
}

Test(mqtt_tls, logs_in_and_checks_the_broker, .fini = stop, .timeout = 60)
{
    char extra[512], ca[128], other[128], secret[128], tls_url[64];
    struct heard in = {0}, out = {0};
    int port = server_free_port();

    server_folder(server.folder);
    server.port = server_free_port();
    sh("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem "
       "-subj /CN=ca "
       "-days 2");
    sh("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout o.key -out other.pem "
       "-subj /CN=o "
       "-days 2");
    sh("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.csr -subj "
       "/CN=localhost");
    sh("printf 'subjectAltName=DNS:localhost' > ext && openssl x509 -req -in s.csr -CA ca.pem -CAkey ca.key "
       "-CAcreateserial -out s.pem -days 2 -extfile ext");
    sh("mosquitto_passwd -b -c passwords reporter geheim && chmod 0644 s.key passwords && chmod 0755 .");
    server_write(server.folder, "secret", "geheim\n");
    server_write(server.folder, "wrong", "geheimer\n");
    snprintf(extra, sizeof extra,
        "allow_anonymous false\npassword_file %s/passwords\nlistener %d 127.0.0.1\ncertfile "
        "%s/s.pem\nkeyfile "
        "%s/s.key\n",
        server.folder, port, server.folder, server.folder);
    start_broker(extra);
    snprintf(tls_url, sizeof tls_url, "mqtts://localhost:%d", port);
    snprintf(ca, sizeof ca, "%s/ca.pem", server.folder);
    snprintf(other, sizeof other, "%s/other.pem", server.folder);
    snprintf(secret, sizeof secret, "%s/secret", server.folder);

    struct mqtt_options options = options_of(&in, "s");
    options.url = tls_url;
    options.ca_file = ca;
    options.username = "reporter";
    options.password_file = secret;
    cr_assert_eq(mqtt_open(&options, &in.mqtt, &why), 0, "%s", why.text);
    cr_assert_eq(mqtt_subscribe(in.mqtt, "t/#"), 0);
    connect_client(&in);
    mqtt_read(in.mqtt, 200, NULL);
    options.client_id = "p";
    options.context = &out;
    cr_assert_eq(mqtt_open(&options, &out.mqtt, &why), 0);
    connect_client(&out);
    publish(&out, 2000);
    in.limit = 7;
    for (int i = 0; i < 50 && in.count < 7; i++)
        mqtt_read(in.mqtt, 100, wants);
    cr_expect_eq(in.count, 7, "a TLS record holds many: %zu", in.count);
    mqtt_drop(in.mqtt);
    in.count = 0;
    while (in.count < 2000 && mqtt_read(in.mqtt, 3000, NULL) == 0)
        mqtt_flush(in.mqtt);
    cr_expect_eq(in.count, 2000, "%zu", in.count);
    mqtt_close(in.mqtt);
    mqtt_close(out.mqtt);

    snprintf(secret, sizeof secret, "%s/wrong", server.folder);
    cr_assert_eq(mqtt_open(&options, &out.mqtt, &why), 0);
    cr_expect_eq(mqtt_read(out.mqtt, 2000, NULL), CHISO_EIO, "a wrong password");
    mqtt_close(out.mqtt);
    options.ca_file = other;
    cr_assert_eq(mqtt_open(&options, &out.mqtt, &why), 0);
    cr_expect_eq(mqtt_read(out.mqtt, 2000, NULL), CHISO_EIO, "a broker signed by another authority");
    mqtt_close(out.mqtt);
    options.ca_file = ca;
    snprintf(tls_url, sizeof tls_url, "mqtts://127.0.0.1:%d", port);
    cr_assert_eq(mqtt_open(&options, &out.mqtt, &why), 0);
    cr_expect_eq(mqtt_read(out.mqtt, 2000, NULL), CHISO_EIO, "a certificate for another name");
    mqtt_close(out.mqtt);
}
