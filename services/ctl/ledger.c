/* chisoctl ledger: what became of the reports, and is there one missing? */
#include "ledger.h"

#include "core/list.h"
#include "ctl.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t ledger_stream_missing(const struct ledger_stream *stream)
{
    uint64_t missing = 0;
    for (size_t i = 0; i < stream->gap_count; i++)
        missing += stream->gaps[i].to - stream->gaps[i].from + 1;
    return missing;
}

/* ---- out of the stored texts ---- */

struct reading {
    const struct session *session;
    const char *publisher; /* NULL: all */
    struct ledger_province *out;
};

static bool is_of_interest(const struct reading *r, const char *unit)
{
    const struct catalogue *c = r->session->catalogue;
    uint32_t code = catalogue_unit_find(c, unit);
    if (!r->publisher)
        return true;
    return code != CATALOGUE_NONE &&
           catalogue_publisher_may(c, r->publisher, code, chiso_day_at(r->session->now));
}

static struct ledger_deliveries *deliveries_of(struct ledger_province *p, const char *unit)
{
    for (size_t i = 0; i < p->delivery_count; i++) {
        if (strcmp(p->deliveries[i].unit, unit) == 0)
            return &p->deliveries[i];
    }
    if (LIST_GROW(p->deliveries, p->delivery_count, p->delivery_capacity))
        return NULL;
    struct ledger_deliveries *one = &p->deliveries[p->delivery_count++];
    *one = (struct ledger_deliveries){.unit = ""};
    (void)snprintf(one->unit, sizeof one->unit, "%s", unit);
    return one;
}

static int take_deliveries(const struct reading *r, const struct ledger_record *record)
{
    if (!is_of_interest(r, record->unit))
        return CHISO_OK;
    struct ledger_deliveries *one = deliveries_of(r->out, record->unit);
    if (!one)
        return CHISO_ENOMEM;
    for (int i = CHISO_ACCEPTED; i < CHISO_OUTCOMES; i++) {
        if (strcmp(record->outcome, chiso_outcome_name((enum chiso_outcome)i)) == 0)
            one->counts[i] = record->number;
    }
    return CHISO_OK;
}

static int take_stream(const struct reading *r, const struct ledger_record *record)
{
    struct ledger_province *p = r->out;
    if (r->publisher && strcmp(record->publisher, r->publisher) != 0)
        return CHISO_OK;
    if (LIST_GROW(p->streams, p->stream_count, p->stream_capacity))
        return CHISO_ENOMEM;
    struct ledger_stream *one = &p->streams[p->stream_count++];
    *one = (struct ledger_stream){
        .highest = record->number, .forgotten = record->forgotten, .gap_count = record->gap_count};
    (void)snprintf(one->publisher, sizeof one->publisher, "%s", record->publisher);
    (void)snprintf(one->id, sizeof one->id, "%s", record->stream);
    memcpy(one->gaps, record->gaps, record->gap_count * sizeof *one->gaps);
    return CHISO_OK;
}

static int take_record(void *context, const struct ledger_record *record)
{
    return record->unit ? take_deliveries(context, record) : take_stream(context, record);
}

static int compare_deliveries(const void *a, const void *b)
{
    return strcmp(((const struct ledger_deliveries *)a)->unit, ((const struct ledger_deliveries *)b)->unit);
}

static int compare_streams(const void *a, const void *b)
{
    const struct ledger_stream *x = a, *y = b;
    int order = strcmp(x->publisher, y->publisher);
    return order ? order : strcmp(x->id, y->id);
}

static int load(const redisReply *reply, struct ledger *ledger, struct chiso_message *why)
{
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        int error = ledger_load(ledger, reply->element[i]->str, reply->element[i + 1]->str);
        if (error == CHISO_EINVAL)
            chiso_message_set(why, "field %.80s holds \"%.80s\", which is no ledger value",
                reply->element[i]->str, reply->element[i + 1]->str);
        if (error)
            return error;
    }
    return CHISO_OK;
}

