/* The ledger for people and for programs. */
#include "ledger.h"

#include "core/json_list.h"
#include "core/text.h"
#include "print.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_CHARS 32
/* Gaps that a line names. */
#define GAPS_CHARS 128

static void number_text(const struct session *session, uint64_t number, char out[NUMBER_CHARS])
{
    char plain[NUMBER_CHARS];
    (void)snprintf(plain, sizeof plain, "%" PRIu64, number);
    text_number(plain, session_language(session), out, NUMBER_CHARS);
}

/* "12, 40–43, …" */
static void gaps_text(const struct ledger_stream *stream, char out[GAPS_CHARS])
{
    struct text text;
    text_begin(&text, out, GAPS_CHARS);
    for (size_t i = 0; i < stream->gap_count; i++) {
        const struct ledger_gap *gap = &stream->gaps[i];
        if (text.length > GAPS_CHARS - 64) {
            text_add(&text, ", …");
            return;
        }
        text_add(&text, "%s%" PRIu64, i ? ", " : "", gap->from);
        if (gap->to > gap->from)
            text_add(&text, "–%" PRIu64, gap->to);
    }
}

/* ---- tables ---- */

static void heading(const struct session *session, const struct ledger_province *p, struct table *table)
{
    char text[512];
    uint32_t unit = catalogue_unit_find(session->catalogue, p->code);
    size_t rows;
    const struct unit_row *all = catalogue_unit_rows(session->catalogue, unit, &rows);
    const struct unit_row *row = catalogue_unit_at(session->catalogue, unit, chiso_day_at(session->now));
    (void)snprintf(
        text, sizeof text, "%s (%s)", session_unit_name(session, row ? row : &all[rows - 1]), p->code);
    table_heading(table, text, TABLE_BOLD);
}

static const char *unit_name(const struct session *session, const char *code)
{
    uint32_t unit = catalogue_unit_find(session->catalogue, code);
    size_t rows = 0;
    const struct unit_row *all =
        unit == CATALOGUE_NONE ? NULL : catalogue_unit_rows(session->catalogue, unit, &rows);
    if (strcmp(code, "-") == 0)
        return session_text(
            session, "(không đọc được, hoặc không được phép)", "(unreadable, or not allowed)");
    return rows > 0 ? session_unit_name(session, &all[rows - 1]) : "";
}

static int print_deliveries(const struct session *session, const struct ledger_report *report)
{
    const struct table_column columns[] = {
        {session_text(session, "Mã", "Code"), TABLE_LEFT, 0},
        {session_text(session, "Đơn vị", "Unit"), TABLE_FOLD, 16},
        {session_text(session, "Lượt gửi", "Deliveries"), TABLE_RIGHT, 0},
        {session_text(session, "Nhận", "Accepted"), TABLE_RIGHT, 0},
        {session_text(session, "Nhận một phần", "In part"), TABLE_RIGHT, 0},
        {session_text(session, "Trùng", "Repeated"), TABLE_RIGHT, 0},
        {session_text(session, "Đã có bản mới hơn", "Superseded"), TABLE_RIGHT, 0},
        {session_text(session, "Từ chối", "Refused"), TABLE_RIGHT, 0},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t p = 0; p < report->province_count && table; p++) {
        heading(session, &report->provinces[p], table);
        for (size_t i = 0; i < report->provinces[p].delivery_count; i++) {
            const struct ledger_deliveries *one = &report->provinces[p].deliveries[i];
            char numbers[CHISO_OUTCOMES][NUMBER_CHARS];
            uint64_t sum = 0;
            for (int o = CHISO_ACCEPTED; o < CHISO_OUTCOMES; o++) {
                number_text(session, one->counts[o], numbers[o]);
                sum += one->counts[o];
            }
            number_text(session, sum, numbers[0]);
            const char *cells[] = {one->unit, unit_name(session, one->unit), numbers[0], numbers[1],
                numbers[2], numbers[3], numbers[4], numbers[5]};
            table_row(table, cells);
            if (one->counts[CHISO_REJECTED])
                table_style(table, 7, TABLE_WARNING);
        }
    }
    return print_table(session, table);
}

static int print_streams(const struct session *session, const struct ledger_report *report)
{
    const struct table_column columns[] = {
        {session_text(session, "Bên gửi", "Publisher"), TABLE_LEFT, 0},
        {session_text(session, "Luồng", "Stream"), TABLE_LEFT, 8},
        {session_text(session, "Số cao nhất", "Highest"), TABLE_RIGHT, 0},
        {session_text(session, "Thiếu", "Missing"), TABLE_RIGHT, 0},
        {session_text(session, "Các số thiếu", "Which"), TABLE_FOLD, 12},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t p = 0; p < report->province_count && table; p++) {
        if (report->provinces[p].stream_count > 0)
            heading(session, &report->provinces[p], table);
        for (size_t i = 0; i < report->provinces[p].stream_count; i++) {
            const struct ledger_stream *one = &report->provinces[p].streams[i];
            char highest[NUMBER_CHARS], missing[NUMBER_CHARS], gaps[GAPS_CHARS], number[NUMBER_CHARS];
            char which[GAPS_CHARS + 128];
            number_text(session, one->highest, highest);
            number_text(session, ledger_stream_missing(one), missing);
            number_text(session, one->forgotten, number);
            gaps_text(one, gaps);
            (void)snprintf(which, sizeof which, "%s%s%s%s", gaps, one->forgotten && *gaps ? "; " : "",
                one->forgotten ? number : "",
                one->forgotten ? session_text(session, " số khác không rõ", " others not known") : "");
            const char *cells[] = {one->publisher, one->id, highest, missing, which};
            table_row(table, cells);
            if (one->gap_count || one->forgotten)
                table_style(table, 3, TABLE_BAD);
        }
    }
    if (table && table_rows(table) == 0) {
        table_free(table);
        puts(session_text(
            session, "Chưa có bên gửi nào đánh số báo cáo.", "No publisher has numbered its reports."));
        return EXIT_OK;
    }
    return print_table(session, table);
}

