/* What one unit without children gives to the total above it, in 48 bytes instead of the kilobyte of a struct
 * total: kept beside a stored total (store_parts), so that a total with one touched unit below is recomputed
 * from its children's effective values without combining those of the others again. It is a memo, never a
 * difference: whatever does not fit is combined anew each time, with the same result. */
#ifndef CORE_TOTAL_PART_H
#define CORE_TOTAL_PART_H

#include "core/total.h"

struct total_part {
    int64_t numerator, denominator;
    int32_t oldest_a, oldest_b;
    uint32_t revision, seq;
    uint32_t units; /* in the counts that COUNTED names */
    uint16_t numerator_count, denominator_count;
    uint8_t oldest_kind;
    uint8_t state; /* enum side_state */
    uint8_t qualifiers; /* the numerator's class, and the denominator's × 8 */
    uint8_t counted; /* PART_… */
};
#define PART_KNOWN 1
#define PART_REPORTED 2
#define PART_PARTIAL 4
#define PART_EXPECTED 8
#define PART_NOT_APPLICABLE 16

static inline bool total_part_is_known(const struct total_part *part)
{
    return part->counted & PART_KNOWN;
}

/* A total's REVISION and SEQ, and its CONTRIBUTION (NULL: it gives no figure and no counts). False, with *OUT
 * untouched, where they do not fit: several qualifiers in one operand, or numbers of more than 64 bits. */
bool total_part_make(
    uint64_t revision, uint64_t seq, const struct side *contribution, struct total_part *out);
/* side_join of INTO and what PART was made of, and TOTAL's revision and seq. CHISO_ERANGE as there. */
int total_part_join(const struct total_part *part, enum joining joining, enum chiso_calendar calendar,
    struct side *into, struct total *total);

#endif
