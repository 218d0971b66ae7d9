#include "province.h"

#include "io/commit.h"
#include "io/log.h"
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int province_init(struct province *province, const struct catalogue *catalogue, uint32_t unit)
{
    size_t pillars = catalogue_pillar_count(catalogue);
    *province = (struct province){.unit = unit, .code = catalogue_unit_code(catalogue, unit)};
    province->store = store_new();
    province->ledger = ledger_new();
    province->pillar_seq = calloc(pillars + 1, sizeof *province->pillar_seq);
    province->pillar_dirty = calloc(pillars + 1, sizeof *province->pillar_dirty);
    province->snapshot_ms = calloc(pillars + 1, sizeof *province->snapshot_ms);
    if (province->store && province->ledger && province->pillar_seq && province->pillar_dirty &&
        province->snapshot_ms)
        return CHISO_OK;
    province_release(province);
    return CHISO_ENOMEM;
}

void province_release(struct province *province)
{
    store_free(province->store);
    ledger_free(province->ledger);
    score_round_release(&province->scores);
    free(province->pillar_seq);
    free(province->pillar_dirty);
    free(province->snapshot_ms);
    *province = (struct province){0};
}

void province_drop(struct province *province)
{
    store_clear(province->store);
    ledger_clear(province->ledger);
    score_round_forget(&province->scores);
    province->head = (struct head){0};
    province->coalesced_ms = 0;
    province->loaded = province->is_away = false;
}

void province_put_away(struct province *province)
{
    province->bytes = store_bytes(province->store);
    store_clear(province->store);
    ledger_clear(province->ledger);
    score_round_pause(&province->scores);
    province->loaded = false;
    province->is_away = true;
}

static int load_ledger(struct province *province, struct redis *redis, struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_province(key, province->code, "ledger");
    int error = redis_callf(redis, &reply, why, "HGETALL %s", key);
    if (error)
        return figures_name_key(error, key, why);
    for (size_t i = 0; i + 1 < reply->elements && !error; i += 2) {
        error = ledger_load(province->ledger, reply->element[i]->str, reply->element[i + 1]->str);
        if (error)
            chiso_message_set(why, "%s %s holds \"%.80s\", which is no ledger value", key,
                reply->element[i]->str, reply->element[i + 1]->str);
    }
    redis_free(reply);
    return error;
}

/* The head's "pillar:<id>" fields. */
static int load_pillars(struct province *province, struct redis *redis, const struct catalogue *catalogue,
    struct chiso_message *why)
{
    char key[KEY_CHARS];
    struct redisReply *reply;
    key_province(key, province->code, "head");
    int error = redis_callf(redis, &reply, why, "HGETALL %s", key);
    if (error)
        return figures_name_key(error, key, why);
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const char *field = reply->element[i]->str;
        uint32_t pillar =
            strncmp(field, "pillar:", 7) == 0 ? catalogue_pillar_find(catalogue, field + 7) : CATALOGUE_NONE;
        if (pillar != CATALOGUE_NONE)
            province->pillar_seq[pillar] = strtoull(reply->element[i + 1]->str, NULL, 10);
    }
    redis_free(reply);
    return CHISO_OK;
}

/* Receipts have been sent for what Redis does not have any more: its files were cut short, put back from a copy,
 * or emptied. */
static void compare_with_known(struct province *province, struct redis *redis)
{
    const struct head *known = &province->known;
    struct commit last = {.province = province->code, .expected_seq = known->seq - 1};
    bool lost = province->head.seq < known->seq;
    memcpy(last.id, known->commit_id, sizeof last.id);
    if (known->seq && !lost) {
        int error = commit_find(redis, &last, NULL);
        if (error == CHISO_EIO)
            return; /* the next load looks again */
        lost = error == CHISO_ECONFLICT; /* not found: it is in an archive */
    }
    if (lost)
        log_error("history_lost", "province=%s receipted_up_to=%" PRIu64 " stored_up_to=%" PRIu64 " do=%s",
            province->code, known->seq, province->head.seq,
            log_quoted("restore a copy, or have the figures sent again; chisoctl ledger shows gaps"));
    province->known = province->head;
}

static int read_all(struct province *province, struct redis *redis, const struct catalogue *catalogue,
    struct chiso_message *why)
{
    int error = figures_load(redis, catalogue, province->unit, province->store, &province->head, why);
    if (!error)
        error = load_ledger(province, redis, why);
    if (!error)
        error = load_pillars(province, redis, catalogue, why);
    return error;
}

int province_load(struct province *province, struct redis *redis, const struct catalogue *catalogue,
    struct chiso_message *why)
{
    if (province->loaded)
        return CHISO_OK;
    const struct head before = province->head;
    if (!province->is_away)
        province_drop(province);
    int error = read_all(province, redis, catalogue, why);
    if (error) {
        province_drop(province);
        return error;
    }
    compare_with_known(province, redis);
    province->loaded = true;
    if (province->is_away)
        LOG_LIMITED(
            info, "province_read_again", "province=%s seq=%" PRIu64, province->code, province->head.seq);
    else if (province->head.seq)
        log_info("province_loaded", "province=%s seq=%" PRIu64, province->code, province->head.seq);
    if (province->is_away && strcmp(province->head.commit_id, before.commit_id) != 0) {
        score_round_forget(&province->scores);
        province->is_away = false;
    }
    return CHISO_OK;
}
