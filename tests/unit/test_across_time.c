/* STATISTICS S2's table, row by row: each measure with each across_time it may have, over time and over units,
 * and where the truth lies when reports are missing. */
#include "core/row.h"

#include "world.h"

/* A row leaves out what its measure does not have. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const char units[] = "code,kind,parent,name_vi\n"
                            "35,province,,Hà Nam\n"
                            "00001,commune,35,Xã A\n"
                            "00002,commune,35,Xã B\n";
static const char pillars[] = "id,name_vi\nfoundation,Nền tảng\n";

/* January to March of two communes of province 35, and what is read of the first quarter. */
struct table_row {
    const char *measure, *across_time, *minimum;
    const char *a[3], *b[3];
    const char *a_quarter; /* of the first commune */
    const char *province, *without_march; /* and when the second commune's March is withdrawn */
};

/* "value [low, high] reported+partial/expected", or the state where there is no figure. */
static void read_quarter(
    const struct world *world, const char *unit, const char *indicator, char *out, size_t capacity)
{
    struct row row;
    cr_assert_eq(row_make(world->catalogue, world->store, unit_of(world, unit), period_of("2025-Q1"),
                     indicator_of(world, indicator), STORE_NO_LEVEL, INT64_C(1746406800000), &row),
        CHISO_OK);
    const struct row_numbers *side = &row.shown;
    size_t at = side->value[0] == '\0' ? (size_t)snprintf(out, capacity, "%s", row_state_names[side->state])
                                       : (size_t)snprintf(out, capacity, "%s %c%s, %s%c", side->value,
                                             side->low_open ? '(' : '[', side->low[0] ? side->low : "-inf",
                                             side->high[0] ? side->high : "inf", side->high_open ? ')' : ']');
    snprintf(out + at, capacity - at, " %u+%u/%u", side->reported, side->partial, side->expected);
}

