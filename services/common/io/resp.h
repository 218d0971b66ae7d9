/* Words of a Redis request in the form in which they are sent ("$3\r\nSET\r\n"), one behind the other in one
 * buffer that grows: a commit has tens of thousands, so each is copied once, into its place. */
#ifndef IO_RESP_H
#define IO_RESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed at first. */
struct resp {
    char *bytes;
    size_t length, capacity;
    size_t count; /* words */
    bool failed; /* without memory; what is added afterwards is not kept */
};

void resp_add(struct resp *resp, const void *bytes, size_t length);
void resp_add_text(struct resp *resp, const char *text);
void resp_add_number(struct resp *resp, uint64_t number);
void resp_clear(struct resp *resp); /* keeps its memory */
void resp_release(struct resp *resp);

/* A number that is raised while what it counts is added behind it. Gives its place, for resp_raise. */
size_t resp_add_counter(struct resp *resp);
void resp_raise(struct resp *resp, size_t counter, unsigned by /* at most 9 */);

#endif
