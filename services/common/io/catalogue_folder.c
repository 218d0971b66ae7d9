#include "io/catalogue_folder.h"

#include "io/log.h"
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <hiredis/hiredis.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CURRENT_KEY "chiso:catalogue:current"
#define CATALOGUE_KEY "chiso:catalogue:"
#define REBUILD_KEY "chiso:catalogue:rebuild"

void catalogue_files_release(struct catalogue_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free((void *)(uintptr_t)files->files[i].name);
        free((void *)(uintptr_t)files->files[i].bytes);
    }
    files->count = 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct catalogue_file *)a)->name, ((const struct catalogue_file *)b)->name);
}

static void sort(struct catalogue_files *files)
{
    if (files->count > 1)
        qsort(files->files, files->count, sizeof files->files[0], compare_names);
}

/* Takes BYTES over, also when it fails. */
static int add(
    struct catalogue_files *files, const char *name, char *bytes, size_t length, struct chiso_message *why)
{
    char *copy = strdup(name);
    int error = copy == NULL || bytes == NULL ? CHISO_ENOMEM : CHISO_OK;
    if (error == CHISO_OK && files->count == CATALOGUE_FILES_MAX)
        error = CHISO_ERANGE;
    if (error == CHISO_OK) {
        files->files[files->count++] = (struct catalogue_file){copy, bytes, length};
        return CHISO_OK;
    }
    if (error == CHISO_ENOMEM)
        chiso_message_set(why, "no memory for %s", name);
    else
        chiso_message_set(why, "the catalogue has more than %d files", CATALOGUE_FILES_MAX);
    free(copy);
    free(bytes);
    return error;
}

/* ---- a folder ---- */

static int read_stream(FILE *stream, const char *path, char **out, size_t *length, struct chiso_message *why)
{
    struct stat status;
    if (fstat(fileno(stream), &status) != 0 || !S_ISREG(status.st_mode)) {
        chiso_message_set(why, "%s is not a file", path);
        return CHISO_EIO;
    }
    if (status.st_size > (off_t)CATALOGUE_FILE_BYTES_MAX) {
        chiso_message_set(why, "%s has more than %zu bytes", path, CATALOGUE_FILE_BYTES_MAX);
        return CHISO_ERANGE;
    }
    size_t size = (size_t)status.st_size;
    char *bytes = malloc(size + 1);
    if (bytes == NULL) {
        chiso_message_set(why, "no memory for %s", path);
        return CHISO_ENOMEM;
    }
    if (fread(bytes, 1, size, stream) != size) {
        chiso_message_set(
            why, "%s: %s", path, ferror(stream) ? strerror(errno) : "it changes while it is read");
        free(bytes);
        return CHISO_EIO;
    }
    *out = bytes;
    *length = size;
    return CHISO_OK;
}

static int read_file(
    struct catalogue_files *files, const char *folder, const char *name, struct chiso_message *why)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path) {
        chiso_message_set(why, "the path of %s is too long", name);
        return CHISO_ERANGE;
    }
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL) {
        chiso_message_set(why, "%s: %s", path, strerror(errno));
        return CHISO_EIO;
    }
    char *bytes = NULL;
    size_t length = 0;
    int error = read_stream(stream, path, &bytes, &length, why);
    fclose(stream);
    return error == CHISO_OK ? add(files, name, bytes, length, why) : error;
}

/* Hidden files are an editor's own. */
static int is_catalogue_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 4 && strcmp(entry->d_name + length - 4, ".csv") == 0;
}

int catalogue_files_read(const char *folder, struct catalogue_files *out, struct chiso_message *why)
{
    struct catalogue_files files = {.count = 0};
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_catalogue_file, alphasort);
    if (count < 0) {
        chiso_message_set(why, "%s: %s", folder, strerror(errno));
        return CHISO_EIO;
    }
    int error = CHISO_OK;
    for (int i = 0; i < count; i++) {
        if (error == CHISO_OK)
            error = read_file(&files, folder, entries[i]->d_name, why);
        free(entries[i]);
    }
    free(entries);
    if (error != CHISO_OK) {
        catalogue_files_release(&files);
        return error;
    }
    sort(&files);
    *out = files;
    return CHISO_OK;
}

/* ---- the hash ---- */

void catalogue_files_hash(const struct catalogue_files *files, char out[CATALOGUE_HASH_CHARS])
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    for (size_t i = 0; i < files->count; i++) {
        const struct catalogue_file *file = &files->files[i];
        char length[32];
        int chars = snprintf(length, sizeof length, "\n%zu\n", file->length);
        sha256_update(&context, strlen(file->name), (const uint8_t *)file->name);
        sha256_update(&context, (size_t)chars, (const uint8_t *)length);
        sha256_update(&context, file->length, file->bytes);
    }
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* ---- Redis ---- */

