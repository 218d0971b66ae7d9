/* What a rule's finding is called for people, and as JSON for programs. */
#include "core/rule.h"

#include "core/figure.h"
#include "core/json_list.h"
#include "core/text.h"
#include <string.h>

static const char *pick(const char *language, const char *vi, const char *en)
{
    return text_is_english(language) ? en : vi;
}

static const char *name_of(const struct indicator *definition, const char *language)
{
    bool english = text_is_english(language) && definition->name_en[0];
    return english ? definition->name_en : definition->name_vi;
}

static const char *const signs[] = {
    [RULE_EQUAL] = "=", [RULE_AT_MOST] = "≤", [RULE_AT_LEAST] = "≥", [RULE_LESS] = "<", [RULE_GREATER] = ">"};

/* ---- numbers ---- */

/* "171", "trên 60", "60–70": a sum by its ends. */
static void add_sum(struct text *text, const struct rule_number *sum, const char *language)
{
    char low[RULE_NUMBER_CHARS], high[RULE_NUMBER_CHARS];
    text_number(sum->low, language, low, sizeof low);
    text_number(sum->high, language, high, sizeof high);
    if (!low[0] && !high[0])
        text_add(text, "?");
    else if (!high[0])
        text_add(text, "%s %s", pick(language, "ít nhất", "at least"), low);
    else if (!low[0])
        text_add(text, "%s %s", pick(language, "tối đa", "at most"), high);
    else if (strcmp(low, high) == 0)
        text_add(text, "%s", low);
    else
        text_add(text, "%s–%s", low, high);
}

/* ", chênh 1": how far left and right are apart at least; nothing where that is 0. */
static void add_difference(struct text *text, const struct rule_number *difference, const char *language)
{
    bool positive = difference->low[0] && difference->low[0] != '-' && strcmp(difference->low, "0") != 0;
    const char *near = positive ? difference->low : difference->high;
    bool exact = strcmp(difference->low, difference->high) == 0;
    char number[RULE_NUMBER_CHARS];
    if (!near[0] || strcmp(near, "0") == 0)
        return;
    text_number(near + (near[0] == '-'), language, number, sizeof number);
    text_add(text,
        exact ? pick(language, ", chênh %s", ", off by %s")
              : pick(language, ", chênh ít nhất %s", ", off by at least %s"),
        number);
}

/* "Toàn trình (60) + một phần (50) = tổng số (171)" */
static void add_terms(struct text *text, const struct rule_finding *finding, const char *language)
{
    const struct rule *rule = finding->rule;
    char number[RULE_NUMBER_CHARS + 32];
    for (size_t i = 0; i < rule->count; i++) {
        const struct rule_term *term = &finding->terms[i];
        if (i == rule->left_count)
            text_add(text, " %s ", signs[rule->relation]);
        else if (i > 0)
            text_add(text, " + ");
        text_add(text, "%s", name_of(term->definition, language));
        text_figure(term->number.qualifier, term->number.value, "", language, number, sizeof number);
        text_add(text, " (%s)", number);
    }
}

static const char *gap_text(enum rule_gap gap, const char *language)
{
    static const char *const vi[] = {
        "", "chưa báo cáo", "chưa đủ báo cáo", "không áp dụng", "không so sánh được"};
    static const char *const en[] = {
        "", "is not reported", "is incomplete", "does not apply", "is not comparable"};
    return pick(language, vi[gap], en[gap]);
}

/* ---- sentences ---- */

