/* The catalogue that an aggregator works with, and its provinces summed with it. */
#ifndef AGGREGATOR_ADOPT_H
#define AGGREGATOR_ADOPT_H

#include "aggregator.h"

/* Loads the folder's catalogue, or the one in force, puts it into force unless what is stored does not fit it,
 * and sums every province with it before any report is taken. EXIT_OK or an exit code after log lines. */
int adopt_at_start(struct aggregator *a);

/* The province as Redis has it, summed with our catalogue. CHISO_EREFUSED: it cannot be; stops the program
 * when another catalogue is in force, because two aggregators that sum differently must not take turns. */
int adopt_make_ready(struct aggregator *a, struct province *province);

/* Every snapshot is to be published again. */
void adopt_want_snapshots(struct aggregator *a, struct province *province);

#endif
