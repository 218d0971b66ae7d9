#include "settings.h"

#include "io/catalogue_folder.h"
#include "watch.h"
#include <chiso/report.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTBOX_DEFAULT "chiso-publisher.outbox"
#define WAIT_DEFAULT_S 600
#define WAIT_MAX_S (7LL * 24 * 3600)

int settings_complain(int status, const char *text)
{
    fprintf(stderr, "chiso-publisher: %s\n", text);
    if (status == EXIT_USAGE)
        fprintf(stderr, "Try 'chiso-publisher --help'.\n");
    return status;
}

static int read_flags(struct settings *settings, int argc, char **argv)
{
    static const char *const keys[] = {"mqtt_url", "mqtt_username", "mqtt_password_file", "mqtt_ca_file",
        "catalogue", "publisher", "province", "outbox", "watch", "lang", NULL};
    const struct option_flag flags[] = {
        {"csv", "FILE", "publish the figures of this CSV file", &settings->csv, NULL},
        {"once", NULL, "end when every report has a receipt", NULL, &settings->once},
        {"wait", "SECONDS", "give up waiting for receipts (600; 0: never)", &settings->wait, NULL},
        {"check", "FILE", "say what would be refused in a CSV file, send nothing", &settings->check, NULL},
        {"settle", "SECONDS", "a file in --watch is complete when it has not changed for so long (5)",
            &settings->settle, NULL},
        {"list", NULL, "show what waits in the outbox", NULL, &settings->list},
        {"drop", "REPORT_ID", "take a report out of the outbox, unsent", &settings->drop, NULL},
    };
    const struct program program = {
        .name = "chiso-publisher",
        .usage = "--csv FILE --once [options]\n       chiso-publisher --watch DIR --outbox FILE [options]\n"
                 "       chiso-publisher --check FILE [--catalogue DIR]\n"
                 "       chiso-publisher --outbox FILE --list | --drop REPORT_ID",
        .summary =
            "Publishes units' figures over MQTT and waits until the centre has confirmed every report: "
            "those\n"
            "of one file, or, as a service, of every file that is put into a folder. What has no receipt\n"
            "stays in the outbox and is sent again.",
        .keys = keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof flags[0],
        .epilogue =
            "With a catalogue everything is checked before anything is sent; without one, --province is\n"
            "needed, and a ratio that has no denominator is written with a sign: 84.6%. SIGHUP makes the\n"
            "service read the catalogue again.\n"
            "Without --publisher (and without a login) each unit publishes under its own code.\n"
            "With --once exit status 0 only if every report was accepted or is there already (duplicate).",
    };
    int rest;
    int status = options_parse(&program, argc, argv, &settings->options, &rest);
    if (status == -1 && rest < argc) {
        fprintf(stderr, "chiso-publisher: unexpected '%s'\n", argv[rest]);
        status = settings_complain(EXIT_USAGE, "files are given with --csv or --check");
    }
    return status;
}

/* TEXT as milliseconds; FALLBACK_S without a text. -1 when it is no number of seconds up to MAX_S. */
static long long read_seconds(const char *text, long long fallback_s, long long max_s)
{
    char *end;
    if (text == NULL)
        return fallback_s * 1000;
    long long seconds = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || seconds > max_s)
        return -1;
    return seconds * 1000;
}

static int check_times(struct settings *settings)
{
    settings->wait_ms = read_seconds(settings->wait, WAIT_DEFAULT_S, WAIT_MAX_S);
    settings->settle_ms = read_seconds(settings->settle, WATCH_SETTLE_S, WATCH_SETTLE_MAX_S);
    if (settings->wait_ms < 0)
        return settings_complain(EXIT_USAGE, "--wait must be a number of seconds, at most a week");
    if (settings->settle_ms < 0)
        return settings_complain(EXIT_USAGE, "--settle must be a number of seconds, at most 3600");
    return -1;
}

/* One of the program's four uses, and not two. A watched folder in the configuration file is for the service:
 * a flag that asks for something else goes before it. */
