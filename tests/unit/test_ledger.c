#include "core/ledger.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char seen[4096];

static int remember(void *context, const char *field, const char *value)
{
    (void)context;
    size_t at = strlen(seen);
    snprintf(seen + at, sizeof seen - at, "%s=%s;", field, value);
    return 0;
}

static const char *changes(struct ledger *ledger)
{
    seen[0] = '\0';
    ledger_each_changed(ledger, remember, NULL);
    ledger_settled(ledger);
    return seen;
}

Test(ledger, counts_deliveries_by_unit_and_outcome)
{
    struct ledger *ledger = ledger_new();
    ledger_deliver(ledger, "35", CHISO_ACCEPTED);
    ledger_deliver(ledger, "35", CHISO_ACCEPTED);
    ledger_deliver(ledger, "-", CHISO_REJECTED);
    cr_assert_str_eq(changes(ledger), "unit:35:ACCEPTED=2;unit:-:REJECTED=1;");
    cr_assert_str_eq(changes(ledger), "");
    ledger_free(ledger);
}

Test(ledger, a_change_is_said_once_until_the_next)
{
    struct ledger *ledger = ledger_new();
    ledger_load(ledger, "unit:36:ACCEPTED", "7");
    cr_assert_str_eq(changes(ledger), "");
    ledger_deliver(ledger, "37", CHISO_ACCEPTED);
    ledger_deliver(ledger, "36", CHISO_ACCEPTED);
    ledger_sequence(ledger, "p", "s", 1);
    ledger_deliver(ledger, "37", CHISO_ACCEPTED);
    cr_assert_str_eq(changes(ledger), "unit:37:ACCEPTED=2;unit:36:ACCEPTED=8;stream:p:s=1;");
    ledger_deliver(ledger, "36", CHISO_ACCEPTED);
    cr_assert_str_eq(changes(ledger), "unit:36:ACCEPTED=9;");
    ledger_deliver(ledger, "37", CHISO_ACCEPTED);
    ledger_clear(ledger);
    ledger_deliver(ledger, "38", CHISO_ACCEPTED);
    cr_assert_str_eq(changes(ledger), "unit:38:ACCEPTED=1;");
    ledger_free(ledger);
}

Test(ledger, gaps_open_and_close)
{
    struct {
        uint64_t sequence;
        const char *value;
    } const cases[] = {
        {1, "1"},
        {2, "2"},
        {5, "5 3-4"},
        {5, NULL},
        {9, "9 3-4,6-8"},
        {7, "9 3-4,6-6,8-8"},
        {3, "9 4-4,6-6,8-8"},
        {4, "9 6-6,8-8"},
        {8, "9 6-6"},
        {6, "9"},
        {1, NULL},
    };
    struct ledger *ledger = ledger_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char wanted[256] = "";
        cr_assert_eq(ledger_sequence(ledger, "35", "s", cases[i].sequence), CHISO_OK);
        cr_expect_eq(ledger_has_new_numbers(ledger), cases[i].value != NULL, "after %llu",
            (unsigned long long)cases[i].sequence);
        if (cases[i].value)
            snprintf(wanted, sizeof wanted, "stream:35:s=%s;", cases[i].value);
        cr_expect_str_eq(changes(ledger), wanted, "after %llu", (unsigned long long)cases[i].sequence);
    }
    ledger_free(ledger);
}

Test(ledger, the_oldest_gaps_are_forgotten_and_counted)
{
    struct ledger *ledger = ledger_new();
    for (uint64_t s = 2; s <= 2 * (LEDGER_GAPS_MAX + 3); s += 2)
        ledger_sequence(ledger, "35", "s", s);
    const char *text = changes(ledger);
    cr_assert(strstr(text, " +3;"), "%s", text);
    struct ledger *again = ledger_new();
    char value[LEDGER_VALUE_CHARS];
    sscanf(text, "stream:35:s=%[^;]", value);
    cr_assert_eq(ledger_load(again, "stream:35:s", value), CHISO_OK);
    ledger_sequence(again, "35", "s", 1000);
    cr_assert(strstr(changes(again), " +4;"));
    ledger_free(ledger);
    ledger_free(again);
}

