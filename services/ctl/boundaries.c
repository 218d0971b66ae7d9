/* chisoctl boundaries: what each indicator of each unit that a succession founded becomes on a day's
 * boundaries (STATISTICS S5), and where those of units without a successor stay (S2). It needs the catalogue only, so that a change can be looked at before it is in
 * force. */
#include "core/boundaries.h"

#include "core/effective.h"
#include "core/json_list.h"
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

/* The same of a unit that a succession founded; what only former units reported is its history too. */
static bool concerns_founded(
    const struct catalogue *c, const struct unit_row *row, const struct indicator *definition, chiso_day day)
{
    size_t count;
    if (concerns(c, row, definition, day))
        return true;
    const struct succession *into = catalogue_successions_into(c, row->identity, &count);
    for (size_t i = 0; i < count; i++) {
        const struct unit_identity *old = catalogue_identity(c, into[i].old_identity);
        if (concerns_founded(c, catalogue_unit_at(c, old->code, old->to), definition, old->to))
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

/* The units that ended before DAY without a successor, in the same order; NULL after the last one. *AT begins
 * at 0. */
static const struct unit_row *next_ended(const struct catalogue *c, chiso_day day, uint32_t *at)
{
    uint32_t identities = catalogue_identity_count(c);
    while (*at < identities * UNIT_KINDS) {
        const struct unit_identity *identity = catalogue_identity(c, *at % identities);
        uint32_t kind = (*at)++ / identities;
        const struct unit_row *row =
            identity->to < day ? catalogue_unit_at(c, identity->code, identity->to) : NULL;
        if (row && row->kind == kind && !identity->succeeded)
            return row;
    }
    return NULL;
}

/* The unit valid on DAY whose totals have the figures of ROW's unit, which ended: its last parent, or what that
 * wholly became; NULL: none. */
static const struct unit_row *heir(const struct catalogue *c, const struct unit_row *row, chiso_day day)
{
    const struct unit_row *parent = catalogue_parent_at(c, row, row->to);
    while (parent && catalogue_identity(c, parent->identity)->to < day) {
        uint32_t became = catalogue_identity(c, parent->identity)->became;
        const struct unit_identity *next = became == CATALOGUE_NONE ? NULL : catalogue_identity(c, became);
        parent = next ? catalogue_unit_at(c, next->code, next->from) : NULL;
    }
    return parent;
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
    for (size_t i = 0; i < count; i++)
        json_list_add(&array, json_pack("{s:s,s:s}", "unit", former_code(c, &into[i]), "extent",
                                  into[i].whole ? "whole" : "part"));
    return array;
}

static json_t *founded_json(
    const struct catalogue *c, const struct unit_row *row, const struct indicator *definition)
{
    char since[CHISO_DATE_CHARS];
    chiso_day_print(catalogue_identity(c, row->identity)->from, since);
    return json_pack("{s:s,s:s,s:n,s:n,s:o,s:s,s:s,s:s}", "unit", catalogue_unit_code(c, row->code), "since",
        since, "ended", "part_of", "former", former_json(c, row), "indicator", definition->id, "before",
        becoming_names[boundaries_becoming(c, row, definition)], "across",
        crossing_names[boundaries_crossing(c, row, definition)]);
}

/* In windows that contain its end, what such a unit reported before counts for its parent, or not. */
static const char *const ended_names[] = {"left_out", "stays_part"};

static json_t *ended_json(
    const struct catalogue *c, const struct unit_row *row, const struct indicator *definition, chiso_day day)
{
    char ended[CHISO_DATE_CHARS];
    const struct unit_row *parent = heir(c, row, day);
    bool stays = parent && effective_outlives(c, row, definition);
    chiso_day_print(row->to, ended);
    return json_pack("{s:s,s:n,s:s,s:s?,s:[],s:s,s:s,s:s}", "unit", catalogue_unit_code(c, row->code),
        "since", "ended", ended, "part_of", parent ? catalogue_unit_code(c, parent->code) : NULL, "former",
        "indicator", definition->id, "before", becoming_names[BECOMES_ITSELF], "across", ended_names[stays]);
}

static int print_all_json(const struct session *session, chiso_day day)
{
    const struct catalogue *c = session->catalogue;
    uint32_t indicators = catalogue_indicator_count(c);
    json_t *array = json_array();
    const struct unit_row *row;
    for (uint32_t at = 0; (row = next_founded(c, day, &at));) {
        for (uint32_t i = 0; i < indicators; i++) {
            const struct indicator *definition = catalogue_indicator_at(c, i, day);
            if (definition && concerns_founded(c, row, definition, day))
                json_list_add(&array, founded_json(c, row, definition));
        }
    }
    for (uint32_t at = 0; (row = next_ended(c, day, &at));) {
        for (uint32_t i = 0; i < indicators; i++) {
            const struct indicator *definition = catalogue_indicator_at(c, i, row->to);
            if (definition && concerns(c, row, definition, row->to))
                json_list_add(&array, ended_json(c, row, definition, day));
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
            boundaries_crossing(c, row, definition) != crossing || !concerns_founded(c, row, definition, day))
            continue;
        if (!any)
            printf("    %s; %s:\n        ", before[becoming][english], across[crossing][english]);
        any = true;
        put_word(&line, definition->id);
    }
    if (any)
        putchar('\n');
}

/* Does ROW's unit, which ended, or one below it then, report an indicator? */
static bool reports_something(const struct catalogue *c, const struct unit_row *row)
{
    for (uint32_t i = 0; i < catalogue_indicator_count(c); i++) {
        const struct indicator *definition = catalogue_indicator_at(c, i, row->to);
        if (definition && concerns(c, row, definition, row->to))
            return true;
    }
    return false;
}

/* One line for the indicators that stay (or do not) with the parent; nothing where there is none. */
static void print_staying(
    const struct session *session, const struct unit_row *row, bool wanted, bool has_parent)
{
    const struct catalogue *c = session->catalogue;
    struct line line = {.column = 8, .separator = ""};
    bool any = false;
    for (uint32_t i = 0; i < catalogue_indicator_count(c); i++) {
        const struct indicator *definition = catalogue_indicator_at(c, i, row->to);
        if (!definition || (has_parent && effective_outlives(c, row, definition)) != wanted ||
            !concerns(c, row, definition, row->to))
            continue;
        if (!any)
            printf("    %s:\n        ",
                wanted ? session_text(session, "kỳ bao trùm: vẫn tính vào đơn vị cấp trên",
                             "across: stays a part of the unit above")
                       : session_text(session, "kỳ bao trùm: không tính", "across: left out"));
        any = true;
        put_word(&line, definition->id);
    }
    if (any)
        putchar('\n');
}

static void print_ended(const struct session *session, const struct unit_row *row, chiso_day day)
{
    char ended[CHISO_DATE_CHARS];
    const struct unit_row *parent = heir(session->catalogue, row, day);
    chiso_day_print_vi(row->to, ended);
    printf(session_text(session, "%s (%s), kết thúc ngày %s, không có đơn vị kế thừa",
               "%s (%s), ended on %s without a successor"),
        session_unit_name(session, row), catalogue_unit_code(session->catalogue, row->code), ended);
    if (parent)
        printf(session_text(session, "; đơn vị cấp trên: %s", "; the unit above: %s"),
            catalogue_unit_code(session->catalogue, parent->code));
    putchar('\n');
    print_staying(session, row, true, parent != NULL);
    print_staying(session, row, false, parent != NULL);
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
    for (uint32_t at = 0; (row = next_ended(session->catalogue, day, &at));) {
        if (!reports_something(session->catalogue, row))
            continue;
        if (units++ > 0)
            putchar('\n');
        print_ended(session, row, day);
    }
    if (units == 0)
        puts(session_text(session, "Không có đơn vị nào hình thành từ đơn vị khác, hoặc đã kết thúc.",
            "No unit was founded out of others, or has ended."));
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
            "windows before it was founded (get --boundaries DATE), and in windows that contain that day; "
            "then\n"
            "the units that ended before without a successor, and whether what they reported still counts "
            "in\n"
            "windows that contain their end.\n"
            "With --catalogue a folder that is not yet in force; Redis is then not needed.",
        .keys = session_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
        .epilogue =
            "With --json: unit, since, former (unit, extent), indicator; before: sum, extreme,\n"
            "not_comparable_part or not_comparable_measure; across, where the unit does not report\n"
            "the window itself: combined, as_of_end, own_report or not_comparable. Of a unit that\n"
            "ended: ended, part_of (the unit above, or what it became); across: stays_part, left_out.",
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = boundaries(&session, date, json);
    free(date);
    return session_end(&session, status);
}
