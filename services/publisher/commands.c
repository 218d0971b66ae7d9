#include "commands.h"

#include "core/counting.h"
#include "core/table.h"
#include "core/utf8.h"
#include "io/outbox.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_BYTES 320
/* Reports shown, oldest first; the rest are counted. */
#define LIST_MAX 5000

static bool is_english(const struct settings *settings)
{
    return strcmp(settings->options.lang, "en") == 0;
}

/* ---- list ---- */

static struct table *new_table(bool english)
{
    const struct table_column columns[] = {
        {english ? "Report" : "Báo cáo", TABLE_LEFT, 0},
        {english ? "To" : "Gửi đến", TABLE_LEFT, 0},
        {english ? "Unit" : "Đơn vị", TABLE_LEFT, 0},
        {english ? "Period" : "Kỳ", TABLE_LEFT, 0},
        {english ? "Revision" : "Bản", TABLE_RIGHT, 0},
        {english ? "Figures" : "Số liệu", TABLE_RIGHT, 0},
        {english ? "Since" : "Từ lúc", TABLE_LEFT, 0},
        {english ? "File" : "Tệp", TABLE_LEFT, 0},
        {english ? "The broker refuses it" : "Máy chủ trung chuyển từ chối", TABLE_LEFT, 0},
    };
    return table_new(columns, sizeof columns / sizeof columns[0]);
}

static void add_row(struct table *table, const struct outbox_entry *entry, const struct chiso_report *report)
{
    char to[CELL_BYTES], revision[24], figures[24], since[CHISO_TIME_CHARS], unit[CELL_BYTES];
    snprintf(to, sizeof to, "%s/%s", entry->province, entry->publisher);
    snprintf(unit, sizeof unit, "%s", report->unit);
    snprintf(revision, sizeof revision, "%llu", (unsigned long long)report->revision);
    snprintf(figures, sizeof figures, "%zu", report->observation_count);
    chiso_instant_print(report->issued_at_ms, since);
    char *origin = utf8_copy_tamed(entry->origin);
    const char *const cells[] = {entry->report_id, to, unit, report->period, revision, figures, since,
        origin == NULL ? "" : origin, entry->refusal};
    table_row(table, cells);
    free(origin);
}

/* Calls VISIT for every report until it returns non-zero, which is returned. */
static int each(struct outbox *outbox,
    int (*visit)(void *context, const struct outbox_entry *entry, const struct chiso_report *report),
    void *context, struct chiso_message *why)
{
    struct outbox_entry entry;
    struct chiso_arena arena;
    int64_t after = 0;
    int error = chiso_arena_init(&arena, CHISO_REPORT_ARENA_BYTES_MAX);
    while (error == CHISO_OK && (error = outbox_next(outbox, after, &entry, why)) == CHISO_OK) {
        struct chiso_report report;
        after = entry.id;
        chiso_arena_reset(&arena);
        error = chiso_report_decode(&arena, entry.payload, entry.payload_length, &report, why);
        if (error == CHISO_OK)
            error = visit(context, &entry, &report);
        outbox_entry_release(&entry);
    }
    chiso_arena_release(&arena);
    return error;
}

static int visit_for_list(void *context, const struct outbox_entry *entry, const struct chiso_report *report)
{
    if (table_rows(context) == LIST_MAX)
        return CHISO_ENOTFOUND; /* the end, as far as a person reads */
    add_row(context, entry, report);
    return CHISO_OK;
}

static int list(const struct settings *settings, struct outbox *outbox, struct chiso_message *why)
{
    bool english = is_english(settings);
    struct outbox_numbers numbers = outbox_numbers(outbox);
    struct table *table = new_table(english);
    int error = table == NULL ? CHISO_ENOMEM : each(outbox, visit_for_list, table, why);
    char *text = error == CHISO_ENOTFOUND ? table_text(table, 0, false) : NULL;
    if (text != NULL && table_rows(table) > 0)
        fputs(text, stdout);
    if (text != NULL)
        printf(english
                   ? "Waiting for a receipt: %llu reports, %llu of them refused by the broker; %llu bytes.\n"
                   : "Chưa có biên nhận: %llu báo cáo, trong đó %llu bị máy chủ trung chuyển từ chối; %llu "
                     "byte.\n",
            (unsigned long long)numbers.waiting, (unsigned long long)numbers.refused,
            (unsigned long long)numbers.bytes);
    else if (error == CHISO_ENOTFOUND)
        error = CHISO_ENOMEM;
    free(text);
    table_free(table);
    return error == CHISO_ENOTFOUND ? CHISO_OK : error;
}

