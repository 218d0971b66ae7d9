/* The publisher as a service: the files of a watched folder go out, what becomes of them is written beside
 * them, and chiso/v1/status/publisher/<instance> says how many reports have no receipt.
 *
 * One loop: a round of sending and receiving, then at most one file, then at most one result, then the status
 * when it has changed. The instance is the login, which the broker's access list wants; without a login the
 * publisher's name, else the outbox's stream id. Nothing outside stops it: a folder, a disk or a broker that
 * is away is logged, counted and tried again. It ends on SIGTERM, and when the outbox turns out to be damaged
 * (the next start sees to that). SIGHUP makes it read the catalogue again; a faulty one changes nothing. */
#ifndef PUBLISHER_SERVICE_H
#define PUBLISHER_SERVICE_H

#include "io/outbox.h"
#include "settings.h"

/* Returns the exit code. *CATALOGUE may be replaced. */
int service_run(const struct settings *settings, struct catalogue **catalogue, struct outbox *outbox);

#endif
