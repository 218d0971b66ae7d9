#include "figures_csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Reads until the end or one byte more than is allowed, which report_csv_read then refuses. */
static int read_stream(
    FILE *stream, const char *file, char **bytes, size_t *length, struct chiso_message *why)
{
    size_t capacity = 0, used = 0;
    char *buffer = NULL;
    while (!feof(stream) && used <= REPORT_CSV_BYTES_MAX) {
        if (used == capacity) {
            capacity = capacity == 0 ? (size_t)64 * 1024 : capacity * 2;
            char *larger = realloc(buffer, capacity);
            if (larger == NULL) {
                free(buffer);
                chiso_message_set(why, "no memory for %s", file);
                return CHISO_ENOMEM;
            }
            buffer = larger;
        }
        used += fread(buffer + used, 1, capacity - used, stream);
        if (ferror(stream)) {
            chiso_message_set(why, "%s cannot be read: %s", file, strerror(errno));
            free(buffer);
            return CHISO_EIO;
        }
    }
    *bytes = buffer;
    *length = used;
    return CHISO_OK;
}

int figures_csv_read(FILE *stream, const char *file, const struct catalogue *catalogue,
    struct report_csv *out, struct chiso_message *why)
{
    char *bytes = NULL;
    size_t length = 0;
    *out = (struct report_csv){0};
    int error = read_stream(stream, file, &bytes, &length, why);
    if (error != CHISO_OK)
        return error;
    error = report_csv_read(bytes, length, catalogue, out);
    free(bytes);
    if (error == CHISO_ENOMEM)
        chiso_message_set(why, "no memory for %s", file);
    return error;
}
