#include "gone.h"

#include "core/topic.h"
#include "io/log.h"
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

static int take_back(struct aggregator *a, const char *province, const char *pillar)
{
    static const char *const prefixes[] = {TOPIC_ROOT, TOPIC_JSON};
    char topic[160];
    int error = CHISO_OK;
    for (size_t i = 0; i < 2 && !error; i++) {
        (void)snprintf(topic, sizeof topic, "%spillar/%s/%s", prefixes[i], province, pillar);
        error = mqtt_publish(a->teller.mqtt, topic, NULL, 0, true, NULL);
    }
    return error;
}

void gone_note(struct aggregator *a, const struct catalogue *next)
{
    for (uint32_t p = 0; a->catalogue && p < catalogue_pillar_count(a->catalogue); p++) {
        const char *id = catalogue_pillar(a->catalogue, p)->id;
        if (catalogue_pillar_find(next, id) == CATALOGUE_NONE)
            strings_add_text(&a->gone_pillars, id);
    }
    a->may_be_gone = true;
}

static bool has_pillar(const struct aggregator *a, const char *pillar)
{
    return catalogue_pillar_find(a->catalogue, pillar) != CATALOGUE_NONE;
}

/* There are snapshots of every pillar, also of those in which nothing was ever reported. */
static int take_back_others(struct aggregator *a, const char *province, bool stays)
{
    int error = CHISO_OK;
    for (uint32_t p = 0; p < catalogue_pillar_count(a->catalogue) && !stays && !error; p++)
        error = take_back(a, province, catalogue_pillar(a->catalogue, p)->id);
    for (size_t i = 0; i < a->gone_pillars.count && !error; i++) {
        if (!stays || !has_pillar(a, a->gone_pillars.text[i]))
            error = take_back(a, province, a->gone_pillars.text[i]);
    }
    return error;
}

/* KEY: a head, which has a field "pillar:…" for each pillar that ever changed. */
static int look_at(void *context, const char *key)
{
    struct aggregator *a = context;
    char province[CHISO_UNIT_BYTES_MAX + 1];
    struct redisReply *reply;
    struct chiso_message why = {""};
    if (sscanf(key, "chiso:{%32[^}]}:head", province) != 1)
        return CHISO_OK;
    bool stays = catalogue_is_province(a->catalogue, catalogue_unit_find(a->catalogue, province));
    int error = redis_callf(a->redis, &reply, &why, "HKEYS %s", key);
    if (error)
        return error;
    for (size_t i = 0; i < reply->elements && !error; i++) {
        const char *field = reply->element[i]->str;
        if (strncmp(field, "pillar:", 7) == 0 && !has_pillar(a, field + 7))
            error = take_back(a, province, field + 7);
    }
    redis_free(reply);
    return error ? error : take_back_others(a, province, stays);
}

void gone_take_back(struct aggregator *a)
{
    struct chiso_message why = {""};
    if (!a->may_be_gone || !mqtt_is_connected(a->teller.mqtt))
        return;
    int error = figures_each_key(a->redis, "chiso:{*}:head", look_at, a, &why);
    if (error)
        LOG_LIMITED(warning, "snapshots_not_taken_back", "reason=%s",
            log_quoted(*why.text ? why.text : chiso_strerror(error)));
    a->may_be_gone = error != CHISO_OK;
    if (!error)
        strings_clear(&a->gone_pillars);
}
