/* Figures in Redis that a catalogue would read as something else than the one they were summed with. */
#ifndef IO_REDEFINED_H
#define IO_REDEFINED_H

#include "io/catalogue_folder.h"
#include "io/figures.h"

/* Catalogues that provinces were summed with, against the one to come; one of them at a time is kept. */
struct redefined {
    struct redis *redis;
    const struct catalogue *now;
    char hash[CATALOGUE_HASH_CHARS]; /* of FORMER; "": none yet */
    struct catalogue *former; /* NULL: it cannot be read any more, and nothing can be compared */
    bool differs;
};
void redefined_release(struct redefined *r);

/* Says a sentence for each indicator of PROVINCE, whose head is HEAD, that NOW would read as something else
 * (core/fit.h). A catalogue that Redis no longer has, or that this build refuses, is logged, and not compared. */
int redefined_each(struct redefined *r, const char *province, const struct head *head,
    void (*say)(void *context, const struct chiso_message *sentence), void *context,
    struct chiso_message *why);

#endif
