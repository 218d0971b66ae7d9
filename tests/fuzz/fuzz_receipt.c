/* Any bytes as a receipt: nothing crashes, a refusal says why, and what is accepted survives encoding and
 * decoding unchanged. */
#include <chiso/report.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void same_verdict(const struct chiso_verdict *a, const struct chiso_verdict *b)
{
    assert(strcmp(a->report_id, b->report_id) == 0 && a->outcome == b->outcome && a->revision == b->revision);
    assert(chiso_outcome_name(a->outcome) != NULL);
    assert(a->rejection_count == b->rejection_count);
    for (size_t i = 0; i < a->rejection_count; i++) {
        const struct chiso_rejection *x = &a->rejections[i], *y = &b->rejections[i];
        assert(strlen(x->text) <= CHISO_REJECTION_BYTES_MAX);
        assert(
            x->reason == 0 || chiso_reason_name(x->reason) != NULL); /* one may say no more than the text */
        assert(strcmp(x->indicator, y->indicator) == 0 && strcmp(x->text, y->text) == 0);
        assert(x->reason == y->reason);
    }
}

static void same_receipt(const struct chiso_receipt *a, const struct chiso_receipt *b)
{
    assert(strcmp(a->province, b->province) == 0 && strcmp(a->publisher, b->publisher) == 0);
    assert(a->committed_at_ms == b->committed_at_ms && a->seq == b->seq);
    assert(a->verdict_count == b->verdict_count);
    for (size_t i = 0; i < a->verdict_count; i++)
        same_verdict(&a->verdicts[i], &b->verdicts[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct chiso_arena arena, other;
    struct chiso_receipt receipt, again;
    struct chiso_message why = {""};
    uint8_t *packed;
    size_t packed_length;

    if (arena.base == NULL)
        assert(!chiso_arena_init(&arena, ARENA_BYTES) && !chiso_arena_init(&other, ARENA_BYTES));
    chiso_arena_reset(&arena);
    chiso_arena_reset(&other);
    int error = chiso_receipt_decode(&arena, bytes, length, &receipt, &why);
    assert(error == CHISO_OK || (error == CHISO_EINVAL && why.text[0] != '\0'));
    if (error != CHISO_OK)
        return 0;
    /* Defaults are not written, so the canonical bytes are never longer. */
    error = chiso_receipt_encode(&receipt, &packed, &packed_length);
    assert(error == CHISO_OK && packed_length <= length);
    /* Nothing but defaults, and fields that this version does not know, is empty, which is no receipt. */
    error = chiso_receipt_decode(&other, packed, packed_length, &again, &why);
    assert((error == CHISO_OK) == (packed_length > 0));
    if (error == CHISO_OK)
        same_receipt(&receipt, &again);
    free(packed);
    return 0;
}
