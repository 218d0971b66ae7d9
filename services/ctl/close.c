/* chisoctl close: a period whose figures are published. What changes in it later is a restatement. */
#include "ctl.h"

#include "core/json_list.h"
#include "core/list.h"
#include "core/province_list.h"
#include "core/text.h"
#include "io/clock.h"
#include "io/commit.h"
#include "print.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a commit whose answer is lost is asked for, and a province that others write is tried. */
#define PATIENCE_MS 30000

/* A province's closing, made now or found. */
struct closed {
    uint32_t province;
    struct closing closing;
    bool found;
};

struct closed_list {
    struct closed *list;
    size_t count, capacity;
};

static int add_closed(struct closed_list *closed, const struct closed *one)
{
    if (LIST_GROW(closed->list, closed->count, closed->capacity))
        return CHISO_ENOMEM;
    closed->list[closed->count++] = *one;
    return CHISO_OK;
}

/* ---- which provinces ---- */

/* Was the province there on some day of the period? */
static bool lives_in(const struct session *session, uint32_t province, const struct closing *closing)
{
    size_t count;
    const struct unit_row *rows = catalogue_unit_rows(session->catalogue, province, &count);
    chiso_day first = chiso_period_first(closing->period, closing->calendar);
    chiso_day last = chiso_period_last(closing->period, closing->calendar);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == UNIT_PROVINCE && rows[i].from <= last && rows[i].to >= first)
            return true;
    }
    return false;
}

/* Those that are named; otherwise all that have ever committed something. */
static int is_wanted(const struct session *session, uint32_t province, bool *wanted)
{
    struct chiso_message why = {""};
    struct head head;
    const char *code = catalogue_unit_code(session->catalogue, province);
    *wanted = province_list_has(session->options.provinces, code);
    if (session->options.provinces || !*wanted)
        return SESSION_ON;
    if (figures_head(session->redis, code, &head, &why))
        return session_fail(session, EXIT_RUNTIME, "%s", why.text);
    *wanted = head.seq > 0;
    return SESSION_ON;
}

/* ---- closing ---- */

/* The closing that is kept; CHISO_ENOTFOUND. */
static int find_closing(
    struct redis *redis, const char *province, struct closing *closing, struct chiso_message *why)
{
    char key[KEY_CHARS], field[CLOSING_FIELD_CHARS];
    struct redisReply *reply;
    key_province(key, province, "closed");
    closing_print_field(closing->calendar, closing->period, field);
    int error = redis_callf(redis, &reply, why, "HGET %s %s", key, field);
    if (error)
        return figures_name_key(error, key, why);
    if (reply->type != REDIS_REPLY_STRING)
        error = CHISO_ENOTFOUND;
    else if ((error = closing_parse(field, reply->str, (size_t)reply->len, closing)))
        chiso_message_set(why, "%s %s holds \"%.80s\", which is no closing", key, field, reply->str);
    redis_free(reply);
    return error;
}

/* CHISO_ECONFLICT: somebody else has committed meanwhile. */
static int close_once(const struct session *session, const char *code, struct closed *closed,
    struct commit *commit, struct chiso_message *why)
{
    struct head head;
    /* The head before the closings: who closes in between moves it. */
    int error = figures_head(session->redis, code, &head, why);
    if (!error)
        error = find_closing(session->redis, code, &closed->closing, why);
    closed->found = error == CHISO_OK;
    if (error != CHISO_ENOTFOUND)
        return error;
    closed->closing.seq = head.seq + 1;
    commit_begin(commit, code, &head, "close", head.seq ? head.catalogue : session->hash, clock_now());
    closed->closing.time = commit->time;
    commit_closing(commit, &closed->closing);
    error = commit_write(session->redis, commit, clock_monotonic_ms() + PATIENCE_MS);
    if (error)
        chiso_message_set(why, "%s", chiso_strerror(error));
    return error;
}

static int close_province(const struct session *session, struct closed *closed)
{
    const char *code = catalogue_unit_code(session->catalogue, closed->province);
    struct chiso_message why = {""};
    struct commit commit = {0};
    long long patience = clock_monotonic_ms() + PATIENCE_MS;
    int error;
    do {
        error = close_once(session, code, closed, &commit, &why);
    } while (error == CHISO_ECONFLICT && clock_monotonic_ms() < patience);
    commit_release(&commit);
    if (error == CHISO_ETIMEOUT)
        return session_fail(session, EXIT_RUNTIME,
            "whether province %s is closed is not known: %s; closing it again is harmless", code, why.text);
    return error ? session_fail(session, EXIT_RUNTIME, "province %s is not closed: %s", code, why.text)
                 : SESSION_ON;
}

