/* What must hold for any reports, on random worlds: their order, their grouping into reports and commits, how
 * often they come, who sends them, and restarts in between change no leaf and no total (times, report ids and
 * journal numbers aside); totals that follow the reports are those computed from the leaves alone; texts print
 * as they were read. A failure names its seed; CHISO_TEST_SEED=<seed> runs that world alone. */
#include "core/apply.h"
#include "core/rollup.h"

#include "world.h"
#include <stdlib.h>

#define WORLDS 30
#define FACTS_MAX 160
#define DELIVERIES_MAX 1024
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Two districts that end without a successor, communes that merge and one that is split, offices that speak
 * for the whole, a commune that changes its name. */
static const char units_csv[] = "code,valid_from,valid_to,kind,role,parent,name_vi\n"
                                "VN,,,nation,,,Việt Nam\n"
                                "35,,,province,,VN,Hà Nam\n"
                                "35.stp,,,department,justice,35,Sở Tư pháp\n"
                                "35.syt,,,department,health,35,Sở Y tế\n"
                                "347,,2025-06-30,district,,35,Phủ Lý\n"
                                "349,,2025-06-30,district,,35,Duy Tiên\n"
                                "00001,,2025-06-30,commune,,347,Xã A\n"
                                "00002,,2025-06-30,commune,,347,Xã B\n"
                                "00003,,2025-06-30,commune,,349,Xã C\n"
                                "00004,,2024-12-31,commune,,349,Xã D\n"
                                "00004,2025-01-01,2025-06-30,commune,,349,Xã D mới\n"
                                "00011,2025-07-01,,commune,,35,Xã AB\n"
                                "00012,2025-07-01,,commune,,35,Xã C1\n"
                                "00013,2025-07-01,,commune,,35,Xã C2\n"
                                "00014,2025-07-01,,commune,,35,Xã D\n";
static const char successions_csv[] = "date,old_code,new_code,extent\n"
                                      "2025-07-01,00001,00011,whole\n"
                                      "2025-07-01,00002,00011,whole\n"
                                      "2025-07-01,00003,00012,part\n"
                                      "2025-07-01,00003,00013,part\n"
                                      "2025-07-01,00004,00014,whole\n";
static const char pillars_csv[] = "id,name_vi\nfoundation,Nền tảng\n";
static const char indicators_csv[] =
    "id,valid_from,pillar,name_vi,measure,across_time,input_decimals,minimum,reported_by,whole_by,cadence,"
    "calendar\n"
    "ratio,,foundation,X,ratio,sum,1,0,commune,province department:justice,month,\n"
    "flow,,foundation,X,ratio,flow_over_stock,0,0,commune,,month,\n"
    "stock,,foundation,X,ratio,last,0,0,commune district,,quarter,\n"
    "levels,,foundation,X,ratio,sum,0,0,department district commune,,quarter,\n"
    "count,,foundation,X,count,sum,0,0,commune,province,month,\n"
    "daily,,foundation,X,count,sum,0,0,commune,,day+interval,\n"
    "level,,foundation,X,count,last,0,0,commune,,month,\n"
    "running,,foundation,X,count,cumulative,0,0,commune,province,month,\n"
    "amount,,foundation,X,amount,sum,2,,commune district,,month,administrative\n"
    "mean,,foundation,X,mean,mean,1,0,commune,,month,\n"
    "max,,foundation,X,max,extreme,0,0,commune,department:health,month,\n"
    "min,,foundation,X,min,extreme,0,,commune,,quarter,\n"
    "share,,foundation,X,share,last,0,0,commune,department:health,month,\n"
    "rate,,foundation,X,rate,last,1,0,province commune,,quarter,\n"
    "rank,,foundation,X,rank,none,0,0,province,,year,\n"
    "renewed,,foundation,X,count,sum,0,0,commune,,month,\n"
    "renewed,2025-03-01,foundation,X,count,sum,1,0,commune,,month,\n";
