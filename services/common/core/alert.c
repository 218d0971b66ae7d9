#include "core/alert.h"

#include "core/text.h"
#include <stdio.h>
#include <string.h>

const char *const alert_kind_names[ALERT_KINDS] = {"target", "overdue", "inconsistent"};
const char *const alert_state_names[2] = {"open", "resolved"};
const char *const alert_reason_names[ALERT_REASONS] = {"", "figure", "withdrawn", "not_applicable",
    "cannot_tell", "unit_ended", "target_changed", "definition_changed", "unit_moved"};
const char *const alert_change_names[ALERT_CHANGES] = {
    "unchanged", "opened", "worsened", "eased", "updated", "ended"};

bool alert_is_told(enum alert_change change)
{
    return change == ALERT_OPENED || change == ALERT_WORSENED || change == ALERT_ENDED;
}

/* ---- identity ---- */

void alert_subject_id(
    const struct catalogue *catalogue, const struct alert_subject *subject, char out[ALERT_ID_CHARS])
{
    const char *unit = catalogue_unit_code(catalogue, subject->unit);
    if (subject->kind == ALERT_INCONSISTENT) {
        char period[CHISO_PERIOD_CHARS];
        chiso_period_print(subject->period, period);
        (void)snprintf(out, ALERT_ID_CHARS, "%s|%s|%s|%s", unit, catalogue_rule(catalogue, subject->rule)->id,
            period, alert_kind_names[subject->kind]);
        return;
    }
    (void)snprintf(out, ALERT_ID_CHARS, "%s|%s|%s|%s", unit,
        catalogue_indicator(catalogue, subject->indicator)->id,
        subject->level == STORE_NO_LEVEL ? "-" : unit_kind_names[subject->level],
        alert_kind_names[subject->kind]);
}

/* The next of the id's words; false when it is empty, missing or too long. */
static bool next_word(const char **at, char *out, size_t capacity)
{
    size_t length = strcspn(*at, "|");
    if (length == 0 || length >= capacity)
        return false;
    memcpy(out, *at, length);
    out[length] = '\0';
    *at += length + ((*at)[length] == '|');
    return true;
}

static bool find_name(const char *name, const char *const names[], int count, int *out)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

int alert_subject_parse(const struct catalogue *catalogue, const char *id, struct alert_subject *out)
{
    char unit[CHISO_UNIT_BYTES_MAX + 1], what[CHISO_ID_BYTES_MAX + 1], where[CHISO_PERIOD_CHARS], kind[16];
    int kind_index = 0, level = STORE_NO_LEVEL;
    if (!next_word(&id, unit, sizeof unit) || !next_word(&id, what, sizeof what) ||
        !next_word(&id, where, sizeof where) || !next_word(&id, kind, sizeof kind) || *id != '\0' ||
        id[-1] == '|' || !find_name(kind, alert_kind_names, ALERT_KINDS, &kind_index))
        return CHISO_ENOTFOUND;
    struct alert_subject subject = {.unit = catalogue_unit_find(catalogue, unit),
        .indicator = CATALOGUE_NONE,
        .level = STORE_NO_LEVEL,
        .kind = (enum alert_kind)kind_index};
    if (subject.kind == ALERT_INCONSISTENT) {
        subject.rule = catalogue_rule_find(catalogue, what);
        if (subject.rule == CATALOGUE_NONE || chiso_period_parse(where, strlen(where), &subject.period))
            return CHISO_ENOTFOUND;
    } else {
        subject.indicator = catalogue_indicator_find(catalogue, what);
        if (subject.indicator == CATALOGUE_NONE ||
            (strcmp(where, "-") != 0 && !find_name(where, unit_kind_names, UNIT_KINDS, &level)))
            return CHISO_ENOTFOUND;
        subject.level = level;
    }
    if (subject.unit == CATALOGUE_NONE)
        return CHISO_ENOTFOUND;
    *out = subject;
    return CHISO_OK;
}

/* ---- transitions ---- */

/* Where no window is left to speak of. */
static void say_why(enum alert_reason reason, struct alert *alert)
{
    (void)snprintf(
        alert->text_vi, sizeof alert->text_vi, "Cảnh báo kết thúc: %s.", alert_reason_text(reason, "vi"));
    (void)snprintf(
        alert->text_en, sizeof alert->text_en, "The alert ends: %s.", alert_reason_text(reason, "en"));
}

