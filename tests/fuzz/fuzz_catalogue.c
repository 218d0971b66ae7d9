/* Any bytes as files of a catalogue: "=== name" begins a file; the three that must be there stand in when the
 * input has none. Every load comes to an end, says why or gives a catalogue, and that can be asked anything.
 */
#include "core/catalogue_rule.h"
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char units[] = "code,valid_from,valid_to,kind,role,parent,name_vi\n35,,2025-06-30,province,,,A\n"
                            "37,,2025-06-30,province,,,B\n37,2025-07-01,,province,,,B\n1,,,commune,,37,C\n"
                            "35.x,,2025-06-30,department,justice,35,D\n";
static const char pillars[] = "id,name_vi\np,P\n";
static const char indicators[] =
    "id,pillar,name_vi,measure,reported_by,whole_by\na,p,A,ratio,commune,province\n"
    "b,p,B,count,department:justice,\n";

struct input {
    struct catalogue_file files[CATALOGUE_FILES_MAX];
    char names[CATALOGUE_FILES_MAX][40];
    size_t count;
};

static void add(struct input *input, const char *name, size_t length, const void *bytes, size_t size)
{
    if (input->count == CATALOGUE_FILES_MAX || length >= sizeof input->names[0])
        return;
    char *copy = input->names[input->count];
    memcpy(copy, name, length);
    copy[length] = '\0';
    input->files[input->count++] = (struct catalogue_file){copy, bytes, size};
}

static void add_missing(struct input *input, const char *name, const char *text)
{
    for (size_t i = 0; i < input->count; i++) {
        if (strcmp(input->files[i].name, name) == 0)
            return;
    }
    add(input, name, strlen(name), text, strlen(text));
}

static void split(struct input *input, const char *bytes, size_t size)
{
    static const char mark[] = "=== ";
    const char *end = bytes + size, *at = bytes;
    while (at != NULL && at < end) {
        const char *begin = memmem(at, (size_t)(end - at), mark, 4);
        const char *line = begin != NULL ? memchr(begin, '\n', (size_t)(end - begin)) : NULL;
        if (line == NULL)
            return;
        const char *next = memmem(line, (size_t)(end - line), mark, 4);
        const char *stop = next != NULL ? next : end;
        add(input, begin + 4, (size_t)(line - begin - 4), line + 1,
            stop > line ? (size_t)(stop - line - 1) : 0);
        at = next;
    }
}

static void ask_about(const struct catalogue *catalogue, const struct unit_row *row, chiso_day day)
{
    uint32_t province = catalogue_province_at(catalogue, row->code, day);
    size_t count;
    if (province != CATALOGUE_NONE) {
        const uint32_t *members = catalogue_province_units(catalogue, province, &count);
        bool found = false;
        for (size_t i = 0; i < count; i++)
            found |= members[i] == row->code;
        assert(found);
    }
    for (uint32_t i = 0; i < catalogue_indicator_count(catalogue); i++) {
        const struct indicator *indicator = catalogue_indicator(catalogue, i);
        enum reporting_part part = catalogue_reporting(catalogue, indicator, row, day, NULL);
        struct obligation owed = catalogue_obligation(catalogue, indicator, row, day);
        assert(part != REPORTS_NOTHING || owed.cadence == CHISO_PERIOD_NONE);
        assert(part == REPORTS_NOTHING || (indicator->level_kinds & (1u << row->kind)) != 0);
    }
    const struct unit_identity *identity = catalogue_identity(catalogue, row->identity);
    assert(identity->from <= row->from && row->to <= identity->to && identity->code == row->code);
    for (size_t i = 1; i < identity->split_count; i++)
        assert(identity->splits[i - 1] < identity->splits[i]);
}

/* A rule is found by each of its indicators, and each once. */
static void ask_rules(const struct catalogue *catalogue)
{
    size_t count, found = 0, terms = 0;
    for (uint32_t i = 0; i < catalogue_indicator_count(catalogue); i++) {
        const uint32_t *rules = catalogue_rules_of(catalogue, i, &count);
        for (size_t k = 0; k < count; k++) {
            const struct rule *rule = catalogue_rule(catalogue, rules[k]);
            assert(rule->left_count > 0 && rule->left_count < rule->count && rule->count <= RULE_TERMS_MAX);
            for (size_t t = 0; t < rule->count; t++)
                found += rule->indicators[t] == i;
        }
    }
    for (uint32_t i = 0; i < catalogue_rule_count(catalogue); i++) {
        assert(catalogue_rule_find(catalogue, catalogue_rule(catalogue, i)->id) == i);
        terms += catalogue_rule(catalogue, i)->count;
    }
    assert(found == terms);
}

static void ask(const struct catalogue *catalogue)
{
    ask_rules(catalogue);
    for (uint32_t unit = 0; unit < catalogue_unit_count(catalogue); unit++) {
        size_t count;
        const struct unit_row *rows = catalogue_unit_rows(catalogue, unit, &count);
        assert(count > 0 && catalogue_unit_find(catalogue, catalogue_unit_code(catalogue, unit)) == unit);
        for (size_t i = 0; i < count; i++) {
            assert(catalogue_unit_at(catalogue, unit, rows[i].from) == &rows[i]);
            assert(catalogue_unit_at(catalogue, unit, rows[i].to) == &rows[i]);
            ask_about(catalogue, &rows[i], rows[i].from);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.count = 0};
    struct catalogue *catalogue = NULL;
    struct catalogue_findings findings = {0};
    split(&input, (const char *)data, size);
    add_missing(&input, "units.csv", units);
    add_missing(&input, "pillars.csv", pillars);
    add_missing(&input, "indicators.csv", indicators);
    int error = catalogue_load(input.files, input.count, &catalogue, &findings);
    assert((error == CHISO_OK) == (catalogue != NULL) && (error == CHISO_EINVAL) == (findings.errors > 0));
    if (catalogue != NULL)
        ask(catalogue);
    free(catalogue_findings_text(&findings, "en"));
    free(catalogue_findings_text(&findings, "vi"));
    catalogue_findings_release(&findings);
    catalogue_free(catalogue);
    return 0;
}
