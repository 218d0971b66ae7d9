#include "io/options.h"
#include "io/clock.h"
#include "io/option_keys.h"
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* getopt_long's return values: the common flags, then the keys, then the program's own flags. */
enum { FLAG_CONFIG = 256, FLAG_CLOCK, FLAG_HELP, FLAG_VERSION, FLAG_KEYS = 512, FLAG_OWN = 1024 };
#define FLAGS_MAX 64
#define SECRET_BYTES_MAX 1024

static const struct {
    const char *name, *argument, *help;
    int code;
} common_flags[] = {
    {"config", "FILE", "read keys from a YAML file", FLAG_CONFIG},
    {"clock", "TIME", "take this instant for now, frozen (2025-05-05T08:00:00+07:00)", FLAG_CLOCK},
    {"help", NULL, "print this and exit", FLAG_HELP},
    {"version", NULL, "print the version and exit", FLAG_VERSION},
};
#define COMMON_FLAGS (sizeof common_flags / sizeof common_flags[0])

static void print_flag(const char *name, const char *argument, const char *help, const char *fallback)
{
    char left[64];

    snprintf(
        left, sizeof left, "--%s%s%s", name, argument != NULL ? " " : "", argument != NULL ? argument : "");
    printf("  %-28s %s", left, help);
    if (fallback != NULL)
        printf(" (%s)", fallback);
    printf("\n");
}

static void print_help(const struct program *program)
{
    printf("Usage: %s %s\n\n%s\n\n", program->name, program->usage, program->summary);
    for (size_t i = 0; i < program->flag_count; i++)
        print_flag(program->flags[i].name, program->flags[i].argument, program->flags[i].help, NULL);
    for (size_t i = 0; i < option_key_count; i++)
        if (option_key_is_used(program, &option_keys[i]))
            print_flag(option_keys[i].flag, option_keys[i].argument, option_keys[i].help,
                option_key_default(program, &option_keys[i]));
    for (size_t i = 0; i < COMMON_FLAGS; i++)
        print_flag(common_flags[i].name, common_flags[i].argument, common_flags[i].help, NULL);
    if (program->keys != NULL && program->keys[0] != NULL) {
        printf("\nKeys of the configuration file, and in the environment as CHISO_<KEY>:\n ");
        for (const char *const *name = program->keys; *name != NULL; name++)
            printf(" %s", *name);
        printf("\nA flag comes before the file, the file before the environment.\n");
    }
    if (program->epilogue != NULL)
        printf("\n%s\n", program->epilogue);
    printf("\nExit status: 0 done, 1 failed while running, 64 wrong usage, 78 wrong configuration.\n");
}

static int usage_error(const struct program *program)
{
    fprintf(stderr, "Try '%s --help'.\n", program->name);
    return EXIT_USAGE;
}

static int no_memory(const struct program *program)
{
    fprintf(stderr, "%s: no memory\n", program->name);
    return EXIT_RUNTIME;
}

/* Replaces *SLOT by a copy of VALUE. */
static bool replace(char **slot, const char *value)
{
    char *copy = strdup(value);

    if (copy == NULL)
        return false;
    free(*slot);
    *slot = copy;
    return true;
}

static void list_flags(const struct program *program, struct option flags[FLAGS_MAX])
{
    size_t count = 0;

    assert(COMMON_FLAGS + option_key_count + program->flag_count < FLAGS_MAX);
    for (size_t i = 0; i < COMMON_FLAGS; i++)
        flags[count++] = (struct option){common_flags[i].name,
            common_flags[i].argument != NULL ? required_argument : no_argument, NULL, common_flags[i].code};
    for (size_t i = 0; i < option_key_count; i++)
        if (option_key_is_used(program, &option_keys[i]))
            flags[count++] =
                (struct option){option_keys[i].flag, required_argument, NULL, FLAG_KEYS + (int)i};
    for (size_t i = 0; i < program->flag_count; i++)
        flags[count++] = (struct option){program->flags[i].name,
            program->flags[i].argument != NULL ? required_argument : no_argument, NULL, FLAG_OWN + (int)i};
    flags[count] = (struct option){0};
}

/* The flags of one command line. */
struct reading {
    const struct program *program;
    struct options *out;
    char *config; /* points into argv */
};

static int take_key(const struct reading *reading, const struct option_key *key)
{
    const char *wrong = key->check(optarg);

    if (strlen(optarg) > OPTION_VALUE_BYTES_MAX)
        wrong = "is too long";
    if (wrong != NULL) {
        fprintf(stderr, "%s: --%s %s, not '%s'\n", reading->program->name, key->flag, wrong, optarg);
        return usage_error(reading->program);
    }
    return replace(option_value(reading->out, key), optarg) ? -1 : no_memory(reading->program);
}

static int take_own(const struct reading *reading, const struct option_flag *flag)
{
    if (flag->flag != NULL)
        *flag->flag = true;
    if (flag->value != NULL && !replace(flag->value, optarg))
        return no_memory(reading->program);
    return -1;
}

static int take_clock(const struct reading *reading)
{
    chiso_instant_ms instant;

    if (chiso_instant_parse(optarg, &instant) != CHISO_OK) {
        fprintf(stderr, "%s: --clock must be a time such as 2025-05-05T08:00:00+07:00, not '%s'\n",
            reading->program->name, optarg);
        return usage_error(reading->program);
    }
    clock_freeze(instant);
    return -1;
}

