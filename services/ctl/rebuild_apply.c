/* The commits of a rebuild: first what arrives somewhere, then what leaves, each with all totals of its province. */
#include "rebuild.h"

#include "core/fit.h"
#include "core/rollup.h"
#include "io/clock.h"
#include "io/resum.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 60000

/* A text that grows by lines, for one field of the journal. */
struct lines {
    char *text;
    size_t length, capacity, count;
    bool failed;
};

static void lines_add(struct lines *lines, const struct moved *moved)
{
    if (lines->length + MOVED_CHARS > lines->capacity) {
        size_t grown = 2 * lines->capacity + MOVED_CHARS;
        char *text = realloc(lines->text, grown);
        if (!text) {
            lines->failed = true;
            return;
        }
        lines->text = text;
        lines->capacity = grown;
    }
    lines->length += moved_print(moved, lines->text + lines->length);
    lines->count++;
}

/* Frees LINES. */
static int lines_write(struct lines *lines, struct commit *commit, const char *field)
{
    int error = lines->failed ? CHISO_ENOMEM : CHISO_OK;
    if (!error && lines->count) {
        resp_add_text(&commit->journal, field);
        resp_add(&commit->journal, lines->text, lines->length);
    }
    free(lines->text);
    return error;
}

/* ---- the figures of a province as they will be ---- */

struct loading {
    struct rebuild *r;
    const struct rebuild_province *province;
    struct store *store;
    struct chiso_message *why;
};

/* A figure that belongs there; others are left out, and go in their turn. */
static int take_field(const struct loading *l, uint32_t unit, struct chiso_period period,
    const redisReply *field, const redisReply *value)
{
    const struct catalogue *catalogue = l->r->session->catalogue;
    uint32_t indicator = catalogue_indicator_find(catalogue, field->str);
    struct leaf leaf;
    if (indicator == CATALOGUE_NONE)
        return CHISO_OK; /* counts nowhere */
    if (leaf_parse(value->str, (size_t)value->len, &leaf))
        return CHISO_EINVAL;
    enum chiso_calendar calendar = catalogue_indicator(catalogue, indicator)->calendar;
    uint32_t home = fit_province(catalogue, unit, period, calendar, l->province->unit);
    return home == l->province->unit ? store_set_leaf(l->store, unit, period, indicator, &leaf) : CHISO_OK;
}

static int take_key(void *context, const char *key)
{
    const struct loading *l = context;
    char code[CHISO_UNIT_BYTES_MAX + 1];
    struct chiso_period period;
    struct redisReply *reply;
    int at = 0, error;
    if (sscanf(key, "chiso:{%*[^}]}:leaf:%32[^:]:%n", code, &at) != 1 || at == 0 ||
        chiso_period_parse(key + at, strlen(key + at), &period))
        return CHISO_OK;
    uint32_t unit = catalogue_unit_find(l->r->session->catalogue, code);
    if (unit == CATALOGUE_NONE)
        return CHISO_OK;
    if ((error = redis_callf(l->r->session->redis, &reply, l->why, "HGETALL %s", key)))
        return figures_name_key(error, key, l->why);
    for (size_t i = 0; i + 1 < reply->elements && !error; i += 2) {
        error = take_field(l, unit, period, reply->element[i], reply->element[i + 1]);
        if (error == CHISO_EINVAL)
            chiso_message_set(l->why, "%s %s holds \"%.80s\", which is no figure", key,
                reply->element[i]->str, reply->element[i + 1]->str);
    }
    redis_free(reply);
    return error;
}

/* Stored totals are not looked at: they may be what is wrong. */
static int load(
    struct rebuild *r, const struct rebuild_province *province, struct store **out, struct chiso_message *why)
{
    char pattern[KEY_CHARS];
    struct loading l = {r, province, store_new(), why};
    if (!l.store)
        return CHISO_ENOMEM;
    key_province(pattern, province->code, "leaf:*");
    int error = CHISO_OK;
    if (province->unit != CATALOGUE_NONE)
        error = figures_each_key(r->session->redis, pattern, take_key, &l, why);
    if (error)
        store_free(l.store);
    else
        *out = l.store;
    return error;
}

