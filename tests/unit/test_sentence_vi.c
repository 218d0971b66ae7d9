#include "core/report_csv.h"
#include "core/sentence_vi.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Test(sentence_vi, takes_the_values_over)
{
    static const struct {
        const char *english, *vietnamese;
    } table[] = {
        {"no unit", "thiếu mã đơn vị (unit)"},
        {"no column \"unit\"", "thiếu cột \"unit\""},
        {"value \"năm\" is not a number such as 1368 or 13.68",
            "cột value: \"năm\" không phải số như 1368 hoặc 13.68"},
        {"source has 129 bytes, at most 128 are allowed", "cột source có 129 byte, tối đa là 128"},
        {"the file has 9 bytes, at most 8 are allowed", "tệp có 9 byte, tối đa là 8"},
        {"unit 35 belongs to province 36 in 2025: publish on chiso/v1/report/36/35, not on province 35",
            "đơn vị 35 thuộc tỉnh 36 trong kỳ 2025: hãy gửi vào chiso/v1/report/36/35, không phải của tỉnh "
            "35"},
        {"unit 35 belongs to no province in 2025", "đơn vị 35 không thuộc tỉnh nào trong kỳ 2025"},
        {"unit 35 ended on 30/06/2025; use 2025-H1",
            "đơn vị 35 đã kết thúc vào ngày 30/06/2025; hãy dùng kỳ 2025-H1"},
        {"unit 35 ended on 30/06/2025", "đơn vị 35 đã kết thúc vào ngày 30/06/2025"},
        {"unit \"35 \" is not in the catalogue", "danh mục không có đơn vị \"35 \""},
        {"there is no index 'x'", "không có chỉ số tổng hợp 'x'"},
        {"a has 5 at revision 3, not 6: a correction needs a higher revision",
            "a đã có 5 ở bản 3, không phải 6: muốn sửa phải dùng số bản cao hơn"},
        {"across_time 'each' is unknown; write sum, last or none",
            "cột across_time: không có 'each'; hãy ghi sum, last hoặc none"},
        {"indicators.csv:64: calendar 'administrative' of 'a' differs from 'statistical' (line 63 of the "
         "catalogue before), and 2 stored figures, such as unit 35 for 2025-03, would be read by it; another "
         "calendar needs a new id",
            "indicators.csv:64: calendar 'administrative' của 'a' khác 'statistical' (dòng 63 của danh mục "
            "trước), và 2 số liệu đang lưu, như của đơn vị 35 kỳ 2025-03, sẽ bị hiểu theo đó; calendar khác "
            "cần "
            "id mới"},
        {"\"\" is not a period such as 2025 or 2024", "\"\" không phải kỳ báo cáo như 2025 hoặc 2024"},
    };
    char got[512];
    for (size_t i = 0; i < COUNT(table); i++) {
        cr_expect(sentence_vi(table[i].english, got, sizeof got), "%s", table[i].english);
        cr_expect_str_eq(got, table[i].vietnamese, "%s gave %s", table[i].english, got);
    }
}

Test(sentence_vi, says_so_when_it_does_not_know)
{
    static const char *const unknown[] = {
        "", "no", "no unit here", "unknown column \"x", "quite another sentence", "a is both not applicable"};
    char got[8];
    for (size_t i = 0; i < COUNT(unknown); i++) {
        strcpy(got, "before");
        cr_expect_not(sentence_vi(unknown[i], got, sizeof got), "%s", unknown[i]);
        cr_expect_str_eq(got, "");
    }
}

Test(sentence_vi, cuts_between_characters)
{
    char got[12];
    cr_expect(sentence_vi("no unit", got, sizeof got));
    cr_expect_str_eq(got, "thiếu mã", "%s", got);
    cr_expect(sentence_vi("more than 256 columns", got, 7));
    cr_expect_str_eq(got, "có h", "%s", got);
}

/* Every fault that a file can have: a sentence without a translation shows up here. */
Test(sentence_vi, every_fault_of_a_file_has_one)
{
#define HEAD                                                                                                 \
    "unit,period,indicator,value,denominator,qualifier,denominator_qualifier,not_applicable,withdrawn,"      \
    "revision\n"
#define GOOD "35,2025,a,5,,,,,,\n"
    static const char *const files[] = {"", "\xff\n", "\"open", "a\"b", "\"a\"b", "unit,\n", "unit,unit\n",
        "unit,nonsense\n", "unit\n", HEAD, HEAD "35\n", HEAD GOOD GOOD, HEAD GOOD "35,2025,a,5,,,,,,2\n",
        HEAD ",,,,,,,,,\n" HEAD, HEAD ",2025,a,5,,,,,,\n35,,a,5,,,,,,\n35,2025,,5,,,,,,\n",
        HEAD "!,x,?,five,six,over,over,maybe,maybe,0\n", HEAD "35,2025,a,,,,,,,\n",
        HEAD "35,2025,a,5%,3,,,,,\n", HEAD "35,2025,a,5,,,gần,,,\n", HEAD "35,2025,a,5,,,,yes,,\n",
        HEAD "35,2025,a,,,,,yes,yes,\n", HEAD "35,2025,a,1.0123456789,,,,,,\n",
        HEAD "35,2025,a,9223372036854775807,0.001,,,,,\n", HEAD "35,2025,a,5,9,x,x,,,\n"};
    size_t faults = 0;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct report_csv csv;
        char got[512];
        cr_expect_eq(report_csv_read(files[i], strlen(files[i]), NULL, &csv), CHISO_EINVAL, "%s", files[i]);
        for (size_t f = 0; f < csv.faults.count; f++, faults++)
            cr_expect(sentence_vi(csv.faults.list[f].text, got, sizeof got), "%s", csv.faults.list[f].text);
        report_csv_release(&csv);
    }
    cr_expect_geq(faults, 30, "%zu", faults);
}
