/* pillars.csv and indicators.csv: what is measured, and how it combines (STATISTICS S1, S2). */
#include "core/catalogue_load.h"

#include <stdlib.h>
#include <string.h>

#define ID_CHARS_MAX 64
#define TEXT_BYTES_MAX 300
#define DEFINITION_BYTES_MAX 4000
#define PILLARS_MAX 64
/* A year of working days: nothing is due later than that. */
#define DUE_DAYS_MAX 366

/* ---- pillars ---- */

enum { PILLAR_ID, PILLAR_NAME_VI, PILLAR_NAME_EN, PILLAR_ORDER };

static bool take_id(struct cursor *cursor, int column)
{
    if (!need(cursor, column))
        return false;
    const struct cell *cell = cell_at(cursor, column);
    if (is_id(cell->text, cell->length, ID_CHARS_MAX))
        return true;
    fault(cursor, column, "id '%s' is not 1 to %d of the characters a to z, 0 to 9, '_' and '.'", cell->text,
        ID_CHARS_MAX);
    return false;
}

static void take_pillar(struct cursor *cursor, struct pillar *pillar, size_t place)
{
    struct catalogue *catalogue = cursor->loader->catalogue;
    int order = (int)place;
    if (take_id(cursor, PILLAR_ID)) {
        pillar->id =
            keep(cursor->loader, cell_at(cursor, PILLAR_ID)->text, cell_at(cursor, PILLAR_ID)->length);
        if (pillar->id != NULL && names_find(&catalogue->pillar_names, pillar->id) != CATALOGUE_NONE)
            fault(cursor, PILLAR_ID, "pillar '%s' is there twice", pillar->id);
        else if (pillar->id != NULL)
            names_set(&catalogue->pillar_names, pillar->id, 0);
    }
    pillar->name_vi = take_required_text(cursor, PILLAR_NAME_VI, TEXT_BYTES_MAX);
    pillar->name_en = take_text(cursor, PILLAR_NAME_EN, TEXT_BYTES_MAX);
    if (cell_is_empty(cursor, PILLAR_NAME_EN))
        pillar->name_en = pillar->name_vi;
    take_integer(cursor, PILLAR_ORDER, 0, 1000000, &order);
    pillar->order = order;
}

static int compare_pillars(const void *a, const void *b)
{
    const struct pillar *left = a, *right = b;
    if (left->order != right->order)
        return left->order < right->order ? -1 : 1;
    return strcmp(left->id, right->id);
}

void load_pillars(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_PILLARS];
    catalogue->pillars = take_kept(loader, table->count, sizeof *catalogue->pillars);
    if (catalogue->pillars == NULL ||
        names_init(&catalogue->pillar_names, &catalogue->memory, table->count)) {
        loader->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < table->count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_PILLARS, i);
        struct pillar pillar = {.id = ""};
        take_pillar(&cursor, &pillar, i);
        if (catalogue->pillar_count == PILLARS_MAX)
            fault(&cursor, PILLAR_ID, "more than %d pillars", PILLARS_MAX);
        else if (!cursor.flawed)
            catalogue->pillars[catalogue->pillar_count++] = pillar;
    }
    if (loader->out_of_memory)
        return;
    qsort(catalogue->pillars, catalogue->pillar_count, sizeof *catalogue->pillars, compare_pillars);
    for (uint32_t i = 0; i < catalogue->pillar_count; i++)
        names_set(&catalogue->pillar_names, catalogue->pillars[i].id, i);
}

/* ---- indicators ---- */

enum {
    ID,
    VALID_FROM,
    PILLAR,
    NAME_VI,
    NAME_EN,
    MEASURE,
    ACROSS_TIME,
    FACTOR,
    DECIMALS,
    INPUT_DECIMALS,
    MINIMUM,
    ABOUT_TOLERANCE,
    UNIT_LABEL_VI,
    UNIT_LABEL_EN,
    DIRECTION,
    REPORTED_BY,
    WHOLE_BY,
    CADENCE,
    CALENDAR,
    DUE_WORKING_DAYS,
    ZERO_DENOMINATOR,
    DEFINITION,
    LEGAL_BASIS,
};

static const char *const direction_names[] = {"none", "up", "down"};
const char *const calendar_names[2] = {"statistical", "administrative"};
static const char *const zero_names[] = {"not_applicable", "zero", "full"};

