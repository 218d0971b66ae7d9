#include "core/table.h"

#include "core/display.h"
#include "core/list.h"
#include "core/utf8.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two columns. */
#define GAP 2
/* A name of the catalogue in full, and an ellipsis. */
#define CELL_BYTES 1024
/* Terminal lines of one row. */
#define LINES_MAX 4

struct line {
    char *cells[TABLE_COLUMNS_MAX]; /* NULL: empty */
    enum table_style styles[TABLE_COLUMNS_MAX];
    bool heading; /* cells[0] goes across */
};

struct table {
    struct table_column columns[TABLE_COLUMNS_MAX];
    size_t column_count;
    struct line *lines;
    size_t line_count, capacity, row_count;
    bool failed;
};

struct table *table_new(const struct table_column columns[], size_t count)
{
    struct table *table = calloc(1, sizeof *table);
    assert(count > 0 && count <= TABLE_COLUMNS_MAX);
    if (!table)
        return NULL;
    memcpy(table->columns, columns, count * sizeof *columns);
    table->column_count = count;
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->line_count; i++) {
        for (size_t c = 0; c < table->column_count; c++)
            free(table->lines[i].cells[c]);
    }
    free(table->lines);
    free(table);
}

static struct line *add_line(struct table *table)
{
    if (LIST_GROW(table->lines, table->line_count, table->capacity)) {
        table->failed = true;
        return NULL;
    }
    struct line *line = &table->lines[table->line_count++];
    *line = (struct line){0};
    return line;
}

static void set_cell(struct table *table, struct line *line, size_t column, const char *text)
{
    if (!text || !*text)
        return;
    line->cells[column] = strdup(text);
    if (line->cells[column])
        utf8_tame(line->cells[column]);
    else
        table->failed = true;
}

void table_row(struct table *table, const char *const cells[])
{
    struct line *line = add_line(table);
    if (!line)
        return;
    for (size_t c = 0; c < table->column_count; c++)
        set_cell(table, line, c, cells[c]);
    table->row_count++;
}

void table_style(struct table *table, size_t column, enum table_style style)
{
    if (table->failed)
        return;
    assert(table->line_count > 0 && column < table->column_count);
    table->lines[table->line_count - 1].styles[column] = style;
}

void table_heading(struct table *table, const char *text, enum table_style style)
{
    struct line *line = add_line(table);
    if (!line)
        return;
    line->heading = true;
    line->styles[0] = style;
    set_cell(table, line, 0, text);
}

size_t table_rows(const struct table *table)
{
    return table->row_count;
}

/* ---- layout ---- */

struct layout {
    size_t widths[TABLE_COLUMNS_MAX];
    bool titles;
    bool colour;
};

static size_t cell_width(const struct line *line, size_t column)
{
    return line->cells[column] ? display_width(line->cells[column]) : 0;
}

static size_t total_width(const struct table *table, const struct layout *layout)
{
    size_t total = 0;
    for (size_t c = 0; c < table->column_count; c++)
        total += layout->widths[c] + (c > 0 && layout->widths[c] > 0 ? GAP : 0);
    return total;
}

static bool may_give(const struct table *table, const struct layout *layout, size_t c)
{
    const struct table_column *column = &table->columns[c];
    size_t title = display_width(column->title);
    return column->least > 0 && layout->widths[c] > (title > column->least ? title : column->least);
}

static bool gives_before(const struct table_column *a, const struct table_column *b)
{
    bool a_folds = a->cells == TABLE_FOLD, b_folds = b->cells == TABLE_FOLD;
    return a_folds != b_folds ? a_folds : a->least < b->least;
}

/* The column that becomes narrower next: one that folds before one that is cut, and that which needs the
 * least room before the others; column_count: none. */
static size_t next_giver(const struct table *table, const struct layout *layout)
{
    size_t best = table->column_count;
    for (size_t c = 0; c < table->column_count; c++) {
        if (may_give(table, layout, c) &&
            (best == table->column_count || gives_before(&table->columns[c], &table->columns[best])))
            best = c;
    }
    return best;
}

/* Takes one terminal column after the other away until the table fits. */
static void shrink(const struct table *table, struct layout *layout, size_t width)
{
    size_t total = total_width(table, layout);
    for (; total > width; total--) {
        size_t giver = next_giver(table, layout);
        if (giver == table->column_count)
            return;
        layout->widths[giver]--;
    }
}

static struct layout lay_out(const struct table *table, size_t width, bool colour)
{
    struct layout layout = {.colour = colour};
    for (size_t c = 0; c < table->column_count; c++) {
        layout.widths[c] = display_width(table->columns[c].title);
        layout.titles |= layout.widths[c] > 0;
    }
    for (size_t i = 0; i < table->line_count; i++) {
        for (size_t c = 0; c < table->column_count && !table->lines[i].heading; c++) {
            size_t columns = cell_width(&table->lines[i], c);
            if (columns > layout.widths[c])
                layout.widths[c] = columns;
        }
    }
    if (width > 0)
        shrink(table, &layout, width);
    return layout;
}

/* ---- text ---- */

static const char *const style_codes[] = {
    [TABLE_PLAIN] = "",
    [TABLE_BOLD] = "\033[1m",
    [TABLE_DIM] = "\033[2m",
    [TABLE_GOOD] = "\033[32m",
    [TABLE_WARNING] = "\033[33m",
    [TABLE_BAD] = "\033[31;1m",
};

