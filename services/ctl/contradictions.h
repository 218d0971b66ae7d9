/* Figures that contradict each other (core/rule.h): gathered from the rows that are shown, each rule once, and
 * printed below them. */
#ifndef CTL_CONTRADICTIONS_H
#define CTL_CONTRADICTIONS_H

#include "core/row.h"
#include "session.h"

struct contradictions {
    struct rule_finding *list;
    size_t count, capacity;
};

/* Adds what ROW's figure is part of. CHISO_ENOMEM, CHISO_ERANGE. */
int contradictions_add(const struct session *session, const struct row *row, struct contradictions *out);
/* A heading and a table; nothing where there are none. The exit status. */
int print_contradictions(const struct session *session, const struct contradictions *contradictions);
void contradictions_release(struct contradictions *contradictions);

#endif
