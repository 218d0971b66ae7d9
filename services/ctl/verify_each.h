#ifndef CTL_VERIFY_EACH_H
#define CTL_VERIFY_EACH_H

#include "session.h"
#include "verify.h"

/* Looks at one province and adds to V's numbers; SESSION_ON, or the exit status of a failure it has told. */
typedef int verify_one(
    const struct session *session, uint32_t province, void *context, struct verification *v);

/* ONE for each province, in processes of their own where that is faster; V's numbers are the sums. The first
 * status other than SESSION_ON ends it. */
int verify_each(const struct session *session, const uint32_t provinces[], size_t count, verify_one *one,
    void *context, struct verification *v);

#endif
