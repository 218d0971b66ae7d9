#include "service.h"

#include "core/backoff.h"
#include "intake.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/teller.h"
#include "publisher.h"
#include "result.h"
#include "watch.h"
#include <stdio.h>

#define RESULT_RETRY_FIRST_MS 1000
#define RESULT_RETRY_MAX_MS 60000
#define COUNTERS_EVERY_MS 60000

struct service {
    const struct settings *settings;
    struct catalogue **catalogue;
    struct outbox *outbox;
    struct receipts receipts;
    struct publisher *publisher;
    struct teller teller;
    unsigned connections; /* of the publisher, when the status was last announced */
    struct watch *watch;
    struct intake intake;
    int64_t result_after; /* files up to here have been looked at in this pass */
    long long results_ms; /* when to look for the next result */
    unsigned result_failures;
    long long counters_ms;
    unsigned counters_told;
};

/* ---- files in ---- */

/* True when a file was offered. An error is one that ends the service. */
static int take_file(struct service *service, bool *offered, struct chiso_message *why)
{
    struct watch_file file;
    long long now_ms = clock_monotonic_ms();
    int error = watch_next(service->watch, now_ms, &file, why);
    *offered = error == CHISO_OK;
    if (error == CHISO_EIO)
        log_error(
            "folder_not_usable", "failures=%u why=%s", watch_failures(service->watch), log_quoted(why->text));
    if (!*offered)
        return CHISO_OK;
    error = intake_take(&service->intake, &file, why);
    publisher_wake(service->publisher);
    if (error == CHISO_OK || error == CHISO_EINVAL)
        return error;
    log_error("file_waits", "file=%s tries=%u why=%s", log_quoted(file.name), service->intake.deferred,
        log_quoted(why->text[0] != '\0' ? why->text : chiso_strerror(error)));
    watch_defer(service->watch, file.name, now_ms);
    return CHISO_OK;
}

/* ---- results out ---- */

/* One result at a time; those that cannot be written wait, and do not keep others from it. */
static int write_result(struct service *service, bool *written, struct chiso_message *why)
{
    struct outbox_file file;
    long long now_ms = clock_monotonic_ms();
    *written = false;
    if (now_ms < service->results_ms)
        return CHISO_OK;
    int error = outbox_file_settled(service->outbox, service->result_after, &file, why);
    if (error == CHISO_OK) {
        service->result_after = file.id;
        error = result_write(service->outbox, service->settings->options.watch, &file, why);
        *written = error == CHISO_OK;
    } else {
        service->result_after = 0;
        service->results_ms = now_ms + WATCH_SCAN_MS;
    }
    if (*written)
        service->result_failures = 0;
    if (error == CHISO_OK || error == CHISO_ENOTFOUND || error == CHISO_EINVAL)
        return error == CHISO_EINVAL ? error : CHISO_OK;
    service->results_ms = now_ms + backoff_ms(RESULT_RETRY_FIRST_MS, RESULT_RETRY_MAX_MS,
                                       service->result_failures++, (uint32_t)now_ms);
    log_error("result_not_written", "failures=%u why=%s", service->result_failures, log_quoted(why->text));
    return CHISO_OK;
}

/* ---- status ---- */

static struct teller_counts count(const struct service *service)
{
    struct outbox_numbers numbers = outbox_numbers(service->outbox);
    return (struct teller_counts){numbers.published, numbers.waiting, numbers.refused};
}

static void tell_status(struct service *service)
{
    unsigned connections = publisher_connections(service->publisher);
    if (connections != service->connections)
        service->teller.announced = false;
    service->connections = connections;
    (void)teller_running_counts(&service->teller, count(service), clock_monotonic_ms());
}

/* For whoever looks after the service, once a minute when there is something new. */
static void log_counters(struct service *service, bool now)
{
    const struct intake *intake = &service->intake;
    struct outbox_numbers numbers = outbox_numbers(service->outbox);
    unsigned folder = watch_failures(service->watch), disk = publisher_write_failures(service->publisher);
    unsigned sum = intake->taken + intake->refused + intake->deferred + folder + disk +
                   (unsigned)numbers.published + (unsigned)numbers.waiting + (unsigned)numbers.refused;
    long long now_ms = clock_monotonic_ms();
    if (!now && (now_ms < service->counters_ms || sum == service->counters_told))
        return;
    service->counters_ms = now_ms + COUNTERS_EVERY_MS;
    service->counters_told = sum;
    log_info("counters",
        "published=%llu outstanding=%llu refused_by_broker=%llu files_taken=%u files_refused=%u "
        "files_waited=%u folder_failures=%u outbox_failures=%u",
        (unsigned long long)numbers.published, (unsigned long long)numbers.waiting,
        (unsigned long long)numbers.refused, intake->taken, intake->refused, intake->deferred, folder, disk);
}

