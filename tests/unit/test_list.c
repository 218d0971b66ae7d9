#include "core/list.h"
#include <chiso/error.h>
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

Test(list, grows_when_it_is_full_and_keeps_what_it_has)
{
    uint32_t *list = NULL;
    size_t capacity = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        cr_assert_eq(LIST_GROW(list, i, capacity), CHISO_OK);
        cr_assert_gt(capacity, i);
        list[i] = i;
    }
    for (uint32_t i = 0; i < 1000; i++)
        cr_assert_eq(list[i], i);
    const uint32_t *before = list;
    cr_expect_eq(LIST_GROW(list, 1000, capacity), CHISO_OK);
    cr_expect_eq(list, before, "there is room");
    free(list);
}