static int read_province(const struct reading *r, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    struct ledger *ledger = ledger_new();
    if (!ledger)
        return CHISO_ENOMEM;
    key_province(key, r->out->code, "ledger");
    int error = redis_callf(r->session->redis, &reply, why, "HGETALL %s", key);
    if (!error) {
        error = load(reply, ledger, why);
        redis_free(reply);
    }
    if (!error)
        error = ledger_each(ledger, take_record, (void *)(uintptr_t)r);
    r->out->is_full = ledger_is_full(ledger);
    ledger_free(ledger);
    if (r->out->delivery_count)
        qsort(r->out->deliveries, r->out->delivery_count, sizeof *r->out->deliveries, compare_deliveries);
    if (r->out->stream_count)
        qsort(r->out->streams, r->out->stream_count, sizeof *r->out->streams, compare_streams);
    return figures_name_key(error, key, why);
}

/* ---- all of it ---- */

static bool has_gap(const struct ledger_report *report)
{
    for (size_t p = 0; p < report->province_count; p++) {
        for (size_t i = 0; i < report->provinces[p].stream_count; i++) {
            const struct ledger_stream *stream = &report->provinces[p].streams[i];
            if (stream->gap_count || stream->forgotten)
                return true;
        }
    }
    return false;
}

static int read_provinces(struct session *session, struct ledger_report *report)
{
    struct chiso_message why = {""};
    uint32_t *provinces = NULL;
    size_t count = 0;
    int status = session_provinces(session, &provinces, &count);
    if (status == SESSION_ON && !(report->provinces = calloc(count + 1, sizeof *report->provinces)))
        status = session_fail(session, EXIT_RUNTIME, "no memory");
    for (size_t i = 0; i < count && status == SESSION_ON; i++) {
        const struct reading reading = {session, report->publisher, &report->provinces[i]};
        report->provinces[i].code = catalogue_unit_code(session->catalogue, provinces[i]);
        report->province_count = i + 1;
        int error = read_province(&reading, &why);
        if (error)
            status = session_fail_for(session, error, &why);
    }
    free(provinces);
    return status;
}

static int ledger(struct session *session, const char *publisher, bool json)
{
    struct ledger_report report = {.publisher = publisher};
    int status = EXIT_USAGE;
    if (publisher && !chiso_code_is_valid(publisher, CHISO_UNIT_BYTES_MAX))
        return session_fail(session, status, "--publisher '%s' is no publisher's name", publisher);
    status = session_connect(session);
    if (status == SESSION_ON)
        status = read_provinces(session, &report);
    if (status == SESSION_ON && session->options.mqtt_url)
        ledger_ask_publishers(session, publisher, &report.publishers);
    if (status == SESSION_ON)
        status = json ? print_ledger_json(session, &report) : print_ledger(session, &report);
    if (status == EXIT_OK && has_gap(&report))
        status = EXIT_RUNTIME;
    for (size_t i = 0; i < report.province_count; i++) {
        free(report.provinces[i].deliveries);
        free(report.provinces[i].streams);
    }
    free(report.provinces);
    free(report.publishers.list);
    return status;
}

int command_ledger(int argc, char **argv)
{
    static const char *const keys[] = {"province", "redis_url", "redis_username", "redis_password_file",
        "catalogue", "lang", "mqtt_url", "mqtt_username", "mqtt_password_file", "mqtt_ca_file", NULL};
    char *publisher = NULL;
    bool json = false;
    const struct option_flag flags[] = {
        {"publisher", "NAME", "only this login: its units, its streams", &publisher, NULL},
        {"json", NULL, "an object with provinces and publishers", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl ledger",
        .usage = "[options]",
        .summary = "Says what became of the reports: for each unit how many deliveries were accepted, taken "
                   "in part,\n"
                   "repeated, superseded or refused (chisoctl quarantine says why), and for each publisher's "
                   "stream\n"
                   "the highest sequence that has arrived and which below it have not. With --mqtt (or a\n"
                   "CHISO_MQTT_URL) also what publishers that run as a service say themselves: how many "
                   "reports they\n"
                   "have ever held, and how many still wait for a receipt.\n"
                   "Exit status 1 where a stream has a gap: a report that was numbered and has not arrived.",
        .keys = keys,
        .no_default = "mqtt_url",
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
        .epilogue =
            "A delivery is a report that came: the same one sent twice is two, the second a repeat. A\n"
            "gap closes when the report comes; one that the publisher's operator has given up (--drop)\n"
            "stays. A publisher with an outbox sends what has no receipt again by itself.",
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = ledger(&session, publisher, json);
    free(publisher);
    return session_end(&session, status);
}
