#include "core/rate.h"
#include <criterion/criterion.h>
#include <stdio.h>

static unsigned take(
    struct rate *rate, const char *who, unsigned count, long long now_ms, uint32_t *last_retry)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < count; i++)
        taken += rate_take(rate, who, now_ms, last_retry);
    return taken;
}

Test(rate, a_burst_then_so_many_a_second)
{
    struct rate *rate = rate_new(5);
    uint32_t retry = 0;
    cr_expect_eq(take(rate, "35", 100, 1000, &retry), 5 * RATE_BURST_S);
    cr_expect_eq(take(rate, "35", 100, 1199, &retry), 0);
    cr_expect_eq(take(rate, "35", 100, 1200, &retry), 1);
    cr_expect_eq(take(rate, "35", 100, 3200, &retry), 10);
    cr_expect_eq(take(rate, "35", 100, 100000, &retry), 5 * RATE_BURST_S);
    rate_free(rate);
}

Test(rate, senders_do_not_disturb_each_other)
{
    struct rate *rate = rate_new(1);
    uint32_t retry;
    cr_expect_eq(take(rate, "35", 100, 0, &retry), RATE_BURST_S);
    cr_expect_eq(take(rate, "36", 100, 0, &retry), RATE_BURST_S);
    rate_free(rate);
}

Test(rate, who_comes_again_when_told_is_taken)
{
    struct rate *rate = rate_new(10);
    uint32_t retry[300] = {0};
    for (unsigned i = 0; i < 300; i++)
        cr_assert_eq(rate_take(rate, "35", 0, &retry[i]), i < 10 * RATE_BURST_S, "%u", i);
    for (unsigned i = 10 * RATE_BURST_S; i < 300; i++) {
        uint32_t again;
        cr_expect_eq(retry[i], 100 * (i - 10 * RATE_BURST_S + 1), "%u: %u", i, retry[i]);
        cr_expect(rate_take(rate, "35", retry[i], &again), "%u", i);
    }
    rate_free(rate);
}

Test(rate, nobody_waits_for_ever)
{
    struct rate *rate = rate_new(1);
    uint32_t retry;
    cr_expect_eq(take(rate, "35", 100000, 0, &retry), RATE_BURST_S);
    cr_expect_eq(retry, RATE_RETRY_MAX_MS);
    rate_free(rate);
}

Test(rate, more_senders_than_there_is_room_for)
{
    struct rate *rate = rate_new(1);
    char name[16];
    uint32_t retry;
    for (int i = 0; i < RATE_SENDERS_MAX; i++) {
        snprintf(name, sizeof name, "p%d", i);
        cr_assert(rate_take(rate, name, 0, &retry));
    }
    cr_expect_eq(take(rate, "a", 20, 0, &retry) + take(rate, "b", 20, 0, &retry), RATE_BURST_S,
        "the rest share one share");
    cr_expect_eq(take(rate, "p0", 20, 0, &retry), RATE_BURST_S - 1, "those that are known keep theirs");
    cr_expect_eq(take(rate, "a", 20, 20000, &retry), RATE_BURST_S, "the quiet ones are forgotten");
    cr_expect_eq(take(rate, "b", 20, 20000, &retry), RATE_BURST_S);
    rate_free(rate);
}
