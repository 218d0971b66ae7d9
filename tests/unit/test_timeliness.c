/* STATISTICS S7: what is owed, what is in, and what came on time, in both calendars. */
#include "core/timeliness.h"
#include "world.h"

#include <inttypes.h>

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,2025-06-30,province,,VN,Hà Nam,Ha Nam\n"
                            "37,,2025-06-30,province,,VN,Ninh Bình,Ninh Binh\n"
                            "37,2025-07-01,,province,,VN,Ninh Bình,Ninh Binh\n"
                            "35.stp,,2025-06-30,department,justice,35,Sở Tư pháp,Justice\n"
                            "347,,2025-06-30,district,,35,Phủ Lý,Phu Ly\n"
                            "00001,,2025-06-30,commune,,347,Xã A,A\n"
                            "00002,,2025-06-30,commune,,347,Xã B,B\n"
                            "00003,2025-07-01,,commune,,37,Xã C,C\n"
                            "00004,,2025-06-30,commune,,37,Xã D,D\n";
static const char successions[] = "date,old_code,new_code,extent\n"
                                  "2025-07-01,35,37,whole\n2025-07-01,37,37,whole\n"
                                  "2025-07-01,00001,00003,whole\n2025-07-01,00002,00003,whole\n";
static const char pillars[] = "id,name_vi,name_en,order\n"
                              "gov,Chính quyền số,Digital government,1\n"
                              "soc,Xã hội số,Digital society,2\n";
static const char indicators[] =
    "id,pillar,name_vi,measure,across_time,reported_by,whole_by,cadence,calendar,due_working_days\n"
    "month,gov,Tháng,count,sum,commune,,month,,5\n"
    "admin,soc,Kỳ hành chính,count,sum,commune,,month,administrative,2\n"
    "stock,soc,Mức,count,last,district,,month,,\n"
    "whole,gov,Của tỉnh,count,sum,commune,province,quarter,,10\n"
    "begun,gov,Từ tháng 3,count,sum,,province,month,,5\n"
    "daily,soc,Ngày,count,sum,department:justice,,day,,3\n"
    "of_days,soc,Gộp ngày,count,sum,,province,day,,3\n";
static const char obligations[] = "indicator,unit,kind,role,cadence,due_working_days,valid_from,valid_to\n"
                                  "begun,35,,,none,,,2025-02-28\n"
                                  "daily,35.stp,,,none,,,2025-03-02\n"
                                  "daily,35.stp,,,none,,2025-03-06,\n"
                                  "of_days,35,,,month,,,\n";
/* Tết 2025, and the swapped Saturday of 2024. */
static const char holidays[] = "date,kind,name_vi\n"
                               "2024-04-29,off,Nghỉ bù\n2024-04-30,off,Chiến thắng\n2024-05-01,off,Lao động\n"
                               "2024-05-04,work,Làm bù\n2025-01-01,off,Tết dương lịch\n"
                               "2025-01-27,off,Tết\n2025-01-28,off,Tết\n2025-01-29,off,Tết\n"
                               "2025-01-30,off,Tết\n2025-01-31,off,Tết\n";

#define MAY "2025-05-05T08:00:00+07:00"

WORLD_SUITE(timeliness, "units.csv", units, "successions.csv", successions, "pillars.csv", pillars,
    "indicators.csv", indicators, "obligations.csv", obligations, "holidays.csv", holidays)

/* FIGURE of revision REVISION; the first was accepted at TIME. */
static void accept(const char *unit, const char *period, const char *indicator, const char *figure,
    unsigned revision, const char *time)
{
    char text[LEAF_CHARS];
    struct leaf leaf;
    int n = snprintf(text, sizeof text, "%u %s 1.0 %" PRId64, revision, figure, at(time));
    cr_assert_eq(leaf_parse(text, (size_t)n, &leaf), CHISO_OK, "%s", text);
    cr_assert_eq(store_set_leaf(world.store, unit_of(&world, unit), period_of(period),
                     indicator_of(&world, indicator), &leaf),
        CHISO_OK);
}

