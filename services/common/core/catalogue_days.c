/* holidays.csv and working days: weekends are off, unless a swapped day says otherwise (STATISTICS S7). */
#include "core/catalogue_load.h"

#include <assert.h>
#include <stdlib.h>

enum { DATE, KIND, NAME_VI };

#define NAME_BYTES_MAX 300

static const char *const day_kind_names[] = {"off", "work"};

static bool is_weekday(chiso_day day)
{
    return chiso_weekday(day) <= 5;
}

static int compare_holidays(const void *a, const void *b)
{
    const struct holiday *left = a, *right = b;
    return (left->day > right->day) - (left->day < right->day);
}

static bool take_holiday(struct cursor *cursor, struct holiday *holiday)
{
    int kind = 0;
    if (need(cursor, DATE))
        take_day(cursor, DATE, &holiday->day);
    take_choice(cursor, KIND, day_kind_names, 2, &kind);
    take_text(cursor, NAME_VI, NAME_BYTES_MAX);
    holiday->work = kind == 1;
    return !cursor->flawed;
}

static void check_repeated(struct loader *loader)
{
    const struct table *table = &loader->tables[TABLE_HOLIDAYS];
    struct keyed *days = take_scratch(loader, table->count, sizeof *days);
    if (days == NULL)
        return;
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct cell *cell = &table->records[i].cells[DATE];
        chiso_day day;
        if (chiso_day_parse(cell->text, cell->length, &day) == CHISO_OK)
            days[count++] = (struct keyed){(uint64_t)((int64_t)day + INT32_MAX), (uint32_t)i};
    }
    if (count > 0)
        qsort(days, count, sizeof *days, compare_keyed);
    for (size_t i = 1; i < count; i++) {
        if (days[i].key != days[i - 1].key)
            continue;
        struct cursor cursor = cursor_at(loader, TABLE_HOLIDAYS, days[i].place);
        fault(&cursor, DATE, "date %s is already in line %zu", cell_at(&cursor, DATE)->text,
            table->records[days[i - 1].place].line);
    }
}

void load_holidays(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_HOLIDAYS];
    catalogue->holidays = take_kept(loader, table->count, sizeof *catalogue->holidays);
    if (catalogue->holidays == NULL)
        return;
    for (size_t i = 0; i < table->count; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_HOLIDAYS, i);
        struct holiday holiday = {0};
        if (take_holiday(&cursor, &holiday))
            catalogue->holidays[catalogue->holiday_count++] = holiday;
    }
    if (catalogue->holiday_count > 0)
        qsort(catalogue->holidays, catalogue->holiday_count, sizeof *catalogue->holidays, compare_holidays);
    int balance = 0;
    for (size_t i = 0; i < catalogue->holiday_count; i++) {
        struct holiday *holiday = &catalogue->holidays[i];
        balance += (int)holiday->work - (int)is_weekday(holiday->day);
        holiday->balance = balance;
    }
    check_repeated(loader);
}

/* How many holidays are on or before DAY. */
static size_t holidays_until(const struct catalogue *catalogue, chiso_day day)
{
    size_t low = 0, high = catalogue->holiday_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (catalogue->holidays[middle].day <= day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool catalogue_is_working_day(const struct catalogue *catalogue, chiso_day day)
{
    size_t count = holidays_until(catalogue, day);
    if (count > 0 && catalogue->holidays[count - 1].day == day)
        return catalogue->holidays[count - 1].work;
    return is_weekday(day);
}

chiso_day catalogue_add_working_days(const struct catalogue *catalogue, chiso_day day, int n)
{
    assert(n >= 0);
    while (n > 0)
        n -= catalogue_is_working_day(catalogue, ++day);
    return day;
}

/* Mondays to Fridays up to and including DAY, from some Monday long before. */
static int64_t weekdays_until(chiso_day day)
{
    /* 1970-01-05 was a Monday; whole weeks before it keep the difference positive. */
    int64_t since = (int64_t)day - 4 + 7 * INT64_C(1000000);
    int64_t rest = since % 7 + 1;
    return since / 7 * 5 + (rest < 5 ? rest : 5);
}

static int64_t working_days_until(const struct catalogue *catalogue, chiso_day day)
{
    size_t count = holidays_until(catalogue, day);
    return weekdays_until(day) + (count > 0 ? catalogue->holidays[count - 1].balance : 0);
}

int catalogue_working_days(const struct catalogue *catalogue, chiso_day from, chiso_day to)
{
    if (to <= from)
        return 0;
    return (int)(working_days_until(catalogue, to) - working_days_until(catalogue, from));
}

chiso_instant_ms catalogue_deadline(const struct catalogue *catalogue, chiso_day last, int n)
{
    return chiso_instant_on(catalogue_add_working_days(catalogue, last, n), CATALOGUE_DEADLINE_HOUR);
}

int64_t catalogue_time_slot(chiso_instant_ms now)
{
    chiso_day day = chiso_day_at(now);
    return 2 * (int64_t)day + (now > chiso_instant_on(day, CATALOGUE_DEADLINE_HOUR));
}
