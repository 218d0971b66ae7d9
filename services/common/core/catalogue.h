/* The catalogue (files and columns: catalogue_table.c): units, successions, publishers, pillars, indicators, obligations, targets,
 * indices, rules, holidays, contacts. Loaded and checked as a whole from file bytes; immutable afterwards; all lookups are
 * pure.
 *
 * Units, indicators, pillars and roles are dense indexes into arrays; CATALOGUE_NONE means "no such". A unit
 * index is a *code*; which unit (name, kind, parent) a code means depends on the day: catalogue_unit_at. */
#ifndef CORE_CATALOGUE_H
#define CORE_CATALOGUE_H

#include <chiso/decimal.h>
#include <chiso/error.h>
#include <chiso/period.h>
#include <stdbool.h>
#include <stdint.h>

#define CATALOGUE_NONE UINT32_MAX
/* Limits: several times the country (3,321 communes, 34 provinces, history included). */
#define CATALOGUE_FILES_MAX 16
#define CATALOGUE_FILE_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define CATALOGUE_UNITS_MAX 60000
#define CATALOGUE_INDICATORS_MAX 2000
/* Levels from the nation down, and slack for organisations under organisations. A walk towards the root stops
 * there, so that no mistake in units.csv makes one endless. */
#define CATALOGUE_DEPTH_MAX 8

enum unit_kind {
    UNIT_NATION,
    UNIT_PROVINCE,
    UNIT_DISTRICT,
    UNIT_COMMUNE,
    UNIT_DEPARTMENT,
    UNIT_ORGANISATION
};
#define UNIT_KINDS 6
extern const char *const unit_kind_names[UNIT_KINDS]; /* "nation" … */

enum measure {
    MEASURE_RATIO,
    MEASURE_RATE,
    MEASURE_DISTINCT,
    MEASURE_COUNT,
    MEASURE_AMOUNT,
    MEASURE_MEAN,
    MEASURE_MIN,
    MEASURE_MAX,
    MEASURE_SHARE,
    MEASURE_INDEX,
    MEASURE_RANK,
};
enum across_time {
    ACROSS_NONE,
    ACROSS_SUM,
    ACROSS_LAST,
    ACROSS_CUMULATIVE,
    ACROSS_MEAN,
    ACROSS_EXTREME,
    ACROSS_FLOW_OVER_STOCK,
};
extern const char *const calendar_names[2]; /* "statistical", "administrative" */
extern const char *const measure_names[11];
extern const char *const across_time_names[7];
enum direction { DIRECTION_NONE, DIRECTION_UP, DIRECTION_DOWN };
enum zero_denominator { ZERO_NOT_APPLICABLE, ZERO_ZERO, ZERO_FULL };

/* One row of units.csv. */
struct unit_row {
    uint32_t code; /* index into units */
    uint32_t parent; /* unit index, CATALOGUE_NONE for the nation */
    chiso_day from, to; /* last valid day included */
    enum unit_kind kind;
    const char *role; /* "" when none */
    const char *name_vi, *name_en;
    uint32_t identity; /* rows of one identity are one unit that changed name, kind or parent (S5) */
};

/* A unit between its foundation and its end. */
struct unit_identity {
    uint32_t code;
    chiso_day from, to;
    bool succeeded; /* a succession ended it */
    uint32_t became; /* the identity it wholly passed into; CATALOGUE_NONE: none, or several in parts */
    size_t split_count; /* days on which a succession, or a move to another province, touches it or a unit
                           below it, ascending: no total is stored */
    chiso_day *splits; /* for a window with first < split ≤ last (S2 "A receipt covers …") */
};

/* One row of successions.csv: OLD_IDENTITY, valid until the day before DATE, passed wholly or in part into
 * NEW_IDENTITY, valid from DATE. */
struct succession {
    chiso_day date;
    uint32_t old_identity, new_identity;
    bool whole;
};

/* An entry of reported_by / whole_by: a kind, or kind:role. */
struct reporter {
    enum unit_kind kind;
    const char *role; /* "" for every role */
};

struct cadence {
    enum chiso_period_kind window; /* NONE: owes nothing */
    bool intervals; /* "+interval" */
};

