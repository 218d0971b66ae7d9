#include "core/sentence_vi.h"

#include "core/sentence_vi_table.h"
#include "core/utf8.h"
#include <string.h>

static const struct sentence_pair sentences[] = {
    /* core/csv.c, core/report_csv.c */
    {"byte * is not UTF-8; save the file as UTF-8", "byte * không phải UTF-8; hãy lưu tệp với mã UTF-8"},
    {"a NUL byte: this is not a text file", "có byte NUL: đây không phải tệp văn bản"},
    {"the quote opened here is never closed", "dấu ngoặc kép mở ở đây không được đóng lại"},
    {"the quote opened here closes on line * with text behind it",
        "dấu ngoặc kép mở ở đây đóng lại ở dòng * và còn chữ đằng sau"},
    {"the field is longer than * bytes", "ô dài hơn * byte"},
    {"text behind the closing quote; write \"\" for a quote inside the field",
        "có chữ sau dấu ngoặc kép đóng; trong ô hãy ghi \"\" thay cho một dấu ngoặc kép"},
    {"a quote inside a field; put the whole field in quotes and write \"\" for it",
        "có dấu ngoặc kép trong ô; hãy đặt cả ô trong ngoặc kép và ghi \"\" thay cho nó"},
    {"more than * columns", "có hơn * cột"},
    {"column * has no name", "cột thứ * không có tên"},
    {"unknown column \"*\"", "không có cột nào tên \"*\""},
    {"column \"*\" stands twice", "cột \"*\" xuất hiện hai lần"},
    {"no column \"*\"", "thiếu cột \"*\""},
    {"the file is empty; its first line names the columns", "tệp trống; dòng đầu phải ghi tên các cột"},
    {"the file has a header and no figures", "tệp chỉ có dòng tiêu đề, không có số liệu"},
    {"the file has * bytes, at most * are allowed", "tệp có * byte, tối đa là *"},
    {"the file has * rows, at most * are allowed", "tệp có * dòng số liệu, tối đa là *"},
    {"the row has * columns, the header *", "dòng có * cột, dòng tiêu đề có *"},
    {"indicator * of unit * in * stands on line * already", "chỉ số * của đơn vị * kỳ * đã có ở dòng *"},
    {"indicator * of unit * in * has revision * here and none on line *",
        "chỉ số * của đơn vị * kỳ * ở đây có số bản *, còn ở dòng * thì không"},
    /* core/report_row.c */
    {"a percentage (\"*\") has no denominator; write the numerator without % instead",
        "số phần trăm (\"*\") không có mẫu số; hãy ghi tử số, không có dấu %"},
    {"value \"*\" and denominator \"*\" are too large to be written with * decimals",
        "giá trị \"*\" và mẫu số \"*\" quá lớn để ghi với * chữ số thập phân"},
    {"no value; write 0 for zero, or yes in the column not_applicable or withdrawn",
        "không có giá trị; hãy ghi 0 nếu bằng không, hoặc yes ở cột not_applicable hay withdrawn"},
    {"denominator_qualifier \"*\" without a denominator",
        "có denominator_qualifier \"*\" mà không có mẫu số"},
    {"a figure cannot be both not applicable and withdrawn",
        "một số liệu không thể vừa không áp dụng vừa rút lại"},
    {"no unit", "thiếu mã đơn vị (unit)"},
    {"no indicator", "thiếu mã chỉ số (indicator)"},
    {"no period", "thiếu kỳ báo cáo (period)"},
    {"revision \"*\" is not a whole number from 1 to *", "số bản \"*\" không phải số nguyên từ 1 đến *"},
    {"report_id \"*\" is not 1 to * letters, digits, '.', '_' or '-'",
        "mã báo cáo \"*\" không phải 1 đến * chữ cái, chữ số, '.', '_' hoặc '-'"},
    {"\"*\" is not a period such as * or *", "\"*\" không phải kỳ báo cáo như * hoặc *"},
    {"* \"*\" is none of *", "cột *: \"*\" không phải một trong các từ *"},
    {"* \"*\" is neither yes nor no", "cột *: \"*\" không phải yes hay no"},
    {"* \"*\" is not a number such as * or *", "cột *: \"*\" không phải số như * hoặc *"},
    {"* \"*\" is too large or has more than * decimals",
        "cột *: \"*\" quá lớn hoặc có hơn * chữ số thập phân"},
    {"* \"*\" beside *: a row has either a figure or the mark",
        "cột *: \"*\" đứng cùng dấu *; mỗi dòng chỉ có số liệu hoặc dấu đó"},
    {"* \"*\" is not 1 to * letters, digits, '.', '_' or '-'",
        "cột *: \"*\" không phải 1 đến * chữ cái, chữ số, '.', '_' hoặc '-'"},
    {"* has * bytes, at most * are allowed", "cột * có * byte, tối đa là *"},
    /* core/catalogue.c */
    {"unit \"*\" is not in the catalogue", "danh mục không có đơn vị \"*\""},
    {"unit * is not in the catalogue", "danh mục không có đơn vị *"},
    {"unit * exists only from *", "đơn vị * chỉ có từ ngày *"},
    {"unit * ended on *; use *", "đơn vị * đã kết thúc vào ngày *; hãy dùng kỳ *"},
    {"unit * ended on *", "đơn vị * đã kết thúc vào ngày *"},
    /* core/admit.c */
    {"unit * belongs to no province", "đơn vị * không thuộc tỉnh nào"},
    {"unit * belongs to no province in *", "đơn vị * không thuộc tỉnh nào trong kỳ *"},
    {"unit * belongs to province * in *: publish on *, not on province *",
        "đơn vị * thuộc tỉnh * trong kỳ *: hãy gửi vào *, không phải của tỉnh *"},
    {"period * has not begun on *", "kỳ * chưa bắt đầu vào ngày *"},
    {"publisher * may not report for unit *", "tài khoản * không được báo cáo thay đơn vị *"},
    {"the report has no observations", "báo cáo không có số liệu"},
    {"revision * is not between 1 and *", "số bản * không nằm trong khoảng 1 đến *"},
    {"indicator * does not take intervals such as *", "chỉ số * không nhận khoảng thời gian như *"},
    {"period * is shorter than the cadence of indicator *", "kỳ * ngắn hơn kỳ báo cáo của chỉ số *"},
    {"* is both not applicable and withdrawn", "* vừa không áp dụng vừa rút lại"},
    {"* has a figure and is marked * as well", "* vừa có số liệu vừa có dấu *"},
    {"* takes a plain value and cannot be bare", "* nhận một giá trị thường, không nhận số phần trăm"},
    {"* is bare and cannot have a denominator", "* là số phần trăm có sẵn, không thể có mẫu số"},
    {"* takes a plain value and cannot have a denominator", "* nhận một giá trị thường, không có mẫu số"},
    {"* has * decimals, * takes at most *", "* có * chữ số thập phân, * nhận tối đa *"},
    {"* is too large for *: the limit is 2^52 in its smallest unit",
        "* quá lớn đối với *: giới hạn là 2^52 đơn vị nhỏ nhất"},
    {"* is negative and the minimum of * is 0", "* là số âm, còn giá trị nhỏ nhất của * là 0"},
    {"* of * is negative and can only be exact or an estimate",
        "* của * là số âm, chỉ có thể là số đúng hoặc ước"},
    {"denominator * of * is negative", "mẫu số * của * là số âm"},
    {"* of 0 is no ratio: * has a numerator and denominator 0",
        "* trên 0 không phải tỷ lệ: * có tử số mà mẫu số bằng 0"},
    {"* of * is neither 0 nor 1", "* của * không phải 0 hay 1"},
    {"*: only a unit that speaks for the whole reports k of n, unit * reports 0 or 1",
        "*: chỉ đơn vị báo cáo chung cho toàn bộ mới ghi k trên n, đơn vị * ghi 0 hoặc 1"},
    {"* of * is no k of n units of *", "* trên * không phải k trên n đơn vị của *"},
    {"indicator \"*\" is not in the catalogue", "danh mục không có chỉ số \"*\""},
    {"indicator * has no definition for * yet", "chỉ số * chưa có định nghĩa cho kỳ *"},
    {"unit * (*) does not report indicator *", "đơn vị * (*) không báo cáo chỉ số *"},
    {"indicator * stands more than once in the report", "chỉ số * xuất hiện hơn một lần trong báo cáo"},
    /* the aggregator's decisions */
    {"* has * at revision *, not *: a correction needs a higher revision",
        "* đã có * ở bản *, không phải *: muốn sửa phải dùng số bản cao hơn"},
    {"revision * of * is in force, * came too late", "bản * của * đang có hiệu lực, bản * đến muộn"},
};

