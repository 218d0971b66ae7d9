#include "core/total_part.h"

/* The one class that SUMS has, if it has no more and its figure fits. */
static bool take_operand(const struct sums *sums, int64_t *value, uint16_t *count, unsigned *qualifier)
{
    *value = 0;
    *count = 0;
    *qualifier = 0;
    for (unsigned q = 0; q < CHISO_QUALIFIERS; q++) {
        if (sums->count[q] == 0)
            continue;
        if (*count > 0 || sums->count[q] > UINT16_MAX || sums->sum[q] > INT64_MAX || sums->sum[q] < INT64_MIN)
            return false;
        *value = (int64_t)sums->sum[q];
        *count = (uint16_t)sums->count[q];
        *qualifier = q;
    }
    return true;
}

/* Adds FLAG for COUNT units; all counts of one unit are the same or 0. */
static bool take_count(struct total_part *part, uint32_t count, uint8_t flag)
{
    if (count == 0)
        return true;
    if (part->units != 0 && part->units != count)
        return false;
    part->units = count;
    part->counted |= flag;
    return true;
}

bool total_part_make(uint64_t revision, uint64_t seq, const struct side *contribution, struct total_part *out)
{
    static const struct side nothing;
    const struct side *side = contribution ? contribution : &nothing;
    struct total_part part = {.oldest_kind = (uint8_t)side->oldest.kind,
        .oldest_a = side->oldest.a,
        .oldest_b = side->oldest.b,
        .revision = (uint32_t)revision,
        .seq = (uint32_t)seq,
        .state = (uint8_t)side->state,
        .counted = PART_KNOWN};
    unsigned numerator, denominator;
    if (revision > UINT32_MAX || seq > UINT32_MAX ||
        !take_operand(&side->numerator, &part.numerator, &part.numerator_count, &numerator) ||
        !take_operand(&side->denominator, &part.denominator, &part.denominator_count, &denominator) ||
        !take_count(&part, side->reported, PART_REPORTED) ||
        !take_count(&part, side->partial, PART_PARTIAL) ||
        !take_count(&part, side->expected, PART_EXPECTED) ||
        !take_count(&part, side->not_applicable, PART_NOT_APPLICABLE))
        return false;
    part.qualifiers = (uint8_t)(numerator | denominator << 3);
    *out = part;
    return true;
}

static uint32_t units_of(const struct total_part *part, uint8_t flag)
{
    return part->counted & flag ? part->units : 0;
}

int total_part_join(const struct total_part *part, enum joining joining, enum chiso_calendar calendar,
    struct side *into, struct total *total)
{
    struct chiso_period oldest = {(enum chiso_period_kind)part->oldest_kind, part->oldest_a, part->oldest_b};
    total->revision += part->revision;
    if (part->seq > total->seq)
        total->seq = part->seq;
    if (part->numerator_count > 0 &&
        sums_add(&into->numerator, part->qualifiers & 7, part->numerator, part->numerator_count, joining))
        return CHISO_ERANGE;
    if (part->denominator_count > 0 && sums_add(&into->denominator, part->qualifiers >> 3, part->denominator,
                                           part->denominator_count, JOIN_SUM))
        return CHISO_ERANGE;
    side_add_state(into, (enum side_state)part->state, oldest, calendar);
    return side_add_units(into, units_of(part, PART_REPORTED), units_of(part, PART_PARTIAL),
        units_of(part, PART_EXPECTED), units_of(part, PART_NOT_APPLICABLE));
}
