/* chisoctl boundaries: what each indicator of each unit that a succession founded becomes on a day's
 * boundaries (STATISTICS S5). It needs the catalogue only, so that a change can be looked at before it is in
 * force. */
#include "core/boundaries.h"

#include "core/rollup.h"
#include "ctl.h"
#include "print.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_COLUMNS 110

/* Does the unit, or one under it on DAY, report the indicator? */
static bool concerns(
    const struct catalogue *c, const struct unit_row *row, const struct indicator *definition, chiso_day day)
{
    size_t count;
    if (catalogue_reporting(c, definition, row, day, NULL) != REPORTS_NOTHING)
        return true;
    const struct unit_row *const *children = catalogue_child_rows(c, row->code, &count);
    for (size_t i = 0; i < count && rollup_is_joined(definition); i++) {
        if (unit_row_valid(children[i], day) && concerns(c, children[i], definition, day))
            return true;
    }
    return false;
}

/* The units valid on DAY that a succession founded, provinces before districts before communes, by code; NULL
 * after the last one. *AT begins at 0. */
static const struct unit_row *next_founded(const struct catalogue *c, chiso_day day, uint32_t *at)
{
    uint32_t units = catalogue_unit_count(c);
    while (*at < units * UNIT_KINDS) {
        size_t count = 0;
        const struct unit_row *row = catalogue_unit_at(c, *at % units, day);
        uint32_t kind = (*at)++ / units;
        if (row && row->kind == kind)
            catalogue_successions_into(c, row->identity, &count);
        if (count > 0)
            return row;
    }
    return NULL;
}

static const char *former_code(const struct catalogue *c, const struct succession *succession)
{
    return catalogue_unit_code(c, catalogue_identity(c, succession->old_identity)->code);
}

/* ---- JSON ---- */

