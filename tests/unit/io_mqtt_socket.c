#include "io/mqtt_socket.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct mqtt_socket s;
static int pair[2]; /* ours, the broker's */

static void start(void)
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    mqtt_socket_begin(&s, pair[0]);
}

static void stop(void)
{
    close(pair[0]);
    close(pair[1]);
}

TestSuite(mqtt_socket, .init = start, .fini = stop);

/* In the kernel, for whoever reads HANDLE. */
static int waiting(int handle)
{
    int bytes = -1;
    cr_assert_eq(ioctl(handle, FIONREAD, &bytes), 0);
    return bytes;
}

static ssize_t read_inside(void *bytes, size_t count)
{
    struct mqtt_socket *before = mqtt_socket_enter(&s);
    ssize_t got = read(pair[0], bytes, count);
    mqtt_socket_leave(before);
    return got;
}

static ssize_t write_inside(const void *bytes, size_t count)
{
    struct mqtt_socket *before = mqtt_socket_enter(&s);
    ssize_t put = write(pair[0], bytes, count);
    mqtt_socket_leave(before);
    return put;
}

Test(mqtt_socket, what_has_come_is_read_at_once)
{
    char bytes[8] = "";
    cr_assert_eq(write(pair[1], "abcdef", 6), 6);
    cr_expect_eq(read_inside(bytes, 1), 1);
    cr_expect_eq(waiting(pair[0]), 0);
    cr_assert_eq(write(pair[1], "gh", 2), 2);
    cr_expect_eq(read_inside(bytes + 1, 7), 5);
    cr_expect_str_eq(bytes, "abcdef");
    cr_expect_eq(read_inside(bytes, 7), 2);
    errno = 0;
    cr_expect_eq(read_inside(bytes, 7), -1);
    cr_expect_eq(errno, EAGAIN);
    shutdown(pair[1], SHUT_WR);
    cr_expect_eq(read_inside(bytes, 7), 0);
}

Test(mqtt_socket, nothing_leaves_before_it_is_drained)
{
    char bytes[8] = "";
    cr_expect_eq(write_inside("ab", 2), 2);
    cr_expect_eq(write_inside("c", 1), 1);
    cr_expect_eq(waiting(pair[1]), 0);
    cr_expect_eq(mqtt_socket_drain(&s), CHISO_OK);
    cr_expect_eq(read(pair[1], bytes, 7), 3);
    cr_expect_str_eq(bytes, "abc");
}

Test(mqtt_socket, a_new_connection_begins_with_nothing)
{
    char bytes[8] = "";
    cr_assert_eq(write(pair[1], "abc", 3), 3);
    cr_expect_eq(read_inside(bytes, 1), 1);
    cr_expect_eq(write_inside("def", 3), 3);
    mqtt_socket_begin(&s, pair[0]);
    cr_expect_eq(read_inside(bytes, 7), -1);
    cr_expect_eq(mqtt_socket_drain(&s), CHISO_OK);
    cr_expect_eq(waiting(pair[1]), 0);
}

/* More than the buffers and the kernel hold, in pieces of odd length, both ways in turns. */
Test(mqtt_socket, every_byte_once_and_in_order)
{
    enum { ALL = 3000000, PIECE = 70001 };
    static unsigned char piece[PIECE], got[PIECE];
    size_t written = 0, seen = 0;
    while (seen < ALL) {
        size_t count = ALL - written < PIECE ? ALL - written : PIECE;
        for (size_t i = 0; i < count; i++)
            piece[i] = (unsigned char)((written + i) * 7 / 5);
        ssize_t put = count ? write_inside(piece, count) : 0;
        cr_assert(put >= 0 || errno == EAGAIN);
        written += put > 0 ? (size_t)put : 0;
        if (put <= 0) {
            cr_assert_eq(mqtt_socket_drain(&s), CHISO_OK);
            ssize_t more = read(pair[1], got, 1 + seen % PIECE);
            for (ssize_t i = 0; i < more; i++)
                cr_assert_eq(got[i], (unsigned char)((seen + (size_t)i) * 7 / 5));
            seen += more > 0 ? (size_t)more : 0;
        }
    }
    cr_expect_eq(seen, written);
}

Test(mqtt_socket, a_lost_connection_is_said)
{
    close(pair[1]);
    pair[1] = -1;
    cr_expect_eq(write_inside("a", 1), 1);
    cr_expect_eq(mqtt_socket_drain(&s), CHISO_EIO);
}

Test(mqtt_socket, other_files_are_not_buffered)
{
    char byte = '.';
    int other[2];
    cr_assert_eq(pipe2(other, O_NONBLOCK), 0);
    struct mqtt_socket *before = mqtt_socket_enter(&s);
    cr_expect_eq(write(other[1], "xy", 2), 2);
    cr_expect_eq(write(other[1], "", 1), 1); /* libmosquitto's call for its thread */
    cr_expect_eq(read(other[0], &byte, 1), 1);
    mqtt_socket_leave(before);
    cr_expect_eq(byte, 'x');
    cr_expect_eq(waiting(other[0]), 1);
    cr_expect_eq(write(pair[0], "", 1), 1);
    cr_expect_eq(waiting(pair[1]), 1);
    cr_expect_eq(s.out_end, 0);
    close(other[0]);
    close(other[1]);
}
