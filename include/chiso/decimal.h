/* Exact decimal numbers: VALUE × 10^-SCALE, SCALE 0 … 9. No floating point anywhere.
 *
 * Two decimals are the same figure when they are equal as numbers (13.5 = 13.50): compare with
 * chiso_decimal_compare, never member by member. */
#ifndef CHISO_DECIMAL_H
#define CHISO_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#define CHISO_DECIMAL_SCALE_MAX 9
/* sign, 19 digits, point, leading zero, NUL */
#define CHISO_DECIMAL_CHARS 24
/* Figures are limited to ±2^52 after scaling (STATISTICS S1) so that 128-bit totals cannot overflow. */
#define CHISO_FIGURE_MAX (INT64_C(1) << 52)

struct chiso_decimal {
    int64_t value;
    uint8_t scale;
};

/* Reads an optional sign '-', digits, and optionally POINT ('.' or ',') with digits; nothing else: no spaces,
 * no exponent, no thousands separators, at least one digit on each side of a point. CHISO_EINVAL: not such a
 * number. CHISO_ERANGE: more than 9 decimals or beyond int64. */
int chiso_decimal_parse(const char *text, size_t length, char point, struct chiso_decimal *out);

/* Prints with exactly SCALE decimals and '.'; returns the length written, NUL excluded. */
size_t chiso_decimal_print(struct chiso_decimal number, char out[CHISO_DECIMAL_CHARS]);

/* -1, 0, 1; exact for all inputs. */
int chiso_decimal_compare(struct chiso_decimal a, struct chiso_decimal b);

/* The same number with SCALE decimals. CHISO_ERANGE: digits would be lost, or it does not fit. */
int chiso_decimal_rescale(struct chiso_decimal number, uint8_t scale, struct chiso_decimal *out);

/* The same number with the fewest decimals (13.50 becomes 13.5). */
struct chiso_decimal chiso_decimal_reduce(struct chiso_decimal number);

#endif
