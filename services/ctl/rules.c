/* chisoctl rules: what the consistency rules say of the figures of a unit. */
#include "ctl.h"

#include "core/json_list.h"
#include "core/rule.h"
#include "core/text.h"
#include "print.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct findings {
    struct rule_finding *list;
    size_t count;
};

/* Every rule that has a figure, or with ALL every rule of a unit that is there. */
static int collect(const struct session *session, const struct question *q, bool all, struct findings *out)
{
    uint32_t count = catalogue_rule_count(session->catalogue);
    out->list = calloc((size_t)count + 1, sizeof *out->list);
    if (!out->list)
        return CHISO_ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        struct rule_finding *finding = &out->list[out->count];
        int error = rule_judge(session->catalogue, session->store, catalogue_rule(session->catalogue, i),
            q->unit, q->period, session->now, finding);
        if (error && error != CHISO_ENOTFOUND)
            return error;
        out->count += !error && (all || finding->has_figure);
    }
    return CHISO_OK;
}

static int print_findings_json(const struct session *session, const struct findings *findings)
{
    json_t *array = json_array();
    for (size_t i = 0; i < findings->count; i++) {
        json_t *object = rule_json(session->catalogue, &findings->list[i]);
        if (json_object_set_new(object, "as_of", as_of_json(session))) {
            json_decref(object);
            object = NULL;
        }
        json_list_add(&array, object);
    }
    return print_json(session, array);
}

static void add_finding(
    const struct session *session, const struct rule_finding *finding, struct table *table)
{
    char sentence[1024];
    bool violated = finding->state == RULE_VIOLATED;
    const char *mark = violated                             ? severity_mark(finding->rule->severity)
                       : finding->state == RULE_CANNOT_TELL ? "?"
                                                            : "";
    rule_text(finding, session_language(session), sentence, sizeof sentence);
    const char *cells[] = {mark, finding->rule->id, sentence,
        !violated             ? ""
        : finding->is_alerted ? session_text(session, "có", "yes")
                              : session_text(session, "không", "no")};
    table_row(table, cells);
    table_style(table, 0, violated ? severity_style(finding->rule->severity) : TABLE_WARNING);
}

static int print_findings(
    const struct session *session, const struct question *q, const struct findings *findings)
{
    const struct table_column columns[] = {
        {"", TABLE_LEFT, 0},
        {session_text(session, "Quy tắc", "Rule"), TABLE_LEFT, 0},
        {session_text(session, "Kết quả", "Result"), TABLE_FOLD, 40},
        {session_text(session, "Cảnh báo", "Alerted"), TABLE_LEFT, 0},
    };
    char period[CHISO_PERIOD_TEXT_BYTES];
    size_t violated = 0;
    period_text(session, q->period, period);
    printf("%s (%s), %s", session_unit_name(session, q->row), q->unit_code, period);
    print_as_of(session);
    fputs("\n\n", stdout);
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < findings->count && table; i++) {
        violated += findings->list[i].state == RULE_VIOLATED;
        add_finding(session, &findings->list[i], table);
    }
    int status = findings->count > 0 ? print_table(session, table) : (table_free(table), EXIT_OK);
    printf(session_text(session, "%zu quy tắc, %zu không khớp\n", "%zu rules, %zu violated\n"),
        findings->count, violated);
    return status;
}

static int rules(struct session *session, struct question *q, bool all, bool json)
{
    struct findings findings = {0};
    int status = session_connect(session);
    if (status == SESSION_ON)
        status = session_answerable(session, q);
    if (status == SESSION_ON)
        status = session_load(session, q->unit, chiso_period_last(q->period, CHISO_STATISTICAL));
    if (status != SESSION_ON)
        return status;
    int error = collect(session, q, all, &findings);
    if (error)
        status = session_fail(session, EXIT_RUNTIME, "%s", chiso_strerror(error));
    else
        status = json ? print_findings_json(session, &findings) : print_findings(session, q, &findings);
    free(findings.list);
    return status;
}

int command_rules(int argc, char **argv)
{
    char *unit = NULL, *period = NULL, *as_of = NULL;
    bool all = false, json = false;
    const struct option_flag flags[] = {
        {"unit", "U", "code of the unit", &unit, NULL},
        {"period", "P", "2025, 2025-H1, 2025-9M, 2025-Q1, 2025-03, 2025-03-14 or FIRST/LAST", &period, NULL},
        {"all", NULL, "also those of whose indicators the unit has no figure", NULL, &all},
        {"as-of", "TIME", "as everything stood then: an RFC 3339 time, or the end of a day", &as_of, NULL},
        {"json", NULL, "an array with one object per rule", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl rules",
        .usage = "--unit U --period P [options]",
        .summary =
            "Prints what the consistency rules of rules.csv say of the figures of a unit for a period: both\n"
            "sides, by how much they differ, and whether that is alerted: at the unit for which one of them\n"
            "was reported as such. A rule is judged when all its figures are there and complete.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
        .epilogue =
            "With --json a rule has state (holds, violated, cannot_tell, not_judged), left, right and\n"
            "difference (value, low, high), and terms, each with what is missing of it, and who\n"
            "reported it as such (reported_by; null: it is put together); as_of is the time of --as-of, or "
            "null.",
    };
    struct session session;
    struct question q;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = session_question(&session, unit, period, NULL, &q);
    if (status == SESSION_ON)
        status = session_as_of(&session, as_of);
    if (status == SESSION_ON)
        status = rules(&session, &q, all, json);
    free(as_of);
    free(unit);
    free(period);
    return session_end(&session, status);
}