/* One version of an indicator's definition. */
struct indicator {
    uint32_t id_index;
    const char *id;
    chiso_day valid_from, valid_to; /* to: the day before the next version */
    uint32_t pillar;
    const char *name_vi, *name_en, *unit_label_vi, *unit_label_en, *definition, *legal_basis;
    enum measure measure;
    enum across_time across_time;
    struct chiso_decimal factor; /* printed = factor × n/d */
    uint8_t decimals, input_decimals;
    bool has_minimum; /* minimum is 0 */
    struct chiso_decimal about_tolerance; /* per cent */
    enum direction direction;
    enum chiso_calendar calendar;
    enum zero_denominator zero_denominator;
    size_t reported_by_count, whole_by_count;
    const struct reporter *reported_by, *whole_by;
    struct cadence cadence;
    int due_working_days; /* -1: no deadline */
    uint32_t
        level_kinds; /* bit (1 << kind): every kind that may report; >= 2 bits: indicator@kind totals exist */
    size_t line; /* in indicators.csv */
};

struct pillar {
    const char *id, *name_vi, *name_en;
    int order;
};

/* One row of obligations.csv that holds for a unit, or the indicator's own line. */
struct obligation {
    enum chiso_period_kind cadence; /* NONE: exempt */
    int due_working_days; /* -1: no deadline */
    chiso_day from, to;
    bool named; /* by a row of obligations.csv */
};

enum target_scope { TARGET_UNIT, TARGET_EACH, TARGET_LEVEL };
enum target_shape {
    TARGET_AT_LEAST,
    TARGET_ABOVE,
    TARGET_AT_MOST,
    TARGET_BELOW,
    TARGET_BETWEEN,
    TARGET_MAINTAIN,
    TARGET_DONE_BY,
    TARGET_INCREASE_EACH_YEAR,
};
enum target_curve { CURVE_LINEAR, CURVE_HOLD, CURVE_DUE, CURVE_STEPS, CURVE_CUMULATIVE };
/* One row of milestones.csv: from DAY on VALUE is expected, in the printed unit. */
struct milestone {
    chiso_day day;
    struct chiso_decimal value;
};
struct tolerance {
    struct chiso_decimal value;
    bool percent; /* of |T - b|, without a baseline of |T| */
};
struct target {
    uint32_t indicator, unit;
    enum target_scope scope;
    enum unit_kind unit_kind; /* for each and level */
    enum target_shape shape;
    struct chiso_decimal value, value_high; /* printed unit */
    bool has_value, has_value_high, has_baseline, year_to_date, forecast;
    struct chiso_decimal baseline;
    chiso_day baseline_date; /* CHISO_DAY_FIRST when empty */
    chiso_day due; /* CHISO_DAY_LAST when empty */
    enum target_curve curve;
    const struct milestone *milestones; /* of the curve steps, by day, all before the due date */
    size_t milestone_count;
    chiso_day start; /* S of the curve cumulative: the baseline's date, else the first day of the due year */
    struct tolerance amber, red;
    const char *source;
    size_t line; /* in targets.csv */
};

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };
#define SEVERITIES 3
extern const char *const severity_names[SEVERITIES]; /* "info" … */
struct contact {
    uint32_t unit;
    const char *post, *name_vi, *language /* vi, en */, *channel /* mail */, *address;
    enum severity min_severity;
    int escalate_after_hours; /* 0: never */
};

struct catalogue; /* opaque */

/* One file of the folder, by its name without path. */
struct catalogue_file {
    const char *name;
    const void *bytes;
    size_t length;
};

/* One finding: "indicators.csv:12:5: …". Warnings do not make a catalogue unusable. What concerns a whole
 * file stands at its line 1, column 1. */
#define CATALOGUE_FILE_NAME_BYTES 64
struct catalogue_finding {
    char file[CATALOGUE_FILE_NAME_BYTES];
    size_t line, column;
    bool warning;
    char text[CHISO_MESSAGE_BYTES];
};
struct catalogue_findings {
    size_t count, errors, capacity;
    size_t omitted; /* findings beyond CATALOGUE_FINDINGS_MAX, counted only */
    struct catalogue_finding *list; /* at most CATALOGUE_FINDINGS_MAX */
};
#define CATALOGUE_FINDINGS_MAX 1000
void catalogue_findings_release(struct catalogue_findings *findings);
/* "file:line:column: error: text" or "…: warning: text" in LANGUAGE, without a line end. Vietnamese letters
 * take up to three bytes. */
