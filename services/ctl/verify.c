/* chisoctl verify: every total again, from the leaves alone. */
#include "verify.h"

#include "core/rollup.h"
#include "ctl.h"
#include "session.h"
#include "verify_each.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What verify then finds is no damage. */
static void note_version(const struct session *session, const struct head *head, const char *code)
{
    if (head->seq > 0 && head->totals != ROLLUP_VERSION)
        session_warn(session,
            "the totals of province %s are of version %u (this is %d): chiso-aggregator sums them again when "
            "it "
            "starts",
            code, head->totals, ROLLUP_VERSION);
}

/* The catalogue a province's totals were computed with: the one in force, unless its aggregator has not
 * taken that over yet. *OWN is set when it had to be loaded for this. */
static int catalogue_of(
    const struct session *session, const struct head *head, const char *code, struct catalogue **own)
{
    struct catalogue_files files = {0};
    struct catalogue_findings findings = {0};
    struct chiso_message why = {""};
    char hash[CATALOGUE_HASH_CHARS];
    if (!*head->catalogue || strcmp(head->catalogue, session->hash) == 0)
        return SESSION_ON;
    if (session->options.catalogue)
        return session_fail(session, EXIT_RUNTIME,
            "the totals of province %s were computed with catalogue %.12s…, not with %s (%.12s…)", code,
            head->catalogue, session->options.catalogue, session->hash);
    int error = catalogue_files_fetch(session->redis, head->catalogue, &files, hash, &why);
    if (!error)
        error = catalogue_load(files.files, files.count, own, &findings);
    catalogue_findings_release(&findings);
    catalogue_files_release(&files);
    if (error)
        return session_fail(session, EXIT_RUNTIME, "the catalogue of province %s, %.12s…: %s", code,
            head->catalogue, *why.text ? why.text : chiso_strerror(error));
    return SESSION_ON;
}

static int compare_ints(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

/* A day late in December belongs to the next year in the administrative calendar, and to the totals of that
 * year: after every year that has figures the next one is looked at too. */
static size_t add_next_years(int *years, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        years[count + i] = years[i] + 1;
    count *= 2;
    qsort(years, count, sizeof *years, compare_ints);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || years[kept - 1] != years[i])
            years[kept++] = years[i];
    }
    return kept;
}

/* KEPT: see verify_year. */
static int verify_years(const struct session *session, const struct catalogue *catalogue, uint32_t province,
    bool journal, struct store *kept, struct verification *v)
{
    struct chiso_message why = {""};
    const struct journal_source journals = session_journals(session);
    int *years = NULL;
    size_t count = 0;
    int error = figures_years(session->redis, v->code, &years, &count, &why);
    if (!error) {
        int *more = realloc(years, (2 * count + 1) * sizeof *years);
        error = more ? CHISO_OK : CHISO_ENOMEM;
        years = more ? more : years;
    }
    if (!error)
        count = add_next_years(years, count);
    for (size_t i = 0; i < count && !error; i++)
        error = verify_year(session->redis, catalogue, province, years[i], kept, v, &why);
    free(years);
    if (!error)
        error = verify_journal(&journals, v, &why);
    if (!error && journal)
        error = verify_replay(&journals, catalogue, province, v, &why);
    if (error)
        return session_fail_for(session, error, &why);
    return SESSION_ON;
}

/* Figures, journal and scores, by the catalogue that the province's totals are of. */
static int verify_by(const struct session *session, const struct catalogue *catalogue, bool journal,
    const struct head *head, struct verification *v)
{
    struct chiso_message why = {""};
    struct score_check *scores = NULL;
    uint32_t province = catalogue_unit_find(catalogue, v->code);
    int error =
        head->seq > 0 ? verify_scores_read(session->redis, catalogue, province, v, &scores, &why) : CHISO_OK;
    int status = SESSION_ON;
    if (!error)
        status = verify_years(
            session, catalogue, province, journal, scores ? verify_scores_figures(scores) : NULL, v);
    if (!error && status == SESSION_ON && scores)
        error = verify_scores(scores, &why);
    verify_scores_free(scores);
    if (error)
        return session_fail_for(session, error, &why);
    return status;
}

static int verify_province(
    const struct session *session, uint32_t province, void *context, struct verification *v)
{
    const bool *journal = context;
    struct chiso_message why = {""};
    struct catalogue *own = NULL;
    struct head head;
    v->code = catalogue_unit_code(session->catalogue, province);
    int error = figures_head(session->redis, v->code, &head, &why);
    if (error)
        return session_fail_for(session, error, &why);
    note_version(session, &head, v->code);
    int status = catalogue_of(session, &head, v->code, &own);
    if (status == SESSION_ON)
        status = verify_by(session, own ? own : session->catalogue, *journal, &head, v);
    catalogue_free(own);
    return status;
}

static int keep_key(void *context, const char *key)
{
    struct strings *keys = context;
    strings_add_text(keys, key);
    return keys->failed ? CHISO_ENOMEM : CHISO_OK;
}

/* What is checked over all provinces at once: every key, and the rankings. */
static int verify_across(const struct session *session, struct verification *v, struct chiso_message *why)
{
    int error = verify_keys(session->redis, session->catalogue, session->options.province, v, why);
    return error || session->options.province ? error : verify_ranks(session->redis, v, why);
}

static int verify(struct session *session, bool journal)
{
    struct verification v = {.session = session};
    struct chiso_message why = {""};
    uint32_t *provinces = NULL;
    size_t count = 0;
    int status = session_connect(session);
    if (status == SESSION_ON)
        status = session_provinces(session, &provinces, &count);
    if (status == SESSION_ON &&
        figures_each_key(session->redis, "chiso:{*}:score:*", keep_key, &v.score_keys, &why))
        status = session_fail_for(session, CHISO_ENOMEM, &why);
    if (status == SESSION_ON)
        status = verify_each(session, provinces, count, verify_province, &journal, &v);
    free(provinces);
    if (status == SESSION_ON && verify_across(session, &v, &why))
        status = session_fail_for(session, CHISO_ENOMEM, &why);
    verification_release(&v);
    if (status != SESSION_ON)
        return status;
    printf(session_text(session, "%zu tỉnh, %zu số liệu, %zu tổng, %zu điểm: %zu khác biệt\n",
               "%zu provinces, %zu figures, %zu totals, %zu scores: %zu differences\n"),
        count, v.leaves, v.totals, v.scores, v.differences);
    return v.differences ? EXIT_RUNTIME : EXIT_OK;
}

int command_verify(int argc, char **argv)
{
    bool journal = false;
    const struct option_flag flags[] = {
        {"journal", NULL, "also make every figure again from the journal's first entry on, and compare", NULL,
            &journal},
    };
    const struct program program = {
        .name = "chisoctl verify",
        .usage = "[options]",
        .summary =
            "Recomputes every stored total from the figures reported, one province and year in one\n"
            "transaction, and checks that the journal has the report of every figure and that no key is\n"
            "out of readers' reach; recomputes every score that is kept, and every ranking (without\n"
            "--province), waiting a while where these have not followed the figures yet. Prints each\n"
            "difference: key, field, what is stored, what it should be. Exit status 1 when there is one.",
        .keys = session_province_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = verify(&session, journal);
    return session_end(&session, status);
}
