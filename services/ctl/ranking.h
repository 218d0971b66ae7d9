/* An index of all units that take part, as chisoctl score has computed it. */
#ifndef CTL_RANKING_H
#define CTL_RANKING_H

#include "core/score.h"
#include "session.h"

struct ranking {
    const struct index_version *version;
    struct chiso_period period;
    struct question boundaries; /* only the day of --boundaries */
    chiso_day day; /* whose units are listed */
    struct score *list;
    size_t count;
};

/* "Chỉ số … (dti), năm 2022" with what else the question says. */
void ranking_print_title(const struct session *session, const struct ranking *ranking);
/* What a reader must know of a score, beside its value. */
void ranking_remark(const struct session *session, const struct score *score, char *out, size_t capacity);

/* What the components bring to the unit with CODE, and where that puts it. */
int ranking_print_unit(
    const struct session *session, const struct ranking *ranking, const char *code, bool json);

#endif
