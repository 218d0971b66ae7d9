/* Alerts: what is behind its target, what has not been reported, and which figures contradict each other. Pure decisions; the alerter
 * does the rest.
 *
 * What the figures say is a function of the figures, the catalogue and the time alone (alert_find_*), so
 * corrections, withdrawals and late reports are decided like any other report and the order of arrival does
 * not matter. What changes for people follows from that and the state before (alert_apply). An alert keeps
 * its id, and its opening time, for as long as the matter lasts, over however many windows.
 *
 * A target's position is taken from the latest ended window that decides it: one with a figure whose position
 * is not cannot_tell, going back while the same target counts. So a month of which only some communes have
 * reported neither opens nor resolves anything. at_risk is a warning, behind and missed are critical.
 *
 * Figures that violate a consistency rule are a matter for each unit and window, with the rule's severity,
 * where core/rule.h says that it is the unit's (is_alerted). It ends when the figures agree, or when it can no
 * longer be told that they do not. */
#ifndef CORE_ALERT_H
#define CORE_ALERT_H

#include "core/row.h"
#include <chiso/report.h>
#include <jansson.h>

enum alert_kind { ALERT_TARGET, ALERT_OVERDUE, ALERT_INCONSISTENT };
#define ALERT_KINDS 3
enum alert_state { ALERT_OPEN, ALERT_RESOLVED };
/* Why a matter is over, or was never one. */
enum alert_reason {
    ALERT_REASON_NONE,
    ALERT_REASON_FIGURE, /* the figure is good, the report is in, or the figures agree */
    ALERT_REASON_WITHDRAWN, /* no figure is left */
    ALERT_REASON_NOT_APPLICABLE,
    ALERT_REASON_CANNOT_TELL, /* the figures no longer say that it is bad */
    ALERT_REASON_UNIT_ENDED,
    ALERT_REASON_TARGET_CHANGED, /* target, obligation or rule */
    ALERT_REASON_DEFINITION_CHANGED,
    ALERT_REASON_UNIT_MOVED, /* to another province, whose matter it is from now on */
};
#define ALERT_REASONS 9
extern const char *const alert_kind_names[ALERT_KINDS]; /* "target", "overdue", "inconsistent" */
extern const char *const alert_state_names[2]; /* "open", "resolved" */
extern const char *const alert_reason_names[ALERT_REASONS]; /* "", "figure" … */

/* What an alert is about. */
struct alert_subject {
    uint32_t unit, indicator;
    int level; /* STORE_NO_LEVEL or a unit kind; never for overdue */
    enum alert_kind kind;
    /* Of inconsistent only, which has neither indicator (CATALOGUE_NONE) nor level: */
    uint32_t rule;
    struct chiso_period period;
};
/* <unit>|<indicator>|<level or ->|<kind>, or <unit>|<rule>|<period>|inconsistent: the field of
 * chiso:{PP}:alerts. */
#define ALERT_ID_CHARS 160
void alert_subject_id(
    const struct catalogue *catalogue, const struct alert_subject *subject, char out[ALERT_ID_CHARS]);
/* CHISO_ENOTFOUND: not such an id, or the catalogue no longer has its unit, indicator or rule. */
int alert_subject_parse(const struct catalogue *catalogue, const char *id, struct alert_subject *out);

/* What the figures say now. */
struct alert_finding {
    bool is_bad;
    enum severity severity; /* when bad */
    enum alert_reason reason; /* when not */
    bool has_row;
    struct row row; /* the window that decided, or that is overdue */
    bool has_rule;
    struct rule_finding rule; /* of inconsistent */
};
int alert_find(const struct catalogue *catalogue, const struct store *store,
    const struct alert_subject *subject, chiso_instant_ms now, struct alert_finding *out);

/* An alert as it is kept. Owns nothing else. */
#define ALERT_TEXT_BYTES 512
struct alert {
    char id[ALERT_ID_CHARS];
    char unit[CHISO_UNIT_BYTES_MAX + 1], indicator[CHISO_ID_BYTES_MAX + 1], level[16];
    char
        rule[CHISO_ID_BYTES_MAX + 1]; /* of inconsistent, which has no indicator and the position no_target */
    char period[CHISO_PERIOD_CHARS];
    enum alert_kind kind;
    enum position position;
    enum severity severity;
    enum severity peak; /* the worst since it opened: who was told then is told of the end */
    enum alert_state state;
    enum alert_reason reason; /* when resolved */
    chiso_instant_ms opened_at_ms, changed_at_ms;
    uint64_t seq; /* the newest journal entry behind the last change */
    char text_vi[ALERT_TEXT_BYTES], text_en[ALERT_TEXT_BYTES]; /* the reason in one sentence */
};

enum alert_change {
    ALERT_UNCHANGED,
    ALERT_OPENED,
    ALERT_WORSENED, /* a higher severity */
    ALERT_EASED, /* a lower severity, still open */
    ALERT_UPDATED, /* another window or figure, the same severity */
    ALERT_ENDED, /* resolved */
};
#define ALERT_CHANGES 6
extern const char *const alert_change_names[ALERT_CHANGES]; /* "unchanged", "opened" … */
/* People are told when it opens, worsens and ends. */
bool alert_is_told(enum alert_change change);

/* OLD (NULL: none is kept) and what the figures say → *OUT, untouched when unchanged. SEQ: the province's
 * newest journal entry, for what only time has changed. */
enum alert_change alert_apply(const struct catalogue *catalogue, const struct alert *old,
    const struct alert_subject *subject, const struct alert_finding *finding, chiso_instant_ms now,
    uint64_t seq, struct alert *out);
/* The end of an alert whose unit, indicator or rule the catalogue no longer has. */
void alert_end(
    const struct alert *old, enum alert_reason reason, chiso_instant_ms now, uint64_t seq, struct alert *out);

/* Order for qsort of struct alert: the worst first, then the oldest. */
int alert_compare(const void *a, const void *b);

/* The value in chiso:{PP}:alerts: the fields of the Alert message (view.proto) and "peak". NULL without
 * memory. */
json_t *alert_json(const struct alert *alert);
/* CHISO_EINVAL: not an object that alert_json wrote. */
int alert_from_json(const char *text, size_t length, struct alert *out);

/* Why it is resolved, in words. */
const char *alert_reason_text(enum alert_reason reason, const char *language);

#endif
