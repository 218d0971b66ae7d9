/* One province under watch: from its figures to its alerts. */
#ifndef ALERTER_PROVINCE_H
#define ALERTER_PROVINCE_H

#include "core/catalogue.h"
#include "core/store.h"
#include "former.h"
#include "io/redis.h"
#include "keep.h"

struct province {
    uint32_t unit;
    char code[CHISO_UNIT_BYTES_MAX + 1];
    uint64_t cursor; /* as last read from, or written to, Redis */
    struct formers formers; /* as of the last look at everything */
    bool is_known; /* the cursor was read */
    bool wants_all; /* at start, and when time has moved, or the catalogue: judge everything */
    bool is_waiting; /* its totals are not of the catalogue in force yet: nothing is judged */
    bool has_mail; /* notifications may be queued */
    bool is_snapshot_due;
    long long next_ms; /* monotonic time before which news can wait */
};

/* What a judgement changed, in the order of subjects. */
struct changes {
    struct transition *list;
    size_t count;
    uint64_t seq; /* the journal entry up to which the province is judged */
};
void changes_release(struct changes *changes);
void province_release(struct province *province);

/* Judges what the entries of its journal, and of those of former provinces, touch since the cursors, or
 * everything, and writes what changed. STORE is scratch. *CHANGES is empty on failure. CHISO_ECONFLICT: another alerter was faster, or (is_waiting) the totals
 * are not of CATALOGUE, whose hash is HASH: between a change of the catalogue and the commit that sums the
 * province again, figures and targets do not belong together. Call again. */
int province_judge(struct province *province, struct redis *redis, const struct catalogue *catalogue,
    const char *hash, struct store *store, struct chiso_arena *arena, chiso_instant_ms now,
    struct changes *changes, struct chiso_message *why);

#endif
