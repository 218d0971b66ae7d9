#include "core/report_csv.h"

#include "core/report_row.h"

#include <chiso/decimal.h>
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define HEADER "unit,period,indicator,value\n"
#define FULL                                                                                                 \
    "unit,period,indicator,value,denominator,qualifier,denominator_qualifier,not_applicable,withdrawn,"      \
    "revision,source,note\n"

static char out[16384];

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t used = strlen(out);
    vsnprintf(out + used, sizeof out - used, format, arguments);
    va_end(arguments);
}

static void put_observation(const struct chiso_observation *o, size_t line)
{
    char number[CHISO_DECIMAL_CHARS];
    chiso_decimal_print((struct chiso_decimal){o->value, (uint8_t)o->scale}, number);
    put(" %zu:%s=%s", line, o->indicator, number);
    if (o->denominator != 0 || o->denominator_qualifier != CHISO_EXACT) {
        chiso_decimal_print((struct chiso_decimal){o->denominator, (uint8_t)o->scale}, number);
        put("/%s", number);
    }
    if (o->qualifier != CHISO_EXACT)
        put(" q%d", o->qualifier);
    if (o->denominator_qualifier != CHISO_EXACT)
        put(" d%d", o->denominator_qualifier);
    put("%s%s%s", o->bare ? " bare" : "", o->not_applicable ? " na" : "", o->withdrawn ? " withdrawn" : "");
    if (o->note[0] != '\0')
        put(" (%s)", o->note);
}

/* Drafts as "unit period rREVISION source: observations", or faults as "line:column: sentence", one a line.
 */
static const char *read_with(const char *text, const struct catalogue *catalogue)
{
    struct report_csv csv;
    out[0] = '\0';
    int error = report_csv_read(text, strlen(text), catalogue, &csv);
    cr_expect_eq(error, csv.faults.count > 0 ? CHISO_EINVAL : CHISO_OK);
    cr_expect(error == CHISO_OK || csv.count == 0, "no drafts beside faults");
    for (size_t i = 0; i < csv.faults.count; i++)
        put("%s%zu:%zu: %s", i > 0 ? "\n" : "", csv.faults.list[i].line, csv.faults.list[i].column,
            csv.faults.list[i].text);
    for (size_t i = 0; i < csv.count; i++) {
        const struct report_draft *draft = &csv.drafts[i];
        put("%s%s %s r%u %s:", i > 0 ? "\n" : "", draft->unit, draft->period, draft->revision, draft->source);
        for (size_t o = 0; o < draft->count; o++)
            put_observation(&draft->observations[o], draft->lines[o]);
    }
    report_csv_release(&csv);
    return out;
}

static const char *read_text(const char *text)
{
    return read_with(text, NULL);
}

