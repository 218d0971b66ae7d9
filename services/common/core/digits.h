/* Numbers of a fixed width, as dates and periods are written. */
#ifndef CORE_DIGITS_H
#define CORE_DIGITS_H

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

#endif
