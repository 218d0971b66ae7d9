/* chisoctl export: the stored figures as a CSV that chiso-publisher sends again. */
#include "ctl.h"

#include "core/figure_csv.h"
#include "core/list.h"
#include "io/figures.h"
#include "journal.h"
#include "print.h"
#include <chiso/report.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a spreadsheet needs to read it as UTF-8. */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
/* What chiso-publisher takes in one file. */
#define FILE_MIB 64

struct item {
    uint32_t unit, indicator;
    struct chiso_period period;
    struct leaf leaf;
};

struct export
{
    struct session *session;
    uint32_t unit, indicator; /* CATALOGUE_NONE: all */
    bool has_period;
    struct chiso_period period;
    struct item *list; /* of the province at hand */
    size_t count, capacity;
    size_t figures, gone; /* written; without the entry that brought them */
    size_t bytes;
};

/* ---- which ---- */

/* Windows inside the period count too. */
static bool is_in_period(const struct export *e, struct chiso_period period, uint32_t indicator)
{
    enum chiso_calendar calendar = catalogue_indicator(e->session->catalogue, indicator)->calendar;
    return !e->has_period ||
           (chiso_period_first(period, calendar) >= chiso_period_first(e->period, calendar) &&
               chiso_period_last(period, calendar) <= chiso_period_last(e->period, calendar));
}

static int add_item(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct export *e = context;
    if ((e->unit != CATALOGUE_NONE && unit != e->unit) ||
        (e->indicator != CATALOGUE_NONE && indicator != e->indicator) || !is_in_period(e, period, indicator))
        return CHISO_OK;
    if (LIST_GROW(e->list, e->count, e->capacity))
        return CHISO_ENOMEM;
    e->list[e->count++] = (struct item){unit, indicator, period, *leaf};
    return CHISO_OK;
}

static int compare(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    int period = chiso_period_compare(x->period, y->period);
    return period ? period : (x->indicator > y->indicator) - (x->indicator < y->indicator);
}

/* ---- rows ---- */

static const char *note_of(const struct journal_report *report, const char *indicator)
{
    for (size_t i = 0; report && i < report->note_count; i++) {
        if (strcmp(report->notes[i].indicator, indicator) == 0)
            return report->notes[i].note;
    }
    return "";
}

static int write_row(
    struct export *e, const struct journal *journal, const char *province, const struct item *item)
{
    char period[CHISO_PERIOD_CHARS];
    const char *indicator = catalogue_indicator(e->session->catalogue, item->indicator)->id;
    const struct journal_report *report = journal_report(journal, province, item->leaf.seq, item->leaf.index);
    chiso_period_print(item->period, period);
    const struct figure_csv row = {catalogue_unit_code(e->session->catalogue, item->unit), period, indicator,
        &item->leaf, report ? report->source : "", note_of(report, indicator)};
    char *text = figure_csv_print(&row);
    if (!text)
        return CHISO_ENOMEM;
    e->figures++;
    e->gone += report == NULL;
    e->bytes += strlen(text);
    fputs(text, stdout);
    free(text);
    return CHISO_OK;
}

static int write_province(struct export *e, const char *province, struct chiso_message *why)
{
    struct journal *journal = journal_new(e->session);
    int error = journal ? CHISO_OK : CHISO_ENOMEM;
    if (e->count)
        qsort(e->list, e->count, sizeof *e->list, compare);
    for (size_t i = 0; i < e->count && !error; i++)
        error = journal_want(journal, province, e->list[i].leaf.seq);
    if (!error)
        error = journal_fetch(journal, why);
    for (size_t i = 0; i < e->count && !error; i++)
        error = write_row(e, journal, province, &e->list[i]);
    journal_free(journal);
    return error;
}