Test(report_csv, rows)
{
    static const struct {
        const char *row, *expected;
    } table[] = {
        {"35,2024,a,5,,,,,,1,hà nam,", "35 2024 r1 hà nam: 2:a=5"},
        {"35,2024,a,5,,,,,,,,", "35 2024 r0 : 2:a=5"},
        {"35,2024,a,0,,,,,,1,,", "35 2024 r1 : 2:a=0"},
        {"35,2024,a,-13.68,,,,,,1,,", "35 2024 r1 : 2:a=-13.68"},
        {"35,2024,a,980,1000,,,,,1,,", "35 2024 r1 : 2:a=980/1000"},
        {"35,2024,a,1.5,2,,,,,1,,", "35 2024 r1 : 2:a=1.5/2.0"},
        {"35,2024,a,1,2.25,,,,,1,,", "35 2024 r1 : 2:a=1.00/2.25"},
        {"35,2024,a,0,0,,,,,1,,", "35 2024 r1 : 2:a=0"},
        {"35,2024,a,84.6%,,,,,,1,,", "35 2024 r1 : 2:a=84.6 bare"},
        {"35,2024,a,84 %,,,,,,1,,", "35 2024 r1 : 2:a=84 bare"},
        {"35,2024,a,,,,,yes,,1,,", "35 2024 r1 : 2:a=0 na"},
        {"35,2024,a,,,,,TRUE,,1,,", "35 2024 r1 : 2:a=0 na"},
        {"35,2024,a,,,,,,1,2,,", "35 2024 r2 : 2:a=0 withdrawn"},
        {"35,2024,a,5,,,,no,false,1,,", "35 2024 r1 : 2:a=5"},
        {"35,2024,a,5,,,,0,,1,,", "35 2024 r1 : 2:a=5"},
        {"35,2024,a,70000,,gần,,,,1,,gần 70 nghìn", "35 2024 r1 : 2:a=70000 q2 (gần 70 nghìn)"},
        {"35,2024,a,1.4,1.9,trên,hơn,,,1,,", "35 2024 r1 : 2:a=1.4/1.9 q1 d1"},
        {"35.stp,../2022-09-30,a.b_c,5,,,,,,2147483648,,", "35.stp ../2022-09-30 r2147483648 : 2:a.b_c=5"},
        {"\"35\", 2024 ,a,\"5\",,,,,,1,,\"one, two\"", "35 2024 r1 : 2:a=5 (one, two)"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s\n", FULL, table[i].row);
        cr_expect_str_eq(read_text(text), table[i].expected, "%s gave\n%s", table[i].row, out);
    }
}

Test(report_csv, qualifiers)
{
    static const struct {
        const char *word;
        enum chiso_qualifier expected;
    } table[] = {{"", CHISO_EXACT}, {"exact", CHISO_EXACT}, {"EXACT", CHISO_EXACT}, {"trên", CHISO_AT_LEAST},
        {"Trên", CHISO_AT_LEAST}, {"hơn", CHISO_AT_LEAST}, {"ít nhất", CHISO_AT_LEAST},
        {"Ít nhất", CHISO_AT_LEAST}, {"at_least", CHISO_AT_LEAST}, {"AT_LEAST", CHISO_AT_LEAST},
        {"gần", CHISO_BELOW}, {"dưới", CHISO_BELOW}, {"below", CHISO_BELOW}, {"khoảng", CHISO_ABOUT},
        {"ước khoảng", CHISO_ABOUT}, {"Ước khoảng", CHISO_ABOUT}, {"about", CHISO_ABOUT},
        {"ước", CHISO_ESTIMATE}, {"Ước", CHISO_ESTIMATE}, {"estimate", CHISO_ESTIMATE},
        {"tối đa", CHISO_AT_MOST}, {"top", CHISO_AT_MOST}, {"at_most", CHISO_AT_MOST}};
    for (size_t i = 0; i < COUNT(table); i++) {
        enum chiso_qualifier qualifier = CHISO_QUALIFIERS;
        cr_expect_eq(report_qualifier_parse(table[i].word, &qualifier), CHISO_OK, "'%s'", table[i].word);
        cr_expect_eq(qualifier, table[i].expected, "'%s' gave %d", table[i].word, qualifier);
    }
    static const char *const wrong[] = {"tren", "almost", "at least", "hơn ", "~", "ước  khoảng", "2"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        enum chiso_qualifier qualifier = CHISO_QUALIFIERS;
        cr_expect_eq(report_qualifier_parse(wrong[i], &qualifier), CHISO_EINVAL, "'%s'", wrong[i]);
        cr_expect_eq(qualifier, CHISO_QUALIFIERS, "'%s' touched its output", wrong[i]);
    }
}

/* One faulty row, in a file with all columns: the exact sentence. */
Test(report_csv, faulty_rows)
{
    static const struct {
        const char *row, *expected;
    } table[] = {
        {",2024,a,5,,,,,,1,,", "2:1: no unit"},
        {"35 a,2024,a,5,,,,,,1,,", "2:1: unit \"35 a\" is not 1 to 32 letters, digits, '.', '_' or '-'"},
        {"35/1,2024,a,5,,,,,,1,,", "2:1: unit \"35/1\" is not 1 to 32 letters, digits, '.', '_' or '-'"},
        {"123456789012345678901234567890123,2024,a,5,,,,,,1,,",
            "2:1: unit \"123456789012345678901234567890123\" is not 1 to 32 letters, digits, '.', '_' or "
            "'-'"},
        {"35,,a,5,,,,,,1,,", "2:4: no period"},
        {"35,2025-13,a,5,,,,,,1,,",
            "2:4: \"2025-13\" is not a period such as 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14, "
            "2024-01-01/2024-11-11 or ../2022-09-30"},
        {"35,2024,,5,,,,,,1,,", "2:9: no indicator"},
        {"35,2024,tỷ lệ,5,,,,,,1,,",
            "2:9: indicator \"tỷ lệ\" is not 1 to 64 letters, digits, '.', '_' or '-'"},
        {"35,2024,a,,,,,,,1,,",
            "2:11: no value; write 0 for zero, or yes in the column not_applicable or withdrawn"},
        {"35,2024,a,\"13,68\",,,,,,1,,", "2:11: value \"13,68\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,five,,,,,,1,,", "2:11: value \"five\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,1.000.000,,,,,,1,,", "2:11: value \"1.000.000\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,+5,,,,,,1,,", "2:11: value \"+5\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,5e3,,,,,,1,,", "2:11: value \"5e3\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,gần 70,,,,,,1,,", "2:11: value \"gần 70\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,%,,,,,,1,,", "2:11: value \"%\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,1.0123456789,,,,,,1,,",
            "2:11: value \"1.0123456789\" is too large or has more than 9 decimals"},
        {"35,2024,a,99999999999999999999,,,,,,1,,",
            "2:11: value \"99999999999999999999\" is too large or has more than 9 decimals"},
        {"35,2024,a,5,x,,,,,1,,", "2:13: denominator \"x\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,5,1.0123456789,,,,,1,,",
            "2:13: denominator \"1.0123456789\" is too large or has more than 9 decimals"},
        {"35,2024,a,84.6%,100,,,,,1,,",
            "2:17: a percentage (\"84.6%\") has no denominator; write the numerator without % instead"},
        {"35,2024,a,5,84%,,,,,1,,", "2:13: denominator \"84%\" is not a number such as 1368 or 13.68"},
        {"35,2024,a,9223372036854775807,1.5,,,,,1,,",
            "2:31: value \"9223372036854775807\" and denominator \"1.5\" are too large to be written with 1 "
            "decimals"},
        {"35,2024,a,5,,almost,,,,1,,", "2:14: qualifier \"almost\" is none of exact, at_least, below, about, "
                                       "estimate, at_most, trên, hơn, "
                                       "ít nhất, gần, dưới, khoảng, ước khoảng, ước, tối đa"},
        {"35,2024,a,5,9,,xấp xỉ,,,1,,", "2:16: denominator_qualifier \"xấp xỉ\" is none of exact, at_least, "
                                        "below, about, estimate, at_most, "
                                        "trên, hơn, ít nhất, gần, dưới, khoảng, ước khoảng, ước, tối đa"},
        {"35,2024,a,5,,,trên,,,1,,", "2:15: denominator_qualifier \"trên\" without a denominator"},
        {"35,2024,a,,,,,maybe,,1,,", "2:15: not_applicable \"maybe\" is neither yes nor no"},
        {"35,2024,a,5,,,,,x,1,,", "2:17: withdrawn \"x\" is neither yes nor no"},
        {"35,2024,a,,,,,yes,yes,1,,", "2:19: a figure cannot be both not applicable and withdrawn"},
        {"35,2024,a,5,,,,yes,,1,,",
            "2:11: value \"5\" beside not_applicable: a row has either a figure or the mark"},
        {"35,2024,a,0,,,,,yes,1,,",
            "2:11: value \"0\" beside withdrawn: a row has either a figure or the mark"},
        {"35,2024,a,,9,gần,trên,yes,,1,,",
            "2:12: denominator \"9\" beside not_applicable: a row has either a figure or the mark\n"
            "2:14: qualifier \"gần\" beside not_applicable: a row has either a figure or the mark\n"
            "2:18: denominator_qualifier \"trên\" beside not_applicable: a row has either a figure or the "
            "mark"},
        {"35,2024,a,5,,,,,,0,,", "2:18: revision \"0\" is not a whole number from 1 to 2147483648"},
        {"35,2024,a,5,,,,,,-1,,", "2:18: revision \"-1\" is not a whole number from 1 to 2147483648"},
        {"35,2024,a,5,,,,,,1.5,,", "2:18: revision \"1.5\" is not a whole number from 1 to 2147483648"},
        {"35,2024,a,5,,,,,,2147483649,,",
            "2:18: revision \"2147483649\" is not a whole number from 1 to 2147483648"},
        {"35,2024,a,5,,,,,,new,,", "2:18: revision \"new\" is not a whole number from 1 to 2147483648"},
        {"35,2024,a,5", "2:1: the row has 4 columns, the header 12"},
        {"35,2024,a,5,,,,,,1,,,", "2:1: the row has 13 columns, the header 12"},
        {"35,2024,a,\"5\"0,,,,,,1,,",
            "2:14: text behind the closing quote; write \"\" for a quote inside the field"},
        {"35,2024,a,5,,,,,,1,,a \"note\"",
            "2:23: a quote inside a field; put the whole field in quotes and write \"\" for it"},
        {"35,2024,a,5,,,,,,1,,\"note", "2:21: the quote opened here is never closed"},
        {",,,x,,,,,,,,", "2:1: no unit\n2:2: no period\n2:3: no indicator\n"
                         "2:4: value \"x\" is not a number such as 1368 or 13.68"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s\n", FULL, table[i].row);
        cr_expect_str_eq(read_text(text), table[i].expected, "%s gave\n%s", table[i].row, out);
    }
}

Test(report_csv, long_texts)
{
    char text[2048], long_text[600], expected[256];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    snprintf(text, sizeof text, "%s35,2024,a,5,,,,,,1,%.129s,%.501s\n", FULL, long_text, long_text);
    cr_expect_str_eq(read_text(text), "2:20: source has 129 bytes, at most 128 are allowed\n"
                                      "2:150: note has 501 bytes, at most 500 are allowed");
    snprintf(text, sizeof text, "%s35,2024,a,5,,,,,,1,%.128s,%.500s\n", FULL, long_text, long_text);
    cr_expect_null(strstr(read_text(text), "allowed"), "the longest");
    snprintf(text, sizeof text, "%s35,2024,a,%.300s\n", HEADER, long_text);
    snprintf(
        expected, sizeof expected, "2:11: value \"%.60s\" is not a number such as 1368 or 13.68", long_text);
    cr_expect_str_eq(read_text(text), expected, "a long value does not push out what is wrong with it");
}

Test(report_csv, faulty_files)
{
    static const struct {
        const char *name, *text, *expected;
    } table[] = {
        {"empty", "", "1:1: the file is empty; its first line names the columns"},
        {"blank", "\n \n", "1:1: the file is empty; its first line names the columns"},
        {"header only", HEADER, "1:1: the file has a header and no figures"},
        {"unknown column", "unit,period,indicator,value,colour\n", "1:29: unknown column \"colour\""},
        {"column twice", "unit,period,indicator,value,unit\n", "1:29: column \"unit\" stands twice"},
        {"column without name", "unit,period,indicator,value,\n", "1:29: column 5 has no name"},
        {"no header", "35,2024,a,5\n", "1:1: unknown column \"35\""},
        {"columns missing", "unit,value\n35,5\n", "1:1: no column \"period\"\n1:1: no column \"indicator\""},
        {"broken header", "unit,\"period\n", "1:6: the quote opened here is never closed"},
        {"Latin 1", "unit,period,indicator,value,note\n35,2024,a,5,H\xE0 Nam\n",
            "2:14: byte 0xE0 is not UTF-8; save the file as UTF-8"},
        {"the same figure twice", HEADER "35,2024,a,5\n36,2024,a,5\n35,2024,a,6\n",
            "4:9: indicator a of unit 35 in 2024 stands on line 2 already"},
        {"the same figure twice, from two sources",
            "unit,period,indicator,value,revision,source\n35,2024,a,5,1,x\n35,2024,a,5,1,y\n",
            "3:9: indicator a of unit 35 in 2024 stands on line 2 already"},
        {"with and without revision", "unit,period,indicator,value,revision\n35,2024,a,5,3\n35,2024,a,6,\n",
            "2:9: indicator a of unit 35 in 2024 has revision 3 here and none on line 3"},
        {"a decimal point in a file with semicolons", "unit;period;indicator;value\n35;2024;a;13.68\n",
            "2:11: value \"13.68\" is not a number such as 1368 or 13,68"},
        {"all faults at once", HEADER "35,2024,a,x\n35,2024,b,5\n35,20244,c,5\n\"35,2024,d,5\n35,,e,5\n",
            "2:11: value \"x\" is not a number such as 1368 or 13.68\n"
            "4:4: \"20244\" is not a period such as 2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14, "
            "2024-01-01/2024-11-11 or ../2022-09-30\n"
            "5:1: the quote opened here is never closed\n"
            "6:4: no period"},
    };
    for (size_t i = 0; i < COUNT(table); i++)
        cr_expect_str_eq(read_text(table[i].text), table[i].expected, "%s gave\n%s", table[i].name, out);
}

Test(report_csv, groups)
{
    static const struct {
        const char *name, *text, *expected;
    } table[] = {
        {"columns in any order, semicolons, byte order mark",
            "\xEF\xBB\xBFvalue;indicator;period;unit\r\n13,68;a;2024;35\r\n1;b;2024;35\r\n",
            "35 2024 r0 : 2:a=13.68 3:b=1"},
        {"by unit and period, in the order of the file",
            HEADER "36,2024,a,1\n35,2024,a,2\n36,2025,a,3\n36,2024,b,4\n",
            "36 2024 r0 : 2:a=1 5:b=4\n35 2024 r0 : 3:a=2\n36 2025 r0 : 4:a=3"},
        {"by revision", "unit,period,indicator,value,revision\n35,2024,a,1,1\n35,2024,a,2,2\n35,2024,b,3,1\n",
            "35 2024 r1 : 2:a=1 4:b=3\n35 2024 r2 : 3:a=2"},
        {"by source", "unit,period,indicator,value,source\n35,2024,a,1,x\n35,2024,b,2,y\n35,2024,c,3,x\n",
            "35 2024 r0 x: 2:a=1 4:c=3\n35 2024 r0 y: 3:b=2"},
    };
    for (size_t i = 0; i < COUNT(table); i++)
        cr_expect_str_eq(read_text(table[i].text), table[i].expected, "%s gave\n%s", table[i].name, out);
}

static void expect_sizes(const char *name, size_t rows, size_t note_bytes, size_t drafts, size_t first)
{
    size_t capacity = 100 + rows * (note_bytes + 40), used = 0;
    char *text = malloc(capacity), note[CHISO_NOTE_BYTES_MAX + 1];
    memset(note, 'n', note_bytes);
    note[note_bytes] = '\0';
    used += (size_t)snprintf(text, capacity, "unit,period,indicator,value,note\n");
    for (size_t i = 0; i < rows; i++)
        used += (size_t)snprintf(text + used, capacity - used, "35,2024,i%zu,%zu,%s\n", i, i, note);
    struct report_csv csv;
    cr_assert_eq(report_csv_read(text, used, NULL, &csv), CHISO_OK, "%s", name);
    cr_expect_eq(csv.count, drafts, "%s: %zu drafts", name, csv.count);
    cr_expect_eq(csv.drafts[0].count, first, "%s: %zu in the first", name, csv.drafts[0].count);
    for (size_t i = 0; i < csv.count; i++) {
        struct chiso_report report = {.report_id = "r",
            .unit = csv.drafts[i].unit,
            .period = csv.drafts[i].period,
            .source = "",
            .stream_id = "s",
            .revision = 1,
            .observation_count = csv.drafts[i].count,
            .observations = csv.drafts[i].observations};
        uint8_t *bytes = NULL;
        size_t length;
        cr_expect_eq(chiso_report_encode(&report, &bytes, &length), CHISO_OK, "%s: draft %zu", name, i);
        free(bytes);
    }
    report_csv_release(&csv);
    free(text);
}

Test(report_csv, splits_what_one_message_does_not_hold)
{
    expect_sizes("as many as a report takes", CHISO_OBSERVATIONS_MAX, 0, 1, CHISO_OBSERVATIONS_MAX);
    expect_sizes("one more", CHISO_OBSERVATIONS_MAX + 1, 0, 2, CHISO_OBSERVATIONS_MAX);
    expect_sizes("long notes", CHISO_OBSERVATIONS_MAX, CHISO_NOTE_BYTES_MAX, 3, 346);
}

static struct catalogue *small_catalogue(void)
{
    static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                                "VN,,,nation,,,Việt Nam,Viet Nam\n35,,,province,,VN,Hà Nam,Ha Nam\n";
    static const char pillars[] = "id,name_vi,name_en,order\ndigital_society,Xã hội số,Digital society,1\n";
    static const char indicators[] =
        "id,pillar,name_vi,name_en,measure,reported_by\n"
        "a.ratio,digital_society,Tỷ lệ,Ratio,ratio,province\n"
        "a.mean,digital_society,Trung bình,Mean,mean,province\n"
        "a.rate,digital_society,Mức,Rate,rate,province\na.count,digital_society,Số,Count,count,province\n";
    const struct catalogue_file files[] = {{"units.csv", units, sizeof units - 1},
        {"pillars.csv", pillars, sizeof pillars - 1}, {"indicators.csv", indicators, sizeof indicators - 1}};
    struct catalogue *catalogue = NULL;
    struct catalogue_findings findings = {0};
    int error = catalogue_load(files, COUNT(files), &catalogue, &findings);
    for (size_t i = 0; i < findings.count && error != CHISO_OK; i++)
        cr_log_error("%s:%zu: %s", findings.list[i].file, findings.list[i].line, findings.list[i].text);
    cr_assert_eq(error, CHISO_OK);
    catalogue_findings_release(&findings);
    return catalogue;
}

Test(report_csv, an_empty_denominator_of_a_ratio_is_bare)
{
    static const struct {
        const char *row, *with, *without;
    } table[] = {
        {"a.ratio,84.6,", "a.ratio=84.6 bare", "a.ratio=84.6"},
        {"a.ratio,84.6%,", "a.ratio=84.6 bare", "a.ratio=84.6 bare"},
        {"a.ratio,0,", "a.ratio=0 bare", "a.ratio=0"},
        {"a.ratio,0,0", "a.ratio=0", "a.ratio=0"},
        {"a.ratio,846,1000", "a.ratio=846/1000", "a.ratio=846/1000"},
        {"a.mean,33.3,", "a.mean=33.3 bare", "a.mean=33.3"},
        {"a.rate,84.6,", "a.rate=84.6", "a.rate=84.6"},
        {"a.count,7,", "a.count=7", "a.count=7"},
        {"a.unknown,7,", "a.unknown=7", "a.unknown=7"},
    };
    struct catalogue *catalogue = small_catalogue();
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[256], expected[256];
        snprintf(text, sizeof text, "unit,period,indicator,value,denominator\n35,2024,%s\n", table[i].row);
        snprintf(expected, sizeof expected, "35 2024 r0 : 2:%s", table[i].with);
        cr_expect_str_eq(read_with(text, catalogue), expected, "with a catalogue: %s", out);
        snprintf(expected, sizeof expected, "35 2024 r0 : 2:%s", table[i].without);
        cr_expect_str_eq(read_with(text, NULL), expected, "without: %s", out);
    }
    cr_expect_str_eq(
        read_with("unit,period,indicator,value,not_applicable\n35,2024,a.ratio,,yes\n", catalogue),
        "35 2024 r0 : 2:a.ratio=0 na", "%s", out);
    cr_expect_str_eq(read_with(HEADER "35,2024,a.ratio,84.6\n", catalogue),
        "35 2024 r0 : 2:a.ratio=84.6 bare", "no such column: %s", out);
    catalogue_free(catalogue);
}
