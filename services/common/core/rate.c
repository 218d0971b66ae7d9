#include "core/rate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Half empty, so that looking somebody up takes a step or two. */
#define SLOTS (2 * RATE_SENDERS_MAX)
#define NAME_BYTES 33

/* Times in microseconds. */
struct sender {
    char name[NAME_BYTES]; /* "": free */
    long long paid_until; /* its share is used up to here */
    long long promised_until; /* somebody was told to come again here */
};

struct rate {
    long long interval, burst;
    size_t count;
    struct sender others; /* whoever there is no room for */
    struct sender *slots;
};

struct rate *rate_new(unsigned per_s)
{
    struct rate *rate = calloc(1, sizeof *rate);
    if (!rate)
        return NULL;
    rate->interval = 1000000 / per_s > 0 ? 1000000 / per_s : 1;
    rate->burst = RATE_BURST_S * 1000000LL;
    rate->slots = calloc(SLOTS, sizeof *rate->slots);
    if (!rate->slots) {
        free(rate);
        return NULL;
    }
    return rate;
}

void rate_free(struct rate *rate)
{
    if (!rate)
        return;
    free(rate->slots);
    free(rate);
}

static struct sender *find(struct sender *slots, const char *who)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *at = who; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    size_t at = hash % SLOTS;
    while (slots[at].name[0] && strncmp(slots[at].name, who, NAME_BYTES - 1) != 0)
        at = (at + 1) % SLOTS;
    return &slots[at];
}

/* Those whose share is whole again are as good as new. */
static void forget_quiet(struct rate *rate, long long now)
{
    struct sender *kept = calloc(SLOTS, sizeof *kept);
    if (!kept)
        return;
    rate->count = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        const struct sender *sender = &rate->slots[i];
        if (sender->name[0] && (sender->paid_until > now || sender->promised_until > now)) {
            *find(kept, sender->name) = *sender;
            rate->count++;
        }
    }
    free(rate->slots);
    rate->slots = kept;
}

static struct sender *sender_of(struct rate *rate, const char *who, long long now)
{
    struct sender *found = find(rate->slots, who);
    if (found->name[0])
        return found;
    if (rate->count == RATE_SENDERS_MAX) {
        forget_quiet(rate, now);
        found = find(rate->slots, who);
    }
    if (rate->count == RATE_SENDERS_MAX)
        return &rate->others;
    (void)snprintf(found->name, sizeof found->name, "%s", who);
    rate->count++;
    return found;
}

bool rate_take(struct rate *rate, const char *who, long long now_ms, uint32_t *retry_ms)
{
    long long now = now_ms * 1000;
    struct sender *sender = sender_of(rate, who, now);
    long long paid = sender->paid_until > now ? sender->paid_until : now;
    if (paid + rate->interval <= now + rate->burst) {
        sender->paid_until = paid + rate->interval;
        return true;
    }
    long long free_at = paid + rate->interval - rate->burst, next = sender->promised_until + rate->interval;
    if (next < free_at)
        next = free_at;
    long long wait_ms = (next - now + 999) / 1000;
    if (wait_ms < RATE_RETRY_MAX_MS)
        sender->promised_until = next;
    else
        wait_ms = RATE_RETRY_MAX_MS;
    *retry_ms = (uint32_t)wait_ms;
    return false;
}
