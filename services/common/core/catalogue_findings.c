/* What is wrong with a catalogue, in the order in which a person corrects it. */
#include "core/catalogue_load.h"
#include "core/list.h"
#include "core/sentence_vi.h"
#include "core/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void finding_add(struct loader *loader, const char *file, size_t line, size_t column, bool warning,
    const char *format, ...)
{
    struct catalogue_findings *findings = loader->findings;
    if (!warning)
        findings->errors++;
    if (findings->count >= CATALOGUE_FINDINGS_MAX) {
        findings->omitted++;
        return;
    }
    if (LIST_GROW(findings->list, findings->count, findings->capacity)) {
        loader->out_of_memory = true;
        return;
    }
    struct catalogue_finding *finding = &findings->list[findings->count++];
    char text[2 * CHISO_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    *finding = (struct catalogue_finding){
        .line = line > 0 ? line : 1, .column = column > 0 ? column : 1, .warning = warning};
    struct chiso_message message;
    chiso_message_set(&message, "%s", file);
    snprintf(finding->file, sizeof finding->file, "%.*s", (int)sizeof finding->file - 1, message.text);
    chiso_message_set(&message, "%s", text);
    memcpy(finding->text, message.text, sizeof finding->text);
}

static int compare_findings(const void *a, const void *b)
{
    const struct catalogue_finding *left = a, *right = b;
    int order = strcmp(left->file, right->file);
    if (order == 0)
        order = (left->line > right->line) - (left->line < right->line);
    if (order == 0)
        order = (left->column > right->column) - (left->column < right->column);
    return order != 0 ? order : strcmp(left->text, right->text);
}

void findings_sort(struct catalogue_findings *findings, size_t first)
{
    if (findings->count > first)
        qsort(findings->list + first, findings->count - first, sizeof *findings->list, compare_findings);
}

void catalogue_findings_release(struct catalogue_findings *findings)
{
    free(findings->list);
    *findings = (struct catalogue_findings){0};
}

void catalogue_finding_print(
    const struct catalogue_finding *finding, const char *language, char out[CATALOGUE_FINDING_CHARS])
{
    bool english = text_is_english(language);
    char vietnamese[2 * CHISO_MESSAGE_BYTES];
    const char *text =
        !english && sentence_vi(finding->text, vietnamese, sizeof vietnamese) ? vietnamese : finding->text;
    const char *kind =
        english ? (finding->warning ? "warning" : "error") : (finding->warning ? "cảnh báo" : "lỗi");
    snprintf(out, CATALOGUE_FINDING_CHARS, "%s:%zu:%zu: %s: %s", finding->file, finding->line,
        finding->column, kind, text);
}

static size_t print_count(
    const struct catalogue_findings *findings, bool english, char out[CATALOGUE_FINDING_CHARS])
{
    size_t shown = 0;
    for (size_t i = 0; i < findings->count; i++)
        shown += !findings->list[i].warning;
    size_t warnings = findings->count - shown + findings->omitted - (findings->errors - shown);
    int length =
        english ? snprintf(out, CATALOGUE_FINDING_CHARS, "%zu error%s, %zu warning%s", findings->errors,
                      findings->errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s")
                : snprintf(out, CATALOGUE_FINDING_CHARS, "%zu lỗi, %zu cảnh báo", findings->errors, warnings);
    if (findings->omitted > 0)
        length += snprintf(out + length, CATALOGUE_FINDING_CHARS - (size_t)length,
            english ? "; only the first %d are shown" : "; chỉ hiện %d phát hiện đầu tiên",
            CATALOGUE_FINDINGS_MAX);
    return (size_t)length;
}

char *catalogue_findings_text(const struct catalogue_findings *findings, const char *language)
{
    char *text = malloc((findings->count + 1) * (CATALOGUE_FINDING_CHARS + 1) + 1);
    if (text == NULL)
        return NULL;
    size_t at = 0;
    for (size_t i = 0; i < findings->count; i++) {
        catalogue_finding_print(&findings->list[i], language, text + at);
        at += strlen(text + at);
        text[at++] = '\n';
    }
    at += print_count(findings, text_is_english(language), text + at);
    memcpy(text + at, "\n", 2);
    return text;
}
