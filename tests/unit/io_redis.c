#include "io/redis.h"
#include "server.h"
#include <hiredis/hiredis.h>

static struct server server;
static struct redis *redis;
static struct redisReply *reply;
static struct chiso_message why;

static void start_with(const char *const more[])
{
    char port[8];
    const char *argv[20] = {
        "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--unixsocket", "sock"};
    size_t count = 9;

    if (server.folder[0] == '\0') {
        server_folder(server.folder);
        server.port = server_free_port();
    }
    snprintf(port, sizeof port, "%d", server.port);
    for (; more != NULL && *more != NULL; more++)
        argv[count++] = *more;
    server_start(&server, argv);
    server_wait_for_socket(&server, "sock");
}

static void start(void)
{
    start_with(NULL);
}

static void stop(void)
{
    redis_close(redis);
    server_remove(&server);
}

static void connect_by_socket(int timeout_ms)
{
    char url[128];

    snprintf(url, sizeof url, "unix://%s/sock", server.folder);
    cr_assert_eq(redis_open(url, NULL, NULL, timeout_ms, &redis, &why), 0, "%s", why.text);
}

TestSuite(redis, .init = start, .fini = stop, .timeout = 30);

Test(redis, calls_by_socket_and_by_port)
{
    const char *set[] = {"SET", "k", "a\0b"};
    size_t lengths[] = {3, 1, 3};
    char url[64];

    connect_by_socket(0);
    cr_expect(!redis_is_connected(redis));
    cr_assert_eq(redis_call(redis, 3, set, lengths, &reply, &why), 0, "%s", why.text);
    redis_free(reply);
    cr_expect(redis_is_connected(redis));
    redis_close(redis);
    snprintf(url, sizeof url, "redis://localhost:%d", server.port);
    cr_assert_eq(redis_open(url, NULL, NULL, 1000, &redis, &why), 0);
    cr_assert_eq(redis_callf(redis, &reply, &why, "GET %s", "k"), 0, "%s", why.text);
    cr_expect_eq(reply->len, 3);
    cr_expect_eq(memcmp(reply->str, "a\0b", 3), 0);
    redis_free(reply);
}

Test(redis, an_error_reply_is_refused_with_the_servers_text)
{
    connect_by_socket(0);
    reply = (void *)1;
    cr_expect_eq(redis_callf(redis, &reply, &why, "NOSUCH"), CHISO_EREFUSED);
    cr_expect_eq(reply, (void *)1);
    cr_expect_eq(strncmp(why.text, "ERR unknown command", 19), 0, "%s", why.text);
    cr_expect_eq(redis_callf(redis, &reply, &why, "PING"), 0);
    redis_free(reply);
}

Test(redis, pipelines_in_order_with_an_error_inside)
{
    connect_by_socket(0);
    cr_assert_eq(redis_appendf(redis, "SET a 1"), 0);
    cr_assert_eq(redis_appendf(redis, "LPUSH a 1"), 0);
    cr_assert_eq(redis_append(redis, 2, (const char *[]){"GET", "a"}, NULL), 0);
    cr_expect_eq(redis_take(redis, &reply, &why), 0);
    redis_free(reply);
    cr_expect_eq(redis_take(redis, &reply, &why), CHISO_EREFUSED);
    cr_expect_eq(strncmp(why.text, "WRONGTYPE", 9), 0);
    cr_assert_eq(redis_take(redis, &reply, &why), 0);
    cr_expect_str_eq(reply->str, "1");
    redis_free(reply);
}

