/* The catalogue that an aggregator works with: at start, after SIGHUP, and when another process has put
 * another one into force.
 *
 * A catalogue comes into force only if every stored figure has its place in it and its form; otherwise the
 * old one stays, and reports go on. Once it is in force everybody follows it. An aggregator that cannot (it
 * does not load, or figures wait for `chisoctl rebuild`) takes no reports for any province until it can, and
 * is not connected meanwhile: they wait at the broker. Going on with the old catalogue would write totals that
 * no reader can tell from those of the new one; serving only the provinces that fit would take a unit's report
 * where it belongs now while its earlier figures, which decide on repeats and conflicts, still lie
 * elsewhere. */
#ifndef AGGREGATOR_ADOPT_H
#define AGGREGATOR_ADOPT_H

#include "aggregator.h"

/* Loads the folder's catalogue, or the one in force, puts it into force, and sums every province with it
 * before any report is taken. EXIT_OK or an exit code after log lines. */
int adopt_at_start(struct aggregator *a);

/* Once a turn of the loop, between batches: does what SIGHUP asks for and follows the catalogue in force.
 * False: no reports can be taken now. */
bool adopt_watch(struct aggregator *a);

/* Once a batch, before it is decided: is our catalogue in force, with every figure in its place? What is accepted
 * or refused by one that has just been replaced would be wrong by the one that holds. Otherwise adopt_watch looks
 * at once. An unreachable Redis counts as yes: the commit will tell. */
bool adopt_is_in_force(struct aggregator *a);

#endif
