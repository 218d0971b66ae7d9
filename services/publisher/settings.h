/* What the command line asks for. */
#ifndef PUBLISHER_SETTINGS_H
#define PUBLISHER_SETTINGS_H

#include "core/catalogue.h"
#include "io/mqtt.h"
#include "io/options.h"
#include <stdbool.h>

struct settings {
    struct options options;
    char *csv, *check, *wait, *settle, *drop;
    bool once, list;
    long long wait_ms, settle_ms;
    const char *publisher; /* NULL: each unit under its own code */
    const char *outbox;
};

/* -1 to go on, otherwise the exit code to leave with; messages are printed. Release in every case. */
int settings_parse(struct settings *settings, int argc, char **argv);
void settings_release(struct settings *settings);

/* -1: loaded, or none was asked for; otherwise as settings_parse. Warnings of the catalogue are for those who
 * keep it, and not for those who report. */
int settings_catalogue(const struct settings *settings, struct catalogue **out);

/* Where to connect and as whom; CLIENT_ID and what else there is are the caller's. */
struct mqtt_options settings_mqtt(const struct settings *settings, const char *client_id);

/* Prints TEXT, and a hint after a usage error; returns STATUS. */
int settings_complain(int status, const char *text);

#endif
