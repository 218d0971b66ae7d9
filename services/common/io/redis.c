#include "io/redis.h"
#include "core/digits.h"
#include "io/options.h"
#include "io/resp.h"
#include "io/url.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define REDIS_PORT 6379
#define TIMEOUT_MS 5000

struct redis {
    char *socket_path; /* NULL: TCP to host and port */
    char *host;
    int port;
    char *username, *password;
    struct timeval timeout;
    redisContext *context; /* NULL: not connected. Never kept after an error: hiredis cannot go on. */
    int (*check)(void *context, struct redis *redis, struct chiso_message *why); /* NULL: none */
    void *check_context;
    size_t pending; /* commands appended whose replies have not been taken; survives a lost connection */
};

static int set_address(struct redis *redis, const char *url, struct chiso_message *why)
{
    static const char unix_scheme[] = "unix://";
    struct url parsed;

    if (strncmp(url, unix_scheme, sizeof unix_scheme - 1) == 0) {
        const char *path = url + sizeof unix_scheme - 1;
        if (path[0] != '/') {
            chiso_message_set(why, "'%s' must be unix:///path/of/socket with an absolute path", url);
            return CHISO_EINVAL;
        }
        redis->socket_path = strdup(path);
        return redis->socket_path != NULL ? CHISO_OK : CHISO_ENOMEM;
    }
    if (url_parse(url, "redis", REDIS_PORT, &parsed) != CHISO_OK) {
        chiso_message_set(why, "'%s' is neither redis://host:port nor unix:///path/of/socket", url);
        return CHISO_EINVAL;
    }
    if (!url_is_loopback(&parsed)) {
        /* hiredis 0.14 has no TLS, and figures do not travel in the clear. */
        chiso_message_set(why,
            "Redis at '%s' is beyond this machine: use a Unix socket, or a TLS tunnel that listens on "
            "loopback",
            url);
        return CHISO_EINVAL;
    }
    redis->host = strdup(parsed.host);
    redis->port = parsed.port;
    return redis->host != NULL ? CHISO_OK : CHISO_ENOMEM;
}

int redis_open(const char *url, const char *username, const char *password_file, int timeout_ms,
    struct redis **out, struct chiso_message *why)
{
    struct redis *redis = calloc(1, sizeof *redis);
    int error = CHISO_ENOMEM;

    if (redis == NULL)
        goto failed;
    /* hiredis writes with write(2): a server that went away must be an error, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    if (timeout_ms <= 0)
        timeout_ms = TIMEOUT_MS;
    redis->timeout.tv_sec = timeout_ms / 1000;
    redis->timeout.tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000;
    if ((error = set_address(redis, url, why)) != CHISO_OK)
        goto failed;
    if (username != NULL && (redis->username = strdup(username)) == NULL) {
        error = CHISO_ENOMEM;
        goto failed;
    }
    if (username != NULL && password_file == NULL) {
        chiso_message_set(why, "redis_username needs redis_password_file");
        error = CHISO_EINVAL;
        goto failed;
    }
    if (password_file != NULL &&
        (error = options_read_secret(password_file, &redis->password, why)) != CHISO_OK)
        goto failed;
    *out = redis;
    return CHISO_OK;

failed:
    if (error == CHISO_ENOMEM)
        chiso_message_set(why, "no memory");
    redis_close(redis);
    return error;
}

void redis_close(struct redis *redis)
{
    if (redis == NULL)
        return;
    redis_disconnect(redis);
    free(redis->socket_path);
    free(redis->host);
    free(redis->username);
    if (redis->password != NULL)
        explicit_bzero(redis->password, strlen(redis->password));
    free(redis->password);
    free(redis);
}

void redis_disconnect(struct redis *redis)
{
    if (redis->context != NULL)
        redisFree(redis->context);
    redis->context = NULL;
    redis->pending = 0;
}

void redis_on_connect(struct redis *redis,
    int (*check)(void *context, struct redis *redis, struct chiso_message *why), void *context)
{
    redis->check = check;
    redis->check_context = context;
}

bool redis_is_connected(const struct redis *redis)
{
    return redis->context != NULL;
}

/* Ends the connection but remembers the replies that will not come. */
static void lose(struct redis *redis)
{
    redisFree(redis->context);
    redis->context = NULL;
}

/* The context failed: what had been sent has an unknown outcome. */
static int lost(struct redis *redis, struct chiso_message *why)
{
    bool late = redis->context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);

