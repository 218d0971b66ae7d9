/* What every program accepts: flags, a YAML file (libcyaml; unknown keys and bad values refused with a line
 * number), environment, defaults, in this order of precedence. A key mqtt_ca_file is the flag --mqtt-ca-file
 * and CHISO_MQTT_CA_FILE in the environment; mqtt_url, redis_url and smtp_url are --mqtt, --redis and --smtp.
 */
#ifndef IO_OPTIONS_H
#define IO_OPTIONS_H

#include <chiso/error.h>
#include <stdbool.h>
#include <stddef.h>

#define EXIT_OK 0
#define EXIT_RUNTIME 1
#define EXIT_USAGE 64
#define EXIT_CONFIGURATION 78

/* All keys of all programs; a program uses those it knows and refuses a file with others. */
struct options {
    char *mqtt_url, *mqtt_username, *mqtt_password_file, *mqtt_ca_file;
    char *redis_url, *redis_username, *redis_password_file;
    char *catalogue; /* folder */
    char *archive; /* folder */
    char *provinces; /* "35,36"; NULL: all */
    char *report_rate; /* reports a second taken from one publisher; NULL: no limit */
    char *cache_mib; /* digits */
    char *instance; /* name in status topics and logs */
    char *smtp_url, *mail_from, *mail_dir, *lang;
    char *publisher, *province, *outbox, *watch;
};

/* One flag of a program beside the common ones (--config --clock --help --version, and one for each key in
 * KEYS). */
struct option_flag {
    const char *name; /* "csv" */
    const char *argument; /* "FILE", NULL: none */
    const char *help;
    char **value; /* receives a malloc'ed copy; NULL with FLAG */
    bool *flag;
};

struct program {
    const char *name; /* "chiso-aggregator" */
    const char *summary; /* first paragraph of --help */
    const char *usage; /* "[options]" or "COMMAND [options]" */
    const char *const *keys; /* names of the struct options members it uses, NULL-terminated */
    const char *no_default; /* one of them that stays NULL unless it is given; may be NULL */
    const struct option_flag *flags;
    size_t flag_count;
    const char *epilogue; /* further help, may be NULL */
};

/* Parses. Returns -1 to go on, otherwise the exit code to leave with (0 after --help and --version, 64, 78);
 * messages are printed. *REST is the index of the first operand in argv (operands may stand between flags, as
 * getopt_long permutes). */
int options_parse(const struct program *program, int argc, char **argv, struct options *out, int *rest);
/* For programs without operands: -1, or EXIT_USAGE after a sentence when argv[REST] is one. */
int options_refuse_operands(const struct program *program, int argc, char **argv, int rest);
void options_release(struct options *options);

/* Reads the first line of FILE into *OUT (malloc'ed): secrets are files, never arguments. CHISO_EIO or
 * CHISO_EINVAL with a sentence. */
int options_read_secret(const char *file, char **out, struct chiso_message *why);

/* Set by SIGTERM and SIGINT after options_catch_signals; SIGHUP sets the other. SIGPIPE and SIGXFSZ are
 * ignored. */
extern volatile int options_stop, options_reload;
void options_catch_signals(void);
/* Waits between two tries of something outside; a signal ends it early. */
void options_pause_ms(int ms);

#endif
