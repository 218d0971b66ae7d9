#include "adopt.h"

#include "core/backoff.h"
#include "core/fit.h"
#include "core/province_list.h"
#include "gone.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/misplaced.h"
#include "io/redefined.h"
#include "park.h"
#include "ready.h"
#include "scores.h"
#include "settings.h"
#include "share.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often the catalogue in force is asked for. */
#define WATCH_MS 1000
/* The longest wait between two tries to follow one that cannot be followed. */
#define FOLLOW_MS 5000

/* A catalogue on its way in, with its provinces. Nothing of the aggregator changes until install. */
struct candidate {
    struct catalogue_files files;
    struct catalogue *catalogue;
    char hash[CATALOGUE_HASH_CHARS];
    struct province *provinces;
    size_t province_count;
    struct redefined redefined;
};

static void release_provinces(struct province *provinces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        province_release(&provinces[i]);
    free(provinces);
}

static void candidate_release(struct candidate *c)
{
    release_provinces(c->provinces, c->province_count);
    redefined_release(&c->redefined);
    catalogue_free(c->catalogue);
    catalogue_files_release(&c->files);
}

/* FOLDER NULL: the one in force. */
static int read_files(struct aggregator *a, const char *folder, struct candidate *c)
{
    struct chiso_message why = {""};
    int error = folder ? catalogue_files_read(folder, &c->files, &why)
                       : catalogue_files_fetch(a->redis, NULL, &c->files, c->hash, &why);
    if (!error) {
        catalogue_files_hash(&c->files, c->hash);
        return EXIT_OK;
    }
    log_error("catalogue_unusable", "reason=%s", log_quoted(why.text));
    return error == CHISO_EINVAL || error == CHISO_ENOTFOUND || folder ? EXIT_CONFIGURATION : EXIT_RUNTIME;
}

/* Every fault is logged. */
static int load(const char *folder, struct candidate *c)
{
    struct chiso_message why = {""};
    int error = catalogue_files_load(&c->files, folder != NULL, &c->catalogue, &why);
    if (error)
        log_error("catalogue_unusable", "reason=%s", log_quoted(why.text));
    return error == CHISO_ENOMEM ? EXIT_RUNTIME : error ? EXIT_CONFIGURATION : EXIT_OK;
}

/* A province of --provinces that the catalogue does not have is a mistake of whoever brings the catalogue; one
 * that is in force already is followed with the others. */
static int choose_provinces(struct aggregator *a, bool is_in_force, struct candidate *c)
{
    size_t count;
    const uint32_t *all = catalogue_provinces(c->catalogue, &count);
    struct chiso_message why = {""};
    if (province_list_check(a->options->provinces, c->catalogue, &why)) {
        log_error("bad_provinces", "reason=%s", log_quoted(why.text));
        if (!is_in_force)
            return EXIT_CONFIGURATION;
    }
    c->provinces = calloc(count + 1, sizeof *c->provinces);
    for (size_t i = 0; c->provinces && i < count; i++) {
        if (!province_list_has(a->options->provinces, catalogue_unit_code(c->catalogue, all[i])))
            continue;
        struct province *province = &c->provinces[c->province_count];
        if (province_init(province, c->catalogue, all[i]))
            return EXIT_RUNTIME;
        c->province_count++;
        for (size_t k = 0; k < a->province_count; k++) {
            if (strcmp(a->provinces[k].code, province->code) == 0)
                province->known = a->provinces[k].known;
        }
    }
    return c->provinces ? EXIT_OK : EXIT_RUNTIME;
}

/* ---- does it fit what is stored? ---- */

static void say_unfit(void *context, const struct chiso_message *sentence)
{
    *(bool *)context = true;
    log_error("catalogue_does_not_fit", "reason=%s", log_quoted(sentence->text));
}

static int check_province(struct aggregator *a, struct candidate *c, struct province *province)
{
    struct chiso_message why = {""};
    bool is_unfit = false;
    int error = province_load(province, a->redis, c->catalogue, &why);
    if (error) {
        log_error("province_unread", "province=%s reason=%s", province->code, log_quoted(why.text));
        if (error != CHISO_EINVAL || !settings_catalogue_is(a->redis, c->hash))
            return EXIT_RUNTIME;
        park_damaged(province); /* it was checked when the catalogue came into force */
        return EXIT_OK;
    }
    if (province->head.seq == 0 || strcmp(province->head.catalogue, c->hash) == 0)
        return EXIT_OK;
    if (fit_check_figures(c->catalogue, province->store, &why)) {
        say_unfit(&is_unfit, &why);
        return EXIT_CONFIGURATION;
    }
    c->redefined.redis = a->redis;
    c->redefined.now = c->catalogue;
    if (redefined_each(&c->redefined, province->code, &province->head, say_unfit, &is_unfit, &why)) {
        log_error("province_unread", "province=%s reason=%s", province->code, log_quoted(why.text));
        return EXIT_RUNTIME;
    }
    return is_unfit ? EXIT_CONFIGURATION : EXIT_OK;
}

