/* The source of figures that this program reads: a CSV file (columns: README.md, core/report_row.h). */
#ifndef PUBLISHER_FIGURES_CSV_H
#define PUBLISHER_FIGURES_CSV_H

#include "core/report_csv.h"
#include <stdio.h>

/* Reads FILE into *OUT, which is to be released in every case. All faults go to FAULTS, one a line, as
 * file:line:column: sentence. CHISO_EINVAL: there were some. CHISO_EIO, CHISO_ENOMEM: WHY says why. */
int figures_csv_read(const char *file, const struct catalogue *catalogue, struct report_csv *out,
    FILE *faults, struct chiso_message *why);

#endif
