#include "io/resp_file.h"
#include "server.h"
#include <hiredis/hiredis.h>

static char folder[64];
static struct chiso_message why;

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/chiso-resp-XXXXXX");
    cr_assert(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    cr_assert_eq(system(command), 0);
}

static void write_two(const char *name)
{
    struct resp_writer *writer;
    cr_assert_eq(resp_writer_open(folder, name, &writer, &why), CHISO_OK);
    resp_writer_command(
        writer, 3, (const char *const[]){"SET", "k", "a\0b\r\n*1"}, (const size_t[]){3, 1, 7});
    resp_writer_command(writer, 1, (const char *const[]){""}, (const size_t[]){0});
    cr_assert_eq(resp_writer_finish(writer, name, &why), CHISO_OK, "%s", why.text);
}

Test(resp_file, comes_back, .init = make_folder, .fini = remove_folder)
{
    struct resp_file *file;
    struct redisReply *reply;
    write_two("a.resp");
    cr_assert_eq(resp_file_open(folder, "a.resp", &file, &why), CHISO_OK, "%s", why.text);
    cr_assert_eq(resp_file_count(file), 2);
    cr_assert_eq(resp_file_command(file, 0, &reply), CHISO_OK);
    cr_assert_eq(reply->elements, 3);
    cr_expect_eq(reply->element[2]->len, 7);
    cr_expect_arr_eq(reply->element[2]->str, "a\0b\r\n*1", 7);
    redis_free(reply);
    cr_assert_eq(resp_file_command(file, 1, &reply), CHISO_OK);
    cr_expect_eq(reply->elements, 1);
    redis_free(reply);
    resp_file_close(file);
}

/* Whatever byte is changed, or cut off. */
Test(resp_file, damage_is_found, .init = make_folder, .fini = remove_folder)
{
    char path[128], bytes[512];
    write_two("a.resp");
    snprintf(path, sizeof path, "%s/a.resp", folder);
    FILE *in = fopen(path, "rb");
    size_t length = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    for (size_t i = 0; i < 2 * length; i++) {
        struct resp_file *file;
        FILE *out = fopen(path, "wb");
        bytes[i % length] ^= 1;
        fwrite(bytes, 1, i < length ? length : i - length, out);
        fclose(out);
        bytes[i % length] ^= 1;
        cr_expect_eq(resp_file_open(folder, "a.resp", &file, &why), CHISO_EINVAL, "byte %zu", i);
    }
}

Test(resp_file, what_cannot_be_written_leaves_nothing, .init = make_folder, .fini = remove_folder)
{
    struct resp_writer *writer;
    struct resp_file *file;
    cr_expect_eq(resp_writer_open("/no/such/folder", "a", &writer, &why), CHISO_EIO);
    cr_assert_eq(resp_writer_open(folder, "a", &writer, &why), CHISO_OK);
    resp_writer_cancel(writer);
    cr_expect_eq(resp_file_open(folder, ".a.part", &file, &why), CHISO_EIO);
    cr_expect_eq(resp_file_open(folder, "a", &file, &why), CHISO_EIO);
}
