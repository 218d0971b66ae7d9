#include "core/score_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *or_none(const char *text)
{
    return text[0] ? text : "-";
}

size_t score_print(const struct score *score, char out[SCORE_TEXT_CHARS])
{
    const char *source = score->published ? "published" : score->value[0] ? "computed" : "-";
    int n = snprintf(out, SCORE_TEXT_CHARS, "%s %s %s %" PRIu32 " %s %s", score_state_names[score->state],
        source, score->incomplete ? "incomplete" : "complete", score->missing, or_none(score->value),
        or_none(score->exact));
    if (score->published)
        n += snprintf(out + n, SCORE_TEXT_CHARS - (size_t)n, " | %s %s", or_none(score->computed),
            or_none(score->computed_exact));
    return (size_t)n;
}

/* ---- reading ---- */

struct words {
    const char *at, *end;
};

/* The next word, blanks single and none at the end; false: there is none, or it does not fit. */
static bool take_word(struct words *words, char *out, size_t capacity)
{
    const char *from = words->at;
    const char *to = memchr(from, ' ', (size_t)(words->end - from));
    size_t length = (size_t)((to ? to : words->end) - from);
    if (length == 0 || length >= capacity || memchr(from, '\0', length) || (to && to + 1 == words->end))
        return false;
    memcpy(out, from, length);
    out[length] = '\0';
    words->at = to ? to + 1 : words->end;
    return true;
}

static bool take_count(struct words *words, uint32_t *out)
{
    char word[16], again[16];
    if (!take_word(words, word, sizeof word) || sscanf(word, "%" SCNu32, out) != 1)
        return false;
    (void)snprintf(again, sizeof again, "%" PRIu32, *out);
    return strcmp(word, again) == 0;
}

static bool take_number(struct words *words, char *out, size_t capacity)
{
    if (!take_word(words, out, capacity) || strspn(out, "0123456789./-") != strlen(out))
        return false;
    if (strcmp(out, "-") == 0)
        out[0] = '\0';
    return true;
}

/* Which of NAMES the next word is; -1: none. */
static int take_name(struct words *words, const char *const names[], int count)
{
    char word[32];
    if (!take_word(words, word, sizeof word))
        return -1;
    for (int i = 0; i < count; i++) {
        if (strcmp(word, names[i]) == 0)
            return i;
    }
    return -1;
}

int score_parse(const char *text, size_t length, struct score *out)
{
    static const char *const sources[] = {"-", "computed", "published"};
    static const char *const completeness[] = {"complete", "incomplete"};
    static const char *const bar[] = {"|"};
    struct words words = {text, text + length};
    struct score score = {.unit = CATALOGUE_NONE};
    int state = take_name(&words, score_state_names, SCORE_STATES), source = take_name(&words, sources, 3),
        whole = take_name(&words, completeness, 2);
    if (state < 0 || source < 0 || whole < 0 || !take_count(&words, &score.missing) ||
        !take_number(&words, score.value, sizeof score.value) ||
        !take_number(&words, score.exact, sizeof score.exact))
        return CHISO_EINVAL;
    score.state = (enum score_state)state;
    score.published = source == 2;
    score.incomplete = whole == 1;
    if (score.published) {
        if (take_name(&words, bar, 1) < 0 || !take_number(&words, score.computed, sizeof score.computed) ||
            !take_number(&words, score.computed_exact, sizeof score.computed_exact))
            return CHISO_EINVAL;
    } else {
        memcpy(score.computed, score.value, sizeof score.computed);
        memcpy(score.computed_exact, score.exact, sizeof score.computed_exact);
    }
    if (words.at != words.end || (score.value[0] != '\0') != (source > 0))
        return CHISO_EINVAL;
    *out = score;
    return CHISO_OK;
}

/* ---- pillars ---- */

void pillar_score_of(const struct attainment *attainment, struct pillar_score *out)
{
    mpq_t percent;
    *out = (struct pillar_score){.decided = attainment->decided, .targets = attainment->targets};
    if (attainment->decided == 0)
        return;
    mpq_init(percent);
    mpq_set_ui(percent, 100, 1);
    mpq_mul(percent, percent, attainment->score);
    rational_print_rounded(percent, PILLAR_SCORE_DECIMALS, out->value, sizeof out->value);
    rational_print_exact(percent, out->exact, sizeof out->exact);
    mpq_clear(percent);
}

size_t pillar_score_print(const struct pillar_score *score, char out[PILLAR_SCORE_TEXT_CHARS])
{
    return (size_t)snprintf(out, PILLAR_SCORE_TEXT_CHARS, "%" PRIu32 " %" PRIu32 " %s %s", score->decided,
        score->targets, or_none(score->value), or_none(score->exact));
}
