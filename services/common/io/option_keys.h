/* The keys of every program in one table, so that flags, file, environment and help cannot disagree. Private
 * to options*.c. */
#ifndef IO_OPTION_KEYS_H
#define IO_OPTION_KEYS_H

#include "io/options.h"

#define OPTION_VALUE_BYTES_MAX 1024

struct option_key {
    const char *name; /* in the file: mqtt_url; in the environment: CHISO_MQTT_URL */
    const char *flag; /* mqtt */
    const char *argument; /* URL */
    const char *fallback; /* default, NULL: none */
    const char *help;
    size_t offset; /* in struct options */
    const char *(*check)(const char *value); /* NULL: fine; otherwise what it must be */
};

extern const struct option_key option_keys[];
extern const size_t option_key_count;

/* True when PROGRAM uses KEY. */
bool option_key_is_used(const struct program *program, const struct option_key *key);
/* NULL: PROGRAM has none for KEY. */
const char *option_key_default(const struct program *program, const struct option_key *key);
char **option_value(struct options *options, const struct option_key *key);

/* Fills what FILE says into *OUT (which holds nothing before). CHISO_EINVAL: WHY has "FILE:LINE: …". */
int options_file_load(
    const struct program *program, const char *file, struct options *out, struct chiso_message *why);

#endif
