#include "check.h"
#include "figures_csv.h"
#include "io/catalogue_folder.h"
#include "io/clock.h"
#include "io/options.h"
#include "plan.h"
#include "publisher.h"
#include <stdlib.h>
#include <string.h>

#define OUTBOX_DEFAULT "chiso-publisher.outbox"
#define WAIT_DEFAULT_S 600
#define WAIT_MAX_S (7LL * 24 * 3600)

struct settings {
    struct options options;
    char *csv, *check, *wait;
    bool once;
    long long wait_ms;
    const char *publisher; /* NULL: each unit under its own code */
};

static int complain(int status, const char *text)
{
    fprintf(stderr, "chiso-publisher: %s\n", text);
    if (status == EXIT_USAGE)
        fprintf(stderr, "Try 'chiso-publisher --help'.\n");
    return status;
}

static int parse(struct settings *settings, int argc, char **argv)
{
    static const char *const keys[] = {"mqtt_url", "mqtt_username", "mqtt_password_file", "mqtt_ca_file",
        "catalogue", "publisher", "province", "outbox", "lang", NULL};
    const struct option_flag flags[] = {
        {"csv", "FILE", "publish the figures of this CSV file", &settings->csv, NULL},
        {"once", NULL, "end when every report has a receipt", NULL, &settings->once},
        {"wait", "SECONDS", "give up waiting for receipts (600; 0: never)", &settings->wait, NULL},
        {"check", "FILE", "say what would be refused in a CSV file, send nothing", &settings->check, NULL},
    };
    const struct program program = {
        .name = "chiso-publisher",
        .usage = "--csv FILE --once [options]\n       chiso-publisher --check FILE [--catalogue DIR]",
        .summary =
            "Publishes a unit's figures over MQTT and waits until the centre has confirmed every report.\n"
            "What has no receipt stays in the outbox and goes out first at the next run.",
        .keys = keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof flags[0],
        .epilogue =
            "With a catalogue everything is checked before anything is sent; without one, --province is\n"
            "needed, and a ratio that has no denominator is written with a sign: 84.6%.\n"
            "Without --publisher (and without a login) each unit publishes under its own code.\n"
            "Exit status 0 only if every report was accepted or is there already (duplicate).",
    };
    int rest;
    int status = options_parse(&program, argc, argv, &settings->options, &rest);
    if (status == -1 && rest < argc) {
        fprintf(stderr, "chiso-publisher: unexpected '%s'\n", argv[rest]);
        status = complain(EXIT_USAGE, "files are given with --csv or --check");
    }
    return status;
}

static int check_wait(struct settings *settings)
{
    long long seconds = WAIT_DEFAULT_S;
    if (settings->wait != NULL) {
        char *end;
        seconds = strtoll(settings->wait, &end, 10);
        if (*settings->wait < '0' || *settings->wait > '9' || *end != '\0' || seconds > WAIT_MAX_S)
            return complain(EXIT_USAGE, "--wait must be a number of seconds, at most a week");
    }
    settings->wait_ms = seconds * 1000;
    return -1;
}

static int check_settings(struct settings *settings)
{
    if (settings->check != NULL && (settings->csv != NULL || settings->once))
        return complain(EXIT_USAGE, "--check sends nothing: give it without --csv and --once");
    if (settings->check == NULL && !settings->once)
        return complain(EXIT_USAGE, "give --csv FILE --once to publish a file, or --check FILE to check one; "
                                    "running on as a service is not supported");
    const struct options *options = &settings->options;
    settings->publisher = options->publisher != NULL ? options->publisher : options->mqtt_username;
    if (settings->publisher != NULL && !chiso_code_is_valid(settings->publisher, CHISO_UNIT_BYTES_MAX))
        return complain(EXIT_CONFIGURATION,
            "the login mqtt_username cannot be a publisher's name: it is not 1 "
            "to 32 letters, digits, '.', '_' or '-'");
    if (settings->csv != NULL && options->catalogue == NULL && options->province == NULL)
        return complain(
            EXIT_USAGE, "the units' province is not known: give --catalogue DIR or --province PP");
    return check_wait(settings);
}

/* ---- reading and checking ---- */

/* -1: loaded, or none was asked for. Its warnings are for those who keep it, and not for those who report. */
static int open_catalogue(const struct settings *settings, struct catalogue **catalogue)
{
    struct catalogue_files files = {.count = 0};
    struct catalogue_findings findings = {0};
    struct chiso_message why = {""};
    const char *folder = settings->options.catalogue;
    if (folder == NULL)
        return -1;
    if (catalogue_files_read(folder, &files, &why) != CHISO_OK)
        return complain(EXIT_CONFIGURATION, why.text);
    int error = catalogue_load(files.files, files.count, catalogue, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        char line[CATALOGUE_FINDING_CHARS];
        if (findings.list[i].warning)
            continue;
        catalogue_finding_print(&findings.list[i], line);
        fprintf(stderr, "%s\n", line);
    }
    catalogue_findings_release(&findings);
    catalogue_files_release(&files);
    if (error == CHISO_OK)
        return -1;
    return complain(
        EXIT_CONFIGURATION, error == CHISO_EINVAL ? "the catalogue cannot be used" : chiso_strerror(error));
}

