/* Any bytes as a file of figures, through the same code as the publisher's: reports, or faults, never both.
 */
#include "core/report_csv.h"
#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report_csv csv;
    int error = report_csv_read(data, size, NULL, &csv);
    assert(error == 0 || csv.count == 0);
    assert(error == 0 || csv.faults.count > 0);
    for (size_t i = 0; i < csv.count; i++)
        assert(csv.drafts[i].count > 0 && csv.drafts[i].count <= CHISO_OBSERVATIONS_MAX);
    report_csv_release(&csv);
    return 0;
}
