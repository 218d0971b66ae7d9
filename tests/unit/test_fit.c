/* Where a figure belongs under a catalogue, and whether it still is one. */
#include "core/fit.h"

#include "world.h"

/* Xã A changes its province on 20 June, between the last days of the two calendars' halves; Xã B has ended. */
static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi,name_en\n"
                            "VN,,,nation,,,Việt Nam,Viet Nam\n"
                            "35,,,province,,VN,Hà Nam,Ha Nam\n"
                            "36,,,province,,VN,Nam Định,Nam Dinh\n"
                            "A,,2025-06-19,commune,,35,Xã A,A\n"
                            "A,2025-06-20,,commune,,36,Xã A,A\n"
                            "B,,2024-12-31,commune,,35,Xã B,B\n";
static const char pillars[] = "id,name_vi,name_en,order\nfoundation,Nền tảng,Foundation,1\n";
static const char indicators[] =
    "id,pillar,name_vi,name_en,measure,minimum,input_decimals,reported_by,cadence\n"
    "count,foundation,C,C,count,0,1,commune,month\n"
    "rate,foundation,R,R,ratio,0,0,commune,month\n";

WORLD_SUITE(fit, "units.csv", units, "pillars.csv", pillars, "indicators.csv", indicators)

static const char *home(
    const char *unit, const char *period, enum chiso_calendar calendar, const char *stored)
{
    uint32_t province = fit_province(world.catalogue, unit_of(&world, unit), period_of(period), calendar,
        stored ? unit_of(&world, stored) : CATALOGUE_NONE);
    return province == CATALOGUE_NONE ? "none" : catalogue_unit_code(world.catalogue, province);
}

Test(fit, a_figure_belongs_where_its_unit_is_on_the_last_day)
{
    cr_expect_str_eq(home("A", "2025-05", CHISO_STATISTICAL, "36"), "35");
    cr_expect_str_eq(home("A", "2025-H1", CHISO_STATISTICAL, "35"), "36");
    cr_expect_str_eq(home("A", "2025-H1", CHISO_ADMINISTRATIVE, "36"), "35");
    cr_expect_str_eq(home("35", "2025-H1", CHISO_STATISTICAL, NULL), "35");
    cr_expect_str_eq(home("B", "2024", CHISO_STATISTICAL, "36"), "35");
}

Test(fit, an_ended_unit_keeps_its_figures_where_it_was)
{
    cr_expect_str_eq(home("B", "2025", CHISO_STATISTICAL, "35"), "35");
    cr_expect_str_eq(home("B", "2025", CHISO_STATISTICAL, "36"), "none");
    cr_expect_str_eq(home("B", "2025", CHISO_STATISTICAL, NULL), "none");
}

static const char *fault(const char *indicator, struct figure figure)
{
    static struct chiso_message why;
    struct leaf leaf = {.figure = figure, .revision = 1};
    store_clear(world.store);
    cr_assert_eq(store_set_leaf(world.store, unit_of(&world, "A"), period_of("2025-03"),
                     indicator_of(&world, indicator), &leaf),
        CHISO_OK);
    why.text[0] = '\0';
    int error = fit_check_figures(world.catalogue, world.store, &why);
    cr_expect_eq(error, *why.text ? CHISO_EINVAL : CHISO_OK);
    return why.text;
}

Test(fit, figures_keep_the_form_of_their_definition)
{
    struct figure tenth = {.state = FIGURE_VALUE, .value = {15, 1}}, hundredth = tenth, huge = tenth;
    struct figure pair = {.state = FIGURE_PAIR, .value = {1, 0}, .denominator = {2, 0}}, none = {0};
    hundredth.value = (struct chiso_decimal){125, 2};
    huge.value = (struct chiso_decimal){CHISO_FIGURE_MAX, 0};
    cr_expect_str_eq(fault("count", tenth), "");
    cr_expect_str_eq(fault("rate", pair), "");
    cr_expect_str_eq(fault("rate", none), "");
    cr_expect_str_eq(fault("count", hundredth),
        "count of unit A for 2025-03 is 1.25, and this catalogue takes at most 1 decimals");
    cr_expect_str_eq(fault("count", huge), "count of unit A for 2025-03 is 4503599627370496, which is above "
                                           "2^52 in this catalogue's smallest unit, of 1 "
                                           "decimals");
    cr_expect_str_eq(fault("count", pair),
        "count of unit A for 2025-03 is 1/2, which is no figure of its measure in this catalogue");
    cr_expect_str_eq(fault("rate", tenth),
        "rate of unit A for 2025-03 is 1.5, and this catalogue takes at most 0 decimals");
    cr_expect_str_eq(fault("count", (struct figure){.state = FIGURE_VALUE, .value = {-1, 0}}),
        "count of unit A for 2025-03 is -1, and this catalogue has the minimum 0");
}

