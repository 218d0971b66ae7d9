/* A file of Redis commands, as `redis-cli --pipe` takes them (RESP arrays of bulk strings), that is complete or
 * not there: written under another name, brought to disk, read back, and only then given its name. Its last
 * command is ECHO "sha256 <hex>", over every byte before it. */
#ifndef IO_RESP_FILE_H
#define IO_RESP_FILE_H

#include "io/redis.h"
#include <stdint.h>

/* ---- writing ---- */

struct resp_writer;
/* FOLDER/.NAME.part is begun, over whatever an interrupted run has left there. CHISO_EIO with a sentence. */
int resp_writer_open(
    const char *folder, const char *name, struct resp_writer **out, struct chiso_message *why);
/* Errors are kept for resp_writer_finish. */
void resp_writer_command(
    struct resp_writer *writer, size_t count, const char *const words[], const size_t lengths[]);
uint64_t resp_writer_bytes(const struct resp_writer *writer); /* so far */
/* On disk and read back, it becomes FOLDER/NAME. Frees WRITER, also on failure, after which nothing is left. CHISO_EIO, CHISO_EINVAL with a sentence. */
int resp_writer_finish(struct resp_writer *writer, const char *name, struct chiso_message *why);
void resp_writer_cancel(struct resp_writer *writer); /* accepts NULL */

/* ---- reading ---- */

struct resp_file;
/* Reads and checks all of it. CHISO_EIO; CHISO_EINVAL with a sentence: cut short, damaged, no such file format. */
int resp_file_open(const char *folder, const char *name, struct resp_file **out, struct chiso_message *why);
void resp_file_close(struct resp_file *file); /* accepts NULL */
size_t resp_file_count(const struct resp_file *file); /* commands before the checksum */
/* Command AT as an array of strings; the caller frees it with redis_free. CHISO_ENOMEM. */
int resp_file_command(const struct resp_file *file, size_t at, struct redisReply **out);

#endif
