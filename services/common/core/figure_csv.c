#include "core/figure_csv.h"

#include "core/csv.h"
#include "core/report_row.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each byte of a cell may be doubled; quotes, apostrophe, comma. */
static size_t room_for(const char *text)
{
    return 2 * strlen(text) + 5;
}

static char *put_cell(char *at, const char *text)
{
    bool guarded = csv_needs_guard(text), blank = *text == ' ' || (*text && text[strlen(text) - 1] == ' ');
    bool quoted = guarded || blank || strpbrk(text, ",;\"\r\n\t") != NULL;
    if (quoted)
        *at++ = '"';
    if (guarded)
        *at++ = '\'';
    for (; *text; text++) {
        if (*text == '"')
            *at++ = '"';
        *at++ = *text;
    }
    if (quoted)
        *at++ = '"';
    *at++ = ',';
    return at;
}

static const char *qualifier(enum chiso_qualifier qualifier)
{
    return qualifier == CHISO_EXACT ? "" : figure_qualifier_names[qualifier];
}

char *figure_csv_print(const struct figure_csv *row)
{
    const struct figure *f = &row->leaf->figure;
    bool has_figure = f->state == FIGURE_VALUE || f->state == FIGURE_PAIR || f->state == FIGURE_BARE;
    bool is_pair = f->state == FIGURE_PAIR;
    char value[CHISO_DECIMAL_CHARS + 1] = "", denominator[CHISO_DECIMAL_CHARS] = "", revision[16];
    size_t room = 1;
    if (has_figure) {
        size_t length = chiso_decimal_print(f->value, value);
        if (f->state == FIGURE_BARE)
            memcpy(value + length, "%", 2);
    }
    if (is_pair)
        chiso_decimal_print(f->denominator, denominator);
    (void)snprintf(revision, sizeof revision, "%u", row->leaf->revision);
    const char *const cells[REPORT_COLUMNS] = {row->unit, row->period, row->indicator, value, denominator,
        has_figure ? qualifier(f->qualifier) : "", is_pair ? qualifier(f->denominator_qualifier) : "",
        f->state == FIGURE_NOT_APPLICABLE ? "yes" : "", f->state == FIGURE_NONE ? "yes" : "", revision,
        row->source, row->note};
    for (size_t i = 0; i < REPORT_COLUMNS; i++)
        room += room_for(cells[i]);
    char *out = malloc(room + 2), *at = out;
    for (size_t i = 0; out && i < REPORT_COLUMNS; i++)
        at = put_cell(at, cells[i]);
    if (out)
        memcpy(at - 1, "\r\n", 3); /* over the last comma */
    return out;
}
