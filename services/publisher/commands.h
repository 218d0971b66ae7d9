/* For the operator, also while the service runs. */
#ifndef PUBLISHER_COMMANDS_H
#define PUBLISHER_COMMANDS_H

#include "settings.h"

/* Both return the exit code. */
int commands_list(const struct settings *settings); /* what waits in the outbox */
int commands_drop(const struct settings *settings); /* takes one report out, and prints what it was */

#endif
