#include "alerter.h"

static const char *const keys[] = {"mqtt_url", "mqtt_username", "mqtt_password_file", "mqtt_ca_file",
    "redis_url", "redis_username", "redis_password_file", "provinces", "instance", "smtp_url", "mail_from",
    "mail_dir", NULL};

int main(int argc, char **argv)
{
    struct options options = {0};
    bool once = false;
    const struct option_flag flags[] = {
        {.name = "once", .help = "look at everything there is, send what is queued, and end", .flag = &once}};
    const struct program program = {
        .name = "chiso-alerter",
        .summary = "Looks for figures behind their targets and for overdue reports; tells those responsible.",
        .usage = "[options]",
        .keys = keys,
        .flags = flags,
        .flag_count = sizeof flags / sizeof *flags,
        .epilogue = "The catalogue is the one in force, in Redis. Mails go to --smtp, or as files into "
                    "--mail-dir;\nwith neither, notifications stay queued.",
    };
    int rest, code = options_parse(&program, argc, argv, &options, &rest);
    if (code < 0)
        code = options_refuse_operands(&program, argc, argv, rest);
    if (code < 0)
        code = alerter_run(&options, once);
    options_release(&options);
    return code;
}
