/* How many columns of a terminal a text takes, whatever the locale: Vietnamese in composed or decomposed form
 * (a letter with combining marks is one column), East Asian wide characters are two. */
#ifndef CORE_DISPLAY_H
#define CORE_DISPLAY_H

#include <stddef.h>

/* Columns of TEXT; a byte that is not UTF-8 and a control character count as one. */
size_t display_width(const char *text);
/* The most bytes of TEXT that fit into COLUMNS; a letter is never parted from its combining marks. */
size_t display_cut(const char *text, size_t columns);
/* TEXT in at most COLUMNS (at least 1) columns, "…" in place of what was left out; at most CAPACITY bytes. */
void display_shorten(const char *text, size_t columns, char *out, size_t capacity);

#endif
