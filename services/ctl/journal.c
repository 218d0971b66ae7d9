#include "journal.h"

#include "core/utf8.h"
#include "io/figures.h"
#include <chiso/report.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(added) ((void)((added)->failed = true))
#include <uthash.h>

/* Entries asked for in one go: each may hold thousands of reports. */
#define PIPELINE 32
/* A decoded report of the largest payload fits. */
#define ARENA_BYTES ((size_t)4 * 1024 * 1024)

struct key {
    char province[8];
    uint64_t seq;
};

struct slot {
    struct key key;
    const char *province;
    struct journal_entry entry;
    bool found, failed;
    struct slot *next_wanted;
    UT_hash_handle hh;
};

struct journal {
    const struct session *session;
    struct redis *redis;
    bool is_told; /* that entries are in an archive */
    struct slot *slots;
    struct slot *wanted; /* not read yet */
    struct chiso_arena arena;
};

struct journal *journal_new(const struct session *session)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal)
        return NULL;
    journal->session = session;
    journal->redis = session->redis;
    if (chiso_arena_init(&journal->arena, ARENA_BYTES)) {
        free(journal);
        return NULL;
    }
    return journal;
}

static void slot_free(struct slot *slot)
{
    for (size_t i = 0; i < slot->entry.report_count; i++) {
        free(slot->entry.reports[i].publisher);
        free(slot->entry.reports[i].report_id);
        free(slot->entry.reports[i].source);
        for (size_t n = 0; n < slot->entry.reports[i].note_count; n++) {
            free(slot->entry.reports[i].notes[n].indicator);
            free(slot->entry.reports[i].notes[n].note);
        }
        free(slot->entry.reports[i].notes);
    }
    free(slot->entry.reports);
    free(slot);
}

void journal_free(struct journal *journal)
{
    struct slot *slot, *next;
    if (!journal)
        return;
    HASH_ITER(hh, journal->slots, slot, next)
    {
        HASH_DEL(journal->slots, slot);
        slot_free(slot);
    }
    chiso_arena_release(&journal->arena);
    free(journal);
}

static struct slot *find_slot(const struct journal *journal, const char *province, uint64_t seq)
{
    struct key key;
    struct slot *slot;
    memset(&key, 0, sizeof key); /* padding is part of the key */
    (void)snprintf(key.province, sizeof key.province, "%s", province);
    key.seq = seq;
    HASH_FIND(hh, journal->slots, &key, sizeof key, slot);
    return slot;
}

int journal_want(struct journal *journal, const char *province, uint64_t seq)
{
    if (seq == 0 || find_slot(journal, province, seq))
        return CHISO_OK;
    struct slot *slot = calloc(1, sizeof *slot);
    if (!slot)
        return CHISO_ENOMEM;
    (void)snprintf(slot->key.province, sizeof slot->key.province, "%s", province);
    slot->key.seq = slot->entry.seq = seq;
    slot->province = province;
    HASH_ADD(hh, journal->slots, key, sizeof slot->key, slot);
    if (slot->failed) {
        free(slot);
        return CHISO_ENOMEM;
    }
    slot->next_wanted = journal->wanted;
    journal->wanted = slot;
    return CHISO_OK;
}

/* ---- one entry ---- */

static bool is_field(const redisReply *reply, const char *name)
{
    return reply->type == REDIS_REPLY_STRING && strcmp(reply->str, name) == 0;
}

static int take_notes(const struct chiso_report *report, struct journal_report *out)
{
    size_t count = 0;
    for (size_t i = 0; i < report->observation_count; i++)
        count += *report->observations[i].note != '\0';
    if (count == 0)
        return CHISO_OK;
    out->notes = calloc(count, sizeof *out->notes);
    for (size_t i = 0; out->notes && i < report->observation_count; i++) {
        const struct chiso_observation *o = &report->observations[i];
        struct journal_note *note = &out->notes[out->note_count];
        if (!*o->note)
            continue;
        out->note_count++;
        note->indicator = utf8_copy_tamed(o->indicator);
        note->note = utf8_copy_tamed(o->note);
        if (!note->indicator || !note->note)
            return CHISO_ENOMEM;
    }
    return out->notes ? CHISO_OK : CHISO_ENOMEM;
}