    chiso_message_set(why, "Redis: %s", late ? "no answer in time" : redis->context->errstr);
    lose(redis);
    return CHISO_ETIMEOUT;
}

static int log_in(struct redis *redis, struct chiso_message *why)
{
    redisReply *reply;
    int error = CHISO_OK;

    if (redis->password == NULL)
        return CHISO_OK;
    if (redis->username != NULL)
        reply = redisCommand(redis->context, "AUTH %s %s", redis->username, redis->password);
    else
        reply = redisCommand(redis->context, "AUTH %s", redis->password);
    if (reply == NULL) {
        chiso_message_set(why, "Redis: %s", redis->context->errstr);
        error = CHISO_EIO;
    } else if (reply->type == REDIS_REPLY_ERROR) {
        chiso_message_set(why, "Redis refuses the login: %s", reply->str);
        error = CHISO_EIO;
    }
    if (reply != NULL)
        freeReplyObject(reply);
    return error;
}

int redis_connect(struct redis *redis, struct chiso_message *why)
{
    int error;

    if (redis->context != NULL)
        return CHISO_OK;
    if (redis->socket_path != NULL)
        redis->context = redisConnectUnixWithTimeout(redis->socket_path, redis->timeout);
    else
        redis->context = redisConnectWithTimeout(redis->host, redis->port, redis->timeout);
    if (redis->context == NULL) {
        chiso_message_set(why, "no memory");
        return CHISO_ENOMEM;
    }
    if (redis->context->err != 0) {
        chiso_message_set(why, "cannot connect to Redis at %s: %s",
            redis->socket_path != NULL ? redis->socket_path : redis->host, redis->context->errstr);
        lose(redis);
        return CHISO_EIO;
    }
    /* Set on every new context, because hiredis keeps it with none. */
    if (redisSetTimeout(redis->context, redis->timeout) != REDIS_OK) {
        chiso_message_set(why, "Redis: %s", redis->context->errstr);
        lose(redis);
        return CHISO_EIO;
    }
    if ((error = log_in(redis, why)) != CHISO_OK ||
        (redis->check != NULL && redis->check(redis->check_context, redis, why) != CHISO_OK)) {
        redis_disconnect(redis);
        return CHISO_EIO;
    }
    return CHISO_OK;
}

/* Ready to append? Replies of a lost connection must have been taken first, or they would be confused. */
static int ready(struct redis *redis, struct chiso_message *why)
{
    if (redis->context == NULL && redis->pending > 0) {
        chiso_message_set(why, "the connection to Redis is lost");
        return CHISO_EIO;
    }
    return redis_connect(redis, why);
}

static int appended(struct redis *redis, int result, struct chiso_message *why)
{
    if (result == REDIS_OK) {
        redis->pending++;
        return CHISO_OK;
    }
    /* Only formatting the command can fail here: nothing of it has been sent. */
    chiso_message_set(
        why, "Redis: %s", redis->context->errstr[0] != '\0' ? redis->context->errstr : "no memory");
    lose(redis);
    return CHISO_ENOMEM;
}

static int append(struct redis *redis, int argc, const char *const argv[], const size_t lengths[],
    struct chiso_message *why)
{
    int error = ready(redis, why);

