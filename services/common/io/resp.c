#include "io/resp.h"

#include "core/digits.h"
#include <stdlib.h>
#include <string.h>

/* A counter has a fixed width, so that it can be raised where it stands; Redis and Lua read 00000012 as 12. */
#define COUNTER_DIGITS 8

static bool reserve(struct resp *resp, size_t more)
{
    size_t capacity = resp->capacity ? resp->capacity : 1024;
    if (resp->failed || resp->capacity - resp->length >= more)
        return !resp->failed;
    while (capacity - resp->length < more)
        capacity *= 2;
    char *moved = realloc(resp->bytes, capacity);
    if (!moved) {
        resp->failed = true;
        return false;
    }
    resp->bytes = moved;
    resp->capacity = capacity;
    return true;
}

void resp_add(struct resp *resp, const void *bytes, size_t length)
{
    if (!reserve(resp, length + DIGITS_MAX + 5))
        return;
    char *at = resp->bytes + resp->length;
    *at++ = '$';
    at += digits_put(at, length);
    *at++ = '\r';
    *at++ = '\n';
    if (length)
        memcpy(at, bytes, length);
    at += length;
    *at++ = '\r';
    *at++ = '\n';
    resp->length = (size_t)(at - resp->bytes);
    resp->count++;
}

void resp_add_text(struct resp *resp, const char *text)
{
    resp_add(resp, text, strlen(text));
}

void resp_add_number(struct resp *resp, uint64_t number)
{
    char text[DIGITS_MAX];
    resp_add(resp, text, digits_put(text, number));
}

void resp_clear(struct resp *resp)
{
    resp->length = resp->count = 0;
    resp->failed = false;
}

void resp_release(struct resp *resp)
{
    free(resp->bytes);
    *resp = (struct resp){0};
}

size_t resp_add_counter(struct resp *resp)
{
    static const char zero[] = "00000000";
    resp_add(resp, zero, COUNTER_DIGITS);
    return resp->length - COUNTER_DIGITS - 2;
}

void resp_raise(struct resp *resp, size_t counter, unsigned by)
{
    if (resp->failed)
        return;
    char *first = resp->bytes + counter, *at = first + COUNTER_DIGITS - 1;
    *at = (char)(*at + (int)by);
    while (*at > '9' && at > first) {
        *at = (char)(*at - 10);
        (*--at)++;
    }
}