#define CATALOGUE_FINDING_CHARS (2 * CHISO_MESSAGE_BYTES + CATALOGUE_FILE_NAME_BYTES + 64)
void catalogue_finding_print(
    const struct catalogue_finding *finding, const char *language, char out[CATALOGUE_FINDING_CHARS]);
/* What check-catalogue says in LANGUAGE "vi" or "en": every finding on a line of its own, then a line that counts
 * them. malloc'ed; NULL without memory. */
char *catalogue_findings_text(const struct catalogue_findings *findings, const char *language);

/* Checks and loads. *OUT is set only when there is no error; all findings are appended in file and line order
 * in any case. CHISO_EINVAL: there were errors. CHISO_ENOMEM. Copies what it keeps. */
int catalogue_load(const struct catalogue_file files[], size_t count, struct catalogue **out,
    struct catalogue_findings *findings);
/* The same with a limit on the memory taken; CHISO_ENOMEM beyond it. catalogue_load allows
 * CATALOGUE_MEMORY_MAX. */
#define CATALOGUE_MEMORY_MAX ((size_t)1 << 30)
int catalogue_load_within(size_t memory_max, const struct catalogue_file files[], size_t count,
    struct catalogue **out, struct catalogue_findings *findings);
void catalogue_free(struct catalogue *catalogue); /* accepts NULL */

/* ---- units ---- */
uint32_t catalogue_unit_count(const struct catalogue *catalogue);
uint32_t catalogue_unit_find(const struct catalogue *catalogue, const char *code); /* CATALOGUE_NONE */
const char *catalogue_unit_code(const struct catalogue *catalogue, uint32_t unit);
/* The row of UNIT that is valid on DAY, or NULL. */
const struct unit_row *catalogue_unit_at(const struct catalogue *catalogue, uint32_t unit, chiso_day day);
/* All rows of UNIT in order of from. */
const struct unit_row *catalogue_unit_rows(const struct catalogue *catalogue, uint32_t unit, size_t *count);
const struct unit_identity *catalogue_identity(const struct catalogue *catalogue, uint32_t identity);
uint32_t catalogue_identity_count(const struct catalogue *catalogue);
/* Successions that end IDENTITY, and those that begin it. */
const struct succession *catalogue_successions_from(
    const struct catalogue *catalogue, uint32_t identity, size_t *count);
const struct succession *catalogue_successions_into(
    const struct catalogue *catalogue, uint32_t identity, size_t *count);
/* The row of ROW's parent on DAY; NULL: none. */
const struct unit_row *catalogue_parent_at(
    const struct catalogue *catalogue, const struct unit_row *row, chiso_day day);
/* Rows that have UNIT as parent on any day, grouped; the caller filters by day with unit_row_valid. */
const struct unit_row *const *catalogue_child_rows(
    const struct catalogue *catalogue, uint32_t unit, size_t *count);
static inline bool unit_row_valid(const struct unit_row *row, chiso_day day)
{
    return row->from <= day && day <= row->to;
}
/* True when some unit has UNIT as its parent on DAY. */
bool catalogue_has_children(const struct catalogue *catalogue, uint32_t unit, chiso_day day);
/* The province of UNIT on DAY (itself included); CATALOGUE_NONE for the nation or an invalid unit. */
uint32_t catalogue_province_at(const struct catalogue *catalogue, uint32_t unit, chiso_day day);
/* All unit indexes that belong to PROVINCE on any day, ascending, PROVINCE included. */
const uint32_t *catalogue_province_units(const struct catalogue *catalogue, uint32_t province, size_t *count);
/* All unit indexes that are a province on any day, ascending by code. */
const uint32_t *catalogue_provinces(const struct catalogue *catalogue, size_t *count);
/* Is UNIT (CATALOGUE_NONE: no) one of them? */
bool catalogue_is_province(const struct catalogue *catalogue, uint32_t unit);
/* The sentence for a unit without a row on DAY: never existed, not yet, or "unit 35 ended on 30/06/2025; use
 * 2025-H1". */
