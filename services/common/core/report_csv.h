/* A CSV file of figures, as the reports that it makes (the columns are in report_row.h). Rows of
 * one unit, period, revision and source make one report, wherever they stand in the file; more than a message
 * holds are split.
 *
 * The figures of a report with revision 0 still need one: the publisher counts for a source that does not. */
#ifndef CORE_REPORT_CSV_H
#define CORE_REPORT_CSV_H

#include "core/catalogue.h"
#include "core/csv.h"
#include "core/report_faults.h"
#include <chiso/report.h>

/* A province's year by month is 20 MB. */
#define REPORT_CSV_BYTES_MAX ((size_t)64 * 1024 * 1024)

struct report_draft {
    const char *unit, *period, *source;
    uint32_t revision; /* 0: left to the publisher */
    size_t count; /* 1 … CHISO_OBSERVATIONS_MAX */
    struct chiso_observation *observations;
    size_t *lines; /* of each observation in the file */
};

struct report_csv {
    size_t count;
    struct report_draft *drafts; /* in the order of their first lines */
    size_t observation_count;
    struct report_faults faults;

    struct csv_reader reader; /* the texts */
    struct chiso_observation *observations;
    size_t *lines;
};

/* With a CATALOGUE (may be NULL) a ratio or mean without denominator becomes bare. CHISO_EINVAL: OUT->faults
 * says what is wrong, all of it, and there are no drafts. CHISO_ENOMEM. Release *OUT in every case. */
int report_csv_read(
    const void *bytes, size_t length, const struct catalogue *catalogue, struct report_csv *out);
void report_csv_release(struct report_csv *csv);

#endif