static void append(void *context, const struct chiso_message *sentence)
{
    strcat(strcat(context, sentence->text), "\n");
}

/* What is said when indicators.csv becomes NOW while FIGURE of INDICATOR is stored for two months. */
static const char *redefined(const char *now, const char *indicator, struct figure figure)
{
    static char said[4 * CHISO_MESSAGE_BYTES];
    const char *const files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv", now, NULL};
    struct world other = world_open(files);
    struct leaf leaf = {.figure = figure, .revision = 1};
    store_clear(world.store);
    for (int month = 4; month >= 3; month--) {
        char period[] = {'2', '0', '2', '5', '-', '0', (char)('0' + month), '\0'};
        cr_assert_eq(store_set_leaf(world.store, unit_of(&world, "A"), period_of(period),
                         indicator_of(&world, indicator), &leaf),
            CHISO_OK);
    }
    said[0] = '\0';
    cr_expect_eq(fit_each_redefined(world.catalogue, world.store, other.catalogue, append, said), CHISO_OK);
    if (*said)
        cr_expect(fit_redefines(world.catalogue, other.catalogue), "%s", now);
    world_close(&other);
    return said;
}

#define COLUMNS                                                                                              \
    "id,valid_from,pillar,name_vi,measure,across_time,factor,minimum,input_decimals,reported_by,calendar\n"
#define COUNT "count,,foundation,C,count,,,0,1,commune,\n"

Test(fit, what_a_total_is_made_of_may_not_change_under_it)
{
    struct figure value = {.state = FIGURE_VALUE, .value = {15, 1}}, withdrawn = {0};
    struct figure not_applicable = {.state = FIGURE_NOT_APPLICABLE};
    const char *administrative = COLUMNS "rate,,foundation,R,ratio,,,0,,commune,\n"
                                         "count,,foundation,C,count,,,0,1,commune,administrative\n";
    cr_expect_str_eq(redefined(COLUMNS COUNT, "count", value), "");
    cr_expect_str_eq(redefined(administrative, "count", value),
        "indicators.csv:3: calendar 'administrative' of 'count' differs from 'statistical' (line 2 of the "
        "catalogue before), and 2 stored figures, such as unit A for 2025-03, would be read by it; another "
        "calendar needs a new id\n");
    cr_expect_str_eq(redefined(administrative, "count", withdrawn), "", "there is nothing to be read");
    cr_expect_str_neq(redefined(administrative, "count", not_applicable), "");
    cr_expect_str_eq(redefined(administrative, "rate", value), "");
    cr_expect_str_eq(redefined(COLUMNS "count,,foundation,C,count,last,,0,1,commune,\n", "count", value),
        "indicators.csv:2: across_time 'last' of 'count' differs from 'sum' (line 2 of the catalogue "
        "before), "
        "and 2 stored figures, such as unit A for 2025-03, would be read by it; another across_time needs a "
        "new id\n");
    cr_expect_str_eq(redefined(COLUMNS "count,,foundation,C,max,last,,0,1,commune,\n", "count", value),
        "indicators.csv:2: measure 'max' of 'count' differs from 'count' (line 2 of the catalogue before), "
        "and 2 stored figures, such as unit A for 2025-03, would be read by it; another measure needs a new "
        "id\n");
}

Test(fit, a_factor_may_change_under_operands_and_not_under_a_finished_percentage)
{
    struct figure pair = {.state = FIGURE_PAIR, .value = {1, 0}, .denominator = {2, 0}};
    struct figure bare = {.state = FIGURE_BARE, .value = {50, 0}};
    const char *per_mille = COLUMNS "rate,,foundation,R,ratio,,1000,0,,commune,\n";
    cr_expect_str_eq(redefined(per_mille, "rate", pair), "");
    cr_expect_str_eq(redefined(per_mille, "rate", bare),
        "indicators.csv:2: factor '1000' of 'rate' differs from '1' (line 3 of the catalogue before), and 2 "
        "stored figures, such as unit A for 2025-03, would be read by it; another factor needs a version of "
        "its own\n");
    cr_expect_str_eq(redefined(COLUMNS "rate,,foundation,R,ratio,,,0,,commune,\n"
                                       "rate,2025-05-01,foundation,R,ratio,,1000,0,,commune,\n",
                         "rate", bare),
        "", "a version of its own");
}

Test(fit, an_edit_of_words_redefines_nothing)
{
    const char *const files[] = {"units.csv", units, "pillars.csv", pillars, "indicators.csv",
        COLUMNS "count,,foundation,Other,count,,,,1,commune,\n", NULL};
    struct world other = world_open(files);
    cr_expect(!fit_redefines(world.catalogue, other.catalogue));
    world_close(&other);
}
