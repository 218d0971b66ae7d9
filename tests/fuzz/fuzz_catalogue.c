/* Any bytes as a catalogue folder, "@name" lines between the files: a catalogue, or at least one error. */
#include "core/catalogue.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    assert(text);
    memcpy(text, data, size);
    text[size] = '\0';

    struct catalogue_file files[CATALOGUE_FILES_MAX];
    size_t count = 0;
    for (char *at = text; (at = strchr(at, '@')) != NULL && count < CATALOGUE_FILES_MAX;) {
        char *name = at + 1, *end = strchr(name, '\n');
        if (!end)
            break;
        *at = '\0';
        *end = '\0';
        if (count > 0)
            files[count - 1].length = (size_t)(at - (const char *)files[count - 1].bytes);
        files[count++] = (struct catalogue_file){name, end + 1, (size_t)(text + size - (end + 1))};
        at = end + 1;
    }
    struct catalogue *catalogue = NULL;
    struct catalogue_findings findings = {0};
    int error = catalogue_load(files, count, &catalogue, &findings);
    assert((error == 0) == (catalogue != NULL));
    assert(error == 0 || findings.errors > 0);
    catalogue_findings_release(&findings);
    catalogue_free(catalogue);
    free(text);
    return 0;
}
