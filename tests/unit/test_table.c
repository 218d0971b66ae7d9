#include "core/display.h"
#include "core/table.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(display, width_counts_what_a_terminal_shows)
{
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0}, {"abc", 3}, {"Tỷ lệ hồ sơ trực tuyến", 22},
        {"Ty\xcc\x89 le\xcc\xa3", 5}, /* the same letters, decomposed */
        {"đến 31/12/2025", 14}, {"…", 1}, {"漢字", 4},
        {"a\xff"
         "b",
            3}, /* no UTF-8 */
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(display_width(cases[i].text), cases[i].columns, "%s: %zu", cases[i].text,
            display_width(cases[i].text));
}

Test(display, cut_keeps_letters_and_their_marks_together)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *kept;
    } cases[] = {
        {"Tỷ lệ", 2, "Tỷ"},
        {"Ty\xcc\x89 le\xcc\xa3", 2, "Ty\xcc\x89"},
        {"漢字", 3, "漢"},
        {"abc", 9, "abc"},
        {"abc", 0, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t bytes = display_cut(cases[i].text, cases[i].columns);
        cr_expect_eq(bytes, strlen(cases[i].kept), "%s: %zu", cases[i].text, bytes);
    }
}

Test(display, shorten_marks_what_is_left_out)
{
    static const struct {
        const char *text;
        size_t columns, capacity;
        const char *out;
    } cases[] = {
        {"Hồ sơ trực tuyến", 16, 64, "Hồ sơ trực tuyến"}, {"Hồ sơ trực tuyến", 9, 64, "Hồ sơ tr…"},
        {"Hồ sơ trực tuyến", 7, 64, "Hồ sơ…"}, /* no blank before the mark */
        {"Hồ sơ", 1, 64, "…"}, {"Hồ sơ", 5, 5, "Hồ"}, /* bytes are limited at a character */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[64];
        display_shorten(cases[i].text, cases[i].columns, out, cases[i].capacity);
        cr_expect_str_eq(out, cases[i].out, "'%s'", out);
    }
}

static const struct table_column columns[] = {
    {"Chỉ số", TABLE_LEFT, 8}, {"Số liệu", TABLE_RIGHT, 0}, {"Đủ", TABLE_LEFT, 0}};

static void must_print(const struct table *table, size_t width, bool colour, const char *expected)
{
    char *text = table_text(table, width, colour);
    cr_assert_not_null(text);
    cr_expect_str_eq(text, expected, "\n%s\nexpected\n%s", text, expected);
    free(text);
}

Test(table, columns_are_aligned_by_what_is_shown)
{
    struct table *table = table_new(columns, COUNT(columns));
    table_row(table, (const char *const[]){"Hồ sơ trực tuyến", "84,6%", "1/1"});
    table_row(table, (const char *const[]){"Dân số", "1.234", NULL});
    table_row(table, (const char *const[]){"  cấp xã", NULL, "7/109"});
    must_print(table, 0, false,
        "Chỉ số            Số liệu  Đủ\n"
        "Hồ sơ trực tuyến    84,6%  1/1\n"
        "Dân số              1.234\n"
        "  cấp xã                   7/109\n");
    cr_expect_eq(table_rows(table), 3);
    table_free(table);
}

Test(table, too_wide_shortens_only_what_may_be)
{
    struct table *table = table_new(columns, COUNT(columns));
    table_row(table, (const char *const[]){"Tỷ lệ hồ sơ trực tuyến toàn trình", "84,6%", "1/1"});
    must_print(table, 28, false,
        "Chỉ số          Số liệu  Đủ\n"
        "Tỷ lệ hồ sơ t…    84,6%  1/1\n");
    must_print(table, 5, false,
        "Chỉ số    Số liệu  Đủ\n"
        "Tỷ lệ h…    84,6%  1/1\n");
    table_free(table);
}

Test(table, what_does_not_fit_folds_at_a_blank)
{
    static const struct table_column folding[] = {
        {"Chỉ số", TABLE_FOLD, 8}, {"Số liệu", TABLE_RIGHT, 0}, {"Mục tiêu", TABLE_LEFT, 4}};
    struct table *table = table_new(folding, COUNT(folding));
    table_row(table, (const char *const[]){"Tỷ lệ hồ sơ trực tuyến", "84,6%", "ít nhất 90%"});
    table_row(table, (const char *const[]){"  cấp xã, phường", "1", NULL});
    table_row(table, (const char *const[]){"Mộtchữrấtdàikhôngcódấucách", NULL, "x"});
    must_print(table, 33, false,
        "Chỉ số       Số liệu  Mục tiêu\n"
        "Tỷ lệ hồ sơ    84,6%  ít nhất 90%\n"
        "trực tuyến\n"
        "  cấp xã,          1\n"
        "  phường\n"
        "Mộtchữrấtdà           x\n"
        "ikhôngcódấu\n"
        "cách\n");
    table_free(table);
}

Test(table, a_fifth_line_is_cut)
{
    static const struct table_column narrow[] = {{"", TABLE_FOLD, 3}};
    struct table *table = table_new(narrow, COUNT(narrow));
    table_row(table, (const char *const[]){"một hai ba bốn năm"});
    must_print(table, 3, false, "một\nhai\nba\nbố…\n");
    table_free(table);
}

Test(table, headings_go_across_and_do_not_widen)
{
    struct table *table = table_new(columns, COUNT(columns));
    table_heading(table, "Chính quyền số: một dòng dài hơn cả bảng", TABLE_BOLD);
    table_row(table, (const char *const[]){"A", "1", "1/1"});
    table_style(table, 1, TABLE_BAD);
    must_print(table, 0, true,
        "\033[2mChỉ số\033[0m  \033[2mSố liệu\033[0m  \033[2mĐủ\033[0m\n"
        "\033[1mChính quyền số: một dòng dài hơn cả bảng\033[0m\n"
        "A             \033[31;1m1\033[0m  1/1\n");
    cr_expect_eq(table_rows(table), 1);
    table_free(table);
}

Test(table, what_came_from_outside_cannot_move_the_cursor)
{
    struct table *table = table_new(columns, COUNT(columns));
    table_row(table, (const char *const[]){"a\033[2J\nb", "\xc2\x9b", "\xff\t"});
    must_print(table, 0, false,
        "Chỉ số   Số liệu  Đủ\n"
        "a?[2J?b        ?  ??\n");
    table_free(table);
}

Test(table, empty_columns_and_titles_vanish)
{
    static const struct table_column plain[] = {
        {"", TABLE_LEFT, 0}, {"", TABLE_LEFT, 0}, {"", TABLE_LEFT, 0}};
    struct table *table = table_new(plain, COUNT(plain));
    table_row(table, (const char *const[]){"a", NULL, "c"});
    must_print(table, 0, false, "a  c\n");
    table_free(table);
}