    if (error != CHISO_OK)
        return error;
    /* hiredis 0.14 lacks a const; it does not write to argv. */
    return appended(
        redis, redisAppendCommandArgv(redis->context, argc, (const char **)(uintptr_t)argv, lengths), why);
}

int redis_append(struct redis *redis, int argc, const char *const argv[], const size_t lengths[])
{
    return append(redis, argc, argv, lengths, NULL);
}

int redis_appendf(struct redis *redis, const char *format, ...)
{
    va_list arguments;
    int error = ready(redis, NULL);

    if (error != CHISO_OK)
        return error;
    va_start(arguments, format);
    error = appended(redis, redisvAppendCommand(redis->context, format, arguments), NULL);
    va_end(arguments);
    return error;
}

int redis_append_begin(struct redis *redis, size_t words)
{
    char text[DIGITS_MAX + 3] = "*";
    int error = ready(redis, NULL);

    if (error != CHISO_OK)
        return error;
    size_t length = 1 + digits_put(text + 1, words);
    memcpy(text + length, "\r\n", 2);
    return redis_append_part(redis, text, length + 2);
}

int redis_append_part(struct redis *redis, const void *bytes, size_t length)
{
    if (redisAppendFormattedCommand(redis->context, bytes, length) == REDIS_OK)
        return CHISO_OK;
    lose(redis); /* half a request can only be taken back with the connection */
    return CHISO_ENOMEM;
}

int redis_append_end(struct redis *redis, const void *bytes, size_t length)
{
    int error = redis_append_part(redis, bytes, length);

    redis->pending += error == CHISO_OK;
    return error;
}

int redis_append_words(struct redis *redis, const struct resp *words)
{
    int error = words->failed ? CHISO_ENOMEM : redis_append_begin(redis, words->count);

    return error != CHISO_OK ? error : redis_append_end(redis, words->bytes, words->length);
}

void redis_push(struct redis *redis)
{
    redisContext *context = redis->context;
    int flags = context ? fcntl(context->fd, F_GETFL) : -1;

    if (flags < 0 || fcntl(context->fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return;
    context->flags &= ~REDIS_BLOCK; /* a full socket is no error then */
    (void)redisBufferWrite(context, NULL);
    context->flags |= REDIS_BLOCK;
    (void)fcntl(context->fd, F_SETFL, flags);
}

int redis_take(struct redis *redis, struct redisReply **out, struct chiso_message *why)
{
    void *reply = NULL;

    assert(redis->pending > 0);
    redis->pending--;
    if (redis->context == NULL) {
        chiso_message_set(why, "the connection to Redis was lost before the answer");
        return CHISO_ETIMEOUT;
    }
    errno = 0;
    if (redisGetReply(redis->context, &reply) != REDIS_OK)
        return lost(redis, why);
    struct redisReply *answer = reply;
    if (answer->type == REDIS_REPLY_ERROR) {
        chiso_message_set(why, "%s", answer->str);
        freeReplyObject(answer);
        return CHISO_EREFUSED;
    }
    *out = answer;
    return CHISO_OK;
}

int redis_call(struct redis *redis, int argc, const char *const argv[], const size_t lengths[],
    struct redisReply **out, struct chiso_message *why)
{
    int error;

    assert(redis->pending == 0);
    if ((error = append(redis, argc, argv, lengths, why)) != CHISO_OK)
        return error;
    return redis_take(redis, out, why);
}

int redis_callf(
    struct redis *redis, struct redisReply **out, struct chiso_message *why, const char *format, ...)
{
    va_list arguments;
    int error;

    assert(redis->pending == 0);
    if ((error = ready(redis, why)) != CHISO_OK)
        return error;
    va_start(arguments, format);
    error = appended(redis, redisvAppendCommand(redis->context, format, arguments), why);
    va_end(arguments);
    return error != CHISO_OK ? error : redis_take(redis, out, why);
}

void redis_free(struct redisReply *reply)
{
    if (reply != NULL)
        freeReplyObject(reply);
}
