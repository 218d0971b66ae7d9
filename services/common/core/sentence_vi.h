/* What is wrong with a figure or a catalogue, and why a question cannot be answered, is said in English where it is
 * found; here is the same in Vietnamese, for those who send figures, for clerks and for operators. The English
 * sentence is the key: its fixed words are looked up, and the values between them are taken over. */
#ifndef CORE_SENTENCE_VI_H
#define CORE_SENTENCE_VI_H

#include <stdbool.h>
#include <stddef.h>

/* ENGLISH in Vietnamese, cut to CAPACITY. False, and OUT is "", for a sentence that has no translation. */
bool sentence_vi(const char *english, char *out, size_t capacity);

#endif