static int check_use(struct settings *settings)
{
    if (settings->list || settings->drop != NULL) {
        if (settings->csv != NULL || settings->once || settings->check != NULL ||
            (settings->list && settings->drop != NULL))
            return settings_complain(
                EXIT_USAGE, "--list and --drop send nothing: give one of them, with --outbox only");
        if (settings->options.outbox == NULL)
            return settings_complain(EXIT_USAGE, "--list and --drop need --outbox FILE");
        return -1;
    }
    if (settings->check != NULL)
        return settings->csv == NULL && !settings->once
                   ? -1
                   : settings_complain(EXIT_USAGE, "--check sends nothing: give it without --csv and --once");
    if (settings->once)
        return -1;
    if (settings->csv != NULL || settings->options.watch == NULL)
        return settings_complain(EXIT_USAGE,
            "give --csv FILE --once to publish a file, --check FILE to check "
            "one, or --watch DIR to publish every file of a folder");
    if (settings->options.outbox == NULL)
        return settings_complain(EXIT_USAGE, "--watch needs --outbox FILE, which keeps what has no receipt");
    return -1;
}

static int check_publisher(struct settings *settings)
{
    const struct options *options = &settings->options;
    bool watches = settings->csv == NULL && settings->check == NULL && !settings->once && !settings->list &&
                   settings->drop == NULL;
    settings->publisher = options->publisher != NULL ? options->publisher : options->mqtt_username;
    if (settings->publisher != NULL && !chiso_code_is_valid(settings->publisher, CHISO_UNIT_BYTES_MAX))
        return settings_complain(EXIT_CONFIGURATION,
            "the login mqtt_username cannot be a publisher's name: it is not 1 "
            "to 32 letters, digits, '.', '_' or '-'");
    if ((settings->csv != NULL || watches) && options->catalogue == NULL && options->province == NULL)
        return settings_complain(
            EXIT_USAGE, "the units' province is not known: give --catalogue DIR or --province PP");
    return -1;
}

int settings_parse(struct settings *settings, int argc, char **argv)
{
    int status = read_flags(settings, argc, argv);
    if (status == -1)
        status = check_use(settings);
    if (status == -1)
        status = check_publisher(settings);
    if (status == -1)
        status = check_times(settings);
    settings->outbox = settings->options.outbox != NULL ? settings->options.outbox : OUTBOX_DEFAULT;
    return status;
}

void settings_release(struct settings *settings)
{
    options_release(&settings->options);
    free(settings->csv);
    free(settings->check);
    free(settings->wait);
    free(settings->settle);
    free(settings->drop);
}

int settings_catalogue(const struct settings *settings, struct catalogue **out)
{
    struct catalogue_files files = {.count = 0};
    struct catalogue_findings findings = {0};
    struct chiso_message why = {""};
    const char *folder = settings->options.catalogue;
    if (folder == NULL)
        return -1;
    if (catalogue_files_read(folder, &files, &why) != CHISO_OK)
        return settings_complain(EXIT_CONFIGURATION, why.text);
    int error = catalogue_load(files.files, files.count, out, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        char line[CATALOGUE_FINDING_CHARS];
        if (findings.list[i].warning)
            continue;
        catalogue_finding_print(&findings.list[i], settings->options.lang, line);
        fprintf(stderr, "%s\n", line);
    }
    catalogue_findings_release(&findings);
    catalogue_files_release(&files);
    if (error == CHISO_OK)
        return -1;
    return settings_complain(
        EXIT_CONFIGURATION, error == CHISO_EINVAL ? "the catalogue cannot be used" : chiso_strerror(error));
}

struct mqtt_options settings_mqtt(const struct settings *settings, const char *client_id)
{
    return (struct mqtt_options){
        .url = settings->options.mqtt_url,
        .username = settings->options.mqtt_username,
        .password_file = settings->options.mqtt_password_file,
        .ca_file = settings->options.mqtt_ca_file,
        .client_id = client_id,
    };
}
