/* The catalogue's way in: from a folder, and from Redis, where the one in force lies under its SHA-256
 * (proto/README.md). */
#ifndef IO_CATALOGUE_FOLDER_H
#define IO_CATALOGUE_FOLDER_H

#include "core/catalogue.h"
#include "io/redis.h"

#define CATALOGUE_HASH_CHARS 65

/* The files of a catalogue, bytes included, sorted by name. */
struct catalogue_files {
    struct catalogue_file files[CATALOGUE_FILES_MAX];
    size_t count;
};
void catalogue_files_release(struct catalogue_files *files);

/* All *.csv of FOLDER. CHISO_EIO, CHISO_ERANGE (too large, too many) with a sentence. */
int catalogue_files_read(const char *folder, struct catalogue_files *out, struct chiso_message *why);
/* SHA-256 over names, lengths and bytes in name order, as lower-case hex: for each file its name, a line end,
 * its length in decimal digits, a line end, its bytes. */
void catalogue_files_hash(const struct catalogue_files *files, char out[CATALOGUE_HASH_CHARS]);

/* Stores the files under their hash, in force or not. */
int catalogue_files_keep(struct redis *redis, const struct catalogue_files *files, struct chiso_message *why);
/* The same, and makes it the one in force (chiso:catalogue:current). */
int catalogue_files_store(
    struct redis *redis, const struct catalogue_files *files, struct chiso_message *why);
/* The hash of the catalogue in force. CHISO_ENOTFOUND: there is none yet. */
int catalogue_in_force(struct redis *redis, char out[CATALOGUE_HASH_CHARS], struct chiso_message *why);
/* The same, and whether figures are on their way to where it puts them (chiso:catalogue:rebuild): meanwhile no
 * report is taken and nothing is judged. */
int catalogue_in_force_settled(
    struct redis *redis, char out[CATALOGUE_HASH_CHARS], bool *is_settled, struct chiso_message *why);
/* The catalogue HASH, which is kept, comes into force, unsettled until it is said to be settled. */
int catalogue_unsettle(struct redis *redis, const char *hash, struct chiso_message *why);
int catalogue_settle(struct redis *redis, struct chiso_message *why);
/* The files of HASH, or of the catalogue in force when HASH is NULL. CHISO_ENOTFOUND: none is stored. */
int catalogue_files_fetch(struct redis *redis, const char *hash, struct catalogue_files *out,
    char hash_out[CATALOGUE_HASH_CHARS], struct chiso_message *why);

/* The catalogue of FILES. Errors are logged, warnings only WITH_WARNINGS, and the first error goes to WHY. */
int catalogue_files_load(const struct catalogue_files *files, bool with_warnings, struct catalogue **out,
    struct chiso_message *why);

/* The catalogue stored under HASH, in force or not. CHISO_ENOTFOUND: none is. */
int catalogue_open_stored(
    struct redis *redis, const char *hash, struct catalogue **out, struct chiso_message *why);
/* Loads from FOLDER, or from Redis when FOLDER is NULL, as catalogue_files_load does, with warnings where a
 * folder is read. */
int catalogue_open(const char *folder, struct redis *redis, struct catalogue **out,
    char hash_out[CATALOGUE_HASH_CHARS], struct chiso_message *why);

#endif
