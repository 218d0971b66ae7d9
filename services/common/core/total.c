#include "core/total.h"

#include "core/digits.h"
#include "core/figure.h"
#include <chiso/decimal.h>

#include <assert.h>
#include <string.h>

static const char side_marks[] = {'-', 'V', 'P', 'B', 'N'}; /* by enum side_state */
static const char basis_marks[] = {'-', 'R', 'D'}; /* by enum basis */

bool side_is_summable(const struct side *side)
{
    return side->state == SIDE_VALUE || side->state == SIDE_PAIR;
}

bool side_has_figure(const struct side *side)
{
    return side_is_summable(side) || side->state == SIDE_BARE;
}

const struct side *total_contribution(const struct total *total)
{
    static const struct side nothing;
    if (total->shown.state != SIDE_BARE)
        return &total->shown;
    return total->has_other ? &total->other : &nothing;
}

enum total_told total_contribution_told(const struct total *total)
{
    return total->shown.state == SIDE_BARE && total->told == TOTAL_TOLD ? total->below : total->told;
}

static bool comes_before(wide a, wide b, enum joining joining)
{
    return joining == JOIN_MIN ? a < b : a > b;
}

wide sums_value(const struct sums *sums, enum joining joining)
{
    wide value = 0;
    bool any = false;
    for (int q = 0; q < CHISO_QUALIFIERS; q++) {
        if (sums->count[q] == 0)
            continue;
        if (joining == JOIN_SUM)
            value += sums->sum[q];
        else if (!any || comes_before(sums->sum[q], value, joining))
            value = sums->sum[q];
        any = true;
    }
    return value;
}

int sums_add(struct sums *into, int qualifier, wide value, uint32_t count, enum joining joining)
{
    wide *sum = &into->sum[qualifier];
    if (joining == JOIN_SUM) {
        if (__builtin_add_overflow(*sum, value, sum))
            return CHISO_ERANGE;
    } else if (into->count[qualifier] == 0 || comes_before(value, *sum, joining)) {
        *sum = value;
    }
    return __builtin_add_overflow(into->count[qualifier], count, &into->count[qualifier]) ? CHISO_ERANGE
                                                                                          : CHISO_OK;
}

static int sums_join(struct sums *into, const struct sums *part, enum joining joining)
{
    int error = CHISO_OK;
    for (int q = 0; q < CHISO_QUALIFIERS && !error; q++) {
        if (part->count[q] > 0)
            error = sums_add(into, q, part->sum[q], part->count[q], joining);
    }
    return error;
}

/* A value beside "not applicable" is a value; nothing beside "not applicable" is decided by the caller's
 * counts. */
static enum side_state joined_state(enum side_state a, enum side_state b)
{
    bool a_has = a == SIDE_VALUE || a == SIDE_PAIR, b_has = b == SIDE_VALUE || b == SIDE_PAIR;
    if (a_has)
        return a;
    if (b_has)
        return b;
    return a == SIDE_NONE ? b : a;
}

static bool is_older(struct chiso_period a, struct chiso_period b, enum chiso_calendar calendar)
{
    if (a.kind == b.kind && a.kind != CHISO_PERIOD_INTERVAL)
        return a.a != b.a ? a.a < b.a : a.b < b.b;
    chiso_day a_last = chiso_period_last(a, calendar), b_last = chiso_period_last(b, calendar);
    if (a_last != b_last)
        return a_last < b_last;
    return chiso_period_first(a, calendar) < chiso_period_first(b, calendar);
}

int side_add_units(
    struct side *into, uint32_t reported, uint32_t partial, uint32_t expected, uint32_t not_applicable)
{
    bool over = __builtin_add_overflow(into->reported, reported, &into->reported) ||
                __builtin_add_overflow(into->partial, partial, &into->partial) ||
                __builtin_add_overflow(into->expected, expected, &into->expected) ||
                __builtin_add_overflow(into->not_applicable, not_applicable, &into->not_applicable);
    return over ? CHISO_ERANGE : CHISO_OK;
}

void side_add_state(
    struct side *into, enum side_state state, struct chiso_period oldest, enum chiso_calendar calendar)
{
    into->state = joined_state(into->state, state);
    if (oldest.kind != CHISO_PERIOD_NONE &&
        (into->oldest.kind == CHISO_PERIOD_NONE || is_older(oldest, into->oldest, calendar)))
        into->oldest = oldest;
}

