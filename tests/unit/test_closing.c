/* Closed periods: their texts, what they cover, and what makes a figure a restatement. */
#include "core/closing.h"

#include "core/row.h"
#include "world.h"
#include <stdlib.h>

static struct closing closing_of(enum chiso_calendar calendar, const char *period, uint64_t seq)
{
    struct closing closing = {
        .calendar = calendar, .period = period_of(period), .seq = seq, .time = 1746406800000, .by = "VP"};
    return closing;
}

Test(closing, texts)
{
    struct closing closing = closing_of(CHISO_ADMINISTRATIVE, "2025-03", 12), read;
    char field[CLOSING_FIELD_CHARS];
    snprintf(closing.note, sizeof closing.note, "bản in \"cuối\"");
    closing_print_field(closing.calendar, closing.period, field);
    cr_expect_str_eq(field, "administrative:2025-03");
    char *value = closing_print_value(&closing);
    cr_expect_str_eq(
        value, "{\"seq\":12,\"closed_at\":1746406800000,\"by\":\"VP\",\"note\":\"bản in \\\"cuối\\\"\"}");
    cr_assert_eq(closing_parse(field, value, strlen(value), &read), CHISO_OK);
    cr_expect_eq(memcmp(&read, &closing, sizeof read), 0);
    free(value);
}

Test(closing, texts_that_are_none)
{
    static const char *const fields[] = {"", "2025-03", "lunar:2025-03",
        "statistical:", "statistical:2025-13", "statisticalstatistical:2025", "statistical:2025-3"};
    static const char good[] = "{\"seq\":1,\"closed_at\":1,\"by\":\"VP\",\"note\":\"\"}";
    static const char *const values[] = {"", "1", "{}",
        "{\"seq\":0,\"closed_at\":1,\"by\":\"VP\",\"note\":\"\"}",
        "{\"seq\":1,\"closed_at\":1,\"by\":\"\",\"note\":\"\"}",
        "{\"seq\":1,\"closed_at\":1,\"by\":\"a\\nb\",\"note\":\"\"}",
        "{\"seq\":\"1\",\"closed_at\":1,\"by\":\"VP\",\"note\":\"\"}"};
    struct closing closing;
    cr_expect_eq(closing_parse("statistical:2025", good, strlen(good), &closing), CHISO_OK);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        cr_expect_eq(
            closing_parse(fields[i], good, strlen(good), &closing), CHISO_EINVAL, "field %s", fields[i]);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        cr_expect_eq(closing_parse("statistical:2025", values[i], strlen(values[i]), &closing), CHISO_EINVAL,
            "value %s", values[i]);
}

