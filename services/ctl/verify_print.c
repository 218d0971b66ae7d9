/* What verify finds, for people. */
#include "verify.h"

#include "session.h"

static const char *words(const struct verification *v, const char *text, char buffer[SESSION_SENTENCE_BYTES])
{
    return text[0] == '(' ? session_sentence(v->session, text, buffer) : text;
}

void verify_print(const struct verification *v, FILE *out, const char *key, const char *field,
    const char *stored, const char *computed)
{
    char a[SESSION_SENTENCE_BYTES], b[SESSION_SENTENCE_BYTES];
    const char *format =
        session_text(v->session, "  đang lưu:  %s\n  tính được: %s\n", "  stored:   %s\n  computed: %s\n");
    (void)fprintf(out, "%s%s%s\n", key, field ? " " : "", field ? field : "");
    (void)fprintf(out, format, words(v, stored, a), words(v, computed, b));
}

void verify_difference(
    struct verification *v, const char *key, const char *field, const char *stored, const char *computed)
{
    verify_print(v, stdout, key, field, stored, computed);
    v->differences++;
}
