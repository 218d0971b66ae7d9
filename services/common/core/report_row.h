/* One line of a CSV of figures, as an observation. The form is judged here; whether the catalogue
 * allows the figure is admit.h's matter.
 *
 *   unit, period, indicator, value                    needed in every file, in any order with the others
 *   denominator, qualifier, denominator_qualifier,
 *   not_applicable, withdrawn, revision, source, note may be left out or left empty
 *
 * Numbers are 13.68 in a file separated by ',' and 13,68 in one separated by ';'; no thousands separators.
 * "84.6%" is a finished percentage without operands (bare): for a ratio whose numerator and denominator are
 * not known. The sign is needed only where nobody knows that the indicator is a ratio, that is without a
 * catalogue. Qualifiers: the words of STATISTICS S3 (trên, hơn, ít nhất, gần, dưới, tối đa, top, khoảng, ước
 * khoảng, ước) or exact, at_least, below, about, estimate, at_most; empty is exact. Flags: yes, true, 1; no,
 * false, 0, empty. An empty revision is left to the publisher. */
#ifndef CORE_REPORT_ROW_H
#define CORE_REPORT_ROW_H

#include "core/csv.h"
#include "core/report_faults.h"
#include <chiso/report.h>

enum report_column {
    COLUMN_UNIT,
    COLUMN_PERIOD,
    COLUMN_INDICATOR,
    COLUMN_VALUE,
    COLUMN_DENOMINATOR,
    COLUMN_QUALIFIER,
    COLUMN_DENOMINATOR_QUALIFIER,
    COLUMN_NOT_APPLICABLE,
    COLUMN_WITHDRAWN,
    COLUMN_REVISION,
    COLUMN_SOURCE,
    COLUMN_NOTE,
    REPORT_COLUMNS
};
#define REPORT_COLUMNS_NEEDED 4
extern const char *const report_column_names[REPORT_COLUMNS];

struct report_row {
    const char *unit, *period, *source; /* "" without source */
    uint32_t revision; /* 0: left to the publisher */
    struct chiso_observation observation;
    size_t line, column; /* of the indicator */
};

/* The strings of *OUT are the row's, without the apostrophes that guard them (csv_is_guarded). POSITION: of each column in the row, -1 when the file does not
 * have it. POINT: '.' or ','. All faults of the row are added; CHISO_EINVAL when there was one. */
int report_row_parse(struct csv_row *row, const int position[REPORT_COLUMNS], char point,
    struct report_faults *faults, struct report_row *out);

/* A word for a qualifier; CHISO_EINVAL for any other. */
int report_qualifier_parse(const char *word, enum chiso_qualifier *out);

#endif
