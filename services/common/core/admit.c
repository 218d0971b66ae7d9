#include "core/admit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The n of k of n: a total's counts of units have 32 bits, and no catalogue has more units than
 * CATALOGUE_UNITS_MAX. */
#define SHARE_UNITS_MAX (UINT32_MAX / CATALOGUE_UNITS_MAX)

/* One refusal on its way out. TEXT is written into the arena; a full arena shows as NULL text. */
struct refusal {
    enum chiso_reason reason;
    const char *text;
};

struct work {
    const struct catalogue *catalogue;
    const struct chiso_report *report;
    struct chiso_arena *arena;
    const char *province, *publisher;
    chiso_day today;
    uint32_t unit;
    struct chiso_period period;
    struct refusal by_calendar[2]; /* what is wrong with unit and period under each calendar */
};

static struct refusal refuse(struct work *w, enum chiso_reason reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static struct refusal refuse(struct work *w, enum chiso_reason reason, const char *format, ...)
{
    char raw[CHISO_MESSAGE_BYTES * 2];
    struct chiso_message text;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    chiso_message_set(&text, "%.*s", CHISO_REJECTION_BYTES_MAX, raw);
    /* chiso_message_set cleans; a character cut in the middle by the precision is gone with it. */
    return (struct refusal){reason, chiso_arena_strndup(w->arena, text.text, strlen(text.text))};
}

static const struct refusal admitted_as_is;

/* ---- unit and period, once for each calendar ---- */

static struct refusal check_topic(struct work *w, chiso_day last)
{
    uint32_t province = catalogue_province_at(w->catalogue, w->unit, last);
    if (province == CATALOGUE_NONE)
        return refuse(w, CHISO_REASON_UNKNOWN_UNIT, "unit %s belongs to no province", w->report->unit);
    const char *code = catalogue_unit_code(w->catalogue, province);
    if (w->province && strcmp(code, w->province) != 0)
        return refuse(w, CHISO_REASON_WRONG_TOPIC,
            "unit %s belongs to province %s in %s: publish on chiso/v1/report/%s/%s, not on province %s",
            w->report->unit, code, w->report->period, code, w->publisher ? w->publisher : "<publisher>",
            w->province);
    return admitted_as_is;
}

static struct refusal check_window(struct work *w, enum chiso_calendar calendar)
{
    chiso_day first = chiso_period_first(w->period, calendar), last = chiso_period_last(w->period, calendar);
    struct chiso_message why;
    if (first > w->today) {
        char today[CHISO_DATE_CHARS];
        chiso_day_print(w->today, today);
        return refuse(w, CHISO_REASON_BAD_PERIOD, "period %s has not begun on %s", w->report->period, today);
    }
    if (!catalogue_unit_at(w->catalogue, w->unit, last)) {
        catalogue_explain_invalid_unit(w->catalogue, w->report->unit, w->period, calendar, &why);
        return refuse(w, CHISO_REASON_UNKNOWN_UNIT, "%s", why.text);
    }
    if (w->publisher && !catalogue_publisher_may(w->catalogue, w->publisher, w->unit, last))
        return refuse(w, CHISO_REASON_NOT_ALLOWED, "publisher %s may not report for unit %s", w->publisher,
            w->report->unit);
    return check_topic(w, last);
}

static struct refusal check_report(struct work *w)
{
    const struct chiso_report *r = w->report;
    if (!chiso_code_is_valid(r->report_id, CHISO_ID_BYTES_MAX))
        return refuse(w, CHISO_REASON_MALFORMED,
            "report_id \"%s\" is not 1 to %d letters, digits, '.', '_' or '-'", r->report_id,
            CHISO_ID_BYTES_MAX);
    if (r->observation_count == 0)
        return refuse(w, CHISO_REASON_MALFORMED, "the report has no observations");
    if (r->revision == 0 || r->revision > CHISO_REVISION_MAX)
        return refuse(w, CHISO_REASON_BAD_REVISION, "revision %" PRIu64 " is not between 1 and %" PRIu64,
            r->revision, CHISO_REVISION_MAX);
    if (chiso_period_parse(r->period, strlen(r->period), &w->period) != CHISO_OK)
        return refuse(
            w, CHISO_REASON_BAD_PERIOD, "\"%s\" is not a period such as 2025, 2025-Q1 or 2025-03", r->period);
    w->unit = catalogue_unit_find(w->catalogue, r->unit);
    if (w->unit == CATALOGUE_NONE)
        return refuse(w, CHISO_REASON_UNKNOWN_UNIT, "unit \"%s\" is not in the catalogue", r->unit);
    for (int c = 0; c < 2; c++)
        w->by_calendar[c] = check_window(w, (enum chiso_calendar)c);
    if (w->by_calendar[CHISO_STATISTICAL].reason && w->by_calendar[CHISO_ADMINISTRATIVE].reason)
        return w->by_calendar[CHISO_STATISTICAL];
    return admitted_as_is;
}

/* ---- one observation ---- */

static struct refusal check_cadence(
    struct work *w, const struct indicator *definition, const struct unit_row *row)
{
    chiso_day last = chiso_period_last(w->period, definition->calendar);
    if (w->period.kind == CHISO_PERIOD_INTERVAL) {
        if (definition->cadence.intervals)
            return admitted_as_is;
        return refuse(w, CHISO_REASON_BAD_PERIOD, "indicator %s does not take intervals such as %s",
            definition->id, w->report->period);
    }
    if (w->period.kind < catalogue_shortest(w->catalogue, definition, row, last))
        return refuse(w, CHISO_REASON_BAD_PERIOD, "period %s is shorter than the cadence of indicator %s",
            w->report->period, definition->id);
    return admitted_as_is;
}

static bool takes_pair(enum measure measure)
{
    return measure == MEASURE_RATIO || measure == MEASURE_MEAN;
}

/* Value, pair, bare and flags against the measure (S1, "Forms"). */
static struct refusal check_form(struct work *w, const struct indicator *definition,
    const struct chiso_observation *o, enum figure_state *state)
{
    bool has_figure = o->value || o->denominator || o->bare || o->qualifier != CHISO_EXACT ||
                      o->denominator_qualifier != CHISO_EXACT;
    if (o->not_applicable && o->withdrawn)
        return refuse(w, CHISO_REASON_BAD_FORM, "%s is both not applicable and withdrawn", o->indicator);
    if ((o->not_applicable || o->withdrawn) && has_figure)
        return refuse(w, CHISO_REASON_BAD_FORM, "%s has a figure and is marked %s as well", o->indicator,
            o->withdrawn ? "withdrawn" : "not applicable");
    if (o->not_applicable || o->withdrawn) {
        *state = o->withdrawn ? FIGURE_NONE : FIGURE_NOT_APPLICABLE;
        return admitted_as_is;
    }
    if (o->bare && !takes_pair(definition->measure))
        return refuse(w, CHISO_REASON_BAD_FORM, "%s takes a plain value and cannot be bare", o->indicator);
    if (o->bare && (o->denominator || o->denominator_qualifier != CHISO_EXACT))
        return refuse(w, CHISO_REASON_BAD_FORM, "%s is bare and cannot have a denominator", o->indicator);
    if (takes_pair(definition->measure)) {
        *state = o->bare ? FIGURE_BARE : FIGURE_PAIR;
        return admitted_as_is;
    }
    if (definition->measure == MEASURE_SHARE) {
        *state = o->denominator || o->denominator_qualifier != CHISO_EXACT ? FIGURE_PAIR : FIGURE_VALUE;
        return admitted_as_is;
    }
    if (definition->measure != MEASURE_RANK && (o->denominator || o->denominator_qualifier != CHISO_EXACT))
        return refuse(
            w, CHISO_REASON_BAD_FORM, "%s takes a plain value and cannot have a denominator", o->indicator);
    *state = o->denominator ? FIGURE_PAIR : FIGURE_VALUE;
    return admitted_as_is;
}

/* A number's decimals and magnitude; *OUT has the fewest decimals. */
static struct refusal check_number(struct work *w, const struct indicator *definition, int64_t value,
    uint32_t scale, struct chiso_decimal *out)
{
    struct chiso_decimal number, scaled;
    char text[CHISO_DECIMAL_CHARS];
    if (scale > CHISO_DECIMAL_SCALE_MAX)
        return refuse(w, CHISO_REASON_BAD_VALUE, "scale %" PRIu32 " of %s is above %d", scale, definition->id,
            CHISO_DECIMAL_SCALE_MAX);
    number = chiso_decimal_reduce((struct chiso_decimal){value, (uint8_t)scale});
    chiso_decimal_print(number, text);
    if (number.scale > definition->input_decimals)
        return refuse(w, CHISO_REASON_BAD_VALUE, "%s has %u decimals, %s takes at most %u", text,
            number.scale, definition->id, definition->input_decimals);
    if (chiso_decimal_rescale(number, definition->input_decimals, &scaled) ||
        scaled.value > CHISO_FIGURE_MAX || scaled.value < -CHISO_FIGURE_MAX)
        return refuse(w, CHISO_REASON_BAD_VALUE,
            "%s is too large for %s: the limit is 2^52 in its smallest unit", text, definition->id);
    *out = number;
    return admitted_as_is;
}

static struct refusal check_signs(
    struct work *w, const struct indicator *definition, const struct figure *figure)
{
    char text[CHISO_DECIMAL_CHARS];
    bool is_part_of_pair = takes_pair(definition->measure);
    chiso_decimal_print(figure->value, text);
    if (figure->value.value < 0 && (definition->has_minimum || is_part_of_pair))
        return refuse(
            w, CHISO_REASON_BAD_VALUE, "%s is negative and the minimum of %s is 0", text, definition->id);
    if (figure->value.value < 0 && figure->qualifier != CHISO_EXACT && figure->qualifier != CHISO_ESTIMATE)
        return refuse(w, CHISO_REASON_BAD_VALUE, "%s of %s is negative and can only be exact or an estimate",
            text, definition->id);
    if (figure->state != FIGURE_PAIR)
        return admitted_as_is;
    if (figure->denominator.value < 0) {
        chiso_decimal_print(figure->denominator, text);
        return refuse(w, CHISO_REASON_BAD_VALUE, "denominator %s of %s is negative", text, definition->id);
    }
    if (figure->denominator.value == 0 && figure->value.value > 0)
        return refuse(w, CHISO_REASON_BAD_VALUE, "%s of 0 is no ratio: %s has a numerator and denominator 0",
            text, definition->id);
    return admitted_as_is;
}

/* A share: 0 or 1 of the unit itself, or k of n of a unit that may speak for the whole (S1, S2). */
static struct refusal check_share(struct work *w, const struct indicator *definition,
    const struct unit_row *row, const struct figure *figure)
{
    char value[CHISO_DECIMAL_CHARS], of[CHISO_DECIMAL_CHARS];
    chiso_decimal_print(figure->value, value);
    chiso_decimal_print(figure->denominator, of);
    if (figure->state == FIGURE_VALUE &&
        (figure->value.scale > 0 || figure->value.value < 0 || figure->value.value > 1))
        return refuse(w, CHISO_REASON_BAD_VALUE, "%s of %s is neither 0 nor 1", value, definition->id);
    if (figure->state != FIGURE_PAIR)
        return admitted_as_is;
    chiso_day last = chiso_period_last(w->period, definition->calendar);
    if (catalogue_reporting(w->catalogue, definition, row, last, NULL) != REPORTS_WHOLE)
        return refuse(w, CHISO_REASON_BAD_FORM,
            "%s: only a unit that speaks for the whole reports k of n, unit %s reports 0 or 1",
            definition->id, w->report->unit);
    if (figure->value.scale > 0 || figure->denominator.scale > 0 ||
        figure->denominator_qualifier != CHISO_EXACT || figure->denominator.value < 1 ||
        figure->denominator.value > SHARE_UNITS_MAX ||
        chiso_decimal_compare(figure->value, figure->denominator) > 0)
        return refuse(
            w, CHISO_REASON_BAD_VALUE, "%s of %s is no k of n units of %s", value, of, definition->id);
    return admitted_as_is;
}

static struct refusal check_figure(struct work *w, const struct indicator *definition,
    const struct unit_row *row, const struct chiso_observation *o, struct figure *out)
{
    struct figure figure = {0};
    struct refusal refusal = check_form(w, definition, o, &figure.state);
    if (!refusal.reason && figure.state != FIGURE_NONE && figure.state != FIGURE_NOT_APPLICABLE) {
        figure.qualifier = o->qualifier;
        refusal = check_number(w, definition, o->value, o->scale, &figure.value);
        if (!refusal.reason && figure.state == FIGURE_PAIR) {
            figure.denominator_qualifier = o->denominator_qualifier;
            refusal = check_number(w, definition, o->denominator, o->scale, &figure.denominator);
        }
        if (!refusal.reason)
            refusal = check_signs(w, definition, &figure);
        if (!refusal.reason && definition->measure == MEASURE_SHARE)
            refusal = check_share(w, definition, row, &figure);
    }
    if (!refusal.reason)
        *out = figure;
    return refusal;
}

static struct refusal check_observation(
    struct work *w, const struct chiso_observation *o, struct admitted_observation *out)
{
    out->indicator = catalogue_indicator_find(w->catalogue, o->indicator);
    if (out->indicator == CATALOGUE_NONE)
        return refuse(
            w, CHISO_REASON_UNKNOWN_INDICATOR, "indicator \"%s\" is not in the catalogue", o->indicator);
    enum chiso_calendar calendar = catalogue_indicator(w->catalogue, out->indicator)->calendar;
    if (w->by_calendar[calendar].reason)
        return w->by_calendar[calendar];
    chiso_day last = chiso_period_last(w->period, calendar);
    out->definition = catalogue_indicator_at(w->catalogue, out->indicator, last);
    if (!out->definition)
        return refuse(w, CHISO_REASON_UNKNOWN_INDICATOR, "indicator %s has no definition for %s yet",
            o->indicator, w->report->period);
    const struct unit_row *row = catalogue_unit_at(w->catalogue, w->unit, last);
    if (catalogue_reporting(w->catalogue, out->definition, row, last, NULL) == REPORTS_NOTHING)
        return refuse(w, CHISO_REASON_NOT_A_REPORTER, "unit %s (%s) does not report indicator %s",
            w->report->unit, unit_kind_names[row->kind], o->indicator);
    struct refusal refusal = check_cadence(w, out->definition, row);
    return refusal.reason ? refusal : check_figure(w, out->definition, row, o, &out->figure);
}

/* An indicator more than once in a report: every occurrence is refused. One flag for each observation; NULL: the
 * arena is full. */
static const bool *find_repeated(const struct chiso_report *report, struct chiso_arena *arena)
{
    size_t count = report->observation_count, slot_count = 4;
    while (slot_count < 2 * count)
        slot_count *= 2;
    bool *repeated = chiso_arena_alloc(arena, count * sizeof *repeated);
    size_t *slots = chiso_arena_alloc(arena, slot_count * sizeof *slots); /* places + 1, by name */
    if (!repeated || !slots)
        return NULL;
    memset(repeated, 0, count * sizeof *repeated);
    memset(slots, 0, slot_count * sizeof *slots);
    for (size_t i = 0; i < count; i++) {
        const char *name = report->observations[i].indicator;
        size_t at = 5381;
        for (const char *c = name; *c; c++)
            at = at * 33 + (unsigned char)*c;
        for (at %= slot_count; slots[at] && strcmp(report->observations[slots[at] - 1].indicator, name) != 0;)
            at = (at + 1) % slot_count;
        if (slots[at])
            repeated[i] = repeated[slots[at] - 1] = true;
        else
            slots[at] = i + 1;
    }
    return repeated;
}

int admit_report(const struct catalogue *catalogue, const char *province, const char *publisher,
    const struct chiso_report *report, chiso_instant_ms now, struct chiso_arena *arena, struct admitted *out)
{
    struct work w = {.catalogue = catalogue,
        .report = report,
        .arena = arena,
        .province = province,
        .publisher = publisher,
        .today = chiso_day_at(now)};
    struct refusal whole = check_report(&w);
    struct admitted result = {.unit = w.unit,
        .period = w.period,
        .revision = (uint32_t)report->revision,
        .reason = whole.reason,
        .text = whole.text,
        .count = report->observation_count};
    if (whole.reason) {
        result.count = 0;
        *out = result;
        return whole.text ? CHISO_OK : CHISO_ENOMEM;
    }
    result.observations = chiso_arena_alloc(arena, result.count * sizeof *result.observations);
    const bool *repeated = find_repeated(report, arena);
    if (!result.observations || !repeated)
        return CHISO_ENOMEM;
    for (size_t i = 0; i < result.count; i++) {
        struct admitted_observation *o = &result.observations[i];
        *o = (struct admitted_observation){.indicator = CATALOGUE_NONE};
        struct refusal refusal = repeated[i] ? refuse(&w, CHISO_REASON_REPEATED,
                                                   "indicator %s stands more than once in the report",
                                                   report->observations[i].indicator)
                                             : check_observation(&w, &report->observations[i], o);
        if (refusal.reason && !refusal.text)
            return CHISO_ENOMEM;
        o->reason = refusal.reason;
        o->text = refusal.text;
    }
    *out = result;
    return CHISO_OK;
}
