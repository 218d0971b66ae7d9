/* The fixture catalogue, and one of the size of the country. */
#include "catalogue_files.h"
#include <time.h>

static char *read_text(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, FIXTURES "/catalogue/%s", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    char *text = calloc(1, 1 << 20);
    size_t length = fread(text, 1, (1 << 20) - 1, file);
    cr_assert_lt(length, (1 << 20) - 1, "%s", path);
    fclose(file);
    return text;
}

Test(catalogue_size, the_fixtures_have_no_error)
{
    static const char *const names[] = {"units.csv", "successions.csv", "publishers.csv", "pillars.csv",
        "indicators.csv", "obligations.csv", "targets.csv", "milestones.csv", "indices.csv",
        "index_components.csv", "rules.csv", "holidays.csv", "contacts.csv"};
    enum { FILES = sizeof names / sizeof *names };
    struct test_files files = {0};
    char *texts[FILES];
    for (size_t i = 0; i < FILES; i++) {
        texts[i] = read_text(names[i]);
        cr_assert_not_null(texts[i], "%s", names[i]);
        test_file_set(&files, names[i], texts[i]);
    }
    char *found = test_findings(&files);
    for (const char *line = found; line != NULL && *line != '\0';) {
        const char *next = strchr(line, '\n');
        /* The published targets of 2025 and 2030 outlive their provinces. */
        cr_assert(strstr(line, "warning: unit ") != NULL, "%s", line);
        line = next != NULL ? next + 1 : NULL;
    }
    cr_assert_null(strstr(found, ": error: "), "%s", found);
    free(found);
    for (size_t i = 0; i < FILES; i++)
        free(texts[i]);
}

struct text {
    char *bytes;
    size_t length, capacity;
};

static void append(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(struct text *text, const char *format, ...)
{
    if (text->capacity - text->length < 512) {
        text->capacity = text->capacity * 2 + 4096;
        text->bytes = realloc(text->bytes, text->capacity);
    }
    va_list arguments;
    va_start(arguments, format);
    text->length += (size_t)vsnprintf(text->bytes + text->length, 512, format, arguments);
    va_end(arguments);
}

/* 63 old and 34 new provinces, 10,035 old and 3,321 new communes, 10,571 relations between them, 200
 * indicators, a target and an obligation for many. */
static void write_country(struct text *units, struct text *successions, struct text *indicators,
    struct text *targets, struct text *obligations)
{
    append(units, "code,valid_from,valid_to,kind,role,parent,name_vi\nVN,,,nation,,,Việt Nam\n");
    append(successions, "date,old_code,new_code,extent\n");
    append(indicators, "id,pillar,name_vi,measure,reported_by,whole_by,due_working_days\n");
    append(targets, "indicator,unit,unit_kind,scope,shape,value,due\n");
    append(obligations, "indicator,unit,cadence\n");
    for (int i = 0; i < 63; i++)
        append(units, "o%02d,,2025-06-30,province,,VN,Tỉnh cũ %d\n", i, i);
    for (int i = 0; i < 34; i++)
        append(units, "n%02d,2025-07-01,,province,,VN,Tỉnh mới %d\n", i, i);
    for (int i = 0; i < 63; i++)
        append(successions, "2025-07-01,o%02d,n%02d,whole\n", i, i % 34);
    for (int i = 0; i < 10035; i++)
        append(units, "o%05d,,2025-06-30,commune,,o%02d,Xã cũ %d\n", i, i % 63, i);
    for (int i = 0; i < 3321; i++)
        append(units, "n%05d,2025-07-01,,commune,,n%02d,Xã mới %d\n", i, i % 34, i);
    for (int i = 0; i < 10035; i++) {
        bool split = i % 19 == 0;
        append(successions, "2025-07-01,o%05d,n%05d,%s\n", i, i % 3321, split ? "part" : "whole");
        if (split)
            append(successions, "2025-07-01,o%05d,n%05d,part\n", i, (i + 1) % 3321);
    }
    for (int i = 0; i < 200; i++) {
        append(indicators, "i.%03d,digital_society,Chỉ số %d,count,commune,province,10\n", i, i);
        for (int j = 0; j < 34; j++)
            append(targets, "i.%03d,n%02d,commune,level,at_least,10,2025-12-31\n", i, j);
    }
    for (int i = 0; i < 3321; i++)
        append(obligations, "i.000,n%05d,quarter\n", i);
}

Test(catalogue_size, the_country_loads_fast)
{
    struct text units = {0}, successions = {0}, indicators = {0}, targets = {0}, obligations = {0};
    write_country(&units, &successions, &indicators, &targets, &obligations);
    struct test_files files = test_good_files();
    test_file_set(&files, "units.csv", units.bytes);
    test_file_set(&files, "successions.csv", successions.bytes);
    test_file_set(&files, "indicators.csv", indicators.bytes);
    test_file_set(&files, "targets.csv", targets.bytes);
    test_file_set(&files, "obligations.csv", obligations.bytes);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    struct catalogue *catalogue = test_load(&files);
    clock_gettime(CLOCK_MONOTONIC, &end);
    long ms = (long)(end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
    /* 300 ms is the aim of a plain build; a quadratic loop would take many seconds. */
    cr_log_info("loaded in %ld ms", ms);
    cr_expect_lt(ms, 3000);
    size_t count;
    uint32_t province = catalogue_unit_find(catalogue, "n00");
    catalogue_province_units(catalogue, province, &count);
    cr_expect_eq(count, 99);
    catalogue_free(catalogue);
    free(units.bytes);
    free(successions.bytes);
    free(indicators.bytes);
    free(targets.bytes);
    free(obligations.bytes);
}
