/* Any bytes as a spreadsheet: every field is terminated, and the reader comes to an end. */
#include "core/csv.h"
#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv_reader reader;
    struct csv_row row;
    struct chiso_message why;
    if (csv_init(&reader, data, size, &why))
        return 0;
    /* A row takes at least a byte, and so does a faulty one. */
    for (size_t rows = 0, more = 1; more; rows++) {
        assert(rows <= size + 1);
        int result = csv_next(&reader, &row, &why);
        for (size_t i = 0; result == 1 && i < row.count; i++)
            assert(row.fields[i].text[row.fields[i].length] == '\0');
        more = result != 0;
    }
    csv_release(&reader);
    return 0;
}
