/* The source of figures that this program reads: a CSV file (columns: README.md, core/report_row.h). */
#ifndef PUBLISHER_FIGURES_CSV_H
#define PUBLISHER_FIGURES_CSV_H

#include "core/report_csv.h"
#include <stdio.h>

/* Reads STREAM, which FILE is the name of, into *OUT, which is to be released in every case. CHISO_EINVAL:
 * OUT->faults says what is wrong. CHISO_EIO, CHISO_ENOMEM: WHY says why. */
int figures_csv_read(FILE *stream, const char *file, const struct catalogue *catalogue,
    struct report_csv *out, struct chiso_message *why);

#endif