/* The first in each row is the default (S2's table, S7). */
#define ACROSS_MAX 4
static const struct {
    int count;
    enum across_time across[ACROSS_MAX];
} combinations[] = {
    [MEASURE_RATIO] = {4, {ACROSS_SUM, ACROSS_LAST, ACROSS_FLOW_OVER_STOCK, ACROSS_NONE}},
    [MEASURE_RATE] = {2, {ACROSS_LAST, ACROSS_NONE}},
    [MEASURE_DISTINCT] = {2, {ACROSS_LAST, ACROSS_NONE}},
    [MEASURE_COUNT] = {4, {ACROSS_SUM, ACROSS_LAST, ACROSS_CUMULATIVE, ACROSS_NONE}},
    [MEASURE_AMOUNT] = {4, {ACROSS_SUM, ACROSS_LAST, ACROSS_CUMULATIVE, ACROSS_NONE}},
    [MEASURE_MEAN] = {3, {ACROSS_MEAN, ACROSS_LAST, ACROSS_NONE}},
    [MEASURE_MIN] = {3, {ACROSS_EXTREME, ACROSS_LAST, ACROSS_NONE}},
    [MEASURE_MAX] = {3, {ACROSS_EXTREME, ACROSS_LAST, ACROSS_NONE}},
    [MEASURE_SHARE] = {2, {ACROSS_LAST, ACROSS_NONE}},
    [MEASURE_INDEX] = {2, {ACROSS_LAST, ACROSS_NONE}},
    [MEASURE_RANK] = {2, {ACROSS_LAST, ACROSS_NONE}},
};

static void take_measure(struct cursor *cursor, struct indicator *indicator)
{
    int measure = 0;
    if (!need(cursor, MEASURE) || !take_choice(cursor, MEASURE, measure_names, 11, &measure))
        return;
    indicator->measure = (enum measure)measure;
    int across = (int)combinations[measure].across[0];
    if (!take_choice(cursor, ACROSS_TIME, across_time_names, 7, &across))
        return;
    indicator->across_time = (enum across_time)across;
    for (int i = 0; i < combinations[measure].count; i++) {
        if (combinations[measure].across[i] == indicator->across_time)
            return;
    }
    fault(cursor, ACROSS_TIME, "a %s cannot be combined over time by '%s'", measure_names[measure],
        across_time_names[across]);
}

static void take_pillar_of(struct cursor *cursor, struct indicator *indicator)
{
    if (!need(cursor, PILLAR))
        return;
    indicator->pillar = names_find(&cursor->loader->catalogue->pillar_names, cell_at(cursor, PILLAR)->text);
    if (indicator->pillar != CATALOGUE_NONE)
        return;
    if (!cursor->loader->tables[TABLE_PILLARS].broken)
        fault(cursor, PILLAR, "pillar '%s' is not in pillars.csv", cell_at(cursor, PILLAR)->text);
    cursor->flawed = true;
}

static void take_numbers(struct cursor *cursor, struct indicator *indicator)
{
    int decimals = 0;
    take_integer(cursor, DECIMALS, 0, CHISO_DECIMAL_SCALE_MAX, &decimals);
    int input_decimals = decimals;
    take_integer(cursor, INPUT_DECIMALS, 0, CHISO_DECIMAL_SCALE_MAX, &input_decimals);
    indicator->decimals = (uint8_t)decimals;
    indicator->input_decimals = (uint8_t)input_decimals;
    indicator->factor = (struct chiso_decimal){1, 0};
    if (take_decimal(cursor, FACTOR, &indicator->factor) && indicator->factor.value <= 0)
        fault(cursor, FACTOR, "factor '%s' is not above 0", cell_at(cursor, FACTOR)->text);
    struct chiso_decimal minimum = {0, 0};
    if (take_decimal(cursor, MINIMUM, &minimum) && minimum.value != 0)
        fault(cursor, MINIMUM, "minimum '%s' is neither 0 nor empty", cell_at(cursor, MINIMUM)->text);
    indicator->has_minimum = !cell_is_empty(cursor, MINIMUM);
    const struct chiso_decimal hundred = {100, 0};
    indicator->about_tolerance = (struct chiso_decimal){10, 0};
    if (take_decimal(cursor, ABOUT_TOLERANCE, &indicator->about_tolerance) &&
        (indicator->about_tolerance.value < 0 ||
            chiso_decimal_compare(indicator->about_tolerance, hundred) > 0))
        fault(cursor, ABOUT_TOLERANCE, "about_tolerance '%s' is not a percentage from 0 to 100",
            cell_at(cursor, ABOUT_TOLERANCE)->text);
}

