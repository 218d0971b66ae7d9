#include "cache.h"

#include "io/log.h"
#include "ready.h"
#include "scores.h"
#include "share.h"
#include <limits.h>

/* Has PROVINCE something to tell or to compute, for which its figures are needed? */
static bool has_work(const struct aggregator *a, const struct province *province)
{
    if (province->head.seq == 0)
        return false;
    for (uint32_t p = 0; p < catalogue_pillar_count(a->catalogue); p++) {
        if (province->pillar_dirty[p])
            return true;
    }
    return province->is_behind || scores_are_behind(province);
}

static size_t bytes_taken(const struct aggregator *a)
{
    size_t bytes = 0;
    for (size_t i = 0; i < a->province_count; i++)
        bytes += store_bytes(a->provinces[i].store);
    return bytes;
}

/* The least recently used province, of those last used before BEFORE. NULL: none. */
static struct province *find_oldest(struct aggregator *a, bool may_have_work, unsigned long long before)
{
    struct province *oldest = NULL;
    for (size_t i = 0; i < a->province_count; i++) {
        struct province *p = &a->provinces[i];
        if (!p->loaded || p->used >= before || (!may_have_work && has_work(a, p)))
            continue;
        oldest = p;
        before = p->used;
    }
    return oldest;
}

/* Counts of repeats that wait for their commit would be lost; a failure drops the province, which is as good. */
static void put_away(struct aggregator *a, struct province *province)
{
    share_flush_repeats(a, province, true);
    if (province->loaded)
        province_put_away(province);
}

/* The one that is worked on. */
static const struct province *newest(const struct aggregator *a)
{
    const struct province *newest = NULL;
    for (size_t i = 0; i < a->province_count; i++) {
        if (a->provinces[i].loaded && (!newest || a->provinces[i].used > newest->used))
            newest = &a->provinces[i];
    }
    return newest;
}

void cache_trim(struct aggregator *a)
{
    while (bytes_taken(a) > a->cache_bytes) {
        const struct province *kept = newest(a);
        struct province *oldest = find_oldest(a, false, kept->used);
        if (!oldest)
            oldest = find_oldest(a, true, kept->used);
        if (!oldest) {
            LOG_LIMITED(warning, "cache_too_small", "province=%s mib=%zu limit_mib=%zu", kept->code,
                bytes_taken(a) >> 20, a->cache_bytes >> 20);
            return;
        }
        put_away(a, oldest);
    }
}

void cache_bring_back(struct aggregator *a, bool busy)
{
    for (size_t i = 0; i < a->province_count && !busy; i++) {
        struct province *province = &a->provinces[i];
        struct province *oldest;
        if (!province->is_away || !has_work(a, province))
            continue;
        while (
            bytes_taken(a) + province->bytes > a->cache_bytes && (oldest = find_oldest(a, false, ULLONG_MAX)))
            put_away(a, oldest);
        /* Those that are here have work of their own, and are not in each other's way for long. */
        if (bytes_taken(a) > 0 && bytes_taken(a) + province->bytes > a->cache_bytes)
            return;
        province->is_behind |= ready_province(a, province) != CHISO_OK;
        return;
    }
}