static const char obligations_csv[] = "indicator,unit,kind,cadence,valid_from\n"
                                      "count,00002,,quarter,\n"
                                      "level,00001,,none,2025-03-01\n"
                                      "ratio,347,commune,quarter,2025-01-01\n";
static const char publishers_csv[] = "publisher,units\nfirst,35 35/*\nsecond,35 35/*\n";

static const char *const units[] = {"35", "35.stp", "35.syt", "347", "349", "00001", "00002", "00003",
    "00004", "00011", "00012", "00013", "00014"};
static const char *const periods[] = {"2024-11", "2024-12", "2024-Q4", "2024", "2025-01", "2025-02",
    "2025-03", "2025-Q1", "2025-04", "2025-05", "2025-06", "2025-Q2", "2025-H1", "2025-07", "2025-08",
    "2025-Q3", "2025-9M", "2025", "2025-03-14", "2025-03-15", "2024-12-20", "2025-03-01/2025-03-20",
    "../2024-12-31"};
static const char *const indicators[] = {"ratio", "flow", "stock", "levels", "count", "daily", "level",
    "running", "amount", "mean", "max", "min", "share", "rate", "rank", "renewed"};
static const char *const publishers[] = {NULL, "first", "second"}; /* NULL: the unit's own */

/* One observation; no two have the same unit, period, indicator and revision. */
struct fact {
    const char *unit, *period;
    uint32_t revision;
    struct chiso_observation observation;
};

/* One report on its way: facts of one unit, period and revision. */
struct delivery {
    const char *publisher;
    const struct fact *facts[COUNT(indicators)];
    size_t count;
};

struct random_world {
    uint64_t seed, state;
    struct catalogue *catalogue;
    struct chiso_arena arena;
    struct fact facts[FACTS_MAX];
    size_t fact_count;
};

