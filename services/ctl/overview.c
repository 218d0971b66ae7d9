/* chisoctl overview: every province's figures, pillar by pillar, in the order of the catalogue; what needs
 * attention is marked in the left margin and counted in each pillar's heading. */
#include "overview.h"

#include "contradictions.h"
#include "core/text.h"
#include "ctl.h"
#include "timeliness.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a leader wants to know first stands first. */
static const enum position summary_order[] = {
    POSITION_OVERDUE,
    POSITION_BEHIND,
    POSITION_MISSED,
    POSITION_AT_RISK,
    POSITION_CANNOT_TELL,
    POSITION_ON_TRACK,
    POSITION_MET,
    POSITION_REACHED_LATE,
    POSITION_NOT_DUE,
    POSITION_NOT_COMPARABLE,
};

struct tally {
    size_t positions[POSITIONS];
    size_t figures;
    uint64_t reported, expected; /* of the indicators' own rows */
};

/* Of one pillar, or of all (CATALOGUE_NONE). */
static struct tally tally_pillar(
    const struct session *session, const struct overview *overview, uint32_t pillar)
{
    struct tally tally = {0};
    for (size_t i = 0; i < overview->count; i++) {
        const struct overview_line *line = &overview->lines[i];
        if (!line->has_row || (pillar != CATALOGUE_NONE && line->pillar != pillar))
            continue;
        tally.positions[shown_position(session, &line->row)]++;
        tally.figures += row_has_figure(&line->row);
        if (line->counts) {
            tally.reported += line->row.shown.reported;
            tally.expected += line->row.shown.expected;
        }
    }
    return tally;
}

/* "1 quá hạn báo cáo, 2 chậm tiến độ", those that ATTENTION asks for only, or all; "" when there are none. */
static void print_positions(
    const struct session *session, const struct tally *tally, bool attention, char *out, size_t capacity)
{
    struct text text;
    const char *comma = "";
    text_begin(&text, out, capacity);
    for (size_t i = 0; i < sizeof summary_order / sizeof *summary_order; i++) {
        size_t count = tally->positions[summary_order[i]];
        enum table_style style = position_style(summary_order[i]);
        if (count == 0 || (attention && style != TABLE_BAD && style != TABLE_WARNING))
            continue;
        text_add(&text, "%s%zu %s", comma, count, position_text(session, summary_order[i]));
        comma = ", ";
    }
}

/* How many of this year's reports are in, and how many came on time. */
static void add_timeliness(
    const struct session *session, const struct timeliness_counts *counts, struct table *table)
{
    char line[320], text[256], year[CHISO_PERIOD_TEXT_BYTES];
    timeliness_text(session, counts, text, sizeof text);
    if (!*text)
        return;
    period_text(session, overview_year(session), year);
    (void)snprintf(
        line, sizeof line, session_text(session, "    báo cáo %s: %s", "    reports, %s: %s"), year, text);
    table_heading(table, line, TABLE_PLAIN);
}

/* The pillar's name with how much is in, a line with its positions, this year's reports, and its score. */
static void add_heading(const struct session *session, const struct overview *overview, uint32_t index,
    const struct tally *tally, struct table *table)
{
    const struct pillar *pillar = catalogue_pillar(session->catalogue, index);
    char line[512], positions[400], score[256];
    struct text text;
    text_begin(&text, line, sizeof line);
    text_add(&text, session_text(session, "%s: %zu số liệu", "%s: %zu figures"),
        session_text(session, pillar->name_vi, pillar->name_en), tally->figures);
    if (tally->expected > 0)
        text_add(&text,
            session_text(session, ", đã có %" PRIu64 "/%" PRIu64 " báo cáo",
                ", %" PRIu64 " of %" PRIu64 " reports are in"),
            tally->reported, tally->expected);
    table_heading(table, "", TABLE_PLAIN);
    table_heading(table, line, TABLE_BOLD);
    print_positions(session, tally, false, positions, sizeof positions);
    (void)snprintf(line, sizeof line, "    %s", positions);
    if (*positions)
        table_heading(table, line, TABLE_PLAIN);
    add_timeliness(session, &overview->timeliness.pillars[index], table);
    if (pillar_score_text(session, overview->province, index, overview_year(session), score, sizeof score) ||
        !*score)
        return;
    (void)snprintf(line, sizeof line, "    %s", score);
    table_heading(table, line, TABLE_PLAIN);
}