Test(closing, covers)
{
    static const struct {
        enum chiso_calendar calendar;
        const char *closed;
        enum chiso_calendar asked;
        const char *window;
        bool covers;
    } cases[] = {
        {CHISO_STATISTICAL, "2025-Q1", CHISO_STATISTICAL, "2025-Q1", true},
        {CHISO_STATISTICAL, "2025-Q1", CHISO_STATISTICAL, "2025-03", true},
        {CHISO_STATISTICAL, "2025-Q1", CHISO_STATISTICAL, "2025-03-31", true},
        {CHISO_STATISTICAL, "2025-Q1", CHISO_STATISTICAL, "2025-04", false},
        {CHISO_STATISTICAL, "2025-Q1", CHISO_STATISTICAL, "2025-H1", false},
        {CHISO_STATISTICAL, "2025-Q1", CHISO_STATISTICAL, "2025", false},
        {CHISO_STATISTICAL, "2025-Q1", CHISO_ADMINISTRATIVE, "2025-03", false},
        {CHISO_ADMINISTRATIVE, "2025-03", CHISO_ADMINISTRATIVE, "2025-02-15", true},
        {CHISO_ADMINISTRATIVE, "2025-03", CHISO_ADMINISTRATIVE, "2025-03-15", false},
        {CHISO_STATISTICAL, "2025", CHISO_STATISTICAL, "2025-01-01/2025-11-11", true},
        {CHISO_STATISTICAL, "2025", CHISO_STATISTICAL, "../2025-09-30", false},
        {CHISO_STATISTICAL, "2025-9M", CHISO_STATISTICAL, "2025-Q3", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct closing closing = closing_of(cases[i].calendar, cases[i].closed, 1);
        cr_expect_eq(closing_covers(&closing, cases[i].asked, period_of(cases[i].window)), cases[i].covers,
            "%s in %s", cases[i].window, cases[i].closed);
    }
}

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,,province,,VN,Hà Nam,Ha Nam\n"
                            "347,,,district,,35,Phủ Lý,Phu Ly\n"
                            "349,,,district,,35,Duy Tiên,Duy Tien\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,valid_from,pillar,name_vi,name_en,measure,minimum,input_decimals,reported_by,cadence\n"
    "a,,foundation,A,A,count,0,0,district,month\n";

/* The row of (unit, period) after what was closed. */
static struct row row_of(const struct world *world, const char *unit, const char *period)
{
    struct row row;
    cr_assert_eq(row_make(world->catalogue, world->store, unit_of(world, unit), period_of(period),
                     indicator_of(world, "a"), STORE_NO_LEVEL, INT64_C(1746406800000), &row),
        CHISO_OK);
    return row;
}

Test(closing, restatements)
{
    static const char *const files[] = {
        "units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators, NULL};
    struct world world = world_open(files);
    uint32_t province = unit_of(&world, "35");
    struct closing march = closing_of(CHISO_STATISTICAL, "2025-03", 2),
                   quarter = closing_of(CHISO_STATISTICAL, "2025-Q1", 4);
    world_set(&world, "347", "2025-03", "a", "10", 1); /* entry 1 */
    world.seq++; /* 2 closes March */
    cr_assert_eq(store_set_closing(world.store, province, &march), CHISO_OK);
    struct row row = row_of(&world, "35", "2025-03");
    cr_expect_eq(row.closing.at, 1746406800000);
    cr_expect_eq(row.closing.seq, 2);
    cr_expect_str_eq(row.closing.by, "VP");
    cr_expect(!row.closing.restated);
    cr_expect_eq(row_of(&world, "35", "2025-Q1").closing.at, 0, "the quarter is open");

    world_set(&world, "349", "2025-03", "a", "5", 1); /* 3: late */
    world.seq++; /* 4 closes the quarter */
    cr_assert_eq(store_set_closing(world.store, province, &quarter), CHISO_OK);
    row = row_of(&world, "35", "2025-03");
    cr_expect_eq(row.closing.seq, 2, "closed with the month, not later with the quarter");
    cr_expect(row.closing.restated);
    cr_expect(row_of(&world, "349", "2025-03").closing.restated, "first reported after the closing");
    cr_expect(!row_of(&world, "347", "2025-03").closing.restated);
    cr_expect(!row_of(&world, "35", "2025-Q1").closing.restated, "it came before the quarter was closed");
    cr_expect_eq(row_of(&world, "35", "2025-Q1").closing.seq, 4);

    world_set(&world, "347", "2025-03", "a", "-", 2); /* 5: withdrawn */
    cr_expect(row_of(&world, "35", "2025-Q1").closing.restated);
    cr_expect(row_of(&world, "347", "2025-03").closing.restated);
    store_clear(world.store);
    cr_expect_null(store_closing(world.store, province, CHISO_STATISTICAL, period_of("2025-03")));
    world_close(&world);
}

Test(closing, restatements_of_former_units)
{
    static const char merging[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                                  "VN,,,nation,,,Việt Nam,Viet Nam\n"
                                  "35,,2024-06-30,province,,VN,Hà Nam,Ha Nam\n"
                                  "37,2024-07-01,,province,,VN,Ninh Bình,Ninh Binh\n";
    static const char own[] =
        "id,valid_from,pillar,name_vi,name_en,measure,minimum,input_decimals,reported_by,cadence\n"
        "a,,foundation,A,A,count,0,0,province,half\n";
    static const char *const files[] = {"units.csv", merging, "successions.csv",
        "date,old_code,new_code,extent\n2024-07-01,35,37,whole\n", "pillars.csv", pillars, "indicators.csv",
        own, NULL};
    struct world world = world_open(files);
    struct closing year = closing_of(CHISO_STATISTICAL, "2024", 8);
    cr_assert_eq(store_set_closing(world.store, unit_of(&world, "37"), &year), CHISO_OK);
    /* The journal of 35 has numbers of its own: its closing is entry 3. */
    year.seq = 3;
    cr_assert_eq(store_set_closing(world.store, unit_of(&world, "35"), &year), CHISO_OK);
    world_set(&world, "35", "2024-H1", "a", "10", 1); /* its entry 1 */
    world_set(&world, "37", "2024-H2", "a", "20", 1); /* the entry 2 of 37 */
    struct row row = row_of(&world, "37", "2024");
    cr_expect_str_eq(row.shown.value, "30");
    cr_expect_eq(row.closing.seq, 8);
    cr_expect(!row.closing.restated);
    world.seq = 3;
    world_set(&world, "35", "2024-H1", "a", "11", 2); /* entry 4, below the 8 of 37's closing */
    row = row_of(&world, "37", "2024");
    cr_expect_str_eq(row.shown.value, "31");
    cr_expect(row.closing.restated);
    world_close(&world);
}

Test(closing, posts_and_notes)
{
    char longest[CLOSING_NOTE_BYTES_MAX + 2];
    struct chiso_message why;
    memset(longest, 'x', sizeof longest);
    longest[CLOSING_NOTE_BYTES_MAX + 1] = '\0';
    cr_expect_eq(closing_check_text("VP", "", &why), CHISO_OK);
    cr_expect_eq(closing_check_text("VP", longest + 1, &why), CHISO_OK);
    cr_expect_eq(closing_check_text("VP", longest, &why), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "the note may have at most 500 bytes of text without line ends");
    cr_expect_eq(closing_check_text("VP", "a\nb", &why), CHISO_EINVAL);
    for (size_t i = 0; i < 3; i++) {
        const char *const bad[] = {"", "\xff", longest};
        cr_expect_eq(closing_check_text(bad[i], "", &why), CHISO_EINVAL, "%zu", i);
        cr_expect_str_eq(why.text, "the post must have 1 to 128 bytes of text without line ends");
    }
}