/* splitmix64 */
static uint64_t draw(struct random_world *w)
{
    uint64_t z = w->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint32_t below(struct random_world *w, uint32_t limit)
{
    return (uint32_t)(draw(w) % limit);
}

/* 2026-03-01: every period has begun. */
#define NOW INT64_C(1772298000000)

/* ---- facts ---- */

static bool is_pair(const char *indicator)
{
    return strcmp(indicator, "ratio") == 0 || strcmp(indicator, "flow") == 0 ||
           strcmp(indicator, "stock") == 0 || strcmp(indicator, "levels") == 0 ||
           strcmp(indicator, "mean") == 0;
}

static struct chiso_observation draw_observation(struct random_world *w, const char *indicator)
{
    struct chiso_observation o = {.indicator = indicator, .note = ""};
    uint32_t form = below(w, 20);
    if (form < 2) {
        o.not_applicable = form == 0;
        o.withdrawn = form == 1;
        return o;
    }
    bool share = strcmp(indicator, "share") == 0;
    o.value = below(w, share ? 2 : 60);
    if (form < 6 && !share)
        o.qualifier = (enum chiso_qualifier)below(w, CHISO_QUALIFIERS);
    if (is_pair(indicator)) {
        o.bare = form == 6;
        o.denominator = o.bare ? 0 : o.value + below(w, 9);
        if (!o.bare && form == 7)
            o.denominator_qualifier = (enum chiso_qualifier)below(w, CHISO_QUALIFIERS);
    } else if (strcmp(indicator, "amount") == 0) {
        o.value = (int64_t)below(w, 2000) - 1000;
        o.qualifier = o.value < 0 ? CHISO_EXACT : o.qualifier;
        o.scale = below(w, 3);
    } else if (share && form == 8) {
        o.denominator = 20;
    } else if (strcmp(indicator, "count") == 0 && form == 9) {
        o.value = CHISO_FIGURE_MAX;
    }
    return o;
}

static bool is_known(const struct random_world *w, const struct fact *fact)
{
    for (size_t i = 0; i < w->fact_count; i++) {
        const struct fact *other = &w->facts[i];
        if (other->unit == fact->unit && other->period == fact->period && other->revision == fact->revision &&
            other->observation.indicator == fact->observation.indicator)
            return true;
    }
    return false;
}

static struct chiso_report report_of(const struct fact *fact)
{
    return (struct chiso_report){.report_id = "r",
        .unit = fact->unit,
        .period = fact->period,
        .revision = fact->revision,
        .source = "",
        .stream_id = ""};
}

static bool is_admitted(struct random_world *w, const struct fact *fact)
{
    struct chiso_observation o = fact->observation;
    struct chiso_report report = report_of(fact);
    struct admitted out;
    report.observations = &o;
    report.observation_count = 1;
    chiso_arena_reset(&w->arena);
    cr_assert_eq(admit_report(w->catalogue, "35", fact->unit, &report, NOW, &w->arena, &out), CHISO_OK);
    return !out.reason && !out.observations[0].reason;
}

static void draw_facts(struct random_world *w)
{
    for (int tries = 0; tries < 4000 && w->fact_count < FACTS_MAX; tries++) {
        struct fact *fact = &w->facts[w->fact_count];
        *fact = (struct fact){units[below(w, COUNT(units))], periods[below(w, COUNT(periods))],
            1 + below(w, 3), draw_observation(w, indicators[below(w, COUNT(indicators))])};
        if (!is_known(w, fact) && is_admitted(w, fact))
            w->fact_count++;
    }
    cr_assert_gt(w->fact_count, 40);
}

static struct random_world world_of(uint64_t seed)
{
    static const char *const files[] = {"units.csv", units_csv, "successions.csv", successions_csv,
        "pillars.csv", pillars_csv, "indicators.csv", indicators_csv, "obligations.csv", obligations_csv,
        "publishers.csv", publishers_csv, NULL};
    struct world world = world_open(files);
    struct random_world w = {.seed = seed, .state = seed, .catalogue = world.catalogue};
    store_free(world.store);
    cr_assert_eq(chiso_arena_init(&w.arena, (size_t)8 << 20), CHISO_OK);
    draw_facts(&w);
    return w;
}

static void world_end(struct random_world *w)
{
    catalogue_free(w->catalogue);
    chiso_arena_release(&w->arena);
}

/* ---- deliveries ---- */

static void shuffle(struct random_world *w, struct delivery *list, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = below(w, (uint32_t)i);
        struct delivery swapped = list[i - 1];
        list[i - 1] = list[k];
        list[k] = swapped;
    }
}

/* All facts in reports of at most MOST observations, each report TIMES times. */
static size_t pack(struct random_world *w, struct delivery list[DELIVERIES_MAX], size_t most, uint32_t times)
{
    bool sent[FACTS_MAX] = {false};
    size_t count = 0;
    for (size_t i = 0; i < w->fact_count; i++) {
        struct delivery one = {.publisher = publishers[below(w, COUNT(publishers))]};
        for (size_t k = i; k < w->fact_count && one.count < most && !sent[i]; k++) {
            const struct fact *a = &w->facts[i], *b = &w->facts[k];
            if (sent[k] || a->unit != b->unit || a->period != b->period || a->revision != b->revision)
                continue;
            one.facts[one.count++] = b;
            sent[k] = k != i;
        }
        sent[i] = true;
        for (uint32_t t = 0; one.count > 0 && t < times; t++) {
            cr_assert_lt(count, DELIVERIES_MAX);
            list[count++] = one;
        }
    }
    return count;
}

static int gather(void *context, const struct applied_leaf *leaf)
{
    void **pair = context;
    return rollup_gather(pair[0], pair[1], leaf->unit, leaf->period, leaf->indicator);
}

