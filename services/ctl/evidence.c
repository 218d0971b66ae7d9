#include "evidence.h"

#include <string.h>

const char *evidence_province(const struct session *session, uint32_t unit, chiso_day day)
{
    uint32_t province = catalogue_province_at(session->catalogue, unit, day);
    return province == CATALOGUE_NONE ? NULL : catalogue_unit_code(session->catalogue, province);
}

static const char *province_of(
    const struct session *session, const struct trail_leaf *leaf, enum chiso_calendar calendar)
{
    return evidence_province(session, leaf->unit, chiso_period_last(leaf->period, calendar));
}

int evidence_want(const struct session *session, const struct trail *trail, enum chiso_calendar calendar,
    bool used, struct journal *journal)
{
    int error = CHISO_OK;
    for (size_t i = 0; i < trail->count && !error; i++) {
        const struct trail_leaf *leaf = &trail->list[i];
        const char *province = province_of(session, leaf, calendar);
        if (province && (leaf->used || !used))
            error = journal_want(journal, province, leaf->leaf->seq);
    }
    return error;
}

const struct journal_entry *evidence_entry(const struct session *session, const struct journal *journal,
    const struct trail_leaf *leaf, enum chiso_calendar calendar)
{
    const char *province = province_of(session, leaf, calendar);
    return province ? journal_find(journal, province, leaf->leaf->seq) : NULL;
}

const struct journal_report *evidence_report(const struct session *session, const struct journal *journal,
    const struct trail_leaf *leaf, enum chiso_calendar calendar)
{
    const char *province = province_of(session, leaf, calendar);
    return province ? journal_report(journal, province, leaf->leaf->seq, leaf->leaf->index) : NULL;
}

bool evidence_is_restated(
    const struct session *session, const struct trail_leaf *leaf, enum chiso_calendar calendar)
{
    uint32_t province =
        catalogue_province_at(session->catalogue, leaf->unit, chiso_period_last(leaf->period, calendar));
    const struct closing *closing =
        province == CATALOGUE_NONE ? NULL : store_closing(session->store, province, calendar, leaf->period);
    return closing && leaf->leaf->seq > closing->seq;
}

bool evidence_is_synthetic(const struct session *session, const struct journal *journal,
    const struct trail *trail, enum chiso_calendar calendar)
{
    for (size_t i = 0; i < trail->count; i++) {
        const struct journal_report *report =
            trail->list[i].used ? evidence_report(session, journal, &trail->list[i], calendar) : NULL;
        if (report && strcmp(report->source, SYNTHETIC_SOURCE) == 0)
            return true;
    }
    return false;
}
