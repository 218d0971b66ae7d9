/* Figures where a catalogue puts them, and every total again from the figures: one pass of chisoctl rebuild.
 *
 * A pass reads the heads, then which figures lie where, and then commits against those heads, so that whatever
 * somebody else has written meanwhile makes a commit fail instead of getting lost; then there is another pass.
 * A figure is written where it belongs before it is taken from where it was, so that it is never nowhere; one
 * that lies in both, because something died in between, is found by the next pass. */
#ifndef CTL_REBUILD_H
#define CTL_REBUILD_H

#include "core/moved.h"
#include "io/commit.h"
#include "io/redefined.h"
#include "session.h"

/* Reports that one commit brings to a province, and their bytes: a journal entry is one call's arguments. */
#define REBUILD_REPORTS_MAX 1000
#define REBUILD_BYTES_MAX ((size_t)8 * 1024 * 1024)

struct rebuild_province {
    char code[CHISO_UNIT_BYTES_MAX + 1];
    uint32_t unit; /* CATALOGUE_NONE: the catalogue has no such province */
    struct head head;
    bool is_summed; /* by this run */
};

enum rebuild_action {
    REBUILD_STAYS, /* in its place, beside one that is not */
    REBUILD_MOVES,
    REBUILD_MERGES, /* the figure there stays, with the earlier first acceptance */
    REBUILD_DROPS, /* the figure there stays as it is */
};

struct rebuild_figure {
    size_t from, to; /* provinces */
    enum rebuild_action action;
    struct moved figure; /* as it lies FROM; the province is TO's code */
    struct leaf there; /* what lies TO; revision 0: nothing */
};

struct rebuild {
    struct session *session; /* its catalogue is the one to come */
    struct rebuild_province *provinces;
    size_t province_count;
    struct rebuild_figure *figures; /* by from, unit, period, indicator */
    size_t count, capacity;
    size_t faults; /* figures that have no place: printed */
    struct commit commit;
    struct redefined redefined;
    struct rebuild_entry { /* the journal entry read last: reports come by hundreds from one */
        size_t from;
        uint64_t seq; /* 0: none */
        struct redisReply *reply;
    } entry;
};
void rebuild_release(struct rebuild *r);

/* Looks where everything lies and where it belongs; sentences about what cannot be go to standard error. */
int rebuild_plan(struct rebuild *r, struct chiso_message *why);
/* Would the provinces' totals be possible? The same sentences. */
int rebuild_check(struct rebuild *r, struct chiso_message *why);
/* Every figure of the plan, and every province that has not been summed by this run. CHISO_ECONFLICT: plan
 * again. What is committed is printed. */
int rebuild_apply(struct rebuild *r, struct chiso_message *why);

#endif