/* Reads FILE and judges it by the catalogue; what is wrong goes to OUT. -1: nothing is wrong. */
static int read_figures(const struct settings *settings, const struct catalogue *catalogue, const char *file,
    struct report_csv *csv, FILE *out)
{
    struct chiso_message why = {""};
    size_t refused = 0;
    int error = figures_csv_read(file, catalogue, csv, out, &why);
    if (error != CHISO_OK)
        return error == CHISO_EINVAL ? EXIT_RUNTIME : complain(EXIT_RUNTIME, why.text);
    if (catalogue == NULL)
        return -1;
    error = check_drafts(catalogue, csv, file, settings->publisher, clock_now(), out, &refused);
    if (error != CHISO_OK)
        return complain(EXIT_RUNTIME, chiso_strerror(error));
    return refused == 0 ? -1 : EXIT_RUNTIME;
}

static void print_good(const struct settings *settings, const struct report_csv *csv, bool form_only)
{
    bool english = strcmp(settings->options.lang, "en") == 0;
    printf(english ? "%s: nothing would be refused (figures: %zu, reports: %zu).\n"
                   : "%s: không có gì bị từ chối (số liệu: %zu, báo cáo: %zu).\n",
        settings->check, csv->observation_count, csv->count);
    if (form_only)
        puts(english ? "Only the form was checked; --catalogue DIR checks units, indicators and values too."
                     : "Mới kiểm tra hình thức; thêm --catalogue DIR để kiểm tra đơn vị, chỉ số và giá trị.");
}

static int check(const struct settings *settings, const struct catalogue *catalogue)
{
    struct report_csv csv;
    int status = read_figures(settings, catalogue, settings->check, &csv, stdout);
    if (status == -1) {
        print_good(settings, &csv, catalogue == NULL);
        status = EXIT_OK;
    }
    report_csv_release(&csv);
    return status;
}

/* ---- publishing ---- */

static int queue(const struct settings *settings, const struct catalogue *catalogue, struct outbox *outbox)
{
    struct report_csv csv;
    struct chiso_message why = {""};
    int status = read_figures(settings, catalogue, settings->csv, &csv, stderr);
    if (status != -1) {
        complain(status, "nothing of this file was sent");
    } else {
        const struct plan plan = {
            .catalogue = catalogue,
            .province = settings->options.province,
            .publisher = settings->publisher,
            .origin = settings->csv,
            .now = clock_now(),
        };
        if (plan_queue(&plan, outbox, &csv, &why) != CHISO_OK)
            status = complain(EXIT_RUNTIME, why.text);
    }
    report_csv_release(&csv);
    return status;
}

static int run(const struct settings *settings, struct outbox *outbox, struct publisher *publisher,
    struct receipts *receipts)
{
    struct chiso_message why = {""};
    options_catch_signals();
    int error = publisher_run(publisher, &options_stop, settings->wait_ms, &why);
    if (error != CHISO_OK && error != CHISO_ETIMEOUT)
        return complain(EXIT_RUNTIME, why.text);
    if (outbox_count(outbox, &receipts->tally.waiting, &why) != CHISO_OK)
        return complain(EXIT_RUNTIME, why.text);
    tally_print(stdout, settings->options.lang, &receipts->tally);
    return tally_is_good(&receipts->tally) ? EXIT_OK : EXIT_RUNTIME;
}

static int publish(const struct settings *settings, const struct catalogue *catalogue)
{
    const char *file = settings->options.outbox != NULL ? settings->options.outbox : OUTBOX_DEFAULT;
    char client_id[CHISO_ID_BYTES_MAX + 32];
    struct chiso_message why = {""};
    struct outbox *outbox = NULL;
    struct publisher *publisher = NULL;
    struct receipts receipts = {0};
    int status = EXIT_RUNTIME;
    if (outbox_open(file, &outbox, &why) != CHISO_OK ||
        receipts_init(&receipts, outbox, settings->options.lang, stdout) != CHISO_OK) {
        complain(status, why.text[0] != '\0' ? why.text : "no memory");
        goto done;
    }
    snprintf(client_id, sizeof client_id, "chiso-publisher-%s", outbox_stream_id(outbox));
    const struct mqtt_options mqtt = {
        .url = settings->options.mqtt_url,
        .username = settings->options.mqtt_username,
        .password_file = settings->options.mqtt_password_file,
        .ca_file = settings->options.mqtt_ca_file,
        .client_id = client_id,
    };
    int error = publisher_open(&mqtt, outbox, &receipts, &publisher, &why);
    if (error != CHISO_OK) {
        status = complain(error == CHISO_EINVAL ? EXIT_CONFIGURATION : EXIT_RUNTIME, why.text);
        goto done;
    }
    if (settings->csv != NULL && (status = queue(settings, catalogue, outbox)) != -1)
        goto done;
    status = run(settings, outbox, publisher, &receipts);
done:
    publisher_close(publisher);
    receipts_release(&receipts);
    outbox_close(outbox);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings = {0};
    struct catalogue *catalogue = NULL;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int status = parse(&settings, argc, argv);
    if (status == -1)
        status = check_settings(&settings);
    if (status == -1)
        status = open_catalogue(&settings, &catalogue);
    if (status == -1)
        status = settings.check != NULL ? check(&settings, catalogue) : publish(&settings, catalogue);
    catalogue_free(catalogue);
    options_release(&settings.options);
    free(settings.csv);
    free(settings.check);
    free(settings.wait);
    return status;
}
