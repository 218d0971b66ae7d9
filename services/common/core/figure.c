#include "core/figure.h"

#include "core/digits.h"
#include <assert.h>
#include <string.h>

const char qualifier_marks[CHISO_QUALIFIERS] = {'=', '>', '<', '~', 'e', '^'};
const char *const figure_qualifier_names[CHISO_QUALIFIERS] = {
    "exact", "at_least", "below", "about", "estimate", "at_most"};

bool figure_equal(const struct figure *a, const struct figure *b)
{
    if (a->state != b->state)
        return false;
    if (a->state == FIGURE_NONE || a->state == FIGURE_NOT_APPLICABLE)
        return true;
    if (a->qualifier != b->qualifier || chiso_decimal_compare(a->value, b->value) != 0)
        return false;
    return a->state != FIGURE_PAIR || (a->denominator_qualifier == b->denominator_qualifier &&
                                          chiso_decimal_compare(a->denominator, b->denominator) == 0);
}

enum leaf_decision leaf_decide(const struct leaf *now, uint32_t revision, const struct figure *figure)
{
    if (revision > now->revision)
        return LEAF_ACCEPT;
    if (revision < now->revision)
        return LEAF_SUPERSEDED;
    return figure_equal(&now->figure, figure) ? LEAF_DUPLICATE : LEAF_CONFLICT;
}

static size_t operand_print(struct chiso_decimal number, enum chiso_qualifier qualifier, char *out)
{
    size_t at = 0;
    if (qualifier != CHISO_EXACT)
        out[at++] = qualifier_marks[qualifier];
    return at + chiso_decimal_print(chiso_decimal_reduce(number), out + at);
}

static size_t put_figure(const struct figure *figure, char *out)
{
    size_t at = 0;
    switch (figure->state) {
    case FIGURE_NONE:
        out[at++] = '-';
        break;
    case FIGURE_NOT_APPLICABLE:
        memcpy(out, "na", 2);
        at = 2;
        break;
    case FIGURE_VALUE:
    case FIGURE_BARE:
        at = operand_print(figure->value, figure->qualifier, out);
        if (figure->state == FIGURE_BARE)
            out[at++] = '%';
        break;
    case FIGURE_PAIR:
        at = operand_print(figure->value, figure->qualifier, out);
        out[at++] = '/';
        at += operand_print(figure->denominator, figure->denominator_qualifier, out + at);
        break;
    }
    out[at] = '\0';
    return at;
}

size_t figure_print(const struct figure *figure, char out[LEAF_CHARS])
{
    return put_figure(figure, out);
}

size_t leaf_print(const struct leaf *leaf, char out[LEAF_CHARS])
{
    size_t at = digits_put(out, leaf->revision);
    out[at++] = ' ';
    at += put_figure(&leaf->figure, out + at);
    out[at++] = ' ';
    at += digits_put(out + at, leaf->seq);
    out[at++] = '.';
    at += digits_put(out + at, leaf->index);
    out[at++] = ' ';
    at += digits_put_signed(out + at, leaf->first_ms);
    assert(at < LEAF_CHARS);
    out[at] = '\0';
    return at;
}

static int operand_parse(
    const char *text, size_t length, struct chiso_decimal *number, enum chiso_qualifier *qualifier)
{
    *qualifier = CHISO_EXACT;
    for (int q = 1; length > 0 && q < CHISO_QUALIFIERS; q++) {
        if (text[0] == qualifier_marks[q]) {
            *qualifier = (enum chiso_qualifier)q;
            text++, length--;
            break;
        }
    }
    return chiso_decimal_parse(text, length, '.', number);
}

static int figure_parse(const char *text, size_t length, struct figure *out)
{
    struct figure figure = {.state = FIGURE_VALUE};
    if (length == 1 && text[0] == '-') {
        figure.state = FIGURE_NONE;
        *out = figure;
        return CHISO_OK;
    }
    if (length == 2 && memcmp(text, "na", 2) == 0) {
        figure.state = FIGURE_NOT_APPLICABLE;
        *out = figure;
        return CHISO_OK;
    }
    const char *slash = memchr(text, '/', length);
    size_t head = slash ? (size_t)(slash - text) : length;
    if (slash) {
        figure.state = FIGURE_PAIR;
        int error =
            operand_parse(slash + 1, length - head - 1, &figure.denominator, &figure.denominator_qualifier);
        if (error)
            return error;
    } else if (length > 0 && text[length - 1] == '%') {
        figure.state = FIGURE_BARE;
        head--;
    }
    int error = operand_parse(text, head, &figure.value, &figure.qualifier);
    if (!error)
        *out = figure;
    return error;
}

/* Reads digits into *OUT and moves *AT behind them; the number must end at STOP (or the end when STOP is 0).
 */
static int number_parse(const char **at, const char *end, char stop, uint64_t max, uint64_t *out)
{
    uint64_t number = 0;
    const char *p = *at;
    if (p == end || *p < '0' || *p > '9')
        return CHISO_EINVAL;
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (number > (max - digit) / 10)
            return CHISO_ERANGE;
        number = number * 10 + digit;
    }
    if (stop ? (p == end || *p != stop) : p != end)
        return CHISO_EINVAL;
    *at = stop ? p + 1 : p;
    *out = number;
    return CHISO_OK;
}

int leaf_parse(const char *text, size_t length, struct leaf *out)
{
    struct leaf leaf = {0};
    const char *at = text, *end = text + length;
    uint64_t revision, index, first;
    int error = number_parse(&at, end, ' ', CHISO_REVISION_MAX, &revision);
    if (error)
        return error;
    const char *blank = memchr(at, ' ', (size_t)(end - at));
    if (!blank)
        return CHISO_EINVAL;
    if ((error = figure_parse(at, (size_t)(blank - at), &leaf.figure)))
        return error;
    at = blank + 1;
    if ((error = number_parse(&at, end, '.', UINT64_MAX, &leaf.seq)) ||
        (error = number_parse(&at, end, ' ', UINT32_MAX, &index)) ||
        (error = number_parse(&at, end, '\0', INT64_MAX, &first)))
        return error;
    if (revision == 0)
        return CHISO_EINVAL;
    leaf.revision = (uint32_t)revision;
    leaf.index = (uint32_t)index;
    leaf.first_ms = (int64_t)first;
    *out = leaf;
    return CHISO_OK;
}
