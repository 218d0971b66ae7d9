#include "io/resp.h"
#include <criterion/criterion.h>
#include <string.h>

static struct resp words;

static void cleanup(void)
{
    resp_release(&words);
}

TestSuite(resp, .fini = cleanup);

static void holds(const char *expected, size_t count)
{
    cr_expect_eq(words.count, count);
    cr_expect(!words.failed);
    cr_expect_eq(words.length, strlen(expected), "%.*s", (int)words.length, words.bytes);
    cr_expect(memcmp(words.bytes, expected, words.length) == 0, "%.*s", (int)words.length, words.bytes);
}

Test(resp, words)
{
    resp_add_text(&words, "SET");
    resp_add_text(&words, "");
    resp_add_number(&words, 0);
    resp_add_number(&words, UINT64_MAX);
    resp_add(&words, NULL, 0);
    holds("$3\r\nSET\r\n$0\r\n\r\n$1\r\n0\r\n$20\r\n18446744073709551615\r\n$0\r\n\r\n", 5);
    resp_clear(&words);
    holds("", 0);
}

Test(resp, bytes_of_any_kind)
{
    resp_add(&words, "a\0\r\n", 4);
    cr_expect_eq(words.length, strlen("$4\r\n") + 4 + strlen("\r\n"));
    cr_expect(memcmp(words.bytes, "$4\r\na\0\r\n\r\n", 10) == 0);
}

Test(resp, grows)
{
    static char big[100000];
    memset(big, 'x', sizeof big);
    for (int i = 0; i < 20; i++)
        resp_add(&words, big, sizeof big);
    cr_expect_eq(words.count, 20);
    cr_expect_eq(words.length, 20 * (sizeof big + strlen("$100000\r\n\r\n")));
    cr_expect(memcmp(words.bytes + words.length - 3, "x\r\n", 3) == 0);
}

Test(resp, a_counter_is_raised_where_it_stands)
{
    static const struct {
        unsigned times, by;
        const char *text;
    } cases[] = {{0, 2, "00000000"}, {1, 2, "00000002"}, {5, 2, "00000010"}, {49999, 2, "00099998"},
        {50000, 2, "00100000"}, {12, 9, "00000108"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        resp_clear(&words);
        resp_add_text(&words, "before");
        size_t counter = resp_add_counter(&words);
        resp_add_text(&words, "behind");
        for (unsigned n = 0; n < cases[i].times; n++)
            resp_raise(&words, counter, cases[i].by);
        cr_expect_eq(words.count, 3);
        cr_expect(memcmp(words.bytes + counter, cases[i].text, 8) == 0, "%s: %.8s", cases[i].text,
            words.bytes + counter);
        cr_expect(memcmp(words.bytes + counter + 8, "\r\n$6\r\nbehind", 12) == 0);
    }
}