/* The figure as it stands in its new place. */
static int set_figure(
    const struct rebuild *r, struct store *store, const struct moved *moved, const struct leaf *leaf)
{
    const struct catalogue *catalogue = r->session->catalogue;
    uint32_t indicator = catalogue_indicator_find(catalogue, moved->indicator);
    if (indicator == CATALOGUE_NONE)
        return CHISO_OK;
    return store_set_leaf(store, catalogue_unit_find(catalogue, moved->unit), moved->period, indicator, leaf);
}

/* ---- one commit ---- */

static void begin(struct rebuild *r, const struct rebuild_province *province)
{
    commit_begin(&r->commit, province->code, &province->head, "rebuild", r->session->hash, clock_now());
}

static int finish(struct rebuild *r, struct rebuild_province *province, const struct store *figures,
    size_t arrived, size_t left, struct chiso_message *why)
{
    size_t totals = 0;
    int error = resum_add(&r->commit, r->session->redis, r->session->catalogue, figures, &totals, why);
    if (!error)
        error = commit_write(r->session->redis, &r->commit, clock_monotonic_ms() + PATIENCE_MS);
    if (error)
        return error;
    commit_done(&r->commit, &province->head);
    printf(session_text(r->session,
               "Tỉnh %s: nhận %zu số liệu, chuyển đi %zu, cộng lại %zu tổng (lần ghi %" PRIu64 ")\n",
               "Province %s: %zu figures arrived, %zu left, %zu totals summed (commit %" PRIu64 ")\n"),
        province->code, arrived, left, totals, province->head.seq);
    return fflush(stdout) == 0 ? CHISO_OK : CHISO_EIO;
}

/* ---- what arrives ---- */

/* The fields of the entry that brought F; NULL where the journal no longer has it. */
static int read_entry(
    struct rebuild *r, const struct rebuild_figure *f, const redisReply **out, struct chiso_message *why)
{
    struct rebuild_entry *entry = &r->entry;
    uint64_t seq = f->figure.leaf.seq;
    if (entry->seq != seq || entry->from != f->from) {
        redis_free(entry->reply);
        *entry = (struct rebuild_entry){.from = f->from};
        const struct journal_source journals = session_journals(r->session);
        int error =
            journal_source_range(&journals, r->provinces[f->from].code, seq, seq, 1, &entry->reply, why);
        if (error)
            return error;
        entry->seq = seq;
    }
    const redisReply *reply = entry->reply;
    *out = reply->elements == 1 && reply->element[0]->elements == 2 ? reply->element[0]->element[1] : NULL;
    return CHISO_OK;
}

/* The report that brought F into the commit's journal. */
static int add_report(
    struct rebuild *r, const struct rebuild_figure *f, size_t *bytes, struct chiso_message *why)
{
    char key[KEY_CHARS];
    const redisReply *fields = NULL;
    const struct leaf *leaf = &f->figure.leaf;
    uint32_t at = 0;
    key_province(key, r->provinces[f->from].code, "journal");
    int error = read_entry(r, f, &fields, why);
    if (error)
        return error;
    for (size_t i = 2; fields && i + 1 < fields->elements; i += 2) {
        const redisReply *publisher = fields->element[i - 1], *report = fields->element[i + 1];
        if (strcmp(fields->element[i]->str, "report") != 0 ||
            strcmp(fields->element[i - 2]->str, "publisher") != 0 || at++ != leaf->index)
            continue;
        resp_add_text(&r->commit.journal, "publisher");
        resp_add_text(&r->commit.journal, publisher->str);
        resp_add_text(&r->commit.journal, "report");
        resp_add(&r->commit.journal, report->str, report->len);
        *bytes += report->len;
        return CHISO_OK;
    }
    chiso_message_set(why, "%s has no report %" PRIu64 ".%u any more, which brought %s of unit %s", key,
        leaf->seq, leaf->index, f->figure.indicator, f->figure.unit);
    return CHISO_EINVAL;
}

static int compare_reports(const void *a, const void *b)
{
    const struct rebuild_figure *x = *(const struct rebuild_figure *const *)a;
    const struct rebuild_figure *y = *(const struct rebuild_figure *const *)b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->figure.leaf.seq != y->figure.leaf.seq)
        return x->figure.leaf.seq < y->figure.leaf.seq ? -1 : 1;
    if (x->figure.leaf.index != y->figure.leaf.index)
        return x->figure.leaf.index < y->figure.leaf.index ? -1 : 1;
    return (x > y) - (x < y);
}