/* ---- every report ---- */

struct said {
    char text[4096];
    size_t length;
};

/* "00001 2025-01 late 2 2025-02-07T17:00", a line each. */
static int say(void *context, const struct timeliness_report *r)
{
    struct said *said = context;
    char period[CHISO_PERIOD_CHARS], deadline[CHISO_TIME_CHARS] = "no deadline     ";
    chiso_period_print(r->period, period);
    if (r->deadline)
        chiso_instant_print(r->deadline, deadline);
    said->length += (size_t)snprintf(said->text + said->length, sizeof said->text - said->length,
        "%s %s %s %d %.16s%s\n", catalogue_unit_code(world.catalogue, r->row->code), period,
        timeliness_names[r->state], r->days, deadline, r->ended ? "" : " runs");
    return 0;
}

static struct timeliness_sums collect(
    const char *unit, const char *period, const char *indicator, const char *now, struct said *said)
{
    struct timeliness_sums sums;
    const struct timeliness_question question = {.unit = unit_of(&world, unit),
        .day = chiso_period_last(period_of(period), CHISO_STATISTICAL),
        .period = period_of(period),
        .indicator = indicator ? indicator_of(&world, indicator) : CATALOGUE_NONE,
        .pillar = CATALOGUE_NONE,
        .now = at(now),
        .visit = said ? say : NULL,
        .context = said};
    cr_assert_eq(timeliness_collect(world.catalogue, world.store, &question, &sums), CHISO_OK);
    return sums;
}

static void expect_reports(
    const char *unit, const char *period, const char *indicator, const char *now, const char *text)
{
    struct said said = {.text = ""};
    struct timeliness_sums sums = collect(unit, period, indicator, now, &said);
    cr_expect_str_eq(said.text, text, "%s %s %s:\n%s", unit, period, indicator, said.text);
    timeliness_release(&sums);
}

Test(timeliness, the_first_acceptance_decides)
{
    accept("00001", "2025-01", "month", "10", 1, "2025-02-07T17:00:00.000+07:00");
    accept("00002", "2025-01", "month", "10", 1, "2025-02-07T17:00:00.001+07:00");
    accept("00001", "2025-02", "month", "11", 3, "2025-03-07T16:59:59.999+07:00");
    accept("00002", "2025-02", "month", "12", 1, "2025-03-10T17:00:00.000+07:00");
    accept("00001", "2025-03", "month", "-", 2, "2025-04-01T08:00:00.000+07:00");
    accept("00001", "2025-04", "month", "7", 1, "2025-04-29T08:00:00.000+07:00");
    expect_reports("35", "2025-H1", "month", MAY,
        "00001 2025-01 on_time 0 2025-02-07T17:00\n"
        "00002 2025-01 late 1 2025-02-07T17:00\n"
        "00001 2025-02 on_time 0 2025-03-07T17:00\n" /* corrected twice since */
        "00002 2025-02 late 1 2025-03-07T17:00\n" /* until Monday 17:00 one working day more is enough */
        "00001 2025-03 overdue 20 2025-04-07T17:00\n" /* withdrawn */
        "00002 2025-03 overdue 20 2025-04-07T17:00\n"
        "00001 2025-04 on_time 0 2025-05-07T17:00\n"
        "00002 2025-04 not_due 0 2025-05-07T17:00\n"
        "00001 2025-05 not_due 0 2025-06-06T17:00 runs\n"
        "00002 2025-05 not_due 0 2025-06-06T17:00 runs\n");
}

