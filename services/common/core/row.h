/* One figure as it is shown: in chisoctl, in snapshots, in alerts, on dashboards (`chisoctl get --json` prints all of it). */
#ifndef CORE_ROW_H
#define CORE_ROW_H

#include "core/position.h"
#include "core/rule.h"
#include "core/year_before.h"
#include <jansson.h>

#define ROW_NUMBER_CHARS 128
/* Violated rules that one figure names. */
#define ROW_VIOLATIONS_MAX 8

enum row_state { ROW_NOT_REPORTED, ROW_REPORTED, ROW_PARTIAL, ROW_BARE, ROW_NOT_APPLICABLE };
extern const char *const row_state_names[5]; /* "not_reported" … */

/* Texts are decimal numbers with '.', "n/d" where not finite, "" where there is none. */
struct row_numbers {
    enum row_state state;
    char value[ROW_NUMBER_CHARS]; /* printed figure, factor and rounding applied */
    char numerator[ROW_NUMBER_CHARS], denominator[ROW_NUMBER_CHARS];
    char low[ROW_NUMBER_CHARS], high[ROW_NUMBER_CHARS]; /* printed unit, exact; "" when infinite */
    bool low_open, high_open;
    enum chiso_qualifier qualifier;
    uint32_t reported, partial, expected, not_applicable;
};

/* The same window a year before, and the difference from it (shown − year before, exact; S3). */
struct row_year_before {
    enum year_before_state state;
    struct chiso_period period;
    chiso_day redefined; /* YEAR_BEFORE_OTHER_DEFINITION: the first day of the row's own definition */
    enum chiso_qualifier qualifier;
    char value[ROW_NUMBER_CHARS]; /* as printed then, by the definition of then */
    char change[ROW_NUMBER_CHARS]; /* "" unless both are there and comparable */
    char change_low[ROW_NUMBER_CHARS], change_high[ROW_NUMBER_CHARS]; /* "" when infinite */
};

/* Was the window closed (core/closing.h), and has anything in the figure changed since? */
struct row_closing {
    chiso_instant_ms at; /* 0: not closed */
    uint64_t seq; /* the commit that closed it */
    char by[CLOSING_BY_BYTES_MAX + 1];
    bool restated;
    /* A restated figure as it was when it was closed; nothing until a reader who has the journal fills it. */
    enum row_state state;
    enum chiso_qualifier qualifier;
    char value[ROW_NUMBER_CHARS];
};

struct row {
    uint32_t unit, indicator;
    const struct unit_row *unit_row; /* on the period's last day, or on the day of the boundaries */
    int level; /* STORE_NO_LEVEL or a unit kind */
    struct chiso_period period;
    const struct indicator *definition;
    struct row_numbers shown;
    bool has_parts;
    struct row_numbers parts; /* the side not chosen */
    char difference[ROW_NUMBER_CHARS]; /* shown − parts when the parts are complete, else "" */
    enum basis basis;
    struct chiso_period oldest; /* kind NONE: none */
    uint64_t revision, seq;
    chiso_instant_ms updated_at; /* 0 until the reader fills it from the journal entry SEQ */
    bool judged; /* an ended window of the cadence */
    bool running; /* the window has not ended at NOW */
    enum position position;
    enum incomparable incomparable; /* why, where the position is not_comparable */
    chiso_day redefined; /* the definition that began on this day is not that of windows which the figure
                            therefore lacks, or of the target, or of the figure it is compared with;
                            CHISO_DAY_FIRST: no such break */
    const struct target *target;
    char target_text[ROW_NUMBER_CHARS]; /* the target's value ("8–10" for between; of increase_each_year the
                                           figure a year before, "" without one) */
    char expected_for_date[ROW_NUMBER_CHARS]; /* E(t), exact */
    char shortfall[ROW_NUMBER_CHARS];
    char year_to_date[ROW_NUMBER_CHARS]; /* what was judged where that is the year to date, else "" */
    chiso_instant_ms deadline; /* 0: none */
    struct row_year_before year_before;
    struct row_closing closing;
    bool late; /* the unit's own report was first accepted after the deadline */
    /* The consistency rules that the figure breaks together with others of its unit and window, whether or
     * not that is alerted (core/rule.h); never of a level. They live as long as the catalogue. */
    size_t violation_count;
    const struct rule *violations[ROW_VIOLATIONS_MAX];
    bool rules_elsewhere; /* and perhaps others: what they need is kept in a province that the store does not
                             hold. The figure itself is as good as without them */
};

/* Fills *OUT; owns nothing. CHISO_ENOTFOUND: no such unit on the period's last day, or no definition.
 *
 * A printed value has the definition's decimals, and one more, and more, while it would print a figure that
 * falls short of its target, or of what is expected for its date, as one that reaches it: 453520/495192 is
 * 91.6 % against 92 though the indicator has no decimals. */
int row_make(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, chiso_instant_ms now, struct row *out);

/* The same on the boundaries of DAY (core/boundaries.h): the unit that has the code on DAY. Where that is not
 * the one that has it on the period's last day, the figure has no target, deadline or journal entry: targets
 * are never inherited (S5). CHISO_ENOTFOUND as boundaries_total. */
int row_make_on(const struct catalogue *catalogue, const struct store *store, chiso_day day, uint32_t unit,
    struct chiso_period period, uint32_t indicator, int level, chiso_instant_ms now, struct row *out);

/* Does the row hold a figure (reported, partial or bare)? */
bool row_has_figure(const struct row *row);

/* The period to show first for (unit, indicator[@level]) at NOW: the latest ended window of its cadence that
 * has a figure or is not applicable, else the latest other ended period with one. False: none. RUNNING (may
 * be NULL) receives the running cadence window if it has a figure, else kind NONE. Only windows of the unit
 * that has the code at NOW (or had it last) count, not those of a former unit of the same code. */
bool row_latest(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    uint32_t indicator, int level, chiso_instant_ms now, struct chiso_period *out,
    struct chiso_period *running);

/* The ended cadence windows of the same kind, newest first, with a figure or not applicable, older than
 * BEFORE (kind NONE: the newest). False: there is none. */
bool row_window_before(const struct catalogue *catalogue, const struct store *store, uint32_t unit,
    uint32_t indicator, int level, chiso_instant_ms now, struct chiso_period before,
    struct chiso_period *out);

/* The object of `chisoctl get --json`; a new reference, NULL without memory. Figures are decimal strings,
 * what there is none of is null, counts and revisions are integers. */
json_t *row_json(const struct catalogue *catalogue, const struct row *row);

/* Vietnamese (or English) text for people. "84,6%", "gần 70.000 hộ", "chưa báo cáo"; at most CAPACITY bytes.
 * LANGUAGE "vi" or "en". */
void row_value_text(const struct row *row, const char *language, char *out, size_t capacity);
/* What the target asks: "ít nhất 92%", "từ 8% đến 10%"; "" without one. */
void row_target_text(const struct row *row, const char *language, char *out, size_t capacity);
/* One sentence with the reason of the position: "Đạt 64%, thấp hơn mức phải đạt 70% vào 31/03/2025 (thiếu
 * 6)." */
void row_reason_text(const struct catalogue *catalogue, const struct row *row, const char *language,
    char *out, size_t capacity);

#endif