static void deliver(struct random_world *w, const struct delivery *delivery, struct store *store,
    uint64_t seq, struct rollup_cells *cells)
{
    struct chiso_observation observations[COUNT(indicators)];
    struct chiso_report report = report_of(delivery->facts[0]);
    void *pair[] = {cells, w->catalogue};
    struct apply apply = {w->catalogue, "35", store, NOW, seq, 0, &w->arena, gather, pair};
    struct applied applied;
    uint8_t *bytes;
    size_t length;
    for (size_t i = 0; i < delivery->count; i++)
        observations[i] = delivery->facts[i]->observation;
    report.observations = observations;
    report.observation_count = delivery->count;
    chiso_arena_reset(&w->arena);
    cr_assert_eq(chiso_report_encode(&report, &bytes, &length), CHISO_OK);
    const char *publisher = delivery->publisher ? delivery->publisher : report.unit;
    cr_assert_eq(apply_report(&apply, publisher, bytes, length, &applied), CHISO_OK);
    cr_assert_neq(applied.verdict.outcome, CHISO_REJECTED, "%s", applied.verdict.rejections[0].text);
    free(bytes);
}

static struct store *empty_store(const struct random_world *w)
{
    struct store *store = store_new();
    cr_assert_not_null(store);
    store_narrow(store, catalogue_unit_find(w->catalogue, "35"));
    return store;
}

static int reread_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct leaf again;
    char text[LEAF_CHARS];
    cr_assert_eq(leaf_parse(text, leaf_print(leaf, text), &again), CHISO_OK, "%s", text);
    return store_set_leaf(context, unit, period, indicator, &again);
}

static int reread_total(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator,
    int level, const struct total *total)
{
    struct total again;
    char text[TOTAL_CHARS];
    cr_assert_eq(total_parse(text, total_print(total, text), &again), CHISO_OK, "%s", text);
    return store_set_total(context, unit, period, indicator, level, &again);
}

/* What a service that was restarted has: all of it read again from its texts. */
static struct store *restarted(const struct random_world *w, struct store *store)
{
    struct store *again = empty_store(w);
    cr_assert_eq(store_each_leaf(store, reread_leaf, again), CHISO_OK);
    cr_assert_eq(store_each_total(store, reread_total, again), CHISO_OK);
    store_free(store);
    return again;
}

/* The reports one after another, in commits of up to BATCH of them, and after each maybe a RESTART. */
static struct store *play(
    struct random_world *w, const struct delivery *list, size_t count, uint32_t batch, bool restarts)
{
    struct store *store = empty_store(w);
    uint64_t seq = 1;
    for (size_t i = 0; i < count; seq++) {
        struct rollup_cells cells = {0};
        size_t end = i + 1 + (batch > 1 ? below(w, batch) : 0);
        for (; i < count && i < end; i++)
            deliver(w, &list[i], store, seq, &cells);
        cr_assert_eq(rollup_settle(&cells, w->catalogue, store), CHISO_OK);
        rollup_cells_release(&cells);
        if (restarts && below(w, 4) == 0)
            store = restarted(w, store);
    }
    return store;
}

/* ---- what is stored, as text ---- */

struct dump {
    const struct catalogue *catalogue;
    char *lines[20000];
    size_t count;
};

static void add_line(struct dump *dump, const char *what, uint32_t unit, struct chiso_period period,
    uint32_t indicator, int level, const char *text)
{
    char line[TOTAL_CHARS + 128], period_text[CHISO_PERIOD_CHARS];
    chiso_period_print(period, period_text);
    snprintf(line, sizeof line, "%s %s %s %s %d %s", what, catalogue_unit_code(dump->catalogue, unit),
        period_text, catalogue_indicator(dump->catalogue, indicator)->id, level, text);
    cr_assert_lt(dump->count, COUNT(dump->lines));
    dump->lines[dump->count++] = strdup(line);
}

static int add_leaf(
    void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, const struct leaf *leaf)
{
    struct leaf plain = *leaf, again;
    char text[LEAF_CHARS], printed[LEAF_CHARS];
    size_t length = leaf_print(leaf, text);
    cr_expect_eq(leaf_parse(text, length, &again), CHISO_OK, "%s", text);
    leaf_print(&again, printed);
    cr_expect_str_eq(printed, text);
    plain.seq = plain.index = 0;
    plain.first_ms = 0;
    leaf_print(&plain, text);
    add_line(context, "leaf", unit, period, indicator, 0, text);
    return 0;
}

