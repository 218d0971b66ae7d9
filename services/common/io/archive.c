#include "io/archive.h"

#include "core/list.h"
#include "io/resp_file.h"
#include <chiso/report.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SUFFIX ".resp"

struct part {
    char province[CHISO_UNIT_BYTES_MAX + 1];
    uint64_t first, last;
    char name[ARCHIVE_NAME_CHARS];
    struct resp_file *file; /* NULL: not opened yet */
};

struct archive {
    char *folder;
    struct part *parts; /* by province, first */
    size_t count, capacity;
    int lock; /* -1: none */
};

/* ---- the folder ---- */

void archive_name(char out[ARCHIVE_NAME_CHARS], const char *province, uint64_t first, uint64_t last)
{
    (void)snprintf(out, ARCHIVE_NAME_CHARS, "%.32s-%012" PRIu64 "-%012" PRIu64 SUFFIX, province, first, last);
}

static int add_part(struct archive *archive, const char *name)
{
    struct part part = {.first = 0};
    char again[ARCHIVE_NAME_CHARS];
    if (sscanf(name, "%32[A-Za-z0-9]-%" SCNu64 "-%" SCNu64, part.province, &part.first, &part.last) != 3)
        return CHISO_OK;
    archive_name(again, part.province, part.first, part.last);
    if (strcmp(again, name) != 0 || part.first == 0 || part.last < part.first)
        return CHISO_OK;
    memcpy(part.name, again, sizeof part.name);
    if (LIST_GROW(archive->parts, archive->count, archive->capacity))
        return CHISO_ENOMEM;
    archive->parts[archive->count++] = part;
    return CHISO_OK;
}

static int compare(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    int order = strcmp(x->province, y->province);
    return order ? order : (x->first > y->first) - (x->first < y->first);
}

static void forget_parts(struct archive *archive)
{
    for (size_t i = 0; i < archive->count; i++)
        resp_file_close(archive->parts[i].file);
    archive->count = 0;
}

int archive_refresh(struct archive *archive, struct chiso_message *why)
{
    int error = CHISO_OK;
    DIR *folder = opendir(archive->folder);
    if (!folder) {
        chiso_message_set(why, "the archive %s: %s", archive->folder, strerror(errno));
        return CHISO_EIO;
    }
    forget_parts(archive);
    for (const struct dirent *entry; !error && (entry = readdir(folder));)
        error = add_part(archive, entry->d_name);
    (void)closedir(folder);
    if (archive->count)
        qsort(archive->parts, archive->count, sizeof *archive->parts, compare);
    return error;
}

int archive_open(const char *folder, struct archive **out, struct chiso_message *why)
{
    struct archive *archive = calloc(1, sizeof *archive);
    int error = archive && (archive->folder = strdup(folder)) ? CHISO_OK : CHISO_ENOMEM;
    if (archive)
        archive->lock = -1;
    if (!error)
        error = archive_refresh(archive, why);
    if (error)
        archive_close(archive);
    else
        *out = archive;
    return error;
}

void archive_close(struct archive *archive)
{
    if (!archive)
        return;
    forget_parts(archive);
    if (archive->lock >= 0)
        (void)close(archive->lock);
    free(archive->parts);
    free(archive->folder);
    free(archive);
}

const char *archive_folder(const struct archive *archive)
{
    return archive->folder;
}

