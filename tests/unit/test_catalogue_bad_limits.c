/* What a catalogue may have at most, each limit met and passed by one, with the sentence that the clerk reads.
 */
#include "catalogue_files.h"

struct text {
    char *bytes;
    size_t length;
};

static struct text text_open(size_t capacity)
{
    struct text text = {calloc(1, capacity), 0};
    cr_assert_not_null(text.bytes);
    return text;
}

/* COUNT rows of FORMAT, which has the row's number in it. */
static void text_rows(struct text *text, int count, const char *format)
{
    for (int i = 0; i < count; i++)
        text->length += (size_t)sprintf(text->bytes + text->length, format, i);
}

static char *findings_with(const char *file, const char *text)
{
    struct test_files files = test_good_files();
    test_file_set(&files, file, text);
    return test_findings(&files);
}

static void expect_with(const char *file, const char *text, const char *expected)
{
    char *found = findings_with(file, text);
    cr_expect_str_eq(found, expected, "%s\nfound:\n%.300s\nexpected:\n%s", file, found, expected);
    free(found);
}

/* COUNT rows are good, one more is what EXPECTED says. */
static void expect_limit(
    const char *file, const char *head, const char *format, int count, const char *expected)
{
    struct text text = text_open(strlen(head) + (size_t)(count + 1) * (strlen(format) + 16));
    text.length = (size_t)sprintf(text.bytes, "%s", head);
    size_t start = text.length;
    text_rows(&text, count, format);
    expect_with(file, text.bytes, "");
    text.length = start;
    text_rows(&text, count + 1, format);
    expect_with(file, text.bytes, expected);
    free(text.bytes);
}

Test(catalogue_bad_limits, texts)
{
    char text[512];
    snprintf(text, sizeof text, "id,name_vi\ndigital_society,x\ndigital_government,%0300d\n", 0);
    expect_with("pillars.csv", text, "");
    snprintf(text, sizeof text, "id,name_vi\ndigital_society,x\ndigital_government,%0301d\n", 0);
    expect_with("pillars.csv", text, "pillars.csv:3:20: error: name_vi has 301 bytes; 300 are allowed");
}

Test(catalogue_bad_limits, pillars)
{
    expect_limit("pillars.csv", "id,name_vi\ndigital_society,x\ndigital_government,y\n", "p%d,z\n", 62,
        "pillars.csv:66:1: error: more than 64 pillars");
}

Test(catalogue_bad_limits, indicators)
{
    expect_limit("indicators.csv", "id,pillar,name_vi,measure,reported_by\n",
        "i%d,digital_society,x,count,commune\n", CATALOGUE_INDICATORS_MAX,
        "indicators.csv:2002:1: error: more than 2000 rows");
}

Test(catalogue_bad_limits, units)
{
    struct text text = text_open((size_t)4 << 20);
    text.length = (size_t)sprintf(text.bytes, "%s", good_units);
    text_rows(&text, CATALOGUE_UNITS_MAX - 12, "c%05d,,,organisation,,VN,x,\n");
    expect_with("units.csv", text.bytes, "");
    strcpy(text.bytes + text.length, "more,,,organisation,,VN,x,\n");
    expect_with("units.csv", text.bytes, "units.csv:60002:1: error: more than 60000 rows");
    free(text.bytes);
}

Test(catalogue_bad_limits, indices)
{
    struct text indices = text_open((size_t)64 << 10), parts = text_open((size_t)64 << 10);
    struct test_files files = test_good_files();
    indices.length = (size_t)sprintf(indices.bytes, "id,name_vi,unit_kind,method\n");
    text_rows(&indices, 500, "x%d,Chỉ số,province,points\n");
    parts.length = (size_t)sprintf(parts.bytes, "index,component\n");
    text_rows(&parts, 500, "x%d,society.accounts\n");
    test_file_set(&files, "indices.csv", indices.bytes);
    test_file_set(&files, "index_components.csv", parts.bytes);
    catalogue_free(test_load(&files));
    strcpy(indices.bytes + indices.length, "x500,Chỉ số,province,points\n");
    test_file_set(&files, "indices.csv", indices.bytes);
    char *found = test_findings(&files);
    cr_expect_str_eq(found, "indices.csv:502:1: error: more than 500 indices");
    free(found);
    free(indices.bytes);
    free(parts.bytes);
}

static void write_roles(struct text *text, int count)
{
    text->length = (size_t)sprintf(text->bytes, "%s", good_units);
    for (int i = 0; i < count; i++)
        text->length += (size_t)sprintf(text->bytes + text->length,
            "r%d,,2025-06-30,department,r_%c%c,35,Sở,\n", i, 'a' + i / 26, 'a' + i % 26);
}

Test(catalogue_bad_limits, roles)
{
    struct text text = text_open((size_t)64 << 10);
    write_roles(&text, 253); /* and three of the good units */
    expect_with("units.csv", text.bytes, "");
    write_roles(&text, 254);
    expect_with("units.csv", text.bytes,
        "units.csv:267:29: error: role 'r_jt' is one too many; 256 roles are allowed");
    free(text.bytes);
}

Test(catalogue_bad_limits, reporters)
{
    struct text units = text_open((size_t)64 << 10), list = text_open(4096);
    struct test_files files = test_good_files();
    write_roles(&units, 33);
    test_file_set(&files, "units.csv", units.bytes);
    list.length =
        (size_t)sprintf(list.bytes, "id,pillar,name_vi,measure,reported_by\na,digital_society,x,count,");
    for (int i = 0; i < 33; i++)
        list.length +=
            (size_t)sprintf(list.bytes + list.length, "department:r_%c%c ", 'a' + i / 26, 'a' + i % 26);
    strcpy(list.bytes + list.length, "\n");
    test_file_set(&files, "indicators.csv", list.bytes);
    char *found = test_findings(&files);
    cr_expect_str_eq(found, "indicators.csv:2:539: error: more than 32 entries", "%s", found);
    free(found);
    free(units.bytes);
    free(list.bytes);
}

Test(catalogue_bad_limits, rows_of_a_file)
{
    struct text text = text_open((size_t)16 << 20);
    text.length = (size_t)sprintf(text.bytes, "date,kind\n");
    text_rows(&text, 1000001, "x%d,\n");
    struct test_files files = test_good_files();
    test_file_set(&files, "holidays.csv", text.bytes);
    struct catalogue *catalogue = NULL;
    struct catalogue_findings findings = {0};
    cr_assert_eq(catalogue_load(files.files, files.count, &catalogue, &findings), CHISO_EINVAL);
    /* The one about the rows is said first of a million. */
    cr_expect_eq(findings.errors, 1000001);
    char *said = catalogue_findings_text(&findings, "en");
    cr_expect(strstr(said, "holidays.csv:1000002:1: error: more than 1000000 rows\n") != NULL);
    free(said);
    catalogue_findings_release(&findings);
    free(text.bytes);
}

Test(catalogue_bad_limits, files)
{
    struct test_files files = test_good_files();
    size_t length = CATALOGUE_FILE_BYTES_MAX + 1;
    char *text = malloc(length);
    memset(text, ' ', length);
    files.files[files.count++] = (struct catalogue_file){"holidays.csv", text, length};
    files.files[files.count++] = (struct catalogue_file){"successions.csv", "date\n", 5};
    char *found = test_findings(&files);
    cr_expect_str_eq(found, "holidays.csv:1:1: error: the file has 33554433 bytes; 33554432 are allowed\n"
                            "successions.csv:1:1: error: the file is there twice");
    free(found);
    free(text);
}
