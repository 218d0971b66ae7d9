/* Which of the reports that are owed are in, and which of them came on time (STATISTICS S7): by unit, over
 * the units below it, and by pillar; always as counts, so that nobody averages percentages.
 *
 * What S7 leaves open, as decided here:
 * - What is counted are owed windows, each in the calendar of its indicator: a year of a monthly reporter is
 *   twelve. A unit's windows are those that end on a day on which it owes their length (position_owes).
 * - A window is in when the unit has its own report for it, bare ones included, or every sub-period that S2
 *   asks for, also from the units that became it (S5); a longer report is none for the windows inside it.
 *   Withdrawn is not in again. Not applicable is left out of all counts but its own, as S2 leaves it out of
 *   those expected.
 * - A report came when it was first accepted, whatever its revision; one made of sub-periods with the last of
 *   them that it needed.
 * - Counts have windows that have ended; of timeliness, those whose deadline has passed, so that early
 *   reporters alone do not make 100 %.
 * - Windows of U are those that end in its life; those that the units which became U owed are theirs. */
#ifndef CORE_TIMELINESS_H
#define CORE_TIMELINESS_H

#include "core/catalogue.h"
#include "core/store.h"

enum timeliness {
    TIMELINESS_ON_TIME,
    TIMELINESS_LATE,
    TIMELINESS_OVERDUE, /* not in, and the deadline has passed */
    TIMELINESS_NOT_DUE, /* not in; the window runs, or the deadline has not passed */
    TIMELINESS_REPORTED, /* in; there is no deadline */
    TIMELINESS_MISSING, /* not in, the window has ended, and there is no deadline */
    TIMELINESS_NOT_APPLICABLE,
};
#define TIMELINESSES 7
extern const char *const timeliness_names[TIMELINESSES]; /* "on_time" … */

/* One owed window of one unit. */
struct timeliness_report {
    const struct unit_row *row; /* on the window's last day, as DEFINITION */
    const struct indicator *definition;
    struct chiso_period period;
    chiso_instant_ms deadline; /* 0: none */
    chiso_instant_ms accepted; /* when it came; 0: not in */
    enum timeliness state;
    bool ended; /* the window; otherwise it is in no count */
    int days; /* late or overdue: with so many working days more it would have been in time (at least 1; of
                 what is overdue, so far) */
};

struct timeliness_counts {
    uint64_t expected, reported; /* windows that have ended */
    uint64_t due; /* of these, with a deadline that has passed: on time, late and overdue ones */
    uint64_t on_time, late, overdue;
    uint64_t not_applicable; /* in none of the above */
};
/* PART of WHOLE in per cent with one decimal, and more while it would print 100 for less; "" without WHOLE.
 */
#define TIMELINESS_PERCENT_CHARS 48
void timeliness_percent(uint64_t part, uint64_t whole, char out[TIMELINESS_PERCENT_CHARS]);

/* What is asked for. */
struct timeliness_question {
    uint32_t unit;
    chiso_day day; /* UNIT is the one that has the code on this day */
    struct chiso_period period; /* windows wholly inside; not open to the past */
    uint32_t indicator, pillar; /* CATALOGUE_NONE: all */
    chiso_instant_ms now;
    /* Each owed window that has begun, in the order of indicators, lengths, time and the catalogue's tree;
     * may be NULL. Non-zero stops and is returned. */
    int (*visit)(void *context, const struct timeliness_report *report);
    void *context;
};
struct timeliness_sums {
    struct timeliness_counts total;
    struct timeliness_counts *pillars; /* by pillar, of all units */
    struct timeliness_counts *units; /* by unit: its own windows and those of the units below it then */
};
/* *OUT is released with timeliness_release, also after an error. CHISO_ENOMEM; CHISO_ERANGE: a figure
 * overflows. */
int timeliness_collect(const struct catalogue *catalogue, const struct store *store,
    const struct timeliness_question *question, struct timeliness_sums *out);
void timeliness_release(struct timeliness_sums *sums);

#endif