Test(timeliness, late_by_working_days)
{
    static const struct {
        const char *name, *accepted, *state;
    } cases[] = {
        {"an hour", "2025-02-07T18:00:00+07:00", "late 1"},
        {"on the Saturday after a Friday", "2025-02-08T09:00:00+07:00", "late 1"},
        {"until Monday 17:00", "2025-02-10T17:00:00+07:00", "late 1"},
        {"after it", "2025-02-10T17:00:01+07:00", "late 2"},
        {"a week", "2025-02-14T10:00:00+07:00", "late 5"},
        {"just before midnight UTC, which is 07:00", "2025-02-09T23:59:59Z", "late 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[128];
        accept("00001", "2025-01", "month", "1", 1, cases[i].accepted);
        snprintf(expected, sizeof expected, "00001 2025-01 %s 2025-02-07T17:00\n", cases[i].state);
        expect_reports("00001", "2025-01", "month", MAY, expected);
    }
}

Test(timeliness, both_calendars_have_their_own_windows)
{
    accept("00001", "2025-02", "admin", "5", 1, "2025-02-18T17:00:00+07:00");
    accept("00002", "2025-02", "admin", "5", 1, "2025-02-19T08:00:00+07:00");
    expect_reports("35", "2025-Q1", "admin", MAY,
        "00001 2025-01 overdue 72 2025-01-16T17:00\n" /* 15/12/2024 to 14/1/2025 */
        "00002 2025-01 overdue 72 2025-01-16T17:00\n"
        "00001 2025-02 on_time 0 2025-02-18T17:00\n" /* to 14/2, a Friday */
        "00002 2025-02 late 1 2025-02-18T17:00\n"
        "00001 2025-03 overdue 34 2025-03-18T17:00\n"
        "00002 2025-03 overdue 34 2025-03-18T17:00\n");
    expect_reports("00001", "2025-05", "admin", "2025-05-14T23:59:59.999+07:00",
        "00001 2025-05 not_due 0 2025-05-16T17:00 runs\n");
    expect_reports("00001", "2025-05", "admin", "2025-05-15T00:00:00.000+07:00",
        "00001 2025-05 not_due 0 2025-05-16T17:00\n");
    expect_reports("00001", "2025-05", "admin", "2025-05-16T17:00:00.001+07:00",
        "00001 2025-05 overdue 1 2025-05-16T17:00\n");
}

/* 14/1/2025 is a Tuesday, 14/2 a Friday; 30/4/2024 a Tuesday: Thursday, Friday and the Saturday that is
 * worked. */
Test(timeliness, deadlines_over_tet_and_swapped_saturdays)
{
    static const struct {
        const char *last;
        int days;
        const char *deadline;
    } cases[] = {
        {"2025-01-14", 8, "2025-01-24T17:00"},
        {"2025-01-14", 9, "2025-02-03T17:00"},
        {"2025-01-14", 10, "2025-02-04T17:00"},
        {"2024-12-31", 2, "2025-01-03T17:00"},
        {"2024-04-14", 10, "2024-04-26T17:00"},
        {"2024-04-14", 11, "2024-05-02T17:00"},
        {"2024-04-14", 13, "2024-05-04T17:00"},
        {"2024-04-14", 14, "2024-05-06T17:00"},
        {"2024-04-30", 3, "2024-05-04T17:00"},
        {"2024-05-04", 0, "2024-05-04T17:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[CHISO_TIME_CHARS];
        chiso_day last;
        cr_assert_eq(chiso_day_parse(cases[i].last, 10, &last), CHISO_OK);
        chiso_instant_print(catalogue_deadline(world.catalogue, last, cases[i].days), text);
        text[16] = '\0';
        cr_expect_str_eq(text, cases[i].deadline, "%s + %d: %s", cases[i].last, cases[i].days, text);
    }
}

Test(timeliness, bare_is_a_report_and_not_applicable_counts_nowhere_else)
{
    accept("00001", "2025-01", "month", "na", 1, "2025-02-20T08:00:00+07:00");
    accept("347", "2025-01", "stock", "40", 1, "2025-04-20T08:00:00+07:00");
    expect_reports("00001", "2025-01", "month", MAY, "00001 2025-01 not_applicable 0 2025-02-07T17:00\n");
    expect_reports("347", "2025-Q1", "stock", MAY,
        "347 2025-01 reported 0 no deadline     \n"
        "347 2025-02 missing 0 no deadline     \n"
        "347 2025-03 missing 0 no deadline     \n");
    struct timeliness_sums sums = collect("35", "2025-01", "month", MAY, NULL);
    cr_expect(sums.total.expected == 1 && sums.total.due == 1 && sums.total.not_applicable == 1);
    timeliness_release(&sums);
}

Test(timeliness, owed_from_a_day_on)
{
    expect_reports("35", "2025-H1", "begun", MAY,
        "35 2025-03 overdue 20 2025-04-07T17:00\n"
        "35 2025-04 not_due 0 2025-05-07T17:00\n"
        "35 2025-05 not_due 0 2025-06-06T17:00 runs\n");
    expect_reports("35", "2025-03", "daily", MAY,
        "35.stp 2025-03-03 overdue 42 2025-03-06T17:00\n"
        "35.stp 2025-03-04 overdue 41 2025-03-07T17:00\n"
        "35.stp 2025-03-05 overdue 40 2025-03-10T17:00\n");
}

Test(timeliness, the_whole_owes_only_where_no_part_does)
{
    expect_reports("35", "2025-Q1", "whole", MAY,
        "00001 2025-Q1 overdue 15 2025-04-14T17:00\n"
        "00002 2025-Q1 overdue 15 2025-04-14T17:00\n");
}

Test(timeliness, a_window_made_of_shorter_ones_came_with_the_last_of_them)
{
    char day[16];
    for (int i = 1; i <= 28; i++) {
        snprintf(day, sizeof day, "2025-02-%02d", i);
        accept(
            "35", day, "of_days", "1", 1, i == 3 ? "2025-03-06T08:00:00+07:00" : "2025-03-01T08:00:00+07:00");
    }
    expect_reports("35", "2025-02", "of_days", MAY, "35 2025-02 late 1 2025-03-05T17:00\n");
    accept("35", "2025-02-03", "of_days", "-", 2, "2025-03-06T08:00:00+07:00");
    expect_reports("35", "2025-02", "of_days", MAY, "35 2025-02 overdue 43 2025-03-05T17:00\n");
    accept("35", "2025-02", "of_days", "28", 1, "2025-03-05T08:00:00+07:00");
    expect_reports("35", "2025-02", "of_days", MAY, "35 2025-02 on_time 0 2025-03-05T17:00\n");
}

Test(timeliness, a_longer_report_settles_no_shorter_window)
{
    accept("00001", "2025-Q1", "month", "30", 1, "2025-04-01T08:00:00+07:00");
    expect_reports("00001", "2025-03", "month", MAY, "00001 2025-03 overdue 20 2025-04-07T17:00\n");
}

/* ---- counts ---- */

static void expect_counts(const char *name, const struct timeliness_counts *c, const char *text)
{
    char found[160];
    snprintf(found, sizeof found,
        "%" PRIu64 "/%" PRIu64 " in, %" PRIu64 "/%" PRIu64 " on time, %" PRIu64 " late, %" PRIu64 " overdue",
        c->reported, c->expected, c->on_time, c->due, c->late, c->overdue);
    cr_expect_str_eq(found, text, "%s: %s", name, found);
}

Test(timeliness, counts_are_added_up_never_percentages)
{
    accept("00001", "2025-01", "month", "1", 1, "2025-02-03T08:00:00+07:00");
    accept("00001", "2025-02", "month", "1", 1, "2025-03-03T08:00:00+07:00");
    accept("00001", "2025-03", "month", "1", 1, "2025-05-03T08:00:00+07:00");
    accept("00001", "2025-04", "month", "1", 1, "2025-05-03T08:00:00+07:00");
    accept("00002", "2025-01", "month", "1", 1, "2025-02-03T08:00:00+07:00");
    accept("00001", "2025-01", "admin", "1", 1, "2025-01-15T08:00:00+07:00");
    struct timeliness_sums sums = collect("35", "2025-H1", "month", MAY, NULL);
    expect_counts("month", &sums.total, "5/8 in, 3/6 on time, 1 late, 2 overdue");
    expect_counts("A", &sums.units[unit_of(&world, "00001")], "4/4 in, 2/3 on time, 1 late, 0 overdue");
    expect_counts("B", &sums.units[unit_of(&world, "00002")], "1/4 in, 1/3 on time, 0 late, 2 overdue");
    expect_counts(
        "its district", &sums.units[unit_of(&world, "347")], "5/8 in, 3/6 on time, 1 late, 2 overdue");
    timeliness_release(&sums);

    sums = collect("35", "2025-H1", NULL, MAY, NULL);
    expect_counts(
        "government: month 8, whole 2, begun 2", &sums.pillars[0], "5/12 in, 3/9 on time, 1 late, 5 overdue");
    expect_counts("society: admin 8, stock 4, daily 3, of_days 4", &sums.pillars[1],
        "1/19 in, 1/14 on time, 0 late, 13 overdue");
    expect_counts("both", &sums.total, "6/31 in, 4/23 on time, 1 late, 18 overdue");
    timeliness_release(&sums);
}

Test(timeliness, windows_of_former_units_are_theirs)
{
    struct timeliness_sums sums = collect("37", "2025", "month", "2026-03-01T08:00:00+07:00", NULL);
    expect_counts("the second half, of one commune", &sums.total, "0/6 in, 0/6 on time, 0 late, 6 overdue");
    timeliness_release(&sums);
    sums = collect("37", "2025-H1", "month", "2026-03-01T08:00:00+07:00", NULL);
    expect_counts("the first half, of the former 37", &sums.total, "0/6 in, 0/6 on time, 0 late, 6 overdue");
    timeliness_release(&sums);
    sums = collect("VN", "2025", "month", "2026-03-01T08:00:00+07:00", NULL);
    expect_counts("the nation has both halves", &sums.total, "0/24 in, 0/24 on time, 0 late, 24 overdue");
    timeliness_release(&sums);
}

Test(timeliness, windows_inside_nine_months_and_intervals)
{
    struct timeliness_sums sums = collect("00004", "2024-9M", "month", MAY, NULL);
    expect_counts("nine months", &sums.total, "0/9 in, 0/9 on time, 0 late, 9 overdue");
    timeliness_release(&sums);
    sums = collect("00004", "2024-01-15/2024-04-14", "month", MAY, NULL);
    expect_counts("February and March", &sums.total, "0/2 in, 0/2 on time, 0 late, 2 overdue");
    timeliness_release(&sums);
    sums = collect("00004", "2024-01-15/2024-04-14", "admin", MAY, NULL);
    expect_counts("administrative February to April", &sums.total, "0/3 in, 0/3 on time, 0 late, 3 overdue");
    timeliness_release(&sums);
}

Test(timeliness, a_percentage_is_100_only_when_it_is)
{
    static const struct {
        uint64_t part, whole;
        const char *text;
    } cases[] = {
        {0, 0, ""},
        {0, 3, "0.0"},
        {1, 3, "33.3"},
        {2, 3, "66.7"},
        {1, 16, "6.3"},
        {3, 3, "100.0"},
        {1999, 2000, "99.95"},
        {99999, 100000, "99.999"},
        {3999999, 4000000, "99.99998"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[TIMELINESS_PERCENT_CHARS];
        timeliness_percent(cases[i].part, cases[i].whole, text);
        cr_expect_str_eq(
            text, cases[i].text, "%" PRIu64 "/%" PRIu64 ": %s", cases[i].part, cases[i].whole, text);
    }
}
