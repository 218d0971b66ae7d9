/* Any bytes: a decimal that parses prints as the same number. */
#include <assert.h>
#include <chiso/decimal.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct chiso_decimal number, again;
    if (size < 1 || chiso_decimal_parse((const char *)data + 1, size - 1, data[0] & 1 ? '.' : ',', &number))
        return 0;
    char text[CHISO_DECIMAL_CHARS];
    size_t length = chiso_decimal_print(number, text);
    assert(length == strlen(text));
    assert(chiso_decimal_parse(text, length, '.', &again) == 0);
    assert(chiso_decimal_compare(number, again) == 0);
    assert(chiso_decimal_compare(number, chiso_decimal_reduce(number)) == 0);
    return 0;
}
