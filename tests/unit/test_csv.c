#include "core/csv.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* All rows as "line:[field@column|field@column]" and faults as "line:column!sentence", one per line. */
static const char *read_all(const char *bytes, size_t length)
{
    static char out[4 * CSV_FIELD_BYTES_MAX];
    static struct csv_row row;
    struct csv_reader reader;
    struct chiso_message why = {""};
    int used = 0;
    out[0] = '\0';
    if (csv_init(&reader, bytes, length, &why) != CHISO_OK) {
        snprintf(out, sizeof out, "%zu:%zu!%s", reader.line, reader.column, why.text);
        return out;
    }
    int got;
    while ((got = csv_next(&reader, &row, &why)) != 0) {
        used += snprintf(out + used, sizeof out - (size_t)used, "%s%zu:", used > 0 ? "\n" : "", row.line);
        if (got < 0) {
            used += snprintf(out + used, sizeof out - (size_t)used, "%zu!%s", row.fields[0].column, why.text);
            continue;
        }
        for (size_t i = 0; i < row.count; i++) {
            cr_expect_eq(strlen(row.fields[i].text), row.fields[i].length);
            used += snprintf(out + used, sizeof out - (size_t)used, "%s%s@%zu", i > 0 ? "|" : "[",
                row.fields[i].text, row.fields[i].column);
        }
        used += snprintf(out + used, sizeof out - (size_t)used, "]");
    }
    csv_release(&reader);
    return out;
}