static const char *state_text(const struct session *session, const char *state)
{
    static const char *const words[][2] = {
        {"running", "đang chạy"}, {"stopped", "đã dừng"}, {"lost", "mất kết nối"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(state, words[i][0]) == 0)
            return session_english(session) ? words[i][0] : words[i][1];
    }
    return "?";
}

static int print_publishers(const struct session *session, const struct ledger_publishers *publishers)
{
    const struct table_column columns[] = {
        {session_text(session, "Bên gửi", "Publisher"), TABLE_LEFT, 0},
        {session_text(session, "Trạng thái", "State"), TABLE_LEFT, 0},
        {session_text(session, "Báo cáo đã có", "Reports held"), TABLE_RIGHT, 0},
        {session_text(session, "Chờ biên nhận", "Without receipt"), TABLE_RIGHT, 0},
        {session_text(session, "Broker từ chối", "Refused by broker"), TABLE_RIGHT, 0},
        {session_text(session, "Lúc", "At"), TABLE_LEFT, 0},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < publishers->count && table; i++) {
        const struct ledger_publisher *one = &publishers->list[i];
        char numbers[3][NUMBER_CHARS], at[INSTANT_TEXT_BYTES];
        bool lost = strcmp(one->status.state, "lost") == 0;
        number_text(session, one->status.published, numbers[0]);
        number_text(session, one->status.outstanding, numbers[1]);
        number_text(session, one->status.refused, numbers[2]);
        instant_text(one->status.at_ms, at);
        const char *cells[] = {one->name, state_text(session, one->status.state), lost ? "?" : numbers[0],
            lost ? "?" : numbers[1], lost ? "?" : numbers[2], at};
        table_row(table, cells);
        if (lost || one->status.outstanding)
            table_style(table, 3, TABLE_WARNING);
    }
    return print_table(session, table);
}

static int print_on_the_way(const struct session *session, const struct ledger_publishers *publishers)
{
    char text[SESSION_SENTENCE_BYTES];
    puts("");
    if (publishers->is_known && publishers->count > 0)
        return print_publishers(session, publishers);
    if (publishers->is_known)
        puts(session_text(session, "Không có chiso-publisher nào chạy dạng dịch vụ báo trạng thái.",
            "No chiso-publisher that runs as a service has told its status."));
    else if (*publishers->why.text)
        printf(session_text(session, "Không hỏi được broker còn gì đang trên đường: %s\n",
                   "The broker cannot be asked what is on its way: %s\n"),
            session_reason(session, &publishers->why, CHISO_EIO, text));
    else
        puts(session_text(session,
            "Chưa hỏi các bên gửi còn gì đang trên đường: không có --mqtt và CHISO_MQTT_URL.",
            "Publishers were not asked what is on its way: there is neither --mqtt nor CHISO_MQTT_URL."));
    return EXIT_OK;
}

/* Does the province's stream AT use up the room of its publisher? They are sorted by publisher. */
static bool uses_up(const struct ledger_province *p, size_t at)
{
    const char *publisher = p->streams[at].publisher;
    size_t before = at + 1 - LEDGER_PUBLISHER_STREAMS_MAX;
    return at + 1 >= LEDGER_PUBLISHER_STREAMS_MAX && strcmp(p->streams[before].publisher, publisher) == 0 &&
           (before == 0 || strcmp(p->streams[before - 1].publisher, publisher) != 0);
}

static void print_not_followed(const struct session *session, const struct ledger_province *p)
{
    for (size_t i = 0; i < p->stream_count; i++) {
        if (uses_up(p, i))
            printf(session_text(session,
                       "Bên gửi %s đã có %d luồng ở tỉnh %s: những luồng mới hơn không được theo dõi. Hàng "
                       "chờ gửi có "
                       "bị bỏ đi mỗi lần khởi động không?\n",
                       "Publisher %s has %d streams in province %s: newer ones are not followed. Is its "
                       "outbox thrown "
                       "away at each start?\n"),
                p->streams[i].publisher, LEDGER_PUBLISHER_STREAMS_MAX, p->code);
    }
    if (p->is_full)
        printf(session_text(session, "Tỉnh %s đã có %d luồng: những luồng mới hơn không được theo dõi.\n",
                   "Province %s has %d streams: newer ones are not followed.\n"),
            p->code, LEDGER_STREAMS_MAX);
}