static void put_styled(FILE *out, const struct layout *layout, const char *text, enum table_style style)
{
    if (layout->colour && style != TABLE_PLAIN && *text)
        fprintf(out, "%s%s\033[0m", style_codes[style], text);
    else
        fputs(text, out);
}

static void put_blanks(FILE *out, size_t count)
{
    while (count-- > 0)
        fputc(' ', out);
}

/* The cells of a line; blanks are held back until something follows, so that no line ends with them. Cells
 * fit their columns. */
static void put_cells(const struct table *table, const struct layout *layout, FILE *out,
    const char *const cells[], const enum table_style styles[])
{
    size_t blanks = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        const char *text = cells[c] ? cells[c] : "";
        if (layout->widths[c] == 0)
            continue;
        size_t used = display_width(text), padding = layout->widths[c] - used;
        if (table->columns[c].cells == TABLE_RIGHT)
            blanks += padding;
        if (used > 0) {
            put_blanks(out, blanks);
            blanks = 0;
            put_styled(out, layout, text, styles[c]);
        }
        blanks += (table->columns[c].cells == TABLE_RIGHT ? 0 : padding) + GAP;
    }
    fputc('\n', out);
}

/* Bytes of TEXT for a line of WIDTH columns: up to the last blank that fits, or as much as
 * fits where there is none. */
static size_t fold_at(const char *text, size_t width)
{
    size_t indent = strspn(text, " "), bytes = display_cut(text, width), at = bytes;
    while (at > indent && text[at] != ' ')
        at--;
    return at > indent ? at : bytes;
}

/* What is left of each cell of a line, and the piece of it that stands in the terminal line at hand. */
struct rest {
    const char *left[TABLE_COLUMNS_MAX]; /* NULL: nothing */
    size_t indent[TABLE_COLUMNS_MAX];
    char piece[TABLE_COLUMNS_MAX][CELL_BYTES];
    const char *cells[TABLE_COLUMNS_MAX]; /* the pieces, NULL where there is none */
};

/* Takes the next piece of column C; LAST: what does not fit now is cut. */
static void take_piece(
    const struct table *table, const struct layout *layout, size_t c, bool last, struct rest *rest)
{
    char text[CELL_BYTES];
    const char *left = rest->left[c];
    size_t width = layout->widths[c];
    rest->cells[c] = rest->piece[c];
    (void)snprintf(text, sizeof text, "%*s%s", (int)rest->indent[c], "", left);
    if (display_width(text) <= width || last || table->columns[c].cells != TABLE_FOLD) {
        display_shorten(text, width, rest->piece[c], CELL_BYTES);
        rest->left[c] = NULL;
        return;
    }
    size_t bytes = fold_at(text, width), taken = bytes - rest->indent[c];
    (void)snprintf(rest->piece[c], CELL_BYTES, "%.*s", (int)bytes, text);
    rest->left[c] = left + taken + strspn(left + taken, " ");
}

static bool next_pieces(const struct table *table, const struct layout *layout, bool last, struct rest *rest)
{
    bool any = false;
    memset(rest->cells, 0, sizeof rest->cells);
    for (size_t c = 0; c < table->column_count; c++) {
        if (!rest->left[c] || layout->widths[c] == 0)
            continue;
        take_piece(table, layout, c, last, rest);
        any = true;
    }
    return any;
}

static void put_line(
    const struct table *table, const struct layout *layout, FILE *out, const struct line *line)
{
    struct rest rest = {0};
    for (size_t c = 0; c < table->column_count; c++) {
        rest.indent[c] = line->cells[c] ? strspn(line->cells[c], " ") : 0;
        rest.left[c] = line->cells[c] ? line->cells[c] + rest.indent[c] : NULL;
        if (rest.indent[c] >= layout->widths[c])
            rest.indent[c] = 0;
    }
    for (int i = 1; i <= LINES_MAX; i++) {
        if (!next_pieces(table, layout, i == LINES_MAX, &rest) && i > 1)
            return;
        put_cells(table, layout, out, rest.cells, line->styles);
    }
}

static void put_titles(const struct table *table, const struct layout *layout, FILE *out)
{
    const char *titles[TABLE_COLUMNS_MAX] = {0};
    enum table_style styles[TABLE_COLUMNS_MAX];
    for (size_t c = 0; c < table->column_count; c++) {
        titles[c] = table->columns[c].title;
        assert(layout->widths[c] >= display_width(titles[c]));
        styles[c] = TABLE_DIM;
    }
    put_cells(table, layout, out, titles, styles);
}

char *table_text(const struct table *table, size_t width, bool colour)
{
    char *text = NULL;
    size_t size;
    FILE *out = table->failed ? NULL : open_memstream(&text, &size);
    if (!out)
        return NULL;
    struct layout layout = lay_out(table, width, colour);
    if (layout.titles)
        put_titles(table, &layout, out);
    for (size_t i = 0; i < table->line_count; i++) {
        const struct line *line = &table->lines[i];
        if (line->heading) {
            put_styled(out, &layout, line->cells[0] ? line->cells[0] : "", line->styles[0]);
            fputc('\n', out);
        } else {
            put_line(table, &layout, out, line);
        }
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
