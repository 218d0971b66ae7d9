/* publishers.csv and contacts.csv: who may report for whom, and who is told. */
#include "core/catalogue_load.h"

#include <chiso/report.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES_MAX 300
#define ADDRESS_BYTES_MAX 254 /* RFC 5321: a path has at most 256 octets with its angle brackets */
#define ESCALATE_HOURS_MAX 8760

/* ---- publishers ---- */

enum { PUBLISHER, UNITS };

static int compare_units(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static bool is_among(const uint32_t *units, size_t count, uint32_t unit)
{
    return count > 0 && bsearch(&unit, units, count, sizeof *units, compare_units) != NULL;
}

/* A code, or "35/" and a star. */
static bool take_entry(struct cursor *cursor, const struct word *word, uint32_t *unit, bool *under)
{
    char code[64];
    size_t length = word->length;
    *under = length > 2 && memcmp(word->text + length - 2, "/*", 2) == 0;
    if (*under)
        length -= 2;
    if (length < sizeof code) {
        memcpy(code, word->text, length);
        code[length] = '\0';
        *unit = names_find(&cursor->loader->catalogue->unit_names, code);
        if (*unit != CATALOGUE_NONE)
            return true;
    }
    if (!cursor->loader->tables[TABLE_UNITS].broken)
        fault_word(cursor, word, "unit '%.*s' is not in units.csv", (int)length, word->text);
    return false;
}

static void take_units(struct cursor *cursor, struct publisher *publisher)
{
    size_t words = 0, at = 0;
    struct word word;
    if (!need(cursor, UNITS))
        return;
    while (next_word(cell_at(cursor, UNITS), &at, &word))
        words++;
    publisher->units = take_kept(cursor->loader, words, sizeof *publisher->units);
    publisher->under = take_kept(cursor->loader, words, sizeof *publisher->under);
    if (cursor->loader->out_of_memory)
        return;
    for (at = 0; next_word(cell_at(cursor, UNITS), &at, &word);) {
        uint32_t unit;
        bool under;
        if (!take_entry(cursor, &word, &unit, &under))
            continue;
        if (under)
            publisher->under[publisher->under_count++] = unit;
        else
            publisher->units[publisher->unit_count++] = unit;
    }
    qsort(publisher->units, publisher->unit_count, sizeof *publisher->units, compare_units);
    qsort(publisher->under, publisher->under_count, sizeof *publisher->under, compare_units);
}

static void take_publisher(struct cursor *cursor, struct publisher *publisher, uint32_t place)
{
    struct catalogue *catalogue = cursor->loader->catalogue;
    const struct cell *cell = cell_at(cursor, PUBLISHER);
    if (need(cursor, PUBLISHER) && !is_code(cell->text, cell->length, CHISO_UNIT_BYTES_MAX))
        fault(
            cursor, PUBLISHER, "publisher '%s' is not 1 to 32 letters, digits, '.', '_' or '-'", cell->text);
    else if (cell->length > 0 && names_find(&catalogue->publisher_names, cell->text) != CATALOGUE_NONE)
        fault(cursor, PUBLISHER, "publisher '%s' is there twice", cell->text);
    publisher->name = keep(cursor->loader, cell->text, cell->length);
    if (!cursor->flawed && publisher->name != NULL)
        names_set(&catalogue->publisher_names, publisher->name, place);
    take_units(cursor, publisher);
}

void load_publishers(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_PUBLISHERS];
    catalogue->publishers = take_kept(loader, table->count, sizeof *catalogue->publishers);
    if (loader->out_of_memory || names_init(&catalogue->publisher_names, &catalogue->memory, table->count)) {
        loader->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < table->count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_PUBLISHERS, i);
        take_publisher(&cursor, &catalogue->publishers[i], (uint32_t)i);
    }
}

bool catalogue_publisher_may(
    const struct catalogue *catalogue, const char *publisher, uint32_t unit, chiso_day day)
{
    if (strcmp(catalogue_unit_code(catalogue, unit), publisher) == 0)
        return true;
    uint32_t place = names_find(&catalogue->publisher_names, publisher);
    if (place == CATALOGUE_NONE)
        return false;
    const struct publisher *listed = &catalogue->publishers[place];
    if (is_among(listed->units, listed->unit_count, unit))
        return true;
    const struct unit_row *row = catalogue_unit_at(catalogue, unit, day);
    for (int depth = 0; row != NULL && depth <= CATALOGUE_DEPTH_MAX; depth++) {
        if (row->parent != CATALOGUE_NONE && is_among(listed->under, listed->under_count, row->parent))
            return true;
        row = catalogue_parent_at(catalogue, row, day);
    }
    return false;
}

/* ---- contacts ---- */

