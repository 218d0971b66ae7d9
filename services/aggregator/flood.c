#include "flood.h"

#include "io/clock.h"
#include "io/log.h"
#include <stdio.h>
#include <stdlib.h>

int flood_init(struct aggregator *a)
{
    if (!a->options->report_rate)
        return CHISO_OK;
    a->rate = rate_new((unsigned)strtoul(a->options->report_rate, NULL, 10));
    return a->rate ? CHISO_OK : CHISO_ENOMEM;
}

void flood_release(struct aggregator *a)
{
    rate_free(a->rate);
    a->rate = NULL;
}

/* Bytes that cannot be read go the usual way: they cost little, and are refused there. */
static bool read_id(struct aggregator *a, const struct message *message, const char **out)
{
    struct chiso_report report;
    if (chiso_report_decode(&a->arena, message->bytes, message->length, &report, NULL))
        return false;
    *out = report.report_id;
    return true;
}

static void tell(struct aggregator *a, struct share *deferred, struct chiso_verdict *verdicts)
{
    static char text[CHISO_REJECTION_BYTES_MAX];
    struct chiso_rejection rejection = {"", CHISO_REASON_RATE_LIMIT, text};
    (void)snprintf(
        text, sizeof text, "more than %s reports a second: send it again later", a->options->report_rate);
    for (size_t i = 0; i < deferred->count; i++) {
        verdicts[i].outcome = CHISO_DEFERRED;
        verdicts[i].rejection_count = 1;
        verdicts[i].rejections = &rejection;
    }
    tell_receipts(&a->teller, deferred->province->code, deferred->province->head.seq, deferred->messages,
        verdicts, deferred->count, clock_now());
    LOG_LIMITED(warning, "deferred", "province=%s publisher=%s reports=%zu limit_per_s=%s",
        deferred->province->code, deferred->messages[0]->publisher, deferred->count, a->options->report_rate);
}

void flood_defer(struct aggregator *a, struct share *share)
{
    static struct share deferred;
    static struct chiso_verdict verdicts[SHARE_MESSAGES_MAX];
    size_t kept = 0;
    long long now_ms = clock_monotonic_ms();
    if (!a->rate)
        return;
    deferred.province = share->province;
    deferred.count = 0;
    chiso_arena_reset(&a->arena);
    for (size_t i = 0; i < share->count; i++) {
        const struct message *message = share->messages[i];
        struct chiso_verdict *verdict = &verdicts[deferred.count];
        *verdict = (struct chiso_verdict){.report_id = ""};
        if (!rate_take(a->rate, message->publisher, now_ms, &verdict->retry_after_ms) &&
            read_id(a, message, &verdict->report_id))
            deferred.messages[deferred.count++] = message;
        else
            share->messages[kept++] = message;
    }
    share->count = kept;
    if (deferred.count)
        tell(a, &deferred, verdicts);
}
