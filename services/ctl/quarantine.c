/* chisoctl quarantine: what was refused, and why. */
#include "ctl.h"

#include "core/json_list.h"
#include "core/list.h"
#include "core/utf8.h"
#include "print.h"
#include <chiso/report.h>
#include <ctype.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_DEFAULT 20
#define COUNT_MAX 10000
#define ARENA_BYTES ((size_t)1024 * 1024)

struct refusal {
    unsigned long long id_ms, id_n; /* of the stream entry */
    chiso_instant_ms time;
    char *province, *publisher, *reason, *length, *report_id, *unit;
};

struct refusals {
    struct refusal *list;
    size_t count, capacity;
    struct chiso_arena arena;
};

static void refusals_release(struct refusals *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct refusal *one = &r->list[i];
        char *const texts[] = {
            one->province, one->publisher, one->reason, one->length, one->report_id, one->unit};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            free(texts[t]);
    }
    free(r->list);
    chiso_arena_release(&r->arena);
}

/* What can still be read of the bytes kept; they may be garbage, or cut. */
static int take_bytes(struct refusals *r, const redisReply *bytes, struct refusal *out)
{
    struct chiso_report report;
    chiso_arena_reset(&r->arena);
    if (chiso_report_decode(&r->arena, bytes->str, (size_t)bytes->len, &report, NULL))
        return CHISO_OK;
    out->report_id = utf8_copy_tamed(report.report_id);
    out->unit = utf8_copy_tamed(report.unit);
    return out->report_id && out->unit ? CHISO_OK : CHISO_ENOMEM;
}

static int take_field(
    struct refusals *r, const redisReply *name, const redisReply *value, struct refusal *out)
{
    const struct {
        const char *name;
        char **text;
    } texts[] = {{"province", &out->province}, {"publisher", &out->publisher}, {"reason", &out->reason},
        {"length", &out->length}};
    if (name->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING)
        return CHISO_OK;
    if (strcmp(name->str, "bytes") == 0)
        return take_bytes(r, value, out);
    if (strcmp(name->str, "time") == 0)
        out->time = strtoll(value->str, NULL, 10);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(name->str, texts[i].name) == 0 && !*texts[i].text &&
            !(*texts[i].text = utf8_copy_tamed(value->str)))
            return CHISO_ENOMEM;
    }
    return CHISO_OK;
}

static int take_entry(struct refusals *r, const redisReply *entry)
{
    struct refusal refusal = {0};
    int error = CHISO_OK;
    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
        entry->element[0]->type != REDIS_REPLY_STRING || entry->element[1]->type != REDIS_REPLY_ARRAY)
        return CHISO_OK;
    if (LIST_GROW(r->list, r->count, r->capacity))
        return CHISO_ENOMEM;
    (void)sscanf(entry->element[0]->str, "%llu-%llu", &refusal.id_ms, &refusal.id_n);
    const redisReply *fields = entry->element[1];
    for (size_t i = 0; i + 1 < fields->elements && !error; i += 2)
        error = take_field(r, fields->element[i], fields->element[i + 1], &refusal);
    r->list[r->count++] = refusal; /* also after an error: released with the others */
    return error;
}

static int read_stream(struct session *session, const char *key, unsigned count, struct refusals *r)
{
    struct chiso_message why = {""};
    struct redisReply *reply;
    int error = redis_callf(session->redis, &reply, &why, "XREVRANGE %s + - COUNT %u", key, count);
    if (error)
        return session_fail(session, EXIT_RUNTIME, "%s", why.text);
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements && !error; i++)
        error = take_entry(r, reply->element[i]);
    redis_free(reply);
    return error ? session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(error)) : SESSION_ON;
}

static int compare_newest_first(const void *a, const void *b)
{
    const struct refusal *x = a, *y = b;
    if (x->id_ms != y->id_ms)
        return x->id_ms > y->id_ms ? -1 : 1;
    return (x->id_n < y->id_n) - (x->id_n > y->id_n);
}