enum { UNIT, POST, NAME_VI, LANGUAGE, CHANNEL, ADDRESS, MIN_SEVERITY, ESCALATE_AFTER_HOURS };

static const char *const language_names[] = {"vi", "en"};
static const char *const channel_names[] = {"mail"};
const char *const severity_names[SEVERITIES] = {"info", "warning", "critical"};

/* An address goes into mail headers and an SMTP dialogue as it stands. */
static bool is_mail_address(const struct cell *cell)
{
    const char *at = strchr(cell->text, '@');
    if (at == NULL || at == cell->text || at[1] == '\0' || strchr(at + 1, '@') != NULL)
        return false;
    for (size_t i = 0; i < cell->length; i++) {
        if (cell->text[i] <= ' ' || cell->text[i] >= 0x7F || strchr("<>,;:\"()[]\\", cell->text[i]) != NULL)
            return false;
    }
    return cell->length <= ADDRESS_BYTES_MAX;
}

static void take_address(struct cursor *cursor, struct contact *contact)
{
    if (!need(cursor, ADDRESS))
        return;
    const struct cell *cell = cell_at(cursor, ADDRESS);
    if (is_mail_address(cell))
        contact->address = keep(cursor->loader, cell->text, cell->length);
    else
        fault(
            cursor, ADDRESS, "address '%s' is not a mail address such as so-tu-phap@example.org", cell->text);
}

static bool take_contact(struct cursor *cursor, struct contact *contact)
{
    int language = 0, channel = 0, severity = SEVERITY_INFO;
    take_unit(cursor, UNIT, &contact->unit);
    contact->post = take_required_text(cursor, POST, TEXT_BYTES_MAX);
    contact->name_vi = take_text(cursor, NAME_VI, TEXT_BYTES_MAX);
    take_choice(cursor, LANGUAGE, language_names, 2, &language);
    take_choice(cursor, CHANNEL, channel_names, 1, &channel);
    take_choice(cursor, MIN_SEVERITY, severity_names, SEVERITIES, &severity);
    take_integer(cursor, ESCALATE_AFTER_HOURS, 0, ESCALATE_HOURS_MAX, &contact->escalate_after_hours);
    take_address(cursor, contact);
    contact->language = language_names[language];
    contact->channel = channel_names[channel];
    contact->min_severity = (enum severity)severity;
    return !cursor->flawed;
}

struct placed_contact {
    const struct contact *contact;
    uint32_t record;
};

static int compare_contacts(const void *a, const void *b)
{
    const struct placed_contact *left = a, *right = b;
    if (left->contact->unit != right->contact->unit)
        return left->contact->unit < right->contact->unit ? -1 : 1;
    int order = strcmp(left->contact->post, right->contact->post);
    return order != 0 ? order : strcmp(left->contact->address, right->contact->address);
}

static int compare_placed_contacts(const void *a, const void *b)
{
    const struct placed_contact *left = a, *right = b;
    int order = compare_contacts(a, b);
    return order != 0 ? order : (left->record > right->record) - (left->record < right->record);
}

static void check_repeated(struct loader *loader, struct placed_contact *placed)
{
    size_t count = loader->catalogue->contact_count;
    if (count > 0)
        qsort(placed, count, sizeof *placed, compare_placed_contacts);
    for (size_t i = 1; i < count; i++) {
        if (compare_contacts(&placed[i - 1], &placed[i]) != 0)
            continue;
        struct cursor cursor = cursor_at(loader, TABLE_CONTACTS, placed[i].record);
        fault(&cursor, UNIT, "this unit, post and address are already in line %zu",
            loader->tables[TABLE_CONTACTS].records[placed[i - 1].record].line);
    }
}

void load_contacts(struct loader *loader)
{
    struct catalogue *catalogue = loader->catalogue;
    const struct table *table = &loader->tables[TABLE_CONTACTS];
    catalogue->contacts = take_kept(loader, table->count, sizeof *catalogue->contacts);
    struct placed_contact *placed = take_scratch(loader, table->count, sizeof *placed);
    for (size_t i = 0; i < table->count && !loader->out_of_memory; i++) {
        struct cursor cursor = cursor_at(loader, TABLE_CONTACTS, i);
        struct contact *contact = &catalogue->contacts[catalogue->contact_count];
        *contact = (struct contact){.unit = CATALOGUE_NONE};
        if (take_contact(&cursor, contact) && !loader->out_of_memory)
            placed[catalogue->contact_count++] = (struct placed_contact){contact, (uint32_t)i};
    }
    if (!loader->out_of_memory)
        check_repeated(loader, placed);
}

const struct contact *catalogue_contacts(const struct catalogue *catalogue, size_t *count)
{
    *count = catalogue->contact_count;
    return catalogue->contacts;
}