static bool same_report(const struct rebuild_figure *a, const struct rebuild_figure *b)
{
    return a->from == b->from && a->figure.leaf.seq == b->figure.leaf.seq &&
           a->figure.leaf.index == b->figure.leaf.index;
}

/* What comes to province TO, by report; *OUT malloc'ed. */
static int list_arrivals(const struct rebuild *r, size_t to, struct rebuild_figure ***out, size_t *count)
{
    struct rebuild_figure **list = calloc(r->count + 1, sizeof(struct rebuild_figure *));
    *count = 0;
    if (!list)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < r->count; i++) {
        struct rebuild_figure *f = &r->figures[i];
        if (f->to == to && (f->action == REBUILD_MOVES || f->action == REBUILD_MERGES))
            list[(*count)++] = f;
    }
    if (*count)
        qsort(list, *count, sizeof(struct rebuild_figure *), compare_reports);
    *out = list;
    return CHISO_OK;
}

/* The leaf as it will stand: its report is report INDEX of the commit. */
static struct leaf leaf_there(
    const struct rebuild_province *to, const struct rebuild_figure *f, uint32_t index)
{
    struct leaf leaf = f->figure.leaf;
    if (f->action == REBUILD_MERGES) {
        leaf = f->there;
        leaf.first_ms = f->figure.leaf.first_ms;
        return leaf;
    }
    leaf.seq = to->head.seq + 1;
    leaf.index = index;
    if (f->there.revision && f->there.first_ms < leaf.first_ms)
        leaf.first_ms = f->there.first_ms;
    return leaf;
}

/* As many as fit into one commit; *DONE of LIST. */
static int add_arrivals(struct rebuild *r, const struct rebuild_province *to, struct rebuild_figure **list,
    size_t count, struct store *store, size_t *done, struct chiso_message *why)
{
    struct lines lines = {0};
    size_t bytes = 0;
    uint32_t reports = 0;
    const struct rebuild_figure *previous = NULL, *cell = NULL;
    int error = CHISO_OK;
    for (*done = 0; *done < count && !error; (*done)++) {
        const struct rebuild_figure *f = list[*done];
        struct moved line = f->figure;
        if (f->action == REBUILD_MOVES && !(previous && same_report(previous, f))) {
            if (reports == REBUILD_REPORTS_MAX || bytes >= REBUILD_BYTES_MAX)
                break;
            if ((error = add_report(r, f, &bytes, why)))
                break;
            reports++;
            previous = f;
        }
        if (!cell || strcmp(cell->figure.unit, f->figure.unit) != 0 ||
            !chiso_period_equal(cell->figure.period, f->figure.period))
            commit_cell(&r->commit, "leaf", f->figure.unit, f->figure.period);
        cell = f;
        line.leaf = leaf_there(to, f, reports - 1);
        (void)snprintf(line.province, sizeof line.province, "%s", r->provinces[f->from].code);
        commit_leaf(&r->commit, f->figure.indicator, &line.leaf);
        lines_add(&lines, &line);
        error = set_figure(r, store, &f->figure, &line.leaf);
    }
    int failed = lines_write(&lines, &r->commit, "arrived");
    return error ? error : failed;
}

static int bring(struct rebuild *r, size_t to, struct chiso_message *why)
{
    struct rebuild_figure **list = NULL;
    struct store *store = NULL;
    size_t count = 0, done = 0;
    int error = list_arrivals(r, to, &list, &count);
    if (!error && count)
        error = load(r, &r->provinces[to], &store, why);
    for (size_t at = 0; at < count && !error; at += done) {
        begin(r, &r->provinces[to]);
        error = add_arrivals(r, &r->provinces[to], list + at, count - at, store, &done, why);
        if (!error)
            error = finish(r, &r->provinces[to], store, done, 0, why);
        if (!error)
            r->provinces[to].is_summed = true;
    }
    store_free(store);
    free(list);
    return error;
}

/* ---- what leaves ---- */

