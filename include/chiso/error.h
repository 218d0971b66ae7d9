/* Error codes of the chiso libraries, and the sentence that goes with a refusal.
 *
 * Functions return 0 (CHISO_OK) or one of these negative codes; outputs are untouched on failure. Where the
 * reason matters to a person, a function also takes a struct chiso_message and writes one English sentence
 * that names the offending value and its place. */
#ifndef CHISO_ERROR_H
#define CHISO_ERROR_H

enum chiso_error {
    CHISO_OK = 0,
    CHISO_EINVAL = -1, /* the input is malformed */
    CHISO_ERANGE = -2, /* a number is outside its limits or would overflow */
    CHISO_ENOMEM = -3, /* memory, or an arena's cap, is exhausted */
    CHISO_ENOTFOUND = -4, /* what was asked for does not exist */
    CHISO_ECONFLICT = -5, /* somebody else changed the state meanwhile */
    CHISO_EIO = -6, /* a file, socket or server failed */
    CHISO_ETIMEOUT = -7, /* no answer in time: the outcome is unknown */
    CHISO_EREFUSED = -8, /* well-formed, but a rule forbids it */
    CHISO_EUNSUPPORTED = -9,
};

/* Static English text; never NULL. */
const char *chiso_strerror(int error);

/* Room for one sentence; longer text is cut at a UTF-8 character boundary. */
#define CHISO_MESSAGE_BYTES 256
struct chiso_message {
    char text[CHISO_MESSAGE_BYTES];
};

/* printf into MESSAGE (may be NULL: then nothing is written). Control characters and invalid UTF-8 that
 * arrive through outside values are printed as '?', so a log line stays one line. */
void chiso_message_set(struct chiso_message *message, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