static struct world open_with(const struct table_row *row)
{
    char indicators[512];
    snprintf(indicators, sizeof indicators,
        "id,pillar,name_vi,measure,across_time,minimum,decimals,input_decimals,factor,reported_by,cadence\n"
        "x,foundation,X,%s,%s,%s,1,1,%s,commune,month\n",
        row->measure, row->across_time, row->minimum ? row->minimum : "",
        strcmp(row->measure, "ratio") == 0 || strcmp(row->measure, "share") == 0 ? "100" : "1");
    const char *const files[] = {
        "units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators, NULL};
    return world_open(files);
}

static void expect_rows(const struct table_row rows[], size_t count)
{
    static const char *const months[] = {"2025-01", "2025-02", "2025-03"};
    for (size_t i = 0; i < count; i++) {
        const struct table_row *row = &rows[i];
        struct world world = open_with(row);
        char text[4 * ROW_NUMBER_CHARS];
        for (int m = 0; m < 3; m++) {
            world_set(&world, "00001", months[m], "x", row->a[m], 1);
            world_set(&world, "00002", months[m], "x", row->b[m], 1);
        }
        read_quarter(&world, "00001", "x", text, sizeof text);
        cr_expect_str_eq(text, row->a_quarter, "%s %s, over time: %s", row->measure, row->across_time, text);
        read_quarter(&world, "35", "x", text, sizeof text);
        cr_expect_str_eq(text, row->province, "%s %s, over units: %s", row->measure, row->across_time, text);
        world_set(&world, "00002", "2025-03", "x", "-", 2);
        read_quarter(&world, "35", "x", text, sizeof text);
        cr_expect_str_eq(
            text, row->without_march, "%s %s, missing: %s", row->measure, row->across_time, text);
        world_close(&world);
    }
}
#define ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof(rows)[0])
#define OPERANDS                                                                                             \
    {"1/10", "2/20", "3/40"},                                                                                \
    {                                                                                                        \
        "4/40", "5/50", "6/60"                                                                               \
    }
#define NUMBERS                                                                                              \
    {"10", "20", "30"},                                                                                      \
    {                                                                                                        \
        "40", "50", "60"                                                                                     \
    }

Test(across_time, row_ratio)
{
    static const struct table_row rows[] = {
        {"ratio", "sum", "0", OPERANDS, "8.6 [60/7, 60/7] 1+0/1", "9.5 [105/11, 105/11] 2+0/2",
            "9.4 (-inf, inf) 1+1/2"},
        {"ratio", "last", "0", OPERANDS, "7.5 [7.5, 7.5] 1+0/1", "9.0 [9, 9] 2+0/2", "8.9 (-inf, inf) 1+1/2"},
        {"ratio", "flow_over_stock", "0", OPERANDS, "15.0 [15, 15] 1+0/1", "21.0 [21, 21] 2+0/2",
            "16.7 (-inf, inf) 1+1/2"},
        {"ratio", "none", "0", OPERANDS, "not_reported 0+0/1", "not_reported 0+0/2", "not_reported 0+0/2"},
    };
    ROWS(rows);
}

Test(across_time, row_rate_and_distinct)
{
    static const struct table_row rows[] = {
        {"rate", "last", "0", NUMBERS, "30.0 [30, 30] 1+0/1", "not_reported 0+0/0", "not_reported 0+0/0"},
        {"rate", "none", "0", NUMBERS, "not_reported 0+0/1", "not_reported 0+0/0", "not_reported 0+0/0"},
        {"distinct", "last", "0", NUMBERS, "30.0 [30, 30] 1+0/1", "not_reported 0+0/0", "not_reported 0+0/0"},
        {"distinct", "none", "0", NUMBERS, "not_reported 0+0/1", "not_reported 0+0/0", "not_reported 0+0/0"},
    };
    ROWS(rows);
}

Test(across_time, row_count_and_amount)
{
    static const struct table_row rows[] = {
        {"count", "sum", "0", NUMBERS, "60.0 [60, 60] 1+0/1", "210.0 [210, 210] 2+0/2",
            "150.0 [150, inf) 1+1/2"},
        {"count", "last", "0", NUMBERS, "30.0 [30, 30] 1+0/1", "90.0 [90, 90] 2+0/2", "80.0 [80, inf) 1+1/2"},
        {"count", "cumulative", "0", NUMBERS, "30.0 [30, 30] 1+0/1", "90.0 [90, 90] 2+0/2",
            "80.0 [80, inf) 1+1/2"},
        {"count", "none", "0", NUMBERS, "not_reported 0+0/1", "not_reported 0+0/2", "not_reported 0+0/2"},
        {"amount", "sum", "", NUMBERS, "60.0 [60, 60] 1+0/1", "210.0 [210, 210] 2+0/2",
            "150.0 (-inf, inf) 1+1/2"},
        {"amount", "last", "", NUMBERS, "30.0 [30, 30] 1+0/1", "90.0 [90, 90] 2+0/2",
            "80.0 (-inf, inf) 1+1/2"},
        {"amount", "cumulative", "", NUMBERS, "30.0 [30, 30] 1+0/1", "90.0 [90, 90] 2+0/2",
            "80.0 (-inf, inf) 1+1/2"},
        {"amount", "none", "", NUMBERS, "not_reported 0+0/1", "not_reported 0+0/2", "not_reported 0+0/2"},
    };
    ROWS(rows);
}

/* Σv/k, pooled: 100 over 3 and 50 over 2 are 30, and not the mean of 33.3 and 25. */
Test(across_time, row_mean)
{
    static const struct table_row rows[] = {
        {"mean", "mean", "0", {"100/3", "50/2", "0/0"}, {"100/3", "-", "50/2"}, "30.0 [30, 30] 1+0/1",
            "30.0 (-inf, inf) 1+1/2", "31.3 (-inf, inf) 1+1/2"},
        {"mean", "last", "0", {"1/1", "1/1", "100/3"}, {"1/1", "1/2", "50/2"}, "33.3 [100/3, 100/3] 1+0/1",
            "30.0 [30, 30] 2+0/2", "20.2 (-inf, inf) 1+1/2"},
        {"mean", "none", "0", {"100/3", "50/2", "0/0"}, {"100/3", "50/2", "0/0"}, "not_reported 0+0/1",
            "not_reported 0+0/2", "not_reported 0+0/2"},
    };
    ROWS(rows);
}

Test(across_time, row_min_and_max)
{
    static const struct table_row rows[] = {
        {"min", "extreme", "", NUMBERS, "10.0 [10, 10] 1+0/1", "10.0 [10, 10] 2+0/2",
            "10.0 (-inf, 10] 1+1/2"},
        {"min", "extreme", "0", NUMBERS, "10.0 [10, 10] 1+0/1", "10.0 [10, 10] 2+0/2", "10.0 [0, 10] 1+1/2"},
        {"min", "last", "", NUMBERS, "30.0 [30, 30] 1+0/1", "30.0 [30, 30] 2+0/2", "30.0 (-inf, 30] 1+1/2"},
        {"min", "none", "", NUMBERS, "not_reported 0+0/1", "not_reported 0+0/2", "not_reported 0+0/2"},
        {"max", "extreme", "0", NUMBERS, "30.0 [30, 30] 1+0/1", "60.0 [60, 60] 2+0/2",
            "50.0 [50, inf) 1+1/2"},
        {"max", "last", "0", NUMBERS, "30.0 [30, 30] 1+0/1", "60.0 [60, 60] 2+0/2", "50.0 [50, inf) 1+1/2"},
        {"max", "none", "0", NUMBERS, "not_reported 0+0/1", "not_reported 0+0/2", "not_reported 0+0/2"},
    };
    ROWS(rows);
}

Test(across_time, row_share)
{
    static const struct table_row rows[] = {
        {"share", "last", "0", {"0", "0", "1"}, {"1", "1", "0"}, "100.0 [100, 100] 1+0/1",
            "50.0 [50, 50] 2+0/2", "100.0 [100, 100] 1+1/2"},
        {"share", "none", "0", {"0", "0", "1"}, {"1", "1", "0"}, "not_reported 0+0/1", "not_reported 0+0/2",
            "not_reported 0+0/2"},
    };
    ROWS(rows);
}

Test(across_time, row_index_and_rank)
{
    static const struct table_row rows[] = {
        {"index", "last", "0", NUMBERS, "30.0 [30, 30] 1+0/1", "not_reported 0+0/0", "not_reported 0+0/0"},
        {"index", "none", "0", NUMBERS, "not_reported 0+0/1", "not_reported 0+0/0", "not_reported 0+0/0"},
        {"rank", "last", "0", {"10/63", "20/63", "30/63"}, {"1", "2", "3"}, "30.0 [30, 30] 1+0/1",
            "not_reported 0+0/0", "not_reported 0+0/0"},
        {"rank", "none", "0", {"10/63", "20/63", "30/63"}, {"1", "2", "3"}, "not_reported 0+0/1",
            "not_reported 0+0/0", "not_reported 0+0/0"},
    };
    ROWS(rows);
}
