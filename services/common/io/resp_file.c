#include "io/resp_file.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 4096
#define DIGEST_CHARS (2 * SHA256_DIGEST_SIZE + 1)
#define SUM_PREFIX "sha256 "
/* *2, ECHO, and the sum: "*2\r\n$4\r\nECHO\r\n$71\r\nsha256 <64>\r\n" */
#define SUM_BYTES (4 + 10 + 5 + 71 + 2)

static void digest_text(struct sha256_ctx *context, char out[DIGEST_CHARS])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static int join(char out[PATH_BYTES], const char *folder, const char *prefix, const char *name,
    const char *suffix, struct chiso_message *why)
{
    if (snprintf(out, PATH_BYTES, "%s/%s%s%s", folder, prefix, name, suffix) < PATH_BYTES)
        return CHISO_OK;
    chiso_message_set(why, "the path of %s is too long", name);
    return CHISO_EIO;
}

/* ---- writing ---- */

struct resp_writer {
    FILE *file;
    char *folder;
    char part[PATH_BYTES], path[PATH_BYTES];
    struct sha256_ctx sum;
    uint64_t bytes;
    size_t commands;
};

static void release(struct resp_writer *writer)
{
    if (writer->file)
        (void)fclose(writer->file);
    free(writer->folder);
    free(writer);
}

void resp_writer_cancel(struct resp_writer *writer)
{
    if (!writer)
        return;
    (void)unlink(writer->part);
    release(writer);
}

/* A new file, whatever has that name: through a link another file would be written. */
static FILE *open_part(const char *path)
{
    (void)unlink(path);
    int handle = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = handle < 0 ? NULL : fdopen(handle, "wb");
    if (handle >= 0 && !file)
        (void)close(handle);
    return file;
}

int resp_writer_open(
    const char *folder, const char *name, struct resp_writer **out, struct chiso_message *why)
{
    struct resp_writer *writer = calloc(1, sizeof *writer);
    if (!writer || !(writer->folder = strdup(folder))) {
        if (writer)
            release(writer);
        return CHISO_ENOMEM;
    }
    int error = join(writer->part, folder, ".", name, ".part", why);
    if (!error && !(writer->file = open_part(writer->part))) {
        chiso_message_set(why, "cannot write %s: %s", writer->part, strerror(errno));
        error = CHISO_EIO;
    }
    if (error) {
        release(writer);
        return error;
    }
    sha256_init(&writer->sum);
    *out = writer;
    return CHISO_OK;
}

static void put(struct resp_writer *writer, const void *bytes, size_t length)
{
    sha256_update(&writer->sum, length, bytes);
    writer->bytes += length;
    (void)fwrite(bytes, 1, length, writer->file); /* ferror tells, at the end */
}

static void put_count(struct resp_writer *writer, char kind, size_t count)
{
    char text[32];
    put(writer, text, (size_t)snprintf(text, sizeof text, "%c%zu\r\n", kind, count));
}

void resp_writer_command(
    struct resp_writer *writer, size_t count, const char *const words[], const size_t lengths[])
{
    put_count(writer, '*', count);
    for (size_t i = 0; i < count; i++) {
        put_count(writer, '$', lengths[i]);
        put(writer, words[i], lengths[i]);
        put(writer, "\r\n", 2);
    }
    writer->commands++;
}

uint64_t resp_writer_bytes(const struct resp_writer *writer)
{
    return writer->bytes;
}

static int fail(const char *what, const char *path, struct chiso_message *why)
{
    chiso_message_set(why, "cannot %s %s: %s", what, path, strerror(errno));
    return CHISO_EIO;
}

static int sync_folder(const char *folder, struct chiso_message *why)
{
    int handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = handle < 0 || fsync(handle) != 0 ? fail("sync", folder, why) : CHISO_OK;
    if (handle >= 0)
        (void)close(handle);
    return error;
}

/* What has been written must be what can be read. */
static int read_back(const struct resp_writer *writer, const char *part, struct chiso_message *why)
{
    struct resp_file *file = NULL;
    int error = resp_file_open(writer->folder, part, &file, why);
    if (!error && resp_file_count(file) != writer->commands) {
        chiso_message_set(why, "%s does not read back as it was written", writer->part);
        error = CHISO_EINVAL;
    }
    resp_file_close(file);
    return error;
}

static int settle(struct resp_writer *writer, struct chiso_message *why)
{
    size_t lengths[2] = {4, sizeof SUM_PREFIX - 1 + DIGEST_CHARS - 1};
    char sum[sizeof SUM_PREFIX - 1 + DIGEST_CHARS] = SUM_PREFIX;
    struct sha256_ctx copy = writer->sum;
    size_t commands = writer->commands;
    digest_text(&copy, sum + sizeof SUM_PREFIX - 1);
    resp_writer_command(writer, 2, (const char *const[]){"ECHO", sum}, lengths);
    writer->commands = commands;
    if (fflush(writer->file) != 0 || ferror(writer->file) || fsync(fileno(writer->file)) != 0)
        return fail("write", writer->part, why);
    int error = read_back(writer, strrchr(writer->part, '/') + 1, why);
    if (!error && rename(writer->part, writer->path) != 0)
        error = fail("make", writer->path, why);
    return error ? error : sync_folder(writer->folder, why);
}

