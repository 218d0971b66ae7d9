/* What must hold outside before the aggregator takes reports: Redis keeps what it is given, the catalogue is
 * the one in force, the broker delivers. */
#ifndef AGGREGATOR_SETTINGS_H
#define AGGREGATOR_SETTINGS_H

#include "io/mqtt.h"
#include "io/options.h"
#include "io/redis.h"

struct teller;

/* EXIT_OK, or the exit code after a log line: appendonly yes, appendfsync always and noeviction are what a
 * receipt's promise rests on. */
int settings_check_redis(struct redis *redis);
/* The same once a second while it runs (*DUE_MS: when next), and, after settings_check_redis, of every new
 * connection: with other settings, or as a replica, Redis counts as away (event=redis_setting_unsafe) until
 * that is mended, and reports wait. */
void settings_watch_redis(struct redis *redis, long long *due_ms);

/* Is the catalogue HASH the one in force? An unreachable Redis counts as yes: the commit will tell. */
bool settings_catalogue_is(struct redis *redis, const char *hash);

/* Opens two connections: TELLER's, with the last will and ON_CONNECTED, and REPORTS, which subscribes to those of the
 * provinces and gives them to ON_MESSAGE. EXIT_OK or an exit code
 * after a log line. */
int settings_open_mqtt(const struct options *options, void *context,
    void (*on_message)(void *context, const char *topic, const void *bytes, size_t length, bool retained),
    void (*on_connected)(void *context), struct teller *teller, struct mqtt **reports);

#endif
