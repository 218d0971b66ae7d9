/* Reads and writes libmosquitto's socket in large pieces.
 *
 * libmosquitto 2.0 reads a packet with three calls of read(2), writes each with a write(2) of its own, and for each
 * that it queues wakes its thread with another, thread or not: five calls a report, a third of what a small one costs
 * the aggregator. It has no place for something in between, but it calls them by name, and a program's own functions
 * come before libc's. So read and write are defined here: between mqtt_socket_enter and mqtt_socket_leave they
 * serve the socket from buffers; everything else goes to the kernel as ever. */
#ifndef IO_MQTT_SOCKET_H
#define IO_MQTT_SOCKET_H

#include <chiso/error.h>
#include <stdbool.h>
#include <stddef.h>

#define MQTT_SOCKET_BYTES 65536

struct mqtt_socket {
    int handle;
    size_t in_begin, in_end, out_end;
    unsigned char in[MQTT_SOCKET_BYTES], out[MQTT_SOCKET_BYTES];
};

/* With empty buffers. HANDLE -1: nothing is buffered (any more). */
void mqtt_socket_begin(struct mqtt_socket *s, int handle);
/* What this thread reads from and writes to the handle until mqtt_socket_leave goes through the buffers. Gives what was
 * entered before, which mqtt_socket_leave goes back to: callbacks publish, too. */
struct mqtt_socket *mqtt_socket_enter(struct mqtt_socket *s);
void mqtt_socket_leave(struct mqtt_socket *before);
/* Is something there that has been taken from the kernel and not been read? */
bool mqtt_socket_has_input(const struct mqtt_socket *s);
/* Sends what was written, or what of it the kernel takes now. CHISO_EIO and errno: the connection is lost. */
int mqtt_socket_drain(struct mqtt_socket *s);

#endif
