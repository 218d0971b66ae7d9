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

int total_part_join(const struct total_part *part, enum joining joining, enum chiso_calendar calendar,
    struct side *into, struct total *total)
{
    unsigned n = part->qualifiers & 7, d = part->qualifiers >> 3;
    struct side one;
    total->revision += part->revision;
    if (part->seq > total->seq)
        total->seq = part->seq;
    if (part->counted == PART_KNOWN && part->state == SIDE_NONE)
        return CHISO_OK;
    one.state = (enum side_state)part->state;
    one.reported = part->counted & PART_REPORTED ? part->units : 0;
    one.partial = part->counted & PART_PARTIAL ? part->units : 0;
    one.expected = part->counted & PART_EXPECTED ? part->units : 0;
    one.not_applicable = part->counted & PART_NOT_APPLICABLE ? part->units : 0;
    one.oldest =
        (struct chiso_period){(enum chiso_period_kind)part->oldest_kind, part->oldest_a, part->oldest_b};
    for (unsigned q = 0; q < CHISO_QUALIFIERS; q++)
        one.numerator.count[q] = one.denominator.count[q] = 0;
    one.numerator.sum[n] = part->numerator;
    one.numerator.count[n] = part->numerator_count;
    one.denominator.sum[d] = part->denominator;
    one.denominator.count[d] = part->denominator_count;
    return side_join(into, &one, joining, calendar);
}