static void take_choices(struct cursor *cursor, struct indicator *indicator)
{
    int direction = DIRECTION_NONE, calendar = CHISO_STATISTICAL, zero = ZERO_NOT_APPLICABLE, due = -1;
    take_choice(cursor, DIRECTION, direction_names, 3, &direction);
    take_choice(cursor, CALENDAR, calendar_names, 2, &calendar);
    take_choice(cursor, ZERO_DENOMINATOR, zero_names, 3, &zero);
    take_integer(cursor, DUE_WORKING_DAYS, 0, DUE_DAYS_MAX, &due);
    indicator->direction = (enum direction)direction;
    indicator->calendar = (enum chiso_calendar)calendar;
    indicator->zero_denominator = (enum zero_denominator)zero;
    indicator->due_working_days = due;
}

bool take_cadence_window(
    struct cursor *cursor, int column, const char *text, size_t length, enum chiso_period_kind *out)
{
    static const struct {
        const char *name;
        enum chiso_period_kind kind;
    } windows[] = {
        {"day", CHISO_PERIOD_DAY},
        {"month", CHISO_PERIOD_MONTH},
        {"quarter", CHISO_PERIOD_QUARTER},
        {"half", CHISO_PERIOD_HALF},
        {"year", CHISO_PERIOD_YEAR},
        {"none", CHISO_PERIOD_NONE},
    };
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        if (strlen(windows[i].name) == length && memcmp(windows[i].name, text, length) == 0) {
            *out = windows[i].kind;
            return true;
        }
    }
    fault(cursor, column, "cadence '%s' is unknown; write day, month, quarter, half, year or none",
        cell_at(cursor, column)->text);
    return false;
}

static void take_cadence(struct cursor *cursor, struct indicator *indicator)
{
    static const char suffix[] = "+interval";
    const struct cell *cell = cell_at(cursor, CADENCE);
    indicator->cadence = (struct cadence){.window = CHISO_PERIOD_MONTH};
    if (cell->length == 0)
        return;
    size_t length = cell->length;
    if (length > sizeof suffix - 1 && strcmp(cell->text + length - (sizeof suffix - 1), suffix) == 0) {
        indicator->cadence.intervals = true;
        length -= sizeof suffix - 1;
    }
    take_cadence_window(cursor, CADENCE, cell->text, length, &indicator->cadence.window);
}

static void take_texts(struct cursor *cursor, struct indicator *indicator)
{
    indicator->name_vi = take_required_text(cursor, NAME_VI, TEXT_BYTES_MAX);
    indicator->name_en = take_text(cursor, NAME_EN, TEXT_BYTES_MAX);
    indicator->unit_label_vi = take_text(cursor, UNIT_LABEL_VI, TEXT_BYTES_MAX);
    indicator->unit_label_en = take_text(cursor, UNIT_LABEL_EN, TEXT_BYTES_MAX);
    indicator->definition = take_text(cursor, DEFINITION, DEFINITION_BYTES_MAX);
    indicator->legal_basis = take_text(cursor, LEGAL_BASIS, DEFINITION_BYTES_MAX);
    if (cell_is_empty(cursor, NAME_EN))
        indicator->name_en = indicator->name_vi;
    if (cell_is_empty(cursor, UNIT_LABEL_EN))
        indicator->unit_label_en = indicator->unit_label_vi;
}

static bool take_definition(struct cursor *cursor, struct indicator *indicator)
{
    struct loader *loader = cursor->loader;
    const struct cell *id = cell_at(cursor, ID);
    indicator->id_index = names_find(&loader->catalogue->indicator_names, id->text);
    indicator->valid_from = CHISO_DAY_FIRST;
    indicator->valid_to = CHISO_DAY_LAST;
    indicator->line = cursor->record->line;
    take_day(cursor, VALID_FROM, &indicator->valid_from);
    take_pillar_of(cursor, indicator);
    take_texts(cursor, indicator);
    take_measure(cursor, indicator);
    take_numbers(cursor, indicator);
    take_choices(cursor, indicator);
    take_cadence(cursor, indicator);
    take_reporters(cursor, REPORTED_BY, &indicator->reported_by, &indicator->reported_by_count);
    take_reporters(cursor, WHOLE_BY, &indicator->whole_by, &indicator->whole_by_count);
    check_reporters(cursor, WHOLE_BY, indicator);
    if (indicator->id_index == CATALOGUE_NONE)
        return false;
    if (cursor->flawed)
        loader->indicator_flawed[indicator->id_index] = true;
    return !cursor->flawed;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void number_ids(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_INDICATORS];
    const char **ids = take_scratch(loader, table->count, sizeof *ids);
    if (ids == NULL)
        return;
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_INDICATORS, i);
        if (take_id(&cursor, ID))
            ids[count++] = cell_at(&cursor, ID)->text;
    }
    qsort(ids, count, sizeof *ids, compare_texts);
    uint32_t unique = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(ids[i], ids[unique - 1]) != 0)
            ids[unique++] = ids[i];
    }
    catalogue->indicators = take_kept(loader, unique, sizeof *catalogue->indicators);
    loader->indicator_flawed = take_scratch(loader, unique, sizeof *loader->indicator_flawed);
    if (loader->out_of_memory || names_init(&catalogue->indicator_names, &catalogue->memory, unique)) {
        loader->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < unique && !loader->out_of_memory; i++) {
        catalogue->indicators[i].id = keep(loader, ids[i], strlen(ids[i]));
        if (catalogue->indicators[i].id != NULL)
            names_set(&catalogue->indicator_names, catalogue->indicators[i].id, i);
    }
    catalogue->indicator_count = unique;
}