void catalogue_explain_invalid_unit(const struct catalogue *catalogue, const char *code,
    struct chiso_period period, enum chiso_calendar calendar, struct chiso_message *why);

/* ---- publishers ---- */
/* May PUBLISHER report for UNIT, PERIOD's last day DAY? Its own code, a listed code, or all units under 35 on
 * that day (35 itself not included) where the cell says "35/" and a star. */
bool catalogue_publisher_may(
    const struct catalogue *catalogue, const char *publisher, uint32_t unit, chiso_day day);

/* ---- pillars and indicators ---- */
uint32_t catalogue_pillar_count(const struct catalogue *catalogue);
const struct pillar *catalogue_pillar(
    const struct catalogue *catalogue, uint32_t pillar); /* in their order */
uint32_t catalogue_pillar_find(const struct catalogue *catalogue, const char *id);
uint32_t catalogue_indicator_count(const struct catalogue *catalogue);
uint32_t catalogue_indicator_find(const struct catalogue *catalogue, const char *id);
/* The definition in force on DAY; NULL before the first version. */
const struct indicator *catalogue_indicator_at(
    const struct catalogue *catalogue, uint32_t indicator, chiso_day day);
/* The newest version; never NULL for a valid index. measure, across_time and calendar are the same in all
 * versions. */
const struct indicator *catalogue_indicator(const struct catalogue *catalogue, uint32_t indicator);

/* ---- who reports what ---- */
enum reporting_part { REPORTS_NOTHING, REPORTS_PART, REPORTS_WHOLE };
/* What ROW's unit is for the indicator on DAY: a part (reported_by, or named by an obligation), or one that
 * may speak for the whole (whole_by; *WHOLE_ORDER, may be NULL, is its place there). */
enum reporting_part catalogue_reporting(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct unit_row *row, chiso_day day, size_t *whole_order);
/* The obligation of ROW's unit for the indicator on DAY (S2 Details: the most specific row of
 * obligations.csv, otherwise the indicator's own line for units in reported_by or whole_by); cadence NONE
 * when it owes nothing. */
struct obligation catalogue_obligation(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct unit_row *row, chiso_day day);
/* The shortest window that ROW's unit may report on DAY: the cadence, or what it owes where that is shorter;
 * NONE: any. */
enum chiso_period_kind catalogue_shortest(const struct catalogue *catalogue,
    const struct indicator *indicator, const struct unit_row *row, chiso_day day);

/* Is the answer the same on every day from FIRST to LAST, days of ROW and of INDICATOR's version? False also where
 * that is not known. */
bool catalogue_obligation_lasts(const struct catalogue *catalogue, const struct indicator *indicator,
    const struct unit_row *row, chiso_day first, chiso_day last);

/* The lengths of window in which somebody owes INDICATOR at some time, by its definitions and obligations: bit
 * (1 << enum chiso_period_kind). Spares looking for windows that nobody owes. */
unsigned catalogue_cadences(const struct catalogue *catalogue, uint32_t indicator);

/* ---- targets, days, contacts ---- */
/* All targets of INDICATOR, any scope, in file order. */
const struct target *const *catalogue_targets(
    const struct catalogue *catalogue, uint32_t indicator, size_t *count);
bool catalogue_is_working_day(const struct catalogue *catalogue, chiso_day day);
/* The day that is N working days after DAY (n >= 0; 0 is DAY itself). */
chiso_day catalogue_add_working_days(const struct catalogue *catalogue, chiso_day day, int n);
/* Working days after FROM, up to and including TO. */
int catalogue_working_days(const struct catalogue *catalogue, chiso_day from, chiso_day to);
/* The hour in Vietnam at which reports become overdue (STATISTICS S7). */
#define CATALOGUE_DEADLINE_HOUR 17
/* That hour, N (>= 0) working days after LAST. */
chiso_instant_ms catalogue_deadline(const struct catalogue *catalogue, chiso_day last, int n);
/* Time alone changes positions twice a day: windows end at midnight, deadlines pass at their hour. Between
 * two instants with the same number nothing changes without a report. */
int64_t catalogue_time_slot(chiso_instant_ms now);
const struct contact *catalogue_contacts(const struct catalogue *catalogue, size_t *count);

#endif
