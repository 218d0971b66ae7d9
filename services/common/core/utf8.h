/* UTF-8 from outside: one character at a time, strictly (no overlong forms, no surrogates, no more than
 * U+10FFFF). */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character that TEXT begins with, 1 … 4; 0 when it is not one, or LENGTH is 0. NUL is a
 * character of one byte. */
size_t utf8_character(const void *text, size_t length);
/* True when all LENGTH bytes are characters. */
bool utf8_is_valid(const void *text, size_t length);
/* The most bytes, at most MAX, that TEXT can be cut to without splitting a character. */
size_t utf8_cut(const char *text, size_t length, size_t max);

/* Replaces control characters (C0, DEL, C1) and bytes that are not UTF-8 by '?', in place, so that outside
 * text neither breaks a line nor steers a terminal. */
void utf8_tame(char *text);
/* A tamed copy, malloc'ed; NULL: no memory. */
char *utf8_copy_tamed(const char *text);

#endif