/* Those that other instances serve: they could not follow. */
static int check_others(struct aggregator *a, struct candidate *c)
{
    size_t count, served = 0;
    const uint32_t *all = catalogue_provinces(c->catalogue, &count);
    int code = EXIT_OK;
    for (size_t i = 0; i < count && code == EXIT_OK; i++) {
        struct province other;
        if (served < c->province_count && c->provinces[served].unit == all[i]) {
            served++;
            continue;
        }
        if (province_init(&other, c->catalogue, all[i]))
            return EXIT_RUNTIME;
        code = check_province(a, c, &other);
        province_release(&other);
    }
    return code;
}

struct first_fault {
    const struct catalogue *catalogue;
    struct chiso_message *why;
};

static int say_misplaced(void *context, const struct misplaced *figure)
{
    const struct first_fault *fault = context;
    misplaced_say(fault->catalogue, figure, fault->why);
    return CHISO_EINVAL;
}

static int check_fit(struct aggregator *a, struct candidate *c)
{
    struct chiso_message why = {""};
    struct first_fault fault = {c->catalogue, &why};
    int error = misplaced_each(a->redis, c->catalogue, false, say_misplaced, &fault, &why), code = EXIT_OK;
    if (error) {
        log_error("catalogue_does_not_fit", "reason=%s", log_quoted(why.text));
        return error == CHISO_EINVAL ? EXIT_CONFIGURATION : EXIT_RUNTIME;
    }
    for (size_t i = 0; i < c->province_count && code == EXIT_OK; i++)
        code = check_province(a, c, &c->provinces[i]);
    return code == EXIT_OK && !settings_catalogue_is(a->redis, c->hash) ? check_others(a, c) : code;
}

/* ---- the change ---- */

static int store(struct aggregator *a, const struct candidate *c)
{
    struct chiso_message why = {""};
    int error = catalogue_files_store(a->redis, &c->files, &why);
    if (error)
        log_error("catalogue_not_stored", "reason=%s", log_quoted(why.text));
    return error ? EXIT_RUNTIME : EXIT_OK;
}

/* Takes over what C has. Its figures were read before it came into force, perhaps: whoever commits meanwhile
 * is noticed by the head. */
static void install(struct aggregator *a, struct candidate *c)
{
    gone_note(a, c->catalogue);
    scores_release(a);
    release_provinces(a->provinces, a->province_count);
    catalogue_free(a->catalogue);
    a->catalogue = c->catalogue;
    a->provinces = c->provinces;
    a->province_count = c->province_count;
    memcpy(a->catalogue_hash, c->hash, sizeof a->catalogue_hash);
    c->catalogue = NULL;
    c->provinces = NULL;
    c->province_count = 0;
    for (size_t i = 0; i < a->province_count; i++) {
        a->provinces[i].is_behind = true;
        ready_want_snapshots(a, &a->provinces[i]);
    }
    a->is_stuck = a->is_replaced = false;
    a->catch_up_ms = 0;
    log_info("catalogue", "hash=%s provinces=%zu", a->catalogue_hash, a->province_count);
}

/* The catalogue of FOLDER, or the one in force, from its bytes to its place. */
static int take(struct aggregator *a, const char *folder)
{
    struct candidate c = {.catalogue = NULL};
    int code = read_files(a, folder, &c);
    if (code == EXIT_OK && strcmp(c.hash, a->catalogue_hash) == 0 &&
        settings_catalogue_is(a->redis, c.hash)) {
        log_info("catalogue_unchanged", "hash=%s", c.hash);
        a->is_stuck = a->is_replaced = false;
        candidate_release(&c);
        return EXIT_OK;
    }
    if (code == EXIT_OK && (code = load(folder, &c)) == EXIT_OK &&
        (code = choose_provinces(a, !folder && a->catalogue, &c)) == EXIT_OK &&
        (code = check_fit(a, &c)) == EXIT_OK && (!folder || (code = store(a, &c)) == EXIT_OK))
        install(a, &c);
    candidate_release(&c);
    return code;
}

/* Every province, with one commit each. Another aggregator that starts with the same catalogue may be the first
 * to sum it. */
static int sum_provinces(struct aggregator *a)
{
    for (size_t i = 0; i < a->province_count && !a->is_replaced && !options_stop; i++) {
        struct province *province = &a->provinces[i];
        int error;
        do {
            error = ready_province(a, province);
        } while (error == CHISO_ECONFLICT && !options_stop);
        if (error == CHISO_EINVAL)
            park_damaged(province);
        else if (error && !a->is_replaced) {
            log_error("province_not_ready", "province=%s reason=%s", province->code,
                log_quoted(chiso_strerror(error)));
            return EXIT_RUNTIME;
        }
    }
    return EXIT_OK;
}