/* The province's, or those of all provinces and of none; the COUNT newest. */
static int read_all(struct session *session, unsigned count, struct refusals *r)
{
    uint32_t *provinces = NULL;
    size_t province_count = 0;
    char key[KEY_CHARS];
    int status = session_provinces(session, &provinces, &province_count);
    for (size_t i = 0; i < province_count && status == SESSION_ON; i++) {
        key_province(key, catalogue_unit_code(session->catalogue, provinces[i]), "quarantine");
        status = read_stream(session, key, count, r);
    }
    free(provinces);
    if (status == SESSION_ON && !session->options.province)
        status = read_stream(session, "chiso:quarantine", count, r);
    if (status == SESSION_ON && r->count > 0)
        qsort(r->list, r->count, sizeof *r->list, compare_newest_first);
    return status;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int print_refusals(const struct session *session, const struct refusals *r, size_t count)
{
    const struct table_column columns[] = {
        {session_text(session, "Lúc", "Time"), TABLE_LEFT, 0},
        {session_text(session, "Tỉnh", "Province"), TABLE_LEFT, 0},
        {session_text(session, "Bên gửi", "Publisher"), TABLE_LEFT, 6},
        {session_text(session, "Đơn vị", "Unit"), TABLE_LEFT, 0},
        {session_text(session, "Báo cáo", "Report"), TABLE_LEFT, 8},
        {session_text(session, "Byte", "Bytes"), TABLE_RIGHT, 0},
        {session_text(session, "Lý do", "Reason"), TABLE_LEFT, 20},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < count && table; i++) {
        const struct refusal *one = &r->list[i];
        char time[INSTANT_TEXT_BYTES];
        instant_text(one->time, time);
        const char *cells[] = {
            time, one->province, one->publisher, one->unit, one->report_id, one->length, one->reason};
        table_row(table, cells);
    }
    int status = count > 0 ? print_table(session, table) : (table_free(table), EXIT_OK);
    if (count == 0)
        puts(session_text(session, "Không có báo cáo nào bị từ chối.", "Nothing was refused."));
    return status;
}

static int print_refusals_json(const struct session *session, const struct refusals *r, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct refusal *one = &r->list[i];
        json_t *object = json_pack("{s:o,s:s,s:s,s:s,s:s,s:s?,s:s?}", "time", instant_json(one->time),
            "province", or_empty(one->province), "publisher", or_empty(one->publisher), "reason",
            or_empty(one->reason), "length", or_empty(one->length), "report_id", one->report_id, "unit",
            one->unit);
        json_list_add(&array, object);
    }
    return print_json(session, array);
}

/* 0: not a number from 1 to COUNT_MAX. */
static unsigned parse_count(const char *text)
{
    char *end;
    unsigned long count = strtoul(text, &end, 10);
    return isdigit((unsigned char)*text) && !*end && count <= COUNT_MAX ? (unsigned)count : 0;
}

static int quarantine(struct session *session, const char *count_text, bool json)
{
    struct refusals r = {0};
    unsigned count = count_text ? parse_count(count_text) : COUNT_DEFAULT;
    if (count == 0)
        return session_fail(
            session, EXIT_USAGE, "--count '%s' is not a number from 1 to %d", count_text, COUNT_MAX);
    int status = session_connect(session);
    if (status == SESSION_ON && chiso_arena_init(&r.arena, ARENA_BYTES))
        status = session_fail(session, EXIT_RUNTIME, "no memory");
    if (status == SESSION_ON)
        status = read_all(session, count, &r);
    if (status == SESSION_ON) {
        size_t shown = r.count < count ? r.count : count;
        status = json ? print_refusals_json(session, &r, shown) : print_refusals(session, &r, shown);
    }
    refusals_release(&r);
    return status;
}

int command_quarantine(int argc, char **argv)
{
    char *count = NULL;
    bool json = false;
    const struct option_flag flags[] = {
        {"count", "N", "how many, newest first (20)", &count, NULL},
        {"json", NULL, "an array with one object per message", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl quarantine",
        .usage = "[options]",
        .summary =
            "Prints what was refused: when, from whom, why, and of which report where it can be read.\n"
            "Without --province those of all provinces, and those whose province is unknown.",
        .keys = session_province_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = quarantine(&session, count, json);
    free(count);
    return session_end(&session, status);
}