Test(redis, a_time_out_is_an_unknown_outcome_and_closes)
{
    connect_by_socket(200);
    cr_assert_eq(redis_connect(redis, &why), 0);
    kill(server.pid, SIGSTOP);
    cr_expect_eq(redis_callf(redis, &reply, &why, "INCR n"), CHISO_ETIMEOUT);
    cr_expect_str_eq(why.text, "Redis: no answer in time");
    cr_expect(!redis_is_connected(redis));
    kill(server.pid, SIGCONT);
    /* The time-out holds on the new connection too. */
    cr_assert_eq(redis_callf(redis, &reply, &why, "PING"), 0, "%s", why.text);
    redis_free(reply);
    kill(server.pid, SIGSTOP);
    cr_expect_eq(redis_callf(redis, &reply, &why, "PING"), CHISO_ETIMEOUT);
    kill(server.pid, SIGCONT);
}

Test(redis, a_lost_connection_fails_every_reply_that_is_due)
{
    connect_by_socket(0);
    cr_assert_eq(redis_connect(redis, &why), 0);
    kill(server.pid, SIGSTOP);
    cr_assert_eq(redis_appendf(redis, "PING"), 0);
    cr_assert_eq(redis_appendf(redis, "PING"), 0);
    server_stop(&server, SIGKILL);
    cr_expect_eq(redis_take(redis, &reply, &why), CHISO_ETIMEOUT, "%s", why.text);
    cr_expect_eq(redis_appendf(redis, "PING"), CHISO_EIO);
    cr_expect_eq(redis_take(redis, &reply, &why), CHISO_ETIMEOUT);
    cr_expect_eq(redis_callf(redis, &reply, &why, "PING"), CHISO_EIO, "nobody listens: nothing was sent");
    cr_expect_eq(strncmp(why.text, "cannot connect to Redis at ", 27), 0, "%s", why.text);
    start();
    cr_expect_eq(redis_callf(redis, &reply, &why, "PING"), 0, "%s", why.text);
    redis_free(reply);
}

Test(redis, logs_in)
{
    char file[128];

    server_stop(&server, SIGTERM);
    start_with((const char *[]){
        "--user", "reader", "on", ">geheim", "~*", "+@all", "--user", "default", "off", NULL});
    server_write(server.folder, "secret", "geheim\n");
    server_write(server.folder, "wrong", "geheimer");
    char url[128];
    snprintf(url, sizeof url, "unix://%s/sock", server.folder);
    snprintf(file, sizeof file, "%s/secret", server.folder);
    cr_assert_eq(redis_open(url, "reader", file, 0, &redis, &why), 0);
    cr_assert_eq(redis_callf(redis, &reply, &why, "PING"), 0, "%s", why.text);
    redis_free(reply);
    redis_close(redis);
    snprintf(file, sizeof file, "%s/wrong", server.folder);
    cr_assert_eq(redis_open(url, "reader", file, 0, &redis, &why), 0);
    cr_expect_eq(redis_callf(redis, &reply, &why, "PING"), CHISO_EIO);
    cr_expect_str_eq(
        why.text, "Redis refuses the login: WRONGPASS invalid username-password pair or user is disabled.");
}

static void refuses(const char *url, const char *sentence)
{
    struct redis *none = NULL;

    cr_expect_eq(redis_open(url, NULL, NULL, 0, &none, &why), CHISO_EINVAL, "%s", url);
    cr_expect_str_eq(why.text, sentence);
    cr_expect_null(none);
}

Test(redis_url, refuses_bad_addresses)
{
    refuses("http://127.0.0.1", "'http://127.0.0.1' is neither redis://host:port nor unix:///path/of/socket");
    refuses("redis://u:p@127.0.0.1",
        "'redis://u:p@127.0.0.1' is neither redis://host:port nor unix:///path/of/socket");
    refuses("redis://127.0.0.1:0",
        "'redis://127.0.0.1:0' is neither redis://host:port nor unix:///path/of/socket");
    refuses("unix://sock", "'unix://sock' must be unix:///path/of/socket with an absolute path");
    refuses("redis://10.0.0.1:6379", "Redis at 'redis://10.0.0.1:6379' is beyond this machine: use a Unix "
                                     "socket, or a TLS tunnel that listens on "
                                     "loopback");
}