/* ---- the loop ---- */

static void reload(struct service *service)
{
    struct catalogue *fresh = NULL;
    options_reload = 0;
    if (service->settings->options.catalogue == NULL)
        return;
    if (settings_catalogue(service->settings, &fresh) != -1) {
        log_error("catalogue_not_reloaded", "folder=%s", log_quoted(service->settings->options.catalogue));
        return;
    }
    catalogue_free(*service->catalogue);
    *service->catalogue = fresh;
    service->intake.catalogue = fresh;
    log_info("catalogue_reloaded", "folder=%s", log_quoted(service->settings->options.catalogue));
}

static int go_round(struct service *service, bool *busy, struct chiso_message *why)
{
    bool offered = false, written = false;
    int error = publisher_round(service->publisher, *busy ? 0 : PUBLISHER_ROUND_MS, why);
    if (error == CHISO_OK)
        error = take_file(service, &offered, why);
    if (error == CHISO_OK)
        error = write_result(service, &written, why);
    *busy = error == CHISO_OK && (offered || written);
    return error;
}

static int loop(struct service *service, struct chiso_message *why)
{
    int error = CHISO_OK;
    bool busy = false;
    while (!options_stop && error == CHISO_OK) {
        if (options_reload)
            reload(service);
        error = go_round(service, &busy, why);
        tell_status(service);
        log_counters(service, false);
    }
    service->teller.counts = count(service);
    teller_stopped(&service->teller);
    log_counters(service, true);
    return error;
}

/* ---- life ---- */

static int open_publisher(struct service *service, struct chiso_message *why)
{
    const struct settings *settings = service->settings;
    char client_id[CHISO_ID_BYTES_MAX + 32];
    const char *instance = settings->options.mqtt_username;
    if (instance == NULL)
        instance = settings->publisher != NULL ? settings->publisher : outbox_stream_id(service->outbox);
    int error = teller_init(&service->teller, "publisher", instance);
    if (error == CHISO_OK)
        error = receipts_init(&service->receipts, service->outbox, settings->options.lang, NULL);
    if (error != CHISO_OK)
        return error;
    /* Not the instance: a run with --once under the same login would push the service off the broker. */
    snprintf(client_id, sizeof client_id, "chiso-publisher-%s", outbox_stream_id(service->outbox));
    struct mqtt_options mqtt = teller_mqtt_options(&service->teller, &settings->options);
    mqtt.client_id = client_id;
    error = publisher_open(&mqtt, service->outbox, &service->receipts, &service->publisher, why);
    if (error == CHISO_OK)
        service->teller.mqtt = publisher_mqtt(service->publisher);
    return error;
}

static int open_all(struct service *service, struct chiso_message *why)
{
    const struct settings *settings = service->settings;
    int error = open_publisher(service, why);
    if (error != CHISO_OK)
        return error == CHISO_EINVAL ? EXIT_CONFIGURATION : EXIT_RUNTIME;
    if (watch_open(settings->options.watch, settings->settle_ms, &service->watch, why) != CHISO_OK)
        return EXIT_CONFIGURATION;
    service->intake = (struct intake){
        .outbox = service->outbox,
        .dir = settings->options.watch,
        .catalogue = *service->catalogue,
        .province = settings->options.province,
        .publisher = settings->publisher,
    };
    return intake_recover(&service->intake, why) == CHISO_OK ? -1 : EXIT_RUNTIME;
}

int service_run(const struct settings *settings, struct catalogue **catalogue, struct outbox *outbox)
{
    struct service service = {.settings = settings, .catalogue = catalogue, .outbox = outbox};
    struct chiso_message why = {""};
    int status = open_all(&service, &why);
    if (status == -1) {
        log_info("running", "instance=%s watch=%s outbox=%s outstanding=%llu", service.teller.instance,
            log_quoted(settings->options.watch), log_quoted(settings->outbox),
            (unsigned long long)outbox_numbers(outbox).waiting);
        status = loop(&service, &why) == CHISO_OK ? EXIT_OK : EXIT_RUNTIME;
    }
    if (status != EXIT_OK)
        settings_complain(status, why.text[0] != '\0' ? why.text : "no memory");
    watch_close(service.watch);
    publisher_close(service.publisher);
    receipts_release(&service.receipts);
    teller_release(&service.teller);
    return status;
}
