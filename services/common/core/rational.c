#include "core/rational.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void power_of_ten(mpz_t out, unsigned exponent)
{
    mpz_ui_pow_ui(out, 10, exponent);
}

void rational_set_decimal(mpq_t out, struct chiso_decimal decimal)
{
    rational_set_wide(out, decimal.value, decimal.scale);
}

void rational_set_wide(mpq_t out, wide value, unsigned scale)
{
    /* Negating the lowest wide overflows; its magnitude is taken as unsigned. */
    unsigned __int128 magnitude = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    mpz_import(mpq_numref(out), 1, -1, sizeof magnitude, 0, 0, &magnitude);
    if (value < 0)
        mpz_neg(mpq_numref(out), mpq_numref(out));
    power_of_ten(mpq_denref(out), scale);
    mpq_canonicalize(out);
}

/* [-]digits[.digits] into OUT, which is changed only on success. */
static int set_decimal_text(mpq_t out, const char *text)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    const char *point = strchr(text, '.');
    size_t length = strlen(digits), decimals = point ? strlen(point + 1) : 0;
    char *joined = malloc(length + 1);
    if (!joined)
        return CHISO_ENOMEM;
    size_t whole = point ? (size_t)(point - digits) : length;
    memcpy(joined, digits, whole);
    memcpy(joined + whole, digits + whole + (point != NULL), length - whole - (point != NULL));
    joined[length - (point != NULL)] = '\0';
    bool valid = whole > 0 && (!point || decimals > 0) && strspn(joined, "0123456789") == strlen(joined) &&
                 mpz_set_str(mpq_numref(out), joined, 10) == 0;
    free(joined);
    if (!valid)
        return CHISO_EINVAL;
    if (text[0] == '-')
        mpz_neg(mpq_numref(out), mpq_numref(out));
    power_of_ten(mpq_denref(out), (unsigned)decimals);
    mpq_canonicalize(out);
    return CHISO_OK;
}

int rational_set_text(mpq_t out, const char *text)
{
    if (!strchr(text, '/'))
        return set_decimal_text(out, text);
    mpq_t read;
    mpq_init(read);
    int error = mpq_set_str(read, text, 10) || mpz_sgn(mpq_denref(read)) <= 0 ? CHISO_EINVAL : CHISO_OK;
    if (!error) {
        mpq_canonicalize(read);
        mpq_set(out, read);
    }
    mpq_clear(read);
    return error;
}

/* DIGITS, a whole number ≥ 0, with its last DECIMALS digits behind a point. */
static void print_digits(const mpz_t digits, bool negative, unsigned decimals, char *out, size_t capacity)
{
    size_t room = mpz_sizeinbase(digits, 10) + decimals + 2;
    char *text = malloc(room);
    if (capacity > 0)
        out[0] = '\0';
    if (!text)
        return;
    mpz_get_str(text, 10, digits);
    size_t length = strlen(text);
    if (length <= decimals) {
        size_t zeros = decimals + 1 - length;
        memmove(text + zeros, text, length + 1);
        memset(text, '0', zeros);
        length += zeros;
    }
    if (length + (decimals > 0) + negative < capacity) {
        int whole = (int)(length - decimals);
        snprintf(
            out, capacity, "%s%.*s%s%s", negative ? "-" : "", whole, text, decimals ? "." : "", text + whole);
    }
    free(text);
}

void rational_print_rounded(const mpq_t value, unsigned decimals, char *out, size_t capacity)
{
    mpz_t scaled, twice;
    mpz_inits(scaled, twice, NULL);
    power_of_ten(scaled, decimals);
    mpz_mul(scaled, scaled, mpq_numref(value));
    mpz_abs(scaled, scaled);
    /* |n|·10^k / d rounded half up is floor((2·|n|·10^k + d) / 2d). */
    mpz_mul_2exp(scaled, scaled, 1);
    mpz_add(scaled, scaled, mpq_denref(value));
    mpz_mul_2exp(twice, mpq_denref(value), 1);
    mpz_fdiv_q(scaled, scaled, twice);
    print_digits(scaled, mpq_sgn(value) < 0 && mpz_sgn(scaled) != 0, decimals, out, capacity);
    mpz_clears(scaled, twice, NULL);
}

/* The decimals that 1/DENOMINATOR needs; -1: it never ends. */
static long finite_decimals(const mpz_t denominator)
{
    mpz_t rest, factor;
    mpz_init_set(rest, denominator);
    mpz_init_set_ui(factor, 2);
    unsigned long twos = mpz_remove(rest, rest, factor);
    mpz_set_ui(factor, 5);
    unsigned long fives = mpz_remove(rest, rest, factor);
    long decimals = mpz_cmp_ui(rest, 1) == 0 ? (long)(twos > fives ? twos : fives) : -1;
    mpz_clears(rest, factor, NULL);
    return decimals;
}

void rational_print_exact(const mpq_t value, char *out, size_t capacity)
{
    long decimals = finite_decimals(mpq_denref(value));
    if (capacity == 0)
        return;
    out[0] = '\0';
    if (decimals >= 0 && (size_t)decimals < capacity)
        rational_print_rounded(value, (unsigned)decimals, out, capacity);
    if (out[0] != '\0')
        return;
    char *text = mpq_get_str(NULL, 10, value);
    if (text && strlen(text) < capacity)
        memcpy(out, text, strlen(text) + 1);
    free(text);
}
