/* What a province's leaders look at first: for every pillar its figures, the latest ended window of each. */
#ifndef CTL_OVERVIEW_H
#define CTL_OVERVIEW_H

#include "core/timeliness.h"
#include "core/trail.h"
#include "journal.h"
#include "print.h"

struct overview_line {
    struct row row;
    bool has_row; /* false: only the indicator's name, its units stand below */
    const char *name;
    size_t more; /* > 0: no name, but so many units that are not shown */
    int indent;
    bool counts; /* its reports are counted in the pillar's heading */
    uint32_t pillar;
    struct trail trail;
    bool synthetic;
};

struct overview {
    uint32_t province;
    const struct unit_row *unit; /* the province's row today, or its last one */
    struct overview_line *lines;
    size_t count, capacity;
    struct timeliness_sums timeliness; /* of this year */
};

/* The year of pillars' scores and of their reports. */
struct chiso_period overview_year(const struct session *session);
/* Gathers the lines of a province whose figures are loaded; CHISO_ENOMEM, CHISO_ERANGE. Released also after
 * an error. */
int overview_collect(const struct session *session, uint32_t province, struct overview *out);
void overview_release(struct overview *overview);
/* Marks the lines that rest on synthetic data. */
int overview_trace(const struct session *session, struct overview *overview, struct chiso_message *why);

#endif
