/* Tables for people: columns as wide as their widest cell, by what a terminal shows and not by bytes. A table
 * that is too wide makes the columns that allow it narrower: their cells are folded or shortened. */
#ifndef CORE_TABLE_H
#define CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#define TABLE_COLUMNS_MAX 12

enum table_cells {
    TABLE_LEFT,
    TABLE_RIGHT, /* numbers */
    TABLE_FOLD, /* left; what does not fit goes on in further lines, at most four in all. These become
                   narrower first, the smallest `least` first of all. */
};

struct table_column {
    const char *title; /* "" for none; lives as long as the table */
    enum table_cells cells;
    size_t least; /* may be made narrower, down to this many terminal columns; 0: never */
};

enum table_style { TABLE_PLAIN, TABLE_BOLD, TABLE_DIM, TABLE_GOOD, TABLE_WARNING, TABLE_BAD };

struct table;

/* COLUMNS is copied. NULL: no memory. */
struct table *table_new(const struct table_column columns[], size_t count);
void table_free(struct table *table); /* accepts NULL */

/* One cell for each column, copied; NULL is an empty one. Without memory the table remembers it and
 * table_text returns NULL. */
void table_row(struct table *table, const char *const cells[]);
/* The style of the cell in COLUMN of the last row. */
void table_style(struct table *table, size_t column, enum table_style style);
/* A line across all columns, for a heading inside the table; "" is an empty line. */
void table_heading(struct table *table, const char *text, enum table_style style);
size_t table_rows(const struct table *table); /* headings not counted */

/* The whole table, one line a row, titles first unless all are empty; at most WIDTH columns where the
 * shortening allows it (0: as wide as it is). COLOUR: with the terminal's colour codes. malloc'ed; NULL: no
 * memory. */
char *table_text(const struct table *table, size_t width, bool colour);

#endif
