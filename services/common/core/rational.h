/* Exact rationals as text. Everything that is compared or printed goes through here; nothing is ever rounded
 * except by rational_print_rounded. */
#ifndef CORE_RATIONAL_H
#define CORE_RATIONAL_H

#include "core/total.h"
#include <chiso/decimal.h>
#include <gmp.h>
#include <stddef.h>

void rational_set_decimal(mpq_t out, struct chiso_decimal decimal);
/* VALUE × 10^-SCALE. */
void rational_set_wide(mpq_t out, wide value, unsigned scale);
/* Reads back what the printers below write: "-12.5" or "1/3". CHISO_EINVAL: neither. */
int rational_set_text(mpq_t out, const char *text);

/* VALUE rounded half away from zero, with exactly DECIMALS decimals; a rounded zero has no sign. Writes at
 * most CAPACITY bytes with NUL; a number that does not fit leaves "" (part of a number would be a wrong
 * number). */
void rational_print_rounded(const mpq_t value, unsigned decimals, char *out, size_t capacity);
/* The shortest finite decimal where there is one that fits, otherwise "n/d" in lowest terms; "" as above. */
void rational_print_exact(const mpq_t value, char *out, size_t capacity);

#endif
