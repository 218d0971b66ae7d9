/* A pillar's default score in words. */
#include "print.h"

#include "core/score_text.h"
#include "core/text.h"
#include <inttypes.h>
#include <stdio.h>

int pillar_score_text(const struct session *session, uint32_t unit, uint32_t pillar,
    struct chiso_period period, char *out, size_t capacity)
{
    struct attainment attainment;
    struct pillar_score score;
    char number[SCORE_CHARS], name[CHISO_PERIOD_TEXT_BYTES];
    struct text text;
    attainment_init(&attainment);
    out[0] = '\0';
    int error = attainment_of_pillar(
        session->catalogue, session->store, unit, pillar, period, session->now, &attainment);
    if (!error && attainment.decided > 0) {
        pillar_score_of(&attainment, &score);
        text_number(score.value, session_language(session), number, sizeof number);
        period_text(session, period, name);
        text_begin(&text, out, capacity);
        text_add(&text,
            session_text(session, "mức hoàn thành chỉ tiêu %s: %s%% (đánh giá được %" PRIu32 "/%" PRIu32 ")",
                "targets attained, %s: %s%% (%" PRIu32 " of %" PRIu32 " decided)"),
            name, number, attainment.decided, attainment.targets);
    }
    attainment_release(&attainment);
    return error;
}
