/* What every command starts with: its options, the catalogue in force, and the figures of a province. Each
 * step returns SESSION_ON to go on, otherwise the exit status to leave with, the reason printed. */
#ifndef CTL_SESSION_H
#define CTL_SESSION_H

#include "core/catalogue.h"
#include "core/store.h"
#include "io/catalogue_folder.h"
#include "io/figures.h"
#include "io/journal_source.h"
#include "io/options.h"
#include "io/redis.h"

#define SESSION_ON (-1)

struct session {
    const struct program *program;
    struct options options;
    struct redis *redis;
    struct archive *archive; /* NULL: without --archive */
    struct catalogue *catalogue;
    char hash[CATALOGUE_HASH_CHARS]; /* of the catalogue in force */
    struct store *store; /* figures loaded so far */
    chiso_instant_ms now;
    bool past; /* everything as it stood at NOW, made again from the journals */
    const char *past_province; /* NULL, or the province of which only commits up to PAST_SEQ count */
    uint64_t past_seq;
    struct journal_replay *journal; /* what the past is read with */
};

/* The keys of a command that reads Redis and the catalogue, for struct program. */
extern const char *const session_keys[];
/* The same with --province. */
extern const char *const session_province_keys[];

/* Parses the options. OPERAND (may be NULL: then none is allowed) receives the one operand. */
int session_start(
    struct session *session, const struct program *program, int argc, char **argv, const char **operand);
/* Redis alone, and a store for figures. */
int session_connect_redis(struct session *session);
/* Redis and the catalogue. */
int session_connect(struct session *session);
/* The catalogue alone; Redis only where that is read from there. */
int session_connect_catalogue(struct session *session);
/* Frees everything; accepts a session that never started. Returns STATUS. */
int session_end(struct session *session, int status);

/* The journals: in Redis, and in the archive where one is given. */
struct journal_source session_journals(const struct session *session);

/* "chisoctl get: …" on standard error, in Vietnamese where core/sentence_vi.h knows the sentence and --lang does not
 * say en. session_fail returns STATUS. */
void session_warn(const struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int session_fail(const struct session *session, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with WHY, or where that is empty what ERROR means; EXIT_RUNTIME. */
int session_fail_for(const struct session *session, int error, const struct chiso_message *why);

/* The unit, period and (may be NULL) indicator a command asks about. */
struct question {
    const char *unit_code, *indicator_id; /* as given; the caller's */
    struct chiso_period period;
    uint32_t unit, indicator; /* indicator CATALOGUE_NONE: all */
    bool on_boundaries; /* --boundaries: the unit that has the code on that day (STATISTICS S5) */
    chiso_day boundaries;
    const struct unit_row *row; /* the unit's on the period's last day, or on that day */
};
/* The value of --period; EXIT_USAGE when it is none. */
int session_period(const struct session *session, const char *period, struct chiso_period *out);
/* The flags alone, before anything is connected: EXIT_USAGE when one is missing or no period. */
int session_question(const struct session *session, const char *unit, const char *period,
    const char *indicator, struct question *out);
/* --boundaries, NULL without: EXIT_USAGE when it is no day. */
int session_boundaries(const struct session *session, const char *day, struct question *question);
/* --as-of, NULL without, before anything is connected: a time, or the end of a day in Vietnam. EXIT_USAGE when it
 * is none, or in the future. */
int session_as_of(struct session *session, const char *text);
/* In the catalogue: EXIT_RUNTIME with the catalogue's sentence for a unit that is not valid on the period's
 * last day (on the day of the boundaries), and for an unknown indicator. */
int session_answerable(const struct session *session, struct question *question);

/* Adds all figures of PROVINCE to the store. */
int session_load_province(struct session *session, uint32_t province);
/* The same, and those of every province that kept figures of units which became units of this one, so that
 * windows with a merger inside, and history on later boundaries, can be told (core/boundaries.h). */
int session_load_history(struct session *session, uint32_t province);
/* Adds the figures that UNIT's totals on DAY need: its province's history, or every province for the nation.
 */
int session_load(struct session *session, uint32_t unit, chiso_day day);
/* The same from the journals; session_load_province does it where the session is in the past. */
int session_load_past(struct session *session, uint32_t province);
/* Exchanges the catalogue in force for that of then. */
int session_open_past(struct session *session);
/* A session as things stood when commit SEQ of PROVINCE (its code, which lives as long) was made, with nothing
 * loaded. *OUT, also after a failure, is ended with session_past_end. */
int session_at_closing(
    const struct session *session, const char *province, uint64_t seq, struct session *out);
void session_past_end(struct session *past);
/* The provinces a command goes over: --province, or all that have a commit; *OUT malloc'ed. */
int session_provinces(const struct session *session, uint32_t **out, size_t *count);

const char *session_language(const struct session *session);
bool session_english(const struct session *session);
/* One of two texts, by --lang. */
const char *session_text(const struct session *session, const char *vi, const char *en);
/* What is wrong, by --lang: SENTENCE, or its translation in TEXT. */
#define SESSION_SENTENCE_BYTES (4 * CHISO_MESSAGE_BYTES)
const char *session_sentence(
    const struct session *session, const char *sentence, char text[SESSION_SENTENCE_BYTES]);
/* Of WHY, or where that is empty of what ERROR means. */
const char *session_reason(const struct session *session, const struct chiso_message *why, int error,
    char text[SESSION_SENTENCE_BYTES]);
/* name_vi or name_en; a name that is missing falls back to the other, then to the code. */
const char *session_unit_name(const struct session *session, const struct unit_row *row);
const char *session_indicator_name(const struct session *session, const struct indicator *definition);

#endif