static json_t *former_json(const struct catalogue *c, const struct unit_row *row)
{
    size_t count;
    const struct succession *into = catalogue_successions_into(c, row->identity, &count);
    json_t *array = json_array();
    for (size_t i = 0; i < count && array; i++) {
        json_t *one = json_pack(
            "{s:s,s:s}", "unit", former_code(c, &into[i]), "extent", into[i].whole ? "whole" : "part");
        if (json_array_append_new(array, one)) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static int add_json(
    const struct catalogue *c, const struct unit_row *row, const struct indicator *definition, json_t *array)
{
    char since[CHISO_DATE_CHARS];
    chiso_day_print(catalogue_identity(c, row->identity)->from, since);
    return json_array_append_new(
        array, json_pack("{s:s,s:s,s:o,s:s,s:s,s:s}", "unit", catalogue_unit_code(c, row->code), "since",
                   since, "former", former_json(c, row), "indicator", definition->id, "before",
                   becoming_names[boundaries_becoming(c, row, definition)], "across",
                   crossing_names[boundaries_crossing(c, row, definition)]));
}

static int print_all_json(const struct session *session, chiso_day day)
{
    const struct catalogue *c = session->catalogue;
    json_t *array = json_array();
    const struct unit_row *row;
    for (uint32_t at = 0; array && (row = next_founded(c, day, &at));) {
        for (uint32_t i = 0; i < catalogue_indicator_count(c) && array; i++) {
            const struct indicator *definition = catalogue_indicator_at(c, i, day);
            if (definition && concerns(c, row, definition, day) && add_json(c, row, definition, array)) {
                json_decref(array);
                array = NULL;
            }
        }
    }
    return print_json(session, array);
}

/* ---- text ---- */

/* Words one after the other, folded before LINE_COLUMNS, further lines indented. */
struct line {
    size_t column;
    const char *separator;
};

static void put_word(struct line *line, const char *word)
{
    size_t length = strlen(word) + strlen(line->separator);
    if (line->column + length > LINE_COLUMNS) {
        fputs(",\n        ", stdout);
        line->column = 8;
        line->separator = "";
    }
    printf("%s%s", line->separator, word);
    line->column += length;
    line->separator = ", ";
}

static void print_unit(const struct session *session, const struct unit_row *row)
{
    const struct catalogue *c = session->catalogue;
    size_t count;
    char day[CHISO_DATE_CHARS];
    struct line line = {.separator = ""};
    const struct succession *into = catalogue_successions_into(c, row->identity, &count);
    chiso_day_print_vi(catalogue_identity(c, row->identity)->from, day);
    printf("%s (%s), %s %s: ", session_unit_name(session, row), catalogue_unit_code(c, row->code),
        session_text(session, "từ ngày", "since"), day);
    line.column = 60;
    for (size_t i = 0; i < count; i++) {
        char word[CHISO_UNIT_BYTES_MAX + 32];
        (void)snprintf(word, sizeof word, "%s%s", former_code(c, &into[i]),
            into[i].whole ? "" : session_text(session, " (một phần)", " (in part)"));
        put_word(&line, word);
    }
    putchar('\n');
}

/* One line for all indicators of the unit that become the same; nothing where there is none. */
static void print_becoming(const struct session *session, const struct unit_row *row, chiso_day day,
    enum becoming becoming, enum crossing crossing)
{
    static const char *const before[BECOMINGS][2] = {
        [BECOMES_ITSELF] = {"như đã báo cáo", "as reported"},
        [BECOMES_SUM] = {"cộng các đơn vị cũ", "sum of the former units"},
        [BECOMES_EXTREME] = {"cực trị của các đơn vị cũ", "extreme of the former units"},
        [BECOMES_NOT_COMPARABLE_PART] = {"không so sánh được (chia tách)", "not comparable (passed in part)"},
        [BECOMES_NOT_COMPARABLE_MEASURE] = {"không so sánh được (không cộng được)",
            "not comparable (does not add up)"},
    };
    static const char *const across[CROSSINGS][2] = {
        [CROSSES_COMBINED] = {"kỳ bao trùm: gộp trước và sau", "across: both sides together"},
        [CROSSES_AS_OF_END] = {"kỳ bao trùm: theo cuối kỳ", "across: as of its end"},
        [CROSSES_NOTHING] = {"kỳ bao trùm: chỉ báo cáo riêng", "across: own report only"},
        [CROSSES_NOT_COMPARABLE] = {"kỳ bao trùm: không so sánh được", "across: not comparable"},
    };
    const struct catalogue *c = session->catalogue;
    const int english = session_english(session);
    struct line line = {.column = 8, .separator = ""};
    bool any = false;
    for (uint32_t i = 0; i < catalogue_indicator_count(c); i++) {
        const struct indicator *definition = catalogue_indicator_at(c, i, day);
        if (!definition || boundaries_becoming(c, row, definition) != becoming ||
            boundaries_crossing(c, row, definition) != crossing || !concerns(c, row, definition, day))
            continue;
        if (!any)
            printf("    %s; %s:\n        ", before[becoming][english], across[crossing][english]);
        any = true;
        put_word(&line, definition->id);
    }
    if (any)
        putchar('\n');
}

static int print_all(const struct session *session, chiso_day day)
{
    const struct unit_row *row;
    size_t units = 0;
    for (uint32_t at = 0; (row = next_founded(session->catalogue, day, &at));) {
        if (units++ > 0)
            putchar('\n');
        print_unit(session, row);
        for (int becoming = 0; becoming < BECOMINGS; becoming++) {
            for (int crossing = 0; crossing < CROSSINGS; crossing++)
                print_becoming(session, row, day, (enum becoming)becoming, (enum crossing)crossing);
        }
    }
    if (units == 0)
        puts(session_text(
            session, "Không có đơn vị nào hình thành từ đơn vị khác.", "No unit was founded out of others."));
    return EXIT_OK;
}

static int boundaries(struct session *session, const char *date, bool json)
{
    chiso_day day;
    if (!date)
        return session_fail(session, EXIT_USAGE, "--date is missing");
    if (chiso_day_parse(date, strlen(date), &day))
        return session_fail(session, EXIT_USAGE, "--date '%s' is no day such as 2025-07-01", date);
    int status = session_connect_catalogue(session);
    if (status != SESSION_ON)
        return status;
    return json ? print_all_json(session, day) : print_all(session, day);
}

int command_boundaries(int argc, char **argv)
{
    char *date = NULL;
    bool json = false;
    const struct option_flag flags[] = {
        {"date", "DATE", "the day whose boundaries are looked at", &date, NULL},
        {"json", NULL, "an array with one object per unit and indicator", NULL, &json},
    };
    const struct program program = {
        .name = "chisoctl boundaries",
        .usage = "--date DATE [options]",
        .summary =
            "Prints, for each unit valid on DATE that was founded out of others, what its indicators become "
            "in\n"
            "windows before it was founded (get --boundaries DATE), and in windows that contain that day.\n"
            "With --catalogue a folder that is not yet in force; Redis is then not needed.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
        .epilogue = "With --json: unit, since, former (unit, extent), indicator; before: sum, extreme,\n"
                    "not_comparable_part or not_comparable_measure; across, where the unit does not report\n"
                    "the window itself: combined, as_of_end, own_report or not_comparable.",
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = boundaries(&session, date, json);
    free(date);
    return session_end(&session, status);
}
