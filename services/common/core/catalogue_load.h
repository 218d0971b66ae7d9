/* Loading: files become tables of cells, tables become the catalogue, and whatever is wrong becomes a finding
 * with its place. A fault never stops the loading: a clerk sees all of them at once. Only memory does. */
#ifndef CORE_CATALOGUE_LOAD_H
#define CORE_CATALOGUE_LOAD_H

#include "core/catalogue_private.h"
#include "core/csv.h"

struct column {
    const char *name;
    bool required; /* the header must name it; whether a cell may be empty is the row's matter */
};

struct table_spec {
    const char *file;
    const struct column *columns;
    size_t column_count;
    bool required;
};

struct cell {
    const char *text;
    uint32_t length, column; /* column 0: the file does not have it */
};

struct record {
    size_t line;
    struct cell *cells; /* in the order of the spec's columns */
};

struct table {
    const struct table_spec *spec;
    struct record *records;
    size_t count, capacity;
    bool present;
    bool broken; /* unreadable: references into it are not reported */
    char point; /* further sign of a decimal fraction beside '.'; '\0': none */
    struct csv_reader reader;
};

enum table_id {
    TABLE_UNITS,
    TABLE_SUCCESSIONS,
    TABLE_PILLARS,
    TABLE_INDICATORS,
    TABLE_OBLIGATIONS,
    TABLE_MILESTONES,
    TABLE_TARGETS,
    TABLE_INDICES,
    TABLE_COMPONENTS,
    TABLE_RULES,
    TABLE_HOLIDAYS,
    TABLE_PUBLISHERS,
    TABLE_CONTACTS,
};
#define TABLES 13

/* One row of milestones.csv. */
struct milestone_row {
    uint32_t indicator, unit;
    int kind; /* an enum unit_kind, -1 when empty */
    struct milestone milestone;
    size_t line;
    bool used; /* by a target */
};

struct loader {
    struct catalogue *catalogue;
    struct catalogue_findings *findings;
    struct memory scratch; /* until the end of loading */
    struct table tables[TABLES];
    bool out_of_memory;
    uint32_t *row_record; /* record of units.csv that each of the catalogue's rows came from */
    bool *unit_flawed; /* a row of this code was dropped: what it lacks may be there */
    bool *indicator_flawed;
    uint32_t *definition_record;
    size_t components_flawed; /* rows of index_components.csv that were dropped */
    struct milestone_row *milestone_rows; /* by indicator, unit, kind, day */
    struct milestone *milestones; /* the same order, kept */
    size_t milestone_count;
    uint32_t *subtree_kinds; /* by unit: bits of the kinds at or under it on any day */
};

/* One word of a list in a cell. */
struct word {
    const char *text; /* no NUL behind it */
    size_t length, column;
};

/* Where loading stands: one row of one table. FLAWED once an error was found in it. */
struct cursor {
    struct loader *loader;
    const struct table *table;
    const struct record *record;
    bool flawed;
};

/* ---- findings (catalogue_findings.c) ---- */
void finding_add(struct loader *loader, const char *file, size_t line, size_t column, bool warning,
    const char *format, ...) __attribute__((format(printf, 6, 7)));
void findings_sort(struct catalogue_findings *findings, size_t first);

/* ---- tables (catalogue_table.c) ---- */
extern const struct table_spec *const table_specs[TABLES];
int tables_read(struct loader *loader, const struct catalogue_file files[], size_t count);
void tables_release(struct loader *loader);

/* ---- cells (catalogue_cells.c) ---- */
struct cursor cursor_at(struct loader *loader, enum table_id table, size_t record);
const struct cell *cell_at(const struct cursor *cursor, int column);
bool cell_is_empty(const struct cursor *cursor, int column);
/* An error, or a warning, at a cell (at the row's first column when the file lacks the cell's). */
void fault(struct cursor *cursor, int column, const char *format, ...) __attribute__((format(printf, 3, 4)));
void fault_word(struct cursor *cursor, const struct word *word, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void caution(struct cursor *cursor, int column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Each returns false after a fault; an empty cell leaves *OUT and is no fault. */
bool take_day(struct cursor *cursor, int column, chiso_day *out);
bool take_validity(struct cursor *cursor, int from_column, int to_column, chiso_day *from, chiso_day *to);
bool take_choice(struct cursor *cursor, int column, const char *const names[], size_t count, int *out);
bool take_integer(struct cursor *cursor, int column, int min, int max, int *out);
bool take_decimal(struct cursor *cursor, int column, struct chiso_decimal *out);
/* Optional text, "" when empty: no control characters, at most MAX bytes. NULL: no memory. */
const char *take_text(struct cursor *cursor, int column, size_t max);
/* The same, and it may not be empty. */
const char *take_required_text(struct cursor *cursor, int column, size_t max);
/* Fault unless the cell is filled. */
bool need(struct cursor *cursor, int column);
/* References: an empty cell is a fault. */
bool take_unit(struct cursor *cursor, int column, uint32_t *out);
bool take_indicator(struct cursor *cursor, int column, uint32_t *out);

/* Words of a list cell, separated by blanks: AT walks, false at the end. */
bool next_word(const struct cell *cell, size_t *at, struct word *out);

/* The two sets of characters that names for machines have. */
bool is_code(const char *text, size_t length, size_t max); /* A-Z a-z 0-9 . _ - */
bool is_id(const char *text, size_t length, size_t max); /* a-z 0-9 _ . */

/* Copies into the catalogue's memory; notes when there is none. */
const char *keep(struct loader *loader, const char *text, size_t length);
/* Memory of the catalogue, and memory until the end of loading; NULL is noted. */
void *take_kept(struct loader *loader, size_t count, size_t size);
void *take_scratch(struct loader *loader, size_t count, size_t size);
/* A role that some unit has, as its one pointer; NULL: none has it. */
const char *find_role(const struct loader *loader, const char *text, size_t length);
/* day … year or none. */
bool take_cadence_window(
    struct cursor *cursor, int column, const char *text, size_t length, enum chiso_period_kind *out);

/* ---- reported_by and whole_by (catalogue_reporters.c) ---- */
void take_reporters(struct cursor *cursor, int column, const struct reporter **out, size_t *count);
/* Rules between the two lists of a definition, and between whole_by and the units. */
void check_reporters(struct cursor *cursor, int whole_by, const struct indicator *indicator);
void check_wholes(struct loader *loader);

/* The milestones of TARGET's indicator, unit and kind before its due date (catalogue_milestones.c). */
void milestones_of(struct loader *loader, struct target *target);

/* Sorted copies are found again by this: a (key, place) pair. */
struct keyed {
    uint64_t key;
    uint32_t place;
};
int compare_keyed(const void *a, const void *b);

/* ---- steps, in this order (one file each) ---- */
void load_units(struct loader *loader);
void load_successions(struct loader *loader);
void load_pillars(struct loader *loader);
void load_indicators(struct loader *loader);
void load_obligations(struct loader *loader);
void load_indices(struct loader *loader);
void load_components(struct loader *loader);
void load_rules(struct loader *loader);
void load_holidays(struct loader *loader);
void load_milestones(struct loader *loader);
void load_targets(struct loader *loader);
void check_milestones(struct loader *loader);
void load_publishers(struct loader *loader);
void load_contacts(struct loader *loader);

#endif
