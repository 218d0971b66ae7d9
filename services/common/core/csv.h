/* CSV as people's spreadsheets write it: UTF-8 with or without BOM, ',' or ';' separated (decided by the
 * header line), quoted fields with "" inside, LF or CRLF. Pure: bytes in, rows out, every fault with line and
 * column. */
#ifndef CORE_CSV_H
#define CORE_CSV_H

#include <chiso/error.h>
#include <stdbool.h>
#include <stddef.h>

#define CSV_COLUMNS_MAX 64
#define CSV_FIELD_BYTES_MAX 4096

struct csv_field {
    const char *text; /* NUL-terminated, unquoted, surrounding blanks trimmed when it was not quoted */
    size_t length;
    size_t column; /* 1-based character column where the field starts */
};

struct csv_row {
    size_t line; /* 1-based line where the row starts */
    size_t count;
    struct csv_field fields[CSV_COLUMNS_MAX];
};

struct csv_reader {
    char *bytes; /* private copy that is unquoted in place */
    size_t length, at, line;
    size_t column; /* with line: the faulty byte that csv_init refused */
    char separator;
};

/* Copies BYTES. CHISO_EINVAL: not UTF-8 or a NUL byte; READER->line and READER->column say where, nothing is
 * to be released. CHISO_ENOMEM. */
int csv_init(struct csv_reader *reader, const void *bytes, size_t length, struct chiso_message *why);
/* 1: a row; 0: end; CHISO_EINVAL: a faulty row (stray quote, too many columns, too long), WHY says what,
 * ROW->line and ROW->fields[0].column where, ROW->count is 0; the next call reads on with the next line.
 * Blank lines, and those of separators only that spreadsheets leave, are skipped. Fields live until
 * csv_release. */
int csv_next(struct csv_reader *reader, struct csv_row *row, struct chiso_message *why);
void csv_release(struct csv_reader *reader);

/* Maps header names to positions: POSITION[i] = column of NAMES[i] in HEADER, or -1. Every header name must
 * be one of NAMES, at most once. CHISO_EINVAL: WHY names the unknown or repeated column; *COLUMN its place.
 */
int csv_header(const struct csv_row *header, const char *const names[], size_t count, int position[],
    size_t *column, struct chiso_message *why);

/* Spreadsheets run what begins with = + - @ or a tab, and show what has an apostrophe before that as text. So
 * whoever writes a table puts one before such a TEXT (and before one that only lacks it), and whoever reads figures
 * takes it away where it stands. */
bool csv_needs_guard(const char *text);
bool csv_is_guarded(const char *text);

#endif
