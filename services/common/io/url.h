/* Addresses of servers: scheme://host:port, nothing else. Secrets are files and never stand in a URL, so
 * user:password@ is refused. */
#ifndef IO_URL_H
#define IO_URL_H

#include <chiso/error.h>
#include <stdbool.h>

#define URL_HOST_BYTES 256

struct url {
    char host[URL_HOST_BYTES]; /* without the brackets of an IPv6 address */
    int port;
};

/* CHISO_EINVAL: not SCHEME://host, SCHEME://host:port or SCHEME://[v6]:port. Without a port DEFAULT_PORT. */
int url_parse(const char *text, const char *scheme, int default_port, struct url *out);
/* This machine: 127.0.0.0/8, ::1 or localhost. */
bool url_is_loopback(const struct url *url);

#endif
