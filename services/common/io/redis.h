/* Blocking hiredis with the traps handled: time-outs kept across reconnects, a context is dead after a
 * time-out, every pipelined reply is checked, outside data only through argv. Replies are hiredis' own. */
#ifndef IO_REDIS_H
#define IO_REDIS_H

#include <chiso/error.h>
#include <stdbool.h>
#include <stddef.h>

struct redis;
struct redisReply;
struct resp;

/* URL: unix:///path or redis://host:port; beyond loopback it is refused, because hiredis 0.14 has no TLS.
 * USERNAME and PASSWORD_FILE may be NULL. TIMEOUT_MS holds for connecting and for each answer; 0: 5 s. Does
 * not connect. CHISO_EINVAL with a sentence. */
int redis_open(const char *url, const char *username, const char *password_file, int timeout_ms,
    struct redis **out, struct chiso_message *why);
void redis_close(struct redis *redis); /* accepts NULL */
/* Connects if not connected. CHISO_EIO with the library's text. */
int redis_connect(struct redis *redis, struct chiso_message *why);
/* Asked after every connection that is made from now on: an error closes it again, and counts as one that could
 * not be made. CHECK may use REDIS. */
void redis_on_connect(struct redis *redis,
    int (*check)(void *context, struct redis *redis, struct chiso_message *why), void *context);
bool redis_is_connected(const struct redis *redis);
/* Drops the connection: whatever was sent has an unknown outcome. */
void redis_disconnect(struct redis *redis);

/* One command, one reply. *OUT is never an error reply unless CHISO_EREFUSED is returned (then *OUT is NULL
 * and WHY has the server's text, which begins with its code, e.g. "WRONGTYPE", "NOSCRIPT", "OOM", "MISCONF").
 * CHISO_EIO: could not connect, nothing was sent; CHISO_ETIMEOUT: sent, then no answer in time or the
 * connection lost: the outcome is unknown and the connection is closed. Connects when needed. The caller
 * frees *OUT with redis_free. */
int redis_call(struct redis *redis, int argc, const char *const argv[],
    const size_t lengths[] /* NULL: strings */, struct redisReply **out, struct chiso_message *why);
/* printf-like convenience for *trusted* text only: words separated by single blanks, %s and %b as hiredis
 * defines them. */
int redis_callf(
    struct redis *redis, struct redisReply **out, struct chiso_message *why, const char *format, ...);

/* Pipelining: append any number, then take exactly as many replies, in order; redis_call only when all are
 * taken. Connects when needed. redis_take returns as redis_call does; after a lost connection it returns
 * CHISO_ETIMEOUT for every reply that will not come, and redis_append CHISO_EIO until those are taken (or
 * given up with redis_disconnect). */
int redis_append(struct redis *redis, int argc, const char *const argv[], const size_t lengths[]);
int redis_appendf(struct redis *redis, const char *format, ...);
/* A request whose words are encoded already (io/resp.h), and one that is given in parts: the number of its words,
 * the bytes of all of them one behind the other, of which the last is END's. */
int redis_append_words(struct redis *redis, const struct resp *words);
int redis_append_begin(struct redis *redis, size_t words);
int redis_append_part(struct redis *redis, const void *bytes, size_t length);
int redis_append_end(struct redis *redis, const void *bytes, size_t length);
/* Sends what has been appended, so that the server can begin with it. What the socket has no room for leaves with
 * the next redis_push or redis_take; so does an error. */
void redis_push(struct redis *redis);
int redis_take(struct redis *redis, struct redisReply **out, struct chiso_message *why);
void redis_free(struct redisReply *reply); /* accepts NULL */

#endif