static void print_conclusion(const struct session *session, const struct ledger_report *report)
{
    uint64_t missing = 0, forgotten = 0;
    char number[NUMBER_CHARS];
    puts("");
    for (size_t p = 0; p < report->province_count; p++) {
        for (size_t i = 0; i < report->provinces[p].stream_count; i++) {
            missing += ledger_stream_missing(&report->provinces[p].streams[i]);
            forgotten += report->provinces[p].streams[i].forgotten;
        }
        print_not_followed(session, &report->provinces[p]);
    }
    number_text(session, missing, number);
    if (missing)
        printf(session_text(
                   session, "Còn thiếu %s báo cáo đã đánh số.\n", "%s numbered reports have not arrived.\n"),
            number);
    number_text(session, forgotten, number);
    if (forgotten)
        printf(session_text(session, "%s số khác không rõ đã đến chưa: có quá nhiều khoảng trống cùng lúc.\n",
                   "Of %s others it is not known whether they came: there were too many gaps at once.\n"),
            number);
    if (!missing && !forgotten)
        puts(session_text(session, "Không thiếu báo cáo nào trong các luồng.", "No stream has a gap."));
}

int print_ledger(const struct session *session, const struct ledger_report *report)
{
    int status = print_deliveries(session, report);
    puts("");
    if (status == EXIT_OK)
        status = print_streams(session, report);
    if (status == EXIT_OK)
        status = print_on_the_way(session, &report->publishers);
    if (status == EXIT_OK)
        print_conclusion(session, report);
    return status;
}

/* ---- JSON ---- */

static json_t *deliveries_json(const struct ledger_deliveries *one)
{
    return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I}", "unit", one->unit, "accepted",
        (json_int_t)one->counts[CHISO_ACCEPTED], "partial", (json_int_t)one->counts[CHISO_PARTIAL],
        "duplicate", (json_int_t)one->counts[CHISO_DUPLICATE], "superseded",
        (json_int_t)one->counts[CHISO_SUPERSEDED], "rejected", (json_int_t)one->counts[CHISO_REJECTED]);
}

/* Sequences come from outside and have 64 bits, JSON's integers 63. */
static json_int_t integer(uint64_t number)
{
    return number < INT64_MAX ? (json_int_t)number : INT64_MAX;
}

static json_t *stream_json(const struct ledger_stream *one)
{
    json_t *gaps = json_array();
    for (size_t i = 0; i < one->gap_count; i++)
        json_list_add(&gaps,
            json_pack("{s:I,s:I}", "from", integer(one->gaps[i].from), "to", integer(one->gaps[i].to)));
    return json_pack("{s:s,s:s,s:I,s:I,s:I,s:o}", "publisher", one->publisher, "stream_id", one->id,
        "highest", integer(one->highest), "missing", integer(ledger_stream_missing(one)), "unknown",
        integer(one->forgotten), "gaps", gaps);
}

static json_t *province_json(const struct ledger_province *p)
{
    json_t *deliveries = json_array(), *streams = json_array(), *full = json_array();
    for (size_t i = 0; i < p->delivery_count; i++)
        json_list_add(&deliveries, deliveries_json(&p->deliveries[i]));
    for (size_t i = 0; i < p->stream_count; i++)
        json_list_add(&streams, stream_json(&p->streams[i]));
    for (size_t i = 0; i < p->stream_count; i++) {
        if (uses_up(p, i))
            json_array_append_new(full, json_string(p->streams[i].publisher));
    }
    return json_pack("{s:s,s:o,s:o,s:b,s:o}", "province", p->code, "deliveries", deliveries, "streams",
        streams, "streams_full", p->is_full, "publishers_full", full);
}

/* With lost nobody knows the numbers. */
static json_t *publisher_json(const struct ledger_publisher *one)
{
    bool lost = strcmp(one->status.state, "lost") == 0;
    json_t *numbers[3];
    const uint64_t values[3] = {one->status.published, one->status.outstanding, one->status.refused};
    for (size_t i = 0; i < 3; i++)
        numbers[i] = lost ? json_null() : json_integer((json_int_t)values[i]);
    return json_pack("{s:s,s:s,s:o,s:o,s:o,s:o}", "publisher", one->name, "state", one->status.state, "at",
        instant_json(one->status.at_ms), "published", numbers[0], "outstanding", numbers[1], "refused",
        numbers[2]);
}

int print_ledger_json(const struct session *session, const struct ledger_report *report)
{
    json_t *provinces = json_array(), *publishers = report->publishers.is_known ? json_array() : json_null();
    for (size_t i = 0; i < report->province_count; i++)
        json_list_add(&provinces, province_json(&report->provinces[i]));
    for (size_t i = 0; i < report->publishers.count && report->publishers.is_known; i++)
        json_list_add(&publishers, publisher_json(&report->publishers.list[i]));
    if (*report->publishers.why.text)
        session_warn(session, "%s", report->publishers.why.text);
    return print_json(session, json_pack("{s:o,s:o}", "provinces", provinces, "publishers", publishers));
}
