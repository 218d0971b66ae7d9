/* The catalogue's way in, against a real folder and a real Redis. */
#include "catalogue_files.h"
#include "io/catalogue_folder.h"
#include "server.h"

static void start_redis(struct server *server, struct redis **redis)
{
    char port[16], url[64];
    struct chiso_message why;
    server_folder(server->folder);
    server->port = server_free_port();
    snprintf(port, sizeof port, "%d", server->port);
    const char *const argv[] = {
        "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", ".", NULL};
    server_start(server, argv);
    snprintf(url, sizeof url, "redis://127.0.0.1:%d", server->port);
    cr_assert_eq(redis_open(url, NULL, NULL, 2000, redis, &why), CHISO_OK, "%s", why.text);
}

static void write_good_catalogue(const char *folder)
{
    server_write(folder, "units.csv", good_units);
    server_write(folder, "successions.csv", good_successions);
    server_write(folder, "pillars.csv", good_pillars);
    server_write(folder, "indicators.csv", good_indicators);
    server_write(folder, ".hidden.csv", "an editor's own");
    server_write(folder, "README.md", "not a table");
}

Test(catalogue_folder, only_its_tables_are_read_in_the_order_of_their_names)
{
    struct server server = {0};
    struct catalogue_files files;
    struct chiso_message why;
    server_folder(server.folder);
    write_good_catalogue(server.folder);
    cr_assert_eq(catalogue_files_read(server.folder, &files, &why), CHISO_OK, "%s", why.text);
    cr_assert_eq(files.count, 4);
    cr_assert_str_eq(files.files[0].name, "indicators.csv");
    cr_assert_str_eq(files.files[3].name, "units.csv");
    cr_assert_eq(files.files[3].length, strlen(good_units));
    catalogue_files_release(&files);
    server_remove(&server);
}

Test(catalogue_folder, a_folder_that_cannot_be_read_says_why)
{
    struct catalogue_files files;
    struct chiso_message why;
    cr_assert_eq(catalogue_files_read("/nonexistent", &files, &why), CHISO_EIO);
    cr_assert_str_eq(why.text, "/nonexistent: No such file or directory");
}

Test(catalogue_folder, too_many_files_are_refused)
{
    struct server server = {0};
    struct catalogue_files files;
    struct chiso_message why;
    server_folder(server.folder);
    for (int i = 0; i <= CATALOGUE_FILES_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.csv", i);
        server_write(server.folder, name, "");
    }
    cr_assert_eq(catalogue_files_read(server.folder, &files, &why), CHISO_ERANGE);
    cr_assert_str_eq(why.text, "the catalogue has more than 16 files");
    server_remove(&server);
}

/* printf 'a.csv\n2\nxyb.csv\n0\n' | sha256sum */
Test(catalogue_folder, the_hash_is_over_names_lengths_and_bytes)
{
    struct catalogue_files files = {.files = {{"a.csv", "xy", 2}, {"b.csv", "", 0}}, .count = 2};
    char hash[CATALOGUE_HASH_CHARS];
    catalogue_files_hash(&files, hash);
    cr_assert_str_eq(hash, "b56874662f2aadc1ec0596650aafe3a9b7628554fe197de4cfdc17cd2d905de1");
}