static int take_report(
    struct journal *journal, const redisReply *publisher, const redisReply *bytes, struct journal_report *out)
{
    struct chiso_report report;
    chiso_arena_reset(&journal->arena);
    bool readable =
        chiso_report_decode(&journal->arena, bytes->str, (size_t)bytes->len, &report, NULL) == CHISO_OK;
    out->publisher = utf8_copy_tamed(publisher->str);
    out->report_id = utf8_copy_tamed(readable ? report.report_id : "");
    out->source = utf8_copy_tamed(readable ? report.source : "");
    out->issued_at = readable ? report.issued_at_ms : 0;
    if (!out->publisher || !out->report_id || !out->source)
        return CHISO_ENOMEM;
    return readable ? take_notes(&report, out) : CHISO_OK;
}

static int take_fields(struct journal *journal, const redisReply *fields, struct journal_entry *out)
{
    out->reports = calloc(fields->elements / 2 + 1, sizeof *out->reports);
    if (!out->reports)
        return CHISO_ENOMEM;
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        const redisReply *value = fields->element[i + 1];
        if (value->type != REDIS_REPLY_STRING)
            continue;
        if (is_field(fields->element[i], "time"))
            out->time = strtoll(value->str, NULL, 10);
        if (!is_field(fields->element[i], "report") || i < 2 ||
            !is_field(fields->element[i - 2], "publisher"))
            continue;
        int error = take_report(journal, fields->element[i - 1], value, &out->reports[out->report_count++]);
        if (error)
            return error;
    }
    return CHISO_OK;
}

static int take_entry(struct journal *journal, const redisReply *reply, struct slot *slot)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 1)
        return CHISO_OK; /* no such entry */
    const redisReply *entry = reply->element[0];
    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
        entry->element[1]->type != REDIS_REPLY_ARRAY)
        return CHISO_OK;
    slot->found = true;
    return take_fields(journal, entry->element[1], &slot->entry);
}

/* ---- many ---- */

static int append_entry(struct journal *journal, const struct slot *slot)
{
    char key[KEY_CHARS], id[32];
    key_province(key, slot->province, "journal");
    (void)snprintf(id, sizeof id, "%" PRIu64 "-0", slot->key.seq);
    return redis_appendf(journal->redis, "XRANGE %s %s %s", key, id, id);
}

static void tell_of_archive(struct journal *journal, const struct chiso_message *why)
{
    if (!journal->is_told)
        session_warn(journal->session, "%s", why->text);
    journal->is_told = true;
}

/* What is archived, or may be: the journal knows where that ends. The rest stays wanted. */
static int fetch_archived(struct journal *journal, struct chiso_message *why)
{
    const struct journal_source source = session_journals(journal->session);
    const char *province = NULL;
    uint64_t archived = 0;
    int error = CHISO_OK;
    for (struct slot **at = &journal->wanted; *at && !error;) {
        struct slot *slot = *at;
        struct redisReply *reply;
        if (!province || strcmp(province, slot->province) != 0)
            error = journal_source_archived(&source, province = slot->province, &archived, why);
        if (error || slot->key.seq > archived) {
            at = &slot->next_wanted;
            continue;
        }
        *at = slot->next_wanted;
        struct chiso_message text = {""};
        error = journal_source_range(&source, province, slot->key.seq, slot->key.seq, 1, &reply, &text);
        if (error == CHISO_ENOTFOUND) {
            tell_of_archive(journal, &text);
            error = CHISO_OK;
        } else if (error) {
            *why = text;
        } else {
            error = take_entry(journal, reply, slot);
            redis_free(reply);
        }
    }
    return error;
}

int journal_fetch(struct journal *journal, struct chiso_message *why)
{
    int error = fetch_archived(journal, why);
    while (journal->wanted && !error) {
        struct slot *sent = journal->wanted, *slot = sent;
        size_t count = 0;
        for (; slot && count < PIPELINE && !error; slot = slot->next_wanted, count++)
            error = append_entry(journal, slot);
        for (slot = sent; count > 0 && !error; slot = slot->next_wanted, count--) {
            struct redisReply *reply;
            error = redis_take(journal->redis, &reply, why);
            if (error)
                break;
            error = take_entry(journal, reply, slot);
            redis_free(reply);
            journal->wanted = slot->next_wanted;
        }
    }
    if (error) {
        redis_disconnect(journal->redis);
        if (why && !*why->text)
            chiso_message_set(why, "%s", chiso_strerror(error));
    }
    return error;
}

const struct journal_entry *journal_find(const struct journal *journal, const char *province, uint64_t seq)
{
    const struct slot *slot = find_slot(journal, province, seq);
    return slot && slot->found ? &slot->entry : NULL;
}

const struct journal_report *journal_report(
    const struct journal *journal, const char *province, uint64_t seq, uint32_t index)
{
    const struct journal_entry *entry = journal_find(journal, province, seq);
    return entry && index < entry->report_count ? &entry->reports[index] : NULL;
}