static void add_pillar(const struct session *session, const struct overview *overview, uint32_t pillar,
    struct table *table, struct figure_notes *notes)
{
    struct tally tally = tally_pillar(session, overview, pillar);
    add_heading(session, overview, pillar, &tally, table);
    for (size_t i = 0; i < overview->count; i++) {
        const struct overview_line *line = &overview->lines[i];
        char more[64];
        struct figure_line shown = {
            line->has_row ? &line->row : NULL, line->name, line->indent, line->synthetic};
        if (line->pillar != pillar)
            continue;
        if (line->more > 0) {
            (void)snprintf(more, sizeof more,
                session_text(session, "… và %zu đơn vị khác", "… and %zu more units"), line->more);
            shown.name = more;
        }
        figure_notes_of(&shown, notes);
        figure_table_add(session, table, &shown);
    }
}

/* What is wrong in the province, before anything else. */
static void print_attention(
    const struct session *session, const struct overview *overview, size_t contradictions)
{
    char positions[400];
    size_t length;
    struct tally tally = tally_pillar(session, overview, CATALOGUE_NONE);
    print_positions(session, &tally, true, positions, sizeof positions);
    length = strlen(positions);
    if (contradictions > 0)
        (void)snprintf(positions + length, sizeof positions - length, "%s%zu %s", length > 0 ? ", " : "",
            contradictions, session_text(session, "không khớp nhau", "contradictory"));
    if (*positions)
        printf("%s%s\n", session_text(session, "Cần chú ý: ", "Needs attention: "), positions);
    putchar('\n');
}

static int collect_contradictions(
    const struct session *session, const struct overview *overview, struct contradictions *out)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < overview->count && !error; i++) {
        if (overview->lines[i].has_row)
            error = contradictions_add(session, &overview->lines[i].row, out);
    }
    return error;
}

static int print_overview(const struct session *session, const struct overview *overview,
    const struct contradictions *contradictions, struct figure_notes *notes)
{
    struct table *table = figure_table_new(session);
    const char *name = session_unit_name(session, overview->unit);
    if (!table)
        return session_fail(session, EXIT_RUNTIME, "no memory");
    printf("═══ %s (%s)", name, catalogue_unit_code(session->catalogue, overview->province));
    print_as_of(session);
    puts(" ═══");
    print_attention(session, overview, contradictions->count);
    for (uint32_t pillar = 0; pillar < catalogue_pillar_count(session->catalogue); pillar++)
        add_pillar(session, overview, pillar, table, notes);
    int status = print_table(session, table);
    return status == EXIT_OK ? print_contradictions(session, contradictions) : status;
}

static int show_province(
    struct session *session, uint32_t province, struct figure_notes *notes, size_t *shown)
{
    struct overview overview = {0};
    struct contradictions contradictions = {0};
    struct chiso_message why = {""};
    store_clear(session->store);
    int status = session_load_history(session, province);
    if (status != SESSION_ON)
        return status;
    int error = overview_collect(session, province, &overview);
    if (!error)
        error = overview_trace(session, &overview, &why);
    if (!error)
        error = collect_contradictions(session, &overview, &contradictions);
    if (error) {
        status = session_fail_for(session, error, &why);
    } else if (overview.count > 0) {
        if ((*shown)++ > 0)
            putchar('\n');
        status = print_overview(session, &overview, &contradictions, notes);
        status = status == EXIT_OK ? SESSION_ON : status;
    }
    contradictions_release(&contradictions);
    overview_release(&overview);
    return status;
}

static int overview(struct session *session)
{
    uint32_t *provinces = NULL;
    size_t count = 0, shown = 0;
    struct figure_notes notes = {0};
    int status = session_connect(session);
    if (status == SESSION_ON)
        status = session_provinces(session, &provinces, &count);
    for (size_t i = 0; i < count && status == SESSION_ON; i++)
        status = show_province(session, provinces[i], &notes, &shown);
    free(provinces);
    if (status != SESSION_ON)
        return status;
    if (shown == 0)
        puts(session_text(session, "Chưa có số liệu.", "There are no figures yet."));
    else
        putchar('\n');
    print_figure_notes(session, &notes);
    return EXIT_OK;
}

int command_overview(int argc, char **argv)
{
    char *as_of = NULL;
    const struct option_flag flags[] = {
        {"as-of", "TIME", "as everything stood then: an RFC 3339 time, or the end of a day", &as_of, NULL},
    };
    const struct program program = {
        .name = "chisoctl overview",
        .usage = "[options]",
        .summary =
            "Prints the figures of each province, pillar by pillar: the latest ended window that has one,\n"
            "with its target, its position and how many reports are in. !! is behind, missed or overdue,\n"
            "! at risk, ? cannot be told, ≠ contradicts another figure (chisoctl rules).",
        .keys = session_province_keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = session_as_of(&session, as_of);
    if (status == SESSION_ON)
        status = overview(&session);
    free(as_of);
    return session_end(&session, status);
}
