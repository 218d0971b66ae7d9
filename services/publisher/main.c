#include "check.h"
#include "commands.h"
#include "figures_csv.h"
#include "io/clock.h"
#include "io/log.h"
#include "plan.h"
#include "publisher.h"
#include "service.h"
#include "settings.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading and checking ---- */

/* Where what is wrong with a file is printed. */
struct printer {
    FILE *out;
    const char *file;
    size_t refused;
};

static void print_refusal(void *context, size_t line, enum chiso_reason reason, const char *text)
{
    struct printer *printer = context;
    const char *name = chiso_reason_name(reason);
    fprintf(printer->out, "%s:%zu: %s: %s\n", printer->file, line, name == NULL ? "REFUSED" : name, text);
    printer->refused++;
}

static void print_faults(const struct printer *printer, const struct report_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        fprintf(printer->out, "%s:%zu:%zu: %s\n", printer->file, faults->list[i].line, faults->list[i].column,
            faults->list[i].text);
    if (faults->omitted > 0)
        fprintf(printer->out, "%s: %zu more faults\n", printer->file, faults->omitted);
}

static int read_stream(
    const char *file, const struct catalogue *catalogue, struct report_csv *csv, struct chiso_message *why)
{
    *csv = (struct report_csv){0};
    FILE *stream = fopen(file, "rb");
    if (stream == NULL) {
        chiso_message_set(why, "%s cannot be opened: %s", file, strerror(errno));
        return CHISO_EIO;
    }
    int error = figures_csv_read(stream, file, catalogue, csv, why);
    fclose(stream);
    return error;
}

/* Reads FILE and judges it by the catalogue; what is wrong goes to OUT. -1: nothing is wrong. */
static int read_figures(const struct settings *settings, const struct catalogue *catalogue, const char *file,
    struct report_csv *csv, FILE *out)
{
    struct chiso_message why = {""};
    struct printer printer = {.out = out, .file = file};
    const struct check_reader reader = {print_refusal, &printer};
    int error = read_stream(file, catalogue, csv, &why);
    print_faults(&printer, &csv->faults);
    if (error != CHISO_OK)
        return error == CHISO_EINVAL ? EXIT_RUNTIME : settings_complain(EXIT_RUNTIME, why.text);
    if (catalogue == NULL)
        return -1;
    error = check_drafts(catalogue, csv, settings->publisher, clock_now(), &reader);
    if (error != CHISO_OK)
        return settings_complain(EXIT_RUNTIME, chiso_strerror(error));
    return printer.refused == 0 ? -1 : EXIT_RUNTIME;
}

static void print_good(const struct settings *settings, const struct report_csv *csv, bool form_only)
{
    bool english = strcmp(settings->options.lang, "en") == 0;
    printf(english ? "%s: nothing would be refused (figures: %zu, reports: %zu).\n"
                   : "%s: không có gì bị từ chối (số liệu: %zu, báo cáo: %zu).\n",
        settings->check, csv->observation_count, csv->count);
    if (form_only)
        puts(english ? "Only the form was checked; --catalogue DIR checks units, indicators and values too."
                     : "Mới kiểm tra hình thức; thêm --catalogue DIR để kiểm tra đơn vị, chỉ số và giá trị.");
}

static int check(const struct settings *settings, const struct catalogue *catalogue)
{
    struct report_csv csv;
    int status = read_figures(settings, catalogue, settings->check, &csv, stdout);
    if (status == -1) {
        print_good(settings, &csv, catalogue == NULL);
        status = EXIT_OK;
    }
    report_csv_release(&csv);
    return status;
}

/* ---- publishing one file ---- */

static int queue(const struct settings *settings, const struct catalogue *catalogue, struct outbox *outbox)
{
    struct report_csv csv;
    struct chiso_message why = {""};
    int status = read_figures(settings, catalogue, settings->csv, &csv, stderr);
    if (status != -1) {
        settings_complain(status, "nothing of this file was sent");
    } else {
        const struct plan plan = {
            .catalogue = catalogue,
            .province = settings->options.province,
            .publisher = settings->publisher,
            .origin = settings->csv,
            .now = clock_now(),
        };
        if (plan_queue(&plan, outbox, &csv, &why) != CHISO_OK)
            status = settings_complain(EXIT_RUNTIME, why.text);
    }
    report_csv_release(&csv);
    return status;
}

static int run(const struct settings *settings, struct outbox *outbox, struct publisher *publisher,
    struct receipts *receipts)
{
    struct chiso_message why = {""};
    int error = publisher_run(publisher, &options_stop, settings->wait_ms, &why);
    if (error != CHISO_OK && error != CHISO_ETIMEOUT)
        return settings_complain(EXIT_RUNTIME, why.text);
    receipts->tally.waiting = (size_t)outbox_numbers(outbox).waiting;
    tally_print(stdout, settings->options.lang, &receipts->tally);
    return tally_is_good(&receipts->tally) ? EXIT_OK : EXIT_RUNTIME;
}

static int publish_once(
    const struct settings *settings, const struct catalogue *catalogue, struct outbox *outbox)
{
    char client_id[CHISO_ID_BYTES_MAX + 32];
    struct chiso_message why = {""};
    struct publisher *publisher = NULL;
    struct receipts receipts = {0};
    int status = EXIT_RUNTIME;
    if (receipts_init(&receipts, outbox, settings->options.lang, stdout) != CHISO_OK)
        return settings_complain(EXIT_RUNTIME, "no memory");
    snprintf(client_id, sizeof client_id, "chiso-publisher-%s", outbox_stream_id(outbox));
    const struct mqtt_options mqtt = settings_mqtt(settings, client_id);
    int error = publisher_open(&mqtt, outbox, &receipts, &publisher, &why);
    if (error != CHISO_OK)
        status = settings_complain(error == CHISO_EINVAL ? EXIT_CONFIGURATION : EXIT_RUNTIME, why.text);
    else if (settings->csv == NULL || (status = queue(settings, catalogue, outbox)) == -1)
        status = run(settings, outbox, publisher, &receipts);
    publisher_close(publisher);
    receipts_release(&receipts);
    return status;
}

static int publish(const struct settings *settings, struct catalogue **catalogue)
{
    struct chiso_message why = {""};
    struct outbox *outbox = NULL;
    options_catch_signals();
    if (outbox_open(settings->outbox, &outbox, &why) != CHISO_OK)
        return settings_complain(EXIT_RUNTIME, why.text);
    if (why.text[0] != '\0')
        log_error("outbox_damaged", "why=%s", log_quoted(why.text));
    int status = settings->once ? publish_once(settings, *catalogue, outbox)
                                : service_run(settings, catalogue, outbox);
    outbox_close(outbox);
    return status;
}

int main(int argc, char **argv)
{
    struct settings settings = {0};
    struct catalogue *catalogue = NULL;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int status = settings_parse(&settings, argc, argv);
    bool looks = settings.list || settings.drop != NULL;
    if (status == -1 && !looks)
        status = settings_catalogue(&settings, &catalogue);
    if (status == -1 && looks)
        status = settings.list ? commands_list(&settings) : commands_drop(&settings);
    else if (status == -1)
        status = settings.check != NULL ? check(&settings, catalogue) : publish(&settings, &catalogue);
    catalogue_free(catalogue);
    settings_release(&settings);
    return status;
}
