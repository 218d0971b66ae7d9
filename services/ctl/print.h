/* What commands print alike: tables as wide as the terminal, rows of figures, JSON. */
#ifndef CTL_PRINT_H
#define CTL_PRINT_H

#include "core/outlook.h"
#include "core/row.h"
#include "core/table.h"
#include "gaps.h"
#include "session.h"

/* Prints and frees TABLE; EXIT_OK, or EXIT_RUNTIME without memory. At most 120 columns, or the terminal's. */
int print_table(const struct session *session, struct table *table);
/* Prints VALUE (taken over; NULL: no memory) on standard output with a line end. */
int print_json(const struct session *session, json_t *value);

/* ---- figures: mark, name, period, value, target, position, completeness ---- */

struct table *figure_table_new(const struct session *session);
struct figure_line {
    const struct row *row; /* NULL: only the name */
    const char *name;
    int indent; /* levels and units stand below their indicator */
    bool synthetic; /* rests on synthetic data: marked */
};
void figure_table_add(const struct session *session, struct table *table, const struct figure_line *line);
/* A line below it with the same window a year before and the change since; nothing where there is none. */
void figure_table_add_year_before(
    const struct session *session, struct table *table, const struct row *row, int indent);
/* A line below it that says which definition its figure, or its target, does not share; or nothing. */
void figure_table_add_redefined(
    const struct session *session, struct table *table, const struct row *row, int indent);
/* A line below a restated figure with what it was when the period was closed (fill_values_at_closing). */
void figure_table_add_closing(
    const struct session *session, struct table *table, const struct row *row, int indent);
/* A dim line of four cells below it. */
void figure_table_add_cells(
    struct table *table, const char *name, const char *period, const char *value, const char *target);
/* Lines below it with the projected landing and the pace of its outlook; why there is no projection. */
void figure_table_add_outlook(const struct session *session, struct table *table, const struct row *row,
    const struct outlook *outlook, int indent);
/* What the marks mean, one line each for those that stand in the table. */
struct figure_notes {
    bool synthetic, partial, restated;
};
void figure_notes_of(const struct figure_line *line, struct figure_notes *notes);
void print_figure_notes(const struct session *session, const struct figure_notes *notes);

/* ---- closed periods ---- */

/* Fills in what the restated ones among ROWS were when they were closed. SESSION_ON, or an exit status with the
 * reason printed. */
int fill_values_at_closing(const struct session *session, struct row *rows, size_t count);
/* That figure in words. */
void value_at_closing_text(const struct session *session, const struct row *row, char *out, size_t capacity);
/* "This period (statistical calendar) was closed by … at …", where it was. */
void print_closing(const struct session *session, const struct row *row);

/* "mức hoàn thành chỉ tiêu năm 2025: 75,0% (đánh giá được 2/4)": UNIT's default score in PILLAR
 * (core/attainment.h); "" where no target is decided. CHISO_ERANGE: a total overflows. */
int pillar_score_text(const struct session *session, uint32_t unit, uint32_t pillar,
    struct chiso_period period, char *out, size_t capacity);

/* ---- reports that are missing ---- */

struct table *gaps_table(const struct session *session, const struct gaps *gaps);
json_t *gaps_json(const struct session *session, const struct gaps *gaps); /* NULL: no memory */

/* ---- words ---- */

/* "cấp xã", "communes". */
const char *level_name(const struct session *session, int level);
const char *position_text(const struct session *session, enum position position);
/* The row's position; a report past its deadline is overdue for whoever looks, also where there is no target
 * to miss. */
enum position shown_position(const struct session *session, const struct row *row);
/* Of what is wrong with this severity, for the left margin. */
const char *severity_mark(enum severity severity);
enum table_style severity_style(enum severity severity);
/* Behind, missed, overdue are bad; at risk and what cannot be told are warnings. */
enum table_style position_style(enum position position);

/* A period for a table: "quý 1/2025", "01/01–11/11/2024". */
void period_text(
    const struct session *session, struct chiso_period period, char out[CHISO_PERIOD_TEXT_BYTES]);
/* ", số liệu lúc …" where --as-of was given, else nothing. */
void print_as_of(const struct session *session);
/* ", địa giới ngày 01/07/2025" where --boundaries was given, else nothing. */
void print_boundaries(const struct session *session, const struct question *question);
/* "08/04/2025 17:00" in Vietnam; "" for 0. */
#define INSTANT_TEXT_BYTES 24
void instant_text(chiso_instant_ms instant, char out[INSTANT_TEXT_BYTES]);
/* The same for JSON: RFC 3339 or null. */
json_t *instant_json(chiso_instant_ms instant);
json_t *period_json(struct chiso_period period);
/* The time of --as-of; null: now. */
json_t *as_of_json(const struct session *session);

#endif
