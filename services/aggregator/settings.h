/* What the aggregator checks before it starts, and small helpers of its loop. */
#ifndef AGGREGATOR_SETTINGS_H
#define AGGREGATOR_SETTINGS_H

#include "core/catalogue.h"
#include "io/mqtt.h"
#include "io/options.h"
#include "io/redis.h"

struct teller;

/* EXIT_OK, or the exit code after a log line: appendonly yes, appendfsync always and noeviction are what a
 * receipt's promise rests on. */
int settings_check_redis(struct redis *redis);

/* Is the catalogue HASH the one in force? An unreachable Redis counts as yes: the commit will tell. */
bool settings_catalogue_is(struct redis *redis, const char *hash);

/* LIST is "35,36" or NULL for all. CHISO_EINVAL names a code that is no province. */
int settings_check_provinces(const struct catalogue *catalogue, const char *list, struct chiso_message *why);
bool settings_serves(const char *list, const char *code);
bool settings_is_province(const struct catalogue *catalogue, const char *code);

/* Opens the connection, subscribes to the provinces' reports and hands it to TELLER. EXIT_OK or an exit code
 * after a log line. */
int settings_open_mqtt(const struct options *options, void *context,
    void (*on_message)(void *context, const char *topic, const void *bytes, size_t length, bool retained),
    void (*on_connected)(void *context), struct teller *teller, struct mqtt **out);

/* Waits between two tries of something outside; ends early when the program is to stop. */
void settings_pause_ms(int ms);

#endif
