/* What viewers subscribe to (proto/chiso/v1/view.proto) as plain C. Each message but ServiceStatus goes out
 * twice, as protobuf and as JSON with the same field names, from one struct, so the two cannot disagree.
 *
 * Strings may be NULL (sent as ""). Structs own nothing. Encoding gives newly malloc'ed bytes that the caller
 * frees; JSON newly malloc'ed text, NULL without memory or when a string is not UTF-8. In JSON numbers are
 * numbers, figures exact decimal strings, and every field is present. */
#ifndef CORE_VIEW_H
#define CORE_VIEW_H

#include <chiso/date.h>
#include <chiso/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct view_figure {
    const char *unit, *indicator, *level, *period, *state;
    const char *value, *numerator, *denominator, *qualifier, *low, *high, *basis;
    uint32_t reported, partial, expected, not_applicable;
    const char *oldest;
    uint64_t revision;
    const char *position, *target, *target_due, *expected_for_date;
    const char *name_vi, *name_en, *unit_label_vi, *text_vi;
    bool running;
    size_t violation_count;
    const char *const *violations; /* ids of rules */
    chiso_instant_ms closed_at_ms; /* 0: open */
    const char *closed_by;
    bool restated;
    const char *year_before_period, *year_before_state, *year_before_value, *year_before_qualifier, *change;
    const char *not_comparable, *redefined;
    bool rules_elsewhere;
};

struct view_score {
    const char *index, *period, *state, *value, *exact;
    bool published;
    const char *computed, *computed_exact;
    bool incomplete;
    uint32_t missing;
    const char *name_vi, *name_en, *text_vi;
    bool running;
};

struct view_pillar_score {
    const char *period, *value, *exact;
    uint32_t decided, targets;
    const char *text_vi;
};

struct view_pillar_snapshot {
    const char *province, *pillar;
    uint64_t seq;
    chiso_instant_ms committed_at_ms;
    const char *catalogue;
    size_t figure_count;
    const struct view_figure *figures;
    uint32_t reported, expected;
    size_t score_count;
    const struct view_score *scores;
    struct view_pillar_score score;
};

struct view_changed_figure {
    const char *unit, *period, *indicator;
    bool restatement;
};

struct view_pillar_change {
    const char *province, *pillar;
    uint64_t seq, previous;
    size_t changed_count;
    const struct view_changed_figure *changed;
};

struct view_alert {
    const char *id, *unit, *indicator, *level, *period, *kind, *position, *severity, *state;
    chiso_instant_ms opened_at_ms, changed_at_ms;
    uint64_t seq;
    const char *text_vi, *text_en, *reason, *rule;
};

struct view_alert_snapshot {
    const char *province;
    uint64_t seq;
    size_t alert_count;
    const struct view_alert *alerts;
    uint32_t open; /* those that are left out included */
};

struct view_alert_event {
    const char *province;
    uint64_t seq;
    struct view_alert alert;
};

/* How often an event of the log has happened. */
struct view_counter {
    const char *event;
    uint64_t count;
    chiso_instant_ms last_at_ms;
};

struct view_service_status {
    const char *service, *instance, *state;
    chiso_instant_ms at_ms;
    const char *version;
    uint64_t published, outstanding, refused; /* of a publisher */
    const struct view_counter *counters;
    size_t counter_count;
};

/* 0 or CHISO_ENOMEM. */
int view_pillar_snapshot_encode(const struct view_pillar_snapshot *view, uint8_t **out, size_t *length);
int view_pillar_change_encode(const struct view_pillar_change *view, uint8_t **out, size_t *length);
int view_alert_snapshot_encode(const struct view_alert_snapshot *view, uint8_t **out, size_t *length);
int view_alert_event_encode(const struct view_alert_event *view, uint8_t **out, size_t *length);
int view_service_status_encode(const struct view_service_status *view, uint8_t **out, size_t *length);

/* The other way round, for whoever asks what is on its way: a publisher's status as it came from the broker.
 * CHISO_EINVAL: it is none. */
struct view_publisher_status {
    char state[16];
    chiso_instant_ms at_ms;
    uint64_t published, outstanding, refused;
};
int view_publisher_status_decode(const void *bytes, size_t length, struct view_publisher_status *out);

char *view_pillar_snapshot_json(const struct view_pillar_snapshot *view);
char *view_pillar_change_json(const struct view_pillar_change *view);
char *view_alert_snapshot_json(const struct view_alert_snapshot *view);
char *view_alert_event_json(const struct view_alert_event *view);

#endif
