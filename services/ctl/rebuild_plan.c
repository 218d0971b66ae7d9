/* What lies where, and where it belongs. */
#include "rebuild.h"

#include "core/list.h"
#include "io/misplaced.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct work {
    struct rebuild *r;
    struct chiso_message *why;
    struct chiso_message last; /* the sentence printed last: one unit and period have many figures */
};

void rebuild_release(struct rebuild *r)
{
    free(r->provinces);
    free(r->figures);
    commit_release(&r->commit);
    redefined_release(&r->redefined);
    redis_free(r->entry.reply);
}

static void print_fault(struct work *w, const struct chiso_message *sentence)
{
    if (strcmp(w->last.text, sentence->text) != 0)
        session_warn(w->r->session, "%s", sentence->text);
    w->last = *sentence;
    w->r->faults++;
}

/* ---- provinces ---- */

static int province_of(struct rebuild *r, const char *code, size_t *out)
{
    const struct catalogue *catalogue = r->session->catalogue;
    for (*out = 0; *out < r->province_count; (*out)++) {
        if (strcmp(r->provinces[*out].code, code) == 0)
            return CHISO_OK;
    }
    struct rebuild_province *moved = realloc(r->provinces, (r->province_count + 1) * sizeof *moved);
    if (!moved)
        return CHISO_ENOMEM;
    r->provinces = moved;
    moved[r->province_count] = (struct rebuild_province){.unit = catalogue_unit_find(catalogue, code)};
    (void)snprintf(moved[r->province_count].code, sizeof moved->code, "%s", code);
    if (!catalogue_is_province(catalogue, moved[r->province_count].unit))
        moved[r->province_count].unit = CATALOGUE_NONE;
    r->province_count++;
    return CHISO_OK;
}

static int note_province(void *context, const char *key)
{
    char code[CHISO_UNIT_BYTES_MAX + 1];
    size_t at;
    int length = 0;
    if (sscanf(key, "chiso:{%32[^}]}:head%n", code, &length) != 1 || key[length])
        return CHISO_OK;
    return province_of(context, code, &at);
}

/* All that have a commit, and those of the catalogue, to which figures may come. */
static int read_heads(struct rebuild *r, struct chiso_message *why)
{
    size_t count, at;
    const uint32_t *all = catalogue_provinces(r->session->catalogue, &count);
    int error = CHISO_OK;
    for (size_t i = 0; i < count && !error; i++)
        error = province_of(r, catalogue_unit_code(r->session->catalogue, all[i]), &at);
    if (!error)
        error = figures_each_key(r->session->redis, "chiso:{*}:head", note_province, r, why);
    for (size_t i = 0; i < r->province_count && !error; i++)
        error = figures_head(r->session->redis, r->provinces[i].code, &r->provinces[i].head, why);
    return error;
}

/* ---- figures ---- */

static struct rebuild_figure *add_figure(struct rebuild *r)
{
    if (LIST_GROW(r->figures, r->count, r->capacity))
        return NULL;
    r->figures[r->count] = (struct rebuild_figure){.from = 0};
    return &r->figures[r->count++];
}

static int note_figure(void *context, const struct misplaced *misplaced)
{
    struct work *w = context;
    struct rebuild *r = w->r;
    struct rebuild_figure figure = {.action = REBUILD_STAYS};
    struct chiso_message sentence;
    if (misplaced->home == CATALOGUE_NONE) {
        misplaced_say(r->session->catalogue, misplaced, &sentence);
        print_fault(w, &sentence);
        return CHISO_OK;
    }
    if (leaf_parse(misplaced->text, misplaced->length, &figure.figure.leaf)) {
        chiso_message_set(&sentence, "province %s, unit %s: %s holds \"%.80s\", which is no figure",
            misplaced->province, misplaced->unit, misplaced->indicator, misplaced->text);
        print_fault(w, &sentence);
        return CHISO_OK;
    }
    const char *home = catalogue_unit_code(r->session->catalogue, misplaced->home);
    int error = province_of(r, misplaced->province, &figure.from);
    if (!error)
        error = province_of(r, home, &figure.to);
    struct rebuild_figure *place = error ? NULL : add_figure(r);
    if (!place)
        return CHISO_ENOMEM;
    (void)snprintf(figure.figure.unit, sizeof figure.figure.unit, "%s", misplaced->unit);
    (void)snprintf(figure.figure.indicator, sizeof figure.figure.indicator, "%s", misplaced->indicator);
    (void)snprintf(figure.figure.province, sizeof figure.figure.province, "%s", home);
    figure.figure.period = misplaced->period;
    *place = figure;
    return CHISO_OK;
}

