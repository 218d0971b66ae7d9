#include "core/report_faults.h"

#include "core/list.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void report_faults_add(struct report_faults *faults, size_t line, size_t column, const char *format, ...)
{
    if (faults->count == REPORT_FAULTS_MAX || LIST_GROW(faults->list, faults->count, faults->capacity)) {
        faults->omitted++;
        return;
    }
    char text[2 * CHISO_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    va_end(arguments);

    struct chiso_message message;
    chiso_message_set(&message, "%s", text);
    struct report_fault *fault = &faults->list[faults->count++];
    fault->line = line;
    fault->column = column;
    snprintf(fault->text, sizeof fault->text, "%s", message.text);
}

static int by_place(const void *a, const void *b)
{
    const struct report_fault *left = a, *right = b;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return (left->column > right->column) - (left->column < right->column);
}

void report_faults_sort(struct report_faults *faults)
{
    if (faults->count > 1)
        qsort(faults->list, faults->count, sizeof *faults->list, by_place);
}

void report_faults_release(struct report_faults *faults)
{
    free(faults->list);
    *faults = (struct report_faults){0};
}