static void print_closed(const struct session *session, const struct closed *closed)
{
    char period[CHISO_PERIOD_TEXT_BYTES], at[TEXT_INSTANT_BYTES];
    const struct closing *c = &closed->closing;
    const char *code = catalogue_unit_code(session->catalogue, closed->province);
    size_t count;
    const struct unit_row *rows = catalogue_unit_rows(session->catalogue, closed->province, &count);
    const struct unit_row *row =
        catalogue_unit_at(session->catalogue, closed->province, chiso_period_last(c->period, c->calendar));
    period_text(session, c->period, period);
    text_instant(c->time, session_language(session), at);
    printf(closed->found ? session_text(session, "%s (%s): %s đã được %s chốt từ trước, lúc %s\n",
                               "%s (%s): %s was already closed by %s at %s\n")
                         : session_text(session, "%s (%s): đã chốt %s, người chốt: %s, lúc %s\n",
                               "%s (%s): closed %s, by %s at %s\n"),
        session_unit_name(session, row ? row : &rows[count - 1]), code, period, c->by, at);
}

static int close_all(const struct session *session, const struct closing *closing)
{
    size_t count, done = 0;
    const uint32_t *provinces = catalogue_provinces(session->catalogue, &count);
    int status = SESSION_ON;
    for (size_t i = 0; i < count && status == SESSION_ON; i++) {
        struct closed closed = {.province = provinces[i], .closing = *closing};
        bool wanted = false;
        status = is_wanted(session, provinces[i], &wanted);
        if (status != SESSION_ON || !wanted || !lives_in(session, provinces[i], closing))
            continue;
        status = close_province(session, &closed);
        if (status == SESSION_ON)
            print_closed(session, &closed);
        done++;
    }
    if (status != SESSION_ON)
        return status;
    return done ? EXIT_OK
                : session_fail(session, EXIT_RUNTIME, "there is no province to close in that period");
}

static int check_ended(const struct session *session, const struct closing *closing)
{
    char day[CHISO_DATE_CHARS], period[CHISO_PERIOD_CHARS];
    chiso_day last = chiso_period_last(closing->period, closing->calendar);
    if (last < chiso_day_at(session->now))
        return SESSION_ON;
    chiso_period_print(closing->period, period);
    chiso_day_print_vi(last, day);
    return session_fail(
        session, EXIT_RUNTIME, "%s ends on %s: it can be closed from the day after", period, day);
}

/* ---- the list ---- */

static int collect(void *context, uint32_t province, const struct closing *closing)
{
    return add_closed(context, &(struct closed){.province = province, .closing = *closing});
}

/* In the order in which they were closed. */
static int compare(const void *a, const void *b)
{
    const struct closed *x = a, *y = b;
    if (x->province != y->province)
        return x->province < y->province ? -1 : 1;
    return (x->closing.seq > y->closing.seq) - (x->closing.seq < y->closing.seq);
}

static int read_closed(const struct session *session, struct closed_list *closed, struct chiso_message *why)
{
    size_t count;
    const uint32_t *provinces = catalogue_provinces(session->catalogue, &count);
    struct store *store = store_new();
    int error = store ? CHISO_OK : CHISO_ENOMEM;
    for (size_t i = 0; i < count && !error; i++) {
        if (province_list_has(
                session->options.provinces, catalogue_unit_code(session->catalogue, provinces[i])))
            error = figures_load_closings(session->redis, session->catalogue, provinces[i], store, why);
    }
    if (!error)
        error = store_each_closing(store, collect, closed);
    if (closed->count)
        qsort(closed->list, closed->count, sizeof *closed->list, compare);
    store_free(store);
    return error;
}

static int print_list(const struct session *session, const struct closed_list *closed)
{
    const struct table_column columns[] = {
        {session_text(session, "Tỉnh", "Province"), TABLE_LEFT, 0},
        {session_text(session, "Kỳ", "Period"), TABLE_LEFT, 0},
        {session_text(session, "Lịch", "Calendar"), TABLE_LEFT, 0},
        {session_text(session, "Chốt lúc", "Closed"), TABLE_LEFT, 0},
        {session_text(session, "Người chốt", "By"), TABLE_FOLD, 12},
        {session_text(session, "Nhật ký", "Journal"), TABLE_RIGHT, 0},
        {session_text(session, "Ghi chú", "Note"), TABLE_FOLD, 12},
    };
    if (closed->count == 0) {
        puts(session_text(session, "Chưa kỳ nào được chốt.", "No period is closed."));
        return EXIT_OK;
    }
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < closed->count && table; i++) {
        const struct closing *c = &closed->list[i].closing;
        char period[CHISO_PERIOD_CHARS], at[INSTANT_TEXT_BYTES], seq[24];
        chiso_period_print(c->period, period);
        instant_text(c->time, at);
        (void)snprintf(seq, sizeof seq, "%" PRIu64, c->seq);
        const char *const cells[] = {catalogue_unit_code(session->catalogue, closed->list[i].province),
            period, text_calendar(c->calendar, session_language(session)), at, c->by, seq, c->note};
        table_row(table, cells);
    }
    return print_table(session, table);
}