static int compare(const void *a, const void *b)
{
    const struct rebuild_figure *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    int order = strcmp(x->figure.unit, y->figure.unit);
    if (!order)
        order = chiso_period_compare(x->figure.period, y->figure.period);
    return order ? order : strcmp(x->figure.indicator, y->figure.indicator);
}

/* Keys may have been seen twice. */
static void sort(struct rebuild *r)
{
    size_t kept = 0;
    if (r->count)
        qsort(r->figures, r->count, sizeof *r->figures, compare);
    for (size_t i = 0; i < r->count; i++) {
        if (kept == 0 || compare(&r->figures[kept - 1], &r->figures[i]) != 0)
            r->figures[kept++] = r->figures[i];
    }
    r->count = kept;
}

/* ---- what lies where a figure goes ---- */

static int read_there(struct rebuild *r, struct rebuild_figure *f, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_cell(key, r->provinces[f->to].code, "leaf", f->figure.unit, f->figure.period);
    int error = redis_callf(r->session->redis, &reply, why, "HGET %s %s", key, f->figure.indicator);
    if (error)
        return figures_name_key(error, key, why);
    if (reply->type == REDIS_REPLY_STRING && leaf_parse(reply->str, (size_t)reply->len, &f->there)) {
        chiso_message_set(
            why, "%s %s holds \"%.80s\", which is no figure", key, f->figure.indicator, reply->str);
        error = CHISO_EINVAL;
    }
    redis_free(reply);
    return error;
}

/* The revision rule, as if the figure had been reported there (core/figure.h). */
static void decide(struct work *w, struct rebuild_figure *f)
{
    char period[CHISO_PERIOD_CHARS], here[LEAF_CHARS], there[LEAF_CHARS];
    struct chiso_message sentence;
    const struct leaf *leaf = &f->figure.leaf;
    switch (leaf_decide(&f->there, leaf->revision, &leaf->figure)) {
    case LEAF_ACCEPT:
        f->action = REBUILD_MOVES;
        return;
    case LEAF_CONFLICT:
        chiso_period_print(f->figure.period, period);
        figure_print(&leaf->figure, here);
        figure_print(&f->there.figure, there);
        chiso_message_set(&sentence,
            "%s of unit %s for %s is %s in province %s and %s in province %s, both of revision %u: report "
            "the "
            "right one with a higher revision first",
            f->figure.indicator, f->figure.unit, period, here, w->r->provinces[f->from].code, there,
            f->figure.province, leaf->revision);
        print_fault(w, &sentence);
        return;
    default:
        f->action = leaf->first_ms < f->there.first_ms ? REBUILD_MERGES : REBUILD_DROPS;
    }
}

int rebuild_plan(struct rebuild *r, struct chiso_message *why)
{
    struct work w = {.r = r, .why = why};
    r->count = r->faults = 0;
    int error = read_heads(r, why);
    if (!error)
        error = misplaced_each(r->session->redis, r->session->catalogue, true, note_figure, &w, why);
    sort(r);
    for (size_t i = 0; i < r->count && !error; i++) {
        struct rebuild_figure *f = &r->figures[i];
        if (f->from == f->to)
            continue;
        error = read_there(r, f, why);
        if (!error)
            decide(&w, f);
    }
    return error;
}
