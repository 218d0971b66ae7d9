/* The reports behind a figure: the leaves of core/trail.h with what the journal says about each. */
#ifndef CTL_EVIDENCE_H
#define CTL_EVIDENCE_H

#include "core/trail.h"
#include "journal.h"
#include "session.h"

/* A source that marks figures made up to try things out. */
#define SYNTHETIC_SOURCE "synthetic"

/* Code of the province in whose journal the leaves of (unit, day) are; NULL for the nation. */
const char *evidence_province(const struct session *session, uint32_t unit, chiso_day day);

/* Notes the journal entries of all leaves (those in the number only: USED) for fetching. CHISO_ENOMEM. */
int evidence_want(const struct session *session, const struct trail *trail, enum chiso_calendar calendar,
    bool used, struct journal *journal);
/* After journal_fetch: the entry and the report (either NULL: gone) that brought LEAF. */
const struct journal_entry *evidence_entry(const struct session *session, const struct journal *journal,
    const struct trail_leaf *leaf, enum chiso_calendar calendar);
const struct journal_report *evidence_report(const struct session *session, const struct journal *journal,
    const struct trail_leaf *leaf, enum chiso_calendar calendar);
/* Did LEAF come after its window had been closed in the unit's province? */
bool evidence_is_restated(
    const struct session *session, const struct trail_leaf *leaf, enum chiso_calendar calendar);
/* Does a leaf in the number come from a synthetic source? */
bool evidence_is_synthetic(const struct session *session, const struct journal *journal,
    const struct trail *trail, enum chiso_calendar calendar);

#endif
