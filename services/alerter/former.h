/* The provinces that kept figures of what became units of a province: a window with a merger inside is
 * computed from theirs (core/boundaries.h), so their figures are read, and their journals followed. Where
 * their journals were read up to is not kept: at start everything is judged. */
#ifndef ALERTER_FORMER_H
#define ALERTER_FORMER_H

#include "core/catalogue.h"
#include <chiso/report.h>

struct former {
    uint32_t unit;
    char code[CHISO_UNIT_BYTES_MAX + 1];
    uint64_t cursor; /* the newest entry of its journal that has been judged */
};
struct formers {
    struct former *list;
    size_t count;
};

/* Those of PROVINCE as of TODAY: of a merger still to come nothing is read. Cursors are 0. CHISO_ENOMEM. */
int formers_find(const struct catalogue *catalogue, uint32_t province, chiso_day today, struct formers *out);
/* The province on the day TODAY that UNIT's alerts belong to: the one it is in, or was in last. */
uint32_t formers_home(const struct catalogue *catalogue, uint32_t unit, chiso_day today);
void formers_release(struct formers *formers);

#endif
