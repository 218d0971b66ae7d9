#include "adopt.h"

#include "core/province_list.h"
#include "fit.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/resum.h"
#include "settings.h"
#include <stdlib.h>
#include <string.h>

void adopt_want_snapshots(struct aggregator *a, struct province *province)
{
    for (uint32_t p = 0; p < catalogue_pillar_count(a->catalogue); p++)
        province->pillar_dirty[p] = province->head.seq > 0;
}

/* Whatever changed while the cache was not there, viewers get it now. */
static int load_province(struct aggregator *a, struct province *province, struct chiso_message *why)
{
    if (province->loaded)
        return CHISO_OK;
    int error = province_load(province, a->redis, a->catalogue, why);
    if (!error)
        adopt_want_snapshots(a, province);
    return error;
}

/* How long a commit that sums a province again may take to be certain. */
#define RESUM_PATIENCE_MS 15000

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

int adopt_make_ready(struct aggregator *a, struct province *province)
{
    struct chiso_message why;
    int error = load_province(a, province, &why);
    if (error) {
        LOG_LIMITED(error, "province_unread", "province=%s reason=\"%s\"", province->code, why.text);
        return error == CHISO_EINVAL ? CHISO_EREFUSED : error;
    }
    if (province->head.seq > 0 && resum_is_done(&province->head, a->catalogue_hash))
        return CHISO_OK;
    /* Also before a province's first commit, which would bring a catalogue that readers do not have. */
    if (!settings_catalogue_is(a->redis, a->catalogue_hash)) {
        log_error("catalogue_replaced", "ours=%.12s province=%s", a->catalogue_hash, province->code);
        a->exit_code = EXIT_RUNTIME;
        options_stop = 1;
        return CHISO_EREFUSED;
    }
    if (province->head.seq == 0)
        return CHISO_OK;
    error = sum_again(a, province);
    return error ? error : load_province(a, province, &why);
}

/* ---- at start ---- */

static int open_catalogue(struct aggregator *a)
{
    struct chiso_message why;
    int error = catalogue_open(a->options->catalogue, a->redis, &a->catalogue, a->catalogue_hash, &why);
    if (error) {
        log_error("catalogue_unusable", "reason=%s", log_quoted(why.text));
        return error == CHISO_EIO && !a->options->catalogue ? EXIT_RUNTIME : EXIT_CONFIGURATION;
    }
    log_info("catalogue", "hash=%s", a->catalogue_hash);
    return EXIT_OK;
}

/* Do the figures of the provinces that have not been summed with this catalogue fit it? */
static int check_figures(struct aggregator *a)
{
    for (size_t i = 0; i < a->province_count; i++) {
        struct province *province = &a->provinces[i];
        struct chiso_message why;
        if (load_province(a, province, &why)) {
            log_error("province_unread", "province=%s reason=%s", province->code, log_quoted(why.text));
            return EXIT_RUNTIME;
        }
        if (province->head.seq == 0 || strcmp(province->head.catalogue, a->catalogue_hash) == 0)
            continue;
        if (fit_check_figures(a->catalogue, province->store, &why)) {
            log_error("catalogue_does_not_fit", "reason=%s", log_quoted(why.text));
            return EXIT_CONFIGURATION;
        }
    }
    return EXIT_OK;
}

static int check_units(struct aggregator *a)
{
    struct chiso_message why = {""};
    if (settings_catalogue_is(a->redis, a->catalogue_hash))
        return EXIT_OK;
    int error = fit_check_units(a->redis, a->catalogue, &why);
    if (error)
        log_error("catalogue_does_not_fit", "reason=%s", log_quoted(why.text));
    return error == CHISO_EINVAL ? EXIT_CONFIGURATION : error ? EXIT_RUNTIME : EXIT_OK;
}

/* Puts the folder's catalogue into force, unless what is stored does not fit it. */
static int store_catalogue(struct aggregator *a)
{
    struct chiso_message why;
    struct catalogue_files files = {0};
    int error, code;
    if ((code = check_units(a)) || (code = check_figures(a)))
        return code;
    if (!a->options->catalogue)
        return EXIT_OK;
    error = catalogue_files_read(a->options->catalogue, &files, &why);
    if (!error)
        error = catalogue_files_store(a->redis, &files, &why);
    catalogue_files_release(&files);
    if (error)
        log_error("catalogue_not_stored", "reason=%s", log_quoted(why.text));
    return error ? EXIT_RUNTIME : EXIT_OK;
}

static int open_provinces(struct aggregator *a)
{
    size_t count;
    const uint32_t *all = catalogue_provinces(a->catalogue, &count);
    struct chiso_message why;
    a->provinces = calloc(count + 1, sizeof *a->provinces);
    if (!a->provinces)
        return EXIT_RUNTIME;
    if (province_list_check(a->options->provinces, a->catalogue, &why)) {
        log_error("bad_provinces", "reason=\"%s\"", why.text);
        return EXIT_CONFIGURATION;
    }
    for (size_t i = 0; i < count; i++) {
        if (!province_list_has(a->options->provinces, catalogue_unit_code(a->catalogue, all[i])))
            continue;
        if (province_init(&a->provinces[a->province_count], a->catalogue, all[i]))
            return EXIT_RUNTIME;
        a->province_count++;
    }
    return EXIT_OK;
}

/* A catalogue other than the one the figures were summed with: every total again, before any report is taken.
 */
static int adopt_provinces(struct aggregator *a)
{
    for (size_t i = 0; i < a->province_count; i++) {
        struct province *province = &a->provinces[i];
        int error;
        /* Another aggregator that starts with the same catalogue may be the first to sum it. */
        do {
            error = adopt_make_ready(a, province);
        } while (error == CHISO_ECONFLICT && !options_stop);
        if (error) {
            log_error("province_not_ready", "province=%s reason=%s", province->code,
                log_quoted(chiso_strerror(error)));
            return EXIT_RUNTIME;
        }
    }
    return EXIT_OK;
}

int adopt_at_start(struct aggregator *a)
{
    int code;
    if ((code = open_catalogue(a)) || (code = open_provinces(a)) || (code = store_catalogue(a)))
        return code;
    return adopt_provinces(a);
}
