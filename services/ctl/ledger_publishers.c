/* The publishers' own counts: the retained status of each, from the broker. */
#include "ledger.h"

#include "core/list.h"
#include "core/topic.h"
#include "io/clock.h"
#include "io/mqtt.h"
#include <chiso/report.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_TOPIC TOPIC_STATUS "publisher/"
/* How long a broker may be silent. */
#define PATIENCE_MS 3000

struct asking {
    struct ledger_publishers *publishers;
    struct mqtt *mqtt;
    size_t heard; /* messages */
    bool failed; /* without memory */
};

static struct ledger_publisher *place(struct ledger_publishers *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++) {
        if (strcmp(p->list[i].name, name) == 0)
            return &p->list[i];
    }
    if (LIST_GROW(p->list, p->count, p->capacity))
        return NULL;
    struct ledger_publisher *one = &p->list[p->count++];
    *one = (struct ledger_publisher){.name = ""};
    (void)snprintf(one->name, sizeof one->name, "%s", name);
    return one;
}

static void take(void *context, const char *topic, const void *bytes, size_t length, bool retained)
{
    struct asking *asking = context;
    struct view_publisher_status status;
    const char *name = strrchr(topic, '/');
    (void)retained;
    asking->heard++;
    if (!name || !chiso_code_is_valid(name + 1, CHISO_ID_BYTES_MAX) ||
        view_publisher_status_decode(bytes, length, &status))
        return;
    struct ledger_publisher *one = place(asking->publishers, name + 1);
    if (one)
        one->status = status;
    else
        asking->failed = true;
}

/* Until the broker has acknowledged the subscription. */
static int await_answer(struct asking *asking)
{
    long long deadline = clock_monotonic_ms() + PATIENCE_MS;
    do {
        (void)mqtt_read(asking->mqtt, 100, NULL);
        (void)mqtt_flush(asking->mqtt);
        if (mqtt_is_subscribed(asking->mqtt))
            return CHISO_OK;
    } while (clock_monotonic_ms() < deadline && !options_stop);
    return CHISO_ETIMEOUT;
}

/* A broker does not say where its retained messages end, but it works in order: once an acknowledgement comes
 * without a message before it, although everything before had been acknowledged, there are no more. */
static int ask(struct asking *asking, const char *filter)
{
    size_t before;
    int error = mqtt_subscribe(asking->mqtt, filter);
    if (!error)
        error = await_answer(asking);
    do {
        before = asking->heard;
        if (!error)
            error = mqtt_subscribe(asking->mqtt, STATUS_TOPIC "+/end");
        if (!error)
            error = await_answer(asking);
    } while (!error && asking->heard > before);
    return error;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct ledger_publisher *)a)->name, ((const struct ledger_publisher *)b)->name);
}

void ledger_ask_publishers(
    const struct session *session, const char *name, struct ledger_publishers *publishers)
{
    const struct options *o = &session->options;
    char id[64], filter[sizeof STATUS_TOPIC + CHISO_ID_BYTES_MAX];
    struct asking asking = {.publishers = publishers};
    (void)snprintf(id, sizeof id, "chisoctl-%ld-%lld", (long)getpid(), clock_monotonic_ms());
    (void)snprintf(filter, sizeof filter, STATUS_TOPIC "%s", name ? name : "+");
    const struct mqtt_options options = {.url = o->mqtt_url,
        .username = o->mqtt_username,
        .password_file = o->mqtt_password_file,
        .ca_file = o->mqtt_ca_file,
        .client_id = id,
        .clean_start = true,
        .on_message = take,
        .context = &asking};
    int error = mqtt_open(&options, &asking.mqtt, &publishers->why);
    if (!error)
        error = ask(&asking, filter);
    mqtt_close(asking.mqtt);
    publishers->is_known = !error && !asking.failed;
    if (publishers->is_known && publishers->count > 0)
        qsort(publishers->list, publishers->count, sizeof *publishers->list, compare);
    else if (!publishers->is_known && !*publishers->why.text)
        chiso_message_set(&publishers->why, "%s", asking.failed ? "no memory" : "the broker does not answer");
}