int side_join(struct side *into, const struct side *part, enum joining joining, enum chiso_calendar calendar)
{
    assert(part->state != SIDE_BARE && into->state != SIDE_BARE);
    if (sums_join(&into->numerator, &part->numerator, joining) ||
        sums_join(&into->denominator, &part->denominator, JOIN_SUM) ||
        side_add_units(into, part->reported, part->partial, part->expected, part->not_applicable))
        return CHISO_ERANGE;
    side_add_state(into, part->state, part->oldest, calendar);
    return CHISO_OK;
}

void side_settle(struct side *side)
{
    if (side->state == SIDE_NOT_APPLICABLE || side->state == SIDE_NONE)
        side->state = side->not_applicable > 0 && side->expected == 0 ? SIDE_NOT_APPLICABLE : SIDE_NONE;
}

static size_t put_wide(char *out, unsigned __int128 number)
{
    if (number <= UINT64_MAX)
        return digits_put(out, (uint64_t)number);
    size_t at = put_wide(out, number / 10);
    out[at] = (char)('0' + (int)(number % 10));
    return at + 1;
}

/* As decimal text. */
#define WIDE_CHARS 41
static size_t wide_print(wide value, char out[WIDE_CHARS])
{
    size_t at = value < 0;
    if (value < 0)
        out[0] = '-';
    at += put_wide(out + at, value < 0 ? -(unsigned __int128)value : (unsigned __int128)value);
    out[at] = '\0';
    return at;
}

static int wide_parse(const char *text, size_t length, wide *out)
{
    bool negative = length > 0 && text[0] == '-';
    wide value = 0;
    if (length == (negative ? 1u : 0u))
        return CHISO_EINVAL;
    for (size_t i = negative; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return CHISO_EINVAL;
        int digit = text[i] - '0';
        if (__builtin_mul_overflow(value, (wide)10, &value) ||
            __builtin_add_overflow(value, (wide)(negative ? -digit : digit), &value))
            return CHISO_ERANGE;
    }
    *out = value;
    return CHISO_OK;
}

/* ---- text ---- */

static size_t put_sums(char *out, const struct sums *sums)
{
    size_t at = 0;
    for (int q = 0; q < CHISO_QUALIFIERS; q++) {
        if (sums->count[q] == 0)
            continue;
        if (at)
            out[at++] = ',';
        out[at++] = qualifier_marks[q];
        at += wide_print(sums->sum[q], out + at);
        out[at++] = '*';
        at += digits_put(out + at, sums->count[q]);
    }
    if (at == 0)
        out[at++] = '-';
    return at;
}

static size_t put_number(char *out, uint64_t number)
{
    size_t at = digits_put(out, number);
    out[at++] = ' ';
    return at;
}

static size_t put_side(char *out, const struct side *side)
{
    size_t at = 0;
    out[at++] = side_marks[side->state];
    out[at++] = ' ';
    at += put_number(out + at, side->reported);
    at += put_number(out + at, side->partial);
    at += put_number(out + at, side->expected);
    at += put_number(out + at, side->not_applicable);
    if (side->oldest.kind != CHISO_PERIOD_NONE)
        at += chiso_period_print(side->oldest, out + at);
    else
        out[at++] = '-';
    out[at++] = ' ';
    at += put_sums(out + at, &side->numerator);
    out[at++] = ' ';
    return at + put_sums(out + at, &side->denominator);
}

/* A side takes at most 4 × 11 characters of counts, CHISO_PERIOD_CHARS, and 2 × 6 classes of 2 + 40 + 11. */
_Static_assert(TOTAL_CHARS > 2 * (2 + 4 * 11 + CHISO_PERIOD_CHARS + 2 * CHISO_QUALIFIERS * 54) + 80,
    "a total's text fits");

size_t total_print(const struct total *total, char out[TOTAL_CHARS])
{
    size_t at = 0;
    out[at++] = basis_marks[total->basis];
    out[at++] = ' ';
    at += put_number(out + at, total->revision);
    at += put_number(out + at, total->seq);
    at += put_number(out + at, total->scale);
    at += put_side(out + at, &total->shown);
    if (total->has_other) {
        memcpy(out + at, " | ", 3);
        at += 3;
        at += put_side(out + at, &total->other);
    }
    out[at] = '\0';
    return at;
}

/* Words of a stored total, one after the other. */
struct reader {
    const char *at, *end;
};

