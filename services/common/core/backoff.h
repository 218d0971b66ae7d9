/* How long to wait before trying again: twice as long each time up to a maximum, plus or minus a quarter, so
 * that many clients that were cut off together do not return together. */
#ifndef CORE_BACKOFF_H
#define CORE_BACKOFF_H

#include <stdint.h>

/* TRY counts from 0; RANDOM is any number. */
uint32_t backoff_ms(uint32_t first_ms, uint32_t max_ms, unsigned try, uint32_t random);

#endif