/* ---- drop ---- */

struct dropping {
    const struct settings *settings;
    struct outbox *outbox;
    struct chiso_message *why;
    bool done;
};

static void print_dropped(
    const struct settings *settings, const struct outbox_entry *entry, const struct chiso_report *report)
{
    printf(is_english(settings) ? "Dropped: %s to %s/%s, unit %s, period %s, revision %llu.\n"
                                : "Đã bỏ: %s gửi đến %s/%s, đơn vị %s, kỳ %s, bản %llu.\n",
        entry->report_id, entry->province, entry->publisher, report->unit, report->period,
        (unsigned long long)report->revision);
    for (size_t i = 0; i < report->observation_count; i++) {
        char content[COUNTING_CONTENT_CHARS];
        counting_content(&report->observations[i], content);
        printf("    %s %s\n", report->observations[i].indicator, content);
    }
}

/* What waits for the result of its file is told that there will be none. */
static int drop_entry(
    struct dropping *dropping, const struct outbox_entry *entry, const struct chiso_report *report)
{
    int error = outbox_begin(dropping->outbox, dropping->why);
    for (size_t i = 0; entry->file != 0 && i < entry->line_count && i < report->observation_count; i++) {
        const struct outbox_row row = {.line = entry->lines[i],
            .unit = report->unit,
            .period = report->period,
            .indicator = report->observations[i].indicator,
            .revision = report->revision,
            .text = ""};
        if (error == CHISO_OK)
            error = outbox_row_set(dropping->outbox, entry->file, &row, dropping->why);
    }
    if (error == CHISO_OK)
        error = outbox_remove(dropping->outbox, entry->id, dropping->why);
    if (error == CHISO_OK)
        error = outbox_commit(dropping->outbox, dropping->why);
    if (error != CHISO_OK)
        outbox_rollback(dropping->outbox);
    return error;
}

static int visit_for_drop(void *context, const struct outbox_entry *entry, const struct chiso_report *report)
{
    struct dropping *dropping = context;
    if (dropping->done || strcmp(entry->report_id, dropping->settings->drop) != 0)
        return CHISO_OK;
    int error = drop_entry(dropping, entry, report);
    if (error == CHISO_OK) {
        print_dropped(dropping->settings, entry, report);
        dropping->done = true;
    }
    return error;
}

static int drop(const struct settings *settings, struct outbox *outbox, struct chiso_message *why)
{
    struct dropping dropping = {settings, outbox, why, false};
    int error = each(outbox, visit_for_drop, &dropping, why);
    if (error == CHISO_ENOTFOUND && dropping.done)
        return CHISO_OK;
    if (error == CHISO_ENOTFOUND)
        chiso_message_set(why,
            is_english(settings) ? "no report %s waits in outbox %s"
                                 : "không có báo cáo %s trong hàng chờ %s",
            settings->drop, settings->outbox);
    return error;
}

static int with_outbox(const struct settings *settings,
    int (*act)(const struct settings *settings, struct outbox *outbox, struct chiso_message *why))
{
    struct chiso_message why = {""};
    struct outbox *outbox = NULL;
    int error = outbox_open_beside(settings->outbox, &outbox, &why);
    if (error == CHISO_OK)
        error = act(settings, outbox, &why);
    outbox_close(outbox);
    if (error == CHISO_OK)
        return EXIT_OK;
    return settings_complain(EXIT_RUNTIME, why.text[0] != '\0' ? why.text : chiso_strerror(error));
}

int commands_list(const struct settings *settings)
{
    return with_outbox(settings, list);
}

int commands_drop(const struct settings *settings)
{
    return with_outbox(settings, drop);
}