static int add_total(void *context, uint32_t unit, struct chiso_period period, uint32_t indicator, int level,
    const struct total *total)
{
    struct total plain = *total, again;
    char text[TOTAL_CHARS], printed[TOTAL_CHARS];
    size_t length = total_print(total, text);
    cr_expect_eq(total_parse(text, length, &again), CHISO_OK, "%s", text);
    total_print(&again, printed);
    cr_expect_str_eq(printed, text);
    plain.seq = 0;
    total_print(&plain, text);
    add_line(context, "total", unit, period, indicator, level, text);
    return 0;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct dump *dump_of(const struct random_world *w, const struct store *store)
{
    struct dump *dump = calloc(1, sizeof *dump);
    cr_assert_not_null(dump);
    dump->catalogue = w->catalogue;
    store_each_leaf(store, add_leaf, dump);
    store_each_total(store, add_total, dump);
    qsort(dump->lines, dump->count, sizeof dump->lines[0], compare_lines);
    return dump;
}

static void dump_free(struct dump *dump)
{
    for (size_t i = 0; i < dump->count; i++)
        free(dump->lines[i]);
    free(dump);
}

static void expect_same(
    const struct random_world *w, const char *name, const struct dump *wanted, const struct store *store)
{
    struct dump *found = dump_of(w, store);
    size_t i = 0;
    while (i < wanted->count && i < found->count && strcmp(wanted->lines[i], found->lines[i]) == 0)
        i++;
    cr_expect(i == wanted->count && i == found->count, "CHISO_TEST_SEED=%llu, %s: %s, not %s",
        (unsigned long long)w->seed, name, i < found->count ? found->lines[i] : "nothing",
        i < wanted->count ? wanted->lines[i] : "nothing");
    dump_free(found);
}

/* ---- the properties ---- */

/* As verify and a rebuild do it. */
static void expect_totals_of_leaves(
    const struct random_world *w, const struct dump *wanted, const struct store *followed)
{
    struct store *store = empty_store(w);
    cr_assert_eq(store_each_leaf(followed, world_copy_leaf, store), CHISO_OK);
    cr_assert_eq(rollup_all(w->catalogue, store), CHISO_OK);
    expect_same(w, "from the leaves alone", wanted, store);
    store_free(store);
}

static void expect_properties(uint64_t seed)
{
    static struct delivery list[DELIVERIES_MAX];
    static const struct {
        const char *name;
        size_t most; /* observations in a report */
        uint32_t times, batch;
        bool shuffled, restarts;
    } ways[] = {
        {"in another order", COUNT(indicators), 1, 8, true, false},
        {"each by itself", COUNT(indicators), 1, 1, true, false},
        {"each three times", COUNT(indicators), 3, 20, true, false},
        {"in parts", 1, 1, 50, true, false},
        {"in small parts, twice", 2, 2, 5, true, false},
        {"all in one commit", 3, 1, DELIVERIES_MAX, false, false},
        {"with restarts", COUNT(indicators), 2, 8, true, true},
    };
    struct random_world w = world_of(seed);
    size_t count = pack(&w, list, COUNT(indicators), 1);
    struct store *first = play(&w, list, count, 1, false);
    struct dump *wanted = dump_of(&w, first);
    cr_assert_gt(wanted->count, 150);
    expect_totals_of_leaves(&w, wanted, first);
    for (size_t i = 0; i < COUNT(ways); i++) {
        count = pack(&w, list, ways[i].most, ways[i].times);
        if (ways[i].shuffled)
            shuffle(&w, list, count);
        struct store *store = play(&w, list, count, ways[i].batch, ways[i].restarts);
        expect_same(&w, ways[i].name, wanted, store);
        store_free(store);
    }
    dump_free(wanted);
    store_free(first);
    world_end(&w);
}

/* Sums of any size, whatever figures could add up to them. */
static wide draw_wide(struct random_world *w)
{
    unsigned __int128 bits = (unsigned __int128)draw(w) << 64 | draw(w);
    return (wide)(bits >> below(w, 128)) * (below(w, 2) ? 1 : -1);
}

static struct sums draw_sums(struct random_world *w)
{
    struct sums sums = {0};
    for (int q = 0; q < CHISO_QUALIFIERS; q++) {
        sums.count[q] = below(w, 2) ? (uint32_t)draw(w) >> below(w, 32) : 0;
        sums.sum[q] = sums.count[q] ? draw_wide(w) : 0;
    }
    return sums;
}

static struct side draw_side(struct random_world *w)
{
    struct side side = {.state = (enum side_state)below(w, 5),
        .reported = (uint32_t)draw(w) >> below(w, 32),
        .partial = (uint32_t)draw(w) >> below(w, 32),
        .expected = (uint32_t)draw(w) >> below(w, 32),
        .not_applicable = (uint32_t)draw(w) >> below(w, 32)};
    if (side.state == SIDE_NONE || side.state == SIDE_NOT_APPLICABLE)
        return side;
    side.oldest = period_of(periods[below(w, COUNT(periods))]);
    side.numerator = draw_sums(w);
    if (side.state == SIDE_PAIR)
        side.denominator = draw_sums(w);
    return side;
}

Test(properties, texts_of_totals_and_leaves_print_as_they_were_read)
{
    struct random_world w = {.state = 1};
    for (int i = 0; i < 20000; i++) {
        struct total total = {.basis = (enum basis)below(&w, 3),
            .scale = (uint8_t)below(&w, CHISO_DECIMAL_SCALE_MAX + 1),
            .shown = draw_side(&w),
            .has_other = below(&w, 2) == 0,
            .revision = draw(&w),
            .seq = draw(&w)};
        struct total again;
        char text[TOTAL_CHARS], printed[TOTAL_CHARS];
        if (total.has_other)
            total.other = draw_side(&w);
        cr_assert_eq(total_parse(text, total_print(&total, text), &again), CHISO_OK, "%s", text);
        total_print(&again, printed);
        cr_assert_str_eq(printed, text);
        struct leaf leaf = {.figure = {.state = (enum figure_state)below(&w, 5)},
            .revision = 1 + (uint32_t)(draw(&w) % CHISO_REVISION_MAX),
            .seq = draw(&w),
            .index = (uint32_t)draw(&w),
            .first_ms = (int64_t)(draw(&w) >> 1)};
        struct leaf back;
        char leaf_text[LEAF_CHARS];
        if (leaf.figure.state >= FIGURE_VALUE && leaf.figure.state <= FIGURE_BARE) {
            leaf.figure.value = chiso_decimal_reduce(
                (struct chiso_decimal){(int64_t)(draw(&w) >> (12 + below(&w, 52))) * (below(&w, 2) ? 1 : -1),
                    (uint8_t)below(&w, 10)});
            leaf.figure.qualifier = (enum chiso_qualifier)below(&w, CHISO_QUALIFIERS);
        }
        if (leaf.figure.state == FIGURE_PAIR)
            leaf.figure.denominator = (struct chiso_decimal){(int64_t)(draw(&w) >> (12 + below(&w, 52))), 0};
        cr_assert_eq(leaf_parse(leaf_text, leaf_print(&leaf, leaf_text), &back), CHISO_OK, "%s", leaf_text);
        cr_assert(figure_equal(&leaf.figure, &back.figure) && leaf.revision == back.revision &&
                      leaf.seq == back.seq && leaf.index == back.index && leaf.first_ms == back.first_ms,
            "%s", leaf_text);
    }
}

Test(properties, order_grouping_repetition_and_senders_change_nothing)
{
    const char *seed = getenv("CHISO_TEST_SEED");
    if (seed) {
        expect_properties(strtoull(seed, NULL, 10));
        return;
    }
    for (uint64_t i = 1; i <= WORLDS; i++)
        expect_properties(i);
}
