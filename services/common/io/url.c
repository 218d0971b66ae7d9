#include "io/url.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Digits only, 1 … 65535; -1 otherwise. */
static int parse_port(const char *text)
{
    int port = 0;

    if (*text == '\0')
        return -1;
    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text))
            return -1;
        port = port * 10 + (*text - '0');
        if (port > 65535)
            return -1;
    }
    return port > 0 ? port : -1;
}

static bool is_host(const char *text, size_t length, bool bracketed)
{
    if (length == 0 || length >= URL_HOST_BYTES)
        return false;
    for (size_t at = 0; at < length; at++) {
        unsigned char character = (unsigned char)text[at];
        bool plain = isalnum(character) || character == '.' || character == '-' || character == '_';
        if (!plain && !(bracketed && character == ':'))
            return false;
    }
    return true;
}

int url_parse(const char *text, const char *scheme, int default_port, struct url *out)
{
    size_t scheme_length = strlen(scheme);
    struct url url = {.port = default_port};

    if (strncmp(text, scheme, scheme_length) != 0 || strncmp(text + scheme_length, "://", 3) != 0)
        return CHISO_EINVAL;
    const char *host = text + scheme_length + 3;
    bool bracketed = *host == '[';
    host += bracketed;
    size_t length = strcspn(host, bracketed ? "]" : ":/");
    if (!is_host(host, length, bracketed))
        return CHISO_EINVAL;
    memcpy(url.host, host, length);
    const char *rest = host + length;
    if (bracketed) {
        if (*rest != ']')
            return CHISO_EINVAL;
        rest++;
    }
    if (*rest == ':') {
        size_t digits = strcspn(rest + 1, "/");
        char port[8];
        if (digits >= sizeof port)
            return CHISO_EINVAL;
        memcpy(port, rest + 1, digits);
        port[digits] = '\0';
        if ((url.port = parse_port(port)) < 0)
            return CHISO_EINVAL;
        rest += 1 + digits;
    }
    if (strcmp(rest, "") != 0 && strcmp(rest, "/") != 0)
        return CHISO_EINVAL;
    *out = url;
    return CHISO_OK;
}

bool url_is_loopback(const struct url *url)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (strcasecmp(url->host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, url->host, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, url->host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
