#include "core/csv.h"

#include "core/utf8.h"
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Reading a row takes two passes over its bytes: split() finds where the fields lie and changes nothing, so
 * that after a fault reading can go on at the next line; unquote() then makes the texts. */

static const char byte_order_mark[] = "\xEF\xBB\xBF";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Characters, not bytes: what a spreadsheet or an editor counts. */
static size_t characters(const char *from, const char *to)
{
    size_t count = 0;
    for (; from < to; from++)
        count += ((unsigned char)*from & 0xC0) != 0x80;
    return count;
}

/* Sets line and column of the first byte that is not text; false when there is none. */
static bool find_bad_byte(struct csv_reader *reader, struct chiso_message *why)
{
    const char *line_start = reader->bytes;
    reader->line = 1;
    for (size_t at = 0; at < reader->length;) {
        const char *byte = reader->bytes + at;
        size_t step = utf8_character(byte, reader->length - at);
        if (step == 0 || *byte == '\0') {
            reader->column = characters(line_start, byte) + 1;
            if (step == 0)
                chiso_message_set(
                    why, "byte 0x%02X is not UTF-8; save the file as UTF-8", (unsigned)(unsigned char)*byte);
            else
                chiso_message_set(why, "a NUL byte: this is not a text file");
            return true;
        }
        at += step;
        if (*byte == '\n') {
            reader->line++;
            line_start = byte + 1;
        }
    }
    return false;
}

/* The header decides: names hold neither character, so the one that stands there more often separates. */
static char find_separator(const char *bytes, size_t length)
{
    size_t commas = 0, semicolons = 0, others = 0;
    for (size_t i = 0; i < length && (bytes[i] != '\n' || others == 0); i++) {
        if (bytes[i] == ',')
            commas++;
        else if (bytes[i] == ';')
            semicolons++;
        else
            others += !is_blank(bytes[i]) && bytes[i] != '\r' && bytes[i] != '\n';
    }
    return semicolons > commas ? ';' : ',';
}

int csv_init(struct csv_reader *reader, const void *bytes, size_t length, struct chiso_message *why)
{
    const char *text = bytes;
    if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
        text += 3;
        length -= 3;
    }
    *reader = (struct csv_reader){.bytes = malloc(length + 1), .length = length, .line = 1};
    if (reader->bytes == NULL) {
        chiso_message_set(why, "no memory for a file of %zu bytes", length);
        return CHISO_ENOMEM;
    }
    if (length > 0)
        memcpy(reader->bytes, text, length);
    reader->bytes[length] = '\0';
    if (find_bad_byte(reader, why)) {
        free(reader->bytes);
        reader->bytes = NULL;
        return CHISO_EINVAL;
    }
    reader->line = 1;
    reader->separator = find_separator(reader->bytes, length);
    return CHISO_OK;
}

void csv_release(struct csv_reader *reader)
{
    free(reader->bytes);
    reader->bytes = NULL;
}

/* Where one field lies: [from, to), quotes included. */
struct extent {
    char *from, *to;
    size_t line, column;
    bool quoted;
};

struct scan {
    struct extent extents[CSV_COLUMNS_MAX];
    size_t count;
    char *at; /* behind what was read */
    size_t line; /* of AT */
    const char *mark; /* the place on that line whose column is known */
    size_t mark_column;
    char *fault; /* what is wrong, and its place */
    size_t fault_line, fault_column;
};

/* PLACE must lie on the current line, behind all places asked for before. */
static size_t column_of(struct scan *scan, const char *place)
{
    scan->mark_column += characters(scan->mark, place);
    scan->mark = place;
    return scan->mark_column;
}

static void fault_at_field(struct scan *scan, const struct extent *extent)
{
    scan->fault = extent->from;
    scan->fault_line = extent->line;
    scan->fault_column = extent->column;
}

static void fault_here(struct scan *scan, char *place)
{
    scan->fault = place;
    scan->fault_line = scan->line;
    scan->fault_column = column_of(scan, place);
}

/* At the end of a line or of the bytes? A CR belongs to the line end that it stands before. */
static bool at_line_end(const char *at)
{
    return *at == '\0' || *at == '\n' || (at[0] == '\r' && (at[1] == '\n' || at[1] == '\0'));
}

static int scan_quoted(struct scan *scan, struct extent *extent, struct chiso_message *why)
{
    char *at = extent->from + 1;
    for (size_t content = 0; at[0] != '"' || at[1] == '"'; at++, content++) {
        if (*at == '\0' || content == CSV_FIELD_BYTES_MAX) {
            fault_at_field(scan, extent);
            if (*at == '\0')
                chiso_message_set(why, "the quote opened here is never closed");
            else
                chiso_message_set(why, "the field is longer than %d bytes", CSV_FIELD_BYTES_MAX);
            return CHISO_EINVAL;
        }
        at += *at == '"';
        if (*at == '\n') {
            scan->line++;
            scan->mark = at + 1;
            scan->mark_column = 1;
        }
    }
    extent->quoted = true;
    extent->to = ++at;
    while (is_blank(*at))
        at++;
    scan->at = at;
    return CHISO_OK;
}

/* Behind a closing quote only a separator or the line end may stand. In a field of several lines it is the
 * opening quote that is wrong more often than the closing one. */
static int check_behind_quote(
    struct scan *scan, const struct extent *extent, char separator, struct chiso_message *why)
{
    if (*scan->at == separator || at_line_end(scan->at))
        return CHISO_OK;
    if (scan->line == extent->line) {
        fault_here(scan, scan->at);
        chiso_message_set(why, "text behind the closing quote; write \"\" for a quote inside the field");
    } else {
        size_t closed = scan->line;
        fault_at_field(scan, extent);
        chiso_message_set(why, "the quote opened here closes on line %zu with text behind it", closed);
    }
    return CHISO_EINVAL;
}

