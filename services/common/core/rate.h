/* How much each of many senders may send: so many a second on average, and the share of RATE_BURST_S at once.
 *
 * What comes too soon is not refused for good: whoever sends it is told when to send it again, and senders of
 * more than their share get times that lie one behind the other, so that following them makes full use of it. */
#ifndef CORE_RATE_H
#define CORE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define RATE_BURST_S 10
/* Senders that are known at a time; those that have been quiet are forgotten. Beyond, new ones share one share. */
#define RATE_SENDERS_MAX 8192
/* Longer than this nobody is told to wait. */
#define RATE_RETRY_MAX_MS 300000

struct rate;
/* PER_S is at least 1. NULL: no memory. */
struct rate *rate_new(unsigned per_s);
void rate_free(struct rate *rate); /* accepts NULL */

/* May WHO (at most 32 bytes) send one more now? If not, *RETRY_MS from now. NOW_MS never goes back. */
bool rate_take(struct rate *rate, const char *who, long long now_ms, uint32_t *retry_ms);

#endif
