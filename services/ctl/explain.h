/* A figure explained: its row, the leaves behind it with their journal entries, and what is missing. */
#ifndef CTL_EXPLAIN_H
#define CTL_EXPLAIN_H

#include "evidence.h"
#include "gaps.h"
#include "print.h"

struct explanation {
    const struct question *question;
    struct row row;
    struct trail trail;
    struct gaps gaps;
    struct journal *journal; /* entries of the row and of all leaves, fetched */
};

/* The unit's deadline for a leaf's period, and whether its first acceptance came later. */
struct punctuality {
    chiso_instant_ms deadline; /* 0: none */
    bool late;
};
struct punctuality leaf_punctuality(
    const struct session *session, const struct explanation *e, const struct trail_leaf *leaf);

/* "gần 70.000", "980/1.000", "84,6%", "không áp dụng", "đã rút". */
void leaf_figure_text(const struct session *session, const struct figure *figure, char *out, size_t capacity);

int print_explanation(const struct session *session, const struct explanation *e);
int print_explanation_json(const struct session *session, const struct explanation *e);

#endif
