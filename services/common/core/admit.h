/* May this report be taken? (STATISTICS S1.) The catalogue's rules on a decoded report,
 * observation by observation, without state: revisions against what is stored are figure.h's matter. The
 * publisher's --check and the aggregator use the same code, so what passes at the clerk's desk passes at the
 * centre. */
#ifndef CORE_ADMIT_H
#define CORE_ADMIT_H

#include "core/catalogue.h"
#include "core/figure.h"

struct admitted_observation {
    uint32_t indicator; /* CATALOGUE_NONE when unknown */
    const struct indicator *definition; /* NULL when unknown */
    struct figure figure; /* FIGURE_NONE: withdrawn */
    enum chiso_reason reason; /* 0: admitted */
    const char *text; /* one sentence when refused; lives in the arena */
};

struct admitted {
    uint32_t unit;
    struct chiso_period period;
    uint32_t revision;
    enum chiso_reason
        reason; /* 0, or why the report as a whole is refused; observations are then not looked at */
    const char *text;
    size_t count; /* as many as the report has */
    struct admitted_observation *observations;
};

/* PROVINCE: code in the topic, NULL: do not check it. PUBLISHER: NULL: do not check it. NOW: periods that
 * begin later are refused. CHISO_ENOMEM when the arena is full. */
int admit_report(const struct catalogue *catalogue, const char *province, const char *publisher,
    const struct chiso_report *report, chiso_instant_ms now, struct chiso_arena *arena, struct admitted *out);

#endif
