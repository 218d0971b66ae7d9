#include "aggregator.h"

static const char *const keys[] = {"mqtt_url", "mqtt_username", "mqtt_password_file", "mqtt_ca_file",
    "redis_url", "redis_username", "redis_password_file", "catalogue", "provinces", "cache_mib", "instance",
    "report_rate", NULL};

static const struct program program = {
    .name = "chiso-aggregator",
    .summary =
        "Takes the reports of its provinces over MQTT, commits figures and totals to Redis, sends receipts.",
    .usage = "[options]",
    .keys = keys,
    .epilogue =
        "Without --catalogue the catalogue in force (in Redis) is used. Redis must run with "
        "appendonly yes and\n"
        "appendfsync always: a receipt means that the figures are on disk. SIGHUP reads the folder again;\n"
        "a catalogue with faults, or one that does not fit stored figures, leaves the old one in force.",
};

int main(int argc, char **argv)
{
    struct options options = {0};
    int rest, code = options_parse(&program, argc, argv, &options, &rest);
    if (code < 0)
        code = options_refuse_operands(&program, argc, argv, rest);
    if (code < 0)
        code = aggregator_run(&options);
    options_release(&options);
    return code;
}
