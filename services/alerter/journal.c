#include "journal.h"

#include "io/figures.h"
#include "io/log.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An entry holds up to a batch of reports, so this is some hundred thousand figures at most. */
#define ENTRIES_MAX 200

/* One report's bytes: whatever it names that the catalogue does not know was refused and changes nothing. */
static int take_report(const struct catalogue *catalogue, const struct redisReply *bytes, chiso_day today,
    struct chiso_arena *arena, struct subjects *subjects)
{
    struct chiso_report report;
    struct chiso_period period;
    struct chiso_message why = {""};
    chiso_arena_reset(arena);
    if (chiso_report_decode(arena, bytes->str, bytes->len, &report, &why)) {
        LOG_LIMITED(warning, "journal_report_unreadable", "reason=%s", log_quoted(why.text));
        return CHISO_OK;
    }
    uint32_t unit = catalogue_unit_find(catalogue, report.unit);
    if (unit == CATALOGUE_NONE || chiso_period_parse(report.period, strlen(report.period), &period))
        return CHISO_OK;
    int error = CHISO_OK;
    for (size_t i = 0; i < report.observation_count && !error; i++) {
        uint32_t indicator = catalogue_indicator_find(catalogue, report.observations[i].indicator);
        if (indicator != CATALOGUE_NONE)
            error = subjects_add_report(subjects, catalogue, unit, period, indicator, today);
    }
    return error;
}

static bool is_text(const struct redisReply *reply, const char *text)
{
    return reply->type == REDIS_REPLY_STRING && strcmp(reply->str, text) == 0;
}

static int take_entry(const struct catalogue *catalogue, const struct redisReply *entry, chiso_day today,
    struct chiso_arena *arena, struct news *news)
{
    int error = CHISO_OK;
    uint64_t seq = strtoull(entry->element[0]->str, NULL, 10);
    const struct redisReply *fields = entry->element[1];
    if (seq != news->last + 1)
        news->everything = true;
    news->last = seq;
    news->entries++;
    for (size_t i = 0; i + 1 < fields->elements && !error; i += 2) {
        const struct redisReply *name = fields->element[i], *value = fields->element[i + 1];
        /* A closed period is judged as before. */
        if (is_text(name, "kind") && !is_text(value, "reports") && !is_text(value, "close"))
            news->everything = true;
        if (is_text(name, "report") && value->type == REDIS_REPLY_STRING)
            error = take_report(catalogue, value, today, arena, &news->subjects);
    }
    return error;
}

int journal_read(struct redis *redis, const struct catalogue *catalogue, const char *province, uint64_t after,
    chiso_day today, struct chiso_arena *arena, struct news *out, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    *out = (struct news){.last = after};
    key_province(key, province, "journal");
    int error =
        redis_callf(redis, &reply, why, "XRANGE %s %" PRIu64 "-0 + COUNT %d", key, after + 1, ENTRIES_MAX);
    if (error)
        return error;
    for (size_t i = 0; i < reply->elements && !error; i++)
        error = take_entry(catalogue, reply->element[i], today, arena, out);
    out->more = reply->elements == ENTRIES_MAX;
    redis_free(reply);
    if (error) {
        chiso_message_set(why, "journal of %s: %s", province, chiso_strerror(error));
        journal_release(out);
    }
    return error;
}

void journal_release(struct news *news)
{
    subjects_release(&news->subjects);
}
