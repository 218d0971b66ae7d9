#include <chiso/decimal.h>

#include <assert.h>
#include <chiso/error.h>
#include <stdbool.h>
#include <string.h>

static const int64_t power_of_ten[CHISO_DECIMAL_SCALE_MAX + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Checks the form: digits, optionally POINT and digits. *DECIMALS is how many stand behind the point. */
static bool has_form(const char *text, size_t length, char point, size_t *decimals)
{
    size_t at = 0;
    while (at < length && is_digit(text[at]))
        at++;
    size_t whole = at;
    *decimals = 0;
    if (at < length && text[at] == point) {
        at++;
        while (at < length && is_digit(text[at]))
            at++;
        *decimals = at - whole - 1;
        if (*decimals == 0)
            return false;
    }
    return whole > 0 && at == length;
}

int chiso_decimal_parse(const char *text, size_t length, char point, struct chiso_decimal *out)
{
    assert(point == '.' || point == ',');
    bool negative = length > 0 && text[0] == '-';
    if (negative) {
        text++;
        length--;
    }
    size_t decimals;
    if (!has_form(text, length, point, &decimals))
        return CHISO_EINVAL;
    if (decimals > CHISO_DECIMAL_SCALE_MAX)
        return CHISO_ERANGE;

    /* Counted downwards: int64 reaches one further there. */
    int64_t value = 0;
    for (size_t at = 0; at < length; at++) {
        if (text[at] == point)
            continue;
        if (__builtin_mul_overflow(value, INT64_C(10), &value) ||
            __builtin_sub_overflow(value, (int64_t)(text[at] - '0'), &value))
            return CHISO_ERANGE;
    }
    if (!negative && __builtin_sub_overflow(INT64_C(0), value, &value))
        return CHISO_ERANGE;
    *out = (struct chiso_decimal){.value = value, .scale = (uint8_t)decimals};
    return CHISO_OK;
}

size_t chiso_decimal_print(struct chiso_decimal number, char out[CHISO_DECIMAL_CHARS])
{
    assert(number.scale <= CHISO_DECIMAL_SCALE_MAX);
    char reversed[CHISO_DECIMAL_CHARS];
    uint64_t rest = number.value < 0 ? -(uint64_t)number.value : (uint64_t)number.value;
    size_t count = 0;
    for (unsigned digits = 0; rest > 0 || digits <= number.scale; digits++) {
        if (digits == number.scale && digits > 0)
            reversed[count++] = '.';
        reversed[count++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (number.value < 0)
        reversed[count++] = '-';
    for (size_t i = 0; i < count; i++)
        out[i] = reversed[count - 1 - i];
    out[count] = '\0';
    return count;
}

int chiso_decimal_compare(struct chiso_decimal a, struct chiso_decimal b)
{
    assert(a.scale <= CHISO_DECIMAL_SCALE_MAX && b.scale <= CHISO_DECIMAL_SCALE_MAX);
    __int128 left = (__int128)a.value * power_of_ten[b.scale];
    __int128 right = (__int128)b.value * power_of_ten[a.scale];
    return (left > right) - (left < right);
}

int chiso_decimal_rescale(struct chiso_decimal number, uint8_t scale, struct chiso_decimal *out)
{
    assert(number.scale <= CHISO_DECIMAL_SCALE_MAX);
    if (scale > CHISO_DECIMAL_SCALE_MAX)
        return CHISO_ERANGE;
    int64_t value;
    if (scale >= number.scale) {
        if (__builtin_mul_overflow(number.value, power_of_ten[scale - number.scale], &value))
            return CHISO_ERANGE;
    } else {
        int64_t divisor = power_of_ten[number.scale - scale];
        if (number.value % divisor != 0)
            return CHISO_ERANGE;
        value = number.value / divisor;
    }
    *out = (struct chiso_decimal){.value = value, .scale = scale};
    return CHISO_OK;
}

struct chiso_decimal chiso_decimal_reduce(struct chiso_decimal number)
{
    while (number.scale > 0 && number.value % 10 == 0) {
        number.value /= 10;
        number.scale--;
    }
    return number;
}