/* Figures are being moved, or whoever moved them has died over it. */
static void wait_for_rebuild(struct aggregator *a, const char *hash)
{
    LOG_LIMITED(warning, "rebuild_under_way", "in_force=%.12s reports=waiting reason=%s", hash,
        log_quoted("until chisoctl rebuild has ended, or has been run again"));
    a->is_stuck = true;
    a->stuck_hash[0] = '\0'; /* then it is looked at without delay */
}

/* Before the first look at the figures. Redis without a catalogue, or without answers, is for take to find. */
static void await_rebuild(struct aggregator *a)
{
    char current[CATALOGUE_HASH_CHARS];
    bool is_settled = true;
    while (
        !options_stop && !catalogue_in_force_settled(a->redis, current, &is_settled, NULL) && !is_settled) {
        wait_for_rebuild(a, current);
        options_pause_ms(WATCH_MS);
    }
    a->is_stuck = false;
}

int adopt_at_start(struct aggregator *a)
{
    await_rebuild(a);
    int code = take(a, a->options->catalogue);
    return code == EXIT_OK ? sum_provinces(a) : code;
}

/* ---- while it runs ---- */

/* They were decided under the old catalogue. */
static void flush_repeats(struct aggregator *a)
{
    for (size_t i = 0; i < a->province_count; i++)
        share_flush_repeats(a, &a->provinces[i], true);
}

/* The provinces are summed by ready_catch_up, and before any report of theirs. */
static void reload(struct aggregator *a)
{
    char current[CATALOGUE_HASH_CHARS];
    bool is_settled = true;
    log_info("reload", "folder=%s", log_quoted(a->options->catalogue ? a->options->catalogue : ""));
    flush_repeats(a);
    (void)catalogue_in_force_settled(a->redis, current, &is_settled, NULL);
    if (!is_settled)
        wait_for_rebuild(a, current);
    if (!is_settled || take(a, a->options->catalogue) != EXIT_OK)
        log_error("catalogue_kept", "hash=%s", a->catalogue_hash);
}

static void follow(struct aggregator *a, const char *hash)
{
    bool is_new = !a->is_stuck || strcmp(hash, a->stuck_hash) != 0;
    if (!is_new && clock_monotonic_ms() < a->follow_ms)
        return;
    if (is_new) {
        log_info("catalogue_replaced", "ours=%.12s in_force=%.12s", a->catalogue_hash, hash);
        flush_repeats(a);
        a->follow_tries = 0;
    }
    if (take(a, NULL) == EXIT_OK)
        return;
    uint32_t wait_ms = backoff_ms(WATCH_MS, FOLLOW_MS, a->follow_tries++, (uint32_t)clock_monotonic_ms());
    a->is_stuck = true;
    (void)snprintf(a->stuck_hash, sizeof a->stuck_hash, "%s", hash);
    a->follow_ms = clock_monotonic_ms() + wait_ms;
    log_error("catalogue_not_followed", "in_force=%.12s reports=waiting again_ms=%u", hash, wait_ms);
}

/* Without one in force there is nothing to follow, and nothing that readers could use: a start with the
 * catalogue's folder brings it back. */
static void give_up(struct aggregator *a, const struct chiso_message *why)
{
    log_error("catalogue_lost", "reason=%s", log_quoted(why->text));
    a->exit_code = EXIT_RUNTIME;
    options_stop = 1;
}

static void watch(struct aggregator *a)
{
    struct chiso_message why = {""};
    char current[CATALOGUE_HASH_CHARS];
    bool is_settled = true;
    int error = catalogue_in_force_settled(a->redis, current, &is_settled, &why);
    if (error == CHISO_ENOTFOUND || error == CHISO_EINVAL)
        give_up(a, &why);
    else if (!error && !is_settled)
        wait_for_rebuild(a, current);
    else if (!error && strcmp(current, a->catalogue_hash) != 0)
        follow(a, current);
    else if (!error)
        a->is_stuck = false; /* what a rebuild has committed is noticed by the heads */
}

bool adopt_watch(struct aggregator *a)
{
    if (options_reload) {
        options_reload = 0;
        reload(a);
    }
    if (!a->is_replaced && clock_monotonic_ms() < a->watch_ms)
        return !a->is_stuck;
    a->is_replaced = false;
    a->watch_ms = clock_monotonic_ms() + WATCH_MS;
    watch(a);
    return !a->is_stuck && !options_stop;
}

bool adopt_is_in_force(struct aggregator *a)
{
    char current[CATALOGUE_HASH_CHARS];
    bool is_settled = true;
    int error = catalogue_in_force_settled(a->redis, current, &is_settled, NULL);
    a->is_replaced = error == CHISO_ENOTFOUND || error == CHISO_EINVAL ||
                     (!error && (!is_settled || strcmp(current, a->catalogue_hash) != 0));
    return !a->is_replaced;
}
