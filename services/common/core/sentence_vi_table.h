/* The sentences that sentence_vi.c knows, by who says them. '*' stands for a value; the n-th one of the translation is
 * the n-th of the sentence. The first sentence that fits is taken, so the particular ones stand before the
 * general ones. */
#ifndef CORE_SENTENCE_VI_TABLE_H
#define CORE_SENTENCE_VI_TABLE_H

#include <stddef.h>

struct sentence_pair {
    const char *english, *vietnamese;
};
extern const struct sentence_pair sentences_of_catalogues[];
extern const size_t sentences_of_catalogues_count;
extern const struct sentence_pair sentences_of_operators[];
extern const size_t sentences_of_operators_count;

#endif