Test(catalogue_folder, what_is_stored_is_fetched_and_in_force)
{
    struct server server = {0};
    struct redis *redis;
    struct catalogue_files files, fetched;
    struct chiso_message why;
    char hash[CATALOGUE_HASH_CHARS], other[CATALOGUE_HASH_CHARS];
    start_redis(&server, &redis);
    write_good_catalogue(server.folder);
    cr_assert_eq(catalogue_files_read(server.folder, &files, &why), CHISO_OK, "%s", why.text);
    cr_assert_eq(catalogue_files_fetch(redis, NULL, &fetched, hash, &why), CHISO_ENOTFOUND);
    cr_assert_str_eq(why.text, "Redis holds no catalogue yet; chiso-aggregator stores it");
    cr_assert_eq(catalogue_files_store(redis, &files, &why), CHISO_OK, "%s", why.text);
    cr_assert_eq(catalogue_files_store(redis, &files, &why), CHISO_OK, "%s", why.text);
    cr_assert_eq(catalogue_files_fetch(redis, NULL, &fetched, hash, &why), CHISO_OK, "%s", why.text);
    catalogue_files_hash(&files, other);
    cr_assert_str_eq(hash, other);
    cr_assert_eq(fetched.count, files.count);
    for (size_t i = 0; i < files.count; i++) {
        cr_assert_str_eq(fetched.files[i].name, files.files[i].name);
        cr_assert_arr_eq(fetched.files[i].bytes, files.files[i].bytes, files.files[i].length);
    }
    catalogue_files_release(&fetched);
    catalogue_files_release(&files);
    redis_close(redis);
    server_remove(&server);
}

Test(catalogue_folder, a_stored_catalogue_that_was_changed_is_refused)
{
    struct server server = {0};
    struct redis *redis;
    struct redisReply *reply = NULL;
    struct catalogue_files files, fetched;
    struct chiso_message why;
    char hash[CATALOGUE_HASH_CHARS], key[128];
    start_redis(&server, &redis);
    write_good_catalogue(server.folder);
    cr_assert_eq(catalogue_files_read(server.folder, &files, &why), CHISO_OK);
    cr_assert_eq(catalogue_files_store(redis, &files, &why), CHISO_OK, "%s", why.text);
    catalogue_files_hash(&files, hash);
    snprintf(key, sizeof key, "chiso:catalogue:%s", hash);
    const char *const argv[] = {"HSET", key, "units.csv", "code"};
    cr_assert_eq(redis_call(redis, 4, argv, NULL, &reply, &why), CHISO_OK);
    redis_free(reply);
    cr_assert_eq(catalogue_files_fetch(redis, NULL, &fetched, hash, &why), CHISO_EINVAL);
    cr_assert(strstr(why.text, "in Redis has been changed") != NULL, "%s", why.text);
    cr_assert_eq(catalogue_files_fetch(redis, "0123", &fetched, hash, &why), CHISO_ENOTFOUND);
    cr_assert_str_eq(why.text, "Redis holds no catalogue 0123");
    catalogue_files_release(&files);
    redis_close(redis);
    server_remove(&server);
}

Test(catalogue_folder, a_service_opens_either_way)
{
    struct server server = {0};
    struct redis *redis;
    struct catalogue_files files;
    struct catalogue *catalogue = NULL;
    struct chiso_message why;
    char first[CATALOGUE_HASH_CHARS], second[CATALOGUE_HASH_CHARS];
    start_redis(&server, &redis);
    write_good_catalogue(server.folder);
    cr_assert_eq(catalogue_open(server.folder, NULL, &catalogue, first, &why), CHISO_OK, "%s", why.text);
    catalogue_free(catalogue);
    cr_assert_eq(catalogue_files_read(server.folder, &files, &why), CHISO_OK);
    cr_assert_eq(catalogue_files_store(redis, &files, &why), CHISO_OK, "%s", why.text);
    catalogue_files_release(&files);
    cr_assert_eq(catalogue_open(NULL, redis, &catalogue, second, &why), CHISO_OK, "%s", why.text);
    cr_assert_str_eq(first, second);
    catalogue_free(catalogue);
    server_write(server.folder, "pillars.csv", "id,name_vi\nKinh tế,Kinh tế số\n");
    cr_assert_eq(catalogue_open(server.folder, NULL, &catalogue, first, &why), CHISO_EINVAL);
    cr_assert_str_eq(why.text, "indicators.csv:2:21: pillar 'digital_government' is not in pillars.csv");
    redis_close(redis);
    server_remove(&server);
}
