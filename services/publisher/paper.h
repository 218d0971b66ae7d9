/* Texts for a clerk, put into a watched folder: there whole, and on disk, or not at all. */
#ifndef PUBLISHER_PAPER_H
#define PUBLISHER_PAPER_H

#include <chiso/error.h>
#include <stdio.h>

#define PAPER_PATH_BYTES 8192

struct paper {
    FILE *out; /* to be written to; begins with the mark by which Windows knows UTF-8 */
    char folder[PAPER_PATH_BYTES], draft[PAPER_PATH_BYTES], path[PAPER_PATH_BYTES];
};

/* DIR/SUB/NAME, which is replaced at the end. CHISO_EIO. */
int paper_begin(
    struct paper *paper, const char *dir, const char *sub, const char *name, struct chiso_message *why);
/* CHISO_EIO: something could not be written, and nothing has changed. */
int paper_end(struct paper *paper, struct chiso_message *why);
/* Instead of it: nothing has changed. */
void paper_drop(struct paper *paper);

#endif
