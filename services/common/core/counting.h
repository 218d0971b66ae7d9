/* Revisions for a source that has none: the publisher counts for it.
 *
 * It remembers what it last sent of every figure (unit, period, indicator), and the highest revision that any
 * receipt has named for the unit and period. A figure that says what was last sent keeps its revision, so
 * running the publisher twice gives DUPLICATE; one that differs gets the next revision.
 *
 * The memory can be behind: the outbox is new, or somebody else has reported the same figures. Then the
 * centre answers with a conflict, or that the report is superseded, and names the revision R in force. The
 * figures go out again at R, which changes nothing and tells whether the centre has the same already (a
 * duplicate); where it differs, they go out at R + 1 and replace it. That is what a source without revisions
 * means: its present content holds. It is safe, because a refused figure has changed nothing, R + 1 is again
 * refused where a third report came between, a figure of which something newer has been queued meanwhile is
 * not sent again (the caller's matter), and after three tries it is left to a person: two sources that
 * overwrite each other do so once for each change, and not for ever. */
#ifndef CORE_COUNTING_H
#define CORE_COUNTING_H

#include <chiso/report.h>
#include <stdbool.h>

#define COUNTING_TRIES_MAX 3

/* What the figure says, in a stable text: equal for the same figures, 13.5 and 13.50 included; note and
 * source do not count (STATISTICS S1). */
#define COUNTING_CONTENT_CHARS 128
void counting_content(const struct chiso_observation *observation, char out[COUNTING_CONTENT_CHARS]);

/* The revision for a figure: LAST is what was sent with LAST_CONTENT (0: never), SEEN the highest revision of
 * the unit and period in any receipt (0: none). 0: there is no higher one. */
uint32_t counting_revision(uint32_t last, const char *last_content, uint32_t seen, const char *content);

/* After VERDICT on the try TRY (from 1) of REPORT: which observations go out again (AGAIN[i], as many as the
 * report has), and at which revision. 0: none. */
uint32_t counting_again(
    const struct chiso_report *report, const struct chiso_verdict *verdict, unsigned try, bool again[]);

#endif