static void make_key(char out[sizeof CATALOGUE_KEY + CATALOGUE_HASH_CHARS], const char *hash)
{
    snprintf(out, sizeof CATALOGUE_KEY + CATALOGUE_HASH_CHARS, CATALOGUE_KEY "%s", hash);
}

static int call(struct redis *redis, int argc, const char *const argv[], const size_t lengths[],
    struct chiso_message *why)
{
    struct redisReply *reply = NULL;
    int error = redis_call(redis, argc, argv, lengths, &reply, why);
    if (error == CHISO_OK)
        redis_free(reply);
    return error;
}

int catalogue_files_keep(struct redis *redis, const struct catalogue_files *files, struct chiso_message *why)
{
    char hash[CATALOGUE_HASH_CHARS], key[sizeof CATALOGUE_KEY + CATALOGUE_HASH_CHARS];
    const char *argv[2 + 2 * CATALOGUE_FILES_MAX] = {"HSET", key};
    size_t lengths[2 + 2 * CATALOGUE_FILES_MAX];
    int argc = 2;
    if (files->count == 0) {
        chiso_message_set(why, "the catalogue has no files");
        return CHISO_EINVAL;
    }
    catalogue_files_hash(files, hash);
    make_key(key, hash);
    lengths[0] = 4;
    lengths[1] = strlen(key);
    for (size_t i = 0; i < files->count; i++) {
        argv[argc] = files->files[i].name;
        lengths[argc++] = strlen(files->files[i].name);
        argv[argc] = files->files[i].bytes;
        lengths[argc++] = files->files[i].length;
    }
    return call(redis, argc, argv, lengths, why);
}

/* Two commands: what dies between them leaves bytes under a hash that nothing names, and can be said again.
 */
int catalogue_files_store(struct redis *redis, const struct catalogue_files *files, struct chiso_message *why)
{
    char hash[CATALOGUE_HASH_CHARS];
    int error = catalogue_files_keep(redis, files, why);
    if (error != CHISO_OK)
        return error;
    catalogue_files_hash(files, hash);
    const char *const set[] = {"SET", CURRENT_KEY, hash};
    return call(redis, 3, set, NULL, why);
}

int catalogue_unsettle(struct redis *redis, const char *hash, struct chiso_message *why)
{
    const char *const argv[] = {"MSET", CURRENT_KEY, hash, REBUILD_KEY, hash};
    return call(redis, 5, argv, NULL, why);
}

int catalogue_settle(struct redis *redis, struct chiso_message *why)
{
    const char *const argv[] = {"DEL", REBUILD_KEY};
    return call(redis, 2, argv, NULL, why);
}

int catalogue_in_force_settled(
    struct redis *redis, char out[CATALOGUE_HASH_CHARS], bool *is_settled, struct chiso_message *why)
{
    const char *const argv[] = {"MGET", CURRENT_KEY, REBUILD_KEY};
    struct redisReply *reply = NULL;
    int error = redis_call(redis, 3, argv, NULL, &reply, why);
    if (error != CHISO_OK)
        return error;
    const struct redisReply *current =
        reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 ? reply->element[0] : reply;
    if (current->type == REDIS_REPLY_STRING && current->len == CATALOGUE_HASH_CHARS - 1) {
        memcpy(out, current->str, CATALOGUE_HASH_CHARS);
        *is_settled = reply->element[1]->type == REDIS_REPLY_NIL;
    } else if (current->type == REDIS_REPLY_NIL) {
        error = CHISO_ENOTFOUND;
        chiso_message_set(why, "Redis holds no catalogue yet; chiso-aggregator stores it");
    } else {
        error = CHISO_EINVAL;
        chiso_message_set(why, CURRENT_KEY " in Redis is not a SHA-256");
    }
    redis_free(reply);
    return error;
}

int catalogue_in_force(struct redis *redis, char out[CATALOGUE_HASH_CHARS], struct chiso_message *why)
{
    bool is_settled;
    return catalogue_in_force_settled(redis, out, &is_settled, why);
}

static int take_fields(
    const struct redisReply *reply, struct catalogue_files *files, struct chiso_message *why)
{
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const struct redisReply *name = reply->element[i], *value = reply->element[i + 1];
        if (name->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING)
            return CHISO_EINVAL;
        char *bytes = malloc(value->len + 1);
        if (bytes != NULL)
            memcpy(bytes, value->str, value->len);
        int error = add(files, name->str, bytes, value->len, why);
        if (error != CHISO_OK)
            return error;
    }
    sort(files);
    return CHISO_OK;
}

