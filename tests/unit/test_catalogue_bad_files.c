/* Which files and columns a catalogue has, and what a file must be at all. */
#include "catalogue_files.h"

Test(catalogue_bad_files, columns)
{
    static const struct bad_case cases[] = {
        {"pillars.csv",
            "id,name_vi,colour,ordre\ndigital_society,Xã hội số,red,1\ndigital_government,Chính quyền số,,\n",
            "pillars.csv:1:12: error: the column 'colour' is unknown\n"
            "pillars.csv:1:19: error: the column 'ordre' is unknown"},
        {"pillars.csv", "name_en,order\nX,1\n",
            "pillars.csv:1:1: error: the column 'id' is missing\n"
            "pillars.csv:1:1: error: the column 'name_vi' is missing"},
        {"pillars.csv", "id,name_vi,id\ndigital_society,Xã hội số,\ndigital_government,Chính quyền số,\n",
            "pillars.csv:1:12: error: the column 'id' stands here a second time"},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_files, order_of_columns_separator_and_bom_do_not_matter)
{
    static const struct bad_case cases[] = {
        {"pillars.csv",
            "\xEF\xBB\xBForder;name_vi;id\r\n1;Chính quyền số;digital_government\r\n"
            "2;\"Xã hội; số\";digital_society\r\n",
            ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_files, texts)
{
    static const struct bad_case cases[] = {
        {"holidays.csv", "", "holidays.csv:1:1: error: the file is empty; its first line names the columns"},
        {"holidays.csv", "date,name_vi\n2025-01-01,T\xE1t\n",
            "holidays.csv:2:13: error: byte 0xE1 is not UTF-8; save the file as UTF-8"},
        {"holidays.csv", "date,name_vi\n2025-01-01,T\"t\n2025-13-01,x\n",
            "holidays.csv:2:13: error: a quote inside a field; put the whole field in quotes and write \"\" "
            "for it\nholidays.csv:3:1: error: date '2025-13-01' is not a day; write it as 2025-07-01"},
        {"unit.csv", "id\n", "unit.csv:1:1: error: the catalogue has no file of this name"},
        {"README.md", "anything", ""},
    };
    BAD_CASES(cases);
}

Test(catalogue_bad_files, three_files_must_be_there)
{
    struct test_files files = {0};
    char *found = test_findings(&files);
    cr_assert_str_eq(found, "indicators.csv:1:1: error: the file is missing\n"
                            "pillars.csv:1:1: error: the file is missing\n"
                            "units.csv:1:1: error: the file is missing");
    free(found);
}

Test(catalogue_bad_files, a_broken_file_is_not_blamed_on_those_that_refer_to_it)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "units.csv", NULL);
    char *found = test_findings(&files);
    cr_assert_str_eq(found, "units.csv:1:1: error: the file is missing");
    free(found);
}

Test(catalogue_bad_files, only_the_first_thousand_findings_are_kept_and_the_rest_counted)
{
    struct test_files files = test_good_files();
    char *text = malloc(200000);
    size_t at = (size_t)sprintf(text, "date\n");
    for (int i = 0; i < 1200; i++)
        at += (size_t)sprintf(text + at, "x\n");
    test_file_set(&files, "holidays.csv", text);
    struct catalogue *catalogue = NULL;
    struct catalogue_findings findings = {0};
    cr_assert_eq(catalogue_load(files.files, files.count, &catalogue, &findings), CHISO_EINVAL);
    cr_assert_eq(findings.count, CATALOGUE_FINDINGS_MAX);
    cr_assert_eq(findings.errors, 1200);
    char *said = catalogue_findings_text(&findings, "en");
    cr_assert(strstr(said, "\n1200 errors, 0 warnings; only the first 1000 are shown\n") != NULL);
    free(said);
    said = catalogue_findings_text(&findings, "vi");
    cr_assert(strstr(said, "\n1200 lỗi, 0 cảnh báo; chỉ hiện 1000 phát hiện đầu tiên\n") != NULL);
    free(said);
    free(text);
    catalogue_findings_release(&findings);
}

Test(catalogue_bad_files, without_memory_nothing_is_left_behind)
{
    struct test_files files = test_good_files();
    test_file_set(&files, "publishers.csv", "publisher,units\n35.gateway,35 35/*\n");
    test_file_set(&files, "contacts.csv", "unit,post,address\n35,Chánh Văn phòng,a@example.org\n");
    test_file_set(&files, "holidays.csv", "date\n2025-01-01\n");
    test_file_set(&files, "obligations.csv", "indicator,unit\ndossier.online_rate,35.snv\n");
    test_file_set(&files, "targets.csv", "indicator,unit,shape,value\ndossier.online_rate,35,at_least,80\n");
    int error = CHISO_ENOMEM;
    for (size_t limit = 0; error == CHISO_ENOMEM; limit += 48) {
        struct catalogue *catalogue = NULL;
        struct catalogue_findings findings = {0};
        error = catalogue_load_within(limit, files.files, files.count, &catalogue, &findings);
        cr_assert_eq(catalogue != NULL, error == CHISO_OK);
        catalogue_findings_release(&findings);
        catalogue_free(catalogue);
        cr_assert(limit < (1 << 20));
    }
    cr_assert_eq(error, CHISO_OK);
}