static int print_list_json(const struct session *session, const struct closed_list *closed)
{
    json_t *array = json_array();
    for (size_t i = 0; i < closed->count; i++) {
        const struct closing *c = &closed->list[i].closing;
        json_t *object = json_pack("{s:s,s:s,s:o,s:o,s:s,s:s,s:I}", "province",
            catalogue_unit_code(session->catalogue, closed->list[i].province), "calendar",
            calendar_names[c->calendar], "period", period_json(c->period), "closed_at", instant_json(c->time),
            "by", c->by, "note", c->note, "seq", (json_int_t)c->seq);
        json_list_add(&array, object);
    }
    return print_json(session, array);
}

static int list(const struct session *session, bool json)
{
    struct closed_list closed = {0};
    struct chiso_message why = {""};
    int error = read_closed(session, &closed, &why);
    int status = error  ? session_fail_for(session, error, &why)
                 : json ? print_list_json(session, &closed)
                        : print_list(session, &closed);
    free(closed.list);
    return status;
}

/* ---- the command ---- */

struct wishes {
    const char *period;
    char *calendar, *by, *note;
    bool list, json;
};

static int check_wishes(const struct session *session, const struct wishes *w, struct closing *closing)
{
    struct chiso_message why;
    if (w->list && (w->period || w->calendar || w->by || w->note))
        return session_fail(session, EXIT_USAGE, "--list goes with --provinces and --json only");
    if (w->list)
        return SESSION_ON;
    if (w->json)
        return session_fail(session, EXIT_USAGE, "--json goes with --list");
    if (!w->period || !w->calendar || !w->by)
        return session_fail(session, EXIT_USAGE, "%s is missing",
            !w->period     ? "the period"
            : !w->calendar ? "--calendar"
                           : "--by");
    if (chiso_period_parse(w->period, strlen(w->period), &closing->period))
        return session_fail(session, EXIT_USAGE,
            "'%s' is no period such as 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03 or FIRST/LAST", w->period);
    if (!closing_parse_calendar(w->calendar, &closing->calendar))
        return session_fail(
            session, EXIT_USAGE, "--calendar '%s' is neither statistical nor administrative", w->calendar);
    if (closing_check_text(w->by, w->note ? w->note : "", &why))
        return session_fail(session, EXIT_USAGE, "%s", why.text);
    (void)snprintf(closing->by, sizeof closing->by, "%s", w->by);
    (void)snprintf(closing->note, sizeof closing->note, "%s", w->note ? w->note : "");
    return check_ended(session, closing);
}

static int close_or_list(struct session *session, const struct wishes *w)
{
    struct closing closing = {0};
    struct chiso_message why;
    int status = check_wishes(session, w, &closing);
    if (status == SESSION_ON)
        status = session_connect(session);
    if (status != SESSION_ON)
        return status;
    if (province_list_check(session->options.provinces, session->catalogue, &why))
        return session_fail(session, EXIT_RUNTIME, "%s", why.text);
    return w->list ? list(session, w->json) : close_all(session, &closing);
}

int command_close(int argc, char **argv)
{
    static const char *const keys[] = {
        "provinces", "redis_url", "redis_username", "redis_password_file", "lang", NULL};
    struct wishes w = {0};
    const struct option_flag flags[] = {
        {"calendar", "C", "statistical or administrative", &w.calendar, NULL},
        {"by", "POST", "the post that closes it", &w.by, NULL},
        {"note", "TEXT", "a remark that is kept", &w.note, NULL},
        {"list", NULL, "print the periods that are closed", NULL, &w.list},
        {"json", NULL, "with --list: an array with one object per province and period", NULL, &w.json},
    };
    const struct program program = {
        .name = "chisoctl close",
        .usage = "PERIOD --calendar C --by POST [options]\n       chisoctl close --list [options]",
        .summary =
            "Closes a period that has ended, with all windows inside it, for the indicators of one\n"
            "calendar, in the provinces given or in all that have figures. Reports are still accepted;\n"
            "what they change is a restatement, and marked wherever it is shown. A period that is\n"
            "closed stays as it is: closing it again changes nothing, and says who closed it.",
        .keys = keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, &w.period);
    if (status == SESSION_ON)
        status = close_or_list(&session, &w);
    free(w.calendar);
    free(w.by);
    free(w.note);
    return session_end(&session, status);
}
