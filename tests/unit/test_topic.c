#include "core/topic.h"

#include <criterion/criterion.h>
#include <string.h>

#define CODE_32 "abcdefghijklmnopqrstuvwxyz.-_012"

static void is_topic(const char *topic, const char *province, const char *publisher)
{
    char found[2][CHISO_UNIT_BYTES_MAX + 1], again[TOPIC_CHARS];
    cr_assert_eq(topic_parse(topic, TOPIC_REPORT, found[0], found[1]), CHISO_OK, "%s", topic);
    cr_expect_str_eq(found[0], province);
    cr_expect_str_eq(found[1], publisher);
    topic_print(TOPIC_REPORT, found[0], found[1], again);
    cr_expect_str_eq(again, topic);
}

static void is_none(const char *topic)
{
    char province[CHISO_UNIT_BYTES_MAX + 1] = "?", publisher[CHISO_UNIT_BYTES_MAX + 1] = "?";
    cr_expect_eq(topic_parse(topic, TOPIC_REPORT, province, publisher), CHISO_EINVAL, "%s", topic);
    cr_expect_str_eq(province, "?");
    cr_expect_str_eq(publisher, "?");
}

Test(topic, province_and_publisher)
{
    is_topic("chiso/v1/report/35/35.syt", "35", "35.syt");
    is_topic("chiso/v1/report/" CODE_32 "/" CODE_32, CODE_32, CODE_32);
}

Test(topic, any_other)
{
    is_none("");
    is_none("chiso/v1/report");
    is_none("chiso/v1/report/");
    is_none("chiso/v1/report/35");
    is_none("chiso/v1/report/35/");
    is_none("chiso/v1/report//35");
    is_none("chiso/v1/report/35/a/b");
    is_none("chiso/v1/report/35/a/");
    is_none("chiso/v1/report/35/a b");
    is_none("chiso/v1/report/3\xc4\x91/a");
    is_none("chiso/v1/report/35/+");
    is_none("chiso/v1/receipt/35/35.syt");
    is_none("x/chiso/v1/report/35/35.syt");
    is_none("chiso/v1/report/35/" CODE_32 "x");
    is_none("chiso/v1/report/" CODE_32 "x/35");
}
