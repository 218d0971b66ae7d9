/* chisoctl overview: every province's figures, pillar by pillar, in the order of the catalogue; what needs
 * attention is marked in the left margin and counted in each pillar's heading. */
#include "overview.h"

#include "ctl.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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

static struct tally tally_pillar(const struct overview *overview, uint32_t pillar)
{
    struct tally tally = {0};
    for (size_t i = 0; i < overview->count; i++) {
        const struct overview_line *line = &overview->lines[i];
        if (!line->has_row || line->pillar != pillar)
            continue;
        tally.positions[line->row.position]++;
        tally.figures += row_has_figure(&line->row);
        if (line->row.level == STORE_NO_LEVEL) {
            tally.reported += line->row.shown.reported;
            tally.expected += line->row.shown.expected;
        }
    }
    return tally;
}

static void print_tally(const struct session *session, const struct tally *tally, char *out, size_t capacity)
{
    size_t at = 0;
    const char *comma = " · ";
    at +=
        (size_t)snprintf(out, capacity, session_text(session, "%zu số liệu", "%zu figures"), tally->figures);
    for (size_t i = 0; i < sizeof summary_order / sizeof *summary_order && at < capacity; i++) {
        size_t count = tally->positions[summary_order[i]];
        if (count == 0)
            continue;
        at += (size_t)snprintf(
            out + at, capacity - at, "%s%zu %s", comma, count, position_text(session, summary_order[i]));
        comma = ", ";
    }
    if (tally->expected > 0 && at < capacity)
        (void)snprintf(out + at, capacity - at,
            session_text(session, " · đã báo cáo %" PRIu64 "/%" PRIu64, " · reported %" PRIu64 "/%" PRIu64),
            tally->reported, tally->expected);
}

static void add_pillar(const struct session *session, const struct overview *overview, uint32_t pillar,
    struct table *table, struct figure_notes *notes)
{
    const struct pillar *p = catalogue_pillar(session->catalogue, pillar);
    struct tally tally = tally_pillar(overview, pillar);
    char summary[512], heading[768];
    print_tally(session, &tally, summary, sizeof summary);
    (void)snprintf(heading, sizeof heading, "%s: %s", session_text(session, p->name_vi, p->name_en), summary);
    table_heading(table, "", TABLE_PLAIN);
    table_heading(table, heading, TABLE_BOLD);
    for (size_t i = 0; i < overview->count; i++) {
        const struct overview_line *line = &overview->lines[i];
        struct figure_line shown = {
            line->has_row ? &line->row : NULL, line->name, line->indent, line->synthetic};
        if (line->pillar != pillar)
            continue;
        figure_notes_of(&shown, notes);
        figure_table_add(session, table, &shown);
    }
}

static int print_overview(
    const struct session *session, const struct overview *overview, struct figure_notes *notes)
{
    struct table *table = figure_table_new(session);
    const char *name = session_unit_name(session, overview->unit);
    if (!table)
        return session_fail(session, EXIT_RUNTIME, "no memory");
    printf("═══ %s (%s) ═══\n", name, catalogue_unit_code(session->catalogue, overview->province));
    for (uint32_t pillar = 0; pillar < catalogue_pillar_count(session->catalogue); pillar++)
        add_pillar(session, overview, pillar, table, notes);
    return print_table(session, table);
}

static int show_province(
    struct session *session, uint32_t province, struct figure_notes *notes, size_t *shown)
{
    struct overview overview = {0};
    struct chiso_message why = {""};
    store_clear(session->store);
    int status = session_load_province(session, province);
    if (status != SESSION_ON)
        return status;
    int error = overview_collect(session, province, &overview);
    if (!error)
        error = overview_trace(session, &overview, &why);
    if (error) {
        status = session_fail(session, EXIT_RUNTIME, "%s", *why.text ? why.text : chiso_strerror(error));
    } else if (overview.count > 0) {
        if ((*shown)++ > 0)
            putchar('\n');
        status = print_overview(session, &overview, notes);
        status = status == EXIT_OK ? SESSION_ON : status;
    }
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
    const struct program program = {
        .name = "chisoctl overview",
        .usage = "[options]",
        .summary =
            "Prints the figures of each province, pillar by pillar: the latest ended window that has one,\n"
            "with its target, its position and how many reports are in. !! is behind, missed or overdue,\n"
            "! at risk, ? cannot be told.",
        .keys = session_province_keys,
    };
    struct session session;
    int status = session_start(&session, &program, argc, argv, NULL);
    if (status == SESSION_ON)
        status = overview(&session);
    return session_end(&session, status);
}
