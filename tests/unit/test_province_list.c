/* Which provinces a service serves. */
#include "catalogue_files.h"
#include "core/province_list.h"

Test(province_list, membership)
{
    static const struct {
        const char *list, *code;
        bool has;
    } rows[] = {
        {NULL, "35", true},
        {"", "35", true},
        {"35", "35", true},
        {"30,35,36", "35", true},
        {"30,35,36", "36", true},
        {"30,36", "35", false},
        {"355", "35", false},
        {"3", "35", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(province_list_has(rows[i].list, rows[i].code), rows[i].has, "%s in %s", rows[i].code,
            rows[i].list ? rows[i].list : "NULL");
}

Test(province_list, codes_in_their_order)
{
    char code[CHISO_UNIT_BYTES_MAX + 1];
    const char *at = "30,35";
    cr_assert(province_list_next(&at, code));
    cr_expect_str_eq(code, "30");
    cr_assert(province_list_next(&at, code));
    cr_expect_str_eq(code, "35");
    cr_expect_not(province_list_next(&at, code));
}

Test(province_list, codes_that_are_no_province)
{
    static const struct {
        const char *list;
        int error;
    } rows[] = {{NULL, 0}, {"35,37", 0}, {"36", 0}, {"35,99", CHISO_EINVAL}, {"VN", CHISO_EINVAL},
        {"347", CHISO_EINVAL}};
    struct catalogue *catalogue = test_good_catalogue();
    struct chiso_message why = {""};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(province_list_check(rows[i].list, catalogue, &why), rows[i].error, "row %zu", i);
    cr_expect_str_eq(why.text, "provinces: \"347\" is no province of the catalogue");
    catalogue_free(catalogue);
}