static bool word(struct reader *r, const char **text, size_t *length)
{
    if (r->at >= r->end)
        return false;
    const char *blank = memchr(r->at, ' ', (size_t)(r->end - r->at));
    const char *stop = blank ? blank : r->end;
    *text = r->at;
    *length = (size_t)(stop - r->at);
    r->at = blank ? blank + 1 : r->end;
    return *length > 0;
}

static int read_number(struct reader *r, uint64_t max, uint64_t *out)
{
    const char *text;
    size_t length;
    wide value;
    if (!word(r, &text, &length) || wide_parse(text, length, &value) || value < 0)
        return CHISO_EINVAL;
    if (value > (wide)max)
        return CHISO_ERANGE;
    *out = (uint64_t)value;
    return CHISO_OK;
}

static int read_count(struct reader *r, uint32_t *out)
{
    uint64_t number;
    int error = read_number(r, UINT32_MAX, &number);
    if (!error)
        *out = (uint32_t)number;
    return error;
}

/* The position of the one-character word in MARKS. */
static int read_mark(struct reader *r, const char *set, size_t count, int *out)
{
    const char *text;
    size_t length;
    if (!word(r, &text, &length) || length != 1)
        return CHISO_EINVAL;
    const char *found = memchr(set, text[0], count);
    if (!found)
        return CHISO_EINVAL;
    *out = (int)(found - set);
    return CHISO_OK;
}

static int read_class(const char *text, size_t length, struct sums *sums)
{
    const char *mark = length > 0 ? memchr(qualifier_marks, text[0], sizeof qualifier_marks) : NULL;
    const char *star = memchr(text, '*', length);
    wide sum, count;
    if (!mark || !star)
        return CHISO_EINVAL;
    if (wide_parse(text + 1, (size_t)(star - text) - 1, &sum) ||
        wide_parse(star + 1, length - (size_t)(star - text) - 1, &count) || count <= 0 || count > UINT32_MAX)
        return CHISO_EINVAL;
    sums->sum[mark - qualifier_marks] = sum;
    sums->count[mark - qualifier_marks] = (uint32_t)count;
    return CHISO_OK;
}

static int read_sums(struct reader *r, struct sums *sums)
{
    const char *text;
    size_t length;
    if (!word(r, &text, &length))
        return CHISO_EINVAL;
    if (length == 1 && text[0] == '-')
        return CHISO_OK;
    while (length > 0) {
        const char *comma = memchr(text, ',', length);
        size_t part = comma ? (size_t)(comma - text) : length;
        int error = read_class(text, part, sums);
        if (error)
            return error;
        size_t step = comma ? part + 1 : part;
        text += step;
        length -= step;
    }
    return CHISO_OK;
}

static int read_side(struct reader *r, struct side *side)
{
    int state, error;
    const char *text;
    size_t length;
    if ((error = read_mark(r, side_marks, sizeof side_marks, &state)) ||
        (error = read_count(r, &side->reported)) || (error = read_count(r, &side->partial)) ||
        (error = read_count(r, &side->expected)) || (error = read_count(r, &side->not_applicable)))
        return error;
    side->state = (enum side_state)state;
    if (!word(r, &text, &length))
        return CHISO_EINVAL;
    if (!(length == 1 && text[0] == '-') && (error = chiso_period_parse(text, length, &side->oldest)))
        return error;
    if ((error = read_sums(r, &side->numerator)))
        return error;
    return read_sums(r, &side->denominator);
}

int total_parse(const char *text, size_t length, struct total *out)
{
    struct reader r = {text, text + length};
    struct total total = {0};
    uint64_t scale = 0;
    int basis = 0, error;
    if ((error = read_mark(&r, basis_marks, sizeof basis_marks, &basis)) ||
        (error = read_number(&r, UINT64_MAX, &total.revision)) ||
        (error = read_number(&r, UINT64_MAX, &total.seq)) ||
        (error = read_number(&r, CHISO_DECIMAL_SCALE_MAX, &scale)) || (error = read_side(&r, &total.shown)))
        return error;
    total.basis = (enum basis)basis;
    total.scale = (uint8_t)scale;
    if (r.at < r.end) {
        const char *bar;
        size_t bar_length;
        if (!word(&r, &bar, &bar_length) || bar_length != 1 || bar[0] != '|')
            return CHISO_EINVAL;
        if ((error = read_side(&r, &total.other)))
            return error;
        total.has_other = true;
    }
    if (r.at < r.end)
        return CHISO_EINVAL;
    *out = total;
    return CHISO_OK;
}
