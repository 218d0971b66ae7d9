/* What became of a file, for the clerk who put it into the watched folder. Beside done/NAME, once every report
 * of it has its receipt:
 *
 *   NAME.result.txt   how many figures were taken over, and each one that was not, with the reason
 *   NAME.result.csv   a line for each row: line, unit, period, indicator, revision, outcome, reason, and the
 *                     sentence in Vietnamese and in English; separated as the file was
 */
#ifndef PUBLISHER_RESULT_H
#define PUBLISHER_RESULT_H

#include "io/outbox.h"

/* Writes both and forgets the FILE. After a failure it is simply done again. */
int result_write(
    struct outbox *outbox, const char *dir, const struct outbox_file *file, struct chiso_message *why);

#endif
