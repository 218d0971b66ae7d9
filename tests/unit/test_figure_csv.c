#include "core/csv.h"
#include "core/figure_csv.h"
#include "core/report_csv.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *row_of(const char *leaf_text, const char *source, const char *note)
{
    struct leaf leaf;
    cr_assert_eq(leaf_parse(leaf_text, strlen(leaf_text), &leaf), CHISO_OK, "%s", leaf_text);
    const struct figure_csv row = {"35.x001", "2025-Q1", "a.b", &leaf, source, note};
    return figure_csv_print(&row);
}

Test(figure_csv, rows)
{
    static const struct {
        const char *leaf, *source, *note, *row;
    } cases[] = {
        {"1 412305 1.0 5", "", "", "35.x001,2025-Q1,a.b,412305,,,,,,1,,\r\n"},
        {"7 >14/e19 1.0 5", "HIS", "", "35.x001,2025-Q1,a.b,14,19,at_least,estimate,,,7,HIS,\r\n"},
        {"2 ~84.6% 1.0 5", "", "", "35.x001,2025-Q1,a.b,84.6%,,about,,,,2,,\r\n"},
        {"2 na 1.0 5", "", "", "35.x001,2025-Q1,a.b,,,,,yes,,2,,\r\n"},
        {"3 - 1.0 5", "", "", "35.x001,2025-Q1,a.b,,,,,,yes,3,,\r\n"},
        {"1 -5 1.0 5", "", "", "35.x001,2025-Q1,a.b,\"'-5\",,,,,,1,,\r\n"},
        {"1 5 1.0 5", "=a", "x, \"y\"", "35.x001,2025-Q1,a.b,5,,,,,,1,\"'=a\",\"x, \"\"y\"\"\"\r\n"},
        {"1 5 1.0 5", "a", "''=b", "35.x001,2025-Q1,a.b,5,,,,,,1,a,\"'''=b\"\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *row = row_of(cases[i].leaf, cases[i].source, cases[i].note);
        cr_expect_str_eq(row, cases[i].row);
        free(row);
    }
}

/* What is written is what is read. */
Test(figure_csv, comes_back)
{
    static const char *const leaves[] = {
        "1 412305 1.0 5", "7 >14/e19 1.0 5", "2 ~84.6% 1.0 5", "1 -13.68 1.0 5", "1 ^3 1.0 5"};
    static const char *const notes[] = {
        "", "=1", "+1", "-1", "@a", "'=1", "''-", "'a", " a ", "a\nb", "\"", ",;", "\tx", "khoảng 70.000"};
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++) {
        for (size_t n = 0; n < sizeof notes / sizeof *notes; n++) {
            char text[1024], figure[LEAF_CHARS];
            char *row = row_of(leaves[i], notes[n], notes[n]);
            struct report_csv csv;
            int length = snprintf(text, sizeof text, "%s%s", FIGURE_CSV_HEADER, row);
            free(row);
            cr_assert_eq(report_csv_read(text, (size_t)length, NULL, &csv), CHISO_OK, "%s", text);
            cr_assert_eq(csv.observation_count, 1);
            const struct chiso_observation *o = &csv.drafts[0].observations[0];
            cr_expect_str_eq(o->note, notes[n]);
            cr_expect_str_eq(csv.drafts[0].source, notes[n]);
            const struct figure back = {o->bare          ? FIGURE_BARE
                                        : o->denominator ? FIGURE_PAIR
                                                         : FIGURE_VALUE,
                {o->value, (uint8_t)o->scale}, {o->denominator, (uint8_t)o->scale}, o->qualifier,
                o->denominator_qualifier};
            figure_print(&back, figure);
            cr_expect_eq(
                strncmp(strchr(leaves[i], ' ') + 1, figure, strlen(figure)), 0, "%s %s", leaves[i], figure);
            report_csv_release(&csv);
        }
    }
}

Test(figure_csv, guards)
{
    cr_expect(csv_needs_guard("=1") && csv_needs_guard("'=1") && csv_needs_guard("\tx"));
    cr_expect(
        !csv_needs_guard("") && !csv_needs_guard("a=1") && !csv_needs_guard("'a") && !csv_needs_guard("''"));
    cr_expect(csv_is_guarded("'=1") && csv_is_guarded("''=1"));
    cr_expect(!csv_is_guarded("=1") && !csv_is_guarded("'a"));
}