static int scan_plain(struct scan *scan, struct extent *extent, char separator, struct chiso_message *why)
{
    char *at = extent->from;
    for (; *at != separator && !at_line_end(at); at++) {
        if (*at != '"')
            continue;
        fault_here(scan, at);
        chiso_message_set(why, "a quote inside a field; put the whole field in quotes and write \"\" for it");
        return CHISO_EINVAL;
    }
    extent->to = at;
    while (extent->to > extent->from && is_blank(extent->to[-1]))
        extent->to--;
    if (extent->to - extent->from > CSV_FIELD_BYTES_MAX) {
        fault_at_field(scan, extent);
        chiso_message_set(why, "the field is longer than %d bytes", CSV_FIELD_BYTES_MAX);
        return CHISO_EINVAL;
    }
    scan->at = at;
    return CHISO_OK;
}

static int scan_field(struct scan *scan, char separator, struct chiso_message *why)
{
    while (is_blank(*scan->at))
        scan->at++;
    if (scan->count == CSV_COLUMNS_MAX) {
        fault_here(scan, scan->at);
        chiso_message_set(why, "more than %d columns", CSV_COLUMNS_MAX);
        return CHISO_EINVAL;
    }
    struct extent *extent = &scan->extents[scan->count++];
    *extent = (struct extent){.from = scan->at, .line = scan->line, .column = column_of(scan, scan->at)};
    if (*scan->at != '"')
        return scan_plain(scan, extent, separator, why);
    int error = scan_quoted(scan, extent, why);
    return error != CHISO_OK ? error : check_behind_quote(scan, extent, separator, why);
}

/* Finds the fields of the row that SCAN->at begins with; leaves it at the line end. */
static int scan_row(struct scan *scan, char separator, struct chiso_message *why)
{
    for (;;) {
        int error = scan_field(scan, separator, why);
        if (error != CHISO_OK || *scan->at != separator)
            return error;
        scan->at++;
    }
}

/* Makes the field's text in place: quotes undone, NUL behind it. Never longer than what was scanned; the NUL
 * falls on the closing quote, a blank, the separator or the line end. */
static void unquote(const struct extent *extent, struct csv_field *field)
{
    char *to = extent->from;
    if (extent->quoted) {
        for (const char *from = extent->from + 1; from < extent->to - 1; from++) {
            from += *from == '"';
            *to++ = *from;
        }
    } else {
        to = extent->to;
    }
    *to = '\0';
    field->text = extent->from;
    field->length = (size_t)(to - extent->from);
}

/* Spreadsheets write lines of separators only where rows were cleared. */
static bool is_blank_row(const struct scan *scan)
{
    for (size_t i = 0; i < scan->count; i++)
        if (scan->extents[i].quoted || scan->extents[i].to > scan->extents[i].from)
            return false;
    return true;
}

/* Steps over the rest of the line that AT is on. */
static char *next_line(char *at)
{
    while (*at != '\0' && *at != '\n')
        at++;
    return at + (*at == '\n');
}

int csv_next(struct csv_reader *reader, struct csv_row *row, struct chiso_message *why)
{
    struct scan scan;
    size_t line;
    do {
        if (reader->at == reader->length)
            return 0;
        line = reader->line;
        char *start = reader->bytes + reader->at;
        scan.count = 0;
        scan.at = start;
        scan.line = line;
        scan.mark = start;
        scan.mark_column = 1;
        int error = scan_row(&scan, reader->separator, why);
        reader->at = (size_t)(next_line(error == CHISO_OK ? scan.at : scan.fault) - reader->bytes);
        reader->line = (error == CHISO_OK ? scan.line : scan.fault_line) + 1;
        if (error != CHISO_OK) {
            *row = (struct csv_row){.line = scan.fault_line, .fields = {{.text = ""}}};
            row->fields[0].column = scan.fault_column;
            return error;
        }
    } while (is_blank_row(&scan));

    row->line = line;
    row->count = scan.count;
    for (size_t i = 0; i < scan.count; i++) {
        unquote(&scan.extents[i], &row->fields[i]);
        row->fields[i].column = scan.extents[i].column;
    }
    return 1;
}

int csv_header(const struct csv_row *header, const char *const names[], size_t count, int position[],
    size_t *column, struct chiso_message *why)
{
    int found[CSV_COLUMNS_MAX];
    assert(count <= CSV_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++)
        found[i] = -1;
    for (size_t at = 0; at < header->count; at++) {
        const char *name = header->fields[at].text;
        size_t i = 0;
        while (i < count && strcmp(name, names[i]) != 0)
            i++;
        if (i == count || found[i] >= 0) {
            *column = header->fields[at].column;
            if (*name == '\0')
                chiso_message_set(why, "column %zu has no name", at + 1);
            else if (i == count)
                chiso_message_set(why, "unknown column \"%s\"", name);
            else
                chiso_message_set(why, "column \"%s\" stands twice", name);
            return CHISO_EINVAL;
        }
        found[i] = (int)at;
    }
    memcpy(position, found, count * sizeof found[0]);
    return CHISO_OK;
}

bool csv_needs_guard(const char *text)
{
    text += strspn(text, "'");
    return *text && strchr("=+-@\t", *text);
}

bool csv_is_guarded(const char *text)
{
    return *text == '\'' && csv_needs_guard(text);
}