struct placed_definition {
    struct indicator indicator;
    uint32_t record;
};

static int compare_definitions(const void *a, const void *b)
{
    const struct placed_definition *left = a, *right = b;
    if (left->indicator.id_index != right->indicator.id_index)
        return left->indicator.id_index < right->indicator.id_index ? -1 : 1;
    if (left->indicator.valid_from != right->indicator.valid_from)
        return left->indicator.valid_from < right->indicator.valid_from ? -1 : 1;
    return (left->record > right->record) - (left->record < right->record);
}

/* What totals are made of cannot change under them (S2 Details). */
static bool check_version(
    struct loader *loader, const struct placed_definition *earlier, const struct placed_definition *later)
{
    const struct indicator *before = &earlier->indicator, *after = &later->indicator;
    struct cursor cursor = cursor_at(loader, TABLE_INDICATORS, later->record);
    size_t line = loader->tables[TABLE_INDICATORS].records[earlier->record].line;
    if (before->valid_from == after->valid_from)
        fault(&cursor, ID, "indicator '%s' has the same valid_from as in line %zu",
            cell_at(&cursor, ID)->text, line);
    if (before->measure != after->measure)
        fault(&cursor, MEASURE, "measure '%s' differs from '%s' in line %zu; a new measure needs a new id",
            measure_names[after->measure], measure_names[before->measure], line);
    if (before->across_time != after->across_time)
        fault(&cursor, ACROSS_TIME,
            "across_time '%s' differs from '%s' in line %zu; another combination needs a new id",
            across_time_names[after->across_time], across_time_names[before->across_time], line);
    if (before->calendar != after->calendar)
        fault(&cursor, CALENDAR,
            "calendar '%s' differs from '%s' in line %zu; another calendar needs a new id",
            calendar_names[after->calendar], calendar_names[before->calendar], line);
    return !cursor.flawed;
}

static void store_definitions(struct loader *loader, const struct placed_definition *placed, size_t count)
{
    struct catalogue *catalogue = loader->catalogue;
    catalogue->definitions = take_kept(loader, count, sizeof *catalogue->definitions);
    loader->definition_record = take_scratch(loader, count, sizeof *loader->definition_record);
    if (loader->out_of_memory)
        return;
    const struct placed_definition *earlier = NULL;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = placed[i].indicator.id_index;
        struct indicator_versions *versions = &catalogue->indicators[id];
        bool first = earlier == NULL || earlier->indicator.id_index != id;
        if (!first && !check_version(loader, earlier, &placed[i])) {
            loader->indicator_flawed[id] = true;
            continue;
        }
        uint32_t at = catalogue->definition_count++;
        if (first)
            versions->first = at;
        else
            catalogue->definitions[at - 1].valid_to = placed[i].indicator.valid_from - 1;
        versions->count++;
        catalogue->definitions[at] = placed[i].indicator;
        catalogue->definitions[at].id = versions->id;
        loader->definition_record[at] = placed[i].record;
        earlier = &placed[i];
    }
}

void load_indicators(struct loader *loader)
{
    struct table *table = &loader->tables[TABLE_INDICATORS];
    if (table->count > CATALOGUE_INDICATORS_MAX) {
        finding_add(loader, table->spec->file, table->records[CATALOGUE_INDICATORS_MAX].line, 1, false,
            "more than %d rows", CATALOGUE_INDICATORS_MAX);
        table->count = CATALOGUE_INDICATORS_MAX;
    }
    number_ids(loader);
    struct placed_definition *placed = take_scratch(loader, table->count + 1, sizeof *placed);
    if (loader->out_of_memory)
        return;
    size_t count = 0;
    for (size_t i = 0; i < table->count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_INDICATORS, i);
        placed[count] = (struct placed_definition){.record = (uint32_t)i};
        count += take_definition(&cursor, &placed[count].indicator);
    }
    if (loader->out_of_memory)
        return;
    qsort(placed, count, sizeof *placed, compare_definitions);
    store_definitions(loader, placed, count);
    if (!loader->out_of_memory)
        check_wholes(loader);
}