/* -1 to go on, otherwise the exit code. */
static int take(struct reading *reading, int code)
{
    switch (code) {
    case FLAG_CONFIG:
        reading->config = optarg;
        return -1;
    case FLAG_CLOCK:
        return take_clock(reading);
    case FLAG_HELP:
        print_help(reading->program);
        return EXIT_OK;
    case FLAG_VERSION:
        printf("%s %s\n", reading->program->name, CHISO_VERSION);
        return EXIT_OK;
    default:
        if (code >= FLAG_OWN)
            return take_own(reading, &reading->program->flags[code - FLAG_OWN]);
        if (code >= FLAG_KEYS)
            return take_key(reading, &option_keys[code - FLAG_KEYS]);
        return usage_error(reading->program); /* getopt_long has said what is wrong */
    }
}

/* What flags left open, from the file. */
static int fill_from_file(const struct reading *reading)
{
    struct options file = {0};
    struct chiso_message why = {""};
    int error;

    if (reading->config == NULL)
        return -1;
    if ((error = options_file_load(reading->program, reading->config, &file, &why)) != CHISO_OK) {
        fprintf(stderr, "%s: %s\n", reading->program->name, why.text);
        return error == CHISO_ENOMEM ? EXIT_RUNTIME : EXIT_CONFIGURATION;
    }
    for (size_t i = 0; i < option_key_count; i++) {
        char **slot = option_value(reading->out, &option_keys[i]),
             **given = option_value(&file, &option_keys[i]);
        if (*slot == NULL) {
            *slot = *given;
            *given = NULL;
        }
    }
    options_release(&file);
    return -1;
}

static const char *environment(const struct option_key *key, char name[64])
{
    size_t used = (size_t)snprintf(name, 64, "CHISO_");

    for (const char *at = key->name; *at != '\0' && used < 63; at++)
        name[used++] = (char)toupper((unsigned char)*at);
    name[used] = '\0';
    return getenv(name);
}

/* What is still open, from the environment, then from the defaults. */
static int fill_the_rest(const struct reading *reading)
{
    char name[64];

    for (size_t i = 0; i < option_key_count; i++) {
        const struct option_key *key = &option_keys[i];
        char **slot = option_value(reading->out, key);
        if (*slot != NULL || !option_key_is_used(reading->program, key))
            continue;
        const char *value = environment(key, name);
        const char *wrong = value != NULL ? key->check(value) : NULL;
        if (wrong != NULL) {
            fprintf(stderr, "%s: %s %s, not '%s'\n", reading->program->name, name, wrong, value);
            return EXIT_CONFIGURATION;
        }
        if (value == NULL)
            value = option_key_default(reading->program, key);
        if (value != NULL && !replace(slot, value))
            return no_memory(reading->program);
    }
    return -1;
}

int options_refuse_operands(const struct program *program, int argc, char **argv, int rest)
{
    if (rest >= argc)
        return -1;
    fprintf(stderr, "%s: '%s' is one argument too many\n", program->name, argv[rest]);
    return usage_error(program);
}

int options_parse(const struct program *program, int argc, char **argv, struct options *out, int *rest)
{
    struct option flags[FLAGS_MAX];
    struct reading reading = {.program = program, .out = out};
    int code, leave = -1;

    *out = (struct options){0};
    list_flags(program, flags);
    optind = 0; /* start over, whatever was parsed before in this process */
    while (leave == -1 && (code = getopt_long(argc, argv, "", flags, NULL)) != -1)
        leave = take(&reading, code);
    if (leave == -1)
        leave = fill_from_file(&reading);
    if (leave == -1)
        leave = fill_the_rest(&reading);
    if (leave != -1)
        options_release(out);
    *rest = optind;
    return leave;
}

void options_release(struct options *options)
{
    for (size_t i = 0; i < option_key_count; i++)
        free(*option_value(options, &option_keys[i]));
    *options = (struct options){0};
}

int options_read_secret(const char *file, char **out, struct chiso_message *why)
{
    char line[SECRET_BYTES_MAX + 2];
    FILE *stream = fopen(file, "re");
    int error = CHISO_EINVAL;

    if (stream == NULL) {
        chiso_message_set(why, "cannot read the secret in %s: %s", file, strerror(errno));
        return CHISO_EIO;
    }
    /* Unbuffered: no copy of the secret stays in stdio's memory. */
    setvbuf(stream, NULL, _IONBF, 0);
    if (fgets(line, sizeof line, stream) == NULL)
        line[0] = '\0';
    size_t length = strcspn(line, "\r\n");
    if (length == 0) {
        chiso_message_set(why, "the first line of %s is empty; it must hold the secret", file);
    } else if (length > SECRET_BYTES_MAX) {
        chiso_message_set(why, "the first line of %s is longer than %d bytes", file, SECRET_BYTES_MAX);
    } else {
        line[length] = '\0';
        *out = strdup(line);
        error = *out != NULL ? CHISO_OK : CHISO_ENOMEM;
        if (error != CHISO_OK)
            chiso_message_set(why, "no memory");
    }
    explicit_bzero(line, sizeof line);
    fclose(stream);
    return error;
}

volatile int options_stop, options_reload;

static void on_signal(int signal_number)
{
    if (signal_number == SIGHUP)
        options_reload = 1;
    else
        options_stop = 1;
}

void options_catch_signals(void)
{
    /* Without SA_RESTART: a program that waits for input returns and looks at the flag. */
    struct sigaction catch = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGTERM, &catch, NULL);
    sigaction(SIGINT, &catch, NULL);
    sigaction(SIGHUP, &catch, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file at its limit is an error like a full disk, and no death */
}

void options_pause_ms(int ms)
{
    struct timespec wait = {ms / 1000, (long)(ms % 1000) * 1000000};

    if (!options_stop)
        nanosleep(&wait, NULL);
}
