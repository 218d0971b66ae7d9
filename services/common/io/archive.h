/* Journal entries in files: a folder that `chisoctl archive` fills and every reader of journals goes on in
 * (io/journal_source.h). Format: io/resp_file.h.
 *
 *   35-000000000001-000000000300.resp   entries 1 to 300 of province 35: XADD chiso:{35}:journal <seq>-0 …
 *   catalogue-<sha256>.resp             a catalogue they name: HSET chiso:catalogue:<sha256> file bytes … */
#ifndef IO_ARCHIVE_H
#define IO_ARCHIVE_H

#include "io/catalogue_folder.h"
#include "io/redis.h"
#include <stdint.h>

struct archive;
/* Looks which files there are. CHISO_EIO with a sentence. */
int archive_open(const char *folder, struct archive **out, struct chiso_message *why);
void archive_close(struct archive *archive); /* accepts NULL */
const char *archive_folder(const struct archive *archive);

/* The last entry of PROVINCE that the folder has, together with all before it; 0: not even the first. */
uint64_t archive_last(const struct archive *archive, const char *province);
/* Entries FROM … LAST of PROVINCE, at most COUNT, as XRANGE answers. Those behind the last one are not there; any other
 * that is missing is CHISO_EINVAL with a sentence, as is a damaged file. The caller frees *OUT with redis_free. */
int archive_range(struct archive *archive, const char *province, uint64_t from, uint64_t last, size_t count,
    struct redisReply **out, struct chiso_message *why);

/* ---- filling it ---- */

/* Whoever else fills the folder is kept out until archive_close. CHISO_ECONFLICT with a sentence. */
int archive_lock(struct archive *archive, struct chiso_message *why);
/* The name of the file with entries FIRST … LAST. */
#define ARCHIVE_NAME_CHARS 96
void archive_name(char out[ARCHIVE_NAME_CHARS], const char *province, uint64_t first, uint64_t last);
/* Looks again which files there are. */
int archive_refresh(struct archive *archive, struct chiso_message *why);
/* Keeps the catalogue HASH, which is read from REDIS, unless it is there. */
int archive_keep_catalogue(
    struct archive *archive, struct redis *redis, const char *hash, struct chiso_message *why);

#endif