/* A hash with figures that go is taken away as a whole, and those that stay are written again. */
static int add_departures(struct rebuild *r, size_t from, size_t *left)
{
    struct lines lines = {0};
    const struct rebuild_figure *cell = NULL, *kept = NULL;
    for (size_t i = 0; i < r->count; i++) {
        const struct rebuild_figure *f = &r->figures[i];
        char key[KEY_CHARS];
        if (f->from != from)
            continue;
        if (!cell || strcmp(cell->figure.unit, f->figure.unit) != 0 ||
            !chiso_period_equal(cell->figure.period, f->figure.period)) {
            key_cell(key, r->provinces[from].code, "leaf", f->figure.unit, f->figure.period);
            resp_add_text(&r->commit.deletions, key);
            cell = f;
            kept = NULL;
        }
        if (f->action == REBUILD_STAYS) {
            if (!kept)
                commit_cell(&r->commit, "leaf", f->figure.unit, f->figure.period);
            kept = f;
            commit_leaf(&r->commit, f->figure.indicator, &f->figure.leaf);
        } else {
            lines_add(&lines, &f->figure);
        }
    }
    *left = lines.count;
    return lines_write(&lines, &r->commit, "left");
}

static bool has_departures(const struct rebuild *r, size_t from)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->figures[i].from == from && r->figures[i].action != REBUILD_STAYS)
            return true;
    }
    return false;
}

static int release(struct rebuild *r, size_t at, struct chiso_message *why)
{
    struct rebuild_province *province = &r->provinces[at];
    struct store *store = NULL;
    size_t left = 0;
    bool leaves = has_departures(r, at), is_done = resum_is_done(&province->head, r->session->hash);
    if (!leaves && is_done && (province->is_summed || province->unit == CATALOGUE_NONE))
        return CHISO_OK;
    int error = load(r, province, &store, why);
    if (error)
        return error;
    begin(r, province);
    if (leaves)
        error = add_departures(r, at, &left);
    if (!error)
        error = finish(r, province, store, 0, left, why);
    if (!error)
        province->is_summed = true;
    store_free(store);
    return error;
}

int rebuild_apply(struct rebuild *r, struct chiso_message *why)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < r->province_count && !error; i++)
        error = bring(r, i, why);
    for (size_t i = 0; i < r->province_count && !error; i++)
        error = release(r, i, why);
    return error;
}

/* ---- beforehand ---- */

static bool has_arrivals(const struct rebuild *r, size_t to)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->figures[i].to == to && r->figures[i].action == REBUILD_MOVES)
            return true;
    }
    return false;
}

static void say_unfit(void *context, const struct chiso_message *sentence)
{
    struct rebuild *r = context;
    session_warn(r->session, "%s", sentence->text);
    r->faults++;
}

/* Figures keep their meaning under the catalogue to come. */
static int check_meaning(
    struct rebuild *r, const struct rebuild_province *province, struct chiso_message *why)
{
    if (strcmp(province->head.catalogue, r->session->hash) == 0)
        return CHISO_OK;
    r->redefined.redis = r->session->redis;
    r->redefined.now = r->session->catalogue;
    return redefined_each(&r->redefined, province->code, &province->head, say_unfit, r, why);
}

static int check_province(struct rebuild *r, size_t at, struct chiso_message *why)
{
    struct store *store;
    size_t totals = 0;
    if (r->provinces[at].head.seq == 0 && !has_arrivals(r, at))
        return CHISO_OK;
    int error = check_meaning(r, &r->provinces[at], why);
    if (!error)
        error = load(r, &r->provinces[at], &store, why);
    if (error)
        return error;
    for (size_t i = 0; i < r->count && !error; i++) {
        const struct rebuild_figure *f = &r->figures[i];
        if (f->to == at && f->action == REBUILD_MOVES)
            error = set_figure(r, store, &f->figure, &f->figure.leaf);
    }
    if (!error && (error = fit_check_figures(r->session->catalogue, store, why)) != CHISO_OK) {
        say_unfit(r, why);
        error = CHISO_OK;
    } else if (!error) {
        begin(r, &r->provinces[at]);
        error = resum_add(&r->commit, r->session->redis, r->session->catalogue, store, &totals, why);
    }
    store_free(store);
    return error;
}

int rebuild_check(struct rebuild *r, struct chiso_message *why)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < r->province_count && !error; i++)
        error = check_province(r, i, why);
    return error;
}
