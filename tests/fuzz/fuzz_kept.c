/* Any bytes as what else is kept in Redis as text: a score, a pillar's score, an alert, a closing, a counter of
 * the ledger. What parses prints as a text that parses to the same; a field and its value are two lines. */
#include "core/alert.h"
#include "core/closing.h"
#include "core/ledger.h"
#include "core/score_text.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void score(const char *text, size_t length)
{
    struct score first, second;
    char printed[SCORE_TEXT_CHARS], again[SCORE_TEXT_CHARS];
    if (score_parse(text, length, &first))
        return;
    size_t count = score_print(&first, printed);
    assert(score_parse(printed, count, &second) == 0);
    assert(score_print(&second, again) == count && memcmp(printed, again, count) == 0);
}

static void pillar_score(const char *text, size_t length)
{
    struct pillar_score first, second;
    char printed[PILLAR_SCORE_TEXT_CHARS], again[PILLAR_SCORE_TEXT_CHARS];
    if (pillar_score_parse(text, length, &first))
        return;
    size_t count = pillar_score_print(&first, printed);
    assert(pillar_score_parse(printed, count, &second) == 0);
    assert(pillar_score_print(&second, again) == count && memcmp(printed, again, count) == 0);
}

static char *alert_text(const struct alert *alert)
{
    json_t *object = alert_json(alert);
    assert(object);
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    assert(text);
    return text;
}

static void alert(const char *text, size_t length)
{
    struct alert first, second;
    if (alert_from_json(text, length, &first))
        return;
    char *printed = alert_text(&first);
    assert(alert_from_json(printed, strlen(printed), &second) == 0);
    char *again = alert_text(&second);
    assert(strcmp(printed, again) == 0);
    free(printed);
    free(again);
}

static void closing(const char *field, const char *value, size_t length)
{
    struct closing first, second;
    char printed_field[CLOSING_FIELD_CHARS];
    if (closing_parse(field, value, length, &first))
        return;
    char *printed = closing_print_value(&first);
    assert(printed);
    closing_print_field(first.calendar, first.period, printed_field);
    assert(strcmp(printed_field, field) == 0);
    assert(closing_parse(field, printed, strlen(printed), &second) == 0);
    char *again = closing_print_value(&second);
    assert(again && strcmp(printed, again) == 0);
    free(printed);
    free(again);
}

static int same_field(void *context, const char *field, const char *value)
{
    struct ledger *again = context;
    assert(ledger_load(again, field, value) == 0);
    return 0;
}

static void ledger(const char *field, const char *value)
{
    struct ledger *first = ledger_new(), *again = ledger_new();
    assert(first && again);
    if (ledger_load(first, field, value) == 0) {
        (void)ledger_deliver(first, "35", CHISO_ACCEPTED);
        (void)ledger_sequence(first, "p", "s", 7);
        (void)ledger_each_changed(first, same_field, again);
    }
    ledger_free(first);
    ledger_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    assert(text);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    score(text, size);
    pillar_score(text, size);
    alert(text, size);
    char *value = strchr(text, '\n');
    if (value) {
        *value++ = '\0';
        closing(text, value, (size_t)(text + size - value));
        ledger(text, value);
    }
    free(text);
    return 0;
}