Test(ledger, odd_streams_and_values)
{
    struct ledger *ledger = ledger_new();
    ledger_sequence(ledger, "35", "bad stream", 3);
    ledger_sequence(ledger, "35", "s", 0);
    cr_assert_str_eq(changes(ledger), "");
    static const char *const bad[][2] = {{"x", "1"}, {"unit:35:ACCEPTED", "x"}, {"unit:35:ACCEPTED", "1 2-3"},
        {"stream:35:s", "9 3"}, {"stream:35:s", "9 4-3"}, {"stream:35:s", "9 3-4x"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(ledger_load(ledger, bad[i][0], bad[i][1]), CHISO_EINVAL, "%s=%s", bad[i][0], bad[i][1]);
    ledger_free(ledger);
}

static int describe(void *context, const struct ledger_record *r)
{
    char *out = context;
    size_t at = strlen(out);
    if (r->unit)
        at += (size_t)snprintf(out + at, 400, "%s %s %d;", r->unit, r->outcome, (int)r->number);
    else
        at += (size_t)snprintf(
            out + at, 400, "%s %s %d +%d", r->publisher, r->stream, (int)r->number, (int)r->forgotten);
    for (size_t i = 0; i < r->gap_count; i++)
        at += (size_t)snprintf(out + at, 400, " %d-%d", (int)r->gaps[i].from, (int)r->gaps[i].to);
    return CHISO_OK;
}

/* One whose outbox is new each time does not use up the room of the others; what is stored is read whatever there is. */
Test(ledger, a_publisher_has_its_share_of_the_streams)
{
    char stream[64];
    struct ledger *ledger = ledger_new();
    for (int i = 0; i < LEDGER_STREAMS_MAX + 1; i++) {
        (void)snprintf(stream, sizeof stream, "s%d", i);
        cr_assert_eq(ledger_sequence(ledger, "35.clumsy", stream, 1), CHISO_OK);
    }
    cr_expect(!ledger_is_full(ledger));
    cr_assert_eq(ledger_sequence(ledger, "35.x001", "a", 1), CHISO_OK);
    ledger_settled(ledger);
    cr_assert_eq(ledger_sequence(ledger, "35.clumsy", "s1", 3), CHISO_OK);
    cr_expect(ledger_has_new_numbers(ledger), "its first ones are followed on");
    ledger_settled(ledger);
    cr_assert_eq(ledger_sequence(ledger, "35.clumsy", "s9999", 3), CHISO_OK);
    cr_expect(!ledger_has_new_numbers(ledger));
    cr_assert_eq(ledger_sequence(ledger, "35.x001", "a", 3), CHISO_OK);
    cr_expect(ledger_has_new_numbers(ledger));
    ledger_clear(ledger);
    for (int i = 0; i < LEDGER_STREAMS_MAX; i++) {
        (void)snprintf(stream, sizeof stream, "stream:35.clumsy:s%d", i);
        cr_assert_eq(ledger_load(ledger, stream, "1"), CHISO_OK);
    }
    cr_expect(ledger_is_full(ledger));
    ledger_free(ledger);
}

Test(ledger, is_read_in_parts)
{
    char text[1000] = "";
    struct ledger *ledger = ledger_new();
    ledger_load(ledger, "unit:35.syt:PARTIAL", "7");
    ledger_load(ledger, "stream:35.gateway:a.b-1", "57 12-12,40-43 +9");
    cr_assert_eq(ledger_each(ledger, describe, text), CHISO_OK);
    cr_assert_str_eq(text, "35.syt PARTIAL 7;35.gateway a.b-1 57 +9 12-12 40-43");
    cr_assert(!ledger_is_full(ledger));
    ledger_free(ledger);
}