static int fetch_files(
    struct redis *redis, const char *hash, struct catalogue_files *files, struct chiso_message *why)
{
    char key[sizeof CATALOGUE_KEY + CATALOGUE_HASH_CHARS];
    make_key(key, hash);
    const char *const argv[] = {"HGETALL", key};
    struct redisReply *reply = NULL;
    int error = redis_call(redis, 2, argv, NULL, &reply, why);
    if (error != CHISO_OK)
        return error;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0) {
        chiso_message_set(why, "Redis holds no catalogue %s", hash);
        error = CHISO_ENOTFOUND;
    } else {
        chiso_message_set(why, "%s in Redis is not a catalogue", key);
        error = take_fields(reply, files, why);
    }
    redis_free(reply);
    return error;
}

int catalogue_files_fetch(struct redis *redis, const char *hash, struct catalogue_files *out,
    char hash_out[CATALOGUE_HASH_CHARS], struct chiso_message *why)
{
    char wanted[CATALOGUE_HASH_CHARS] = "", found[CATALOGUE_HASH_CHARS];
    struct catalogue_files files = {.count = 0};
    int error = CHISO_OK;
    if (hash != NULL)
        snprintf(wanted, sizeof wanted, "%s", hash);
    else
        error = catalogue_in_force(redis, wanted, why);
    if (error == CHISO_OK)
        error = fetch_files(redis, wanted, &files, why);
    if (error == CHISO_OK) {
        catalogue_files_hash(&files, found);
        if (strcmp(found, wanted) != 0) {
            chiso_message_set(
                why, "the catalogue %s in Redis has been changed: its bytes give %s", wanted, found);
            error = CHISO_EINVAL;
        }
    }
    if (error != CHISO_OK) {
        catalogue_files_release(&files);
        return error;
    }
    *out = files;
    memcpy(hash_out, wanted, CATALOGUE_HASH_CHARS);
    return CHISO_OK;
}

/* ---- both ---- */

static void log_finding(const struct catalogue_finding *finding)
{
    if (finding->warning)
        log_warning("catalogue", "at=%s:%zu:%zu text=%s", finding->file, finding->line, finding->column,
            log_quoted(finding->text));
    else
        log_error("catalogue", "at=%s:%zu:%zu text=%s", finding->file, finding->line, finding->column,
            log_quoted(finding->text));
}

/* Warnings of a stored catalogue were logged by the service that stored it. */
static void log_findings(
    const struct catalogue_findings *findings, bool with_warnings, struct chiso_message *why)
{
    bool told = false;
    for (size_t i = 0; i < findings->count; i++) {
        const struct catalogue_finding *finding = &findings->list[i];
        if (!finding->warning || with_warnings)
            log_finding(finding);
        if (!finding->warning && !told)
            chiso_message_set(
                why, "%s:%zu:%zu: %s", finding->file, finding->line, finding->column, finding->text);
        told |= !finding->warning;
    }
}

int catalogue_files_load(const struct catalogue_files *files, bool with_warnings, struct catalogue **out,
    struct chiso_message *why)
{
    struct catalogue_findings findings = {0};
    int error = catalogue_load(files->files, files->count, out, &findings);
    if (error == CHISO_ENOMEM)
        chiso_message_set(why, "no memory for the catalogue");
    log_findings(&findings, with_warnings, why);
    catalogue_findings_release(&findings);
    return error;
}

int catalogue_open_stored(
    struct redis *redis, const char *hash, struct catalogue **out, struct chiso_message *why)
{
    struct catalogue_files files = {.count = 0};
    char found[CATALOGUE_HASH_CHARS];
    int error = catalogue_files_fetch(redis, hash, &files, found, why);
    if (error != CHISO_OK)
        return error;
    error = catalogue_files_load(&files, false, out, why);
    catalogue_files_release(&files);
    return error;
}

int catalogue_open(const char *folder, struct redis *redis, struct catalogue **out,
    char hash_out[CATALOGUE_HASH_CHARS], struct chiso_message *why)
{
    struct catalogue_files files = {.count = 0};
    char hash[CATALOGUE_HASH_CHARS];
    int error = folder != NULL ? catalogue_files_read(folder, &files, why)
                               : catalogue_files_fetch(redis, NULL, &files, hash, why);
    if (error != CHISO_OK)
        return error;
    catalogue_files_hash(&files, hash);
    error = catalogue_files_load(&files, folder != NULL, out, why);
    if (error == CHISO_OK)
        memcpy(hash_out, hash, CATALOGUE_HASH_CHARS);
    catalogue_files_release(&files);
    return error;
}
