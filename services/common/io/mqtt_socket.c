#include "io/mqtt_socket.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static _Thread_local struct mqtt_socket *entered;

void mqtt_socket_begin(struct mqtt_socket *s, int handle)
{
    s->handle = handle;
    s->in_begin = s->in_end = s->out_end = 0;
}

struct mqtt_socket *mqtt_socket_enter(struct mqtt_socket *s)
{
    struct mqtt_socket *before = entered;
    entered = s;
    return before;
}

void mqtt_socket_leave(struct mqtt_socket *before)
{
    entered = before;
}

bool mqtt_socket_has_input(const struct mqtt_socket *s)
{
    return s->in_begin < s->in_end;
}

int mqtt_socket_drain(struct mqtt_socket *s)
{
    ssize_t more = 0;
    size_t sent = 0;
    for (; sent < s->out_end; sent += (size_t)more) {
        more = send(s->handle, s->out + sent, s->out_end - sent, MSG_NOSIGNAL);
        if (more < 0)
            break;
    }
    memmove(s->out, s->out + sent, s->out_end - sent);
    s->out_end -= sent;
    return more >= 0 || errno == EAGAIN || errno == EINTR ? CHISO_OK : CHISO_EIO;
}

static ssize_t take(struct mqtt_socket *s, void *bytes, size_t count)
{
    if (s->in_begin == s->in_end) {
        ssize_t got = recv(s->handle, s->in, sizeof s->in, 0);
        if (got <= 0)
            return got;
        s->in_begin = 0;
        s->in_end = (size_t)got;
    }
    if (count > s->in_end - s->in_begin)
        count = s->in_end - s->in_begin;
    memcpy(bytes, s->in + s->in_begin, count);
    s->in_begin += count;
    return (ssize_t)count;
}

static ssize_t put(struct mqtt_socket *s, const void *bytes, size_t count)
{
    if (s->out_end == sizeof s->out && mqtt_socket_drain(s))
        return -1;
    if (count > sizeof s->out - s->out_end)
        count = sizeof s->out - s->out_end;
    if (count == 0) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(s->out + s->out_end, bytes, count);
    s->out_end += count;
    return (ssize_t)count;
}

/* In place of libc's. */

ssize_t read(int handle, void *bytes, size_t count)
{
    if (entered && handle == entered->handle)
        return take(entered, bytes, count);
    return readv(handle, &(struct iovec){bytes, count}, 1);
}

ssize_t write(int handle, const void *bytes, size_t count)
{
    if (entered && handle == entered->handle)
        return put(entered, bytes, count);
    /* libmosquitto wakes the thread that it does not have. */
    if (entered && count == 1 && *(const char *)bytes == '\0')
        return 1;
    return writev(handle, &(struct iovec){(void *)(uintptr_t)bytes, count}, 1);
}