#define VALUES_MAX 12

struct value {
    const char *text;
    size_t length;
};

/* Where the value that SENTENCE begins with ends: at the first place where REST's fixed words follow, or at
 * those that end the sentence. NULL: nowhere. */
static const char *value_end(const char *rest, const char *sentence)
{
    size_t fixed = strcspn(rest, "*"), length = strlen(sentence);
    if (rest[fixed] == '\0')
        return length < fixed ? NULL : sentence + length - fixed;
    for (; *sentence != '\0'; sentence++)
        if (strncmp(sentence, rest, fixed) == 0)
            return sentence;
    return NULL;
}

/* The values of SENTENCE, if it is one of TEMPLATE's. */
static bool match(const char *template, const char *sentence, struct value values[VALUES_MAX])
{
    size_t count = 0;
    for (;;) {
        size_t fixed = strcspn(template, "*");
        if (strncmp(template, sentence, fixed) != 0)
            return false;
        template += fixed;
        sentence += fixed;
        if (*template == '\0')
            return *sentence == '\0';
        template ++;
        const char *end = value_end(template, sentence);
        if (end == NULL || count == VALUES_MAX)
            return false;
        values[count++] = (struct value){sentence, (size_t)(end - sentence)};
        sentence = end;
    }
}

static void fill(const char *template, const struct value values[], char *out, size_t capacity)
{
    size_t used = 0;
    for (; *template != '\0'; template ++) {
        const char *piece = template;
        size_t length = 1;
        if (*template == '*') {
            piece = values->text;
            length = values++->length;
        }
        size_t room = capacity - 1 - used;
        if (length > room)
            length = room;
        memcpy(out + used, piece, length);
        used += length;
    }
    while (!utf8_is_valid(out, used))
        used--; /* a character that was cut in two */
    out[used] = '\0';
}

static bool translate(
    const struct sentence_pair list[], size_t count, const char *english, char *out, size_t capacity)
{
    struct value values[VALUES_MAX];
    for (size_t i = 0; i < count; i++)
        if (match(list[i].english, english, values)) {
            fill(list[i].vietnamese, values, out, capacity);
            return true;
        }
    return false;
}

bool sentence_vi(const char *english, char *out, size_t capacity)
{
    out[0] = '\0';
    return translate(sentences, sizeof sentences / sizeof *sentences, english, out, capacity) ||
           translate(sentences_of_catalogues, sentences_of_catalogues_count, english, out, capacity) ||
           translate(sentences_of_operators, sentences_of_operators_count, english, out, capacity);
}
