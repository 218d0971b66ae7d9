#include "ready.h"

#include "cache.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/resum.h"
#include "park.h"
#include "settings.h"

/* How long a commit that sums a province again may take to be certain. */
#define RESUM_PATIENCE_MS 15000
/* How long summing provinces that nobody reports to may keep the loop, and the wait after one that failed. */
#define CATCH_UP_MS 1000

void ready_want_snapshots(struct aggregator *a, struct province *province)
{
    for (uint32_t p = 0; p < catalogue_pillar_count(a->catalogue); p++)
        province->pillar_dirty[p] = province->head.seq > 0;
}

/* Whatever changed while the cache was not there, viewers get it now. */
static int load(struct aggregator *a, struct province *province)
{
    struct chiso_message why = {""};
    if (province->loaded)
        return CHISO_OK;
    int error = province_load(province, a->redis, a->catalogue, &why);
    if (error)
        LOG_LIMITED(error, "province_unread", "province=%s reason=%s", province->code,
            log_quoted(*why.text ? why.text : chiso_strerror(error)));
    else if (!province->is_away)
        ready_want_snapshots(a, province);
    province->is_away = false;
    return error;
}

/* One commit that replaces all totals. The cache is dropped: its next use reads them, and the new head. */
static int sum_again(struct aggregator *a, struct province *province)
{
    struct chiso_message why = {""};
    size_t totals = 0;
    commit_begin(&a->commit, province->code, &province->head, "catalogue", a->catalogue_hash, clock_now());
    int error = resum_add(&a->commit, a->redis, a->catalogue, province->store, &totals, &why);
    if (error)
        log_warning("resum_failed", "province=%s reason=%s", province->code, log_quoted(why.text));
    else if (!(error = commit_write(a->redis, &a->commit, clock_monotonic_ms() + RESUM_PATIENCE_MS)))
        log_info(
            "resummed", "province=%s totals=%zu catalogue=%.12s", province->code, totals, a->catalogue_hash);
    province_drop(province);
    return error;
}

static void now_ready(struct province *province)
{
    if (province->is_damaged)
        log_info("province_mended", "province=%s", province->code);
    province->is_behind = province->is_damaged = false;
}

int ready_province(struct aggregator *a, struct province *province)
{
    int error = load(a, province);
    if (error)
        return error;
    province->used = ++a->uses;
    if (province->head.seq > 0 && resum_is_done(&province->head, a->catalogue_hash)) {
        now_ready(province);
        return CHISO_OK;
    }
    /* Also before a province's first commit, which would bring a catalogue that readers do not have. */
    if (!settings_catalogue_is(a->redis, a->catalogue_hash)) {
        a->is_replaced = true;
        return CHISO_EREFUSED;
    }
    if (province->head.seq > 0) {
        error = sum_again(a, province);
        if (!error)
            error = load(a, province);
    }
    if (error)
        province->is_behind = true;
    else
        now_ready(province);
    return error;
}

bool ready_is_loaded(struct aggregator *a, struct province *province)
{
    bool loaded = province->loaded && !province->is_behind && !province->is_damaged &&
                  province->head.seq > 0 && resum_is_done(&province->head, a->catalogue_hash);
    if (loaded)
        province->used = ++a->uses;
    return loaded;
}

void ready_catch_up(struct aggregator *a)
{
    long long begin = clock_monotonic_ms();
    for (size_t i = 0; i < a->province_count && !a->is_replaced && begin >= a->catch_up_ms; i++) {
        struct province *province = &a->provinces[i];
        if (!province->is_behind || (province->is_damaged && begin < province->rest_ms))
            continue;
        int error = ready_province(a, province);
        if (error == CHISO_EINVAL)
            park_damaged(province);
        else if (error)
            a->catch_up_ms = begin + CATCH_UP_MS;
        cache_trim(a);
        if (clock_monotonic_ms() >= begin + CATCH_UP_MS)
            return;
    }
}
