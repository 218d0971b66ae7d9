#include "io/clock.h"
#include "io/options.h"
#include "server.h"

static const char *const keys[] = {"mqtt_url", "redis_url", "provinces", "instance", "lang", "mail_from",
    "smtp_url", "mail_dir", "mqtt_ca_file", NULL};
static char *csv;
static bool once;
static const struct option_flag own[] = {
    {"csv", "FILE", "figures to publish", &csv, NULL}, {"once", NULL, "stop when done", NULL, &once}};
static const struct program program = {.name = "chiso-test",
    .summary = "Tests the options.",
    .usage = "[options]",
    .keys = keys,
    .flags = own,
    .flag_count = 2,
    .epilogue = "The end."};

static struct options got;
static int rest;
static char folder[64], said[8192];

static void setup(void)
{
    server_folder(folder);
    cr_assert_eq(chdir(folder), 0);
}

static void cleanup(void)
{
    char command[128];

    options_release(&got);
    free(csv);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(options, .init = setup, .fini = cleanup);

/* Parses with standard output and error caught in SAID. */
static int parse(const char *const arguments[])
{
    char *argv[16] = {"chiso-test"};
    int argc = 1, errors = dup(2), output = dup(1);
    int caught = open("said", O_CREAT | O_TRUNC | O_RDWR, 0600);

    while (arguments[argc - 1] != NULL) {
        argv[argc] = strdup(arguments[argc - 1]);
        argc++;
    }
    fflush(stdout);
    dup2(caught, 1);
    dup2(caught, 2);
    options_release(&got);
    int leave = options_parse(&program, argc, argv, &got, &rest);
    fflush(stdout);
    dup2(output, 1);
    dup2(errors, 2);
    ssize_t length = pread(caught, said, sizeof said - 1, 0);
    said[length > 0 ? length : 0] = '\0';
    close(caught);
    for (int i = 1; i < argc; i++)
        free(argv[i]);
    return leave;
}
#define PARSE(...) parse((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void refuses_file(const char *text, const char *sentence)
{
    char expected[512];

    server_write(folder, "c.yaml", text);
    cr_expect_eq(PARSE("--config", "c.yaml"), EXIT_CONFIGURATION, "%s", text);
    snprintf(expected, sizeof expected, "chiso-test: %s\n", sentence);
    cr_expect_str_eq(said, expected);
    cr_expect_null(got.mqtt_url);
}

static void refuses_flags(int exit_code, const char *first, const char *second, const char *sentence)
{
    cr_expect_eq(PARSE(first, second), exit_code, "%s", first);
    cr_expect_str_eq(said, sentence);
}

Test(options, defaults)
{
    cr_expect_eq(PARSE(), -1);
    cr_expect_str_eq(got.mqtt_url, "mqtt://127.0.0.1:1883");
    cr_expect_str_eq(got.redis_url, "redis://127.0.0.1:6379");
    cr_expect_str_eq(got.lang, "vi");
    cr_expect_null(got.provinces);
    cr_expect_null(got.publisher, "not one of this program's keys");
    cr_expect_str_eq(said, "");
}

Test(options, a_flag_comes_before_the_file_before_the_environment_before_the_default)
{
    server_write(folder, "c.yaml",
        "# comment\nredis_url: redis://127.0.0.1:2\nprovinces: 35\nmqtt_url: mqtt://[::1]:3\n");
    setenv("CHISO_REDIS_URL", "redis://127.0.0.1:3", 1);
    setenv("CHISO_MQTT_URL", "mqtt://127.0.0.1:3", 1);
    setenv("CHISO_INSTANCE", "from.environment", 1);
    cr_expect_eq(PARSE("--mqtt", "mqtt://127.0.0.1:1", "--config", "c.yaml"), -1, "%s", said);
    cr_expect_str_eq(got.mqtt_url, "mqtt://127.0.0.1:1");
    cr_expect_str_eq(got.redis_url, "redis://127.0.0.1:2");
    cr_expect_str_eq(got.provinces, "35");
    cr_expect_str_eq(got.instance, "from.environment");
    cr_expect_str_eq(got.lang, "vi");
}

Test(options, own_flags_and_operands)
{
    cr_expect_eq(
        PARSE("get", "--once", "--csv", "a.csv", "--csv", "b.csv", "35", "--mail-dir", "m"), -1, "%s", said);
    cr_expect(once);
    cr_expect_str_eq(csv, "b.csv");
    cr_expect_str_eq(got.mail_dir, "m");
    cr_expect_eq(rest, 8, "operands stand last: %d", rest);
}

Test(options, help_and_version)
{
    cr_expect_eq(PARSE("--version"), EXIT_OK);
    cr_expect_str_eq(said, "chiso-test " CHISO_VERSION "\n");
    cr_expect_eq(PARSE("--help"), EXIT_OK);
    cr_expect_not_null(strstr(said, "Usage: chiso-test [options]\n\nTests the options.\n"));
    cr_expect_not_null(strstr(said, "  --csv FILE                   figures to publish\n"));
    cr_expect_not_null(strstr(said, "  --mqtt-ca-file FILE          PEM of"));
    cr_expect_not_null(strstr(said, "(mqtt://127.0.0.1:1883)\n"));
    cr_expect_null(strstr(said, "--outbox"));
    cr_expect_not_null(strstr(said, "\nThe end.\n"));
}

Test(options, clock_freezes_now)
{
    cr_expect_eq(PARSE("--clock", "2025-05-05T08:00:00+07:00"), -1);
    cr_expect_eq(clock_now(), 1746406800000);
}

Test(options, refuses_wrong_usage)
{
    refuses_flags(
        EXIT_USAGE, "--nope", NULL, "chiso-test: unrecognized option '--nope'\nTry 'chiso-test --help'.\n");
    refuses_flags(EXIT_USAGE, "--csv", NULL,
        "chiso-test: option '--csv' requires an argument\nTry 'chiso-test --help'.\n");
    refuses_flags(EXIT_USAGE, "--outbox", "x",
        "chiso-test: unrecognized option '--outbox'\nTry 'chiso-test --help'.\n");
    refuses_flags(EXIT_USAGE, "--clock", "yesterday",
        "chiso-test: --clock must be a time such as 2025-05-05T08:00:00+07:00, not 'yesterday'\nTry "
        "'chiso-test "
        "--help'.\n");
    refuses_flags(EXIT_USAGE, "--mqtt", "tcp://x",
        "chiso-test: --mqtt must be mqtt://host:port or mqtts://host:port, not 'tcp://x'\nTry 'chiso-test "
        "--help'.\n");
    refuses_flags(EXIT_USAGE, "--provinces", "35,3",
        "chiso-test: --provinces must be provinces' codes of two digits, with commas between them (35,36), "
        "not "
        "'35,3'\nTry 'chiso-test --help'.\n");
    refuses_flags(EXIT_USAGE, "--lang", "fr",
        "chiso-test: --lang must be vi or en, not 'fr'\nTry 'chiso-test --help'.\n");
    refuses_flags(
        EXIT_CONFIGURATION, "--config", "none.yaml", "chiso-test: none.yaml: No such file or directory\n");
    refuses_flags(EXIT_CONFIGURATION, "--config", ".", "chiso-test: .: Is a directory\n");
}

Test(options, refuses_a_bad_environment)
{
    setenv("CHISO_REDIS_URL", "here", 1);
    cr_expect_eq(PARSE(), EXIT_CONFIGURATION);
    cr_expect_str_eq(said,
        "chiso-test: CHISO_REDIS_URL must be unix:///path/of/socket or redis://host:port, not 'here'\n");
}

Test(options, accepts_files)
{
    static const char *const files[] = {"", "# nothing\n\n", "---\nlang: en\n", "{lang: en}\n",
        "lang: \"en\"\r\n", "lang: en # English\nsmtp_url: \"\"\n", "lang: en\nsmtp_url:\n"};

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        server_write(folder, "c.yaml", files[i]);
        cr_expect_eq(PARSE("--config", "c.yaml"), -1, "%s: %s", files[i], said);
        cr_expect_str_eq(got.lang, i < 2 ? "vi" : "en");
    }
    cr_expect_str_eq(got.smtp_url, "");
}

