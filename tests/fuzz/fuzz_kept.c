/* Any bytes as what else is kept in Redis as text: an alert, a closing, a counter of the ledger. What parses prints
 * as a text that parses to the same; a field and its value are two lines. */
#include "core/alert.h"
#include "core/closing.h"
#include "core/ledger.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    alert((const char *)data, size);
    char *text = strndup((const char *)data, size), *value;
    assert(text);
    if ((value = strchr(text, '\n'))) {
        *value++ = '\0';
        closing(text, value, strlen(value));
        ledger(text, value);
    }
    free(text);
    return 0;
}
