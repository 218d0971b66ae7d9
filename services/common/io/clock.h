/* The only place that asks what time it is. */
#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include <chiso/date.h>

/* "Now" for figures, deadlines and commit times: the wall clock, or the instant given with --clock, frozen.
 */
chiso_instant_ms clock_now(void);
void clock_freeze(chiso_instant_ms instant);
/* What the machine says, never frozen: for log lines only. */
chiso_instant_ms clock_wall(void);
/* For time-outs and back-off: never frozen, never steps back. */
long long clock_monotonic_ms(void);

#endif
