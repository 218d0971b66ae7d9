#include "core/table.h"

#include "core/display.h"
#include "core/utf8.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two columns. */
#define GAP 2

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
    if (table->line_count == table->capacity) {
        size_t grown = table->capacity ? table->capacity * 2 : 32;
        struct line *moved = realloc(table->lines, grown * sizeof *moved);
        if (!moved) {
            table->failed = true;
            return NULL;
        }
        table->lines = moved;
        table->capacity = grown;
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

/* Takes columns away from the widest column that may still give, one by one, until the table fits. */
static void shrink(const struct table *table, struct layout *layout, size_t width)
{
    size_t total = total_width(table, layout);
    while (total > width) {
        size_t widest = table->column_count;
        for (size_t c = 0; c < table->column_count; c++) {
            bool gives = table->columns[c].least > 0 && layout->widths[c] > table->columns[c].least;
            if (gives && (widest == table->column_count || layout->widths[c] > layout->widths[widest]))
                widest = c;
        }
        if (widest == table->column_count)
            return;
        layout->widths[widest]--;
        total--;
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

/* The cells of a line; blanks are held back until something follows, so that no line ends with them. */
static void put_cells(const struct table *table, const struct layout *layout, FILE *out,
    const char *const cells[], const enum table_style styles[])
{
    char shortened[1024];
    size_t blanks = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        const char *text = cells[c] ? cells[c] : "";
        if (layout->widths[c] == 0)
            continue;
        if (display_width(text) > layout->widths[c]) {
            display_shorten(text, layout->widths[c], shortened, sizeof shortened);
            text = shortened;
        }
        size_t used = display_width(text), padding = layout->widths[c] - used;
        if (table->columns[c].right)
            blanks += padding;
        if (used > 0) {
            put_blanks(out, blanks);
            blanks = 0;
            put_styled(out, layout, text, styles[c]);
        }
        blanks += (table->columns[c].right ? 0 : padding) + GAP;
    }
    fputc('\n', out);
}

static void put_titles(const struct table *table, const struct layout *layout, FILE *out)
{
    const char *titles[TABLE_COLUMNS_MAX] = {0};
    enum table_style styles[TABLE_COLUMNS_MAX];
    for (size_t c = 0; c < table->column_count; c++) {
        titles[c] = table->columns[c].title;
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
            put_cells(table, &layout, out, (const char *const *)line->cells, line->styles);
        }
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