int archive_lock(struct archive *archive, struct chiso_message *why)
{
    archive->lock = open(archive->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (archive->lock >= 0 && flock(archive->lock, LOCK_EX | LOCK_NB) == 0)
        return CHISO_OK;
    chiso_message_set(why, "the archive %s: %s", archive->folder,
        errno == EWOULDBLOCK ? "somebody else is filling it" : strerror(errno));
    return errno == EWOULDBLOCK ? CHISO_ECONFLICT : CHISO_EIO;
}

/* ---- entries ---- */

uint64_t archive_last(const struct archive *archive, const char *province)
{
    uint64_t last = 0;
    for (size_t i = 0; i < archive->count; i++) {
        const struct part *part = &archive->parts[i];
        if (strcmp(part->province, province) == 0 && part->first == last + 1)
            last = part->last;
    }
    return last;
}

static struct part *part_of(struct archive *archive, const char *province, uint64_t seq)
{
    for (size_t i = 0; i < archive->count; i++) {
        struct part *part = &archive->parts[i];
        if (strcmp(part->province, province) == 0 && part->first <= seq && seq <= part->last)
            return part;
    }
    return NULL;
}

/* XADD key id field value … becomes [id, [field, value, …]]; takes COMMAND over. */
static int reshape(redisReply *command, uint64_t seq, redisReply **out)
{
    char id[32];
    (void)snprintf(id, sizeof id, "%" PRIu64 "-0", seq);
    bool fits = command->type == REDIS_REPLY_ARRAY && command->elements > 3 && command->elements % 2 == 1 &&
                strcmp(command->element[0]->str, "XADD") == 0 && strcmp(command->element[2]->str, id) == 0;
    redisReply *fields = fits ? calloc(1, sizeof *fields) : NULL;
    redisReply **list = fields ? calloc(command->elements - 3, sizeof *list) : NULL;
    if (!list) {
        free(fields);
        redis_free(command);
        return fits ? CHISO_ENOMEM : CHISO_EINVAL;
    }
    fields->type = REDIS_REPLY_ARRAY;
    fields->elements = command->elements - 3;
    fields->element = list;
    memcpy(list, command->element + 3, fields->elements * sizeof *list);
    redis_free(command->element[0]);
    redis_free(command->element[1]);
    command->element[0] = command->element[2];
    command->element[1] = fields;
    command->elements = 2;
    *out = command;
    return CHISO_OK;
}

static int read_entry(
    struct archive *archive, const char *province, uint64_t seq, redisReply **out, struct chiso_message *why)
{
    struct redisReply *command = NULL;
    struct part *part = part_of(archive, province, seq);
    if (!part) {
        chiso_message_set(
            why, "the archive %s has no entry %" PRIu64 " of province %s", archive->folder, seq, province);
        return CHISO_EINVAL;
    }
    int error = part->file ? CHISO_OK : resp_file_open(archive->folder, part->name, &part->file, why);
    if (!error && resp_file_count(part->file) != part->last - part->first + 1) {
        chiso_message_set(why, "%s/%s does not have the entries of its name", archive->folder, part->name);
        return CHISO_EINVAL;
    }
    if (!error)
        error = resp_file_command(part->file, (size_t)(seq - part->first), &command);
    if (!error && (error = reshape(command, seq, out)) == CHISO_EINVAL)
        chiso_message_set(why, "%s/%s: entry %" PRIu64 " is none", archive->folder, part->name, seq);
    return error;
}

int archive_range(struct archive *archive, const char *province, uint64_t from, uint64_t last, size_t count,
    struct redisReply **out, struct chiso_message *why)
{
    uint64_t end = archive_last(archive, province);
    end = last < end ? last : end;
    size_t most = from <= end && end - from < count ? (size_t)(end - from + 1) : from <= end ? count : 0;
    redisReply *reply = calloc(1, sizeof *reply);
    int error = CHISO_OK;
    if (!reply)
        return CHISO_ENOMEM;
    reply->type = REDIS_REPLY_ARRAY;
    reply->element = calloc(most + 1, sizeof *reply->element);
    if (!reply->element)
        error = CHISO_ENOMEM;
    for (size_t i = 0; i < most && !error; i++) {
        error = read_entry(archive, province, from + i, &reply->element[i], why);
        reply->elements += error == CHISO_OK;
    }
    if (error)
        redis_free(reply);
    else
        *out = reply;
    return error;
}

/* ---- catalogues ---- */

int archive_keep_catalogue(
    struct archive *archive, struct redis *redis, const char *hash, struct chiso_message *why)
{
    char name[ARCHIVE_NAME_CHARS], key[ARCHIVE_NAME_CHARS], path[4096], found[CATALOGUE_HASH_CHARS];
    const char *words[2 + 2 * CATALOGUE_FILES_MAX] = {"HSET", key};
    size_t lengths[2 + 2 * CATALOGUE_FILES_MAX] = {4};
    struct catalogue_files files = {.count = 0};
    struct resp_writer *writer = NULL;
    (void)snprintf(name, sizeof name, "catalogue-%.64s" SUFFIX, hash);
    (void)snprintf(key, sizeof key, "chiso:catalogue:%.64s", hash);
    if (snprintf(path, sizeof path, "%s/%s", archive->folder, name) < (int)sizeof path &&
        access(path, F_OK) == 0)
        return CHISO_OK;
    int error = catalogue_files_fetch(redis, hash, &files, found, why);
    lengths[1] = strlen(key);
    for (size_t i = 0; i < files.count; i++) {
        words[2 + 2 * i] = files.files[i].name;
        lengths[2 + 2 * i] = strlen(files.files[i].name);
        words[3 + 2 * i] = files.files[i].bytes;
        lengths[3 + 2 * i] = files.files[i].length;
    }
    if (!error)
        error = resp_writer_open(archive->folder, name, &writer, why);
    if (!error) {
        resp_writer_command(writer, 2 + 2 * files.count, words, lengths);
        error = resp_writer_finish(writer, name, why);
    }
    catalogue_files_release(&files);
    return error;
}
