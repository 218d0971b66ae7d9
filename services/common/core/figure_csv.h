/* A stored figure as a row of the CSV that report_row.h reads, so that what is exported can be sent again. */
#ifndef CORE_FIGURE_CSV_H
#define CORE_FIGURE_CSV_H

#include "core/figure.h"

/* The first line, with its end. */
#define FIGURE_CSV_HEADER                                                                                    \
    "unit,period,indicator,value,denominator,qualifier,denominator_qualifier,not_applicable,withdrawn,"      \
    "revision,source,note\r\n"

struct figure_csv {
    const char *unit, *period, *indicator;
    const struct leaf *leaf;
    const char *source, *note; /* "" for none */
};
/* The row with its line end, malloc'ed; NULL without memory. Texts that a spreadsheet would take for a formula have
 * an apostrophe before them (csv_is_guarded). */
char *figure_csv_print(const struct figure_csv *row);

#endif