static void describe(const struct catalogue *catalogue, const struct alert_finding *finding,
    chiso_instant_ms now, uint64_t seq, struct alert *alert)
{
    const struct row *row = &finding->row;
    alert->changed_at_ms = now;
    alert->seq = seq;
    if (finding->has_rule) {
        if (finding->rule.seq != 0)
            alert->seq = finding->rule.seq;
        rule_text(&finding->rule, "vi", alert->text_vi, sizeof alert->text_vi);
        rule_text(&finding->rule, "en", alert->text_en, sizeof alert->text_en);
        return;
    }
    if (!finding->has_row) {
        say_why(finding->reason, alert);
        return;
    }
    chiso_period_print(row->period, alert->period);
    alert->position = row->position;
    if (row->seq != 0)
        alert->seq = row->seq;
    row_reason_text(catalogue, row, "vi", alert->text_vi, sizeof alert->text_vi);
    row_reason_text(catalogue, row, "en", alert->text_en, sizeof alert->text_en);
}

static struct alert fresh(const struct catalogue *catalogue, const struct alert_subject *subject)
{
    struct alert alert = {.kind = subject->kind};
    alert_subject_id(catalogue, subject, alert.id);
    (void)snprintf(alert.unit, sizeof alert.unit, "%s", catalogue_unit_code(catalogue, subject->unit));
    if (subject->kind == ALERT_INCONSISTENT) {
        (void)snprintf(alert.rule, sizeof alert.rule, "%s", catalogue_rule(catalogue, subject->rule)->id);
        chiso_period_print(subject->period, alert.period);
        return alert;
    }
    (void)snprintf(alert.indicator, sizeof alert.indicator, "%s",
        catalogue_indicator(catalogue, subject->indicator)->id);
    if (subject->level != STORE_NO_LEVEL)
        (void)snprintf(alert.level, sizeof alert.level, "%s", unit_kind_names[subject->level]);
    return alert;
}

static bool reads_alike(const struct alert *a, const struct alert *b)
{
    return a->position == b->position && strcmp(a->period, b->period) == 0 &&
           strcmp(a->text_vi, b->text_vi) == 0 && strcmp(a->text_en, b->text_en) == 0;
}

static enum alert_change open_or_change(const struct alert *old, enum severity severity, struct alert *next)
{
    next->severity = severity;
    next->state = ALERT_OPEN;
    next->reason = ALERT_REASON_NONE;
    if (!old || old->state == ALERT_RESOLVED) {
        next->opened_at_ms = next->changed_at_ms;
        next->peak = severity;
        return ALERT_OPENED;
    }
    next->peak = severity > old->peak ? severity : old->peak;
    if (severity != old->severity)
        return severity > old->severity ? ALERT_WORSENED : ALERT_EASED;
    return reads_alike(old, next) ? ALERT_UNCHANGED : ALERT_UPDATED;
}

enum alert_change alert_apply(const struct catalogue *catalogue, const struct alert *old,
    const struct alert_subject *subject, const struct alert_finding *finding, chiso_instant_ms now,
    uint64_t seq, struct alert *out)
{
    bool was_open = old && old->state == ALERT_OPEN;
    if (!finding->is_bad && !was_open)
        return ALERT_UNCHANGED;
    struct alert next = old ? *old : fresh(catalogue, subject);
    describe(catalogue, finding, now, seq, &next);
    enum alert_change change = ALERT_ENDED;
    if (finding->is_bad) {
        change = open_or_change(old, finding->severity, &next);
    } else {
        next.state = ALERT_RESOLVED;
        next.reason = finding->reason;
    }
    if (change != ALERT_UNCHANGED)
        *out = next;
    return change;
}

void alert_end(
    const struct alert *old, enum alert_reason reason, chiso_instant_ms now, uint64_t seq, struct alert *out)
{
    *out = *old;
    out->state = ALERT_RESOLVED;
    out->reason = reason;
    out->changed_at_ms = now;
    out->seq = seq;
    say_why(reason, out);
}

int alert_compare(const void *a, const void *b)
{
    const struct alert *x = a, *y = b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->opened_at_ms != y->opened_at_ms)
        return x->opened_at_ms < y->opened_at_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* ---- JSON ---- */