int resp_writer_finish(struct resp_writer *writer, const char *name, struct chiso_message *why)
{
    int error = join(writer->path, writer->folder, "", name, "", why);
    if (!error)
        error = settle(writer, why);
    resp_writer_cancel(writer);
    return error;
}

/* ---- reading ---- */

struct resp_file {
    const char *bytes;
    size_t length; /* with the checksum */
    size_t *starts; /* of each command, and the end of the last one */
    size_t count, capacity;
};

void resp_file_close(struct resp_file *file)
{
    if (!file)
        return;
    if (file->bytes)
        (void)munmap((void *)(uintptr_t)file->bytes, file->length);
    free(file->starts);
    free(file);
}

/* "*12\r\n": false where there is none. */
static bool read_count(const char *bytes, size_t end, size_t *at, char kind, size_t *out)
{
    size_t value = 0, i = *at;
    if (i >= end || bytes[i++] != kind)
        return false;
    for (; i < end && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
        if (value > end)
            return false;
        value = 10 * value + (size_t)(bytes[i] - '0');
    }
    if (i + 2 > end || bytes[i] != '\r' || bytes[i + 1] != '\n')
        return false;
    *at = i + 2;
    *out = value;
    return true;
}

static bool skip_command(const char *bytes, size_t end, size_t *at)
{
    size_t words, length;
    if (!read_count(bytes, end, at, '*', &words) || words == 0)
        return false;
    for (size_t i = 0; i < words; i++) {
        if (!read_count(bytes, end, at, '$', &length) || length > end - *at || end - *at - length < 2 ||
            memcmp(bytes + *at + length, "\r\n", 2) != 0)
            return false;
        *at += length + 2;
    }
    return true;
}

static int index_commands(struct resp_file *file, size_t end)
{
    size_t at = 0;
    for (;;) {
        if (file->count == file->capacity) {
            size_t grown = file->capacity ? 2 * file->capacity : 256;
            size_t *moved = realloc(file->starts, (grown + 1) * sizeof *moved);
            if (!moved)
                return CHISO_ENOMEM;
            file->starts = moved;
            file->capacity = grown;
        }
        file->starts[file->count] = at;
        if (at == end)
            return CHISO_OK;
        if (!skip_command(file->bytes, end, &at))
            return CHISO_EINVAL;
        file->count++;
    }
}

static bool sum_fits(const struct resp_file *file, size_t end)
{
    char tail[SUM_BYTES + 1], digest[DIGEST_CHARS];
    struct sha256_ctx sum;
    sha256_init(&sum);
    sha256_update(&sum, end, (const uint8_t *)file->bytes);
    digest_text(&sum, digest);
    (void)snprintf(tail, sizeof tail, "*2\r\n$4\r\nECHO\r\n$%zu\r\n" SUM_PREFIX "%s\r\n",
        sizeof SUM_PREFIX - 1 + strlen(digest), digest);
    return strlen(tail) == SUM_BYTES && memcmp(file->bytes + end, tail, SUM_BYTES) == 0;
}

static int map(const char *path, struct resp_file *file, struct chiso_message *why)
{
    struct stat status;
    int handle = open(path, O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return fail("read", path, why);
    int error = fstat(handle, &status) == 0 ? CHISO_OK : fail("read", path, why);
    if (!error && status.st_size >= (off_t)SUM_BYTES) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, handle, 0);
        if (bytes == MAP_FAILED)
            error = fail("read", path, why);
        else
            *file = (struct resp_file){.bytes = bytes, .length = (size_t)status.st_size};
    }
    (void)close(handle);
    return error;
}

int resp_file_open(const char *folder, const char *name, struct resp_file **out, struct chiso_message *why)
{
    char path[PATH_BYTES];
    struct resp_file *file = calloc(1, sizeof *file);
    int error = file ? join(path, folder, "", name, "", why) : CHISO_ENOMEM;
    if (!error)
        error = map(path, file, why);
    if (!error && (!file->bytes || !sum_fits(file, file->length - SUM_BYTES))) {
        chiso_message_set(why, "%s is damaged or cut short: its checksum does not fit", path);
        error = CHISO_EINVAL;
    }
    if (!error && (error = index_commands(file, file->length - SUM_BYTES)) == CHISO_EINVAL)
        chiso_message_set(why, "%s is no file of commands", path);
    if (error)
        resp_file_close(file);
    else
        *out = file;
    return error;
}

size_t resp_file_count(const struct resp_file *file)
{
    return file->count;
}

int resp_file_command(const struct resp_file *file, size_t at, struct redisReply **out)
{
    void *reply = NULL;
    redisReader *reader = redisReaderCreate();
    if (!reader)
        return CHISO_ENOMEM;
    int failed =
        redisReaderFeed(reader, file->bytes + file->starts[at], file->starts[at + 1] - file->starts[at]);
    if (!failed)
        failed = redisReaderGetReply(reader, &reply);
    redisReaderFree(reader);
    if (failed || !reply)
        return CHISO_ENOMEM; /* its form has been checked */
    *out = reply;
    return CHISO_OK;
}
