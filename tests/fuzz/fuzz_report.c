/* Any bytes as a report: nothing crashes, a full arena suffices, a refusal says why, and what is accepted
 * survives encoding and decoding unchanged. */
#include <chiso/report.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void same_report(const struct chiso_report *a, const struct chiso_report *b)
{
    assert(strcmp(a->report_id, b->report_id) == 0 && strcmp(a->unit, b->unit) == 0);
    assert(strcmp(a->period, b->period) == 0 && strcmp(a->source, b->source) == 0);
    assert(a->revision == b->revision && a->sequence == b->sequence && a->issued_at_ms == b->issued_at_ms);
    assert(a->observation_count == b->observation_count);
    for (size_t i = 0; i < a->observation_count; i++) {
        const struct chiso_observation *x = &a->observations[i], *y = &b->observations[i];
        assert(strcmp(x->indicator, y->indicator) == 0 && strcmp(x->note, y->note) == 0);
        assert(x->value == y->value && x->denominator == y->denominator && x->scale == y->scale);
        assert(x->qualifier == y->qualifier && x->denominator_qualifier == y->denominator_qualifier);
        assert(x->bare == y->bare && x->withdrawn == y->withdrawn && x->not_applicable == y->not_applicable);
    }
}

static void try_report(struct chiso_arena *arena, const uint8_t *bytes, size_t length)
{
    struct chiso_report report, again;
    struct chiso_message why = {""};
    uint8_t *packed;
    size_t packed_length;

    chiso_arena_reset(arena);
    int error = chiso_report_decode(arena, bytes, length, &report, &why);
    assert(error == CHISO_OK || error == CHISO_EINVAL);
    if (error != CHISO_OK) {
        assert(why.text[0] != '\0' && strlen(why.text) <= CHISO_REJECTION_BYTES_MAX);
        return;
    }
    assert(report.observation_count <= CHISO_OBSERVATIONS_MAX);
    /* Defaults are not written, so the canonical bytes are never longer. */
    error = chiso_report_encode(&report, &packed, &packed_length);
    assert(error == CHISO_OK && packed_length <= length);
    if (packed_length > 0) {
        chiso_arena_reset(arena);
        struct chiso_arena other = {0};
        assert(chiso_arena_init(&other, CHISO_REPORT_ARENA_BYTES_MAX) == CHISO_OK);
        assert(chiso_report_decode(arena, bytes, length, &report, &why) == CHISO_OK);
        assert(chiso_report_decode(&other, packed, packed_length, &again, &why) == CHISO_OK);
        same_report(&report, &again);
        chiso_arena_release(&other);
    }
    free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct chiso_arena arena;

    if (arena.base == NULL && chiso_arena_init(&arena, CHISO_REPORT_ARENA_BYTES_MAX) != CHISO_OK)
        return 0;
    try_report(&arena, bytes, length);
    return 0;
}