static void add_compared(struct text *text, const struct rule_finding *finding, const char *language)
{
    static const char *const vi[] = {
        "phải bằng", "không được lớn hơn", "không được nhỏ hơn", "phải nhỏ hơn", "phải lớn hơn"};
    static const char *const en[] = {
        "must equal", "must not exceed", "must not be less than", "must be less than", "must be more than"};
    enum rule_relation relation = finding->rule->relation;
    if (finding->state == RULE_VIOLATED)
        text_add(text, "%s", pick(language, "Số liệu không khớp: ", "The figures contradict each other: "));
    else if (finding->state == RULE_HOLDS)
        text_add(text, "%s", pick(language, "Số liệu khớp: ", "The figures agree: "));
    else
        text_add(text, "%s", pick(language, "Chưa thể kết luận: ", "It cannot be told: "));
    add_sum(text, &finding->left, language);
    text_add(text, " %s ",
        finding->state == RULE_VIOLATED ? pick(language, vi[relation], en[relation]) : signs[relation]);
    add_sum(text, &finding->right, language);
    if (finding->state == RULE_VIOLATED)
        add_difference(text, &finding->difference, language);
    text_add(text, ": ");
    add_terms(text, finding, language);
    text_add(text, ".");
}

void rule_text(const struct rule_finding *finding, const char *language, char *out, size_t capacity)
{
    struct text text;
    const char *comma = "";
    text_begin(&text, out, capacity);
    if (finding->state != RULE_NOT_JUDGED) {
        add_compared(&text, finding, language);
        return;
    }
    text_add(&text, "%s", pick(language, "Chưa xét: ", "Not judged: "));
    for (size_t i = 0; i < finding->rule->count; i++) {
        const struct rule_term *term = &finding->terms[i];
        if (term->gap == RULE_GAP_NONE)
            continue;
        text_add(&text, "%s%s %s", comma, name_of(term->definition, language), gap_text(term->gap, language));
        comma = ", ";
    }
    text_add(&text, ".");
}

const char *rule_title(const struct catalogue *catalogue, const struct rule *rule, const char *language)
{
    size_t right = rule->count - rule->left_count;
    if (right != 1 && rule->left_count != 1)
        return "";
    uint32_t indicator = rule->indicators[right == 1 ? rule->left_count : 0];
    return name_of(catalogue_indicator(catalogue, indicator), language);
}

/* ---- JSON ---- */

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

/* {value, low, high}, or null where there is no number. */
static json_t *number_json(const struct rule_number *number)
{
    if (!number->value[0])
        return json_null();
    return json_pack("{s:s,s:o,s:o}", "value", number->value, "low", text_or_null(number->low), "high",
        text_or_null(number->high));
}

static json_t *term_json(
    const struct catalogue *catalogue, const struct rule *rule, size_t place, const struct rule_term *term)
{
    const char *value = term->number.value;
    bool reported = term->reporter != CATALOGUE_NONE;
    return json_pack("{s:s,s:s,s:o,s:o,s:o,s:s?}", "indicator", term->definition->id, "side",
        place < rule->left_count ? "left" : "right", "value", text_or_null(value), "qualifier",
        value[0] ? json_string(figure_qualifier_names[term->number.qualifier]) : json_null(), "missing",
        text_or_null(rule_gap_names[term->gap]), "reported_by",
        reported ? catalogue_unit_code(catalogue, term->reporter) : NULL);
}

static json_t *terms_json(const struct catalogue *catalogue, const struct rule_finding *finding)
{
    json_t *terms = json_array();
    for (size_t i = 0; i < finding->rule->count; i++)
        json_list_add(&terms, term_json(catalogue, finding->rule, i, &finding->terms[i]));
    return terms;
}

json_t *rule_json(const struct catalogue *catalogue, const struct rule_finding *finding)
{
    const struct rule *rule = finding->rule;
    char period[CHISO_PERIOD_CHARS], vi[1024], en[1024];
    chiso_period_print(finding->period, period);
    rule_text(finding, "vi", vi, sizeof vi);
    rule_text(finding, "en", en, sizeof en);
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:o,s:o,s:o,s:o,s:s,s:s}", "rule", rule->id, "unit",
        catalogue_unit_code(catalogue, finding->unit), "period", period, "operator",
        rule_relation_names[rule->relation], "severity", severity_names[rule->severity], "state",
        rule_state_names[finding->state], "alerted", finding->is_alerted, "left", number_json(&finding->left),
        "right", number_json(&finding->right), "difference", number_json(&finding->difference), "terms",
        terms_json(catalogue, finding), "text_vi", vi, "text_en", en);
}
