/* Catalogues for tests, written as texts: a small good one, of which a test replaces a file. */
#ifndef TEST_CATALOGUE_FILES_H
#define TEST_CATALOGUE_FILES_H

#include "core/catalogue.h"
#include "core/sentence_vi.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char good_units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                                 "VN,,,nation,,,Việt Nam,Viet Nam\n"
                                 "35,,2025-06-30,province,,VN,Tỉnh Hà Nam,Ha Nam Province\n"
                                 "36,,2025-06-30,province,,VN,Tỉnh Nam Định,\n"
                                 "37,,2025-06-30,province,,VN,Tỉnh Ninh Bình,\n"
                                 "37,2025-07-01,,province,,VN,Tỉnh Ninh Bình,\n"
                                 "347,,2024-12-31,district,,35,Thành phố Phủ Lý,\n"
                                 "347,2025-01-01,2025-06-30,district,,35,Thành phố Phủ Lý mới,\n"
                                 "13285,,2025-06-30,commune,,347,Phường Quang Trung,\n"
                                 "13285,2025-07-01,,commune,,37,Phường Hà Nam,\n"
                                 "35.stp,,2025-06-30,department,justice,35,Sở Tư pháp,\n"
                                 "35.snv,,2025-06-30,department,home_affairs,35,Sở Nội vụ,\n"
                                 "35.ioc,,2025-06-30,organisation,ioc,35,Trung tâm điều hành,\n";
static const char good_successions[] = "date,old_code,new_code,extent\n"
                                       "2025-07-01,35,37,whole\n"
                                       "2025-07-01,36,37,whole\n"
                                       "2025-07-01,37,37,whole\n"
                                       "2025-07-01,13285,13285,whole\n";
static const char good_pillars[] = "id,name_vi,name_en,order\n"
                                   "digital_society,Xã hội số,Digital society,4\n"
                                   "digital_government,Chính quyền số,Digital government,2\n";
static const char good_indicators[] =
    "id,pillar,name_vi,measure,across_time,reported_by,whole_by,cadence,factor,decimals,due_working_days\n"
    "dossier.online_rate,digital_government,Tỷ lệ hồ sơ trực tuyến,ratio,,department:justice commune "
    "district,province,month,100,1,5\n"
    "society.accounts,digital_society,Tài khoản định danh,count,last,commune,,quarter+interval,,,\n";

struct test_files {
    struct catalogue_file files[CATALOGUE_FILES_MAX];
    size_t count;
};

/* Sets (or, with NULL, removes) the text of a file. */
static inline void test_file_set(struct test_files *files, const char *name, const char *text)
{
    size_t i = 0;
    while (i < files->count && strcmp(files->files[i].name, name) != 0)
        i++;
    if (text == NULL && i < files->count)
        files->files[i] = files->files[--files->count];
    if (text == NULL)
        return;
    files->files[i] = (struct catalogue_file){name, text, strlen(text)};
    files->count += i == files->count;
}

static inline struct test_files test_good_files(void)
{
    struct test_files files = {0};
    test_file_set(&files, "units.csv", good_units);
    test_file_set(&files, "successions.csv", good_successions);
    test_file_set(&files, "pillars.csv", good_pillars);
    test_file_set(&files, "indicators.csv", good_indicators);
    return files;
}

/* Loads files that must be good: no error, no warning. */
static inline struct catalogue *test_load(const struct test_files *files)
{
    struct catalogue *catalogue = NULL;
    struct catalogue_findings findings = {0};
    int error = catalogue_load(files->files, files->count, &catalogue, &findings);
    char *text = catalogue_findings_text(&findings, "en");
    cr_assert(error == CHISO_OK && findings.count == 0, "%s", text);
    free(text);
    catalogue_findings_release(&findings);
    return catalogue;
}

static inline struct catalogue *test_good_catalogue(void)
{
    struct test_files files = test_good_files();
    return test_load(&files);
}

/* What is found: every finding on a line, without the count; every sentence has a translation. The caller frees
 * it. */
static inline char *test_findings(const struct test_files *files)
{
    struct catalogue *catalogue = NULL;
    struct catalogue_findings findings = {0};
    int error = catalogue_load(files->files, files->count, &catalogue, &findings);
    cr_assert_eq(error, findings.errors > 0 ? CHISO_EINVAL : CHISO_OK);
    cr_assert_eq(catalogue != NULL, error == CHISO_OK);
    char *text = catalogue_findings_text(&findings, "en");
    cr_assert_not_null(text);
    for (size_t i = 0; i < findings.count; i++) {
        char vietnamese[2 * CHISO_MESSAGE_BYTES];
        cr_expect(sentence_vi(findings.list[i].text, vietnamese, sizeof vietnamese), "not in Vietnamese: %s",
            findings.list[i].text);
    }
    text[strlen(text) - 1] = '\0';
    char *count = strrchr(text, '\n');
    *(count != NULL ? count : text) = '\0';
    catalogue_findings_release(&findings);
    catalogue_free(catalogue);
    return text;
}

/* A fault: the good catalogue with FILE replaced by TEXT, or, where TEXT begins with '+', prolonged by it. */
struct bad_case {
    const char *file, *text, *findings;
};

static inline const char *test_good_text(const char *file)
{
    struct test_files good = test_good_files();
    for (size_t i = 0; i < good.count; i++) {
        if (strcmp(good.files[i].name, file) == 0)
            return good.files[i].bytes;
    }
    return "";
}

static inline void test_bad_cases(const struct bad_case cases[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct test_files files = test_good_files();
        char text[8192];
        bool prolong = cases[i].text[0] == '+';
        snprintf(
            text, sizeof text, "%s%s", prolong ? test_good_text(cases[i].file) : "", cases[i].text + prolong);
        test_file_set(&files, cases[i].file, text);
        char *found = test_findings(&files);
        cr_expect_str_eq(found, cases[i].findings, "%s <- %s\nfound:\n%s\nexpected:\n%s", cases[i].file,
            cases[i].text, found, cases[i].findings);
        free(found);
    }
}
#define BAD_CASES(cases) test_bad_cases(cases, sizeof(cases) / sizeof(cases)[0])

#endif