static int export_province(struct export *e, uint32_t province, struct chiso_message *why)
{
    struct store *store = store_new();
    int error = store ? CHISO_OK : CHISO_ENOMEM;
    e->count = 0;
    if (!error)
        error = figures_load(e->session->redis, e->session->catalogue, province, store, NULL, why);
    if (!error)
        error = store_each_leaf(store, add_item, e);
    store_free(store);
    return error ? error : write_province(e, catalogue_unit_code(e->session->catalogue, province), why);
}

static void say_more(const struct export *e)
{
    if (e->gone)
        fprintf(stderr,
            session_text(e->session,
                "chisoctl export: %zu số liệu không có nguồn và ghi chú: nhật ký không còn báo cáo của "
                "chúng\n",
                "chisoctl export: %zu figures are without source and note: the journal no longer has their "
                "reports\n"),
            e->gone);
    if (e->bytes > (size_t)FILE_MIB * 1024 * 1024)
        fprintf(stderr,
            session_text(e->session,
                "chisoctl export: tệp lớn hơn %d MiB mà chiso-publisher nhận: hãy xuất từng kỳ hoặc từng "
                "tỉnh\n",
                "chisoctl export: more than the %d MiB that chiso-publisher takes: export by period or "
                "province\n"),
            FILE_MIB);
}

/* ---- what is asked ---- */

static int answerable(struct export *e, const char *unit, const char *indicator)
{
    struct session *session = e->session;
    e->unit = e->indicator = CATALOGUE_NONE;
    if (unit && (e->unit = catalogue_unit_find(session->catalogue, unit)) == CATALOGUE_NONE)
        return session_fail(session, EXIT_RUNTIME, "there is no unit '%s'", unit);
    if (indicator &&
        (e->indicator = catalogue_indicator_find(session->catalogue, indicator)) == CATALOGUE_NONE)
        return session_fail(session, EXIT_RUNTIME, "there is no indicator '%s'", indicator);
    return SESSION_ON;
}

static int export(struct export *e, const char *unit, const char *indicator)
{
    struct session *session = e->session;
    struct chiso_message why = {""};
    uint32_t *provinces = NULL;
    size_t count = 0;
    int error = CHISO_OK, status = session_connect(session);
    if (status == SESSION_ON)
        status = answerable(e, unit, indicator);
    if (status == SESSION_ON)
        status = session_provinces(session, &provinces, &count);
    if (status != SESSION_ON)
        return status;
    fputs(BYTE_ORDER_MARK FIGURE_CSV_HEADER, stdout);
    for (size_t i = 0; i < count && !error; i++)
        error = export_province(e, provinces[i], &why);
    free(provinces);
    if (error)
        return session_fail_for(session, error, &why);
    say_more(e);
    return EXIT_OK;
}

int command_export(int argc, char **argv)
{
    char *unit = NULL, *period = NULL, *indicator = NULL;
    const struct option_flag flags[] = {
        {"unit", "CODE", "only figures of this unit", &unit, NULL},
        {"period", "PERIOD", "only this period and the windows inside it", &period, NULL},
        {"indicator", "ID", "only this indicator", &indicator, NULL},
    };
    const struct program program = {
        .name = "chisoctl export",
        .usage = "[options] > FILE.csv",
        .summary =
            "Writes the stored figures, as they were reported, as a CSV that `chisoctl import` and\n"
            "chiso-publisher send again, here or to another centre: value, qualifiers, revision, source, "
            "note;\n"
            "withdrawn and not applicable ones too. Totals and scores are made from them and are not in it.\n"
            "A text that a spreadsheet would run (= + - @) has an apostrophe before it, which is taken away\n"
            "again when the file is read.",
        .keys = session_province_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    struct export e = {.session = &session};
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON && period) {
        e.has_period = true;
        status = session_period(&session, period, &e.period);
    }
    if (status == SESSION_ON)
        status = export(&e, unit, indicator);
    free(e.list);
    free(unit);
    free(period);
    free(indicator);
    return session_end(&session, status);
}