Test(options, refuses_files)
{
    char text[3000] = "lang: vi\ninstance: ";

    refuses_file("lang: vi\n\nmqtt_ulr: mqtt://x:1\n", "c.yaml:3: unknown key 'mqtt_ulr'");
    refuses_file("mqtt_ulr: mqtt://x:1\n", "c.yaml:1: unknown key 'mqtt_ulr'");
    refuses_file("lang: vi\noutbox: x\n", "c.yaml:2: unknown key 'outbox'");
    refuses_file("{lang: vi,\n a: b}\n", "c.yaml:2: unknown key 'a'");
    refuses_file("lang: vi\ninstance: a\nlang: en\n", "c.yaml:3: 'lang' stands there twice");
    refuses_file("instance: a\nlang: fr\n", "c.yaml:2: lang must be vi or en, not 'fr'");
    refuses_file(
        "redis_url: x\n", "c.yaml:1: redis_url must be unix:///path/of/socket or redis://host:port, not 'x'");
    refuses_file("\n\nmail_from: nobody\n", "c.yaml:3: mail_from must be a mail address, not 'nobody'");
    refuses_file("lang: vi\nprovinces:\n  - 35\n  - 36\n", "c.yaml:2: provinces must have one plain value");
    refuses_file("lang: {a: b}\n", "c.yaml:1: lang must have one plain value");
    refuses_file("lang: &x vi\ninstance: *x\n", "c.yaml:2: instance must have one plain value");
    refuses_file("- a\n- b\n", "c.yaml:1: must be lines of the form 'key: value'");
    refuses_file("just text\n", "c.yaml:1: must be lines of the form 'key: value'");
    refuses_file(
        "lang: vi\n  instance: [\n", "c.yaml:2: not YAML: mapping values are not allowed in this context");
    refuses_file("lang: vi\nmail_dir: \"open\n", "c.yaml:3: not YAML: found unexpected end of stream");
    refuses_file("lang: \xFF\n", "c.yaml:1: not YAML: invalid leading UTF-8 octet");
    memset(text + strlen(text), 'x', 1500);
    refuses_file(text, "c.yaml:2: instance is too long");
}

Test(options, secrets_are_first_lines_of_files)
{
    struct chiso_message why;
    char *secret = NULL, *long_line = calloc(1, 3000);

    server_write(folder, "s", "geheim mật khẩu\r\nsecond\n");
    cr_assert_eq(options_read_secret("s", &secret, &why), 0);
    cr_expect_str_eq(secret, "geheim mật khẩu");
    free(secret);
    server_write(folder, "s", "\n");
    cr_expect_eq(options_read_secret("s", &secret, &why), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "the first line of s is empty; it must hold the secret");
    memset(long_line, 'x', 2999);
    server_write(folder, "s", long_line);
    cr_expect_eq(options_read_secret("s", &secret, &why), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "the first line of s is longer than 1024 bytes");
    cr_expect_eq(options_read_secret("none", &secret, &why), CHISO_EIO);
    cr_expect_str_eq(why.text, "cannot read the secret in none: No such file or directory");
    free(long_line);
}

Test(options, signals_set_flags)
{
    options_catch_signals();
    raise(SIGPIPE);
    cr_expect_eq(options_stop, 0);
    raise(SIGHUP);
    cr_expect_eq(options_reload, 1);
    raise(SIGTERM);
    cr_expect_eq(options_stop, 1);
}