json_t *alert_json(const struct alert *alert)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:s,s:s,s:s,s:s,s:s}", "id", alert->id,
        "unit", alert->unit, "indicator", alert->indicator, "level", alert->level, "period", alert->period,
        "kind", alert_kind_names[alert->kind], "position", position_names[alert->position], "severity",
        severity_names[alert->severity], "state", alert_state_names[alert->state], "opened_at_ms",
        (json_int_t)alert->opened_at_ms, "changed_at_ms", (json_int_t)alert->changed_at_ms, "seq",
        (json_int_t)alert->seq, "text_vi", alert->text_vi, "text_en", alert->text_en, "reason",
        alert_reason_names[alert->reason], "rule", alert->rule, "peak", severity_names[alert->peak]);
}

static bool take_text(json_t *object, const char *key, char *out, size_t capacity)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text || strlen(text) >= capacity)
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

static bool take_name(json_t *object, const char *key, const char *const names[], int count, int *out)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && find_name(text, names, count, out);
}

static bool take_number(json_t *object, const char *key, int64_t *out)
{
    json_t *member = json_object_get(object, key);
    *out = json_integer_value(member);
    return json_is_integer(member) && *out >= 0;
}

static bool take_alert(json_t *object, struct alert *out)
{
    int kind, position, severity, peak, state, reason;
    int64_t seq;
    if (!take_text(object, "id", out->id, sizeof out->id) ||
        !take_text(object, "unit", out->unit, sizeof out->unit) ||
        !take_text(object, "indicator", out->indicator, sizeof out->indicator) ||
        !take_text(object, "level", out->level, sizeof out->level) ||
        !take_text(object, "period", out->period, sizeof out->period) ||
        !take_text(object, "text_vi", out->text_vi, sizeof out->text_vi) ||
        !take_text(object, "text_en", out->text_en, sizeof out->text_en) ||
        /* Alerts of a version without rules have no such member. */
        (json_object_get(object, "rule") && !take_text(object, "rule", out->rule, sizeof out->rule)) ||
        !take_name(object, "kind", alert_kind_names, ALERT_KINDS, &kind) ||
        !take_name(object, "position", position_names, POSITIONS, &position) ||
        !take_name(object, "severity", severity_names, 3, &severity) ||
        !take_name(object, "peak", severity_names, 3, &peak) ||
        !take_name(object, "state", alert_state_names, 2, &state) ||
        !take_name(object, "reason", alert_reason_names, ALERT_REASONS, &reason) ||
        !take_number(object, "opened_at_ms", &out->opened_at_ms) ||
        !take_number(object, "changed_at_ms", &out->changed_at_ms) || !take_number(object, "seq", &seq))
        return false;
    out->kind = (enum alert_kind)kind;
    out->position = (enum position)position;
    out->severity = (enum severity)severity;
    out->peak = (enum severity)peak;
    out->state = (enum alert_state)state;
    out->reason = (enum alert_reason)reason;
    out->seq = (uint64_t)seq;
    return true;
}

int alert_from_json(const char *text, size_t length, struct alert *out)
{
    struct alert alert = {0};
    json_t *object = json_loadb(text, length, 0, NULL);
    bool taken = json_is_object(object) && take_alert(object, &alert);
    json_decref(object);
    if (!taken)
        return CHISO_EINVAL;
    *out = alert;
    return CHISO_OK;
}

/* ---- words ---- */

const char *alert_reason_text(enum alert_reason reason, const char *language)
{
    static const char *const vi[ALERT_REASONS] = {"", "số liệu đã đạt yêu cầu", "số liệu đã được rút lại",
        "chỉ số không còn áp dụng", "số liệu mới không còn cho thấy điều đó", "đơn vị đã kết thúc",
        "chỉ tiêu, nghĩa vụ báo cáo hoặc quy tắc đã thay đổi", "định nghĩa chỉ số đã thay đổi",
        "đơn vị đã chuyển sang tỉnh khác"};
    static const char *const en[ALERT_REASONS] = {"", "the figure is as it should be",
        "the figure was withdrawn", "the indicator does not apply", "the figures no longer show it",
        "the unit has ended", "the target, the obligation or the rule has changed",
        "the definition has changed", "the unit has moved to another province"};
    return text_is_english(language) ? en[reason] : vi[reason];
}
