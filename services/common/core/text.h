/* Numbers, dates and words as people read them, in Vietnamese ("vi") or English ("en"): 84,6% and 84.6%,
 * 70.000 and 70,000, 31/12/2025 in both. Any other language code reads as Vietnamese. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <chiso/period.h>
#include <chiso/report.h>
#include <stdbool.h>
#include <stddef.h>

bool text_is_english(const char *language);

/* Text that grows in a caller's buffer and is cut at a character boundary where the buffer ends. */
struct text {
    char *out;
    size_t capacity, length;
};
void text_begin(struct text *text, char *out, size_t capacity);
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A decimal with '.' ("-1234.5") grouped and pointed for LANGUAGE ("-1.234,5"); anything else ("1/3", "8–10")
 * with its points turned. */
void text_number(const char *decimal, const char *language, char *out, size_t capacity);
/* "gần 70.000 hộ", "84,6%": the qualifier's word, the number, the unit label (% without a blank). */
void text_figure(enum chiso_qualifier qualifier, const char *decimal, const char *label, const char *language,
    char *out, size_t capacity);
/* "gần", "trên" …; "" for EXACT. */
const char *text_qualifier(enum chiso_qualifier qualifier, const char *language);
/* "tháng 3/2025", "March 2025". At most CHISO_PERIOD_TEXT_BYTES. */
void text_period(struct chiso_period period, const char *language, char out[CHISO_PERIOD_TEXT_BYTES]);
/* "thống kê", "statistical". */
const char *text_calendar(enum chiso_calendar calendar, const char *language);
/* "17:00 ngày 08/04/2025", "17:00 on 08/04/2025", in Vietnam's time. */
#define TEXT_INSTANT_BYTES 48
void text_instant(chiso_instant_ms instant, const char *language, char out[TEXT_INSTANT_BYTES]);

#endif
