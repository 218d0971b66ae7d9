/* Numbers of a fixed width, as dates and periods are written, and numbers written faster than by printf. */
#ifndef CORE_DIGITS_H
#define CORE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

/* Reads exactly COUNT digits at TEXT; -1 when one is none. */
static inline int digits(const char *text, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* NUMBER as exactly COUNT digits. */
static inline void put_digits(char *out, int number, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* Writes NUMBER to OUT, at most DIGITS_MAX characters and no NUL, and says how many. */
#define DIGITS_MAX 20
static inline size_t digits_put(char *out, uint64_t number)
{
    char reversed[DIGITS_MAX];
    size_t count = 0;
    do
        reversed[count++] = (char)('0' + number % 10);
    while (number /= 10);
    for (size_t i = 0; i < count; i++)
        out[i] = reversed[count - 1 - i];
    return count;
}

/* The same of a negative one too, with one character more. */
static inline size_t digits_put_signed(char *out, int64_t number)
{
    if (number >= 0)
        return digits_put(out, (uint64_t)number);
    *out = '-';
    return 1 + digits_put(out + 1, -(uint64_t)number);
}

#endif