Test(csv, reads)
{
    static const struct {
        const char *name, *text, *expected;
    } table[] = {
        {"nothing", "", ""},
        {"a byte order mark only", "\xEF\xBB\xBF", ""},
        {"one line", "unit,period", "1:[unit@1|period@6]"},
        {"byte order mark", "\xEF\xBB\xBFunit,period\n35,2024\n", "1:[unit@1|period@6]\n2:[35@1|2024@4]"},
        {"CRLF", "a,b\r\n1,2\r\n", "1:[a@1|b@3]\n2:[1@1|2@3]"},
        {"CR at the end of the file", "a,b\r", "1:[a@1|b@3]"},
        {"no line end at the end", "a,b\n1,2", "1:[a@1|b@3]\n2:[1@1|2@3]"},
        {"semicolons by the header", "a;b\n13,68;1\n", "1:[a@1|b@3]\n2:[13,68@1|1@7]"},
        {"commas by the header", "a,b\n1;2,3\n", "1:[a@1|b@3]\n2:[1;2@1|3@5]"},
        {"one column", "a\n1;2\n", "1:[a@1]\n2:[1;2@1]"},
        {"empty fields", "a,b,c\n,,3\n1,,\n", "1:[a@1|b@3|c@5]\n2:[@1|@2|3@3]\n3:[1@1|@3|@4]"},
        {"blanks around", " a ,\tb\t\n 1 , two words \n", "1:[a@2|b@6]\n2:[1@2|two words@6]"},
        {"quoted", "a,b\n\"1,5\",\"say \"\"hi\"\"\"\n", "1:[a@1|b@3]\n2:[1,5@1|say \"hi\"@7]"},
        {"blanks kept inside quotes", "a\n\" 1 \"\n", "1:[a@1]\n2:[ 1 @1]"},
        {"blanks around quotes", "a,b\n \"1\" , \"2\" \n", "1:[a@1|b@3]\n2:[1@2|2@8]"},
        {"empty quotes", "a,b\n\"\",\"\"\"\"\n", "1:[a@1|b@3]\n2:[@1|\"@4]"},
        {"a line end inside quotes", "a,b\n\"x\ny\",2\n3,4\n", "1:[a@1|b@3]\n2:[x\ny@1|2@4]\n4:[3@1|4@3]"},
        {"blank lines", "\n\na,b\n\n  \n1,2\n\n", "3:[a@1|b@3]\n6:[1@1|2@3]"},
        {"lines of separators only", "a,b\n,\n , \n1,2\n,\n", "1:[a@1|b@3]\n4:[1@1|2@3]"},
        {"empty quotes are no blank line", "a\n\"\"\n", "1:[a@1]\n2:[@1]"},
        {"columns count characters", "tên,số\nHà Giang,\"ệ\",x\n",
            "1:[tên@1|số@5]\n2:[Hà Giang@1|ệ@10|x@14]"},
        {"quoted header", "\"a\";\"b\"\n1;2\n", "1:[a@1|b@5]\n2:[1@1|2@3]"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        const char *got = read_all(table[i].text, strlen(table[i].text));
        cr_expect_str_eq(got, table[i].expected, "%s gave\n%s", table[i].name, got);
    }
}

Test(csv, says_what_is_wrong_and_reads_on)
{
    static const struct {
        const char *name, *text, *expected;
    } table[] = {
        {"quote inside a field", "a,b\nHà \"Nam\",2\n3,4\n",
            "1:[a@1|b@3]\n2:4!a quote inside a field; put the whole field in quotes and write \"\" for it\n"
            "3:[3@1|4@3]"},
        {"text behind a quote", "a,b\n1,\"x\" y\n3,4\n",
            "1:[a@1|b@3]\n2:7!text behind the closing quote; write \"\" for a quote inside the field\n"
            "3:[3@1|4@3]"},
        {"never closed", "a,b\n1,\"x\n3,4\n",
            "1:[a@1|b@3]\n2:3!the quote opened here is never closed\n3:[3@1|4@3]"},
        {"closed by a later one", "a,b\n1,\"x\n3,\"4\"\n5,6\n",
            "1:[a@1|b@3]\n2:3!the quote opened here closes on line 3 with text behind it\n3:[3@1|4@3]\n"
            "4:[5@1|6@3]"},
        {"two faults", "a\nx\"\n1\ny\"\n",
            "1:[a@1]\n2:2!a quote inside a field; put the whole field in quotes and write \"\" for it\n"
            "3:[1@1]\n4:2!a quote inside a field; put the whole field in quotes and write \"\" for it"},
        {"fault on a row's second line", "a,b\n\"x\ny\",z\"\n1,2\n",
            "1:[a@1|b@3]\n3:5!a quote inside a field; put the whole field in quotes and write \"\" for it\n"
            "4:[1@1|2@3]"},
        {"Latin 1", "tên\nH\xE0 Nam\n", "2:2!byte 0xE0 is not UTF-8; save the file as UTF-8"},
        {"UTF-16", "\xFF\xFE", "1:1!byte 0xFF is not UTF-8; save the file as UTF-8"},
        {"cut character", "ab\xE1\xBB", "1:3!byte 0xE1 is not UTF-8; save the file as UTF-8"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        const char *got = read_all(table[i].text, strlen(table[i].text));
        cr_expect_str_eq(got, table[i].expected, "%s gave\n%s", table[i].name, got);
    }
    cr_expect_str_eq(read_all("a\nb\0c", 5), "2:2!a NUL byte: this is not a text file");
}

Test(csv, limits)
{
    static char text[3 * CSV_FIELD_BYTES_MAX];
    char expected[256];

    memset(text, 'x', CSV_FIELD_BYTES_MAX);
    strcpy(text + CSV_FIELD_BYTES_MAX, ",1\n");
    cr_expect_null(strchr(read_all(text, strlen(text)), '!'), "the longest plain field");

    strcpy(text, "a\n");
    memset(text + 2, 'x', CSV_FIELD_BYTES_MAX + 1);
    strcpy(text + CSV_FIELD_BYTES_MAX + 3, "\n1\n");
    snprintf(expected, sizeof expected, "1:[a@1]\n2:1!the field is longer than %d bytes\n3:[1@1]",
        CSV_FIELD_BYTES_MAX);
    cr_expect_str_eq(read_all(text, strlen(text)), expected, "too long plain");

    text[2] = '"';
    strcpy(text + CSV_FIELD_BYTES_MAX + 3, "x\"\n1\n");
    cr_expect_str_eq(read_all(text, strlen(text)), expected, "too long in quotes");
    strcpy(text + CSV_FIELD_BYTES_MAX + 3, "\"\n1\n");
    cr_expect_null(strchr(read_all(text, strlen(text)), '!'), "the longest in quotes");

    memset(text, ',', CSV_COLUMNS_MAX);
    strcpy(text + CSV_COLUMNS_MAX, "1\n2\n");
    snprintf(expected, sizeof expected, "1:%d!more than %d columns\n2:[2@1]", CSV_COLUMNS_MAX + 1,
        CSV_COLUMNS_MAX);
    cr_expect_str_eq(read_all(text, strlen(text)), expected, "too many columns");
}

Test(csv, header)
{
    static const char *const names[] = {"unit", "period", "value"};
    static const struct {
        const char *text;
        int unit, period, value;
        size_t column;
        const char *why;
    } table[] = {
        {"unit,period,value", 0, 1, 2, 0, ""},
        {"value;unit", 1, -1, 0, 0, ""},
        {"unit,peroid", 9, 9, 9, 6, "unknown column \"peroid\""},
        {"unit,Period", 9, 9, 9, 6, "unknown column \"Period\""},
        {"unit,value,unit", 9, 9, 9, 12, "column \"unit\" stands twice"},
        {"unit,value,", 9, 9, 9, 12, "column 3 has no name"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        static struct csv_row row;
        struct csv_reader reader;
        struct chiso_message why = {""};
        int position[3] = {9, 9, 9};
        size_t column = 0;
        cr_assert_eq(csv_init(&reader, table[i].text, strlen(table[i].text), &why), CHISO_OK);
        cr_assert_eq(csv_next(&reader, &row, &why), 1);
        int error = csv_header(&row, names, 3, position, &column, &why);
        cr_expect_eq(error, *table[i].why ? CHISO_EINVAL : CHISO_OK, "%s", table[i].text);
        cr_expect(
            position[0] == table[i].unit && position[1] == table[i].period && position[2] == table[i].value,
            "%s", table[i].text);
        cr_expect_eq(column, table[i].column, "%s", table[i].text);
        cr_expect_str_eq(why.text, table[i].why, "%s", table[i].text);
        csv_release(&reader);
    }
}
